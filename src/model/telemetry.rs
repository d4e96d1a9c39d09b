//! Telemetry as it came in: everything OTLP carries, nothing interpreted.

use std::sync::Arc;

use super::{Attributes, SpanId, TraceId, UnixNanos, Value};

/// What one export request held, after bad records were taken out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Export {
    /// Spans by resource and scope.
    pub spans: Vec<Scoped<Span>>,
    /// Log records by resource and scope.
    pub logs: Vec<Scoped<LogRecord>>,
    /// Metrics by resource and scope.
    pub metrics: Vec<Scoped<Metric>>,
}

impl Export {
    /// Number of records of all signals.
    pub fn len(&self) -> usize {
        fn count<T>(scoped: &[Scoped<T>]) -> usize {
            scoped.iter().map(|s| s.records.len()).sum()
        }
        count(&self.spans) + count(&self.logs) + count(&self.metrics)
    }

    /// Whether there is no record at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Records that share one resource and one scope.
#[derive(Clone, Debug, PartialEq)]
pub struct Scoped<T> {
    /// Who sent them.
    pub resource: Arc<Resource>,
    /// The instrumentation that made them.
    pub scope: Arc<Scope>,
    /// The records in the order of arrival.
    pub records: Vec<T>,
}

/// OTLP `Resource` with the schema URL of its envelope.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resource {
    /// Attributes as they came.
    pub attributes: Attributes,
    /// Attributes dropped at the source.
    pub dropped_attributes_count: u32,
    /// `entity_refs` as an array of maps, empty where there are none.
    pub entity_refs: Vec<Value>,
    /// `schema_url` of `ResourceSpans`, `ResourceLogs` or `ResourceMetrics`.
    pub schema_url: String,
}

impl Resource {
    /// `service.name`, or what SDKs fall back to.
    pub fn service(&self) -> &str {
        self.attributes.text("service.name").unwrap_or("unknown_service")
    }
}

/// OTLP `InstrumentationScope` with the schema URL of its envelope.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scope {
    /// Name of the instrumentation library.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Attributes as they came.
    pub attributes: Attributes,
    /// Attributes dropped at the source.
    pub dropped_attributes_count: u32,
    /// `schema_url` of `ScopeSpans`, `ScopeLogs` or `ScopeMetrics`.
    pub schema_url: String,
}

/// OTLP `Span`.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// Trace it belongs to.
    pub trace_id: TraceId,
    /// Its id.
    pub span_id: SpanId,
    /// Parent, `None` for a root (absent, empty or all zero on the wire).
    pub parent_span_id: Option<SpanId>,
    /// W3C trace state.
    pub trace_state: String,
    /// Name.
    pub name: String,
    /// Kind; unknown numbers survive.
    pub kind: SpanKind,
    /// Start; 0 if the sender gave none.
    pub start: UnixNanos,
    /// End; 0 while unfinished.
    pub end: UnixNanos,
    /// Attributes as they came.
    pub attributes: Attributes,
    /// Attributes dropped at the source.
    pub dropped_attributes_count: u32,
    /// Events in the order of arrival.
    pub events: Vec<Event>,
    /// Events dropped at the source.
    pub dropped_events_count: u32,
    /// Links in the order of arrival.
    pub links: Vec<Link>,
    /// Links dropped at the source.
    pub dropped_links_count: u32,
    /// Status code; unknown numbers survive.
    pub status: StatusCode,
    /// Status message.
    pub status_message: String,
    /// Bits 0-7 W3C trace flags, 0x100 "is-remote known", 0x200 "parent is remote".
    pub flags: u32,
}

/// OTLP `Span.SpanKind` number: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpanKind(pub i32);

impl SpanKind {
    /// Name in lower case, "unknown" for a number without one.
    pub const fn name(self) -> &'static str {
        match self.0 {
            0 => "unspecified",
            1 => "internal",
            2 => "server",
            3 => "client",
            4 => "producer",
            5 => "consumer",
            _ => "unknown",
        }
    }
}

/// OTLP `Status.StatusCode` number: 0 unset, 1 ok, 2 error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatusCode(pub i32);

impl StatusCode {
    /// Nothing said.
    pub const UNSET: Self = Self(0);
    /// Said to be good.
    pub const OK: Self = Self(1);
    /// Said to have failed.
    pub const ERROR: Self = Self(2);
}

/// OTLP `Span.Event`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    /// When.
    pub time: UnixNanos,
    /// Name.
    pub name: String,
    /// Attributes as they came.
    pub attributes: Attributes,
    /// Attributes dropped at the source.
    pub dropped_attributes_count: u32,
}

/// OTLP `Span.Link`; ids are kept as bytes because a link to an invalid id is still data.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Link {
    /// Trace linked to.
    pub trace_id: Vec<u8>,
    /// Span linked to.
    pub span_id: Vec<u8>,
    /// W3C trace state.
    pub trace_state: String,
    /// Attributes as they came.
    pub attributes: Attributes,
    /// Attributes dropped at the source.
    pub dropped_attributes_count: u32,
    /// As [`Span::flags`].
    pub flags: u32,
}

/// OTLP `LogRecord`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogRecord {
    /// When it happened; 0 if not given.
    pub time: UnixNanos,
    /// When it was seen.
    pub observed_time: UnixNanos,
    /// 1-4 trace, 5-8 debug, 9-12 info, 13-16 warn, 17-20 error, 21-24 fatal.
    pub severity_number: i32,
    /// Severity as the source calls it.
    pub severity_text: String,
    /// Body.
    pub body: Value,
    /// Attributes as they came.
    pub attributes: Attributes,
    /// Attributes dropped at the source.
    pub dropped_attributes_count: u32,
    /// W3C trace flags.
    pub flags: u32,
    /// Trace it belongs to, if any.
    pub trace_id: Option<TraceId>,
    /// Span it belongs to, if any.
    pub span_id: Option<SpanId>,
    /// Event name.
    pub event_name: String,
}

/// OTLP `Metric`, its data as a map named after the fields of the proto.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metric {
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// Unit.
    pub unit: String,
    /// Metadata attributes.
    pub metadata: Attributes,
    /// `gauge`, `sum`, `histogram`, `exponential_histogram`, `summary`, or empty.
    pub data_type: String,
    /// The data message: field names as in the proto, every number with its type, points in `data_points`.
    pub data: Value,
}
