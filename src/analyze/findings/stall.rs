//! A model that was long in beginning to answer, beside other calls to the same model in this run.

use rustc_hash::FxHashMap;

use super::course::Doing;
use super::facts::Facts;
use super::{Pattern, words};
use crate::model::{FindingKind, Severity};

/// Ten seconds: the limit of attention to a dialogue (Nielsen, "Usability Engineering", 1993). Below it nobody minds.
pub(super) const LONG: u64 = 10_000_000_000;

/// Times the others' median: providers' own times vary by two or three.
const TIMES: u64 = 5;

/// Other calls that tell what is usual.
const OTHERS: usize = 3;

pub(super) fn check(facts: &Facts<'_>) -> Vec<Pattern> {
    let mut models: FxHashMap<Option<&str>, Vec<(u64, &Doing<'_>)>> = FxHashMap::default();
    for doing in facts.courses.iter().flat_map(|course| &course.doings) {
        if let Some(wait) = doing.step.time_to_first_token.filter(|_| doing.is_call() && !doing.failed) {
            models.entry(doing.step.model.as_deref()).or_default().push((wait, doing));
        }
    }
    let mut patterns: Vec<Pattern> = models.into_values().filter_map(|waits| pattern(waits)).collect();
    patterns.sort_by_key(|pattern| pattern.rows[0]);
    patterns
}

fn pattern(mut waits: Vec<(u64, &Doing<'_>)>) -> Option<Pattern> {
    waits.sort_by_key(|(wait, doing)| (*wait, doing.row));
    let median = waits[waits.len() / 2].0;
    let stalled = &waits[waits.partition_point(|(wait, _)| *wait < LONG.max(TIMES * median))..];
    let (longest, last) = stalled.last().filter(|_| waits.len() - stalled.len() >= OTHERS)?;
    let model = last.step.model.as_deref().unwrap_or("the model");
    let message = match stalled.len() {
        1 => format!("{model} began to answer after {}", words::time(*longest)),
        many => {
            format!("{model} was long in beginning to answer {many} times, up to {}", words::time(*longest))
        }
    };
    let message = format!("{message}; {} is usual in this run", words::time(median));
    let mut rows: Vec<usize> = stalled.iter().map(|(_, doing)| doing.row).collect();
    rows.sort_unstable();
    Some(Pattern::of(FindingKind::Stall, Severity::Hint, message, rows).with_members([model]))
}
