//! The checklist of `dialects.md` 21, as far as one span can fall into it. The numbers are its own.

use serde_json::json;

use super::{read_in, span, span_of, step};
use crate::model::{Attributes, Event, Resource, Scope, Span, StatusCode, StepKind, StepStatus, Usage};

fn usage(attributes: &serde_json::Value) -> Usage {
    *step(&span_of("chat m", attributes)).usage
}

#[test]
fn p1_parents_that_repeat_sums_are_no_model_calls() {
    for attributes in [
        json!({"ai.operationId": "ai.streamText", "ai.usage.inputTokens": 10}),
        json!({"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 10, "gen_ai.request.model": "m"}),
        json!({"openinference.span.kind": "AGENT", "llm.token_count.prompt": 10, "llm.model_name": "m"}),
        json!({"traceloop.span.kind": "workflow", "gen_ai.usage.input_tokens": 10, "gen_ai.request.model": "m"}),
    ] {
        assert_ne!(step(&span_of("x", &attributes)).kind, StepKind::Llm, "{attributes}");
    }
}

#[test]
fn p2_two_spellings_of_one_quantity_are_not_added() {
    let both = usage(&json!({
        "gen_ai.usage.prompt_tokens": 10, "gen_ai.usage.input_tokens": 10, "llm.token_count.prompt": 10,
        "ai.usage.inputTokens": 10, "gen_ai.usage.completion_tokens": 4, "gen_ai.usage.output_tokens": 4,
        "gen_ai.usage.cache_read.input_tokens": 5, "gen_ai.usage.details.cache_read_tokens": 5,
    }));
    let want = Usage { input: Some(10), output: Some(4), cache_read: Some(5), ..Usage::default() };
    assert_eq!(both, want);
}

#[test]
fn p3_input_holds_cached_tokens_whatever_the_habit() {
    for (why, attributes, input, ambiguous) in [
        (
            "spec",
            json!({"gen_ai.usage.input_tokens": 1640, "gen_ai.usage.output_tokens": 40,
            "gen_ai.usage.cache_read.input_tokens": 512, "gen_ai.usage.cache_creation.input_tokens": 128}),
            1640,
            false,
        ),
        (
            "less than its part",
            json!({"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 40,
            "gen_ai.usage.cache_read_input_tokens": 512}),
            612,
            false,
        ),
        (
            "the total adds it",
            json!({"llm.token_count.prompt": 1000, "llm.token_count.completion": 40,
            "llm.token_count.prompt_details.cache_read": 512, "llm.token_count.total": 1552}),
            1512,
            false,
        ),
        (
            "the total holds it",
            json!({"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 40, "gen_ai.system": "Anthropic",
            "gen_ai.usage.cache_read_input_tokens": 512, "gen_ai.usage.total_tokens": 1040}),
            1000,
            false,
        ),
        (
            "nobody can tell",
            json!({"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 40, "gen_ai.system": "anthropic",
            "gen_ai.usage.cache_read_input_tokens": 512}),
            1000,
            true,
        ),
        (
            "the SDK says what is plain",
            json!({"ai.usage.inputTokens": 1000, "ai.usage.outputTokens": 40,
            "ai.usage.inputTokenDetails.noCacheTokens": 488, "ai.usage.inputTokenDetails.cacheReadTokens": 512}),
            1000,
            false,
        ),
        (
            "old SDK, raw Anthropic",
            json!({"ai.usage.inputTokens": 1000, "ai.usage.outputTokens": 40, "ai.usage.cachedInputTokens": 512,
            "ai.response.providerMetadata": "{\"anthropic\":{\"usage\":{\"input_tokens\":1000,\"cache_read_input_tokens\":512,\"cache_creation\":{\"ephemeral_1h_input_tokens\":0}}}}"}),
            1512,
            false,
        ),
    ] {
        let usage = usage(&attributes);
        assert_eq!((usage.input, usage.ambiguous_cache), (Some(input), ambiguous), "{why}");
    }
}

#[test]
fn p3_reasoning_is_part_of_output() {
    let outside = usage(
        &json!({"gen_ai.usage.input_tokens": 1, "gen_ai.usage.output_tokens": 10, "gen_ai.usage.reasoning_tokens": 30}),
    );
    assert_eq!((outside.output, outside.reasoning), (Some(40), Some(30)));
    let inside = usage(
        &json!({"gen_ai.usage.input_tokens": 1, "gen_ai.usage.output_tokens": 40, "gen_ai.usage.reasoning.output_tokens": 30}),
    );
    assert_eq!(inside.output, Some(40));
    let by_provider = usage(&json!({"ai.usage.promptTokens": 1000, "ai.usage.completionTokens": 52,
        "ai.response.providerMetadata": "{\"openai\":{\"responseId\":\"r\",\"reasoningTokens\":12}}"}));
    assert_eq!((by_provider.output, by_provider.reasoning), (Some(52), Some(12)));
}

#[test]
fn p4_counts_come_as_text_double_and_nonsense() {
    let odd = usage(&json!({"gen_ai.usage.input_tokens": "26", "gen_ai.usage.output_tokens": 4.0}));
    assert_eq!((odd.input, odd.output), (Some(26), Some(4)));
    // a word under the better name does not hide the number under the other
    let hidden = usage(
        &json!({"gen_ai.usage.input_tokens": "n/a", "gen_ai.usage.prompt_tokens": 26, "gen_ai.usage.output_tokens": -1}),
    );
    assert_eq!((hidden.input, hidden.output), (Some(26), None));
    let total = usage(&json!({"gen_ai.usage.input_tokens": 26, "gen_ai.usage.total_tokens": 30}));
    assert_eq!(total.output, Some(4));
    assert_eq!(
        usage(&json!({"gen_ai.usage.total_tokens": 30, "gen_ai.usage.reasoning_tokens": 3})),
        Usage::default()
    );
}

#[test]
fn p5_first_token_comes_in_seconds_milliseconds_and_events() {
    let ttft = |attributes| step(&span_of("chat m", &attributes)).time_to_first_token;
    assert_eq!(ttft(json!({"gen_ai.response.time_to_first_chunk": 0.25})), Some(250_000_000));
    // 250 s would be after the end of the span: milliseconds
    assert_eq!(ttft(json!({"gen_ai.server.time_to_first_token": 250})), Some(250_000_000));
    assert_eq!(ttft(json!({"ai.response.msToFirstChunk": 250.5})), Some(250_500_000));
    let mut streamed = span::<&str>("chat m", []);
    let time = streamed.start + 77;
    streamed.events = vec![Event { time, name: "First Token Stream Event".to_owned(), ..Event::default() }];
    assert_eq!(step(&streamed).time_to_first_token, Some(77));
}

#[test]
fn p12_an_unknown_operation_leaves_the_kind_to_other_signs() {
    let custom = json!({"gen_ai.operation.name": "my_llm", "gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 1});
    assert_eq!(step(&span_of("x", &custom)).kind, StepKind::Llm);
    let sure = json!({"openinference.span.kind": "RETRIEVER", "gen_ai.operation.name": "embeddings"});
    assert_eq!(step(&span_of("x", &sure)).kind, StepKind::Retrieval);
}

#[test]
fn p17_status_is_read_with_judgement() {
    let with = |status: StatusCode, attributes: serde_json::Value, events: Vec<Event>| {
        let step = step(&Span { events, status, ..span_of("x", &attributes) });
        (step.status, step.error)
    };
    let exception = || {
        let attributes: Attributes =
            [("exception.type", "ValueError"), ("exception.message", "bad city\nmore")].into_iter().collect();
        vec![Event { name: "exception".to_owned(), attributes, ..Event::default() }]
    };
    let failed = |text: &str| (StepStatus::Error, Some(text.into()));
    assert_eq!(
        with(StatusCode::ERROR, json!({"error.type": "E"}), exception()),
        failed("ValueError: bad city")
    );
    assert_eq!(with(StatusCode::ERROR, json!({"error.type": "Timeout"}), vec![]), failed("Timeout"));
    assert_eq!(with(StatusCode::UNSET, json!({"error.type": "Timeout"}), vec![]), failed("Timeout"));
    assert_eq!(
        with(StatusCode::UNSET, json!({"gen_ai.tool.success": "false"}), vec![]),
        (StepStatus::Error, None)
    );
    // recorded, perhaps caught: LangGraph hands over by raising
    assert_eq!(with(StatusCode::UNSET, json!({}), exception()), (StepStatus::Ok, None));
    assert_eq!(with(StatusCode::OK, json!({"error.type": "E"}), exception()), (StepStatus::Ok, None));
}

#[test]
fn p17_errors_are_one_line_without_traceback() {
    let status_message = "RuntimeError('lost')Traceback (most recent call last):\n  File x".to_owned();
    let span = Span { status: StatusCode::ERROR, status_message, ..span::<&str>("x", []) };
    assert_eq!(step(&span).error.as_deref(), Some("RuntimeError('lost')"));
    let only = "Traceback (most recent call last):\n  File x\nValueError: y".to_owned();
    let span = Span { status_message: only, ..span };
    assert!(step(&span).error.is_some_and(|line| !line.is_empty() && !line.contains('\n')));
}

#[test]
fn a_span_without_an_end_is_running() {
    let open = Span { end: 0, ..span::<&str>("x", []) };
    assert_eq!(step(&open).status, StepStatus::Running);
}

#[test]
fn finish_reasons_share_one_vocabulary() {
    for (key, raw, want) in [
        ("gen_ai.response.finish_reasons", json!(["tool_calls", "stop"]), "tool_call"),
        ("gen_ai.response.finish_reasons", json!("[\"end_turn\"]"), "stop"),
        ("ai.response.finishReason", json!("tool-calls"), "tool_call"),
        ("llm.finish_reason", json!("max_tokens"), "length"),
        ("gen_ai.completion.0.finish_reason", json!("content_filter"), "content_filter"),
        ("gen_ai.response.stop_reason", json!("pause_turn"), "pause_turn"),
    ] {
        let step = step(&span_of("chat m", &json!({key: raw})));
        assert_eq!(step.finish_reason.as_deref(), Some(want), "{key}");
    }
}

#[test]
fn sessions_and_users_have_many_names() {
    for (key, is_user) in [
        ("gen_ai.conversation.id", false),
        ("session.id", false),
        ("traceloop.association.properties.session_id", false),
        ("ai.telemetry.metadata.sessionId", false),
        ("user.id", true),
        ("ai.telemetry.metadata.userId", true),
        ("traceloop.association.properties.user_id", true),
    ] {
        let step = step(&span("x", [(key, "v")]));
        let found = if is_user { step.user_id } else { step.session_id };
        assert_eq!(found.as_deref(), Some("v"), "{key}");
    }
}

#[test]
fn a_session_may_stand_on_the_resource() {
    let resource =
        Resource { attributes: [("session.id", "s")].into_iter().collect(), ..Resource::default() };
    let call = span("chat m", [("gen_ai.operation.name", "chat")]);
    let step = super::interpret(&call, &resource, &Scope::default()).step;
    assert_eq!(step.session_id.as_deref(), Some("s"));
}

#[test]
fn a_repeated_key_means_its_last_value() {
    let call = span("x", [("gen_ai.agent.name", "first"), ("gen_ai.agent.name", "last")]);
    assert_eq!(read_in("", &call).step.agent.as_deref(), Some("last"));
}
