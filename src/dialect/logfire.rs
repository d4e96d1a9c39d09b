//! Logfire, `pydantic-ai` in every version of its instrumentation, and `OpenAI` Agents through Logfire
//! (`dialects.md` 7, 8).

use super::evidence::Evidence;
use super::reading;
use super::table::{Dialect, Field, Holds, Name, Row, gives, name, row, takes};
use crate::model::{Handoff, SharedText, Span, SpanId, Step, StepKind, StepStatus};

/// The table.
pub(super) static DIALECT: Dialect =
    Dialect { rows: ROWS, kinds: &[], content: CONTENT, names: NAMES, refine };

const ROWS: &[Row] = &[
    row("logfire.msg", Field::Title, 0),
    row("logfire.msg_template", Field::Mark, 90),
    row("logfire.level_num", Field::Level, 0),
    row("tool_arguments", Field::Arguments, 90),
    row("tool_response", Field::Result, 90),
    row("gen_ai.aggregated_usage.input_tokens", Field::Input, 90),
    row("gen_ai.aggregated_usage.output_tokens", Field::Output, 90),
    row("gen_ai.aggregated_usage.cache_read.input_tokens", Field::CacheRead, 90),
    row("gen_ai.aggregated_usage.cache_write.input_tokens", Field::CacheWrite, 90),
    row("gen_ai.aggregated_usage.cache_creation.input_tokens", Field::CacheWrite, 91),
    row("gen_ai.aggregated_usage.details.reasoning_tokens", Field::Reasoning, 90),
    row("gen_ai.usage.raw", Field::UsageObject, 90),
    row("operation.cost", Field::Cost, 90),
];

const AGENTS: &str = "logfire.openai_agents";
const PYDANTIC: &str = "pydantic-ai";

const NAMES: &[Name] = &[
    name("agent run", StepKind::Agent).of(PYDANTIC),
    name("running tool", StepKind::Tool).of(PYDANTIC),
    name("running tools", StepKind::Task).plumbing().of(PYDANTIC),
    name("running output function", StepKind::Task).of(PYDANTIC),
    name("OpenAI Agents trace: {name}", StepKind::Workflow).of(AGENTS),
    name("Agent run: {name!r}", StepKind::Agent).of(AGENTS),
    name("Function: {name}", StepKind::Tool).of(AGENTS),
    name("Handoff: {from_agent} → {to_agent}", StepKind::Handoff).of(AGENTS),
    name("Guardrail {name!r} {triggered=}", StepKind::Guardrail).of(AGENTS),
    name("Responses API", StepKind::Llm).of(AGENTS),
];

const CONTENT: &[Holds] = &[
    takes("tool_arguments"),
    takes("all_messages_events"),
    takes("pydantic_ai.all_messages"),
    takes("raw_input"),
    takes("events"),
    takes("input"),
    gives("output"),
    gives("response"),
    takes("request_data"),
    gives("tool_response"),
    gives("final_result"),
    gives("response_data"),
];

/// Levels from this one on are errors.
const ERROR_LEVEL: f64 = 17.0;

fn refine(evidence: &Evidence<'_>, step: &mut Step) {
    if evidence.value(Field::Level).and_then(reading::number).is_some_and(|level| level >= ERROR_LEVEL)
        && step.status == StepStatus::Ok
    {
        step.status = StepStatus::Error;
    }
    if evidence.scope.name.starts_with(AGENTS) {
        openai_agents(evidence, step);
    }
    if step.kind == StepKind::Llm && STREAMS.contains(&evidence.scope.name.as_str()) {
        stream(evidence, step);
    }
    // a template is no name
    if step.name.contains('{') {
        step.name = evidence.owned(Field::Title).unwrap_or_else(|| step.name.clone());
    }
}

/// SDKs whose streams are told by two spans.
const STREAMS: [&str; 2] = ["logfire.openai", "logfire.anthropic"];

/// A streamed call is a span that ends when the stream opens and, beside it, a span without length that is written when
/// the stream ends, says how long that took and holds answer and tokens. The latter is the call.
fn stream(evidence: &Evidence<'_>, step: &mut Step) {
    const NANOS_PER_SECOND: f64 = 1e9;
    let attributes = &evidence.span.attributes;
    if attributes.text("logfire.span_type") == Some("log") {
        let seconds = attributes.get("duration").and_then(reading::number);
        let took = seconds.and_then(|seconds| super::outcome::nanos(seconds * NANOS_PER_SECOND));
        step.start = step.start.saturating_sub(took.unwrap_or(0));
    } else if step.status == StepStatus::Ok
        && !step.usage.is_known()
        && !ANSWERS.iter().any(|key| attributes.get(key).is_some())
    {
        step.kind = StepKind::Task;
        step.plumbing = true;
    }
}

/// What answered calls carry.
const ANSWERS: [&str; 2] = ["gen_ai.output.messages", "response_data"];

/// The running span that a pending record of Logfire's stands for (`dialects.md` 0.5): the record has a new id and names
/// the real span as its parent, whose own parent stands in an attribute. The real one takes its place when it arrives.
pub fn as_begun(span: &Span) -> Option<Span> {
    // most spans are turned away before their attributes are looked at
    let real = span.parent_span_id.filter(|_| span.start == span.end)?;
    span.attributes.text("logfire.span_type").filter(|&said| said == "pending_span")?;
    let parent = span.attributes.text("logfire.pending_parent_id");
    let parent = parent.and_then(|id| u64::from_str_radix(id, 16).ok()).and_then(SpanId::from_u64);
    Some(Span { span_id: real, parent_span_id: parent, end: 0, ..span.clone() })
}

/// Nothing is written as `null`.
const NOTHING: &str = "null";

/// What the SDK calls `name` stands for whatever the span is.
fn openai_agents(evidence: &Evidence<'_>, step: &mut Step) {
    let said = |key| evidence.span.attributes.text(key).map(SharedText::from);
    if step.session_id.is_none() {
        step.session_id = said("group_id").filter(|group: &SharedText| &**group != NOTHING);
    }
    match step.kind {
        StepKind::Agent if step.agent.is_none() => step.agent = said("name"),
        StepKind::Tool if step.tool.is_none() => step.tool = said("name"),
        StepKind::Handoff => {
            step.handoff = Some(Box::new(Handoff { from: said("from_agent"), to: said("to_agent") }));
        }
        // `turn` and `task` wrap what agents do
        _ if said("sdk_span_type").is_some() => {
            step.kind = StepKind::Task;
            step.plumbing = true;
        }
        _ => {}
    }
}
