//! Events logged by hand, and those of the conventions.

use serde_json::json;

use super::{each_tells, read, record, session, told, value_of, within};
use crate::dialect::{Part, Ties, content};
use crate::model::{Handoff, LogRecord, SpanId, StepKind, StepStatus, Value};

/// The same event, with its name and fields in every place that loggers put them.
fn everywhere(name: &str, fields: &serde_json::Value) -> Vec<(&'static str, LogRecord)> {
    let beside = record(fields);
    let mut named = beside.clone();
    named.attributes.0.push(("event.name".into(), Value::from(name)));
    let mut inside = fields.clone();
    inside["event"] = json!(name);
    vec![
        ("attribute", named),
        ("event name", LogRecord { event_name: name.to_owned(), ..beside.clone() }),
        ("body", LogRecord { body: Value::from(name), ..beside }),
        ("JSON text", LogRecord { body: Value::Str(inside.to_string()), ..record(&json!({})) }),
        ("map", LogRecord { body: value_of(&inside), ..record(&json!({})) }),
        (
            "JSON text under a field that names a place in the source",
            LogRecord {
                event_name: "event src/main.py:7".to_owned(),
                body: Value::Str(inside.to_string()),
                ..record(&json!({}))
            },
        ),
    ]
}

#[test]
fn a_handoff_is_read_from_wherever_it_stands() {
    let fields =
        json!({"agent": "triage", "target": "billing", "reason": "refund", "context_summary": "paid twice"});
    for (place, log) in everywhere("agent.handoff", &fields) {
        let (_, step) = told("my-app", &within(log));
        let want = Handoff { from: Some("triage".into()), to: Some("billing".into()) };
        assert_eq!((step.kind, step.handoff), (StepKind::Handoff, Some(want.into())), "{place}");
        assert_eq!((step.agent.as_deref(), &*step.name), (Some("triage"), "handoff to billing"), "{place}");
    }
}

#[test]
fn a_tool_call_is_read_from_wherever_it_stands() {
    let fields = json!({"agent": "helper", "tool": "search", "args": "{'q': 'rust'}", "result_summary": "3 hits",
                        "duration_ms": 12});
    for (place, log) in everywhere("agent.tool_call", &fields) {
        let (span, step) = told("my-app", &log);
        assert_eq!((step.kind, step.tool.as_deref()), (StepKind::Tool, Some("search")), "{place}");
        assert_eq!(span.end - span.start, 12_000_000, "{place}");
        let content = content(&span, &[]);
        assert_eq!(content.arguments.as_deref(), Some("{\"q\":\"rust\"}"), "{place}");
        assert_eq!(content.result.as_deref(), Some("3 hits"), "{place}");
    }
}

#[test]
fn errors_and_decisions_are_named_by_what_they_say() {
    use StepKind::Task;
    use StepStatus::{Error, Ok};
    each_tells(
        "my-app",
        &[
            (
                json!({"event.name": "agent.error", "error_type": "Timeout", "message": "no answer", "recoverable": false}),
                Some((Task, Error, false, "Timeout", Some("no answer"))),
            ),
            (
                json!({"event.name": "agent.error", "message": "no answer", "recoverable": true}),
                Some((Task, Error, false, "error", Some("no answer"))),
            ),
            (
                json!({"event.name": "agent.decision", "decision_type": "routing", "choice": "billing", "confidence": 0.8}),
                Some((Task, Ok, true, "routing: billing (0.8)", None)),
            ),
            (json!({"event.name": "agent.decision"}), Some((Task, Ok, true, "decision", None))),
            (json!({"event.name": "agent.thought"}), None),
        ],
    );
    // within a trace, the span that failed tells of what could be recovered from
    let log = json!({"event.name": "agent.error", "message": "no answer", "recoverable": true});
    assert!(told("my-app", &within(record(&log))).1.plumbing);
}

#[test]
fn a_workflow_ties_records_together_that_have_no_trace() {
    let log = record(&json!({"event.name": "agent.decision", "workflow_id": "w-1"}));
    let ties = read("my-app", &log).ties;
    assert_eq!((ties.session, ties.part), (Some(session("w-1")), Part::Fragment));
    assert_eq!(read("my-app", &within(log)).ties, Ties::default());
}

#[test]
fn events_of_the_conventions_are_steps_where_no_span_holds_them() {
    use StepStatus::{Error, Ok};
    let details = json!({"event.name": "gen_ai.client.inference.operation.details", "gen_ai.request.model": "m",
                         "gen_ai.usage.input_tokens": 9, "gen_ai.usage.output_tokens": 1});
    let failure = json!({"event.name": "gen_ai.client.operation.exception", "exception.type": "Timeout",
                         "exception.message": "no answer"});
    let verdict = json!({"event.name": "gen_ai.evaluation.result", "gen_ai.evaluation.name": "relevance",
                         "gen_ai.evaluation.score.value": 0.9, "gen_ai.evaluation.score.label": "pass"});
    each_tells(
        "my-app",
        &[
            (details.clone(), Some((StepKind::Llm, Ok, false, "api request", None))),
            (failure.clone(), Some((StepKind::Llm, Error, false, "api request", Some("no answer")))),
            (verdict.clone(), Some((StepKind::Evaluation, Ok, false, "relevance: pass (0.9)", None))),
            (json!({"event.name": "gen_ai.user.message"}), None),
        ],
    );
    for content in [details, failure] {
        assert_eq!(read("my-app", &within(record(&content))).step, None, "{content}");
    }
    let log = within(record(&verdict));
    assert_eq!(told("my-app", &log).1.parent_span_id, log.span_id);
}

#[test]
fn an_answer_in_a_record_tells_the_transfer_it_asks_for_and_nothing_else() {
    let call = |name: &str| json!({"id": "call_1", "type": "function", "function": {"name": name, "arguments": "{}"}});
    let choice = |message: &serde_json::Value| {
        let log = record(&json!({"event.name": "gen_ai.choice"}));
        let body = value_of(&json!({"index": 0, "finish_reason": "tool_calls", "message": message}));
        within(LogRecord { body, ..log })
    };
    let details = |name: &str| {
        let said =
            json!([{"role": "assistant", "parts": [{"type": "tool_call", "id": "call_1", "name": name}]}]);
        within(record(&json!({
            "event.name": "gen_ai.client.inference.operation.details",
            "gen_ai.output.messages": said,
            "gen_ai.usage.input_tokens": 7,
        })))
    };
    for log in [
        choice(&json!({"role": "assistant", "tool_calls": [call("transfer_to_billing")]})),
        details("transfer_to_billing"),
    ] {
        let (_, step) = told("", &log);
        let to = step.handoff.and_then(|handoff| handoff.to);
        assert_eq!((step.kind, to.as_deref()), (StepKind::Llm, Some("billing")));
        assert_eq!(
            (step.tool_call_id.as_deref(), step.parent_span_id),
            (Some("call_1"), SpanId::from_u64(9))
        );
        assert!(!step.usage.is_known());
    }
    for log in [
        choice(&json!({"role": "assistant", "content": "no transfer_to_billing today"})),
        choice(&json!({"role": "assistant", "tool_calls": [call("get_order")]})),
        details("get_order"),
        record(&json!({"event.name": "gen_ai.choice", "message": "transfer_to_billing"})),
    ] {
        assert_eq!(read("", &log).step, None);
    }
}
