//! A price in words and figures, for people who ask why.

use super::resolve::{Reason, Tariff};
use crate::model::{NanoUsd, PriceQuery};

/// Where the cost of a call comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The rule that priced it.
    pub basis: Basis,
    /// What the client reported; wins over what was computed.
    pub reported: Option<NanoUsd>,
    /// What the tokens cost by `basis`; `None` where that is unknown.
    pub computed: Option<NanoUsd>,
    /// The arithmetic behind `computed`.
    pub parts: Vec<PartCost>,
}

/// The rule behind a computed price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Basis {
    /// List price of this model of this provider, as the price list calls them.
    List {
        /// Provider.
        provider: String,
        /// Model.
        model: String,
    },
    /// The provider runs on the user's own machine.
    Local,
    /// A router's free variant.
    Free,
    /// No price, and why.
    Unknown(&'static str),
}

/// One kind of tokens of one call.
#[derive(Clone, Debug, PartialEq)]
pub struct PartCost {
    /// Which tokens.
    pub name: &'static str,
    /// How many, not counted in any other part.
    pub tokens: u64,
    /// Dollars for a million of them.
    pub usd_per_million: f64,
    /// Tokens times price.
    pub amount: NanoUsd,
}

/// Puts the explanation together.
pub(super) fn explain(
    query: &PriceQuery,
    tariff: &Tariff,
    parts: Option<(Vec<PartCost>, NanoUsd)>,
) -> Explanation {
    let basis = match tariff {
        Tariff::Free => Basis::Free,
        Tariff::Local => Basis::Local,
        Tariff::Listed(card) => Basis::List { provider: card.provider.clone(), model: card.model.clone() },
        Tariff::Unknown(reason) => Basis::Unknown(match reason {
            Reason::NoModel => "the span names no model",
            Reason::NotListed => "no price is known for this model",
            Reason::NotByToken => "the price list has no price per token for this model",
        }),
    };
    let is_zero = matches!(basis, Basis::Free | Basis::Local) && query.usage.is_known();
    let (parts, total) = parts.unzip();
    Explanation {
        basis,
        reported: query.reported,
        computed: total.or(is_zero.then_some(NanoUsd(0))),
        parts: parts.unwrap_or_default(),
    }
}
