//! Signals: whatever ends or suspends it, the terminal is given back.

use std::path::PathBuf;

use crate::program::{World, wait_for};
use crate::{USUAL, live, open, otlp, saved, send, told_endpoint};

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

#[test]
fn suspended_by_key_or_signal_it_gives_the_terminal_back_and_takes_it_again() {
    let world = World::new();
    saved(&world, &["search"]);
    let mut terminal = open(&world, "saved/runs.db", USUAL);
    let before = terminal.wait_text(&["triage"]);
    for by_key in [true, false] {
        let sent = terminal.raw.len();
        if by_key {
            terminal.press("\x1a");
        } else {
            terminal.signal("-TSTP");
        }
        let stat = PathBuf::from(format!("/proc/{}/stat", terminal.pid()));
        wait_for("it to stop", || std::fs::read_to_string(&stat).unwrap().contains(") T ").then_some(()));
        terminal.wait("the terminal back", |t| t.not_given_back().is_empty());
        terminal.signal("-CONT");
        terminal.wait("the screen again", |t| t.not_given_back().len() >= 5 && t.text() == before);
        assert!(terminal.raw.len() > sent + before.len(), "drawn whole");
        terminal.press("j");
    }
    terminal.press("q");
    assert!(terminal.ended().success());
    assert_eq!(terminal.not_given_back(), [""; 0]);
}
