//! Which steps pass control from one agent to another, each transfer once (`dialects.md` 0.4).
//!
//! Three kinds of steps tell of a transfer: a model's answer that asks for a transfer tool, the run of such a tool, and
//! an explicit marker (a span or a log record). One transfer may be told by all three; the tree decides whether it was
//! one:
//!
//! - A tool below which an agent or a model works is a call that returns, whatever its name.
//! - So is one after which its caller goes on calling models, unless the agent it names comes once the caller has
//!   ended. Without an agent above, nobody knows who goes on, and the name is believed.
//! - An answer that asks for a transfer counts only where nothing else tells of the same one.
//!
//! Kept up to date step by step: what bubbles up (does somebody work below, when was a model last called) stops at the
//! first ancestor that knows it already, and of the other marks only near ones in time are judged again.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::node::Node;
use super::{Entry, Ledger};
use crate::model::SpanId;

/// Clocks of JavaScript have milliseconds: a start may be told this much too early, in nanoseconds.
const TICK: u64 = 1_000_000;

/// Which kind of step tells of a transfer, in the order in which they happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Report {
    /// A model's answer asked for a transfer tool.
    Asked,
    /// A transfer tool ran.
    Tool,
    /// An explicit marker.
    Marker,
}

/// What a step tells of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) report: Report,
    /// Agent it names (hash), 0 if it names none.
    pub(super) target: u64,
    /// Tool call it belongs to (hash), 0 if it does not say.
    pub(super) call: u64,
    /// Told by a log record.
    pub(super) by_log: bool,
}

/// What a step that tells of a transfer is in the tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transfer {
    /// Control passed; this step stands for it.
    Passed,
    /// A tool call that returned to its caller.
    Called,
    /// Nothing of its own: another step stands for the transfer, or there was none.
    #[default]
    Nothing,
}

/// Place of a mark in time: start, kind of report, span; the entry last, for two services may share a span id.
pub(super) type Moment = (u64, Report, SpanId, Entry);

/// The marks of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Transfers {
    pub(super) in_time: BTreeSet<Moment>,
    pub(super) by_call: FxHashMap<u64, Vec<Entry>>,
    /// By the agent they hang below, or by the top of a fragment whose parent has not arrived.
    by_caller: FxHashMap<Entry, Calls>,
    /// Latest start of a step that names an agent.
    seen: FxHashMap<u64, u64>,
    /// Marks whose caller went on, by the agent whose coming would make them transfers.
    awaited: FxHashMap<u64, Vec<Entry>>,
}

impl Transfers {
    /// No step tells of one.
    pub(super) fn is_empty(&self) -> bool {
        self.in_time.is_empty()
    }
}

/// Marks of one caller that name their target.
#[derive(Clone, Debug, Default)]
struct Calls {
    /// The caller has not gone on as far as is known.
    silent: Vec<Entry>,
    /// It has.
    gone_on: Vec<Entry>,
}

impl Ledger {
    /// What a step that tells of a transfer is in the tree; `None` for all other steps.
    pub fn transfer(&self, entry: Entry) -> Option<Transfer> {
        let node = self.node(entry);
        node.mark.map(|_| node.transfer)
    }

    /// Takes up what a new or changed step says of transfers. Its links are made already, or not yet known.
    pub(super) fn note_transfer(&mut self, entry: Entry) {
        self.note_agent(entry);
        let node = self.node(entry);
        let Some(mark) = node.mark else { return };
        let moment = node.moment(entry, mark.report);
        self.transfers.in_time.insert(moment);
        if mark.call != 0 {
            self.transfers.by_call.entry(mark.call).or_default().push(entry);
        }
        if mark.has_caller() {
            let caller = self.caller(entry);
            self.transfers.by_caller.entry(caller).or_default().silent.push(entry);
            self.sort_calls(caller);
        }
        self.judge_around(entry);
    }

    /// Forgets what a step said of transfers, before it changes.
    pub(super) fn forget_transfer(&mut self, entry: Entry) {
        let node = self.node(entry);
        let Some(mark) = node.mark else { return };
        let moment = node.moment(entry, mark.report);
        let near = self.near(moment);
        self.transfers.in_time.remove(&moment);
        let caller = self.caller(entry);
        let calls = self.transfers.by_caller.get_mut(&caller);
        let lists = calls.into_iter().flat_map(|calls| [&mut calls.silent, &mut calls.gone_on]);
        let awaited = self.transfers.awaited.get_mut(&mark.target);
        for list in lists.chain(self.transfers.by_call.get_mut(&mark.call)).chain(awaited) {
            // what changes is mostly what came last
            if let Some(at) = list.iter().rposition(|&e| e == entry) {
                list.remove(at);
            }
        }
        self.settle(entry, Transfer::Nothing);
        for other in near {
            self.judge(other);
        }
    }

    /// Takes up what a changed step says: its own mark, and of an agent when it ended.
    pub(super) fn renew_transfer(&mut self, entry: Entry) {
        self.note_transfer(entry);
        let node = self.node(entry);
        let (works, last_call, is_agent) = (node.works, node.last_call, node.is_agent());
        if let Some(parent) = self.parent(entry) {
            if works {
                self.carry_work(parent);
            }
            if !is_agent {
                self.carry_call(parent, last_call);
            }
        }
        let Some(calls) = self.transfers.by_caller.get(&entry) else { return };
        for called in calls.gone_on.clone() {
            self.judge(called);
            self.await_target(called);
        }
    }

    /// Tells everything below `top` anew: a cycle was cut there, and what its members told each other no longer holds.
    /// A fragment is cut once in its life, so all cuts together cost what its steps cost.
    pub(super) fn tell_again(&mut self, top: Entry) {
        let mut all = vec![top];
        let mut at = 0;
        while let Some(&entry) = all.get(at) {
            all.extend(&self.node(entry).children);
            at += 1;
        }
        for &entry in &all {
            self.transfers.by_caller.remove(&entry);
            let node = self.node_mut(entry);
            (node.works, node.last_call) = (node.works_itself(), node.own_call());
        }
        for &entry in all.iter().rev() {
            self.tell_parent(entry);
        }
        for &entry in &all {
            if self.node(entry).mark.is_some_and(Mark::has_caller) {
                let caller = self.caller(entry);
                self.transfers.by_caller.entry(caller).or_default().silent.push(entry);
            }
        }
        for &entry in &all {
            self.sort_calls(entry);
            self.judge(entry);
        }
    }

    fn tell_parent(&mut self, entry: Entry) {
        let Some(parent) = self.parent(entry) else { return };
        let node = self.node(entry);
        let (works, call) = (node.works, if node.is_agent() { 0 } else { node.last_call });
        let above = self.node_mut(parent);
        above.works |= works;
        above.last_call = above.last_call.max(call);
    }

    /// An agent that shows itself may be the one that a caller passed control to.
    fn note_agent(&mut self, entry: Entry) {
        let node = self.node(entry);
        let (agent, start) = (node.agent, node.start);
        if agent == 0 || node.setup {
            return;
        }
        let seen = self.transfers.seen.entry(agent).or_default();
        if start <= *seen {
            return;
        }
        *seen = start;
        let Some(waiting) = self.transfers.awaited.remove(&agent) else { return };
        let (come, still): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|&e| self.target_came(e));
        self.transfers.awaited.insert(agent, still);
        for entry in come {
            self.judge(entry);
        }
    }

    /// Tells the steps above that `child` hangs there now.
    pub(super) fn carry_up(&mut self, child: Entry, parent: Entry) {
        let node = self.node(child);
        let (works, last_call, is_agent) = (node.works, node.last_call, node.is_agent());
        if works {
            self.carry_work(parent);
        }
        if is_agent {
            return;
        }
        if let Some(calls) = self.transfers.by_caller.remove(&child) {
            let caller = self.collector(parent);
            let held = self.transfers.by_caller.entry(caller).or_default();
            held.silent.extend(calls.silent);
            self.sort_calls(caller);
        }
        self.carry_call(parent, last_call);
    }

    fn carry_work(&mut self, from: Entry) {
        let mut at = Some(from);
        while let Some(entry) = at.filter(|&e| !self.node(e).works) {
            self.node_mut(entry).works = true;
            self.judge(entry);
            at = self.parent(entry);
        }
    }

    fn carry_call(&mut self, from: Entry, start: u64) {
        let mut at = Some(from);
        while let Some(entry) = at.filter(|&e| self.node(e).last_call < start) {
            self.node_mut(entry).last_call = start;
            if self.node(entry).is_agent() {
                return self.sort_calls(entry);
            }
            at = self.parent(entry);
        }
    }

    /// Looks which silent marks of a caller are silent no more.
    fn sort_calls(&mut self, caller: Entry) {
        if !self.node(caller).is_agent() {
            return;
        }
        let Some(calls) = self.transfers.by_caller.get_mut(&caller) else { return };
        let silent = std::mem::take(&mut calls.silent);
        let (gone_on, silent): (Vec<_>, Vec<_>) =
            silent.into_iter().partition(|&e| self.went_on(self.node(e), caller));
        let calls = self.transfers.by_caller.entry(caller).or_default();
        calls.silent = silent;
        calls.gone_on.extend(&gone_on);
        for entry in gone_on {
            self.judge(entry);
            self.await_target(entry);
        }
    }

    fn await_target(&mut self, entry: Entry) {
        let target = self.node(entry).mark.map_or(0, |mark| mark.target);
        if !self.target_came(entry) {
            self.transfers.awaited.entry(target).or_default().push(entry);
        }
    }

    /// The nearest agent above, else the top of the fragment.
    pub(super) fn caller(&self, entry: Entry) -> Entry {
        self.parent(entry).map_or(entry, |parent| self.collector(parent))
    }

    fn collector(&self, from: Entry) -> Entry {
        let mut at = from;
        while let Some(parent) = self.parent(at).filter(|_| !self.node(at).is_agent()) {
            at = parent;
        }
        at
    }

    pub(super) fn went_on(&self, node: &Node, caller: Entry) -> bool {
        let latest = self.node(caller).last_call;
        // of a step that has not ended nobody knows what comes after it
        node.end != 0 && latest > node.start && latest >= node.end
    }

    /// Whether the agent that a mark names began once its caller had ended.
    pub(super) fn target_came(&self, entry: Entry) -> bool {
        let node = self.node(entry);
        let target = node.mark.map_or(0, |mark| mark.target);
        let Some(&seen) = self.transfers.seen.get(&target) else { return false };
        match self.node(self.caller(entry)).end {
            0 => seen > node.start,
            end => seen.saturating_add(TICK) >= end,
        }
    }
}

impl Mark {
    /// Whether it matters who called and whether that one went on: a marker is believed, and so is a tool whose target
    /// is unknown, for only frameworks have such.
    pub(super) const fn has_caller(self) -> bool {
        self.target != 0 && !matches!(self.report, Report::Marker)
    }
}

impl Node {
    pub(super) const fn moment(&self, entry: Entry, report: Report) -> Moment {
        (self.start, report, self.id.1, entry)
    }
}
