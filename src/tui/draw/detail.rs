//! The detail pane: the step's figures and the window of its document.

use std::ops::Range;

use ratatui::layout::Rect;

use crate::model::{Cost, Step, StepKind, StepStatus, Usage};
use crate::report::{format, text};
use crate::tui::app::App;
use crate::tui::backend::Asked;
use crate::tui::document::Line;
use crate::tui::layout::{self, DetailAreas};
use crate::tui::screens::{DetailPane, Pane, Place, Run};
use crate::tui::search::{Needle, Search};
use crate::tui::theme::Role;

use super::canvas::{Canvas, Flow, columns};
use super::name;
use super::run::kind_role;

/// Draws the pane.
pub(super) fn draw(canvas: &mut Canvas, app: &App, run: &Run, areas: &DetailAreas) {
    let listens = run.focus == Pane::Detail;
    rule(canvas, run, areas, listens);
    if let Some(divider) = areas.divider {
        for y in divider.top()..divider.bottom() {
            canvas.fill((divider.x, y), 1, canvas.look.glyphs.bar, Role::Faint);
        }
    }
    if let Some(asked) = &run.detail.asked {
        let mut parts = parts(app, asked, run.is_running(app));
        if !asked.counted && asked.step.usage.is_known() && asked.tokens.known == 0 {
            parts.came_to.push(("counted in another step".to_owned(), Role::Dim));
        }
        figures(canvas, parts, &asked.step, areas.figures);
    }
    if let Some(error) = &run.detail.error {
        let at = (areas.document.x + 1, areas.document.y);
        canvas.put(at, areas.document.width.saturating_sub(2), error, Role::Error);
    }
    document(canvas, &run.detail, areas.document, listens);
}

fn rule(canvas: &mut Canvas, run: &Run, areas: &DetailAreas, listens: bool) {
    let role = if listens { Role::Title } else { Role::Dim };
    let room = usize::from(areas.rule.width).saturating_sub(24);
    let name = match &run.detail.asked {
        Some(asked) => text::preview(name::title(&asked.step), room),
        None if run.detail.of.is_some() => "a step that is not here".to_owned(),
        None => String::new(),
    };
    let late = if run.detail.document.is_none() && run.detail.waits_for.is_some() { "reading" } else { "" };
    canvas.rule(areas.rule, &[(&name, role), (late, Role::Dim)]);
    if areas.divider.is_some() {
        canvas.fill((areas.rule.x, areas.rule.y), 1, canvas.look.glyphs.tees.0, Role::Faint);
    }
    let share = match &run.detail.search {
        Some(search) if !search.typing => format!(" {}: {} ", search.input.value(), search.words()),
        _ => share(&run.detail),
    };
    canvas.put_right((areas.rule.x, areas.rule.y), areas.rule.width.saturating_sub(2), &share, Role::Dim);
}

/// How far down the cursor is.
pub(super) fn share(pane: &DetailPane) -> String {
    match pane.shown.len() {
        0 | 1 => String::new(),
        len => format!(" {}% ", pane.cursor.line * 100 / (len - 1)),
    }
}

/// What the step is and how long it took on the first row, what it came to on the second; on one row both.
fn figures(canvas: &mut Canvas, parts: Parts, step: &Step, area: Rect) {
    let Parts { took, is, came_to } = parts;
    let sign = format!("{} {}", canvas.look.glyphs.kind(step.kind), step.kind.name());
    let head = std::iter::once((sign, kind_role(step.kind))).chain(took);
    let row = Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: 1, ..area };
    if area.height < 2 {
        return figures_row(canvas, head.chain(came_to).chain(is), row);
    }
    figures_row(canvas, head.chain(is), row);
    let below = Rect { x: row.x + 2, y: row.y + 1, width: row.width.saturating_sub(2), ..row };
    figures_row(canvas, came_to.into_iter(), below);
}

pub(super) fn figures_row(canvas: &mut Canvas, parts: impl Iterator<Item = Part>, row: Rect) {
    let dot = format!(" {} ", canvas.look.glyphs.dot);
    let mut flow = Flow::new(canvas, row);
    for (at, (words, role)) in parts.enumerate() {
        let dot = if at == 0 { "" } else { &dot };
        if usize::from(flow.room()) < text::width(dot) + text::width(&text::shown(&words)) {
            flow.put(" …", Role::Faint);
            return;
        }
        flow.put(dot, Role::Faint).put(&words, role);
    }
}

/// A figure in words.
pub(super) type Part = (String, Role);

/// The figures of a step; in each list what people look for first stands first.
struct Parts {
    /// How long it took, or takes.
    took: Vec<Part>,
    /// What it is.
    is: Vec<Part>,
    /// Tokens, money, pace.
    came_to: Vec<Part>,
}

fn parts(app: &App, asked: &Asked, run_goes_on: bool) -> Parts {
    let step = &*asked.step;
    let (usage, cost) = if asked.has_figures { (asked.usage, asked.cost) } else { (*step.usage, step.cost) };
    let since = app.now.saturating_sub(step.start);
    let elapsed = (run_goes_on && step.status == StepStatus::Running).then(|| format::duration(since));
    let agent = step.agent.as_deref().filter(|_| step.kind != StepKind::Agent);
    let clock = format::clock(step.start, app.settings.look.zone);
    let mut is: Vec<Part> =
        step.model.as_deref().map(|model| (model.to_owned(), Role::Text)).into_iter().collect();
    is.push((format!("at {clock}"), Role::Dim));
    is.extend(agent.map(|agent| (format!("of {agent}"), Role::Dim)));
    let unusual = step.finish_reason.as_deref().filter(|&reason| reason != "stop");
    is.extend(unusual.map(|reason| (format!("stopped: {reason}"), Role::Dim)));

    let took = step.duration().map(|nanos| (format::duration(nanos), Role::Text));
    let took = took.into_iter().chain(elapsed.map(|since| (format!("for {since}"), Role::Running))).collect();

    let below = if asked.has_figures { Vec::new() } else { of_all_calls(asked) };
    let mut came_to = if below.is_empty() { of_itself(&usage, cost) } else { below };
    let first = step.time_to_first_token.map(format::duration);
    came_to.extend(first.map(|first| (format!("first token {first}"), Role::Dim)));
    let pace = step.tokens_per_second(&usage).map(|rate| format!("{rate:.0} tokens/s"));
    came_to.extend(pace.map(|words| (words, Role::Dim)));
    Parts { took, is, came_to }
}

fn of_itself(usage: &Usage, cost: Option<Cost>) -> Vec<Part> {
    let mut parts: Vec<Part> = tokens(usage).map(|words| (words, Role::Text)).collect();
    if cost.is_some() || usage.is_known() {
        parts.push((format::cost(cost), Role::Text));
    }
    parts
}

/// What the calls of the steps below came to, for a step that is no call itself: as in its row. What it says of itself
/// stands beside it where that is something else.
fn of_all_calls(asked: &Asked) -> Vec<Part> {
    let totals = &asked.tokens;
    if totals.known == 0 {
        return Vec::new();
    }
    let cached = match totals.cache_read {
        0 => String::new(),
        cached => format!(" ({} cached)", format::percent(cached, totals.input)),
    };
    let mut parts = vec![
        (format!("in {}{cached}", format::tokens(totals, totals.input)), Role::Text),
        (format!("out {}", format::tokens(totals, totals.output)), Role::Text),
        (format::cost_total(&asked.sums), Role::Text),
        ("with all steps below".to_owned(), Role::Dim),
    ];
    let declared = asked.declared.unwrap_or_default();
    let tokens = declared.tokens.map(|tokens| format!("declares {} tokens", format::count(tokens)));
    let cost = declared.cost.map(|cost| format!("declares {}", format::money(cost)));
    parts.extend(tokens.or(cost).map(|words| (words, Role::Warning)));
    parts
}

/// `in 2.5k (1.2k cached)`, `out 45 (20 reasoning)`.
fn tokens(usage: &Usage) -> impl Iterator<Item = String> {
    let told = |word, count: Option<u64>, part: Option<u64>, of: &str| {
        let part = part.filter(|&n| n > 0).map(|n| format!(" ({} {of})", format::count(n)));
        count.map(|count| format!("{word} {}{}", format::count(count), part.unwrap_or_default()))
    };
    let input = told("in", usage.input, usage.cache_read, "cached");
    input.into_iter().chain(told("out", usage.output, usage.reasoning, "reasoning"))
}

pub(super) fn document(canvas: &mut Canvas, pane: &DetailPane, area: Rect, listens: bool) {
    let needle = pane.search.as_ref().and_then(|search| Needle::new(search.input.value()));
    let width = layout::text_columns(area);
    let mut y = area.y;
    let mut line = pane.top.line;
    let mut skip = pane.top.row;
    while y < area.bottom() && line < pane.shown.len() {
        let rows = pane.rows_of(line, width);
        let hits: Vec<_> = match (&needle, pane.line(line)) {
            (Some(needle), Some(line)) => needle.all(&line.text).collect(),
            _ => Vec::new(),
        };
        for (row, range) in rows.iter().enumerate().skip(skip) {
            if y >= area.bottom() {
                break;
            }
            let place = Place { line, row };
            let strip = Rect { y, height: 1, ..area };
            draw_row(canvas, pane, place, *range, strip);
            if listens && place == pane.cursor {
                canvas.fill((area.x, y), 1, canvas.look.glyphs.cursor, Role::Accent);
                canvas.overlay(strip, canvas.look.theme.cursor_row(true));
            }
            if !hits.is_empty() {
                mark_hits(canvas, pane, &hits, (place, *range), strip);
            }
            y += 1;
        }
        skip = 0;
        line += 1;
    }
}

fn draw_row(canvas: &mut Canvas, pane: &DetailPane, place: Place, range: (usize, usize), area: Rect) {
    let Some(line) = pane.line(place.line) else {
        return;
    };
    let glyphs = canvas.look.glyphs;
    let indent = line.indent.min(area.width / 2);
    let x = area.x + 2 + indent;
    if line.holds > 0 && place.row == 0 {
        let folded = pane.folded.contains(&pane.shown[place.line]);
        let sign = if folded { glyphs.folded } else { glyphs.unfolded };
        canvas.put((x - 1, area.y), 1, sign, Role::Dim);
    }
    let mut flow = Flow::new(canvas, Rect { x: x + 1, width: area.right().saturating_sub(x + 1), ..area });
    // a space at the end may hang over the edge
    let (from, to) = range;
    let to = to - usize::from(line.text[from..to].ends_with(' '));
    for (piece, role) in pieces(line, (from, to)) {
        flow.put(piece, role);
    }
    if line.ruled {
        let room = flow.gap(1).room().saturating_sub(1);
        let at = (area.right().saturating_sub(room + 1), area.y);
        canvas.fill(at, room, glyphs.rule, Role::Faint);
    }
}

/// Lays a look over the hits in one row; a hit that goes on in the next row is marked in both, clusters are kept whole.
fn mark_hits(
    canvas: &mut Canvas,
    pane: &DetailPane,
    hits: &[Range<usize>],
    (place, (from, to)): (Place, (usize, usize)),
    strip: Rect,
) {
    let (Some(line), Some(&nth)) = (pane.line(place.line), pane.shown.get(place.line)) else {
        return;
    };
    let here = pane.search.as_ref().and_then(Search::here);
    let first = strip.x + 3 + line.indent.min(strip.width / 2);
    let column = |byte: usize| first.saturating_add(columns(text::width(&line.text[from..byte])));
    let first_hit = hits.partition_point(|hit| hit.end <= from);
    for hit in hits[first_hit..].iter().take_while(|hit| hit.start < to) {
        let style = canvas.look.theme.hit(here == Some((nth, hit.start)));
        let (start, end) =
            clusters_of(&line.text[from..to], hit.start.max(from) - from, hit.end.min(to) - from);
        let (x, right) = (column(from + start), column(from + end).min(strip.right()));
        canvas.overlay(Rect { x, width: right.saturating_sub(x), ..strip }, style);
    }
}

/// A range of bytes made so wide that no cluster is parted.
fn clusters_of(row: &str, start: usize, end: usize) -> (usize, usize) {
    let mut at = 0;
    let mut whole = (start, end);
    for (cluster, _) in text::clusters(row) {
        let next = at + cluster.len();
        if at < start && start < next {
            whole.0 = at;
        }
        if at < end && end < next {
            whole.1 = next;
        }
        at = next;
    }
    whole
}

/// The pieces of one row: where roles change within its range.
fn pieces(line: &Line, (from, to): (usize, usize)) -> impl Iterator<Item = (&str, Role)> {
    let ends = line.roles.iter().filter(move |(end, _)| *end > from);
    let mut at = from;
    ends.map_while(move |&(end, role)| {
        let begin = at;
        at = end.min(to);
        (begin < to).then(|| (&line.text[begin..at], role))
    })
}
