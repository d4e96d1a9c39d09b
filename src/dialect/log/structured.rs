//! What agents written by hand log in their own words (`dialects.md` 20, article 4): one JSON line per event, its name
//! and fields in the body, or beside it as attributes.

use std::sync::Arc;

use super::client::{Client, Event, event};
use crate::dialect::{oddities, outcome, reading};
use crate::model::{Attributes, Oddities, Step, StepKind, StepStatus};

pub(super) static CLIENT: Client = Client {
    agent: "",
    prefix: "agent.",
    scope: "",
    session: &["session.id", "session_id", "workflow_id"],
    prompt: None,
    is_sub_agents: |_| false,
    ties_traces: false,
    events: EVENTS,
};

const EVENTS: &[Event] = &[
    event("handoff", StepKind::Handoff, "handoff").words(HANDOFF).refine(handoff),
    event("tool_call", StepKind::Tool, "tool").words(TOOL),
    event("error", StepKind::Task, "error").failed().words(ERROR).refine(error),
    event("decision", StepKind::Task, "decision").plumbing().refine(decision),
];

const HANDOFF: &[(&str, &str)] = &[("target", "gen_ai.handoff.to_agent"), ("context_summary", "agent.input")];

const TOOL: &[(&str, &str)] = &[
    ("args", "gen_ai.tool.call.arguments"),
    ("result_summary", "gen_ai.tool.call.result"),
    ("result", "gen_ai.tool.call.result"),
];

const ERROR: &[(&str, &str)] = &[("message", "error.message"), ("error_type", "error.type")];

fn handoff(_: &Attributes, step: &mut Step) {
    if let Some(to) = step.handoff.as_ref().and_then(|handoff| handoff.to.as_ref()) {
        step.name = format!("handoff to {to}").into();
    }
}

/// What could be recovered from inside a trace is told there by the span that failed; elsewhere nothing else shows it.
fn error(attributes: &Attributes, step: &mut Step) {
    let is_recoverable = attributes.get("recoverable").and_then(reading::flag) == Some(true);
    step.plumbing = is_recoverable && step.parent_span_id.is_some();
    if let Some(kind) = attributes.text("error.type") {
        step.name = outcome::one_line(kind).into();
    }
    step.status = StepStatus::Error;
}

/// `tool_selection: search (0.8)`.
fn decision(attributes: &Attributes, step: &mut Step) {
    let said = |key| attributes.get(key).and_then(reading::text).map(|text| outcome::one_line(&text));
    let kind = said("decision_type").unwrap_or_else(|| "decision".to_owned());
    let choice = said("choice").map(|choice| format!(": {choice}")).unwrap_or_default();
    let confidence = said("confidence").map(|sure| format!(" ({sure})")).unwrap_or_default();
    step.name = format!("{kind}{choice}{confidence}").into();
    let sure = attributes.get("confidence").and_then(oddities::confidence);
    if sure.is_some() {
        step.oddities = Some(Arc::new(Oddities { confidence: sure, ..Oddities::default() }));
    }
}
