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
use std::ops::Bound;

use rustc_hash::FxHashMap;

use super::node::Node;
use super::{Entry, Ledger};
use crate::model::SpanId;

/// Clocks of JavaScript have milliseconds: a start may be told this much too early, in nanoseconds.
const TICK: u64 = 1_000_000;

/// Reports of one transfer are looked for among this many marks on either side in time.
const REACH: usize = 16;

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
type Moment = (u64, Report, SpanId, Entry);

/// The marks of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Transfers {
    in_time: BTreeSet<Moment>,
    by_call: FxHashMap<u64, Vec<Entry>>,
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
    fn caller(&self, entry: Entry) -> Entry {
        self.parent(entry).map_or(entry, |parent| self.collector(parent))
    }

    fn collector(&self, from: Entry) -> Entry {
        let mut at = from;
        while let Some(parent) = self.parent(at).filter(|_| !self.node(at).is_agent()) {
            at = parent;
        }
        at
    }

    fn went_on(&self, node: &Node, caller: Entry) -> bool {
        let latest = self.node(caller).last_call;
        // of a step that has not ended nobody knows what comes after it
        node.end != 0 && latest > node.start && latest >= node.end
    }

    /// Whether the agent that a mark names began once its caller had ended.
    fn target_came(&self, entry: Entry) -> bool {
        let node = self.node(entry);
        let target = node.mark.map_or(0, |mark| mark.target);
        let Some(&seen) = self.transfers.seen.get(&target) else { return false };
        match self.node(self.caller(entry)).end {
            0 => seen > node.start,
            end => seen.saturating_add(TICK) >= end,
        }
    }

    /// Judges a mark and those near it: they may tell of the same transfer.
    pub(super) fn judge_around(&mut self, entry: Entry) {
        let node = self.node(entry);
        let Some(mark) = node.mark else { return };
        let near = self.near(node.moment(entry, mark.report));
        self.judge(entry);
        for other in near {
            self.judge(other);
        }
        if mark.call != 0 {
            let same_call = self.transfers.by_call.get(&mark.call).cloned().unwrap_or_default();
            for other in same_call.into_iter().rev().take(REACH) {
                self.judge(other);
            }
        }
    }

    fn judge(&mut self, entry: Entry) {
        if let Some(mark) = self.node(entry).mark {
            self.settle(entry, self.verdict(entry, mark));
        }
    }

    fn settle(&mut self, entry: Entry, now: Transfer) {
        let was = std::mem::replace(&mut self.node_mut(entry).transfer, now);
        let move_to = |counter: &mut u64, of: Transfer| {
            *counter = counter.saturating_add(u64::from(now == of)).saturating_sub(u64::from(was == of));
        };
        move_to(&mut self.totals.handoffs, Transfer::Passed);
        move_to(&mut self.totals.tool_calls, Transfer::Called);
    }

    fn verdict(&self, entry: Entry, mark: Mark) -> Transfer {
        let node = self.node(entry);
        let is_second = mark.report != Report::Asked && self.report_of(entry).is_some();
        if node.plumbing || is_second {
            Transfer::Nothing
        } else if mark.report == Report::Tool && node.works {
            Transfer::Called
        } else if self.is_told_elsewhere(entry, mark) {
            Transfer::Nothing
        } else if mark.has_caller() && self.returned(entry) {
            if mark.report == Report::Asked { Transfer::Nothing } else { Transfer::Called }
        } else {
            Transfer::Passed
        }
    }

    fn returned(&self, entry: Entry) -> bool {
        let caller = self.caller(entry);
        self.node(caller).is_agent() && self.went_on(self.node(entry), caller) && !self.target_came(entry)
    }

    /// Whether a mark that says more tells of the same transfer.
    fn is_told_elsewhere(&self, entry: Entry, mark: Mark) -> bool {
        let moment = self.node(entry).moment(entry, mark.report);
        match mark.report {
            Report::Asked => {
                self.is_told_by_call(entry, mark)
                    || self.is_carried_out(moment, mark)
                    || self.is_asked_twice(moment)
            }
            Report::Tool => {
                let next = self.after(moment).find(|(_, other)| other.report != Report::Asked);
                let before = self.before(moment).find(|(_, other)| other.report != Report::Asked);
                let marker = |found: Option<(Entry, Mark)>| found.filter(|(_, m)| m.report == Report::Marker);
                marker(next).is_some_and(|(_, other)| mark.may_be(other))
                    || marker(before)
                        .is_some_and(|(_, other)| mark.target != 0 && mark.target == other.target)
            }
            Report::Marker if mark.by_log => {
                let beside = self.before(moment).take(1).chain(self.after(moment).take(1));
                let span = |other: &Mark| other.report == Report::Marker && !other.by_log;
                beside.into_iter().any(|(_, other)| span(&other) && other.target == mark.target)
            }
            Report::Marker => false,
        }
    }

    fn is_told_by_call(&self, entry: Entry, mark: Mark) -> bool {
        let same_call = self.transfers.by_call.get(&mark.call).into_iter().flatten();
        let moment = |e: Entry, report| self.node(e).moment(e, report);
        let tells = |&other: &Entry| match self.node(other).mark.map(|m| m.report) {
            // a client may give all calls one id: two answers are one only if they came at the same time
            Some(Report::Asked) => {
                moment(other, Report::Asked) < moment(entry, Report::Asked)
                    && self.node(other).overlaps(self.node(entry))
            }
            Some(_) => true,
            None => false,
        };
        mark.call != 0 && same_call.rev().take(REACH).any(tells)
    }

    /// A later tool or marker carries out what was asked, if no later answer asks for the same.
    fn is_carried_out(&self, moment: Moment, mark: Mark) -> bool {
        self.after(moment)
            .take_while(|(_, other)| other.report != Report::Asked || other.target != mark.target)
            .any(|(_, other)| other.report != Report::Asked && mark.may_be(other))
    }

    /// An earlier mark is another report of the same model call.
    fn is_asked_twice(&self, moment: Moment) -> bool {
        let entry = moment.3;
        let report = self.report_of(entry);
        self.before(moment).filter(|(_, other)| other.report == Report::Asked).any(|(other, _)| {
            let others = self.report_of(other);
            report == Some(other) || others == Some(entry) || (report.is_some() && report == others)
        })
    }

    fn after(&self, moment: Moment) -> impl Iterator<Item = (Entry, Mark)> {
        let range = self.transfers.in_time.range((Bound::Excluded(moment), Bound::Unbounded));
        range.take(REACH).filter_map(|&(.., entry)| Some((entry, self.node(entry).mark?)))
    }

    fn before(&self, moment: Moment) -> impl Iterator<Item = (Entry, Mark)> {
        let range = self.transfers.in_time.range(..moment);
        range.rev().take(REACH).filter_map(|&(.., entry)| Some((entry, self.node(entry).mark?)))
    }

    fn near(&self, moment: Moment) -> Vec<Entry> {
        self.before(moment).chain(self.after(moment)).map(|(entry, _)| entry).collect()
    }
}

impl Mark {
    /// Whether it matters who called and whether that one went on: a marker is believed, and so is a tool whose target
    /// is unknown, for only frameworks have such.
    const fn has_caller(self) -> bool {
        self.target != 0 && !matches!(self.report, Report::Marker)
    }

    /// The two may tell of the same transfer.
    const fn may_be(self, other: Self) -> bool {
        let same_call = self.call == 0 || other.call == 0 || self.call == other.call;
        same_call && (self.target == other.target || self.target == 0 || other.target == 0)
    }
}

impl Node {
    const fn moment(&self, entry: Entry, report: Report) -> Moment {
        (self.start, report, self.id.1, entry)
    }
}
