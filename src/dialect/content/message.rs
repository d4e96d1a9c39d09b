//! Messages in the JSON of many makers: semantic conventions, `OpenAI`, Anthropic, AI SDK, `LangChain`, Gemini,
//! Haystack, and the requests and answers that hold them.

use serde_json::Value as Json;

use super::super::{lenient, reading};
use super::part::{
    Object, holds_result, is_part, is_speaker, part, parts, result_text, speaker, text_of, tool_call,
    tool_calls,
};
use crate::model::{Message, Part, Role};

/// The messages of a list, of a request, of an answer, of one message, or of plain text said by `role`.
pub(super) fn messages(json: &Json, role: &Role) -> Vec<Message> {
    match json {
        Json::Array(items) => match pair(items) {
            Some((role, text)) => spoken_by(&role, vec![Part::Text(text.to_owned())]),
            None => listed(items, role),
        },
        Json::String(text) => spoken_by(role, vec![Part::Text(text.clone())]),
        Json::Object(object) if is_part(object) => part(json).into_iter().map(|p| bare(p, role)).collect(),
        Json::Object(object) => match enveloped(json, object, role) {
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

fn bare(part: Part, role: &Role) -> Message {
    Message { role: speaker(&part, role), name: None, parts: vec![part], finish_reason: None }
}

/// `LangChain`'s short form of a message: `["user", "hi"]`.
fn pair(items: &[Json]) -> Option<(Role, &str)> {
    match items {
        [Json::String(role), Json::String(text)] if is_speaker(role) => Some((Role::from_name(role), text)),
        _ => None,
    }
}

/// Messages and bare parts in a row; neighbouring parts of one speaker are one message.
fn listed(items: &[Json], role: &Role) -> Vec<Message> {
    let mut found: Vec<Message> = Vec::new();
    let mut open = false;
    for item in items {
        let is_bare = item.as_object().is_some_and(is_part);
        for new in messages(item, role) {
            match found.last_mut().filter(|last| is_bare && open && last.role == new.role) {
                Some(last) => last.parts.extend(new.parts),
                None => found.push(new),
            }
        }
        open = is_bare;
    }
    found
}

/// Where requests keep what is asked, in the order in which a model reads it.
const ASKED: [(&str, Role); 10] = [
    ("/system", Role::System),
    ("/instructions", Role::System),
    ("/system_instruction", Role::System),
    ("/config/system_instruction", Role::System),
    ("/config/systemInstruction", Role::System),
    ("/prompt", Role::User),
    ("/messages", Role::User),
    ("/contents", Role::User),
    ("/input", Role::User),
    ("/inputs", Role::User),
];

/// Where answers keep what was said; the first that holds something tells all.
const ANSWERED: [&str; 9] = [
    "/generations",
    "/choices",
    "/candidates",
    "/replies",
    "/output",
    "/outputs",
    "/messages",
    "/response",
    "/combined_chunk_content",
];

/// The messages of a request or an answer, which themselves are none.
fn enveloped(json: &Json, object: &Object, role: &Role) -> Vec<Message> {
    if object.contains_key("role") || object.contains_key("lc") {
        return Vec::new();
    }
    if *role == Role::Assistant {
        let mut answers =
            ANSWERED.iter().filter_map(|at| json.pointer(at)).map(|inner| messages(inner, role));
        return answers.find(|found| !found.is_empty()).unwrap_or_default();
    }
    ASKED.iter().filter_map(|(at, role)| Some(messages(json.pointer(at)?, role))).flatten().collect()
}

/// Whether `json` holds messages that name their speaker, however they are wrapped: other payloads of the same attribute
/// (a tool's arguments, program state) are no conversation.
pub(super) fn is_conversation(json: &Json) -> bool {
    /// `{"generations": [[{"message": {…}}]]}` is the deepest known.
    const DEPTH: u8 = 5;
    fn speaks(json: &Json, depth: u8) -> bool {
        match json {
            _ if depth == 0 => false,
            Json::Array(items) => {
                pair(items).is_some() || items.first().is_some_and(|item| speaks(item, depth - 1))
            }
            Json::Object(object) if ["role", "_role", "lc"].iter().any(|key| object.contains_key(*key)) => {
                true
            }
            Json::Object(object) if text_of(object, &["type"]).is_some_and(is_speaker) => true,
            Json::Object(_) => {
                let keys = ASKED.iter().map(|(at, _)| *at).chain(ANSWERED).chain(["/message", "/content"]);
                keys.filter_map(|at| json.pointer(at)).any(|inner| speaks(inner, depth - 1))
            }
            _ => false,
        }
    }
    speaks(json, DEPTH)
}

/// One message; `None` for objects that say nothing.
pub(super) fn message(object: &Object, role: &Role) -> Option<Message> {
    let said = inner(object).unwrap_or(object);
    let named = text_of(said, &["role", "_role"]).or_else(|| text_of(object, &["role"]));
    let typed =
        [said, object].into_iter().find_map(|o| text_of(o, &["type"]).filter(|kind| is_speaker(kind)));
    let named = named.or(typed).or_else(|| class(object));
    let role = named.map_or_else(|| role.clone(), role_of);
    let mut parts = message_parts(said, &role, named);
    parts.retain(|part| !matches!(part, Part::Text(text) if reading::is_redacted(text)));
    let finish_reason = finish_reason(object, said).map(str::to_owned);
    let name = text_of(said, &["name"]).map(str::to_owned);
    let says_nothing = parts.is_empty() && named.is_none() && finish_reason.is_none();
    (!says_nothing).then_some(Message { role, name, parts, finish_reason })
}

/// The message inside an object that only wraps one.
fn inner(object: &Object) -> Option<&Object> {
    const WRAPPERS: [&str; 5] = ["message", "prompt", "completion", "data", "kwargs"];
    match object.get("content") {
        Some(Json::Object(content)) if content.contains_key("parts") => Some(content),
        Some(_) => None,
        None => WRAPPERS
            .iter()
            .find_map(|key| object.get(*key)?.as_object())
            .map(|found| inner(found).unwrap_or(found)),
    }
}

/// Who speaks, by the class of a serialized `LangChain` message: `["langchain", …, "HumanMessage"]`.
fn class(object: &Object) -> Option<&str> {
    let serialized = object.get("message").and_then(Json::as_object).unwrap_or(object);
    let name = serialized.get("id")?.as_array()?.last()?.as_str()?;
    name.strip_suffix("MessageChunk").or_else(|| name.strip_suffix("Message"))
}

/// Some frameworks keep calls and results under roles of their own.
fn role_of(name: &str) -> Role {
    match name.replace('_', "-").as_str() {
        "tool-call" => Role::Assistant,
        "tool-response" | "tool-result" => Role::Tool,
        _ => Role::from_name(name.strip_suffix("MessageChunk").unwrap_or(name)),
    }
}

/// Why the model stopped, wherever the maker of the message put it.
fn finish_reason<'a>(object: &'a Object, said: &'a Object) -> Option<&'a str> {
    const KEYS: [&str; 4] = ["finish_reason", "stop_reason", "finishReason", "stopReason"];
    const BESIDE: [&str; 4] = ["generation_info", "response_metadata", "meta", "_meta"];
    let beside =
        [object, said].into_iter().flat_map(|o| BESIDE.iter().filter_map(|key| o.get(*key)?.as_object()));
    [object, said].into_iter().chain(beside).find_map(|object| text_of(object, &KEYS))
}

fn message_parts(said: &Object, role: &Role, named: Option<&str>) -> Vec<Part> {
    let mut found = Vec::new();
    if let Some(thought) = text_of(said, &["reasoning", "reasoning_content"]) {
        found.push(Part::Reasoning(thought.to_owned()));
    }
    // some emitters write a message's text both as `contents` and as `content`
    let keys = ["parts", "contents", "content", "_content", "text", "message", "refusal"];
    let content = keys.iter().find_map(|key| said.get(*key).filter(|content| !content.is_null()));
    let id = text_of(said, &["tool_call_id", "id"]).map(str::to_owned);
    match content {
        Some(content) if *role == Role::Tool && !holds_result(content) => {
            found.push(Part::ToolResult { id, result: result_text(content) });
        }
        Some(content) => found.extend(parts(content)),
        None => {}
    }
    if named.is_some_and(|name| name.starts_with("tool") && *role == Role::Assistant) {
        found = found.into_iter().flat_map(calls_in_text).collect();
    }
    for call in calls(said) {
        add_call(&mut found, call);
    }
    found
}

/// Calls beside the content.
fn calls(said: &Object) -> Vec<Part> {
    let extra = || said.get("additional_kwargs")?.get("tool_calls");
    let listed = said.get("tool_calls").or_else(|| said.get("toolCalls")).or_else(extra);
    let mut found = listed.map(tool_calls).unwrap_or_default();
    found.extend(said.get("function_call").and_then(Json::as_object).and_then(tool_call));
    found
}

/// Anthropic's calls stand both among the contents and in `tool_calls`, at times without their id.
fn add_call(found: &mut Vec<Part>, call: Part) {
    let Part::ToolCall { id, name, arguments } = &call else { return };
    let is_known = found.iter().any(|known| match known {
        Part::ToolCall { id: i, name: n, arguments: a } => {
            n == name
                && (i == id && i.is_some() || a == arguments && (i == id || i.is_none() || id.is_none()))
        }
        _ => false,
    });
    if !is_known {
        found.push(call);
    }
}

/// Calls written down as text: a sentence, then a list.
fn calls_in_text(part: Part) -> Vec<Part> {
    let list = match &part {
        Part::Text(text) => text.find('[').and_then(|at| lenient::parse(&text[at..])),
        _ => None,
    };
    match list.as_ref().map(tool_calls) {
        Some(calls) if !calls.is_empty() => calls,
        _ => vec![part],
    }
}
