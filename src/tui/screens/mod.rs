//! Screens: each owns its selection and scroll, and knows how an action changes them. No drawing here.

mod confirm;
mod detail;
mod diff;
mod findings;
mod flattened;
mod full_text;
mod gists;
mod groups;
mod handoffs;
mod help;
mod jumps;
mod offer;
mod palette;
mod preview;
mod replay;
mod run;
mod runs;
mod search;
mod shift;
mod timeline;
mod tree;

pub use confirm::Confirm;
pub use detail::{DetailPane, Hit, Place};
pub use diff::{Diff, Reads};
pub use findings::FindingsPane;
pub use full_text::{FullText, Wish};
pub use gists::Gists;
pub use groups::{By, Group, Groups};
pub use handoffs::{HandoffItem, HandoffLine, Handoffs, handoff_line, lines as handoff_lines};
pub use help::Help;
pub use jumps::Jump;
pub use offer::Offer;
pub use palette::{Command, Match, Palette};
pub use preview::{MOST_STEPS, Preview, Shape};
pub use replay::{Replay, ReplayLine};
pub use run::{Pane, Run};
pub use runs::{ListRow, Runs};
pub use search::{Quest, ROWS as HIT_ROWS, Search};
pub use timeline::TimelinePane;
pub use tree::{Column, Said, Shown, TreePane};

use super::keys::Action;

/// How far an action moves a cursor over a window of `height` rows; `None` if it moves none.
pub fn step_of(action: Action, height: usize) -> Option<isize> {
    let page = isize::try_from(height.max(2) - 1).unwrap_or(isize::MAX);
    match action {
        Action::Up => Some(-1),
        Action::Down => Some(1),
        Action::PageUp => Some(-page),
        Action::PageDown => Some(page),
        Action::HalfUp => Some(-(page / 2).max(1)),
        Action::HalfDown => Some((page / 2).max(1)),
        Action::First => Some(isize::MIN),
        Action::Last => Some(isize::MAX),
        _ => None,
    }
}
