//! The prices that the settings ask for.

use chrono::NaiveDate;

use crate::config::{Price, Settings};
use crate::model::{NanoUsd, UnixNanos};
use crate::price::{Override, Overrides, OwnRates, Prices};

/// Bundled prices below what the user says.
pub(super) fn of(settings: &Settings) -> Prices {
    let own = &settings.prices;
    Prices::new(Overrides {
        aliases: own.aliases.clone(),
        prices: own.overrides.iter().map(price).collect(),
        discounts: own.discounts.clone(),
    })
}

fn price(own: &Price) -> Override {
    let rates = OwnRates {
        input: own.input,
        output: own.output,
        cache_read: own.cache_read,
        cache_write: own.cache_write,
        cache_write_1h: own.cache_write_1h,
        per_request: NanoUsd(i64::try_from(own.per_request).unwrap_or(i64::MAX)),
    };
    Override {
        provider: own.provider.clone(),
        model: own.model.clone(),
        from: own.from.map_or(0, midnight),
        rates: rates.into(),
        place: own.place.clone(),
    }
}

/// The first moment of a day, UTC; of a day before 1970 or none at all, the beginning of time.
fn midnight((year, month, day): (u16, u8, u8)) -> UnixNanos {
    let date = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into());
    let start = date.and_then(|date| date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_nanos_opt());
    start.and_then(|start| u64::try_from(start).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_utc() {
        assert_eq!(midnight((2026, 1, 1)), 1_767_225_600_000_000_000);
        assert_eq!((midnight((1969, 1, 1)), midnight((2026, 2, 30))), (0, 0));
    }
}
