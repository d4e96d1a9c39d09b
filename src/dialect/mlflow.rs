//! `MLflow` (`dialects.md` 9). Every value is JSON text, plain words too: `reading` takes off the quotes.

use super::evidence::Evidence;
use super::table::{Dialect, Field, Holds, KindKey, Row, Word, gives, row, takes, word};
use super::{handoff, langchain};
use crate::model::{Handoff, Step, StepKind, Value};

/// The table.
pub(super) static DIALECT: Dialect =
    Dialect { rows: ROWS, kinds: KINDS, content: CONTENT, names: &[], refine };

const ROWS: &[Row] = &[
    row("mlflow.llm.model", Field::RequestModel, 130),
    row("mlflow.llm.provider", Field::Provider, 130),
    row("mlflow.chat.tokenUsage", Field::UsageObject, 130),
    row("mlflow.trace.tokenUsage", Field::UsageObject, 131),
    row("mlflow.llm.cost", Field::CostObject, 130),
    row("mlflow.trace.cost", Field::CostObject, 131),
    row("mlflow.spanInputs", Field::Arguments, 130),
    row("mlflow.spanOutputs", Field::Result, 130),
    row("mlflow.trace.session", Field::Session, 130),
    row("mlflow.trace.user", Field::User, 130),
];

const KINDS: &[KindKey] = &[KindKey { key: "mlflow.spanType", rank: 3, words: WORDS }];

const WORDS: &[Word] = &[
    word("LLM", StepKind::Llm),
    word("CHAT_MODEL", StepKind::Llm),
    word("CHAIN", StepKind::Workflow),
    word("WORKFLOW", StepKind::Workflow),
    word("AGENT", StepKind::Agent),
    word("TOOL", StepKind::Tool),
    word("RETRIEVER", StepKind::Retrieval),
    word("EMBEDDING", StepKind::Embedding),
    word("RERANKER", StepKind::Rerank),
    word("GUARDRAIL", StepKind::Guardrail),
    word("EVALUATOR", StepKind::Evaluation),
    word("MEMORY", StepKind::Task),
    word("TASK", StepKind::Task),
    word("PARSER", StepKind::Task).plumbing(),
    word("UNKNOWN", StepKind::Other).vague(),
];

const CONTENT: &[Holds] =
    &[takes("mlflow.spanInputs"), takes("mlflow.chat.tools"), gives("mlflow.spanOutputs")];

fn refine(evidence: &Evidence<'_>, step: &mut Step) {
    // a LangGraph node's output tells of its call what the call's own span leaves out (reasoning tokens)
    if step.kind == StepKind::Task && !step.usage.is_known() {
        let output = evidence.value(Field::Result).and_then(Value::as_str);
        step.usage = output.and_then(langchain::usage_of_only_answer).unwrap_or_default().into();
    }
    openai_agents(evidence, step);
    super::step::name_by_span(step);
}

/// Of `OpenAI` Agents, `MLflow` knows agents, functions and answers: around them stands an agent that is the runner, the
/// turns are chains without a name, and so is a transfer.
fn openai_agents(evidence: &Evidence<'_>, step: &mut Step) {
    let argument = |field, name| handoff::argument_in(evidence.value(field)?.as_str()?, name);
    match (step.kind, evidence.span.name.as_str()) {
        (StepKind::Agent, _) if evidence.span.attributes.get("mlflow.openai.agent_run_root").is_some() => {
            step.kind = StepKind::Workflow;
        }
        (StepKind::Workflow, "Unknown") => {
            step.kind = StepKind::Task;
            step.plumbing = true;
        }
        (StepKind::Workflow, "Handoff") => {
            let from = argument(Field::Arguments, "from_agent");
            let to = argument(Field::Result, "to_agent");
            if from.is_some() || to.is_some() {
                step.kind = StepKind::Handoff;
                let (from, to) = (from.map(Into::into), to.map(Into::into));
                step.handoff = Some(Box::new(Handoff { from, to }));
            }
        }
        _ => {}
    }
}
