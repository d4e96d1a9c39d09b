//! Langfuse (`dialects.md` 6). Buckets of tokens are disjoint: `usage_object` joins them.

use super::evidence::Evidence;
use super::reading;
use super::table::{Dialect, Field, Holds, KindKey, Row, Word, gives, row, takes, word};
use crate::model::{Step, StepKind};

/// The table.
pub(super) static DIALECT: Dialect =
    Dialect { rows: ROWS, kinds: KINDS, content: CONTENT, names: &[], refine };

const ROWS: &[Row] = &[
    row("langfuse.observation.model.name", Field::RequestModel, 120),
    row("langfuse.observation.usage_details", Field::UsageObject, 120),
    row("langfuse.observation.cost_details", Field::CostObject, 120),
    row("langfuse.observation.input", Field::Arguments, 120),
    row("langfuse.observation.output", Field::Result, 120),
    row("langfuse.observation.completion_start_time", Field::FirstTokenTime, 0),
    row("langfuse.observation.level", Field::Outcome, 120),
    row("langfuse.observation.status_message", Field::Remark, 0),
    row("langfuse.session.id", Field::Session, 120),
    row("langfuse.user.id", Field::User, 120),
];

const KINDS: &[KindKey] = &[KindKey { key: "langfuse.observation.type", rank: 2, words: WORDS }];

const WORDS: &[Word] = &[
    word("generation", StepKind::Llm),
    word("agent", StepKind::Agent),
    word("tool", StepKind::Tool),
    word("chain", StepKind::Workflow),
    word("retriever", StepKind::Retrieval),
    word("embedding", StepKind::Embedding),
    word("guardrail", StepKind::Guardrail),
    word("evaluator", StepKind::Evaluation),
    word("span", StepKind::Task).vague(),
    word("event", StepKind::Other).vague(),
];

const CONTENT: &[Holds] = &[
    takes("langfuse.observation.input"),
    takes("langfuse.trace.input"),
    gives("langfuse.observation.output"),
    gives("langfuse.trace.output"),
];

fn refine(evidence: &Evidence<'_>, step: &mut Step) {
    let signs = [Field::RequestModel, Field::UsageObject, Field::CostObject, Field::FirstTokenTime];
    // Python SDKs up to 3.3.0 called generations spans
    if evidence.kind().is_some_and(|kind| kind.vague) && signs.iter().any(|&sign| evidence.has(sign)) {
        step.kind = StepKind::Llm;
    }
    if let Some(at) = evidence.text(Field::FirstTokenTime).and_then(|text| reading::time(&text)) {
        step.time_to_first_token = at.checked_sub(step.start).or(step.time_to_first_token);
    }
    if step.status == crate::model::StepStatus::Error
        && let Some(remark) = evidence.text(Field::Remark)
        && evidence.span.status_message.is_empty()
    {
        step.error = Some(super::outcome::one_line(&remark).into());
    }
    super::step::name_by_span(step);
}
