//! The time axis that the bars of the tree and the timeline share: which window of time is shown, how it is narrowed and
//! widened, and its ticks. Knows no step but as two moments.

mod ticks;

use crate::model::UnixNanos;

use ticks::MICRO;
pub use ticks::{Tick, ends, ticks};

/// From a moment to another, the second left out; never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First moment.
    pub from: UnixNanos,
    /// The moment after the last.
    pub to: UnixNanos,
}

impl Window {
    /// The narrowest that is shown: clocks of agents tell no more, and no terminal has as many columns as this has
    /// nanoseconds.
    const NARROWEST: u64 = MICRO;

    /// From the first of two moments to the last, both in it.
    pub const fn holding(first: UnixNanos, last: UnixNanos) -> Self {
        let last = if last < first { first } else { last };
        Self { from: first, to: last.saturating_add(1) }
    }

    /// Nanoseconds.
    pub const fn length(self) -> u64 {
        let len = self.to.saturating_sub(self.from);
        if len == 0 { 1 } else { len }
    }

    /// Whether any moment of a step is in it; a step without duration is one moment.
    pub const fn meets(self, from: UnixNanos, to: UnixNanos) -> bool {
        from < self.to && (to > self.from || from >= self.from)
    }

    /// The column of `columns` in which a moment lies; the first or the last for one outside.
    pub fn column(self, time: UnixNanos, columns: u16) -> u16 {
        let after = u128::from(time.saturating_sub(self.from));
        let column = after * u128::from(columns) / u128::from(self.length());
        u16::try_from(column).unwrap_or(u16::MAX).min(columns.saturating_sub(1))
    }

    /// The first moment of a column of `columns`.
    pub fn time(self, column: u16, columns: u16) -> UnixNanos {
        let after = (u128::from(column) * u128::from(self.length())).div_ceil(u128::from(columns.max(1)));
        self.from.saturating_add(u64::try_from(after).unwrap_or(u64::MAX)).min(self.to)
    }

    /// One of this length round a moment, within `whole`.
    fn round(middle: UnixNanos, len: u64, whole: Self) -> Self {
        let len = len.clamp(Self::NARROWEST.min(whole.length()), whole.length());
        let from = middle.saturating_sub(len / 2).clamp(whole.from, whole.to.saturating_sub(len));
        Self { from, to: from.saturating_add(len) }
    }

    /// The part of a step that is in it; the nearest moment of one that is not.
    fn part(self, from: UnixNanos, to: UnixNanos) -> Self {
        let from = from.clamp(self.from, self.to - 1);
        Self { from, to: to.clamp(from + 1, self.to) }
    }
}

/// Which window is shown: the whole run, or the innermost of those that it was narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Axis {
    narrowed: Vec<Window>,
}

impl Axis {
    /// The window that is shown of a run.
    pub fn window(&self, whole: Window) -> Window {
        self.narrowed.last().copied().unwrap_or(whole)
    }

    /// Whether it is narrower than the run.
    pub const fn is_narrowed(&self) -> bool {
        !self.narrowed.is_empty()
    }

    /// Narrows it to a step, or to the middle half of what is shown where the step fills that already.
    pub fn narrow_to(&mut self, whole: Window, from: UnixNanos, to: UnixNanos) -> bool {
        let now = self.window(whole);
        let step = Window { from, to: to.max(from.saturating_add(1)) };
        let fills = step.from <= now.from && now.to <= step.to;
        let part = if fills { now } else { step };
        let len = if fills { now.length() / 2 } else { step.length() };
        self.push(now, Window::round(part.from + part.length() / 2, len, whole))
    }

    /// Narrows it to a third round a step, or to the step and a margin where that is most of the third.
    pub fn narrow_round(&mut self, whole: Window, from: UnixNanos, to: UnixNanos) -> bool {
        let now = self.window(whole);
        let (third, step) = (now.length() / 3, to.saturating_sub(from));
        let with_margin = step.saturating_add(step / 4);
        let suits = with_margin > third && with_margin < now.length() / 4 * 3;
        let part = now.part(from, to);
        let len = if suits { with_margin } else { third };
        self.push(now, Window::round(part.from + part.length() / 2, len, whole))
    }

    fn push(&mut self, now: Window, next: Window) -> bool {
        let changes = next != now;
        if changes {
            self.narrowed.push(next);
        }
        changes
    }

    /// Widens it to what was shown before; false where that is the whole run.
    pub fn widen(&mut self) -> bool {
        self.narrowed.pop().is_some()
    }

    /// Shows the whole run again; false where it is shown already.
    pub fn reset(&mut self) -> bool {
        !std::mem::take(&mut self.narrowed).is_empty()
    }

    /// Moves a narrowed window by an eighth of its length, within the run.
    pub fn pan(&mut self, whole: Window, back: bool) {
        if let Some(window) = self.narrowed.last_mut() {
            let by = window.length().div_ceil(8);
            let from = if back {
                window.from.saturating_sub(by).max(whole.from)
            } else {
                window.from.saturating_add(by).min(whole.to.saturating_sub(window.length()).max(whole.from))
            };
            *window = Window { from, to: from.saturating_add(window.length()) };
        }
    }

    /// Moves a narrowed window so that the beginning of a step that is not in it is, an eighth from the edge.
    pub fn reveal(&mut self, whole: Window, from: UnixNanos, to: UnixNanos) {
        let Some(window) = self.narrowed.last_mut().filter(|window| !window.meets(from, to)) else {
            return;
        };
        let (len, margin) = (window.length(), (window.length() / 8).max(1));
        let wanted = if from < window.from {
            from.saturating_sub(margin)
        } else {
            let end = to.saturating_add(margin).saturating_sub(len);
            end.min(from.saturating_sub(margin))
        };
        let from = wanted.clamp(whole.from, whole.to.saturating_sub(len).max(whole.from));
        *window = Window { from, to: from.saturating_add(len) };
    }

    /// What is shown in words: `2.10s–3.40s of 8.2s`; empty where it is the whole run.
    pub fn words(&self, whole: Window) -> String {
        let Some(window) = self.narrowed.last() else {
            return String::new();
        };
        let [from, to] = ends(*window, whole.from);
        let length = ends(whole, whole.from)[1].clone();
        format!("{from}–{to} of {length}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ticks::{MILLI, SECOND};
    use super::*;

    #[test]
    fn narrowing_to_a_step_shows_it_from_its_start_to_its_end_and_goes_on_inside_it() {
        let whole = Window::holding(1_000_000, 9_000_000);
        let mut axis = Axis::default();
        assert!(axis.narrow_to(whole, 2_000_000, 4_000_000));
        assert_eq!(axis.window(whole), Window { from: 2_000_000, to: 4_000_000 });
        assert!(axis.narrow_to(whole, 2_000_000, 4_000_000));
        assert_eq!(axis.window(whole), Window { from: 2_500_000, to: 3_500_000 });
        assert!(axis.narrow_to(whole, 7_000_000, 8_000_000), "a step elsewhere");
        assert_eq!(axis.window(whole), Window { from: 7_000_000, to: 8_000_000 });
        assert!(axis.widen() && axis.widen() && axis.widen() && !axis.widen());
        assert_eq!(axis.window(whole), whole);
    }

    #[test]
    fn a_window_is_told_as_exactly_as_it_is_narrow() {
        let whole = Window { from: 7, to: 7 + 64 * SECOND };
        let mut axis = Axis::default();
        assert_eq!(axis.words(whole), "");
        axis.narrow_to(whole, 7 + 2_100 * MILLI, 7 + 3_412 * MILLI);
        assert_eq!(axis.words(whole), "2.10s–3.40s of 1m04s");
    }

    pub(super) fn window() -> impl Strategy<Value = Window> {
        (0..u64::MAX / 4, 1..u64::MAX / 4).prop_map(|(from, len)| Window { from, to: from + len })
    }

    proptest! {
        #[test]
        fn a_column_begins_where_it_says(window in window(), columns in 1u16..300, part in 0.0..1.0) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a column count")]
            let column = (f64::from(columns - 1) * part) as u16;
            let time = window.time(column, columns);
            if window.length() >= u64::from(columns) {
                prop_assert_eq!(window.column(time, columns), column);
                prop_assert!(column == 0 || window.column(time - 1, columns) == column - 1);
            }
        }

        #[test]
        fn whatever_is_done_the_window_stays_in_the_run(
            whole in window(),
            done in proptest::collection::vec((0..5u8, 0.0..1.0, 0.0..1.0), 0..20),
        ) {
            let mut axis = Axis::default();
            for (what, at, len) in done {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a length")]
                let [from, len] = [at, len].map(|part| (whole.length() as f64 * part) as u64);
                let from = (whole.from + from).min(whole.to - 1);
                let to = from.saturating_add(len).min(whole.to);
                match what {
                    0 => drop(axis.narrow_to(whole, from, to)),
                    1 => drop(axis.narrow_round(whole, from, to)),
                    2 => axis.pan(whole, at < 0.5),
                    3 => {
                        axis.reveal(whole, from, to);
                        prop_assert!(axis.window(whole).meets(from, to), "{:?} {from} {to}", axis);
                    }
                    _ => drop(axis.widen()),
                }
                let window = axis.window(whole);
                prop_assert!(whole.from <= window.from && window.to <= whole.to && window.from < window.to, "{axis:?}");
            }
        }
    }
}
