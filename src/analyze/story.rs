//! A run as a story: who set whom to work, which tools were called, where work was handed over, what failed.
//!
//! Frames and plumbing are left out, and so are model calls that went well: what they asked for is told. Several rounds of
//! the same are found, so that a page can fold them.

use std::hash::{Hash, Hasher as _};
use std::ops::Range;

use rustc_hash::FxHasher;

use super::fold;
use super::tree::{Node, Tree};
use crate::model::{Step, StepKind, StepStatus};

/// One thing that happened. Steps are named by `show`'s index, agents by their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beat<'a> {
    /// An agent begins to work, set to it by another, or by nobody that the telemetry names.
    Enter {
        /// Who set it to work.
        by: Option<&'a str>,
        /// The agent.
        agent: &'a str,
        /// Its step.
        at: usize,
    },
    /// It is done, and gives back to who set it to work.
    Leave {
        /// The agent.
        agent: &'a str,
        /// Who it answers to.
        to: Option<&'a str>,
        /// Its step.
        at: usize,
    },
    /// A tool was called, or documents looked up.
    Call {
        /// The agent.
        by: Option<&'a str>,
        /// The step.
        at: usize,
    },
    /// Several calls ran side by side.
    Together {
        /// The agent.
        by: Option<&'a str>,
        /// The steps.
        at: Vec<usize>,
    },
    /// Work was handed over.
    Handoff {
        /// Who gave it away.
        from: Option<&'a str>,
        /// Who got it.
        to: Option<&'a str>,
        /// The step.
        at: usize,
    },
    /// A model was asked: told where it failed, or where a run has nothing else to tell.
    Model {
        /// The agent.
        by: Option<&'a str>,
        /// The step.
        at: usize,
    },
}

/// A run in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story<'a> {
    /// What happened.
    pub beats: Vec<Beat<'a>>,
    /// The last model call that went well: what the run answered.
    pub answer: Option<usize>,
}

/// A stretch of beats: once, or several rounds of the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The first round.
    pub first: Range<usize>,
    /// How often it came.
    pub times: usize,
    /// Whether arguments and results were the same each time, too.
    pub same: bool,
}

impl Stretch {
    /// All rounds.
    pub fn all(&self) -> Range<usize> {
        self.first.start..self.first.start + self.first.len() * self.times
    }
}

impl<'a> Story<'a> {
    /// The story of the run whose `steps` are shown in the order of `tree`.
    pub fn of(steps: &'a [Step], tree: &Tree) -> Self {
        let mut teller = Teller::new(steps, tree);
        for row in 0..tree.rows.len() {
            teller.row(row);
        }
        teller.leave(usize::MAX);
        let Teller { mut told, answer, .. } = teller;
        if told
            .iter()
            .any(|told| !matches!(told.beat, Beat::Enter { .. } | Beat::Leave { .. } | Beat::Model { .. }))
        {
            told.retain(|told| !told.quiet);
        }
        Self { beats: together(&told), answer }
    }

    /// The beats as stretches, rounds of the same put together. `steps` are those of the run by `show`'s index.
    pub fn stretches(&self, steps: &[&Step]) -> Vec<Stretch> {
        let shape = |beat: &Beat<'_>| beat.digest(steps, false);
        let whole = |beat: &Beat<'_>| beat.digest(steps, true);
        let shapes: Vec<u64> = self.beats.iter().map(shape).collect();
        let wholes: Vec<u64> = self.beats.iter().map(whole).collect();
        let mut out = Vec::new();
        let mut from = 0;
        while from < shapes.len() {
            let stretch = longest(&shapes, &wholes, from);
            from = stretch.all().end;
            out.push(stretch);
        }
        out
    }
}

/// Beats that a round has at most.
const PERIOD: usize = 8;

/// Rounds that are put together at least; equal ones from two on.
const ROUNDS: usize = 3;

/// The repeats that begin at `from` and cover most; the beat alone where none do.
fn longest(shapes: &[u64], wholes: &[u64], from: usize) -> Stretch {
    let mut best = Stretch { first: from..from + 1, times: 1, same: false };
    for period in 1..=PERIOD.min((shapes.len() - from) / 2) {
        let times = repeats(shapes, from, period);
        let equal = repeats(wholes, from, period);
        let same = equal == times;
        let enough = times >= ROUNDS || (same && times >= 2);
        if enough && times * period > best.all().len() {
            best = Stretch { first: from..from + period, times, same };
        }
    }
    best
}

/// How often the `period` keys from `from` on come in a row.
fn repeats(keys: &[u64], from: usize, period: usize) -> usize {
    let round = &keys[from..from + period];
    keys[from..].chunks_exact(period).take_while(|chunk| *chunk == round).count()
}

impl Beat<'_> {
    /// What makes a beat the same as another: who, whom, whether it failed; with `contents` also what was asked and
    /// what came of it.
    fn digest(&self, steps: &[&Step], contents: bool) -> u64 {
        let mut hasher = FxHasher::default();
        std::mem::discriminant(self).hash(&mut hasher);
        match self {
            Self::Enter { by, agent, .. } => (by, agent).hash(&mut hasher),
            Self::Leave { agent, to, .. } => (agent, to).hash(&mut hasher),
            Self::Handoff { from, to, .. } => (from, to).hash(&mut hasher),
            Self::Call { by, .. } | Self::Together { by, .. } | Self::Model { by, .. } => {
                by.hash(&mut hasher);
            }
        }
        let mut called: Vec<u64> = self.steps().iter().map(|&at| step_digest(steps[at], contents)).collect();
        called.sort_unstable();
        called.hash(&mut hasher);
        hasher.finish()
    }

    /// The steps that it tells of.
    pub fn steps(&self) -> &[usize] {
        match self {
            Self::Together { at, .. } => at,
            Self::Enter { at, .. }
            | Self::Leave { at, .. }
            | Self::Call { at, .. }
            | Self::Handoff { at, .. }
            | Self::Model { at, .. } => std::slice::from_ref(at),
        }
    }
}

fn step_digest(step: &Step, contents: bool) -> u64 {
    let mut hasher = FxHasher::default();
    let is_call = matches!(step.kind, StepKind::Tool | StepKind::Retrieval);
    (step.kind, step.status == StepStatus::Error, step.tool.as_ref().filter(|_| is_call)).hash(&mut hasher);
    if contents && is_call {
        (step.input_digest, step.output_digest, &step.error).hash(&mut hasher);
    }
    hasher.finish()
}

/// A beat with what decides whether it stands alone.
struct Told<'a> {
    beat: Beat<'a>,
    /// A model call that went well.
    quiet: bool,
    parent: Option<u32>,
    start: u64,
    end: u64,
}

struct Teller<'a, 't> {
    steps: &'a [Step],
    tree: &'t Tree,
    /// `show`'s index of each row.
    index: Vec<usize>,
    /// Rows with an agent somewhere below: who is called through them tells more than they do.
    agent_below: Vec<bool>,
    /// Agents at work, outermost first: where their rows end, their names, their steps.
    open: Vec<(usize, &'a str, usize)>,
    told: Vec<Told<'a>>,
    answer: Option<usize>,
}

impl<'a, 't> Teller<'a, 't> {
    fn new(steps: &'a [Step], tree: &'t Tree) -> Self {
        let mut next = 0;
        let index = tree.rows.iter().map(|row| {
            let at = next;
            next += usize::from(matches!(row.node, Node::Step(_)));
            at
        });
        let index = index.collect();
        let mut agent_below = vec![false; tree.rows.len()];
        for at in (0..tree.rows.len()).rev() {
            let is_agent = step_of(steps, tree, at).is_some_and(|step| step.kind == StepKind::Agent);
            if let Some(parent) = tree.rows[at].parent.filter(|_| is_agent || agent_below[at]) {
                agent_below[parent as usize] = true;
            }
        }
        Self { steps, tree, index, agent_below, open: Vec::new(), told: Vec::new(), answer: None }
    }

    fn row(&mut self, row: usize) {
        self.leave(row);
        let Some(step) = step_of(self.steps, self.tree, row) else { return };
        if fold::is_quiet(&self.tree.rows[row], step) || step.setup {
            return;
        }
        let (at, by) = (self.index[row], self.agent(row));
        match step.kind {
            StepKind::Agent => self.enter(row, step),
            StepKind::Tool | StepKind::Retrieval if !self.agent_below[row] => {
                self.tell(row, Beat::Call { by, at }, false);
            }
            StepKind::Handoff => {
                let ends = step.handoff.as_ref();
                let from = ends.and_then(|ends| ends.from.as_deref()).or(by);
                let to = ends.and_then(|ends| ends.to.as_deref()).or(step.tool.as_deref());
                self.tell(row, Beat::Handoff { from, to, at }, false);
            }
            StepKind::Llm => {
                let failed = step.status == StepStatus::Error;
                self.answer = if failed { self.answer } else { Some(at) };
                self.tell(row, Beat::Model { by, at }, !failed);
            }
            _ => {}
        }
    }

    /// The agent at work in a row.
    fn agent(&self, row: usize) -> Option<&'a str> {
        let named = self.tree.rows[row].agent.and_then(|at| self.steps.get(at));
        let named = named.and_then(|step| step.agent.as_deref());
        named.or_else(|| self.open.last().map(|&(_, agent, _)| agent))
    }

    /// An agent in an agent of the same name is the same at work, told once more.
    fn enter(&mut self, row: usize, step: &'a Step) {
        let agent = step.agent.as_deref().unwrap_or(&step.name);
        let by = self.open.last().map(|&(_, agent, _)| agent);
        if by == Some(agent) {
            return;
        }
        let at = self.index[row];
        self.tell(row, Beat::Enter { by, agent, at }, false);
        self.open.push((row + self.tree.rows[row].subtree as usize, agent, at));
    }

    /// Agents whose rows end before `row` are done.
    fn leave(&mut self, row: usize) {
        while let Some(&(end, agent, at)) = self.open.last().filter(|(end, ..)| *end <= row) {
            self.open.pop();
            let to = self.open.last().map(|&(_, agent, _)| agent);
            self.tell(end.saturating_sub(1), Beat::Leave { agent, to, at }, false);
        }
    }

    fn tell(&mut self, row: usize, beat: Beat<'a>, quiet: bool) {
        let times = step_of(self.steps, self.tree, row).map_or((0, 0), |step| (step.start, step.end));
        let parent = self.tree.rows.get(row).and_then(|row| row.parent);
        self.told.push(Told { beat, quiet, parent, start: times.0, end: times.1 });
    }
}

fn step_of<'a>(steps: &'a [Step], tree: &Tree, row: usize) -> Option<&'a Step> {
    match tree.rows.get(row)?.node {
        Node::Step(at) => steps.get(at),
        Node::Missing { .. } => None,
    }
}

/// Calls of one parent that overlap in time become one beat.
fn together<'a>(told: &[Told<'a>]) -> Vec<Beat<'a>> {
    let mut out: Vec<Beat<'a>> = Vec::new();
    let mut group: Option<(u64, Option<u32>)> = None;
    for one in told {
        let Beat::Call { by, at } = one.beat else {
            group = None;
            out.push(one.beat.clone());
            continue;
        };
        let joins =
            group.is_some_and(|(end, parent)| one.start != 0 && one.start < end && parent == one.parent);
        match out.last_mut().filter(|_| joins) {
            Some(Beat::Together { at: all, .. }) => all.push(at),
            Some(last) => {
                let first = last.steps().to_vec();
                *last = Beat::Together { by, at: [first, vec![at]].concat() };
            }
            None => out.push(one.beat.clone()),
        }
        let end = group.filter(|_| joins).map_or(0, |(end, _)| end);
        group = Some((end.max(one.end), one.parent));
    }
    out
}

#[cfg(test)]
mod tests;
