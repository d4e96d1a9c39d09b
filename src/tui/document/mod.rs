//! A step made readable: logical lines with roles and folds, built on a loader thread and never changed.
//!
//! Lines are wrapped only when they come into the window. A line is at most [`LONGEST`] bytes, so a frame wraps a few
//! kilobytes however long the content is.

mod build;
mod cost;
mod diff;
mod json;
mod sections;
mod wrap;

pub use diff::{PairAsked, failed, notable, of_pair, why};
pub use sections::{missing, of_step};
pub use wrap::rows;

use super::theme::Role;

/// Longest logical line in bytes; longer ones are continued on the next. About fifty rows of a usual pane: long enough
/// that the seam is rare, short enough that a window of them is wrapped well within a frame.
pub const LONGEST: usize = 4096;

/// One logical line. Its text is already safe to show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// Columns it is moved in.
    pub indent: u16,
    /// Its text.
    pub text: String,
    /// Where each role ends, in bytes of the text, in order.
    pub roles: Vec<(usize, Role)>,
    /// Lines below that belong to it and can be folded away.
    pub holds: usize,
    /// Whether those are folded when the document is opened.
    pub folded: bool,
    /// A heading, with a rule after its text.
    pub ruled: bool,
    /// Goes on from the line above, which was too long.
    pub goes_on: bool,
}

impl Line {
    /// The role at a byte of the text.
    pub fn role_at(&self, at: usize) -> Role {
        self.roles.iter().find(|(end, _)| at < *end).map_or(Role::Text, |&(_, role)| role)
    }
}

/// Logical lines of one step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// The lines, a holder before what it holds.
    pub lines: Vec<Line>,
    /// Where it speaks of the cost.
    pub cost: Option<usize>,
}

impl Document {
    /// Line `at` and what it holds, as text to be copied.
    pub fn text_of(&self, at: usize) -> String {
        let last = self.lines.get(at).map_or(at, |line| at + line.holds);
        let lines = self.lines.iter().take(last + 1).skip(at);
        let margin = lines.clone().map(|l| l.indent).min().unwrap_or(0);
        let mut text = String::new();
        for line in lines {
            if !line.goes_on {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(&" ".repeat(usize::from(line.indent - margin)));
            }
            text.push_str(&line.text);
        }
        text
    }
}
