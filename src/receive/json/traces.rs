//! Spans from JSON.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link, SpanKind};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status, status::StatusCode};

use crate::receive::remarks::Remarks;

use super::common::{attributes, each, list, records, resource, scope};
use super::scalar::{enumeration, id, integer, optional_id, text};
use super::tree::{Flaw, Json};

/// An export request; `batches` is Tempo's name for its one field.
pub(super) fn request(json: Json<'_>, remarks: &mut Remarks) -> Result<ExportTraceServiceRequest, Flaw> {
    let mut request = ExportTraceServiceRequest::default();
    each(json, |key, field| {
        if let "resourceSpans" | "batches" = key {
            request.resource_spans = list(field, |item| resource_spans(item, remarks))?;
        }
        Ok(())
    })?;
    Ok(request)
}

fn resource_spans(json: Json<'_>, remarks: &mut Remarks) -> Result<ResourceSpans, Flaw> {
    let mut spans = ResourceSpans::default();
    each(json, |key, field| {
        match key {
            "resource" => spans.resource = Some(resource(field, remarks)),
            "scopeSpans" | "instrumentationLibrarySpans" => {
                spans.scope_spans = list(field, |item| scope_spans(item, remarks))?;
            }
            "schemaUrl" => spans.schema_url = text(field)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(spans)
}

fn scope_spans(json: Json<'_>, remarks: &mut Remarks) -> Result<ScopeSpans, Flaw> {
    let mut spans = ScopeSpans::default();
    each(json, |key, field| {
        match key {
            "scope" | "instrumentationLibrary" => spans.scope = Some(scope(field, remarks)),
            "spans" => spans.spans = records(field, remarks, span)?,
            "schemaUrl" => spans.schema_url = text(field)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(spans)
}

fn span(json: Json<'_>, remarks: &mut Remarks) -> Result<Span, Flaw> {
    let mut span = Span::default();
    each(json, |key, field| {
        match key {
            "traceId" => span.trace_id = id(&field, 16)?,
            "spanId" => span.span_id = id(&field, 8)?,
            "traceState" => span.trace_state = text(field)?,
            "parentSpanId" => span.parent_span_id = optional_id(&field, 8, "parent span id", remarks),
            "flags" => span.flags = integer(&field)?,
            "name" => span.name = text(field)?,
            "kind" => span.kind = kind(&field)?,
            "startTimeUnixNano" => span.start_time_unix_nano = integer(&field)?,
            "endTimeUnixNano" => span.end_time_unix_nano = integer(&field)?,
            "attributes" => span.attributes = attributes(field)?,
            "droppedAttributesCount" => span.dropped_attributes_count = integer(&field)?,
            "events" => span.events = list(field, event)?,
            "droppedEventsCount" => span.dropped_events_count = integer(&field)?,
            "links" => span.links = list(field, |item| link(item, remarks))?,
            "droppedLinksCount" => span.dropped_links_count = integer(&field)?,
            "status" => span.status = Some(status(field)?),
            _ => {}
        }
        Ok(())
    })?;
    Ok(span)
}

fn kind(json: &Json<'_>) -> Result<i32, Flaw> {
    enumeration(json, "SPAN_KIND_", |name| SpanKind::from_str_name(name).map(i32::from))
}

fn event(json: Json<'_>) -> Result<Event, Flaw> {
    let mut event = Event::default();
    each(json, |key, field| {
        match key {
            "timeUnixNano" => event.time_unix_nano = integer(&field)?,
            "name" => event.name = text(field)?,
            "attributes" => event.attributes = attributes(field)?,
            "droppedAttributesCount" => event.dropped_attributes_count = integer(&field)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(event)
}

fn link(json: Json<'_>, remarks: &mut Remarks) -> Result<Link, Flaw> {
    let mut link = Link::default();
    each(json, |key, field| {
        match key {
            "traceId" => link.trace_id = optional_id(&field, 16, "trace id of a link", remarks),
            "spanId" => link.span_id = optional_id(&field, 8, "span id of a link", remarks),
            "traceState" => link.trace_state = text(field)?,
            "attributes" => link.attributes = attributes(field)?,
            "droppedAttributesCount" => link.dropped_attributes_count = integer(&field)?,
            "flags" => link.flags = integer(&field)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(link)
}

/// A status; before 1.0 `deprecatedCode` held one of seventeen codes, 0 for good.
fn status(json: Json<'_>) -> Result<Status, Flaw> {
    let mut status = Status::default();
    let mut deprecated = 0;
    each(json, |key, field| {
        match key {
            "message" => status.message = text(field)?,
            "code" => {
                let find = |name: &str| StatusCode::from_str_name(name).map(i32::from);
                status.code = enumeration(&field, "STATUS_CODE_", find)?;
            }
            "deprecatedCode" => deprecated = enumeration(&field, "", deprecated_code)?,
            _ => {}
        }
        Ok(())
    })?;
    if status.code == 0 && deprecated != 0 {
        status.code = StatusCode::Error.into();
    }
    Ok(status)
}

/// Only good or not matters.
#[expect(clippy::unnecessary_wraps, reason = "any name is a code: the shape of a look-up")]
fn deprecated_code(name: &str) -> Option<i32> {
    Some(i32::from(name != "DEPRECATED_STATUS_CODE_OK"))
}
