//! What is looked for in a run later, noted once so that no key has to go through all rows.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::RowId;
use crate::analyze::fold;
use crate::analyze::handoff_graph::HandoffGraph;
use crate::analyze::tree::{Node, Row, Tree};
use crate::model::{Step, StepStatus, UnixNanos};

/// Told of a whole run in one pass.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// As [`Shape::times`](super::Shape::times).
    pub(super) times: (UnixNanos, UnixNanos),
    /// As [`Shape::has_plumbing`](super::Shape::has_plumbing).
    pub(super) has_plumbing: bool,
    /// By row whether it is folded away as plumbing; empty where there is none.
    pub(super) plumbing: Vec<bool>,
    /// As [`Shape::errors`](super::Shape::errors).
    pub(super) errors: Vec<u32>,
    /// As [`Shape::starts`](super::Shape::starts).
    pub(super) starts: Vec<UnixNanos>,
    /// As [`Shape::newest`](super::Shape::newest).
    pub(super) newest: u32,
    /// Rows by their names.
    pub(super) rows: FxHashMap<RowId, u32>,
}

impl Index {
    fn of(steps: &[Arc<Step>], tree: &Tree) -> Self {
        let mut index = Self::default();
        index.rows.reserve(tree.rows.len());
        index.starts.reserve(tree.rows.len());
        let mut last = 0;
        for (at, row) in (0..).zip(&tree.rows) {
            let step = step_of(row, steps);
            index.rows.extend(name(row, steps).map(|name| (name, at)));
            if step.is_some_and(|step| step.status == StepStatus::Error && !fold::is_quiet(row, step)) {
                index.errors.push(at);
            }
            let start = step.map_or(0, |step| step.start);
            index.starts.push(start);
            if start >= last {
                (last, index.newest) = (start, at);
            }
        }
        let starts = steps.iter().map(|step| step.start).filter(|&start| start != 0);
        let ends = steps.iter().map(|step| step.end.max(step.start));
        index.times = (starts.min().unwrap_or(0), ends.max().unwrap_or(0));
        index.has_plumbing = steps.iter().any(|step| step.plumbing);
        let asked = if index.has_plumbing { tree.rows.as_slice() } else { &[] };
        index.plumbing = fold::quiet(asked, |row| step_of(row, steps).map(Arc::as_ref));
        index
    }

    /// With the graph of who gave the work to whom; of a long run both at once.
    pub(super) fn and_graph(steps: &[Arc<Step>], tree: &Tree) -> (Self, HandoffGraph) {
        /// Rows from which on a thread costs less than it saves, some ten milliseconds of 100 000 rows.
        const LONG: usize = 10_000;
        if tree.rows.len() < LONG {
            return (Self::of(steps, tree), HandoffGraph::of(steps, tree));
        }
        std::thread::scope(|scope| {
            let graph = scope.spawn(|| HandoffGraph::of(steps, tree));
            let index = Self::of(steps, tree);
            (index, graph.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })
    }
}

/// The step of a row; `None` for a parent that has not arrived.
pub(super) fn step_of<'a>(row: &Row, steps: &'a [Arc<Step>]) -> Option<&'a Arc<Step>> {
    match row.node {
        Node::Step(at) => steps.get(at),
        Node::Missing { .. } => None,
    }
}

/// The name of a row.
pub(super) fn name(row: &Row, steps: &[Arc<Step>]) -> Option<RowId> {
    match row.node {
        Node::Step(at) => steps.get(at).map(|step| RowId(step.trace_id, step.span_id)),
        Node::Missing { trace_id, span_id } => Some(RowId(trace_id, span_id)),
    }
}
