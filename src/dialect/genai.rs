//! `OpenTelemetry` `GenAI` semantic conventions, every generation of names (`dialects.md` 1), and the spellings under
//! `gen_ai.*` that other emitters made up.

use super::evidence::{Evidence, meaning};
use super::table::{Dialect, Field, Holds, KindKey, Row, Word, gives, row, takes, word};
use crate::model::{Step, StepKind};

/// Ranks of the cache spellings that raw-Anthropic code uses: whether `input` holds them is anyone's guess.
pub(super) const OLD_CACHE_SPELLINGS: [u8; 2] = [10, 11];

/// The table.
pub(super) static DIALECT: Dialect =
    Dialect { rows: ROWS, kinds: KINDS, content: CONTENT, names: &[], refine };

const ROWS: &[Row] = &[
    row("gen_ai.request.model", Field::RequestModel, 0),
    row("gen_ai.response.model", Field::ResponseModel, 0),
    row("gen_ai.provider.name", Field::Provider, 0),
    row("gen_ai.system", Field::Provider, 1),
    row("server.address", Field::Server, 0),
    row("openai.response.service_tier", Field::ServiceTier, 0),
    row("gen_ai.openai.response.service_tier", Field::ServiceTier, 1),
    row("gen_ai.response.service_tier", Field::ServiceTier, 2),
    row("gen_ai.agent.name", Field::Agent, 0),
    row("gen_ai.tool.name", Field::Tool, 0),
    row("gen_ai.tool.call.id", Field::ToolCallId, 0),
    row("gen_ai.tool.call_id", Field::ToolCallId, 1),
    row("gen_ai.tool.call.arguments", Field::Arguments, 0),
    row("gen_ai.tool.input", Field::Arguments, 1),
    row("gen_ai.tool.call.result", Field::Result, 0),
    row("gen_ai.tool.output", Field::Result, 1),
    row("gen_ai.handoff.from_agent", Field::HandoffFrom, 0),
    row("gen_ai.handoff.to_agent", Field::HandoffTo, 0),
    row("gen_ai.usage.input_tokens", Field::Input, 0),
    row("gen_ai.usage.prompt_tokens", Field::Input, 1),
    row("gen_ai.usage.output_tokens", Field::Output, 0),
    row("gen_ai.usage.completion_tokens", Field::Output, 1),
    row("gen_ai.usage.total_tokens", Field::Total, 0),
    row("gen_ai.usage.cache_read.input_tokens", Field::CacheRead, 0),
    row("gen_ai.usage.cache_read_input_tokens", Field::CacheRead, OLD_CACHE_SPELLINGS[0]),
    row("gen_ai.usage.input_tokens.cached", Field::CacheRead, 12),
    row("gen_ai.usage.details.cache_read_tokens", Field::CacheRead, 13),
    row("gen_ai.usage.details.cache_read_input_tokens", Field::CacheRead, 14),
    row("gen_ai.usage.details.cached_tokens", Field::CacheRead, 15),
    row("gen_ai.usage.cache_write.input_tokens", Field::CacheWrite, 0),
    row("gen_ai.usage.cache_creation.input_tokens", Field::CacheWrite, 1),
    row("gen_ai.usage.cache_creation_input_tokens", Field::CacheWrite, OLD_CACHE_SPELLINGS[0]),
    row("gen_ai.usage.cache_write_input_tokens", Field::CacheWrite, OLD_CACHE_SPELLINGS[1]),
    row("gen_ai.usage.input_tokens.cache_write", Field::CacheWrite, 12),
    row("gen_ai.usage.details.cache_write_tokens", Field::CacheWrite, 13),
    row("gen_ai.usage.details.cache_creation_input_tokens", Field::CacheWrite, 14),
    row("anthropic.usage.cache_creation.ephemeral_1h_input_tokens", Field::CacheWrite1h, 0),
    row("gen_ai.usage.reasoning.output_tokens", Field::Reasoning, 0),
    row("gen_ai.usage.reasoning_tokens", Field::Reasoning, 1),
    row("llm.usage.reasoning_tokens", Field::Reasoning, 2),
    row("gen_ai.usage.details.reasoning_tokens", Field::Reasoning, 3),
    row("gen_ai.usage.output_tokens.reasoning", Field::Reasoning, 4),
    row("gen_ai.usage.audio.input_tokens", Field::AudioInput, 0),
    row("gen_ai.usage.details.input_audio_tokens", Field::AudioInput, 1),
    row("gen_ai.usage.audio.output_tokens", Field::AudioOutput, 0),
    row("gen_ai.usage.details.output_audio_tokens", Field::AudioOutput, 1),
    row("gen_ai.usage.cost", Field::Cost, 0),
    row("gen_ai.usage.total_cost", Field::Cost, 1),
    row("gen_ai.usage.input_cost", Field::InputCost, 0),
    row("gen_ai.usage.output_cost", Field::OutputCost, 0),
    row("gen_ai.response.finish_reasons", Field::FinishReason, 0),
    row("gen_ai.response.finish_reason", Field::FinishReason, 1),
    row("gen_ai.response.stop_reason", Field::FinishReason, 2),
    row("gen_ai.response.id", Field::ResponseId, 0),
    row("gen_ai.response.time_to_first_chunk", Field::FirstTokenSeconds, 0),
    row("gen_ai.client.operation.time_to_first_chunk", Field::FirstTokenSeconds, 1),
    row("gen_ai.server.time_to_first_token", Field::FirstTokenSeconds, 2),
    row("gen_ai.server.ttft", Field::FirstTokenSeconds, 3),
    row("gen_ai.conversation.id", Field::Session, 0),
    row("session.id", Field::Session, 1),
    row("user.id", Field::User, 0),
    row("enduser.id", Field::User, 1),
    row("gen_ai.user", Field::User, 2),
    row("error.type", Field::ErrorType, 0),
    row("error.message", Field::ErrorMessage, 0),
    row("gen_ai.tool.success", Field::Success, 0),
    row("tool.success", Field::Success, 1),
];

const KINDS: &[KindKey] = &[
    KindKey { key: "gen_ai.operation.name", rank: 10, words: OPERATIONS },
    KindKey { key: "mcp.method.name", rank: 30, words: MCP },
    KindKey { key: "gen_ai.guardrail.name", rank: 40, words: &[word("*", StepKind::Guardrail)] },
    KindKey { key: "gen_ai.evaluation.name", rank: 41, words: &[word("*", StepKind::Evaluation)] },
    KindKey { key: "gen_ai.retrieval.query.text", rank: 42, words: &[word("*", StepKind::Retrieval)] },
    KindKey { key: "gen_ai.tool.name", rank: 43, words: &[word("*", StepKind::Tool)] },
    KindKey { key: "gen_ai.tool.call.id", rank: 44, words: &[word("*", StepKind::Tool)] },
];

const OPERATIONS: &[Word] = &[
    word("chat", StepKind::Llm),
    word("execute_tool", StepKind::Tool),
    word("invoke_agent", StepKind::Agent),
    word("text_completion", StepKind::Llm),
    word("text_completions", StepKind::Llm),
    word("completion", StepKind::Llm),
    word("generate_content", StepKind::Llm),
    word("generate", StepKind::Llm),
    word("response", StepKind::Llm),
    word("responses", StepKind::Llm),
    word("llm_call", StepKind::Llm),
    word("llm_request", StepKind::Llm),
    word("create_agent", StepKind::Agent).setup(),
    word("agent_call", StepKind::Agent),
    // @ai-sdk/otel's `step N`: a frame around one call and its tools
    word("agent_step", StepKind::Task).plumbing(),
    word("tool_call", StepKind::Tool),
    word("invoke_workflow", StepKind::Workflow),
    word("invoke_node", StepKind::Workflow),
    word("invoke_swarm", StepKind::Workflow),
    word("invoke_graph", StepKind::Workflow),
    // OpenLLMetry's word for a node of a LangGraph graph
    word("execute_task", StepKind::Task).plumbing(),
    word("plan", StepKind::Task),
    word("handoff", StepKind::Handoff),
    word("agent_handoff", StepKind::Handoff),
    word("embeddings", StepKind::Embedding),
    word("embedding", StepKind::Embedding),
    word("retrieval", StepKind::Retrieval),
    word("vector_db_retrieve", StepKind::Retrieval),
    word("search_memory", StepKind::Retrieval),
    word("create_memory", StepKind::Task),
    word("update_memory", StepKind::Task),
    word("upsert_memory", StepKind::Task),
    word("delete_memory", StepKind::Task),
    word("rerank", StepKind::Rerank),
];

const MCP: &[Word] = &[word("tools/call", StepKind::Tool), word("*", StepKind::Other).plumbing()];

const CONTENT: &[Holds] = &[
    takes("gen_ai.input.messages"),
    takes("gen_ai.system_instructions"),
    takes("gen_ai.tool.definitions"),
    takes("gen_ai.tool.call.arguments"),
    takes("gen_ai.tool.input"),
    takes("gen_ai.prompt"),
    takes("gen_ai.prompt."),
    takes("gen_ai.request.messages"),
    takes("gen_ai.content.prompt"),
    takes("gen_ai.retrieval.query.text"),
    takes("gen_ai.event.content"),
    gives("gen_ai.output.messages"),
    gives("gen_ai.tool.call.result"),
    gives("gen_ai.tool.output"),
    gives("gen_ai.completion"),
    gives("gen_ai.completion."),
    gives("gen_ai.content.completion"),
    gives("gen_ai.response.text"),
    gives("gen_ai.response.tool_calls"),
    gives("gen_ai.retrieval.documents"),
];

/// Names that spans carry in their own name: `execute_tool get_weather`, `invoke_agent triage`.
fn refine(evidence: &Evidence<'_>, step: &mut Step) {
    let named = match step.kind {
        StepKind::Agent if step.agent.is_none() => &mut step.agent,
        StepKind::Tool if step.tool.is_none() => &mut step.tool,
        _ => return,
    };
    // `tools/call get_weather`, and of the MCP SDK's client `MCP send tools/call get_weather`
    if step.kind == StepKind::Tool
        && let Some((_, tool)) = evidence.span.name.split_once("tools/call ")
    {
        *named = Some(tool.into());
        return;
    }
    let Some((operation, name)) = evidence.span.name.split_once(' ') else { return };
    // @ai-sdk/otel puts the model there when an agent has no name
    let is_model = evidence.text(Field::RequestModel).is_some_and(|model| model == name);
    if meaning(OPERATIONS, operation).is_some_and(|m| m.kind == step.kind) && !is_model {
        *named = Some(name.into());
    }
}

/// What a span's name says in the words of the conventions, for spans without an operation.
pub(super) fn kind_of_name(name: &str) -> Option<super::table::Meaning> {
    meaning(OPERATIONS, name)
}
