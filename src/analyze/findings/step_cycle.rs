//! R3: a round of 2 to 8 calls is made again with the same outcomes.

use super::facts::{Call, Facts, hash};
use super::{Pattern, changed, severity};
use crate::model::{Effect, FindingKind, Severity};

/// Calls in a round; a round of one is R1's.
const PERIODS: std::ops::RangeInclusive<usize> = 2..=8;

pub(super) fn check(facts: &Facts<'_>) -> Vec<Pattern> {
    facts.streams.iter().flat_map(|stream| patterns(facts, stream)).collect()
}

/// Calls made in one breath.
struct Beat<'s> {
    calls: &'s [Call<'s>],
    /// What was asked and what came of it, in any order; `None` where telemetry does not tell.
    key: Option<u64>,
}

fn patterns(facts: &Facts<'_>, stream: &[Call<'_>]) -> Vec<Pattern> {
    let beats: Vec<Beat<'_>> = stream.chunk_by(|a, b| a.batch == b.batch).map(beat).collect();
    let of_period = |period| rounds(&beats, period).into_iter().map(move |range| (period, range));
    let found = PERIODS.flat_map(of_period);
    found.map(|(period, range)| pattern(facts, &beats[range], period)).collect()
}

fn beat<'s>(calls: &'s [Call<'s>]) -> Beat<'s> {
    let keys: Option<Vec<u64>> = calls.iter().map(Call::key).collect();
    let key = keys.map(|mut keys| {
        keys.sort_unstable();
        hash(&keys)
    });
    Beat { calls, key }
}

/// Stretches in which every beat equals the one `period` before it, for a whole round at least.
fn rounds(beats: &[Beat<'_>], period: usize) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut matched = 0;
    for at in period..=beats.len() {
        let again =
            beats.get(at).is_some_and(|beat| beat.key.is_some() && beat.key == beats[at - period].key);
        if again {
            matched += 1;
            continue;
        }
        if matched >= period && is_primitive(&beats[at - period..at]) {
            found.push(at - matched - period..at);
        }
        matched = 0;
    }
    found
}

/// Whether a round is no smaller round several times over.
fn is_primitive(round: &[Beat<'_>]) -> bool {
    let is_period = |p: usize| {
        round.len().is_multiple_of(p) && (p..round.len()).all(|at| round[at].key == round[at - p].key)
    };
    !(1..round.len()).any(is_period)
}

fn pattern(facts: &Facts<'_>, beats: &[Beat<'_>], period: usize) -> Pattern {
    let rounds = beats.len() / period;
    // a round that has begun is one more occurrence of its first call
    let times = beats.len().div_ceil(period);
    let is_waiting = calls_of(beats).any(|call| call.step.effect == Effect::Waits);
    let mut members: Vec<String> = Vec::new();
    for call in calls_of(&beats[..period]) {
        if !members.iter().any(|member| member == call.tool) {
            members.push(call.tool.to_owned());
        }
    }
    Pattern {
        kind: FindingKind::Loop,
        severity: if is_waiting { Severity::Hint } else { severity(times) },
        message: format!("{} round after round: {rounds} rounds with the same outcomes", members.join(" → ")),
        changed: Some(changed::NOTHING.to_owned()),
        rows: calls_of(beats).map(|call| call.row).collect(),
        starts: beats.iter().step_by(period).map(|beat| beat.calls[0].row).collect(),
        wasted: facts.spent(calls_of(&beats[period..])),
        members,
        repeats: rounds,
        period,
    }
}

fn calls_of<'s>(beats: &'s [Beat<'s>]) -> impl Iterator<Item = &'s Call<'s>> {
    beats.iter().flat_map(|beat| beat.calls)
}
