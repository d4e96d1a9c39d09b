//! What actions change in the view of handoffs.

use std::sync::Arc;

use crate::tui::app::{App, Effect, Screen};
use crate::tui::backend::RunView;
use crate::tui::handoff_places::places;
use crate::tui::keys::Action;
use crate::tui::layout;
use crate::tui::screens::{HandoffItem, Handoffs, Pane, step_of};

use super::back;

/// Shows who gave the work to whom in the run on top, now or as soon as its steps are here.
pub(super) fn open(app: &mut App) {
    if let Some(Screen::Run(_)) = app.top() {
        app.screens.push(Screen::Handoffs(Handoffs::default()));
    }
}

pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    if matches!(action, Action::Escape | Action::Handoffs) {
        return back(app);
    }
    let height = usize::from(layout::handoffs(app.size).body.height);
    let Some(view) = app.run_below().and_then(|run| run.view.clone()) else {
        return Vec::new();
    };
    let Some(Screen::Handoffs(pane)) = app.screens.last_mut() else {
        return Vec::new();
    };
    match (step_of(action, height), action) {
        (Some(step), _) => pane.step(step, &view.graph),
        (None, Action::Open) if !view.graph.edges.is_empty() => go(app, &view),
        _ => {}
    }
    Vec::new()
}

/// Goes to the first step of what the cursor is on.
pub(in crate::tui) fn go(app: &mut App, view: &Arc<RunView>) {
    let Some(Screen::Handoffs(pane)) = app.top() else {
        return;
    };
    let graph = &view.graph;
    let row = match pane.item(graph) {
        HandoffItem::Agent(at) => graph.agents.get(at).map(|agent| agent.first),
        HandoffItem::Edge(at) => graph.edges.get(at).map(|edge| edge.first),
    };
    app.screens.pop();
    if let (Some(Screen::Run(run)), Some(row)) = (app.screens.last_mut(), row) {
        run.tree.only_flagged = false;
        run.focus = Pane::Tree;
        run.tree.reveal_row(view, row);
    }
}

/// What must be so after every change: the cursor on an item that is there, and in its window.
pub(super) fn settle(pane: &mut Handoffs, view: &RunView, size: (u16, u16)) {
    let list = places(view, layout::handoffs(size).body).list;
    pane.fit(list.height.into(), &view.graph);
}
