//! Codex CLI's log events (`cli_events.md`; `dialects.md` 17). It tells a record per piece of every stream: only the one
//! that holds the tokens is a step.

use super::client::{Client, Event, event, prompt};
use crate::dialect::reading;
use crate::model::{Attributes, Step, StepKind};

pub(super) static CLIENT: Client = Client {
    agent: AGENT,
    prefix: "codex.",
    scope: "codex_otel",
    session: &["conversation.id"],
    prompt: None,
    is_sub_agents: |_| false,
    ties_traces: true,
    events: EVENTS,
};

const AGENT: &str = "codex";

const EVENTS: &[Event] = &[
    event("sse_event", StepKind::Llm, TITLE).when(is_answer).words(TOKENS),
    event("websocket_event", StepKind::Llm, TITLE).when(is_answer).words(TOKENS),
    event("api_request", StepKind::Llm, TITLE).failed().when(is_failed_try),
    event("websocket_request", StepKind::Llm, TITLE).failed().when(is_failed_try),
    event("tool_result", StepKind::Tool, "tool").words(TOOL).refine(agent),
    prompt("user_prompt"),
];

const TITLE: &str = "api request";

/// Counts are text. `tool_token_count` is the call's total (`cli_events.md`, misnomer); input holds what was cached,
/// output the reasoning.
const TOKENS: &[(&str, &str)] = &[
    ("input_token_count", "gen_ai.usage.input_tokens"),
    ("output_token_count", "gen_ai.usage.output_tokens"),
    ("cached_token_count", "gen_ai.usage.cache_read.input_tokens"),
    ("cache_write_token_count", "gen_ai.usage.cache_write.input_tokens"),
    ("reasoning_token_count", "gen_ai.usage.reasoning.output_tokens"),
    ("tool_token_count", "gen_ai.usage.total_tokens"),
];

const TOOL: &[(&str, &str)] = &[
    ("call_id", "gen_ai.tool.call.id"),
    ("arguments", "gen_ai.tool.call.arguments"),
    ("output", "gen_ai.tool.call.result"),
];

/// The stream's end comes twice: once timed, once with the tokens.
fn is_answer(attributes: &Attributes) -> bool {
    attributes.text("event.kind") == Some("response.completed")
        && attributes.get("input_token_count").and_then(reading::count).is_some()
}

/// The stream that follows tells of tries that went well.
fn is_failed_try(attributes: &Attributes) -> bool {
    let status = attributes.get("http.response.status_code").and_then(reading::count);
    status.is_some_and(|code| code >= 400)
        || attributes.get("error.message").is_some_and(crate::model::Value::is_present)
}

/// Agents are called by their path; the one at its root has no name of its own.
fn agent(_: &Attributes, step: &mut Step) {
    let Some(path) = step.agent.as_deref().filter(|path| path.starts_with('/')) else { return };
    let name = path.rsplit('/').find(|part| !part.is_empty() && *part != "root").unwrap_or(AGENT);
    step.agent = Some(name.into());
}
