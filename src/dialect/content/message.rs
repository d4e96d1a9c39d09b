//! Messages in the JSON of many makers: semantic conventions, `OpenAI`, Anthropic, AI SDK, `LangChain`, Gemini.

use serde_json::{Map, Value as Json};

use super::super::lenient;
use crate::model::{Message, Part, Role};

type Object = Map<String, Json>;

/// The messages of a list, of `{"system", "prompt", "messages"}`, of one message, or of plain text said by `role`.
pub(super) fn messages(json: &Json, role: &Role) -> Vec<Message> {
    match json {
        Json::Array(items) if items.iter().all(is_part) => {
            spoken_by(role, items.iter().filter_map(part).collect())
        }
        Json::Array(items) => items.iter().flat_map(|item| messages(item, role)).collect(),
        Json::String(text) => spoken_by(role, vec![Part::Text(text.clone())]),
        Json::Object(object) => match prompt(object) {
            found if !found.is_empty() => found,
            _ => message(object, role).into_iter().collect(),
        },
        _ => Vec::new(),
    }
}

fn spoken_by(role: &Role, parts: Vec<Part>) -> Vec<Message> {
    if parts.is_empty() {
        return Vec::new();
    }
    vec![Message { role: role.clone(), name: None, parts, finish_reason: None }]
}

/// A bare part among messages: `{"type": "text", …}` without a role.
fn is_part(json: &Json) -> bool {
    json.as_object()
        .is_some_and(|o| o.contains_key("type") && !o.contains_key("role") && !o.contains_key("data"))
}

/// `{"system": …, "prompt": …, "messages": […]}`.
fn prompt(object: &Object) -> Vec<Message> {
    if object.contains_key("role") {
        return Vec::new();
    }
    let sides = [("system", Role::System), ("prompt", Role::User), ("messages", Role::User)];
    sides.iter().filter_map(|(key, role)| Some(messages(object.get(*key)?, role))).flatten().collect()
}

/// One message; `None` for objects that say nothing.
pub(super) fn message(object: &Object, role: &Role) -> Option<Message> {
    let inner =
        ["message", "prompt", "completion", "data"].iter().find_map(|key| object.get(*key)?.as_object());
    let said = inner.filter(|_| !object.contains_key("content")).unwrap_or(object);
    let named_role = text_of(said, &["role"]).or_else(|| text_of(object, &["role", "type"]));
    let role = named_role.filter(|name| *name != "message").map_or_else(|| role.clone(), Role::from_name);
    let parts = message_parts(said, &role);
    let finish_reason = text_of(object, &["finish_reason"]).or_else(|| text_of(said, &["finish_reason"]));
    let name = text_of(said, &["name"]).map(str::to_owned);
    let finish_reason = finish_reason.map(str::to_owned);
    let says_nothing = parts.is_empty() && named_role.is_none() && finish_reason.is_none();
    (!says_nothing).then_some(Message { role, name, parts, finish_reason })
}

fn message_parts(said: &Object, role: &Role) -> Vec<Part> {
    let mut found = Vec::new();
    if let Some(thought) = text_of(said, &["reasoning", "reasoning_content"]) {
        found.push(Part::Reasoning(thought.to_owned()));
    }
    // some emitters write a message's text both as `contents` and as `content`
    let content = ["parts", "contents", "content", "text"].iter().find_map(|key| said.get(*key));
    let id = text_of(said, &["tool_call_id", "id"]).map(str::to_owned);
    match content {
        Some(content) if *role == Role::Tool && !holds_result(content) => {
            found.push(Part::ToolResult { id, result: plain(content) });
        }
        Some(content) => found.extend(parts(content)),
        None => {}
    }
    let asked = said.get("tool_calls").or_else(|| said.get("toolCalls")).map(tool_calls).unwrap_or_default();
    found.extend(said.get("function_call").and_then(Json::as_object).and_then(tool_call));
    // Anthropic's calls stand both among the contents and in `tool_calls`
    let new = asked.into_iter().filter(|call| !found.contains(call)).collect::<Vec<_>>();
    found.extend(new);
    found
}

/// Whether content is a list of parts that name the call they answer.
fn holds_result(content: &Json) -> bool {
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

fn part(json: &Json) -> Option<Part> {
    let object = match json {
        Json::String(text) => return Some(Part::Text(text.clone())),
        Json::Object(object) => object,
        _ => return None,
    };
    // a call beside an empty `message_content` (Anthropic through OpenInference) says more than that
    let wrapped =
        ["tool_call", "functionCall", "functionResponse", "toolUse", "toolResult", "message_content"];
    let inner = wrapped.iter().find_map(|key| Some((*key, object.get(*key)?.as_object()?)));
    match inner {
        Some(("message_content", inner)) => typed(inner),
        Some(("functionResponse" | "toolResult", inner)) => Some(tool_result(inner)),
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
        "reasoning" | "thinking" => text(&["content", "text", "thinking", "reasoning"]).map(Part::Reasoning),
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

fn tool_call(object: &Object) -> Option<Part> {
    let function = object.get("function").and_then(Json::as_object).unwrap_or(object);
    let name = text_of(function, &["name", "toolName"]).or_else(|| text_of(object, &["name"]))?;
    let keys = ["arguments", "args", "input", "server_tool_call"];
    let arguments = keys.iter().find_map(|key| function.get(*key)).map(plain).unwrap_or_default();
    let id = text_of(object, &["call_id"]).or_else(|| text_of(object, &CALL_IDS)).map(str::to_owned);
    Some(Part::ToolCall { id, name: name.to_owned(), arguments })
}

fn tool_result(object: &Object) -> Part {
    let keys = ["response", "result", "output", "content", "server_tool_call_response"];
    let result = keys.iter().find_map(|key| object.get(*key)).map(plain).unwrap_or_default();
    let ids = ["tool_use_id", "toolCallId", "call_id", "tool_call_id", "toolUseId", "id"];
    Part::ToolResult { id: text_of(object, &ids).map(str::to_owned), result }
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
fn plain(json: &Json) -> String {
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
