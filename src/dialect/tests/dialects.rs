//! One table per dialect: the kinds of spans it sends, and the facts on them.

use serde_json::json;

use super::{read_in, span, span_of, step};
use crate::model::{Handoff, NanoUsd, Step, StepKind, Usage};

/// Kind, agent, model, tool.
type Facts<'a> = (StepKind, Option<&'a str>, Option<&'a str>, Option<&'a str>);

fn facts(step: &Step) -> Facts<'_> {
    (step.kind, step.agent.as_deref(), step.model.as_deref(), step.tool.as_deref())
}

fn to(from: Option<&str>, to: Option<&str>) -> Handoff {
    Handoff { from: from.map(Into::into), to: to.map(Into::into) }
}

#[test]
fn genai_spans_are_read() {
    for (name, attributes, want) in [
        (
            "chat gpt-4o",
            json!({"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o",
                   "gen_ai.response.model": "gpt-4o-2024-08-06", "gen_ai.agent.name": "triage"}),
            (StepKind::Llm, Some("triage"), Some("gpt-4o-2024-08-06"), None),
        ),
        (
            // the first generation: no operation, provider in the name
            "chat openai",
            json!({"gen_ai.system": "openai", "gen_ai.request.model": "gpt-4", "gen_ai.usage.prompt_tokens": 3}),
            (StepKind::Llm, None, Some("gpt-4"), None),
        ),
        (
            "invoke_agent triage",
            json!({"gen_ai.operation.name": "invoke_agent"}),
            (StepKind::Agent, Some("triage"), None, None),
        ),
        (
            "execute_tool search",
            json!({"gen_ai.operation.name": "execute_tool", "http.request.method": "GET"}),
            (StepKind::Tool, None, None, Some("search")),
        ),
        ("work", json!({"gen_ai.tool.name": "search"}), (StepKind::Tool, None, None, Some("search"))),
        (
            "embeddings m",
            json!({"gen_ai.operation.name": "embeddings"}),
            (StepKind::Embedding, None, None, None),
        ),
        (
            "invoke_workflow w",
            json!({"gen_ai.operation.name": "invoke_workflow"}),
            (StepKind::Workflow, None, None, None),
        ),
        (
            "tools/call search",
            json!({"mcp.method.name": "tools/call", "gen_ai.tool.name": "search"}),
            (StepKind::Tool, None, None, Some("search")),
        ),
        ("tools/list", json!({"mcp.method.name": "tools/list"}), (StepKind::Other, None, None, None)),
        ("something", json!({"gen_ai.operation.name": "made_up"}), (StepKind::Other, None, None, None)),
    ] {
        assert_eq!(facts(&step(&span_of(name, &attributes))), want, "{name}");
    }
}

#[test]
fn openinference_spans_are_read() {
    for (name, attributes, want) in [
        (
            "ChatCompletion",
            json!({"openinference.span.kind": "LLM", "llm.model_name": "gpt-4o", "llm.token_count.prompt": 10}),
            (StepKind::Llm, None, Some("gpt-4o"), None),
        ),
        ("lower", json!({"openinference.span.kind": "llm"}), (StepKind::Llm, None, None, None)),
        (
            "triage",
            json!({"openinference.span.kind": "AGENT"}),
            (StepKind::Agent, Some("triage"), None, None),
        ),
        (
            "writer._execute_core",
            json!({"openinference.span.kind": "AGENT", "graph.node.id": "writer"}),
            (StepKind::Agent, Some("writer"), None, None),
        ),
        (
            "get_weather",
            json!({"openinference.span.kind": "TOOL"}),
            (StepKind::Tool, None, None, Some("get_weather")),
        ),
        (
            "FunctionTool.acall",
            json!({"openinference.span.kind": "TOOL", "tool.name": "search"}),
            (StepKind::Tool, None, None, Some("search")),
        ),
        ("docs", json!({"openinference.span.kind": "RETRIEVER"}), (StepKind::Retrieval, None, None, None)),
        ("?", json!({"openinference.span.kind": "UNKNOWN"}), (StepKind::Other, None, None, None)),
    ] {
        assert_eq!(facts(&step(&span_of(name, &attributes))), want, "{name}");
    }
}

#[test]
fn helpers_that_an_instrumentation_marks_as_calls_are_none() {
    let helper = json!({"openinference.span.kind": "LLM", "llm.model_name": "gpt-4o", "input.value": "{}", "output.value": "x"});
    let helper = span_of("OpenAI._prepare_chat_with_tools", &helper);
    let auto = read_in("openinference.instrumentation.llama_index", &helper).step;
    assert_eq!((auto.kind, auto.plumbing), (StepKind::Task, true));
    // a hand-made LLM span says no more than that, and is a call
    assert_eq!(read_in("my-app", &helper).step.kind, StepKind::Llm);
    let streamed = json!({"openinference.span.kind": "LLM", "llm.input_messages.0.message.role": "user"});
    let streamed = span_of("OpenAI.astream_chat", &streamed);
    assert_eq!(read_in("openinference.instrumentation.llama_index", &streamed).step.kind, StepKind::Llm);
}

#[test]
fn langgraph_nodes_are_told_from_agents() {
    let read = |name: &str, kind: &str, metadata: &str| {
        let span = span_of(name, &json!({"openinference.span.kind": kind, "metadata": metadata}));
        let step = read_in("openinference.instrumentation.langchain", &span).step;
        (step.kind, step.plumbing, step.agent, step.session_id)
    };
    let triage = || Some("triage".into());
    let in_agent = r#"{"lc_agent_name": "triage", "langgraph_node": "model", "langgraph_path": ["a"], "thread_id": "t"}"#;
    assert_eq!(read("triage", "CHAIN", in_agent), (StepKind::Agent, false, triage(), Some("t".into())));
    assert_eq!(read("model", "CHAIN", in_agent), (StepKind::Task, true, triage(), Some("t".into())));
    assert_eq!(read("ChatOpenAI", "TOOL", in_agent).2, triage());
    let router = r#"{"langgraph_node": "__start__"}"#;
    assert_eq!(read("route_to_active_agent", "AGENT", router), (StepKind::Task, true, None, None));
    assert_eq!(read("LangGraph", "CHAIN", "{cut"), (StepKind::Workflow, false, None, None));
}

#[test]
fn llama_index_turns_are_named_by_their_repr() {
    let attributes = json!({"openinference.span.kind": "CHAIN", "input.value": "AgentSetup(input=[], current_agent_name='billing')"});
    let turn = span_of("AgentWorkflow.run_agent_step", &attributes);
    let turn = read_in("openinference.instrumentation.llama_index", &turn).step;
    assert_eq!((turn.kind, turn.plumbing, turn.agent.as_deref()), (StepKind::Task, true, Some("billing")));
}

#[test]
fn openllmetry_spans_are_read() {
    for (name, attributes, want) in [
        (
            "openai.chat",
            json!({"llm.request.type": "chat", "gen_ai.system": "OpenAI", "gen_ai.request.model": "gpt-4o"}),
            (StepKind::Llm, None, Some("gpt-4o"), None),
        ),
        (
            "triage.agent",
            json!({"traceloop.span.kind": "agent", "traceloop.entity.name": "triage"}),
            (StepKind::Agent, Some("triage"), None, None),
        ),
        (
            "search.tool",
            json!({"traceloop.span.kind": "tool", "traceloop.entity.name": "search", "gen_ai.agent.name": "triage"}),
            (StepKind::Tool, Some("triage"), None, Some("search")),
        ),
        ("w.workflow", json!({"traceloop.span.kind": "workflow"}), (StepKind::Workflow, None, None, None)),
        (
            // a vague word gives way to the operation
            "a.workflow",
            json!({"traceloop.span.kind": "workflow", "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "a"}),
            (StepKind::Agent, Some("a"), None, None),
        ),
        (
            // a sure word does not
            "t.tool",
            json!({"traceloop.span.kind": "tool", "gen_ai.operation.name": "chat"}),
            (StepKind::Tool, None, None, None),
        ),
    ] {
        assert_eq!(facts(&step(&span_of(name, &attributes))), want, "{name}");
    }
}

#[test]
fn a_tool_known_by_its_class_is_named_by_its_answer() {
    let tool = |output: &str| {
        step(&span_of(
            "execute_tool DynamicStructuredTool",
            &json!({"gen_ai.operation.name": "execute_tool", "traceloop.span.kind": "task",
                "traceloop.entity.name": "DynamicStructuredTool", "traceloop.entity.output": output}),
        ))
    };
    let answered =
        tool(r#"{"lc": 1, "kwargs": {"name": "get_weather", "tool_call_id": "call_1", "content": "sunny"}}"#);
    let seen = (&*answered.name, answered.tool.as_deref(), answered.tool_call_id.as_deref());
    assert_eq!(seen, ("get_weather", Some("get_weather"), Some("call_1")));
    assert_eq!(tool("sunny").tool.as_deref(), Some("DynamicStructuredTool"));
}

#[test]
fn vercel_spans_are_read() {
    let usage = |input, output| Usage { input: Some(input), output: Some(output), ..Usage::default() };
    for (name, attributes, want, tokens) in [
        (
            "ai.generateText",
            json!({"ai.operationId": "ai.generateText", "ai.telemetry.functionId": "weather", "ai.model.id": "gpt-4o",
                   "ai.usage.inputTokens": 2017, "ai.usage.outputTokens": 83}),
            (StepKind::Agent, Some("weather"), Some("gpt-4o"), None),
            usage(2017, 83),
        ),
        (
            "ai.generateText.doGenerate",
            json!({"ai.operationId": "ai.generateText.doGenerate", "ai.usage.promptTokens": 7, "gen_ai.usage.input_tokens": 1000,
                   "gen_ai.usage.output_tokens": 40, "ai.response.model": "gpt-4o-2024-08-06"}),
            (StepKind::Llm, None, Some("gpt-4o-2024-08-06"), None),
            usage(1000, 40),
        ),
        (
            "ai.streamText.doStream old",
            json!({"operation.name": "ai.streamText.doStream old", "ai.usage.promptTokens": 7, "ai.usage.completionTokens": 2}),
            (StepKind::Llm, None, None, None),
            usage(7, 2),
        ),
        (
            "ai.toolCall",
            json!({"ai.operationId": "ai.toolCall", "ai.toolCall.name": "search"}),
            (StepKind::Tool, None, None, Some("search")),
            Usage::default(),
        ),
        (
            "ai.embed.doEmbed",
            json!({"ai.operationId": "ai.embed.doEmbed", "ai.usage.tokens": 12}),
            (StepKind::Embedding, None, None, None),
            usage(12, 0),
        ),
        (
            // @ai-sdk/otel: the frame of one call, its details repeated
            "step 1",
            json!({"gen_ai.operation.name": "agent_step", "ai.usage.inputTokenDetails.noCacheTokens": 1000}),
            (StepKind::Task, None, None, None),
            Usage::default(),
        ),
        (
            "invoke_agent gpt-4o",
            json!({"gen_ai.operation.name": "invoke_agent", "gen_ai.request.model": "gpt-4o"}),
            (StepKind::Agent, None, Some("gpt-4o"), None),
            Usage::default(),
        ),
    ] {
        let step = step(&span_of(name, &attributes));
        assert_eq!((facts(&step), *step.usage), (want, tokens), "{name}");
    }
}

#[test]
fn an_answer_that_asks_for_a_transfer_says_so_in_every_dialect() {
    let asked = |name: &str, arguments: &str| {
        json!([{"role": "assistant", "parts": [
            {"type": "text", "content": "I will use transfer_to_shipping."},
            {"type": "tool_call", "id": "call_1", "name": name, "arguments": arguments},
            {"type": "tool_call", "id": "call_2", "name": "transfer_to_later", "arguments": "{}"},
        ]}])
        .to_string()
    };
    for (attributes, want) in [
        (json!({"gen_ai.output.messages": asked("transfer_to_billing", "{}")}), "billing"),
        (json!({"gen_ai.output.messages": asked("Handoff-transfer_to_billing", "{}")}), "billing"),
        (
            json!({"gen_ai.output.messages": asked("handoff_to_agent", r#"{"agent_name": "Billing"}"#)}),
            "Billing",
        ),
        (
            json!({
                "llm.output_messages.0.message.role": "assistant",
                "llm.output_messages.0.message.tool_calls.0.tool_call.id": "call_1",
                "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "transfer_to_billing",
            }),
            "billing",
        ),
        (
            json!({
                "gen_ai.completion.0.role": "assistant",
                "gen_ai.completion.0.tool_calls.0.id": "call_1",
                "gen_ai.completion.0.tool_calls.0.name": "handoff_to_billing",
            }),
            "billing",
        ),
        (
            json!({"ai.response.toolCalls": r#"[{"toolCallId": "call_1", "toolName": "transfer_to_billing", "input": {}}]"#}),
            "billing",
        ),
    ] {
        let mut span = span_of("chat", &attributes);
        span.attributes.0.push(("gen_ai.operation.name".into(), "chat".into()));
        span.attributes.0.push(("gen_ai.agent.name".into(), "triage".into()));
        let step = step(&span);
        let got = (step.kind, step.handoff, step.tool_call_id.as_deref());
        assert_eq!(
            got,
            (StepKind::Llm, Some(to(Some("triage"), Some(want)).into()), Some("call_1")),
            "{attributes}"
        );
    }
}

#[test]
fn a_transfer_tool_that_is_only_talked_of_or_stands_in_the_history_is_not_asked_for() {
    for attributes in [
        json!({"gen_ai.output.messages": r#"[{"role": "assistant", "parts": [{"type": "text", "content": "no transfer_to_billing today"}]}]"#}),
        json!({"gen_ai.input.messages": r#"[{"role": "assistant", "parts": [{"type": "tool_call", "name": "transfer_to_billing"}]}]"#}),
        json!({"gen_ai.tool.definitions": r#"[{"type": "function", "name": "transfer_to_billing"}]"#}),
        json!({"gen_ai.output.messages": r#"[{"role": "assistant", "parts": [{"type": "tool_call", "name": "transfer_money"}]}]"#}),
    ] {
        let mut span = span_of("chat", &attributes);
        span.attributes.0.push(("gen_ai.operation.name".into(), "chat".into()));
        assert_eq!(step(&span).handoff, None, "{attributes}");
    }
}

#[test]
fn handoffs_are_marked_in_many_ways() {
    for (name, attributes, want) in [
        (
            "triage → billing.handoff",
            json!({"traceloop.span.kind": "handoff", "gen_ai.handoff.from_agent": "triage", "gen_ai.handoff.to_agent": "billing"}),
            to(Some("triage"), Some("billing")),
        ),
        (
            "triage → unknown.handoff",
            json!({"gen_ai.operation.name": "handoff", "gen_ai.agent.name": "triage", "gen_ai.handoff.to_agent": "unknown"}),
            to(Some("triage"), None),
        ),
        (
            "handoff to billing",
            json!({"openinference.span.kind": "TOOL", "input.value": "triage", "output.value": "billing"}),
            to(Some("triage"), Some("billing")),
        ),
        ("t", json!({"gen_ai.tool.name": "transfer_to_billing"}), to(None, Some("billing"))),
        ("t", json!({"gen_ai.tool.name": "transfer_back_to_triage"}), to(None, Some("triage"))),
        ("t", json!({"gen_ai.tool.name": "Handoff-transfer_to_billing"}), to(None, Some("billing"))),
        (
            "t",
            json!({"gen_ai.tool.name": "transfer_to_agent", "gen_ai.tool.call.arguments": "{\"agent_name\": \"billing\"}"}),
            to(None, Some("billing")),
        ),
        (
            "t",
            json!({"openinference.span.kind": "TOOL", "tool.name": "handoff", "input.value": "{\"kwargs\": {\"to_agent\": \"billing\"}}"}),
            to(None, Some("billing")),
        ),
        (
            "t",
            json!({"gen_ai.tool.name": "handoff_to_agent", "traceloop.entity.input": "{\"input_str\": \"{'agent_name': 'billing'}\"}"}),
            to(None, Some("billing")),
        ),
        ("t", json!({"gen_ai.tool.name": "transfer_to_agent"}), to(None, None)),
    ] {
        let step = step(&span_of(name, &attributes));
        assert_eq!((step.kind, step.handoff.as_deref()), (StepKind::Handoff, Some(&want)), "{attributes}");
    }
    for tool in ["transfer_money", "handoffs", "transfer_to_", "Delegate work to coworker"] {
        assert_eq!(step(&span("t", [("gen_ai.tool.name", tool)])).kind, StepKind::Tool, "{tool}");
    }
}

#[test]
fn plumbing_and_setup_are_no_runs() {
    for (name, attributes, plumbing, setup, agentic) in [
        ("create_agent a", json!({"gen_ai.operation.name": "create_agent"}), false, true, false),
        ("autogen send a", json!({"messaging.operation": "publish"}), true, false, false),
        (
            "POST",
            json!({"http.request.method": "POST", "server.address": "api.openai.com"}),
            true,
            false,
            false,
        ),
        ("chat room", json!({"session.id": "s", "server.address": "x"}), false, false, false),
        ("execute_task model", json!({"gen_ai.operation.name": "execute_task"}), true, false, true),
    ] {
        let step = step(&span_of(name, &attributes));
        assert_eq!((step.plumbing, step.setup, step.is_agentic()), (plumbing, setup, agentic), "{name}");
    }
}

#[test]
fn a_price_is_asked_for_what_answered() {
    let attributes = json!({
        "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "server.address": "api.openai.com",
        "gen_ai.request.model": "gpt-4o", "gen_ai.response.model": "gpt-4o-2024-08-06",
        "openai.response.service_tier": "flex", "gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 2,
        "llm.cost.prompt": 0.001, "llm.cost.completion": "0.002",
    });
    let pricing = read_in("", &span_of("chat", &attributes)).pricing;
    assert_eq!(pricing.response_model.as_deref(), Some("gpt-4o-2024-08-06"));
    assert_eq!(pricing.request_model.as_deref(), Some("gpt-4o"));
    assert_eq!(pricing.provider.as_deref(), Some("openai"));
    assert_eq!(pricing.server.as_deref(), Some("api.openai.com"));
    assert_eq!(pricing.service_tier.as_deref(), Some("flex"));
    assert_eq!(pricing.reported, Some(NanoUsd(3_000_000)));
    assert_eq!((pricing.usage.input, pricing.at), (Some(10), 1_000_000_000_000));
}
