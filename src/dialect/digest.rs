//! Digests of what went into a step and what came out: equal ones, equal content.
//!
//! Tool payloads are small and decoded, so that the same call told in another dress has the same digest
//! ([`normal`]). Conversations are large and hashed as they came: parsing them would cost more than all
//! other work on a span.

use std::hash::{Hash as _, Hasher as _};

use rustc_hash::FxHasher;

use super::content::{answer, payloads};
use super::gaps::side_of;
use super::normal::{self, Payload};
use super::side::{Side, content_side};
use super::{effect, oddities, wording};
use crate::model::{Effect, Oddities, Span, StepKind, Value, Wording};

/// What a step keeps of its content.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kept {
    /// Digest of what went in, 0 where nothing was captured. Of a tool call that took no arguments, and said so, it is
    /// not 0.
    pub input: u64,
    /// Digest of what came out, likewise.
    pub output: u64,
    /// Wording by which repeats are compared; `None` where there is none.
    pub wording: Option<Wording>,
    /// What is odd about the content.
    pub oddities: Oddities,
    /// What a tool call does beside telling something.
    pub effect: Effect,
}

/// What the step that `span` tells keeps of its content; `tool` is the tool it calls.
pub fn kept(span: &Span, kind: StepKind, tool: Option<&str>) -> Kept {
    let worded = |wording: Wording| Some(wording).filter(|wording| !wording.is_empty());
    match kind {
        StepKind::Tool | StepKind::Handoff => of_tool(span, kind, tool.unwrap_or(&span.name)),
        // looking for an answer in every place that one may stand in costs more than seeing that nothing was captured
        StepKind::Llm if !holds_content(span) => Kept::default(),
        StepKind::Llm => {
            let answer = answer(span);
            Kept {
                wording: worded(wording::of_answer(&answer)),
                oddities: oddities::of_answer(&answer),
                ..of_content(span)
            }
        }
        StepKind::Agent => Kept {
            wording: worded(wording::of_agent(span)),
            oddities: oddities::of_last_words(span),
            ..of_content(span)
        },
        StepKind::Workflow => Kept { oddities: oddities::of_last_words(span), ..of_content(span) },
        _ => of_content(span),
    }
}

fn of_tool(span: &Span, kind: StepKind, tool: &str) -> Kept {
    let (arguments, result) = if holds_content(span) { payloads(span) } else { (None, None) };
    let (arguments, result) = (arguments.as_deref(), result.as_deref());
    // control flow is no call to be compared
    let wording = (kind == StepKind::Tool).then(|| wording::of_tool(arguments, result));
    Kept {
        input: arguments.map_or(0, argument_digest),
        output: result.map_or(0, result_digest),
        wording: wording.filter(|wording| !wording.is_empty()),
        oddities: oddities::of_tool(arguments, result),
        effect: effect::of_tool(tool, arguments, result),
    }
}

/// Whether anything was captured of what went in or came out.
fn holds_content(span: &Span) -> bool {
    span.attributes.iter().any(|(key, _)| content_side(key).is_some())
        || span.events.iter().any(|event| side_of(&event.name).is_some())
}

/// The digest that a tool call with these arguments has.
pub fn argument_digest(text: &str) -> u64 {
    normal::digest(text, Payload::Arguments)
}

/// The digest that a tool call with this result has: times, durations and ids of calls make no difference.
pub fn result_digest(text: &str) -> u64 {
    normal::digest(text, Payload::Result)
}

/// 0 is the word for "nothing captured".
fn named(hasher: &FxHasher) -> u64 {
    hasher.finish().max(1)
}

/// Hashes of the attributes and events that hold content, side by side, as they came.
fn of_content(span: &Span) -> Kept {
    let mut sides: [Option<FxHasher>; 2] = [None, None];
    for (key, value) in span.attributes.iter() {
        if let Some(side) = content_side(key) {
            add(&mut sides, side, key, value);
        }
    }
    for event in &span.events {
        let Some(side) = side_of(&event.name) else { continue };
        for (key, value) in event.attributes.iter().filter(|(key, _)| *key != "id") {
            add(&mut sides, content_side(key).unwrap_or(side), key, value);
        }
    }
    let [input, output] = sides.map(|side| side.as_ref().map_or(0, named));
    Kept { input, output, ..Kept::default() }
}

fn add(sides: &mut [Option<FxHasher>; 2], side: Side, key: &str, value: &Value) {
    if !value.is_present() || matches!(value, Value::Int(_) | Value::Double(_) | Value::Bool(_)) {
        return;
    }
    let hasher = sides[usize::from(side == Side::Output)].get_or_insert_default();
    key.hash(hasher);
    match value {
        Value::Str(text) => text.hash(hasher),
        other => format!("{other:?}").hash(hasher),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::span_of;
    use super::*;
    use crate::model::Event;

    fn digests(span: &Span, kind: StepKind) -> (u64, u64) {
        let kept = kept(span, kind, None);
        (kept.input, kept.output)
    }

    fn tool(attributes: &serde_json::Value) -> (u64, u64) {
        digests(&span_of("tool", attributes), StepKind::Tool)
    }

    #[test]
    fn one_call_has_one_digest_in_every_dialect() {
        let want = tool(
            &json!({"gen_ai.tool.call.arguments": "{\"city\": \"Seoul\"}", "gen_ai.tool.call.result": "sunny"}),
        );
        assert!(want.0 != 0 && want.1 != 0);
        for attributes in [
            json!({"gen_ai.tool.call.arguments": {"city": "Seoul"}, "gen_ai.tool.call.result": "\"sunny\""}),
            json!({"ai.toolCall.args": "\"{\\\"city\\\":\\\"Seoul\\\"}\"", "ai.toolCall.result": "sunny"}),
            json!({"traceloop.entity.input": r#"{"input_str": "{'city': 'Seoul'}", "metadata": {"run_id": "a1"}, "tags": []}"#,
                   "traceloop.entity.output": r#"{"output": {"lc": 1, "kwargs": {"content": "sunny", "tool_call_id": "c1"}}, "kwargs": {}}"#}),
            json!({"traceloop.entity.input": r#"{"input_str": "{'city': 'Seoul'}", "metadata": {"run_id": "b2"}, "tags": []}"#,
                   "traceloop.entity.output": r#"{"output": {"lc": 1, "kwargs": {"content": "sunny", "tool_call_id": "c2"}}, "kwargs": {}}"#}),
            json!({"input.value": r#"{"kwargs": {"city": "Seoul"}}"#, "tool.name": "get_weather",
                   "output.value": r#"{"type": "tool", "data": {"content": "sunny", "id": "x9"}}"#}),
        ] {
            assert_eq!(tool(&attributes), want, "{attributes}");
        }
    }

    #[test]
    fn a_call_without_arguments_is_known_and_an_untold_one_is_not() {
        let none = tool(&json!({"gen_ai.tool.call.arguments": "{}", "gen_ai.tool.call.result": "ok"}));
        assert!(none.0 != 0);
        assert_eq!(tool(&json!({"gen_ai.tool.call.result": "ok"})), (0, none.1));
        // Google ADK writes both where it was told to keep content out
        let placeholders =
            json!({"gcp.vertex.agent.tool_call_args": "{}", "gcp.vertex.agent.tool_response": "{}"});
        assert_eq!(tool(&placeholders), (0, 0));
    }

    #[test]
    fn conversations_are_hashed_as_they_came() {
        let call =
            |text: &str| digests(&span_of("chat", &json!({"gen_ai.input.messages": text})), StepKind::Llm);
        assert_eq!(call("[1]"), call("[1]"));
        assert_ne!(call("[1]"), call("[ 1]"));
        assert_eq!(
            digests(&span_of("chat", &json!({"gen_ai.usage.input_tokens": 7})), StepKind::Llm),
            (0, 0)
        );
    }

    #[test]
    fn messages_in_events_count_too() {
        let event = |name: &str, text: &str| Event {
            name: name.to_owned(),
            attributes: [("content", text), ("id", "c1")].into_iter().collect(),
            ..Event::default()
        };
        let call = |text: &str| {
            let events = vec![event("gen_ai.user.message", text), event("gen_ai.choice", "ok")];
            digests(&Span { events, ..span_of("chat", &json!({})) }, StepKind::Llm)
        };
        assert_ne!(call("a").0, call("b").0);
        assert_eq!(call("a").1, call("b").1);
        assert_ne!(call("a").1, 0);
    }
}
