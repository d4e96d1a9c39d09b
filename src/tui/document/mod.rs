//! A step made readable: logical lines with roles and folds, built on a loader thread and never changed.
//!
//! Lines are wrapped only when they come into the window. A line is at most [`LONGEST`] bytes, so a frame wraps a few
//! kilobytes however long the content is.

mod ansi;
mod build;
mod context;
mod conversation;
mod cost;
mod diff;
mod gist;
mod json;
mod markdown;
mod scene;
mod sections;
mod stub;
mod table;
mod telemetry;
mod wrap;

pub use diff::{PairAsked, failed, notable, of_pair, why};
pub use gist::short;
pub use scene::of_scene;
pub use sections::{missing, of_step};
pub use wrap::rows;

use std::ops::Range;

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
    /// What is copied where that is not the text.
    pub copied: Option<Copied>,
}

/// What a line stands for, where its text is not that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Copied {
    /// The line as it was written, before Markdown was rendered.
    Raw(Box<str>),
    /// The value that the line names or holds: copied where it alone is asked for.
    Value(Box<str>),
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
    /// What is copied of line `at`: the value that it names, or else what it holds, or else the line.
    pub fn value_of(&self, at: usize) -> String {
        match self.lines.get(at) {
            Some(Line { copied: Some(Copied::Value(value)), .. }) => value.to_string(),
            Some(line) if line.holds > 0 => self.text_of(at + 1..at + 1 + line.holds),
            Some(_) => self.text_of(at..at + 1),
            None => String::new(),
        }
    }

    /// Lines as one text, Markdown as it was written.
    pub fn text_of(&self, lines: Range<usize>) -> String {
        let lines = self.lines.get(lines).unwrap_or_default();
        let margin = lines.iter().map(|line| line.indent).min().unwrap_or(0);
        let mut text = String::new();
        for (at, line) in lines.iter().enumerate() {
            if !line.goes_on {
                text.push_str(if at == 0 { "" } else { "\n" });
                text.extend(std::iter::repeat_n(' ', usize::from(line.indent - margin)));
            }
            match &line.copied {
                Some(Copied::Raw(raw)) => text.push_str(raw),
                _ => text.push_str(&line.text),
            }
        }
        text
    }
}
