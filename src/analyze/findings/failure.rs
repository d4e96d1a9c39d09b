//! Errors that trying again did not mend, and errors in a row.
//!
//! A loop of failures is told as a loop: what a finding of that kind holds is not told again.

use rustc_hash::{FxHashMap, FxHashSet};

use super::course::{Course, Doing};
use super::facts::Facts;
use super::{Pattern, words};
use crate::analyze::line;
use crate::model::{Effect, Finding, FindingKind, Severity, SpanId};

/// Failures that make "again": one retry is everybody's right, and its failure worth a look.
const AGAIN: usize = 2;

/// Rounds that failed in a row: chance makes two (detection.md asks three for an alarm of repetition), not three.
const STREAK: usize = 3;

/// A streak as long as this is an alarm.
const LONG_STREAK: usize = 5;

pub(super) fn unmended(facts: &Facts<'_>, found: &[Finding]) -> Vec<Pattern> {
    news(facts, found, facts.courses.iter().flat_map(|course| never_succeeded(course)))
}

pub(super) fn streaks(facts: &Facts<'_>, found: &[Finding]) -> Vec<Pattern> {
    news(facts, found, facts.courses.iter().flat_map(|course| in_a_row(course)))
}

/// Patterns of which some step is in no loop.
fn news(facts: &Facts<'_>, found: &[Finding], patterns: impl Iterator<Item = Pattern>) -> Vec<Pattern> {
    let loops = found.iter().filter(|finding| finding.kind == FindingKind::Loop);
    let known: FxHashSet<SpanId> = loops.flat_map(|finding| finding.steps.iter().copied()).collect();
    let is_known = |row: &usize| facts.step(*row).is_some_and(|step| known.contains(&step.span_id));
    patterns.filter(|pattern| !pattern.rows.iter().all(is_known)).collect()
}

/// One tool, or the model, that failed from some moment on whenever it was tried.
#[derive(Default)]
struct Lasting<'c, 'a> {
    failed: Vec<&'c Doing<'a>>,
    /// Changes before the last failure.
    changes: usize,
    /// It was tried again although nothing was changed since it failed.
    is_stubborn: bool,
}

impl<'c, 'a> Lasting<'c, 'a> {
    fn add(&mut self, doing: &'c Doing<'a>, changes: usize) {
        let is_again = self.failed.last().is_some_and(|last| last.batch != doing.batch);
        self.is_stubborn |= is_again && changes == self.changes;
        self.changes = changes;
        self.failed.push(doing);
    }

    fn batches(&self) -> usize {
        self.failed.chunk_by(|a, b| a.batch == b.batch).count()
    }
}

/// Tools, and the model, that failed from some moment on whenever they were tried.
fn never_succeeded(course: &Course<'_>) -> Vec<Pattern> {
    // of each tool, and of the model, what failed since its last success
    let mut open: FxHashMap<Option<&str>, Lasting<'_, '_>> = FxHashMap::default();
    let mut changes = 0;
    for doing in &course.doings {
        if doing.failed {
            open.entry(doing.tool()).or_default().add(doing, changes);
        } else {
            open.remove(&doing.tool());
            changes += usize::from(doing.step.effect == Effect::Changes);
        }
    }
    let mut lasting: Vec<_> = open.into_iter().filter(|(_, lasting)| lasting.batches() >= AGAIN).collect();
    lasting.sort_by_key(|(_, lasting)| lasting.failed[0].row);
    lasting.into_iter().map(|(tool, lasting)| lasting_error(course, tool, &lasting)).collect()
}

/// Who changes something before each try is at work (edit, test, edit, test), and gave up in the end: a remark.
fn lasting_error(course: &Course<'_>, tool: Option<&str>, lasting: &Lasting<'_, '_>) -> Pattern {
    let failed = &lasting.failed;
    let what = tool.map_or_else(|| format!("the model of {}", words::agent(course.agent)), str::to_owned);
    let (severity, but) = if lasting.is_stubborn {
        (Severity::Warning, "")
    } else {
        (Severity::Hint, ", each time after a change,")
    };
    let (times, error) = (failed.len(), error_of(failed));
    let message = format!("{what} failed {times} times{but} and never succeeded after{error}");
    pattern(severity, message, failed).with_members(tool.or(course.agent))
}

/// Rounds in a row in which every call failed, whatever was called.
fn in_a_row(course: &Course<'_>) -> Vec<Pattern> {
    let told = course.doings.iter().filter(|doing| !doing.is_call() || doing.failed);
    let told: Vec<&Doing<'_>> = told.collect();
    let rounds: Vec<&[&Doing<'_>]> = told.chunk_by(|a, b| a.batch == b.batch).collect();
    let has_failed = |round: &[&Doing<'_>]| round.iter().all(|doing| doing.failed);
    let streaks = rounds.chunk_by(|a, b| has_failed(a) == has_failed(b));
    let long = streaks.filter(|streak| has_failed(streak[0]) && streak.len() >= STREAK);
    long.map(|streak| row_of_errors(course, streak)).collect()
}

fn row_of_errors(course: &Course<'_>, streak: &[&[&Doing<'_>]]) -> Pattern {
    let failed: Vec<&Doing<'_>> = streak.iter().flat_map(|round| round.iter().copied()).collect();
    let severity = if streak.len() >= LONG_STREAK { Severity::Alarm } else { Severity::Warning };
    let agent = words::agent(course.agent);
    let message =
        format!("{} of {agent} failed in a row{}", words::counted(failed.len(), "step"), error_of(&failed));
    let mut tools: Vec<&str> = failed.iter().filter_map(|doing| doing.tool()).collect();
    tools.dedup();
    pattern(severity, message, &failed).with_members(tools)
}

/// `: timeout`, the last error.
fn error_of(failed: &[&Doing<'_>]) -> String {
    let error = failed.iter().rev().find_map(|doing| doing.step.error.as_deref());
    error.map(|error| format!(": {}", line::cut(error))).unwrap_or_default()
}

fn pattern(severity: Severity, message: String, failed: &[&Doing<'_>]) -> Pattern {
    let rows = failed.iter().map(|doing| doing.row).collect();
    Pattern::of(FindingKind::Failure, severity, message, rows)
}
