//! R4: one tool is asked three times in other words and tells little new. One differing short leaf (a date, a path, an
//! id, a page) means another target: then it is work.

use rustc_hash::FxHashMap;

use super::facts::{Call, Facts};
use super::{Pattern, changed};
use crate::model::{Effect, FindingKind, Leaf, Severity, Words};

/// Calls among which three must lie.
const WINDOW: usize = 8;
/// Calls that make a pattern.
const TIMES: usize = 3;
/// Share of common words from which on two texts ask the same.
const LIKE: f64 = 0.4;
/// The same for long texts, which have most words in common whatever they ask.
const LIKE_LONG: f64 = 0.9;
/// Words that make a text long.
const LONG: usize = 48;
/// Share of new runs of three words from which on a result tells something new.
const NEW: f64 = 0.7;

pub(super) fn check(facts: &Facts<'_>) -> Vec<Pattern> {
    facts.streams.iter().flat_map(|stream| chains(stream)).map(|chain| pattern(facts, &chain)).collect()
}

struct Link<'s> {
    at: usize,
    call: &'s Call<'s>,
}

fn chains<'s>(stream: &'s [Call<'s>]) -> Vec<Vec<Link<'s>>> {
    let mut open: FxHashMap<&str, Vec<Link<'s>>> = FxHashMap::default();
    let mut done = Vec::new();
    for (at, call) in stream.iter().enumerate() {
        // a text that is written in other words is another text
        if call.step.effect == Effect::Changes || call.asked.iter().all(|leaf| leaf.words.is_empty()) {
            continue;
        }
        let chain = open.entry(call.tool).or_default();
        let link = Link { at, call };
        match chain.last() {
            Some(last) if last.call.batch == call.batch => continue,
            Some(last) if goes_on(last, &link) => {}
            _ => done.push(std::mem::take(chain)),
        }
        chain.push(link);
    }
    done.extend(open.into_values());
    done.retain(|chain| chain.windows(TIMES).any(|three| three[TIMES - 1].at - three[0].at < WINDOW));
    done
}

fn goes_on(last: &Link<'_>, next: &Link<'_>) -> bool {
    next.at - last.at < WINDOW
        && asks_the_same(last.call.asked, next.call.asked)
        && !tells_new(last.call, next.call)
}

fn asks_the_same(a: &[Leaf], b: &[Leaf]) -> bool {
    let same_leaf =
        |(a, b): (&Leaf, &Leaf)| a.path == b.path && (a.value == b.value || is_reworded(&a.words, &b.words));
    a.len() == b.len() && a.iter().zip(b).all(same_leaf)
}

fn is_reworded(a: &Words, b: &Words) -> bool {
    let enough = if a.len().min(b.len()) >= LONG { LIKE_LONG } else { LIKE };
    !a.is_empty() && !b.is_empty() && a.likeness(b) >= enough
}

/// Whether the later result says something that the earlier one does not, as far as telemetry tells.
fn tells_new(last: &Call<'_>, next: &Call<'_>) -> bool {
    let told = |call: &Call<'_>| {
        call.step.wording.as_deref().map(|wording| wording.told.clone()).unwrap_or_default()
    };
    let (known, new) = (told(last), told(next));
    if known.is_empty() || new.is_empty() {
        return last.outcome != next.outcome;
    }
    new.novelty(&known) >= NEW
}

fn pattern(facts: &Facts<'_>, chain: &[Link<'_>]) -> Pattern {
    let (tool, times) = (chain[0].call.tool, chain.len());
    let is_told = chain.iter().all(|link| link.call.outcome != 0);
    let told = if is_told { " and told little new" } else { ": its results are not in the telemetry" };
    let asked: Vec<&[Leaf]> = chain.iter().map(|link| link.call.asked).collect();
    let changed = changed::wording(&asked);
    let how = if changed == changed::NOTHING { "for the same" } else { "in other words" };
    Pattern {
        kind: FindingKind::Loop,
        severity: Severity::Hint,
        message: format!("{tool} asked {times} times {how}{told}"),
        changed: Some(changed),
        rows: chain.iter().map(|link| link.call.row).collect(),
        starts: chain.iter().map(|link| link.call.row).collect(),
        wasted: facts.spent(chain[1..].iter().map(|link| link.call)),
        members: vec![tool.to_owned()],
        repeats: times,
        period: 1,
    }
}
