//! What happened, a line a step, rounds of the same in one.

use super::super::{Look, Telling, show, text};
use super::escape::escaped;
use crate::analyze::story::{Beat, Story, Stretch};
use crate::model::{Step, StepStatus};

/// Stretches that are told of a long run: its beginning and its end.
const HEAD: usize = 150;
const TAIL: usize = 50;

/// Columns of what a call was asked or told.
const WORDS: usize = 100;

/// The list.
pub(super) fn lines(telling: &Telling<'_>, look: &Look) -> String {
    let story = Story::of(telling.steps, telling.tree);
    let shown = telling.shown();
    let stretches = story.stretches(&shown);
    let teller = Teller { telling, shown, look };
    let left_out = stretches.len().saturating_sub(HEAD + TAIL);
    let told = stretches.iter().enumerate().filter_map(|(at, stretch)| match at {
        HEAD if left_out > 0 => Some(format!("- … {left_out} more\n")),
        _ if left_out > 0 && (HEAD..HEAD + left_out).contains(&at) => None,
        _ => Some(teller.stretch(&story, stretch)),
    });
    told.collect()
}

struct Teller<'a> {
    telling: &'a Telling<'a>,
    shown: Vec<&'a Step>,
    look: &'a Look,
}

impl Teller<'_> {
    fn stretch(&self, story: &Story<'_>, stretch: &Stretch) -> String {
        let round = &story.beats[stretch.first.clone()];
        let lines: Vec<String> = round.iter().map(|beat| format!("- {}\n", self.beat(beat))).collect();
        if stretch.times == 1 {
            return lines.concat();
        }
        let how = if stretch.same { "the same each time" } else { "with other arguments or results" };
        let all = story.beats[stretch.all()].iter().flat_map(Beat::steps);
        let (first, last) = (all.clone().min(), all.max());
        let place = first.zip(last).map(|(first, last)| format!(" (steps {first} to {last})"));
        let title = format!("- **{} times, {how}**{}:\n", stretch.times, place.unwrap_or_default());
        let nested = lines.concat().replace('\n', "\n  ");
        title + "  " + nested.trim_end_matches(' ')
    }

    fn beat(&self, beat: &Beat<'_>) -> String {
        match beat {
            Beat::Enter { by: Some(by), agent, at } => {
                format!("{at}: {} sets {} to work", name(by), name(agent))
            }
            Beat::Enter { by: None, agent, at } => format!("{at}: {} begins", name(agent)),
            Beat::Leave { agent, at, .. } if self.shown[*at].status == StepStatus::Error => {
                format!("{} fails{}", name(agent), self.outcome(*at))
            }
            Beat::Leave { agent, .. } => format!("{} is done", name(agent)),
            Beat::Call { by, at } => format!("{at}: {}{}", who(*by), self.call(*at)),
            Beat::Together { by, at } => {
                let calls: Vec<_> = at.iter().map(|at| format!("  - {at}: {}", self.call(*at))).collect();
                format!("{}side by side:\n{}", who(*by), calls.join("\n"))
            }
            Beat::Handoff { from, to, at } => {
                format!("{at}: {} hands over to {}", name(from.unwrap_or("?")), name(to.unwrap_or("?")))
            }
            Beat::Model { by, at } => {
                let model = self.shown[*at].model.as_deref().unwrap_or("a model");
                format!("{at}: {}asks {}{}", who(*by), escaped(model), self.outcome(*at))
            }
        }
    }

    fn call(&self, at: usize) -> String {
        let step = self.shown[at];
        let asked =
            self.telling.arguments(at).map(|asked| format!(" {}", escaped(&text::preview(&asked, WORDS))));
        format!(
            "**{}**{}{}",
            escaped(&show::title(step, self.look)),
            asked.unwrap_or_default(),
            self.outcome(at)
        )
    }

    /// How it failed, or what came of it.
    fn outcome(&self, at: usize) -> String {
        let step = self.shown[at];
        let told = |text: &str| escaped(&text::preview(text, WORDS));
        match (step.status, &step.error) {
            (StepStatus::Error, Some(error)) => format!(" ✖ {}", told(error)),
            (StepStatus::Error, None) => " ✖ failed".to_owned(),
            (StepStatus::Running, _) => " … still at work".to_owned(),
            (StepStatus::Ok, _) => {
                let came = self.telling.result(at).or_else(|| self.telling.said(at));
                came.map(|came| format!(" → {}", told(&came))).unwrap_or_default()
            }
        }
    }
}

fn name(agent: &str) -> String {
    format!("**{}**", escaped(agent))
}

fn who(agent: Option<&str>) -> String {
    agent.map(|agent| format!("{} ", escaped(agent))).unwrap_or_default()
}
