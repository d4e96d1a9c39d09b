//! What `LangChain` and `LangGraph` say in their own words, whichever dialect carries it.

use memchr::memmem;
use serde::Deserialize;

use super::lenient;
use crate::model::{SharedText, Step, StepKind, Usage};

/// Nodes that every prebuilt agent graph has: their names are nobody's.
const COMMON_NODES: [&str; 6] = ["model", "agent", "tools", "call_model", "__start__", "__end__"];

/// Whether a node of this name is part of every prebuilt agent.
pub(super) fn is_common_node(name: &str) -> bool {
    COMMON_NODES.contains(&name)
}

/// Puts a step in its place in a graph: the run of a named agent, a node that frames other steps, or a step inside.
pub(super) fn place(step: &mut Step, agent: Option<String>, node: Option<String>) {
    let frame = matches!(step.kind, StepKind::Workflow | StepKind::Agent);
    if frame && agent.as_deref() == Some(&*step.name) {
        step.kind = StepKind::Agent;
    } else if frame && node.is_some() {
        // a node of the graph, or its router, which an instrumentation calls AGENT for the word in its name
        step.kind = StepKind::Task;
        step.plumbing = true;
    }
    if step.agent.is_none() {
        let node = node.filter(|node| !frame && !is_common_node(node));
        step.agent = agent.or(node).map(Into::into);
    }
}

/// Classes that `LangChain.js` makes of every tool that a function is turned into: nobody's name.
const TOOL_CLASSES: [&str; 3] = ["DynamicStructuredTool", "DynamicTool", "StructuredTool"];

/// Names a tool that is only known by its class, from the message that it answered with.
pub(super) fn name_by_answer(step: &mut Step, answer: Option<&str>) {
    if !step.tool.as_deref().is_some_and(|tool| TOOL_CLASSES.contains(&tool)) {
        return;
    }
    let Some(message) = answer.and_then(lenient::parse) else { return };
    let said = |key: &str| message["kwargs"][key].as_str().filter(|text| !text.is_empty());
    if let Some(tool) = said("name").map(SharedText::from) {
        step.name = tool.clone();
        step.tool = Some(tool);
    }
    step.tool_call_id = step.tool_call_id.take().or_else(|| said("tool_call_id").map(Into::into));
}

/// Key of a message's tokens.
const USAGE: &str = "\"usage_metadata\":";

/// `usage_metadata` of an answer. Input includes cached tokens, output includes reasoning.
#[derive(Deserialize)]
struct UsageMetadata {
    input_tokens: u64,
    output_tokens: u64,
    #[serde(default)]
    input_token_details: InputDetails,
    #[serde(default)]
    output_token_details: OutputDetails,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct InputDetails {
    audio: Option<u64>,
    cache_read: Option<u64>,
    cache_creation: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OutputDetails {
    audio: Option<u64>,
    reasoning: Option<u64>,
}

/// Tokens of the one answer in serialized outputs; `None` where there is none or there are several (a whole
/// conversation, whose answers other spans tell).
pub(super) fn usage_of_only_answer(outputs: &str) -> Option<Usage> {
    let mut found = memmem::find_iter(outputs.as_bytes(), USAGE);
    let at = found.next().filter(|_| found.next().is_none())?;
    let rest = &outputs[at + USAGE.len()..];
    let said = serde_json::Deserializer::from_str(rest).into_iter::<UsageMetadata>().next()?.ok()?;
    Some(Usage {
        input: Some(said.input_tokens),
        output: Some(said.output_tokens),
        cache_read: said.input_token_details.cache_read,
        cache_write: said.input_token_details.cache_creation,
        reasoning: said.output_token_details.reasoning,
        audio_input: said.input_token_details.audio,
        audio_output: said.output_token_details.audio,
        ..Usage::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_answer_tells_its_tokens_and_several_do_not() {
        let answer = r#"{"usage_metadata": {"input_tokens": 9, "output_tokens": 5, "total_tokens": 14,
            "input_token_details": {"cache_read": 4}, "output_token_details": {"reasoning": 2}}, "x": 1}"#;
        let usage = usage_of_only_answer(answer).unwrap();
        assert_eq!(
            (usage.input, usage.output, usage.cache_read, usage.reasoning),
            (Some(9), Some(5), Some(4), Some(2))
        );
        for other in ["", "{}", r#"{"usage_metadata": null}"#, r#"{"usage_metadata": {"input_tok"#] {
            assert_eq!(usage_of_only_answer(other), None, "{other}");
        }
        assert_eq!(usage_of_only_answer(&format!("[{answer},{answer}]")), None);
    }
}
