//! What is printed for people: keys, the manual, the config, tables.

use opentelemetry_proto::tonic::trace::v1::Span;
use unicode_width::UnicodeWidthStr as _;

use super::{run_of, store};
use crate::otlp;
use crate::program::World;

#[test]
fn keys_are_listed_as_they_are_set_and_what_cannot_be_is_refused() {
    let world = World::new();
    let config = world.path().join("own.toml");
    std::fs::write(&config, "[keys]\nrun.next-error = ['F2']\n").unwrap();
    let lines = world.json(&["keys", "--json", "--config", "own.toml"]);
    let error = lines.iter().find(|line| line["action"] == "next-error" && line["context"] == "run").unwrap();
    assert_eq!((&error["keys"], &error["help"]), (&serde_json::json!(["F2"]), &"next failed step".into()));
    std::fs::write(&config, "[keys]\nrun.next-error = ['m']\n").unwrap();
    let refused = world.run(&["keys", "--config", "own.toml"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!((refused.status.code(), said.lines().count()), (Some(2), 1), "{said}");
    assert!(said.contains("own.toml:2: the key \"m\" would mean both run.next-error"), "{said}");
}

#[test]
fn the_manual_page_and_completions_are_printed() {
    let world = World::new();
    let page = String::from_utf8(world.run(&["man"]).stdout).unwrap();
    assert!(page.contains(".TH spanglass 1") && page.contains(".SH KEYS"), "{page}");
    for shell in ["bash", "zsh", "fish"] {
        let script = String::from_utf8(world.run(&["completions", shell]).stdout).unwrap();
        assert!(script.contains("doctor") && script.contains("explain-cost"), "{script}");
    }
}

#[test]
fn the_config_that_is_printed_can_be_used() {
    let world = World::new();
    let printed = world.command(&["config"]).env("SPANGLASS_COLOR", "never").output().unwrap().stdout;
    assert!(String::from_utf8_lossy(&printed).contains("color = \"never\"  # SPANGLASS_COLOR"));
    std::fs::write(world.path().join("own.toml"), &printed).unwrap();
    let again = world.run(&["config", "--config", "own.toml"]).stdout;
    assert!(String::from_utf8_lossy(&again).contains("color = \"never\"  # own.toml:"));
}

/// Escape sequences, a clipboard order, bidi and a line break.
const HOSTILE: &str = "a\u{1b}[31mb\u{1b}]52;c;QUJD\u{7}c\u{9b}2Jd\u{202e}e\nf";

#[test]
fn nothing_a_span_holds_touches_the_terminal_or_the_table() {
    let world = World::new();
    let mut spans = run_of(1, HOSTILE);
    spans.push(otlp::tool(1, 13, 11, HOSTILE));
    spans.push(Span { name: HOSTILE.to_owned(), ..otlp::span(1, 14, 11, "") });
    store(&world, spans);
    for words in [
        &["runs", "--color", "always"][..],
        &["show", "latest", "--color", "always"],
        &["doctor", "--color", "always"],
    ] {
        let page = world.text(words);
        for touch in ["\u{1b}[31mb", "\u{1b}]", "\u{7}", "\u{9b}", "\u{202e}"] {
            assert!(!page.contains(touch), "{words:?} sends {touch:?}: {page:?}");
        }
        assert!(page.lines().all(|line| !line.starts_with('f')), "{page}");
        let plain = world.text(&words[..words.len() - 2]);
        assert!(!plain.contains(|c: char| c.is_control() && c != '\n'), "{plain:?}");
    }
}

#[test]
fn columns_stand_under_each_other_whatever_the_script() {
    let world = World::new();
    let names = ["plain", "환불 담당자", "リサーチ係", "flag 🇰🇷 👩‍👩‍👧‍👦 é"];
    store(&world, (1..).zip(names).flat_map(|(trace, name)| run_of(trace, name)).collect());
    let page = world.text(&["runs"]);
    let column = |line: &str| line.find('$').map(|at| line[..at].width());
    let columns: Vec<_> = page.lines().filter_map(column).collect();
    assert_eq!(columns.len(), names.len(), "{page}");
    assert!(columns.iter().all(|at| *at == columns[0]), "{columns:?}\n{page}");
    for name in names {
        assert!(page.contains(name), "{page}");
    }
}
