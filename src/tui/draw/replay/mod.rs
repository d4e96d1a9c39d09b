//! A replay: how far it is, the steps around the stop, how things stood there.

mod film;
mod state;

use ratatui::layout::Rect;

use crate::model::StepKind;
use crate::report::format;
use crate::tui::app::App;
use crate::tui::backend::RunView;
use crate::tui::screens::{Replay, Run};
use crate::tui::theme::Role;

use super::canvas::Canvas;
use super::run::{self, kind_role};
use super::{chrome, detail, runs};

/// Columns of a time beside the bar.
const TIME: u16 = 7;

/// Steps before a moment that are looked at for one that does something: a frame must not hang on how deep agents nest.
const LOOKED_AT: usize = 16;

/// Draws the screen.
pub(super) fn draw(canvas: &mut Canvas, app: &App, run: &Run, replay: &Replay) {
    let areas = replay.areas(app.size);
    run::title(canvas, app, run, areas.title);
    chrome::footer(canvas, app, areas.footer);
    steps_rule(canvas, replay, areas.rule);
    let Some(view) = &replay.view else {
        return run::reading(canvas, app, run, areas.list);
    };
    bar(canvas, view, replay.at, areas.bar);
    film::draw(canvas, view, replay, areas.list);
    if let Some(divider) = areas.divider {
        for y in divider.top()..divider.bottom() {
            canvas.fill((divider.x, y), 1, canvas.look.glyphs.bar, Role::Faint);
        }
    }
    state::rule(canvas, app, view, replay, areas.state_rule);
    if areas.divider.is_some() {
        let tee = canvas.look.glyphs.tees.0;
        canvas.fill((areas.state_rule.x, areas.state_rule.y), 1, tee, Role::Faint);
    }
    state::figures(canvas, app, run, view, replay.at, areas.figures);
    if let Some(error) = &replay.scene.error {
        let at = (areas.document.x + 1, areas.document.y);
        canvas.put(at, areas.document.width.saturating_sub(2), error, Role::Error);
    }
    // that nothing was said is of the stop before: beside the word that it is read it would be an answer
    if !(replay.is_silent && state::is_late(app, replay)) {
        detail::document(canvas, &replay.scene, areas.document, replay.reads);
    }
}

fn steps_rule(canvas: &mut Canvas, replay: &Replay, area: Rect) {
    let listens = if replay.reads { Role::Dim } else { Role::Title };
    canvas.rule(area, &[("Replay", listens)]);
    if let Some(view) = &replay.view {
        let steps = view.replay().moments.len();
        let position =
            if replay.at < steps { runs::position(replay.at, steps) } else { format!(" all {steps} ") };
        canvas.put_right((area.x, area.y), area.width.saturating_sub(2), &position, Role::Dim);
    }
}

/// The time of the run as a line, done up to the stop, in the colours of what was done.
fn bar(canvas: &mut Canvas, view: &RunView, stop: usize, area: Rect) {
    let replay = view.replay();
    let (begin, end, now) = (replay.begin(), replay.end, replay.time(stop));
    let elapsed = format::duration(now.saturating_sub(begin));
    let whole = format::duration(end.saturating_sub(begin));
    canvas.put_right((area.x + 1, area.y), TIME - 1, &elapsed, Role::Title);
    canvas.put((area.right().saturating_sub(TIME), area.y), TIME - 1, &whole, Role::Dim);
    let line = Rect { x: area.x + TIME + 1, width: area.width.saturating_sub(TIME * 2 + 2), ..area };
    let Some(last) = line.width.checked_sub(1) else { return };
    let here = column(now, (begin, end), last);
    for at in 0..line.width {
        let time = begin + share(end.saturating_sub(begin), at, last);
        let done = if at < here { doing(view, stop, time) } else { None };
        let glyphs = canvas.look.glyphs;
        let (sign, role) = match done {
            Some(role) => (glyphs.fall[0], role),
            None if at < here => (glyphs.fall[0], Role::Dim),
            None => (glyphs.rule, Role::Faint),
        };
        canvas.fill((line.x + at, line.y), 1, sign, role);
    }
    canvas.fill((line.x + here, line.y), 1, canvas.look.glyphs.live, Role::Accent);
}

/// The column of a time on a line whose last column is `last`.
fn column(time: u64, (begin, end): (u64, u64), last: u16) -> u16 {
    let span = u128::from(end.saturating_sub(begin).max(1));
    let after = u128::from(time.saturating_sub(begin)) * u128::from(last);
    u16::try_from(after / span).unwrap_or(last).min(last)
}

fn share(span: u64, part: u16, whole: u16) -> u64 {
    let share = u128::from(span) * u128::from(part) / u128::from(whole.max(1));
    u64::try_from(share).unwrap_or(u64::MAX)
}

/// The look of what a model or a tool was doing at a time; `None` where none was at work.
fn doing(view: &RunView, stop: usize, time: u64) -> Option<Role> {
    let moments = &view.replay().moments[..stop.min(view.replay().moments.len())];
    let begun = moments.partition_point(|moment| moment.begin <= time);
    let near = moments[begun.saturating_sub(LOOKED_AT)..begun].iter().rev();
    let mut works = near.filter(|moment| {
        let frame = matches!(moment.kind, StepKind::Agent | StepKind::Workflow | StepKind::Task);
        let goes_on = |end: u64| end == 0 || end > time;
        !frame && view.step(moment.row).is_some_and(|step| goes_on(step.end))
    });
    works.next().map(|moment| if moment.failed { Role::Error } else { kind_role(moment.kind) })
}
