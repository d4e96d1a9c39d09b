//! The runs known, newest first, with what a filter looks at. A run that changes costs what it changes, not what the
//! list holds.

mod names;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::model::{CostTotal, NanoUsd, RunKey, RunSummary, UnixNanos};
use crate::report::filter::{self, Query, Subject};

use super::columns::{Known, Rank, Sort, Texts};

use names::Names;
pub use names::{NameId, Named, first_agent};

/// Where a run is kept: newest start first; equal starts by key, so that the order never depends on arrival.
pub type Began = Reverse<(UnixNanos, RunKey)>;

/// With more changes than this at once the list is put in order anew, which then is cheaper.
const FEW: usize = 64;

/// A run and its words in lower case.
#[derive(Debug)]
struct Entry {
    run: RunSummary,
    words: String,
    texts: Texts,
    named: Named,
}

impl Entry {
    const fn ranked(&self) -> (&RunSummary, &Texts) {
        (&self.run, &self.texts)
    }
}

/// All runs.
#[derive(Debug, Default)]
pub struct RunList {
    /// In no order, one behind the other: to look at all of them memory is read as it lies.
    entries: Vec<Entry>,
    /// Where each is among [`Self::entries`].
    places: FxHashMap<RunKey, u32>,
    texts: Known,
    names: Names,
    order: Vec<Began>,
    /// Runs that go on, by when they stop doing so without further news.
    open: BTreeSet<(UnixNanos, RunKey)>,
    /// Agents' runs of each session, the newest first.
    sessions: FxHashMap<NameId, Vec<Began>>,
    sums: Sums,
    others: usize,
    /// Runs in which something failed or was flagged.
    flagged: usize,
    /// The newest commit that any of them is as of.
    pub revision: i64,
}

/// What a merge changed.
#[derive(Debug, PartialEq, Eq)]
pub enum Merged {
    /// These runs.
    Few(Vec<RunKey>),
    /// So many that the list is to be looked through anew.
    Many,
}

impl RunList {
    /// Takes in runs that are new or changed.
    pub fn merge(&mut self, changed: Vec<RunSummary>) -> Merged {
        let few = changed.len() <= FEW;
        let keys = changed.iter().map(|run| run.key).collect();
        self.entries.reserve(changed.len().saturating_sub(self.entries.len()));
        let moves: Vec<_> = changed.into_iter().map(|run| self.put(run)).collect();
        if few {
            for (before, now) in moves {
                move_in(&mut self.order, before, now);
            }
            return Merged::Few(keys);
        }
        self.order = self.entries.iter().map(|entry| began(&entry.run)).collect();
        self.order.sort_unstable();
        Merged::Many
    }

    fn put(&mut self, run: RunSummary) -> (Option<Began>, Option<Began>) {
        self.revision = self.revision.max(run.revision);
        if run.merged_into.is_some() {
            return (self.remove(run.key), None);
        }
        let now = began(&run);
        let before = self.remove(run.key);
        let named = self.names.of(&run);
        self.count(&run, named, true);
        if let Some(until) = goes_on_until(&run) {
            self.open.insert((until, run.key));
        }
        self.places.insert(run.key, u32::try_from(self.entries.len()).unwrap_or(u32::MAX));
        let texts = Texts::of(&run, &mut self.texts);
        self.entries.push(Entry { words: filter::words(&run), texts, named, run });
        (before, Some(now))
    }

    /// Takes out runs that were deleted.
    pub fn take_out(&mut self, deleted: &[RunKey]) -> Merged {
        for &key in deleted {
            let before = self.remove(key);
            move_in(&mut self.order, before, None);
        }
        if deleted.len() <= FEW { Merged::Few(deleted.to_vec()) } else { Merged::Many }
    }

    /// Takes out a run; the last takes its place.
    fn remove(&mut self, key: RunKey) -> Option<Began> {
        let place = self.places.remove(&key)?;
        let gone = self.entries.swap_remove(place as usize);
        if let Some(moved) = self.entries.get(place as usize) {
            self.places.insert(moved.run.key, place);
        }
        self.count(&gone.run, gone.named, false);
        Some(began(&gone.run))
    }

    fn entry(&self, key: RunKey) -> Option<&Entry> {
        self.entries.get(*self.places.get(&key)? as usize)
    }

    /// Adds a run to the figures of the header, or takes it out.
    fn count(&mut self, run: &RunSummary, named: Named, add: bool) {
        let put = |sum: &mut usize, one: bool| {
            *sum = if add { *sum + usize::from(one) } else { sum.saturating_sub(usize::from(one)) };
        };
        put(&mut self.others, !run.agentic);
        put(&mut self.flagged, run.errors > 0 || run.findings.flagged.iter().any(|&count| count > 0));
        if let Some(until) = goes_on_until(run).filter(|_| !add) {
            self.open.remove(&(until, run.key));
        }
        if let Some(session) = named.session.filter(|_| run.agentic) {
            self.tie(began(run), session, add);
        }
        if run.agentic {
            put(&mut self.sums.runs, true);
            put(&mut self.sums.partial, run.cost.is_partial());
            put(&mut self.sums.priced, run.cost.known().is_some());
            let amount = i128::from(run.cost.amount.0);
            self.sums.nanos += if add { amount } else { -amount };
        }
    }

    /// Adds a run to its session, or takes it out.
    fn tie(&mut self, run: Began, session: NameId, add: bool) {
        let runs = self.sessions.entry(session).or_default();
        move_in(runs, Some(run), Some(run).filter(|_| add));
        if runs.is_empty() {
            self.sessions.remove(&session);
        }
    }

    /// Agents' runs of the session that a run belongs to, the oldest first, and which of them it is; `None` where it names
    /// no session.
    pub fn siblings(&self, key: RunKey) -> Option<(usize, Vec<RunKey>)> {
        let runs = self.sessions.get(&self.entry(key)?.named.session?)?;
        let keys: Vec<RunKey> = runs.iter().rev().map(|Reverse((_, key))| *key).collect();
        Some((keys.iter().position(|&other| other == key)?, keys))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether there are traces without an agent's doing.
    pub const fn has_others(&self) -> bool {
        self.others > 0
    }

    /// Whether anything failed or was flagged in any run.
    pub const fn has_flags(&self) -> bool {
        self.flagged > 0
    }

    /// The run with this key.
    pub fn get(&self, key: RunKey) -> Option<&RunSummary> {
        self.entry(key).map(|entry| &entry.run)
    }

    /// What it may share with others.
    pub fn named(&self, key: RunKey) -> Option<Named> {
        self.entry(key).map(|entry| entry.named)
    }

    /// The same with the texts that it is sorted by.
    pub fn with_texts(&self, key: RunKey) -> Option<(&RunSummary, &Texts)> {
        self.entry(key).map(Entry::ranked)
    }

    /// All runs, the newest first.
    pub fn iter(&self) -> impl Iterator<Item = &RunSummary> {
        self.order.iter().filter_map(|Reverse((_, key))| self.get(*key))
    }

    /// Where a run is kept: the newest compare as the least.
    pub fn began(&self, key: RunKey) -> Option<Began> {
        self.get(key).map(began)
    }

    /// Runs that began before this one, the newest first.
    pub fn older(&self, key: RunKey) -> impl Iterator<Item = &RunSummary> {
        let began = self.began(key);
        let after =
            began.map_or(self.order.len(), |began| self.order.partition_point(|&other| other <= began));
        self.order[after..].iter().filter_map(|&Reverse((_, key))| self.get(key))
    }

    /// Ranks of the runs to show, in order.
    pub fn shown(&self, sieve: &Sieve, sort: Sort) -> Vec<Rank> {
        let entries = self.entries.iter().filter(|entry| sieve.lets(entry));
        sort.ranks(entries.map(Entry::ranked), sieve.now)
    }

    /// How many runs there would be to show.
    pub fn tally(&self, sieve: &Sieve) -> usize {
        self.entries.iter().filter(|entry| sieve.lets(entry)).count()
    }

    /// The same runs in the order of `sort`.
    pub fn ranked(&self, shown: &[Rank], sort: Sort, now: UnixNanos) -> Vec<Rank> {
        let mut wanted = vec![false; self.entries.len()];
        let places = shown.iter().filter_map(|rank| self.places.get(&rank.key()));
        places.for_each(|&at| wanted[at as usize] = true);
        let entries = self.entries.iter().zip(wanted).filter(|(_, wanted)| *wanted);
        sort.ranks(entries.map(|(entry, _)| entry.ranked()), now)
    }

    /// Where a run stands among those to show; `None` if it is none of them.
    pub fn rank(&self, sieve: &Sieve, sort: Sort, key: RunKey) -> Option<Rank> {
        let entry = self.entry(key).filter(|entry| sieve.lets(entry))?;
        Some(sort.rank(&entry.run, &entry.texts, sieve.now))
    }

    /// Figures of the header.
    pub fn sums(&self) -> &Sums {
        &self.sums
    }

    /// Runs going on at `now`: looks at those alone.
    pub fn live(&self, now: UnixNanos) -> usize {
        self.open.range((now.saturating_add(1), RunKey(i64::MIN))..).count()
    }
}

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
    fn lets(&self, entry: &Entry) -> bool {
        let subject = Subject { run: &entry.run, words: &entry.words, now: self.now, found: self.found };
        (self.all_traces || entry.run.agentic) && self.query.takes(&subject)
    }
}

/// Moves an element within a sorted list: out of its place before, into its place now.
pub fn move_in<T: Ord>(order: &mut Vec<T>, before: Option<T>, now: Option<T>) {
    if before == now && now.as_ref().is_some_and(|now| order.binary_search(now).is_ok()) {
        return;
    }
    if let Some(at) = before.and_then(|before| order.binary_search(&before).ok()) {
        order.remove(at);
    }
    if let Some(now) = now
        && let Err(at) = order.binary_search(&now)
    {
        order.insert(at, now);
    }
}

const fn began(run: &RunSummary) -> Began {
    Reverse((run.times.start, run.key))
}

fn goes_on_until(run: &RunSummary) -> Option<UnixNanos> {
    run.times.goes_on_until().filter(|_| run.agentic)
}

/// What all runs come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Runs.
    pub runs: usize,
    /// Cost of all in nanodollars, as far as it is known.
    nanos: i128,
    /// Runs of whose cost something is known.
    priced: usize,
    /// Runs of whose cost a part is unknown.
    partial: usize,
}

impl Sums {
    /// Cost of all runs, marked where a part of it is unknown.
    pub fn cost(&self) -> CostTotal {
        let nanos = i64::try_from(self.nanos).unwrap_or(i64::MAX);
        CostTotal {
            amount: NanoUsd(nanos),
            computed: self.priced as u64,
            unknown: self.partial as u64,
            ..CostTotal::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{RunStatus, RunTimes};
    use crate::tui::columns::COLUMNS;
    use crate::tui::screens::Runs;
    use crate::tui::testing::world::under_way;

    fn run((key, start, received, cost, bits): (i64, u64, u64, i64, u8)) -> RunSummary {
        let mut run = under_way(key).summary;
        (run.times.start, run.times.received) = (start, received * RunTimes::QUIET / 2);
        (run.times.complete, run.agentic) = (bits & 1 != 0, bits & 2 != 0);
        run.times.open_end = bits & 32 != 0;
        run.session_id = (cost % 3 > 0).then(|| format!("session {}", cost % 3));
        run.merged_into = (bits & 16 != 0).then_some(RunKey(0));
        run.cost = CostTotal {
            amount: NanoUsd(cost),
            computed: u64::from(bits & 4 != 0),
            unknown: u64::from(bits & 8 != 0),
            ..CostTotal::default()
        };
        run
    }

    /// Some runs, told one after another or all at once.
    fn told() -> impl Strategy<Value = Vec<Vec<RunSummary>>> {
        let one = (1..9_i64, 0..5_u64, 0..4_u64, 0..9_i64, 0..64_u8).prop_map(run);
        proptest::collection::vec(proptest::collection::vec(one, 0..4), 0..20)
    }

    proptest! {
        #[test]
        fn figures_and_order_are_those_of_a_list_made_at_once(batches in told(), now in 0..25_u64, by in 0..12_usize) {
            let mut list = RunList::default();
            let mut screen = Runs::new(false);
            screen.sort = Sort::by(COLUMNS[by].shows);
            let now = now * RunTimes::QUIET / 2;
            for batch in batches {
                let merged = list.merge(batch);
                prop_assert!(matches!(merged, Merged::Few(_)));
                screen.take_in(&merged, &list, now, 5);
            }
            let runs: Vec<&RunSummary> = list.entries.iter().map(|e| &e.run).collect();
            let mut order: Vec<Began> = runs.iter().map(|r| began(r)).collect();
            order.sort_unstable();
            prop_assert_eq!(&list.order, &order);
            let sieve = Sieve { query: &Query::default(), found: &[], all_traces: false, now };
            prop_assert_eq!(&screen.shown, &list.shown(&sieve, screen.sort));
            let agentic = || runs.iter().filter(|r| r.agentic);
            let live = agentic().filter(|r| r.times.status(now) == RunStatus::Running).count();
            prop_assert_eq!((list.live(now), list.sums().runs), (live, agentic().count()));
            let mut cost = CostTotal::default();
            agentic().for_each(|r| cost.merge(&r.cost));
            let sum = list.sums().cost();
            prop_assert_eq!((sum.known(), sum.is_partial()), (cost.known(), cost.is_partial()));
            prop_assert_eq!(list.has_others(), agentic().count() < runs.len());
            let mut order = order.clone();
            order.reverse();
            for run in agentic() {
                let of_session = |key: &RunKey| {
                    list.get(*key).is_some_and(|other| other.agentic && other.session_id == run.session_id)
                };
                let kin: Vec<RunKey> = order.iter().map(|&Reverse((_, key))| key).filter(of_session).collect();
                let siblings = list.siblings(run.key).map(|(at, keys)| (keys[at], keys));
                prop_assert_eq!(siblings, run.session_id.is_some().then_some((run.key, kin)));
            }
        }
    }
}
