//! Decisions that an agent itself was not sure of, where clients tell how sure they were.

use super::facts::{Facts, agent_of, step_of};
use super::{Pattern, words};
use crate::analyze::line;
use crate::model::{FindingKind, Severity};

/// Below this an agent says that it rather does not know (issue: "low-confidence decisions (< 0.3)").
const UNSURE: f64 = 0.3;

/// Decisions before it that are told with it.
const CHAIN: usize = 4;

/// A decision as it is told.
struct Decision<'a> {
    row: usize,
    start: u64,
    agent: Option<&'a str>,
    /// What was decided.
    name: &'a str,
    confidence: f64,
}

pub(super) fn check(facts: &Facts<'_>) -> Vec<Pattern> {
    let mut decisions: Vec<Decision<'_>> =
        (0..facts.rows.len()).filter_map(|row| decision(facts, row)).collect();
    decisions.sort_by_key(|decision| (decision.start, decision.row));
    let unsure = (0..decisions.len()).filter(|&at| decisions[at].confidence < UNSURE);
    unsure.map(|at| pattern(&decisions[at.saturating_sub(CHAIN)..=at])).collect()
}

fn decision<'a>(facts: &Facts<'a>, row: usize) -> Option<Decision<'a>> {
    let step = step_of(facts.steps, &facts.rows[row])?;
    let confidence = step.oddities.as_deref()?.confidence?;
    Some(Decision {
        row,
        start: step.start,
        agent: agent_of(facts.steps, &facts.rows[row]),
        name: &step.name,
        confidence,
    })
}

/// The last of the chain was unsure. Only it is a member: the chain is its history, and of two unsure decisions in a row
/// each is told.
fn pattern(chain: &[Decision<'_>]) -> Pattern {
    let last = &chain[chain.len() - 1];
    let told = |decision: &Decision<'_>| {
        let name = line::cut(decision.name);
        let has_figure = name.ends_with(')');
        if has_figure { name } else { format!("{name} ({})", decision.confidence) }
    };
    let before: Vec<String> = chain[..chain.len() - 1].iter().map(told).collect();
    let after =
        if before.is_empty() { String::new() } else { format!("; decided before: {}", before.join(" → ")) };
    let who = words::agent(last.agent);
    let message = format!("{who} decided with a confidence of {}: {}{after}", last.confidence, told(last));
    Pattern::of(FindingKind::LowConfidence, Severity::Warning, message, vec![last.row])
        .with_members(chain.iter().filter_map(|decision| decision.agent))
}
