//! What actions and the mouse change in the timeline, and in the stretch of time that it shares with the tree.

use crossterm::event::{KeyModifiers, MouseEvent, MouseEventKind};

use crate::model::UnixNanos;
use crate::tui::app::{App, Screen};
use crate::tui::axis::Window;
use crate::tui::keys::Action;
use crate::tui::screens::{Pane, Run, step_of};
use crate::tui::timeline::pieces;

use super::act_on_tree;

/// Lines that one notch of the wheel moves.
const NOTCH: isize = 2;

/// The open run, and the present moment while it goes on.
fn open_run(app: &mut App) -> Option<(&mut Run, Option<UnixNanos>)> {
    match app.screens.last_mut() {
        Some(Screen::Run(run)) => {
            let present = run.present(&app.runs, app.now);
            Some((run, present))
        }
        _ => None,
    }
}

/// Shows the timeline, or the tree again; the keys go there.
pub(super) fn toggle(run: &mut Run) {
    run.toggle_timeline();
    (run.focus, run.zoom) = (Pane::Tree, false);
}

/// What a key does on the timeline.
pub(super) fn act(app: &mut App, action: Action) {
    let size = app.size;
    let Some((run, present)) = open_run(app) else {
        return;
    };
    let forward = action == Action::NextInLane;
    match action {
        Action::PreviousInLane | Action::NextInLane => {
            if !run.go_along(forward) {
                app.say(
                    if forward { "the last step of the lane" } else { "the first step of the lane" },
                    false,
                );
            }
        }
        Action::First | Action::Last => run.go_to_end(action == Action::Last),
        Action::Plumbing | Action::Open => act_on_tree(run, size, action),
        _ => {
            let step = step_of(action, run.places(size).bars.height.into());
            if let (Some(step), Some(whole)) = (step, run.whole(present)) {
                run.go_across(step, run.axis.window(whole));
            }
        }
    }
}

/// The step under the cursor, from when to when.
fn times_here(run: &Run, present: Option<UnixNanos>) -> Option<(UnixNanos, UnixNanos)> {
    if let Some(bar) = run.bar_here() {
        return Some((bar.from, bar.end(present)));
    }
    let view = run.view.as_ref()?;
    let step = view.step(view.row(run.tree.selected?)?).filter(|step| step.start != 0)?;
    let end = if step.end == 0 { present.unwrap_or(view.times.1) } else { step.end };
    Some((step.start, end.max(step.start)))
}

/// Narrows the axis: of the tree to the step, of the timeline round it.
pub(super) fn narrow(app: &mut App) {
    let Some((run, present)) = open_run(app) else {
        return;
    };
    let (Some(whole), Some((from, to))) = (run.whole(present), times_here(run, present)) else {
        return app.say("nothing tells when this step was", false);
    };
    let narrower = if run.timeline.is_some() {
        run.axis.narrow_round(whole, from, to)
    } else {
        run.axis.narrow_to(whole, from, to)
    };
    if !narrower {
        app.say("this is as close as it gets", false);
    }
}

/// Widens the axis to what it was before.
pub(super) fn widen(app: &mut App) {
    let Some((run, present)) = open_run(app) else {
        return;
    };
    let (here, whole) = (times_here(run, present), run.whole(present));
    if !run.axis.widen() {
        return app.say("this is the whole run", false);
    }
    if let (Some((from, to)), Some(whole), true) = (here, whole, run.timeline.is_some()) {
        run.axis.reveal(whole, from, to);
    }
}

/// The wheel over the timeline: lanes, with shift or sideways the time, with ctrl the zoom. False where it is elsewhere.
pub(in crate::tui) fn wheel(app: &mut App, mouse: MouseEvent) -> bool {
    let size = app.size;
    let Some((run, present)) = open_run(app).filter(|(run, _)| run.timeline.is_some()) else {
        return false;
    };
    let inside = run.areas(size).tree.is_some_and(|area| area.contains((mouse.column, mouse.row).into()));
    let back = matches!(mouse.kind, MouseEventKind::ScrollUp | MouseEventKind::ScrollLeft);
    let sideways = matches!(mouse.kind, MouseEventKind::ScrollLeft | MouseEventKind::ScrollRight);
    let rolls = sideways || matches!(mouse.kind, MouseEventKind::ScrollUp | MouseEventKind::ScrollDown);
    let Some(whole) = run.whole(present).filter(|_| inside && rolls) else {
        return false;
    };
    if mouse.modifiers.contains(KeyModifiers::CONTROL) && back {
        let (_, time) = under(run, size, whole, (mouse.column, mouse.row));
        run.axis.narrow_round(whole, time, time);
    } else if mouse.modifiers.contains(KeyModifiers::CONTROL) {
        run.axis.widen();
    } else if sideways || mouse.modifiers.contains(KeyModifiers::SHIFT) {
        run.axis.pan(whole, back);
    } else {
        run.scroll_timeline(if back { -NOTCH } else { NOTCH }, size, present);
    }
    true
}

/// The column of the bars that the mouse is over, and its first moment.
fn under(run: &Run, size: (u16, u16), whole: Window, at: (u16, u16)) -> (u16, UnixNanos) {
    let bars = run.places(size).bars;
    let column = at.0.saturating_sub(bars.x).min(bars.width.saturating_sub(1));
    (column, run.axis.window(whole).time(column, bars.width))
}

/// A click goes to the step there, or the nearest on its track; on the one that is selected already it narrows the axis.
pub(in crate::tui) fn click(run: &mut Run, size: (u16, u16), present: Option<UnixNanos>, at: (u16, u16)) {
    let places = run.places(size);
    let (Some(whole), Some(pane)) = (run.whole(present), &run.timeline) else {
        return;
    };
    let (column, time) = under(run, size, whole, at);
    let line = at.1.checked_sub(places.bars.y).map(|y| pane.top + usize::from(y));
    let track = line.and_then(|line| pane.layout.tracks.get(places.track(&pane.layout, line)?));
    let Some(track) = track.filter(|_| at.1 < places.bars.bottom()) else {
        return;
    };
    let drawn = pieces(&track.bars, present, run.axis.window(whole), places.bars.width);
    let hit = drawn.iter().find(|piece| piece.first <= column && column <= piece.last);
    let Some(row) =
        hit.map(|piece| &track.bars[piece.bars.start]).or_else(|| track.nearest(time)).map(|bar| bar.row)
    else {
        return;
    };
    let again = run.focus == Pane::Tree && run.bar_here().is_some_and(|here| here.row == row);
    run.focus = Pane::Tree;
    run.go_to_row(row);
    if let Some(bar) = run.bar_here().filter(|_| again) {
        run.axis.narrow_round(whole, bar.from, bar.end(present));
    }
}
