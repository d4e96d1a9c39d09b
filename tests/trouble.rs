//! A store that cannot write for a while: senders are told to come back, and nothing kept before is lost.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]
#![expect(clippy::print_stderr, reason = "what is skipped is told")]

#[path = "common/otlp.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod otlp;
#[path = "common/program.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod program;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use opentelemetry_proto::tonic::trace::v1::Span;
use program::{Serve, World, wait_for};
use rusqlite::Connection;
use spanglass::receive::{Client, ClientError};
use tonic::Code;
use tonic_types::StatusExt as _;

/// Both ways to send to one receiver.
struct Senders {
    grpc: Client,
    http: otlp::Http,
}

impl Senders {
    fn of(serve: &Serve) -> Self {
        Self {
            grpc: Client::connect(serve.grpc()).unwrap(),
            http: otlp::Http::connect(serve.http()).unwrap(),
        }
    }

    fn is_accepted(&mut self, span: Span) -> bool {
        self.http.send(&otlp::request(vec![span])).unwrap().status() == 200
    }

    /// Sees that `span` is refused for now over both protocols, for this reason, with word of when to retry.
    fn assert_refused_for_now(&mut self, span: &Span, why: &str) {
        let request = otlp::request(vec![span.clone()]);
        let answer = self.http.send(&request).unwrap();
        assert_eq!(answer.status(), 503, "{answer:?}");
        assert!(answer.head.contains("retry-after: 1\r\n"), "{}", answer.head);
        assert!(String::from_utf8_lossy(&answer.body).contains(why), "{answer:?}");
        let Err(ClientError::Refused(status)) = self.grpc.send_traces(request) else {
            panic!("gRPC accepts what HTTP refuses");
        };
        assert_eq!(status.code(), Code::Unavailable, "{status}");
        assert!(status.message().contains(why), "{status}");
        assert!(status.get_details_retry_info().is_some_and(|info| info.retry_delay.is_some()));
    }
}

#[test]
fn a_locked_database_is_told_to_senders_and_recovers_by_itself() {
    let world = World::new();
    let serve = Serve::start(&world);
    let mut senders = Senders::of(&serve);
    assert!(senders.is_accepted(otlp::agent(1, 1, 0, "triage")));
    let other = Connection::open(world.default_db()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let span = otlp::agent(2, 1, 0, "billing");
    senders.assert_refused_for_now(&span, "another program holds the database locked");
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    assert!(senders.is_accepted(span));
    assert_eq!(serve.stop("-TERM"), Some(0));
    assert_eq!(ids(&world.default_db()), [1, 1]);
}

/// A file system of eight megabytes of which a filler takes seven.
const DISK: &str =
    "mount -t tmpfs -o size=8m tmpfs disk && head -c 7000000 /dev/zero > disk/filler && exec \"$@\"";

/// `command` as the shell of a mount namespace of its own, where `disk` is small; it is gone when the program is.
fn on_a_small_disk(world: &World, words: &[&str]) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", DISK, "sh"]).args(words);
    command.env("HOME", world.path()).current_dir(world.path());
    command
}

/// Text that does not compress into what is stored already.
fn large(id: u64) -> Span {
    let words: Vec<String> = (0..8000)
        .map(|n: u64| format!("{:x}", (id * 8000 + n).wrapping_mul(0x9e37_79b9_7f4a_7c15)))
        .collect();
    let mut span = otlp::agent(1, id, 0, "triage");
    span.attributes.push(otlp::text("gen_ai.input.messages", &words.join(" ")));
    span
}

#[test]
fn a_full_disk_is_told_to_senders_and_recovers_once_there_is_space() {
    let world = World::new();
    std::fs::create_dir(world.path().join("disk")).unwrap();
    let probe = on_a_small_disk(&world, &["true"]).output();
    if !probe.as_ref().is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: a file system cannot be mounted here: {probe:?}");
        return;
    }
    let spanglass = env!("CARGO_BIN_EXE_spanglass");
    let words =
        [spanglass, "serve", "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", "--db", "disk/runs.db"];
    let serve = Serve::spawn(&mut on_a_small_disk(&world, &words));
    let disk: PathBuf = format!("/proc/{}/root{}", serve.pid(), world.path().join("disk").display()).into();
    let mut senders = Senders::of(&serve);

    let mut accepted = 0;
    while senders.is_accepted(large(accepted + 1)) {
        accepted += 1;
        assert!(accepted < 100, "the disk never ends");
    }
    assert!(accepted > 0);
    senders.assert_refused_for_now(&large(accepted + 1), "the disk is full; free some space");
    // as a crash would leave it now
    serve.signal("-STOP");
    let copy = world.path().join("copy.db");
    for end in ["", "-wal"] {
        std::fs::copy(disk.join(format!("runs.db{end}")), copy.with_extension(format!("db{end}"))).unwrap();
    }
    serve.signal("-CONT");
    let kept = ids(&copy);
    assert!((1..=accepted).all(|id| kept.contains(&id)), "{kept:?} of {accepted}");

    std::fs::remove_file(disk.join("filler")).unwrap();
    wait_for("space", || senders.is_accepted(large(accepted + 1)).then_some(()));
    // the file system goes with the program, but not while a file of it is open
    let mut last = File::open(disk.join("runs.db")).unwrap();
    assert_eq!(serve.stop("-TERM"), Some(0));
    let alone = world.path().join("alone.db");
    std::io::copy(&mut last, &mut File::create(&alone).unwrap()).unwrap();
    assert_eq!(ids(&alone), (1..=accepted + 1).collect::<Vec<_>>());
}

/// Span ids in a database, by way of SQL.
fn ids(db: &Path) -> Vec<u64> {
    let db = Connection::open(db).unwrap();
    let mut statement = db.prepare("SELECT span_id FROM spans ORDER BY 1").unwrap();
    let ids = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    ids.map(|id| u64::from_str_radix(&id.unwrap(), 16).unwrap()).collect()
}
