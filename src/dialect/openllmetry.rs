//! `OpenLLMetry` / Traceloop, both generations (`dialects.md` 3).

use serde_json::Value as Json;

use super::evidence::Evidence;
use super::table::{Dialect, Field, Holds, KindKey, Row, Word, gives, row, takes, word};
use super::{handoff, langchain, lenient, outcome};
use crate::model::{Step, StepKind, StepStatus, Usage, Value};

/// The table.
pub(super) static DIALECT: Dialect =
    Dialect { rows: ROWS, kinds: KINDS, content: CONTENT, names: &[], refine };

const ROWS: &[Row] = &[
    row("traceloop.entity.name", Field::Entity, 70),
    row("crewai.crew.id", Field::Mark, 70),
    row("traceloop.association.properties.lc_agent_name", Field::Agent, 70),
    row("traceloop.entity.input", Field::Arguments, 70),
    row("mcp.request.argument", Field::Arguments, 71),
    row("traceloop.entity.output", Field::Result, 70),
    row("mcp.response.value", Field::Result, 71),
    row("gen_ai.openai.api_base", Field::Server, 70),
    row("llm.usage.total_tokens", Field::Total, 20),
    row("llm.usage.input_tokens", Field::Input, 70),
    row("llm.usage.prompt_tokens", Field::Input, 71),
    row("llm.usage.output_tokens", Field::Output, 70),
    row("llm.usage.completion_tokens", Field::Output, 71),
    row("gen_ai.completion.0.finish_reason", Field::FinishReason, 20),
    row("llm.response.finish_reason", Field::FinishReason, 70),
    row("llm.response.stop_reason", Field::FinishReason, 71),
    row("traceloop.association.properties.session_id", Field::Session, 70),
    row("traceloop.association.properties.thread_id", Field::Session, 71),
    row("traceloop.association.properties.conversation_id", Field::Session, 72),
    row("traceloop.association.properties.chat_id", Field::Session, 73),
    row("llm.user", Field::User, 70),
    row("traceloop.association.properties.user_id", Field::User, 71),
];

const KINDS: &[KindKey] = &[
    KindKey { key: "traceloop.span.kind", rank: 1, words: WORDS },
    KindKey { key: "llm.request.type", rank: 15, words: REQUEST_TYPES },
    KindKey { key: "db.vector.query.top_k", rank: 47, words: &[word("*", StepKind::Retrieval)] },
];

const WORDS: &[Word] = &[
    word("agent", StepKind::Agent),
    word("tool", StepKind::Tool),
    word("handoff", StepKind::Handoff),
    word("workflow", StepKind::Workflow).vague(),
    word("task", StepKind::Task).vague(),
    word("session", StepKind::Workflow).vague(),
    word("unknown", StepKind::Other).vague(),
];

const REQUEST_TYPES: &[Word] = &[
    word("chat", StepKind::Llm),
    word("completion", StepKind::Llm),
    word("embedding", StepKind::Embedding),
    word("rerank", StepKind::Rerank),
];

const CONTENT: &[Holds] = &[
    takes("traceloop.entity.input"),
    takes("traceloop.prompt.template"),
    takes("traceloop.prompt.template_variables"),
    takes("llm.request.functions."),
    takes("gen_ai.task.input"),
    takes("gen_ai.guardrail.input"),
    takes("mcp.request.argument"),
    gives("traceloop.entity.output"),
    gives("gen_ai.task.output"),
    gives("gen_ai.guardrail.output"),
    gives("mcp.response.value"),
];

/// An entity is named after what it is.
fn refine(evidence: &Evidence<'_>, step: &mut Step) {
    match evidence.scope.name.strip_prefix("opentelemetry.instrumentation.").unwrap_or_default() {
        crew if crew.starts_with("crewai") => crewai(evidence, step),
        "agno" => agno(evidence, step),
        "llamaindex" => llama_index(evidence, step),
        _ => {}
    }
    match step.kind {
        StepKind::Agent if step.agent.is_none() => step.agent = evidence.owned(Field::Entity),
        StepKind::Tool => name_tool(evidence, step),
        StepKind::Task if !step.usage.is_known() => step.usage = declared_usage(evidence).into(),
        _ => {}
    }
}

fn name_tool(evidence: &Evidence<'_>, step: &mut Step) {
    step.tool = step.tool.take().or_else(|| evidence.owned(Field::Entity));
    langchain::name_by_answer(step, evidence.value(Field::Result).and_then(Value::as_str));
}

/// A `LangGraph` node's output holds the model's answer with details (reasoning tokens) that the call's own span lacks.
fn declared_usage(evidence: &Evidence<'_>) -> Usage {
    let outputs = evidence.value(Field::Result).and_then(Value::as_str);
    outputs.and_then(langchain::usage_of_only_answer).unwrap_or_default()
}

/// Crews and their tasks are called agents too.
fn crewai(evidence: &Evidence<'_>, step: &mut Step) {
    if step.kind != StepKind::Agent {
        return;
    }
    match evidence.span.attributes.text("traceloop.span.kind") {
        Some("task") => step.kind = StepKind::Task,
        None if evidence.span.name == "crewai.workflow" => step.kind = StepKind::Workflow,
        _ => {}
    }
}

/// Tools answer with the `repr` of a result that names its status, and the spans are OK all the same.
fn agno(evidence: &Evidence<'_>, step: &mut Step) {
    let result = evidence.value(Field::Result).and_then(Value::as_str).unwrap_or_default();
    let Some(told) = result.strip_prefix("status='failure'").filter(|_| step.kind == StepKind::Tool) else {
        return;
    };
    step.status = StepStatus::Error;
    let error = told.split_once("error='").and_then(|(_, rest)| rest.split_once('\''));
    step.error =
        step.error.take().or_else(|| error.map(|(error, _)| outcome::one_line(error)).map(Into::into));
}

fn llama_index(evidence: &Evidence<'_>, step: &mut Step) {
    step.agent = step.agent.take().or_else(|| current_agent(evidence).map(Into::into));
    let result = || evidence.value(Field::Result)?.as_str().and_then(lenient::parse);
    let is_error = |json: &Json| json.pointer("/tool_output/is_error").and_then(Json::as_bool) == Some(true);
    if step.kind == StepKind::Tool
        && step.status == StepStatus::Ok
        && result().is_some_and(|json| is_error(&json))
    {
        step.status = StepStatus::Error;
    }
}

/// Whose turn it is stands in the events that steps of `LlamaIndex`'s workflows pass on.
fn current_agent(evidence: &Evidence<'_>) -> Option<String> {
    let texts =
        [Field::Result, Field::Arguments].into_iter().filter_map(|field| evidence.value(field)?.as_str());
    texts
        .filter(|text| text.contains("current_agent_name"))
        .find_map(|text| handoff::argument_in(text, "current_agent_name"))
}
