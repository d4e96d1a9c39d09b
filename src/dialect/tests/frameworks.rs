//! One table per framework or style beside the four large dialects: what its spans are, and the facts on them.

use serde_json::{Value as Json, json};

use super::{read_in, span_of, step};
use crate::model::{Event, Handoff, NanoUsd, StatusCode, Step, StepKind, StepStatus, Usage};

/// Name, attributes; kind, whether folded away, agent, tool.
type Row<'a> = (&'a str, Json, StepKind, bool, Option<&'a str>, Option<&'a str>);

fn are_read(scope: &str, rows: &[Row<'_>]) {
    for (name, attributes, kind, plumbing, agent, tool) in rows {
        let step = read_in(scope, &span_of(name, attributes)).step;
        let seen = (step.kind, step.plumbing, step.agent.as_deref(), step.tool.as_deref());
        assert_eq!(seen, (*kind, *plumbing, *agent, *tool), "{name} {attributes}");
    }
}

fn tokens(step: &Step) -> (Option<u64>, Option<u64>, Option<u64>, Option<u64>) {
    let Usage { input, output, cache_read, reasoning, .. } = step.usage;
    (input, output, cache_read, reasoning)
}

fn reported(attributes: &Json) -> Option<i64> {
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
    let error = |text: &str| (StepStatus::Error, Some(text.to_owned()));
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
    let want = Handoff { from: Some("a".to_owned()), to: Some("b".to_owned()) };
    assert_eq!(
        (handoff.kind, handoff.handoff, handoff.name.as_str()),
        (StepKind::Handoff, Some(want), "Handoff: a → b")
    );
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

#[test]
fn langfuse_spans_are_read() {
    are_read(
        "langfuse-sdk",
        &[
            ("ask", json!({"langfuse.observation.type": "generation"}), StepKind::Llm, false, None, None),
            (
                "triage",
                json!({"langfuse.observation.type": "agent"}),
                StepKind::Agent,
                false,
                Some("triage"),
                None,
            ),
            ("get", json!({"langfuse.observation.type": "tool"}), StepKind::Tool, false, None, Some("get")),
            // old SDKs called everything a span
            (
                "ask",
                json!({"langfuse.observation.type": "span", "langfuse.observation.model.name": "m"}),
                StepKind::Llm,
                false,
                None,
                None,
            ),
            ("work", json!({"langfuse.observation.type": "span"}), StepKind::Task, false, None, None),
        ],
    );
    let call = json!({"langfuse.observation.type": "generation", "langfuse.observation.level": "ERROR",
        "langfuse.observation.status_message": "no quota", "langfuse.observation.cost_details": "{\"input\": 0.001, \"output\": 0.002}",
        "langfuse.observation.usage_details": "{\"input\": 100, \"output\": 40, \"input_cached_tokens\": 20}",
        "langfuse.observation.completion_start_time": "\"1970-01-01T00:16:40.250Z\""});
    let read = step(&span_of("ask", &call));
    assert_eq!(tokens(&read), (Some(120), Some(40), Some(20), None));
    assert_eq!((read.status, read.error.as_deref()), (StepStatus::Error, Some("no quota")));
    assert_eq!((read.time_to_first_token, reported(&call)), (Some(250_000_000), Some(3_000_000)));
}

#[test]
fn mlflow_spans_are_read() {
    are_read(
        "mlflow",
        &[
            ("ask", json!({"mlflow.spanType": "\"CHAT_MODEL\""}), StepKind::Llm, false, None, None),
            ("get", json!({"mlflow.spanType": "\"TOOL\""}), StepKind::Tool, false, None, Some("get")),
            ("triage", json!({"mlflow.spanType": "\"AGENT\""}), StepKind::Agent, false, Some("triage"), None),
            ("parse", json!({"mlflow.spanType": "\"PARSER\""}), StepKind::Task, true, None, None),
        ],
    );
    let call = json!({"mlflow.spanType": "\"LLM\"", "mlflow.llm.model": "\"gpt-4o\"",
        "mlflow.chat.tokenUsage": "{\"input_tokens\": 9, \"output_tokens\": 4, \"total_tokens\": 13}",
        "mlflow.llm.cost": "{\"total_cost\": 0.003}"});
    let read = step(&span_of("ask", &call));
    assert_eq!((tokens(&read), read.model.as_deref()), ((Some(9), Some(4), None, None), Some("gpt-4o")));
    assert_eq!(reported(&call), Some(3_000_000));
}

#[test]
fn platform_spans_are_read() {
    are_read(
        "",
        &[
            (
                "ask",
                json!({"braintrust.span_attributes": "{\"type\": \"llm\"}", "braintrust.metadata.model": "m"}),
                StepKind::Llm,
                false,
                None,
                None,
            ),
            (
                "get",
                json!({"braintrust.span_attributes": "{\"type\": \"tool\"}", "braintrust.input": "{}"}),
                StepKind::Tool,
                false,
                None,
                Some("get"),
            ),
            ("get", json!({"lmnr.span.type": "TOOL"}), StepKind::Tool, false, None, Some("get")),
            (
                "advise",
                json!({"spring.ai.kind": "advisor", "gen_ai.operation.name": "framework"}),
                StepKind::Task,
                true,
                None,
                None,
            ),
            (
                "spring_ai chat_client",
                json!({"gen_ai.operation.name": "framework", "gen_ai.system": "spring_ai"}),
                StepKind::Workflow,
                false,
                None,
                None,
            ),
            (
                "x",
                json!({"spring.ai.kind": "tool_call", "spring.ai.tool.definition.name": "get"}),
                StepKind::Tool,
                false,
                None,
                Some("get"),
            ),
            ("executor.process a", json!({"executor.id": "a"}), StepKind::Task, true, Some("a"), None),
            ("workflow.run", json!({"workflow.id": "w"}), StepKind::Workflow, false, None, None),
            ("x", json!({"mastra.span.type": "model_chunk"}), StepKind::Task, true, None, None),
        ],
    );
    assert!(step(&span_of("workflow.build", &json!({"workflow.id": "w"}))).setup);
    let metrics = json!({"braintrust.metrics": "{\"prompt_tokens\": 9, \"completion_tokens\": 4, \"prompt_cached_tokens\": 2}"});
    assert_eq!(tokens(&step(&span_of("ask", &metrics))), (Some(9), Some(4), Some(2), None));
}

#[test]
fn haystack_spans_are_read() {
    let output = "{\"replies\": [{\"meta\": {\"model\": \"gpt-4o\", \"usage\": {\"prompt_tokens\": 9, \"completion_tokens\": 4}}}]}";
    let call = json!({"haystack.component.type": "OpenAIChatGenerator", "haystack.component.name": "llm", "haystack.component.output": output});
    let read = step(&span_of("haystack.component.run", &call));
    assert_eq!(
        (read.kind, read.name.as_str(), read.model.as_deref()),
        (StepKind::Llm, "llm", Some("gpt-4o"))
    );
    assert_eq!(tokens(&read), (Some(9), Some(4), None, None));
    are_read(
        "haystack",
        &[
            ("haystack.pipeline.run", json!({}), StepKind::Workflow, false, None, None),
            ("haystack.agent.run", json!({}), StepKind::Agent, false, None, None),
            (
                "haystack.component.run",
                json!({"haystack.component.type": "InMemoryBM25Retriever"}),
                StepKind::Retrieval,
                false,
                None,
                None,
            ),
            (
                "haystack.component.run",
                json!({"haystack.component.type": "PromptBuilder"}),
                StepKind::Task,
                false,
                None,
                None,
            ),
        ],
    );
}

#[test]
fn coding_agents_are_read() {
    are_read(
        "com.anthropic.claude_code.tracing",
        &[
            (
                "claude_code.interaction",
                json!({"span.type": "interaction"}),
                StepKind::Agent,
                false,
                Some("claude-code"),
                None,
            ),
            (
                "claude_code.llm_request",
                json!({"span.type": "llm_request"}),
                StepKind::Llm,
                false,
                None,
                None,
            ),
            (
                "claude_code.tool",
                json!({"span.type": "tool", "tool_name": "Bash"}),
                StepKind::Tool,
                false,
                None,
                Some("Bash"),
            ),
            (
                "claude_code.tool.execution",
                json!({"span.type": "tool.execution", "gen_ai.tool.call.id": "c"}),
                StepKind::Task,
                true,
                None,
                None,
            ),
            // the failure is told nowhere else
            (
                "claude_code.tool.execution",
                json!({"span.type": "tool.execution", "success": false}),
                StepKind::Task,
                false,
                None,
                None,
            ),
            (
                "claude_code.tool.blocked_on_user",
                json!({"span.type": "tool.blocked_on_user"}),
                StepKind::Other,
                true,
                None,
                None,
            ),
        ],
    );
    let call = json!({"span.type": "llm_request", "model": "claude-sonnet-4-5", "input_tokens": 1000, "output_tokens": 40,
        "cache_read_tokens": 512, "cache_creation_tokens": 128, "ttft_ms": 246, "stop_reason": "tool_use"});
    let read = step(&span_of("claude_code.llm_request", &call));
    assert_eq!(tokens(&read), (Some(1640), Some(40), Some(512), None));
    assert_eq!(
        (read.time_to_first_token, read.finish_reason.as_deref()),
        (Some(246_000_000), Some("tool_call"))
    );

    let tool = |output: &str| json!({"gen_ai.operation.name": "tool_call", "gen_ai.tool.name": "read_file", "gen_ai.output.messages": output});
    let read = |output: &str| read_in("gemini-cli", &span_of("tool_call", &tool(output))).step.status;
    assert_eq!(
        read("{\"status\":\"error\",\"response\":{\"resultDisplay\":\"no fi...[TRUNCATED"),
        StepStatus::Error
    );
    assert_eq!(read("{\"status\":\"success\"}"), StepStatus::Ok);

    are_read(
        "codex_exec",
        &[
            (
                "session_task.turn",
                json!({"model": "m", "codex.turn.token_usage.total_tokens": "9"}),
                StepKind::Agent,
                false,
                Some("codex"),
                None,
            ),
            (
                "handle_responses",
                json!({"codex.usage.total_tokens": "9", "gen_ai.usage.input_tokens": "5"}),
                StepKind::Llm,
                false,
                None,
                None,
            ),
            (
                "handle_responses",
                json!({"from": "output_item_done", "tool_name": "exec"}),
                StepKind::Other,
                true,
                None,
                None,
            ),
            (
                "exec",
                json!({"codex.tool.phase": "done", "tool_name": "exec"}),
                StepKind::Tool,
                false,
                None,
                Some("exec"),
            ),
            ("fs.read_file", json!({}), StepKind::Other, true, None, None),
        ],
    );
    are_read(
        "opencode",
        &[
            ("FileSystem.readJson", json!({}), StepKind::Other, true, None, None),
            (
                "Tool.execute",
                json!({"tool.name": "bash", "message.id": "m"}),
                StepKind::Task,
                true,
                None,
                None,
            ),
            (
                "ai.toolCall",
                json!({"ai.operationId": "ai.toolCall", "ai.toolCall.name": "bash"}),
                StepKind::Tool,
                false,
                None,
                Some("bash"),
            ),
        ],
    );
}
