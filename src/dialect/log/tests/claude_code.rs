//! Claude Code.

use serde_json::json;

use super::{CLAUDE, SECOND, each_tells, read, record, session, told, within};
use crate::dialect::{Part, TieKey, content, task};
use crate::model::{NanoUsd, Origin, Resource, StepKind, StepStatus, Usage};

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
    assert_eq!(*step.usage, want);
    assert_eq!((step.kind, step.status, step.origin), (StepKind::Llm, StepStatus::Ok, Origin::LogRecord));
    assert_eq!((step.model.as_deref(), step.agent.as_deref()), (Some("claude-sonnet-5"), Some("reviewer")));
    assert_eq!((step.provider.as_deref(), step.response_id.as_deref()), (Some("anthropic"), Some("req_1")));
    assert_eq!((span.start, span.end), (998 * SECOND, 1000 * SECOND));
    assert_eq!(step.time_to_first_token, Some(400_000_000));
    assert_eq!((step.parent_span_id, step.loose), (None, true));
    let reading = read(CLAUDE, &log);
    let pricing = reading.step.unwrap().1.pricing;
    assert_eq!((pricing.usage, pricing.reported), (want, Some(NanoUsd(250_000_000))));
    assert_eq!(reading.ties.execution, Some(TieKey::of_execution("s-1", "p-1", &Resource::default())));
    assert_eq!((reading.ties.session, reading.ties.part), (Some(session("s-1")), Part::Whole));
}

#[test]
fn claude_code_events_are_told_apart() {
    use StepKind::{Agent, Llm, Other, Task, Tool};
    use StepStatus::{Error, Ok};
    each_tells(
        CLAUDE,
        &[
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
        ],
    );
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
fn what_a_sub_agent_did_is_never_told_of_the_main_agent() {
    for (attributes, want) in [
        (json!({"agent_id": "a1", "agent.name": "reviewer"}), Some("reviewer")),
        (json!({"agent_id": "a1"}), Some("sub-agent")),
        (json!({}), Some("claude-code")),
    ] {
        for event in ["tool_result", "api_request", "api_error"] {
            let mut attributes = attributes.clone();
            attributes["event.name"] = json!(event);
            let step = told(CLAUDE, &record(&attributes)).1;
            assert_eq!(step.agent.as_deref(), want, "{attributes}");
            // a span that tells of the same is told apart by its place
            let within = told(CLAUDE, &within(record(&attributes))).1;
            let want = want.filter(|want| *want != "sub-agent");
            assert_eq!(within.agent.as_deref(), want, "{attributes}");
        }
    }
}

#[test]
fn a_prompt_names_the_task_and_outside_of_a_trace_is_the_root() {
    let log = record(
        &json!({"event.name": "user_prompt", "session.id": "s-1", "prompt.id": "p-1", "prompt": "fix the tests"}),
    );
    let reading = read(CLAUDE, &log);
    let (span, meaning) = reading.step.unwrap();
    assert_eq!((meaning.step.loose, meaning.step.parent_span_id), (false, None));
    assert_eq!(meaning.step.agent.as_deref(), Some("claude-code"));
    assert_eq!(task(&span).as_deref(), Some("fix the tests"));
    assert_eq!((reading.ties.part, meaning.ties.part), (Part::Prompt, Part::Prompt));

    // within a trace it is news of the span that will tell it
    let log = within(log);
    let step = told(CLAUDE, &log).1;
    assert_eq!((step.kind, step.plumbing, &*step.name), (StepKind::Task, true, "claude-code"));
    assert_eq!((step.parent_span_id, step.agent.as_deref()), (log.span_id, Some("claude-code")));
    assert_eq!(read(CLAUDE, &log).ties, reading.ties);

    let redacted = record(&json!({"event.name": "user_prompt", "prompt": "<REDACTED>"}));
    assert_eq!(task(&told(CLAUDE, &redacted).0), None);
}
