//! What a step that tells of a transfer is: judged by its place in the tree and by the marks near it in time.

use std::ops::Bound;

use super::transfers::{Mark, Moment, Report, Transfer};
use super::{Entry, Ledger};

/// Reports of one transfer are looked for among this many marks on either side in time.
const REACH: usize = 16;

impl Ledger {
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

    pub(super) fn judge(&mut self, entry: Entry) {
        if let Some(mark) = self.node(entry).mark {
            self.settle(entry, self.verdict(entry, mark));
        }
    }

    pub(super) fn settle(&mut self, entry: Entry, now: Transfer) {
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

    pub(super) fn near(&self, moment: Moment) -> Vec<Entry> {
        self.before(moment).chain(self.after(moment)).map(|(entry, _)| entry).collect()
    }
}

impl Mark {
    /// The two may tell of the same transfer.
    const fn may_be(self, other: Self) -> bool {
        let same_call = self.call == 0 || other.call == 0 || self.call == other.call;
        same_call && (self.target == other.target || self.target == 0 || other.target == 0)
    }
}
