//! What actions, keys, pastes and the mouse change in the command palette.

use crossterm::event::{Event as InputEvent, MouseButton, MouseEvent, MouseEventKind};
use tui_input::backend::crossterm::EventHandler;

use crate::tui::app::{App, Effect, Screen};
use crate::tui::keys::Action;
use crate::tui::screens::{Command, Palette, step_of};
use crate::tui::{layout, possible};

use super::back;

/// Opens it over the screen, in the place of help.
pub(super) fn open(app: &mut App) {
    if matches!(app.top(), Some(Screen::Help(_))) {
        app.screens.pop();
    }
    let commands = commands(app);
    app.screens.push(Screen::Palette(Box::new(Palette::new(commands))));
}

/// All that the screen has, each thing once, where it is narrowest.
fn commands(app: &App) -> Vec<Command> {
    let (chain, keys) = (app.chain(), &app.settings.keys);
    let mut commands: Vec<Command> = Vec::new();
    for row in keys.listening(chain) {
        let (action, help) = (row.binding.action, row.binding.help);
        let known = commands.iter().any(|command| command.action == action);
        if !known && action != Action::Palette {
            let now = possible::is_possible(app, app.top(), row.binding);
            commands.push(Command { action, help, key: keys.key_of(chain, row), now });
        }
    }
    commands
}

pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    let rows = usize::from(layout::palette(app.size).list.height);
    let Some(Screen::Palette(palette)) = app.screens.last_mut() else {
        return Vec::new();
    };
    match step_of(action, rows) {
        Some(step) => palette.step(step),
        None if action == Action::Accept => return carry_out(app),
        None if action == Action::Cancel => return back(app),
        None => {}
    }
    Vec::new()
}

/// Does what the cursor is on, as its key would. What is not possible now may say why, else it is said that it is not.
fn carry_out(app: &mut App) -> Vec<Effect> {
    let Some(Screen::Palette(palette)) = app.top() else {
        return Vec::new();
    };
    let Some(&Command { action, now, .. }) = palette.chosen() else {
        return Vec::new();
    };
    app.screens.pop();
    let screens = app.screens.len();
    let effects = super::act(app, action);
    if !now && app.notice.is_none() && effects.is_empty() && app.screens.len() == screens {
        app.say("that would change nothing here now", false);
    }
    effects
}

/// Keys that mean nothing else write into the line.
pub(super) fn typed(app: &mut App, event: &InputEvent) {
    if let Some(Screen::Palette(palette)) = app.screens.last_mut()
        && palette.line.handle_event(event).is_some_and(|changed| changed.value)
    {
        palette.search();
    }
}

pub(super) fn pasted(app: &mut App, text: &str) {
    if let Some(Screen::Palette(palette)) = app.screens.last_mut() {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let value = format!("{}{words}", palette.line.value());
        palette.line = std::mem::take(&mut palette.line).with_value(value);
        palette.search();
    }
}

/// The wheel moves, a click does what it hits, a click beside the box closes it; `None` where there is no palette.
pub(super) fn mouse(app: &mut App, mouse: MouseEvent) -> Option<Vec<Effect>> {
    let Some(Screen::Palette(palette)) = app.screens.last_mut() else {
        return None;
    };
    let areas = layout::palette(app.size);
    let at = (mouse.column, mouse.row).into();
    match mouse.kind {
        MouseEventKind::ScrollUp => palette.step(-1),
        MouseEventKind::ScrollDown => palette.step(1),
        MouseEventKind::Down(MouseButton::Left) if areas.list.contains(at) => {
            let row = palette.top + usize::from(mouse.row - areas.list.y);
            if row < palette.found.len() {
                palette.at = row;
                return Some(carry_out(app));
            }
        }
        MouseEventKind::Down(MouseButton::Left) if !areas.frame.contains(at) => return Some(back(app)),
        _ => {}
    }
    Some(Vec::new())
}
