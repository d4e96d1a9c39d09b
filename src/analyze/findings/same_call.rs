//! R1: equal tool, arguments and outcome within the last 30 calls of an agent, adjacent or not.

use rustc_hash::FxHashMap;

use super::facts::{Call, Facts};
use super::{Pattern, changed, verdict};
use crate::model::FindingKind;

/// Calls that may lie between two equal ones.
const WINDOW: usize = 30;

pub(super) fn check(facts: &Facts<'_>) -> Vec<Pattern> {
    facts
        .streams
        .iter()
        .flat_map(|stream| groups(stream))
        .filter_map(|group| pattern(facts, &group))
        .collect()
}

/// Calls with one key, each at most [`WINDOW`] calls after the one before.
fn groups<'s>(stream: &'s [Call<'s>]) -> Vec<Vec<&'s Call<'s>>> {
    let mut groups: Vec<Vec<&Call<'_>>> = Vec::new();
    let mut open: FxHashMap<u64, (usize, usize)> = FxHashMap::default();
    for (at, call) in stream.iter().enumerate() {
        let Some(key) = call.key() else { continue };
        let near = open.get(&key).filter(|&&(last, _)| at - last <= WINDOW).map(|&(_, group)| group);
        let group = near.unwrap_or(groups.len());
        match groups.get_mut(group) {
            // the same call twice in one batch is one decision
            Some(calls) if calls.last().is_some_and(|last| last.batch == call.batch) => {}
            Some(calls) => calls.push(call),
            None => groups.push(vec![call]),
        }
        open.insert(key, (at, group));
    }
    groups.retain(|group| group.len() > 1);
    groups
}

fn pattern(facts: &Facts<'_>, group: &[&Call<'_>]) -> Option<Pattern> {
    let verdict = verdict::of_repeats(group)?;
    let (tool, times) = (group[0].tool, group.len());
    let outcome = if group[0].failure.is_some() { "the same error" } else { "the same result" };
    Some(Pattern {
        kind: FindingKind::Loop,
        severity: verdict.severity,
        message: format!("{tool} called {times} times with the same arguments and {outcome}{}", verdict.but),
        changed: Some(changed::NOTHING.to_owned()),
        rows: group.iter().map(|call| call.row).collect(),
        starts: group.iter().map(|call| call.row).collect(),
        wasted: facts.spent(group[1..].iter().copied()),
        members: vec![tool.to_owned()],
        repeats: times,
        period: 1,
    })
}
