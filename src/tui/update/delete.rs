//! Runs that people delete, and runs that are gone.

use crate::model::RunKey;
use crate::tui::app::{App, Effect, Mode, Screen};
use crate::tui::draw::counted;
use crate::tui::keys::Action;
use crate::tui::screens::Confirm;

use super::runs::list_height;

/// Asks whether the marked runs, or the one under the cursor, are to be deleted.
pub(super) fn ask(app: &mut App) {
    if matches!(app.settings.mode, Mode::Saved) {
        let command = "this is only read; spanglass delete RUN --yes deletes a run";
        return app.say(command, false);
    }
    let Some(Screen::Runs(runs)) = app.top() else {
        return;
    };
    let mut chosen: Vec<RunKey> = runs.marked.clone();
    if chosen.is_empty() {
        chosen.extend(runs.selected);
    }
    chosen.retain(|&key| app.runs.get(key).is_some());
    if chosen.is_empty() {
        return app.say("no run is marked, and none is under the cursor", false);
    }
    app.screens.push(Screen::Confirm(Confirm { runs: chosen }));
}

/// Yes or no.
pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    let (Action::Confirm | Action::Cancel) = action else {
        return Vec::new();
    };
    match app.screens.pop() {
        Some(Screen::Confirm(Confirm { runs })) if action == Action::Confirm => {
            app.errands.deletes = Some(app.now);
            vec![Effect::Delete(runs)]
        }
        _ => Vec::new(),
    }
}

/// What became of it.
pub(super) fn done(app: &mut App, answer: Result<usize, String>) {
    app.errands.deletes = None;
    match answer {
        Ok(0) => app.say("the run was gone already", false),
        Ok(gone) => app.say(format!("deleted {}", counted(gone as u64, "run")), false),
        Err(why) => app.say(format!("nothing was deleted: {why}"), true),
    }
}

/// Takes out runs that were deleted, here or by another program, with the screens that stand on them.
pub(super) fn gone(app: &mut App, deleted: &[RunKey]) {
    if deleted.is_empty() {
        return;
    }
    let merged = app.runs.take_out(deleted);
    let height = list_height(app);
    for screen in &mut app.screens {
        match screen {
            Screen::Runs(runs) => {
                runs.marked.retain(|key| !deleted.contains(key));
                runs.take_in(&merged, &app.runs, app.now, height);
            }
            Screen::Confirm(question) => question.runs.retain(|key| !deleted.contains(key)),
            _ => {}
        }
    }
    let lost = app.screens.iter().position(|screen| match screen {
        Screen::Run(run) => deleted.contains(&run.key),
        Screen::Diff(diff) => diff.runs.iter().any(|run| deleted.contains(run)),
        Screen::Confirm(question) => question.runs.is_empty(),
        _ => false,
    });
    if let Some(at) = lost {
        if !matches!(app.screens[at], Screen::Confirm(_)) {
            app.say("the run that was open has been deleted", true);
        }
        app.screens.truncate(at);
    }
}
