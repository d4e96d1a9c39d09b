//! What the ledger keeps of a step.

use std::sync::Arc;

use super::transfers::{Mark, Report, Transfer};
use super::{Entry, Figures, NONE};
use crate::analyze::agent_name;
use crate::model::{Cost, Origin, Rates, SharedUsage, SpanId, Step, StepKind, StepStatus};

/// What the ledger keeps of a step: numbers and links, no text.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "as the step has them")]
pub(super) struct Node {
    pub(super) id: (u32, SpanId),
    pub(super) parent_id: Option<(u32, SpanId)>,
    pub(super) remote_parent: bool,
    pub(super) loose: bool,
    pub(super) origin: Origin,
    pub(super) parent: Entry,
    pub(super) children: Vec<Entry>,
    pub(super) kind: StepKind,
    pub(super) status: StepStatus,
    /// A model call that was answered.
    pub(super) answered: bool,
    pub(super) plumbing: bool,
    pub(super) setup: bool,
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) usage: SharedUsage,
    pub(super) cost: Option<Cost>,
    pub(super) rates: Option<Arc<Rates>>,
    pub(super) response: u64,
    pub(super) tool: u64,
    pub(super) tool_call: u64,
    pub(super) scope: u64,
    /// Children whose subtree has tokens or cost of its own.
    pub(super) below_usage: u32,
    /// Children whose subtree has a model call with tokens.
    pub(super) below_llm: u32,
    /// The better report of this call, [`NONE`] if this is the best or only one.
    pub(super) twin_of: Entry,
    /// Agent it names (hash), 0 if it names none.
    pub(super) agent: u64,
    /// What it tells of a transfer of control.
    pub(super) mark: Option<Mark>,
    /// What it is in the tree, if it tells of a transfer.
    pub(super) transfer: Transfer,
    /// An agent or a model works here or below.
    pub(super) works: bool,
    /// Latest start of a model call here or below, agents below left out; 0 if there is none.
    pub(super) last_call: u64,
}

impl Node {
    pub(super) fn new(step: &Step, trace: u32, parent_trace: u32) -> Self {
        let id = (trace, step.span_id);
        Self {
            id,
            parent_id: step.parent_span_id.map(|p| (parent_trace, p)).filter(|&p| p != id),
            // who asked for the work from another trace may never be sent here
            remote_parent: step.remote_parent || parent_trace != trace,
            loose: step.loose,
            origin: step.origin,
            parent: NONE,
            children: Vec::new(),
            kind: step.kind,
            status: step.status,
            answered: step.is_answered_call(),
            plumbing: step.plumbing,
            setup: step.setup,
            start: step.start,
            end: step.end,
            usage: step.usage.clone(),
            cost: step.cost,
            rates: step.rates.clone(),
            response: step.response_id.as_deref().map_or(0, text_hash),
            tool: step.tool.as_deref().map_or(0, text_hash),
            tool_call: step.tool_call_id.as_deref().map_or(0, text_hash),
            scope: text_hash(&step.scope),
            below_usage: 0,
            below_llm: 0,
            twin_of: NONE,
            agent: step.agent.as_deref().map_or(0, agent_name::hash),
            mark: mark(step),
            transfer: Transfer::Nothing,
            works: false,
            last_call: 0,
        }
        .bare()
    }

    /// The node as it is without any other step.
    pub(super) fn bare(self) -> Self {
        Self {
            parent: NONE,
            children: Vec::new(),
            below_usage: 0,
            below_llm: 0,
            twin_of: NONE,
            transfer: Transfer::Nothing,
            works: self.works_itself(),
            last_call: self.own_call(),
            ..self
        }
    }

    pub(super) fn is_agent(&self) -> bool {
        self.kind == StepKind::Agent && !self.setup
    }

    /// An agent or a model works here.
    pub(super) fn works_itself(&self) -> bool {
        self.kind == StepKind::Llm || self.is_agent()
    }

    /// Start of a model call, 0 for any other step; a record without figures is written when its span's call ends.
    pub(super) fn own_call(&self) -> u64 {
        let is_call = self.kind == StepKind::Llm && (self.origin == Origin::Span || self.usage.is_known());
        if is_call { self.start } else { 0 }
    }

    /// Whether `fresh`, a newer version, takes back what steps above or other agents' callers were told.
    pub(super) fn takes_back(&self, fresh: &Self) -> bool {
        let moved = fresh.start != self.start;
        self.is_agent() != fresh.is_agent()
            || (self.works_itself() && !fresh.works_itself())
            || (self.own_call() != 0 && fresh.own_call() != self.own_call())
            || (self.agent != 0 && (moved || fresh.agent != self.agent || fresh.setup != self.setup))
    }

    pub(super) fn has_usage(&self) -> bool {
        self.usage.is_known() || self.cost.is_some()
    }

    pub(super) fn is_llm_with_tokens(&self) -> bool {
        self.kind == StepKind::Llm && self.usage.is_known()
    }

    pub(super) fn is_root(&self) -> bool {
        self.parent == NONE && !self.loose && (self.parent_id.is_none() || self.remote_parent)
    }

    /// Calls that several reports may tell of.
    pub(super) const fn is_call(&self) -> bool {
        matches!(self.kind, StepKind::Llm | StepKind::Tool | StepKind::Handoff)
    }

    /// Both ran the same tool, as far as they say: a span inside of another, an MCP client's and its server's.
    pub(super) fn runs_same_tool(&self, other: &Self) -> bool {
        let ids_agree = self.tool_call == other.tool_call || self.tool_call == 0 || other.tool_call == 0;
        self.kind == other.kind
            && self.kind != StepKind::Llm
            && self.tool != 0
            && self.tool == other.tool
            && ids_agree
    }

    /// Whether a span and a log record can tell of one call: records are written when the call has ended, some time
    /// (seconds at most) before or after its span does.
    pub(super) fn is_near(&self, other: &Self) -> bool {
        const LATE: u64 = 2_000_000_000;
        self.start <= other.end.saturating_add(LATE) && other.start <= self.end.saturating_add(LATE)
    }

    /// The two spans ran at the same time, for at least half of the shorter one.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let shared = self.end.min(other.end).checked_sub(self.start.max(other.start));
        let shorter = (self.end.saturating_sub(self.start)).min(other.end.saturating_sub(other.start));
        shared.is_some_and(|shared| shared.saturating_mul(2) >= shorter)
    }

    /// What two sibling reports of one call share, if it knows its tokens.
    pub(super) fn figures(&self) -> Option<Figures> {
        let known = self.usage.is_known();
        known.then_some((self.id.0, self.parent_id, self.usage.input, self.usage.output))
    }

    /// How many figures it knows.
    pub(super) fn known_figures(&self) -> usize {
        let u = &self.usage;
        [u.input, u.output, u.cache_read, u.cache_write, u.cache_write_1h, u.reasoning]
            .iter()
            .flatten()
            .count()
    }

    /// A span first (it has a place in the tree), then more known figures, then the earlier, then the smaller id: the
    /// same winner in any order of arrival.
    pub(super) fn rank(&self) -> (bool, usize, std::cmp::Reverse<u64>, std::cmp::Reverse<SpanId>) {
        let is_span = self.origin == Origin::Span;
        (is_span, self.known_figures(), std::cmp::Reverse(self.start), std::cmp::Reverse(self.id.1))
    }
}

/// What a step tells of a transfer of control.
fn mark(step: &Step) -> Option<Mark> {
    let report = match step.kind {
        StepKind::Llm => Report::Asked,
        StepKind::Handoff if step.tool.is_some() => Report::Tool,
        StepKind::Handoff => Report::Marker,
        _ => return None,
    };
    let to = step.handoff.as_ref().map(|handoff| handoff.to.as_deref().map_or(0, agent_name::hash));
    let target = if report == Report::Asked { to? } else { to.unwrap_or(0) };
    let call = step.tool_call_id.as_deref().map_or(0, text_hash);
    Some(Mark { report, target, call, by_log: step.origin == Origin::LogRecord })
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
