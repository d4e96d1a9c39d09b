//! Keys that come from elsewhere than the table: the palette's commands, the config file's keys, borders under the mouse.

use crate::program::World;
use crate::terminal::{self, Size, Terminal};
use crate::{SPANGLASS, USUAL, open, saved};

/// On which tree and detail lie side by side.
const WIDE: Size = (120, 30);

#[test]
fn a_command_of_the_palette_is_found_and_carried_out() {
    let world = World::new();
    saved(&world, &["search", "fetch"]);
    let mut terminal = open(&world, "saved/runs.db", USUAL);
    terminal.wait_text(&["triage"]);
    terminal.press("\u{10}");
    terminal.wait_text(&["Commands", "open the run"]);
    assert!(!terminal.text().contains("delete the run"), "nothing is deleted where all is only read");
    terminal.press("sort other");
    terminal.wait_text(&["1 of 1"]);
    terminal.press("\r");
    terminal.wait_text(&["STARTED▲"]);
    terminal.press("\r");
    terminal.wait_text(&["Steps", "fetch"]);
    terminal.press(":timeline\r");
    terminal.wait_text(&["Timeline"]);
    terminal.press(":");
    terminal.wait_text(&["Commands"]);
    terminal.press("\u{1b}");
    terminal.wait("the palette gone", |t| !t.text().contains("Commands"));
    terminal.press(":quit\r");
    assert!(terminal.ended().success());
    assert_eq!(terminal.not_given_back(), [""; 0]);
}

/// The interface with these lines as its config file.
fn configured(world: &World, lines: &str) -> Terminal {
    std::fs::write(world.path().join("config.toml"), lines).unwrap();
    let words = [SPANGLASS, "open", "saved/runs.db", "--config", "config.toml"];
    Terminal::start(terminal::command(world.path(), &words), USUAL)
}

#[test]
fn a_key_of_the_config_file_is_heard_and_told_and_the_one_it_replaced_is_not() {
    let world = World::new();
    saved(&world, &["search"]);
    let mut terminal = configured(&world, "[keys]\nruns.sort = 'O'\n'everywhere.back' = ['ctrl-x']\n");
    terminal.wait_text(&["triage", "STARTED▼", "O sort"]);
    terminal.press("qs?");
    terminal.wait_text(&["sort by the next column", "^X"]);
    terminal.press("\u{18}");
    terminal.wait_text(&["STARTED▼"]);
    terminal.press("O");
    terminal.wait("another column", |t| !t.text().contains("STARTED▼"));
    terminal.press("\u{18}");
    assert!(terminal.ended().success());
}

#[test]
fn a_key_with_two_meanings_is_named_before_anything_is_shown() {
    let world = World::new();
    saved(&world, &["search"]);
    let mut terminal = configured(&world, "[keys]\nrun.next-error = 'q'\n");
    assert!(!terminal.ended().success());
    let said = terminal.text().replace('\n', "");
    assert!(said.contains("config.toml:2: the key \"q\" would mean both"), "{said}");
    assert!(!terminal.raw.contains(&b'\x1b'), "the terminal was never taken");
}

#[test]
fn a_border_follows_the_mouse_and_stays_where_it_was_let_go() {
    let world = World::new();
    saved(&world, &["search", "fetch"]);
    let mut terminal = open(&world, "saved/runs.db", WIDE);
    terminal.wait_text(&["triage"]);
    terminal.press("\r");
    terminal.wait_text(&["Steps", "fetch", "┬"]);
    let border = |t: &Terminal| t.rows()[1].chars().position(|sign| sign == '┬');
    let before = border(&terminal).unwrap();
    let there = before + 12;
    terminal.press(&format!("\u{1b}[<0;{};9M\u{1b}[<32;{1};9M\u{1b}[<0;{1};9m", before + 1, there + 1));
    terminal.wait("the border elsewhere", |t| border(t) == Some(there));
    terminal.press("\u{1b}[<32;40;9M");
    terminal.press("j");
    terminal.wait("the cursor", |t| !t.cursor_row().contains("triage"));
    assert_eq!(border(&terminal), Some(there), "let go is let go");
    terminal.press("\u{3}");
    assert!(terminal.ended().success());
    assert_eq!(terminal.not_given_back(), [""; 0]);
}
