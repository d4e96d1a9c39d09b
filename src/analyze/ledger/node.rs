//! What the ledger keeps of a step.

use std::sync::Arc;

use super::{Entry, NONE};
use crate::model::{Cost, Rates, SpanId, Step, StepKind, StepStatus, Usage};

/// What the ledger keeps of a step: numbers and links, no text.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) id: (u32, SpanId),
    pub(super) parent_id: Option<SpanId>,
    pub(super) remote_parent: bool,
    pub(super) parent: Entry,
    pub(super) children: Vec<Entry>,
    pub(super) kind: StepKind,
    pub(super) status: StepStatus,
    pub(super) plumbing: bool,
    pub(super) setup: bool,
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) usage: Usage,
    pub(super) cost: Option<Cost>,
    pub(super) rates: Option<Arc<Rates>>,
    pub(super) response: u64,
    pub(super) scope: u64,
    /// Children whose subtree has tokens or cost of its own.
    pub(super) below_usage: u32,
    /// Children whose subtree has a model call with tokens.
    pub(super) below_llm: u32,
    /// The better report of this call, [`NONE`] if this is the best or only one.
    pub(super) twin_of: Entry,
}

impl Node {
    pub(super) fn new(step: &Step, trace: u32) -> Self {
        Self {
            id: (trace, step.span_id),
            parent_id: step.parent_span_id.filter(|&p| p != step.span_id),
            remote_parent: step.remote_parent,
            parent: NONE,
            children: Vec::new(),
            kind: step.kind,
            status: step.status,
            plumbing: step.plumbing,
            setup: step.setup,
            start: step.start,
            end: step.end,
            usage: step.usage,
            cost: step.cost,
            rates: step.rates.clone(),
            response: step.response_id.as_deref().map_or(0, text_hash),
            scope: text_hash(&step.scope),
            below_usage: 0,
            below_llm: 0,
            twin_of: NONE,
        }
    }

    pub(super) fn has_usage(&self) -> bool {
        self.usage.is_known() || self.cost.is_some()
    }

    pub(super) fn is_llm_with_tokens(&self) -> bool {
        self.kind == StepKind::Llm && self.usage.is_known()
    }

    pub(super) fn is_root(&self) -> bool {
        self.parent == NONE && (self.parent_id.is_none() || self.remote_parent)
    }

    /// The two spans ran at the same time, for at least half of the shorter one.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let shared = self.end.min(other.end).checked_sub(self.start.max(other.start));
        let shorter = (self.end.saturating_sub(self.start)).min(other.end.saturating_sub(other.start));
        shared.is_some_and(|shared| shared.saturating_mul(2) >= shorter)
    }

    /// More known figures first, then the earlier, then the smaller id: the same winner in any order of arrival.
    pub(super) fn rank(&self) -> (usize, std::cmp::Reverse<u64>, std::cmp::Reverse<SpanId>) {
        let u = &self.usage;
        let known = [u.input, u.output, u.cache_read, u.cache_write, u.cache_write_1h, u.reasoning];
        let known = known.iter().flatten().count();
        (known, std::cmp::Reverse(self.start), std::cmp::Reverse(self.id.1))
    }
}

fn text_hash(text: &str) -> u64 {
    use std::hash::{Hash, Hasher};
    let mut hasher = rustc_hash::FxHasher::default();
    text.hash(&mut hasher);
    hasher.finish()
}

impl Node {
    pub(super) fn count_below(&mut self, active: Activity, sign: Sign) {
        let put = |counter: &mut u32, one: bool| {
            let mut wide = u64::from(*counter);
            sign.apply(&mut wide, u64::from(one));
            *counter = u32::try_from(wide).unwrap_or(u32::MAX);
        };
        put(&mut self.below_usage, active.usage);
        put(&mut self.below_llm, active.llm);
    }
}

/// Whether a subtree holds tokens or cost, and whether it holds a model call with tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Activity {
    pub(super) usage: bool,
    pub(super) llm: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Sign {
    Add,
    Remove,
}

impl Sign {
    pub(super) fn apply(self, counter: &mut u64, amount: u64) {
        *counter = match self {
            Self::Add => counter.saturating_add(amount),
            Self::Remove => counter.saturating_sub(amount),
        };
    }
}

/// Steps whose parent has not arrived.
#[derive(Clone, Debug, Default)]
pub(super) struct Waiting {
    pub(super) children: Vec<Entry>,
    /// Someone waits for it who belongs to this process: it is missed, not just remote.
    pub(super) missed: bool,
}
