//! A tool's arguments and result where they are told as messages: to the tool, and from it.

use serde_json::Value as Json;

use super::super::lenient;
use super::part::{plain, result_text};
use crate::model::{Attributes, Content, Message, Part};

/// Whether a span runs a tool and asks no model.
pub(super) fn is_run(attributes: &Attributes) -> bool {
    let names = ["gen_ai.tool.name", "gen_ai.tool.call.id", "gen_ai.tool.call_id"];
    names.iter().any(|key| attributes.text(key).is_some())
        && attributes.text("gen_ai.request.model").is_none()
}

/// Turns messages to and from a tool into its arguments and result.
pub(super) fn settle(content: &mut Content) {
    let (input, output) = (std::mem::take(&mut content.input), std::mem::take(&mut content.output));
    content.arguments = content.arguments.take().or_else(|| told(&input));
    content.result = content.result.take().or_else(|| told(&output));
}

/// What the messages hold: the arguments of a call, a result, or text.
fn told(messages: &[Message]) -> Option<String> {
    let parts = messages.iter().flat_map(|message| &message.parts);
    let texts: Vec<_> = parts
        .filter_map(|part| match part {
            Part::ToolCall { arguments, .. } => Some(arguments.clone()),
            Part::ToolResult { result, .. } => Some(result.clone()),
            Part::Text(text) => Some(lenient::pretty_text(text)),
            _ => None,
        })
        .filter(|text| !text.is_empty())
        .collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// The arguments in a request that the Gemini CLI hands to its scheduler: `{"callId", "name", "args"}`.
pub(super) fn requested(json: &Json) -> Option<String> {
    json.get("callId").and(json.get("args")).map(plain)
}

/// The result in what the Gemini CLI's scheduler gives back; what was displayed where the rest was cut off.
pub(super) fn responded(json: &Json) -> Option<String> {
    let response = json.get("response")?;
    let given = response.pointer("/responseParts/0/functionResponse/response");
    let output = given.map(|given| given.get("output").unwrap_or(given));
    output.or_else(|| response.get("resultDisplay")).map(result_text)
}
