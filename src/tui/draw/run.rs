//! An open run: title, tree with figures and waterfall.

use ratatui::layout::Rect;

use crate::model::StepKind;
use crate::report::{format, text};
use crate::tui::app::App;
use crate::tui::keys::Action;
use crate::tui::screens::{Pane, Run};
use crate::tui::theme::Role;

use super::canvas::{Canvas, Flow, columns};
use super::{chrome, detail, findings, runs, timeline, tree};

/// Columns that the task has at least, where tags stand beside it.
const TASK: usize = 30;

/// From this width on the title has room for the share that was cached.
const ROOMY_TITLE: u16 = 72;

/// Draws the screen.
pub(super) fn draw(canvas: &mut Canvas, app: &App, run: &Run) {
    let areas = run.areas(app.size);
    title(canvas, app, run, areas.title);
    if let Some(area) = areas.tree {
        tree_rule(canvas, app, run, areas.rule);
        match (&run.view, &run.timeline) {
            (Some(view), Some(pane)) => timeline::draw(canvas, app, run, view, pane),
            (Some(view), None) => tree::draw(canvas, app, run, view, area),
            (None, _) => reading(canvas, app, run, area),
        }
    }
    if let Some(places) = &areas.detail {
        detail::draw(canvas, app, run, places);
    }
    if let (Some(places), Some(pane)) = (&areas.findings, &run.findings) {
        findings::draw(canvas, run, pane, places);
    }
    chrome::footer(canvas, app, areas.footer);
}

/// The run and its totals.
pub(super) fn title(canvas: &mut Canvas, app: &App, run: &Run, area: Rect) {
    let Some(summary) = app.runs.get(run.key) else {
        return;
    };
    let glyphs = canvas.look.glyphs;
    let status = summary.times.status(app.now);
    let tokens = &summary.tokens;
    let cached = format::percent(tokens.cache_read, tokens.input);
    // where room is short what is flagged is worth more than the share
    let cached = if tokens.cache_read > 0 && area.width >= ROOMY_TITLE {
        format!(" ({cached} cached)")
    } else {
        String::new()
    };
    let input = format!("in {}", format::tokens(tokens, tokens.input));
    let output = format!("  out {}", format::tokens(tokens, tokens.output));
    let cost = format!("  {}", format::cost_total(&summary.cost));
    let time = format!("  {}", format::duration(runs::elapsed(&summary.times, status, app.now)));
    let agent = runs::agent(summary, 24);
    let task = summary.task.as_deref().unwrap_or(&summary.name);
    let mut flow = Flow::new(canvas, Rect { width: area.width.saturating_sub(1), ..area });
    flow.gap(1).put(glyphs.status(status), runs::status_role(status)).gap(1).put(&agent, Role::Title);
    let counted = tokens.known + tokens.unknown > 0;
    let figures = [
        (input.as_str(), Role::Text),
        (&cached, Role::Dim),
        (&output, Role::Text),
        (&cost, Role::Title),
        (&time, if summary.times.complete { Role::Text } else { Role::Running }),
    ];
    flow.right(if counted { &figures } else { &figures[4..] });
    let flags = runs::flags_in_words(summary, glyphs);
    flow.right(&flags.iter().map(|(words, role)| (words.as_str(), *role)).collect::<Vec<_>>());
    if let Some(words) = session(app, run, flow.room()) {
        flow.right(&[(&words, Role::Dim)]);
    }
    let tags = runs::tags(summary);
    if !tags.is_empty() && usize::from(flow.room()) > text::width(&tags) + TASK {
        flow.right(&[("  ", Role::Text), (&tags, Role::Dim)]);
    }
    let room = usize::from(flow.room().saturating_sub(3));
    flow.put(&format!(" {} ", glyphs.dot), Role::Faint).put(&text::preview(task, room), Role::Dim);
}

/// Which run of its session it is, and whose: as much as leaves room for the task. `2 of 5 in session conv-8840 · kim`.
fn session(app: &App, run: &Run, room: u16) -> Option<String> {
    let summary = app.runs.get(run.key)?;
    let name = summary.session_id.as_deref().map(|id| format!("session {}", text::preview(id, 16)));
    let place = app.runs.siblings(run.key).filter(|(_, keys)| keys.len() > 1);
    let place = place.map(|(at, keys)| format!("{} of {}", at + 1, keys.len()));
    let user = summary.user_id.as_deref().map(|user| text::preview(user, 16));
    let named = match (&place, name) {
        (Some(place), Some(name)) => Some(format!("{place} in {name}")),
        (_, name) => name,
    };
    let dot = app.settings.look.glyphs.dot;
    let whole = match (&named, user) {
        (Some(named), Some(user)) => Some(format!("{named} {dot} {user}")),
        (None, user) => user,
        _ => None,
    };
    let fits = |words: &String| text::width(words) + TASK <= usize::from(room);
    [whole, named, place].into_iter().flatten().find(fits)
}

fn tree_rule(canvas: &mut Canvas, app: &App, run: &Run, area: Rect) {
    let listens = if run.focus == Pane::Tree { Role::Title } else { Role::Dim };
    let follow = if run.tree.follow { "follows the newest" } else { "" };
    let plumbing = if run.tree.plumbing { "with plumbing" } else { "" };
    let flagged = if run.tree.only_flagged { "only flagged" } else { "" };
    let path = if run.tree.path { "critical path" } else { "" };
    let ends = tree::Ends::of(app, run, area).filter(|_| run.timeline.is_none());
    let whole = run.whole(run.present(&app.runs, app.now)).filter(|_| ends.is_none());
    let window = whole.map_or(String::new(), |whole| run.axis.words(whole));
    let end = canvas.rule(
        area,
        &[
            (if run.timeline.is_some() { "Timeline" } else { "Steps" }, listens),
            (flagged, Role::Warning),
            (follow, Role::Running),
            (plumbing, Role::Dim),
            (path, Role::Accent),
            (if run.timeline.is_some() { "" } else { run.tree.column.words() }, Role::Accent),
            (&window, Role::Accent),
        ],
    );
    let position = match &run.tree.search {
        Some(search) if !search.typing => {
            format!(" {}: {} ", search.input.value(), run.tree.search_words(search))
        }
        _ => runs::position(run.tree.at, run.tree.shown.len()),
    };
    if let Some(ends) = ends {
        let role = if run.axis.is_narrowed() { Role::Accent } else { Role::Dim };
        let taken = columns(text::width(&position) + 2);
        ends.draw(canvas, area.y, end..area.right().saturating_sub(taken), role);
    }
    canvas.put_right((area.x, area.y), area.width.saturating_sub(2), &position, Role::Dim);
}

/// Before there are steps. Most runs are read within a frame or two: a word would only flicker.
pub(super) fn reading(canvas: &mut Canvas, app: &App, run: &Run, area: Rect) {
    const PATIENCE: u64 = 300_000_000;
    let waited = app.now.saturating_sub(run.opened);
    let (words, role) = match &run.error {
        Some(error) => (error.clone(), Role::Error),
        None if waited < PATIENCE => return,
        None => {
            let steps = app.runs.get(run.key).map_or(0, |run| run.steps);
            let so_far = if run.read == 0 {
                String::new()
            } else {
                format!("{} of ", format::count(steps.min(run.read as u64)))
            };
            let since = format::duration(waited / 100_000_000 * 100_000_000);
            let key = app.key_in(app.chain(), Action::Escape);
            (format!("reading {so_far}{} steps, {since} · {key} leaves", format::count(steps)), Role::Dim)
        }
    };
    canvas.put((area.x + 2, area.y), area.width.saturating_sub(3), &words, role);
}

/// Words after a name, whole or at least enough of them to be worth reading.
pub(super) fn hint(flow: &mut Flow, words: &str, role: Role) {
    const ENOUGH: usize = 8;
    let room = usize::from(flow.room().saturating_sub(3));
    let words = text::preview(words, room.max(ENOUGH));
    if text::width(&words) <= room {
        flow.gap(2).put(&words, role);
    }
}

/// The look of a kind of step.
pub(super) fn kind_role(kind: StepKind) -> Role {
    match kind {
        StepKind::Agent | StepKind::Workflow | StepKind::Task => Role::Agent,
        StepKind::Llm => Role::Model,
        StepKind::Handoff => Role::Handoff,
        StepKind::Other => Role::Other,
        StepKind::Tool
        | StepKind::Retrieval
        | StepKind::Embedding
        | StepKind::Rerank
        | StepKind::Guardrail
        | StepKind::Evaluation => Role::Tool,
    }
}
