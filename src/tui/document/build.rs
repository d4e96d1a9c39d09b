//! Lines put together: pieces with roles, folds, long texts.

use std::borrow::Cow;

use crate::report::{format, text};
use crate::tui::theme::Role;

use super::ansi::Pen;
use super::markdown::Markdown;
use super::stub::{self, Stub};
use super::{Copied, Document, LONGEST, Line, table};

/// Collects lines.
#[derive(Debug, Default)]
pub(super) struct Builder {
    lines: Vec<Line>,
    indent: u16,
    cost: Option<usize>,
}

/// A fold that is open for more lines.
#[derive(Debug)]
#[must_use]
pub(super) struct Fold(usize);

impl Builder {
    /// The finished document.
    pub(super) fn finish(self) -> Document {
        Document { lines: self.lines, cost: self.cost }
    }

    /// Whether nothing was written yet.
    pub(super) const fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The next line begins what is said of the cost.
    pub(super) fn mark_cost(&mut self) {
        self.gap();
        self.cost = Some(self.lines.len());
    }

    /// An empty line, unless one is there already or nothing is above.
    pub(super) fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.text.is_empty()) {
            self.lines.push(Line::default());
        }
    }

    /// One line made of pieces.
    pub(super) fn line(&mut self, pieces: &[(&str, Role)]) {
        let mut line = Line { indent: self.indent, ..Line::default() };
        for (piece, role) in pieces {
            append(&mut line, piece, *role);
        }
        self.push(line);
    }

    /// A heading: the line goes on as a rule.
    pub(super) fn heading(&mut self, title: &str, role: Role) {
        let at = self.lines.len();
        self.line(&[(title, role)]);
        self.lines[at].ruled = true;
    }

    /// One line that holds what follows until [`Self::close`].
    pub(super) fn open(&mut self, pieces: &[(&str, Role)], folded: bool) -> Fold {
        let at = self.lines.len();
        self.line(pieces);
        self.lines[at].folded = folded;
        self.indent += 2;
        Fold(at)
    }

    /// Ends what `fold` holds.
    pub(super) fn close(&mut self, Fold(at): Fold) {
        self.indent = self.indent.saturating_sub(2);
        self.lines[at].holds = self.lines.len() - 1 - at;
    }

    /// The line just written stands for `value`.
    pub(super) fn stands_for(&mut self, value: &str) {
        if let Some(line) = self.lines.last_mut() {
            line.copied = Some(Copied::Value(value.into()));
        }
    }

    /// A text with its own line breaks; colours that it sets are shown.
    pub(super) fn text(&mut self, body: &str, role: Role) {
        let mut pen = Pen::default();
        for line in text::whole_lines(body.trim_end_matches('\n')) {
            if !self.stub(&line, role) {
                self.line(&pen.pieces(&line, role));
            }
        }
    }

    /// A text that may be Markdown.
    pub(super) fn markdown(&mut self, body: &str, plain: Role) {
        let mut markdown = Markdown::default();
        let lines: Vec<_> = text::whole_lines(body.trim_end_matches('\n')).collect();
        let mut rest = lines.as_slice();
        while let [line, after @ ..] = rest {
            let table = if markdown.is_fenced() { None } else { table::beginning(rest, plain) };
            if let Some(table) = table {
                let (written, after) = rest.split_at(table.len());
                self.table(written, &table);
                rest = after;
                continue;
            }
            rest = after;
            if self.stub(line, plain) {
                continue;
            }
            let rendered = markdown.line(line, plain);
            let at = self.lines.len();
            self.line(&rendered.pieces);
            self.lines[at].ruled = rendered.ruled;
            self.was_written(at, line, rendered.changed);
        }
    }

    /// The lines of a table, each standing for what was written.
    fn table(&mut self, written: &[Cow<'_, str>], table: &[table::Shown]) {
        for (line, pieces) in written.iter().zip(table) {
            let at = self.lines.len();
            let pieces: Vec<_> = pieces.iter().map(|(piece, role)| (piece.as_str(), *role)).collect();
            self.line(&pieces);
            self.was_written(at, line, true);
        }
    }

    /// The line `at` was written so, if it was `changed`; a line in several parts has no place for the whole of it.
    fn was_written(&mut self, at: usize, line: &str, changed: bool) {
        if changed && self.lines.len() == at + 1 {
            self.lines[at].copied = Some(Copied::Raw(text::shown(line).into()));
        }
    }

    /// A line with base64 in it: what stands around it and a stub, which holds the line. Whether it is one.
    fn stub(&mut self, line: &str, role: Role) -> bool {
        let Some(Stub { at, kind, size }) = stub::find(line) else {
            return false;
        };
        let size = format!("  {}", format::bytes(size));
        let fold = self.open(
            &[
                (&line[..at.start], role),
                ("[", Role::Dim),
                (&kind, Role::JsonWord),
                (&size, Role::JsonNumber),
                ("]", Role::Dim),
                (&line[at.end..], role),
            ],
            true,
        );
        self.line(&[(line, Role::Dim)]);
        self.close(fold);
        true
    }

    fn push(&mut self, line: Line) {
        if line.text.len() <= LONGEST {
            return self.lines.push(line);
        }
        let mut from = 0;
        while from < line.text.len() {
            let to = end_of_part(&line.text, from);
            self.lines.push(part(&line, from, to));
            from = to;
        }
    }
}

fn append(line: &mut Line, piece: &str, role: Role) {
    line.text.push_str(&text::shown(piece));
    line.roles.push((line.text.len(), role));
}

/// Where the part of a long text that begins at `from` ends: after a space if there is one near its limit.
fn end_of_part(text: &str, from: usize) -> usize {
    if text.len() - from <= LONGEST {
        return text.len();
    }
    let limit = text.floor_char_boundary(from + LONGEST);
    let near = text.floor_char_boundary(limit - 100);
    text[near..limit].rfind(' ').map_or(limit, |space| near + space + 1)
}

fn part(line: &Line, from: usize, to: usize) -> Line {
    let roles = line.roles.iter().filter(|(end, _)| *end > from);
    Line {
        indent: line.indent,
        text: line.text[from..to].to_owned(),
        roles: roles.map(|&(end, role)| (end.min(to) - from, role)).collect(),
        goes_on: from > 0,
        ..Line::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fold_holds_what_is_between() {
        let mut b = Builder::default();
        let outer = b.open(&[("outer", Role::Title)], false);
        let inner = b.open(&[("inner", Role::Title)], true);
        b.text("one\ntwo\n", Role::Text);
        b.close(inner);
        b.close(outer);
        let doc = b.finish();
        assert_eq!(
            doc.lines.iter().map(|l| (l.indent, l.holds)).collect::<Vec<_>>(),
            [(0, 3), (2, 2), (4, 0), (4, 0)]
        );
        assert_eq!(doc.text_of(1..4), "inner\n  one\n  two");
        assert_eq!(doc.value_of(1), "one\ntwo");
    }

    #[test]
    fn markdown_is_copied_as_it_was_written() {
        let mut b = Builder::default();
        let fold = b.open(&[("assistant", Role::AssistantSays)], false);
        b.markdown("# Title\n\n- **one**\n\u{1b}[31m", Role::Text);
        b.close(fold);
        let doc = b.finish();
        let shown: Vec<&str> = doc.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(shown, ["assistant", "Title", "", "• one", "␛[31m"]);
        assert_eq!(doc.value_of(0), "# Title\n\n- **one**\n␛[31m");
        assert_eq!(doc.value_of(3), "- **one**");
    }

    #[test]
    fn a_table_is_lined_up_but_in_a_fence_and_copied_as_it_was_written() {
        let written = "```\na|b\n-|-\n```\na|b\n-|-\nlonger|**c**";
        let mut b = Builder::default();
        b.markdown(written, Role::Text);
        let doc = b.finish();
        let shown: Vec<&str> = doc.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(shown, ["```", "a|b", "-|-", "```", "a      │ b", "───────┼──", "longer │ c"]);
        assert_eq!(doc.text_of(0..7), written);
    }

    #[test]
    fn base64_is_told_by_type_and_size_and_can_be_unfolded() {
        let body = "iVBORw0KGgo9".repeat(1000);
        let mut b = Builder::default();
        b.text(&format!("before\n![it](data:image/png;base64,{body}) after"), Role::Text);
        let doc = b.finish();
        assert_eq!(doc.lines[1].text, "![it]([image/png  9.0 kB]) after");
        assert!(doc.lines[1].folded && doc.value_of(1).contains(&body));
    }

    #[test]
    fn a_long_line_goes_on_and_loses_nothing() {
        let long = "word 한국어 ".repeat(3000);
        let mut b = Builder::default();
        b.text(&long, Role::JsonText);
        let doc = b.finish();
        assert!(doc.lines.len() > 5 && doc.lines.iter().all(|l| l.text.len() <= LONGEST));
        assert_eq!(doc.text_of(0..doc.lines.len()), long);
        let joined: String = doc.lines.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(joined, long);
        assert!(doc.lines.iter().all(|l| l.role_at(l.text.len() - 1) == Role::JsonText));
    }
}
