//! Holds the imports of every room against the table of rooms in the design.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// A room: which others it may use, and which crates.
struct Room {
    name: &'static str,
    rooms: Allowed,
    crates: Allowed,
}

enum Allowed {
    All,
    Only(&'static [&'static str]),
    AllBut(&'static [&'static str]),
}

use Allowed::{All, AllBut, Only};

/// The table. `tracing` and `thiserror` say nothing about what a room does: each may use them.
const ROOMS: &[Room] = &[
    Room { name: "model", rooms: Only(&[]), crates: Only(&["serde"]) },
    Room {
        name: "receive",
        rooms: Only(&["model", "ingest"]),
        crates: AllBut(&[
            "rusqlite",
            "rusqlite_migration",
            "ratatui",
            "crossterm",
            "genai_prices",
            "clap",
            "anyhow",
        ]),
    },
    Room {
        name: "ingest",
        rooms: Only(&["dialect", "price", "analyze", "store", "model"]),
        crates: AllBut(&[
            "tokio",
            "tonic",
            "axum",
            "ratatui",
            "crossterm",
            "rusqlite",
            "rusqlite_migration",
            "clap",
            "anyhow",
        ]),
    },
    Room {
        name: "dialect",
        rooms: Only(&["model"]),
        crates: Only(&[
            "serde",
            "serde_json",
            "blake3",
            "memchr",
            "rustc_hash",
            "chrono",
            "base64",
            "opentelemetry_proto",
        ]),
    },
    Room {
        name: "price",
        rooms: Only(&["model"]),
        crates: Only(&["genai_prices", "serde", "serde_json", "chrono", "hashlink", "rustc_hash"]),
    },
    Room {
        name: "store",
        rooms: Only(&["model"]),
        crates: AllBut(&[
            "tokio",
            "tonic",
            "axum",
            "ratatui",
            "crossterm",
            "opentelemetry_proto",
            "clap",
            "anyhow",
        ]),
    },
    Room {
        name: "analyze",
        rooms: Only(&["model", "price"]),
        crates: Only(&["rustc_hash", "serde", "serde_json", "similar", "imara_diff", "petgraph"]),
    },
    Room {
        name: "report",
        rooms: Only(&["analyze", "model"]),
        crates: Only(&[
            "anstyle",
            "base64",
            "chrono",
            "serde",
            "serde_json",
            "textwrap",
            "unicode_segmentation",
            "unicode_width",
        ]),
    },
    Room {
        name: "tui",
        rooms: Only(&["analyze", "report", "store", "config", "model"]),
        crates: AllBut(&[
            "tokio",
            "tonic",
            "axum",
            "rusqlite",
            "rusqlite_migration",
            "opentelemetry_proto",
            "anyhow",
        ]),
    },
    Room { name: "config", rooms: Only(&[]), crates: Only(&["serde", "toml", "etcetera", "strsim"]) },
    Room { name: "cli", rooms: All, crates: All },
];

/// Crates that every room may use.
const ANYWHERE: &[&str] = &["std", "core", "alloc", "crate", "self", "super", "tracing", "thiserror"];

/// Crates for tests.
const FOR_TESTS: &[&str] = &["insta", "proptest", "tempfile", "anstream", "opentelemetry_proto"];

impl Allowed {
    fn holds(&self, name: &str) -> bool {
        match self {
            All => true,
            Only(names) => names.contains(&name),
            AllBut(names) => !names.contains(&name),
        }
    }
}

/// A path that a file names: the line and its first two parts.
struct Named {
    line: usize,
    first: String,
    second: String,
}

#[test]
fn every_room_uses_only_what_the_design_allows() {
    let wrong: Vec<_> = sources().iter().flat_map(|(room, file)| breaches(room, file)).collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_folder_under_src_is_a_room_of_the_table() {
    let found: BTreeSet<_> = sources().into_iter().map(|(room, _)| room).collect();
    let known: BTreeSet<_> = ROOMS.iter().map(|room| room.name.to_owned()).collect();
    assert_eq!(found, known);
}

#[test]
fn breaches_are_found_wherever_a_path_stands() {
    let code = "use crate::{model::Step, tui::App};\n// crate::store\nfn f() { \"crate::store\"; crate::cli::main() }\nuse {rusqlite::Row};\n";
    let named: Vec<_> = paths(code).into_iter().map(|n| (n.line, n.first, n.second)).collect();
    let found =
        |line, first: &str, second: &str| named.contains(&(line, first.to_owned(), second.to_owned()));
    assert!(found(1, "crate", "model") && found(1, "crate", "tui") && found(3, "crate", "cli"), "{named:?}");
    assert!(found(4, "rusqlite", "Row"), "{named:?}");
    assert!(!named.iter().any(|(_, _, second)| second == "store"), "{named:?}");
}

/// Rust files under the folders of `src`, each with its room.
fn sources() -> Vec<(String, PathBuf)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    for entry in fs::read_dir(&src).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        let room = entry.file_name().unwrap().to_str().unwrap().to_owned();
        walk(&entry, &mut |file| files.push((room.clone(), file)));
    }
    files
}

fn walk(folder: &Path, visit: &mut dyn FnMut(PathBuf)) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            walk(&path, visit);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            visit(path);
        }
    }
}

fn breaches(room: &str, file: &Path) -> Vec<String> {
    let Some(rules) = ROOMS.iter().find(|known| known.name == room) else { return Vec::new() };
    let code = fs::read_to_string(file).unwrap();
    // tests may use what their room may not, as long as it is for tests
    let tests_from = test_line(file, &code);
    let named = paths(&code).into_iter();
    let wrong = named.filter(|named| !is_allowed(named, rules, named.line >= tests_from));
    let shown = file.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(file).display();
    wrong.map(|n| format!("{shown}:{}: {room} may not use {}::{}", n.line, n.first, n.second)).collect()
}

/// First line of the tests of a file; all of it for a file of tests.
fn test_line(file: &Path, code: &str) -> usize {
    let name = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let within = file.components().any(|part| part.as_os_str() == "tests");
    if within || ["tests", "test", "fixture"].contains(&name) {
        return 0;
    }
    code.lines().position(|line| line.trim() == "#[cfg(test)]").map_or(usize::MAX, |at| at + 1)
}

fn is_allowed(named: &Named, rules: &Room, in_tests: bool) -> bool {
    let is_room = |name: &str| ROOMS.iter().any(|room| room.name == name);
    match named.first.as_str() {
        "crate" if is_room(&named.second) => {
            named.second == rules.name
                || rules.rooms.holds(&named.second)
                || (in_tests && named.second == "model")
        }
        first if is_dependency(first) => {
            ANYWHERE.contains(&first) || rules.crates.holds(first) || (in_tests && FOR_TESTS.contains(&first))
        }
        _ => true,
    }
}

/// Whether `Cargo.toml` names this crate: other first parts are modules, types or traits at hand.
fn is_dependency(name: &str) -> bool {
    static NAMES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let manifest: toml::Table = toml::from_str(include_str!("../Cargo.toml")).unwrap();
        let tables = ["dependencies", "dev-dependencies"].map(|table| manifest[table].as_table().unwrap());
        tables.into_iter().flat_map(toml::Table::keys).map(|key| key.replace('-', "_")).collect()
    });
    NAMES.contains(name)
}

/// Paths with `::` in `code`, comments and strings left out, groups of a `use` spread.
fn paths(code: &str) -> Vec<Named> {
    let plain = without_texts(code);
    let mut found = Vec::new();
    for (at, _) in plain.match_indices("::") {
        let line = 1 + plain[..at].matches('\n').count();
        let first = word_before(&plain[..at]);
        if first.is_empty() || is_inner(&plain[..at], first) {
            continue;
        }
        for second in heads(&plain[at + 2..]) {
            found.push(Named { line, first: first.to_owned(), second });
        }
    }
    found
}

/// Whether the word at the end of `before` continues a path.
fn is_inner(before: &str, word: &str) -> bool {
    before[..before.len() - word.len()].ends_with("::")
}

fn word_before(text: &str) -> &str {
    let start = text.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
    &text[start..]
}

/// First words of what follows `::`: one, or those of a group in braces.
fn heads(rest: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let Some(group) = rest.strip_prefix('{') else { return vec![word(rest)] };
    let mut depth = 0;
    let mut items = vec![String::new()];
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(String::new());
                continue;
            }
            _ => {}
        }
        items.last_mut().unwrap().push(c);
    }
    items.iter().map(|item| word(item)).filter(|item| !item.is_empty()).collect()
}

/// `code` with comments and strings blanked, lines kept.
fn without_texts(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(c) = rest.chars().next() {
        let (kept, skipped) = match c {
            '/' if rest.starts_with("//") => (0, rest.find('\n').unwrap_or(rest.len())),
            '"' => (0, 1 + end_of_string(&rest[1..])),
            'r' if rest.starts_with("r#\"") => (0, rest.find("\"#").map_or(rest.len(), |at| at + 2)),
            '\'' if rest.starts_with("'\"'") => (0, 3),
            _ => (c.len_utf8(), 0),
        };
        out.push_str(&rest[..kept]);
        out.extend(rest[..skipped].chars().filter(|&c| c == '\n'));
        rest = &rest[kept + skipped..];
    }
    out
}

fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}
