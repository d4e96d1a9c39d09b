//! Where the lines of a document are in a newer one of the same step.

use crate::tui::document::{Document, Line};

/// How the lines of a document became those of a newer one: both begin and end alike.
pub(super) struct Shift {
    head: usize,
    tail: usize,
    old: usize,
    new: usize,
}

impl Shift {
    pub(super) fn between(old: &Document, new: &Document) -> Self {
        // a holder is the same although it holds more
        let same = |(a, b): &(&Line, &Line)| (a.indent, &a.text, &a.roles) == (b.indent, &b.text, &b.roles);
        let head = old.lines.iter().zip(&new.lines).take_while(same).count();
        let most = old.lines.len().min(new.lines.len()) - head;
        let ends = old.lines.iter().rev().zip(new.lines.iter().rev());
        let tail = ends.take(most).take_while(same).count();
        Self { head, tail, old: old.lines.len(), new: new.lines.len() }
    }

    /// The old line that a new one is, if it is one.
    pub(super) fn old_of(&self, new: usize) -> Option<usize> {
        if new < self.head {
            return Some(new);
        }
        (new >= self.new - self.tail).then(|| new + self.old - self.new)
    }

    /// Where an old line is now, or what came in its place.
    pub(super) fn new_of(&self, old: usize) -> usize {
        if old >= self.old - self.tail { old + self.new - self.old } else { old.min(self.new - self.tail) }
    }
}
