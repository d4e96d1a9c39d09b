//! Databases of every schema version that was ever written open for ever: one fixture each, made by `demo`.
//!
//! Made with `spanglass serve --db schema-N.db`, `spanglass demo --fast 1000`, and `zstd -19`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use spanglass::analyze::tree;
use spanglass::dialect::content_side;
use spanglass::store::{Reader, Writer};

const VERSIONS: [&[u8]; 5] = [
    include_bytes!("fixtures/schema-1.db.zst"),
    include_bytes!("fixtures/schema-2.db.zst"),
    include_bytes!("fixtures/schema-3.db.zst"),
    include_bytes!("fixtures/schema-4.db.zst"),
    include_bytes!("fixtures/schema-5.db.zst"),
];

/// Rules named beside findings: what was found before version 3 does not tell, and version 1 found nothing.
const RULES: [&[Option<&str>]; 5] = [
    &[],
    &[None, None],
    &[Some("same-call"), Some("handoff-cycle")],
    &[Some("same-call"), Some("handoff-cycle")],
    &[Some("same-call"), Some("handoff-cycle")],
];

/// Name, steps and tokens of each run, oldest first.
fn facts(path: &Path) -> Vec<(String, u64, u64)> {
    let reader = Reader::open(path).unwrap();
    let runs = reader.runs(0).unwrap();
    runs.into_iter().map(|run| (run.name, run.steps, run.tokens.total())).collect()
}

/// The rule of each finding in the view for people with a SQL prompt.
fn rules(path: &Path) -> Vec<Option<String>> {
    let conn = rusqlite::Connection::open(path).unwrap();
    let mut statement = conn.prepare("SELECT rule, changed, rounds, wasted_ms FROM findings").unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// Rows in the tree of the run that started last.
fn rows_of_latest(path: &Path) -> usize {
    let reader = Reader::open(path).unwrap();
    let run = reader.find_run("latest").unwrap();
    let (_, steps) = reader.steps(run.key, 0).unwrap();
    tree::build(&steps).rows.len()
}

#[test]
fn every_version_tells_the_same_runs_before_and_after_migration() {
    let expected = [
        ("support-triage", 12, 15_473),
        ("research", 12, 20_308),
        ("price-watch", 14, 32_907),
        ("reviewer", 10, 35_029),
        ("support-triage", 23, 23_558),
        ("reviewer", 12, 41_762),
        ("invoice-clerk", 6, 10_536),
    ]
    .map(|(name, steps, tokens)| (name.to_owned(), steps, tokens));
    for (packed, named) in VERSIONS.into_iter().zip(RULES) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old.db");
        std::fs::write(&path, zstd::decode_all(packed).unwrap()).unwrap();
        assert_eq!(facts(&path), expected);
        assert_eq!(rows_of_latest(&path), 6, "read as it lies");
        Writer::open(&path, |key| content_side(key).is_some()).unwrap().close().unwrap();
        assert_eq!(facts(&path), expected);
        assert_eq!(rows_of_latest(&path), 6);
        let reader = Reader::open(&path).unwrap();
        let run = reader.find_run("latest").unwrap();
        let (_, steps) = reader.steps(run.key, 0).unwrap();
        assert!(!reader.span(steps[0].key).unwrap().span.attributes.is_empty());
        assert_eq!(reader.search_runs("이중", &mut |_| true).unwrap().unwrap().len(), 3);
        assert_eq!(rules(&path).iter().map(Option::as_deref).collect::<Vec<_>>(), named);
    }
}

/// Everything a file is made of, as SQLite tells it.
fn schema(path: &Path) -> Vec<(String, Option<String>)> {
    let conn = rusqlite::Connection::open(path).unwrap();
    let mut statement = conn.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// A migration that was edited after its fixture was made would leave files out there that cannot be read.
#[test]
fn the_newest_fixture_has_the_schema_that_is_written_today() {
    let folder = tempfile::tempdir().unwrap();
    let (kept, fresh) = (folder.path().join("kept.db"), folder.path().join("fresh.db"));
    std::fs::write(&kept, zstd::decode_all(VERSIONS[VERSIONS.len() - 1]).unwrap()).unwrap();
    Writer::open(&fresh, |key| content_side(key).is_some()).unwrap().close().unwrap();
    assert_eq!(schema(&kept), schema(&fresh));
}
