//! Amounts as they are typed.

use crate::analyze::verdict::{Factor, Fault};
use crate::config::TimeSpan;
use crate::model::NanoUsd;

/// Dollars, `0.50` or `$0.50`.
pub(super) fn money(text: &str) -> Result<NanoUsd, String> {
    let dollars = text.trim().trim_start_matches('$').parse().ok();
    dollars.and_then(NanoUsd::from_usd).ok_or_else(|| "no amount of dollars, such as 0.50".to_owned())
}

/// Nanoseconds of `90s`, `1.5m`, `2h`, `250ms`; a bare number is seconds.
pub(super) fn duration(text: &str) -> Result<u64, String> {
    text.parse().map(|TimeSpan(nanos)| nanos).map_err(str::to_owned)
}

/// A factor above 0: `1.2`.
pub(super) fn factor(text: &str) -> Result<Factor, String> {
    let factor = text.trim().trim_end_matches(['x', '×']).parse().ok();
    factor.and_then(Factor::new).ok_or_else(|| "no factor, such as 1.2".to_owned())
}

/// A rule of `--fail-on`.
pub(super) fn fault(text: &str) -> Result<Fault, String> {
    let known = || Fault::all().map(Fault::name).collect::<Vec<_>>().join(", ");
    Fault::from_name(text).ok_or_else(|| format!("no such rule; there are {}", known()))
}

#[cfg(test)]
mod tests {
    use super::*;

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
