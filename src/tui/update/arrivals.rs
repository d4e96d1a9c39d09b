//! Answers of the loaders, taken in.

use std::sync::Arc;

use crate::model::{Gist, RunKey, RunSummary, StepKey};
use crate::tui::app::{App, Effect, FoundRuns, Pull, RunsAnswer, SameView, Screen};
use crate::tui::backend::RunView;
use crate::tui::document::Document;
use crate::tui::run_list::Merged;
use crate::tui::screens::Run;

use super::remarks;
use super::run::NO_COST;
use super::runs::list_height;

pub(super) fn runs(app: &mut App, answer: Result<RunsAnswer, String>) -> Vec<Effect> {
    let mut effects = Vec::new();
    let ahead = answer.as_ref().is_ok_and(|answer| answer.ahead);
    let first = !app.loaded;
    app.loaded |= !ahead;
    match answer {
        Ok(answer) => {
            app.trouble = None;
            app.intake = answer.intake;
            app.rate.note(&app.intake, app.now);
            app.database_bytes = answer.database_bytes;
            let keys: Vec<RunKey> = answer.changed.iter().map(|run| run.key).collect();
            effects.extend(follow_merged(app, &answer.changed));
            super::diff::runs_changed(app, &answer.changed);
            let was_empty = app.runs.is_empty();
            let is_more = answer.whole.is_some() || !keys.is_empty();
            let merged = match answer.whole {
                Some(whole) => {
                    app.runs = *whole;
                    Merged::Many
                }
                None => app.runs.merge(answer.changed),
            };
            // what was said before the first run is about what brings it
            app.notice.take_if(|notice| was_empty && !notice.bad && !app.runs.is_empty());
            let height = list_height(app);
            for screen in &mut app.screens {
                if let Screen::Runs(runs) = screen {
                    runs.full_text.is_stale |= is_more;
                    runs.preview.is_stale |= runs.selected.is_some_and(|key| keys.contains(&key));
                    runs.take_in(&merged, &app.runs, app.now, height);
                }
            }
            super::delete::gone(app, &answer.deleted);
            effects.extend(remarks::of_changed(app, &keys, first));
            effects.extend(open_runs(app).filter(|run| keys.contains(&run.key)).filter_map(wish_steps));
        }
        Err(why) => app.trouble = Some(why),
    }
    if !ahead && app.pull.answered() {
        effects.push(Effect::LoadRuns(app.runs.revision));
    }
    effects
}

/// A run that is open and was taken over is left for the one that holds its steps now.
fn follow_merged(app: &mut App, changed: &[RunSummary]) -> Vec<Effect> {
    let mut effects = Vec::new();
    for (gone, into) in changed.iter().filter_map(|run| Some((run.key, run.merged_into?))) {
        for run in open_runs(app).filter(|run| run.key == gone) {
            run.key = into;
            // what was asked for under the old key is not waited for
            (run.pull, run.coming) = (Pull::default(), None);
            effects.extend(wish_steps(run));
        }
    }
    effects
}

pub(super) fn wish_steps(run: &mut Run) -> Option<Effect> {
    run.pull.wish().then_some(Effect::LoadSteps(run.key))
}

pub(super) fn open_runs(app: &mut App) -> impl Iterator<Item = &mut Run> {
    app.screens.iter_mut().filter_map(|screen| match screen {
        Screen::Run(run) => Some(&mut **run),
        _ => None,
    })
}

/// So many steps of a run were read.
pub(super) fn reading(app: &mut App, key: RunKey, read: usize) {
    open_runs(app).filter(|run| run.key == key).for_each(|run| run.read = read);
    super::diff::reading(app, key, read);
}

/// What rows of a run are about.
pub(super) fn gists(app: &mut App, key: RunKey, answer: &Result<Vec<(StepKey, Option<Gist>)>, String>) {
    open_runs(app).filter(|run| run.key == key).for_each(|run| run.gists.take(answer));
}

/// A run was left: its steps are not read on if nobody else waits for them.
pub(super) fn left(app: &mut App, run: &Run) -> Option<Effect> {
    let is_waited_for = open_runs(app).any(|other| other.key == run.key);
    (run.is_reading() && !is_waited_for).then_some(Effect::DropSteps(run.key))
}

/// A long run to be shown while what is flagged in it is still looked for.
pub(super) fn opened(app: &mut App, key: RunKey, view: &Arc<RunView>) {
    let size = app.size;
    for run in open_runs(app).filter(|run| run.key == key && run.view.is_none()) {
        run.take_in(Arc::clone(view), size);
    }
}

pub(super) fn steps(app: &mut App, key: RunKey, answer: &Result<Arc<RunView>, String>) -> Vec<Effect> {
    let size = app.size;
    let mut effects = Vec::new();
    // a run may be open twice, with a comparison in between
    for run in open_runs(app).filter(|run| run.key == key) {
        match answer {
            Ok(view) if run.timeline.is_some() && view.laid_out(run.tree.lens()).is_none() => {
                run.coming = Some(Arc::clone(view));
                effects.push(Effect::LayOut(SameView(Arc::clone(view)), run.tree.lens()));
                continue;
            }
            Ok(view) => run.take_in(Arc::clone(view), size),
            Err(why) => run.error = Some(why.clone()),
        }
        if run.pull.answered() {
            effects.push(Effect::LoadSteps(key));
        }
    }
    effects
}

/// A view was laid out in time. One that was shown all the while is looked at anew when the frame is settled.
pub(super) fn laid_out(app: &mut App, view: &Arc<RunView>) -> Vec<Effect> {
    let size = app.size;
    let mut effects = Vec::new();
    for run in open_runs(app) {
        if let Some(view) = run.coming.take_if(|coming| Arc::ptr_eq(coming, view)) {
            run.take_in(view, size);
            effects.extend(run.pull.answered().then_some(Effect::LoadSteps(run.key)));
        }
    }
    effects
}

pub(super) fn detail(app: &mut App, number: u64, answer: Result<Arc<Document>, String>) -> Vec<Effect> {
    let opens = app.errands.reads.take_if(|(asked, _)| *asked == number).is_some();
    let Some(run) = open_runs(app).find(|run| run.detail.waits_for == Some(number)) else {
        return Vec::new();
    };
    run.detail.waits_for = None;
    match answer {
        Ok(document) => {
            run.detail.set(Arc::clone(&document), true);
            if run.detail.seeks_cost && !run.detail.go_to_cost() {
                app.say(NO_COST, false);
            }
            if opens { vec![Effect::Read(document)] } else { Vec::new() }
        }
        Err(why) => {
            run.detail.document = None;
            run.detail.error = Some(why.clone());
            run.detail.refresh();
            if opens {
                app.say(why, true);
            }
            Vec::new()
        }
    }
}

/// A run for the preview.
pub(super) fn preview(app: &mut App, key: RunKey, answer: &Result<Arc<RunView>, String>) {
    for screen in &mut app.screens {
        if let Screen::Runs(runs) = screen {
            runs.preview.take(key, answer.clone());
        }
    }
}

/// Runs that hold the filter's texts; what another filter asked for is dropped.
pub(super) fn found(app: &mut App, number: u64, answer: Result<FoundRuns, String>) {
    let height = list_height(app);
    let mut screens = app.screens.iter_mut();
    let asking = screens.find_map(|screen| match screen {
        Screen::Runs(runs) if runs.full_text.waits_for == Some(number) => Some(runs),
        _ => None,
    });
    let Some(runs) = asking else { return };
    match answer {
        Ok(FoundRuns { runs: found, whole, percent }) => {
            runs.full_text.percent = percent;
            runs.full_text.waits_for.take_if(|_| whole);
            runs.full_text.found = found;
            runs.refresh(&app.runs, app.now, height);
        }
        Err(why) => {
            runs.full_text.waits_for = None;
            app.say(format!("cannot search: {why}"), true);
        }
    }
}
