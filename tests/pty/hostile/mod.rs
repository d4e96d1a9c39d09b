//! Nothing a span holds reaches the terminal raw: a hostile database, toured through every screen and every command.

mod sent;
mod tricks;

use self::sent::{foreign, is_obeyed, is_suspect};
use self::tricks::{MARK, requests};
use crate::program::{Serve, World};
use crate::terminal::{Size, Terminal};
use crate::{open, otlp};

/// A database in which every field is hostile.
fn hostile(world: &World) {
    let serve = Serve::with(world, &["--db", "runs.db"]);
    let mut connection = otlp::Http::connect(serve.http()).unwrap();
    for request in requests() {
        let answer = connection.send(&request).unwrap();
        assert_eq!(answer.status(), 200, "{answer:?}");
    }
    assert_eq!(serve.stop("-TERM"), Some(0));
}

/// Keys, and a word that tells that the screen is there.
type Stop = (&'static str, &'static str);

/// Through every screen: what is pressed there, in which order, and what proves that one has arrived.
const TOUR: [&[Stop]; 9] = [
    &[
        ("", "3 runs"),
        ("sssSS", "3 runs"),
        ("b", "3 runs"),
        ("b", "3 runs"),
        ("bb", "3 runs"),
        ("?", "Keys"),
        ("q", "3 runs"),
    ],
    &[
        ("", "3 runs"),
        ("/agent:\t", "complete"),
        ("\t\t", "complete"),
        ("\x1b", "3 runs"),
        ("/EVIL\r", "EVIL"),
        ("\x1b", "3 runs"),
    ],
    &[("", "3 runs"), ("FEVIL", "hit"), ("\x1b[B\x1b[B\x1b[6~", "hit"), ("\r", "Steps")],
    &[
        ("", "3 runs"),
        ("\r", "Steps"),
        ("+", "Steps"),
        ("p", "Steps"),
        ("x", "Steps"),
        ("P", "Steps"),
        ("/EVIL\r", "of"),
        ("nnn", "of"),
    ],
    &[
        ("", "3 runs"),
        ("\r", "Steps"),
        ("\tz+", "EVIL"),
        ("JJJJJJJJ", "EVIL"),
        ("+\x1b[6~\x1b[6~\x1b[6~", "EVIL"),
        ("G", "EVIL"),
        ("JJJJJJJJc", "EVIL"),
        ("J+G", "EVIL"),
    ],
    &[
        ("", "3 runs"),
        ("G\r", "Steps"),
        ("w", "Findings"),
        ("\r\r\rl", "Findings"),
        ("]", "Findings"),
        ("!", "Findings"),
    ],
    &[("", "3 runs"), ("\r", "Steps"), ("H", "AGENT"), ("jjjj", "AGENT"), ("\r", "Steps")],
    &[
        ("", "3 runs"),
        ("d", "parted"),
        ("nnnN", "parted"),
        ("z", "why"),
        ("+jjj", "why"),
        ("zm", "asked"),
        ("+jjj", "asked"),
        ("mtsu", "parted"),
    ],
    &[
        ("", "3 runs"),
        ("\r", "Steps"),
        ("R", "eplay"),
        ("lllll", "eplay"),
        ("\t+\x1b[6~", "eplay"),
        ("\tmmtn", "eplay"),
    ],
];

fn toured(world: &World, size: Size) {
    for stops in TOUR {
        let mut terminal = open(world, "runs.db", size);
        for (keys, word) in stops {
            terminal.press(keys);
            terminal.wait_text(&[word]);
            looks_clean(&mut terminal);
        }
        terminal.press("\u{3}");
        assert!(terminal.ended().success());
        let raw = std::mem::take(&mut terminal.raw);
        let raw = String::from_utf8(raw).unwrap();
        assert!(raw.contains(MARK), "it was shown");
        assert_eq!(foreign(&raw), None, "{size:?} {stops:?}");
    }
}

/// Waits until the screen rests, then looks at its cells.
fn looks_clean(terminal: &mut Terminal) {
    const REST: std::time::Duration = std::time::Duration::from_millis(60);
    while !terminal.is_quiet_for(REST) {}
    let screen = terminal.screen();
    let (rows, columns) = screen.size();
    for (row, column) in (0..rows.get()).flat_map(|row| (0..columns.get()).map(move |column| (row, column))) {
        let held = screen.cell(row, column).map(vt100::Cell::contents).unwrap_or_default();
        let bad = held.chars().find(|letter| is_suspect(*letter) && *letter != '\u{200d}');
        assert_eq!(bad, None, "row {row}, column {column}: {held:?}");
    }
}

#[test]
fn a_hostile_database_is_toured_without_one_escape_from_content() {
    let world = World::new();
    hostile(&world);
    for size in [(80, 24), (200, 50)] {
        toured(&world, size);
    }
}

/// Commands that print what spans hold.
const COMMANDS: [&[&str]; 12] = [
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
    &["doctor"],
    &["check"],
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
        if command.contains(&"--json") {
            // data for programs: what nobody sees may stay, what terminals obey is written as \\u
            let obeyed = printed.chars().find(|letter| is_obeyed(*letter) && *letter != '\n');
            assert_eq!(obeyed, None, "{command:?}");
        } else {
            assert_eq!(foreign(&without_our_colours(&printed)), None, "{command:?}");
        }
    }
}

/// Text without the sixteen colours in which commands print: the sequence alone, never what follows it.
fn without_our_colours(printed: &str) -> String {
    let numbers = (30..38).chain(90..98).map(|number| format!("\u{1b}[{number}m"));
    numbers.fold(printed.to_owned(), |text, colour| text.replace(&colour, ""))
}
