//! Signals: whatever ends or suspends it, the terminal is given back.

use crate::program::{World, send_signal};
use crate::{SPANGLASS, USUAL, live, open, otlp, saved, send, shell, told_endpoint};

#[test]
fn a_signal_gives_the_terminal_back() {
    for signal in ["-TERM", "-INT", "-HUP"] {
        let world = World::new();
        let mut terminal = live(&world);
        let http = told_endpoint(&mut terminal);
        assert!(terminal.not_given_back().len() >= 5, "taken: {:?}", terminal.not_given_back());
        send(http, vec![otlp::agent(1, 1, 0, "triage")]);
        terminal.signal(signal);
        assert!(terminal.ended().success(), "{signal}");
        assert_eq!(terminal.not_given_back(), [""; 0], "{signal}");
        assert_eq!(world.json(&["runs", "--json", "--db", "runs.db"]).len(), 1, "{signal}");
    }
}

/// The process that this one started last.
fn child_of(process: u32) -> u32 {
    let children = std::fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap();
    children.split_whitespace().last().unwrap().parse().unwrap()
}

#[test]
fn suspended_by_key_or_signal_it_gives_the_terminal_back_and_takes_it_again() {
    let world = World::new();
    saved(&world, &["search"]);
    let mut terminal = shell(&world);
    terminal.press(&format!("{SPANGLASS} open saved/runs.db\n"));
    let before = terminal.wait_text(&["triage", "? help"]);
    for (times, by_key) in [(1, true), (2, false)] {
        let sent = terminal.raw.len();
        if by_key {
            terminal.press("\x1a");
        } else {
            send_signal(child_of(terminal.pid()), "-TSTP");
        }
        terminal.wait("the shell", |t| t.text().matches("Stopped").count() == times);
        terminal.wait("the terminal back", |t| t.not_given_back().is_empty());
        terminal.press("fg\n");
        terminal.wait("the screen again", |t| t.not_given_back().len() >= 5 && t.text() == before);
        assert!(terminal.raw.len() > sent + before.len(), "drawn whole");
        terminal.press("?");
        terminal.wait("keys to work", |t| t.text() != before);
        terminal.press("?");
        terminal.wait("the list again", |t| t.text() == before);
    }
    terminal.press("q");
    terminal.wait("the shell", |t| t.not_given_back().is_empty() && t.text().trim_end().ends_with("ready>"));
}

/// A pager that waits for a line, as `less` waits for its `q`.
const PAGER: &str = "#!/bin/sh\necho in the pager\nread line < /dev/tty\n";

#[test]
fn a_stop_while_the_pager_has_the_terminal_stops_both_and_both_go_on() {
    let world = World::new();
    saved(&world, &["search"]);
    std::fs::write(world.path().join("pager"), PAGER).unwrap();
    let mut terminal = shell(&world);
    terminal.press(&format!("PAGER='sh ./pager' {SPANGLASS} open saved/runs.db\n"));
    terminal.wait_text(&["triage", "? help"]);
    terminal.press("\r");
    let before = terminal.wait_text(&["search", "open"]);
    for times in 1..=2 {
        terminal.press("o");
        terminal.wait("the pager", |t| t.text().matches("in the pager").count() == times);
        terminal.press("\x1a");
        terminal.wait("the shell", |t| t.text().matches("Stopped").count() == times);
        assert_eq!(terminal.not_given_back(), [""; 0], "nobody took the terminal back before the shell");
        terminal.press("fg\n");
        terminal.wait("the command again", |t| t.text().matches("fg\n").count() == times);
        terminal.press("\n");
        terminal.wait("the screen again", |t| t.not_given_back().len() >= 5 && t.text() == before);
    }
    terminal.press("q");
    terminal.wait_text(&["triage", "? help"]);
    terminal.press("q");
    terminal.wait("the shell", |t| t.not_given_back().is_empty() && t.text().trim_end().ends_with("ready>"));
}

#[test]
fn a_script_around_it_is_suspended_with_it() {
    let world = World::new();
    saved(&world, &["search"]);
    let mut terminal = shell(&world);
    terminal.press(&format!("sh -c '{SPANGLASS} open saved/runs.db; echo left'\n"));
    let before = terminal.wait_text(&["triage", "? help"]);
    terminal.press("\x1a");
    terminal.wait("the shell", |t| t.not_given_back().is_empty() && t.text().contains("Stopped"));
    terminal.press("fg\n");
    terminal.wait("the screen again", |t| t.not_given_back().len() >= 5 && t.text() == before);
    terminal.press("q");
    terminal.wait("the end of the script", |t| t.text().contains("\nleft\nready>"));
}

#[test]
fn where_no_shell_is_above_nothing_suspends_it_for_good() {
    let world = World::new();
    saved(&world, &["search"]);
    let mut terminal = open(&world, "saved/runs.db", USUAL);
    terminal.wait_text(&["triage", "? help"]);
    for by_key in [true, false] {
        if by_key {
            terminal.press("\x1a");
        } else {
            terminal.signal("-TSTP");
        }
        terminal.wait_text(&["not suspended: no shell above could bring it back"]);
        terminal.press("j");
        terminal.wait_text(&["? help"]);
    }
    terminal.press("q");
    assert!(terminal.ended().success());
}
