//! What Tab offers for the line being typed, and which of it stands there.

use tui_input::Input;

use crate::report::filter::Completion;

/// Candidates for a part of a line.
#[derive(Debug)]
pub struct Offer {
    before: String,
    after: String,
    /// Candidates, the likeliest first.
    pub with: Vec<String>,
    /// The one that stands in the line.
    pub at: usize,
}

impl Offer {
    /// What may stand in a line in place of the part that `completion` names.
    pub fn new(line: &str, completion: Completion) -> Self {
        let Completion { at, with } = completion;
        let part = |range: std::ops::Range<usize>| line.get(range).unwrap_or_default().to_owned();
        Self { before: part(0..at.start), after: part(at.end..line.len()), with, at: 0 }
    }

    /// The next candidate, or the one before.
    pub fn turn(&mut self, back: bool) {
        let count = self.with.len().max(1);
        self.at = if back { self.at + count - 1 } else { self.at + 1 } % count;
    }

    /// The line with the candidate, the caret behind it.
    pub fn line(&self) -> Input {
        let chosen = self.with.get(self.at).map_or("", String::as_str);
        let caret = self.before.chars().count() + chosen.chars().count();
        Input::new(format!("{}{chosen}{}", self.before, self.after)).with_cursor(caret)
    }
}
