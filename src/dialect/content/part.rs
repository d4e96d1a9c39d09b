//! Parts of messages in the JSON of many makers.

use serde_json::{Map, Value as Json};

use super::super::lenient;
use crate::model::{Part, Role};

pub(super) type Object = Map<String, Json>;

/// Words by which `LangChain` types say who speaks: such a `type` makes a message, not a part.
const SPEAKERS: [&str; 8] = ["human", "user", "ai", "assistant", "system", "developer", "tool", "chat"];

/// Whether `kind` names a speaker.
pub(super) fn is_speaker(kind: &str) -> bool {
    let kind = kind.strip_suffix("MessageChunk").unwrap_or(kind);
    SPEAKERS.iter().any(|speaker| kind.eq_ignore_ascii_case(speaker))
}

/// A bare part among messages: `{"type": "text", …}` without a role.
pub(super) fn is_part(object: &Object) -> bool {
    const OF_MESSAGES: [&str; 8] =
        ["role", "data", "lc", "message", "generation_info", "event.name", "generations", "choices"];
    let kind = text_of(object, &["type"]).filter(|kind| *kind != "message" && !is_speaker(kind));
    kind.is_some() && !OF_MESSAGES.iter().any(|key| object.contains_key(*key))
}

/// Who says a bare part that stands where `role` usually speaks: calls are the model's, results the tools'.
pub(super) fn speaker(part: &Part, role: &Role) -> Role {
    match (part, role) {
        (Part::ToolCall { .. } | Part::Reasoning(_), Role::User) => Role::Assistant,
        (Part::ToolResult { .. }, Role::User | Role::Assistant) => Role::Tool,
        _ => role.clone(),
    }
}

/// Whether content is a list of parts that name the call they answer.
pub(super) fn holds_result(content: &Json) -> bool {
    let answers = |json: &Json| matches!(part(json), Some(Part::ToolResult { .. }));
    content.as_array().is_some_and(|items| items.iter().any(answers))
}

/// The parts of a message's content.
pub(super) fn parts(content: &Json) -> Vec<Part> {
    match content {
        Json::Array(items) => items.iter().filter_map(part).collect(),
        Json::String(text) if text.is_empty() => Vec::new(),
        Json::Null => Vec::new(),
        single => part(single).into_iter().collect(),
    }
}

/// Keys under which a part holds what it is: a call beside an empty `message_content` (Anthropic through
/// `OpenInference`) says more than that.
const WRAPPERS: [&str; 9] = [
    "tool_call",
    "functionCall",
    "function_call",
    "functionResponse",
    "function_response",
    "toolUse",
    "toolResult",
    "tool_call_result",
    "message_content",
];

pub(super) fn part(json: &Json) -> Option<Part> {
    let object = match json {
        Json::String(text) => return Some(Part::Text(text.clone())),
        Json::Object(object) => object,
        _ => return None,
    };
    let inner = WRAPPERS.iter().find_map(|key| Some((*key, object.get(*key)?.as_object()?)));
    match inner {
        Some(("message_content", inner)) => typed(inner),
        Some(("functionResponse" | "function_response" | "toolResult" | "tool_call_result", inner)) => {
            Some(tool_result(inner))
        }
        Some((_, inner)) => tool_call(inner).or_else(|| other(object)),
        None => typed(object),
    }
}

/// A part by its type; `None` for one that is there but empty.
fn typed(object: &Object) -> Option<Part> {
    let kind = text_of(object, &["type"]).unwrap_or("text");
    let text = |keys: &[&str]| text_of(object, keys).map(str::to_owned);
    match kind {
        "text" | "input_text" | "output_text" => text(&["content", "text"]).map(Part::Text),
        "reasoning" | "thinking" => text(&["content", "text", "thinking", "reasoning"])
            .or_else(|| summary(object))
            .map(Part::Reasoning),
        "tool_call" | "tool_use" | "tool-call" | "function_call" | "function" | "server_tool_call" => {
            tool_call(object).or_else(|| other(object))
        }
        "tool_call_response"
        | "tool_result"
        | "tool-result"
        | "function_call_output"
        | "server_tool_call_response" => Some(tool_result(object)),
        "blob" | "file" | "uri" | "image" | "image_url" | "input_image" | "audio" | "input_audio"
        | "video" | "document" => Some(media(kind, object)),
        _ => other(object),
    }
}

/// `OpenAI` tells of its models' thoughts in a list of texts.
fn summary(object: &Object) -> Option<String> {
    let texts = object.get("summary")?.as_array()?.iter().filter_map(|item| item.get("text")?.as_str());
    Some(texts.collect::<Vec<_>>().join("\n")).filter(|text| !text.is_empty())
}

/// A part in no known form, as JSON; a bare type says nothing.
fn other(object: &Object) -> Option<Part> {
    let says_something = object.keys().any(|key| key != "type");
    says_something.then(|| Part::Other(Json::Object(object.clone()).to_string()))
}

/// The calls of a list, in whatever form each has.
pub(super) fn tool_calls(json: &Json) -> Vec<Part> {
    let items = json.as_array().map(Vec::as_slice).unwrap_or_default();
    let object = |item: &Json| item.get("tool_call").unwrap_or(item).as_object().and_then(tool_call);
    items.iter().filter_map(object).collect()
}

const CALL_IDS: [&str; 6] = ["id", "toolCallId", "tool_call_id", "call_id", "tool_use_id", "toolUseId"];

pub(super) fn tool_call(object: &Object) -> Option<Part> {
    const NAMES: [&str; 3] = ["name", "toolName", "tool_name"];
    let function = object.get("function").and_then(Json::as_object).unwrap_or(object);
    let name = text_of(function, &NAMES).or_else(|| text_of(object, &NAMES))?;
    let keys = ["arguments", "args", "input", "server_tool_call"];
    let arguments = keys.iter().find_map(|key| function.get(*key)).map(plain).unwrap_or_default();
    let id = text_of(object, &["call_id"]).or_else(|| text_of(object, &CALL_IDS)).map(str::to_owned);
    Some(Part::ToolCall { id, name: name.to_owned(), arguments })
}

pub(super) fn tool_result(object: &Object) -> Part {
    let keys = ["response", "result", "output", "content", "server_tool_call_response"];
    let result = keys.iter().find_map(|key| object.get(*key)).map(result_text).unwrap_or_default();
    let ids = ["tool_use_id", "toolCallId", "call_id", "tool_call_id", "toolUseId", "id"];
    Part::ToolResult { id: text_of(object, &ids).map(str::to_owned), result }
}

/// A result as people read it, without the envelope that says of which type it is.
pub(super) fn result_text(json: &Json) -> String {
    match json {
        Json::Object(object) if is_typed_value(object) => object.get("value").map(plain).unwrap_or_default(),
        Json::Array(items) => texts(items).unwrap_or_else(|| plain(json)),
        other => plain(other),
    }
}

/// The AI SDK's `{"type": "json", "value": …}`.
fn is_typed_value(object: &Object) -> bool {
    object.len() == 2 && object.contains_key("value") && object.contains_key("type")
}

/// Anthropic's and Bedrock's list of texts: `[{"text": …}]`.
fn texts(items: &[Json]) -> Option<String> {
    let text = |item: &Json| {
        let object = item.get("message_content").unwrap_or(item).as_object()?;
        let is_text = text_of(object, &["type"]).is_none_or(|kind| kind == "text");
        is_text.then(|| object.get("text")?.as_str()).flatten().map(lenient::pretty_text)
    };
    let texts: Vec<_> = items.iter().map(text).collect::<Option<_>>()?;
    (!texts.is_empty()).then(|| texts.join("\n"))
}

fn media(kind: &str, object: &Object) -> Part {
    let nested = ["image_url", "image", "source", "input_audio"].iter().find_map(|key| object.get(*key));
    let deep = |keys: &[&str]| {
        let inside = nested.and_then(|json| json.get("image").unwrap_or(json).as_object());
        text_of(object, keys).or_else(|| inside.and_then(|o| text_of(o, keys))).map(str::to_owned)
    };
    let data = deep(&["content", "data"]);
    Part::Media {
        kind: deep(&["mime_type", "media_type", "mediaType", "modality"]).unwrap_or_else(|| kind.to_owned()),
        size: data.map(|text| text.len() as u64),
        uri: deep(&["uri", "url", "file_id", "image_url"]),
    }
}

/// A value as people read it: strings as they are (JSON inside decoded), anything else as JSON text.
pub(super) fn plain(json: &Json) -> String {
    match json {
        Json::String(text) => lenient::pretty_text(text),
        Json::Null => String::new(),
        other => other.to_string(),
    }
}

/// The first of `keys` that holds text.
pub(super) fn text_of<'a>(object: &'a Object, keys: &[&str]) -> Option<&'a str> {
    keys.iter().find_map(|key| object.get(*key)?.as_str()).filter(|text| !text.is_empty())
}
