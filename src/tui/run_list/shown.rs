//! Which runs of the list are shown, and in which order.

use crate::model::{RunKey, UnixNanos};
use crate::report::filter::{Query, Subject};
use crate::tui::columns::Sort;

use super::{Entry, RunList, Slot, slot_of};

/// What a list lets through.
#[derive(Clone, Copy, Debug)]
pub struct Sieve<'a> {
    /// What was typed.
    pub query: &'a Query,
    /// Runs that hold each of its texts.
    pub found: &'a [Vec<RunKey>],
    /// Traces without an agent's doing, too.
    pub all_traces: bool,
    /// The present moment.
    pub now: UnixNanos,
}

impl Sieve<'_> {
    fn takes(&self, entry: &Entry) -> bool {
        let subject = Subject { run: &entry.run, words: &entry.words, now: self.now, found: self.found };
        self.query.takes(&subject)
    }
}

impl RunList {
    fn lets(&self, sieve: &Sieve, slot: Slot) -> bool {
        (sieve.all_traces || self.gist(slot).agentic)
            && (sieve.query.is_empty() || self.entry(slot).is_some_and(|entry| sieve.takes(entry)))
    }

    /// The runs to show, in order.
    pub fn shown(&self, sieve: &Sieve, sort: Sort) -> Vec<Slot> {
        let newest_first = self.order.iter().map(|&placed| slot_of(placed));
        self.sorted(newest_first.filter(|&slot| self.lets(sieve, slot)), sort, sieve.now)
    }

    /// How many runs there would be to show.
    pub fn tally(&self, sieve: &Sieve) -> usize {
        self.order.iter().filter(|&&placed| self.lets(sieve, slot_of(placed))).count()
    }

    /// The same runs in the order of `sort`.
    pub fn reordered(&self, shown: &[Slot], sort: Sort, now: UnixNanos) -> Vec<Slot> {
        let mut wanted = vec![false; self.entries.len()];
        for slot in shown {
            wanted[slot.at()] = true;
        }
        let all = self.order.iter().filter(|(_, at)| wanted[*at as usize]);
        self.sorted(all.map(|&placed| slot_of(placed)), sort, now)
    }

    /// Puts runs that come newest first in another order; those that are equal in it stay the newest first.
    fn sorted(&self, runs: impl Iterator<Item = Slot>, sort: Sort, now: UnixNanos) -> Vec<Slot> {
        if sort.is_newest_first() {
            return runs.collect();
        }
        let mut known = Vec::with_capacity(self.entries.len());
        let mut unknown = Vec::new();
        for slot in runs {
            match self.key(slot, sort, now) {
                Some(key) => known.push((key, slot)),
                None => unknown.push(slot),
            }
        }
        known.sort_by_key(|&(key, _)| key);
        known.into_iter().map(|(_, slot)| slot).chain(unknown).collect()
    }

    fn key(&self, slot: Slot, sort: Sort, now: UnixNanos) -> Option<u64> {
        sort.key(self.gist(slot), self.figures(slot), &self.names, now)
    }

    /// Puts runs that changed into their places among those shown.
    pub fn put_among(&self, shown: &mut Vec<Slot>, touched: &[Slot], sieve: &Sieve, sort: Sort) {
        shown.retain(|slot| touched.binary_search(slot).is_err());
        let let_through = touched.iter().copied().filter(|&slot| self.has(slot) && self.lets(sieve, slot));
        if sort.hangs_on_time() && !self.open.is_empty() {
            // others may have passed each other since
            shown.extend(let_through);
            *shown = self.reordered(shown, sort, sieve.now);
            return;
        }
        let place = |slot: Slot| {
            let key = self.key(slot, sort, sieve.now);
            (key.ok_or(()), self.began_at(slot))
        };
        for slot in let_through {
            let own = place(slot);
            let at = shown.partition_point(|&other| place(other) < own);
            shown.insert(at, slot);
        }
    }

    fn has(&self, slot: Slot) -> bool {
        self.slots.get(&slot.key) == Some(&slot.at)
    }
}
