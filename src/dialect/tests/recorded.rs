//! What showed when frameworks of November 2026 were recorded against a scripted model (attributes shortened).

use serde_json::{Value as Json, json};

use super::frameworks::{are_read, reported, tokens};
use super::{read_in, span_of, step};
use crate::model::{Handoff, StepKind, StepStatus};

#[test]
fn a_haystack_tool_says_by_a_flag_that_it_failed() {
    let ran = |failed: bool| json!({"haystack.tool.name": "get", "haystack.tool.error": failed});
    let status = |failed| step(&span_of("haystack.agent.step.tool", &ran(failed))).status;
    assert_eq!((status(true), status(false)), (StepStatus::Error, StepStatus::Ok));
}

#[test]
fn litellm_tells_parts_of_usage_in_python_and_a_price_of_nothing_for_none() {
    let call = |cost: f64| {
        json!({"gen_ai.operation.name": "chat", "gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 9,
            "gen_ai.usage.output_tokens": 4, "gen_ai.cost.total_cost": cost,
            "metadata.usage_object": "{'prompt_tokens': 9, 'completion_tokens': 4, 'prompt_tokens_details': \
                {'cached_tokens': 2, 'audio_tokens': None}, 'completion_tokens_details': {'reasoning_tokens': 1}}"})
    };
    let read = read_in("litellm", &span_of("litellm_request", &call(0.003))).step;
    assert_eq!(tokens(&read), (Some(9), Some(4), Some(2), Some(1)));
    assert_eq!((reported(&call(0.003)), reported(&call(0.0))), (Some(3_000_000), None));
    let raw = read_in("litellm", &span_of("raw_gen_ai_request", &json!({"llm.openai.model": "m"}))).step;
    assert_eq!((raw.kind, raw.plumbing), (StepKind::Task, true));
}

#[test]
fn the_second_span_of_a_logfire_stream_is_the_call() {
    let opened = json!({"logfire.span_type": "span", "gen_ai.operation.name": "chat", "gen_ai.request.model": "m",
        "logfire.msg": "Chat Completion with 'm'"});
    let ended = json!({"logfire.span_type": "log", "gen_ai.operation.name": "chat", "gen_ai.request.model": "m",
        "logfire.msg": "streaming response from 'm' took 0.25s", "duration": 0.25, "gen_ai.usage.input_tokens": 9, "gen_ai.usage.output_tokens": 4});
    let answered = json!({"logfire.span_type": "span", "gen_ai.operation.name": "chat", "gen_ai.request.model": "m",
        "gen_ai.output.messages": "[]"});
    let read = |attributes| read_in("logfire.openai", &span_of("x", attributes)).step;
    assert_eq!((read(&opened).kind, read(&opened).plumbing), (StepKind::Task, true));
    assert_eq!(read(&answered).kind, StepKind::Llm);
    let ended = read(&ended);
    assert_eq!((ended.kind, ended.start), (StepKind::Llm, 1_000_000_000_000 - 250_000_000));
}

#[test]
fn raw_usage_of_anthropic_explains_a_sum() {
    let call = json!({"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 1200, "gen_ai.usage.output_tokens": 80,
        "gen_ai.usage.raw": "{\"input_tokens\": 200, \"cache_creation_input_tokens\": 900, \"cache_read_input_tokens\": 100, \"output_tokens\": 80}"});
    let read = step(&span_of("x", &call));
    assert_eq!(tokens(&read), (Some(1200), Some(80), Some(100), None));
    assert_eq!(read.usage.cache_write, Some(900));
}

#[test]
fn a_node_tells_mlflow_the_parts_of_its_call() {
    let output = json!([{"usage_metadata": {"input_tokens": 9, "output_tokens": 5, "output_token_details": {"reasoning": 2}}}]);
    let node = json!({"mlflow.spanType": "TASK", "mlflow.spanOutputs": output.to_string()});
    assert_eq!(tokens(&step(&span_of("model", &node))), (Some(9), Some(5), None, Some(2)));
}

#[test]
fn tools_of_the_mcp_sdk_and_of_dspy_are_named_by_their_spans() {
    for (scope, name, attributes) in [
        ("mcp-python-sdk", "MCP send tools/call get", json!({"mcp.method.name": "tools/call"})),
        ("mcp-python-sdk", "tools/call get", json!({"mcp.method.name": "tools/call"})),
        ("openinference.instrumentation.dspy", "get.__call__", json!({"openinference.span.kind": "TOOL"})),
    ] {
        let step = read_in(scope, &span_of(name, &attributes)).step;
        assert_eq!((step.kind, step.tool.as_deref()), (StepKind::Tool, Some("get")), "{name}");
    }
}

#[test]
fn finish_reasons_may_be_names_of_an_enum() {
    for (said, want) in [
        ("FinishReason.TOOL_CALLS", "tool_call"),
        ("FinishReason.STOP", "stop"),
        ("FinishReason.LENGTH", "length"),
    ] {
        let step = step(&span_of("chat m", &json!({"gen_ai.response.finish_reason": said})));
        assert_eq!(step.finish_reason.as_deref(), Some(want));
    }
}

#[test]
fn ag2_spans_are_read() {
    let agent = |name: &str| json!({"ag2.span.type": "agent", "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name});
    are_read(
        "opentelemetry.instrumentation.ag2",
        &[
            (
                "conversation user",
                json!({"ag2.span.type": "conversation", "gen_ai.operation.name": "conversation"}),
                StepKind::Workflow,
                false,
                None,
                None,
            ),
            ("invoke_agent triage", agent("triage"), StepKind::Agent, false, Some("triage"), None),
            ("invoke_agent chat_manager", agent("chat_manager"), StepKind::Task, true, None, None),
            (
                "invoke_agent _Group_Tool_Executor",
                agent("_Group_Tool_Executor"),
                StepKind::Task,
                true,
                None,
                None,
            ),
        ],
    );
    let transfer = json!({"ag2.span.type": "tool", "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "transfer_to_order_desk_1", "gen_ai.tool.call.result": "Transfer to order_desk"});
    let step = step(&span_of("execute_tool transfer_to_order_desk_1", &transfer));
    assert_eq!(step.kind, StepKind::Handoff);
    assert_eq!(step.handoff, Some(Handoff { from: None, to: Some("order_desk".into()) }.into()));
}

#[test]
fn crews_and_their_tasks_are_no_agents() {
    let span = |kind: &str| json!({"traceloop.span.kind": kind, "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "a"});
    for (name, attributes, kind) in [
        (
            "crewai.workflow",
            json!({"crewai.crew.id": "1", "gen_ai.operation.name": "invoke_agent"}),
            StepKind::Workflow,
        ),
        ("write.task", span("task"), StepKind::Task),
        ("a.agent", span("agent"), StepKind::Agent),
    ] {
        let step =
            read_in("opentelemetry.instrumentation.crewai.instrumentation", &span_of(name, &attributes)).step;
        assert_eq!(step.kind, kind, "{name}");
    }
}

#[test]
fn llama_index_steps_tell_whose_turn_it_is_and_which_tool_failed() {
    let read = |attributes: Json| {
        read_in("opentelemetry.instrumentation.llamaindex", &span_of("AgentWorkflow.task", &attributes)).step
    };
    let turn = json!({"traceloop.span.kind": "task",
        "traceloop.entity.output": json!({"input": [], "current_agent_name": "billing"}).to_string()});
    assert_eq!(read(turn).agent.as_deref(), Some("billing"));
    let ran = |failed: bool| {
        json!({"traceloop.span.kind": "task", "tool.name": "get",
            "traceloop.entity.output": json!({"tool_output": {"blocks": [], "is_error": failed}}).to_string()})
    };
    let seen = [true, false].map(|failed| (read(ran(failed)).kind, read(ran(failed)).status));
    assert_eq!(seen, [(StepKind::Tool, StepStatus::Error), (StepKind::Tool, StepStatus::Ok)]);
}

#[test]
fn executors_that_run_no_agent_name_none() {
    for (class, agent) in [("AgentExecutor", Some("writer")), ("_InputToConversation", None)] {
        let span =
            span_of("executor.process writer", &json!({"executor.id": "writer", "executor.type": class}));
        assert_eq!(read_in("agent_framework", &span).step.agent.as_deref(), agent, "{class}");
    }
}

#[test]
fn thoughts_of_gemini_are_what_the_total_holds_beyond_the_answer() {
    let call = |model: &str| {
        json!({"gen_ai.operation.name": "chat", "gen_ai.request.model": model, "gen_ai.usage.input_tokens": 1400,
            "gen_ai.usage.output_tokens": 28, "gen_ai.usage.total_tokens": 1460})
    };
    let read = |model| tokens(&step(&span_of("x", &call(model))));
    assert_eq!(read("gemini-2.5-flash"), (Some(1400), Some(60), None, Some(32)));
    assert_eq!(read("gpt-5.1"), (Some(1400), Some(28), None, None));
}

#[test]
fn common_nodes_of_a_graph_are_no_agents_of_openlit() {
    let node = |name: &str| json!({"gen_ai.application_name": "shop", "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name});
    are_read(
        "openlit.instrumentation.langgraph",
        &[
            ("invoke_agent model", node("model"), StepKind::Task, true, None, None),
            ("invoke_agent triage", node("triage"), StepKind::Agent, false, Some("triage"), None),
        ],
    );
}

#[test]
fn agno_tools_tell_their_failure_in_their_result() {
    for (result, status, error) in [
        (
            "status='failure' result=None error='no such order' images=None",
            StepStatus::Error,
            Some("no such order"),
        ),
        ("status='success' result='status=failure' error=None", StepStatus::Ok, None),
    ] {
        let attributes = json!({"traceloop.span.kind": "tool", "gen_ai.tool.name": "get", "traceloop.entity.output": result});
        let step = read_in("opentelemetry.instrumentation.agno", &span_of("get.tool", &attributes)).step;
        assert_eq!((step.status, step.error.as_deref()), (status, error), "{result}");
    }
}

#[test]
fn mlflow_tells_transfers_of_openai_agents_by_name() {
    let transfer = json!({"mlflow.spanType": "\"CHAIN\"", "mlflow.spanInputs": "{\"from_agent\": \"triage\"}",
        "mlflow.spanOutputs": "{\"to_agent\": \"billing\"}"});
    let read = step(&span_of("Handoff", &transfer));
    let want = Handoff { from: Some("triage".into()), to: Some("billing".into()) };
    assert_eq!((read.kind, read.handoff), (StepKind::Handoff, Some(want.into())));
    let chain = json!({"mlflow.spanType": "\"CHAIN\""});
    let runner = json!({"mlflow.spanType": "\"AGENT\"", "mlflow.openai.agent_run_root": "true"});
    let kinds = [("Handoff", &chain), ("Unknown", &chain), ("AgentRunner.run", &runner)]
        .map(|(name, attributes)| step(&span_of(name, attributes)).kind);
    assert_eq!(kinds, [StepKind::Workflow, StepKind::Task, StepKind::Workflow]);
}
