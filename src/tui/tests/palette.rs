//! The command palette over screens: what it offers, finds and does.

use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::tui::app::{Effect, Msg, Screen};
use crate::tui::keys::Action;
use crate::tui::layout;
use crate::tui::screens::{Palette, Pane};
use crate::tui::testing::pair::pairs;
use crate::tui::testing::session::Session;
use crate::tui::testing::world::{World, world};

fn palette(s: &Session) -> &Palette {
    let Some(Screen::Palette(palette)) = s.app.top() else { panic!("the palette is open") };
    palette
}

fn offers(s: &Session, action: Action) -> bool {
    palette(s).commands.iter().any(|command| command.now && command.action == action)
}

#[test]
fn a_command_does_what_its_key_does() {
    let mut s = Session::new(world(), (120, 40));
    s.press("j enter - : next-error enter");
    assert_eq!(s.step_name(), "issue_refund");
    assert_eq!(s.run().focus, Pane::Tree);
    s.press("ctrl-p copy space step's enter");
    assert!(matches!(s.asked.as_slice(), [Effect::Copy(_)]), "{:?}", s.asked);
    s.press(": quit enter");
    assert_eq!(s.asked.last(), Some(&Effect::Quit));
}

#[test]
fn letters_typed_into_it_are_no_orders_and_escape_closes_it() {
    let mut s = Session::new(world(), (120, 40));
    s.press(": q?:");
    assert_eq!(palette(&s).line.value(), "q?:");
    s.press("esc");
    assert!(s.asked.is_empty() && s.app.screens.len() == 1);
}

#[test]
fn only_what_is_possible_now_is_offered() {
    let mut s = Session::new(world(), (120, 40));
    s.press(":");
    assert!(offers(&s, Action::Sort) && offers(&s, Action::Delete));
    assert!(!offers(&s, Action::NextError) && !offers(&s, Action::Palette) && !offers(&s, Action::Refusals));
    let mut s = Session::new(World::default(), (120, 40));
    s.press(":");
    assert!(offers(&s, Action::Demo) && offers(&s, Action::Quit));
    assert!(!offers(&s, Action::Sort) && !offers(&s, Action::Delete) && !offers(&s, Action::Down));
}

#[test]
fn where_there_is_no_row_nothing_that_needs_one_is_offered() {
    // the first of the agents, itself no run
    let mut s = Session::new(world(), (120, 40));
    s.press("b b g :");
    assert!(offers(&s, Action::Open) && offers(&s, Action::Last));
    s.press("esc b b F ctrl-p");
    assert!(!offers(&s, Action::Open) && !offers(&s, Action::Down) && offers(&s, Action::Escape));
    // an agent that worked alone
    let mut s = Session::new(pairs(), (120, 40));
    s.press("enter H :");
    assert!(!offers(&s, Action::Open) && !offers(&s, Action::Last) && offers(&s, Action::Handoffs));
}

#[test]
fn it_opens_from_lines_that_are_typed_and_in_the_place_of_help() {
    let mut s = Session::new(world(), (120, 40));
    s.press("/ age ctrl-p");
    assert!(offers(&s, Action::Complete));
    s.press("clear enter");
    assert_eq!(s.runs().filter.value(), "");
    s.press("? :");
    assert!(offers(&s, Action::Sort) && s.app.screens.len() == 2);
}

#[test]
fn the_cursor_follows_keys_and_wheel_and_a_click_does_what_it_hits() {
    let mut s = Session::new(world(), (120, 40));
    s.press("j enter : down ctrl-n up pagedown");
    assert!(palette(&s).at > 1);
    let mouse = |kind, column, row| {
        Msg::Input(Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
    };
    let at = palette(&s).at;
    s.send(mouse(MouseEventKind::ScrollUp, 5, 5));
    assert_eq!(palette(&s).at, at - 1);
    s.press("next-error");
    let list = layout::palette((120, 40)).list;
    s.send(mouse(MouseEventKind::Down(MouseButton::Left), list.x + 4, list.y));
    assert_eq!(s.step_name(), "issue_refund");
    s.press(":");
    s.send(mouse(MouseEventKind::Down(MouseButton::Left), 0, 0));
    assert!(matches!(s.app.top(), Some(Screen::Run(_))));
}

#[test]
fn a_paste_goes_into_the_line() {
    let mut s = Session::new(world(), (120, 40));
    s.press(":");
    s.send(Msg::Input(Event::Paste("sort\n other".into())));
    assert_eq!(palette(&s).line.value(), "sort other");
}
