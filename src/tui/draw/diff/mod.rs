//! Two runs beside each other: titles, rows, what is said of the difference, sums.

mod rows;
mod sums;

use ratatui::layout::Rect;

use crate::model::RunSummary;
use crate::report::{format, text};
use crate::tui::app::App;
use crate::tui::comparison::Comparison;
use crate::tui::document;
use crate::tui::keys::Action;
use crate::tui::layout::DiffAreas;
use crate::tui::screens::Diff;
use crate::tui::theme::Role;

use super::canvas::{Canvas, Flow};
use super::chrome::counted;
use super::{chrome, detail, name, runs};

/// Names and looks of the two runs.
const SIDES: [(&str, Role); 2] = [("A", Role::SideA), ("B", Role::SideB)];

/// Draws the screen.
pub(super) fn draw(canvas: &mut Canvas, app: &App, diff: &Diff) {
    let areas = diff.areas(app.size);
    for side in [0, 1] {
        // until the answer to a swap comes, rows and titles speak of the same sides
        let shown = diff.comparison.as_ref().map_or(diff.runs[side], |comparison| comparison.views[side].run);
        if let Some(run) = app.runs.get(shown) {
            title(canvas, app, run, side, areas.titles[side]);
        }
    }
    rule(canvas, diff, areas.rule);
    match &diff.comparison {
        Some(comparison) => {
            rows::draw(canvas, diff, comparison, &areas);
            said(canvas, diff, comparison, &areas);
            sums::draw(canvas, diff, comparison, areas.figures);
        }
        None => comparing(canvas, app, diff, areas.rows),
    }
    chrome::footer(canvas, app, areas.footer);
}

fn title(canvas: &mut Canvas, app: &App, run: &RunSummary, side: usize, area: Rect) {
    let status = run.times.status(app.now);
    let (letter, role) = SIDES[side];
    let steps = counted(run.steps, "step");
    let cost = format::cost_total(&run.cost);
    let tokens = format::tokens(&run.tokens, run.tokens.total());
    let time = format::duration(runs::elapsed(&run.times, status, app.now));
    let agent = runs::agent(run, 20);
    let sign = canvas.look.glyphs.status(status);
    let dot = format!(" {} ", canvas.look.glyphs.dot);
    let started = format::started(run.times.start, app.now, app.settings.look.zone);
    let mut flow = Flow::new(canvas, Rect { width: area.width.saturating_sub(1), ..area });
    flow.gap(1).put(letter, role).gap(1).put(sign, runs::status_role(status)).gap(1);
    // where two runs share a row the agent's name is worth more than these
    let (with_tokens, with_time) = (area.width >= 58, area.width >= 54);
    let figures = [
        (steps, Role::Text, true),
        (tokens, Role::Dim, with_tokens),
        (cost, Role::Title, true),
        (time, Role::Dim, with_time),
    ];
    let told = figures.iter().filter(|(words, _, is_told)| *is_told && !words.is_empty());
    let shown: Vec<(&str, Role)> =
        told.flat_map(|(words, role, _)| [("  ", Role::Text), (words.as_str(), *role)]).collect();
    flow.right(&shown);
    flow.put(&started, Role::Dim).gap(1).put(&agent, Role::Title);
    let task = run.task.as_deref().unwrap_or(&run.name);
    let room = usize::from(flow.room()).saturating_sub(text::width(&dot));
    if room >= 8 {
        flow.put(&dot, Role::Faint).put(&text::preview(task, room), Role::Dim);
    }
}

/// What is common, where they part, and which difference the cursor is in.
fn rule(canvas: &mut Canvas, diff: &Diff, area: Rect) {
    let Some(of) = &diff.comparison else {
        canvas.rule(area, &[]);
        return;
    };
    let swaps = diff.runs != of.views.each_ref().map(|view| view.run);
    let news = match &diff.error {
        Some(why) => (format!("as of before: {why}"), Role::Error),
        None if swaps => ("comparing".to_owned(), Role::Dim),
        None => (String::new(), Role::Dim),
    };
    let again = (news.0.as_str(), news.1);
    let Some(fork) = &of.diff.divergence else {
        let words = format!("the same behaviour: {}", counted(of.alike[0] as u64, "step"));
        canvas.rule(area, &[(&words, Role::Ok), again]);
        return;
    };
    let common = match of.common {
        0 => "they part at once".to_owned(),
        some => format!("the same so far: {}", counted(some as u64, "step")),
    };
    let place = match fork.at {
        [Some(a), Some(b)] if a == b => format!("◇ parted at step {a}"),
        [Some(a), Some(b)] => format!("◇ parted at step {a} of A, {b} of B"),
        [Some(a), None] => format!("◇ parted at step {a} of A"),
        [None, Some(b)] => format!("◇ parted at step {b} of B"),
        [None, None] => String::new(),
    };
    let fits = |position: &String| {
        text::width(&common) + text::width(&place) + text::width(position) + 8 < usize::from(area.width)
    };
    let whole = position(diff, of, true);
    let position = if fits(&whole) { whole } else { position(diff, of, false) };
    let common = if fits(&position) { common } else { String::new() };
    canvas.rule(area, &[(&common, Role::Title), (&place, Role::Warning), again]);
    canvas.put_right((area.x, area.y), area.width.saturating_sub(2), &position, Role::Dim);
}

/// `difference 2 of 5 · fails`, with or without why it is worth a look.
fn position(diff: &Diff, of: &Comparison, with_note: bool) -> String {
    let all = of.diff.hunks.len();
    let Some(at) = diff.line().and_then(|line| of.hunk_at(line)) else {
        return format!(" {} ", counted(all as u64, "difference"));
    };
    let note = document::notable(of.diff.hunks[at].notable);
    let note = if note.is_empty() || !with_note { String::new() } else { format!(" · {note}") };
    format!(" difference {} of {all}{note} ", at + 1)
}

/// Before there is anything to see. Most comparisons take less than a blink: a word would only flicker.
fn comparing(canvas: &mut Canvas, app: &App, diff: &Diff, area: Rect) {
    const PATIENCE: u64 = 300_000_000;
    let waited = app.now.saturating_sub(diff.opened);
    let (words, role) = match &diff.error {
        Some(error) => (error.clone(), Role::Error),
        None if waited < PATIENCE => return,
        None => {
            let steps = diff.runs.map(|key| app.runs.get(key).map_or(0, |run| run.steps));
            let [a, b] = steps.map(format::count);
            let read = match diff.read.map(|read| read as u64) {
                [0, 0] => String::new(),
                [read, 0] => format!(", {} read", format::count(read)),
                [_, read] => format!(", {} read", format::count(steps[0] + read)),
            };
            let since = format::duration(waited / 100_000_000 * 100_000_000);
            let key = app.key_in(app.chain(), Action::Escape);
            (format!("comparing {a} steps with {b}{read}, {since} · {key} leaves"), Role::Dim)
        }
    };
    canvas.put((area.x + 2, area.y), area.width.saturating_sub(3), &words, role);
}

/// What is said of the difference, under its rule.
fn said(canvas: &mut Canvas, diff: &Diff, of: &Comparison, areas: &DiffAreas) {
    if areas.why_rule.height == 0 {
        return;
    }
    let about = about(diff, of);
    let late = if diff.panel.waits_for.is_some() { "reading" } else { "" };
    let role = if diff.fills() { Role::Title } else { Role::Dim };
    canvas.rule(areas.why_rule, &[(&about, role), (late, Role::Dim)]);
    let share = if diff.fills() { detail::share(&diff.panel) } else { String::new() };
    canvas.put_right(
        (areas.why_rule.x, areas.why_rule.y),
        areas.why_rule.width.saturating_sub(2),
        &share,
        Role::Dim,
    );
    detail::document(canvas, &diff.panel, areas.why, diff.fills());
}

/// What the panel speaks of.
fn about(diff: &Diff, of: &Comparison) -> String {
    let Some(asked) = &diff.asked else {
        return if of.diff.same() { "both".to_owned() } else { "why".to_owned() };
    };
    let titles =
        asked.steps.each_ref().map(|step| step.as_ref().map(|step| text::preview(name::title(step), 28)));
    let named = match titles {
        [Some(a), Some(b)] if a == b => a,
        [Some(a), Some(b)] => format!("{a} | {b}"),
        [Some(a), None] => format!("{a}, only in A"),
        [None, Some(b)] => format!("{b}, only in B"),
        [None, None] => String::new(),
    };
    let what = if asked.messages { "what the model was asked" } else { "what differs here" };
    format!("{what}: {named}")
}
