//! Frames: the state as cells. Reads, never changes; touches only what is in the window.

mod about;
mod canvas;
mod chrome;
mod confirm;
mod detail;
mod diff;
mod empty;
mod findings;
mod handoff_map;
mod handoffs;
mod header;
mod help;
mod marks;
mod name;
mod palette;
mod preview;
mod replay;
mod run;
mod runs;
mod search;
mod spark;
mod timeline;
mod tree;
mod waterfall;

use ratatui::Frame;
use ratatui::layout::Rect;

pub(super) use chrome::counted;
pub use chrome::refusals;
pub(super) use findings::message_rows;
pub use help::rows as help_rows;

use self::canvas::Canvas;
use super::app::{App, SMALLEST, Screen};
use super::theme::Role;

/// Draws the state.
pub fn draw(app: &App, frame: &mut Frame) {
    let area = frame.area();
    let mut canvas = Canvas::new(frame.buffer_mut(), &app.settings.look);
    canvas.overlay(area, app.settings.look.theme.screen());
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        return too_small(&mut canvas, area);
    }
    let (screen, over) = app.seen();
    match screen {
        Some(Screen::Runs(runs)) => runs::draw(&mut canvas, app, runs),
        Some(Screen::Run(run)) => run::draw(&mut canvas, app, run),
        Some(Screen::Search(search)) => search::draw(&mut canvas, app, search),
        Some(Screen::Handoffs(pane)) => {
            if let Some(run) = app.run_below() {
                handoffs::draw(&mut canvas, app, run, pane);
            }
        }
        Some(Screen::Replay(pane)) => {
            if let Some(run) = app.run_below() {
                replay::draw(&mut canvas, app, run, pane);
            }
        }
        Some(Screen::Diff(of_two)) => diff::draw(&mut canvas, app, of_two),
        Some(Screen::Help(_) | Screen::Confirm(_) | Screen::Palette(_)) | None => {}
    }
    match over {
        Some(Screen::Help(help)) => help::draw(&mut canvas, app, help),
        Some(Screen::Confirm(question)) => confirm::draw(&mut canvas, app, question),
        Some(Screen::Palette(commands)) => palette::draw(&mut canvas, app, commands),
        _ => {}
    }
}

fn too_small(canvas: &mut Canvas, area: Rect) {
    let (width, height) = SMALLEST;
    let words = format!("spanglass needs {width}×{height}, this is {}×{}", area.width, area.height);
    canvas.put((0, area.height / 2), area.width, &words, Role::Text);
}
