//! Log records written by hand as each client writes them, and what they must mean.

use serde_json::{Value as Json, json};

use super::{LogReading, read_log};
use crate::dialect::{Part, TieKey, content, task};
use crate::model::{
    Attributes, LogRecord, NanoUsd, Origin, Resource, Scope, Span, SpanId, Step, StepKind, StepStatus,
    TraceId, Usage, Value,
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

fn step(scope: &str, attributes: &Json) -> Step {
    told(scope, &record(attributes)).1
}

fn session(id: &str) -> TieKey {
    TieKey::of_session(id, &Resource::default())
}

#[test]
fn a_claude_code_call_is_read_with_four_disjoint_counts() {
    let log = record(&json!({
        "event.name": "api_request", "session.id": "s-1", "prompt.id": "p-1", "model": "claude-sonnet-5",
        "input_tokens": 10, "output_tokens": 5, "cache_read_tokens": 100, "cache_creation_tokens": 20,
        "cache_creation_5m_tokens": 12, "cache_creation_1h_tokens": 8, "cost_usd": 0.25, "duration_ms": "2000",
        "ttft_ms": 400, "request_id": "req_1", "query_source": "agent:custom", "agent.name": "reviewer",
    }));
    let (span, step) = told(CLAUDE, &log);
    let want = Usage {
        input: Some(130),
        output: Some(5),
        cache_read: Some(100),
        cache_write: Some(20),
        cache_write_1h: Some(8),
        ..Usage::default()
    };
    assert_eq!(step.usage, want);
    assert_eq!((step.kind, step.status, step.origin), (StepKind::Llm, StepStatus::Ok, Origin::LogRecord));
    assert_eq!((step.model.as_deref(), step.agent.as_deref()), (Some("claude-sonnet-5"), Some("reviewer")));
    assert_eq!((step.provider.as_deref(), step.response_id.as_deref()), (Some("anthropic"), Some("req_1")));
    assert_eq!((span.start, span.end), (998 * SECOND, 1000 * SECOND));
    assert_eq!(step.time_to_first_token, Some(400_000_000));
    assert_eq!((step.parent_span_id, step.loose), (None, true));
    let reading = read(CLAUDE, &log);
    let pricing = reading.step.unwrap().1.pricing;
    assert_eq!((pricing.usage, pricing.reported), (want, Some(NanoUsd(250_000_000))));
    assert_eq!(reading.ties.execution, Some(TieKey::of_execution("s-1", "p-1")));
    assert_eq!((reading.ties.session, reading.ties.part), (Some(session("s-1")), Part::Whole));
}

#[test]
fn claude_code_events_are_told_apart() {
    use StepKind::{Agent, Llm, Other, Task, Tool};
    use StepStatus::{Error, Ok};
    for (attributes, want) in [
        (
            json!({"event.name": "tool_result", "tool_name": "Read", "success": "true", "duration_ms": 5}),
            Some((Tool, Ok, false, "Read", None)),
        ),
        (
            json!({"event.name": "tool_result", "tool_name": "Read", "success": "false", "error_type": "ENOENT"}),
            Some((Tool, Error, false, "Read", Some("ENOENT"))),
        ),
        (
            json!({"event.name": "tool_result", "tool_name": "Bash", "success": "false", "error_type": "Exit",
                   "error": "exit code 2"}),
            Some((Tool, Error, false, "Bash", Some("exit code 2"))),
        ),
        (
            json!({"event.name": "tool_result", "tool_name": "mcp_tool", "success": "true",
                   "tool_parameters": "{\"mcp_server_name\": \"db\", \"mcp_tool_name\": \"query\"}"}),
            Some((Tool, Ok, false, "mcp__db__query", None)),
        ),
        (
            json!({"event.name": "api_error", "model": "m", "error": "Overloaded", "status_code": 529}),
            Some((Llm, Error, false, "api request", Some("Overloaded"))),
        ),
        (
            json!({"event.name": "api_error", "model": "m", "status_code": "429"}),
            Some((Llm, Error, false, "api request", Some("HTTP status 429"))),
        ),
        (
            json!({"event.name": "user_prompt", "prompt": "<REDACTED>"}),
            Some((Agent, Ok, false, "claude-code", None)),
        ),
        (
            json!({"event.name": "tool_decision", "tool_name": "Bash", "decision": "reject", "source": "user_reject"}),
            Some((Other, Ok, false, "Bash rejected (user_reject)", None)),
        ),
        (json!({"event.name": "tool_decision", "tool_name": "Bash", "decision": "accept"}), None),
        (
            json!({"event.name": "api_refusal", "server_fallback_hop": false, "category": "bio"}),
            Some((Other, Error, false, "model refused", Some("the model refused: bio"))),
        ),
        (
            json!({"event.name": "api_refusal", "server_fallback_hop": true}),
            Some((Other, Ok, false, "model refused", None)),
        ),
        (
            json!({"event.name": "compaction", "success": "true", "pre_tokens": 9000, "post_tokens": 700}),
            Some((Task, Ok, false, "compaction: 9000 → 700 tokens", None)),
        ),
        (
            json!({"event.name": "subagent_completed", "agent_type": "reviewer", "total_tokens": 40}),
            Some((Task, Ok, true, "sub-agent reviewer", None)),
        ),
        (
            json!({"event.name": "skill_activated", "skill.name": "pdf"}),
            Some((Task, Ok, true, "skill pdf", None)),
        ),
        (
            json!({"event.name": "hook_execution_complete", "hook_name": "Stop", "num_blocking": 1}),
            Some((Other, Ok, false, "hook Stop blocked", None)),
        ),
        (
            json!({"event.name": "hook_execution_complete", "hook_name": "Stop", "num_blocking": 0,
                   "num_non_blocking_error": "1"}),
            Some((Other, Error, true, "hook Stop", Some("a hook failed without blocking"))),
        ),
        (json!({"event.name": "hook_execution_complete", "num_success": 1, "num_blocking": 0}), None),
        (json!({"event.name": "api_retries_exhausted", "error": "Overloaded"}), None),
        (json!({"event.name": "assistant_response", "response": "done"}), None),
        (json!({"event.name": "plugin_loaded"}), None),
    ] {
        let reading = read(CLAUDE, &record(&attributes));
        let step = reading.step.map(|(_, meaning)| meaning.step);
        let seen = step.as_ref().map(|s| (s.kind, s.status, s.plumbing, s.name.as_str(), s.error.as_deref()));
        assert_eq!(seen, want, "{attributes}");
    }
}

#[test]
fn a_tool_told_with_its_details_has_arguments_and_its_call_id() {
    let log = record(&json!({
        "event.name": "tool_result", "tool_name": "Bash", "tool_use_id": "toolu_1", "success": "true",
        "tool_parameters": "{\"bash_command\": \"ls\"}", "tool_input": "{\"command\": \"ls -l\"}",
    }));
    let (span, step) = told(CLAUDE, &log);
    assert_eq!((step.tool.as_deref(), step.tool_call_id.as_deref()), (Some("Bash"), Some("toolu_1")));
    assert_eq!(content(&span, &[]).arguments.as_deref(), Some("{\"command\":\"ls -l\"}"));
}

#[test]
fn a_prompt_is_the_root_that_names_the_task_unless_its_trace_has_spans() {
    let log = record(
        &json!({"event.name": "user_prompt", "session.id": "s-1", "prompt.id": "p-1", "prompt": "fix the tests"}),
    );
    let reading = read(CLAUDE, &log);
    let (span, meaning) = reading.step.unwrap();
    assert_eq!((meaning.step.loose, meaning.step.parent_span_id), (false, None));
    assert_eq!(meaning.step.agent.as_deref(), Some("claude-code"));
    assert_eq!(task(&span).as_deref(), Some("fix the tests"));
    assert_eq!((reading.ties.part, meaning.ties.part), (Part::Prompt, Part::Prompt));

    let traced = read(CLAUDE, &within(log));
    assert_eq!(traced.step, None);
    assert_eq!(traced.ties, reading.ties);

    let redacted = record(&json!({"event.name": "user_prompt", "prompt": "<REDACTED>"}));
    assert_eq!(task(&told(CLAUDE, &redacted).0), None);
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
