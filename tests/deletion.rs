//! A deleted run is gone, and nothing else is: other runs read back byte for byte, whatever they shared with it.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

#[path = "common/blank.rs"]
mod blank;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, mpsc};

use proptest::prelude::*;
use rusqlite::Connection;
use spanglass::dialect::content_side;
use spanglass::ingest::{Inlet, Pipeline, reindex};
use spanglass::model::{
    Attributes, Export, LogRecord, Resource, RunKey, Scope, Scoped, Span, SpanId, TraceId, Value,
};
use spanglass::price::Prices;
use spanglass::store::{Mark, Reader, StoreError, Writer};

fn is_content(key: &str) -> bool {
    content_side(key).is_some()
}

/// A database that is being written.
struct Live {
    inlet: Inlet,
    pipeline: Pipeline,
}

impl Live {
    fn open(path: &Path) -> Self {
        let writer = Writer::open(path, is_content).unwrap();
        let (inlet, pipeline) = Pipeline::start(writer, Prices::bundled(), Box::new(|_| {})).unwrap();
        Self { inlet, pipeline }
    }

    fn keep_all<'e>(&self, exports: impl IntoIterator<Item = &'e Export>) {
        for export in exports {
            self.keep(export.clone());
        }
    }

    fn keep(&self, export: Export) {
        let (sender, receiver) = mpsc::channel();
        self.inlet.submit(export, Box::new(move |answer| sender.send(answer).unwrap()));
        receiver.recv().unwrap().unwrap();
    }

    fn delete(&self, runs: Vec<RunKey>) -> usize {
        let (sender, receiver) = mpsc::channel();
        self.inlet.delete(runs, Box::new(move |answer| sender.send(answer).unwrap()));
        receiver.recv().unwrap().unwrap()
    }

    /// Ends the program; what deleted runs left is swept out by then.
    fn close(self) {
        drop(self.inlet);
        self.pipeline.join().unwrap();
    }
}

/// Message `n` of a conversation that all runs begin alike.
fn message(n: u64) -> String {
    let text = format!("word{n} 환불{n} {}", "lorem ipsum dolor ".repeat(20));
    format!(r#"{{"role":"user","parts":[{{"type":"text","content":"{text}"}}]}}"#)
}

/// A model call of run `run`: what was said so far, and something that nobody else says.
fn call(run: u8, n: u64) -> Span {
    let mut said: Vec<String> = (0..n).map(message).collect();
    said.push(message(1000 * u64::from(run) + n));
    Span {
        name: format!("chat {n}"),
        start: 1_000 + n,
        end: 2_000 + n,
        attributes: Attributes(vec![
            ("gen_ai.operation.name".into(), "chat".into()),
            ("gen_ai.input.messages".into(), Value::from(format!("[{}]", said.join(", ")))),
        ]),
        ..blank::span(run, n + 1, 0)
    }
}

/// The same call while it goes on: it is replaced when it has ended.
fn begun(run: u8, n: u64) -> Span {
    let draft = Value::from(format!("[{}]", message(500_000 + 1000 * u64::from(run) + n)));
    Span { end: 0, attributes: Attributes(vec![("gen_ai.input.messages".into(), draft)]), ..call(run, n) }
}

fn note(run: u8, n: u64) -> LogRecord {
    LogRecord {
        time: 1_500 + n,
        trace_id: TraceId::from_bytes(&[run; 16]),
        span_id: SpanId::from_u64(n + 1),
        body: Value::from(message(n)),
        ..LogRecord::default()
    }
}

fn scoped<T>(records: Vec<T>) -> Vec<Scoped<T>> {
    vec![Scoped { resource: Arc::new(Resource::default()), scope: Arc::new(Scope::default()), records }]
}

fn spans(spans: Vec<Span>) -> Export {
    Export { spans: scoped(spans), ..Export::default() }
}

fn logs(logs: Vec<LogRecord>) -> Export {
    Export { logs: scoped(logs), ..Export::default() }
}

/// What is sent of one run.
fn parts(run: u8, calls: u64) -> Vec<Export> {
    let spoken = (0..calls).flat_map(|n| [spans(vec![begun(run, n)]), spans(vec![call(run, n)])]);
    spoken.chain((0..calls).map(|n| logs(vec![note(run, n)]))).collect()
}

/// Every run with all that came in of it, by id.
fn told(path: &Path) -> BTreeMap<String, String> {
    let reader = Reader::open(path).unwrap();
    let runs = reader.runs(0).unwrap().into_iter();
    runs.map(|run| {
        let mut all = Vec::new();
        let spans = reader.spans_of::<StoreError>(run.key, 1, |some| {
            all.push(format!("{some:?}"));
            Ok(())
        });
        spans.unwrap();
        let logs = reader.logs_of::<StoreError>(
            run.key,
            1,
            |_, _, _| false,
            |some| {
                all.push(format!("{some:?}"));
                Ok(())
            },
        );
        logs.unwrap();
        all.sort();
        let steps = reader.steps(run.key, 0).unwrap().1.len();
        (run.run_id.clone(), format!("{steps} {:?} {}", run.tokens, all.join("\n")))
    })
    .collect()
}

/// Runs that hold these words by their ids.
fn found(path: &Path, words: &str) -> Vec<String> {
    let reader = Reader::open(path).unwrap();
    let keys = reader.search_runs(words, &mut |_| true).unwrap().unwrap();
    let mut ids: Vec<String> =
        keys.into_iter().map(|key| reader.run(key).unwrap().expect("it is there").run_id).collect();
    ids.sort();
    ids
}

fn count(path: &Path, sql: &str) -> i64 {
    Connection::open(path).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

fn key_of(path: &Path, run: u8) -> RunKey {
    Reader::open(path).unwrap().find_run(&id_of(run)).unwrap().key
}

fn id_of(run: u8) -> String {
    format!("{run:02x}").repeat(16)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn what_is_left_is_as_if_the_deleted_runs_had_never_been(
        calls in proptest::collection::vec(1..5_u64, 2..5),
        order in proptest::collection::vec(any::<proptest::sample::Index>(), 60),
        gone in proptest::collection::vec(any::<bool>(), 4),
        early in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("runs.db"), folder.path().join("other.db"));
        let runs: Vec<u8> = (1..).take(calls.len()).collect();
        let is_gone = |run: u8| gone[usize::from(run) - 1];
        let mut sent: Vec<(u8, Export)> = runs
            .iter()
            .zip(&calls)
            .flat_map(|(&run, &calls)| parts(run, calls).into_iter().map(move |part| (run, part)))
            .collect();
        for (at, index) in order.iter().enumerate().take(sent.len()) {
            let len = sent.len();
            sent.swap(at, index.index(len));
        }
        let live = Live::open(&path);
        live.keep_all(sent.iter().map(|(_, export)| export));
        let keys: Vec<RunKey> = runs.iter().filter(|&&run| is_gone(run)).map(|&run| key_of(&path, run)).collect();
        prop_assert_eq!(live.delete(keys.clone()), keys.len());
        let live = if early { live } else { live.close(); Live::open(&path) };
        // what comes after must not be mixed up with what was there
        live.keep_all(&parts(9, 3));
        live.close();

        let live = Live::open(&other);
        live.keep_all(sent.iter().filter(|(run, _)| !is_gone(*run)).map(|(_, export)| export));
        live.keep_all(&parts(9, 3));
        live.close();
        prop_assert_eq!(told(&path), told(&other));
        for sql in ["SELECT count(*) FROM span", "SELECT count(*) FROM log_record", "SELECT count(*) FROM step",
            "SELECT count(*) FROM trace", "SELECT count(*) FROM piece", "SELECT count(*) FROM piece_use"] {
            prop_assert_eq!(count(&path, sql), count(&other, sql), "{}", sql);
        }
        for words in ["lorem", "word0", "환불1", "word1000", "word501000", "word3001"] {
            prop_assert_eq!(found(&path, words), found(&other, words), "{}", words);
        }
        prop_assert_eq!(count(&path, "SELECT count(*) FROM deleted_trace"), 0);
    }
}

#[test]
fn a_deleted_run_is_gone_at_once_and_followers_learn_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let live = Live::open(&path);
    live.keep_all(&(1..4).flat_map(|run| parts(run, 2)).collect::<Vec<_>>());
    let mut follower = Reader::open(&path).unwrap();
    let seen = follower.revision().unwrap();
    let gone = key_of(&path, 2);
    let step = follower.steps(gone, 0).unwrap().1[0].key;
    assert_eq!(live.delete(vec![gone, RunKey(77)]), 1, "of a run that is not there nothing is said");
    assert!(follower.revision().unwrap() > seen);
    assert_eq!(follower.deleted_runs(seen).unwrap(), [gone]);
    assert_eq!(follower.deleted_runs(0).unwrap(), []);
    assert!(follower.run(gone).unwrap().is_none());
    assert!(follower.steps(gone, 0).unwrap().1.is_empty());
    let hits = follower.search_texts("word2000", Mark::default(), 9, &mut || true).unwrap();
    assert!(hits.hits.is_empty());
    live.close();
    // asked for by who has not heard of it yet
    assert!(matches!(Reader::open(&path).unwrap().raw(step), Err(StoreError::Gone)));
    assert_eq!(told(&path).into_keys().collect::<Vec<_>>(), [id_of(1), id_of(3)]);
}

#[test]
fn spans_that_come_after_the_deletion_begin_a_new_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let live = Live::open(&path);
    live.keep(spans(vec![call(1, 0), call(1, 1)]));
    let before = key_of(&path, 1);
    live.delete(vec![before]);
    live.keep(spans(vec![call(1, 1), call(1, 2)]));
    live.close();
    let run = Reader::open(&path).unwrap().find_run(&id_of(1)).unwrap();
    assert_eq!(run.steps, 2);
    assert!(run.key > before, "no key is given twice");
    assert_eq!(found(&path, "word1002"), [id_of(1)]);
}

#[test]
fn deriving_anew_does_not_bring_a_deleted_run_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let live = Live::open(&path);
    live.keep_all(&(1..3).flat_map(|run| parts(run, 2)).collect::<Vec<_>>());
    live.close();
    let key = key_of(&path, 2);
    // a writer that dies right after the deletion leaves all the sweeping to the next
    let mut writer = Writer::open(&path, is_content).unwrap();
    let mut group = writer.begin().unwrap();
    assert!(group.delete_run(key).unwrap());
    group.commit().unwrap();
    drop(writer);
    assert!(count(&path, "SELECT count(*) FROM span") > 2);
    let kept = told(&path);
    assert_eq!(kept.keys().collect::<Vec<_>>(), [&id_of(1)]);
    reindex(&path, is_content, &Prices::bundled().into(), |_, _| {}).unwrap();
    assert_eq!(told(&path), kept);
    assert_eq!(count(&path, "SELECT count(*) FROM span"), 2);
    assert_eq!(count(&path, "SELECT count(*) FROM deleted_trace"), 0);
    let live = Live::open(&path);
    live.keep(spans(vec![call(3, 0)]));
    live.close();
    assert!(key_of(&path, 3) > key, "no key is given twice");
}

#[test]
fn a_text_that_only_deleted_runs_held_is_no_longer_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let live = Live::open(&path);
    live.keep(spans(vec![call(1, 1)]));
    live.keep(spans(vec![call(2, 1)]));
    let holds = |word: &str| {
        let bytes = std::fs::read(&path).unwrap();
        bytes.windows(word.len()).any(|some| some == word.as_bytes())
    };
    live.close();
    assert!(holds("word1001 ") && holds("word2001 "));
    let live = Live::open(&path);
    live.delete(vec![key_of(&path, 1)]);
    live.close();
    assert!(!holds("word1001 ") && holds("word2001 "));
}

#[test]
fn words_that_deleted_records_said_between_long_texts_are_no_longer_in_the_index() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let said = |mood: &str| Value::from(format!(r#"{{"mood":"{mood}","text":"{}"}}"#, "lorem ".repeat(60)));
    let asked = |run, mood: &str| {
        let attributes = Attributes(vec![("gen_ai.input.messages".into(), said(mood))]);
        Span { attributes, ..call(run, 1) }
    };
    let live = Live::open(&path);
    live.keep(spans(vec![asked(1, "merry"), asked(2, "calm")]));
    live.keep(logs(vec![LogRecord { body: said("gloomy"), ..note(1, 1) }]));
    live.close();
    let texts =
        |word: &str| count(&path, &format!("SELECT count(*) FROM span_word WHERE span_word MATCH '{word}'"));
    assert_eq!(["merry", "gloomy", "calm"].map(texts), [1, 1, 1]);
    let live = Live::open(&path);
    live.delete(vec![key_of(&path, 1)]);
    live.close();
    assert_eq!(["merry", "gloomy", "calm"].map(texts), [0, 0, 1]);
}
