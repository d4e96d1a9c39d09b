//! Log events of Gemini CLI and of Qwen Code, which grew from it (`cli_events.md`; `dialects.md` 17).
//!
//! Within their scopes, `gen_ai.client.inference.operation.details` repeats `api_response`: no step.

use serde_json::{Value as Json, json};

use super::client::{Client, Event, event, prompt};
use crate::dialect::ties::is_main_prompt;
use crate::dialect::{lenient, reading};
use crate::model::{Attributes, Step, StepKind, StepStatus, Value};

pub(super) static GEMINI: Client = Client {
    agent: "gemini-cli",
    prefix: "gemini_cli.",
    scope: "gemini-cli",
    session: &["session.id", "gen_ai.conversation.id"],
    prompt: Some("prompt_id"),
    // only the id of its prompt tells a sub-agent's record from the main agent's
    is_sub_agents: |attributes| attributes.text("prompt_id").is_some_and(|id| !is_main_prompt(id)),
    ties_traces: true,
    events: EVENTS,
};

pub(super) static QWEN: Client =
    Client { agent: "qwen-code", prefix: "qwen-code.", scope: "qwen-code", ..GEMINI };

const EVENTS: &[Event] = &[
    event("api_response", StepKind::Llm, "api request").words(CALL).prepare(response),
    event("api_error", StepKind::Llm, "api request").failed().words(CALL),
    event("tool_call", StepKind::Tool, "tool").words(TOOL),
    prompt("user_prompt"),
    event("loop_detected", StepKind::Other, Step::LOOP_DETECTED).refine(own_loop),
    event("chat_compression", StepKind::Task, "compaction").refine(compression),
    event("agent.finish", StepKind::Task, "sub-agent").plumbing().refine(agent),
    event("subagent_execution", StepKind::Task, "sub-agent")
        .plumbing()
        .when(is_over)
        .words(SUBAGENT)
        .refine(agent),
];

const CALL: &[(&str, &str)] = &[
    ("subagent_name", "agent.name"),
    ("response_id", "gen_ai.response.id"),
    ("finish_reasons", "gen_ai.response.finish_reasons"),
    ("error", "error.message"),
    ("error_type", "error.type"),
];

const TOOL: &[(&str, &str)] = &[
    ("subagent_name", "agent.name"),
    ("call_id", "gen_ai.tool.call.id"),
    ("function_args", "gen_ai.tool.call.arguments"),
    ("error", "error.message"),
    ("error_type", "error.type"),
];

const SUBAGENT: &[(&str, &str)] = &[("subagent_name", "agent.name"), ("status", "terminate_reason")];

fn response(attributes: &mut Attributes) {
    tokens(attributes);
    let answer = attributes.0.iter_mut().find(|(key, _)| key == "response_text");
    if let Some((key, value)) = answer {
        if let Some(whole) = value.as_str().and_then(answer_in_chunks) {
            *value = Value::Str(whole);
        }
        "gen_ai.output.messages".clone_into(key);
    }
}

/// The answer as one message, where the stream is told as the API sent it, chunk by chunk: the pieces of a text put
/// together, without the ids and counts around them that differ from call to call.
fn answer_in_chunks(text: &str) -> Option<String> {
    let stream = lenient::parse(text)?;
    let pieces = stream
        .as_array()?
        .iter()
        .filter_map(|chunk| chunk.pointer("/candidates/0/content/parts")?.as_array());
    let mut parts: Vec<Json> = Vec::new();
    for piece in pieces.flatten() {
        let Some(text) = piece["text"].as_str() else {
            parts.push(piece.clone());
            continue;
        };
        let kind = if piece["thought"] == true { "reasoning" } else { "text" };
        match parts.last_mut().filter(|last| last["type"] == kind).map(|last| &mut last["content"]) {
            Some(Json::String(whole)) => whole.push_str(text),
            _ => parts.push(json!({"type": kind, "content": text})),
        }
    }
    (!parts.is_empty()).then(|| json!([{"role": "assistant", "parts": parts}]).to_string())
}

/// Gemini counts thoughts beside the output and the prompts of its own tools beside the input; models that Qwen Code
/// asks through other APIs count them within. The total tells which.
fn tokens(attributes: &mut Attributes) {
    let count = |key| attributes.get(key).and_then(reading::count);
    let input = count("input_token_count");
    let output = count("output_token_count");
    let (thoughts, tools) = (count("thoughts_token_count"), count("tool_token_count"));
    let cached = count("cached_content_token_count");
    let beside = |part: Option<u64>| part.unwrap_or(0);
    let within = input.unwrap_or(0).saturating_add(output.unwrap_or(0));
    let room = count("total_token_count").map_or(u64::MAX, |total| total.saturating_sub(within));
    let added_thoughts = Some(beside(thoughts)).filter(|thoughts| *thoughts <= room).unwrap_or(0);
    let added_tools = Some(beside(tools)).filter(|tools| *tools <= room - added_thoughts).unwrap_or(0);
    for (key, tokens) in [
        ("gen_ai.usage.input_tokens", input.map(|input| input.saturating_add(added_tools))),
        ("gen_ai.usage.output_tokens", output.map(|output| output.saturating_add(added_thoughts))),
        ("gen_ai.usage.cache_read.input_tokens", cached),
        ("gen_ai.usage.reasoning.output_tokens", thoughts),
    ] {
        let tokens = tokens.and_then(|tokens| i64::try_from(tokens).ok());
        attributes.0.extend(tokens.map(|tokens| (key.to_owned(), Value::Int(tokens))));
    }
}

/// The client's own guard found a loop; the second time it ends the session.
fn own_loop(attributes: &Attributes, step: &mut Step) {
    if let Some(kind) = attributes.text("loop_type") {
        step.name = format!("{}: {}", Step::LOOP_DETECTED, kind.replace('_', " ")).into();
    }
}

fn compression(attributes: &Attributes, step: &mut Step) {
    let tokens = |key| attributes.get(key).and_then(reading::count);
    if let (Some(before), Some(after)) = (tokens("tokens_before"), tokens("tokens_after")) {
        step.name = format!("compaction: {before} → {after} tokens").into();
    }
}

fn is_over(attributes: &Attributes) -> bool {
    attributes.text("status").is_none_or(|status| !status.eq_ignore_ascii_case("started"))
}

/// A sub-agent that did not reach its goal is worth seeing.
fn agent(attributes: &Attributes, step: &mut Step) {
    if let Some(agent) = &step.agent {
        step.name = format!("sub-agent {agent}").into();
    }
    let ended = attributes.text("terminate_reason").unwrap_or_default();
    let reached = ["", "goal", "completed", "success"].iter().any(|good| ended.eq_ignore_ascii_case(good));
    if !reached {
        step.plumbing = false;
        step.status = StepStatus::Error;
        step.error = step.error.take().or_else(|| Some(format!("ended early: {ended}").into()));
    }
}
