//! Full-text search: the words being typed, hits in context.

use tui_input::Input;

use crate::store::{HitPage, Mark, TextHit};
use crate::tui::scroll::{moved, reveal};

/// Rows of the screen that a hit takes: where it is, and the line.
pub const ROWS: u16 = 2;

/// State of the search.
#[derive(Debug, Default)]
pub struct Search {
    /// What is typed.
    pub line: Input,
    /// What the hits are of, or what was asked for last.
    asked: String,
    /// Under which number, until the answer is here.
    pub waits_for: Option<u64>,
    /// Whether the answer that is waited for begins the list anew.
    anew: bool,
    /// Hits, the newest first.
    pub hits: Vec<TextHit>,
    /// Where there are more.
    pub next: Option<Mark>,
    /// How much was looked through so far, of a hundred.
    pub percent: u8,
    /// Whether the file lacks words of texts that an earlier version kept.
    pub lacks_texts: bool,
    /// Why nothing could be searched.
    pub error: Option<String>,
    /// Hit under the cursor.
    pub at: usize,
    /// First hit in the window.
    pub top: usize,
}

/// What is to be done about the search.
#[derive(Debug, PartialEq, Eq)]
pub enum Quest {
    /// Ask for hits from this mark on, under this number.
    Ask(u64, String, Mark),
    /// What is asked is no longer wanted.
    Drop,
}

impl Search {
    /// What is to be asked: for words that changed from the beginning, for more where the end of the hits is in sight.
    pub fn quest(&mut self, height: usize, number: &mut u64) -> Option<Quest> {
        let typed = self.line.value().trim();
        let changed = typed != self.asked;
        if changed && typed.is_empty() {
            let waited = self.waits_for.is_some();
            *self = Self { line: std::mem::take(&mut self.line), ..Self::default() };
            return waited.then_some(Quest::Drop);
        }
        let more = self.waits_for.is_none() && self.top + 2 * height >= self.hits.len();
        let mark = if changed { Mark::default() } else { self.next.filter(|_| more)? };
        if changed {
            self.percent = 0;
        }
        (self.asked, self.anew) = (typed.to_owned(), self.anew || changed);
        *number += 1;
        self.waits_for = Some(*number);
        Some(Quest::Ask(*number, self.asked.clone(), mark))
    }

    /// What is said while an answer is waited for: how far it is, once that is known.
    pub fn words(&self) -> String {
        match (self.waits_for, self.percent) {
            (None, _) => String::new(),
            (Some(_), 0) => "searching".to_owned(),
            (Some(_), percent) => format!("searching, {percent} %"),
        }
    }

    /// Takes in hits; false if they are of another question.
    pub fn take(&mut self, number: u64, answer: Result<HitPage, String>) -> bool {
        if self.waits_for != Some(number) {
            return false;
        }
        self.waits_for = None;
        if std::mem::take(&mut self.anew) {
            (self.at, self.top, self.error) = (0, 0, None);
            self.hits.clear();
        }
        match answer {
            Ok(page) => {
                self.hits.extend(page.hits);
                (self.next, self.percent, self.lacks_texts) = (page.next, page.percent, page.lacks_texts);
            }
            Err(why) => (self.error, self.next) = (Some(why), None),
        }
        true
    }

    /// Moves the cursor.
    pub fn step(&mut self, step: isize) {
        self.at = moved(self.at, step, self.hits.len());
    }

    /// Puts the cursor on a hit.
    pub fn select(&mut self, at: usize) {
        self.at = at.min(self.hits.len().saturating_sub(1));
    }

    /// Brings the cursor into a window of so many hits.
    pub fn fit(&mut self, height: usize) {
        self.top = reveal(self.top, self.at, height, self.hits.len());
    }

    /// The hit under the cursor.
    pub fn hit(&self) -> Option<&TextHit> {
        self.hits.get(self.at)
    }
}
