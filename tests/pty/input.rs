//! Mouse, paste, and an end that nothing can catch.

use crate::program::World;
use crate::{USUAL, live, open, otlp, saved, send, told_endpoint};

/// The number of the first row that holds `words`, from 1.
fn row_of(text: &str, words: &str) -> usize {
    text.lines().position(|row| row.contains(words)).unwrap() + 1
}

#[test]
fn a_click_selects_and_the_wheel_moves() {
    let world = World::new();
    saved(&world, &["search", "fetch", "refund"]);
    let mut terminal = open(&world, "saved/runs.db", USUAL);
    terminal.wait_text(&["triage"]);
    terminal.press("\r");
    let text = terminal.wait_text(&["search", "fetch", "refund"]);
    terminal.press(&format!("\u{1b}[<0;20;{0}M\u{1b}[<0;20;{0}m", row_of(&text, "fetch")));
    terminal.wait("the cursor where the click was", |t| t.cursor_row().contains("fetch"));
    terminal.press("\u{1b}[<65;20;5M");
    terminal.wait("the cursor further down", |t| !t.cursor_row().contains("fetch"));
    terminal.press("q");
    terminal.wait_text(&["AGENT", "triage"]);
    terminal.press("q");
    assert!(terminal.ended().success());
    assert_eq!(terminal.not_given_back(), [""; 0]);
}

#[test]
fn what_is_pasted_is_typed_and_presses_no_key() {
    let world = World::new();
    saved(&world, &["search"]);
    let mut terminal = open(&world, "saved/runs.db", USUAL);
    let before = terminal.wait_text(&["triage"]);
    // where nothing is typed a paste is nothing: neither q nor Enter
    terminal.press("\u{1b}[200~q\rq\u{1b}[201~/");
    terminal.wait("the filter line", |t| t.text() != before && t.text().contains('▏'));
    terminal.press("\u{1b}[200~agent:tri\rage\u{1b}[201~");
    // the line is still typed: Enter was not pressed
    terminal.wait_text(&["agent:tri", "▏"]);
    terminal.press("\u{3}");
    assert!(terminal.ended().success());
}

#[test]
fn killed_it_loses_nothing_that_it_had_shown() {
    let world = World::new();
    let mut terminal = live(&world);
    let http = told_endpoint(&mut terminal);
    send(http, vec![otlp::agent(1, 1, 0, "triage")]);
    terminal.wait_text(&["triage"]);
    terminal.signal("-KILL");
    assert!(!terminal.ended().success());
    let mut again = open(&world, "runs.db", USUAL);
    again.wait_text(&["1 run", "triage"]);
}
