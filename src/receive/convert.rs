//! OTLP messages to the types that travel: texts are moved, ids are checked, nothing else is judged.

use std::sync::Arc;

use opentelemetry_proto::tonic::collector::{
    logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
    trace::v1::ExportTraceServiceRequest,
};
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, EntityRef, InstrumentationScope, KeyValue, any_value,
};
use opentelemetry_proto::tonic::{logs::v1 as logs, resource::v1 as resource, trace::v1 as trace};

use crate::model::{
    Attributes, Event, Export, Link, LogRecord, Resource, Scope, Scoped, Span, SpanId, SpanKind, StatusCode,
    TraceId, Value,
};

use super::metric;
use super::remarks::Remarks;

/// Spans; one with an invalid id is left out, as nothing could refer to it.
pub(super) fn traces(request: ExportTraceServiceRequest, remarks: &mut Remarks) -> Export {
    let mut spans = Vec::new();
    for envelope in request.resource_spans {
        let resource = resource(envelope.resource, envelope.schema_url);
        for scoped in envelope.scope_spans {
            let records = scoped.spans.into_iter().filter_map(|s| span(s, remarks)).collect();
            push(&mut spans, &resource, scoped.scope, scoped.schema_url, records);
        }
    }
    Export { spans, ..Export::default() }
}

/// Log records; an invalid id is dropped, the record kept.
pub(super) fn logs(request: ExportLogsServiceRequest, remarks: &mut Remarks) -> Export {
    let mut logs = Vec::new();
    for envelope in request.resource_logs {
        let resource = resource(envelope.resource, envelope.schema_url);
        for scoped in envelope.scope_logs {
            let records = scoped.log_records.into_iter().map(|r| log_record(r, remarks)).collect();
            push(&mut logs, &resource, scoped.scope, scoped.schema_url, records);
        }
    }
    Export { logs, ..Export::default() }
}

/// Metrics, all of them.
pub(super) fn metrics(request: ExportMetricsServiceRequest) -> Export {
    let mut metrics = Vec::new();
    for envelope in request.resource_metrics {
        let resource = resource(envelope.resource, envelope.schema_url);
        for scoped in envelope.scope_metrics {
            let records = scoped.metrics.into_iter().map(metric::from_proto).collect();
            push(&mut metrics, &resource, scoped.scope, scoped.schema_url, records);
        }
    }
    Export { metrics, ..Export::default() }
}

/// Adds `records` unless there is none: an empty envelope says nothing.
fn push<T>(
    to: &mut Vec<Scoped<T>>,
    resource: &Arc<Resource>,
    scope: Option<InstrumentationScope>,
    schema_url: String,
    records: Vec<T>,
) {
    if !records.is_empty() {
        let scope = Arc::new(instrumentation(scope.unwrap_or_default(), schema_url));
        to.push(Scoped { resource: Arc::clone(resource), scope, records });
    }
}

fn resource(resource: Option<resource::Resource>, schema_url: String) -> Arc<Resource> {
    let resource = resource.unwrap_or_default();
    Arc::new(Resource {
        attributes: attributes(resource.attributes),
        dropped_attributes_count: resource.dropped_attributes_count,
        entity_refs: resource.entity_refs.into_iter().map(entity_ref).collect(),
        schema_url,
    })
}

fn entity_ref(entity: EntityRef) -> Value {
    let list = |texts: Vec<String>| Value::Array(texts.into_iter().map(Value::Str).collect());
    let fields = [
        ("schema_url", Value::Str(entity.schema_url)),
        ("type", Value::Str(entity.r#type)),
        ("id_keys", list(entity.id_keys)),
        ("description_keys", list(entity.description_keys)),
    ];
    Value::Map(fields.into_iter().collect())
}

fn instrumentation(scope: InstrumentationScope, schema_url: String) -> Scope {
    Scope {
        name: scope.name,
        version: scope.version,
        attributes: attributes(scope.attributes),
        dropped_attributes_count: scope.dropped_attributes_count,
        schema_url,
    }
}

fn span(span: trace::Span, remarks: &mut Remarks) -> Option<Span> {
    let (trace_id, span_id) = match ids(&span) {
        Ok(ids) => ids,
        Err(reason) => {
            remarks.reject(reason);
            return None;
        }
    };
    let status = span.status.unwrap_or_default();
    Some(Span {
        trace_id,
        span_id,
        parent_span_id: optional(SpanId::from_bytes, &span.parent_span_id, "parent span id", remarks),
        trace_state: span.trace_state,
        name: span.name,
        kind: SpanKind(span.kind),
        start: span.start_time_unix_nano,
        end: span.end_time_unix_nano,
        attributes: attributes(span.attributes),
        dropped_attributes_count: span.dropped_attributes_count,
        events: span.events.into_iter().map(event).collect(),
        dropped_events_count: span.dropped_events_count,
        links: span.links.into_iter().map(link).collect(),
        dropped_links_count: span.dropped_links_count,
        status: StatusCode(status.code),
        status_message: status.message,
        flags: span.flags,
    })
}

fn ids(span: &trace::Span) -> Result<(TraceId, SpanId), String> {
    let trace_id =
        TraceId::from_bytes(&span.trace_id).ok_or_else(|| bad_id("trace id", &span.trace_id, 16))?;
    let span_id = SpanId::from_bytes(&span.span_id).ok_or_else(|| bad_id("span id", &span.span_id, 8))?;
    Ok((trace_id, span_id))
}

fn bad_id(what: &str, bytes: &[u8], length: usize) -> String {
    match bytes.len() {
        0 => format!("{what} is empty"),
        n if n == length => format!("{what} is all zero"),
        n => format!("{what} has {n} bytes, not {length}"),
    }
}

/// An id that may be absent: empty or all zero, as some exporters write it. Any other invalid id is remarked.
fn optional<T>(read: fn(&[u8]) -> Option<T>, bytes: &[u8], what: &str, remarks: &mut Remarks) -> Option<T> {
    let id = read(bytes);
    if id.is_none() && bytes.iter().any(|&b| b != 0) {
        remarks.drop_fact(format!("{what} of {} bytes", bytes.len()));
    }
    id
}

fn event(event: trace::span::Event) -> Event {
    Event {
        time: event.time_unix_nano,
        name: event.name,
        attributes: attributes(event.attributes),
        dropped_attributes_count: event.dropped_attributes_count,
    }
}

fn link(link: trace::span::Link) -> Link {
    Link {
        trace_id: link.trace_id,
        span_id: link.span_id,
        trace_state: link.trace_state,
        attributes: attributes(link.attributes),
        dropped_attributes_count: link.dropped_attributes_count,
        flags: link.flags,
    }
}

fn log_record(record: logs::LogRecord, remarks: &mut Remarks) -> LogRecord {
    LogRecord {
        time: record.time_unix_nano,
        observed_time: record.observed_time_unix_nano,
        severity_number: record.severity_number,
        severity_text: record.severity_text,
        body: record.body.map_or(Value::Null, value),
        attributes: attributes(record.attributes),
        dropped_attributes_count: record.dropped_attributes_count,
        flags: record.flags,
        trace_id: optional(TraceId::from_bytes, &record.trace_id, "trace id of a log record", remarks),
        span_id: optional(SpanId::from_bytes, &record.span_id, "span id of a log record", remarks),
        event_name: record.event_name,
    }
}

/// Pairs in the order of arrival, repeated keys kept.
pub(super) fn attributes(pairs: Vec<KeyValue>) -> Attributes {
    Attributes(pairs.into_iter().map(|pair| (pair.key, pair.value.map_or(Value::Null, value))).collect())
}

fn value(any: AnyValue) -> Value {
    use any_value::Value as Any;
    match any.value {
        // an index into the dictionary of profiles means nothing elsewhere
        None | Some(Any::StringValueStrindex(_)) => Value::Null,
        Some(Any::StringValue(text)) => Value::Str(text),
        Some(Any::BoolValue(flag)) => Value::Bool(flag),
        Some(Any::IntValue(number)) => Value::Int(number),
        Some(Any::DoubleValue(number)) => Value::Double(number),
        Some(Any::BytesValue(bytes)) => Value::Bytes(bytes),
        Some(Any::ArrayValue(list)) => Value::Array(list.values.into_iter().map(value).collect()),
        Some(Any::KvlistValue(list)) => Value::Map(attributes(list.values)),
    }
}

#[cfg(test)]
#[path = "convert_tests.rs"]
mod tests;
