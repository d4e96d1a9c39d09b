//! The same for platforms that watch agents, and for coding agents.

use serde_json::json;

use super::frameworks::{are_read, reported, tokens};
use super::{read_in, span_of, step};
use crate::model::{StepKind, StepStatus};

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
    assert_eq!((read.kind, &*read.name, read.model.as_deref()), (StepKind::Llm, "llm", Some("gpt-4o")));
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
                "haystack.agent.step.tool",
                json!({"haystack.tool.name": "get"}),
                StepKind::Tool,
                false,
                None,
                Some("get"),
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
fn claude_code_spans_are_read() {
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
}

#[test]
fn gemini_tools_tell_their_failure_in_their_output() {
    let tool = |output: &str| json!({"gen_ai.operation.name": "tool_call", "gen_ai.tool.name": "read_file", "gen_ai.output.messages": output});
    let read = |output: &str| read_in("gemini-cli", &span_of("tool_call", &tool(output))).step.status;
    assert_eq!(
        read("{\"status\":\"error\",\"response\":{\"resultDisplay\":\"no fi...[TRUNCATED"),
        StepStatus::Error
    );
    assert_eq!(read("{\"status\":\"success\"}"), StepStatus::Ok);
}

#[test]
fn a_hook_that_names_the_tool_it_watches_is_no_tool() {
    let hook = json!({"hook_event": "PreToolUse", "tool.name": "run_shell_command", "success": false,
        "error.type": "hook_error"});
    let read = read_in("qwen-code", &span_of("qwen-code.hook", &hook)).step;
    assert_eq!((read.kind, read.plumbing, read.tool), (StepKind::Other, true, None));
}

#[test]
fn codex_spans_are_read() {
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
}

#[test]
fn opencode_spans_are_read() {
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
