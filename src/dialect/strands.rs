//! Strands Agents (`dialects.md` 10).

use super::evidence::Evidence;
use super::table::{Dialect, Field, KindKey, Name, Row, Word, name, row, word};
use super::{handoff, outcome};
use crate::model::{Handoff, Step, StepKind};

/// The table. Arguments and results stand in span events of the conventions.
pub(super) static DIALECT: Dialect = Dialect { rows: ROWS, kinds: KINDS, content: &[], names: NAMES, refine };

const ROWS: &[Row] = &[
    row("gen_ai.event.start_time", Field::Mark, 100),
    row("event_loop.cycle_id", Field::Mark, 101),
    row("gen_ai.agent.tools", Field::Mark, 102),
    row("memory.parent.trace_id", Field::ParentTrace, 100),
    row("memory.parent.span_id", Field::ParentSpan, 100),
    row("gen_ai.tool.status", Field::Outcome, 100),
    row("tool.status", Field::Outcome, 101),
];

const KINDS: &[KindKey] = &[KindKey { key: "gen_ai.operation.name", rank: 14, words: WORDS }];

const WORDS: &[Word] = &[word("execute_event_loop_cycle", StepKind::Task).plumbing()];

const SCOPE: &str = "strands";

const NAMES: &[Name] = &[
    name("execute_event_loop_cycle", StepKind::Task).plumbing().of(SCOPE),
    name("invoke_swarm", StepKind::Workflow).of(SCOPE),
    name("invoke_graph", StepKind::Workflow).of(SCOPE),
    name("memory.search", StepKind::Retrieval).of(SCOPE),
    name("memory.add", StepKind::Task).of(SCOPE),
    name("memory.inject", StepKind::Task).of(SCOPE),
    name("memory.extract", StepKind::Task).of(SCOPE),
];

fn refine(evidence: &Evidence<'_>, step: &mut Step) {
    let is_strands = evidence.scope.name.starts_with(SCOPE)
        || step.provider.as_deref().is_some_and(|provider| provider == "strands-agents");
    if !is_strands {
        return;
    }
    // milliseconds under the name that means seconds
    if let Some(milliseconds) = evidence.value(Field::FirstTokenSeconds) {
        step.time_to_first_token = outcome::milliseconds(milliseconds);
    }
    if step.kind == StepKind::Tool && step.tool.as_deref() == Some("handoff_to_agent") {
        step.kind = StepKind::Handoff;
        let to = target(evidence).map(Into::into);
        step.handoff = Some(Box::new(Handoff { from: step.agent.clone(), to }));
    }
}

/// The arguments are the message to the tool, an event.
fn target(evidence: &Evidence<'_>) -> Option<String> {
    let events = evidence.span.events.iter().filter(|event| event.name.starts_with("gen_ai."));
    events
        .filter_map(|event| {
            event.attributes.text("content").or_else(|| event.attributes.text("gen_ai.input.messages"))
        })
        .find_map(|text| handoff::argument_in(text, "agent_name"))
}
