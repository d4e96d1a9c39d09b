//! Google's Agent Development Kit, both schemas (`dialects.md` 11).

use super::evidence::Evidence;
use super::table::{Dialect, Field, Holds, Name, Row, gives, name, row, takes};
use crate::model::{Step, StepKind};

/// The table.
pub(super) static DIALECT: Dialect =
    Dialect { rows: ROWS, kinds: &[], content: CONTENT, names: NAMES, refine };

const ROWS: &[Row] = &[
    row("gcp.vertex.agent.event_id", Field::Mark, 110),
    row("gcp.vertex.agent.invocation_id", Field::Execution, 110),
    row("gcp.vertex.agent.tool_call_args", Field::Arguments, 110),
    row("gcp.vertex.agent.tool_response", Field::Result, 110),
    row("gcp.vertex.agent.session_id", Field::Session, 110),
    row("gen_ai.usage.experimental.reasoning_tokens", Field::Reasoning, 110),
];

const SCOPE: &str = "gcp.vertex.agent";

const NAMES: &[Name] = &[
    name("invocation", StepKind::Workflow).of(SCOPE),
    name("call_llm", StepKind::Llm).of(SCOPE),
    name("agent_run", StepKind::Agent).of(SCOPE),
];

const CONTENT: &[Holds] = &[
    takes("gcp.vertex.agent.llm_request"),
    takes("gcp.vertex.agent.tool_call_args"),
    gives("gcp.vertex.agent.llm_response"),
    gives("gcp.vertex.agent.tool_response"),
];

/// Tools that ran at once are summed up in one span more.
fn refine(_: &Evidence<'_>, step: &mut Step) {
    let merged = |name: &str| name.starts_with("(merged");
    if step.kind == StepKind::Tool && step.tool.as_deref().is_some_and(merged) {
        step.kind = StepKind::Task;
        step.plumbing = true;
    }
    if step.tool_call_id.as_deref() == Some("<not specified>") {
        step.tool_call_id = None;
    }
}
