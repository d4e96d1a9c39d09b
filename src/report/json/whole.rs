//! One step whole, to be taken elsewhere: what it means, what it saw and said, its telemetry as it came in.

use serde::Serialize;
use serde::ser::{SerializeMap, SerializeSeq, Serializer};

use super::line::Tokens;
use super::number::{Decimal, rfc3339};
use crate::model::{
    Attributes, Content, Cost, Document, Event, Message, Part, Resource, Scope, Span, Step, Value,
};

/// A step with its telemetry and content.
#[derive(Clone, Copy, Debug)]
pub struct WholeStep<'a> {
    /// The step.
    pub step: &'a Step,
    /// Cost of its own call, where it counts.
    pub cost: Option<Cost>,
    /// Its span.
    pub span: &'a Span,
    /// Who sent it.
    pub resource: &'a Resource,
    /// The instrumentation that made it.
    pub scope: &'a Scope,
    /// What it saw and said.
    pub content: &'a Content,
}

impl Serialize for WholeStep<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self { step, cost, span, resource, scope, content } = self;
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("trace_id", &step.trace_id.to_string())?;
        map.serialize_entry("span_id", &step.span_id.to_string())?;
        map.serialize_entry("parent_span_id", &step.parent_span_id.map(|id| id.to_string()))?;
        map.serialize_entry("kind", step.kind.name())?;
        map.serialize_entry("name", &step.name)?;
        map.serialize_entry("agent", &step.agent)?;
        map.serialize_entry("model", &step.model)?;
        map.serialize_entry("tool", &step.tool)?;
        map.serialize_entry("tool_call_id", &step.tool_call_id)?;
        map.serialize_entry("started_at", &rfc3339(step.start))?;
        map.serialize_entry("duration_ms", &step.duration().map(Decimal::ms))?;
        map.serialize_entry("tokens", &Tokens::of_step(&step.usage))?;
        map.serialize_entry("cost_usd", &cost.map(|cost| Decimal::usd(cost.amount)))?;
        map.serialize_entry("status", step.status.name())?;
        map.serialize_entry("error", &step.error)?;
        map.serialize_entry("system", &Each(&content.system, part))?;
        map.serialize_entry("input", &Each(&content.input, message))?;
        map.serialize_entry("output", &Each(&content.output, message))?;
        map.serialize_entry("arguments", &content.arguments)?;
        map.serialize_entry("result", &content.result)?;
        map.serialize_entry("documents", &Each(&content.documents, document))?;
        map.serialize_entry("attributes", &Map(&span.attributes))?;
        map.serialize_entry("events", &Each(&span.events, event))?;
        map.serialize_entry("resource", &Map(&resource.attributes))?;
        map.serialize_entry(
            "scope",
            &Pairs(&[("name", scope.name.clone()), ("version", scope.version.clone())]),
        )?;
        map.end()
    }
}

/// A list whose items are written by a function.
struct Each<'a, T>(&'a [T], fn(&T) -> serde_json::Value);

impl<T> Serialize for Each<'_, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(self.1))
    }
}

struct Pairs<'a>(&'a [(&'static str, String)]);

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

fn message(message: &Message) -> serde_json::Value {
    serde_json::json!({
        "role": message.role.name(),
        "name": message.name,
        "parts": message.parts.iter().map(part).collect::<Vec<_>>(),
        "finish_reason": message.finish_reason,
    })
}

fn part(part: &Part) -> serde_json::Value {
    use serde_json::json;
    match part {
        Part::Text(text) => json!({"type": "text", "text": text}),
        Part::Reasoning(text) => json!({"type": "reasoning", "text": text}),
        Part::ToolCall { id, name, arguments } => {
            json!({"type": "tool_call", "id": id, "name": name, "arguments": arguments})
        }
        Part::ToolResult { id, result } => json!({"type": "tool_result", "id": id, "result": result}),
        Part::Media { kind, size, uri } => json!({"type": "media", "kind": kind, "size": size, "uri": uri}),
        Part::Other(text) => json!({"type": "other", "text": text}),
    }
}

fn document(document: &Document) -> serde_json::Value {
    serde_json::json!({
        "id": document.id,
        "score": document.score,
        "content": document.content,
        "metadata": document.metadata,
    })
}

fn event(event: &Event) -> serde_json::Value {
    let attributes = serde_json::to_value(Map(&event.attributes)).unwrap_or_default();
    serde_json::json!({"time": rfc3339(event.time), "name": event.name, "attributes": attributes})
}

/// Attributes as an object; of a repeated key the last stands, as SDKs overwrite.
struct Map<'a>(&'a Attributes);

impl Serialize for Map<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let last = |(at, (key, _)): &(usize, &(String, Value))| {
            !self.0.0[at + 1..].iter().any(|(later, _)| later == key)
        };
        let pairs = self.0.0.iter().enumerate().filter(last);
        to.collect_map(pairs.map(|(_, (key, value))| (key, Plain(value))))
    }
}

/// A value as JSON has it; bytes in hexadecimal, numbers that JSON cannot write as text.
struct Plain<'a>(&'a Value);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => to.serialize_unit(),
            Value::Bool(flag) => to.serialize_bool(*flag),
            Value::Int(number) => to.serialize_i64(*number),
            Value::Double(number) if number.is_finite() => to.serialize_f64(*number),
            Value::Double(number) => to.collect_str(number),
            Value::Str(text) => to.serialize_str(text),
            Value::Bytes(bytes) => to.collect_str(&Hex(bytes)),
            Value::Array(list) => {
                let mut items = to.serialize_seq(Some(list.len()))?;
                list.iter().try_for_each(|item| items.serialize_element(&Plain(item)))?;
                items.end()
            }
            Value::Map(map) => Map(map).serialize(to),
        }
    }
}

struct Hex<'a>(&'a [u8]);

impl std::fmt::Display for Hex<'_> {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(to, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Role;
    use crate::report::fixture;
    use crate::report::json::step_line;

    #[test]
    fn a_step_is_one_object_with_all_that_came_in() {
        let step = &fixture::steps()[1];
        let span = Span {
            trace_id: step.trace_id,
            span_id: step.span_id,
            parent_span_id: None,
            trace_state: String::new(),
            name: step.name.to_string(),
            kind: crate::model::SpanKind(1),
            start: 1,
            end: 2,
            attributes: Attributes(vec![
                ("a".into(), Value::from("first")),
                ("n".into(), Value::Double(f64::NAN)),
                ("b".into(), Value::Bytes(vec![0xab, 1])),
                ("list".into(), Value::Array(vec![Value::from(1_i64), Value::Null])),
                ("a".into(), Value::from("\u{1b}[2J")),
            ]),
            dropped_attributes_count: 0,
            events: vec![Event { name: "e".into(), ..Event::default() }],
            dropped_events_count: 0,
            links: Vec::new(),
            dropped_links_count: 0,
            status: crate::model::StatusCode::OK,
            status_message: String::new(),
            flags: 0,
        };
        let says = |text: &str| Message {
            role: Role::User,
            name: None,
            parts: vec![Part::Text(text.into())],
            finish_reason: None,
        };
        let content = Content { input: vec![says("hi")], ..Content::default() };
        let (resource, scope) = (Resource::default(), Scope::default());
        let whole = WholeStep {
            step,
            cost: None,
            span: &span,
            resource: &resource,
            scope: &scope,
            content: &content,
        };
        let line = step_line(&whole).unwrap();
        assert!(!line.contains('\u{1b}') && !line.trim_end().contains('\n'), "{line}");
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            read["attributes"],
            serde_json::json!({"n": "NaN", "b": "ab01", "list": [1, null], "a": "\u{1b}[2J"})
        );
        assert_eq!(read["input"][0]["parts"][0]["text"], "hi");
        assert_eq!(read["span_id"], step.span_id.to_string());
        assert!(read["documents"].as_array().unwrap().is_empty());
    }
}
