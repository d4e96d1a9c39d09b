//! One table per framework or style beside the four large dialects: what its spans are, and the facts on them.

use serde_json::{Value as Json, json};

use super::{read_in, span_of, step};
use crate::model::{Handoff, NanoUsd, Step, StepKind, StepStatus, Usage};

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
