//! Every screen at every size: resized, it looks as one of that size from the start.

use crate::program::World;
use crate::{USUAL, open, saved, troubled};

#[test]
fn a_resized_screen_looks_as_one_of_that_size_from_the_start() {
    let world = World::new();
    saved(&world, &["search", "환불 정책 찾기", "flag 🇰🇷 family 👩‍👩‍👧‍👦", "refund"]);
    let show = |size| {
        let mut terminal = open(&world, "saved/runs.db", size);
        if size.0 >= 60 {
            terminal.wait_text(&["triage"]);
            terminal.press("\r");
            terminal.wait("the open run", |t| t.text().contains("refund"));
        }
        terminal
    };
    let mut terminal = show(USUAL);
    for size in [(200, 50), (60, 12), (40, 8), USUAL] {
        let mut fresh = show(size);
        fresh.wait("something", |t| !t.text().trim().is_empty());
        terminal.resize(size);
        // the detail of the step under the cursor may come after the steps
        terminal.wait_until_like(&mut fresh);
    }
}

/// Goes to a screen, resizes it, and sees what a terminal of that size shows, or at least the same row under the cursor;
/// then leaves it.
fn walks_through(world: &World, keys: &str, words: &[&str], leave: &str, back: &[&str]) {
    let show = |size| {
        let mut terminal = open(world, "saved/runs.db", size);
        terminal.wait_text(&["3 runs", "triage"]);
        for key in keys.split(' ') {
            // each key acts on what the one before has brought
            let before = terminal.text();
            terminal.press(key);
            terminal.wait("what the key does", |t| t.text() != before);
        }
        terminal.wait_text(words);
        terminal
    };
    let mut terminal = show(USUAL);
    for size in [(160, 45), (60, 15), USUAL] {
        let mut fresh = show(size);
        terminal.resize(size);
        if keys.ends_with('d') {
            // how many rows there are above the fork depends on when the reason for it came
            let row = fresh.cursor_row();
            terminal.wait("the same row", |t| {
                t.cursor_row() == row && words.iter().all(|w| t.text().contains(w))
            });
        } else {
            terminal.wait_until_like(&mut fresh);
        }
    }
    terminal.press(leave);
    terminal.wait("the screen below", |t| {
        let text = t.text();
        back.iter().all(|word| text.contains(word)) && words.iter().any(|word| !text.contains(word))
    });
    terminal.press("\u{3}");
    assert!(terminal.ended().success());
    assert_eq!(terminal.not_given_back(), [""; 0]);
}

#[test]
fn findings_handoffs_and_a_comparison_open_fit_any_size_and_close() {
    let world = World::new();
    troubled(&world);
    for leave in ["\u{1b}", "w"] {
        walks_through(&world, "j w", &["ALARM", "6 times", "walk"], leave, &["Steps", "rounds"]);
    }
    for leave in ["\u{1b}", "q", "H"] {
        walks_through(&world, "\r H", &["Handoffs", "AGENT", "billing", "first"], leave, &["Steps"]);
    }
    for leave in ["\u{1b}", "q"] {
        walks_through(&world, "j d", &["parted", "why", "next"], leave, &["3 runs", "AGENT"]);
    }
}
