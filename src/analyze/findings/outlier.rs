//! A run much slower or more expensive than earlier runs of its agent.

use super::circumstances::Circumstances;
use super::facts::{Facts, agent_of};
use super::{Pattern, words};
use crate::model::{FindingKind, NanoUsd, PastRun, Severity};

/// Earlier runs that tell what is usual.
const RUNS: usize = 8;

/// Modified z-score from which on a value is an outlier (Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993),
/// and the factor that makes the median deviation comparable.
const Z_SCORE: f64 = 3.5;
const SCALE: f64 = 1.4826;

/// Runs that vary little have outliers that nobody minds: at least twice the median, …
const TIMES: f64 = 2.0;
/// … longer than all before, and by so much: nanoseconds …
pub(super) const LONGER: f64 = 10e9;
/// … or nano-dollars.
pub(super) const DEARER: f64 = 10_000_000.0;

/// Whether a run of this duration, in nanoseconds, is slow as far as is known.
pub(super) fn may_be_slow(duration: u64, circumstances: &Circumstances) -> bool {
    let duration = duration as f64;
    duration > LONGER
        && (circumstances.earlier.is_none() || outlier(duration, durations(circumstances), LONGER).is_some())
}

/// Whether a run of this cost, in nano-dollars, is costly as far as is known.
pub(super) fn may_be_costly(cost: u64, circumstances: &Circumstances) -> bool {
    let cost = cost as f64;
    cost > DEARER
        && (circumstances.earlier.is_none() || outlier(cost, costs(circumstances), DEARER).is_some())
}

fn durations(circumstances: &Circumstances) -> Vec<f64> {
    earlier(circumstances).map(|run| run.duration as f64).collect()
}

fn costs(circumstances: &Circumstances) -> Vec<f64> {
    earlier(circumstances).filter_map(|run| run.cost).map(|cost| cost.0 as f64).collect()
}

fn earlier(circumstances: &Circumstances) -> impl Iterator<Item = &PastRun> {
    circumstances.earlier.iter().flatten()
}

pub(super) fn slow(facts: &Facts<'_>) -> Vec<Pattern> {
    let Some(usual) = outlier(facts.duration() as f64, durations(facts.circumstances), LONGER) else {
        return Vec::new();
    };
    let step = slowest(facts);
    let (now, usual) = (words::time(facts.duration()), words::time(rounded(usual)));
    vec![pattern(
        facts,
        FindingKind::Slow,
        format!("the run took {now}; {usual} is usual in earlier runs"),
        step,
    )]
}

pub(super) fn costly(facts: &Facts<'_>) -> Vec<Pattern> {
    let cost = facts.cost();
    let Some(usual) = outlier(cost.amount.0 as f64, costs(facts.circumstances), DEARER) else {
        return Vec::new();
    };
    let at_least = if cost.is_partial() { "at least " } else { "" };
    let usual = NanoUsd(i64::try_from(rounded(usual)).unwrap_or(i64::MAX));
    let message = format!(
        "the run cost {at_least}{}; {} is usual in earlier runs",
        words::money(cost.amount),
        words::money(usual)
    );
    vec![pattern(facts, FindingKind::Costly, message, dearest(facts))]
}

/// The median of `earlier`, if `now` is far above all of them.
fn outlier(now: f64, mut earlier: Vec<f64>, least: f64) -> Option<f64> {
    if earlier.len() < RUNS {
        return None;
    }
    let usual = median(&mut earlier);
    let most = earlier.iter().copied().fold(0.0, f64::max);
    let mut deviations: Vec<f64> = earlier.iter().map(|value| (value - usual).abs()).collect();
    let spread = SCALE * median(&mut deviations);
    let limit = (usual + Z_SCORE * spread).max(TIMES * usual).max(most).max(usual + least);
    (now > limit).then_some(usual)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "medians of amounts that were whole and positive"
)]
fn rounded(amount: f64) -> u64 {
    amount as u64
}

/// The call that took longest.
fn slowest(facts: &Facts<'_>) -> Option<usize> {
    let doings = facts.courses.iter().flat_map(|course| &course.doings);
    doings.max_by_key(|doing| doing.step.duration()).map(|doing| doing.row)
}

/// The call that cost most.
fn dearest(facts: &Facts<'_>) -> Option<usize> {
    let costs = facts.rows.iter().map(|row| row.own_cost.map(|cost| cost.amount));
    costs.enumerate().filter(|(_, cost)| cost.is_some()).max_by_key(|(_, cost)| *cost).map(|(row, _)| row)
}

fn pattern(facts: &Facts<'_>, kind: FindingKind, message: String, step: Option<usize>) -> Pattern {
    let agent = step.and_then(|row| agent_of(facts.steps, &facts.rows[row]));
    Pattern::of(kind, Severity::Hint, message, step.into_iter().collect()).with_members(agent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outlier_is_far_above_all_that_was_before() {
        let second = 1e9;
        let runs = |seconds: &[f64]| seconds.iter().map(|s| s * second).collect::<Vec<_>>();
        let usual = [10.0, 11.0, 12.0, 10.0, 9.0, 11.0, 12.0, 10.0];
        for (what, now, earlier, is_outlier) in [
            ("three times as long", 40.0, &usual[..], true),
            ("a little longer", 18.0, &usual, false),
            ("too few earlier runs", 400.0, &usual[..7], false),
            ("one before was longer", 40.0, &[10.0, 11.0, 12.0, 10.0, 9.0, 11.0, 12.0, 45.0], false),
            ("runs that vary much", 40.0, &[1.0, 30.0, 2.0, 25.0, 3.0, 28.0, 15.0, 9.0], false),
            ("seconds do not matter", 4.0, &[1.0; 8], false),
        ] {
            assert_eq!(outlier(now * second, runs(earlier), LONGER).is_some(), is_outlier, "{what}");
        }
    }
}
