//! In a document: of a step, of a conversation, of a difference.

use crate::tui::keys::Action;
use crate::tui::screens::{DetailPane, step_of};

/// Whether an action changes anything in a document that is `columns` wide; `None` if it is none of a document.
pub(super) fn can(pane: &DetailPane, columns: usize, action: Action) -> Option<bool> {
    Some(match action {
        Action::Fold => pane.can_fold(),
        Action::Unfold => pane.fold_state() == Some(true),
        Action::Toggle => pane.fold_state() == Some(true) || pane.can_fold(),
        Action::FoldAll => pane.can_fold_all(),
        Action::UnfoldAll => !pane.folded.is_empty(),
        Action::Copy => !pane.shown.is_empty(),
        _ => {
            let step = step_of(action, 1)?.signum();
            pane.walked(pane.cursor, step, columns) != pane.cursor
        }
    })
}
