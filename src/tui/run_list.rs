//! The runs known, newest first, with what a filter looks at.

use std::collections::HashMap;

use crate::model::{NanoUsd, RunKey, RunStatus, RunSummary, UnixNanos};

/// A run and its words in lower case.
#[derive(Debug)]
struct Entry {
    run: RunSummary,
    words: String,
}

/// All runs, newest start first; equal starts by key, so that the order never depends on arrival.
#[derive(Debug, Default)]
pub struct RunList {
    entries: Vec<Entry>,
    places: HashMap<RunKey, usize>,
    /// The newest commit that any of them is as of.
    pub revision: i64,
}

impl RunList {
    /// Takes in runs that are new or changed.
    pub fn merge(&mut self, changed: Vec<RunSummary>) {
        for run in changed {
            self.revision = self.revision.max(run.revision);
            let entry = Entry { words: words(&run), run };
            if let Some(&place) = self.places.get(&entry.run.key) {
                self.entries[place] = entry;
            } else {
                self.places.insert(entry.run.key, self.entries.len());
                self.entries.push(entry);
            }
        }
        self.entries.sort_by_key(|e| std::cmp::Reverse((e.run.times.start, e.run.key)));
        self.places = (0..).zip(&self.entries).map(|(place, e)| (e.run.key, place)).collect();
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether there are traces without an agent's doing.
    pub fn has_others(&self) -> bool {
        self.entries.iter().any(|e| !e.run.agentic)
    }

    /// The run at a place.
    pub fn at(&self, place: usize) -> Option<&RunSummary> {
        self.entries.get(place).map(|e| &e.run)
    }

    /// The run with this key.
    pub fn get(&self, key: RunKey) -> Option<&RunSummary> {
        self.places.get(&key).and_then(|&place| self.at(place))
    }

    /// The place of the run with this key.
    pub fn place(&self, key: RunKey) -> Option<usize> {
        self.places.get(&key).copied()
    }

    /// Places of the runs to show: those that hold every word of `filter`; traces without an agent only if asked.
    pub fn shown(&self, filter: &str, all_traces: bool) -> Vec<usize> {
        let filter = filter.to_lowercase();
        let wanted: Vec<&str> = filter.split_whitespace().collect();
        let shows =
            |e: &Entry| (all_traces || e.run.agentic) && wanted.iter().all(|word| e.words.contains(word));
        self.entries.iter().enumerate().filter(|(_, e)| shows(e)).map(|(place, _)| place).collect()
    }

    /// Figures of the header.
    pub fn sums(&self, now: UnixNanos) -> Sums {
        let mut sums = Sums::default();
        for Entry { run, .. } in self.entries.iter().filter(|e| e.run.agentic) {
            sums.runs += 1;
            sums.live += usize::from(run.times.status(now) == RunStatus::Running);
            sums.cost.0 = sums.cost.0.saturating_add(run.cost.amount.0);
            sums.partial |= run.cost.is_partial();
        }
        sums
    }
}

/// What all runs come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Runs.
    pub runs: usize,
    /// Runs going on.
    pub live: usize,
    /// Cost of all, as far as it is known.
    pub cost: NanoUsd,
    /// Whether a part of the cost is unknown.
    pub partial: bool,
}

fn words(run: &RunSummary) -> String {
    let parts = [run.name.as_str(), run.service.as_str(), run.task.as_deref().unwrap_or_default()];
    let lists = run.agents.iter().chain(&run.models).map(String::as_str);
    parts.into_iter().chain(lists).collect::<Vec<_>>().join("\n").to_lowercase()
}
