//! The detail pane: a document, its folds, a cursor that moves by rows on the screen.
//!
//! A place is a line and a row within it, so that scrolling never needs the height of the whole: what is wrapped is
//! what the cursor passes.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use crate::tui::backend::{Asked, RowId};
use crate::tui::document::{Document, Line, rows};
use crate::tui::search::{Needle, Search};

use super::shift::Shift;

/// A row on the screen: the line among those that can be seen, and the row within it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line among those that can be seen.
    pub line: usize,
    /// Row within it.
    pub row: usize,
}

/// State of the pane.
#[derive(Debug, Default)]
pub struct DetailPane {
    /// Row of the tree that it shows or waits for.
    pub of: Option<RowId>,
    /// That row's step, as it was when asked for.
    pub asked: Option<Asked>,
    /// Number of the request that it waits for.
    pub waits_for: Option<u64>,
    /// What it shows.
    pub document: Option<Arc<Document>>,
    /// Goes to what is said of the cost once it is here.
    pub seeks_cost: bool,
    /// Why there is nothing to show.
    pub error: Option<String>,
    /// Lines whose contents are folded away.
    pub folded: HashSet<usize>,
    /// Lines that can be seen, ascending.
    pub shown: Vec<usize>,
    /// Cursor.
    pub cursor: Place,
    /// First row in the window.
    pub top: Place,
    /// What is looked for in it.
    pub search: Option<Search<Hit>>,
    /// Where the cursor was when the search began.
    pub search_from: Place,
}

/// Where what is looked for stands: the line of the document, the byte of its text.
pub type Hit = (usize, usize);

impl DetailPane {
    /// Shows a document. The same step's newer one keeps the place, another one begins at its first row.
    pub fn set(&mut self, document: Arc<Document>, same_step: bool) {
        self.error = None;
        if let Some(old) = self.document.take().filter(|_| same_step) {
            self.replace(&old, document);
        } else {
            let folded = document.lines.iter().enumerate().filter(|(_, line)| line.folded);
            self.folded = folded.map(|(at, _)| at).collect();
            self.document = Some(document);
            if !same_step {
                (self.cursor, self.top) = (Place::default(), Place::default());
            }
            self.refresh();
        }
        self.seek();
    }

    /// Shows a newer document of the same step: what both have at their beginnings and ends stays folded as it is, and
    /// the cursor and the window stay on their lines.
    fn replace(&mut self, old: &Document, new: Arc<Document>) {
        let shift = Shift::between(old, &new);
        let held =
            [self.cursor, self.top].map(|place| self.shown.get(place.line).map(|&line| shift.new_of(line)));
        let folded = |(at, line): (usize, &Line)| {
            shift.old_of(at).map_or(line.folded, |old| self.folded.contains(&old)).then_some(at)
        };
        self.folded = new.lines.iter().enumerate().filter_map(folded).collect();
        self.document = Some(new);
        self.refresh();
        for (place, line) in [&mut self.cursor, &mut self.top].into_iter().zip(held) {
            let Some(line) = line else { continue };
            place.line = self.shown.partition_point(|&shown| shown <= line).saturating_sub(1);
        }
    }

    /// Looks for what was typed in the whole document, folded parts too.
    pub fn seek(&mut self) {
        let (Some(search), Some(document)) = (&mut self.search, self.document.as_deref()) else {
            return;
        };
        let needle = Needle::new(search.input.value());
        let lines = 0..document.lines.len();
        search
            .set(lines.flat_map(|nth| needle.iter().flat_map(move |needle| hits_of(document, nth, needle))));
    }

    /// Goes to the first hit at `from` or after it, or back to `from` where there is none.
    pub fn go_to_first(&mut self, from: Place, columns: usize) {
        let start = self.hit_of(from, columns);
        match self.search.as_mut().and_then(|search| search.first_from(start)) {
            Some(hit) => self.go_to(hit, columns),
            None => self.cursor = from,
        }
    }

    /// Goes to the next hit, or the previous one.
    pub fn go_on(&mut self, forward: bool, columns: usize) {
        let row = self.row_of(self.cursor, columns);
        let line = self.shown.get(self.cursor.line).copied().unwrap_or(0);
        let here = self.search.as_ref().and_then(Search::here);
        let found = match here.filter(|hit| hit.0 == line && row.contains(&hit.1)) {
            Some(hit) => self.search.as_mut().and_then(|search| search.beside(hit, forward)),
            None if forward => self.search.as_mut().and_then(|search| search.first_from((line, row.start))),
            None => self.search.as_mut().and_then(|search| search.beside((line, row.start), false)),
        };
        if let Some(hit) = found {
            self.go_to(hit, columns);
        }
    }

    /// Unfolds what hides a hit and puts the cursor on its row.
    fn go_to(&mut self, (line, byte): Hit, columns: usize) {
        let lines = self.document.as_deref().map_or(&[][..], |document| &document.lines);
        let holds = |at: usize| lines.get(at).is_some_and(|above| at < line && at + above.holds >= line);
        let before = self.folded.len();
        self.folded.retain(|&at| !holds(at));
        if self.folded.len() != before {
            self.refresh();
        }
        let line = self.shown.partition_point(|&shown| shown < line);
        let row = self.rows_of(line, columns).partition_point(|&(_, end)| end <= byte);
        self.cursor = Place { line, row };
    }

    /// Where a row of the screen begins.
    fn hit_of(&self, place: Place, columns: usize) -> Hit {
        let line = self.shown.get(place.line).copied().unwrap_or(0);
        (line, self.row_of(place, columns).start)
    }

    /// Bytes of a row of the screen.
    fn row_of(&self, place: Place, columns: usize) -> Range<usize> {
        let rows = self.rows_of(place.line, columns);
        rows.get(place.row).or(rows.last()).map_or(0..0, |&(from, to)| from..to)
    }

    /// Counts again which lines can be seen.
    pub fn refresh(&mut self) {
        self.shown.clear();
        let lines = self.document.as_deref().map_or(&[][..], |document| &document.lines);
        let mut at = 0;
        while let Some(line) = lines.get(at) {
            self.shown.push(at);
            at += 1 + if self.folded.contains(&at) { line.holds } else { 0 };
        }
        let last = self.shown.len().saturating_sub(1);
        for place in [&mut self.cursor, &mut self.top] {
            if place.line > last {
                *place = Place { line: last, row: 0 };
            }
        }
    }

    /// The line at a place among those shown.
    pub fn line(&self, shown: usize) -> Option<&Line> {
        self.document.as_deref()?.lines.get(*self.shown.get(shown)?)
    }

    /// Byte ranges of a line's rows in `columns`.
    pub fn rows_of(&self, shown: usize, columns: usize) -> Vec<(usize, usize)> {
        self.line(shown).map_or_else(
            || vec![(0, 0)],
            |line| rows(&line.text, columns.saturating_sub(usize::from(line.indent)).max(columns / 3)),
        )
    }

    /// Moves the cursor by rows.
    pub fn step(&mut self, step: isize, columns: usize) {
        self.cursor = match step {
            isize::MIN => Place::default(),
            isize::MAX => self.end(columns),
            _ => self.walked(self.cursor, step, columns),
        };
    }

    /// Moves the window by rows, the cursor only as far as it must to stay in it.
    pub fn scroll(&mut self, step: isize, columns: usize, height: usize) {
        let height = isize::try_from(height.max(1)).unwrap_or(isize::MAX);
        let lowest_top = self.walked(self.end(columns), 1 - height, columns);
        self.top = self.walked(self.top, step, columns).min(lowest_top);
        let bottom = self.walked(self.top, height - 1, columns);
        self.cursor = self.cursor.clamp(self.top, bottom);
    }

    /// Brings the cursor into a window of this height.
    pub fn fit(&mut self, columns: usize, height: usize) {
        let height = isize::try_from(height.max(1)).unwrap_or(isize::MAX);
        let rows = self.rows_of(self.cursor.line, columns).len();
        self.cursor.row = self.cursor.row.min(rows - 1);
        let highest_top = self.walked(self.cursor, 1 - height, columns);
        self.top = self.top.clamp(highest_top, self.cursor);
    }

    /// Whether the cursor's line holds others, and whether they are folded away.
    pub fn fold_state(&self) -> Option<bool> {
        let line = self.line(self.cursor.line)?;
        (line.holds > 0).then(|| self.folded.contains(&self.shown[self.cursor.line]))
    }

    /// Whether there is something to fold at the cursor, or a line that holds it.
    pub fn can_fold(&self) -> bool {
        self.fold_state() == Some(false) || self.holder().is_some()
    }

    /// Whether a line that holds others is not folded.
    pub fn can_fold_all(&self) -> bool {
        let lines = self.document.as_deref().map_or(&[][..], |document| &document.lines);
        lines.iter().enumerate().any(|(at, line)| line.holds > 0 && !self.folded.contains(&at))
    }

    /// Folds the cursor's line, or goes to the line that holds it.
    pub fn fold(&mut self) {
        if self.fold_state() == Some(false) {
            self.folded.insert(self.shown[self.cursor.line]);
            self.cursor.row = 0;
        } else if let Some(holder) = self.holder() {
            self.cursor = Place { line: holder, row: 0 };
        }
        self.refresh();
    }

    /// Unfolds the cursor's line.
    pub fn unfold(&mut self) {
        if let Some(&at) = self.shown.get(self.cursor.line) {
            self.folded.remove(&at);
            self.refresh();
        }
    }

    /// Folds or unfolds the cursor's line.
    pub fn toggle(&mut self) {
        if self.fold_state() == Some(true) { self.unfold() } else { self.fold() }
    }

    /// Whether it shows what it is asked for.
    pub const fn is_current(&self) -> bool {
        self.waits_for.is_none() && self.document.is_some()
    }

    /// Whether what is said of the cost is at the top of the window, and the cursor on it.
    pub fn is_at_cost(&self) -> bool {
        let cost = self.document.as_deref().and_then(|document| document.cost);
        cost.is_some()
            && self.shown.get(self.cursor.line).copied() == cost
            && self.cursor.row == 0
            && self.top == self.cursor
    }

    /// Brings what is said of the cost to the top of the window; whether there is any.
    pub fn go_to_cost(&mut self) -> bool {
        self.seeks_cost = false;
        let at = self.document.as_deref().and_then(|document| document.cost);
        let shown = at.and_then(|at| self.shown.binary_search(&at).ok());
        if let Some(line) = shown {
            (self.cursor, self.top) = (Place { line, row: 0 }, Place { line, row: 0 });
        }
        shown.is_some()
    }

    /// Folds or unfolds everything; the cursor stays on its line or goes to what holds it.
    pub fn fold_all(&mut self, folded: bool) {
        let at = self.shown.get(self.cursor.line).copied().unwrap_or(0);
        let lines = self.document.as_deref().map_or(&[][..], |document| &document.lines);
        let holders = lines.iter().enumerate().filter(|(_, line)| line.holds > 0).map(|(at, _)| at);
        self.folded = if folded { holders.collect() } else { HashSet::new() };
        self.refresh();
        let line = self.shown.partition_point(|&shown| shown <= at).saturating_sub(1);
        self.cursor = Place { line, row: 0 };
    }

    /// What the cursor is on, with all that it holds.
    pub fn copied(&self) -> Option<String> {
        let at = *self.shown.get(self.cursor.line)?;
        self.document.as_deref().map(|document| document.value_of(at))
    }

    /// Goes `step` rows on from a place, as far as there are any. A line is wrapped once, however many of its rows are
    /// passed.
    pub fn walked(&self, from: Place, step: isize, columns: usize) -> Place {
        let left = step.unsigned_abs();
        if step > 0 { self.down(from, left, columns) } else { self.up(from, left, columns) }
    }

    fn down(&self, mut place: Place, mut left: usize, columns: usize) -> Place {
        loop {
            let last = self.rows_of(place.line, columns).len() - 1;
            let rest = last.saturating_sub(place.row);
            if left <= rest || place.line + 1 >= self.shown.len() {
                return Place { row: (place.row + left).min(last.max(place.row)), ..place };
            }
            left -= rest + 1;
            place = Place { line: place.line + 1, row: 0 };
        }
    }

    fn up(&self, mut place: Place, mut left: usize, columns: usize) -> Place {
        while left > place.row && place.line > 0 {
            left -= place.row + 1;
            let line = place.line - 1;
            place = Place { line, row: self.rows_of(line, columns).len() - 1 };
        }
        Place { row: place.row.saturating_sub(left), ..place }
    }

    fn end(&self, columns: usize) -> Place {
        let line = self.shown.len().saturating_sub(1);
        Place { line, row: self.rows_of(line, columns).len() - 1 }
    }

    fn holder(&self) -> Option<usize> {
        let document = self.document.as_deref()?;
        let at = *self.shown.get(self.cursor.line)?;
        (0..self.cursor.line).rev().find(|&line| {
            let above = self.shown[line];
            above + document.lines[above].holds >= at
        })
    }
}

/// Hits that begin in a line. Of a line too long for one they may end in the next part of it.
fn hits_of(document: &Document, nth: usize, needle: &Needle) -> Vec<Hit> {
    let text = &document.lines[nth].text;
    let mut hits: Vec<Hit> = needle.all(text).map(|place| (nth, place.start)).collect();
    let next = document.lines.get(nth + 1).filter(|next| next.goes_on);
    if let Some(next) = next {
        let tail = text.ceil_char_boundary(text.len().saturating_sub(needle.reach()));
        let head = next.text.floor_char_boundary(needle.reach().min(next.text.len()));
        let seam = format!("{}{}", &text[tail..], &next.text[..head]);
        let over = needle
            .all(&seam)
            .filter(|place| tail + place.start < text.len() && tail + place.end > text.len());
        hits.extend(over.map(|place| (nth, tail + place.start)));
    }
    hits
}

#[cfg(test)]
mod tests;
