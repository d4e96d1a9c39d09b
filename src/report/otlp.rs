//! Raw telemetry as OTLP JSON, as the collector's file exporter writes it: a request a line.
//!
//! Everything that came in goes out with its type and in its order: ids in hexadecimal, 64-bit integers as text, bytes in
//! base64, doubles that JSON has no number for as text, fields that say nothing left out (protobuf's JSON mapping and
//! the OTLP specification, "JSON Protobuf Encoding").

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Number, Value as Json};

use super::json::to_line;
use crate::model::{Attributes, Event, Link, LogRecord, Resource, Scope, Scoped, Span, Value};

/// A request with these spans, grouped by who sent them, in the order of their first appearance.
///
/// # Errors
/// Never with the types at hand; `serde_json` cannot say so in its signature.
pub fn spans(scoped: &[Scoped<Span>]) -> serde_json::Result<String> {
    to_line(&request("resourceSpans", "scopeSpans", "spans", scoped, span))
}

/// The same of log records.
///
/// # Errors
/// As [`spans`].
pub fn logs(scoped: &[Scoped<LogRecord>]) -> serde_json::Result<String> {
    to_line(&request("resourceLogs", "scopeLogs", "logRecords", scoped, log_record))
}

fn request<T>(
    envelopes: &str,
    by_scope: &str,
    records: &str,
    scoped: &[Scoped<T>],
    record: impl Fn(&T) -> Json,
) -> Json {
    let by_resource: Vec<Vec<&Scoped<T>>> = grouped(scoped, |one| &one.resource);
    let envelope = |of: &Vec<&Scoped<T>>| {
        let (resource, url) = of.first().map(|one| (&*one.resource, &one.resource.schema_url)).unzip();
        let inner = of.iter().map(|one| {
            object([
                ("scope", self::scope(&one.scope)),
                (records, Json::Array(one.records.iter().map(&record).collect())),
                ("schemaUrl", text(&one.scope.schema_url)),
            ])
        });
        object([
            ("resource", resource.map_or(Json::Null, self::resource)),
            (by_scope, Json::Array(inner.collect())),
            ("schemaUrl", url.map_or(Json::Null, |url| text(url))),
        ])
    };
    object([(envelopes, Json::Array(by_resource.iter().map(envelope).collect()))])
}

/// Items of one resource together.
fn grouped<T>(scoped: &[Scoped<T>], resource: impl Fn(&Scoped<T>) -> &Arc<Resource>) -> Vec<Vec<&Scoped<T>>> {
    let mut groups: Vec<Vec<&Scoped<T>>> = Vec::new();
    for one in scoped {
        let same = |group: &&mut Vec<&Scoped<T>>| {
            group.first().is_some_and(|first| resource(first) == resource(one))
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups
}

/// The members that say something.
fn object<'k>(members: impl IntoIterator<Item = (&'k str, Json)>) -> Json {
    let said = members.into_iter().filter(|(_, value)| !value.is_null());
    Json::Object(said.map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())
}

fn text(text: &str) -> Json {
    if text.is_empty() { Json::Null } else { Json::String(text.to_owned()) }
}

/// A 32-bit number; 0 says nothing.
fn number(number: impl Into<i64>) -> Json {
    match number.into() {
        0 => Json::Null,
        number => Json::Number(number.into()),
    }
}

/// Nanoseconds, a 64-bit number; 0 says nothing.
fn nanos(time: u64) -> Json {
    if time == 0 { Json::Null } else { Json::String(time.to_string()) }
}

fn hex(bytes: &[u8]) -> Json {
    text(&bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat())
}

fn list(items: Vec<Json>) -> Json {
    if items.is_empty() { Json::Null } else { Json::Array(items) }
}

fn resource(resource: &Resource) -> Json {
    object([
        ("attributes", attributes(&resource.attributes)),
        ("droppedAttributesCount", number(resource.dropped_attributes_count)),
        ("entityRefs", list(resource.entity_refs.iter().map(entity_ref).collect())),
    ])
}

fn entity_ref(entity: &Value) -> Json {
    let Value::Map(fields) = entity else { return Json::Null };
    let said = |name: &str| fields.text(name).map_or(Json::Null, text);
    let keys = |name: &str| match fields.get(name) {
        Some(Value::Array(keys)) => list(keys.iter().filter_map(Value::as_str).map(text).collect()),
        _ => Json::Null,
    };
    object([
        ("schemaUrl", said("schema_url")),
        ("type", said("type")),
        ("idKeys", keys("id_keys")),
        ("descriptionKeys", keys("description_keys")),
    ])
}

fn scope(scope: &Scope) -> Json {
    object([
        ("name", text(&scope.name)),
        ("version", text(&scope.version)),
        ("attributes", attributes(&scope.attributes)),
        ("droppedAttributesCount", number(scope.dropped_attributes_count)),
    ])
}

fn span(span: &Span) -> Json {
    let status = object([("message", text(&span.status_message)), ("code", number(span.status.0))]);
    object([
        ("traceId", text(&span.trace_id.to_string())),
        ("spanId", text(&span.span_id.to_string())),
        ("traceState", text(&span.trace_state)),
        ("parentSpanId", span.parent_span_id.map_or(Json::Null, |id| text(&id.to_string()))),
        ("flags", number(span.flags)),
        ("name", text(&span.name)),
        ("kind", number(span.kind.0)),
        ("startTimeUnixNano", nanos(span.start)),
        ("endTimeUnixNano", nanos(span.end)),
        ("attributes", attributes(&span.attributes)),
        ("droppedAttributesCount", number(span.dropped_attributes_count)),
        ("events", list(span.events.iter().map(event).collect())),
        ("droppedEventsCount", number(span.dropped_events_count)),
        ("links", list(span.links.iter().map(link).collect())),
        ("droppedLinksCount", number(span.dropped_links_count)),
        ("status", status),
    ])
}

fn event(event: &Event) -> Json {
    object([
        ("timeUnixNano", nanos(event.time)),
        ("name", text(&event.name)),
        ("attributes", attributes(&event.attributes)),
        ("droppedAttributesCount", number(event.dropped_attributes_count)),
    ])
}

fn link(link: &Link) -> Json {
    object([
        ("traceId", hex(&link.trace_id)),
        ("spanId", hex(&link.span_id)),
        ("traceState", text(&link.trace_state)),
        ("attributes", attributes(&link.attributes)),
        ("droppedAttributesCount", number(link.dropped_attributes_count)),
        ("flags", number(link.flags)),
    ])
}

fn log_record(log: &LogRecord) -> Json {
    let body = if log.body == Value::Null { Json::Null } else { value(&log.body) };
    object([
        ("timeUnixNano", nanos(log.time)),
        ("observedTimeUnixNano", nanos(log.observed_time)),
        ("severityNumber", number(log.severity_number)),
        ("severityText", text(&log.severity_text)),
        ("body", body),
        ("attributes", attributes(&log.attributes)),
        ("droppedAttributesCount", number(log.dropped_attributes_count)),
        ("flags", number(log.flags)),
        ("traceId", log.trace_id.map_or(Json::Null, |id| text(&id.to_string()))),
        ("spanId", log.span_id.map_or(Json::Null, |id| text(&id.to_string()))),
        ("eventName", text(&log.event_name)),
    ])
}

fn attributes(pairs: &Attributes) -> Json {
    list(pairs.iter().map(pair).collect())
}

fn pair((key, value): (&str, &Value)) -> Json {
    object([("key", Json::String(key.to_owned())), ("value", self::value(value))])
}

/// An `AnyValue`; one with nothing set is an empty object.
fn value(value: &Value) -> Json {
    let (kind, told) = match value {
        Value::Null => return Json::Object(Map::new()),
        Value::Bool(flag) => ("boolValue", Json::Bool(*flag)),
        Value::Int(number) => ("intValue", Json::String(number.to_string())),
        Value::Double(number) => ("doubleValue", double(*number)),
        Value::Str(text) => ("stringValue", Json::String(text.clone())),
        Value::Bytes(bytes) => ("bytesValue", Json::String(BASE64.encode(bytes))),
        Value::Array(items) => {
            ("arrayValue", object([("values", Json::Array(items.iter().map(self::value).collect()))]))
        }
        Value::Map(pairs) => {
            ("kvlistValue", object([("values", Json::Array(pairs.iter().map(pair).collect()))]))
        }
    };
    object([(kind, told)])
}

fn double(number: f64) -> Json {
    let named = match number {
        number if number.is_nan() => "NaN",
        f64::INFINITY => "Infinity",
        _ => "-Infinity",
    };
    Number::from_f64(number).map_or_else(|| Json::String(named.to_owned()), Json::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{SpanId, SpanKind, StatusCode, TraceId};

    fn everything() -> Attributes {
        let nested: Attributes = [("a", Value::Int(1)), ("a", Value::Null)].into_iter().collect();
        let values = [
            ("bool", Value::Bool(false)),
            ("int", Value::Int(i64::MIN)),
            ("double", Value::Double(-0.1)),
            ("whole double", Value::Double(3.0)),
            ("nan", Value::Double(f64::NAN)),
            ("infinite", Value::Double(f64::NEG_INFINITY)),
            ("text", Value::Str("환불 \u{1b}[2J \"q\"".to_owned())),
            ("empty", Value::Str(String::new())),
            ("bytes", Value::Bytes(vec![0, 255, 7])),
            ("list", Value::Array(vec![Value::Str("x".to_owned()), Value::Array(Vec::new())])),
            ("map", Value::Map(nested)),
            ("nothing", Value::Null),
            ("", Value::Int(0)),
        ];
        values.into_iter().collect()
    }

    fn sender() -> (Arc<Resource>, Arc<Scope>) {
        let entity: Attributes = [("type", Value::Str("service".to_owned()))].into_iter().collect();
        let resource = Resource {
            attributes: [("service.name", "tests")].into_iter().collect(),
            dropped_attributes_count: 1,
            entity_refs: vec![Value::Map(entity)],
            schema_url: "https://example.org/resource".to_owned(),
        };
        let scope = Scope {
            name: "scope".to_owned(),
            version: "1".to_owned(),
            attributes: [("k", "v")].into_iter().collect(),
            dropped_attributes_count: 2,
            schema_url: "https://example.org/scope".to_owned(),
        };
        (Arc::new(resource), Arc::new(scope))
    }

    #[test]
    fn every_field_of_a_span_is_written_with_its_type() {
        let (resource, scope) = sender();
        let event =
            Event { time: 7, name: "e".to_owned(), attributes: everything(), dropped_attributes_count: 3 };
        let link = Link {
            trace_id: vec![1; 16],
            span_id: vec![2; 8],
            trace_state: "l=1".to_owned(),
            attributes: [("k", "v")].into_iter().collect(),
            dropped_attributes_count: 4,
            flags: 1,
        };
        let span = Span {
            trace_id: TraceId::from_bytes(&[7; 16]).unwrap(),
            span_id: SpanId::from_u64(1).unwrap(),
            parent_span_id: SpanId::from_u64(9),
            trace_state: "t=1".to_owned(),
            name: "chat".to_owned(),
            kind: SpanKind(3),
            start: u64::MAX,
            end: 1,
            attributes: everything(),
            dropped_attributes_count: 5,
            events: vec![event],
            dropped_events_count: 6,
            links: vec![link],
            dropped_links_count: 7,
            status: StatusCode::ERROR,
            status_message: "down".to_owned(),
            flags: 0x301,
        };
        insta::assert_snapshot!(spans(&[Scoped { resource, scope, records: vec![span] }]).unwrap());
    }

    #[test]
    fn every_field_of_a_log_record_is_written_and_what_says_nothing_is_left_out() {
        let (resource, scope) = sender();
        let log = LogRecord {
            time: 1,
            observed_time: 2,
            severity_number: 9,
            severity_text: "INFO".to_owned(),
            body: Value::Map(everything()),
            attributes: [("k", "v")].into_iter().collect(),
            dropped_attributes_count: 1,
            flags: 1,
            trace_id: TraceId::from_bytes(&[7; 16]),
            span_id: SpanId::from_u64(1),
            event_name: "e".to_owned(),
        };
        let records = vec![log, LogRecord::default()];
        insta::assert_snapshot!(logs(&[Scoped { resource, scope, records }]).unwrap());
    }
}
