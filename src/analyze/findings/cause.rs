//! Why a run took more than it may, from facts: a loop, growing context, one expensive step, retries. The one with the
//! largest share is named.

use super::budget::doings_in;
use super::facts::Facts;
use super::words;
use crate::analyze::line;
use crate::model::{Finding, FindingKind, NanoUsd, Step};

/// Shares of what was taken from which on a cause is worth naming.
const LOOP: f64 = 0.2;
const GROWTH: f64 = 0.4;
const ONE_STEP: f64 = 0.4;
const FAILED: f64 = 0.2;

/// A share and the words for it.
type Cause = (f64, String);

/// The likely cause for what the steps at `rows` took, which ascend; `None` where nothing stands out.
pub(super) fn of(facts: &Facts<'_>, rows: &[usize], found: &[Finding]) -> Option<String> {
    let all =
        [repetition(facts, rows, found), growth(facts, rows), one_step(facts, rows), retries(facts, rows)];
    let causes = all.into_iter().flatten();
    causes
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(share, words)| format!("{words} ({})", words::share(share)))
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn tokens(facts: &Facts<'_>, rows: &[usize]) -> u64 {
    let counted = rows.iter().map(|&row| &facts.rows[row]).filter(|row| row.has_figures);
    counted.filter_map(|row| row.usage.total()).fold(0, u64::saturating_add)
}

/// The most wasteful loop or handoff cycle.
fn repetition(facts: &Facts<'_>, rows: &[usize], found: &[Finding]) -> Option<Cause> {
    let is_loop = |finding: &&Finding| matches!(finding.kind, FindingKind::Loop | FindingKind::HandoffCycle);
    let worst = found.iter().filter(is_loop).max_by_key(|finding| finding.wasted_tokens)?;
    let share = share(worst.wasted_tokens, tokens(facts, rows));
    (LOOP..=1.0).contains(&share).then(|| (share, format!("repetition: {}", worst.message)))
}

/// Input tokens beyond what each call would have taken if it were as long as its agent's first.
fn growth(facts: &Facts<'_>, rows: &[usize]) -> Option<Cause> {
    let (mut more, mut widest) = (0, (0, 0));
    for course in &facts.courses {
        let calls = course.doings.iter().filter(|doing| rows.binary_search(&doing.row).is_ok());
        let inputs: Vec<u64> = calls.filter_map(|doing| facts.rows[doing.row].usage.input).collect();
        let (Some(&first), Some(&last)) = (inputs.first(), inputs.iter().max()) else { continue };
        more += inputs.iter().map(|input| input.saturating_sub(first)).sum::<u64>();
        if last - first > widest.1 - widest.0 {
            widest = (first, last);
        }
    }
    let share = share(more, tokens(facts, rows));
    let words =
        || format!("growing context: {} → {} tokens a call", words::count(widest.0), words::count(widest.1));
    (share >= GROWTH).then(|| (share, words()))
}

/// One call that cost, or took, most of all.
fn one_step(facts: &Facts<'_>, rows: &[usize]) -> Option<Cause> {
    let cost = |row: usize| facts.rows[row].own_cost.map_or(0, |cost| cost.amount.0.unsigned_abs());
    let time = |row: usize| facts.step(row).and_then(Step::duration).unwrap_or(0);
    let calls: Vec<usize> = doings_in(facts, rows).map(|doing| doing.row).collect();
    let most = |amount: &dyn Fn(usize) -> u64, all: &[usize]| {
        let sum = all.iter().map(|&row| amount(row)).fold(0, u64::saturating_add);
        let top = calls.iter().copied().max_by_key(|&row| amount(row))?;
        Some((share(amount(top), sum), top))
    };
    let by_cost =
        most(&cost, rows).map(|(share, row)| (share, row, words::money(NanoUsd(cost(row).cast_signed()))));
    let by_time = most(&time, &calls).map(|(share, row)| (share, row, words::time(time(row))));
    let best = [by_cost, by_time].into_iter().flatten().max_by(|a, b| a.0.total_cmp(&b.0));
    let (share, row, amount) = best.filter(|(share, ..)| *share >= ONE_STEP && calls.len() > 2)?;
    let name = line::cut(&facts.step(row)?.name);
    Some((share, format!("one expensive step: {name} with {amount}")))
}

/// Calls that failed.
fn retries(facts: &Facts<'_>, rows: &[usize]) -> Option<Cause> {
    let (mut all, mut failed) = (0, 0);
    for doing in doings_in(facts, rows) {
        all += 1;
        failed += u64::from(doing.failed);
    }
    let share = share(failed, all);
    (share >= FAILED && failed > 1).then(|| (share, format!("retries: {failed} of {all} calls failed")))
}
