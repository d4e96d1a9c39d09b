//! Numbers and times printed from integers, so that 2 900 000 nano-dollars are `0.0029` and not `0.0028999…`.

use std::str::FromStr;

use chrono::{DateTime, SecondsFormat};
use serde::ser::{Error, Serialize, Serializer};

use crate::model::{NanoUsd, UnixNanos};

/// A whole number of thousandths, millionths, …: `units / 10^places`, printed without trailing zeros.
#[derive(Clone, Copy)]
pub(super) struct Decimal {
    units: i128,
    places: usize,
}

impl Decimal {
    /// US dollars.
    pub(super) fn usd(amount: NanoUsd) -> Self {
        Self { units: amount.0.into(), places: 9 }
    }

    /// Dollars from nano-dollars that are no sum of money: unit prices.
    pub(super) fn nano(units: u64) -> Self {
        Self { units: units.into(), places: 9 }
    }

    /// A factor from parts of a million.
    pub(super) fn millionths(parts: u32) -> Self {
        Self { units: parts.into(), places: 6 }
    }

    /// Milliseconds.
    pub(super) fn ms(nanos: u64) -> Self {
        Self { units: nanos.into(), places: 6 }
    }

    /// Milliseconds of a difference, which may be less than nothing.
    pub(super) fn signed_ms(nanos: i64) -> Self {
        Self { units: nanos.into(), places: 6 }
    }

    fn text(self) -> String {
        let sign = if self.units < 0 { "-" } else { "" };
        let digits = format!("{:0width$}", self.units.unsigned_abs(), width = self.places + 1);
        let (whole, part) = digits.split_at(digits.len() - self.places);
        match part.trim_end_matches('0') {
            "" => format!("{sign}{whole}"),
            part => format!("{sign}{whole}.{part}"),
        }
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        serde_json::Number::from_str(&self.text()).map_err(S::Error::custom)?.serialize(to)
    }
}

/// RFC 3339 in UTC with all nine digits; `None` where no time was given.
pub(super) fn rfc3339(at: UnixNanos) -> Option<String> {
    const SECOND: u64 = 1_000_000_000;
    let seconds = i64::try_from(at / SECOND).ok().filter(|_| at != 0)?;
    let nanos = u32::try_from(at % SECOND).ok()?;
    Some(DateTime::from_timestamp(seconds, nanos)?.to_rfc3339_opts(SecondsFormat::Nanos, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_have_no_noise() {
        for (nano, text) in [
            (2_900_000, "0.0029"),
            (0, "0"),
            (1, "0.000000001"),
            (1_000_000_000, "1"),
            (12_340_000_000, "12.34"),
            (-1, "-0.000000001"),
            (i64::MAX, "9223372036.854775807"),
        ] {
            assert_eq!(serde_json::to_string(&Decimal::usd(NanoUsd(nano))).unwrap(), text);
        }
        assert_eq!(serde_json::to_string(&Decimal::ms(40_000_001)).unwrap(), "40.000001");
        assert_eq!(serde_json::to_string(&Decimal::ms(u64::MAX)).unwrap(), "18446744073709.551615");
    }

    #[test]
    fn times_keep_nanoseconds() {
        assert_eq!(rfc3339(1_767_225_600_000_000_001).unwrap(), "2026-01-01T00:00:00.000000001Z");
        assert_eq!(rfc3339(0), None);
        assert!(rfc3339(u64::MAX).unwrap().starts_with("2554-"));
    }
}
