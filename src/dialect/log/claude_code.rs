//! Claude Code's log events (`cli_events.md`; `dialects.md` 17).
//!
//! `assistant_response` and the bodies of requests are content of calls, `tool_decision` of an accepted tool is part of
//! its result, `api_retries_exhausted` comes beside the last `api_error`: none is a step.

use std::sync::Arc;

use super::client::{Client, Event, event, prompt};
use crate::dialect::{lenient, reading};
use crate::model::{Attributes, Oddities, SharedText, Step, StepKind, StepStatus, Value};

pub(super) static CLIENT: Client = Client {
    agent: "claude-code",
    prefix: "claude_code.",
    scope: "com.anthropic.claude_code",
    session: &["session.id"],
    prompt: Some("prompt.id"),
    is_sub_agents: |attributes| attributes.get("agent_id").is_some_and(Value::is_present),
    ties_traces: true,
    events: EVENTS,
};

const EVENTS: &[Event] = &[
    event("api_request", StepKind::Llm, "api request").words(CALL).refine(call),
    event("api_error", StepKind::Llm, "api request").failed().words(CALL).refine(call),
    event("tool_result", StepKind::Tool, "tool").words(TOOL).refine(tool),
    prompt("user_prompt"),
    event("tool_decision", StepKind::Other, "tool rejected").when(is_rejected).refine(rejected),
    event("api_refusal", StepKind::Other, "model refused").refine(refused),
    event("compaction", StepKind::Task, "compaction").words(ERROR).refine(compaction),
    event("subagent_completed", StepKind::Task, "sub-agent").plumbing().words(SUBAGENT).refine(subagent),
    event("skill_activated", StepKind::Task, "skill").plumbing().refine(skill),
    event("hook_execution_complete", StepKind::Other, "hook").plumbing().when(is_felt).refine(hook),
];

const CALL: &[(&str, &str)] =
    &[("request_id", "gen_ai.response.id"), ("error", "error.message"), ("error_type", "error.type")];

const ERROR: &[(&str, &str)] = &[("error", "error.message")];

/// With `OTEL_LOG_TOOL_DETAILS` alone there is any input; older versions have the parameters only.
const TOOL: &[(&str, &str)] = &[
    ("tool_input", "gen_ai.tool.call.arguments"),
    ("tool_parameters", "gen_ai.tool.call.arguments"),
    ("error", "error.message"),
    ("error_type", "error.type"),
];

const SUBAGENT: &[(&str, &str)] = &[("agent_type", "agent.name")];

/// The provider is the one its spans name, unless the model is asked through a cloud.
fn call(attributes: &Attributes, step: &mut Step) {
    let direct = attributes.text("anthropic.provider").is_none_or(|provider| provider == "firstParty");
    if step.provider.is_none() && direct {
        step.provider = Some("anthropic".into());
    }
}

/// Tools of configured MCP servers are all called `mcp_tool`; their own names stand among the parameters.
fn tool(attributes: &Attributes, step: &mut Step) {
    if step.tool.as_deref() != Some("mcp_tool") {
        return;
    }
    let said = ["tool_parameters", "gen_ai.tool.call.arguments"].iter().find_map(|key| {
        let parameters = lenient::parse(attributes.text(key)?)?;
        let name = |key: &str| parameters[key].as_str().map(str::to_owned);
        Some(format!("mcp__{}__{}", name("mcp_server_name")?, name("mcp_tool_name")?))
    });
    if let Some(name) = said.map(SharedText::from) {
        step.name = name.clone();
        step.tool = Some(name);
    }
}

fn is_rejected(attributes: &Attributes) -> bool {
    attributes.text("decision") == Some("reject")
}

/// Who said no: a rule, a hook or the person.
fn rejected(attributes: &Attributes, step: &mut Step) {
    let tool = attributes.text("tool_name").unwrap_or("tool");
    step.name = match attributes.text("source") {
        Some(source) => format!("{tool} rejected ({source})").into(),
        None => format!("{tool} rejected").into(),
    };
}

/// A refusal that another model answered instead is none to the person.
fn refused(attributes: &Attributes, step: &mut Step) {
    if attributes.get("server_fallback_hop").and_then(reading::flag) != Some(true) {
        step.status = StepStatus::Error;
        step.error = Some(match attributes.text("category") {
            Some(category) => format!("the model refused: {category}").into(),
            None => "the model refused".into(),
        });
        let refusal = attributes.text("category").unwrap_or("refusal").to_owned();
        step.oddities = Some(Arc::new(Oddities { refusal: Some(refusal), ..Oddities::default() }));
    }
}

fn compaction(attributes: &Attributes, step: &mut Step) {
    let tokens = |key| attributes.get(key).and_then(reading::count);
    if let (Some(before), Some(after)) = (tokens("pre_tokens"), tokens("post_tokens")) {
        step.name = format!("compaction: {before} → {after} tokens").into();
    }
}

fn subagent(_: &Attributes, step: &mut Step) {
    if let Some(agent) = &step.agent {
        step.name = format!("sub-agent {agent}").into();
    }
}

fn skill(attributes: &Attributes, step: &mut Step) {
    if let Some(skill) = attributes.text("skill.name") {
        step.name = format!("skill {skill}").into();
    }
}

/// Hooks that changed or failed nothing are noise: there is one before and after every tool.
fn is_felt(attributes: &Attributes) -> bool {
    has_any(attributes, "num_blocking") || has_any(attributes, "num_non_blocking_error")
}

fn has_any(attributes: &Attributes, key: &str) -> bool {
    attributes.get(key).and_then(reading::count).is_some_and(|count| count > 0)
}

fn hook(attributes: &Attributes, step: &mut Step) {
    let hook = attributes.text("hook_name").unwrap_or("hook");
    // a hook that blocks changes what happens next
    if has_any(attributes, "num_blocking") {
        step.plumbing = false;
        step.name = format!("hook {hook} blocked").into();
    } else {
        step.status = StepStatus::Error;
        step.name = format!("hook {hook}").into();
        step.error = Some("a hook failed without blocking".into());
    }
}
