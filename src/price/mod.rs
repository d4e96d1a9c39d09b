//! What a call cost: usage, model and date to money or unknown, and where the price came from.
//!
//! Owns the way from a span's words (provider, model, tier) to a list price of `genai-prices`, and the arithmetic on
//! it (`prices.md`). Must not know spans, dialects, stores or clocks. Money is whole nano-dollars; a model nobody has a
//! price for stays unknown, never another model's price and never zero.
//!
//! The library takes 94 ms to decode its data, 6 µs for a price and 21 µs for a miss. So names are resolved once, and
//! of each model and day a `card` of unit prices is kept; a price is then a look-up and eight products.

mod cache;
mod card;
mod explain;
mod names;
mod overrides;
mod resolve;

use std::sync::{Arc, Mutex, PoisonError};

use genai_prices::Calculator;

use crate::model::{Cost, CostSource, Explanation, PriceQuery, Rates};
use cache::Cache;
use overrides::Rules;
pub use overrides::{Override, Overrides, OwnRates};
use resolve::Tariff;

/// The price list that this release was built with.
const LIST: &str = "genai-prices 0.2.1";

/// Prices of models, by date.
pub struct Prices {
    calculator: fn() -> &'static Calculator,
    rules: Rules,
    cache: Mutex<Cache>,
}

/// What a call cost, and what its tokens cost each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Priced {
    /// What the client reported, else what was computed; `None` is unknown.
    pub cost: Option<Cost>,
    /// The prices behind a computed cost, as long as another report of the call may tell more of its tokens.
    pub rates: Option<Arc<Rates>>,
}

impl Prices {
    /// The prices this release was built with. Cheap: the data is decoded when first needed, see [`Self::warm_up`].
    pub fn bundled() -> Self {
        Self::new(Overrides::default())
    }

    /// The same below what the user says.
    pub fn new(overrides: Overrides) -> Self {
        Self { calculator: Calculator::bundled, rules: Rules::new(overrides), cache: Mutex::default() }
    }

    /// Decodes the data now (about 0.1 s), so that the first call to be priced need not wait.
    pub fn warm_up(&self) {
        (self.calculator)();
    }

    /// What the call cost: what the client reported, else its tokens at the price of that day; `None` is unknown.
    pub fn cost(&self, query: &PriceQuery) -> Option<Cost> {
        self.price(query).cost
    }

    /// The same with the prices behind it.
    pub fn price(&self, query: &PriceQuery) -> Priced {
        if let Some(amount) = query.reported {
            return Priced { cost: Some(Cost { amount, source: CostSource::Reported }), rates: None };
        }
        if !query.usage.is_known() {
            return Priced::default();
        }
        let tariff = self.tariff(query).1;
        let (_, rates) = tariff.rates(&query.usage);
        let cost = rates.as_deref().and_then(|rates| rates.cost(&query.usage));
        let cost = cost.map(|amount| Cost { amount, source: CostSource::Computed });
        let may_change = cost.is_some_and(|cost| cost.amount.0 > 0) && !query.usage.is_detailed();
        Priced { cost, rates: rates.filter(|_| may_change) }
    }

    /// Most tokens that the model of this call takes in at once; `None` where the price list does not tell.
    pub fn context_window(&self, query: &PriceQuery) -> Option<u64> {
        let listed = match self.tariff(query).1 {
            // the user's own price says nothing of it
            Tariff::Own(_) => self.listed(query),
            other => other,
        };
        if let Tariff::Listed(card) = listed { card.context_window } else { None }
    }

    /// Which rule prices the call, with the arithmetic; the computed price is given beside a reported one.
    pub fn explain(&self, query: &PriceQuery) -> Explanation {
        let (alias, tariff) = self.tariff(query);
        explain::explain(query, alias, &tariff)
    }

    /// What the user's aliases make of the model, and how the call is priced.
    fn tariff(&self, query: &PriceQuery) -> (Option<&str>, Tariff) {
        if let Some(own) = self.rules.price(query) {
            return (None, Tariff::Own(Arc::clone(own)));
        }
        let Some(target) = self.rules.alias(query) else { return (None, self.listed(query)) };
        let renamed = overrides::renamed(query, target);
        let own = self.rules.price(&renamed).map(|own| Tariff::Own(Arc::clone(own)));
        (Some(target), own.unwrap_or_else(|| self.listed(&renamed)))
    }

    fn listed(&self, query: &PriceQuery) -> Tariff {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.tariff((self.calculator)(), &self.rules, query)
    }
}

#[cfg(test)]
mod tests;
