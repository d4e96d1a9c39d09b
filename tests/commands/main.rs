//! The real binary from end to end: serve, demo, runs, show, config, in a home of its own.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]
#![cfg_attr(target_os = "linux", expect(clippy::print_stderr, reason = "what is skipped is told"))]

mod checks;
mod compared;
mod exported;
mod files;
mod mistakes;
#[path = "../common/otlp.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod otlp;
mod priced;
mod printed;
#[path = "../common/program.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod program;

use std::path::Path;

use opentelemetry_proto::tonic::trace::v1::Span;
use program::{Serve, World};
use rusqlite::Connection;

#[test]
fn what_the_demo_sends_is_there_after_serve_has_stopped() {
    let world = World::new();
    let serve = Serve::start(&world);
    let db = world.default_db();
    assert!(serve.listening.ends_with(&format!(" db={}\n", db.display())), "{}", serve.listening);
    let demo = world.run(&["demo", "--fast", "1000", "--grpc", &serve.grpc().to_string()]);
    assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
    assert_eq!(serve.stop("-TERM"), Some(0));

    let runs = world.json(&["runs", "--json"]);
    assert_eq!(runs.len(), 7);
    assert!(runs.iter().all(|run| run["cost_source"] == "computed" && run["llm_calls"].as_u64() > Some(1)));
    assert_eq!(runs.iter().filter(|run| run["status"] == "error").count(), 1);
    assert_eq!(world.json(&["runs", "--json", "--limit", "2"]), runs[5..]);
    assert_eq!(world.json(&["runs", "--json", "code-review"]).len(), 2);

    let shown = world.json(&["show", "latest", "--json"]);
    assert_eq!(shown[0]["type"], "run");
    assert_eq!(shown[0]["run_id"], runs[6]["run_id"]);
    let steps: Vec<_> = shown.iter().filter(|line| line["type"] == "step").collect();
    assert_eq!(Some(steps.len() as u64), runs[6]["steps"].as_u64());
    let page = world.run(&["show", runs[0]["run_id"].as_str().unwrap()]);
    assert!(String::from_utf8(page.stdout).unwrap().contains("⚙ issue_refund"));
}

#[test]
fn reindex_derives_the_same_runs_again_from_the_raw_telemetry() {
    let world = World::with_demo();
    let facts = || (world.json(&["runs", "--json", "--all"]), world.json(&["show", "latest", "--json"]));
    let before = facts();

    let db = Connection::open(world.default_db()).unwrap();
    db.execute_batch("DELETE FROM step; UPDATE run SET steps = 0, cost_nano_usd = 7").unwrap();
    drop(db);
    assert_ne!(facts(), before);

    let again = world.run(&["reindex"]);
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    assert!(String::from_utf8_lossy(&again.stdout).contains("records derived again"));
    assert_eq!(facts(), before);

    let nothing = world.run(&["reindex", "--db", "nowhere.db"]);
    assert_eq!(nothing.status.code(), Some(2));
    assert!(!world.path().join("nowhere.db").exists());
}

#[test]
fn an_interrupt_stops_serve_as_well() {
    let world = World::new();
    assert_eq!(Serve::start(&world).stop("-INT"), Some(0));
}

/// Stores `spans` in the default database, by way of the real binary.
pub(crate) fn store(world: &World, spans: Vec<Span>) {
    let serve = Serve::start(world);
    let answer = otlp::Http::connect(serve.http()).unwrap().send(&otlp::request(spans)).unwrap();
    assert_eq!((answer.status(), serve.stop("-TERM")), (200, Some(0)));
}

/// A run of one agent.
pub(crate) fn run_of(trace: u64, name: &str) -> Vec<Span> {
    vec![
        otlp::chat(trace, trace * 10 + 2, trace * 10 + 1, (1000, 20)),
        otlp::agent(trace, trace * 10 + 1, 0, name),
    ]
}

/// What lies in a folder, byte for byte.
fn contents(folder: &Path) -> Vec<(std::ffi::OsString, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let mut files: Vec<_> = entries.map(|e| (e.file_name(), std::fs::read(e.path()).unwrap())).collect();
    files.sort();
    files
}
