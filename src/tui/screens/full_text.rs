//! What the list's filter asks of the full-text search: what was asked last, what came of it so far.

use crate::model::{RunKey, UnixNanos};

/// Answers are asked for again when news came and the last are this old: often enough to follow, and no load.
const FRESH: u64 = 2_000_000_000;

/// The search behind a filter's texts.
#[derive(Debug, Default)]
pub struct FullText {
    /// What was asked last.
    texts: Vec<String>,
    /// Under which number, until the whole answer is here.
    pub waits_for: Option<u64>,
    /// For each text the runs that hold it, ascending: those of the last question until the new ones are here.
    pub found: Vec<Vec<RunKey>>,
    /// When it was asked.
    asked: UnixNanos,
    /// Whether there were news since.
    pub is_stale: bool,
}

/// What is to be done about a filter's texts.
#[derive(Debug, PartialEq, Eq)]
pub enum Wish {
    /// Nothing.
    None,
    /// Ask for these under this number.
    Ask(u64, Vec<String>),
    /// What is asked is no longer wanted.
    Drop,
}

impl FullText {
    /// Compares what is wanted with what was asked. `number` is counted on for a new question.
    pub fn wish(&mut self, wanted: &[String], now: UnixNanos, number: &mut u64) -> Wish {
        if self.texts == wanted {
            let again = self.is_stale && self.waits_for.is_none() && now.saturating_sub(self.asked) >= FRESH;
            if wanted.is_empty() || !again {
                return Wish::None;
            }
        }
        self.is_stale = false;
        self.texts = wanted.to_vec();
        if wanted.is_empty() {
            self.found.clear();
            return if self.waits_for.take().is_some() { Wish::Drop } else { Wish::None };
        }
        self.found.truncate(wanted.len());
        *number += 1;
        (self.waits_for, self.asked) = (Some(*number), now);
        Wish::Ask(*number, self.texts.clone())
    }
}
