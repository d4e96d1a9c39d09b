//! Styles that people copy from tutorials or make up (`dialects.md` 19, 20), and the rule for spans that carry facts in
//! nobody's words. Believed after every dialect with a name.

use super::evidence::Evidence;
use super::table::{
    Dialect, Field, Holds, KindKey, Meaning, Name, OTHER, Row, gives, name, no_refinement, row, takes, word,
};
use crate::model::StepKind;

/// The table.
pub(super) static DIALECT: Dialect =
    Dialect { rows: ROWS, kinds: KINDS, content: CONTENT, names: NAMES, refine: no_refinement };

const ROWS: &[Row] = &[
    row("llm.model", Field::RequestModel, 200),
    row("llm.request.model", Field::RequestModel, 201),
    row("ai.model", Field::RequestModel, 202),
    row("model", Field::RequestModel, 203),
    row("model_name", Field::RequestModel, 204),
    row("llm.response.model", Field::ResponseModel, 200),
    row("llm.input_tokens", Field::Input, 200),
    row("llm.prompt_tokens", Field::Input, 201),
    row("input_tokens", Field::Input, 202),
    row("usage.input_tokens", Field::Input, 203),
    row("usage.prompt_tokens", Field::Input, 204),
    row("prompt_tokens", Field::Input, 205),
    // sums on the root of article 1: its calls tell the same again
    row("gen_ai.usage.total_input_tokens", Field::Input, 206),
    row("llm.output_tokens", Field::Output, 200),
    row("llm.completion_tokens", Field::Output, 201),
    row("output_tokens", Field::Output, 202),
    row("usage.output_tokens", Field::Output, 203),
    row("usage.completion_tokens", Field::Output, 204),
    row("completion_tokens", Field::Output, 205),
    row("gen_ai.usage.total_output_tokens", Field::Output, 206),
    row("llm.total_tokens", Field::Total, 200),
    row("usage.total_tokens", Field::Total, 201),
    row("total_tokens", Field::Total, 202),
    row("token_usage", Field::Total, 203),
    row("usage", Field::UsageObject, 200),
    row("llm.cost.usd", Field::Cost, 200),
    row("llm.cost.estimated_usd", Field::Cost, 201),
    row("llm.cost.total_usd", Field::Cost, 202),
    row("gen_ai.cost.usd", Field::Cost, 203),
    row("gen_ai.cost.total_usd", Field::Cost, 204),
    row("gen_ai.cost.total", Field::Cost, 205),
    row("cost_usd", Field::Cost, 206),
    row("llm.cost.input_usd", Field::InputCost, 200),
    row("gen_ai.cost.input", Field::InputCost, 201),
    row("llm.cost.output_usd", Field::OutputCost, 200),
    row("gen_ai.cost.output", Field::OutputCost, 201),
    row("agent.tool.name", Field::Tool, 200),
    row("tool_name", Field::Tool, 201),
    row("tool", Field::Tool, 202),
    row("function_name", Field::Tool, 203),
    row("tool.call.id", Field::ToolCallId, 200),
    row("tool.call_id", Field::ToolCallId, 201),
    row("tool_call_id", Field::ToolCallId, 202),
    row("agent.tool.input", Field::Arguments, 200),
    row("tool.args", Field::Arguments, 201),
    row("tool.arguments", Field::Arguments, 202),
    row("tool.input", Field::Arguments, 203),
    row("tool_args", Field::Arguments, 204),
    row("function_args", Field::Arguments, 205),
    row("agent.tool.output", Field::Result, 200),
    row("tool.result", Field::Result, 201),
    row("tool.output", Field::Result, 202),
    row("tool_result", Field::Result, 203),
    row("step.agent", Field::Agent, 200),
    row("agent", Field::Agent, 201),
    row("agent_name", Field::Agent, 202),
    row("agent.id", Field::Agent, 203),
    row("workflow.id", Field::Workflow, 200),
    row("workflow.name", Field::Workflow, 201),
    row("handoff.from", Field::HandoffFrom, 200),
    row("handoff.from_agent", Field::HandoffFrom, 201),
    row("handoff.to", Field::HandoffTo, 200),
    row("handoff.to_agent", Field::HandoffTo, 201),
    row("handoff.target", Field::HandoffTo, 202),
    row("agent.tool.success", Field::Success, 200),
    row("success", Field::Success, 201),
    row("agent.status", Field::Outcome, 200),
    row("gen_ai.agent.status", Field::Ending, 200),
    row("workflow.status", Field::Ending, 201),
    row("agent.stop_reason", Field::Ending, 202),
    row("agent.finish_reason", Field::Ending, 203),
    row("agent.termination_reason", Field::Ending, 204),
    row("termination_reason", Field::Ending, 205),
    row("terminate_reason", Field::Ending, 206),
    row("agent.confidence", Field::Confidence, 200),
    row("agent.decision.confidence", Field::Confidence, 201),
    row("decision.confidence", Field::Confidence, 202),
    row("confidence", Field::Confidence, PLAIN_CONFIDENCE),
    row("error", Field::Failure, 200),
    row("session_id", Field::Session, 200),
    row("conversation.id", Field::Session, 201),
    row("conversation_id", Field::Session, 202),
    row("thread_id", Field::Session, 203),
    row("user_id", Field::User, 200),
];

/// Keys that only one kind of span carries; ranked behind every word of a dialect.
const KINDS: &[KindKey] = &[
    KindKey { key: "agent.tool.name", rank: 60, words: &[word("*", StepKind::Tool)] },
    KindKey { key: "step.agent", rank: 61, words: &[word("*", StepKind::Task)] },
];

const NAMES: &[Name] = &[
    name("agent.run", StepKind::Agent),
    name("agent.invoke", StepKind::Agent),
    name("agent.execute", StepKind::Agent),
    name("gen_ai.agent.invoke", StepKind::Agent),
    name("gen_ai.agent.run", StepKind::Agent),
    name("agent.think", StepKind::Task),
    name("agent.plan", StepKind::Task),
    name("agent.step", StepKind::Task),
    name("agent.decision", StepKind::Task),
    name("agent.tool_call", StepKind::Tool),
    name("agent.tool.call", StepKind::Tool),
    name("gen_ai.tool.execute", StepKind::Tool),
    name("tool.call", StepKind::Tool),
    name("tool.execute", StepKind::Tool),
    name("agent.handoff", StepKind::Handoff),
    name("llm.inference", StepKind::Llm),
    name("llm.chat", StepKind::Llm),
    name("llm.chat.completion", StepKind::Llm),
    name("llm.completion", StepKind::Llm),
    name("llm.call", StepKind::Llm),
    name("llm.generate", StepKind::Llm),
    name("model_inference", StepKind::Llm),
    name("workflow.execute", StepKind::Workflow),
    name("workflow.step", StepKind::Task),
];

const CONTENT: &[Holds] = &[
    takes("agent.query"),
    takes("agent.input"),
    takes("agent.tool.input"),
    takes("tool.args"),
    takes("tool.arguments"),
    takes("tool.input"),
    takes("tool_args"),
    takes("function_args"),
    takes("llm.prompt"),
    takes("workflow.task"),
    takes("gen_ai.agent.goal"),
    gives("agent.output"),
    gives("agent.tool.output"),
    gives("tool.result"),
    gives("tool.output"),
    gives("tool_result"),
    gives("llm.response"),
];

/// Spans that nobody's word explains: a model with tokens is a call; a tool, an agent or a workflow is what
/// it names.
pub(super) fn kind_of_facts(evidence: &Evidence<'_>) -> Option<Meaning> {
    let has = |fields: &[Field]| fields.iter().any(|&field| evidence.has(field));
    let has_model = has(&[Field::RequestModel, Field::ResponseModel]);
    let kind = if has_model && has(&[Field::Input, Field::Output]) {
        StepKind::Llm
    } else if evidence.kind().is_none() && names_one(evidence, Field::Tool) {
        StepKind::Tool
    } else if evidence.kind().is_none() && !has_model && names_one(evidence, Field::Agent) {
        StepKind::Agent
    } else if evidence.kind().is_none() && !has_model && has(&[Field::Workflow]) {
        StepKind::Workflow
    } else {
        return None;
    };
    Some(Meaning { kind, ..OTHER })
}

/// Whether a hand-made key names one. Keys of the conventions do not count: they are copied to spans of any kind below
/// (baggage).
fn names_one(evidence: &Evidence<'_>, field: Field) -> bool {
    let said = evidence.value(field).and_then(crate::model::Value::as_str).is_some();
    said && evidence.rank(field).is_some_and(|rank| rank == OPENINFERENCE_NAME || rank >= 200)
}

/// Rank of the everyday word, which means a decision's only on a span that is called one.
pub(super) const PLAIN_CONFIDENCE: u8 = 203;

/// Rank of `agent.name` and `tool.name`, which tutorials use as much as `OpenInference`.
const OPENINFERENCE_NAME: u8 = 30;
