//! What goes into the store comes out of it: through the pipeline, on real files.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../common/blank.rs"]
mod blank;
mod files;
mod kept;
mod round_trip;
mod runs;
mod searched;

use std::path::Path;
use std::sync::{Arc, mpsc};

use rusqlite::Connection;
use spanglass::dialect::is_content;
use spanglass::ingest::{Pipeline, Refusal};
use spanglass::model::{Attributes, Export, Resource, RunSummary, Scope, Scoped, Span};
use spanglass::price::Prices;
use spanglass::store::{Reader, Writer};

/// Sends `exports` one after the other through a pipeline of their own, and closes the file.
pub(crate) fn ingest(path: &Path, exports: &[Export]) -> Vec<Result<(), Refusal>> {
    ingest_as(path, exports, is_content)
}

/// The same where other attributes hold content.
pub(crate) fn ingest_as(
    path: &Path,
    exports: &[Export],
    is_content: fn(&str) -> bool,
) -> Vec<Result<(), Refusal>> {
    let writer = Writer::open(path, is_content).unwrap();
    let (inlet, pipeline) = Pipeline::start(writer, Prices::bundled(), Box::new(|_| {})).unwrap();
    let answers = exports
        .iter()
        .map(|export| {
            let (sender, receiver) = mpsc::channel();
            inlet.submit(export.clone(), Box::new(move |answer| sender.send(answer).unwrap()));
            receiver.recv().unwrap()
        })
        .collect();
    drop(inlet);
    pipeline.join().unwrap();
    answers
}

pub(crate) fn span(trace: u8, id: u64, parent: u64) -> Span {
    Span { name: format!("span {id}"), start: 1_000, end: 2_000, ..blank::span(trace, id, parent) }
}

pub(crate) fn chat(trace: u8, id: u64, parent: u64, tokens: i64) -> Span {
    let attributes = Attributes(vec![
        ("gen_ai.operation.name".into(), "chat".into()),
        ("gen_ai.usage.input_tokens".into(), tokens.into()),
    ]);
    Span { attributes, ..span(trace, id, parent) }
}

pub(crate) fn export(spans: Vec<Span>) -> Export {
    let (resource, scope) = (Arc::new(Resource::default()), Arc::new(Scope::default()));
    Export { spans: vec![Scoped { resource, scope, records: spans }], ..Export::default() }
}

pub(crate) fn stored_spans(path: &Path) -> Vec<Span> {
    let mut reader = Reader::open(path).unwrap();
    assert!(reader.revision().unwrap() > 0);
    let mut spans = Vec::new();
    for run in reader.runs(0).unwrap() {
        for step in reader.steps(run.key, 0).unwrap().1 {
            spans.push(reader.span(step.key).unwrap().span);
        }
    }
    spans
}

pub(crate) fn only_run(path: &Path) -> RunSummary {
    let runs = Reader::open(path).unwrap().runs(0).unwrap();
    assert_eq!(runs.len(), 1);
    runs.into_iter().next().unwrap()
}

pub(crate) fn count(path: &Path, sql: &str) -> i64 {
    Connection::open(path).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}
