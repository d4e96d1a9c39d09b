//! From run to run of one session, without going back to the list.

use crate::model::{RunKey, UnixNanos};
use crate::report::text;
use crate::tui::app::{App, Effect, Screen};
use crate::tui::screens::{Run, TreePane};

use super::arrivals::{left, wish_steps};
use super::runs::list_height;

/// Opens the next run of the session in the place of the one that is open, or the one before; the list's cursor goes along.
pub(super) fn go(app: &mut App, forward: bool) -> Vec<Effect> {
    let Some(Screen::Run(open)) = app.top() else {
        return Vec::new();
    };
    let Some((at, keys)) = app.runs.siblings(open.key) else {
        app.say("this run names no session", false);
        return Vec::new();
    };
    let found = if forward { at.checked_add(1) } else { at.checked_sub(1) };
    let Some((at, key)) = found.and_then(|at| Some((at, *keys.get(at)?))) else {
        app.say(no_further(keys.len(), forward), false);
        return Vec::new();
    };
    let mut sibling = beside(open, key, app.now);
    let session = app.runs.get(key).and_then(|run| run.session_id.as_deref()).unwrap_or_default();
    let words = format!("run {} of {} in session {}", at + 1, keys.len(), text::preview(session, 40));
    app.say(words, false);
    let mut effects: Vec<Effect> = wish_steps(&mut sibling).into_iter().collect();
    let height = list_height(app);
    if let Some(Screen::Runs(runs)) = app.screens.first_mut() {
        runs.go_to(key, &app.runs, height);
    }
    if let Some(Screen::Run(run)) = app.screens.pop() {
        effects.extend(left(app, &run));
    }
    app.screens.push(Screen::Run(Box::new(sibling)));
    effects
}

/// A run that is looked at in the same way as another.
fn beside(open: &Run, key: RunKey, now: UnixNanos) -> Run {
    let TreePane { plumbing, column, path, .. } = open.tree;
    let mut run = Run::new(key, now);
    run.tree = TreePane { plumbing, column, path, ..TreePane::default() };
    if open.timeline.is_some() {
        run.toggle_timeline();
    }
    run
}

const fn no_further(runs: usize, forward: bool) -> &'static str {
    match (runs, forward) {
        (1, _) => "the only run of its session",
        (_, true) => "the last run of its session",
        (_, false) => "the first run of its session",
    }
}
