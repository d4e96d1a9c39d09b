//! Nothing a span holds reaches the terminal raw: a hostile database, toured through every screen and every command.

mod printed;
mod sent;
mod tour;
mod tricks;

use self::sent::{CLIPBOARD, foreign, is_suspect};
use self::tour::{COPIED, LIVE, Stop, TOUR};
use self::tricks::{MARK, requests};
use crate::program::{Serve, World};
use crate::terminal::{Size, Terminal};
use crate::{live, open, otlp};

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

fn toured(world: &World, size: Size) {
    for stops in TOUR {
        walked(open(world, "runs.db", size), stops);
    }
}

/// Goes through the stops and out again; looks at every cell on the way, and at every byte afterwards.
fn walked(mut terminal: Terminal, stops: &[Stop]) {
    for (keys, word) in stops {
        let copies = copies(&terminal) + usize::from(*word == COPIED);
        terminal.press(keys);
        terminal.wait(&format!("{word} after {keys:?}"), |terminal| {
            terminal.text().contains(word) && self::copies(terminal) == copies
        });
        looks_clean(&mut terminal);
    }
    terminal.press("\u{3}");
    assert!(terminal.ended().success());
    let raw = std::mem::take(&mut terminal.raw);
    let raw = String::from_utf8(raw).unwrap();
    assert!(raw.contains(MARK), "it was shown");
    assert_eq!(foreign(&raw), None, "{stops:?}");
}

/// How often something went into the clipboard.
fn copies(terminal: &Terminal) -> usize {
    let start = CLIPBOARD.as_bytes();
    terminal.raw.windows(start.len()).filter(|sent| *sent == start).count()
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
    walked(live(&world), &LIVE);
}
