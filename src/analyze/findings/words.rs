//! Amounts inside of a sentence.

use crate::model::NanoUsd;

/// `412`, `9.8k`, `1.2M`.
pub(super) fn count(count: u64) -> String {
    match count {
        0..=999 => count.to_string(),
        1_000..=999_499 => format!("{}k", short(count as f64 / 1e3)),
        _ => format!("{}M", short(count as f64 / 1e6)),
    }
}

/// One decimal below a hundred, and none that says nothing.
fn short(number: f64) -> String {
    let text = if number < 100.0 { format!("{number:.1}") } else { format!("{number:.0}") };
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// `12 345`.
pub(super) fn exact_count(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

/// What was taken and what was allowed: in short, or exactly where both are the same in short.
pub(super) fn beside<T: Copy>(is: T, may: T, short: fn(T) -> String, exact: fn(T) -> String) -> String {
    let told = if short(is) == short(may) { exact } else { short };
    format!("{} of {}", told(is), told(may))
}

/// `$3.701234`.
pub(super) fn exact_money(amount: NanoUsd) -> String {
    format!("${:.6}", amount.usd())
}

/// `300.042s`.
pub(super) fn exact_time(nanos: u64) -> String {
    format!("{:.3}s", nanos as f64 / 1e9)
}

/// `$3.70`, `$0.031`.
pub(super) fn money(amount: NanoUsd) -> String {
    let usd = amount.usd();
    match usd {
        1.0.. => format!("${usd:.2}"),
        0.01.. => format!("${usd:.3}"),
        _ => format!("${usd:.5}"),
    }
}

/// `340ms`, `8.2s`, `2m10s`, `1h04m`.
pub(super) fn time(nanos: u64) -> String {
    let seconds = nanos / 1_000_000_000;
    match seconds {
        0 => format!("{}ms", nanos / 1_000_000),
        1..60 => format!("{}s", short(nanos as f64 / 1e9)),
        60..3600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h{:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

/// `1 call`, `3 calls`.
pub(super) fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// `40 %`.
pub(super) fn share(part: f64) -> String {
    format!("{:.0} %", part * 100.0)
}

/// An agent as people call it.
pub(super) fn agent(name: Option<&str>) -> &str {
    name.unwrap_or("the agent")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_short_and_right() {
        for (given, told) in
            [(0, "0"), (999, "999"), (9_800, "9.8k"), (31_000, "31k"), (999_499, "999k"), (1_200_000, "1.2M")]
        {
            assert_eq!(count(given), told);
        }
        for (nano, told) in [(3_700_000_000, "$3.70"), (31_000_000, "$0.031"), (1_234_000, "$0.00123")] {
            assert_eq!(money(NanoUsd(nano)), told);
        }
        assert_eq!((exact_count(12_345_678), exact_count(345)), ("12 345 678".to_owned(), "345".to_owned()));
        let pair = |is, may| beside(is, may, count, exact_count);
        assert_eq!(
            (pair(2_040, 2_000), pair(3_300, 2_000)),
            ("2 040 of 2 000".to_owned(), "3.3k of 2k".to_owned())
        );
        for (millis, told) in [(340, "340ms"), (8_200, "8.2s"), (130_000, "2m10s"), (3_840_000, "1h04m")] {
            assert_eq!(time(millis * 1_000_000), told);
        }
    }
}
