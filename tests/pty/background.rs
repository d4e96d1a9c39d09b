//! The terminal's answer to what its background is: late, in halves, or never.

use std::time::Duration;

use crate::program::World;
use crate::terminal::Terminal;
use crate::{SPANGLASS, USUAL, open, saved, shell};

/// As most terminals ask and answer (xterm's "Operating System Commands", 11).
const QUESTION: &str = "\u{1b}]11;?\u{7}";
const LIGHT: &str = "\u{1b}]11;rgb:ffff/ffff/ffff\u{1b}\\";

/// An interface that has asked and shows the list.
fn asking(world: &World) -> Terminal {
    saved(world, &["search"]);
    let mut terminal = open(world, "saved/runs.db", USUAL);
    terminal.wait_text(&["triage"]);
    assert!(String::from_utf8_lossy(&terminal.raw).contains(QUESTION));
    terminal
}

/// Colours of the whole screen.
fn colours(terminal: &Terminal) -> Vec<vt100::Color> {
    let (rows, columns) = terminal.screen().size();
    let cells = (0..rows.get()).flat_map(|row| (0..columns.get()).map(move |column| (row, column)));
    cells.filter_map(|(row, column)| terminal.screen().cell(row, column)).map(vt100::Cell::fgcolor).collect()
}

#[test]
fn an_answer_in_any_two_halves_changes_the_colours_and_presses_no_key() {
    for half in [1, 2, 9, LIGHT.len() - 1] {
        let world = World::new();
        let mut terminal = asking(&world);
        while !terminal.is_quiet_for(Duration::from_millis(50)) {}
        let (before, dark) = (terminal.text(), colours(&terminal));
        terminal.press(&LIGHT[..half]);
        assert!(terminal.is_quiet_for(Duration::from_millis(2)), "{half}: a half is nothing");
        terminal.press(&LIGHT[half..]);
        terminal.wait("the colours of a light screen", |t| colours(t) != dark);
        assert_eq!(terminal.text(), before, "{half}: nothing was typed");
        terminal.press("q");
        assert!(terminal.ended().success());
    }
}

#[test]
fn where_nobody_answers_the_first_escape_is_a_key_too() {
    let world = World::new();
    let mut terminal = asking(&world);
    terminal.press("\r");
    terminal.wait_text(&["Steps"]);
    terminal.press("\u{1b}");
    terminal.wait_text(&["STARTED"]);
    terminal.press("q");
    assert!(terminal.ended().success());
    assert_eq!(terminal.not_given_back(), [""; 0]);
}

#[test]
fn who_leaves_before_the_answer_leaves_nothing_of_it_to_the_shell() {
    let world = World::new();
    let mut terminal = asking(&world);
    terminal.press("q");
    terminal.press(LIGHT);
    assert!(terminal.ended().success());
    assert_eq!(terminal.not_given_back(), [""; 0]);

    let mut terminal = shell(&world);
    terminal.press(&format!("{SPANGLASS} open saved/runs.db\n"));
    let before = terminal.wait_text(&["triage", "? help"]);
    terminal.press("\u{1a}");
    terminal.press(LIGHT);
    terminal.wait("the shell", |t| t.not_given_back().is_empty() && t.text().contains("Stopped"));
    terminal.press("fg\n");
    terminal.wait("the screen again", |t| t.not_given_back().len() >= 5 && t.text() == before);
}
