//! What is told in the footer's place.

use crate::model::UnixNanos;

/// A line of news in the footer's place, until the next key; what went well gives way by itself, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What to say.
    pub text: String,
    /// Whether something went wrong.
    pub bad: bool,
    /// When it was said.
    pub since: UnixNanos,
}

impl Notice {
    /// As long as it takes to read it and look up again.
    const STAYS: u64 = 6_000_000_000;

    /// Whether it has been there for long enough.
    pub const fn is_over(&self, now: UnixNanos) -> bool {
        !self.bad && now.saturating_sub(self.since) >= Self::STAYS
    }
}

/// What was asked for and has nothing to show until it is done, since when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Errands {
    /// A step is read to be copied, and the number of its request.
    pub copies: Option<(u64, UnixNanos)>,
    /// The same of one that is to be opened in the reader's own program.
    pub reads: Option<(u64, UnixNanos)>,
    /// Runs are deleted.
    pub deletes: Option<UnixNanos>,
}

impl Errands {
    /// Nothing is said of what takes no longer.
    const PATIENCE: u64 = 500_000_000;

    pub(super) const fn any(&self) -> bool {
        self.copies.is_some() || self.reads.is_some() || self.deletes.is_some()
    }

    /// Whether a step is read to be copied, and for long enough to be told.
    pub fn copies_long(&self, now: UnixNanos) -> bool {
        self.copies.is_some_and(|(_, since)| now.saturating_sub(since) >= Self::PATIENCE)
    }

    /// The same of one that is to be opened.
    pub fn reads_long(&self, now: UnixNanos) -> bool {
        self.reads.is_some_and(|(_, since)| now.saturating_sub(since) >= Self::PATIENCE)
    }

    /// The same of runs that are deleted.
    pub fn deletes_long(&self, now: UnixNanos) -> bool {
        self.deletes.is_some_and(|since| now.saturating_sub(since) >= Self::PATIENCE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_well_gives_way_and_what_went_wrong_stays() {
        for (bad, later, is_over) in [(false, 5, false), (false, 6, true), (true, 60, false)] {
            let notice = Notice { text: "said".into(), bad, since: 7 };
            assert_eq!(notice.is_over(7 + later * 1_000_000_000), is_over, "{bad} {later}");
        }
    }
}
