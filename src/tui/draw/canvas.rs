//! The one way onto the screen: every text passes here, is made safe, and is written by grapheme cluster.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::report::text;
use crate::tui::app::Look;
use crate::tui::glyphs::{Glyphs, ascii_twin};
use crate::tui::search::Needle;
use crate::tui::theme::Role;

/// A buffer with the looks of this terminal.
pub(super) struct Canvas<'a> {
    buffer: &'a mut Buffer,
    /// Colours, signs and clock.
    pub look: &'a Look,
}

/// Columns as the terminal counts them; a text longer than that is cut anyway.
pub(super) fn columns(width: usize) -> u16 {
    u16::try_from(width).unwrap_or(u16::MAX)
}

impl<'a> Canvas<'a> {
    /// Draws into `buffer`.
    pub(super) fn new(buffer: &'a mut Buffer, look: &'a Look) -> Self {
        Self { buffer, look }
    }

    /// Writes `text` from (x, y) in at most `width` columns, cut with a sign; gives the column after it.
    pub(super) fn put(&mut self, (x, y): (u16, u16), width: u16, text: &str, role: Role) -> u16 {
        self.put_in((x, y), width, text, self.look.theme.style(role))
    }

    /// Writes `text` so that it ends before column `x + width`.
    pub(super) fn put_right(&mut self, (x, y): (u16, u16), width: u16, text: &str, role: Role) {
        let shown = text::shown(text);
        let cut = text::cut(&shown, width.into());
        let gap = width.saturating_sub(columns(text::width(&cut)));
        self.write((x + gap, y), width - gap, &cut, self.look.theme.style(role));
    }

    /// Writes `text` from (x, y) in at most `width` columns in a look of its own; gives the column after it.
    pub(super) fn put_in(&mut self, (x, y): (u16, u16), width: u16, text: &str, style: Style) -> u16 {
        let shown = text::shown(text);
        self.write((x, y), width, &text::cut(&shown, width.into()), style)
    }

    /// Repeats a sign of ours in a look of its own.
    pub(super) fn fill_in(&mut self, (x, y): (u16, u16), width: u16, sign: &str, style: Style) {
        (x..x + width).for_each(|x| self.set((x, y), sign, style));
    }

    /// Repeats a sign of ours over `width` columns.
    pub(super) fn fill(&mut self, (x, y): (u16, u16), width: u16, sign: &str, role: Role) {
        self.fill_in((x, y), width, sign, self.look.theme.style(role));
    }

    /// A rule over `area` with words set into it; gives the column after them.
    pub(super) fn rule(&mut self, area: Rect, words: &[(&str, Role)]) -> u16 {
        self.fill((area.x, area.y), area.width, self.look.glyphs.rule, Role::Faint);
        let mut x = area.x + 1;
        for (word, role) in words.iter().filter(|(word, _)| !word.is_empty()) {
            let room = area.right().saturating_sub(x + 1);
            x = self.put((x, area.y), room, &format!(" {word} "), *role);
        }
        x
    }

    /// Lays a look over an area without changing its text.
    pub(super) fn overlay(&mut self, area: Rect, style: Style) {
        self.buffer.set_style(area.intersection(self.buffer.area), style);
    }

    /// Lays a look over what of one row spells one of `needles`.
    pub(super) fn mark(&mut self, row: Rect, needles: &[Needle], style: Style) {
        let row = row.intersection(self.buffer.area);
        let (mut text, mut columns) = (String::new(), Vec::new());
        for x in row.left()..row.right() {
            let symbol = self.buffer[(x, row.y)].symbol();
            columns.extend(std::iter::repeat_n(x, symbol.len()));
            text.push_str(symbol);
        }
        for place in needles.iter().flat_map(|needle| needle.all(&text).collect::<Vec<_>>()) {
            let (first, last) = (columns[place.start], columns[place.end - 1]);
            self.overlay(Rect { x: first, width: last + 1 - first, ..row }, style);
        }
    }

    /// An empty box over what is drawn so far, which fades.
    pub(super) fn pop_up(&mut self, area: Rect) {
        self.overlay(self.buffer.area, self.look.theme.style(Role::Faint));
        self.clear(area);
        let glyphs = self.look.glyphs;
        let (right, bottom) = (area.right() - 1, area.bottom() - 1);
        for (y, left, end) in [(area.y, 0, 1), (bottom, 2, 3)] {
            self.fill((area.x, y), area.width, glyphs.rule, Role::Faint);
            self.fill((area.x, y), 1, glyphs.corners[left], Role::Faint);
            self.fill((right, y), 1, glyphs.corners[end], Role::Faint);
        }
        for y in area.y + 1..bottom {
            self.fill((area.x, y), 1, glyphs.bar, Role::Faint);
            self.fill((right, y), 1, glyphs.bar, Role::Faint);
        }
    }

    /// Empties an area.
    pub(super) fn clear(&mut self, area: Rect) {
        for y in area.top()..area.bottom() {
            (area.left()..area.right()).for_each(|x| self.set((x, y), " ", Style::new()));
        }
    }

    fn write(&mut self, (x, y): (u16, u16), width: u16, text: &str, style: Style) -> u16 {
        let mut at = x;
        for (cluster, wide) in text::clusters(text) {
            let wide = columns(wide);
            if wide == 0 || at + wide > x + width {
                break;
            }
            self.set((at, y), cluster, style);
            // what lies under a wide letter must be empty, or it would be drawn over it
            (at + 1..at + wide).for_each(|under| self.set((under, y), "", style));
            at += wide;
        }
        at
    }

    fn set(&mut self, (x, y): (u16, u16), cluster: &str, style: Style) {
        let ascii = self.look.glyphs.ascii && !cluster.is_ascii();
        let Some(cell) = self.buffer.cell_mut((x, y)) else {
            return;
        };
        cell.reset();
        cell.set_style(self.look.theme.screen());
        match cluster.chars().next() {
            Some(first) if ascii => cell.set_char(ascii_twin(first)),
            Some(_) => cell.set_symbol(cluster),
            // an ASCII twin is one column: the second gets a sign of its own
            None if self.look.glyphs.ascii => cell.set_symbol("?"),
            None => cell.set_symbol(" "),
        };
        cell.set_style(style);
    }
}

/// Writes pieces one after another on one row.
pub(super) struct Flow<'c, 'a> {
    canvas: &'c mut Canvas<'a>,
    x: u16,
    y: u16,
    right: u16,
}

impl<'c, 'a> Flow<'c, 'a> {
    /// Begins at the left of a row that is as wide as `area`.
    pub(super) fn new(canvas: &'c mut Canvas<'a>, area: Rect) -> Self {
        Self { canvas, x: area.x, y: area.y, right: area.right() }
    }

    /// The signs of this terminal.
    pub(super) fn glyphs(&self) -> &'static Glyphs {
        self.canvas.look.glyphs
    }

    /// Columns left.
    pub(super) fn room(&self) -> u16 {
        self.right.saturating_sub(self.x)
    }

    /// Writes a piece.
    pub(super) fn put(&mut self, text: &str, role: Role) -> &mut Self {
        self.x = self.canvas.put((self.x, self.y), self.room(), text, role);
        self
    }

    /// Leaves columns empty.
    pub(super) fn gap(&mut self, columns: u16) -> &mut Self {
        self.x = self.x.saturating_add(columns).min(self.right);
        self
    }

    /// Writes pieces at the right end, if they fit beside what is there; later pieces keep off them.
    pub(super) fn right(&mut self, pieces: &[(&str, Role)]) -> &mut Self {
        let wide = columns(pieces.iter().map(|(text, _)| text::width(&text::shown(text))).sum());
        if wide < self.room() {
            let mut x = self.right - wide;
            for (text, role) in pieces {
                x = self.canvas.put((x, self.y), self.right - x, text, *role);
            }
            self.right -= wide + 1;
        }
        self
    }
}
