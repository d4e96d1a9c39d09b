//! Spring AI (`dialects.md` 15), by way of Micrometer, and Semantic Kernel's extras beside the conventions (14).

use super::table::{Dialect, Field, Holds, KindKey, Row, Word, gives, no_refinement, row, takes, word};
use crate::model::StepKind;

/// The table.
pub(super) static DIALECT: Dialect =
    Dialect { rows: ROWS, kinds: KINDS, content: CONTENT, names: &[], refine: no_refinement };

const ROWS: &[Row] = &[
    row("spring.ai.tool.definition.name", Field::Tool, 160),
    row("spring.ai.tool.call.arguments", Field::Arguments, 160),
    row("spring.ai.tool.call.result", Field::Result, 160),
    row("spring.ai.chat.client.conversation.id", Field::Session, 160),
];

const KINDS: &[KindKey] = &[
    KindKey { key: "spring.ai.kind", rank: 8, words: WORDS },
    KindKey { key: "gen_ai.operation.name", rank: 16, words: &[word("framework", StepKind::Workflow)] },
];

const WORDS: &[Word] = &[
    word("chat_client", StepKind::Workflow),
    word("advisor", StepKind::Task).plumbing(),
    word("tool_call", StepKind::Tool),
    word("vector_store", StepKind::Retrieval),
];

const CONTENT: &[Holds] = &[
    takes("spring.ai.tool.call.arguments"),
    takes("sk.available_functions"),
    gives("spring.ai.tool.call.result"),
];
