//! Log records written by hand as each client writes them, and what they must mean.

mod claude_code;
mod clients;
mod structured;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{LogReading, read_log};
use crate::dialect::TieKey;
use crate::model::{
    Attributes, LogRecord, Resource, Scope, Span, SpanId, Step, StepKind, StepStatus, TraceId, Value,
};

const SECOND: u64 = 1_000_000_000;
const CLAUDE: &str = "com.anthropic.claude_code.events";

fn value_of(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::String(text) => Value::Str(text.clone()),
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Value::Double(number.as_f64().unwrap()), Value::Int)
        }
        Json::Array(items) => Value::Array(items.iter().map(value_of).collect()),
        Json::Object(map) => Value::Map(map.iter().map(|(k, v)| (k.clone(), value_of(v))).collect()),
    }
}

/// A record at 1000 s with these attributes.
fn record(attributes: &Json) -> LogRecord {
    let Value::Map(attributes) = value_of(attributes) else { return LogRecord::default() };
    LogRecord { time: 1000 * SECOND, observed_time: 1001 * SECOND, attributes, ..LogRecord::default() }
}

/// The same within a span.
fn within(log: LogRecord) -> LogRecord {
    LogRecord { trace_id: TraceId::from_bytes(&[7; 16]), span_id: SpanId::from_u64(9), ..log }
}

fn read(scope: &str, log: &LogRecord) -> LogReading {
    read_log(log, &Resource::default(), &Scope { name: scope.to_owned(), ..Scope::default() })
}

fn told(scope: &str, log: &LogRecord) -> (Span, Step) {
    let (span, meaning) = read(scope, log).step.unwrap();
    (span, meaning.step)
}

/// Kind, status, whether it is folded away, name, error.
type Told<'a> = (StepKind, StepStatus, bool, &'a str, Option<&'a str>);

/// What each record tells, or that it tells nothing.
fn each_tells(scope: &str, cases: &[(Json, Option<Told<'_>>)]) {
    for (attributes, want) in cases {
        let step = read(scope, &record(attributes)).step.map(|(_, meaning)| meaning.step);
        let seen = step.as_ref().map(|s| (s.kind, s.status, s.plumbing, &*s.name, s.error.as_deref()));
        assert_eq!(seen, *want, "{attributes}");
    }
}

fn session(id: &str) -> TieKey {
    TieKey::of_session(id, &Resource::default())
}

#[test]
fn a_record_within_a_span_keeps_its_place() {
    let log = within(record(&json!({"event.name": "api_request", "model": "m", "input_tokens": 1})));
    let (span, step) = told(CLAUDE, &log);
    assert_eq!(Some(span.trace_id), log.trace_id);
    assert_eq!((step.parent_span_id, step.loose), (log.span_id, false));
}

#[test]
fn a_record_that_is_sent_again_is_the_same_step() {
    let attributes =
        json!({"event.name": "tool_result", "session.id": "s-1", "tool_name": "Read", "event.sequence": 3});
    let log = record(&attributes);
    let again = LogRecord { observed_time: 5, ..log.clone() };
    assert_eq!(read(CLAUDE, &log), read(CLAUDE, &again));
    let other = record(
        &json!({"event.name": "tool_result", "session.id": "s-1", "tool_name": "Read", "event.sequence": 4}),
    );
    assert_ne!(told(CLAUDE, &log).0.span_id, told(CLAUDE, &other).0.span_id);
}

#[test]
fn records_of_one_prompt_share_a_trace_that_was_made_for_them() {
    let of = |prompt: &str, tool: &str| {
        let log = record(
            &json!({"event.name": "tool_result", "session.id": "s-1", "prompt.id": prompt, "tool_name": tool}),
        );
        told(CLAUDE, &log).0.trace_id
    };
    assert_eq!(of("p-1", "Read"), of("p-1", "Bash"));
    assert_ne!(of("p-1", "Read"), of("p-2", "Read"));
}

#[test]
fn a_name_is_found_wherever_it_stands() {
    let call = json!({"tool_name": "Read", "session.id": "s-1"});
    let plain = record(&call);
    for (place, log) in [
        ("attribute with prefix", {
            let mut log = plain.clone();
            log.attributes.0.push(("event.name".into(), "claude_code.tool_result".into()));
            log
        }),
        ("event name", LogRecord { event_name: "claude_code.tool_result".into(), ..plain.clone() }),
        ("body", LogRecord { body: "claude_code.tool_result".into(), ..plain.clone() }),
        ("bare name in the client's scope", LogRecord { event_name: "tool_result".into(), ..plain.clone() }),
    ] {
        assert_eq!(told(CLAUDE, &log).1.tool.as_deref(), Some("Read"), "{place}");
    }
    // a bare name means nothing elsewhere, and a service's name proves nothing
    let service = Attributes(vec![("service.name".into(), Value::from("claude-code"))]);
    let service = Resource { attributes: service, ..Resource::default() };
    let log = LogRecord { event_name: "tool_result".into(), ..plain };
    assert_eq!(read_log(&log, &service, &Scope::default()), LogReading::default());
}

proptest! {
    /// Whatever a record holds, it is read without a crash and the same way twice.
    #[test]
    fn any_record_is_read(
        name in prop::sample::select(vec![
            "api_request", "claude_code.tool_result", "codex.sse_event", "gemini_cli.api_response",
            "qwen-code.tool_call", "agent.error", "agent.handoff", "gen_ai.evaluation.result", "{", "",
        ]),
        key in prop::sample::select(vec![
            "duration_ms", "input_tokens", "total_token_count", "output_token_count", "thoughts_token_count",
            "event.timestamp", "tool_name", "error", "success", "session.id", "prompt.id", "confidence",
        ]),
        text in "\\PC{0,20}",
        number in any::<i64>(),
        time in any::<u64>(),
    ) {
        for value in [Value::Str(text.clone()), Value::Int(number), Value::Null] {
            let attributes = Attributes(vec![("event.name".into(), name.into()), (key.into(), value)]);
            let log = LogRecord { time, body: Value::Str(format!("{{{text}")), attributes, ..LogRecord::default() };
            prop_assert_eq!(read(CLAUDE, &log), read(CLAUDE, &log));
        }
    }
}
