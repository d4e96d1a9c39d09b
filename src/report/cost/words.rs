//! An explanation in words.

use crate::analyze::tree::Declared;
use crate::model::{Basis, Cost, CostSource, CostTotal, Explanation, NanoUsd, Step, TokenTotals};
use crate::report::format::{self, Zone};

/// How a note is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Where the figure comes from.
    Source,
    /// What is unknown, doubtful or said otherwise elsewhere.
    Doubt,
}

/// Who says what a call cost: `reported`, `computed` or `unknown`.
pub const fn source(cost: Option<Cost>) -> &'static str {
    match cost {
        Some(Cost { source: CostSource::Reported, .. }) => "reported",
        Some(Cost { source: CostSource::Computed, .. }) => "computed",
        None => "unknown",
    }
}

/// Everything to be said of a call's cost beside its arithmetic, a sentence each. `step` is the call, `cost` what the
/// sums hold for it.
pub fn notes(step: &Step, cost: Option<Cost>, why: &Explanation) -> Vec<(Tone, String)> {
    let mut notes = Vec::new();
    if why.reported.is_some() {
        notes.push((Tone::Source, reported(step)));
    }
    if let Some(unknown) = why.why_unknown.filter(|_| why.reported.is_none()) {
        notes.push((Tone::Doubt, missing(unknown, why)));
    }
    notes.extend(rule(why).map(|words| (Tone::Source, words)));
    notes.extend(names(why).map(|words| (Tone::Source, words)));
    notes.extend(disagreement(why).map(|words| (Tone::Doubt, words)));
    if why.reported.is_none() {
        notes.extend(why.doubts.iter().map(|&doubt| (Tone::Doubt, doubt.to_owned())));
    }
    notes.extend(kept(cost, why).map(|words| (Tone::Doubt, words)));
    notes
}

fn reported(step: &Step) -> String {
    match step.cost {
        Some(Cost { source: CostSource::Reported, .. }) => "reported by the client".to_owned(),
        _ => "reported by the client in another report of this call".to_owned(),
    }
}

fn missing(unknown: &str, why: &Explanation) -> String {
    let help = match why.basis {
        Basis::Unknown(_) if !why.models.is_empty() => {
            "; a price or an alias in the config file helps, see spanglass config"
        }
        _ => "",
    };
    format!("unknown: {unknown}{help}")
}

/// The rule that priced it.
fn rule(why: &Explanation) -> Option<String> {
    why.computed?;
    Some(match &why.basis {
        Basis::List { list, provider, model, discount } => {
            let day = Zone::Utc.naive(why.at).format("%Y-%m-%d");
            let day = if why.at == 0 { String::new() } else { format!(" of {day}") };
            let above =
                why.tier_above.map(|above| format!(", above {} input tokens", format::grouped(above)));
            let above = above.unwrap_or_default();
            let tier =
                why.service_tier.as_deref().filter(|tier| !matches!(*tier, "default" | "auto" | "standard"));
            let tier = tier.map(|tier| format!(", service tier {tier}")).unwrap_or_default();
            let factor = discount.map(|parts| format!(", times your {}", factor(parts))).unwrap_or_default();
            format!("{provider} {model}: price{day} by {list}{above}{tier}{factor}")
        }
        Basis::Override { model, place } => format!("your price for {model}, {place}"),
        Basis::Local => "runs on the user's own machine: costs nothing".to_owned(),
        Basis::Free => "a router's free variant".to_owned(),
        Basis::Unknown(_) => return None,
    })
}

/// `0.85` for 850 000 parts of a million.
fn factor(parts: u32) -> String {
    let text = format!("{}.{:06}", parts / 1_000_000, parts % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What the telemetry calls provider and model, where the price goes by other names.
fn names(why: &Explanation) -> Option<String> {
    if let Some(target) = &why.alias {
        return Some(format!("{} stands for {target} by your alias", told(why)));
    }
    match &why.basis {
        Basis::List { provider, model, .. } => {
            let same =
                why.models == [model.as_str()] && why.provider.as_ref().is_none_or(|told| told == provider);
            (!same).then(|| format!("the telemetry says {}", told(why)))
        }
        Basis::Override { .. } | Basis::Unknown(_) if !why.models.is_empty() => {
            Some(format!("the telemetry says {}", told(why)))
        }
        _ => None,
    }
}

/// `gpt-4o-2024-08-06, asked for as gpt-4o, of azure.ai.openai`.
fn told(why: &Explanation) -> String {
    let model = why.models.first().map_or("no model", String::as_str);
    let asked = why.models.get(1).map(|asked| format!(", asked for as {asked}")).unwrap_or_default();
    let provider = why.provider.as_deref().map(|provider| format!(", of {provider}")).unwrap_or_default();
    format!("{model}{asked}{provider}")
}

fn disagreement(why: &Explanation) -> Option<String> {
    let computed = why.disagreement()?;
    let reported = why.reported.unwrap_or_default();
    let by = format::difference(reported, computed);
    Some(format!("its tokens at that price make {}{by}", format::exact(computed)))
}

/// What was kept when the call came in, where today's prices say otherwise.
fn kept(cost: Option<Cost>, why: &Explanation) -> Option<String> {
    let now = why.cost();
    let then = cost.map(|cost| cost.amount);
    (then != now).then(|| {
        let then = then.map_or_else(|| "unknown".to_owned(), format::exact);
        format!("kept as {then} when it came in, by the prices of then; spanglass reindex prices it anew")
    })
}

/// A sum exactly, `≥` before it where a part is unknown, and who says what: `5 computed, 1 unknown`.
pub fn total(total: &CostTotal) -> (String, String) {
    let counts = [(total.reported, "reported"), (total.computed, "computed"), (total.unknown, "unknown")];
    let said: Vec<_> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    let least = if total.is_partial() && total.known().is_some() { format::AT_LEAST } else { "" };
    let amount = total.known().map_or_else(|| format::UNKNOWN.to_owned(), format::exact);
    (format!("{least}{amount}"), said.join(", "))
}

/// What a step says of itself beside what its steps below add up to: `declares 12 400 tokens, visible 9 100`. Both may be
/// right: a client that goes on adding over several runs, a call that was never sent.
pub fn declared(declared: &Declared, tokens: &TokenTotals, cost: &CostTotal) -> String {
    let told = declared.tokens.map(|own| {
        let least = if tokens.unknown > 0 { format::AT_LEAST } else { "" };
        format!(
            "declares {} tokens, visible {least}{}",
            format::grouped(own),
            format::grouped(tokens.total())
        )
    });
    let paid = declared.cost.map(|own| format!("declares {}, visible {}", format::exact(own), total(cost).0));
    told.into_iter().chain(paid).collect::<Vec<_>>().join("; ")
}

/// The sum of today's prices, for comparison with what was kept.
pub(super) fn sum<'a>(whys: impl Iterator<Item = &'a Explanation>) -> NanoUsd {
    NanoUsd(whys.filter_map(Explanation::cost).map(|cost| cost.0).fold(0, i64::saturating_add))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_have_no_noise() {
        for (parts, text) in
            [(850_000, "0.85"), (1_000_000, "1"), (1_100_000, "1.1"), (1, "0.000001"), (0, "0")]
        {
            assert_eq!(factor(parts), text);
        }
    }
}
