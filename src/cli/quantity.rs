//! Amounts as they are typed.

use crate::analyze::verdict::{Factor, Fault};
use crate::model::NanoUsd;

/// Dollars, `0.50` or `$0.50`.
pub(super) fn money(text: &str) -> Result<NanoUsd, String> {
    let dollars = text.trim().trim_start_matches('$').parse().ok();
    dollars.and_then(NanoUsd::from_usd).ok_or_else(|| "no amount of dollars, such as 0.50".to_owned())
}

/// Nanoseconds of `90s`, `1.5m`, `2h`, `250ms`; a bare number is seconds.
pub(super) fn duration(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, f64); 4] = [("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9)];
    let text = text.trim();
    let given = UNITS.iter().find_map(|(unit, nanos)| Some((text.strip_suffix(unit)?, *nanos)));
    let (number, unit) = given.unwrap_or((text, 1e9));
    let nanos = number.trim().parse::<f64>().ok().map(|number| number * unit);
    // 2^63 nanoseconds are 292 years
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was just checked")]
    nanos
        .filter(|nanos| (0.0..9.2e18).contains(nanos))
        .map(|nanos| nanos as u64)
        .ok_or_else(|| "no duration, such as 90s, 1.5m or 2h".to_owned())
}

/// A factor above 0: `1.2`.
pub(super) fn factor(text: &str) -> Result<Factor, String> {
    let factor = text.trim().trim_end_matches(['x', '×']).parse().ok();
    factor.and_then(Factor::new).ok_or_else(|| "no factor, such as 1.2".to_owned())
}

/// A rule of `--fail-on`.
pub(super) fn fault(text: &str) -> Result<Fault, String> {
    let known = || Fault::ALL.map(|(_, word, _)| word).join(", ");
    Fault::from_name(text).ok_or_else(|| format!("no such rule; there are {}", known()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_with_or_without_a_unit() {
        for (text, expected) in [
            ("90", Some(90_000_000_000)),
            ("90s", Some(90_000_000_000)),
            ("1.5m", Some(90_000_000_000)),
            ("250ms", Some(250_000_000)),
            ("2h", Some(7_200_000_000_000)),
            ("-1s", None),
            ("soon", None),
            ("inf", None),
        ] {
            assert_eq!(duration(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn money_is_read_with_or_without_a_sign() {
        for (text, expected) in
            [("0.5", Some(500_000_000)), ("$0.5", Some(500_000_000)), ("-1", None), ("x", None)]
        {
            assert_eq!(money(text).ok(), expected.map(NanoUsd), "{text}");
        }
    }

    #[test]
    fn an_unknown_rule_is_told_the_known_ones() {
        assert!(fault("loops").unwrap_err().contains("handoff-cycle"));
    }
}
