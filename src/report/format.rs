//! Numbers, money and times as people read them: short, right or marked.

use chrono::{DateTime, Datelike, Local, NaiveDateTime, TimeZone as _, Utc};

use crate::model::{Cost, CostTotal, NanoUsd, PerMillion, TokenTotals, UnixNanos};

/// Shown for what is not known.
pub const UNKNOWN: &str = "?";

/// Shown before a sum that lacks a part.
pub const AT_LEAST: &str = "≥";

const MICRO: u64 = 1_000;
const MILLI: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;

/// Whose clock times are shown in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Zone {
    /// This machine's.
    #[default]
    Local,
    /// Coordinated universal time: the same everywhere.
    Utc,
}

impl Zone {
    /// Date and time of day at `time`.
    pub fn naive(self, time: UnixNanos) -> NaiveDateTime {
        // u64 nanoseconds reach the year 2554, i64 only 2262: later senders have a broken clock
        let utc = DateTime::<Utc>::from_timestamp_nanos(i64::try_from(time).unwrap_or(i64::MAX));
        match self {
            Self::Local => utc.with_timezone(&Local).naive_local(),
            Self::Utc => utc.naive_utc(),
        }
    }

    /// Nanoseconds that this clock is ahead of universal time at `time`.
    pub fn ahead(self, time: UnixNanos) -> i64 {
        let ahead = self.naive(time) - Self::Utc.naive(time);
        ahead.num_nanoseconds().unwrap_or(0)
    }

    /// The moment at which this clock shows a date and time of day, the first where it shows them twice; `None` where it
    /// never does, and outside of the years 1970 to 2262.
    pub fn instant(self, shown: NaiveDateTime) -> Option<UnixNanos> {
        let nanos = match self {
            Self::Local => Local.from_local_datetime(&shown).earliest()?.timestamp_nanos_opt(),
            Self::Utc => shown.and_utc().timestamp_nanos_opt(),
        };
        nanos.and_then(|nanos| u64::try_from(nanos).ok())
    }
}

/// A duration in at most six columns: `0`, `40µs`, `40ms`, `1.2s`, `42s`, `1m04s`, `2h05m`, `3d04h`.
pub fn duration(nanos: u64) -> String {
    let seconds = nanos / SECOND;
    let tenths = (nanos + SECOND / 20) / (SECOND / 10);
    match nanos {
        0 => "0".to_owned(),
        1..MICRO => format!("{nanos}ns"),
        MICRO..MILLI => format!("{}µs", nanos / MICRO),
        MILLI..SECOND => format!("{}ms", nanos / MILLI),
        _ if tenths < 100 => format!("{}.{}s", tenths / 10, tenths % 10),
        _ if seconds < 60 => format!("{}s", seconds.max(10)),
        _ if seconds < 3600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ if seconds < 86_400 => format!("{}h{:02}m", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{}d{:02}h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}

/// A count in at most five columns: `640`, `1.1k`, `12.4k`, `124k`, `1.2M`.
pub fn count(number: u64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(1_000_000_000_000, "T"), (1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")];
    // the unit starts a little early where rounding would print 1000 of the smaller one
    let unit = UNITS.iter().find(|(size, _)| number >= size - size / 2_000);
    match unit {
        None => number.to_string(),
        Some((size, sign)) if number < size.saturating_mul(100) - size / 20 => {
            let tenths = (number + size / 20) / (size / 10);
            format!("{}.{}{sign}", tenths / 10, tenths % 10)
        }
        Some((size, sign)) => format!("{}{sign}", (number + size / 2) / size),
    }
}

/// A sum of tokens, `≥` before it where an answered call told nothing, `?` where none did; empty without any call.
pub fn tokens(totals: &TokenTotals, number: u64) -> String {
    match (totals.known, totals.unknown) {
        (0, 0) => String::new(),
        (0, _) => UNKNOWN.to_owned(),
        (_, 0) => count(number),
        _ => format!("{AT_LEAST}{}", count(number)),
    }
}

/// Money: `$4.81`, `$0.052`, `$0.0042`, `<$0.0001`, `$12.3k`.
pub fn money(amount: NanoUsd) -> String {
    let nano = amount.0.max(0).unsigned_abs();
    match nano {
        0 => "$0".to_owned(),
        1..50_000 => "<$0.0001".to_owned(),
        50_000..9_950_000 => decimal(nano, 4),
        9_950_000..999_500_000 => decimal(nano, 3),
        999_500_000..9_999_995_000_000 => decimal(nano, 2),
        _ => format!("${}", count(nano / SECOND)),
    }
}

/// `nano` dollars with `places` after the point, rounded.
fn decimal(nano: u64, places: u32) -> String {
    let unit = 10_u64.pow(9 - places);
    let rounded = (nano + unit / 2) / unit;
    let whole = 10_u64.pow(places);
    format!("${}.{:0places$}", rounded / whole, rounded % whole, places = places as usize)
}

/// Money to the micro-dollar, or to the nano-dollar where there is more: `$0.002900`, `$0.000000075`.
pub fn exact(amount: NanoUsd) -> String {
    let nano = amount.0.max(0).unsigned_abs();
    let (whole, part) = (nano / SECOND, nano % SECOND);
    if part.is_multiple_of(1_000) {
        format!("${whole}.{:06}", part / 1_000)
    } else {
        format!("${whole}.{part:09}")
    }
}

/// The same with blanks behind, so that points stand under each other at the right of a column that also holds
/// nano-dollars.
pub fn exact_beside(amount: NanoUsd, has_nano: bool) -> String {
    let text = exact(amount);
    if has_nano && !is_fine(amount) { text + "   " } else { text }
}

/// Whether an amount has nano-dollars below its micro-dollars.
pub const fn is_fine(amount: NanoUsd) -> bool {
    amount.0 % 1_000 != 0
}

/// A price for a million tokens, as price lists write it: `$3.00`, `$0.075`.
pub fn per_million(price: PerMillion) -> String {
    let digits = format!("{:09}", price % SECOND);
    let cents = digits.trim_end_matches('0');
    format!("${}.{cents:0<2}", price / SECOND)
}

/// A number in full, in groups of three: `12 400`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(" ")
}

/// How far `other` is from `amount`: `, 4.2% more`, `, 31% less`; empty where either is nothing.
pub fn difference(amount: NanoUsd, other: NanoUsd) -> String {
    let (amount, other) = (amount.0.max(0).unsigned_abs(), other.0.max(0).unsigned_abs());
    let word = if other > amount { "more" } else { "less" };
    let apart = u128::from(amount.abs_diff(other));
    match (apart * 1000).checked_div(amount.into()) {
        None => String::new(),
        Some(tenths) if tenths < 100 => format!(", {}.{}% {word}", tenths / 10, tenths % 10),
        Some(tenths) => format!(", {}% {word}", tenths / 10),
    }
}

/// The cost of one call, `?` where it is unknown.
pub fn cost(cost: Option<Cost>) -> String {
    cost.map_or_else(|| UNKNOWN.to_owned(), |c| money(c.amount))
}

/// A sum of costs: `≥` before it where a part is unknown, `?` where all is; empty without any call.
pub fn cost_total(total: &CostTotal) -> String {
    match total.known() {
        Some(amount) if total.is_partial() => format!("{AT_LEAST}{}", money(amount)),
        Some(amount) => money(amount),
        None if total.is_partial() => UNKNOWN.to_owned(),
        None => String::new(),
    }
}

/// `part` of `whole`, rounded down so that only all is 100%: `57%`; empty where there is no whole.
pub fn percent(part: u64, whole: u64) -> String {
    match whole {
        0 => String::new(),
        _ => format!("{}%", u128::from(part) * 100 / u128::from(whole)),
    }
}

/// Bytes, decimal as files are sold: `312 B`, `12.4 MB`.
pub fn bytes(number: u64) -> String {
    if number < 1000 {
        return format!("{number} B");
    }
    let short = count(number);
    let (digits, unit) = short.split_at(short.len() - 1);
    format!("{digits} {unit}B")
}

/// Time of day: `14:02:11`; `?` where no time was given.
pub fn clock(time: UnixNanos, zone: Zone) -> String {
    if time == 0 {
        return UNKNOWN.to_owned();
    }
    zone.naive(time).format("%H:%M:%S").to_string()
}

/// When something began, as seen from `now`: time of day today, else with its date, in at most twelve columns.
pub fn started(time: UnixNanos, now: UnixNanos, zone: Zone) -> String {
    if time == 0 {
        return UNKNOWN.to_owned();
    }
    let (at, today) = (zone.naive(time), zone.naive(now));
    let pattern = match () {
        () if at.date() == today.date() => "%H:%M:%S",
        () if at.year() == today.year() => "%b %d %H:%M",
        () => "%Y-%m-%d",
    };
    at.format(pattern).to_string()
}

/// A moment in texts that are read on another day: date and time to the second.
pub fn moment(time: UnixNanos, zone: Zone) -> String {
    if time == 0 { UNKNOWN.to_owned() } else { zone.naive(time).format("%Y-%m-%d %H:%M:%S").to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_short() {
        for (nanos, text) in [
            (0, "0"),
            (999, "999ns"),
            (40_000, "40µs"),
            (40_400_000, "40ms"),
            (999_999_999, "999ms"),
            (1_234_567_890, "1.2s"),
            (9_960_000_000, "10s"),
            (59_999_999_999, "59s"),
            (64 * SECOND, "1m04s"),
            (7_500 * SECOND, "2h05m"),
            (273_600 * SECOND, "3d04h"),
        ] {
            assert_eq!(duration(nanos), text, "{nanos}");
        }
    }

    #[test]
    fn counts_are_short() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1.0k"),
            (1_149, "1.1k"),
            (12_440, "12.4k"),
            (99_940, "99.9k"),
            (99_960, "100k"),
            (999_400, "999k"),
            (999_500, "1.0M"),
            (1_240_000, "1.2M"),
        ] {
            assert_eq!(count(number), text, "{number}");
        }
        assert_eq!(bytes(312), "312 B");
        assert_eq!(bytes(12_400_000), "12.4 MB");
    }

    #[test]
    fn money_keeps_the_figures_that_matter() {
        for (nano, text) in [
            (0, "$0"),
            (1, "<$0.0001"),
            (4_200_000, "$0.0042"),
            (9_949_999, "$0.0099"),
            (9_950_000, "$0.010"),
            (52_000_000, "$0.052"),
            (310_000_000, "$0.310"),
            (999_600_000, "$1.00"),
            (4_810_000_000, "$4.81"),
            (12_345_000_000_000, "$12.3k"),
        ] {
            assert_eq!(money(NanoUsd(nano)), text, "{nano}");
        }
    }

    #[test]
    fn exact_figures_lose_nothing() {
        for (nano, text) in
            [(2_900_000, "$0.002900"), (75, "$0.000000075"), (0, "$0.000000"), (12_340_000_000, "$12.340000")]
        {
            assert_eq!(exact(NanoUsd(nano)), text);
        }
        for (price, text) in
            [(3_000_000_000, "$3.00"), (75_000_000, "$0.075"), (0, "$0.00"), (3_750_000_000, "$3.75")]
        {
            assert_eq!(per_million(price), text);
        }
        for (number, text) in
            [(0, "0"), (999, "999"), (1_000, "1 000"), (12_400, "12 400"), (1_234_567, "1 234 567")]
        {
            assert_eq!(grouped(number), text);
        }
        for (a, b, text) in [(1000, 1042, ", 4.2% more"), (1000, 690, ", 31% less"), (0, 5, "")] {
            assert_eq!(difference(NanoUsd(a), NanoUsd(b)), text);
        }
    }

    #[test]
    fn a_sum_with_an_unknown_part_says_so() {
        let total =
            |reported, unknown| CostTotal { amount: NanoUsd(21_000_000), reported, computed: 0, unknown };
        assert_eq!(cost_total(&total(1, 0)), "$0.021");
        assert_eq!(cost_total(&total(1, 1)), "≥$0.021");
        assert_eq!(cost_total(&total(0, 1)), "?");
        assert_eq!(cost_total(&total(0, 0)), "");
        let totals = |known, unknown| TokenTotals { known, unknown, ..TokenTotals::default() };
        assert_eq!(tokens(&totals(1, 0), 640), "640");
        assert_eq!(tokens(&totals(1, 1), 640), "≥640");
        assert_eq!(tokens(&totals(0, 1), 0), "?");
        assert_eq!(tokens(&totals(0, 0), 0), "");
        assert_eq!(percent(999, 1000), "99%");
        assert_eq!(percent(1, 0), "");
    }

    #[test]
    fn a_start_names_its_day_unless_it_is_today() {
        let noon = 1_763_726_531 * SECOND; // 2025-11-21 12:02:11 UTC
        assert_eq!(clock(noon, Zone::Utc), "12:02:11");
        assert_eq!(started(noon, noon + SECOND, Zone::Utc), "12:02:11");
        assert_eq!(started(noon - 86_400 * SECOND, noon, Zone::Utc), "Nov 20 12:02");
        assert_eq!(started(noon - 366 * 86_400 * SECOND, noon, Zone::Utc), "2024-11-20");
        assert_eq!(started(0, noon, Zone::Utc), "?");
    }

    proptest! {
        #[test]
        fn figures_fit_their_columns(number: u64) {
            prop_assert!(count(number % 1_000_000_000_000_000).chars().count() <= 5);
            prop_assert!(duration(number % (1000 * 86_400 * SECOND)).chars().count() <= 7);
            prop_assert!(money(NanoUsd(i64::try_from(number / 2).unwrap())).chars().count() <= 8);
            prop_assert!(started(number, number / 2, Zone::Local).chars().count() <= 12);
        }
    }
}
