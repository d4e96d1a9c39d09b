//! R2: consecutive calls of one tool fail in one way, whatever they were given. Other tools in between do not matter; a
//! success of this tool ends it.

use rustc_hash::FxHashMap;

use super::facts::{Call, Facts};
use super::{Pattern, changed, verdict};
use crate::analyze::line;
use crate::model::FindingKind;

/// Calls that may lie between two failures.
const WINDOW: usize = 10;

pub(super) fn check(facts: &Facts<'_>) -> Vec<Pattern> {
    facts
        .streams
        .iter()
        .flat_map(|stream| groups(stream))
        .filter_map(|group| pattern(facts, &group))
        .collect()
}

fn groups<'s>(stream: &'s [Call<'s>]) -> Vec<Vec<&'s Call<'s>>> {
    let mut groups: Vec<Vec<&Call<'_>>> = Vec::new();
    // of each tool: how and where it failed last, and the group
    let mut open: FxHashMap<&str, (u64, usize, usize)> = FxHashMap::default();
    for (at, call) in stream.iter().enumerate() {
        let Some(failure) = call.failure else {
            open.remove(call.tool);
            continue;
        };
        let again = |&&(known, last, _): &&(u64, usize, usize)| known == failure && at - last <= WINDOW;
        let group = open.get(call.tool).filter(again).map_or(groups.len(), |&(.., group)| group);
        match groups.get_mut(group) {
            Some(calls) if calls.last().is_some_and(|last| last.batch == call.batch) => {}
            Some(calls) => calls.push(call),
            None => groups.push(vec![call]),
        }
        open.insert(call.tool, (failure, at, group));
    }
    groups.retain(|group| group.len() > 1);
    groups
}

fn pattern(facts: &Facts<'_>, group: &[&Call<'_>]) -> Option<Pattern> {
    let verdict = verdict::of_failures(group)?;
    let (tool, times) = (group[0].tool, group.len());
    let error = group[0].error().map(line::cut).filter(|error| !error.is_empty());
    let error =
        error.map_or_else(|| "in the same way".to_owned(), |error| format!("with the same error: {error}"));
    Some(Pattern {
        kind: FindingKind::Loop,
        severity: verdict.severity,
        message: format!("{tool} failed {times} times{} {error}", verdict.but),
        changed: Some(changed::arguments(group.iter().map(|call| call.arguments))),
        rows: group.iter().map(|call| call.row).collect(),
        starts: group.iter().map(|call| call.row).collect(),
        wasted: facts.spent(group[1..].iter().copied()),
        members: vec![tool.to_owned()],
        repeats: times,
        period: 1,
    })
}
