//! `LangSmith`'s own exporter (`dialects.md` 5), mostly `LangChain` and `LangGraph` behind it.

use serde::Deserialize;

use super::evidence::Evidence;
use super::table::{Dialect, Field, KindKey, Row, Word, row, word};
use super::{langchain, outcome};
use crate::model::{Span, Step, StepKind, StepStatus, Value};

/// The table. Its content stands in `gen_ai.prompt` and `gen_ai.completion`.
pub(super) static DIALECT: Dialect = Dialect { rows: ROWS, kinds: KINDS, content: &[], names: &[], refine };

const ROWS: &[Row] = &[
    row("langsmith.metadata.ls_model_name", Field::RequestModel, 80),
    row("langsmith.metadata.ls_provider", Field::Provider, 80),
    row("langsmith.metadata.lc_agent_name", Field::LangChainAgent, 0),
    row("langsmith.metadata.langgraph_node", Field::GraphNode, 0),
    row("gen_ai.prompt", Field::Arguments, 80),
    row("gen_ai.completion", Field::Result, 80),
    row("langsmith.metadata.usage_metadata", Field::UsageObject, 80),
    row("langsmith.usage_metadata", Field::UsageObject, 81),
    row("gen_ai.usage.input_token_details", Field::InputParts, 80),
    row("gen_ai.usage.output_token_details", Field::OutputParts, 80),
    row("langsmith.metadata.session_id", Field::Session, 80),
    row("langsmith.metadata.thread_id", Field::Session, 81),
    row("langsmith.metadata.conversation_id", Field::Session, 82),
    row("langsmith.metadata.user_id", Field::User, 80),
];

const KINDS: &[KindKey] = &[KindKey { key: "langsmith.span.kind", rank: 4, words: WORDS }];

const WORDS: &[Word] = &[
    word("llm", StepKind::Llm),
    word("chain", StepKind::Workflow),
    word("tool", StepKind::Tool),
    word("retriever", StepKind::Retrieval),
    word("embedding", StepKind::Embedding),
    word("prompt", StepKind::Task).plumbing(),
    word("parser", StepKind::Task).plumbing(),
];

fn refine(evidence: &Evidence<'_>, step: &mut Step) {
    langchain::place(step, evidence.owned(Field::LangChainAgent), evidence.owned(Field::GraphNode));
    super::step::name_by_span(step);
    // the exporter says OK of tools whose error was handled, too
    if step.kind == StepKind::Tool && step.status == StepStatus::Ok {
        let returned = || evidence.value(Field::Result).and_then(Value::as_str).and_then(failure_of);
        let failure = raised(evidence.span).or_else(returned);
        if failure.is_some() {
            (step.status, step.error) = (StepStatus::Error, failure.map(Into::into));
        }
    }
}

/// A run's error is recorded as an exception. `LangGraph` raises some to steer its graphs.
fn raised(span: &Span) -> Option<String> {
    const STEERING: [&str; 4] = ["ParentCommand", "GraphInterrupt", "GraphBubbleUp", "NodeInterrupt"];
    let event = span.events.iter().rev().find(|event| event.name == "exception")?;
    let text = event.attributes.text("exception.message").unwrap_or_default();
    (!STEERING.iter().any(|kind| text.starts_with(kind))).then(|| outcome::one_line(text))
}

/// What a tool run came to: `LangChain`'s message with its status.
#[derive(Deserialize)]
struct ToolRun {
    output: ToolMessage,
}

#[derive(Deserialize)]
struct ToolMessage {
    status: String,
    content: String,
}

fn failure_of(outputs: &str) -> Option<String> {
    memchr::memmem::find(outputs.as_bytes(), b"\"status\"")?;
    let run: ToolRun = serde_json::from_str(outputs).ok()?;
    (run.output.status == "error").then(|| outcome::one_line(&run.output.content))
}
