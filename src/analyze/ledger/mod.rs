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
//! - A log record and a span tell of one call if they are near in time and name the same tool call, or the same input
//!   tokens. The span has the place in the tree; the figures are those of the one that knows more.
//! - A tool inside of the same tool is one run of it: the outer one stands for both.
//!
//! ```text
//!   agent   usage 30   ✗ (its calls tell it)          below_usage = 2
//!   ├─ llm  usage 10   ✗ (the child is the same call) below_usage = 1, below_llm = 1
//!   │  └─ llm usage 10 ✓
//!   └─ llm  usage 20   ✓
//! ```

use std::sync::mpsc::sync_channel;

use rustc_hash::FxHashMap;

mod links;
mod node;
mod spared;
mod sums;
mod transfers;
mod twins;
mod verdicts;

#[cfg(test)]
mod tests;

pub use self::sums::{Progress, Totals};
pub use self::transfers::Transfer;

use self::node::{Node, Sign, Waiting};
use self::spared::Spared;
use self::transfers::Transfers;
use self::twins::{Candidates, Signals, Subject};
use crate::model::{SpanId, Step, StepKind, TraceId};

/// Index of a step in the ledger, in the order of first arrival.
pub type Entry = u32;

/// What an entry adds to the sums of tokens and cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Anything: figures, or a call whose figures are unknown.
    pub adds: bool,
    /// Its own tokens and cost.
    pub counted: bool,
}

/// No entry: a root, or a parent that has not arrived.
const NONE: Entry = Entry::MAX;

/// What two sibling reports of one call share: trace, parent, input and output tokens.
type Figures = (u32, Option<(u32, SpanId)>, Option<u64>, Option<u64>);

/// The books of one run.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    nodes: Vec<Node>,
    traces: FxHashMap<TraceId, u32>,
    by_id: FxHashMap<(u32, SpanId), Entry>,
    /// Steps whose parent has not arrived, by that parent.
    waiting: FxHashMap<(u32, SpanId), Waiting>,
    by_response: FxHashMap<u64, Candidates>,
    by_figures: FxHashMap<Figures, Candidates>,
    /// Calls that a log record and a span may both tell of.
    by_subject: FxHashMap<Subject, Candidates>,
    /// Both signals have told of steps: else no report of the other one is looked for.
    signals: Signals,
    twins: FxHashMap<Entry, Vec<Entry>>,
    /// Upward shortcuts for the question "would this link close a cycle?" (union-find by path halving).
    top: Vec<Entry>,
    /// Cycles of parent links that were cut.
    cycles: u32,
    transfers: Transfers,
    totals: Totals,
    progress: Progress,
    spared: Spared,
}

impl Ledger {
    /// Books of `steps`, in the order given; entry `i` is `steps[i]` as long as no span id repeats in a trace.
    pub fn of<'a>(steps: impl IntoIterator<Item = &'a Step>) -> Self {
        let mut ledger = Self::default();
        ledger.add_all(steps.into_iter());
        ledger
    }

    /// The same for the tree of a run: without sums, and without what further steps would be compared with. Nothing must be
    /// added.
    pub(in crate::analyze) fn of_whole(steps: &[&Step]) -> Self {
        let mut ledger = Self { spared: Spared::in_whole(steps), ..Self::default() };
        ledger.add_whole(steps);
        ledger.by_response = FxHashMap::default();
        ledger.by_figures = FxHashMap::default();
        ledger.by_subject = FxHashMap::default();
        ledger
    }

    fn add_all<'a>(&mut self, steps: impl Iterator<Item = &'a Step>) {
        // of a long run, what a list takes to grow is as much as the list
        let (count, _) = steps.size_hint();
        self.make_room(count);
        for step in steps {
            self.insert(step);
        }
    }

    fn make_room(&mut self, count: usize) {
        self.nodes.reserve_exact(count);
        self.top.reserve_exact(count);
        self.by_id.reserve(count);
    }

    /// As [`Self::add_all`]; of a long run what is kept of each step is taken down beside the books that it is entered in.
    fn add_whole(&mut self, steps: &[&Step]) {
        /// Steps from which on a thread costs less than it saves, ten milliseconds of 100 000 steps.
        const LONG: usize = 10_000;
        /// Taken down at once: 50 kB.
        const SOME: usize = 256;
        if steps.len() < LONG {
            return self.add_all(steps.iter().copied());
        }
        self.make_room(steps.len());
        let mut clerk = Self { traces: std::mem::take(&mut self.traces), ..Self::default() };
        std::thread::scope(|scope| {
            let (give, take) = sync_channel::<Vec<Node>>(8);
            let clerk = scope.spawn(move || {
                for some in steps.chunks(SOME) {
                    // the books end before their steps do only in a panic
                    let _ = give.send(some.iter().map(|step| clerk.node_of(step)).collect());
                }
                clerk.traces
            });
            for node in take.into_iter().flatten() {
                self.insert_node(node);
            }
            self.traces = clerk.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        });
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
        (!self.by_id.contains_key(&named)).then_some(named.1)
    }

    /// Whether the entry's parent link was cut because it closed a cycle, or named the step itself.
    pub fn is_cut(&self, entry: Entry) -> bool {
        let node = self.node(entry);
        node.parent == NONE && node.parent_id.is_some_and(|parent| self.by_id.contains_key(&parent))
    }

    /// Whether the entry adds to the sums of tokens and cost, and whether these are its own: an answered call that tells
    /// neither counts as an unknown one.
    pub fn figures(&self, entry: Entry) -> Shown {
        let adds = self.share(entry).figures;
        Shown { adds, counted: adds && self.node(entry).has_usage() }
    }

    /// Whether any step tells of a transfer of control.
    pub(in crate::analyze) fn has_transfers(&self) -> bool {
        !self.transfers.is_empty()
    }

    /// The better report of the same call, `None` if the entry is the best or only one.
    pub fn report_of(&self, entry: Entry) -> Option<Entry> {
        match self.node(entry).kind {
            StepKind::Llm => self.report_of_call(entry),
            StepKind::Tool | StepKind::Handoff => self.report_of_tool(entry),
            _ => None,
        }
    }

    /// A tool inside of the same tool is told by the outer one (`dialects.md` 1.7).
    fn report_of_tool(&self, entry: Entry) -> Option<Entry> {
        let node = self.node(entry);
        let twin = Some(node.twin_of).filter(|&of| of != NONE);
        twin.or_else(|| self.parent(entry).filter(|&parent| self.node(parent).runs_same_tool(node)))
    }

    fn report_of_call(&self, entry: Entry) -> Option<Entry> {
        let node = self.node(entry);
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
        let node = self.node_of(step);
        self.insert_node(node)
    }

    fn node_of(&mut self, step: &Step) -> Node {
        let trace = self.trace(step.trace_id);
        let parent_trace = step.parent_trace_id.as_deref().map_or(trace, |&id| self.trace(id));
        Node::new(step, trace, parent_trace)
    }

    fn trace(&mut self, id: TraceId) -> u32 {
        let next = u32::try_from(self.traces.len()).unwrap_or(NONE);
        *self.traces.entry(id).or_insert(next)
    }

    /// Takes a newer version of a known step: a span that ended after it was seen running, or sent again with more.
    pub fn update(&mut self, entry: Entry, step: &Step) {
        let fresh = self.node_of(step);
        let known = self.node(entry);
        // where a cycle is cut depends on the starts of its members
        let cut_elsewhere = self.cycles > 0 && fresh.start != known.start;
        if fresh.parent_id != known.parent_id || cut_elsewhere || known.takes_back(&fresh) {
            self.rebuild_with(entry, fresh);
            return;
        }
        self.signals.note(fresh.origin);
        self.forget_transfer(entry);
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
            works: node.works || fresh.works,
            last_call: node.last_call.max(fresh.last_call),
            ..fresh
        };
        for &entry in &around {
            self.account(entry, Sign::Add);
        }
        self.pass_up(entry, was);
        self.find_twin(entry);
        self.renew_transfer(entry);
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
        around.extend(Some(node.twin_of).filter(|&of| of != NONE));
        around.sort_unstable();
        around.dedup();
        around
    }

    /// The shape is made anew. Rare: a span sent again under another parent.
    fn rebuild_with(&mut self, entry: Entry, fresh: Node) {
        let mut nodes = std::mem::take(&mut self.nodes);
        nodes[entry as usize] = fresh;
        *self = Self { traces: std::mem::take(&mut self.traces), spared: self.spared, ..Self::default() };
        for node in nodes {
            self.insert_node(node.bare());
        }
    }

    fn insert_node(&mut self, node: Node) -> Entry {
        let entry = Entry::try_from(self.nodes.len()).unwrap_or(NONE);
        let id = node.id;
        self.signals.note(node.origin);
        self.nodes.push(node);
        self.top.push(entry);
        self.account(entry, Sign::Add);
        if let std::collections::hash_map::Entry::Vacant(slot) = self.by_id.entry(id) {
            slot.insert(entry);
            self.adopt(entry);
        }
        self.find_parent(entry);
        self.find_twin(entry);
        self.note_transfer(entry);
        entry
    }
}
