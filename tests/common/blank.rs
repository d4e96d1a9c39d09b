//! A span to begin with.

use spanglass::model::{Attributes, Span, SpanId, SpanKind, StatusCode, TraceId};

/// A span that says nothing, of the trace whose id is made of one byte; 0 is no parent.
pub(crate) fn span(trace: u8, id: u64, parent: u64) -> Span {
    Span {
        trace_id: TraceId::from_bytes(&[trace; 16]).unwrap(),
        span_id: SpanId::from_u64(id).unwrap(),
        parent_span_id: SpanId::from_u64(parent),
        trace_state: String::new(),
        name: String::new(),
        kind: SpanKind(1),
        start: 0,
        end: 0,
        attributes: Attributes::default(),
        dropped_attributes_count: 0,
        events: Vec::new(),
        dropped_events_count: 0,
        links: Vec::new(),
        dropped_links_count: 0,
        status: StatusCode::UNSET,
        status_message: String::new(),
        flags: 0,
    }
}
