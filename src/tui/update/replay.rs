//! What actions change in a replay.

use std::sync::Arc;

use crate::analyze::replay::{Heard, Moment};
use crate::model::{Gist, RunKey, StepKey, StepKind, UnixNanos};
use crate::tui::app::{App, Effect, SameView, Screen};
use crate::tui::backend::RunView;
use crate::tui::document::Document;
use crate::tui::keys::Action;
use crate::tui::screens::{Replay, step_of};

use super::{back, reading};

/// Replays the run on top, stopped before the step under the cursor: now, or as soon as its steps are here.
pub(super) fn open(app: &mut App) {
    if let Some(Screen::Run(run)) = app.top() {
        let replay = Replay::new(run.tree.selected);
        app.screens.push(Screen::Replay(Box::new(replay)));
    }
}

/// The replay was left for the run below: the cursor goes to where it stood.
pub(super) fn left(app: &mut App, replay: &Replay) {
    let size = app.size;
    let Some(Screen::Run(run)) = app.screens.last_mut() else {
        return;
    };
    let (Some(view), Some(id)) = (run.view.clone(), replay.step_here()) else {
        return;
    };
    if run.tree.only_flagged {
        run.tree.only_flagged = false;
        run.tree.refresh(&view, run.tree_height(size));
    }
    if let Some(row) = view.row(id) {
        run.tree.reveal_row(&view, row);
    }
}

pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    let size = app.size;
    let Some(Screen::Replay(replay)) = app.screens.last_mut() else {
        return Vec::new();
    };
    match action {
        Action::Escape if replay.reads => replay.reads = false,
        Action::Escape | Action::Replay => return back(app),
        Action::Pane => replay.reads = !replay.reads,
        Action::NextInTime => replay.step(1),
        Action::PreviousInTime => replay.step(-1),
        Action::Copy | Action::Elsewhere => return take_out(app, action),
        _ if replay.reads => act_on_scene(replay, size, action),
        _ => {
            let height = usize::from(replay.areas(size).list.height);
            if let Some(step) = step_of(action, height) {
                replay.step(step);
            }
        }
    }
    if let Some(sought) = sought(action) {
        seek(app, &sought);
    }
    Vec::new()
}

fn act_on_scene(replay: &mut Replay, size: (u16, u16), action: Action) {
    let (columns, height) = replay.document_size(size);
    if let Some(step) = step_of(action, height) {
        return replay.scene.step(step, columns);
    }
    match action {
        Action::Fold => replay.scene.fold(),
        Action::Unfold => replay.scene.unfold(),
        Action::Toggle => replay.scene.toggle(),
        Action::FoldAll | Action::UnfoldAll => replay.scene.fold_all(action == Action::FoldAll),
        _ => {}
    }
}

/// What an action looks for.
struct Sought {
    is_it: fn(&Moment) -> bool,
    forward: bool,
    /// Said where there is none.
    none: &'static str,
}

fn sought(action: Action) -> Option<Sought> {
    let call: fn(&Moment) -> bool = |moment| moment.kind == StepKind::Llm;
    let tool: fn(&Moment) -> bool = |moment| matches!(moment.kind, StepKind::Tool | StepKind::Retrieval);
    let failed: fn(&Moment) -> bool = |moment| moment.failed;
    let (is_it, forward, none) = match action {
        Action::NextCall => (call, true, "no model call comes later"),
        Action::PreviousCall => (call, false, "no model call came before"),
        Action::NextTool => (tool, true, "no tool call comes later"),
        Action::PreviousTool => (tool, false, "no tool call came before"),
        Action::NextError => (failed, true, "nothing fails later"),
        Action::PreviousError => (failed, false, "nothing failed before"),
        _ => return None,
    };
    Some(Sought { is_it, forward, none })
}

fn seek(app: &mut App, sought: &Sought) {
    let Some(Screen::Replay(replay)) = app.screens.last_mut() else {
        return;
    };
    if !replay.seek(sought.forward, sought.is_it) {
        app.say(sought.none, false);
    }
}

/// The conversation so far, folded parts too: into the clipboard, or into the reader's own program.
fn take_out(app: &mut App, action: Action) -> Vec<Effect> {
    let Some(Screen::Replay(replay)) = app.top() else {
        return Vec::new();
    };
    // while a conversation is on its way, what is shown is of another stop
    if replay.scene.waits_for.is_some() {
        return reading::comes_still(app, "the conversation", action);
    }
    match replay.scene.document.clone() {
        Some(document) if action == Action::Copy => {
            let text = document.text_of(0..document.lines.len());
            reading::put(app, " the conversation so far,", text)
        }
        document => document.map(Effect::Read).into_iter().collect(),
    }
}

/// What must be so after every change: the run as it is now on its way, the conversation of the stop asked for.
pub(super) fn settle(
    replay: &mut Replay,
    below: Option<&Arc<RunView>>,
    (size, now): ((u16, u16), UnixNanos),
    number: &mut u64,
    effects: &mut Vec<Effect>,
) {
    let is = |view: &Option<Arc<RunView>>| view.as_ref().zip(below).is_some_and(|(a, b)| Arc::ptr_eq(a, b));
    if let Some(newer) = below.filter(|_| !is(&replay.view) && !is(&replay.coming)) {
        replay.coming = Some(Arc::clone(newer));
        effects.push(Effect::LoadReplay(SameView(Arc::clone(newer))));
    }
    if let Some(scene) = replay.wanted_scene(now) {
        *number += 1;
        replay.scene.waits_for = Some(*number);
        effects.push(Effect::LoadScene(*number, Box::new(scene)));
    }
    let key = replay.view.as_ref().map(|view| view.run);
    effects.extend(key.zip(replay.wanted_gists(size)).map(|(run, asked)| Effect::LoadGists(run, asked)));
    let (columns, height) = replay.document_size(size);
    replay.scene.fit(columns, height);
}

/// What steps of a run are about.
pub(super) fn gists(app: &mut App, key: RunKey, answer: &Result<Vec<(StepKey, Option<Gist>)>, String>) {
    let is_of = |replay: &&mut Replay| replay.view.as_ref().is_some_and(|view| view.run == key);
    open_replays(app).filter(is_of).for_each(|replay| replay.gists.take(answer));
}

/// A run is ready to be replayed; what was overtaken by a newer one is dropped.
pub(super) fn ready(app: &mut App, view: &Arc<RunView>) {
    let is_it = |coming: &mut Arc<RunView>| Arc::ptr_eq(coming, view);
    for replay in open_replays(app) {
        if let Some(view) = replay.coming.take_if(is_it) {
            replay.take_in(view);
        }
    }
}

/// What was said by then; the newest at the bottom of the window.
pub(super) fn scene_arrived(app: &mut App, number: u64, answer: Result<Arc<Document>, String>) {
    let size = app.size;
    let Some(replay) = open_replays(app).find(|replay| replay.scene.waits_for == Some(number)) else {
        return;
    };
    let (columns, _) = replay.document_size(size);
    replay.scene.waits_for = None;
    match answer {
        Ok(document) => {
            let same = replay.scene.of.is_some() && replay.scene.of == replay.next;
            replay.scene.of = replay.next;
            let heard = replay.asked.as_ref().map(|(asked, _)| asked.heard);
            let silent = matches!(heard, Some(Heard::Nothing | Heard::Given(_)));
            replay.is_silent = silent && document.lines.len() == 1;
            replay.scene.set(document, same);
            if !same {
                replay.scene.step(isize::MAX, columns);
            }
        }
        Err(why) => {
            replay.scene.document = None;
            replay.scene.error = Some(why);
            replay.scene.refresh();
        }
    }
}

fn open_replays(app: &mut App) -> impl Iterator<Item = &mut Replay> {
    app.screens.iter_mut().filter_map(|screen| match screen {
        Screen::Replay(replay) => Some(&mut **replay),
        _ => None,
    })
}
