//! Spans written by hand as each dialect writes them, and what they must mean.

mod content;
mod dialects;
mod frameworks;
mod pitfalls;
mod platforms;
mod recorded;
mod ties;

use super::{Interpretation, interpret};
use crate::model::{Attributes, Resource, Scope, Span, SpanId, SpanKind, StatusCode, Step, TraceId, Value};

/// A span of one second with these attributes.
fn span<V: Into<Value>>(name: &str, attributes: impl IntoIterator<Item = (&'static str, V)>) -> Span {
    Span {
        trace_id: TraceId::from_bytes(&[7; 16]).unwrap(),
        span_id: SpanId::from_u64(1).unwrap(),
        parent_span_id: SpanId::from_u64(2),
        trace_state: String::new(),
        name: name.to_owned(),
        kind: SpanKind(1),
        start: 1_000_000_000_000,
        end: 1_001_000_000_000,
        attributes: attributes.into_iter().collect(),
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

/// The same from JSON, where values have several types.
pub(super) fn span_of(name: &str, attributes: &serde_json::Value) -> Span {
    let pairs = attributes.as_object().unwrap().iter().map(|(key, value)| (key.clone(), value_of(value)));
    Span { attributes: Attributes(pairs.collect()), ..span::<&str>(name, []) }
}

pub(super) fn value_of(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Bool(flag) => Value::Bool(*flag),
        serde_json::Value::String(text) => Value::Str(text.clone()),
        serde_json::Value::Array(items) => Value::Array(items.iter().map(value_of).collect()),
        serde_json::Value::Number(number) => {
            number.as_i64().map_or_else(|| Value::Double(number.as_f64().unwrap()), Value::Int)
        }
        serde_json::Value::Object(map) => {
            Value::Map(map.iter().map(|(k, v)| (k.clone(), value_of(v))).collect())
        }
        serde_json::Value::Null => Value::Null,
    }
}

fn read_in(scope: &str, span: &Span) -> Interpretation {
    let scope = Scope { name: scope.to_owned(), ..Scope::default() };
    interpret(span, &Resource::default(), &scope)
}

pub(super) fn step(span: &Span) -> Step {
    read_in("", span).step
}
