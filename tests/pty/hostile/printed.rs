//! What commands print of a hostile database: text without one sequence from content, and JSON that holds all of it.

use super::hostile;
use super::sent::{foreign, is_suspect};
use super::tricks::MARK;
use crate::program::World;

/// The one that prints JSON without being asked to.
const OTLP: &[&str] = &["export", "latest"];

/// Commands that print what spans hold.
const COMMANDS: [&[&str]; 21] = [
    &["runs"],
    &["runs", "--json"],
    &["runs", "agent:EVIL"],
    &["show", "latest"],
    &["show", "latest", "--all", "--explain-cost"],
    &["show", "latest", "--json"],
    &["diff", "0000000000000001", "0000000000000002"],
    &["diff", "0000000000000001", "0000000000000002", "--json"],
    &["export", "latest", "--format", "markdown"],
    &["export", "latest", "--format", "mermaid"],
    &["runs", "tag:EVIL"],
    &["show", "latest", "--explain-cost", "--json"],
    &["diff", "0000000000000001", "0000000000000002", "--format", "markdown"],
    &["diff", "latest", "--against", "last-2"],
    &["diff", "latest", "--against", "last-2", "--json"],
    OTLP,
    &["doctor"],
    &["doctor", "--json"],
    &["check"],
    &["check", "--fail-on", "warning", "--json"],
    &["dismiss", "latest"],
];

#[test]
fn no_command_prints_an_escape_from_content() {
    let world = World::new();
    hostile(&world);
    for command in COMMANDS {
        let coloured = [command, &["--db", "runs.db", "--color", "always"]].concat();
        let output = world.run(&coloured);
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8(printed).unwrap();
        assert!(printed.contains(MARK) || command[0] == "check", "{command:?} shows nothing: {printed}");
        if command.contains(&"--json") || command == OTLP {
            printed.lines().for_each(is_harmless_json);
        } else {
            assert_eq!(foreign(&without_our_colours(&printed)), None, "{command:?}");
        }
    }
}

/// JSON in which nothing is raw that a terminal obeys or hides; joiners make emoji and letters.
fn is_harmless_json(line: &str) {
    serde_json::from_str::<serde_json::Value>(line).unwrap();
    let raw = line.chars().find(|letter| is_suspect(*letter) && !"\u{200c}\u{200d}".contains(*letter));
    assert_eq!(raw, None, "{line}");
}

/// Text without the sixteen colours in which commands print: the sequence alone, never what follows it.
fn without_our_colours(printed: &str) -> String {
    let numbers = (30..38).chain(90..98).map(|number| format!("\u{1b}[{number}m"));
    numbers.fold(printed.to_owned(), |text, colour| text.replace(&colour, ""))
}
