//! A ring of peers that has gone round at least twice with no new work from the second round on.
//!
//! New work is a successful call with a result that was not there before, the user's word, or wording unlike all that
//! the agent said before. A hub that sends out its spokes brings news with every round.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::{Facts, hash};
use super::turns::Turn;
use super::{Pattern, changed, severity};
use crate::model::{FindingKind, Severity, Step, StepStatus, Wording, Words};

/// Peers in a ring.
const PERIODS: std::ops::RangeInclusive<usize> = 2..=6;
/// Share of common words from which on an agent says what it said before.
const LIKE: f64 = 0.5;
/// Earlier answers of an agent that a new one is compared with.
const MEMORY: usize = 16;

pub(super) fn check(facts: &Facts<'_>) -> Vec<Pattern> {
    let news = News::of(facts);
    let rings = PERIODS.flat_map(|period| rings(&facts.turns, &news, period));
    rings.map(|(first, end, period)| pattern(facts, &news, &facts.turns[first..end], first, period)).collect()
}

/// Stretches of turns that are rings: every turn after the first round has the agent of `period` turns ago and brings
/// nothing new.
fn rings(turns: &[Turn<'_>], news: &News, period: usize) -> Vec<(usize, usize, usize)> {
    let mut found = Vec::new();
    let mut again = 0;
    for at in period..=turns.len() {
        let is_round =
            turns.get(at).is_some_and(|turn| turn.agent == turns[at - period].agent && !news.brought[at]);
        if is_round {
            again += 1;
            continue;
        }
        if again >= period && are_different(&turns[at - period..at]) {
            found.push((at - again - period, at, period));
        }
        again = 0;
    }
    found
}

fn are_different(round: &[Turn<'_>]) -> bool {
    let names: FxHashSet<&str> = round.iter().map(|turn| turn.agent).collect();
    names.len() == round.len()
}

/// What changed in a ring from round to round: wording at most, or it would be none.
fn what_changed(facts: &Facts<'_>, ring: &[Turn<'_>], period: usize) -> String {
    let said = |turn: &Turn<'_>| -> Vec<Option<Arc<Wording>>> {
        turn.calls.iter().filter_map(|&row| facts.step(row)).map(|step| step.wording.clone()).collect()
    };
    let is_equal = ring[period..].iter().zip(ring).all(|(again, before)| said(again) == said(before));
    if is_equal { changed::NOTHING.to_owned() } else { "the wording of what was said".to_owned() }
}

fn pattern(facts: &Facts<'_>, news: &News, ring: &[Turn<'_>], first: usize, period: usize) -> Pattern {
    let rounds = ring.len() / period;
    let is_told = news.told[first + period..first + ring.len()].iter().all(|&told| told);
    let severity = match (is_told, rounds) {
        (true, rounds) => severity(rounds),
        // without a word of what was said, going round twice is what many sound teams do
        (false, ..=2) => Severity::Hint,
        (false, _) => Severity::Warning,
    };
    let names: Vec<String> = ring[..period].iter().map(|turn| turn.agent.to_owned()).collect();
    let unseen = if is_told { "" } else { "; what was said is not in the telemetry" };
    let wasted = ring[period..].iter().flat_map(|turn| turn.calls.iter().copied());
    Pattern {
        kind: FindingKind::HandoffCycle,
        severity,
        message: format!("{} → {}: {rounds} rounds without new work{unseen}", names.join(" → "), names[0]),
        changed: Some(if is_told { what_changed(facts, ring, period) } else { changed::UNTOLD.to_owned() }),
        starts: ring.chunks(period).filter_map(|round| round[0].begun_by.first().copied()).collect(),
        rows: ring.iter().flat_map(|turn| turn.begun_by.iter().copied()).collect(),
        wasted: wasted.filter(|&row| facts.rows[row].has_figures).collect(),
        members: names,
        repeats: rounds,
        period,
    }
}

/// Of each turn: whether it brought anything new, and whether telemetry tells.
struct News {
    brought: Vec<bool>,
    told: Vec<bool>,
}

impl News {
    fn of(facts: &Facts<'_>) -> Self {
        let mut known = Known::default();
        let mut news = Self { brought: Vec::new(), told: Vec::new() };
        for turn in &facts.turns {
            let (brought, told) = known.hear(facts, turn);
            news.brought.push(brought);
            news.told.push(told);
        }
        news
    }
}

/// What has been found out and said so far.
#[derive(Default)]
struct Known<'a> {
    results: FxHashSet<u64>,
    said: FxHashMap<&'a str, Vec<&'a Words>>,
}

impl<'a> Known<'a> {
    fn hear(&mut self, facts: &Facts<'a>, turn: &Turn<'a>) -> (bool, bool) {
        let mut brought = false;
        for step in turn.tools.iter().filter_map(|&row| facts.step(row)) {
            brought |= step.status != StepStatus::Error && self.results.insert(result(step));
        }
        let mut told = !turn.tools.is_empty();
        brought |= is_user_input(facts, turn);
        for step in turn.calls.iter().filter_map(|&row| facts.step(row)) {
            let Some(wording) = step.wording.as_deref() else { continue };
            told = true;
            // an answer that only asks for calls says nothing: what they bring does
            brought |= !wording.told.is_empty() && self.is_new(turn.agent, &wording.told);
        }
        (brought, told)
    }

    fn is_new(&mut self, agent: &'a str, words: &'a Words) -> bool {
        let said = self.said.entry(agent).or_default();
        let is_new = said.iter().rev().take(MEMORY).all(|known| known.likeness(words) < LIKE);
        said.push(words);
        is_new
    }
}

/// Whether the user speaks before a turn: an agent starts of itself, below nothing, and is told something by a person. To
/// an agent that was handed over to, frameworks pass other agents' words as the user's.
fn is_user_input(facts: &Facts<'_>, turn: &Turn<'_>) -> bool {
    let by_itself = |&row: &usize| {
        facts.rows[row].depth == 0 && facts.step(row).is_some_and(|step| step.handoff.is_none())
    };
    let first = turn.calls.first().and_then(|&row| facts.step(row));
    turn.begun_by.iter().all(by_itself) && first.is_some_and(|step| step.asked_by_user)
}

/// A result by what was asked and what came; one that telemetry does not tell may always be new.
fn result(step: &Step) -> u64 {
    if step.output_digest == 0 {
        return hash(&step.span_id);
    }
    hash(&(&step.tool, step.input_digest, step.output_digest))
}
