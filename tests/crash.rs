//! Acknowledged means committed: the real binary killed and stopped in mid load, over both protocols.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

#[path = "common/otlp.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod otlp;
#[path = "common/program.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod program;

use std::collections::HashSet;
use std::path::Path;
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use opentelemetry_proto::tonic::trace::v1::Span;
use program::{PATIENCE, Serve, World};
use rusqlite::Connection;
use spanglass::dialect::content_side;
use spanglass::ingest::Pipeline;
use spanglass::model::{Export, RunSummary, Scoped};
use spanglass::price::Prices;
use spanglass::receive::Client;
use spanglass::store::{Reader, Writer};

/// Runs sent at once, and spans of each: a tree whose node `n` hangs below `n / 2`.
const RUNS: u64 = 12;
const SPANS: u64 = 240;
/// Spans of one export.
const BATCH: usize = 6;
/// Connections of each protocol.
const CONNECTIONS: usize = 3;

/// One span of run `run`; a leaf is a model call.
fn node(run: u64, place: u64) -> Span {
    let id = |place: u64| if place == 0 { 0 } else { run * 10_000 + place };
    match place {
        1 => otlp::agent(run, id(1), 0, "root"),
        _ if place <= SPANS / 2 => otlp::agent(run, id(place), id(place / 2), "helper"),
        _ => otlp::chat(run, id(place), id(place / 2), (100, 7)),
    }
}

/// All exports: runs interleaved, every child before its parent.
fn exports() -> Vec<Vec<Span>> {
    let places: Vec<u64> = (1..=SPANS).rev().collect();
    places
        .chunks(BATCH)
        .flat_map(|batch| (1..=RUNS).map(|run| batch.iter().map(|&place| node(run, place)).collect()))
        .collect()
}

/// What is still to be sent, and the ids of what was acknowledged.
struct Work {
    /// The next export is the last of these.
    todo: Mutex<Vec<Vec<Span>>>,
    acknowledged: Mutex<HashSet<u64>>,
}

impl Work {
    fn new() -> Arc<Self> {
        let todo = exports().into_iter().rev().collect();
        Arc::new(Self { todo: Mutex::new(todo), acknowledged: Mutex::default() })
    }

    fn left(&self) -> usize {
        self.todo.lock().unwrap().len()
    }

    /// Sends until nothing is left or the receiver is gone; what it did not acknowledge is sent again later.
    fn send(&self, mut send: impl FnMut(Vec<Span>) -> bool, told: &mpsc::Sender<()>) {
        loop {
            let next = self.todo.lock().unwrap().pop();
            let Some(batch) = next else { return };
            if !send(batch.clone()) {
                self.todo.lock().unwrap().push(batch);
                return;
            }
            self.acknowledged.lock().unwrap().extend(batch.iter().map(id));
            // the test may have seen enough
            let _ = told.send(());
        }
    }

    /// Sends over several connections of both protocols.
    fn load(self: &Arc<Self>, serve: &Serve) -> Load {
        let (sender, told) = mpsc::channel();
        let (grpc, http) = (serve.grpc(), serve.http());
        let threads = (0..2 * CONNECTIONS).map(|number| {
            let (work, sender) = (Arc::clone(self), sender.clone());
            thread::spawn(move || {
                if number % 2 == 0 {
                    let client = Client::connect(grpc).unwrap();
                    work.send(|spans| client.send_traces(otlp::request(spans)).is_ok(), &sender);
                } else {
                    let mut http = otlp::Http::connect(http).unwrap();
                    let accepted = |answer: otlp::Answer| answer.status() == 200;
                    work.send(|spans| http.send(&otlp::request(spans)).is_ok_and(accepted), &sender);
                }
            })
        });
        Load { senders: threads.collect(), told }
    }
}

/// Connections that send.
struct Load {
    senders: Vec<JoinHandle<()>>,
    told: mpsc::Receiver<()>,
}

impl Load {
    /// Waits until so many exports were acknowledged.
    fn wait_for(&self, acknowledgements: usize) {
        for _ in 0..acknowledgements {
            self.told.recv_timeout(PATIENCE).unwrap();
        }
    }

    /// Waits until all have stopped sending.
    fn end(self) {
        for sender in self.senders {
            sender.join().unwrap();
        }
    }
}

fn id(span: &Span) -> u64 {
    u64::from_be_bytes(span.span_id.as_slice().try_into().unwrap())
}

/// Ids in the `spans` view, read by way of SQL as people would.
fn stored(path: &Path) -> HashSet<u64> {
    let db = Connection::open(path).unwrap();
    let sound: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    let mut statement = db.prepare("SELECT span_id FROM spans").unwrap();
    let ids = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let ids: Vec<u64> = ids.map(|id| u64::from_str_radix(&id.unwrap(), 16).unwrap()).collect();
    let distinct: HashSet<u64> = ids.iter().copied().collect();
    assert_eq!(distinct.len(), ids.len(), "a span sent again is stored once");
    distinct
}

/// Every run as it reads, without what tells when and in which order it came.
fn summaries(path: &Path) -> Vec<RunSummary> {
    let mut runs = Reader::open(path).unwrap().runs(0).unwrap();
    for run in &mut runs {
        run.key.0 = 0;
        run.revision = 0;
        run.times.received = 0;
    }
    runs.sort_by(|a, b| a.run_id.cmp(&b.run_id));
    runs
}

/// Sends what `from` holds, span by span as it was stored, into the new database `to`.
fn ingest_again(from: &Path, to: &Path) {
    let reader = Reader::open(from).unwrap();
    let writer = Writer::open(to, |key| content_side(key).is_some()).unwrap();
    let (inlet, pipeline) = Pipeline::start(writer, Prices::bundled(), Box::new(|_| {})).unwrap();
    for run in reader.runs(0).unwrap() {
        for step in reader.steps(run.key, 0).unwrap().1 {
            let record = reader.span(step.key).unwrap();
            let spans =
                vec![Scoped { resource: record.resource, scope: record.scope, records: vec![record.span] }];
            inlet.submit(Export { spans, ..Export::default() }, Box::new(|answer| answer.unwrap()));
        }
    }
    drop(inlet);
    pipeline.join().unwrap();
}

fn assert_summaries_are_those_of_a_fresh_ingest(world: &World, db: &Path) {
    let again = world.path().join("again.db");
    ingest_again(db, &again);
    assert_eq!(summaries(db), summaries(&again));
    std::fs::remove_file(again).unwrap();
}

fn assert_nothing_acknowledged_is_missing(work: &Work, ids: &HashSet<u64>) {
    let acknowledged = work.acknowledged.lock().unwrap();
    let missing: Vec<_> = acknowledged.difference(ids).collect();
    assert!(missing.is_empty(), "{} of {} are missing", missing.len(), acknowledged.len());
}

/// A copy as another program would make it, so that reading it changes nothing of what the killed one left.
fn copy_of(db: &Path, folder: &Path) -> std::path::PathBuf {
    let copy = folder.join("copy.db");
    for end in ["", "-wal"] {
        let (from, to) = (format!("{}{end}", db.display()), format!("{}{end}", copy.display()));
        std::fs::copy(from, to).unwrap();
    }
    copy
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Killed after so many acknowledgements, with others under way.
fn kill_in_mid_load(world: &World, db: &Path, work: &Arc<Work>, acknowledgements: usize) {
    let serve = serve(world, db);
    let load = work.load(&serve);
    load.wait_for(acknowledgements);
    serve.signal("-KILL");
    serve.ended();
    load.end();
    assert!(work.left() > 0, "killed in mid load");
    assert_nothing_acknowledged_is_missing(work, &stored(&copy_of(db, world.path())));
    assert_summaries_are_those_of_a_fresh_ingest(world, db);
}

fn stop_in_mid_load(world: &World, db: &Path, work: &Arc<Work>, acknowledgements: usize) {
    let serve = serve(world, db);
    let load = work.load(&serve);
    load.wait_for(acknowledgements);
    assert_eq!(serve.stop("-TERM"), Some(0));
    load.end();
    assert!(work.left() > 0, "stopped in mid load");
    assert_eq!(names(db.parent().unwrap()), ["runs.db"], "the file stands alone");
    assert_nothing_acknowledged_is_missing(work, &stored(db));
}

fn serve(world: &World, db: &Path) -> Serve {
    Serve::with(world, &["--db", db.to_str().unwrap()])
}

#[test]
fn what_was_acknowledged_survives_every_end() {
    let world = World::new();
    let db = world.path().join("data/runs.db");
    let work = Work::new();
    // what was not acknowledged is sent again to the next one
    for acknowledgements in [1, 17, 60, 5] {
        kill_in_mid_load(&world, &db, &work, acknowledgements);
    }
    stop_in_mid_load(&world, &db, &work, 30);

    let serve = serve(&world, &db);
    work.load(&serve).end();
    assert_eq!((work.left(), serve.stop("-TERM")), (0, Some(0)));
    assert_summaries_are_those_of_a_fresh_ingest(&world, &db);
    let runs = summaries(&db);
    assert_eq!(runs.len() as u64, RUNS);
    for run in runs {
        let calls = SPANS / 2;
        assert_eq!((run.steps, run.llm_calls, run.times.complete), (SPANS, calls, true));
        assert_eq!((run.tokens.input, run.tokens.output), (calls * 100, calls * 7));
    }
}
