//! `OpenInference` (`dialects.md` 2), with what its instrumentations of `LangGraph`, `LlamaIndex` and `OpenAI` Agents
//! need.

use std::borrow::Cow;

use serde::Deserialize;

use super::evidence::Evidence;
use super::langchain;
use super::reading;
use super::table::{Dialect, Field, Holds, KindKey, Row, Word, gives, row, takes, word};
use crate::model::{Handoff, Step, StepKind, StepStatus};

/// The table.
pub(super) static DIALECT: Dialect =
    Dialect { rows: ROWS, kinds: KINDS, content: CONTENT, names: &[], refine };

const ROWS: &[Row] = &[
    row("llm.request.model_name", Field::RequestModel, 30),
    row("llm.model_name", Field::RequestModel, 31),
    row("embedding.model_name", Field::RequestModel, 32),
    row("reranker.model_name", Field::RequestModel, 33),
    row("llm.response.model_name", Field::ResponseModel, 30),
    row("llm.model_name", Field::ResponseModel, 31),
    row("llm.provider", Field::Provider, 30),
    row("llm.system", Field::Provider, 31),
    row("agent.name", Field::Agent, 30),
    row("graph.node.id", Field::Agent, 31),
    row("tool.name", Field::Tool, 30),
    row("tool.id", Field::ToolCallId, 30),
    row("input.value", Field::Arguments, 30),
    row("output.value", Field::Result, 30),
    row("llm.token_count.prompt", Field::Input, 30),
    row("llm.token_count.completion", Field::Output, 30),
    row("llm.token_count.total", Field::Total, 30),
    row("llm.token_count.prompt_details.cache_read", Field::CacheRead, 30),
    row("llm.token_count.prompt_details.cache_input", Field::CacheRead, 31),
    row("llm.token_count.prompt_details.cache_write", Field::CacheWrite, 30),
    row("llm.token_count.completion_details.reasoning", Field::Reasoning, 30),
    row("llm.token_count.prompt_details.audio", Field::AudioInput, 30),
    row("llm.token_count.completion_details.audio", Field::AudioOutput, 30),
    row("llm.cost.total", Field::Cost, 30),
    row("llm.cost.prompt", Field::InputCost, 30),
    row("llm.cost.completion", Field::OutputCost, 30),
    row("llm.finish_reason", Field::FinishReason, 30),
    row("metadata", Field::Metadata, 30),
    row("llm.input_messages.0.message.role", Field::CallSign, 30),
    row("llm.input_messages.1.message.role", Field::CallSign, 31),
    row("llm.output_messages.0.message.role", Field::CallSign, 32),
    row("llm.prompts", Field::CallSign, 33),
    row("llm.prompts.0.prompt.text", Field::CallSign, 34),
    row("llm.choices.0.completion.text", Field::CallSign, 35),
];

const KINDS: &[KindKey] = &[
    KindKey { key: "openinference.span.kind", rank: 0, words: WORDS },
    KindKey { key: "tool.name", rank: 45, words: &[word("*", StepKind::Tool)] },
    KindKey {
        key: "retrieval.documents.0.document.content",
        rank: 46,
        words: &[word("*", StepKind::Retrieval)],
    },
];

const WORDS: &[Word] = &[
    word("LLM", StepKind::Llm),
    word("CHAIN", StepKind::Workflow),
    word("TOOL", StepKind::Tool),
    word("AGENT", StepKind::Agent),
    word("RETRIEVER", StepKind::Retrieval),
    word("EMBEDDING", StepKind::Embedding),
    word("RERANKER", StepKind::Rerank),
    word("GUARDRAIL", StepKind::Guardrail),
    word("EVALUATOR", StepKind::Evaluation),
    word("PROMPT", StepKind::Task).plumbing(),
    word("DECISION", StepKind::Task),
    word("UNKNOWN", StepKind::Other).vague(),
];

const CONTENT: &[Holds] = &[
    takes("llm.input_messages."),
    takes("llm.prompts"),
    takes("llm.prompts."),
    takes("llm.tools."),
    takes("llm.prompt_template.template"),
    takes("llm.prompt_template.variables"),
    takes("input.value"),
    takes("tool.parameters"),
    takes("embedding.embeddings."),
    takes("reranker.query"),
    takes("reranker.input_documents."),
    gives("llm.output_messages."),
    gives("llm.choices."),
    gives("output.value"),
    gives("retrieval.documents."),
    gives("reranker.output_documents."),
];

fn refine(evidence: &Evidence<'_>, step: &mut Step) {
    langgraph(evidence, step);
    let library = evidence.scope.name.strip_prefix("openinference.instrumentation.");
    match library {
        Some("llama_index") => llama_index(evidence, step),
        Some("openai_agents") => openai_agents(evidence, step),
        _ => {}
    }
    if step.kind == StepKind::Llm && library.is_some() && is_helper(evidence, step) {
        step.kind = StepKind::Task;
        step.plumbing = true;
    }
    handoff_span(evidence, step);
    name_fallbacks(evidence, step);
}

/// An instrumentation marks every method of a model class LLM, helpers that never call the model too
/// (`OpenAI._prepare_chat_with_tools`). A call it saw leaves messages, tokens or a finish reason, or an error.
fn is_helper(evidence: &Evidence<'_>, step: &Step) -> bool {
    let signs =
        [Field::CallSign, Field::Input, Field::Output, Field::Total, Field::FinishReason, Field::ResponseId];
    step.status == StepStatus::Ok && !signs.into_iter().any(|sign| evidence.has(sign))
}

/// What `LangChain` keeps in the `metadata` attribute, JSON text.
#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    lc_agent_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    langgraph_node: Option<Cow<'a, str>>,
    #[serde(borrow)]
    session_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    thread_id: Option<Cow<'a, str>>,
}

fn langgraph(evidence: &Evidence<'_>, step: &mut Step) {
    let text = evidence.value(Field::Metadata).and_then(crate::model::Value::as_str);
    let Some(meta) = text.and_then(|t| serde_json::from_str::<Metadata<'_>>(t).ok()) else { return };
    if step.session_id.is_none() {
        step.session_id = meta.session_id.or(meta.thread_id).map(Into::into);
    }
    langchain::place(step, meta.lc_agent_name.map(Cow::into_owned), meta.langgraph_node.map(Cow::into_owned));
}

/// The steps of `LlamaIndex`'s `AgentWorkflow` are plain chains; whose turn it is stands only in the text of a `repr`.
fn llama_index(evidence: &Evidence<'_>, step: &mut Step) {
    let is_inner = |name: &str| name.split_once("Workflow.").is_some_and(|(_, method)| method != "run");
    if step.kind != StepKind::Workflow || !is_inner(&step.name) {
        return;
    }
    step.kind = StepKind::Task;
    step.plumbing = true;
    let text = |field| evidence.value(field).and_then(crate::model::Value::as_str);
    let named = [Field::Arguments, Field::Result].into_iter().filter_map(text).find_map(current_agent);
    step.agent = step.agent.take().or(named.map(Into::into));
}

fn current_agent(repr: &str) -> Option<String> {
    const MARK: &str = "current_agent_name='";
    let at = memchr::memmem::rfind(repr.as_bytes(), MARK.as_bytes())?;
    let (name, _) = repr.get(at + MARK.len()..)?.split_once('\'')?;
    (!name.is_empty()).then(|| name.to_owned())
}

/// The root of `OpenAI` Agents is marked AGENT and named after the workflow; `turn` frames one model call.
fn openai_agents(evidence: &Evidence<'_>, step: &mut Step) {
    if step.kind == StepKind::Agent && !evidence.has(Field::Agent) {
        step.kind = StepKind::Workflow;
    } else if step.kind == StepKind::Workflow && &*step.name == "turn" {
        step.kind = StepKind::Task;
        step.plumbing = true;
    }
}

/// TOOL span `handoff to <agent>`: who gave is the input, who got the output.
fn handoff_span(evidence: &Evidence<'_>, step: &mut Step) {
    let Some(to) = step.name.strip_prefix("handoff to ") else { return };
    if step.kind != StepKind::Tool || evidence.has(Field::Tool) {
        return;
    }
    let agent = |field| evidence.value(field).and_then(reading::text).map(Cow::into_owned);
    let from = agent(Field::Arguments).map(Into::into);
    let to = agent(Field::Result).or_else(|| Some(to.to_owned())).map(Into::into);
    step.handoff = Some(Box::new(Handoff { from, to }));
    step.kind = StepKind::Handoff;
}

/// AGENT and TOOL spans without a name of their own are named by the span.
fn name_fallbacks(evidence: &Evidence<'_>, step: &mut Step) {
    let name = &evidence.span.name;
    match step.kind {
        StepKind::Agent if step.agent.is_none() => {
            let bare =
                [".run", "._execute_core", ".agent"].iter().find_map(|suffix| name.strip_suffix(suffix));
            step.agent = Some(bare.unwrap_or(name).into());
        }
        // DSPy's tools are named after the method that runs them
        StepKind::Tool if step.tool.is_none() => {
            step.tool = Some(name.strip_suffix(".__call__").unwrap_or(name).into());
        }
        _ => {}
    }
}
