//! The span that a log record stands for.

use serde_json::Value as Json;

use super::client::Event;
use crate::dialect::ties::Ties;
use crate::dialect::{lenient, outcome, reading};
use crate::model::{
    Attributes, LogRecord, Resource, Scope, Span, SpanId, SpanKind, StatusCode, TraceId, UnixNanos, Value,
};

/// The record's attributes and the fields of its body, in the words of the conventions; placeholders of content that
/// was withheld are left out.
pub(super) fn attributes(log: &LogRecord, event: &Event) -> Attributes {
    let mut attributes = log.attributes.clone();
    attributes.0.extend(fields(&log.body));
    for (own, word) in event.words {
        translate(&mut attributes, own, word);
    }
    (event.prepare)(&mut attributes);
    attributes
}

fn translate(attributes: &mut Attributes, own: &str, word: &str) {
    let Some(at) = attributes.0.iter().rposition(|(key, _)| key == own) else { return };
    if !reading::is_content(&attributes.0[at].1) {
        attributes.0.remove(at);
    } else if attributes.get(word).is_none() {
        word.clone_into(&mut attributes.0[at].0);
    }
}

/// The members of a body that is a map, or JSON text of one.
fn fields(body: &Value) -> Vec<(String, Value)> {
    match body {
        Value::Map(fields) => fields.0.clone(),
        Value::Str(text) if text.trim_start().starts_with('{') => match lenient::parse(text) {
            Some(Json::Object(fields)) => {
                fields.into_iter().map(|(key, json)| (key, value_of(json))).collect()
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn value_of(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(number) => {
            number.as_i64().map(Value::Int).or_else(|| number.as_f64().map(Value::Double)).unwrap_or_default()
        }
        Json::String(text) => Value::Str(text),
        Json::Array(items) => Value::Array(items.into_iter().map(value_of).collect()),
        Json::Object(fields) => {
            Value::Map(fields.into_iter().map(|(key, json)| (key, value_of(json))).collect())
        }
    }
}

/// The span of a record with these attributes.
pub(super) fn of_record(
    log: &LogRecord,
    attributes: Attributes,
    ties: &Ties,
    event: &Event,
    (resource, scope): (&Resource, &Scope),
) -> Span {
    let own = digest(log, resource, scope);
    let end = end(log, &attributes);
    // all records of one execution share a trace
    let made = || ties.execution.map_or(own, |key| *blake3::hash(&key.0.to_le_bytes()).as_bytes());
    Span {
        trace_id: log.trace_id.unwrap_or_else(|| TraceId::of_hash(&made())),
        span_id: SpanId::of_hash(&own),
        parent_span_id: log.trace_id.and(log.span_id),
        trace_state: String::new(),
        name: event.name.to_owned(),
        kind: SpanKind::default(),
        start: end.saturating_sub(duration(&attributes)),
        end,
        attributes,
        dropped_attributes_count: log.dropped_attributes_count,
        events: Vec::new(),
        dropped_events_count: 0,
        links: Vec::new(),
        dropped_links_count: 0,
        status: if event.has_failed { StatusCode::ERROR } else { StatusCode::UNSET },
        status_message: String::new(),
        flags: log.flags & 0xff,
    }
}

/// Events are told when they are over. The time at which a collector saw a record says least.
fn end(log: &LogRecord, attributes: &Attributes) -> UnixNanos {
    let said = || attributes.text("event.timestamp").and_then(reading::time);
    Some(log.time).filter(|time| *time != 0).or_else(said).unwrap_or(log.observed_time)
}

/// How long it took, nanoseconds; 0 where nothing says it.
fn duration(attributes: &Attributes) -> u64 {
    let keys = ["duration_ms", "total_duration_ms"];
    keys.iter().find_map(|key| attributes.get(key).and_then(outcome::milliseconds)).unwrap_or(0)
}

/// What makes a record itself: everything but when it was seen, which changes when it is sent again.
fn digest(log: &LogRecord, resource: &Resource, scope: &Scope) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for text in [resource.service(), &scope.name, &log.event_name] {
        feed(&mut hasher, text.as_bytes());
    }
    hasher.update(&log.time.to_le_bytes());
    feed(&mut hasher, log.trace_id.as_ref().map_or(&[][..], |id| id.as_bytes()));
    hasher.update(&log.span_id.map_or(0, SpanId::as_u64).to_le_bytes());
    feed_value(&mut hasher, &log.body);
    for (key, value) in log.attributes.iter() {
        feed(&mut hasher, key.as_bytes());
        feed_value(&mut hasher, value);
    }
    *hasher.finalize().as_bytes()
}

fn feed_value(hasher: &mut blake3::Hasher, value: &Value) {
    match value {
        Value::Str(text) => feed(hasher, text.as_bytes()),
        other => feed(hasher, format!("{other:?}").as_bytes()),
    }
}

/// With its length, so that "ab", "c" and "a", "bc" stay apart.
fn feed(hasher: &mut blake3::Hasher, bytes: &[u8]) {
    hasher.update(&bytes.len().to_le_bytes()).update(bytes);
}
