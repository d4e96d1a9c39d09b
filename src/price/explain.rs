//! A price in words and figures, for people who ask why.

use super::LIST;
use super::resolve::{Reason, Tariff};
use crate::model::{Basis, Explanation, NanoUsd, PriceQuery, Rates, TokenKind, Usage};

/// All that costs nothing.
const NOTHING: Rates = Rates { units: [Some(0); 8], request: NanoUsd(0) };

impl Tariff {
    /// What tokens of a call with this usage cost each, and the threshold of input that it passed.
    pub(super) fn rates(&self, usage: &Usage) -> (Option<u64>, Option<Rates>) {
        match self {
            Self::Free | Self::Local => (None, Some(NOTHING)),
            Self::Own(own) => (None, Some(own.rates)),
            Self::Listed(card) => {
                let (above, rates) = card.rates(usage.input.unwrap_or(0));
                (above, rates.copied())
            }
            Self::Unknown(_) => (None, None),
        }
    }

    fn basis(&self) -> Basis {
        match self {
            Self::Free => Basis::Free,
            Self::Local => Basis::Local,
            Self::Own(own) => Basis::Override { model: own.model.clone(), place: own.place.clone() },
            Self::Listed(card) => Basis::List {
                list: LIST.to_owned(),
                provider: card.provider.clone(),
                model: card.model.clone(),
                discount: card.discount,
            },
            Self::Unknown(reason) => Basis::Unknown(match reason {
                Reason::NoModel => "the call names no model",
                Reason::NotListed => "no price is known for this model",
                Reason::NotByToken => "the price list has no price per token for this model",
            }),
        }
    }
}

/// Puts the explanation together.
pub(super) fn explain(query: &PriceQuery, alias: Option<&str>, tariff: &Tariff) -> Explanation {
    let usage = query.usage;
    let (tier_above, rates) = tariff.rates(&usage);
    let computed = rates.and_then(|rates| rates.cost(&usage));
    let mut models: Vec<String> =
        [&query.response_model, &query.request_model].into_iter().flatten().cloned().collect();
    models.dedup();
    let priced = rates.filter(|_| computed.is_some());
    Explanation {
        basis: tariff.basis(),
        provider: query.provider.clone(),
        models,
        alias: alias.map(str::to_owned),
        service_tier: query.service_tier.clone(),
        tier_above,
        at: query.at,
        usage,
        reported: query.reported,
        computed,
        parts: priced.map(|rates| rates.parts(&usage)).unwrap_or_default(),
        request: priced.map_or(NanoUsd(0), |rates| rates.request),
        why_unknown: computed.is_none().then(|| why_unknown(&usage, tariff)),
        doubts: priced.map(|rates| doubts(&usage, &rates)).unwrap_or_default(),
    }
}

fn why_unknown(usage: &Usage, tariff: &Tariff) -> &'static str {
    match tariff.basis() {
        _ if !usage.is_known() => "the call tells no tokens",
        Basis::Unknown(why) => why,
        _ if usage.output.is_none() => "the call does not tell its output tokens",
        _ if usage.input.is_none() => "the call does not tell its input tokens",
        _ if usage.by_kind().is_none() => "its counts contradict each other: parts are larger than the whole",
        _ => "the price list has no price for one kind of its tokens",
    }
}

/// What stands between the figure and certainty.
fn doubts(usage: &Usage, rates: &Rates) -> Vec<&'static str> {
    let price = |kind: TokenKind| rates.units[kind as usize];
    let differ = |a, b| price(a) != price(b);
    let cheaper = price(TokenKind::CacheRead) < price(TokenKind::Input);
    let said = [
        (
            usage.ambiguous_cache,
            "the telemetry does not tell whether input holds the cached tokens: taken as holding them",
        ),
        (
            usage.cache_read.is_none() && usage.input > Some(0) && cheaper,
            "cached tokens are not told: the call cost less if some of its input came from a cache",
        ),
        (
            usage.cache_write > Some(0)
                && usage.cache_write_1h.is_none()
                && differ(TokenKind::CacheWrite, TokenKind::CacheWrite1h),
            "how long written tokens stay cached is not told: priced as minutes, an hour costs more",
        ),
    ];
    said.into_iter().filter(|(so, _)| *so).map(|(_, words)| words).collect()
}
