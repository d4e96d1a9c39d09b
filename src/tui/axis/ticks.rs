//! Marks on the time axis and the words for its moments: distances that people can count in, as many digits as needed.

use crate::model::UnixNanos;
use crate::report::format;

use super::Window;

pub(super) const MICRO: u64 = 1_000;
pub(super) const MILLI: u64 = 1_000 * MICRO;
pub(super) const SECOND: u64 = 1_000 * MILLI;
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

    use super::super::tests::window;
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

    proptest! {
        #[test]
        fn labels_of_ticks_never_touch(window in window(), before in 0..DAY, columns in 1u16..300) {
            let ticks = ticks(window, window.from.saturating_sub(before), columns);
            prop_assert!(are_apart(&ticks));
            prop_assert!(ticks.iter().all(|tick| tick.column < columns));
        }
    }
}
