//! The user's own prices, names and discounts (`prices.md` 7), asked before any price list.

use std::sync::Arc;

use super::names;
use crate::model::{NanoUsd, PerMillion, PriceQuery, Rates, UnixNanos};

/// What the user says about prices.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// Names of deployments, routers or the house, and what stands behind each: `provider/model`, or a model alone.
    pub aliases: Vec<(String, String)>,
    /// Prices; the first that fits a call holds.
    pub prices: Vec<Override>,
    /// Factors on list prices by provider, in parts of a million; computed costs alone are touched by them.
    pub discounts: Vec<(String, u32)>,
}

/// A price that the user sets for models.
#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    /// Provider, as the telemetry or the price list spells it; `None` for any.
    pub provider: Option<String>,
    /// Name of a model, or a pattern in which `*` stands for any text and `?` for one character; case does not matter.
    pub model: String,
    /// Holds for calls from this moment on.
    pub from: UnixNanos,
    /// What tokens cost.
    pub rates: Rates,
    /// Where it is written, for people.
    pub place: String,
}

/// Prices of an override, nano-dollars for a million tokens; what is not set costs what all input costs.
#[derive(Clone, Copy, Debug, Default)]
pub struct OwnRates {
    /// Input.
    pub input: PerMillion,
    /// Output, reasoning and audio among it.
    pub output: PerMillion,
    /// Input read from the cache.
    pub cache_read: Option<PerMillion>,
    /// Input written to the cache.
    pub cache_write: Option<PerMillion>,
    /// Input written to the cache for an hour; what is not set costs what any written input costs.
    pub cache_write_1h: Option<PerMillion>,
    /// For every request.
    pub per_request: NanoUsd,
}

impl From<OwnRates> for Rates {
    fn from(own: OwnRates) -> Self {
        let written = own.cache_write.unwrap_or(own.input);
        let units = [
            own.input,
            own.cache_read.unwrap_or(own.input),
            written,
            own.cache_write_1h.unwrap_or(written),
            own.input,
            own.output,
            own.output,
            own.output,
        ];
        Self { units: units.map(Some), request: own.per_request }
    }
}

/// [`Overrides`] made ready to be asked.
#[derive(Debug, Default)]
pub(super) struct Rules {
    aliases: Vec<(String, String)>,
    prices: Vec<Arc<Override>>,
    discounts: Vec<(String, u32)>,
}

impl Rules {
    pub(super) fn new(overrides: Overrides) -> Self {
        let lower = |(name, target): (String, String)| (name.trim().to_lowercase(), target.trim().to_owned());
        let by_id = |(provider, factor): (String, u32)| (listed(&provider.trim().to_lowercase()), factor);
        Self {
            aliases: overrides.aliases.into_iter().map(lower).collect(),
            prices: overrides.prices.into_iter().map(Arc::new).collect(),
            discounts: overrides.discounts.into_iter().map(by_id).collect(),
        }
    }

    /// What stands behind the model of `query`, if the user named it: the model that answered is asked for first.
    pub(super) fn alias(&self, query: &PriceQuery) -> Option<&str> {
        if self.aliases.is_empty() {
            return None;
        }
        models(query).find_map(|model| {
            let forms = forms(model);
            let known = |form: &String| self.aliases.iter().find(|(name, _)| name == form);
            forms.iter().find_map(known).map(|(_, target)| target.as_str())
        })
    }

    /// The user's price for a call.
    pub(super) fn price(&self, query: &PriceQuery) -> Option<&Arc<Override>> {
        self.prices.iter().find(|price| {
            price.from <= query.at
                && price.provider.as_deref().is_none_or(|wanted| is_provider(wanted, query))
                && models(query).any(|model| forms(model).iter().any(|form| fits(&price.model, form)))
        })
    }

    /// The factor on list prices of a provider, as the price list calls it.
    pub(super) fn discount(&self, provider: &str) -> Option<u32> {
        self.discounts.iter().find(|(name, _)| name == provider).map(|&(_, factor)| factor)
    }
}

/// `query` asked for what stands behind its model's name.
pub(super) fn renamed(query: &PriceQuery, target: &str) -> PriceQuery {
    let (provider, model) = match target.split_once('/') {
        Some((provider, model)) => (Some(provider.to_owned()), model),
        None => (query.provider.clone(), target),
    };
    let response_model = Some(model.to_owned());
    PriceQuery { provider, response_model, request_model: None, server: None, ..query.clone() }
}

fn models(query: &PriceQuery) -> impl Iterator<Item = &str> {
    [&query.response_model, &query.request_model].into_iter().flatten().map(String::as_str)
}

/// Lower-case spellings of a model's name: as it is, and without what APIs and routers put before it.
fn forms(model: &str) -> Vec<String> {
    names::spellings(model).into_iter().map(|(_, form)| form.to_lowercase()).collect()
}

fn is_provider(wanted: &str, query: &PriceQuery) -> bool {
    let wanted = wanted.trim().to_lowercase();
    let told = query.provider.as_deref().unwrap_or_default().trim().to_lowercase();
    !told.is_empty() && (wanted == told || listed(&wanted) == listed(&told))
}

/// A provider as the price list calls it, or as it is.
fn listed(provider: &str) -> String {
    match names::vendor(provider) {
        names::Vendor::Priced(id) => id.to_owned(),
        names::Vendor::Local | names::Vendor::Unknown => provider.to_owned(),
    }
}

/// Whether `name` (lower-case) fits `pattern`. Remembers the last star: no more steps than pattern times name.
fn fits(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.trim().to_lowercase().chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(&c) if c == '?' || c == name[n] => (p, n) = (p + 1, n + 1),
            _ => {
                let Some((at, from)) = star else { return false };
                star = Some((at, from + 1));
                (p, n) = (at + 1, from + 1);
            }
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_whole_names() {
        for (pattern, name, fit) in [
            ("gpt-4o", "gpt-4o", true),
            ("GPT-4o", "gpt-4o", true),
            ("gpt-4", "gpt-4o", false),
            ("gpt-4*", "gpt-4o", true),
            ("*-mini", "gpt-4o-mini", true),
            ("*-mini", "gpt-4o-mini-2", false),
            ("g*4*i", "gpt-4o-mini", true),
            ("gpt-?o", "gpt-4o", true),
            ("gpt-?o", "gpt-o", false),
            ("*", "anything", true),
            ("", "", true),
            ("", "x", false),
            ("a*b*c", "a-b-b-c-c", true),
        ] {
            assert_eq!(fits(pattern, name), fit, "{pattern} {name}");
        }
        let long = "a".repeat(2000);
        assert!(!fits(&"a*".repeat(500), &format!("{long}b").replace('a', "c")));
    }
}
