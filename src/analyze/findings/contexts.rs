//! Which steps belong to one context: what an agent remembers while it works.
//!
//! An agent that another one calls begins anew with each request: that it looks at the same folder first, each time it is
//! called, is no loop. Called again with nearly the same request it goes on where it was, as far as a reader can tell;
//! but if request and answer are the same, the call repeats, and what is within it is no loop of its own. Two that are at
//! work side by side share nothing. Steps whose parents have not arrived are told apart likewise.

use rustc_hash::FxHashMap;

use super::facts::step_of;
use super::requests::Request;
use crate::analyze::agent_name;
use crate::analyze::tree::{Node, Row};
use crate::model::{Step, StepKind};

/// From this share of common words on, two requests ask the same (`detection.md`, R5).
pub(super) const LIKE: f64 = 0.5;
/// Earlier contexts of an agent that a new one is compared with.
const MEMORY: usize = 16;

/// Where each row stands.
pub(super) struct Places {
    /// Row of the nearest agent, itself included.
    pub(super) agent: Vec<Option<usize>>,
    /// Row of the nearest tool call below that agent, itself included.
    pub(super) tool: Vec<Option<usize>>,
    /// Number of the context; 0 is the run's own.
    pub(super) context: Vec<u32>,
}

impl Places {
    pub(super) fn of(steps: &[&Step], rows: &[Row]) -> Self {
        let mut places = Self { agent: Vec::new(), tool: Vec::new(), context: Vec::new() };
        for (at, row) in rows.iter().enumerate() {
            let parent = row.parent.map(|parent| parent as usize);
            let above = |of: &[Option<usize>]| parent.and_then(|parent| of[parent]);
            let (agent, tool) = match step_of(steps, row) {
                Some(step) if is_agent(step) => (Some(at), None),
                Some(step) if matches!(step.kind, StepKind::Tool | StepKind::Handoff) => {
                    (above(&places.agent), Some(at))
                }
                _ => (above(&places.agent), above(&places.tool)),
            };
            places.agent.push(agent);
            places.tool.push(tool);
        }
        places.context = places.contexts(steps, rows);
        places
    }

    /// Row of the agent that called the one at `row`: `None` for any other row, and where one agent is told twice.
    pub(super) fn caller(&self, steps: &[&Step], rows: &[Row], row: usize) -> Option<usize> {
        let parent = rows[row].parent? as usize;
        let caller = self.agent[parent].filter(|_| self.agent[row] == Some(row))?;
        let name = |at: usize| step_of(steps, &rows[at]).and_then(|step| step.agent.as_deref());
        let is_told_twice = self.tool[parent].is_none() && is_same(name(caller)?, name(row)?);
        (!is_told_twice).then_some(caller)
    }

    /// What the agent at `row` was asked: by its own word, else by that of the call that it stands below.
    pub(super) fn request<'a>(&self, steps: &'a [&'a Step], rows: &[Row], row: usize) -> Request<'a> {
        let own = step_of(steps, &rows[row]).map(Request::of).unwrap_or_default();
        if own.is_told() {
            return own;
        }
        let call = rows[row].parent.and_then(|parent| self.tool[parent as usize]);
        call.and_then(|call| step_of(steps, &rows[call])).map_or(own, Request::of)
    }

    fn contexts(&self, steps: &[&Step], rows: &[Row]) -> Vec<u32> {
        let begun = self.numbered(steps, rows);
        let mut contexts: Vec<u32> = Vec::with_capacity(rows.len());
        for (at, row) in rows.iter().enumerate() {
            let above = row.parent.map_or(0, |parent| contexts[parent as usize]);
            contexts.push(begun.get(&at).copied().unwrap_or(above));
        }
        contexts
    }

    /// Rows with which a context begins, and its number.
    fn numbered(&self, steps: &[&Step], rows: &[Row]) -> FxHashMap<usize, u32> {
        let mut stays: Vec<Stay<'_>> = (0..rows.len()).filter_map(|at| self.stay(steps, rows, at)).collect();
        stays.sort_unstable_by_key(|stay| (stay.start, stay.row));
        let mut known: FxHashMap<u64, Vec<(u32, Stay<'_>)>> = FxHashMap::default();
        let mut numbers = FxHashMap::default();
        for stay in stays {
            let next = u32::try_from(numbers.len() + 1).unwrap_or(u32::MAX);
            let earlier = known.entry(stay.agent).or_default();
            let same = earlier.iter_mut().rev().take(MEMORY).find(|(_, before)| stay.goes_on(before));
            let (row, number) = (stay.row, same.as_ref().map_or(next, |(number, _)| *number));
            match same {
                Some((_, before)) => *before = stay,
                None => earlier.push((next, stay)),
            }
            numbers.insert(row, number);
        }
        numbers
    }

    /// The stay that begins at a row, if one does.
    fn stay<'a>(&self, steps: &'a [&'a Step], rows: &[Row], at: usize) -> Option<Stay<'a>> {
        if let Node::Missing { .. } = rows[at].node {
            let below = rows[at + 1..at + rows[at].subtree as usize].iter();
            let times = below.filter_map(|row| step_of(steps, row)).map(|step| (step.start, step.end));
            let (start, end) = times.fold((u64::MAX, 0), |(a, b), (start, end)| (a.min(start), b.max(end)));
            return Some(Stay { row: at, agent: 0, start, end, request: Request::default(), answer: 0 });
        }
        self.caller(steps, rows, at)?;
        let step = step_of(steps, &rows[at])?;
        let agent = agent_name::hash(step.agent.as_deref()?);
        let end = if step.end == 0 { u64::MAX } else { step.end };
        let call = rows[at].parent.and_then(|parent| self.tool[parent as usize]);
        let told = call.and_then(|call| step_of(steps, &rows[call])).unwrap_or(step);
        let request = self.request(steps, rows, at);
        Some(Stay { row: at, agent, start: step.start, end, request, answer: told.output_digest })
    }
}

/// An agent at work for one request, or steps below a parent that has not arrived.
struct Stay<'a> {
    row: usize,
    agent: u64,
    start: u64,
    end: u64,
    request: Request<'a>,
    /// What came of it; 0 where that is not told.
    answer: u64,
}

impl Stay<'_> {
    fn goes_on(&self, before: &Self) -> bool {
        let is_like = || self.request.likeness(&before.request).is_none_or(|like| like >= LIKE);
        before.end <= self.start && !self.repeats(before) && is_like()
    }

    fn repeats(&self, before: &Self) -> bool {
        let asked = self.request.exact();
        asked != 0 && asked == before.request.exact() && self.answer != 0 && self.answer == before.answer
    }
}

/// An agent at work, with a name.
pub(super) fn is_agent(step: &Step) -> bool {
    step.kind == StepKind::Agent && !step.setup && step.agent.is_some()
}

pub(super) fn is_same(a: &str, b: &str) -> bool {
    a == b || agent_name::key(a) == agent_name::key(b)
}
