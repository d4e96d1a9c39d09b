//! Answers cut off by the limit on output tokens (`finish_reason` `length`, in whatever words).

use super::course::{Course, Doing};
use super::facts::Facts;
use super::{Pattern, words};
use crate::model::{FindingKind, Severity};

/// Up to so many tokens a call was meant to be cut: a yes, a number, a label.
const LABEL: u64 = 4;

pub(super) fn check(facts: &Facts<'_>) -> Vec<Pattern> {
    facts.courses.iter().filter_map(|course| pattern(facts, course)).collect()
}

fn pattern(facts: &Facts<'_>, course: &Course<'_>) -> Option<Pattern> {
    let is_cut =
        |doing: &&Doing<'_>| doing.is_call() && doing.step.finish_reason.as_deref() == Some("length");
    let cut: Vec<&Doing<'_>> = course.doings.iter().filter(is_cut).collect();
    let output = |doing: &&Doing<'_>| facts.rows[doing.row].usage.output;
    let longest = cut.iter().filter_map(output).max();
    let at = longest.map(|tokens| format!(" at {} tokens", words::count(tokens))).unwrap_or_default();
    let is_meant = longest.is_some_and(|tokens| tokens <= LABEL);
    let severity = if is_meant { Severity::Hint } else { Severity::Warning };
    let last = course.last_call();
    let ending = if cut.last().map(|doing| doing.row) == last { ", the last one too" } else { "" };
    let agent = words::agent(course.agent);
    let message = match cut.len() {
        0 => return None,
        1 => format!("an answer of {agent} was cut off{at} by the limit on output"),
        many => format!("{many} answers of {agent} were cut off{at} or less by the limit on output{ending}"),
    };
    let rows: Vec<usize> = cut.iter().map(|doing| doing.row).collect();
    Some(Pattern::of(FindingKind::Truncated, severity, message, rows).with_members(course.agent))
}
