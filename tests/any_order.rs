//! What real clients sent gives the same runs and steps in any order of arrival, one record a request, and sent twice.
//!
//! `fixtures/captures` holds bodies that real exporters sent: of each file the zstd frame opens to bodies with a letter
//! before them (`t` spans, `l` log records, upper case for JSON) and their length, four bytes, little end first.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

#[path = "common/otlp.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod otlp;
#[path = "common/receiver.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod receiver;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;

use proptest::prelude::*;
use spanglass::analyze::tree::{self, Node};
use spanglass::dialect::content_side;
use spanglass::ingest::{Pipeline, reindex};
use spanglass::model::{Export, RunSummary, Scoped, Step};
use spanglass::price::Prices;
use spanglass::store::{Reader, Writer};

struct Capture {
    name: String,
    /// One record each.
    records: Vec<Export>,
}

fn captures() -> Vec<Capture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captures");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .iter()
        .map(|path| Capture {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            records: records(&zstd::decode_all(std::fs::File::open(path).unwrap()).unwrap()),
        })
        .collect()
}

/// Every record of the bodies in `packed`, through the real receiver.
fn records(mut packed: &[u8]) -> Vec<Export> {
    let running = receiver::Running::start(receiver::config());
    let mut http = otlp::Http::connect(running.receiver.http_addr()).unwrap();
    let mut all = Vec::new();
    while let [kind, a, b, c, d, rest @ ..] = packed {
        let (body, next) = rest.split_at(u32::from_le_bytes([*a, *b, *c, *d]) as usize);
        let signal = if kind.eq_ignore_ascii_case(&b't') { "traces" } else { "logs" };
        let json = kind.is_ascii_uppercase();
        let content_type = if json { "application/json" } else { "application/x-protobuf" };
        assert_eq!(http.post(signal, content_type, body).unwrap().status(), 200);
        all.extend(one_by_one(&running.next()));
        packed = next;
    }
    all
}

fn one_by_one(export: &Export) -> Vec<Export> {
    fn alone<T: Clone>(scoped: &Scoped<T>) -> impl Iterator<Item = Vec<Scoped<T>>> {
        let one = |record: &T| vec![Scoped { records: vec![record.clone()], ..empty(scoped) }];
        scoped.records.iter().map(one).collect::<Vec<_>>().into_iter()
    }
    fn empty<T>(scoped: &Scoped<T>) -> Scoped<T> {
        Scoped { resource: scoped.resource.clone(), scope: scoped.scope.clone(), records: Vec::new() }
    }
    let spans = export.spans.iter().flat_map(alone).map(|spans| Export { spans, ..Export::default() });
    let logs = export.logs.iter().flat_map(alone).map(|logs| Export { logs, ..Export::default() });
    spans.chain(logs).collect()
}

/// What the store tells after it was sent these records, in words without row keys.
fn told(records: impl IntoIterator<Item = Export>) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    keep(&path, records);
    read(&path)
}

fn keep(path: &Path, records: impl IntoIterator<Item = Export>) {
    let writer = Writer::open(path, |key| content_side(key).is_some()).unwrap();
    let (inlet, pipeline) = Pipeline::start(writer, Prices::bundled(), Box::new(|_| {})).unwrap();
    for record in records {
        let (sender, answer) = mpsc::channel();
        inlet.submit(record, Box::new(move |result| sender.send(result).unwrap()));
        answer.recv().unwrap().expect("it is kept");
    }
    drop(inlet);
    pipeline.join().unwrap();
}

fn read(path: &Path) -> Vec<String> {
    let reader = Reader::open(path).unwrap();
    let mut runs: Vec<String> = reader
        .runs(0)
        .unwrap()
        .iter()
        .filter(|run| run.agentic)
        .map(|run| in_words(run, reader.steps(run.key, 0).unwrap().1))
        .collect();
    runs.sort();
    runs
}

fn in_words(run: &RunSummary, mut steps: Vec<Arc<Step>>) -> String {
    let mut traces: Vec<String> = run.trace_ids.iter().map(ToString::to_string).collect();
    traces.sort();
    let mut words = format!(
        "{} {:?} {:?} {:?} {} {} steps, {} calls, {} tools, {} handoffs, {} errors, {:?} {:?} {:?} {} {traces:?}\n",
        run.name,
        run.agents,
        run.models,
        run.session_id,
        run.times.complete,
        run.steps,
        run.llm_calls,
        run.tool_calls,
        run.handoffs,
        run.errors,
        run.tokens,
        run.cost,
        run.task,
        run.service,
    );
    steps.sort_by_key(|step| (step.start, step.span_id));
    let mut tree = tree::build(&steps);
    for (at, step) in std::mem::take(&mut tree.merged) {
        steps[at] = Arc::new(step);
    }
    for row in &tree.rows {
        let Node::Step(at) = row.node else {
            writeln!(words, "{} {:?}", row.depth, row.node).unwrap();
            continue;
        };
        let step = &steps[at];
        writeln!(
            words,
            "{} {} {} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} also {}",
            row.depth,
            step.kind.name(),
            step.name,
            step.agent,
            step.tool,
            step.model,
            step.handoff,
            step.status,
            row.usage,
            step.cost,
            step.error,
            row.also().len(),
        )
        .unwrap();
    }
    words
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_arrival_changes_nothing_and_neither_does_sending_twice(seed in any::<u64>()) {
        let wrong: Vec<String> = captures().iter().filter_map(|capture| trouble(capture, seed)).collect();
        prop_assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[test]
fn deriving_everything_again_changes_nothing_not_even_an_id() {
    let ids = |path: &Path| -> Vec<String> {
        Reader::open(path).unwrap().runs(0).unwrap().into_iter().map(|run| run.run_id).collect()
    };
    for Capture { name, records } in captures() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("runs.db");
        // log records first: the run then has its id from one of them
        keep(&path, records.into_iter().rev());
        let before = (ids(&path), read(&path));
        reindex(&path, |key| content_side(key).is_some(), &Prices::bundled().into(), |_, _| {}).unwrap();
        assert_eq!((ids(&path), read(&path)), before, "{name}");
    }
}

/// How another order of a capture's records tells something else.
fn trouble(Capture { name, records }: &Capture, seed: u64) -> Option<String> {
    let expected = told(records.clone());
    if expected.is_empty() {
        return Some(format!("{name} gives no run"));
    }
    let twice: Vec<Export> = records.iter().chain(records).cloned().collect();
    let got = told(shuffled(twice, seed));
    (expected != got).then(|| format!("{name}: {}", first_difference(&expected, &got)))
}

fn first_difference(expected: &[String], got: &[String]) -> String {
    let lines =
        |runs: &[String]| runs.iter().flat_map(|run| run.lines()).map(str::to_owned).collect::<Vec<_>>();
    let (expected, got) = (lines(expected), lines(got));
    let differ = |(one, other): &(&String, &String)| one != other;
    match expected.iter().zip(&got).find(differ) {
        Some((one, other)) => format!("\n  sent in order  {one}\n  in another     {other}"),
        None => format!("{} lines in order, {} in another", expected.len(), got.len()),
    }
}

/// Any order will do that differs from seed to seed: each record changes places with one before it.
fn shuffled(mut records: Vec<Export>, seed: u64) -> Vec<Export> {
    let mut random = seed | 1;
    for at in (1..records.len()).rev() {
        // xorshift64
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        records.swap(at, usize::try_from(random % (at as u64 + 1)).unwrap());
    }
    records
}
