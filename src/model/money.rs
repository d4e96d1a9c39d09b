//! Money as whole nano-dollars: sums are exact, floats appear only where people read them.

use super::{UnixNanos, Usage};

/// Billionths of a US dollar. The cheapest list price per token is tens of these; `i64` holds nine billion dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NanoUsd(pub i64);

impl NanoUsd {
    /// From dollars, rounded to the nearest nano-dollar; `None` for NaN, infinite, negative or absurd amounts.
    pub fn from_usd(usd: f64) -> Option<Self> {
        let nano = (usd * 1e9).round();
        // 2^63 nano-dollars; every smaller non-negative float is exact in i64
        #[expect(clippy::cast_possible_truncation, reason = "the range was just checked")]
        (0.0..9.2e18).contains(&nano).then_some(Self(nano as i64))
    }

    /// In dollars, for showing.
    pub fn usd(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

/// Where a cost came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CostSource {
    /// The client said so.
    Reported,
    /// Computed from a named price.
    Computed,
}

/// The cost of one call, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// How much.
    pub amount: NanoUsd,
    /// Who says so.
    pub source: CostSource,
}

/// Costs of several calls, each counted once, that know what they lack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CostTotal {
    /// Sum of what is known.
    pub amount: NanoUsd,
    /// Calls whose cost the client reported.
    pub reported: u64,
    /// Calls whose cost was computed.
    pub computed: u64,
    /// Calls without a cost: with any, the sum is a lower bound.
    pub unknown: u64,
}

impl CostTotal {
    /// Adds one call's cost, `None` where it is unknown.
    pub fn add(&mut self, cost: Option<Cost>) {
        self.apply(cost, 1);
    }

    /// Takes back what [`Self::add`] added.
    pub fn subtract(&mut self, cost: Option<Cost>) {
        self.apply(cost, -1);
    }

    /// Adds other sums.
    pub fn merge(&mut self, other: &Self) {
        self.amount.0 = self.amount.0.saturating_add(other.amount.0);
        self.reported += other.reported;
        self.computed += other.computed;
        self.unknown += other.unknown;
    }

    fn apply(&mut self, cost: Option<Cost>, sign: i64) {
        let counter = match cost.map(|c| c.source) {
            Some(CostSource::Reported) => &mut self.reported,
            Some(CostSource::Computed) => &mut self.computed,
            None => &mut self.unknown,
        };
        *counter = counter.saturating_add_signed(sign);
        let amount = cost.map_or(0, |c| c.amount.0).saturating_mul(sign);
        self.amount.0 = self.amount.0.saturating_add(amount);
    }

    /// The contract's word for it: `reported`, `computed`, `mixed`, `partial` or `unknown`.
    pub const fn source(&self) -> &'static str {
        match (self.reported > 0, self.computed > 0, self.unknown > 0) {
            (false, false, _) => "unknown",
            (_, _, true) => "partial",
            (true, true, false) => "mixed",
            (true, false, false) => "reported",
            (false, true, false) => "computed",
        }
    }

    /// The sum, `None` where nothing is known.
    pub fn known(&self) -> Option<NanoUsd> {
        (self.reported + self.computed > 0).then_some(self.amount)
    }

    /// Whether parts are missing from the sum (shown as "≥").
    pub const fn is_partial(&self) -> bool {
        self.unknown > 0
    }
}

/// What is known about one call when its price is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PriceQuery {
    /// Model that answered: dated snapshots and what stands behind an alias.
    pub response_model: Option<String>,
    /// Model asked for.
    pub request_model: Option<String>,
    /// Provider as the telemetry spells it.
    pub provider: Option<String>,
    /// Host or URL of the API.
    pub server: Option<String>,
    /// Service tier of the response (`flex`, `priority`, …).
    pub service_tier: Option<String>,
    /// Tokens.
    pub usage: Usage,
    /// Start of the call: prices have dates and times of day.
    pub at: UnixNanos,
    /// Cost the client reported.
    pub reported: Option<NanoUsd>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_says_where_it_came_from() {
        let reported = Some(Cost { amount: NanoUsd(3), source: CostSource::Reported });
        let computed = Some(Cost { amount: NanoUsd(4), source: CostSource::Computed });
        for (costs, source, known) in [
            (&[][..], "unknown", None),
            (&[None], "unknown", None),
            (&[reported], "reported", Some(3)),
            (&[computed, computed], "computed", Some(8)),
            (&[reported, computed], "mixed", Some(7)),
            (&[reported, None], "partial", Some(3)),
        ] {
            let mut total = CostTotal::default();
            for &cost in costs {
                total.add(cost);
            }
            assert_eq!((total.source(), total.known()), (source, known.map(NanoUsd)), "{costs:?}");
            for &cost in costs {
                total.subtract(cost);
            }
            assert_eq!(total, CostTotal::default());
        }
    }

    #[test]
    fn absurd_amounts_are_unknown() {
        assert_eq!(NanoUsd::from_usd(0.0029), Some(NanoUsd(2_900_000)));
        for usd in [f64::NAN, f64::INFINITY, -0.1, 1e12] {
            assert_eq!(NanoUsd::from_usd(usd), None, "{usd}");
        }
    }
}
