//! How things stood at a stop: who is in charge, what comes next, what was done and spent, what is under way.

use ratatui::layout::Rect;

use crate::analyze::replay::{Moment, SoFar};
use crate::model::{FindingKind, RunStatus, Severity, StepKind};
use crate::report::{format, text};
use crate::tui::app::App;
use crate::tui::backend::RunView;
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::chrome::counted;
use crate::tui::draw::detail::{self, Part};
use crate::tui::draw::marks::severity_role;
use crate::tui::draw::name;
use crate::tui::draw::run::kind_role;
use crate::tui::glyphs::Glyphs;
use crate::tui::screens::{Replay, Run};
use crate::tui::theme::Role;

/// Columns of a row's label.
const LABEL: u16 = 11;

/// Steps under way that are told; more are counted.
const NAMED: usize = 8;

/// Who is in charge, and how far down the conversation the cursor is.
pub(super) fn rule(canvas: &mut Canvas, app: &App, view: &RunView, replay: &Replay, area: Rect) {
    let room = usize::from(area.width).saturating_sub(36);
    let is_end = replay.at + 1 == view.replay().stops();
    let sign = canvas.look.glyphs.kind(StepKind::Agent);
    let words = match in_charge(view, replay.at) {
        Some(agent) => {
            let does = if is_end { "spoke last" } else { "is in charge" };
            format!("{sign} {} {does}", text::preview(agent, room))
        }
        None => "nobody is at work yet".to_owned(),
    };
    let late = is_late(app, replay);
    let role = if replay.reads { Role::Title } else { Role::Agent };
    canvas.rule(area, &[(&words, role), (if late { "reading" } else { "" }, Role::Running)]);
    let share = detail::share(&replay.scene);
    canvas.put_right((area.x, area.y), area.width.saturating_sub(2), &share, Role::Dim);
}

/// Whether the conversation takes long enough to be told so.
pub(super) fn is_late(app: &App, replay: &Replay) -> bool {
    const PATIENCE: u64 = 300_000_000;
    let asked = replay.asked.as_ref().map_or(app.now, |asked| asked.1);
    replay.scene.waits_for.is_some() && app.now.saturating_sub(asked) > PATIENCE
}

/// The agent whose turn it is, or what stands for one where none is named.
fn in_charge(view: &RunView, stop: usize) -> Option<&str> {
    let replay = view.replay();
    let named = view.stage().in_charge(stop);
    named.or_else(|| {
        let at = replay.moments.get(stop).or(replay.moments.last().filter(|_| stop > 0))?.row;
        let above = |row: &u32| view.tree.rows.get(*row as usize)?.parent;
        let mut steps = std::iter::successors(above(&at), above).filter_map(|row| view.step(row));
        steps.find(|step| matches!(step.kind, StepKind::Agent | StepKind::Workflow)).map(name::title)
    })
}

/// Rows of figures, as many as there is room for.
pub(super) fn figures(canvas: &mut Canvas, app: &App, run: &Run, view: &RunView, stop: usize, area: Rect) {
    let facts = Facts { app, run, view, stop, glyphs: app.settings.look.glyphs };
    let so_far = view.replay().so_far(&view.tree, stop);
    let (next, spent, done) = (facts.next(), spent(&so_far), done(&so_far));
    let (context, under_way, flagged) = (facts.context(), facts.under_way(), facts.flagged());
    let rows = match area.height {
        0..2 => vec![("next", [next, spent].concat())],
        2 => vec![("next", next), ("so far", [spent, done].concat())],
        3..6 => {
            vec![
                ("next", next),
                ("so far", [spent, done].concat()),
                ("under way", [under_way, flagged].concat()),
            ]
        }
        _ => vec![
            ("next", next),
            ("spent", spent),
            ("done", done),
            ("context", context),
            ("under way", under_way),
            ("flagged", flagged),
        ],
    };
    let rows = rows.into_iter().filter(|(_, parts)| !parts.is_empty());
    for ((label, parts), y) in rows.zip(area.top()..area.bottom()) {
        canvas.put((area.x + 2, y), LABEL, label, Role::Dim);
        let x = area.x + 2 + LABEL;
        let row = Rect { x, y, width: area.right().saturating_sub(x + 1), height: 1 };
        detail::figures_row(canvas, parts.into_iter(), row);
    }
}

fn spent(so_far: &SoFar) -> Vec<Part> {
    let SoFar { tokens, cost, .. } = so_far;
    if tokens.known + tokens.unknown == 0 {
        return vec![("nothing yet".to_owned(), Role::Dim)];
    }
    let cached = format::percent(tokens.cache_read, tokens.input);
    let cached = if tokens.cache_read > 0 { format!(" ({cached} cached)") } else { String::new() };
    vec![
        (format::cost_total(cost), Role::Title),
        (format!("in {}{cached}", format::tokens(tokens, tokens.input)), Role::Text),
        (format!("out {}", format::tokens(tokens, tokens.output)), Role::Text),
    ]
}

fn done(so_far: &SoFar) -> Vec<Part> {
    let counts = [
        (so_far.calls, "model call", Role::Text),
        (so_far.tools, "tool call", Role::Text),
        (so_far.handoffs, "handoff", Role::Text),
    ];
    let told = counts.into_iter().filter(|(count, ..)| *count > 0);
    let mut parts: Vec<Part> = told.map(|(count, what, role)| (counted(count, what), role)).collect();
    if so_far.errors > 0 {
        parts.push((format!("{} failed", format::count(so_far.errors)), Role::Error));
    }
    parts
}

/// What is told of a stop.
struct Facts<'a> {
    app: &'a App,
    run: &'a Run,
    view: &'a RunView,
    stop: usize,
    glyphs: &'static Glyphs,
}

impl Facts<'_> {
    /// The step that comes next: its outcome is not known yet.
    fn next(&self) -> Vec<Part> {
        let Some(moment) = self.view.replay().moments.get(self.stop) else {
            return vec![self.end()];
        };
        let Some(step) = self.view.step(moment.row) else {
            return Vec::new();
        };
        let title = format!("{} {}", self.glyphs.kind(step.kind), name::title(step));
        let mut parts = vec![(title, kind_role(step.kind))];
        parts.extend(name::beside(step).map(|beside| (beside.to_owned(), Role::Dim)));
        parts
    }

    fn end(&self) -> Part {
        let status = self.app.runs.get(self.run.key).map(|run| run.times.status(self.app.now));
        let (words, role) = match status {
            Some(RunStatus::Running) => ("the run goes on: nothing more has arrived", Role::Running),
            Some(RunStatus::Error) => ("the run has failed", Role::Error),
            Some(RunStatus::Incomplete) => ("nothing more arrived: its end was never told", Role::Warning),
            Some(RunStatus::Ok) | None => ("the run has ended", Role::Ok),
        };
        (words.to_owned(), role)
    }

    /// What the agent's last model call was given: how full its context is.
    fn context(&self) -> Vec<Part> {
        let stage = self.view.stage();
        let call = stage.last_call(self.stop).filter(|call| call.has_ended(self.stop));
        let told = call.and_then(|call| {
            let row = self.view.tree.rows.get(call.row as usize)?;
            Some((row.usage.input?, self.view.step(call.row)?.context_window))
        });
        let Some((input, window)) = told else {
            return vec![("no model has answered this agent yet".to_owned(), Role::Dim)];
        };
        let mut parts = vec![(format!("{} tokens at the last call", format::count(input)), Role::Text)];
        parts.extend(window.map(|window| {
            (format!("{} of {}", format::percent(input, window), format::count(window)), Role::Dim)
        }));
        parts
    }

    /// The agents around the next step, then what runs beside it.
    fn under_way(&self) -> Vec<Part> {
        let replay = self.view.replay();
        let now = replay.time(self.stop);
        let next = replay.moments.get(self.stop).map(|next| next.row);
        let is_around = |row: u32| {
            let below = row..row + self.view.tree.rows.get(row as usize).map_or(1, |row| row.subtree);
            next.is_some_and(|next| below.contains(&next))
        };
        let (around, beside): (Vec<_>, Vec<_>) =
            replay.under_way(self.stop).partition(|moment| is_around(moment.row));
        let part = |moment: &Moment, before: &str| {
            let step = self.view.step(moment.row)?;
            let title = text::preview(name::title(step), 32);
            let since = format::duration(now.saturating_sub(moment.begin));
            let sign = self.glyphs.kind(step.kind);
            Some((format!("{before}{sign} {title} {since}"), kind_role(step.kind)))
        };
        let inner = around.iter().rev().take(NAMED).rev();
        let mut parts: Vec<Part> = inner.filter_map(|moment| part(moment, "")).collect();
        let words = std::iter::once("beside it ").chain(std::iter::repeat(""));
        parts.extend(beside.iter().take(NAMED).zip(words).filter_map(|(moment, word)| part(moment, word)));
        if let Some(more) = beside.len().checked_sub(NAMED).filter(|&more| more > 0) {
            parts.push((format!("{} more", format::count(more as u64)), Role::Dim));
        }
        if parts.is_empty() && self.stop < replay.moments.len() {
            parts.push(("nothing".to_owned(), Role::Dim));
        }
        parts
    }

    /// Findings whose first step has begun, by kind, the latest first.
    fn flagged(&self) -> Vec<Part> {
        let wanted = self.view.marks.flagged.iter().filter(|flagged| !flagged.finding.dismissed);
        let begun = |row: u32| Some(self.view.stop_before(row)).filter(|&stop| stop < self.stop);
        let mut found: Vec<_> = wanted
            .filter_map(|flagged| Some((begun(flagged.members.first()?.row)?, &flagged.finding)))
            .collect();
        found.sort_by_key(|(stop, _)| std::cmp::Reverse(*stop));
        let mut kinds: Vec<(FindingKind, u64, Severity)> = Vec::new();
        for (_, finding) in found {
            match kinds.iter_mut().find(|(kind, ..)| *kind == finding.kind) {
                Some((_, count, worst)) => (*count, *worst) = (*count + 1, (*worst).max(finding.severity)),
                None => kinds.push((finding.kind, 1, finding.severity)),
            }
        }
        let words = kinds.into_iter().map(|(kind, count, worst)| {
            (format!("{} {}", self.glyphs.finding(kind), counted(count, kind.label())), severity_role(worst))
        });
        words.collect()
    }
}
