//! Who had the work when: the sequence of peers (`detection.md`, "Handoff cycles").
//!
//! A turn begins where control passes to an agent, or where an agent that stands below no other agent starts. An agent
//! that was called and returns is part of its caller's turn.

use rustc_hash::FxHashSet;

use super::facts::{agent_of, step_of};
use crate::analyze::agent_name;
use crate::analyze::tree::Row;
use crate::model::{Step, StepKind};

/// One agent at work, until the next takes over.
#[derive(Clone, Debug)]
pub(super) struct Turn<'a> {
    pub(super) agent: &'a str,
    /// Rows of the steps that begin it: the handoff, the agent.
    pub(super) begun_by: Vec<usize>,
    /// Its model calls.
    pub(super) calls: Vec<usize>,
    /// Its tool calls.
    pub(super) tools: Vec<usize>,
}

/// The turns of a run; `order` are the rows of steps by start.
pub(super) fn turns<'a>(steps: &'a [&'a Step], rows: &'a [Row], order: &[usize]) -> Vec<Turn<'a>> {
    let mut turns: Vec<Turn<'a>> = Vec::new();
    // what was done before anybody was named is the first one's
    let mut early = Vec::new();
    let called = called_agents(steps, rows);
    let passes = order.iter().any(|&at| step_of(steps, &rows[at]).is_some_and(|step| step.handoff.is_some()));
    for &at in order {
        let Some(step) = step_of(steps, &rows[at]) else { continue };
        for agent in begins(step, called.contains(&at), passes && turns.is_empty()) {
            begin(&mut turns, agent, at);
        }
        if turns.is_empty() {
            early.push(at);
        } else {
            note(&mut turns, agent_of(steps, &rows[at]), step.kind, at);
        }
    }
    if let Some(first) = turns.first_mut() {
        for at in early {
            first.note(step_of(steps, &rows[at]).map_or(StepKind::Other, |step| step.kind), at);
        }
    }
    turns
}

impl Turn<'_> {
    fn note(&mut self, kind: StepKind, at: usize) {
        match kind {
            StepKind::Llm => self.calls.push(at),
            StepKind::Tool => self.tools.push(at),
            _ => {}
        }
    }
}

fn same(a: &str, b: &str) -> bool {
    a == b || agent_name::key(a) == agent_name::key(b)
}

/// Agents below other agents, but for those that are handed over to.
fn called_agents(steps: &[&Step], rows: &[Row]) -> FxHashSet<usize> {
    let mut below = vec![false; rows.len()];
    let mut called = FxHashSet::default();
    for (at, row) in rows.iter().enumerate() {
        let is_agent = |at: usize| {
            step_of(steps, &rows[at])
                .is_some_and(|step| step.kind == StepKind::Agent && !step.setup && step.agent.is_some())
        };
        below[at] = row.parent.is_some_and(|parent| below[parent as usize] || is_agent(parent as usize));
        if below[at] {
            called.insert(at);
        }
    }
    called
}

/// The agents that get the work at a step.
fn begins(step: &Step, is_called: bool, is_first: bool) -> Vec<&str> {
    if let Some(handoff) = &step.handoff {
        let giver = handoff.from.as_deref().filter(|_| is_first);
        return giver.into_iter().chain(handoff.to.as_deref()).collect();
    }
    let starts = step.kind == StepKind::Agent && !step.setup && !is_called;
    step.agent.as_deref().filter(|_| starts).into_iter().collect()
}

/// A new turn, unless the agent has the work already.
fn begin<'a>(turns: &mut Vec<Turn<'a>>, agent: &'a str, at: usize) {
    match turns.last_mut() {
        Some(turn) if same(turn.agent, agent) => turn.begun_by.push(at),
        _ => turns.push(Turn { agent, begun_by: vec![at], calls: Vec::new(), tools: Vec::new() }),
    }
}

/// Notes a step in the latest turn of its agent: one that was told late is not of the turn that has begun since. Only of
/// the last few, for telemetry is late by seconds, not by rounds.
fn note(turns: &mut [Turn<'_>], agent: Option<&str>, kind: StepKind, at: usize) {
    const LATE: usize = 3;
    let is_own = |turn: &Turn<'_>| agent.is_none_or(|agent| same(agent, turn.agent));
    let own = turns.iter().rev().take(LATE).position(is_own).unwrap_or(0);
    if let Some(turn) = turns.iter_mut().rev().nth(own) {
        turn.note(kind, at);
    }
}
