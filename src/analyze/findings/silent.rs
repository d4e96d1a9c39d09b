//! Trouble that no status tells: a tool's result that is an error, an answer without a word, arguments that are no JSON.

use rustc_hash::FxHashMap;

use super::course::{Course, Doing};
use super::facts::Facts;
use super::{Pattern, words};
use crate::analyze::line;
use crate::model::{FindingKind, Oddities, Severity};

/// An empty answer with more output tokens than this said something that telemetry does not tell: thoughts, a call.
const EMPTY: u64 = 16;

pub(super) fn errors_in_results(facts: &Facts<'_>) -> Vec<Pattern> {
    facts.courses.iter().flat_map(|course| by_tool(course)).collect()
}

fn odd<'a>(doing: &Doing<'a>) -> Option<&'a Oddities> {
    doing.step.oddities.as_deref()
}

/// What a result says went wrong, under a good status.
fn hidden_error<'a>(doing: &Doing<'a>) -> Option<&'a str> {
    odd(doing)?.failure.as_deref().filter(|_| !doing.failed)
}

fn by_tool(course: &Course<'_>) -> Vec<Pattern> {
    let mut tools: FxHashMap<&str, Vec<&Doing<'_>>> = FxHashMap::default();
    for doing in &course.doings {
        if let Some(tool) = doing.tool() {
            tools.entry(tool).or_default().push(doing);
        }
    }
    let last_good = course.doings.iter().rev().find(|doing| doing.tool().is_some() && is_good(doing));
    let last_good = last_good.map(|doing| doing.batch);
    let mut patterns: Vec<Pattern> =
        tools.into_iter().filter_map(|(tool, calls)| errors_of(tool, &calls, last_good)).collect();
    patterns.sort_by_key(|pattern| pattern.rows[0]);
    patterns
}

fn is_good(doing: &Doing<'_>) -> bool {
    !doing.failed && hidden_error(doing).is_none()
}

/// `last_good`: the batch of the agent's last tool call that gave a result.
fn errors_of(tool: &str, calls: &[&Doing<'_>], last_good: Option<usize>) -> Option<Pattern> {
    let hidden: Vec<&&Doing<'_>> = calls.iter().filter(|doing| hidden_error(doing).is_some()).collect();
    let error = line::cut(hidden.last().and_then(|doing| hidden_error(doing))?);
    let (severity, ending) = weight(calls, last_good);
    let times = if hidden.len() == 1 { String::new() } else { format!(" {} times", hidden.len()) };
    let message = format!("{tool} gave an error as its result{times}, under a good status: {error}{ending}");
    let rows = hidden.iter().map(|doing| doing.row).collect();
    Some(Pattern::of(FindingKind::SilentFailure, severity, message, rows).with_members([tool]))
}

/// An agent copes with most errors that a tool tells it of (no such user by this address: it asks by the name): a hint,
/// unless the tool's last words were nothing else, or nothing but errors came after.
fn weight(calls: &[&Doing<'_>], last_good: Option<usize>) -> (Severity, &'static str) {
    let at_last: Vec<usize> =
        calls.iter().rev().take_while(|doing| !is_good(doing)).map(|doing| doing.batch).collect();
    let tries = at_last.chunk_by(|a, b| a == b).count();
    match at_last.first() {
        None => (Severity::Hint, "; a later call gave a result"),
        Some(&last) if tries == 1 && last_good.is_some_and(|good| good > last) => {
            (Severity::Hint, "; another tool gave a result after")
        }
        Some(_) => (Severity::Warning, ""),
    }
}

pub(super) fn empty_answers(facts: &Facts<'_>) -> Vec<Pattern> {
    facts.courses.iter().filter_map(|course| without_a_word(facts, course)).collect()
}

fn without_a_word(facts: &Facts<'_>, course: &Course<'_>) -> Option<Pattern> {
    let empty: Vec<usize> =
        course.doings.iter().filter(|doing| is_empty(facts, doing)).map(|doing| doing.row).collect();
    let last = course.last_call();
    let agent = words::agent(course.agent);
    let (severity, message) = match empty.as_slice() {
        [] => return None,
        [.., at] if Some(*at) == last => (Severity::Warning, format!("the last answer of {agent} is empty")),
        rows => (Severity::Hint, format!("{} of {agent}", words::counted(rows.len(), "empty answer"))),
    };
    Some(Pattern::of(FindingKind::SilentFailure, severity, message, empty).with_members(course.agent))
}

/// An answer that was captured, holds nothing, and does not say that it asked for something else.
fn is_empty(facts: &Facts<'_>, doing: &Doing<'_>) -> bool {
    let tokens = facts.rows[doing.row].usage.output;
    let says_so = match doing.step.finish_reason.as_deref() {
        Some("stop") => tokens.is_none_or(|tokens| tokens <= EMPTY),
        None => tokens.is_some_and(|tokens| tokens <= EMPTY),
        Some(_) => false,
    };
    says_so && doing.step.is_answered_call() && odd(doing).is_some_and(|odd| odd.empty)
}

pub(super) fn bad_arguments(facts: &Facts<'_>) -> Vec<Pattern> {
    facts.courses.iter().filter_map(|course| no_json(course)).collect()
}

fn no_json(course: &Course<'_>) -> Option<Pattern> {
    let told = |doing: &Doing<'_>| odd(doing).is_some_and(|odd| odd.unparsable.is_some());
    let bad: Vec<&Doing<'_>> = course.doings.iter().filter(|doing| told(doing)).collect();
    let first = odd(bad.first()?)?.unparsable.as_deref()?;
    let tool = bad.iter().find_map(|doing| doing.tool());
    let what = tool.map_or_else(
        || words::agent(course.agent).to_owned(),
        |tool| format!("{tool} was called by {}", words::agent(course.agent)),
    );
    let verb = if tool.is_some() {
        " with arguments that are no JSON"
    } else {
        " asked for a tool with arguments that are no JSON"
    };
    let message = format!("{what}{verb}: {}", line::cut(first));
    let rows = bad.iter().map(|doing| doing.row).collect();
    Some(
        Pattern::of(FindingKind::SilentFailure, Severity::Warning, message, rows)
            .with_members(tool.or(course.agent)),
    )
}
