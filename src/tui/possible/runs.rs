//! In the list of runs.

use crate::tui::app::{App, Mode};
use crate::tui::keys::Action;
use crate::tui::screens::{Runs, step_of};

use super::moves_cursor;

pub(super) fn can(app: &App, runs: &Runs, action: Action) -> bool {
    if let Some(moves) = moves_cursor(action, runs.at, runs.len()) {
        // a cursor that is moved by hand follows no longer
        return moves || runs.follow && !runs.is_empty() && step_of(action, 1).is_some();
    }
    match action {
        _ if runs.typing => can_type(runs, action),
        Action::Filter | Action::Find => !app.is_empty(),
        // while the list is read, what is asked for is done once it is there
        Action::Sort | Action::Turn | Action::Group => !app.loaded || !runs.is_empty(),
        Action::AllTraces => app.runs.has_others() || runs.all_traces,
        Action::Refusals => app.intake.turned_away() > 0,
        Action::Escape => !runs.filter.value().is_empty(),
        Action::Fold => runs.can_fold(),
        Action::Delete => matches!(app.settings.mode, Mode::Live(_)) && !runs.is_empty(),
        // a group opens, too
        Action::Follow | Action::Open => !runs.is_empty(),
        Action::Diff if runs.marked.len() == 2 => true,
        // all else speaks of the run under the cursor
        _ => runs.selected.is_some() && !runs.is_empty(),
    }
}

fn can_type(runs: &Runs, action: Action) -> bool {
    match action {
        Action::Complete | Action::CompleteBack => runs.completes,
        _ => true,
    }
}
