//! `OpenLIT` (`dialects.md` 19): the conventions, with nodes of graphs for agents.

use super::evidence::Evidence;
use super::langchain;
use super::table::{Dialect, Field, Row, row};
use crate::model::{Step, StepKind};

/// The table.
pub(super) static DIALECT: Dialect = Dialect { rows: ROWS, kinds: &[], content: &[], names: &[], refine };

const ROWS: &[Row] = &[row("gen_ai.application_name", Field::Mark, 190)];

/// Every node of a `LangGraph` graph is an `invoke_agent`; those that all prebuilt agents have are none.
fn refine(evidence: &Evidence<'_>, step: &mut Step) {
    let is_node = evidence.scope.name == "openlit.instrumentation.langgraph" && step.kind == StepKind::Agent;
    if is_node && step.agent.as_deref().is_some_and(langchain::is_common_node) {
        step.kind = StepKind::Task;
        step.plumbing = true;
        step.agent = None;
    }
}
