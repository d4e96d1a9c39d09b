//! What was flagged in an open run: what, for how much, and where; where nothing was, what was looked for.

use std::ops::Range;

use ratatui::layout::Rect;

use crate::model::{FindingKind, Severity};
use crate::report::text;
use crate::tui::document::rows;
use crate::tui::layout::FindingsAreas;
use crate::tui::marks::{Flagged, Marks};
use crate::tui::screens::{FindingsPane, Pane, Run};
use crate::tui::theme::Role;

use super::canvas::{Canvas, Flow, columns};
use super::marks::{kind_columns, severity_role, waste, wasted};
use super::runs;

/// Columns of money, tokens and time wasted, from the right.
const WASTE: [u16; 3] = [9, 10, 8];

/// From this width on a finding's kind is named beside its sign, and its figures stand on one row: narrower, the message would
/// be cut for them.
const ROOMY: u16 = 140;

/// Draws the pane.
pub(super) fn draw(canvas: &mut Canvas, run: &Run, pane: &FindingsPane, places: &FindingsAreas) {
    let listens = run.focus == Pane::Findings;
    let marks = run.view.as_ref().map(|view| &view.marks);
    rule(canvas, marks, pane, listens, places.rule);
    match marks {
        None => {}
        Some(marks) if marks.flagged.is_empty() => nothing(canvas, places.list),
        Some(marks) => list(canvas, marks, pane, listens, places.list),
    }
}

/// What all of it wasted, and where the cursor is.
fn rule(canvas: &mut Canvas, marks: Option<&Marks>, pane: &FindingsPane, listens: bool, area: Rect) {
    let (tokens, cost) = marks.map_or((0, None), Marks::waste);
    let waste = wasted(tokens, cost);
    let title = if listens { Role::Title } else { Role::Dim };
    canvas.rule(area, &[("Findings", title), (&waste, Role::Warning)]);
    let position = runs::position(pane.at, marks.map_or(0, |marks| marks.flagged.len()));
    canvas.put_right((area.x, area.y), area.width.saturating_sub(2), &position, Role::Dim);
}

/// The findings in the window.
fn list(canvas: &mut Canvas, marks: &Marks, pane: &FindingsPane, listens: bool, list: Rect) {
    let mut y = list.top();
    for (at, flagged) in marks.flagged.iter().enumerate().skip(pane.top) {
        let rows = columns(pane.rows_of(at)).min(list.bottom() - y);
        if rows == 0 {
            return;
        }
        let area = Rect { y, height: rows, ..list };
        finding(canvas, flagged, area);
        if rows > 1 {
            let walk = if at == pane.at { pane.member } else { None };
            whereabouts(canvas, flagged, walk, Rect { y: area.bottom() - 1, height: 1, ..area });
        }
        if at == pane.at {
            (y..y + rows).for_each(|y| canvas.fill((area.x, y), 1, canvas.look.glyphs.cursor, Role::Accent));
            canvas.overlay(area, canvas.look.theme.cursor_row(listens));
        }
        y = area.bottom();
    }
}

/// Columns from the edge to a message: how bad, the sign of the kind, from [`ROOMY`] on its name.
fn lead(width: u16) -> u16 {
    const SIGNED: u16 = 12;
    SIGNED + if width < ROOMY { 0 } else { columns(kind_columns()) + 2 }
}

/// Columns of a message.
fn message_columns(flagged: &Flagged, width: u16) -> u16 {
    let shown = if width < ROOMY { &WASTE[..1] } else { &WASTE };
    let waste = if wastes(flagged) { shown.iter().sum::<u16>() + 1 } else { 0 };
    width.saturating_sub(lead(width) + waste + 2)
}

fn wastes(flagged: &Flagged) -> bool {
    !waste(&flagged.finding).iter().all(String::is_empty)
}

/// Bytes of the message in each of the rows that it takes where the pane is so wide; a handful at most.
pub(in crate::tui) fn message_rows(flagged: &Flagged, width: u16) -> Vec<(usize, usize)> {
    const MOST: usize = 5;
    let mut rows = rows(&flagged.finding.message, message_columns(flagged, width).into());
    rows.truncate(MOST);
    rows
}

/// How bad, what, in words, for how much.
fn finding(canvas: &mut Canvas, flagged: &Flagged, area: Rect) {
    let finding = &flagged.finding;
    let role = if finding.dismissed { Role::Dim } else { severity_role(finding.severity) };
    let shown = if area.width < ROOMY { 0..1 } else { 0..3 };
    put_waste(canvas, flagged, shown, area);
    let sign = canvas.look.glyphs.finding(finding.kind);
    let mut flow = Flow::new(canvas, area);
    flow.gap(2).put(&text::pad(severity_word(flagged), 8), role);
    flow.put(sign, role).gap(1);
    if area.width >= ROOMY {
        flow.put(&text::pad(finding.kind.label(), kind_columns() + 2), role);
    }
    let role = if finding.dismissed { Role::Dim } else { Role::Text };
    message(canvas, flagged, role, area);
}

/// The message over all rows but the last; what has no room there is cut.
fn message(canvas: &mut Canvas, flagged: &Flagged, role: Role, area: Rect) {
    let words = &flagged.finding.message;
    let (x, room) = (area.x + lead(area.width), message_columns(flagged, area.width));
    let rows = message_rows(flagged, area.width);
    let shown = rows.len().min(usize::from(area.height).saturating_sub(1).max(1));
    for ((at, (from, to)), y) in rows.into_iter().enumerate().take(shown).zip(area.y..) {
        let to = if at + 1 == shown { words.len() } else { to };
        let part = text::preview(words[from..to].trim_end(), room.into());
        canvas.put((x, y), room, &part, role);
    }
}

/// Alarms are loud; colour adds, the word tells.
fn severity_word(flagged: &Flagged) -> &'static str {
    match flagged.finding.severity {
        _ if flagged.finding.dismissed => "done",
        Severity::Alarm => "ALARM",
        other => other.name(),
    }
}

/// Writes some figures of what was wasted at the right; gives the columns they take, none where there are none.
fn put_waste(canvas: &mut Canvas, flagged: &Flagged, shown: Range<usize>, area: Rect) -> u16 {
    if !wastes(flagged) {
        return 0;
    }
    let waste = waste(&flagged.finding);
    let mut right = area.right().saturating_sub(1);
    let role = if flagged.finding.dismissed { Role::Dim } else { Role::Text };
    for at in shown {
        let x = right.saturating_sub(WASTE[at]);
        canvas.put_right((x, area.y), right - x, &waste[at], role);
        right = x;
    }
    area.right() - right
}

/// Its steps, whose they are, where the walk is, and what changed from round to round.
fn whereabouts(canvas: &mut Canvas, flagged: &Flagged, walk: Option<usize>, area: Rect) {
    let glyphs = canvas.look.glyphs;
    let count = flagged.members.len();
    let steps = match flagged.numbers {
        _ if count == 0 => "no step of its own".to_owned(),
        (first, last) if first == last => format!("step {first}"),
        (first, last) => format!("steps {first}–{last}"),
    };
    let agent = flagged
        .agent
        .as_deref()
        .map_or_else(String::new, |agent| format!(" in {}", text::preview(agent, 24)));
    let changed = flagged.finding.changed.as_ref().map(|changed| format!("changed: {changed}"));
    let (walked, role) = match walk {
        Some(at) => (format!("at {} of {count}", at + 1), Role::Accent),
        None if count > 1 => (format!("{count} steps"), Role::Dim),
        None => (String::new(), Role::Dim),
    };
    // what a key changes stands before what may be cut
    let parts = [(steps + &agent, Role::Dim), (walked, role), (changed.unwrap_or_default(), Role::Dim)];
    let parts = parts.iter().filter(|(words, _)| !words.is_empty());
    let right = if area.width < ROOMY { put_waste(canvas, flagged, 1..3, area) } else { 1 };
    let mut flow = Flow::new(canvas, Rect { width: area.width.saturating_sub(right + 1), ..area });
    flow.gap(10);
    for (at, (words, role)) in parts.enumerate() {
        if at > 0 {
            flow.put(&format!(" {} ", glyphs.dot), Role::Faint);
        }
        flow.put(words, *role);
    }
}

/// What was looked for and not found.
fn nothing(canvas: &mut Canvas, area: Rect) {
    let mut lines = area.rows();
    if let Some(first) = lines.next() {
        let good = canvas.look.glyphs.ok;
        let mut flow = Flow::new(canvas, first);
        flow.gap(2).put(good, Role::Ok).put(" nothing is flagged in this run. ", Role::Text);
        flow.put("Looked for:", Role::Dim);
    }
    if usize::from(area.height) <= FindingKind::ALL.len() {
        return in_few_lines(canvas, lines);
    }
    for (kind, line) in FindingKind::ALL.into_iter().zip(lines) {
        let sign = canvas.look.glyphs.finding(kind);
        let mut flow = Flow::new(canvas, line);
        flow.gap(4).put(sign, Role::Dim).gap(1).put(&text::pad(kind.label(), kind_columns() + 2), Role::Dim);
        flow.put(kind.meaning(), Role::Dim);
    }
}

/// All kinds one after another, as many as there is room for.
fn in_few_lines(canvas: &mut Canvas, lines: impl Iterator<Item = Rect>) {
    let mut kinds = FindingKind::ALL.into_iter().peekable();
    for line in lines {
        let mut flow = Flow::new(canvas, Rect { width: line.width.saturating_sub(1), ..line });
        flow.gap(4);
        while let Some(kind) = kinds.next_if(|kind| text::width(kind.label()) + 3 <= flow.room().into()) {
            let comma = if kinds.peek().is_some() { "s, " } else { "s" };
            flow.put(kind.label(), Role::Dim).put(comma, Role::Dim);
        }
    }
}
