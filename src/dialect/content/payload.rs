//! Arguments, results and documents out of the envelopes that frameworks put around them.

use serde_json::{Map, Value as Json};

use super::super::lenient;
use super::message::text_of;
use crate::model::Document;

/// Envelopes nest (`{"output": {"lc": …}}`), but not deeper than this.
const DEPTH: u8 = 4;

/// Arguments as text: JSON where it parses, without the envelope.
pub(super) fn argument_text(json: Json) -> String {
    text(unwrapped(json, DEPTH))
}

/// A result as text, likewise.
pub(super) fn result_text(json: Json) -> String {
    text(unwrapped(json, DEPTH))
}

fn text(json: Json) -> String {
    match json {
        Json::String(text) => lenient::pretty_text(&text),
        other => other.to_string(),
    }
}

/// Tracing data around a payload holds ids that differ from call to call: only the payload says what was asked.
fn unwrapped(json: Json, depth: u8) -> Json {
    let Json::Object(mut object) = json else { return json };
    let inner = if depth == 0 { None } else { inside(&mut object) };
    match inner {
        Some(Json::String(text)) => lenient::parse(&text).unwrap_or(Json::String(text)),
        Some(json) => unwrapped(json, depth - 1),
        None => Json::Object(object),
    }
}

/// What the envelope holds, if `object` is one.
fn inside(object: &mut Map<String, Json>) -> Option<Json> {
    let is_empty = |json: &Json| json.as_array().is_some_and(Vec::is_empty);
    // LangChain: a call with its configuration
    if object.contains_key("metadata") || object.contains_key("tags") || object.contains_key("kwargs") {
        if let Some(found) =
            ["input_str", "inputs", "outputs", "output"].iter().find_map(|key| object.remove(*key))
        {
            return Some(found);
        }
    }
    // LangChain: a serialized object
    if object.contains_key("lc") {
        return object.get_mut("kwargs")?.as_object_mut()?.remove("content");
    }
    if object.get("type").and_then(Json::as_str) == Some("tool") && object.contains_key("data") {
        return object.get_mut("data")?.as_object_mut()?.remove("content");
    }
    // a Python function's call: by name, or by position
    let args = object.get("args").is_none_or(is_empty);
    let is_call = object.keys().all(|key| key == "args" || key == "kwargs");
    (is_call && args).then(|| object.remove("kwargs")).flatten()
}

/// The documents of a list.
pub(super) fn documents(json: &Json) -> Vec<Document> {
    let items = json.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item.get("document").unwrap_or(item).as_object()).map(document).collect()
}

fn document(object: &Map<String, Json>) -> Document {
    let label = |key: &str| match object.get(key)? {
        Json::String(text) => Some(text.clone()),
        Json::Null => None,
        other => Some(other.to_string()),
    };
    Document {
        id: label("id"),
        score: object.get("score").and_then(|score| score.as_f64().or_else(|| score.as_str()?.parse().ok())),
        content: text_of(object, &["content", "text", "document"]).unwrap_or_default().to_owned(),
        metadata: label("metadata"),
    }
}
