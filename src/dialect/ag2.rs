//! AG2's own spans (`autogen.opentelemetry`): the conventions, and a chat around agents that take turns.

use super::evidence::Evidence;
use super::table::{Dialect, Field, KindKey, Row, Word, row, word};
use crate::model::{Handoff, Step, StepKind};

/// The table.
pub(super) static DIALECT: Dialect = Dialect { rows: ROWS, kinds: KINDS, content: &[], names: &[], refine };

const ROWS: &[Row] = &[row("ag2.span.type", Field::Mark, 175)];

const KINDS: &[KindKey] = &[KindKey { key: "ag2.span.type", rank: 58, words: WORDS }];

const WORDS: &[Word] = &[
    word("conversation", StepKind::Workflow),
    word("multi_conversation", StepKind::Workflow),
    word("speaker_selection", StepKind::Task).plumbing(),
    word("human_input", StepKind::Task),
    word("code_execution", StepKind::Tool),
];

/// The names AG2 gives to what is an agent to its chats and to nobody else: who runs all agents' tools, who asks for them
/// in a user's place, who says whose turn it is.
const HELPERS: [&str; 3] = ["_Group_Tool_Executor", "_User", "chat_manager"];

fn refine(evidence: &Evidence<'_>, step: &mut Step) {
    if step.agent.as_deref().is_some_and(|agent| HELPERS.contains(&agent)) {
        step.agent = None;
        if step.kind == StepKind::Agent {
            step.kind = StepKind::Task;
            step.plumbing = true;
        }
    }
    if step.kind == StepKind::Tool
        && step.tool.as_deref().is_some_and(|tool| tool.starts_with("transfer_to_"))
    {
        step.handoff =
            target(evidence).map(|to| Box::new(Handoff { from: step.agent.clone(), to: Some(to.into()) }));
        if step.handoff.is_some() {
            step.kind = StepKind::Handoff;
        }
    }
}

/// Transfer tools are numbered (`transfer_to_billing_1`): what they answer has the agent's name as it is.
fn target(evidence: &Evidence<'_>) -> Option<String> {
    let answer = evidence.text(Field::Result)?;
    answer.trim().strip_prefix("Transfer to ").map(str::to_owned)
}
