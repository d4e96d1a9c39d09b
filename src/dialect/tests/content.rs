//! What people read in the detail pane, from each dialect's way to write a conversation.

use serde_json::json;

use super::super::{content, task};
use super::{span, span_of};
use crate::model::{Attributes, Event, LogRecord, Message, Part, Role, Span, Value};

fn said(role: Role, text: &str) -> Message {
    Message { role, name: None, parts: vec![Part::Text(text.to_owned())], finish_reason: None }
}

fn call() -> Part {
    Part::ToolCall {
        id: Some("c1".to_owned()),
        name: "get_weather".to_owned(),
        arguments: "{\"city\":\"서울\"}".to_owned(),
    }
}

#[test]
fn every_dialect_tells_the_same_conversation() {
    for (dialect, attributes) in [
        (
            "OTel",
            json!({
                "gen_ai.input.messages": r#"[{"role":"user","parts":[{"type":"text","content":"hi"}]}]"#,
                "gen_ai.output.messages": r#"[{"role":"assistant","parts":[{"type":"tool_call","id":"c1","name":"get_weather","arguments":{"city":"\uc11c\uc6b8"}}]}]"#,
            }),
        ),
        (
            "OTel, structured",
            json!({
                "gen_ai.input.messages": [{"role": "user", "parts": [{"type": "text", "content": "hi"}]}],
                "gen_ai.output.messages": [{"role": "assistant", "parts": [{"type": "tool_call", "id": "c1", "name": "get_weather", "arguments": {"city": "서울"}}]}],
            }),
        ),
        (
            "OpenInference",
            json!({
                "llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": "hi",
                "llm.output_messages.0.message.role": "assistant",
                "llm.output_messages.0.message.contents.0.message_content.type": "tool_use",
                "llm.output_messages.0.message.contents.0.tool_call.id": "c1",
                "llm.output_messages.0.message.contents.0.tool_call.function.name": "get_weather",
                "llm.output_messages.0.message.contents.0.tool_call.function.arguments": "{\"city\": \"서울\"}",
                "llm.output_messages.0.message.tool_calls.0.tool_call.id": "c1",
                "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "get_weather",
                "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": "{\"city\": \"\\uc11c\\uc6b8\"}",
            }),
        ),
        (
            "OpenLLMetry, old",
            json!({
                "gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "hi", "gen_ai.completion.0.role": "assistant",
                "gen_ai.completion.0.tool_calls.0.id": "c1", "gen_ai.completion.0.tool_calls.0.name": "get_weather",
                "gen_ai.completion.0.tool_calls.0.arguments": "{\"city\": \"서울\"}",
            }),
        ),
        (
            "Vercel",
            json!({
                "ai.prompt.messages": r#"[{"role":"user","content":[{"type":"text","text":"hi"}]}]"#,
                "ai.response.toolCalls": r#"[{"toolCallId":"c1","toolName":"get_weather","input":"{\"city\": \"서울\"}"}]"#,
            }),
        ),
    ] {
        let content = content(&span_of("chat", &attributes), &[]);
        assert_eq!(content.input, [said(Role::User, "hi")], "{dialect}");
        let parts: Vec<_> = content.output.iter().flat_map(|m| &m.parts).collect();
        assert_eq!(parts, [&call()], "{dialect}");
    }
}

/// One question, one call, its result and one more call, as platforms write them.
#[test]
fn platforms_tell_the_same_conversation() {
    let lc = |class: &str, kwargs: serde_json::Value| json!({"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", class], "kwargs": kwargs});
    for (dialect, attributes) in [
        (
            "LangSmith",
            json!({
                "gen_ai.prompt": json!({"messages": [[lc("HumanMessage", json!({"content": "hi", "type": "human", "id": "x"}))]]}).to_string(),
                "gen_ai.completion": json!({"generations": [[{"text": "", "type": "ChatGeneration", "message":
                    lc("AIMessage", json!({"content": "", "tool_calls": [{"name": "get_weather", "args": {"city": "서울"}, "id": "c1", "type": "tool_call"}]}))}]], "type": "LLMResult"}).to_string(),
            }),
        ),
        (
            "Google ADK",
            json!({
                "gcp.vertex.agent.llm_request": json!({"model": "m", "contents": [{"role": "user", "parts": [{"text": "hi"}]}]}).to_string(),
                "gcp.vertex.agent.llm_response": json!({"content": {"role": "model", "parts": [{"function_call": {"id": "c1", "name": "get_weather", "args": {"city": "서울"}}}]}}).to_string(),
            }),
        ),
        (
            "Logfire, a list of events",
            json!({"events": json!([
                {"event.name": "gen_ai.user.message", "role": "user", "content": "hi"},
                {"event.name": "gen_ai.assistant.message", "role": "assistant",
                 "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "get_weather", "arguments": "{\"city\": \"서울\"}"}}]},
            ]).to_string()}),
        ),
        (
            "Logfire, request and answer",
            json!({
                "request_data": json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]}).to_string(),
                "response_data": json!({"message": {"role": "assistant", "content": null,
                    "tool_calls": [{"id": "c1", "function": {"name": "get_weather", "arguments": "{\"city\":\"서울\"}"}}]}}).to_string(),
            }),
        ),
        (
            "OpenAI Responses",
            json!({
                "mlflow.spanInputs": json!({"model": "m", "input": [{"role": "user", "content": "hi"}]}).to_string(),
                "mlflow.spanOutputs": json!({"output": [{"type": "function_call", "call_id": "c1", "id": "fc_1", "name": "get_weather", "arguments": "{\"city\":\"서울\"}"}],
                    "messages": [{"role": "assistant"}]}).to_string(),
            }),
        ),
        (
            "Langfuse",
            json!({
                "langfuse.observation.input": json!([{"role": "user", "content": "hi"}]).to_string(),
                "langfuse.observation.output": json!({"role": "assistant", "content": "", "tool_calls": [{"id": "c1", "function": {"name": "get_weather", "arguments": "{\"city\":\"서울\"}"}}]}).to_string(),
            }),
        ),
        (
            "Braintrust",
            json!({
                "braintrust.input_json": json!([{"role": "user", "content": "hi"}]).to_string(),
                "braintrust.output_json": json!([{"index": 0, "message": {"role": "assistant", "tool_calls": [{"id": "c1", "function": {"name": "get_weather", "arguments": "{\"city\":\"서울\"}"}}]}}]).to_string(),
            }),
        ),
        (
            "Haystack",
            json!({
                "haystack.component.input": json!({"messages": [{"role": "user", "content": [{"text": "hi"}]}]}).to_string(),
                "haystack.component.output": json!({"replies": [{"role": "assistant", "meta": {"finish_reason": "tool_calls"},
                    "content": [{"tool_call": {"tool_name": "get_weather", "arguments": {"city": "서울"}, "id": "c1"}}]}]}).to_string(),
            }),
        ),
    ] {
        let content = content(&span_of("chat", &attributes), &[]);
        assert_eq!(content.input, [said(Role::User, "hi")], "{dialect}");
        let parts: Vec<_> = content.output.iter().flat_map(|m| &m.parts).collect();
        assert_eq!(parts, [&call()], "{dialect}");
        assert!(content.output.iter().all(|m| m.role == Role::Assistant), "{dialect}");
    }
}

#[test]
fn a_tool_told_in_messages_has_arguments_and_a_result() {
    let events = |asked: &str, answered: &str| {
        let event = |name: &str, key: &str, text: &str| Event {
            name: name.to_owned(),
            attributes: [(key, text), ("id", "c1")].into_iter().collect::<Attributes>(),
            ..Event::default()
        };
        vec![event("gen_ai.tool.message", "content", asked), event("gen_ai.choice", "message", answered)]
    };
    let strands = Span {
        events: events("{\"city\": \"Seoul\"}", r#"[{"text": "{\"sky\": \"clear\"}"}]"#),
        ..span("execute_tool f", [("gen_ai.tool.name", "f")])
    };
    let gemini = span_of(
        "tool_call",
        &json!({"gen_ai.tool.name": "f",
        "gen_ai.input.messages": r#"{"callId": "c1", "name": "f", "args": {"city": "Seoul"}}"#,
        "gen_ai.output.messages": r#"{"status": "success", "response": {"callId": "c1", "responseParts": [{"functionResponse": {"id": "c1", "response": {"output": "{\"sky\":\"clear\"}"}}}]}}"#}),
    );
    for span in [strands, gemini] {
        let content = content(&span, &[]);
        assert_eq!(content.arguments.as_deref(), Some("{\"city\":\"Seoul\"}"), "{}", span.name);
        assert_eq!(content.result.as_deref(), Some("{\"sky\":\"clear\"}"), "{}", span.name);
        assert!(content.input.is_empty() && content.output.is_empty(), "{}", span.name);
    }
}

#[test]
fn bare_parts_are_said_by_whom_they_belong_to() {
    let items = json!([
        {"role": "user", "content": "hi"},
        {"type": "function_call", "call_id": "c1", "name": "get_weather", "arguments": "{\"city\":\"서울\"}"},
        {"type": "function_call_output", "call_id": "c1", "output": "sunny"},
    ]);
    let content = content(&span_of("chat", &json!({"raw_input": items.to_string()})), &[]);
    let roles: Vec<_> = content.input.iter().map(|m| m.role.clone()).collect();
    assert_eq!(roles, [Role::User, Role::Assistant, Role::Tool]);
    assert_eq!(content.input[1].parts, [call()]);
}

#[test]
fn a_streamed_answer_is_one_message() {
    let chunks = json!([
        {"role": "model", "parts": [{"text": "It is "}]},
        {"role": "model", "parts": [{"text": "sunny."}]},
        {"role": "model", "parts": [{"functionCall": {"id": "c1", "name": "get_weather", "args": {"city": "서울"}}}]},
    ]);
    let content = content(&span_of("chat", &json!({"gen_ai.output.messages": chunks.to_string()})), &[]);
    let parts: Vec<_> = content.output.into_iter().map(|message| message.parts).collect();
    assert_eq!(parts, [vec![Part::Text("It is sunny.".to_owned()), call()]]);
}

#[test]
fn redacted_texts_say_nothing_and_cut_texts_what_is_left() {
    let log = LogRecord {
        event_name: "gen_ai.user.message".to_owned(),
        body: Value::Map([("content", "<elided>")].into_iter().collect()),
        ..LogRecord::default()
    };
    assert!(content(&span::<&str>("chat", []), &[log]).input.is_empty());
    let cut = json!({"gen_ai.system_instructions": "\"You are \\u0041 helper...[TRUNCATED: original length 12000]"});
    let system = content(&span_of("chat", &cut), &[]).system;
    assert_eq!(system, [Part::Text("You are A helper...[TRUNCATED: original length 12000]".to_owned())]);
}

#[test]
fn retrievers_and_vector_stores_tell_documents() {
    let listed = json!({"langfuse.observation.output": r#"[{"page_content": "text", "metadata": {"page": 1}, "type": "Document"}]"#});
    let documents = content(&span_of("retriever", &listed), &[]).documents;
    assert_eq!(
        (documents.len(), documents[0].content.as_str(), documents[0].metadata.as_deref()),
        (1, "text", Some("{\"page\":1}"))
    );
    let found = Event {
        name: "db.query.result".to_owned(),
        attributes: [
            ("db.query.result.id", "d1"),
            ("db.query.result.score", "0.5"),
            ("db.query.result.document", "text"),
        ]
        .into_iter()
        .collect(),
        ..Event::default()
    };
    let documents = content(&Span { events: vec![found], ..span::<&str>("query", []) }, &[]).documents;
    assert_eq!((documents[0].score, documents[0].content.as_str()), (Some(0.5), "text"));
}

#[test]
fn p9_several_dialects_on_one_span_are_told_once() {
    let attributes = json!({
        "gen_ai.input.messages": r#"[{"role":"user","parts":[{"type":"text","content":"hi"}]}]"#,
        "llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": "hi",
        "ai.prompt.messages": r#"[{"role":"user","content":"hi"}]"#, "input.value": "hi",
    });
    let content = content(&span_of("chat", &attributes), &[]);
    assert_eq!((content.input.len(), content.arguments), (1, None));
}

#[test]
fn p14_messages_start_anywhere_and_sort_by_number() {
    let keys =
        (1..=12).filter(|n| *n != 5).rev().map(|n| (format!("gen_ai.prompt.{n}.content"), format!("m{n}")));
    let numbered = Span { attributes: keys.collect(), ..span::<&str>("chat", []) };
    let texts: Vec<_> = content(&numbered, &[]).input.into_iter().flat_map(|m| m.parts).collect();
    let want: Vec<_> = (1..=12).filter(|n| *n != 5).map(|n| Part::Text(format!("m{n}"))).collect();
    assert_eq!(texts, want);
}

#[test]
fn p15_messages_come_as_log_records() {
    let body = |pairs: Vec<(&'static str, Value)>| Value::Map(pairs.into_iter().collect());
    let log =
        |name: &str, body: Value| LogRecord { event_name: name.to_owned(), body, ..LogRecord::default() };
    let choice = body(vec![
        ("finish_reason", Value::from("stop")),
        ("message", body(vec![("role", Value::from("assistant")), ("content", Value::from("hello"))])),
    ]);
    let mut named_by_attribute = log("", body(vec![("content", Value::from("hi"))]));
    named_by_attribute.attributes = [("event.name", "gen_ai.user.message")].into_iter().collect();
    let logs = [
        log("gen_ai.system.message", body(vec![("content", Value::from("be kind"))])),
        named_by_attribute,
        log("gen_ai.choice", choice),
    ];
    let content = content(&span::<&str>("chat", []), &logs);
    assert_eq!(content.input, [said(Role::System, "be kind"), said(Role::User, "hi")]);
    let answer = Message { finish_reason: Some("stop".to_owned()), ..said(Role::Assistant, "hello") };
    assert_eq!(content.output, [answer]);
}

#[test]
fn p15_messages_come_as_span_events() {
    let event = |name: &str, attributes: &[(&str, &str)]| Event {
        name: name.to_owned(),
        attributes: attributes.iter().copied().collect::<Attributes>(),
        ..Event::default()
    };
    let by_role = Span {
        events: vec![
            event("gen_ai.user.message", &[("content", "hi")]),
            event("gen_ai.choice", &[("message", "{\"content\": \"hello\"}"), ("finish_reason", "stop")]),
        ],
        ..span::<&str>("chat", [])
    };
    assert_eq!(content(&by_role, &[]).input, [said(Role::User, "hi")]);
    assert_eq!(content(&by_role, &[]).output.len(), 1);
    let whole = Span {
        events: vec![
            event("gen_ai.content.prompt", &[("gen_ai.prompt", "[{\"role\":\"user\",\"content\":\"hi\"}]")]),
            event("gen_ai.content.completion", &[("gen_ai.completion", "hello")]),
        ],
        ..span::<&str>("chat", [])
    };
    assert_eq!(content(&whole, &[]).input, [said(Role::User, "hi")]);
    assert_eq!(content(&whole, &[]).output, [said(Role::Assistant, "hello")]);
}

#[test]
fn p6_placeholders_and_cut_texts_do_not_fail() {
    let redacted =
        json!({"gen_ai.input.messages": "[]", "gen_ai.output.messages": "<REDACTED>", "input.value": "{}"});
    assert!(content(&span_of("chat", &redacted), &[]).is_empty());
    let cut = json!({"gen_ai.input.messages": "[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"a long sto"});
    assert_eq!(content(&span_of("chat", &cut), &[]).input, [said(Role::User, "a long sto")]);
}

#[test]
fn arguments_and_results_come_out_of_their_envelopes() {
    for (attributes, arguments, result) in [
        (
            json!({"gen_ai.tool.call.arguments": "{\"city\": \"\\uc11c\\uc6b8\"}", "gen_ai.tool.call.result": "\"\\ub9d1\\uc74c\""}),
            "{\"city\":\"서울\"}",
            "맑음",
        ),
        (
            json!({"traceloop.entity.input": r#"{"input_str": "{'city': 'Seoul'}", "tags": [], "metadata": {"id": "x1"}}"#,
                   "traceloop.entity.output": r#"{"output": {"lc": 1, "id": ["x"], "kwargs": {"content": "sunny"}}, "kwargs": {}}"#}),
            "{\"city\":\"Seoul\"}",
            "sunny",
        ),
        (
            json!({"input.value": r#"{"kwargs": {"city": "Seoul"}}"#,
                   "output.value": r#"{"type": "tool", "data": {"content": "{\"sky\": \"clear\"}", "id": "x"}}"#}),
            "{\"city\":\"Seoul\"}",
            "{\"sky\":\"clear\"}",
        ),
        (json!({"ai.toolCall.args": "Seoul", "ai.toolCall.result": "18"}), "Seoul", "18"),
    ] {
        let content = content(&span_of("tool", &attributes), &[]);
        assert_eq!(content.arguments.as_deref(), Some(arguments), "{attributes}");
        assert_eq!(content.result.as_deref(), Some(result), "{attributes}");
    }
}

#[test]
fn results_thoughts_media_and_unknown_parts_are_kept() {
    let parts = json!([
        {"type": "reasoning", "content": "hm"},
        {"type": "tool_call_response", "id": "c1", "response": {"sky": "clear"}},
        {"type": "blob", "mime_type": "image/png", "modality": "image", "content": "aGk="},
        {"type": "uri", "modality": "image", "uri": "https://example.com/x.png"},
        {"type": "novel", "field": 1},
    ]);
    let messages = json!([{"role": "tool", "parts": parts}]).to_string();
    let content = content(&span_of("chat", &json!({"gen_ai.input.messages": messages})), &[]);
    let media = |kind: &str, size, uri: Option<&str>| Part::Media {
        kind: kind.to_owned(),
        size,
        uri: uri.map(str::to_owned),
    };
    assert_eq!(
        content.input[0].parts,
        [
            Part::Reasoning("hm".to_owned()),
            Part::ToolResult { id: Some("c1".to_owned()), result: "{\"sky\":\"clear\"}".to_owned() },
            media("image/png", Some(4), None),
            media("image", None, Some("https://example.com/x.png")),
            Part::Other("{\"type\":\"novel\",\"field\":1}".to_owned()),
        ]
    );
}

#[test]
fn documents_are_listed() {
    let attributes = json!({
        "retrieval.documents.0.document.id": "d1", "retrieval.documents.0.document.score": 0.5,
        "retrieval.documents.0.document.content": "text",
    });
    let documents = content(&span_of("docs", &attributes), &[]).documents;
    assert_eq!(documents.len(), 1);
    assert_eq!(
        (documents[0].id.as_deref(), documents[0].score, documents[0].content.as_str()),
        (Some("d1"), Some(0.5), "text")
    );
}

#[test]
fn a_task_is_the_last_question_in_one_line() {
    for (attributes, want) in [
        (
            json!({"gen_ai.input.messages": r#"[{"role":"user","parts":[{"type":"text","content":"first"}]},{"role":"assistant","parts":[]},{"role":"user","parts":[{"type":"text","content":"second\n line"}]}]"#}),
            Some("second line"),
        ),
        (json!({"ai.prompt": r#"{"system":"be kind","prompt":"weather?"}"#}), Some("weather?")),
        (json!({"input.value": "plain question"}), Some("plain question")),
        (json!({"input.value": r#"{"state": {"x": 1}, "task": "find it"}"#}), Some("find it")),
        (
            json!({"traceloop.entity.input": r#"{"inputs": {"messages": [["user", "hi"]]}, "tags": []}"#}),
            Some("hi"),
        ),
        (
            json!({"input.value": r#"{"messages": [{"role": "user", "content": "so"}], "query": "q"}"#}),
            Some("so"),
        ),
        (json!({"traceloop.entity.input": r#"{"args": [], "kwargs": {}}"#}), None),
        (json!({"traceloop.entity.input": r#"{"args": ["assistant"], "kwargs": {}}"#}), None),
        (
            json!({"traceloop.entity.input": r#"{"args": ["a1", "refund it"], "kwargs": {}}"#}),
            Some("refund it"),
        ),
        (json!({"gen_ai.request.model": "m"}), None),
    ] {
        assert_eq!(task(&span_of("x", &attributes)).as_deref(), want, "{attributes}");
    }
    let long = task(&span("x", [("input.value", "가 ".repeat(5_000))]));
    assert!(long.is_some_and(|line| line.chars().count() <= 200));
}
