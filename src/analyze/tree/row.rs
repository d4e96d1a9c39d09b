//! A row of the tree: small, for a long run has 100 000 of them.

use super::Declared;
use crate::model::{Cost, CostTotal, SharedUsage, SpanId, TokenTotals, TraceId};

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
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
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
    /// Tokens of this step's own call, with details that other reports of it know; all unknown where they do not count.
    pub usage: SharedUsage,
    /// Whether this row adds to the sums: a counted call, or an answered one that tells nothing of itself.
    pub has_figures: bool,
    /// Cost of this step's own call, as the sums hold it; `None` where it is unknown or does not count.
    pub own_cost: Option<Cost>,
    /// Agent at work here: the step's own, else that of the nearest step above that names one.
    pub agent: Option<usize>,
    /// Failed steps in the subtree, itself included.
    pub errors: u32,
    /// What most rows do without: `None` of a row with nothing below it and no other report.
    pub rest: Option<Box<Rest>>,
}

/// What few rows have: in a run most steps are calls with nothing below them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rest {
    /// Tokens of all calls below it, each once.
    pub tokens_below: TokenTotals,
    /// Their cost.
    pub cost_below: CostTotal,
    /// What the step says of itself that its steps below add up to otherwise.
    pub declared: Option<Declared>,
    /// Steps (indexes) that report the same call once more; they have no row of their own.
    pub also: Vec<usize>,
}

impl Row {
    /// Tokens of the whole subtree, each call once.
    pub fn tokens(&self) -> TokenTotals {
        let mut tokens = self.rest.as_ref().map_or_else(TokenTotals::default, |rest| rest.tokens_below);
        if self.has_figures {
            tokens.add(&self.usage);
        }
        tokens
    }

    /// Cost of the whole subtree, each call once.
    pub fn cost(&self) -> CostTotal {
        let mut cost = self.rest.as_ref().map_or_else(CostTotal::default, |rest| rest.cost_below);
        if self.has_figures {
            cost.add(self.own_cost);
        }
        cost
    }

    /// What the step says of itself that its steps below add up to otherwise.
    pub fn declared(&self) -> Option<Declared> {
        self.rest.as_ref()?.declared
    }

    /// Steps (indexes) that report the same call once more; they have no row of their own.
    pub fn also(&self) -> &[usize] {
        self.rest.as_ref().map_or(&[], |rest| &rest.also)
    }
}
