//! A run as a Mermaid sequence diagram: agents, tools, handoffs, failures; rounds of the same as `loop`, calls side by
//! side as `par`. Valid for Mermaid's own parser, whatever a run holds.

mod cast;
mod escape;

use std::collections::HashSet;

use self::cast::{Cast, Role};
use self::escape::escaped;
use super::telling::Telling;
use super::text;
use crate::analyze::story::{Beat, Story, Stretch};
use crate::model::{FindingKind, SpanId, Step, StepStatus};

/// Columns of a message.
const MESSAGE: usize = 60;

/// Stretches that are drawn: Mermaid refuses more than 50 000 characters, and nobody reads as much. Of longer runs the
/// beginning and the end.
const HEAD: usize = 120;
const TAIL: usize = 40;

/// Calls side by side that are drawn one by one.
const BRANCHES: usize = 4;

/// The diagram.
pub fn diagram(telling: &Telling<'_>) -> String {
    let story = Story::of(telling.steps, telling.tree);
    let shown = telling.shown();
    let stretches = story.stretches(&shown);
    let looped = telling.findings.iter().filter(|finding| finding.kind == FindingKind::Loop);
    let mut page = Page {
        telling,
        looped: looped.flat_map(|finding| finding.steps.iter().copied()).collect(),
        cast: Cast::new(&telling.run.name),
        lines: Vec::new(),
        answer: story.answer,
        handed_to: None,
        asked: false,
        shown,
    };
    page.draw(&story, &stretches);
    page.finish()
}

struct Page<'a> {
    telling: &'a Telling<'a>,
    shown: Vec<&'a Step>,
    /// Members of loops.
    looped: HashSet<SpanId>,
    cast: Cast<'a>,
    lines: Vec<String>,
    answer: Option<usize>,
    /// Who work was just handed over to: to begin it needs no message more.
    handed_to: Option<&'a str>,
    /// Whether the user's request was drawn.
    asked: bool,
}

impl<'a> Page<'a> {
    fn draw(&mut self, story: &Story<'a>, stretches: &[Stretch]) {
        let left_out = stretches.len().saturating_sub(HEAD + TAIL);
        for (at, stretch) in stretches.iter().enumerate() {
            if left_out > 0 && at == HEAD {
                let note = format!("{left_out} more left out");
                let anybody = self.cast.id(Role::Run);
                self.lines.push(format!("Note over {anybody}: {note}"));
            }
            if left_out == 0 || at < HEAD || at >= HEAD + left_out {
                self.stretch(story, stretch);
            }
        }
    }

    fn stretch(&mut self, story: &Story<'a>, stretch: &Stretch) {
        let round = &story.beats[stretch.first.clone()];
        if stretch.times == 1 {
            return self.round(round);
        }
        let beats = &story.beats[stretch.all()];
        let member =
            |beat: &Beat<'_>| beat.steps().iter().any(|&at| self.looped.contains(&self.shown[at].span_id));
        let name = if beats.iter().any(member) { "loop, " } else { "" };
        let how = if stretch.same { "the same each time" } else { "with other arguments or results" };
        self.lines.push(format!("loop {name}{} times, {how}", stretch.times));
        self.round(round);
        self.lines.push("end".to_owned());
    }

    fn round(&mut self, beats: &[Beat<'a>]) {
        for beat in beats {
            self.beat(beat);
        }
    }

    fn beat(&mut self, beat: &Beat<'a>) {
        match beat {
            Beat::Enter { by, agent, .. } => self.enter(*by, agent),
            Beat::Leave { agent, to, at } => self.leave(agent, *to, *at),
            Beat::Call { by, at } => self.call(*by, *at),
            Beat::Together { by, at } if at.len() <= BRANCHES => self.branches(*by, at),
            Beat::Together { by, at } => self.many(*by, at),
            Beat::Handoff { from, to, at } => self.handoff(*from, *to, *at),
            Beat::Model { by, at } => self.model(*by, *at),
        }
    }

    fn enter(&mut self, by: Option<&'a str>, agent: &'a str) {
        let handed = self.handed_to.take() == Some(agent);
        self.greet();
        let to = self.cast.id(Role::Agent(agent));
        match by {
            Some(by) => {
                let from = self.cast.id(Role::Agent(by));
                self.message(&from, "->>", &to, "sets to work");
            }
            None if !self.asked => self.ask(&to),
            None if !handed => {
                let from = self.cast.id(Role::Run);
                self.message(&from, "->>", &to, "goes on");
            }
            None => {}
        }
    }

    /// The user stands first.
    fn greet(&mut self) {
        if !self.asked {
            self.cast.id(Role::User);
        }
    }

    /// What the run was asked.
    fn ask(&mut self, to: &str) {
        self.asked = true;
        let task = self.telling.run.task.as_deref().unwrap_or("begin");
        let user = self.cast.id(Role::User);
        self.message(&user, "->>", to, task);
    }

    fn leave(&mut self, agent: &'a str, to: Option<&'a str>, at: usize) {
        let from = self.cast.id(Role::Agent(agent));
        let step = self.shown[at];
        let failed = step.status == StepStatus::Error;
        match to {
            Some(to) => {
                let to = self.cast.id(Role::Agent(to));
                let (arrow, said) =
                    if failed { ("--x", failure(step)) } else { ("-->>", "answers".to_owned()) };
                self.message(&from, arrow, &to, &said);
            }
            None if failed => {
                let user = self.cast.id(Role::User);
                let said = failure(step);
                self.message(&from, "--x", &user, &said);
            }
            None => {}
        }
    }

    fn worker(&mut self, by: Option<&'a str>) -> String {
        self.greet();
        let id = self.cast.id(by.map_or(Role::Run, Role::Agent));
        if !self.asked {
            self.ask(&id);
        }
        id
    }

    fn call(&mut self, by: Option<&'a str>, at: usize) {
        let from = self.worker(by);
        let step = self.shown[at];
        let tool = step.tool.as_deref().unwrap_or(&step.name);
        let (id, named) = self.cast.tool(tool);
        let asked = self.telling.arguments(at).unwrap_or_else(|| "call".to_owned());
        let asked = if named { asked } else { format!("{} {asked}", text::preview(tool, MESSAGE / 2)) };
        self.message(&from, "->>", &id, &asked);
        if step.status == StepStatus::Error {
            let said = failure(step);
            self.message(&id, "--x", &from, &said);
        } else if step.end == 0 {
            self.lines.push(format!("Note over {id}: still at work"));
        } else {
            let said = self.telling.result(at).unwrap_or_else(|| "done".to_owned());
            self.message(&id, "-->>", &from, &said);
        }
    }

    /// Calls side by side, each for itself.
    fn branches(&mut self, by: Option<&'a str>, at: &[usize]) {
        self.worker(by);
        for (nth, &call) in at.iter().enumerate() {
            let word = if nth == 0 { "par" } else { "and" };
            let step = self.shown[call];
            let tool = step.tool.as_deref().unwrap_or(&step.name);
            self.lines.push(format!("{word} {}", escaped(tool, MESSAGE)));
            self.call(by, call);
        }
        self.lines.push("end".to_owned());
    }

    /// Many calls side by side, by tool.
    fn many(&mut self, by: Option<&'a str>, at: &[usize]) {
        let from = self.worker(by);
        let name = |at: &usize| self.shown[*at].tool.as_deref().unwrap_or(&self.shown[*at].name);
        let mut calls: Vec<(&str, bool)> =
            at.iter().map(|at| (name(at), self.shown[*at].status == StepStatus::Error)).collect();
        calls.sort_unstable();
        for same in calls.chunk_by(|a, b| a.0 == b.0) {
            let (id, named) = self.cast.tool(same[0].0);
            let tool =
                if named { String::new() } else { format!("{} ", text::preview(same[0].0, MESSAGE / 2)) };
            self.message(&from, "->>", &id, &format!("{tool}{} calls side by side", same.len()));
            let failed = same.iter().filter(|(_, failed)| *failed).count();
            let (arrow, said) = match failed {
                0 => ("-->>", "done".to_owned()),
                failed => ("--x", format!("{failed} of {} failed", same.len())),
            };
            self.message(&id, arrow, &from, &said);
        }
    }

    fn handoff(&mut self, from: Option<&'a str>, to: Option<&'a str>, at: usize) {
        let giver = self.worker(from);
        let step = self.shown[at];
        let Some(to) = to else {
            return self.lines.push(format!("Note over {giver}: hands over, to whom is not told"));
        };
        let taker = self.cast.id(Role::Agent(to));
        if step.status == StepStatus::Error {
            let said = failure(step);
            return self.message(&giver, "-x", &taker, &said);
        }
        self.handed_to = Some(to);
        self.message(&giver, "->>", &taker, "hands over");
    }

    fn model(&mut self, by: Option<&'a str>, at: usize) {
        let from = self.worker(by);
        let step = self.shown[at];
        let model = step.model.as_deref().unwrap_or("model");
        if step.status == StepStatus::Error {
            let said = format!("{model} failed: {}", failure(step));
            return self.lines.push(format!("Note over {from}: {}", escaped(&said, MESSAGE)));
        }
        let (id, _) = self.cast.tool(model);
        self.message(&from, "->>", &id, "asks");
        let said = self.telling.said(at).unwrap_or_else(|| "answers".to_owned());
        self.message(&id, "-->>", &from, &said);
    }

    fn message(&mut self, from: &str, arrow: &str, to: &str, said: &str) {
        self.lines.push(format!("{from}{arrow}{to}: {}", escaped(said, MESSAGE)));
    }

    /// The page with its cast in front and the run's answer at its end.
    fn finish(mut self) -> String {
        if let Some(at) = self.answer.filter(|_| self.asked) {
            let from = self.worker(self.telling.agent(at));
            let user = self.cast.id(Role::User);
            let said = self.telling.said(at).unwrap_or_else(|| "answers".to_owned());
            self.message(&from, "-->>", &user, &said);
        }
        let mut out = "sequenceDiagram\n    autonumber\n".to_owned();
        let mut depth = 1;
        for line in self.cast.lines().into_iter().chain(self.lines) {
            depth -= usize::from(line == "end" || line.starts_with("and "));
            out += &" ".repeat(4 * depth);
            out += &line;
            out.push('\n');
            depth += usize::from(["loop ", "par ", "and "].iter().any(|word| line.starts_with(word)));
        }
        out
    }
}

fn failure(step: &Step) -> String {
    step.error.as_deref().unwrap_or("failed").to_owned()
}

#[cfg(test)]
mod tests;
