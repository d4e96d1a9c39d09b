//! What the mouse does beyond selecting: borders that are dragged, double clicks, giving it back to the terminal.

use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::tui::app::{Effect, Msg, Screen};
use crate::tui::screens::Pane;
use crate::tui::testing::pair::pairs;
use crate::tui::testing::session::Session;
use crate::tui::testing::world::world;

const DOWN: MouseEventKind = MouseEventKind::Down(MouseButton::Left);
const DRAG: MouseEventKind = MouseEventKind::Drag(MouseButton::Left);
const UP: MouseEventKind = MouseEventKind::Up(MouseButton::Left);

fn mouse(s: &mut Session, kind: MouseEventKind, (column, row): (u16, u16)) {
    s.send(Msg::Input(Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })));
}

fn drag(s: &mut Session, from: (u16, u16), to: (u16, u16)) {
    for (kind, at) in [(DOWN, from), (DRAG, to), (UP, to)] {
        mouse(s, kind, at);
    }
}

#[test]
fn a_border_goes_where_it_is_dragged_and_every_run_keeps_it() {
    let mut s = Session::new(world(), (120, 40));
    s.press("j enter");
    let before = s.run().areas(s.app.size).detail.unwrap().divider.unwrap();
    drag(&mut s, (before.x, 20), (50, 9));
    let divider = |s: &Session| s.run().areas(s.app.size).detail.unwrap().divider.unwrap().x;
    assert_eq!(divider(&s), 50);
    mouse(&mut s, DRAG, (80, 9));
    assert_eq!(divider(&s), 50, "the button was let go");
    s.press("q j enter");
    assert_eq!(divider(&s), 50, "of another run, too");
    s.send(Msg::Input(Event::Resize(100, 30)));
    assert_eq!(divider(&s), 40, "the tree keeps what it needs");
    s.send(Msg::Input(Event::Resize(120, 40)));
    assert_eq!(divider(&s), 50);
}

#[test]
fn borders_of_the_preview_and_of_what_is_said_of_two_runs_can_be_dragged() {
    let mut s = Session::new(world(), (200, 40));
    let divider = |s: &Session| s.app.runs_areas().preview.unwrap().divider.unwrap().x;
    let from = divider(&s);
    drag(&mut s, (from, 20), (120, 20));
    assert_eq!(divider(&s), 120);
    let mut s = Session::new(pairs(), (120, 40));
    s.press("j d");
    let rule = |s: &Session| s.diff().areas(s.app.size).why_rule.y;
    let from = rule(&s);
    drag(&mut s, (5, from), (5, 12));
    assert_eq!(rule(&s), 12);
}

#[test]
fn the_border_of_a_replay_goes_where_it_is_dragged() {
    let mut s = Session::new(world(), (120, 40));
    s.press("j enter R");
    let divider = |s: &Session| s.replay().areas(s.app.size).divider.unwrap().x;
    let from = divider(&s);
    drag(&mut s, (from, 20), (from + 9, 12));
    assert_eq!(divider(&s), from + 9);
}

#[test]
fn a_double_click_opens_what_two_clicks_at_leisure_do_not() {
    let mut s = Session::new(world(), (120, 40));
    let row = s.app.runs_areas().list.y + 1;
    mouse(&mut s, DOWN, (10, row));
    s.app.now += 600_000_000;
    mouse(&mut s, DOWN, (10, row));
    assert!(matches!(s.app.top(), Some(Screen::Runs(_))), "too slow");
    s.app.now += 300_000_000;
    mouse(&mut s, DOWN, (10, row));
    assert!(matches!(s.app.top(), Some(Screen::Run(_))));
}

#[test]
fn a_double_click_on_a_step_without_steps_below_reads_it() {
    let mut s = Session::new(world(), (120, 40));
    s.press("j enter j");
    let row = s.run().areas(s.app.size).tree.unwrap().y + 1;
    mouse(&mut s, DOWN, (10, row));
    assert_eq!(s.run().focus, Pane::Tree);
    mouse(&mut s, DOWN, (10, row));
    assert_eq!(s.run().focus, Pane::Detail);
}

#[test]
fn the_mouse_is_left_to_the_terminal_and_taken_back() {
    let mut s = Session::new(world(), (120, 40));
    s.press("ctrl-r");
    assert!(s.app.notice.as_ref().unwrap().text.contains("^R takes it back"));
    s.press("ctrl-r");
    assert_eq!(s.asked, [Effect::TakeMouse(false), Effect::TakeMouse(true)]);
}

#[test]
fn the_next_theme_is_shown_at_once() {
    let mut s = Session::new(world(), (120, 40));
    let before = s.app.settings.look.theme.style(crate::tui::theme::Role::Accent);
    s.press("ctrl-t");
    let after = s.app.settings.look.theme.style(crate::tui::theme::Role::Accent);
    assert_ne!(before, after);
    assert!(s.app.notice.as_ref().unwrap().text.starts_with("theme light"));
}
