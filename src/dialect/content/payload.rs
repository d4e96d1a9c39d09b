//! Arguments, results and documents out of the envelopes that frameworks put around them.

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use super::super::{lenient, reading};
use super::message;
use super::part::{self, text_of};
use crate::model::{Document, Event, Role};

/// Envelopes nest (`{"output": {"lc": …}}`), but not deeper than this.
const DEPTH: u8 = 4;

/// Arguments as text: JSON where it parses, without the envelope.
pub(super) fn argument_text(json: Json) -> String {
    text(unwrapped(json, DEPTH))
}

/// A result as text, likewise.
pub(super) fn result_text(json: Json) -> String {
    part::result_text(&unwrapped(json, DEPTH))
}

/// What a person asked, out of a generic input: text, the last of a conversation, or the member that is named like a
/// question. Program state that holds none of them is no task.
pub(super) fn asked(json: Json) -> Option<String> {
    match unwrapped(json, DEPTH) {
        Json::String(text) => Some(text),
        json => conversed(&json).or_else(|| question(&json, DEPTH)).or_else(|| match by_position(&json) {
            Some(arguments) => spoken(arguments),
            None => Some(json.to_string()).filter(|text| text.len() <= SHORT),
        }),
    }
}

/// The last that a user says in a conversation, as graphs are given one: `{"messages": [["user", "hi"]]}`.
fn conversed(json: &Json) -> Option<String> {
    let messages =
        if message::is_conversation(json) { message::messages(json, &Role::User) } else { Vec::new() };
    messages.iter().rev().filter(|message| message.role == Role::User).find_map(super::spoken)
}

/// The arguments of a Python function that was called by position: names and settings are no question, and the model
/// calls below tell what was asked.
fn by_position(json: &Json) -> Option<&[Json]> {
    json.get("kwargs")?;
    json.get("args")?.as_array().map(Vec::as_slice)
}

/// The first argument of several words.
fn spoken(arguments: &[Json]) -> Option<String> {
    let is_spoken = |text: &&str| text.trim().contains(char::is_whitespace);
    arguments.iter().filter_map(Json::as_str).find(is_spoken).map(str::to_owned)
}

/// JSON of at most this many bytes is worth showing as it is.
const SHORT: usize = 200;

const QUESTIONS: [&str; 9] =
    ["task", "query", "question", "prompt", "user_msg", "user_message", "input", "message", "content"];

fn question(json: &Json, depth: u8) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let object = json.as_object()?;
    let found = QUESTIONS.iter().find_map(|key| object.get(*key)?.as_str()).filter(|text| !text.is_empty());
    found.map(str::to_owned).or_else(|| object.values().find_map(|value| question(value, depth)))
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
    let object_is_command = object.contains_key("graph") || object.contains_key("goto");
    // LangGraph: a command to go on elsewhere, with the tool's message last
    if let Some(update) = object.get_mut("update").filter(|_| object_is_command) {
        return update.get_mut("messages")?.as_array_mut()?.pop();
    }
    // LangChain: a call with its configuration
    let is_traced = ["metadata", "tags", "kwargs"].iter().any(|key| object.contains_key(*key));
    let payload =
        || ["input_str", "inputs", "outputs", "output"].iter().find(|key| object.contains_key(**key));
    if let Some(key) = payload().filter(|_| is_traced) {
        return object.remove(*key);
    }
    // LangChain: a serialized object
    if object.contains_key("lc") {
        return object.get_mut("kwargs")?.as_object_mut()?.remove("content");
    }
    if object.get("type").and_then(Json::as_str) == Some("tool") {
        if let Some(data) = object.get_mut("data") {
            return data.as_object_mut()?.remove("content");
        }
        return object.remove("content");
    }
    // LangSmith: what a tool run came to
    if object.len() == 1 && object.get("output").is_some_and(|output| output.get("content").is_some()) {
        return object.remove("output");
    }
    // LlamaIndex: a tool's output with a copy of its input
    if object.contains_key("tool_name") && object.contains_key("blocks") {
        return object.get_mut("blocks")?.get_mut(0)?.as_object_mut()?.remove("text");
    }
    // a Python function's call: by name, or by position
    let is_call = object.contains_key("args") || object.len() == 1;
    let by_name = is_call && object.get("args").is_none_or(is_empty);
    by_name.then(|| object.remove("kwargs")).flatten()
}

/// The documents of a list.
pub(super) fn documents(json: &Json) -> Vec<Document> {
    let items = json.as_array().map(Vec::as_slice).unwrap_or_default();
    // a flattened list wraps each; elsewhere `document` may be the text
    let object = |item: &'_ Json| {
        item.get("document").and_then(Json::as_object).or_else(|| item.as_object()).map(document)
    };
    items.iter().filter_map(object).collect()
}

/// The documents in a retriever's result: a list, or the member `documents`, whose items all look like one.
pub(super) fn retrieved(json: &Json) -> Vec<Document> {
    let list = json.get("documents").unwrap_or(json);
    let items = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let is_document = |item: &Json| {
        let item = item.get("kwargs").unwrap_or(item);
        let scored = item.get("content").and(item.get("score").or_else(|| item.get("meta"))).is_some();
        scored || item.get("page_content").is_some()
    };
    if items.is_empty() || !items.iter().all(is_document) {
        return Vec::new();
    }
    items.iter().filter_map(|item| item.get("kwargs").unwrap_or(item).as_object()).map(document).collect()
}

/// The document in an event of a vector store's search (`OpenLLMetry`).
pub(super) fn query_result(event: &Event) -> Option<Document> {
    let said = |key: &str| event.attributes.get(key);
    let text = |key: &str| said(key).and_then(reading::text).map(Cow::into_owned);
    (event.name == "db.query.result").then(|| Document {
        id: text("db.query.result.id"),
        score: said("db.query.result.score")
            .or_else(|| said("db.query.result.distance"))
            .and_then(reading::number),
        content: text("db.query.result.document").unwrap_or_default(),
        metadata: text("db.query.result.metadata"),
    })
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
        content: text_of(object, &["content", "text", "document", "page_content"])
            .unwrap_or_default()
            .to_owned(),
        metadata: label("metadata").or_else(|| label("meta")),
    }
}
