//! OTLP spans with attributes as OpenTelemetry's conventions for GenAI name them.

use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::span::{Event, SpanKind};
use opentelemetry_proto::tonic::trace::v1::{Span, Status, status::StatusCode};

/// A span that is being filled in.
pub(super) struct Draft(pub(super) Span);

impl Draft {
    /// A span of `operation`; its name says what it is about too.
    pub(super) fn new(operation: &str, about: &str, kind: SpanKind) -> Self {
        let span = Span { name: format!("{operation} {about}"), kind: kind.into(), ..Span::default() };
        Self(span).with("gen_ai.operation.name", operation)
    }

    /// Adds an attribute.
    pub(super) fn with(mut self, key: &str, value: impl Attribute) -> Self {
        self.set(key, value);
        self
    }

    /// Adds an attribute where there is one.
    pub(super) fn with_some(self, key: &str, value: Option<impl Attribute>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Adds an attribute.
    pub(super) fn set(&mut self, key: &str, value: impl Attribute) {
        self.0.attributes.push(pair(key, value));
    }

    /// Marks the span as failed at its end.
    pub(super) fn fail(&mut self, kind: &str, message: &str) {
        self.0.status = Some(Status { message: message.to_owned(), code: StatusCode::Error.into() });
        self.set("error.type", kind);
        self.0.events.push(Event {
            time_unix_nano: self.0.end_time_unix_nano,
            name: "exception".to_owned(),
            attributes: vec![pair("exception.type", kind), pair("exception.message", message)],
            dropped_attributes_count: 0,
        });
    }
}

/// An attribute.
pub(super) fn pair(key: &str, value: impl Attribute) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue { value: Some(value.into_value()) }),
        ..KeyValue::default()
    }
}

/// What an attribute can be.
pub(super) trait Attribute {
    fn into_value(self) -> Value;
}

impl Attribute for &str {
    fn into_value(self) -> Value {
        Value::StringValue(self.to_owned())
    }
}

impl Attribute for String {
    fn into_value(self) -> Value {
        Value::StringValue(self)
    }
}

impl Attribute for u64 {
    fn into_value(self) -> Value {
        Value::IntValue(i64::try_from(self).unwrap_or(i64::MAX))
    }
}

impl Attribute for f64 {
    fn into_value(self) -> Value {
        Value::DoubleValue(self)
    }
}

impl Attribute for bool {
    fn into_value(self) -> Value {
        Value::BoolValue(self)
    }
}

impl Attribute for [&str; 1] {
    fn into_value(self) -> Value {
        let values = self.into_iter().map(|text| AnyValue { value: Some(text.into_value()) }).collect();
        Value::ArrayValue(ArrayValue { values })
    }
}
