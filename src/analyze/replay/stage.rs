//! Who acts at a stop, and which conversation they have before them.

use std::borrow::Borrow;

use super::{Moment, Replay, step_of};
use crate::analyze::agent_name;
use crate::analyze::tree::Tree;
use crate::model::{Step, StepKind};

/// Results of tools that are looked for since the last model call.
const RESULTS: usize = 16;

/// What tells the conversation as the agent that acts next has it before it. Rows of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A model call is next: what it is asked.
    Asked(u32),
    /// What the agent's last model call was asked and answered, and what came back since.
    Answered(u32),
    /// What it was asked: it has not answered yet.
    Waiting(u32),
    /// No model was asked yet: what the next step is given.
    Given(u32),
    /// Nothing was said.
    Nothing,
}

/// A replay with the steps that it is of.
#[derive(Clone, Copy, Debug)]
pub struct Stage<'a, S> {
    /// The replay.
    pub replay: &'a Replay,
    /// The run's steps, as it was made of.
    pub steps: &'a [S],
    /// Their tree.
    pub tree: &'a Tree,
}

impl<'a, S: Borrow<Step>> Stage<'a, S> {
    /// The agent whose turn it is: the one at work on what is next; before an agent begins, who got the work or sets it to
    /// work. `None` before the first, and where no agent is named.
    pub fn in_charge(&self, stop: usize) -> Option<&'a str> {
        let before = || stop.checked_sub(1).and_then(|at| self.replay.moments.get(at));
        let Some(next) = self.replay.moments.get(stop) else {
            return self.agent(self.last_call(stop).or_else(before)?.row);
        };
        if !is_frame(next) {
            return self.agent(next.row);
        }
        let before = before()?;
        let above = || self.tree.rows.get(next.row as usize)?.parent;
        self.handed_to(before).or_else(|| self.agent(above()?)).or_else(|| self.agent(before.row))
    }

    /// Which conversation the agent in charge has before it.
    pub fn heard(&self, stop: usize) -> Heard {
        let next = self.replay.moments.get(stop);
        if let Some(call) = next.filter(|next| next.kind == StepKind::Llm) {
            return Heard::Asked(call.row);
        }
        match self.last_call(stop) {
            Some(call) if call.has_ended(stop) => Heard::Answered(call.row),
            Some(call) => Heard::Waiting(call.row),
            None => next.map_or(Heard::Nothing, |next| Heard::Given(next.row)),
        }
    }

    /// The last model call of the agent in charge that began before a stop; before an agent's first the last of whoever set
    /// it to work, at the end the last of all.
    pub fn last_call(&self, stop: usize) -> Option<&'a Moment> {
        let Some(next) = self.replay.moments.get(stop) else {
            return self.replay.moments.get(self.replay.answer? as usize);
        };
        let mut calls = self.before(stop).iter().filter(|moment| moment.kind == StepKind::Llm);
        let kin = self.kin(stop, next);
        let begins = is_frame(next);
        calls
            .clone()
            .rfind(|call| kin.holds(self.tree, call))
            .or_else(|| calls.next_back().filter(|_| begins))
    }

    /// Tools of the agent in charge that returned since a model call: rows in the order of time, the latest few.
    pub fn results_since(&self, stop: usize, call: u32) -> Vec<u32> {
        let before = self.before(stop);
        let Some(at) = before.iter().rposition(|moment| moment.row == call) else {
            return Vec::new();
        };
        let parent = self.tree.rows.get(call as usize).and_then(|row| row.parent);
        let kin = Kin { agent: before[at].agent, parent };
        let is_result = |moment: &&Moment| {
            matches!(moment.kind, StepKind::Tool | StepKind::Retrieval)
                && moment.has_ended(stop)
                && kin.holds(self.tree, moment)
        };
        let mut rows: Vec<u32> =
            before[at..].iter().rev().filter(is_result).take(RESULTS).map(|moment| moment.row).collect();
        rows.reverse();
        rows
    }

    fn before(&self, stop: usize) -> &'a [Moment] {
        &self.replay.moments[..stop.min(self.replay.moments.len())]
    }

    fn kin(&self, stop: usize, next: &Moment) -> Kin {
        let agent = self.in_charge(stop).map_or(0, agent_name::hash);
        Kin { agent, parent: self.tree.rows.get(next.row as usize).and_then(|row| row.parent) }
    }

    fn agent(&self, row: u32) -> Option<&'a str> {
        let at = self.tree.rows.get(row as usize)?.agent?;
        self.steps.get(at)?.borrow().agent.as_deref()
    }

    fn handed_to(&self, moment: &Moment) -> Option<&'a str> {
        let handoff = step_of(self.steps, self.tree.rows.get(moment.row as usize)?)?.handoff.as_ref();
        handoff.filter(|_| moment.kind == StepKind::Handoff)?.to.as_deref()
    }
}

/// Whether others work in it.
const fn is_frame(moment: &Moment) -> bool {
    matches!(moment.kind, StepKind::Agent | StepKind::Workflow)
}

/// Steps of one agent's turn.
struct Kin {
    agent: u64,
    parent: Option<u32>,
}

impl Kin {
    /// Whether a step is of the same agent, or beside the same steps where no agent is named.
    fn holds(&self, tree: &Tree, moment: &Moment) -> bool {
        if self.agent != 0 || moment.agent != 0 {
            return self.agent == moment.agent;
        }
        tree.rows.get(moment.row as usize).is_some_and(|row| row.parent == self.parent)
    }
}
