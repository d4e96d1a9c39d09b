//! The time axis that the bars of the tree and the timeline share: which window of time is shown, how it is narrowed and
//! widened, and its ticks. Knows no step but as two moments.

use crate::model::UnixNanos;
use crate::report::format;

const MICRO: u64 = 1_000;
const MILLI: u64 = 1_000 * MICRO;
const SECOND: u64 = 1_000 * MILLI;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Distances between ticks that people can count in, nanoseconds.
const STEPS: [u64; 47] = [
    1,
    2,
    5,
    10,
    20,
    50,
    100,
    200,
    500,
    MICRO,
    2 * MICRO,
    5 * MICRO,
    10 * MICRO,
    20 * MICRO,
    50 * MICRO,
    100 * MICRO,
    200 * MICRO,
    500 * MICRO,
    MILLI,
    2 * MILLI,
    5 * MILLI,
    10 * MILLI,
    20 * MILLI,
    50 * MILLI,
    100 * MILLI,
    200 * MILLI,
    500 * MILLI,
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    28 * DAY,
    91 * DAY,
    364 * DAY,
];

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

/// Where a window begins and ends, told from `origin` on, as exactly as its length asks for. One that begins there ends
/// with its length, in the words in which the run tells it.
pub fn ends(window: Window, origin: UnixNanos) -> [String; 2] {
    if window.from == origin {
        return ["0s".to_owned(), format::duration(window.length())];
    }
    let fine = STEPS.iter().rfind(|&&step| step <= window.length() / 20).copied().unwrap_or(1);
    [window.from, window.to].map(|time| {
        let after = time.saturating_sub(origin);
        label(after.saturating_add(fine / 2) / fine * fine, fine)
    })
}

/// A mark on the axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Its column.
    pub column: u16,
    /// How long after the origin, such as `1.5s`.
    pub label: String,
}

/// Ticks of a window over `columns`, told from `origin` on, as dense as their labels allow. Labels begin at their ticks.
pub fn ticks(window: Window, origin: UnixNanos, columns: u16) -> Vec<Tick> {
    const APART: u16 = 6;
    let least = u128::from(window.length()) * u128::from(APART) / u128::from(columns.max(1));
    let coarse = STEPS.iter().filter(|&&step| u128::from(step) >= least);
    coarse
        .map(|&step| ticks_of(window, origin, columns, step))
        .find(|ticks| are_apart(ticks))
        .unwrap_or_default()
}

fn ticks_of(window: Window, origin: UnixNanos, columns: u16, step: u64) -> Vec<Tick> {
    let first = window.from.saturating_sub(origin).div_ceil(step);
    let offsets = (first..).map_while(|n| n.checked_mul(step));
    let inside =
        offsets.map_while(|after| Some((origin.checked_add(after).filter(|&t| t < window.to)?, after)));
    inside
        .map(|(time, after)| Tick { column: window.column(time, columns), label: label(after, step) })
        .collect()
}

/// Whether there are two columns between each label and the next tick.
fn are_apart(ticks: &[Tick]) -> bool {
    ticks
        .windows(2)
        .all(|pair| usize::from(pair[1].column - pair[0].column) >= pair[0].label.chars().count() + 2)
}

/// A time after the start, to the last digit that `step` needs: `0s`, `1.5s`, `250ms`, `1m05s`, `1h00m30s`.
fn label(after: u64, step: u64) -> String {
    match after {
        0 => "0s".to_owned(),
        1..MICRO => format!("{after}ns"),
        MICRO..MILLI => format!("{}µs", decimal(after, MICRO, step)),
        MILLI..SECOND => format!("{}ms", decimal(after, MILLI, step)),
        _ if after < MINUTE => format!("{}s", decimal(after, SECOND, step)),
        _ => clock(after, step),
    }
}

/// `after` in a unit, with the decimals that `step` needs.
fn decimal(after: u64, unit: u64, step: u64) -> String {
    let (whole, mut rest, mut grain) = (after / unit, after % unit, unit);
    let mut digits = String::new();
    while grain > 1 && !step.is_multiple_of(grain) {
        grain /= 10;
        digits.push(char::from_digit(u32::try_from(rest / grain).unwrap_or(0), 10).unwrap_or('0'));
        rest %= grain;
    }
    if digits.is_empty() { whole.to_string() } else { format!("{whole}.{digits}") }
}

/// Days, hours, minutes, seconds: from the first that is not zero to the last.
fn clock(after: u64, step: u64) -> String {
    let (mut out, mut rest) = (String::new(), after);
    for (unit, name) in [(DAY, "d"), (HOUR, "h"), (MINUTE, "m")] {
        let value = rest / unit;
        rest %= unit;
        if out.is_empty() && value > 0 {
            out = format!("{value}{name}");
        } else if !out.is_empty() && (value > 0 || rest > 0) {
            out = format!("{out}{value:02}{name}");
        }
    }
    let pad = if rest < 10 * SECOND { "0" } else { "" };
    if rest > 0 { format!("{out}{pad}{}s", decimal(rest, SECOND, step)) } else { out }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labels_are_short_and_lose_nothing_that_the_step_needs() {
        for (after, step, expected) in [
            (0, SECOND, "0s"),
            (500, 100, "500ns"),
            (1_500, 500, "1.5µs"),
            (250 * MILLI, 50 * MILLI, "250ms"),
            (1_500 * MILLI, 500 * MILLI, "1.5s"),
            (2 * SECOND, 500 * MILLI, "2.0s"),
            (65 * SECOND, 5 * SECOND, "1m05s"),
            (120 * SECOND, 30 * SECOND, "2m"),
            (64 * SECOND + 50 * MILLI, 50 * MILLI, "1m04.05s"),
            (3_630 * SECOND, 30 * SECOND, "1h00m30s"),
            (2 * HOUR, HOUR, "2h"),
            (26 * HOUR, HOUR, "1d02h"),
            (DAY, HOUR, "1d"),
        ] {
            assert_eq!(label(after, step), expected);
        }
    }

    #[test]
    fn ticks_are_countable_and_as_dense_as_their_labels_allow() {
        for (seconds, columns, expected) in [
            (8, 60, vec!["0s", "1s", "2s", "3s", "4s", "5s", "6s", "7s"]),
            (64, 40, vec!["0s", "10s", "20s", "30s", "40s", "50s", "1m"]),
            (2, 16, vec!["0s", "1s"]),
        ] {
            let window = Window { from: 5, to: 5 + seconds * SECOND };
            let labels: Vec<_> = ticks(window, 5, columns).into_iter().map(|tick| tick.label).collect();
            assert_eq!(labels, expected, "{seconds} s on {columns} columns");
        }
    }

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

    fn window() -> impl Strategy<Value = Window> {
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
        fn labels_of_ticks_never_touch(window in window(), before in 0..DAY, columns in 1u16..300) {
            let ticks = ticks(window, window.from.saturating_sub(before), columns);
            prop_assert!(are_apart(&ticks));
            prop_assert!(ticks.iter().all(|tick| tick.column < columns));
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
