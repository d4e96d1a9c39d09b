//! The mouse: the wheel moves what is under it, a click selects, a click on what is selected folds, a double click opens,
//! borders of panes can be dragged.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use crate::model::UnixNanos;

use super::app::{App, Effect, Screen};
use super::columns::{Sort, placed};
use super::handoff_places::places;
use super::keys::Action;
use super::layout::{self, Border};
use super::screens::{Diff, HIT_ROWS, Pane, Replay, ReplayLine, Run};
use super::update::{act, act_on_tree, back, click_in_timeline, go_to_handoff, wheel_over_timeline};

/// Rows that one notch of the wheel moves.
const NOTCH: isize = 3;

/// Two clicks at one place within this time, in nanoseconds, are a double click: what most desktops take.
const DOUBLE: u64 = 500_000_000;

/// What the mouse did.
pub fn used(app: &mut App, mouse: MouseEvent) -> Vec<Effect> {
    let at = (mouse.column, mouse.row);
    match mouse.kind {
        _ if wheel_over_timeline(app, mouse) => {}
        MouseEventKind::ScrollUp => wheel(app, at, -NOTCH),
        MouseEventKind::ScrollDown => wheel(app, at, NOTCH),
        MouseEventKind::Down(MouseButton::Left) => return pressed(app, at),
        MouseEventKind::Drag(MouseButton::Left) => drag(app, at),
        MouseEventKind::Up(MouseButton::Left) => app.mouse.drags = None,
        _ => {}
    }
    Vec::new()
}

/// Leaves the mouse to the terminal, which selects text with it, or takes it back.
pub fn hand_over(app: &mut App) -> Vec<Effect> {
    let taken = std::mem::take(&mut app.mouse).given_back;
    app.mouse.given_back = !taken;
    let said = if taken {
        "the mouse is ours again".to_owned()
    } else {
        let key = app.key_in(app.chain(), Action::Mouse);
        format!("select text with the mouse; {key} takes it back")
    };
    app.say(said, false);
    vec![Effect::TakeMouse(taken)]
}

fn pressed(app: &mut App, at: (u16, u16)) -> Vec<Effect> {
    app.mouse.drags = border(app, at);
    if app.mouse.drags.is_some() {
        return Vec::new();
    }
    let before = app.mouse.pressed.replace((app.now, at));
    let twice = before.is_some_and(|(when, there)| there == at && app.now.saturating_sub(when) <= DOUBLE);
    if click(app, at, twice) { act(app, Action::Open) } else { Vec::new() }
}

fn border(app: &App, at: (u16, u16)) -> Option<Border> {
    match app.top()? {
        Screen::Runs(_) => app.runs_areas().border(at),
        Screen::Run(run) => run.areas(app.size).border(at),
        Screen::Diff(diff) => diff.areas(app.size).border(at),
        Screen::Replay(replay) => replay.areas(app.size).border(at),
        Screen::Search(_)
        | Screen::Handoffs(_)
        | Screen::Help(_)
        | Screen::Confirm(_)
        | Screen::Palette(_) => None,
    }
}

/// A border that is dragged follows the mouse.
fn drag(app: &mut App, at: (u16, u16)) {
    let Some(border) = app.mouse.drags else { return };
    let size = match app.top() {
        Some(Screen::Runs(_)) => app.runs_areas().size_at(border, at),
        Some(Screen::Run(run)) => run.areas(app.size).size_at(border, at),
        Some(Screen::Diff(diff)) => diff.areas(app.size).size_at(border, at),
        Some(Screen::Replay(replay)) => replay.areas(app.size).size_at(border, at),
        _ => None,
    };
    if let Some(size) = size {
        app.sizes.set(border, size);
    }
}

fn wheel(app: &mut App, at: (u16, u16), step: isize) {
    let size = app.size;
    let below = app.run_below().and_then(|run| run.view.clone());
    match app.screens.last_mut() {
        Some(Screen::Runs(runs)) => runs.step(step),
        Some(Screen::Run(run)) => {
            let areas = run.areas(size);
            let (columns, height) = run.document_size(size);
            if areas.tree.is_some_and(|tree| tree.contains(at.into())) {
                if let Some(view) = run.view.clone() {
                    run.tree.step(step, &view);
                }
            } else if areas.findings.is_some_and(|places| places.list.contains(at.into())) {
                if let (Some(pane), Some(view)) = (&mut run.findings, &run.view) {
                    pane.step(step.signum(), view);
                }
            } else {
                run.detail.scroll(step, columns, height);
            }
        }
        Some(Screen::Search(search)) => search.step(step.signum()),
        Some(Screen::Replay(replay)) => {
            let (columns, height) = replay.document_size(size);
            if replay.areas(size).list.contains(at.into()) {
                replay.step(step.signum());
            } else {
                replay.scene.scroll(step, columns, height);
            }
        }
        Some(Screen::Handoffs(pane)) => {
            if let Some(view) = below {
                pane.step(step.signum(), &view.graph);
            }
        }
        Some(Screen::Diff(diff)) => {
            let (columns, height) = diff.panel_size(size);
            if diff.areas(size).why.contains(at.into()) {
                diff.panel.scroll(step, columns, height);
            } else {
                diff.step(step);
            }
        }
        Some(Screen::Help(help)) => help.top = help.top.saturating_add_signed(step),
        Some(Screen::Confirm(_) | Screen::Palette(_)) | None => {}
    }
}

/// A click; whether it opens what is under it, as the second of a double click does.
fn click(app: &mut App, at: (u16, u16), twice: bool) -> bool {
    let size = app.size;
    let layout::RunsAreas { list, columns, .. } = app.runs_areas();
    match app.screens.last_mut() {
        Some(Screen::Runs(runs)) => {
            if columns.contains(at.into()) {
                sort_by_title(app, at.0);
            } else if list.contains(at.into()) {
                runs.follow = false;
                runs.select(runs.top + usize::from(at.1 - list.y));
                return twice && runs.top + usize::from(at.1 - list.y) < runs.len();
            }
        }
        Some(Screen::Run(run)) => {
            let present = run.present(&app.runs, app.now);
            return click_in_run(run, size, present, at) && twice;
        }
        Some(Screen::Search(search)) => {
            let list = layout::search(size).list;
            if list.contains(at.into()) {
                search.select(search.top + usize::from((at.1 - list.y) / HIT_ROWS));
                return twice;
            }
        }
        Some(Screen::Diff(diff)) => return click_in_diff(diff, size, at) && twice,
        Some(Screen::Help(_)) => drop(back(app)),
        Some(Screen::Handoffs(_)) => click_in_handoffs(app, at),
        Some(Screen::Replay(replay)) => click_in_replay(replay, size, at),
        // what cannot be undone is not done by a click
        Some(Screen::Confirm(_) | Screen::Palette(_)) | None => {}
    }
    false
}

/// A click on a title sorts by its column, another the other way round.
fn sort_by_title(app: &mut App, x: u16) {
    let list = app.runs_areas().list;
    let (columns, height) = (placed(list.width, app.runs.has_flags()), list.height);
    let under = columns.iter().rfind(|placed| placed.x <= x + 1);
    if let (Some(Screen::Runs(runs)), Some(placed)) = (app.screens.last_mut(), under) {
        let by = placed.column.shows;
        runs.sort = if runs.sort.by == by { runs.sort.turned() } else { Sort::by(by) };
        runs.reorder(&app.runs, app.now, height.into());
    }
}

/// A click selects; on what is selected already it folds or unfolds. Whether it was on a step without steps below.
fn click_in_run(run: &mut Run, size: (u16, u16), present: Option<UnixNanos>, at: (u16, u16)) -> bool {
    let areas = run.areas(size);
    let Some(view) = run.view.clone() else {
        return false;
    };
    if run.timeline.is_some() && areas.tree.is_some_and(|tree| tree.contains(at.into())) {
        click_in_timeline(run, size, present, at);
    } else if let Some(tree) = areas.tree.filter(|tree| tree.contains(at.into())) {
        let row = run.tree.top + usize::from(at.1 - tree.y);
        let again = run.focus == Pane::Tree && row == run.tree.at;
        run.focus = Pane::Tree;
        run.tree.follow = false;
        if row < run.tree.shown.len() {
            run.tree.select(row, &view);
        }
        if again {
            let before = run.tree.shown.len();
            act_on_tree(run, size, Action::Toggle);
            return run.tree.shown.len() == before;
        }
    } else if let Some(detail) = areas.detail.filter(|d| d.document.contains(at.into())) {
        click_in_document(run, size, usize::from(at.1 - detail.document.y));
    } else if let Some(places) = areas.findings.filter(|places| places.list.contains(at.into())) {
        click_in_findings(run, usize::from(at.1 - places.list.y));
    }
    false
}

/// A click selects a finding; on the one that is selected already it goes to the next of its steps.
fn click_in_findings(run: &mut Run, row: usize) {
    let (Some(pane), Some(view)) = (&mut run.findings, &run.view) else {
        return;
    };
    let at = pane.at_row(row);
    let again = run.focus == Pane::Findings && at == pane.at;
    run.focus = Pane::Findings;
    if !again {
        pane.select(at, view);
    } else if let Some(row) = pane.walk(view, true) {
        run.tree.reveal_row(view, row);
    }
}

/// A click selects an agent or a way; on what is selected already it goes to its first step.
fn click_in_handoffs(app: &mut App, at: (u16, u16)) {
    let Some(view) = app.run_below().and_then(|run| run.view.clone()) else {
        return;
    };
    let list = places(&view, layout::handoffs(app.size).body).list;
    let Some(Screen::Handoffs(pane)) = app.screens.last_mut().filter(|_| list.contains(at.into())) else {
        return;
    };
    let line = pane.top + usize::from(at.1 - list.y);
    if line == pane.line(&view.graph) {
        go_to_handoff(app, &view);
    } else {
        pane.select_line(line, &view.graph);
    }
}

/// A click on a step stops before it; one on a line of the conversation selects it, another folds it.
fn click_in_replay(replay: &mut Replay, size: (u16, u16), at: (u16, u16)) {
    let areas = replay.areas(size);
    if areas.list.contains(at.into()) {
        replay.reads = false;
        let line = replay.top(areas.list.height.into()) + usize::from(at.1 - areas.list.y);
        if let Some(ReplayLine::Step(step)) = replay.line(line) {
            replay.go(step);
        }
    } else if areas.document.contains(at.into()) {
        let (columns, _) = replay.document_size(size);
        let row = isize::try_from(at.1 - areas.document.y).unwrap_or(0);
        let place = replay.scene.walked(replay.scene.top, row, columns);
        let again = replay.reads && place.line == replay.scene.cursor.line;
        replay.reads = true;
        replay.scene.cursor = place;
        if again && replay.scene.fold_state().is_some() {
            replay.scene.toggle();
        }
    }
}

/// A click selects a row and its side; on a fold that is selected already it unfolds. Whether it was on a step.
fn click_in_diff(diff: &mut Diff, size: (u16, u16), at: (u16, u16)) -> bool {
    let areas = diff.areas(size);
    if areas.rows.contains(at.into()) {
        let row = diff.top + usize::from(at.1 - areas.rows.y);
        let again = row == diff.at;
        if !areas.stacked {
            diff.side = usize::from(at.0 > areas.rows.width / 2);
        }
        diff.select(row);
        let Some(item) = diff.items.get(row) else {
            return false;
        };
        let folds = item.folds(diff.side).is_some();
        if again && folds {
            diff.set_folded(Some(false), size);
        }
        return !folds;
    }
    false
}

fn click_in_document(run: &mut Run, size: (u16, u16), row: usize) {
    let (columns, _) = run.document_size(size);
    let place = run.detail.walked(run.detail.top, isize::try_from(row).unwrap_or(0), columns);
    let again = run.focus == Pane::Detail && place.line == run.detail.cursor.line;
    run.focus = Pane::Detail;
    run.detail.cursor = place;
    if again && run.detail.fold_state().is_some() {
        run.detail.toggle();
    }
}
