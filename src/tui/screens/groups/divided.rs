//! Runs divided into their groups.

use std::cell::OnceCell;

use crate::model::UnixNanos;
use crate::tui::run_list::{Figures, RunList, Slot};

use super::{By, Kept, Shared};

/// Runs on their way into their groups.
pub(super) struct Divided {
    /// Groups in the order in which runs of them come.
    pub(super) all: Vec<Kept>,
    /// The runs, group after group.
    pub(super) runs: Vec<Slot>,
    /// By slot the number of its group.
    pub(super) numbers: Numbers,
}

impl Divided {
    pub(super) fn of(by: By, shown: &[Slot], runs: &RunList) -> Self {
        let (numbers, numbered) = numbers(by, shown, runs);
        let mut all: Vec<Kept> = Vec::with_capacity(numbered.len());
        let mut places = vec![NONE; numbered.len()];
        let mut gathered = shown.to_vec();
        let mut end = 0;
        for &slot in shown {
            let number = numbers[slot.at()];
            let place = &mut places[number as usize];
            if *place == NONE {
                let Numbered { shared, count, newest } = numbered[number as usize];
                all.push(Kept { shared, runs: end..end + count, number, newest, sum: OnceCell::new() });
                *place = end;
                end += count;
            }
            gathered[*place as usize] = slot;
            *place += 1;
        }
        Self { all, runs: gathered, numbers }
    }
}

/// By slot the number of a group, [`NONE`] where a run is not shown.
pub(super) type Numbers = Vec<u32>;

const NONE: u32 = u32::MAX;

/// A group as it is met: what can be told of it without the order of its runs.
struct Numbered {
    shared: Shared,
    count: u32,
    newest: UnixNanos,
}

/// Gives a number to the group of each run that is shown. Runs are looked at as they lie in memory: as they are sorted, which
/// is at random, each look at 20 000 of them takes a millisecond.
fn numbers(by: By, shown: &[Slot], runs: &RunList) -> (Numbers, Vec<Numbered>) {
    const SHOWN: u32 = 0;
    let mut numbers = vec![NONE; runs.all_gists().len()];
    for slot in shown {
        numbers[slot.at()] = SHOWN;
    }
    let mut known: Vec<u32> = Vec::new();
    let mut all: Vec<Numbered> = Vec::new();
    for (run, number) in runs.all_gists().iter().zip(&mut numbers).filter(|(_, number)| **number == SHOWN) {
        let shared = by.of(run);
        let at = shared.number();
        if at >= known.len() {
            known.resize(at + 1, NONE);
        }
        if known[at] == NONE {
            known[at] = u32::try_from(all.len()).unwrap_or(NONE);
            all.push(Numbered { shared, count: 0, newest: 0 });
        }
        *number = known[at];
        let group = &mut all[known[at] as usize];
        group.count += 1;
        group.newest = group.newest.max(run.start);
    }
    (numbers, all)
}

/// Looks at the figures of each run that is shown once, as they lie in memory.
pub(super) fn each(numbers: &[u32], runs: &RunList, mut look: impl FnMut(usize, &Figures)) {
    for (figures, &group) in runs.all_figures().iter().zip(numbers).filter(|(_, group)| **group != NONE) {
        look(group as usize, figures);
    }
}
