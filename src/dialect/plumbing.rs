//! Spans of the program around the agents: HTTP, RPC, databases, queues. Believed last; hidden by default where they
//! stand for nothing else.

use super::table::{Dialect, KindKey, Word, no_refinement, word};
use crate::model::StepKind;

/// The table: nothing but kinds, ranked behind every dialect's own.
pub(super) static DIALECT: Dialect =
    Dialect { rows: &[], kinds: KINDS, content: &[], names: &[], refine: no_refinement };

const HIDDEN: &[Word] = &[word("*", StepKind::Other).vague().plumbing()];

const KINDS: &[KindKey] = &[
    KindKey { key: "messaging.operation", rank: 90, words: HIDDEN },
    KindKey { key: "messaging.operation.type", rank: 91, words: HIDDEN },
    KindKey { key: "messaging.system", rank: 92, words: HIDDEN },
    KindKey { key: "http.request.method", rank: 93, words: HIDDEN },
    KindKey { key: "http.method", rank: 94, words: HIDDEN },
    KindKey { key: "rpc.system", rank: 95, words: HIDDEN },
    KindKey { key: "db.system", rank: 96, words: HIDDEN },
    KindKey { key: "db.system.name", rank: 97, words: HIDDEN },
];
