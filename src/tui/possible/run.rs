//! In an open run.

use crate::tui::app::App;
use crate::tui::backend::RunView;
use crate::tui::keys::Action;
use crate::tui::screens::{Pane, Run};

use super::{document, moves_cursor};

pub(super) fn can(app: &App, run: &Run, action: Action) -> bool {
    match (action, run.view.as_deref()) {
        (Action::Escape, _) => true,
        (Action::Diff | Action::DiffBest, _) => app.runs.get(run.key).is_some(),
        // while its steps are read there is nothing to act on
        (_, None) => false,
        _ if run.is_out_of_sight(action, app.size) => false,
        (_, Some(view)) => {
            of_whole(app, run, view, action).unwrap_or_else(|| in_pane(app, run, view, action))
        }
    }
}

/// Of what does not depend on the pane that listens.
fn of_whole(app: &App, run: &Run, view: &RunView, action: Action) -> Option<bool> {
    let marks = &view.marks;
    Some(match action {
        Action::NextError | Action::PreviousError => !view.errors.is_empty(),
        Action::NextMember
        | Action::PreviousMember
        | Action::NextFinding
        | Action::PreviousFinding
        | Action::Dismiss => !marks.flagged.is_empty(),
        Action::OnlyFlagged => !marks.is_empty() || run.tree.only_flagged,
        Action::Rounds => !marks.folds().is_empty() && !run.tree.only_flagged,
        Action::Handoffs => !view.graph.edges.is_empty(),
        Action::Plumbing => view.has_plumbing || run.tree.plumbing,
        // a timeline has no figures
        Action::Column => run.timeline.is_none(),
        Action::Widen => run.axis.is_narrowed(),
        Action::NextHit | Action::PreviousHit => run.has_hits(),
        Action::NextSibling => has_sibling(app, run, true),
        Action::PreviousSibling => has_sibling(app, run, false),
        Action::Cost => run.focus != Pane::Detail || !run.detail.is_at_cost(),
        Action::Zoom => run.focus != Pane::Detail || run.zooms(app.size),
        // a detail that cannot be read is none to read elsewhere
        Action::Elsewhere => run.detail.error.is_none() || run.detail.of != run.tree.selected,
        Action::CopyStep => run.tree.selected.and_then(|id| view.step(view.row(id)?)).is_some(),
        _ => return None,
    })
}

fn has_sibling(app: &App, run: &Run, forward: bool) -> bool {
    let siblings = app.runs.siblings(run.key);
    siblings.is_some_and(|(at, keys)| if forward { at + 1 < keys.len() } else { at > 0 })
}

fn in_pane(app: &App, run: &Run, view: &RunView, action: Action) -> bool {
    match run.focus {
        Pane::Detail => in_detail(app, run, view, action),
        Pane::Findings => {
            let at = run.findings.as_ref().map_or(0, |pane| pane.at);
            let moves = moves_cursor(action, at, view.marks.flagged.len());
            moves.unwrap_or_else(|| in_steps(run, view, action))
        }
        Pane::Tree => in_steps(run, view, action),
    }
}

fn in_detail(app: &App, run: &Run, view: &RunView, action: Action) -> bool {
    let step = match action {
        Action::NextStep => Action::Down,
        Action::PreviousStep => Action::Up,
        _ => {
            let (columns, _) = run.document_size(app.size);
            return document::can(&run.detail, columns, action).unwrap_or(true);
        }
    };
    match run.timeline {
        Some(_) => run.beside_in_lane(step == Action::Down).is_some(),
        None => in_tree(run, view, step),
    }
}

fn in_steps(run: &Run, view: &RunView, action: Action) -> bool {
    if run.timeline.is_some() { on_timeline(run, action) } else { in_tree(run, view, action) }
}

fn in_tree(run: &Run, view: &RunView, action: Action) -> bool {
    let tree = &run.tree;
    match action {
        Action::Fold => tree.can_fold(view),
        Action::Unfold | Action::Toggle => tree.can_unfold(),
        Action::FoldAll => tree.any_is_folded(view, false),
        Action::UnfoldAll => tree.any_is_folded(view, true),
        // a cursor that is moved by hand follows no longer
        _ => moves_cursor(action, tree.at, tree.shown.len()).is_none_or(|moves| moves || tree.follow),
    }
}

fn on_timeline(run: &Run, action: Action) -> bool {
    match action {
        // it has no folds
        Action::FoldAll | Action::UnfoldAll => false,
        Action::First | Action::Last => {
            let end = run.end_of_track(action == Action::Last);
            end.is_some() && end != run.bar_here().map(|here| here.row)
        }
        _ => {
            let (at, tracks) = run.track_here().unwrap_or_default();
            moves_cursor(action, at, tracks).unwrap_or(true)
        }
    }
}
