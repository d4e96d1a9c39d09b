//! Days as the reader's clock tells them. To ask the clock of every run costs more than all else that is done with it at a
//! key press: so it is asked when they come.

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use crate::model::UnixNanos;
use crate::report::format::Zone;

/// A day among all on which runs began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DayId(u32);

impl DayId {
    /// Its number: all numbers from 0 on are given.
    pub const fn at(self) -> usize {
        self.0 as usize
    }
}

/// Days that came so far.
#[derive(Debug, Default)]
pub(super) struct Days {
    zone: Zone,
    /// By quarters of an hour: within one no zone of our time changes the day but at its beginning.
    known: FxHashMap<u64, DayId>,
    ids: FxHashMap<NaiveDate, DayId>,
    /// By number.
    dates: Vec<NaiveDate>,
}

impl Days {
    pub(super) fn new(zone: Zone) -> Self {
        Self { zone, ..Self::default() }
    }

    /// The day of a time; `None` where none was given.
    pub(super) fn of(&mut self, time: UnixNanos) -> Option<DayId> {
        const QUARTER: u64 = 15 * 60 * 1_000_000_000;
        let Self { zone, known, ids, dates } = self;
        let mut of_day = |day: NaiveDate| {
            *ids.entry(day).or_insert_with(|| {
                dates.push(day);
                DayId(u32::try_from(dates.len() - 1).unwrap_or(u32::MAX))
            })
        };
        (time > 0).then(|| *known.entry(time / QUARTER).or_insert_with(|| of_day(zone.naive(time).date())))
    }

    /// The day of a number that was given.
    pub(super) fn day(&self, id: DayId) -> NaiveDate {
        self.dates[id.at()]
    }
}
