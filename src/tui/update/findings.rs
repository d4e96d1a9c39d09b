//! What actions change in the findings of an open run, and in the tree by way of them.

use crate::tui::app::{App, Screen};
use crate::tui::keys::Action;
use crate::tui::screens::{Pane, Run, step_of};

use super::run::act_on_tree;

/// Said where nothing is flagged.
const NOTHING: &str = "nothing is flagged in this run";

/// What an action changes while the findings listen; what is not theirs is the tree's.
pub(super) fn act(run: &mut Run, size: (u16, u16), action: Action) {
    let height = run.areas(size).findings.map_or(0, |places| usize::from(places.list.height) / 2);
    let (Some(pane), Some(view)) = (&mut run.findings, &run.view) else {
        return;
    };
    match step_of(action, height) {
        Some(step) => pane.step(step, view),
        None => act_on_tree(run, size, action),
    }
}

/// Goes to the next or previous finding, or walks along the one under the cursor.
pub(super) fn go(app: &mut App, action: Action) {
    let forward = matches!(action, Action::NextFinding | Action::NextMember);
    let Some(Screen::Run(run)) = app.screens.last_mut() else {
        return;
    };
    let Some(view) = run.view.clone() else {
        return;
    };
    let walked = run.focus == Pane::Findings;
    let found = match run.findings.as_mut().filter(|_| walked) {
        Some(pane) => pane.walk(&view, forward).is_some_and(|row| run.tree.reveal_row(&view, row)),
        None => run.tree.seek_finding(&view, forward),
    };
    match (found, walked) {
        (true, _) => {}
        _ if view.marks.is_empty() => app.say(NOTHING, false),
        (_, true) => app.say("its steps are not in the tree", false),
        (_, false) => app.say(if forward { "no finding below" } else { "no finding above" }, false),
    }
}

/// Folds or unfolds the rounds around the cursor of the tree.
pub(super) fn toggle_rounds(app: &mut App) {
    let Some(Screen::Run(run)) = app.screens.last_mut() else {
        return;
    };
    let Some(view) = run.view.clone() else {
        return;
    };
    if run.tree.toggle_rounds(&view).is_none() {
        app.say("no rounds to fold here", false);
    }
}

/// Shows flagged steps alone, or all again.
pub(super) fn only_flagged(app: &mut App) {
    let size = app.size;
    let Some(Screen::Run(run)) = app.screens.last_mut() else {
        return;
    };
    let Some(view) = run.view.clone() else {
        return;
    };
    if view.marks.is_empty() && !run.tree.only_flagged {
        return app.say(NOTHING, false);
    }
    run.tree.only_flagged = !run.tree.only_flagged;
    let height = run.tree_height(size);
    run.tree.refresh(&view, height);
}
