//! Vercel AI SDK: the built-in telemetry of versions 3 to 6 and its extras beside `@ai-sdk/otel` (`dialects.md` 4).
//!
//! `ai.generateText` and its like frame a whole agent and repeat the sums of their steps; only `.doGenerate` and
//! `.doStream` are model calls.

use super::table::{Dialect, Field, Holds, KindKey, Row, Word, gives, no_refinement, row, takes, word};
use crate::model::StepKind;

/// The table.
pub(super) static DIALECT: Dialect =
    Dialect { rows: ROWS, kinds: KINDS, content: CONTENT, names: &[], refine: no_refinement };

const ROWS: &[Row] = &[
    row("ai.model.id", Field::RequestModel, 50),
    row("ai.response.model", Field::ResponseModel, 50),
    row("ai.model.provider", Field::Provider, 50),
    row("ai.telemetry.functionId", Field::Agent, 50),
    row("ai.toolCall.name", Field::Tool, 50),
    row("ai.toolCall.id", Field::ToolCallId, 50),
    row("ai.toolCall.args", Field::Arguments, 50),
    row("ai.toolCall.result", Field::Result, 50),
    row("ai.usage.inputTokens", Field::Input, 50),
    row("ai.usage.promptTokens", Field::Input, 51),
    row("ai.usage.outputTokens", Field::Output, 50),
    row("ai.usage.completionTokens", Field::Output, 51),
    row("ai.usage.totalTokens", Field::Total, 50),
    row("ai.usage.tokens", Field::Total, 51),
    row("ai.usage.inputTokenDetails.noCacheTokens", Field::PlainInput, 50),
    row("ai.usage.inputTokenDetails.cacheReadTokens", Field::CacheRead, 50),
    row("ai.usage.cachedInputTokens", Field::CacheRead, 51),
    row("ai.usage.inputTokenDetails.cacheWriteTokens", Field::CacheWrite, 50),
    row("ai.usage.outputTokenDetails.reasoningTokens", Field::Reasoning, 50),
    row("ai.usage.reasoningTokens", Field::Reasoning, 51),
    row("ai.response.providerMetadata", Field::ProviderMetadata, 50),
    row("ai.response.finishReason", Field::FinishReason, 50),
    row("ai.finishReason", Field::FinishReason, 51),
    row("gen_ai.finishReason", Field::FinishReason, 52),
    row("ai.response.id", Field::ResponseId, 50),
    row("ai.response.msToFirstChunk", Field::FirstTokenMillis, 50),
    row("ai.stream.msToFirstChunk", Field::FirstTokenMillis, 51),
    row("ai.telemetry.metadata.sessionId", Field::Session, 50),
    row("ai.telemetry.metadata.threadId", Field::Session, 51),
    row("ai.telemetry.metadata.userId", Field::User, 50),
];

const KINDS: &[KindKey] = &[
    KindKey { key: "ai.operationId", rank: 11, words: OPERATIONS },
    KindKey { key: "operation.name", rank: 12, words: OPERATIONS },
];

const OPERATIONS: &[Word] = &[
    word("ai.generateText.doGenerate", StepKind::Llm),
    word("ai.streamText.doStream", StepKind::Llm),
    word("ai.generateObject.doGenerate", StepKind::Llm),
    word("ai.streamObject.doStream", StepKind::Llm),
    word("ai.toolCall", StepKind::Tool),
    word("ai.generateText", StepKind::Agent),
    word("ai.streamText", StepKind::Agent),
    word("ai.generateObject", StepKind::Agent),
    word("ai.streamObject", StepKind::Agent),
    word("ai.embed.doEmbed", StepKind::Embedding),
    word("ai.embedMany.doEmbed", StepKind::Embedding),
    word("ai.embed", StepKind::Task),
    word("ai.embedMany", StepKind::Task),
    word("ai.rerank.doRerank", StepKind::Rerank),
    word("ai.rerank", StepKind::Task),
    word("ai.generateImage", StepKind::Task),
    word("ai.generateSpeech", StepKind::Task),
    word("ai.transcribe", StepKind::Task),
    word("ai.decide", StepKind::Task),
];

const CONTENT: &[Holds] = &[
    takes("ai.prompt"),
    takes("ai.prompt.messages"),
    takes("ai.prompt.tools"),
    takes("ai.toolCall.args"),
    takes("ai.value"),
    takes("ai.values"),
    takes("ai.documents"),
    gives("ai.response.text"),
    gives("ai.response.toolCalls"),
    gives("ai.response.object"),
    gives("ai.response.reasoning"),
    gives("ai.response.files"),
    gives("ai.result.text"),
    gives("ai.result.toolCalls"),
    gives("ai.result.object"),
    gives("ai.toolCall.result"),
    gives("ai.ranking"),
];
