//! What each agent did in order: its model calls and tool calls, failed ones among them.
//!
//! [`Stream`](super::facts::Stream)s are cut at the user's word and hold what can repeat; a course is whole.

use rustc_hash::FxHashMap;

use super::facts::{agent_of, step_of};
use crate::analyze::tree::Row;
use crate::model::{Step, StepKind, StepStatus};

/// One model call or tool call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doing<'a> {
    pub(super) row: usize,
    pub(super) step: &'a Step,
    /// It failed itself, not only something below it.
    pub(super) failed: bool,
    /// Calls of one batch were asked for in one breath or ran side by side.
    pub(super) batch: usize,
}

impl<'a> Doing<'a> {
    pub(super) fn is_call(&self) -> bool {
        self.step.kind == StepKind::Llm
    }

    /// The tool, of a tool call.
    pub(super) fn tool(&self) -> Option<&'a str> {
        let is_tool = self.step.kind == StepKind::Tool;
        is_tool.then(|| self.step.tool.as_deref().unwrap_or(&self.step.name))
    }
}

/// An agent's doings by start; by name, not by invocation.
#[derive(Clone, Debug, Default)]
pub(super) struct Course<'a> {
    pub(super) agent: Option<&'a str>,
    pub(super) doings: Vec<Doing<'a>>,
    has_calls: bool,
}

impl Course<'_> {
    /// Row of the last model call.
    pub(super) fn last_call(&self) -> Option<usize> {
        self.doings.iter().rev().find(|doing| doing.is_call()).map(|doing| doing.row)
    }
}

/// The courses of a run; `order` are the rows of steps by start.
pub(super) fn courses<'a>(steps: &'a [&'a Step], rows: &'a [Row], order: &[usize]) -> Vec<Course<'a>> {
    let mut places: FxHashMap<Option<&str>, usize> = FxHashMap::default();
    let mut courses: Vec<Course<'a>> = Vec::new();
    for &at in order {
        let Some(step) = step_of(steps, &rows[at]) else { continue };
        if !is_doing(steps, rows, at, step) {
            continue;
        }
        let agent = agent_of(steps, &rows[at]);
        let place = *places.entry(agent).or_insert_with(|| {
            courses.push(Course { agent, ..Course::default() });
            courses.len() - 1
        });
        courses[place].add(at, &rows[at], step);
    }
    courses
}

/// A model call that is no wrapper around another, a tool call that is no part of another.
fn is_doing(steps: &[&Step], rows: &[Row], at: usize, step: &Step) -> bool {
    let row = &rows[at];
    match step.kind {
        StepKind::Llm => {
            row.has_figures || has_failed(row, step) || step.oddities.is_some() && row.subtree == 1
        }
        StepKind::Tool => {
            let above = row.parent.and_then(|parent| step_of(steps, &rows[parent as usize]));
            step.handoff.is_none() && above.is_none_or(|above| above.kind != StepKind::Tool)
        }
        _ => false,
    }
}

/// The step says so and nothing below it does.
fn has_failed(row: &Row, step: &Step) -> bool {
    step.status == StepStatus::Error && row.errors <= 1
}

impl<'a> Course<'a> {
    fn add(&mut self, at: usize, row: &Row, step: &'a Step) {
        let is_tool = step.kind == StepKind::Tool;
        // where model calls are told, tools that follow each other without one were asked for together
        let together = |last: &Doing<'_>| self.has_calls || step.start < last.step.end;
        let batch = match self.doings.last() {
            Some(last) if is_tool && !last.is_call() && together(last) => last.batch,
            Some(last) => last.batch + 1,
            None => 0,
        };
        self.has_calls |= !is_tool;
        let failed = has_failed(row, step) || is_tool && row.subtree == 1 && row.errors > 0;
        self.doings.push(Doing { row: at, step, failed, batch });
    }
}
