//! The books of one run: who is whose child, and what counts once.
//!
//! Fed one step at a time, in any order; every figure is ready after each. The work for a step is bounded by what the
//! step changes (its links, and the ancestors whose state flips), never by the size of the run. Rules, from
//! `dialects.md` 0.3:
//!
//! - A step's own tokens and cost count only if nothing below it has tokens or cost of its own.
//! - A model call told twice is one call. Parent and child: the child counts. A child without tokens below a model
//!   call is the same call. Elsewhere: two reports that overlap in time, from different instrumentations, with the
//!   same answer id, or with the same parent and the same tokens.
//!
//! ```text
//!   agent   usage 30   ✗ (its calls tell it)          below_usage = 2
//!   ├─ llm  usage 10   ✗ (the child is the same call) below_usage = 1, below_llm = 1
//!   │  └─ llm usage 10 ✓
//!   └─ llm  usage 20   ✓
//! ```

use rustc_hash::FxHashMap;

use crate::model::{Cost, CostTotal, SpanId, Step, StepKind, StepStatus, TokenTotals, TraceId, Usage};

/// Index of a step in the ledger, in the order of first arrival.
pub type Entry = u32;

/// No entry: a root, or a parent that has not arrived.
const NONE: Entry = Entry::MAX;

/// Reports of one call are looked for among this many latest candidates: an emitter that gives every answer the same
/// id must not make a run cost the square of its length.
const CANDIDATES: usize = 16;

/// Sums over the steps that count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Steps, plumbing and second reports left out.
    pub steps: u64,
    /// Answered model calls.
    pub llm_calls: u64,
    /// Tool calls.
    pub tool_calls: u64,
    /// Handoffs.
    pub handoffs: u64,
    /// Failed steps.
    pub errors: u64,
    /// Steps that are an agent's doing.
    pub agentic: u64,
    /// Tokens.
    pub tokens: TokenTotals,
    /// Cost.
    pub cost: CostTotal,
}

/// How far a run has come, from the shape of its tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Roots that are here (no parent, or a remote one).
    pub roots: u64,
    /// Roots that failed.
    pub failed_roots: u64,
    /// Parents that steps name and that are not here.
    pub missing_parents: u64,
    /// Steps that have not ended.
    pub running: u64,
}

impl Progress {
    /// Every root is here and ended, and no parent is missing.
    pub const fn is_complete(&self) -> bool {
        self.roots > 0 && self.missing_parents == 0 && self.running == 0
    }
}

/// What the ledger keeps of a step: numbers and links, no text.
#[derive(Clone, Debug)]
struct Node {
    id: (u32, SpanId),
    parent_id: Option<SpanId>,
    remote_parent: bool,
    parent: Entry,
    children: Vec<Entry>,
    kind: StepKind,
    status: StepStatus,
    plumbing: bool,
    setup: bool,
    start: u64,
    end: u64,
    usage: Usage,
    cost: Option<Cost>,
    response: u64,
    scope: u64,
    /// Children whose subtree has tokens or cost of its own.
    below_usage: u32,
    /// Children whose subtree has a model call with tokens.
    below_llm: u32,
    /// The better report of this call, [`NONE`] if this is the best or only one.
    twin_of: Entry,
}

impl Node {
    fn new(step: &Step, trace: u32) -> Self {
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
            response: step.response_id.as_deref().map_or(0, text_hash),
            scope: text_hash(&step.scope),
            below_usage: 0,
            below_llm: 0,
            twin_of: NONE,
        }
    }

    fn has_usage(&self) -> bool {
        self.usage.is_known() || self.cost.is_some()
    }

    fn is_llm_with_tokens(&self) -> bool {
        self.kind == StepKind::Llm && self.usage.is_known()
    }

    fn is_root(&self) -> bool {
        self.parent == NONE && (self.parent_id.is_none() || self.remote_parent)
    }

    /// The two spans ran at the same time, for at least half of the shorter one.
    fn overlaps(&self, other: &Self) -> bool {
        let shared = self.end.min(other.end).checked_sub(self.start.max(other.start));
        let shorter = (self.end.saturating_sub(self.start)).min(other.end.saturating_sub(other.start));
        shared.is_some_and(|shared| shared.saturating_mul(2) >= shorter)
    }

    /// More known figures first, then the earlier, then the smaller id: the same winner in any order of arrival.
    fn rank(&self) -> (usize, std::cmp::Reverse<u64>, std::cmp::Reverse<SpanId>) {
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

/// What two sibling reports of one call share: trace, parent, input and output tokens.
type Figures = (u32, Option<SpanId>, Option<u64>, Option<u64>);

/// The books of one run.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    nodes: Vec<Node>,
    traces: FxHashMap<TraceId, u32>,
    by_id: FxHashMap<(u32, SpanId), Entry>,
    /// Steps whose parent has not arrived, by that parent.
    waiting: FxHashMap<(u32, SpanId), Waiting>,
    by_response: FxHashMap<u64, Vec<Entry>>,
    by_figures: FxHashMap<Figures, Vec<Entry>>,
    twins: FxHashMap<Entry, Vec<Entry>>,
    /// Upward shortcuts for the question "would this link close a cycle?" (union-find by path halving).
    top: Vec<Entry>,
    /// Cycles of parent links that were cut.
    cycles: u32,
    totals: Totals,
    progress: Progress,
}

impl Ledger {
    /// Books of `steps`, in the order given; entry `i` is `steps[i]` as long as no span id repeats in a trace.
    pub fn of<'a>(steps: impl IntoIterator<Item = &'a Step>) -> Self {
        let mut ledger = Self::default();
        for step in steps {
            ledger.insert(step);
        }
        ledger
    }

    /// Steps known, repeated span ids included.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether no step is known.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Sums.
    pub const fn totals(&self) -> &Totals {
        &self.totals
    }

    /// Roots, missing parents, running steps.
    pub const fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Entry of a span.
    pub fn entry(&self, trace_id: TraceId, span_id: SpanId) -> Option<Entry> {
        let trace = *self.traces.get(&trace_id)?;
        self.by_id.get(&(trace, span_id)).copied()
    }

    /// Parent of an entry, `None` for roots and for steps whose parent is missing.
    pub fn parent(&self, entry: Entry) -> Option<Entry> {
        Some(self.node(entry).parent).filter(|&p| p != NONE)
    }

    /// The missing parent that an entry names, if it names one that is not here (a remote one is not missed).
    pub fn missing_parent(&self, entry: Entry) -> Option<SpanId> {
        let node = self.node(entry);
        let named = node.parent_id.filter(|_| node.parent == NONE && !node.remote_parent)?;
        (!self.by_id.contains_key(&(node.id.0, named))).then_some(named)
    }

    /// Whether the entry's parent link was cut because it closed a cycle, or named the step itself.
    pub fn is_cut(&self, entry: Entry) -> bool {
        let node = self.node(entry);
        let here = |p| self.by_id.contains_key(&(node.id.0, p));
        node.parent == NONE && node.parent_id.is_some_and(here)
    }

    /// Whether the entry's own tokens and cost are in the sums.
    pub fn is_counted(&self, entry: Entry) -> bool {
        let node = self.node(entry);
        node.has_usage() && self.share(entry).figures
    }

    /// Whether the entry adds to the sums of tokens and cost, if only as an answered call that tells neither.
    pub fn has_figures(&self, entry: Entry) -> bool {
        self.share(entry).figures
    }

    /// The better report of the same call, `None` if the entry is the best or only one.
    pub fn report_of(&self, entry: Entry) -> Option<Entry> {
        let node = self.node(entry);
        if node.kind != StepKind::Llm {
            return None;
        }
        if node.twin_of != NONE && self.node(node.twin_of).below_llm == 0 {
            return Some(node.twin_of);
        }
        if !node.usage.is_known() && node.below_llm == 0 {
            return self.parent(entry).filter(|&p| self.node(p).kind == StepKind::Llm);
        }
        // with one active child, a child that is a call with tokens is that one
        let is_call = |&&child: &&Entry| self.node(child).is_llm_with_tokens();
        node.children.iter().find(is_call).copied().filter(|_| node.below_llm == 1)
    }

    /// Adds a step and returns its entry. A span id that is known already in its trace gets an entry of its own
    /// (two services may share one, as Zipkin does); children stay with the first.
    pub fn insert(&mut self, step: &Step) -> Entry {
        let next_trace = u32::try_from(self.traces.len()).unwrap_or(NONE);
        let trace = *self.traces.entry(step.trace_id).or_insert(next_trace);
        self.insert_node(Node::new(step, trace))
    }

    /// Takes a newer version of a known step: a span that ended after it was seen running, or sent again with more.
    pub fn update(&mut self, entry: Entry, step: &Step) {
        let trace = self.node(entry).id.0;
        let fresh = Node::new(step, trace);
        let known = self.node(entry);
        // where a cycle is cut depends on the starts of its members
        if fresh.parent_id != known.parent_id || (self.cycles > 0 && fresh.start != known.start) {
            self.rebuild_with(entry, fresh);
            return;
        }
        let was = self.activity(entry);
        let around: Vec<Entry> = self.around(entry);
        for &entry in &around {
            self.account(entry, Sign::Remove);
        }
        let twin_of = self.node(entry).twin_of;
        if let Some(twins) = self.twins.get_mut(&twin_of) {
            twins.retain(|&t| t != entry);
        }
        let node = self.node_mut(entry);
        *node = Node {
            parent: node.parent,
            children: std::mem::take(&mut node.children),
            below_usage: node.below_usage,
            below_llm: node.below_llm,
            ..fresh
        };
        for &entry in &around {
            self.account(entry, Sign::Add);
        }
        self.pass_up(entry, was);
        self.find_twin(entry);
    }

    fn node(&self, entry: Entry) -> &Node {
        &self.nodes[entry as usize]
    }

    fn node_mut(&mut self, entry: Entry) -> &mut Node {
        &mut self.nodes[entry as usize]
    }

    /// The entries whose share in the sums depends on what `entry` is.
    fn around(&self, entry: Entry) -> Vec<Entry> {
        let node = self.node(entry);
        let mut around = vec![entry];
        around.extend(self.parent(entry));
        around.extend(&node.children);
        around.extend(self.twins.get(&entry).into_iter().flatten());
        around.sort_unstable();
        around.dedup();
        around
    }

    /// The shape is made anew. Rare: a span sent again under another parent.
    fn rebuild_with(&mut self, entry: Entry, fresh: Node) {
        let mut nodes = std::mem::take(&mut self.nodes);
        nodes[entry as usize] = fresh;
        *self = Self { traces: std::mem::take(&mut self.traces), ..Self::default() };
        for node in nodes {
            let bare = Node {
                parent: NONE,
                children: Vec::new(),
                below_usage: 0,
                below_llm: 0,
                twin_of: NONE,
                ..node
            };
            self.insert_node(bare);
        }
    }

    fn insert_node(&mut self, node: Node) -> Entry {
        let entry = Entry::try_from(self.nodes.len()).unwrap_or(NONE);
        let id = node.id;
        self.nodes.push(node);
        self.top.push(entry);
        self.account(entry, Sign::Add);
        if let std::collections::hash_map::Entry::Vacant(slot) = self.by_id.entry(id) {
            slot.insert(entry);
            self.adopt(entry);
        }
        self.find_parent(entry);
        self.find_twin(entry);
        entry
    }

    /// Steps that waited for `entry` become its children.
    fn adopt(&mut self, entry: Entry) {
        let id = self.node(entry).id;
        let Some(waiting) = self.waiting.remove(&id) else { return };
        self.progress.missing_parents -= u64::from(waiting.missed);
        for child in waiting.children {
            self.link(child, entry);
        }
    }

    fn find_parent(&mut self, entry: Entry) {
        let node = self.node(entry);
        let Some(parent_id) = node.parent_id else { return };
        let (key, missed) = ((node.id.0, parent_id), !node.remote_parent);
        match self.by_id.get(&key).copied() {
            Some(parent) if self.top_of(parent) == entry => self.close_cycle(entry, parent),
            Some(parent) => self.link(entry, parent),
            None => {
                let waiting = self.waiting.entry(key).or_default();
                // one missing parent, however many wait for it; a remote one belongs to another process
                self.progress.missing_parents += u64::from(missed && !waiting.missed);
                waiting.missed |= missed;
                waiting.children.push(entry);
            }
        }
    }

    /// Cuts the cycle that `entry -> parent` would close above its earliest member.
    fn close_cycle(&mut self, entry: Entry, parent: Entry) {
        let mut first = entry;
        let mut at = parent;
        while at != entry {
            let order = |e: Entry| (self.node(e).start, self.node(e).id);
            if order(at) < order(first) {
                first = at;
            }
            at = self.node(at).parent;
        }
        self.cycles += 1;
        if first == entry {
            return;
        }
        self.unlink(first);
        self.top[entry as usize] = first;
        self.top[first as usize] = first;
        self.link(entry, parent);
    }

    /// Root of the tree that holds `entry`, with path halving.
    fn top_of(&mut self, entry: Entry) -> Entry {
        let mut at = entry as usize;
        while self.top[at] as usize != at {
            self.top[at] = self.top[self.top[at] as usize];
            at = self.top[at] as usize;
        }
        Entry::try_from(at).unwrap_or(NONE)
    }

    fn link(&mut self, child: Entry, parent: Entry) {
        if self.top[child as usize] == child {
            self.top[child as usize] = parent;
        }
        self.relink(child, parent, |node, child| node.children.push(child), Some(parent));
    }

    fn unlink(&mut self, child: Entry) {
        let parent = self.node(child).parent;
        self.relink(child, parent, |node, child| node.children.retain(|&c| c != child), None);
    }

    fn relink(&mut self, child: Entry, parent: Entry, change: fn(&mut Node, Entry), to: Option<Entry>) {
        let active = self.activity(child);
        let was = self.activity(parent);
        self.account_with_twins(parent, Some(child), Sign::Remove);
        change(self.node_mut(parent), child);
        self.node_mut(child).parent = to.unwrap_or(NONE);
        let sign = if to.is_some() { Sign::Add } else { Sign::Remove };
        self.node_mut(parent).count_below(active, sign);
        self.account_with_twins(parent, Some(child), Sign::Add);
        self.pass_up(parent, was);
    }

    fn activity(&self, entry: Entry) -> Activity {
        let node = self.node(entry);
        Activity {
            usage: node.below_usage > 0 || node.has_usage(),
            llm: node.below_llm > 0 || node.is_llm_with_tokens(),
        }
    }

    /// Tells the ancestors of `entry` that its activity is no longer `was`; stops where nothing flips.
    fn pass_up(&mut self, entry: Entry, was: Activity) {
        let (mut at, mut was) = (entry, was);
        while let Some(parent) = self.parent(at) {
            let now = self.activity(at);
            if now == was {
                return;
            }
            let parent_was = self.activity(parent);
            self.account_with_twins(parent, None, Sign::Remove);
            self.node_mut(parent).count_below(was, Sign::Remove);
            self.node_mut(parent).count_below(now, Sign::Add);
            self.account_with_twins(parent, None, Sign::Add);
            (at, was) = (parent, parent_was);
        }
    }

    /// Looks for another report of the call that `entry` reports, and keeps the better of the two.
    fn find_twin(&mut self, entry: Entry) {
        let node = self.node(entry);
        if node.kind != StepKind::Llm {
            return;
        }
        let figures = (node.id.0, node.parent_id, node.usage.input, node.usage.output);
        let (response, known) = (node.response, node.usage.is_known());
        let same_answer =
            (response != 0).then(|| self.latest_twin(self.by_response.get(&response), entry)).flatten();
        let found = same_answer
            .or_else(|| known.then(|| self.latest_twin(self.by_figures.get(&figures), entry)).flatten());
        if response != 0 {
            self.by_response.entry(response).or_default().push(entry);
        }
        if known {
            self.by_figures.entry(figures).or_default().push(entry);
        }
        if let Some(other) = found {
            let entry_is_better = self.node(entry).rank() > self.node(other).rank();
            let (twin, of) = if entry_is_better { (other, entry) } else { (entry, other) };
            self.account(twin, Sign::Remove);
            self.node_mut(twin).twin_of = of;
            self.twins.entry(of).or_default().push(twin);
            self.account(twin, Sign::Add);
        }
    }

    fn latest_twin(&self, candidates: Option<&Vec<Entry>>, entry: Entry) -> Option<Entry> {
        let node = self.node(entry);
        candidates?.iter().rev().take(CANDIDATES).copied().find(|&c| {
            let other = self.node(c);
            let same_call = (node.response != 0 && other.response == node.response)
                || (other.parent_id, other.usage.input, other.usage.output)
                    == (node.parent_id, node.usage.input, node.usage.output);
            c != entry
                && same_call
                && other.twin_of == NONE
                && other.scope != node.scope
                && other.overlaps(node)
        })
    }

    /// Accounts for `entry`, the reports that stand behind it, and `also`, each once.
    fn account_with_twins(&mut self, entry: Entry, also: Option<Entry>, sign: Sign) {
        self.account(entry, sign);
        if let Some(also) = also {
            self.account(also, sign);
        }
        for twin in self.twins.get(&entry).cloned().unwrap_or_default() {
            if Some(twin) != also {
                self.account(twin, sign);
            }
        }
    }

    /// Adds or takes back what `entry` contributes as it stands.
    fn account(&mut self, entry: Entry, sign: Sign) {
        let share = self.share(entry);
        let node = self.node(entry);
        let (usage, cost) = (node.usage, node.cost);
        let (root, failed, running) =
            (node.is_root(), node.status == StepStatus::Error, node.status == StepStatus::Running);
        let put = |counter: &mut u64, one: bool| sign.apply(counter, u64::from(one));
        put(&mut self.progress.roots, root);
        put(&mut self.progress.failed_roots, root && failed);
        put(&mut self.progress.running, running);
        put(&mut self.totals.steps, share.step);
        put(&mut self.totals.agentic, share.agentic);
        put(&mut self.totals.errors, share.step && failed);
        put(&mut self.totals.llm_calls, share.call);
        put(&mut self.totals.tool_calls, share.tool);
        put(&mut self.totals.handoffs, share.handoff);
        match (share.figures, sign) {
            (false, _) => {}
            (true, Sign::Add) => {
                self.totals.tokens.add(&usage);
                self.totals.cost.add(cost);
            }
            (true, Sign::Remove) => {
                self.totals.tokens.subtract(&usage);
                self.totals.cost.subtract(cost);
            }
        }
    }

    fn share(&self, entry: Entry) -> Share {
        let node = self.node(entry);
        let once = self.report_of(entry).is_none();
        let call = once && node.kind == StepKind::Llm && node.status == StepStatus::Ok && node.below_llm == 0;
        let counted = once && node.has_usage() && node.below_usage == 0;
        Share {
            step: once && !node.plumbing,
            agentic: node.kind != StepKind::Other && !node.setup,
            call,
            tool: node.kind == StepKind::Tool && !node.plumbing,
            handoff: node.kind == StepKind::Handoff && !node.plumbing,
            // an answered call without figures counts as unknown; one whose figures are elsewhere does not
            figures: counted || (call && !node.has_usage() && node.below_usage == 0),
        }
    }
}

/// What one entry adds to the sums.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is one counter's question")]
struct Share {
    step: bool,
    agentic: bool,
    call: bool,
    tool: bool,
    handoff: bool,
    figures: bool,
}

/// Whether a subtree holds tokens or cost, and whether it holds a model call with tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Activity {
    usage: bool,
    llm: bool,
}

#[derive(Clone, Copy)]
enum Sign {
    Add,
    Remove,
}

impl Sign {
    fn apply(self, counter: &mut u64, amount: u64) {
        *counter = match self {
            Self::Add => counter.saturating_add(amount),
            Self::Remove => counter.saturating_sub(amount),
        };
    }
}

/// Steps whose parent has not arrived.
#[derive(Clone, Debug, Default)]
struct Waiting {
    children: Vec<Entry>,
    /// Someone waits for it who belongs to this process: it is missed, not just remote.
    missed: bool,
}

impl Node {
    fn count_below(&mut self, active: Activity, sign: Sign) {
        let put = |counter: &mut u32, one: bool| {
            let mut wide = u64::from(*counter);
            sign.apply(&mut wide, u64::from(one));
            *counter = u32::try_from(wide).unwrap_or(u32::MAX);
        };
        put(&mut self.below_usage, active.usage);
        put(&mut self.below_llm, active.llm);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analyze::fixture::step;

    fn llm(id: u64, parent: u64, tokens: u64) -> Step {
        let usage = Usage { input: Some(tokens), output: Some(1), ..Usage::default() };
        Step { kind: StepKind::Llm, usage, scope: format!("scope {id}"), ..step(id, parent) }
    }

    fn bare(id: u64, parent: u64) -> Step {
        Step { usage: Usage::default(), ..llm(id, parent, 0) }
    }

    fn agent(id: u64, parent: u64, tokens: u64) -> Step {
        Step { kind: StepKind::Agent, ..llm(id, parent, tokens) }
    }

    fn named(response: &str, step: Step) -> Step {
        Step { response_id: Some(response.to_owned()), ..step }
    }

    /// (calls, input tokens, calls without tokens, steps)
    fn figures(ledger: &Ledger) -> (u64, u64, u64, u64) {
        let t = ledger.totals();
        (t.llm_calls, t.tokens.input, t.tokens.unknown, t.steps)
    }

    #[test]
    fn one_call_is_counted_once_in_any_order_of_arrival() {
        let same_scope = |s: Step| Step { scope: "same".into(), ..s };
        for (what, steps, expected) in [
            (
                "an agent repeats its calls",
                vec![agent(1, 0, 30), llm(2, 1, 10), llm(3, 1, 20)],
                (2, 30, 0, 3),
            ),
            ("an agent whose calls tell nothing", vec![agent(1, 0, 30), bare(2, 1)], (1, 30, 1, 2)),
            ("parent and child report one call", vec![llm(1, 0, 10), llm(2, 1, 10)], (1, 10, 0, 1)),
            ("three nested reports", vec![llm(1, 0, 10), llm(2, 1, 10), llm(3, 2, 10)], (1, 10, 0, 1)),
            ("a bare child of a call", vec![llm(1, 0, 10), bare(2, 1)], (1, 10, 0, 1)),
            ("a bare call around a call", vec![bare(1, 0), llm(2, 1, 10)], (1, 10, 0, 1)),
            ("bare in bare", vec![bare(1, 0), bare(2, 1)], (1, 0, 1, 1)),
            (
                "a call around two calls is a wrapper",
                vec![llm(1, 0, 30), llm(2, 1, 10), llm(3, 1, 20)],
                (2, 30, 0, 3),
            ),
            (
                "siblings, same tokens, two scopes",
                vec![agent(9, 0, 1), llm(1, 9, 10), llm(2, 9, 10)],
                (1, 10, 0, 2),
            ),
            (
                "siblings, same tokens, one scope: two calls in parallel",
                vec![same_scope(llm(1, 9, 10)), same_scope(llm(2, 9, 10))],
                (2, 20, 0, 2),
            ),
            (
                "same answer, other places",
                vec![named("r", llm(1, 8, 10)), named("r", llm(2, 9, 12))],
                (1, 12, 0, 1),
            ),
            (
                "same answer, nested later",
                vec![named("r", llm(1, 0, 10)), named("r", llm(3, 2, 10)), step(2, 1)],
                (1, 10, 0, 3),
            ),
            (
                "a failed call is no call served",
                vec![Step { status: StepStatus::Error, ..bare(1, 0) }],
                (0, 0, 0, 1),
            ),
            ("plumbing is no step", vec![Step { plumbing: true, ..step(1, 0) }, llm(2, 1, 5)], (1, 5, 0, 1)),
        ] {
            let mut ways = vec![steps.clone(), steps.iter().rev().cloned().collect()];
            ways.push(steps.iter().skip(1).chain(steps.first()).cloned().collect());
            for way in ways {
                if what == "same answer, other places" && way[0].span_id.as_u64() != 1 {
                    // of two reports that know equally much the earlier span id wins: figures differ by design
                    continue;
                }
                let got = figures(&Ledger::of(&way));
                let expected = if what == "same answer, other places" { (1, 10, 0, 1) } else { expected };
                assert_eq!(got, expected, "{what}: {:?}", way.iter().map(|s| s.span_id).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn one_answer_id_for_every_answer_does_not_merge_calls_at_other_times() {
        let at = |start: u64, s: Step| Step { start, end: start + 5, ..s };
        let steps = [at(0, named("x", llm(1, 0, 10))), at(10, named("x", llm(2, 0, 10)))];
        assert_eq!(Ledger::of(&steps).totals().llm_calls, 2);
    }

    #[test]
    fn progress_knows_what_is_missing() {
        let mut ledger = Ledger::of(&[llm(3, 2, 1)]);
        assert_eq!(ledger.progress().missing_parents, 1);
        assert_eq!(ledger.missing_parent(0), SpanId::from_u64(2));
        let running = Step { end: 0, status: StepStatus::Running, ..agent(2, 0, 0) };
        let entry = ledger.insert(&running);
        assert_eq!((ledger.progress().missing_parents, ledger.progress().running), (0, 1));
        assert!(!ledger.progress().is_complete());
        ledger.update(entry, &agent(2, 0, 0));
        assert!(ledger.progress().is_complete());
        let remote = Ledger::of(&[Step { remote_parent: true, ..agent(5, 4, 1) }]);
        assert!(remote.progress().is_complete());
    }

    fn soup() -> impl Strategy<Value = Vec<Step>> {
        let one = (1..12_u64, 0..14_u64, 0..4_u8, 0..3_u64, 0..5_u64);
        proptest::collection::btree_map(1..12_u64, one, 0..12).prop_map(|steps| {
            let make = |(id, (_, parent, kind, tokens, start)): (u64, (u64, u64, u8, u64, u64))| {
                let usage = Usage { input: (tokens > 0).then_some(tokens * 100 + id), ..Usage::default() };
                let kind =
                    [StepKind::Llm, StepKind::Agent, StepKind::Tool, StepKind::Other][usize::from(kind)];
                Step { kind, usage, start, ..step(id, parent) }
            };
            steps.into_iter().map(make).collect()
        })
    }

    proptest! {
        #[test]
        fn sums_do_not_depend_on_the_order_of_arrival(
            (steps, shuffled) in soup().prop_flat_map(|s| (Just(s.clone()), Just(s).prop_shuffle()))
        ) {
            let (a, b) = (Ledger::of(&steps), Ledger::of(&shuffled));
            prop_assert_eq!(a.totals(), b.totals());
            prop_assert_eq!(a.progress(), b.progress());
        }

        #[test]
        fn an_update_leaves_what_fresh_books_would_hold(steps in soup(), newer in soup()) {
            let mut ledger = Ledger::of(&steps);
            let mut now = steps.clone();
            for step in &newer {
                if let Some(at) = now.iter().position(|s| s.span_id == step.span_id) {
                    ledger.update(u32::try_from(at).unwrap(), step);
                    now[at] = step.clone();
                }
            }
            let fresh = Ledger::of(&now);
            prop_assert_eq!(ledger.totals(), fresh.totals());
            prop_assert_eq!(ledger.progress(), fresh.progress());
        }

        #[test]
        fn every_walk_up_ends(steps in soup()) {
            let ledger = Ledger::of(&steps);
            for entry in 0..u32::try_from(ledger.len()).unwrap() {
                let mut at = entry;
                let mut hops = 0;
                while let Some(parent) = ledger.parent(at) {
                    (at, hops) = (parent, hops + 1);
                    prop_assert!(hops <= ledger.len());
                }
            }
        }
    }
}
