//! What would change anything now: the footer and the palette offer nothing else.

use super::app::{App, Mode, Screen};
use super::backend::RunView;
use super::comparison::Comparison;
use super::keys::{Action, Binding, Context};
use super::screens::{Diff, Run, Runs, step_of};

/// Whether an action would change anything on the topmost screen.
pub(super) fn is_possible(app: &App, binding: &Binding) -> bool {
    let action = binding.action;
    match app.top() {
        _ if action == Action::Demo => app.settings.demo,
        _ if action == Action::CopySetup => !app.settings.setup.is_empty(),
        _ if binding.context == Context::Everywhere && action != Action::Escape => true,
        Some(Screen::Runs(runs)) if !runs.typing => can_list(app, runs, action),
        Some(Screen::Run(run)) => can_run(app, run, action),
        Some(Screen::Diff(diff)) => can_compare(diff, action),
        Some(Screen::Search(search)) => !acts_on_rows(action) || !search.hits.is_empty(),
        Some(Screen::Handoffs(_)) => !acts_on_rows(action) || has_handoffs(app),
        _ => true,
    }
}

/// Whether an action needs a row to act on, or to move to.
fn acts_on_rows(action: Action) -> bool {
    action == Action::Open || step_of(action, 1).is_some()
}

fn has_handoffs(app: &App) -> bool {
    app.run_below().and_then(|run| run.view.as_deref()).is_some_and(|view| !view.graph.edges.is_empty())
}

/// In the list of runs.
fn can_list(app: &App, runs: &Runs, action: Action) -> bool {
    match action {
        Action::Filter | Action::Find => !app.runs.is_empty(),
        Action::AllTraces => app.runs.has_others(),
        Action::Refusals => app.intake.turned_away() > 0,
        Action::Escape => !runs.filter.value().is_empty(),
        Action::Fold => runs.group.is_some() && !runs.is_empty(),
        Action::Delete => matches!(app.settings.mode, Mode::Live(_)) && !runs.is_empty(),
        Action::Follow | Action::Sort | Action::Turn | Action::Group => !runs.is_empty(),
        // a group opens, too
        _ if acts_on_rows(action) => !runs.is_empty(),
        // all else speaks of the run under the cursor
        _ => runs.selected.is_some() && !runs.is_empty(),
    }
}

/// In an open run.
fn can_run(app: &App, run: &Run, action: Action) -> bool {
    let has = |is: fn(&RunView) -> bool| run.view.as_deref().is_some_and(is);
    match action {
        Action::Escape => true,
        Action::Diff | Action::DiffBest | Action::Mark => app.runs.get(run.key).is_some(),
        Action::NextError | Action::PreviousError => has(|view| !view.errors.is_empty()),
        Action::NextMember
        | Action::PreviousMember
        | Action::NextFinding
        | Action::PreviousFinding
        | Action::Dismiss => has(|view| !view.marks.flagged.is_empty()),
        Action::OnlyFlagged => has(|view| !view.marks.is_empty()),
        Action::Rounds => has(|view| !view.marks.folds().is_empty()),
        Action::Handoffs => has(|view| !view.graph.edges.is_empty()),
        Action::Plumbing => has(|view| view.has_plumbing),
        // a timeline has neither folds nor figures
        Action::FoldAll | Action::UnfoldAll | Action::Column if run.has_timeline_keys() => false,
        // while its steps are read there is nothing to act on
        _ => run.view.is_some(),
    }
}

/// In a comparison.
fn can_compare(diff: &Diff, action: Action) -> bool {
    let has = |is: fn(&Comparison) -> bool| diff.comparison.as_deref().is_some_and(is);
    match action {
        Action::Escape => true,
        Action::NextHunk | Action::PreviousHunk => has(|of| !of.diff.hunks.is_empty()),
        Action::Toggle if !diff.fills() => has(|of| !of.stretches.is_empty()),
        Action::Plumbing => has(|of| of.has_frames),
        _ => diff.comparison.is_some(),
    }
}
