//! The JSON contract: one object a line, every key always there, absent facts `null`.
//!
//! `design.md` ("JSON that scripts rely on") settles the shape. Numbers are printed from the integers they are kept
//! in, never through floats. Steps whose figures repeat those of their children show none, so that summing the steps
//! of a run gives the run.

mod clients;
mod cost;
mod crowd;
mod diff;
mod escape;
mod line;
mod number;
mod rows;
mod whole;

use serde::Serialize;

pub use whole::WholeStep;

use super::cost::Call;
use super::diff::{Against, Pair};
use crate::analyze::checkup::Patient;
use crate::analyze::tree::Tree;
use crate::model::{Finding, RunSummary, Step, UnixNanos};

/// The line of `runs --json` for one run, as it stands at `now`.
///
/// # Errors
/// Never with the types at hand; `serde_json` cannot say so in its signature.
pub fn run_line(run: &RunSummary, now: UnixNanos) -> serde_json::Result<String> {
    to_line(&line::Run::new(run, now))
}

/// The lines of `show --json`: the run, its steps in display order, its findings.
pub fn show_lines<'a>(
    run: &'a RunSummary,
    now: UnixNanos,
    steps: &'a [Step],
    tree: &'a Tree,
    findings: &'a [Finding],
) -> impl Iterator<Item = serde_json::Result<String>> + 'a {
    let head =
        std::iter::once_with(move || to_line(&line::Typed { kind: "run", row: line::Run::new(run, now) }));
    let body = rows::steps(steps, tree).map(|row| to_line(&line::Typed { kind: "step", row }));
    let tail = findings.iter().map(|f| to_line(&line::Typed { kind: "finding", row: line::Flag::new(f) }));
    head.chain(body).chain(tail)
}

/// The lines of `show --explain-cost --json`: one per call that counts, in display order, then their sum.
pub fn cost_lines<'a>(
    run: &'a RunSummary,
    calls: &'a [Call<'a>],
) -> impl Iterator<Item = serde_json::Result<String>> + 'a {
    let body = calls.iter().map(|call| to_line(&line::Typed { kind: "call", row: cost::CallRow::new(call) }));
    let sum = std::iter::once_with(|| {
        to_line(&line::Typed { kind: "sum", row: cost::Sum::new(&run.run_id, calls) })
    });
    body.chain(sum)
}

/// One step with its telemetry and content, on one line.
///
/// # Errors
/// As [`run_line`].
pub fn step_line(step: &WholeStep<'_>) -> serde_json::Result<String> {
    to_line(step).map(|line| line.trim_end().to_owned())
}

/// The line of `diff --json`.
///
/// # Errors
/// Never with the types at hand; `serde_json` cannot say so in its signature.
pub fn diff_line(pair: &Pair<'_>) -> serde_json::Result<String> {
    to_line(&diff::Line::new(pair))
}

/// The line of `diff RUN --against FILTER --json`.
///
/// # Errors
/// Never with the types at hand; `serde_json` cannot say so in its signature.
pub fn crowd_line(against: &Against<'_>) -> serde_json::Result<String> {
    to_line(&crowd::Line::new(against))
}

/// The lines of `doctor --json`, one a client.
pub fn doctor_lines(patients: &[Patient]) -> impl Iterator<Item = serde_json::Result<String>> + '_ {
    patients.iter().map(|patient| to_line(&clients::Client::new(patient)))
}

/// `row` on one line, with what nobody would see of its texts escaped.
pub(super) fn to_line(row: &impl Serialize) -> serde_json::Result<String> {
    let mut bytes = Vec::with_capacity(512);
    row.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, escape::Visible))?;
    String::from_utf8(bytes).map_err(serde::ser::Error::custom)
}

#[cfg(test)]
mod tests;
