//! What ties spans to runs beyond their trace.

use serde_json::json;

use super::{read_in, span_of};
use crate::dialect::{Part, TieKey, Ties};
use crate::model::{Link, Resource, Span, SpanId, TraceId};

fn root(name: &str, attributes: &serde_json::Value) -> Span {
    Span { parent_span_id: None, ..span_of(name, attributes) }
}

fn ties(scope: &str, name: &str, attributes: &serde_json::Value) -> Ties {
    read_in(scope, &root(name, attributes)).ties
}

fn session(id: &str) -> TieKey {
    TieKey::of_session(id, &Resource::default())
}

#[test]
fn spans_say_which_execution_they_belong_to() {
    for (scope, name, attributes, want) in [
        (
            "com.anthropic.claude_code.tracing",
            "claude_code.interaction",
            json!({"session.id": "s", "prompt.id": "p"}),
            Some(TieKey::of_execution("s", "p", &Resource::default())),
        ),
        ("com.anthropic.claude_code.tracing", "claude_code.interaction", json!({"session.id": "s"}), None),
        (
            "gcp.vertex.agent",
            "invocation",
            json!({"gcp.vertex.agent.session_id": "s", "gcp.vertex.agent.invocation_id": "e-1"}),
            Some(TieKey::of_execution("s", "e-1", &Resource::default())),
        ),
        (
            "gemini-cli",
            "llm_call",
            json!({"gen_ai.operation.name": "llm_call", "gen_ai.conversation.id": "s",
                   "gen_ai.prompt.name": "s########2"}),
            Some(TieKey::of_execution("s", "s########2", &Resource::default())),
        ),
        (
            "gemini-cli",
            "llm_call",
            json!({"gen_ai.operation.name": "llm_call", "gen_ai.conversation.id": "s",
                   "gen_ai.prompt.name": "scout-1#2"}),
            None,
        ),
        (
            // elsewhere that key names a template
            "my-app",
            "chat m",
            json!({"gen_ai.operation.name": "chat", "gen_ai.conversation.id": "s",
                   "gen_ai.prompt.name": "support"}),
            None,
        ),
    ] {
        let seen = ties(scope, name, &attributes);
        assert_eq!((seen.execution, seen.session), (want, Some(session("s"))), "{name} {attributes}");
    }
}

#[test]
fn gemini_traces_are_pieces_of_a_run() {
    for (operation, part) in [
        ("llm_call", Part::Fragment),
        ("schedule_tool_calls", Part::Fragment),
        ("tool_call", Part::Fragment),
        ("user_prompt", Part::Whole),
    ] {
        let attributes = json!({"gen_ai.operation.name": operation, "gen_ai.conversation.id": "s"});
        assert_eq!(ties("gemini-cli", operation, &attributes).part, part, "{operation}");
        assert_eq!(ties("my-app", operation, &attributes).part, Part::Whole, "{operation}");
    }
}

#[test]
fn a_codex_turn_is_tied_by_the_spans_of_its_program() {
    let turn = json!({"conversation.id": "c", "turn.id": "t"});
    assert_eq!(ties("codex_exec", "run_turn", &turn).session, Some(session("c")));
    let elsewhere = json!({"thread_id": "c"});
    assert_eq!(ties("codex_exec", "session_loop", &elsewhere), Ties::default());
}

#[test]
fn a_root_is_tied_to_the_step_that_asked_for_it() {
    let other = ("0af7651916cd43dd8448eb211c80319c", "00f067aa0ba902b7");
    let asker: (TraceId, SpanId) = (other.0.parse().unwrap(), other.1.parse().unwrap());
    let want = Some(asker);
    let named = json!({"memory.parent.trace_id": other.0, "memory.parent.span_id": other.1});
    let linked = |count: usize| {
        let link = Link {
            trace_id: asker.0.as_bytes().to_vec(),
            span_id: asker.1.as_u64().to_be_bytes().to_vec(),
            ..Link::default()
        };
        let attributes = json!({"gen_ai.operation.name": "invoke_agent"});
        Span { links: vec![link; count], ..root("invoke_agent helper", &attributes) }
    };
    for (case, span, want) in [
        ("named", root("memory.extract", &named), want),
        ("named, but within a trace", span_of("memory.extract", &named), None),
        ("named, but no id", root("memory.extract", &json!({"memory.parent.trace_id": "x"})), None),
        ("one link", linked(1), want),
        ("many links gather", linked(2), None),
    ] {
        let meaning = read_in("strands.telemetry.tracer", &span);
        assert_eq!(meaning.ties.linked, want, "{case}");
        assert_eq!(meaning.step.parent_trace_id, want.map(|(trace, _)| trace.into()), "{case}");
    }
}

#[test]
fn a_message_between_agents_follows_the_one_that_sent_it() {
    let sent = TraceId::from_bytes(&[9; 16]).unwrap();
    let link = Link { trace_id: [9; 16].to_vec(), span_id: [3; 8].to_vec(), ..Link::default() };
    let publish = Span { links: vec![link], ..root("publish", &json!({"messaging.operation": "publish"})) };
    for (scope, want) in [("agent_runtime InProcessRuntime", Some(sent)), ("kafka", None)] {
        assert_eq!(read_in(scope, &publish).ties.linked.map(|(trace, _)| trace), want, "{scope}");
    }
}
