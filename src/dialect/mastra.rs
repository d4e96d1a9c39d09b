//! Mastra's extras beside the conventions, and `VoltAgent` (`dialects.md` 19).

use super::table::{Dialect, Field, Holds, KindKey, Row, Word, gives, no_refinement, row, takes, word};
use crate::model::StepKind;

/// The table.
pub(super) static DIALECT: Dialect =
    Dialect { rows: ROWS, kinds: KINDS, content: CONTENT, names: &[], refine: no_refinement };

const ROWS: &[Row] = &[
    row("mastra.metadata.sessionId", Field::Session, 170),
    row("mastra.metadata.threadId", Field::Session, 171),
    row("mastra.metadata.userId", Field::User, 170),
    row("voltagent.conversation_id", Field::Session, 172),
];

const KINDS: &[KindKey] = &[KindKey { key: "mastra.span.type", rank: 17, words: WORDS }];

const WORDS: &[Word] = &[
    word("agent_run", StepKind::Agent),
    word("model_generation", StepKind::Llm),
    // parts of one generation
    word("model_step", StepKind::Task).plumbing(),
    word("model_chunk", StepKind::Task).plumbing(),
    word("tool_call", StepKind::Tool),
    word("mcp_tool_call", StepKind::Tool),
    word("workflow_run", StepKind::Workflow),
    word("workflow_step", StepKind::Task),
    word("processor_run", StepKind::Task).plumbing(),
];

const CONTENT: &[Holds] = &[takes("agent.messages"), takes("llm.messages"), gives("mastra.output")];
