//! Spans tied into runs, whatever the order and however often they come.

use std::sync::Arc;

use spanglass::model::{Attributes, Resource, Span, Value};
use spanglass::store::{Reader, StoreError};

use super::{chat, count, export, ingest, only_run, span, stored_spans};

#[test]
fn spans_sent_again_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let batch = export(vec![chat(1, 2, 1, 10), span(1, 1, 0)]);
    ingest(&path, &[batch.clone(), batch.clone()]);
    let once = only_run(&path);
    ingest(&path, &[batch]);
    let twice = only_run(&path);
    assert_eq!((twice.steps, twice.llm_calls, twice.tokens), (once.steps, once.llm_calls, once.tokens));
    assert_eq!((once.steps, once.llm_calls, once.tokens.input), (2, 1, 10));
    assert_eq!(count(&path, "SELECT count(*) FROM spans"), 2);
}

#[test]
fn a_run_split_over_exports_and_processes_is_one_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (apart, together) = (folder.path().join("apart.db"), folder.path().join("together.db"));
    let spans = [chat(1, 3, 2, 5), chat(1, 4, 2, 7), span(1, 2, 1), span(1, 1, 0), chat(1, 5, 1, 11)];
    for span in &spans {
        ingest(&apart, &[export(vec![span.clone()])]);
    }
    ingest(&together, &[export(spans.to_vec())]);
    let (apart, together) = (only_run(&apart), only_run(&together));
    assert_eq!((apart.tokens, apart.steps, apart.times.complete), (together.tokens, together.steps, true));
}

#[test]
fn a_span_seen_running_is_replaced_when_it_ends_and_never_the_other_way_round() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let ended = chat(1, 1, 0, 9);
    let running = Span { end: 0, attributes: Attributes::default(), ..ended.clone() };
    ingest(&path, &[export(vec![running.clone()])]);
    assert!(!only_run(&path).times.complete);
    ingest(&path, &[export(vec![ended.clone()]), export(vec![running])]);
    let run = only_run(&path);
    assert_eq!((run.times.complete, run.tokens.input, run.steps), (true, 9, 1));
    assert_eq!(stored_spans(&path), [ended]);
}

#[test]
fn two_services_may_share_a_span_id() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let server = Span { name: "server side".into(), start: 1_500, ..span(1, 1, 0) };
    let mut other = export(vec![server]);
    other.spans[0].resource = Arc::new(Resource {
        attributes: Attributes::from_iter([("service.name", Value::from("server"))]),
        ..Resource::default()
    });
    ingest(&path, &[export(vec![span(1, 1, 0)]), other.clone(), other]);
    assert_eq!(count(&path, "SELECT count(*) FROM spans"), 2);
}

#[test]
fn a_run_has_the_tags_of_all_its_steps_and_keeps_them_when_it_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let tagged = |id, key: &str, tags: &str| Span {
        attributes: Attributes::from_iter([(key, Value::from(tags))]),
        ..span(1, id, u64::from(id != 1))
    };
    ingest(&path, &[export(vec![tagged(1, "langfuse.trace.tags", r#"["prod"]"#)])]);
    ingest(
        &path,
        &[export(vec![tagged(2, "langsmith.span.tags", "beta, prod, graph:step:2"), span(1, 3, 1)])],
    );
    assert_eq!(only_run(&path).tags, ["beta", "prod"]);
    assert_eq!(count(&path, "SELECT count(*) FROM runs, json_each(runs.tags) WHERE value = 'beta'"), 1);
    assert_eq!(count(&path, "SELECT count(*) FROM steps WHERE tags IS NULL"), 1);
    let reader = Reader::open(&path).unwrap();
    let (_, steps) = reader.steps(only_run(&path).key, 0).unwrap();
    assert_eq!(steps[1].tags.as_deref(), Some(&["beta".to_owned(), "prod".to_owned()][..]));
}

#[test]
fn runs_are_found_by_the_beginning_of_their_id() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    ingest(&path, &[export(vec![span(0x11, 1, 0), chat(0x12, 1, 0, 1)])]);
    let reader = Reader::open(&path).unwrap();
    assert_eq!(reader.find_run("1111").unwrap().run_id, "11".repeat(16));
    assert_eq!(reader.find_run("latest").unwrap().run_id, "12".repeat(16));
    assert!(matches!(reader.find_run("1"), Err(StoreError::AmbiguousRun { .. })));
    assert!(matches!(reader.find_run("f*"), Err(StoreError::NoSuchRun(_))));
}

#[test]
fn a_long_run_is_read_by_two_connections_each_step_once_in_the_order_of_arrival() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.db");
    let some =
        |from: u64| export((from..from + 4000).map(|id| chat(1, id, u64::from(id != 1), 10)).collect());
    ingest(&path, &[some(1), some(4001), some(8001)]);
    let reader = Reader::open(&path).unwrap();
    let run = reader.runs(0).unwrap()[0].key;
    let (commit, steps) = reader.steps(run, 0).unwrap();
    let ids: Vec<u64> = steps.iter().map(|step| step.span_id.as_u64()).collect();
    assert_eq!(ids, (1..=12_000).collect::<Vec<_>>());
    assert!(steps.is_sorted_by_key(|step| step.key));
    assert_eq!(reader.steps(run, commit).unwrap(), (commit, Vec::new()));
    let mut told = 0;
    let mut is_enough = |read| {
        told = read;
        false
    };
    assert!(reader.steps_while(run, 0, &mut is_enough).unwrap().is_none());
    assert!((1..12_000).contains(&told));
}

#[test]
fn a_long_run_is_read_by_one_connection_where_a_second_cannot_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.db");
    let all = export((1..=12_000).map(|id| chat(1, id, u64::from(id != 1), 10)).collect());
    ingest(&path, &[all]);
    let reader = Reader::open(&path).unwrap();
    let run = reader.runs(0).unwrap()[0].key;
    let by_two = reader.steps(run, 0).unwrap();
    std::fs::rename(&path, folder.path().join("moved.db")).unwrap();
    assert!(Reader::open(&path).is_err());
    let mut told = Vec::new();
    let by_one = reader.steps_while(run, 0, &mut |read| {
        told.push(read);
        true
    });
    assert_eq!(by_one.unwrap().unwrap(), by_two);
    assert!(told.is_sorted() && told.last() >= Some(&11_000), "what is read is told all the way: {told:?}");
}
