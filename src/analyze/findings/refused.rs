//! Answers that the model declined to give, or that a content filter withheld.
//!
//! A word of the provider's is a warning. An answer that only reads like a refusal is a hint: agents decline for good
//! reason, too.

use super::facts::{Facts, agent_of, step_of};
use super::{Pattern, words};
use crate::analyze::line;
use crate::model::{FindingKind, Severity, Step, StepKind};

pub(super) fn check(facts: &Facts<'_>) -> Vec<Pattern> {
    let rows =
        (0..facts.rows.len()).filter(|&row| facts.rows[row].has_figures || facts.rows[row].subtree == 1);
    rows.filter_map(|row| pattern(facts, row)).collect()
}

fn pattern(facts: &Facts<'_>, row: usize) -> Option<Pattern> {
    let step = step_of(facts.steps, &facts.rows[row])?;
    let said = step.oddities.as_deref().and_then(|odd| odd.refusal.as_deref());
    let is_filtered = step.kind == StepKind::Llm && step.finish_reason.as_deref() == Some("content_filter");
    let agent = agent_of(facts.steps, &facts.rows[row]);
    let who = words::agent(agent);
    let model = step.model.as_deref().unwrap_or("the model");
    let (severity, message) = match said {
        Some(said) if is_filtered || !is_answer(step) => {
            (Severity::Warning, format!("{model} refused to answer {who}: {}", line::cut(said)))
        }
        Some(said) => {
            (Severity::Hint, format!("{model}'s answer to {who} reads like a refusal: {}", line::cut(said)))
        }
        None if is_filtered => {
            (Severity::Warning, format!("a content filter withheld the answer of {model} to {who}"))
        }
        None => return None,
    };
    Some(Pattern::of(FindingKind::Refused, severity, message, vec![row]).with_members(agent))
}

/// An ordinary answer, as far as its status tells.
fn is_answer(step: &Step) -> bool {
    step.kind == StepKind::Llm && step.is_answered_call()
}
