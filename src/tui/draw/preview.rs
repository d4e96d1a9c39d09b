//! The run under the cursor at a glance: what it came to, what is odd about it, how it ended, and its shape.

use ratatui::layout::Rect;

use crate::model::{RunStatus, RunSummary, Severity, StepStatus};
use crate::report::{format, text};
use crate::tui::app::App;
use crate::tui::backend::RunView;
use crate::tui::document::rows;
use crate::tui::layout::PreviewAreas;
use crate::tui::screens::{MOST_STEPS, Runs, Shape};
use crate::tui::theme::Role;

use super::canvas::{Canvas, Flow};
use super::chrome::counted;
use super::marks::severity_role;
use super::run::kind_role;
use super::{name, runs, waterfall};

/// Rows of the task, at most.
const TASK_ROWS: usize = 3;
/// Columns of a step's duration, and its distance.
const DURATION: u16 = 7;

/// Draws the pane.
pub(super) fn draw(canvas: &mut Canvas, app: &App, list: &Runs, areas: &PreviewAreas) {
    let glyphs = canvas.look.glyphs;
    if let Some(divider) = areas.divider {
        (divider.top()..divider.bottom())
            .for_each(|y| canvas.fill((divider.x, y), 1, glyphs.bar, Role::Faint));
    }
    let Some(run) = list.selected.and_then(|key| app.runs.get(key)) else {
        canvas.rule(areas.rule, &[]);
        return;
    };
    let status = run.times.status(app.now);
    canvas.rule(areas.rule, &[(&runs::agent(run, areas.rule.width / 2), Role::Title)]);
    let area = Rect { x: areas.body.x + 1, width: areas.body.width.saturating_sub(2), ..areas.body };
    // under the list the pane is wide and low: figures and shape stand beside each other
    let beside = areas.divider.is_some();
    let wide = if beside { area.width } else { area.width * 2 / 5 };
    let mut facts = task(run, wide.into());
    facts.extend((beside && !facts.is_empty()).then(Vec::new));
    facts.extend(facts_of(app, list, run, status).into_iter().flat_map(|line| wrapped(line, wide.into())));
    let (left, rest) = if beside {
        let above = u16::try_from(facts.len() + 1).unwrap_or(u16::MAX).min(area.height);
        (area, Rect { y: area.y + above, height: area.height - above, ..area })
    } else {
        (Rect { width: wide, ..area }, Rect { x: area.x + wide + 2, width: area.width - wide - 2, ..area })
    };
    for (line, y) in facts.iter().zip(left.top()..left.bottom()) {
        let mut flow = Flow::new(canvas, Rect { y, height: 1, ..left });
        for (words, role) in line {
            flow.put(words, *role);
        }
    }
    draw_rest(canvas, app, list, run, rest);
}

/// The shape, or why there is none.
fn draw_rest(canvas: &mut Canvas, app: &App, list: &Runs, run: &RunSummary, area: Rect) {
    match list.preview.shown(run.key, app.now) {
        Some(shape) => draw_shape(canvas, app, shape, run.times.status(app.now) == RunStatus::Running, area),
        None if run.steps > MOST_STEPS && area.height > 0 => {
            let words = format!("{} steps: open it to see them", format::count(run.steps));
            canvas.put((area.x, area.y), area.width, &words, Role::Dim);
        }
        None => {}
    }
}

/// What it was to do: the list has room for its beginning only.
fn task(run: &RunSummary, wide: usize) -> Vec<runs::Words> {
    let Some(task) = run.task.as_deref() else { return Vec::new() };
    let task = text::preview(task, wide * TASK_ROWS);
    let mut lines = wrapped(vec![(task.clone(), Role::Text)], wide);
    if lines.len() > TASK_ROWS {
        // words broke badly: the last row is cut
        let before: usize = rows(&task, wide)[TASK_ROWS - 1].0;
        lines.truncate(TASK_ROWS - 1);
        lines.push(vec![(text::preview(&task[before..], wide), Role::Text)]);
    }
    lines
}

/// A line in as many rows as it needs.
fn wrapped(line: runs::Words, wide: usize) -> Vec<runs::Words> {
    let line: runs::Words =
        line.into_iter().map(|(words, role)| (text::shown(&words).into_owned(), role)).collect();
    let whole: String = line.iter().map(|(words, _)| words.as_str()).collect();
    let rows = rows(&whole, wide).into_iter();
    rows.map(|(from, to)| {
        // a space at the end may hang over the edge
        let to = from + whole[from..to].trim_end().len();
        let mut at = 0;
        let cut = line.iter().map(|(words, role)| {
            let (begin, end) = (at, at + words.len());
            at = end;
            let range = from.clamp(begin, end) - begin..to.clamp(begin, end) - begin;
            (words[range].to_owned(), *role)
        });
        cut.collect()
    })
    .collect()
}

/// What is known without reading a step, and how it ended.
fn facts_of(app: &App, list: &Runs, run: &RunSummary, status: RunStatus) -> Vec<runs::Words> {
    let glyphs = app.settings.look.glyphs;
    let dot = || (format!(" {} ", glyphs.dot), Role::Faint);
    let tokens = |figure| format::tokens(&run.tokens, figure);
    let cached = format::percent(run.tokens.cache_read, run.tokens.input);
    let mut lines = vec![vec![
        (format!("{} {}", glyphs.status(status), status.name()), runs::status_role(status)),
        dot(),
        (format::started(run.times.start, app.now, app.settings.look.zone), Role::Text),
        dot(),
        (format::duration(runs::elapsed(&run.times, status, app.now)), Role::Text),
        dot(),
        (format::cost_total(&run.cost), Role::Title),
    ]];
    if run.tokens.known + run.tokens.unknown > 0 {
        lines.push(vec![
            (format!("in {}", tokens(run.tokens.input)), Role::Text),
            (if cached.is_empty() { cached } else { format!(" ({cached} cached)") }, Role::Dim),
            (format!("  out {}", tokens(run.tokens.output)), Role::Text),
        ]);
    }
    let made = [
        (run.steps, "step"),
        (run.llm_calls, "model call"),
        (run.tool_calls, "tool call"),
        (run.handoffs, "handoff"),
    ];
    let made = made.iter().filter(|(count, _)| *count > 0).map(|&(count, one)| counted(count, one));
    lines.push(vec![(made.collect::<Vec<_>>().join(", "), Role::Dim)]);
    lines.extend(named("", &run.models.join(", ")));
    lines.extend(named("session ", run.session_id.as_deref().unwrap_or_default()));
    lines.extend(named("user ", run.user_id.as_deref().unwrap_or_default()));
    lines.extend(named("", &runs::tags(run)));
    let view = list.preview.shape.as_ref().map(|shape| &shape.view).filter(|view| view.run == run.key);
    let found = view.map_or(Vec::new(), |view| findings(view, app));
    // until the findings are here their counts stand for them
    let counted =
        runs::remarks(app, run).into_iter().skip(if found.is_empty() { 0 } else { run.findings.kinds() });
    lines.extend(found.into_iter().chain(counted).map(|remark| vec![remark]));
    lines.extend(view.and_then(|view| ending(view, status)).map(|ending| vec![ending]));
    lines
}

fn named(what: &str, names: &str) -> Option<runs::Words> {
    (!names.is_empty()).then(|| vec![(what.to_owned(), Role::Dim), (names.to_owned(), Role::Text)])
}

/// Alarms and warnings in words, the most wasteful first.
fn findings(view: &RunView, app: &App) -> runs::Words {
    let glyphs = app.settings.look.glyphs;
    let found = view.marks.flagged.iter().map(|flagged| &flagged.finding);
    let told = found.filter(|finding| !finding.dismissed && finding.severity != Severity::Hint);
    told.map(|finding| {
        let words = format!("{} {}", glyphs.finding(finding.kind), finding.message);
        (words, severity_role(finding.severity))
    })
    .collect()
}

/// How it ended, or what it is at.
fn ending(view: &RunView, status: RunStatus) -> Option<(String, Role)> {
    let newest = view.step(view.newest)?;
    if status == RunStatus::Running {
        let at_work = if newest.status == StepStatus::Running { "now" } else { "last" };
        return Some((format!("{at_work}: {}", name::title(newest)), Role::Running));
    }
    let root = view.step(0).and_then(|root| root.error.as_deref());
    let last = || view.errors.last().and_then(|&row| view.step(row)).and_then(|step| step.error.as_deref());
    match root.or_else(last) {
        Some(error) if status == RunStatus::Error => Some((format!("ended with: {error}"), Role::Error)),
        Some(error) => Some((format!("an error on the way: {error}"), Role::Dim)),
        None => None,
    }
}

/// Top levels of the tree on one time axis.
fn draw_shape(canvas: &mut Canvas, app: &App, shape: &Shape, live: bool, area: Rect) {
    let view = &shape.view;
    let axis = (view.times.0, if live { app.now.max(view.times.1) } else { view.times.1 });
    let (rows, left) = shape.fitting(area.height.into());
    for (&(row, depth), y) in rows.iter().zip(area.y..area.bottom()) {
        draw_row(canvas, view, (row, depth), axis, Rect { y, height: 1, ..area });
    }
    let y = area.y + u16::try_from(rows.len()).unwrap_or(u16::MAX).min(area.height);
    if left > 0 && y < area.bottom() {
        canvas.put((area.x, y), area.width, &format!("{} {left} more", text::ELLIPSIS), Role::Dim);
    }
}

fn draw_row(canvas: &mut Canvas, view: &RunView, (row, depth): (u32, u16), axis: (u64, u64), area: Rect) {
    let glyphs = canvas.look.glyphs;
    let name = area.width * 2 / 5;
    let fall = Rect {
        x: area.x + name + DURATION + 1,
        width: area.width.saturating_sub(name + DURATION + 1),
        ..area
    };
    (0..depth).for_each(|level| canvas.fill((area.x + level * 2, area.y), 1, glyphs.guide, Role::Faint));
    let indent = (depth * 2).min(name / 2);
    let mut flow = Flow::new(canvas, Rect { x: area.x + indent, width: name.saturating_sub(indent), ..area });
    let Some(step) = view.step(row) else {
        flow.put(glyphs.incomplete, Role::Dim).put(" never arrived", Role::Dim);
        return;
    };
    let failed = step.status == StepStatus::Error;
    let role = if failed { Role::Error } else { kind_role(step.kind) };
    flow.put(if failed { glyphs.error } else { glyphs.kind(step.kind) }, role).gap(1);
    let title = text::preview(name::title(step), flow.room().into());
    flow.put(&title, Role::Text);
    let end = if step.end == 0 { axis.1 } else { step.end };
    let took = format::duration(end.saturating_sub(step.start));
    canvas.put_right((area.x + name, area.y), DURATION, &took, Role::Dim);
    let halves = waterfall::halves(axis, (step.start, end), fall.width.max(1));
    for column in 0..fall.width {
        if let Some(sign) = waterfall::sign(halves, column) {
            let sign = if step.end == 0 { 3 } else { sign };
            canvas.fill((fall.x + column, area.y), 1, glyphs.fall[sign], role);
        }
    }
}
