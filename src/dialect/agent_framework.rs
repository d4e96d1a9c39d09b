//! Workflows of Microsoft's agent-framework (`dialects.md` 14): executors joined by messages. Its agents, calls and
//! tools speak the conventions.

use super::evidence::Evidence;
use super::table::{Dialect, Field, Holds, KindKey, Name, Row, Word, name, row, takes, word};
use crate::model::{Step, StepKind};

/// The table.
pub(super) static DIALECT: Dialect =
    Dialect { rows: ROWS, kinds: KINDS, content: CONTENT, names: NAMES, refine };

const ROWS: &[Row] = &[
    row("executor.id", Field::Agent, 165),
    row("message.source_id", Field::Mark, 165),
    row("edge_group.id", Field::Mark, 166),
];

const HIDDEN: &[Word] = &[word("*", StepKind::Task).plumbing()];

const KINDS: &[KindKey] = &[
    KindKey { key: "executor.id", rank: 50, words: HIDDEN },
    KindKey { key: "edge_group.type", rank: 51, words: HIDDEN },
    KindKey { key: "message.source_id", rank: 52, words: HIDDEN },
];

const SCOPE: &str = "agent_framework";

const NAMES: &[Name] = &[
    name("workflow.build", StepKind::Workflow).setup(),
    name("workflow.run", StepKind::Workflow),
    name("executor.process", StepKind::Task).plumbing().of(SCOPE),
    name("edge_group.process", StepKind::Task).plumbing().of(SCOPE),
    name("message.send", StepKind::Task).plumbing().of(SCOPE),
];

const CONTENT: &[Holds] = &[takes("workflow.definition")];

/// Executors that run no agent (`_InputToConversation`) are steps of the workflow.
fn refine(evidence: &Evidence<'_>, step: &mut Step) {
    let class = evidence.span.attributes.text("executor.type");
    if step.kind == StepKind::Task && class.is_some_and(|class| class.starts_with('_')) {
        step.agent = None;
    }
}
