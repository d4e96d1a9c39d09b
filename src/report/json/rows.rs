//! Steps of a tree as rows of the contract.

use serde::Serialize;

use super::line::Tokens;
use super::number::{Decimal, rfc3339};
use crate::analyze::tree::{Node, Row, Tree};
use crate::model::{CostSource, Handoff, Step, StepKind};

/// One step.
#[derive(Serialize)]
pub(super) struct StepRow<'a> {
    index: usize,
    span_id: String,
    parent_span_id: Option<String>,
    depth: u16,
    kind: &'static str,
    name: &'a str,
    agent: Option<&'a str>,
    model: Option<&'a str>,
    provider: Option<&'a str>,
    tool: Option<&'a str>,
    tool_call_id: Option<&'a str>,
    handoff: Option<Ends<'a>>,
    started_at: Option<String>,
    duration_ms: Option<Decimal>,
    tokens: Option<Tokens>,
    cost_usd: Option<Decimal>,
    cost_source: Option<&'static str>,
    status: &'static str,
    error: Option<&'a str>,
    input_digest: Option<String>,
    output_digest: Option<String>,
}

#[derive(Serialize)]
struct Ends<'a> {
    from: Option<&'a str>,
    to: Option<&'a str>,
}

/// The steps of `tree` in display order. A missing parent keeps its level but is no step and takes no index.
pub(super) fn steps<'a>(steps: &'a [Step], tree: &'a Tree) -> impl Iterator<Item = StepRow<'a>> + 'a {
    let present = tree.rows.iter().filter_map(|row| match row.node {
        Node::Step(at) => steps.get(at).map(|step| (row, step)),
        Node::Missing { .. } => None,
    });
    present.enumerate().map(|(index, (row, step))| step_row(index, row, step, steps))
}

fn step_row<'a>(index: usize, row: &Row, step: &'a Step, steps: &'a [Step]) -> StepRow<'a> {
    StepRow {
        index,
        span_id: step.span_id.to_string(),
        parent_span_id: step.parent_span_id.map(|id| id.to_string()),
        depth: row.depth,
        kind: step.kind.name(),
        name: &step.name,
        agent: row.agent.and_then(|at| steps.get(at)).unwrap_or(step).agent.as_deref(),
        model: step.model.as_deref(),
        provider: step.provider.as_deref(),
        tool: step.tool.as_deref(),
        tool_call_id: step.tool_call_id.as_deref().filter(|_| step.kind != StepKind::Llm),
        handoff: step.handoff.as_deref().map(ends),
        started_at: rfc3339(step.start),
        duration_ms: step.duration().map(Decimal::ms),
        tokens: row.counted.then(|| Tokens::of_step(&row.usage)).flatten(),
        cost_usd: row.own_cost.filter(|_| row.counted).map(|cost| Decimal::usd(cost.amount)),
        cost_source: cost_source(row, step),
        status: step.status.name(),
        error: step.error.as_deref(),
        input_digest: digest(step.input_digest),
        output_digest: digest(step.output_digest),
    }
}

fn ends(handoff: &Handoff) -> Ends<'_> {
    Ends { from: handoff.from.as_deref(), to: handoff.to.as_deref() }
}

/// Who says what the step cost; `unknown` only of a call that must have cost something, `null` of all that cost none.
fn cost_source(row: &Row, step: &Step) -> Option<&'static str> {
    let source = row.own_cost.map(|cost| match cost.source {
        CostSource::Reported => "reported",
        CostSource::Computed => "computed",
    });
    let costs = step.kind == StepKind::Llm || step.usage.is_known();
    source.or(costs.then_some("unknown")).filter(|_| row.counted)
}

fn digest(number: u64) -> Option<String> {
    (number != 0).then(|| format!("{number:016x}"))
}
