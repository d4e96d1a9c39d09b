//! Mastra's extras beside the conventions, and `VoltAgent` (`dialects.md` 19).
//!
//! `model_generation` frames the whole exchange of one agent. Up to observability 1.10 it is the only span that names a
//! model and sums up what its steps used; later ones leave both to a `model_inference` below each step.

use super::evidence::Evidence;
use super::table::{Dialect, Field, Holds, KindKey, Row, Word, gives, row, takes, word};
use super::{lenient, usage_object};
use crate::model::{Step, StepKind, StepStatus};

/// The table.
pub(super) static DIALECT: Dialect =
    Dialect { rows: ROWS, kinds: KINDS, content: CONTENT, names: &[], refine };

const ROWS: &[Row] = &[
    row("mastra.metadata.sessionId", Field::Session, 170),
    row("mastra.metadata.threadId", Field::Session, 171),
    row("mastra.metadata.userId", Field::User, 170),
    row("voltagent.conversation_id", Field::Session, 172),
    row("subagent.name", Field::Agent, 170),
    // 0.x puts what the user gave beside everything else, without a prefix
    row("sessionId", Field::Session, 173),
    row("threadId", Field::Session, 174),
    row("userId", Field::User, 171),
    row("gen_ai.usage.cached_input_tokens", Field::CacheRead, 170),
];

const KINDS: &[KindKey] = &[
    KindKey { key: SPAN_TYPE, rank: 17, words: WORDS },
    // the one span of `VoltAgent` without a `span.type` is the agent's
    KindKey { key: VOLTAGENT, rank: 56, words: &[word("*", StepKind::Agent)] },
];

const VOLTAGENT: &str = "voltagent.operation_id";

const SPAN_TYPE: &str = "mastra.span.type";

const WORDS: &[Word] = &[
    word("agent_run", StepKind::Agent),
    word("model_generation", StepKind::Llm),
    word("model_inference", StepKind::Llm),
    // parts of one generation
    word("model_step", StepKind::Task).plumbing(),
    word("model_chunk", StepKind::Task).plumbing(),
    word("tool_call", StepKind::Tool),
    word("mcp_tool_call", StepKind::Tool),
    word("workflow_run", StepKind::Workflow),
    word("workflow_step", StepKind::Task),
    word("processor_run", StepKind::Task).plumbing(),
    word("mapping", StepKind::Task).plumbing(),
    // ran in the user's program, or at the provider
    word("client_tool_call", StepKind::Tool),
    word("provider_tool_call", StepKind::Tool),
    word("workflow_conditional", StepKind::Task).plumbing(),
    word("workflow_conditional_eval", StepKind::Task).plumbing(),
    word("workflow_parallel", StepKind::Task).plumbing(),
    word("workflow_loop", StepKind::Task).plumbing(),
    word("memory_operation", StepKind::Task),
    word("scorer_run", StepKind::Evaluation),
    word("scorer_step", StepKind::Task).plumbing(),
    word("rag_embedding", StepKind::Embedding),
    word("rag_vector_operation", StepKind::Retrieval),
];

const CONTENT: &[Holds] = &[takes("agent.messages"), takes("llm.messages"), gives("mastra.output")];

fn refine(evidence: &Evidence<'_>, step: &mut Step) {
    if step.kind == StepKind::Agent && evidence.span.attributes.get(VOLTAGENT).is_some() {
        voltagent(evidence, step);
    }
    match evidence.span.attributes.text(SPAN_TYPE) {
        Some("model_generation") if step.model.is_none() && !step.usage.is_known() => frame(step),
        Some("model_step") if !leaves_call_below(evidence) => call_in_step(evidence, step),
        Some(_) | None => {}
    }
    // the exporter says OK of every span that ended
    let is_mastra = evidence.span.attributes.get(SPAN_TYPE).is_some();
    if is_mastra && step.kind == StepKind::Llm && step.finish_reason.as_deref() == Some("error") {
        step.status = StepStatus::Error;
    }
}

/// All that happens below an agent names it as the entity; a sub-agent is named by its caller as well.
fn voltagent(evidence: &Evidence<'_>, step: &mut Step) {
    if step.agent.is_none() {
        step.agent = evidence.span.attributes.text("entity.name").map(Into::into);
    }
}

/// A generation that leaves its calls to the spans below.
fn frame(step: &mut Step) {
    step.kind = StepKind::Task;
    step.plumbing = true;
}

/// A `model_inference` below tells this step's call.
fn leaves_call_below(evidence: &Evidence<'_>) -> bool {
    evidence.span.attributes.text("gen_ai.operation.name") == Some("agent_step")
}

/// A step holds the provider's answer as it came, where it was not streamed: the only place that tells one call's tokens
/// from the sum of all.
fn call_in_step(evidence: &Evidence<'_>, step: &mut Step) {
    let body = ["mastra.metadata.body", "body"].iter().find_map(|key| evidence.span.attributes.text(key));
    let Some(answer) = body.and_then(lenient::parse) else { return };
    let Some(told) = answer.get("usage").and_then(usage_object::read_json) else { return };
    let text = |key: &str| answer[key].as_str().map(str::to_owned);
    step.kind = StepKind::Llm;
    step.plumbing = false;
    step.usage = told.usage.into();
    step.model = text("model").map(Into::into);
    step.response_id = text("id").map(Into::into);
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::tests::span_of;
    use super::*;
    use crate::dialect::interpret;
    use crate::model::{Resource, Scope, StatusCode};

    fn read(attributes: &Json) -> Step {
        let mut span = span_of("a span", attributes);
        span.status = StatusCode::OK;
        interpret(&span, &Resource::default(), &Scope::default()).step
    }

    fn step_with(operation: &str) -> Step {
        let body = r#"{"id": "resp_1", "model": "gpt-4o", "usage": {"input_tokens": 1000,
            "input_tokens_details": {"cached_tokens": 640}, "output_tokens": 52}}"#;
        read(
            &json!({SPAN_TYPE: "model_step", "gen_ai.operation.name": operation, "mastra.metadata.body": body}),
        )
    }

    #[test]
    fn a_step_is_the_call_whose_answer_it_holds() {
        for operation in ["model_step", "model.step"] {
            let step = step_with(operation);
            let seen = (step.kind, step.plumbing, step.model.as_deref(), step.response_id.as_deref());
            assert_eq!(seen, (StepKind::Llm, false, Some("gpt-4o"), Some("resp_1")), "{operation}");
            let usage = step.usage;
            assert_eq!((usage.input, usage.output, usage.cache_read), (Some(1000), Some(52), Some(640)));
        }
    }

    #[test]
    fn a_step_around_an_inference_is_none() {
        let step = step_with("agent_step");
        assert_eq!((step.kind, step.plumbing), (StepKind::Task, true));
        let streamed = read(&json!({SPAN_TYPE: "model_step", "gen_ai.operation.name": "model_step"}));
        assert_eq!((streamed.kind, streamed.plumbing), (StepKind::Task, true));
    }

    #[test]
    fn a_generation_without_a_model_of_its_own_is_a_frame() {
        let frame =
            read(&json!({SPAN_TYPE: "model_generation", "gen_ai.operation.name": "model_generation"}));
        assert_eq!((frame.kind, frame.plumbing), (StepKind::Task, true));
        let call = read(&json!({SPAN_TYPE: "model_generation", "gen_ai.operation.name": "chat",
            "gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 2017,
            "gen_ai.usage.output_tokens": 83, "gen_ai.usage.cached_input_tokens": 1280}));
        assert_eq!((call.kind, call.plumbing, call.usage.cache_read), (StepKind::Llm, false, Some(1280)));
    }

    #[test]
    fn voltagents_spans_below_an_agent_name_it_and_are_none() {
        let agent = read(&json!({VOLTAGENT: "op", "entity.type": "agent", "entity.name": "boss"}));
        assert_eq!((agent.kind, agent.agent.as_deref()), (StepKind::Agent, Some("boss")));
        let sub = read(&json!({VOLTAGENT: "op", "entity.name": "boss", "subagent.name": "weather"}));
        assert_eq!((sub.kind, sub.agent.as_deref()), (StepKind::Agent, Some("weather")));
        let call = read(&json!({"span.type": "llm", "entity.name": "boss", "llm.model": "gpt-4o"}));
        assert_eq!(call.kind, StepKind::Llm);
    }

    #[test]
    fn a_call_that_ended_in_an_error_failed_whatever_its_status() {
        let step = |reasons: &str| {
            read(&json!({SPAN_TYPE: "model_inference", "gen_ai.operation.name": "chat",
                "gen_ai.request.model": "gpt-4o", "gen_ai.response.finish_reasons": reasons}))
        };
        assert_eq!(step(r#"["error"]"#).status, StepStatus::Error);
        assert_eq!(step(r#"["stop"]"#).status, StepStatus::Ok);
    }
}
