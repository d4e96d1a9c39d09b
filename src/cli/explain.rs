//! Why a call costs what it does: its raw telemetry read again, and the price of today's settings for it.

use super::told;
use crate::model::{Cost, CostSource, Explanation, PriceQuery, Step, Usage};
use crate::price::Prices;
use crate::store::{Reader, StoreError};

/// Explains the cost of `step`, whose call used `usage` and cost `cost` by what all its reports tell.
pub(super) fn call(
    reader: &Reader,
    prices: &Prices,
    step: &Step,
    usage: &Usage,
    cost: Option<Cost>,
) -> Result<Explanation, StoreError> {
    Ok(query(told::read(reader, step.key)?.pricing, prices, step, usage, cost))
}

/// The same where the raw telemetry was read already: `asked` is the question that it alone asks.
pub(super) fn query(
    asked: PriceQuery,
    prices: &Prices,
    step: &Step,
    usage: &Usage,
    cost: Option<Cost>,
) -> Explanation {
    prices.explain(&completed(asked, step, usage, cost))
}

/// The question with what other reports of the call tell; its names from the step where the record is not at hand or
/// tells no figures.
fn completed(query: PriceQuery, step: &Step, usage: &Usage, cost: Option<Cost>) -> PriceQuery {
    let reported = cost.filter(|cost| cost.source == CostSource::Reported).map(|cost| cost.amount);
    let nameless = query.response_model.is_none() && query.request_model.is_none();
    PriceQuery {
        response_model: query
            .response_model
            .or_else(|| step.model.as_deref().filter(|_| nameless).map(str::to_owned)),
        provider: query.provider.or_else(|| step.provider.as_deref().map(str::to_owned)),
        usage: *usage,
        at: step.start,
        reported: reported.or(query.reported),
        ..query
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NanoUsd;
    use crate::model::fixture;

    #[test]
    fn what_other_reports_tell_is_explained_too() {
        let step =
            Step { model: Some("gpt-4o".into()), provider: Some("openai".into()), ..fixture::step(1, 0) };
        let usage = Usage { input: Some(10), output: Some(1), cache_read: Some(8), ..Usage::default() };
        let cost = Some(Cost { amount: NanoUsd(7), source: CostSource::Reported });
        let query = completed(PriceQuery::default(), &step, &usage, cost);
        assert_eq!(
            (query.response_model.as_deref(), query.provider.as_deref()),
            (Some("gpt-4o"), Some("openai"))
        );
        assert_eq!((query.usage, query.reported, query.at), (usage, Some(NanoUsd(7)), step.start));
        let asked = PriceQuery { request_model: Some("house".into()), ..PriceQuery::default() };
        assert_eq!(completed(asked, &step, &usage, None).response_model, None, "its own names stand");
    }
}
