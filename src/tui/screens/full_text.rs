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
    /// How much was looked through for them, of a hundred.
    pub percent: u8,
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
    /// What is said while an answer is waited for; after half a second also how far it is, once that is known.
    pub fn words(&self, now: UnixNanos) -> String {
        const PATIENCE: u64 = 500_000_000;
        match self.waits_for {
            None => String::new(),
            Some(_) if self.percent == 0 || now.saturating_sub(self.asked) < PATIENCE => {
                "searching".to_owned()
            }
            Some(_) => format!("searching, {} %", self.percent),
        }
    }

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
        (self.waits_for, self.asked, self.percent) = (Some(*number), now, 0);
        Wish::Ask(*number, self.texts.clone())
    }
}
