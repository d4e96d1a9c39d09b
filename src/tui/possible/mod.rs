//! What would change anything now: the footer and the palette offer nothing else, the help dims the rest.
//!
//! Asked in every frame: it looks at what a screen has at hand and goes through no run. Keys that seek a step are
//! possible where the run may have one; pressed where there is none in their direction they say so. A test presses every
//! key of every scene and holds what it did against what was offered.

mod diff;
mod document;
mod replay;
mod run;
mod runs;

use super::app::{App, Screen};
use super::draw;
use super::keys::{Action, Binding, Context};
use super::layout;
use super::screens::{Handoffs, Help, step_of};
use super::scroll::moves;

/// Whether an action would change anything on `screen`, one of those of the state.
pub(super) fn is_possible(app: &App, screen: Option<&Screen>, binding: &Binding) -> bool {
    let action = binding.action;
    match screen {
        _ if action == Action::Demo => app.settings.demo,
        _ if action == Action::CopySetup => !app.settings.setup.is_empty(),
        _ if action == Action::Escape && app.errands.copies_long(app.now) => true,
        _ if binding.context == Context::Everywhere && action != Action::Escape => true,
        Some(Screen::Runs(runs)) => runs::can(app, runs, action),
        Some(Screen::Run(run)) => run::can(app, run, action),
        Some(Screen::Diff(diff)) => diff::can(app, diff, action),
        Some(Screen::Replay(replay)) => replay::can(app, replay, action),
        Some(Screen::Search(search)) => on_rows(action, search.at, search.hits.len()),
        Some(Screen::Palette(palette)) => on_rows(action, palette.at, palette.found.len()),
        Some(Screen::Handoffs(pane)) => can_among_handoffs(app, pane, action),
        Some(Screen::Help(help)) => can_scroll(app, help, action),
        Some(Screen::Confirm(_)) | None => true,
    }
}

/// Whether an action moves a cursor at `at` over `len` rows; `None` if it moves none.
fn moves_cursor(action: Action, at: usize, len: usize) -> Option<bool> {
    // the direction is all that counts
    step_of(action, 1).map(|step| moves(at, step, len))
}

/// On a list under a line that is typed.
fn on_rows(action: Action, at: usize, len: usize) -> bool {
    match action {
        Action::Open | Action::Accept => len > 0,
        _ => moves_cursor(action, at, len).unwrap_or(true),
    }
}

/// Among those who gave the work to each other.
fn can_among_handoffs(app: &App, pane: &Handoffs, action: Action) -> bool {
    let graph = app.run_below().and_then(|run| run.view.as_deref()).map(|view| &view.graph);
    let Some(graph) = graph.filter(|graph| !graph.edges.is_empty()) else {
        return matches!(action, Action::Escape | Action::Handoffs);
    };
    on_rows(action, pane.at, graph.agents.len() + graph.edges.len())
}

/// In the help.
fn can_scroll(app: &App, help: &Help, action: Action) -> bool {
    let height = usize::from(layout::help(app.size).height.saturating_sub(2));
    let rows = draw::help_rows(&app.settings.keys, help.chain, app.size);
    moves_cursor(action, help.top, rows.saturating_sub(height) + 1).unwrap_or(true)
}
