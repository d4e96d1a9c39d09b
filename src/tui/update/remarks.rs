//! Remarks on runs: asked for where they are read or listened for, told where they are new. Dismissing.

use crate::model::{Remark, RunKey, RunSummary};
use crate::tui::app::{App, Effect, Screen};
use crate::tui::run_list::Merged;
use crate::tui::screens::Pane;

use super::arrivals::{open_runs, wish_steps};
use super::runs::list_height;

/// Asks for the remarks on runs that changed, where alarms are to be told. What came with the first list is old: it is
/// looked at only if it goes on.
pub(super) fn of_changed(app: &mut App, keys: &[RunKey], first: bool) -> Vec<Effect> {
    if !app.alarms.wanted {
        return Vec::new();
    }
    if first {
        app.alarms.note_old(app.runs.iter());
        return Vec::new();
    }
    let changed = keys.iter().filter_map(|&key| app.runs.get(key));
    changed.filter(|run| app.alarms.wishes(run)).map(|run| Effect::LoadRemarks(run.key)).collect()
}

/// Asks for the remarks on the run under the cursor, which are read below the list.
pub(super) fn of_selected(app: &mut App) -> Option<Effect> {
    let Some(Screen::Runs(runs)) = app.top() else {
        return None;
    };
    let run = app.runs.get(runs.selected?)?;
    app.alarms.wishes(run).then_some(Effect::LoadRemarks(run.key))
}

/// Takes in remarks; new alarms are told.
pub(super) fn arrived(app: &mut App, key: RunKey, answer: Result<Vec<Remark>, String>) -> Vec<Effect> {
    match (answer, app.runs.get(key)) {
        (Ok(remarks), Some(run)) => app.alarms.take_in(run, remarks).into_iter().map(Effect::Tell).collect(),
        (Ok(_), None) => Vec::new(),
        (Err(why), _) => {
            app.trouble = Some(why);
            Vec::new()
        }
    }
}

/// Dismisses the finding under the cursor, or takes that back.
pub(super) fn dismiss(app: &mut App) -> Vec<Effect> {
    let Some(Screen::Run(run)) = app.top() else {
        return Vec::new();
    };
    let found = run.findings.as_ref().zip(run.view.as_ref()).filter(|_| run.focus == Pane::Findings);
    let Some(flagged) = found.and_then(|(pane, view)| pane.flagged(view)) else {
        return Vec::new();
    };
    let finding = flagged.finding.clone();
    let dismissed = !finding.dismissed;
    let key = run.key;
    app.say(
        if dismissed { "dismissed in this run; the same key takes it back" } else { "no longer dismissed" },
        false,
    );
    vec![Effect::Dismiss(key, Box::new(finding), dismissed)]
}

/// A finding was dismissed, or not: the run is counted and looked at anew.
pub(super) fn dismissed(app: &mut App, key: RunKey, answer: Result<Vec<RunSummary>, String>) -> Vec<Effect> {
    match answer {
        Ok(changed) => {
            let merged: Merged = app.runs.merge(changed);
            let height = list_height(app);
            for screen in &mut app.screens {
                if let Screen::Runs(runs) = screen {
                    runs.take_in(&merged, &app.runs, app.now, height);
                }
            }
            app.alarms.forget(key);
            open_runs(app).filter(|run| run.key == key).filter_map(wish_steps).collect()
        }
        Err(why) => {
            app.say(why, true);
            Vec::new()
        }
    }
}
