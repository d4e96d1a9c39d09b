//! An agent stopped because its rounds were used up, not because it was done (`agent.status` `max_iterations_reached` and
//! what frameworks say and raise in its place).

use super::facts::{Facts, agent_of, step_of};
use super::{Pattern, words};
use crate::analyze::line;
use crate::model::{FindingKind, Severity};

pub(super) fn check(facts: &Facts<'_>) -> Vec<Pattern> {
    (0..facts.rows.len())
        .filter(|&row| is_innermost(facts, row))
        .filter_map(|row| pattern(facts, row))
        .collect()
}

fn said<'a>(facts: &Facts<'a>, row: usize) -> Option<&'a str> {
    step_of(facts.steps, &facts.rows[row])?.oddities.as_deref()?.exhausted.as_deref()
}

/// An error passes through all that stands above: the step that it came from tells it.
fn is_innermost(facts: &Facts<'_>, row: usize) -> bool {
    if said(facts, row).is_none() {
        return false;
    }
    let end = row + facts.rows[row].subtree as usize;
    !(row + 1..end.min(facts.rows.len())).any(|below| said(facts, below).is_some())
}

fn pattern(facts: &Facts<'_>, row: usize) -> Option<Pattern> {
    let agent = agent_of(facts.steps, &facts.rows[row]);
    let calls = facts.courses.iter().filter(|course| course.agent == agent).flat_map(|course| &course.doings);
    let calls = calls.filter(|doing| doing.is_call()).count();
    let made =
        if calls == 0 { String::new() } else { format!(" after {}", words::counted(calls, "model call")) };
    let who = words::agent(agent);
    let message = format!("{who} used up its rounds{made} and stopped: {}", line::cut(said(facts, row)?));
    Some(Pattern::of(FindingKind::Exhausted, Severity::Warning, message, vec![row]).with_members(agent))
}
