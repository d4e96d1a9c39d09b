//! In a comparison.

use crate::tui::app::App;
use crate::tui::comparison::Comparison;
use crate::tui::keys::Action;
use crate::tui::screens::Diff;

use super::{document, moves_cursor};

pub(super) fn can(app: &App, diff: &Diff, action: Action) -> bool {
    match (action, diff.comparison.as_deref()) {
        (Action::Escape, _) => true,
        (Action::Swap | Action::Export, _) => diff.runs.iter().all(|&run| app.runs.get(run).is_some()),
        (_, None) => false,
        (Action::NextHunk | Action::PreviousHunk, Some(of)) => !of.diff.hunks.is_empty(),
        (Action::Zoom | Action::Messages | Action::Copy, _) => true,
        _ if diff.fills() => {
            let (columns, _) = diff.panel_size(app.size);
            document::can(&diff.panel, columns, action).unwrap_or(false)
        }
        (_, Some(of)) => among_rows(diff, of, action),
    }
}

fn among_rows(diff: &Diff, of: &Comparison, action: Action) -> bool {
    let any_is_unfolded = |unfolded| {
        let stretches = 0..u32::try_from(of.stretches.len()).unwrap_or(u32::MAX);
        stretches.into_iter().any(|stretch| diff.is_unfolded(of, stretch) == unfolded)
    };
    match action {
        Action::Toggle => !of.stretches.is_empty(),
        Action::Fold => diff.unfolded_here(of) == Some(true),
        Action::Unfold => diff.unfolded_here(of) == Some(false),
        Action::FoldAll => any_is_unfolded(true),
        Action::UnfoldAll => any_is_unfolded(false),
        Action::Plumbing => of.has_frames,
        Action::Side => diff.can_turn(),
        _ => moves_cursor(action, diff.at, diff.items.len()).unwrap_or(true),
    }
}
