//! In a replay.

use crate::tui::app::App;
use crate::tui::keys::Action;
use crate::tui::screens::Replay;

use super::{document, moves_cursor};

pub(super) fn can(app: &App, replay: &Replay, action: Action) -> bool {
    let Some(view) = &replay.view else {
        return matches!(action, Action::Escape | Action::Replay);
    };
    let stops = view.replay().stops();
    match action {
        Action::NextInTime => replay.at + 1 < stops,
        Action::PreviousInTime => replay.at > 0,
        Action::Copy | Action::Elsewhere => replay.scene.document.is_some(),
        _ if replay.reads => {
            let (columns, _) = replay.document_size(app.size);
            document::can(&replay.scene, columns, action).unwrap_or(true)
        }
        _ => moves_cursor(action, replay.at, stops).unwrap_or(true),
    }
}
