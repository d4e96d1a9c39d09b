//! Findings in the tree: the rail at the left, the round at the right of a name, the row that stands for folded rounds.

use ratatui::layout::Rect;

use crate::model::{FindingKind, NanoUsd, Remark, Severity};
use crate::report::{format, text};
use crate::tui::app::App;
use crate::tui::keys::{Action, chains};
use crate::tui::marks::{Flagged, Fold, Mark, Marks};
use crate::tui::theme::Role;

use super::canvas::{Canvas, Flow, columns};

/// Names narrower than this have their rounds as `2/6`.
const ROOMY: u16 = 56;

/// Columns that words and figures of a finding need on one line.
const ROOMY_LINE: usize = 60;

/// The look of a severity.
pub(super) const fn severity_role(severity: Severity) -> Role {
    match severity {
        Severity::Alarm => Role::Error,
        Severity::Warning => Role::Warning,
        Severity::Hint => Role::Accent,
    }
}

/// Marks a row of the tree: its rail in the first column, its round at the right of `name`. `around` are the rows shown
/// above and below it. Gives the columns taken of the name.
pub(super) fn draw(
    canvas: &mut Canvas,
    marks: &Marks,
    row: u32,
    around: [Option<u32>; 2],
    name: Rect,
) -> u16 {
    let Some(mark) = marks.at(row) else {
        return 0;
    };
    let flagged = &marks.flagged[mark.finding];
    let role = severity_role(flagged.finding.severity);
    canvas.fill((0, name.y), 1, canvas.look.glyphs.rounds[rail(&mark, around)], role);
    if !mark.member {
        return 0;
    }
    let label = label(canvas, flagged, &mark, name.width >= ROOMY);
    let wide = columns(text::width(&label) + 1).min(name.width / 2);
    canvas.put_right((name.right() - wide, name.y), wide, &label, role);
    wide
}

/// Index into [`crate::tui::glyphs::Glyphs::rounds`].
fn rail(mark: &Mark, around: [Option<u32>; 2]) -> usize {
    let Some(stretch) = &mark.stretch else {
        return 3;
    };
    match around.map(|row| row.is_some_and(|row| stretch.contains(&row))) {
        [true, true] => 1,
        [false, true] => 0,
        [true, false] => 2,
        [false, false] => 3,
    }
}

/// `↻ 2 of 6`, `↻ 7 begun`; what it is, where there are no rounds.
fn label(canvas: &Canvas, flagged: &Flagged, mark: &Mark, roomy: bool) -> String {
    let sign = canvas.look.glyphs.finding(flagged.finding.kind);
    let rounds = flagged.finding.repeats;
    match (mark.round, roomy) {
        (Some(round), true) if round > rounds => format!("{sign} {round} begun"),
        (Some(round), true) => format!("{sign} {round} of {rounds}"),
        (Some(round), false) if round > rounds => format!("{sign}{round}"),
        (Some(round), false) => format!("{sign}{round}/{rounds}"),
        (None, true) => format!("{sign} {}", flagged.finding.kind.label()),
        (None, false) => sign.to_owned(),
    }
}

/// `▸ ↻ 4 more rounds ✖3 folded`: what failed in them is never cut.
pub(super) fn folded(canvas: &mut Canvas, fold: &Fold, flagged: &Flagged, area: Rect) {
    let glyphs = canvas.look.glyphs;
    let role = if flagged.finding.dismissed { Role::Dim } else { severity_role(flagged.finding.severity) };
    canvas.fill((0, area.y), 1, glyphs.rounds[4], role);
    let plural = if fold.rounds == 1 { "round" } else { "rounds" };
    let words = format!("{} more {plural}", format::count(fold.rounds as u64));
    let mut flow = Flow::new(canvas, area);
    flow.gap(1).put(glyphs.folded, Role::Dim).gap(1);
    flow.put(glyphs.finding(flagged.finding.kind), role).gap(1).put(&words, role);
    if fold.errors > 0 {
        let failed = format!("{}{}", glyphs.error, format::count(fold.errors));
        flow.gap(1).put(&failed, Role::Error);
    }
    if flow.room() > 7 {
        flow.put(" folded", Role::Dim);
    }
}

/// What a finding wasted: money, tokens, time. Empty where it wasted nothing.
pub(super) fn waste(finding: &crate::model::Finding) -> [String; 3] {
    let time = if finding.wasted_time > 0 { format::duration(finding.wasted_time) } else { String::new() };
    match finding.wasted_tokens {
        0 => [String::new(), String::new(), time],
        tokens => {
            let cost = finding.wasted_cost.map_or_else(|| format::UNKNOWN.to_owned(), format::money);
            [cost, format!("{} tok", format::count(tokens)), time]
        }
    }
}

/// `wasted 12.3k tokens $0.0060`; empty where nothing was.
pub(super) fn wasted(tokens: u64, cost: Option<NanoUsd>) -> String {
    let cost = cost.map_or_else(String::new, |cost| format!(" {}", format::money(cost)));
    if tokens == 0 { String::new() } else { format!("wasted {} tokens{cost}", format::count(tokens)) }
}

/// The worst finding in its own words, what it wasted, and the key to all of them.
pub(super) fn worst_in_words(flow: &mut Flow, app: &App, worst: &Remark, more: usize) {
    let glyphs = app.settings.look.glyphs;
    let waste = match wasted(worst.wasted_tokens, worst.wasted_cost) {
        nothing if nothing.is_empty() => nothing,
        words => format!(" {} {words}", glyphs.dot),
    };
    let more = if more > 0 { format!("  +{more} more ") } else { "  ".to_owned() };
    let role = severity_role(worst.severity);
    let key = app.key_in(chains::RUNS, Action::Findings);
    flow.right(&[(&more, Role::Dim), (&key, Role::Accent), (" findings", Role::Dim)]);
    flow.put(glyphs.finding(worst.kind), role).gap(1);
    let room = usize::from(flow.room());
    // where room is short the words are worth more than the figures
    let waste = if room >= ROOMY_LINE { waste } else { String::new() };
    flow.put(&text::preview(&worst.message, room.saturating_sub(text::width(&waste))), role);
    flow.put(&waste, Role::Text);
}

/// Columns of a kind's word in the list of findings.
pub(super) fn kind_columns() -> usize {
    FindingKind::ALL.iter().map(|kind| text::width(kind.label())).max().unwrap_or(0)
}
