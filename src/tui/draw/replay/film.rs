//! The steps of a replay in the order of time: what has happened, the line at which it stands, what is to come.

use ratatui::layout::Rect;

use crate::analyze::replay::Moment;
use crate::model::{Step, StepKind, StepStatus};
use crate::report::{format, text};
use crate::tui::backend::RunView;
use crate::tui::draw::canvas::{Canvas, Flow};
use crate::tui::draw::run::kind_role;
use crate::tui::draw::{about, name};
use crate::tui::screens::{Gists, Replay, ReplayLine};
use crate::tui::theme::Role;

/// Columns of the time since the run began, of the sign before it, and of how long a step took.
const SINCE: u16 = 7;
const SIGN: u16 = 2;
const TOOK: u16 = 7;

/// In longer runs the clock tells more than the time since the beginning, nanoseconds; and the columns that it takes.
const LONG: u64 = 3_600_000_000_000;
const CLOCK: u16 = 10;

/// Columns of what it cost, and the width of the list from which on there is room for it.
const COST: u16 = 9;
const ROOMY: u16 = 64;

/// Levels that a step is moved in at most.
const LEVELS: usize = 8;

/// Draws the window.
pub(super) fn draw(canvas: &mut Canvas, view: &RunView, replay: &Replay, area: Rect) {
    let top = replay.top(area.height.into());
    let (begin, end) = (view.replay().begin(), view.replay().end);
    let by_clock = end.saturating_sub(begin) >= LONG;
    let left = SIGN + if by_clock { CLOCK } else { SINCE };
    for (at, y) in (top..).zip(area.top()..area.bottom()) {
        let strip = Rect { y, height: 1, ..area };
        match replay.line(at) {
            Some(ReplayLine::Here) => here(canvas, view, replay, left, strip),
            Some(ReplayLine::Step(at)) => {
                if let Some(moment) = view.replay().moments.get(at) {
                    let (is_next, is_done) = (at == replay.at, at < replay.at);
                    let gists = &replay.gists;
                    let pen = Pen { view, gists, stop: replay.at, left, by_clock, is_next, is_done };
                    pen.step(canvas, moment, strip);
                }
            }
            None => return,
        }
    }
}

/// The line between what has begun and what has not.
fn here(canvas: &mut Canvas, view: &RunView, replay: &Replay, left: u16, area: Rect) {
    let steps = view.replay().moments.len();
    let words = match replay.at {
        _ if steps == 0 => "nothing happened",
        0 => "the beginning",
        at if at == steps => "the end",
        _ => "you are here",
    };
    let role = if replay.reads { Role::Dim } else { Role::Accent };
    canvas.fill((area.x, area.y), area.width, canvas.look.glyphs.fall[0], role);
    let x = area.x + left;
    canvas.put((x, area.y), area.right().saturating_sub(x + 1), &format!(" {words} "), Role::Title);
}

/// Draws one step.
struct Pen<'a> {
    view: &'a RunView,
    gists: &'a Gists,
    stop: usize,
    /// Columns before the name.
    left: u16,
    by_clock: bool,
    is_next: bool,
    is_done: bool,
}

impl Pen<'_> {
    fn step(&self, canvas: &mut Canvas, moment: &Moment, area: Rect) {
        let Some(step) = self.view.step(moment.row) else {
            return;
        };
        let under_way = self.is_done && !moment.has_ended(self.stop);
        self.sign(canvas, step, under_way, area);
        let replay = self.view.replay();
        let began = if self.by_clock {
            format::clock(moment.begin, canvas.look.zone)
        } else {
            format::duration(moment.begin.saturating_sub(replay.begin()))
        };
        let role = if self.is_done || self.is_next { Role::Dim } else { Role::Faint };
        canvas.put_right((area.x + SIGN, area.y), self.left - SIGN - 1, &began, role);
        let x = area.x + self.left;
        let cost = if area.width >= ROOMY { COST } else { 0 };
        let name = Rect { x, width: area.right().saturating_sub(x + TOOK + cost + 1), ..area };
        self.name(canvas, moment, step, name);
        if !self.is_done {
            return;
        }
        if let Some(row) = self.view.tree.rows.get(moment.row as usize)
            && row.has_figures
            && !under_way
        {
            canvas.put_right((name.right() + TOOK, area.y), cost, &format::cost(row.own_cost), Role::Text);
        }
        let (took, role) = if under_way {
            (Some(replay.time(self.stop).saturating_sub(moment.begin)), Role::Running)
        } else {
            (step.duration(), Role::Text)
        };
        let took = took.map(format::duration).unwrap_or_default();
        canvas.put_right((name.right(), area.y), TOOK, &took, role);
    }

    /// How it stands, where that is not simply well.
    fn sign(&self, canvas: &mut Canvas, step: &Step, under_way: bool, area: Rect) {
        let glyphs = canvas.look.glyphs;
        let (sign, role) = match step.status {
            _ if self.is_next => (glyphs.arrow, Role::Accent),
            _ if under_way => (glyphs.running, Role::Running),
            StepStatus::Error if self.is_done => (glyphs.error, Role::Error),
            _ => return,
        };
        canvas.put((area.x + 1, area.y), 1, sign, role);
    }

    fn name(&self, canvas: &mut Canvas, moment: &Moment, step: &Step, area: Rect) {
        let glyph = canvas.look.glyphs.kind(step.kind);
        let indent = u16::try_from(level(self.view, moment.row)).unwrap_or(0).min(area.width / 3);
        let mut flow = Flow::new(canvas, Rect { x: area.x + indent, width: area.width - indent, ..area });
        let is_near = self.is_done || self.is_next;
        let plain = match step.kind {
            _ if !is_near => Role::Dim,
            StepKind::Agent | StepKind::Workflow => Role::Title,
            _ if self.is_next => Role::Title,
            _ => Role::Text,
        };
        flow.put(glyph, if is_near { kind_role(step.kind) } else { Role::Dim }).gap(1);
        let title = text::preview(name::title(step), flow.room().into());
        flow.put(&title, plain);
        if self.is_done && moment.has_ended(self.stop) {
            let gist = self.gists.of(step);
            about::ended(&mut flow, (self.view, moment.row), step, gist, Role::Error);
        } else if is_near && step.kind != StepKind::Llm {
            about::begun(&mut flow, self.gists.of(step));
        }
    }
}

/// Levels of a step below others that are shown.
fn level(view: &RunView, row: u32) -> usize {
    let above = |row: &u32| view.tree.rows.get(*row as usize)?.parent;
    let is_shown = |row: &u32| view.step(*row).is_some_and(|step| !step.plumbing);
    std::iter::successors(above(&row), above).take(LEVELS * 4).filter(is_shown).take(LEVELS).count()
}
