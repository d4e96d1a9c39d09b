//! Rows of two runs beside each other: gutter, index, name, figures; folds.

use ratatui::layout::Rect;

use crate::analyze::diff::{Entry, Op, Sums};
use crate::model::{StepKind, StepStatus};
use crate::report::{format, text};
use crate::tui::comparison::{Cell, Comparison, Item, Piece};
use crate::tui::layout::DiffAreas;
use crate::tui::screens::Diff;
use crate::tui::theme::Role;

use super::super::canvas::{Canvas, Flow};
use super::super::chrome::counted;
use super::super::name;
use super::super::run::{hint, kind_role};
use super::SIDES;
use super::sums::{cost, words};

/// Deepest indentation as a part of the name's columns: one third.
const INDENT_PART: u16 = 3;

/// Draws the rows in the window.
pub(super) fn draw(canvas: &mut Canvas, diff: &Diff, of: &Comparison, areas: &DiffAreas) {
    Pen { diff, of, areas }.rows(canvas);
}

/// Draws one comparison.
struct Pen<'a> {
    diff: &'a Diff,
    of: &'a Comparison,
    areas: &'a DiffAreas,
}

impl Pen<'_> {
    fn rows(&self, canvas: &mut Canvas) {
        let area = self.areas.rows;
        for (at, y) in (self.diff.top..self.diff.items.len()).zip(area.top()..area.bottom()) {
            let strip = Rect { y, height: 1, ..area };
            let item = self.diff.items[at];
            match item {
                Item::Fold(stretch) => self.fold_of_both(canvas, stretch, strip),
                Item::Meet(_) => across(canvas, " they meet again ", Role::Ok, strip),
                Item::Both(line) if self.areas.stacked => self.one(canvas, line, None, strip),
                _ if self.areas.stacked => self.stacked(canvas, item, strip),
                _ => self.beside(canvas, item, strip),
            }
            if at == self.diff.at {
                self.cursor(canvas, item, strip);
            }
        }
    }

    /// The cursor's sign stands before the side that listens.
    fn cursor(&self, canvas: &mut Canvas, item: Item, strip: Rect) {
        let glyphs = canvas.look.glyphs;
        if self.areas.stacked || matches!(item, Item::Fold(_) | Item::Meet(_)) {
            canvas.fill((strip.x, strip.y), 1, glyphs.cursor, Role::Accent);
            if matches!(item, Item::Both(_)) {
                let (letter, role) = SIDES[self.diff.side];
                canvas.put((strip.x + 2, strip.y), 1, letter, role);
            }
            return canvas.overlay(strip, canvas.look.theme.cursor_row(true));
        }
        let listens = self.diff.row_side();
        for (side, half) in halves(strip).into_iter().enumerate() {
            if side == listens {
                canvas.fill((half.x, half.y), 1, glyphs.cursor, Role::Accent);
            }
            canvas.overlay(half, canvas.look.theme.cursor_row(side == listens));
        }
    }

    /// Both sides of a row beside each other.
    fn beside(&self, canvas: &mut Canvas, item: Item, strip: Rect) {
        let is_fork = [0, 1].into_iter().any(|side| self.of.is_fork(item.line(self.of, side)));
        let (sign, role) =
            if is_fork { ("◇", Role::Warning) } else { (canvas.look.glyphs.bar, Role::Faint) };
        canvas.put((strip.x + strip.width / 2, strip.y), 1, sign, role);
        for (side, half) in halves(strip).into_iter().enumerate() {
            match item {
                Item::Both(line) => self.half(canvas, line, side, half),
                _ => match item.piece(side) {
                    Some(Piece::Line(line)) => self.half(canvas, line, side, half),
                    Some(Piece::Fold(at)) => self.fold_of(canvas, at, side, half),
                    None => {}
                },
            }
        }
    }

    fn half(&self, canvas: &mut Canvas, line: u32, side: usize, half: Rect) {
        let (Some(entry), Some(cell)) = (self.of.entry(line), self.of.cell(line, side)) else { return };
        let (sign, role) = gutter(entry, side);
        canvas.put((half.x + 1, half.y), 1, sign, role);
        canvas.put_right((half.x + 3, half.y), 4, &cell.index.to_string(), Role::Dim);
        let rest = Rect { x: half.x + 8, width: half.width.saturating_sub(9), ..half };
        self.cell(canvas, line, side, &cell, rest);
        tint(canvas, entry, side, half);
    }

    /// One side of a row, over the whole width.
    fn stacked(&self, canvas: &mut Canvas, item: Item, strip: Rect) {
        for side in [0, 1] {
            match item.piece(side) {
                Some(Piece::Line(line)) => self.one(canvas, line, Some(side), strip),
                Some(Piece::Fold(at)) => self.fold_of(canvas, at, side, strip),
                None => {}
            }
        }
    }

    /// A line of its own: both sides where they are the same, else one of them.
    fn one(&self, canvas: &mut Canvas, line: u32, only: Option<usize>, strip: Rect) {
        let Some(entry) = self.of.entry(line) else { return };
        let side = only.unwrap_or(0);
        let Some(cell) = self.of.cell(line, side).or_else(|| self.of.cell(line, 1 - side)) else { return };
        if let Some(side) = only {
            canvas.put((strip.x + 2, strip.y), 1, SIDES[side].0, SIDES[side].1);
        }
        let (sign, role) = gutter(entry, side);
        canvas.put((strip.x + 1, strip.y), 1, sign, role);
        for (side, index) in [entry.a, entry.b].into_iter().enumerate() {
            let index = index.filter(|_| only.is_none_or(|only| only == side)).map(|index| index.to_string());
            let x = strip.x + 4 + u16::from(side == 1) * 5;
            canvas.put_right((x, strip.y), 4, &index.unwrap_or_default(), Role::Dim);
        }
        let rest = Rect { x: strip.x + 14, width: strip.width.saturating_sub(15), ..strip };
        self.cell(canvas, line, side, &cell, rest);
        if only.is_some() {
            tint(canvas, entry, side, strip);
        }
    }

    /// Name and figures of a step.
    fn cell(&self, canvas: &mut Canvas, line: u32, side: usize, cell: &Cell<'_>, area: Rect) {
        let figures = self.figures(line, side, cell);
        let cost = if area.width >= 34 { 9 } else { 0 };
        let tokens = if area.width >= 58 { 7 } else { 0 };
        let name = area.width.saturating_sub(cost + tokens);
        self.name(canvas, line, side, cell, Rect { width: name, ..area });
        let (words, role) = figures;
        if tokens > 0 {
            canvas.put_right((area.x + name, area.y), tokens, &words[0], role);
        }
        canvas.put_right((area.x + name + tokens, area.y), cost, &words[1], role);
    }

    /// Tokens and cost: the step's own, or those of all steps of its run up to it.
    fn figures(&self, line: u32, side: usize, cell: &Cell<'_>) -> ([String; 2], Role) {
        if self.diff.totals {
            let sums = self.of.so_far(line)[side];
            return (words(&sums), Role::Text);
        }
        let row = &self.of.views[side].tree.rows[cell.row as usize];
        let mut sums = Sums::default();
        if row.has_figures {
            sums.tokens.add(&row.usage);
            sums.cost.add(row.own_cost);
        }
        let same = self.of.entry(line).is_some_and(|entry| entry.op == Op::Same);
        (words(&sums), if same { Role::Dim } else { Role::Text })
    }

    fn name(&self, canvas: &mut Canvas, line: u32, side: usize, cell: &Cell<'_>, area: Rect) {
        let glyphs = canvas.look.glyphs;
        let Some(entry) = self.of.entry(line) else { return };
        let quiet = entry.op == Op::Same;
        let indent = cell.depth.saturating_mul(2).min(area.width / INDENT_PART);
        let mut flow = Flow::new(canvas, area);
        flow.gap(indent).put(glyphs.kind(cell.step.kind), kind_role(cell.step.kind)).gap(1);
        let title = text::preview(name::title(cell.step), flow.room().into());
        flow.put(&title, if entry.frame { Role::Dim } else { self.title_role(line, side, quiet) });
        if cell.step.status == StepStatus::Error {
            let why = cell.step.error.as_deref().unwrap_or("failed");
            hint(&mut flow, &format!("{} {why}", glyphs.error), Role::Error);
        } else if let Some(told) = cell.told {
            let is_call = cell.step.kind == StepKind::Llm;
            let told = match self.told_beside(line, side) {
                _ if is_call => format!("{} {told}", glyphs.arrow),
                Some(other) if !quiet => without_common(told, other),
                _ => told.to_owned(),
            };
            hint(&mut flow, &told, if quiet { Role::Dim } else { self.told_role(line, side) });
        } else if let Some(beside) = name::beside(cell.step) {
            hint(&mut flow, beside, Role::Dim);
        }
    }

    /// The name, marked where it is the name that differs.
    fn title_role(&self, line: u32, side: usize, quiet: bool) -> Role {
        let names = [0, 1].map(|side| self.of.cell(line, side).map(|cell| name::title(cell.step)));
        match names {
            _ if quiet => Role::Text,
            [Some(a), Some(b)] if a == b => Role::Text,
            _ => [Role::SideA, Role::SideB][side],
        }
    }

    /// What stands beside the same name on the other side.
    fn told_beside(&self, line: u32, side: usize) -> Option<&str> {
        let [own, other] = [side, 1 - side].map(|side| self.of.cell(line, side));
        other.filter(|other| own.is_some_and(|own| name::title(own.step) == name::title(other.step)))?.told
    }

    /// What stands beside the name, marked where the other side has the same name and something else beside it.
    fn told_role(&self, line: u32, side: usize) -> Role {
        let told = [0, 1].map(|side| self.of.cell(line, side).and_then(|cell| cell.told));
        match told {
            [Some(a), Some(b)] if a != b => [Role::OnlyA, Role::OnlyB][side],
            _ => Role::Dim,
        }
    }

    /// A detour of one side.
    fn fold_of(&self, canvas: &mut Canvas, at: u32, side: usize, area: Rect) {
        let Some(stretch) = self.of.stretches.get(at as usize) else { return };
        let (letter, role) = SIDES[side];
        canvas.put((area.x + 1, area.y), 1, "+", role);
        let (x, end) = if self.areas.stacked {
            canvas.put((area.x + 2, area.y), 1, letter, role);
            (14, 15)
        } else {
            (8, 9)
        };
        let rest = Rect { x: area.x + x, width: area.width.saturating_sub(end), ..area };
        let cost = cost(&stretch.sums[side].cost);
        let mut flow = Flow::new(canvas, rest);
        if !cost.is_empty() {
            flow.right(&[("+", Role::Text), (&cost, Role::Text)]);
        }
        flow.put(&format!("… {} only here", counted(stretch.steps as u64, "more step")), role);
        let tint = Rect { x: area.x + 1, width: area.width.saturating_sub(1), ..area };
        canvas.overlay(tint, canvas.look.theme.tint(side));
    }

    /// What both did alike.
    fn fold_of_both(&self, canvas: &mut Canvas, at: u32, strip: Rect) {
        let Some(stretch) = self.of.stretches.get(at as usize) else { return };
        let reworded = match stretch.reworded {
            0 => String::new(),
            some => format!(", {} in other words", format::grouped(some as u64)),
        };
        let words = format!(" {} the same{reworded} ", counted(stretch.steps as u64, "step"));
        across(canvas, &words, Role::Dim, strip);
    }
}

/// Arguments from the first that differs from the other's.
fn without_common(told: &str, other: &str) -> String {
    let same = told.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let head = told.get(..told.floor_char_boundary(same)).unwrap_or_default();
    match head.rfind(", ").filter(|_| told != other) {
        Some(end) => format!("… {}", &told[end + 2..]),
        None => told.to_owned(),
    }
}

/// The two halves of a row; one column between them.
fn halves(strip: Rect) -> [Rect; 2] {
    let half = strip.width / 2;
    [Rect { width: half, ..strip }, Rect { x: strip.x + half + 1, width: strip.width - half - 1, ..strip }]
}

/// Stands beside the colour and says the same.
const fn gutter(entry: &Entry, side: usize) -> (&'static str, Role) {
    match entry.op {
        _ if entry.frame => ("·", Role::Faint),
        Op::Same if entry.reworded => ("≈", Role::Text),
        Op::Same => ("=", Role::Faint),
        Op::Changed => ("≠", SIDES[side].1),
        Op::OnlyA | Op::OnlyB => ("+", SIDES[side].1),
    }
}

/// Words on a line from edge to edge.
fn across(canvas: &mut Canvas, words: &str, role: Role, strip: Rect) {
    canvas.fill((strip.x + 1, strip.y), strip.width.saturating_sub(2), "┄", Role::Faint);
    canvas.put((strip.x + 8, strip.y), strip.width.saturating_sub(9), words, role);
}

/// What differs lies on the colour of its side.
fn tint(canvas: &mut Canvas, entry: &Entry, side: usize, area: Rect) {
    if entry.op != Op::Same && !entry.frame {
        canvas.overlay(
            Rect { x: area.x + 1, width: area.width.saturating_sub(1), ..area },
            canvas.look.theme.tint(side),
        );
    }
}
