//! Codex, Gemini CLI, Qwen Code.

use serde_json::{Value as Json, json};

use super::{SECOND, each_tells, read, record, session, told, within};
use crate::dialect::{self, TieKey, content, task};
use crate::model::{LogRecord, Message, Part, Resource, Role, StepKind, StepStatus, Usage};

const CODEX: &str = "codex_otel.log_only";
const GEMINI: &str = "gemini-cli";

#[test]
fn a_codex_call_is_the_end_of_a_stream_that_tells_its_tokens() {
    let mut log = record(&json!({
        "event.name": "codex.sse_event", "event.kind": "response.completed", "conversation.id": "c-1",
        "model": "gpt-5-codex", "input_token_count": "1000", "output_token_count": "40",
        "cached_token_count": 600, "cache_write_token_count": 0, "reasoning_token_count": 15,
        "tool_token_count": "1040", "ttft_ms": "169", "event.timestamp": "1970-01-01T00:16:40Z",
    }));
    // Codex gives no time but an attribute, and its source's position for a name
    log.time = 0;
    log.event_name = "event src/lib.rs:54".into();
    let (span, step) = told(CODEX, &log);
    let want = Usage {
        input: Some(1000),
        output: Some(40),
        cache_read: Some(600),
        cache_write: Some(0),
        reasoning: Some(15),
        ..Usage::default()
    };
    assert_eq!((step.kind, *step.usage, step.model.as_deref()), (StepKind::Llm, want, Some("gpt-5-codex")));
    assert_eq!((span.start, span.end), (1000 * SECOND, 1000 * SECOND));
    let ties = read(CODEX, &log).ties;
    assert_eq!(
        (ties.session, ties.execution, ties.part),
        (Some(session("c-1")), None, dialect::Part::Fragment)
    );
}

#[test]
fn codex_events_are_told_apart() {
    use StepKind::{Agent, Llm, Tool};
    use StepStatus::{Error, Ok};
    each_tells(
        CODEX,
        &[
            (
                json!({"event.name": "codex.sse_event", "event.kind": "response.completed", "duration_ms": 3}),
                None,
            ),
            (json!({"event.name": "codex.sse_event", "event.kind": "response.created"}), None),
            (json!({"event.name": "codex.api_request", "http.response.status_code": 200}), None),
            (
                json!({"event.name": "codex.api_request", "http.response.status_code": 429, "attempt": 0}),
                Some((Llm, Error, false, "api request", Some("HTTP status 429"))),
            ),
            (
                json!({"event.name": "codex.api_request", "error.message": "connection refused"}),
                Some((Llm, Error, false, "api request", Some("connection refused"))),
            ),
            (
                json!({"event.name": "codex.tool_result", "tool_name": "shell", "success": "true", "output": "ok"}),
                Some((Tool, Ok, false, "shell", None)),
            ),
            (
                json!({"event.name": "codex.tool_result", "tool_name": "shell", "success": "false", "output": "denied\n"}),
                Some((Tool, Error, false, "shell", Some("denied"))),
            ),
            (json!({"event.name": "codex.tool_decision", "tool_name": "shell"}), None),
            (
                json!({"event.name": "codex.user_prompt", "prompt": "[REDACTED]"}),
                Some((Agent, Ok, false, "codex", None)),
            ),
        ],
    );
}

#[test]
fn a_codex_tool_has_its_call_id_and_what_it_took_and_gave() {
    for (path, agent) in [("/root", "codex"), ("/root/tester", "tester"), ("tester", "tester")] {
        let (span, step) = told(
            CODEX,
            &record(&json!({
                "event.name": "codex.tool_result", "tool_name": "shell", "call_id": "call_1", "duration_ms": "250",
                "agent_name": path, "arguments": "{\"cmd\": \"ls\"}", "output": "a.txt", "success": "true",
            })),
        );
        assert_eq!((step.tool_call_id.as_deref(), step.agent.as_deref()), (Some("call_1"), Some(agent)));
        assert_eq!(span.end - span.start, SECOND / 4);
        let content = content(&span, &[]);
        assert_eq!(content.arguments.as_deref(), Some("{\"cmd\":\"ls\"}"));
        assert_eq!(content.result.as_deref(), Some("a.txt"));
    }
}

#[test]
fn a_codex_prompt_ties_its_trace_to_the_conversation() {
    let log =
        record(&json!({"event.name": "codex.user_prompt", "conversation.id": "c-1", "prompt": "tidy up"}));
    assert_eq!(task(&told(CODEX, &log).0).as_deref(), Some("tidy up"));
    let log = within(log);
    let ties = read(CODEX, &log).ties;
    assert_eq!((ties.session, ties.part), (Some(session("c-1")), dialect::Part::Prompt));
    // no span holds the prompt: it is kept below the turn that is the root
    let (span, step) = told(CODEX, &log);
    assert_eq!((step.kind, step.plumbing, step.parent_span_id), (StepKind::Task, true, log.span_id));
    assert_eq!((task(&span).as_deref(), step.agent.as_deref()), (Some("tidy up"), Some("codex")));
    // its program starts up in a trace of its own, where nothing is done
    let startup = json!({"event.name": "codex.conversation_starts", "conversation.id": "c-1"});
    assert_eq!(read(CODEX, &within(record(&startup))), super::LogReading::default());
}

#[test]
fn gemini_counts_thoughts_beside_the_output_unless_the_total_says_otherwise() {
    for (counts, want) in [
        // input, output, cached, thoughts, prompts of its own tools, total
        ([Some(1000), Some(40), Some(600), Some(25), Some(0), Some(1065)], (1000, 65)),
        ([Some(1000), Some(40), Some(600), Some(25), Some(7), Some(1072)], (1007, 65)),
        // a model asked through an API that counts reasoning within
        ([Some(1000), Some(40), Some(600), Some(25), None, Some(1040)], (1000, 40)),
        ([Some(1000), Some(40), Some(600), Some(25), None, None], (1000, 65)),
    ] {
        let keys = [
            "input_token_count",
            "output_token_count",
            "cached_content_token_count",
            "thoughts_token_count",
            "tool_token_count",
            "total_token_count",
        ];
        let mut attributes = json!({"event.name": "gemini_cli.api_response", "model": "gemini-2.5-pro"});
        for (key, count) in keys.into_iter().zip(counts) {
            attributes[key] = json!(count);
        }
        let usage = told(GEMINI, &record(&attributes)).1.usage;
        assert_eq!((usage.input, usage.output), (Some(want.0), Some(want.1)), "{counts:?}");
        assert_eq!((usage.cache_read, usage.reasoning), (Some(600), Some(25)));
    }
}

#[test]
fn a_gemini_answer_is_put_together_from_its_chunks() {
    let chunk = |part: Json| json!({"candidates": [{"content": {"parts": [part]}}], "responseId": "r-1"});
    let stream = json!([
        chunk(json!({"text": "Let me ", "thought": true})),
        chunk(json!({"text": "see.", "thought": true})),
        chunk(json!({"text": "It is ", "thoughtSignature": "x"})),
        json!({"usageMetadata": {}}),
        chunk(json!({"text": "sunny."})),
        chunk(json!({"functionCall": {"name": "look", "args": {"at": "sky"}}})),
    ]);
    let answer = |text: &str| {
        let log = json!({"event.name": "gemini_cli.api_response", "response_text": text});
        content(&told(GEMINI, &record(&log)).0, &[]).output
    };
    let message =
        |parts: Vec<Part>| vec![Message { role: Role::Assistant, name: None, parts, finish_reason: None }];
    assert_eq!(
        answer(&stream.to_string()),
        message(vec![
            Part::Reasoning("Let me see.".into()),
            Part::Text("It is sunny.".into()),
            Part::ToolCall { id: None, name: "look".into(), arguments: "{\"at\":\"sky\"}".into() },
        ])
    );
    assert_eq!(answer("plain words"), message(vec![Part::Text("plain words".into())]));
}

fn gemini_cases(prefix: &str) -> Vec<(Json, Option<super::Told<'static>>)> {
    use StepKind::{Agent, Llm, Other, Task, Tool};
    use StepStatus::{Error, Ok};
    let agent = if prefix == "gemini_cli" { "gemini-cli" } else { prefix };
    let agent = ["gemini-cli", "qwen-code"].into_iter().find(|name| *name == agent).unwrap();
    let named = |event: &str, mut attributes: Json| {
        attributes["event.name"] = json!(format!("{prefix}.{event}"));
        attributes
    };
    vec![
        (
            named("api_response", json!({"finish_reasons": ["stop"]})),
            Some((Llm, Ok, false, "api request", None)),
        ),
        (
            named("api_error", json!({"error.message": "quota", "status_code": 429})),
            Some((Llm, Error, false, "api request", Some("quota"))),
        ),
        (
            named("api_error", json!({"status_code": 503})),
            Some((Llm, Error, false, "api request", Some("HTTP status 503"))),
        ),
        (
            named("tool_call", json!({"function_name": "grep", "success": true, "error": null})),
            Some((Tool, Ok, false, "grep", None)),
        ),
        (
            named("tool_call", json!({"function_name": "grep", "success": false, "error": "no such file"})),
            Some((Tool, Error, false, "grep", Some("no such file"))),
        ),
        (named("user_prompt", json!({"prompt": "hello"})), Some((Agent, Ok, false, agent, None))),
        (
            named("loop_detected", json!({"loop_type": "identical_calls", "count": 2})),
            Some((Other, Ok, false, "loop detected: identical calls", None)),
        ),
        (
            named("chat_compression", json!({"tokens_before": 900, "tokens_after": 70})),
            Some((Task, Ok, false, "compaction: 900 → 70 tokens", None)),
        ),
        (
            named("agent.finish", json!({"agent_name": "scout", "terminate_reason": "GOAL"})),
            Some((Task, Ok, true, "sub-agent scout", None)),
        ),
        (
            named("agent.finish", json!({"agent_name": "scout", "terminate_reason": "MAX_TURNS"})),
            Some((Task, Error, false, "sub-agent scout", Some("ended early: MAX_TURNS"))),
        ),
        (
            named("subagent_execution", json!({"subagent_name": "scout", "status": "failed"})),
            Some((Task, Error, false, "sub-agent scout", Some("ended early: failed"))),
        ),
        (named("subagent_execution", json!({"subagent_name": "scout", "status": "started"})), None),
        (named("api_request", json!({})), None),
        (named("config", json!({})), None),
        (json!({"event.name": "gen_ai.client.inference.operation.details"}), None),
    ]
}

#[test]
fn gemini_and_qwen_events_are_told_apart() {
    each_tells(GEMINI, &gemini_cases("gemini_cli"));
    each_tells("qwen-code", &gemini_cases("qwen-code"));
    let bare = json!({"event.name": "loop_detected"});
    each_tells(GEMINI, &[(bare, Some((StepKind::Other, StepStatus::Ok, false, "loop detected", None)))]);
}

#[test]
fn a_gemini_record_that_is_no_step_ties_its_trace_to_the_prompt() {
    let request = |prompt: &str| {
        let log = json!({"event.name": "gemini_cli.api_request", "session.id": "s-1", "prompt_id": prompt});
        read(GEMINI, &within(record(&log)))
    };
    let reading = request("s-1########3");
    assert_eq!(reading.step, None);
    assert_eq!(
        reading.ties.execution,
        Some(TieKey::of_execution("s-1", "s-1########3", &Resource::default()))
    );
    // a sub-agent counts prompts of its own
    let ties = request("scout-7#1").ties;
    assert_eq!(
        (ties.execution, ties.session, ties.part),
        (None, Some(session("s-1")), dialect::Part::Fragment)
    );
    for (prompt, name, agent) in [
        ("s-1########3", None, "gemini-cli"),
        ("scout-7#1", None, "sub-agent"),
        ("scout-7#1", Some("scout"), "scout"),
    ] {
        let log = json!({"event.name": "gemini_cli.tool_call", "prompt_id": prompt, "subagent_name": name});
        assert_eq!(told(GEMINI, &record(&log)).1.agent.as_deref(), Some(agent), "{log}");
    }
}

#[test]
fn a_record_outside_of_any_trace_that_is_no_step_costs_nothing() {
    let log = record(&json!({"event.name": "gemini_cli.config", "session.id": "s-1"}));
    assert_eq!(read(GEMINI, &log), super::LogReading::default());
    assert_eq!(
        read("opencode", &LogRecord { body: "init".into(), ..LogRecord::default() }),
        super::LogReading::default()
    );
}
