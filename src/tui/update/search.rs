//! What actions, keys and pastes change in the full-text search.

use crossterm::event::Event as InputEvent;
use tui_input::backend::crossterm::EventHandler;

use crate::store::HitPage;
use crate::tui::app::{App, Effect, Screen};
use crate::tui::backend::RowId;
use crate::tui::keys::Action;
use crate::tui::layout;
use crate::tui::screens::{HIT_ROWS, Quest, Run, Search, step_of};

use super::arrivals::wish_steps;
use super::back;

/// Hits that fit the window.
pub(super) fn height((width, height): (u16, u16)) -> usize {
    usize::from(layout::search((width, height)).list.height / HIT_ROWS).max(1)
}

pub(super) fn open(app: &mut App) {
    app.screens.push(Screen::Search(Box::default()));
}

pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    let height = height(app.size);
    let Some(Screen::Search(search)) = app.screens.last_mut() else {
        return Vec::new();
    };
    if let Some(step) = step_of(action, height) {
        search.step(step);
        return Vec::new();
    }
    match action {
        Action::Open => return open_hit(app),
        Action::Escape if !search.line.value().is_empty() => search.line.reset(),
        Action::Escape => return back(app),
        _ => {}
    }
    Vec::new()
}

/// Opens the run of a hit at its step.
fn open_hit(app: &mut App) -> Vec<Effect> {
    let Some(Screen::Search(search)) = app.top() else {
        return Vec::new();
    };
    let Some(hit) = search.hit() else {
        return Vec::new();
    };
    let mut run = Box::new(Run::new(hit.run, app.now));
    run.tree.selected = hit.step.as_ref().map(|step| RowId(step.trace_id, step.span_id));
    let effects = wish_steps(&mut run).into_iter().collect();
    app.screens.push(Screen::Run(run));
    effects
}

/// Keys that mean nothing else write into the line.
pub(super) fn typed(app: &mut App, event: &InputEvent) {
    if let Some(Screen::Search(search)) = app.screens.last_mut() {
        search.line.handle_event(event);
    }
}

pub(super) fn pasted(app: &mut App, text: &str) {
    if let Some(Screen::Search(search)) = app.screens.last_mut() {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let value = format!("{}{words}", search.line.value());
        search.line = std::mem::take(&mut search.line).with_value(value);
    }
}

/// The cursor in its window, and what is to be asked next.
pub(super) fn settle(search: &mut Search, size: (u16, u16), number: &mut u64) -> Option<Effect> {
    let height = height(size);
    search.fit(height);
    Some(match search.quest(height, number)? {
        Quest::Ask(number, typed, mark) => Effect::FindTexts(number, typed, mark),
        Quest::Drop => Effect::DropFind,
    })
}

/// Hits; those of another question are dropped.
pub(super) fn found(app: &mut App, number: u64, answer: Result<HitPage, String>) {
    let asking = app.screens.iter_mut().find_map(|screen| match screen {
        Screen::Search(search) => Some(search),
        _ => None,
    });
    if let Some(search) = asking {
        search.take(number, answer);
    }
}
