//! Amounts as they are typed after a field.

use chrono::{NaiveDate, NaiveDateTime};

use crate::model::{NanoUsd, UnixNanos};
use crate::report::format::Zone;

/// A moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// So many nanoseconds before now.
    Ago(u64),
    At(UnixNanos),
}

impl When {
    pub(super) const fn at(self, now: UnixNanos) -> UnixNanos {
        match self {
            Self::Ago(nanos) => now.saturating_sub(nanos),
            Self::At(time) => time,
        }
    }

    pub(super) const fn is_relative(self) -> bool {
        matches!(self, Self::Ago(_))
    }
}

/// Nano-dollars of `0.10`, `$0.10`.
pub(super) fn money(text: &str) -> Option<u64> {
    let dollars: f64 = text.trim_start_matches('$').parse().ok()?;
    NanoUsd::from_usd(dollars).map(|amount| amount.0.unsigned_abs())
}

/// `640`, `10k`, `1.2M`, and with a `%` behind.
pub(super) fn count(text: &str) -> Option<u64> {
    scaled(text.trim_end_matches('%'), &[("k", 1e3), ("K", 1e3), ("m", 1e6), ("M", 1e6), ("G", 1e9)], 1.0)
}

/// Nanoseconds of `90s`, `1.5m`, `2h`, `250ms`, `3d`, `1w`; a bare number is seconds.
pub(super) fn duration(text: &str) -> Option<u64> {
    const DAY: f64 = 86_400e9;
    let units =
        [("ms", 1e6), ("s", 1e9), ("min", 60e9), ("m", 60e9), ("h", 3600e9), ("d", DAY), ("w", 7.0 * DAY)];
    scaled(text, &units, 1e9)
}

fn scaled(text: &str, units: &[(&str, f64)], bare: f64) -> Option<u64> {
    let given = units.iter().find_map(|(unit, size)| Some((text.strip_suffix(unit)?, *size)));
    let (number, size) = given.unwrap_or((text, bare));
    let number = number.parse::<f64>().ok()? * size;
    // below 2^63; what is no number is in no range
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was just checked")]
    (0.0..9.2e18).contains(&number).then_some(number as u64)
}

/// A time ago, or a date with or without its time of day on the clock of `zone`. Of a day the first moment, or with
/// `whole` the last.
pub(super) fn when(text: &str, zone: Zone, whole: bool) -> Option<When> {
    const TIMES: [&str; 4] = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"];
    if let Some(ago) = duration(text).filter(|_| text.ends_with(|c: char| c.is_alphabetic())) {
        return Some(When::Ago(ago));
    }
    let time = TIMES.iter().find_map(|pattern| NaiveDateTime::parse_from_str(text, pattern).ok());
    let time = time.or_else(|| {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        if whole { day.and_hms_nano_opt(23, 59, 59, 999_999_999) } else { day.and_hms_opt(0, 0, 0) }
    });
    zone.instant(time?).map(When::At)
}
