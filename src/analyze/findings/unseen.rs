//! Calls that look alike as far as telemetry tells, where arguments or results are not in it: never more than a hint, and
//! the words say what is missing.

use super::facts::{Call, Facts, hash};
use super::{Pattern, changed};
use crate::model::{FindingKind, Severity};

/// Calls in a row that make a pattern.
const TIMES: usize = 3;

pub(super) fn check(facts: &Facts<'_>) -> Vec<Pattern> {
    facts.streams.iter().flat_map(|stream| patterns(facts, stream)).collect()
}

fn patterns(facts: &Facts<'_>, stream: &[Call<'_>]) -> Vec<Pattern> {
    let single: Vec<&Call<'_>> = stream.chunk_by(|a, b| a.batch == b.batch).map(|batch| &batch[0]).collect();
    let alike = single.chunk_by(|a, b| look(facts, a).is_some() && look(facts, a) == look(facts, b));
    alike.filter(|calls| calls.len() >= TIMES).map(|calls| pattern(facts, calls)).collect()
}

/// What is to be seen of a call of which not all is; `None` where that is nothing but its name.
///
/// Where neither arguments nor result are told, the size of the answer that asked for it stands for both.
fn look(facts: &Facts<'_>, call: &Call<'_>) -> Option<u64> {
    let size = call.asker.and_then(|row| facts.rows[row].usage.output);
    match (call.arguments, call.outcome) {
        (0, 0) => size.map(|size| hash(&(call.tool, size))),
        (0, outcome) => Some(hash(&(call.tool, outcome, size))),
        (arguments, 0) => Some(hash(&(call.tool, arguments))),
        _ => None,
    }
}

fn pattern(facts: &Facts<'_>, calls: &[&Call<'_>]) -> Pattern {
    let (first, times) = (calls[0], calls.len());
    let missing = match (first.arguments, first.outcome) {
        (0, 0) => "arguments and results are",
        (0, _) => "its arguments are",
        _ => "its results are",
    };
    Pattern {
        kind: FindingKind::Loop,
        severity: Severity::Hint,
        message: format!(
            "{} called {times} times in a row, alike as far as seen: {missing} not in the telemetry",
            first.tool
        ),
        changed: Some(changed::UNTOLD.to_owned()),
        rows: calls.iter().map(|call| call.row).collect(),
        starts: calls.iter().map(|call| call.row).collect(),
        wasted: facts.spent(calls[1..].iter().copied()),
        members: vec![first.tool.to_owned()],
        repeats: times,
        period: 1,
    }
}
