//! The lines of `show --explain-cost --json`: one per call, then their sum.

use serde::Serialize;

use super::line::Tokens;
use super::number::{Decimal, rfc3339};
use crate::model::{Basis, CostTotal, PartCost};
use crate::report::cost::{Call, notes, source};

/// One call.
#[derive(Serialize)]
pub(super) struct CallRow<'a> {
    index: usize,
    span_id: String,
    kind: &'static str,
    name: &'a str,
    provider: Option<&'a str>,
    models: &'a [String],
    started_at: Option<String>,
    tokens: Option<Tokens>,
    cost_usd: Option<Decimal>,
    cost_source: &'static str,
    reported_usd: Option<Decimal>,
    computed_usd: Option<Decimal>,
    price: Price<'a>,
    parts: Vec<Part>,
    request_usd: Decimal,
    unknown: Option<&'static str>,
    notes: Vec<String>,
}

/// The rule behind the computed price.
#[derive(Serialize)]
struct Price<'a> {
    basis: &'static str,
    source: Option<&'a str>,
    provider: Option<&'a str>,
    model: Option<&'a str>,
    alias: Option<&'a str>,
    service_tier: Option<&'a str>,
    above_input_tokens: Option<u64>,
    discount: Option<Decimal>,
}

#[derive(Serialize)]
struct Part {
    tokens_of: &'static str,
    tokens: u64,
    usd_per_million: Decimal,
    usd: Decimal,
}

/// The sum of the calls.
#[derive(Serialize)]
pub(super) struct Sum<'a> {
    run_id: &'a str,
    cost_usd: Option<Decimal>,
    cost_source: &'static str,
    calls_reported: u64,
    calls_computed: u64,
    calls_unknown: u64,
}

impl<'a> CallRow<'a> {
    pub(super) fn new(call: &'a Call<'a>) -> Self {
        let (step, why) = (call.step, &call.why);
        Self {
            index: call.index,
            span_id: step.span_id.to_string(),
            kind: step.kind.name(),
            name: &step.name,
            provider: why.provider.as_deref(),
            models: &why.models,
            started_at: rfc3339(step.start),
            tokens: Tokens::of_step(&why.usage),
            cost_usd: call.cost.map(|cost| Decimal::usd(cost.amount)),
            cost_source: source(call.cost),
            reported_usd: why.reported.map(Decimal::usd),
            computed_usd: why.computed.map(Decimal::usd),
            price: price(call),
            parts: why.parts.iter().map(part).collect(),
            request_usd: Decimal::usd(why.request),
            unknown: why.why_unknown,
            notes: notes(step, call.cost, why).into_iter().map(|(_, words)| words).collect(),
        }
    }
}

fn price<'a>(call: &'a Call<'a>) -> Price<'a> {
    let why = &call.why;
    let (source, provider, model, discount) = match &why.basis {
        Basis::List { list, provider, model, discount } => {
            (Some(list), Some(provider), Some(model), *discount)
        }
        Basis::Override { model, place } => (Some(place), None, Some(model), None),
        Basis::Local | Basis::Free | Basis::Unknown(_) => (None, None, None, None),
    };
    Price {
        basis: why.basis.name(),
        source: source.map(String::as_str),
        provider: provider.map(String::as_str),
        model: model.map(String::as_str),
        alias: why.alias.as_deref(),
        service_tier: why.service_tier.as_deref(),
        above_input_tokens: why.tier_above,
        discount: discount.map(Decimal::millionths),
    }
}

fn part(part: &PartCost) -> Part {
    Part {
        tokens_of: part.kind.name(),
        tokens: part.tokens,
        usd_per_million: Decimal::nano(part.per_million),
        usd: Decimal::usd(part.amount),
    }
}

impl<'a> Sum<'a> {
    pub(super) fn new(run_id: &'a str, calls: &[Call<'_>]) -> Self {
        let mut total = CostTotal::default();
        for call in calls {
            total.add(call.cost);
        }
        Self {
            run_id,
            cost_usd: total.known().map(Decimal::usd),
            cost_source: total.source(),
            calls_reported: total.reported,
            calls_computed: total.computed,
            calls_unknown: total.unknown,
        }
    }
}
