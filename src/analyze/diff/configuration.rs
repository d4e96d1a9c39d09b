//! What the two runs were set up with: model, system prompt, tools and settings, agent by agent.

use rustc_hash::FxHashMap;

use super::super::agent_name;
use super::facts::{Facts, Text};
use super::side::Side;
use crate::model::StepKind;

/// A difference in how a model was asked, not in what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Agent, where the telemetry names it.
    pub agent: Option<String>,
    /// `model`, `system_prompt`, `tools`, or a request setting.
    pub field: String,
    /// In the first run.
    pub a: Option<String>,
    /// In the second.
    pub b: Option<String>,
}

/// The first calls of each agent that works in both runs, the first agents first.
pub(super) fn first_calls(a: &Side<'_>, b: &Side<'_>) -> Vec<(usize, usize)> {
    let others: FxHashMap<u64, usize> = firsts(b).into_iter().collect();
    firsts(a).into_iter().filter_map(|(agent, x)| Some((x, *others.get(&agent)?))).collect()
}

fn firsts(side: &Side<'_>) -> Vec<(u64, usize)> {
    let mut seen = rustc_hash::FxHashSet::default();
    let calls = side.shown.iter().enumerate().filter(|(_, shown)| shown.step.kind == StepKind::Llm);
    let agents = calls.map(|(at, shown)| (agent_name::hash(shown.agent.unwrap_or_default()), at));
    agents.filter(|(agent, _)| seen.insert(*agent)).collect()
}

/// How two model calls were set up differently. `at` are their places in either run.
pub(super) fn differences(sides: [&Side<'_>; 2], at: [usize; 2], facts: [&Facts; 2]) -> Vec<Setting> {
    let [a, b] = [0, 1].map(|side| &sides[side].shown[at[side]]);
    let mut out = Vec::new();
    let mut tell = |field: &str, a: Option<&str>, b: Option<&str>| {
        if a != b {
            let agent = sides[0].shown[at[0]].agent.map(str::to_owned);
            out.push(Setting {
                agent,
                field: field.to_owned(),
                a: a.map(str::to_owned),
                b: b.map(str::to_owned),
            });
        }
    };
    if let (Some(x), Some(y)) = (&a.step.model, &b.step.model) {
        tell("model", Some(x), Some(y));
    }
    if facts.iter().all(|facts| facts.has_input) {
        let [x, y] = facts.map(|facts| facts.system.as_ref());
        tell_text(&mut tell, "system_prompt", x, y);
    }
    if let [Some(x), Some(y)] = facts.map(|facts| facts.tools.as_ref()) {
        tell_text(&mut tell, "tools", Some(x), Some(y));
    }
    for (field, x, y) in settings(facts) {
        tell(field, x, y);
    }
    out
}

/// Texts that mean the same are no difference.
fn tell_text(
    tell: &mut impl FnMut(&str, Option<&str>, Option<&str>),
    field: &str,
    a: Option<&Text>,
    b: Option<&Text>,
) {
    if a.map(|text| text.digest) != b.map(|text| text.digest) {
        tell(field, a.map(|text| text.text.as_str()), b.map(|text| text.text.as_str()));
    }
}

type Pair<'f> = (&'f str, Option<&'f str>, Option<&'f str>);

/// Every setting that either call tells.
fn settings([a, b]: [&Facts; 2]) -> impl Iterator<Item = Pair<'_>> {
    let of_a =
        a.settings.iter().map(move |(name, value)| (name.as_str(), Some(value.as_str()), setting(b, name)));
    let of_b = b.settings.iter().filter(move |(name, _)| setting(a, name).is_none());
    of_a.chain(of_b.map(|(name, value)| (name.as_str(), None, Some(value.as_str()))))
}

fn setting<'f>(facts: &'f Facts, name: &str) -> Option<&'f str> {
    facts.settings.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_one_call_has_is_a_difference_and_a_reworded_prompt_of_the_same_meaning_is_none() {
        let text = |digest| Some(Text { digest, text: digest.to_string() });
        let facts = |system, settings: &[(&str, &str)]| Facts {
            has_input: true,
            system: text(system),
            settings: settings.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            ..Facts::default()
        };
        let fields = |a: &Facts, b: &Facts| {
            let found: Vec<_> =
                settings([a, b]).filter(|(_, x, y)| x != y).map(|(name, ..)| name.to_owned()).collect();
            found
        };
        let (a, b) =
            (facts(1, &[("temperature", "0"), ("seed", "7")]), facts(1, &[("seed", "7"), ("top_p", "1")]));
        assert_eq!(fields(&a, &b), ["temperature", "top_p"]);
        assert!(fields(&a, &a).is_empty());
    }
}
