//! One table per framework or style beside the four large dialects: what its spans are, and the facts on them.

use serde_json::{Value as Json, json};

use super::{read_in, span_of, step};
use crate::model::{Event, Handoff, NanoUsd, StatusCode, Step, StepKind, StepStatus, Usage};

/// Name, attributes; kind, whether folded away, agent, tool.
pub(super) type Row<'a> = (&'a str, Json, StepKind, bool, Option<&'a str>, Option<&'a str>);

pub(super) fn are_read(scope: &str, rows: &[Row<'_>]) {
    for (name, attributes, kind, plumbing, agent, tool) in rows {
        let step = read_in(scope, &span_of(name, attributes)).step;
        let seen = (step.kind, step.plumbing, step.agent.as_deref(), step.tool.as_deref());
        assert_eq!(seen, (*kind, *plumbing, *agent, *tool), "{name} {attributes}");
    }
}

pub(super) fn tokens(step: &Step) -> (Option<u64>, Option<u64>, Option<u64>, Option<u64>) {
    let Usage { input, output, cache_read, reasoning, .. } = *step.usage;
    (input, output, cache_read, reasoning)
}

pub(super) fn reported(attributes: &Json) -> Option<i64> {
    read_in("", &span_of("x", attributes)).pricing.reported.map(|NanoUsd(nano)| nano)
}

#[test]
fn handmade_spans_are_read() {
    are_read(
        "my-app",
        &[
            (
                "gen_ai.agent.invoke",
                json!({"gen_ai.agent.name": "reviewer"}),
                StepKind::Agent,
                false,
                Some("reviewer"),
                None,
            ),
            (
                "gen_ai.tool.execute",
                json!({"gen_ai.tool.name": "get"}),
                StepKind::Tool,
                false,
                None,
                Some("get"),
            ),
            ("agent.run", json!({"agent.query": "q"}), StepKind::Agent, false, None, None),
            ("agent.think", json!({"agent.iteration": 1}), StepKind::Task, false, None, None),
            ("agent.tool_call", json!({"agent.tool.name": "get"}), StepKind::Tool, false, None, Some("get")),
            ("agent.tool_call", json!({}), StepKind::Tool, false, None, None),
            ("llm.chat.completion", json!({"llm.model": "gpt-4o"}), StepKind::Llm, false, None, None),
            ("llm.inference", json!({}), StepKind::Llm, false, None, None),
            ("ask", json!({"model": "gpt-4o", "prompt_tokens": "3"}), StepKind::Llm, false, None, None),
            ("workflow.execute", json!({"workflow.id": "w"}), StepKind::Workflow, false, None, None),
            ("nightly", json!({"workflow.id": "w"}), StepKind::Workflow, false, None, None),
            ("workflow.step", json!({"step.agent": "triage"}), StepKind::Task, false, Some("triage"), None),
            ("agent.triage", json!({"agent.name": "triage"}), StepKind::Agent, false, Some("triage"), None),
            ("tool.get", json!({"tool.name": "get"}), StepKind::Tool, false, None, Some("get")),
            // a model without tokens is no call, and names of others do not make a query an agent
            ("load", json!({"model": "gpt-4o"}), StepKind::Other, false, None, None),
            ("GET", json!({"http.method": "GET", "agent.name": "a"}), StepKind::Other, true, Some("a"), None),
            ("work", json!({"gen_ai.agent.name": "a"}), StepKind::Other, false, Some("a"), None),
        ],
    );
}

#[test]
fn handmade_figures_are_read() {
    let call = json!({"llm.model": "gpt-4o", "llm.usage.input_tokens": 9, "llm.usage.output_tokens": 4,
        "llm.cost.estimated_usd": 0.002, "llm.response.finish_reason": "tool_calls"});
    let read = step(&span_of("llm.chat.completion", &call));
    assert_eq!(
        (tokens(&read), read.finish_reason.as_deref()),
        ((Some(9), Some(4), None, None), Some("tool_call"))
    );
    assert_eq!(reported(&call), Some(2_000_000));
    assert_eq!(
        reported(&json!({"llm.cost.usd": 0.003, "llm.cost.input_usd": 1, "llm.cost.output_usd": 1})),
        Some(3_000_000)
    );
    assert_eq!(
        reported(&json!({"llm.cost.input_usd": 0.001, "llm.cost.output_usd": 0.001})),
        Some(2_000_000)
    );
    let sums = step(&span_of("gen_ai.agent.invoke", &json!({"gen_ai.usage.total_input_tokens": 30})));
    assert_eq!(tokens(&sums).0, Some(30));
}

#[test]
fn handmade_failures_are_read() {
    for (attributes, status, error) in [
        (json!({"error": false}), StepStatus::Ok, None),
        (json!({"error": 0}), StepStatus::Ok, None),
        (json!({"error": "null"}), StepStatus::Ok, None),
        (json!({"error": true}), StepStatus::Error, None),
        (json!({"error": "no route"}), StepStatus::Error, Some("no route")),
        (json!({"success": "false"}), StepStatus::Error, None),
        (json!({"agent.status": "failed"}), StepStatus::Error, None),
        (json!({"agent.status": "max_iterations_reached"}), StepStatus::Ok, None),
    ] {
        let step = step(&span_of("agent.run", &attributes));
        assert_eq!((step.status, step.error.as_deref()), (status, error), "{attributes}");
    }
}

#[test]
fn langsmith_spans_are_read() {
    are_read(
        "langsmith",
        &[
            (
                "ChatOpenAI",
                json!({"langsmith.span.kind": "LLM", "langsmith.metadata.lc_agent_name": "triage"}),
                StepKind::Llm,
                false,
                Some("triage"),
                None,
            ),
            // an operation that says otherwise is a habit of the exporter
            (
                "docs",
                json!({"langsmith.span.kind": "retriever", "gen_ai.operation.name": "embeddings"}),
                StepKind::Retrieval,
                false,
                None,
                None,
            ),
            ("get", json!({"langsmith.span.kind": "tool"}), StepKind::Tool, false, None, Some("get")),
            (
                "tools",
                json!({"langsmith.span.kind": "chain", "langsmith.metadata.langgraph_node": "tools"}),
                StepKind::Task,
                true,
                None,
                None,
            ),
            (
                "triage",
                json!({"langsmith.span.kind": "chain", "langsmith.metadata.lc_agent_name": "triage"}),
                StepKind::Agent,
                false,
                Some("triage"),
                None,
            ),
        ],
    );
    let details = r#"{"input_tokens": 9, "output_tokens": 4, "input_token_details": {"cache_read": 5}, "output_token_details": {"reasoning": 2}}"#;
    let call = json!({"langsmith.span.kind": "llm", "gen_ai.usage.input_tokens": 9, "gen_ai.usage.output_tokens": 4,
        "langsmith.metadata.usage_metadata": details});
    assert_eq!(tokens(&step(&span_of("x", &call))), (Some(9), Some(4), Some(5), Some(2)));
}

#[test]
fn langsmith_says_ok_of_tools_that_failed() {
    let tool = |completion: &str, raised: &str| {
        let mut span =
            span_of("get", &json!({"langsmith.span.kind": "tool", "gen_ai.completion": completion}));
        span.status = StatusCode::OK;
        if !raised.is_empty() {
            let attributes = [("exception.message", raised)].into_iter().collect();
            span.events.push(Event { name: "exception".to_owned(), attributes, ..Event::default() });
        }
        let step = step(&span);
        (step.status, step.error)
    };
    let error = |text: &str| (StepStatus::Error, Some(text.into()));
    assert_eq!(
        tool("{}", "ValueError('no city')Traceback (most recent call last)"),
        error("ValueError('no city')")
    );
    assert_eq!(tool("{}", "ParentCommand(goto='billing')"), (StepStatus::Ok, None));
    let failed = r#"{"output": {"content": "no city", "status": "error"}}"#;
    assert_eq!(tool(failed, ""), error("no city"));
    assert_eq!(tool(&failed.replace("error", "success"), ""), (StepStatus::Ok, None));
}

#[test]
fn pydantic_ai_spans_are_read() {
    are_read(
        "pydantic-ai",
        &[
            (
                "agent run",
                json!({"agent_name": "triage", "model_name": "gpt-4o", "logfire.msg": "m"}),
                StepKind::Agent,
                false,
                Some("triage"),
                None,
            ),
            ("running tools", json!({}), StepKind::Task, true, None, None),
            (
                "running tool",
                json!({"gen_ai.tool.name": "get", "tool_arguments": "{}"}),
                StepKind::Tool,
                false,
                None,
                Some("get"),
            ),
        ],
    );
    assert_eq!(
        reported(&json!({"gen_ai.operation.name": "chat", "operation.cost": 0.0029})),
        Some(2_900_000)
    );
}

#[test]
fn openai_agents_through_logfire_are_read() {
    are_read(
        "logfire.openai_agents",
        &[
            (
                "OpenAI Agents trace: {name}",
                json!({"name": "w", "logfire.msg": "m"}),
                StepKind::Workflow,
                false,
                None,
                None,
            ),
            (
                "Agent run: {name!r}",
                json!({"name": "triage", "logfire.msg": "m"}),
                StepKind::Agent,
                false,
                Some("triage"),
                None,
            ),
            (
                "Function: {name}",
                json!({"name": "get", "logfire.msg": "m"}),
                StepKind::Tool,
                false,
                None,
                Some("get"),
            ),
            (
                "Turn {turn} for agent triage",
                json!({"agent_name": "triage", "sdk_span_type": "turn", "logfire.msg": "m"}),
                StepKind::Task,
                true,
                Some("triage"),
                None,
            ),
        ],
    );
    let handoff = json!({"from_agent": "a", "to_agent": "b", "logfire.msg": "Handoff: a → b"});
    let handoff =
        read_in("logfire.openai_agents", &span_of("Handoff: {from_agent} → {to_agent}", &handoff)).step;
    let want = Handoff { from: Some("a".into()), to: Some("b".into()) };
    assert_eq!(
        (handoff.kind, handoff.handoff, &*handoff.name),
        (StepKind::Handoff, Some(want.into()), "Handoff: a → b")
    );
    let root = |group: &str| json!({"name": "w", "group_id": group, "logfire.msg": "m"});
    let session = |group| {
        read_in("logfire.openai_agents", &span_of("OpenAI Agents trace: {name}", &root(group)))
            .step
            .session_id
    };
    assert_eq!((session("null"), session("g").as_deref()), (None, Some("g")));
    // elsewhere a name is no template of this library
    let other = span_of("Function: {name}", &json!({"name": "get", "logfire.msg": "m"}));
    assert_eq!(read_in("logfire", &other).step.kind, StepKind::Other);
    assert_eq!(step(&span_of("x", &json!({"logfire.level_num": 17}))).status, StepStatus::Error);
    assert_eq!(step(&span_of("x", &json!({"logfire.level_num": 13}))).status, StepStatus::Ok);
}

#[test]
fn strands_spans_are_read() {
    are_read(
        "strands.telemetry.tracer",
        &[
            (
                "execute_event_loop_cycle",
                json!({"gen_ai.operation.name": "execute_event_loop_cycle"}),
                StepKind::Task,
                true,
                None,
                None,
            ),
            (
                "invoke_swarm",
                json!({"gen_ai.operation.name": "invoke_swarm"}),
                StepKind::Workflow,
                false,
                None,
                None,
            ),
            (
                "invoke_graph",
                json!({"gen_ai.system": "strands-agents"}),
                StepKind::Workflow,
                false,
                None,
                None,
            ),
        ],
    );
    let call = json!({"gen_ai.operation.name": "chat", "gen_ai.system": "strands-agents", "gen_ai.server.time_to_first_token": 260});
    assert_eq!(step(&span_of("chat", &call)).time_to_first_token, Some(260_000_000));
    let failed = json!({"gen_ai.tool.name": "get", "gen_ai.tool.status": "error"});
    assert_eq!(step(&span_of("execute_tool get", &failed)).status, StepStatus::Error);
    let mut handoff = span_of(
        "execute_tool handoff_to_agent",
        &json!({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "handoff_to_agent", "gen_ai.system": "strands-agents"}),
    );
    let attributes = [("role", "tool"), ("content", "{\"agent_name\": \"billing\"}")].into_iter().collect();
    handoff.events.push(Event { name: "gen_ai.tool.message".to_owned(), attributes, ..Event::default() });
    let handoff = step(&handoff);
    assert_eq!((handoff.kind, handoff.handoff.unwrap().to.as_deref()), (StepKind::Handoff, Some("billing")));
}

#[test]
fn adk_spans_are_read() {
    are_read(
        "gcp.vertex.agent",
        &[
            ("invocation", json!({}), StepKind::Workflow, false, None, None),
            ("call_llm", json!({"gcp.vertex.agent.event_id": "e"}), StepKind::Llm, false, None, None),
            (
                "execute_tool (merged)",
                json!({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "(merged tools)", "gcp.vertex.agent.event_id": "e"}),
                StepKind::Task,
                true,
                None,
                None,
            ),
        ],
    );
    assert_eq!(read_in("shop", &span_of("invocation", &json!({}))).step.kind, StepKind::Other);
    let handoff = json!({"gen_ai.tool.name": "transfer_to_agent", "gcp.vertex.agent.tool_call_args": "{\"agent_name\": \"billing\"}"});
    assert_eq!(step(&span_of("x", &handoff)).handoff.unwrap().to.as_deref(), Some("billing"));
}
