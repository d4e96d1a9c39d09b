//! Braintrust and Laminar: platforms whose SDKs write spans of their own (`dialects.md` 18, 19).

use super::evidence::Evidence;
use super::table::{Dialect, Field, Holds, KindKey, Row, Word, gives, row, takes, word};
use crate::model::{Step, StepKind};

/// The table.
pub(super) static DIALECT: Dialect =
    Dialect { rows: ROWS, kinds: KINDS, content: CONTENT, names: &[], refine };

const ROWS: &[Row] = &[
    row("braintrust.metadata.model", Field::RequestModel, 140),
    row("braintrust.metadata.provider", Field::Provider, 140),
    row("braintrust.metadata.session_id", Field::Session, 140),
    row("braintrust.metadata.user_id", Field::User, 140),
    row("braintrust.metrics", Field::UsageObject, 140),
    row("braintrust.metrics.prompt_tokens", Field::Input, 140),
    row("braintrust.metrics.completion_tokens", Field::Output, 140),
    row("braintrust.metrics.tokens", Field::Total, 140),
    row("braintrust.metrics.prompt_cached_tokens", Field::CacheRead, 140),
    row("braintrust.metrics.prompt_cache_creation_tokens", Field::CacheWrite, 140),
    row("braintrust.metrics.completion_reasoning_tokens", Field::Reasoning, 140),
    row("braintrust.metrics.estimated_cost", Field::Cost, 140),
    row("braintrust.metrics.time_to_first_token", Field::FirstTokenSeconds, 140),
    row("braintrust.input_json", Field::Arguments, 140),
    row("braintrust.input", Field::Arguments, 141),
    row("braintrust.output_json", Field::Result, 140),
    row("braintrust.output", Field::Result, 141),
    row("lmnr.span.input", Field::Arguments, 142),
    row("lmnr.span.output", Field::Result, 142),
    row("lmnr.association.properties.session_id", Field::Session, 141),
    row("lmnr.association.properties.user_id", Field::User, 141),
];

const KINDS: &[KindKey] = &[
    KindKey { key: "braintrust.span_attributes.type", rank: 7, words: TYPES },
    KindKey { key: "lmnr.span.type", rank: 5, words: LAMINAR },
];

const TYPES: &[Word] = &[
    word("llm", StepKind::Llm),
    word("tool", StepKind::Tool),
    word("function", StepKind::Task),
    word("task", StepKind::Task),
    word("score", StepKind::Evaluation),
    word("eval", StepKind::Evaluation),
];

const LAMINAR: &[Word] = &[
    word("LLM", StepKind::Llm),
    word("CACHED", StepKind::Llm),
    word("TOOL", StepKind::Tool),
    word("EXECUTOR", StepKind::Agent),
    word("PIPELINE", StepKind::Workflow),
    word("EVALUATOR", StepKind::Evaluation),
    word("EVALUATION", StepKind::Evaluation),
    word("HUMAN_EVALUATOR", StepKind::Evaluation),
    word("DEFAULT", StepKind::Task).vague(),
];

const CONTENT: &[Holds] = &[
    takes("braintrust.input"),
    takes("braintrust.input_json"),
    takes("lmnr.span.input"),
    gives("braintrust.output"),
    gives("braintrust.output_json"),
    gives("lmnr.span.output"),
];

/// Type, model and provider may stand in JSON objects instead of attributes of their own.
fn refine(evidence: &Evidence<'_>, step: &mut Step) {
    if evidence.kind().is_none()
        && let Some(said) = evidence.span.attributes.text("braintrust.span_attributes")
        && let Some(meaning) = type_in(said).and_then(|word| super::evidence::meaning(TYPES, &word))
    {
        step.kind = meaning.kind;
        if step.tool.is_none() {
            step.tool = evidence.owned(Field::Tool);
        }
    }
    if step.model.is_none()
        && let Some(metadata) =
            evidence.span.attributes.text("braintrust.metadata").and_then(super::lenient::parse)
    {
        let named = |key: &str| metadata.get(key)?.as_str().map(str::to_owned);
        step.model = named("model").map(Into::into);
        step.provider = step.provider.take().or_else(|| named("provider").map(Into::into));
    }
    super::step::name_by_span(step);
}

fn type_in(object: &str) -> Option<String> {
    super::lenient::parse(object)?.get("type")?.as_str().map(str::to_owned)
}
