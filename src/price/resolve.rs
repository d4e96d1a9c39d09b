//! Who prices a call: the first name the price list knows.

use std::sync::Arc;

use genai_prices::{Calculator, ErrorKind, PriceRequest, Usage, UsageKey};

use super::card::Card;
use super::names::{self, Candidate, Vendor};
use super::overrides::Override;
use crate::model::PriceQuery;

/// How calls of one kind are priced.
#[derive(Clone, Debug)]
pub(super) enum Tariff {
    /// A router gives it away.
    Free,
    /// The user's own machine.
    Local,
    /// By list.
    Listed(Arc<Card>),
    /// By the user's own word.
    Own(Arc<Override>),
    /// Nobody says.
    Unknown(Reason),
}

/// Why there is no price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// The span names no model.
    NoModel,
    /// The list does not have it.
    NotListed,
    /// The list has it, but no price for its tokens.
    NotByToken,
}

/// A model as the price list knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub vendor: Option<String>,
    pub server: Option<String>,
    pub model: String,
    /// Service tier.
    pub tier: Option<String>,
}

/// What a set of names stands for, whatever the day.
#[derive(Clone, Debug)]
pub(super) enum Named {
    Free,
    Local,
    Listed(Listed),
    Unknown(Reason),
}

/// Resolves the names of `query`. The model that answered is tried before the one asked for.
pub(super) fn resolve(calculator: &Calculator, query: &PriceQuery) -> Named {
    let provider = query.provider.as_deref().unwrap_or_default().trim().to_lowercase();
    let vendor = match names::vendor(&provider) {
        Vendor::Local => return Named::Local,
        Vendor::Priced(id) => known(calculator, id),
        Vendor::Unknown => None,
    };
    let models = || [&query.response_model, &query.request_model].into_iter().flatten();
    if models().any(|model| names::is_free(model)) {
        return Named::Free;
    }
    let server = if vendor.is_none() {
        query.server.as_deref().and_then(|s| known_server(calculator, s))
    } else {
        None
    };
    let found = models().flat_map(|model| names::candidates(model)).find_map(|candidate| {
        let listed = listed(calculator, candidate, vendor.as_ref(), server.as_ref())?;
        is_listed(calculator, &listed).then_some(listed)
    });
    match found {
        Some(listed) => Named::Listed(Listed { tier: tier(query), ..listed }),
        None if models().next().is_none() => Named::Unknown(Reason::NoModel),
        None => Named::Unknown(Reason::NotListed),
    }
}

/// The provider as the list has it; names it does not know say nothing.
fn known(calculator: &Calculator, id: &str) -> Option<String> {
    [Some(id), names::family(id)]
        .into_iter()
        .flatten()
        .find(|id| calculator.find_provider(Some(id), None).is_ok_and(|found| found.is_some()))
        .map(str::to_owned)
}

fn known_server(calculator: &Calculator, server: &str) -> Option<String> {
    let url = if server.contains("://") { server.to_owned() } else { format!("https://{server}") };
    calculator.find_provider(None, Some(&url)).is_ok_and(|found| found.is_some()).then_some(url)
}

/// `None` where the model's own prefix is no provider.
fn listed(
    calculator: &Calculator,
    candidate: Candidate,
    vendor: Option<&String>,
    server: Option<&String>,
) -> Option<Listed> {
    let Candidate { vendor: prefix, model } = candidate;
    Some(match prefix {
        Some(prefix) => {
            let Vendor::Priced(id) = names::vendor(&prefix) else { return None };
            Listed { vendor: Some(known(calculator, id)?), server: None, model, tier: None }
        }
        None => Listed { vendor: vendor.cloned(), server: server.cloned(), model, tier: None },
    })
}

fn is_listed(calculator: &Calculator, listed: &Listed) -> bool {
    let usage = Usage::from([(UsageKey::INPUT_TOKENS, 1.0)]);
    match calculator.calculate(&listed.request(&usage)) {
        Ok(_) => true,
        // found, but this probe of one token is no usage it has a price for
        Err(error) => error.kind() == ErrorKind::InvalidUsage,
    }
}

/// The tier that answered; one the list has no variant for (`auto`, `standard`) changes nothing.
fn tier(query: &PriceQuery) -> Option<String> {
    let tier = query.service_tier.as_deref()?.trim().to_lowercase();
    (!tier.is_empty()).then_some(tier)
}

impl Listed {
    /// The question for the price list.
    pub(super) fn request<'a>(&'a self, usage: &'a Usage) -> PriceRequest<'a> {
        let mut request = PriceRequest::new(&self.model, usage);
        if let Some(vendor) = &self.vendor {
            request = request.with_provider_id(vendor);
        } else if let Some(server) = &self.server {
            request = request.with_provider_api_url(server);
        }
        match &self.tier {
            Some(tier) => request.with_price_context("service_tier", tier),
            None => request,
        }
    }
}
