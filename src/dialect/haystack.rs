//! Haystack pipelines and agents (`dialects.md` 16). Tokens stand in the output of a generator alone.

use serde_json::Value as Json;

use super::evidence::Evidence;
use super::table::{Dialect, Field, Holds, Name, Row, gives, name, row, takes};
use super::{lenient, usage_object};
use crate::model::{Step, StepKind, Value};

/// The table.
pub(super) static DIALECT: Dialect =
    Dialect { rows: ROWS, kinds: &[], content: CONTENT, names: NAMES, refine };

const ROWS: &[Row] = &[
    row("haystack.component.name", Field::Entity, 150),
    row("haystack.component.type", Field::Component, 0),
    row("haystack.component.input", Field::Arguments, 150),
    row("haystack.agent.step.llm.input", Field::Arguments, 151),
    row("haystack.agent.step.tool.input", Field::Arguments, 152),
    row("haystack.component.output", Field::Result, 150),
    row("haystack.agent.step.llm.output", Field::Result, 151),
    row("haystack.agent.step.tool.output", Field::Result, 152),
    row("haystack.tool.name", Field::Tool, 150),
    row("haystack.tool.error", Field::Failure, 150),
];

const NAMES: &[Name] = &[
    name("haystack.pipeline.run", StepKind::Workflow),
    name("haystack.async_pipeline.run", StepKind::Workflow),
    name("haystack.component.run", StepKind::Task),
    name("haystack.agent.run", StepKind::Agent),
    name("haystack.agent.step", StepKind::Task).plumbing(),
    name("haystack.agent.step.llm", StepKind::Llm),
    name("haystack.agent.step.tool", StepKind::Tool),
];

const CONTENT: &[Holds] = &[
    takes("haystack.pipeline.input_data"),
    takes("haystack.component.input"),
    takes("haystack.agent.input"),
    takes("haystack.agent.step.llm.input"),
    takes("haystack.agent.step.tool.input"),
    gives("haystack.pipeline.output_data"),
    gives("haystack.component.output"),
    gives("haystack.agent.output"),
    gives("haystack.agent.step.llm.output"),
    gives("haystack.agent.step.tool.output"),
];

fn refine(evidence: &Evidence<'_>, step: &mut Step) {
    if step.kind == StepKind::Task
        && let Some(kind) = evidence.text(Field::Component).and_then(|class| kind_of_component(&class))
    {
        step.kind = kind;
        step.name = evidence.owned(Field::Entity).unwrap_or_else(|| step.name.clone());
    }
    if step.kind == StepKind::Llm && !step.usage.is_known() {
        answered(evidence, step);
    }
}

/// What a component does, by the ending of its class's name.
fn kind_of_component(class: &str) -> Option<StepKind> {
    let endings = [
        ("Generator", StepKind::Llm),
        ("Retriever", StepKind::Retrieval),
        ("Embedder", StepKind::Embedding),
        ("Ranker", StepKind::Rerank),
        // runs the tools that an answer asked for: a frame around them
        ("ToolInvoker", StepKind::Task),
        ("Agent", StepKind::Agent),
    ];
    endings.into_iter().find(|(ending, _)| class.ends_with(ending)).map(|(_, kind)| kind)
}

/// Model and tokens in `replies[].meta`, or `meta[]` of generators that give plain text.
fn answered(evidence: &Evidence<'_>, step: &mut Step) {
    let output = evidence.value(Field::Result).and_then(Value::as_str).and_then(lenient::parse);
    let Some(output) = output else { return };
    let replies = output.get("replies").unwrap_or(&output);
    let meta = replies
        .pointer("/0/meta")
        .or_else(|| replies.pointer("/0/_meta"))
        .or_else(|| output.pointer("/meta/0"));
    let Some(meta) = meta else { return };
    let text = |key: &str| meta.get(key).and_then(Json::as_str).map(str::to_owned);
    step.model = step.model.take().or_else(|| text("model").map(Into::into));
    if let Some(object) = meta.get("usage").and_then(usage_object::read_json) {
        step.usage = object.usage.into();
    }
}
