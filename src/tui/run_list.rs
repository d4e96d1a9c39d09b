//! The runs known, newest first, with what a filter looks at. A run that changes costs what it changes, not what the
//! list holds.

mod days;
mod figures;
mod names;
mod shown;
mod sums;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::model::{RunKey, RunSummary, UnixNanos};
use crate::report::filter;
use crate::report::format::Zone;

pub use days::DayId;
use days::Days;
pub use figures::{Figures, elapsed};
pub use names::{ModelsId, NO_SESSION, NameId, Named, Names, first_agent};
pub use shown::Sieve;
pub use sums::Sums;

/// In which order runs are kept: newest start first; equal starts by key, so that it never depends on arrival.
pub type Began = Reverse<(UnixNanos, RunKey)>;

/// With more changes than this at once the list is put in order anew, which then is cheaper.
const FEW: usize = 64;

/// A run, and where the list keeps it for as long as it is known: to look it up by its key takes a hash and what is then
/// read from memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// Which run it is.
    pub key: RunKey,
    at: u32,
}

impl Slot {
    /// Its place among [`RunList::all_gists`] and [`RunList::all_figures`].
    pub const fn at(self) -> usize {
        self.at as usize
    }
}

/// What tells to which groups a run belongs, and where it stands by its start and by its names: so small that those of 20 000
/// runs fit into a processor's own memory.
#[derive(Clone, Copy, Debug)]
pub struct Gist {
    /// When it began.
    pub start: UnixNanos,
    /// On which day by the reader's clock.
    pub day: Option<DayId>,
    /// What it is called by.
    pub named: Named,
    /// Whether any step is an agent's doing.
    agentic: bool,
}

/// Where the list keeps a run, and where that stands among all.
type Placed = (Began, u32);

/// A run and its words in lower case.
#[derive(Debug)]
struct Entry {
    run: RunSummary,
    words: String,
}

/// All runs.
#[derive(Debug, Default)]
pub struct RunList {
    /// By slot; nothing where a run was taken out.
    entries: Vec<Option<Entry>>,
    /// By slot, as the figures; of no meaning where nothing is.
    gists: Vec<Gist>,
    figures: Vec<Figures>,
    vacant: Vec<u32>,
    slots: FxHashMap<RunKey, u32>,
    names: Names,
    days: Days,
    order: Vec<Placed>,
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
    /// These runs, each once, in the order of slots.
    Few(Vec<Slot>),
    /// So many that the list is to be looked through anew.
    Many,
}

impl Merged {
    fn of(mut touched: Vec<Slot>) -> Self {
        touched.sort_unstable();
        touched.dedup();
        if touched.len() <= FEW { Self::Few(touched) } else { Self::Many }
    }
}

impl RunList {
    /// No run yet; days will be those of this clock.
    pub fn new(zone: Zone) -> Self {
        Self { days: Days::new(zone), ..Self::default() }
    }

    /// Takes in runs that are new or changed.
    pub fn merge(&mut self, changed: Vec<RunSummary>) -> Merged {
        let few = changed.len() <= FEW;
        let more = changed.len().saturating_sub(self.entries.len());
        self.entries.reserve(more);
        self.gists.reserve(more);
        self.figures.reserve(more);
        let mut touched = Vec::with_capacity(changed.len());
        for run in changed {
            let moved = self.put(run);
            touched.extend([moved.0, moved.1].into_iter().flatten().map(slot_of));
            if few {
                move_in(&mut self.order, moved.0, moved.1);
            }
        }
        self.names.ranked();
        if !few {
            let runs = self.entries.iter().zip(0..);
            self.order = runs.filter_map(|(entry, at)| Some((began(&entry.as_ref()?.run), at))).collect();
            self.order.sort_unstable();
            return Merged::Many;
        }
        Merged::of(touched)
    }

    /// Where the run stood among all, and where it stands now.
    fn put(&mut self, run: RunSummary) -> (Option<Placed>, Option<Placed>) {
        self.revision = self.revision.max(run.revision);
        let before = self.remove(run.key);
        if run.merged_into.is_some() {
            return (before, None);
        }
        let (key, began) = (run.key, began(&run));
        let at = self.keep(run);
        self.slots.insert(key, at);
        (before, Some((began, at)))
    }

    /// Keeps a run where one was taken out: the same, if it was the last.
    fn keep(&mut self, run: RunSummary) -> u32 {
        let (start, agentic, figures) = (run.times.start, run.agentic, Figures::of(&run));
        let gist = Gist { start, day: self.days.of(start), named: self.names.of(&run), agentic };
        self.count(&run, gist.named, true);
        let entry = Some(Entry { words: filter::words(&run), run });
        if let Some(place) = self.vacant.pop() {
            let at = place as usize;
            (self.gists[at], self.figures[at], self.entries[at]) = (gist, figures, entry);
            return place;
        }
        self.gists.push(gist);
        self.figures.push(figures);
        self.entries.push(entry);
        u32::try_from(self.entries.len() - 1).unwrap_or(u32::MAX)
    }

    /// Takes out runs that were deleted.
    pub fn take_out(&mut self, deleted: &[RunKey]) -> Merged {
        let mut gone = Vec::new();
        for &key in deleted {
            let before = self.remove(key);
            gone.extend(before.map(slot_of));
            move_in(&mut self.order, before, None);
        }
        Merged::of(gone)
    }

    /// Takes out a run.
    fn remove(&mut self, key: RunKey) -> Option<Placed> {
        let at = self.slots.remove(&key)?;
        let gone = self.entries[at as usize].take()?;
        let named = self.gists[at as usize].named;
        self.vacant.push(at);
        self.count(&gone.run, named, false);
        Some((began(&gone.run), at))
    }

    fn entry(&self, slot: Slot) -> Option<&Entry> {
        self.entries.get(slot.at())?.as_ref().filter(|entry| entry.run.key == slot.key)
    }

    /// Adds a run to the figures of the header, or takes it out.
    fn count(&mut self, run: &RunSummary, named: Named, add: bool) {
        let put = |sum: &mut usize, one: bool| {
            *sum = if add { *sum + usize::from(one) } else { sum.saturating_sub(usize::from(one)) };
        };
        put(&mut self.others, !run.agentic);
        put(&mut self.flagged, run.errors > 0 || run.findings.flagged.iter().any(|&count| count > 0));
        if let Some(until) = goes_on_until(run) {
            let one = (until, run.key);
            let _ = if add { self.open.insert(one) } else { self.open.remove(&one) };
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
        let runs = self.sessions.get(&self.gist(self.slot(key)?).named.session?)?;
        let keys: Vec<RunKey> = runs.iter().rev().map(|Reverse((_, key))| *key).collect();
        Some((keys.iter().position(|&other| other == key)?, keys))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Whether there are traces without an agent's doing.
    pub const fn has_others(&self) -> bool {
        self.others > 0
    }

    /// Whether anything failed or was flagged in any run.
    pub const fn has_flags(&self) -> bool {
        self.flagged > 0
    }

    /// Where the run with this key is kept.
    pub fn slot(&self, key: RunKey) -> Option<Slot> {
        self.slots.get(&key).map(|&at| Slot { key, at })
    }

    /// The run with this key.
    pub fn get(&self, key: RunKey) -> Option<&RunSummary> {
        self.run(self.slot(key)?)
    }

    /// The run that is kept here, unless it has gone.
    pub fn run(&self, slot: Slot) -> Option<&RunSummary> {
        self.entry(slot).map(|entry| &entry.run)
    }

    /// To which groups a run belongs, and where it stands by its names.
    pub fn gist(&self, slot: Slot) -> &Gist {
        &self.gists[slot.at()]
    }

    /// What a run comes to.
    pub fn figures(&self, slot: Slot) -> &Figures {
        &self.figures[slot.at()]
    }

    /// The same of all runs, as they lie in memory; of no meaning where a run was taken out.
    pub fn all_gists(&self) -> &[Gist] {
        &self.gists
    }

    /// What all runs come to, as they lie in memory; of no meaning where a run was taken out.
    pub fn all_figures(&self) -> &[Figures] {
        &self.figures
    }

    /// Names of the runs that came so far.
    pub const fn names(&self) -> &Names {
        &self.names
    }

    /// The day of a number.
    pub fn day(&self, id: DayId) -> chrono::NaiveDate {
        self.days.day(id)
    }

    /// All runs, the newest first.
    pub fn iter(&self) -> impl Iterator<Item = &RunSummary> {
        self.order.iter().filter_map(|&placed| self.run(slot_of(placed)))
    }

    /// Where a run stands among all: the newest compare as the least.
    pub fn began(&self, key: RunKey) -> Option<Began> {
        self.slot(key).map(|slot| self.began_at(slot))
    }

    /// The same of one that is known to be here.
    pub fn began_at(&self, slot: Slot) -> Began {
        Reverse((self.gist(slot).start, slot.key))
    }

    /// Runs that began before this one, the newest first.
    pub fn older(&self, key: RunKey) -> impl Iterator<Item = &RunSummary> {
        let not_after = |began: Began| self.order.partition_point(|&(other, _)| other <= began);
        let after = self.began(key).map_or(self.order.len(), not_after);
        self.order[after..].iter().filter_map(|&placed| self.run(slot_of(placed)))
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

/// Moves an element within a sorted list: out of its place before, into its place now.
fn move_in<T: Ord>(order: &mut Vec<T>, before: Option<T>, now: Option<T>) {
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

const fn slot_of((Reverse((_, key)), at): Placed) -> Slot {
    Slot { key, at }
}

const fn began(run: &RunSummary) -> Began {
    Reverse((run.times.start, run.key))
}

fn goes_on_until(run: &RunSummary) -> Option<UnixNanos> {
    run.times.goes_on_until().filter(|_| run.agentic)
}

#[cfg(test)]
mod tests;
