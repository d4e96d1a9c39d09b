//! What goes into the store comes out of it: through the pipeline, on real files.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::sync::{Arc, mpsc};

use proptest::prelude::*;
use rusqlite::Connection;
use spanglass::dialect::content_side;
use spanglass::ingest::{Pipeline, Refusal};
use spanglass::model::{
    Attributes, Event, Export, Link, LogRecord, Metric, Resource, RunKey, RunSummary, Scope, Scoped, Span,
    SpanId, SpanKind, StatusCode, StepKey, TraceId, Value,
};
use spanglass::price::Prices;
use spanglass::store::{HitPage, Mark, Reader, StoreError, Writer};

fn is_content(key: &str) -> bool {
    content_side(key).is_some()
}

/// Sends `exports` one after the other through a pipeline of their own, and closes the file.
fn ingest(path: &Path, exports: &[Export]) -> Vec<Result<(), Refusal>> {
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

fn span(trace: u8, id: u64, parent: u64) -> Span {
    Span {
        trace_id: TraceId::from_bytes(&[trace; 16]).unwrap(),
        span_id: SpanId::from_u64(id).unwrap(),
        parent_span_id: SpanId::from_u64(parent),
        trace_state: String::new(),
        name: format!("span {id}"),
        kind: SpanKind(1),
        start: 1_000,
        end: 2_000,
        attributes: Attributes::default(),
        dropped_attributes_count: 0,
        events: Vec::new(),
        dropped_events_count: 0,
        links: Vec::new(),
        dropped_links_count: 0,
        status: StatusCode::UNSET,
        status_message: String::new(),
        flags: 0,
    }
}

fn chat(trace: u8, id: u64, parent: u64, tokens: i64) -> Span {
    let attributes = Attributes(vec![
        ("gen_ai.operation.name".into(), "chat".into()),
        ("gen_ai.usage.input_tokens".into(), tokens.into()),
    ]);
    Span { attributes, ..span(trace, id, parent) }
}

fn export(spans: Vec<Span>) -> Export {
    let (resource, scope) = (Arc::new(Resource::default()), Arc::new(Scope::default()));
    Export { spans: vec![Scoped { resource, scope, records: spans }], ..Export::default() }
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

fn stored_spans(path: &Path) -> Vec<Span> {
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

fn only_run(path: &Path) -> RunSummary {
    let runs = Reader::open(path).unwrap().runs(0).unwrap();
    assert_eq!(runs.len(), 1);
    runs.into_iter().next().unwrap()
}

fn count(path: &Path, sql: &str) -> i64 {
    Connection::open(path).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

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
fn a_growing_conversation_is_kept_once_and_reads_back_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let message = |i: u64| {
        let text = format!("{i}: 환불 정책을 확인해 주세요. {}", "lorem ipsum ".repeat(20));
        format!(r#"{{"role":"user","parts":[{{"type":"text","content":"{text}"}}]}}"#)
    };
    let value = |n: u64| format!("[{}]", (0..n).map(message).collect::<Vec<_>>().join(", "));
    let at = |n: u64| Span {
        attributes: Attributes::from_iter([("gen_ai.input.messages", Value::from(value(n)))]),
        ..span(1, n, 0)
    };
    let spans: Vec<Span> = (1..=20).map(at).collect();
    let raw: usize = (1..=20).map(|n| value(n).len()).sum();
    ingest(&path, &spans.iter().map(|s| export(vec![s.clone()])).collect::<Vec<_>>());
    assert_eq!(stored_spans(&path), spans);
    let kept = count(&path, "SELECT sum(length(text)) FROM piece");
    assert!(kept < i64::try_from(raw / 5).unwrap(), "{kept} of {raw}");
    let reader = Reader::open(&path).unwrap();
    for (query, found) in [("환불", 1), ("정책", 1), ("lorem ips", 1), ("absent", 0), ("환불 absent", 0)]
    {
        assert_eq!(reader.search_runs(query, &mut |_| true).unwrap().unwrap().len(), found, "{query}");
    }
    let in_view = count(&path, "SELECT count(*) FROM contents WHERE text LIKE '19: 환불%'");
    assert_eq!(in_view, 1, "the view shows the text where it stands");
}

#[test]
fn a_text_is_found_where_it_was_used_first_with_the_line_around_the_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let told = r#"[{"role": "user", "content": "first line\nplease refund order 8812, 이중결제 입니다"}]"#;
    let told = format!("{told}{}", " ".repeat(300));
    let asked = |trace, id| Span {
        attributes: Attributes::from_iter([("gen_ai.input.messages", Value::from(told.clone()))]),
        ..span(trace, id, 0)
    };
    ingest(&path, &[export(vec![asked(1, 1)]), export(vec![asked(1, 2)]), export(vec![asked(2, 3)])]);
    let reader = Reader::open(&path).unwrap();
    let find = |typed: &str| reader.search_texts(typed, Mark::default(), 9, &mut || true).unwrap();
    for (typed, words) in [("order refu", vec!["refu", "order"]), ("이중 결제", vec!["이중", "결제"])]
    {
        let page = find(typed);
        assert_eq!((page.hits.len(), page.next), (1, None), "{typed}");
        let hit = &page.hits[0];
        assert_eq!(hit.line, "please refund order 8812, 이중결제 입니다");
        assert_eq!(hit.words.iter().map(|at| &hit.line[at.clone()]).collect::<Vec<_>>(), words);
        assert_eq!((hit.runs, hit.attribute.as_str()), (2, "gen_ai.input.messages"));
        assert_eq!(hit.role.as_deref(), Some("user"));
        let step = hit.step.as_ref().unwrap();
        assert_eq!(step.span_id.as_u64(), 1);
    }
    assert_eq!(find("absent"), HitPage::default());
    let users = |run: RunKey, typed: &str| {
        let found = reader.search_run(run, typed, &mut |_| true).unwrap().unwrap();
        let (_, steps) = reader.steps(run, 0).unwrap();
        let users = steps.iter().filter(|step| found.contains(&step.key));
        users.map(|step| step.span_id.as_u64()).collect::<Vec<_>>()
    };
    let mut runs: Vec<RunKey> = reader.runs(0).unwrap().iter().map(|run| run.key).collect();
    runs.sort_unstable();
    let of_runs: Vec<_> = runs.iter().map(|&run| users(run, "이중 결제")).collect();
    assert_eq!(of_runs, [[1], [3]], "in each run the step that was the first to say it");
    assert!(users(runs[0], "absent").is_empty());
    assert_eq!(reader.search_run(runs[0], "refund", &mut |_| false).unwrap(), None);
    let mut asked = 0;
    let ended = reader.search_runs("refund", &mut |_| {
        asked += 1;
        false
    });
    assert_eq!((ended.unwrap(), asked), (None, 1), "nobody waits any more");
}

#[test]
fn words_that_a_dead_writer_had_not_indexed_are_indexed_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let asked = Value::from(format!("{{\"mood\":\"calm\",\"text\":\"환불 {}\"}}", "word ".repeat(80)));
    let span =
        Span { attributes: Attributes::from_iter([("gen_ai.input.messages", asked)]), ..span(1, 1, 0) };
    let mut writer = Writer::open(&path, is_content).unwrap();
    let mut group = writer.begin().unwrap();
    let source = group.source(&Resource::default(), &Scope::default()).unwrap();
    let run = group.next_run(None).unwrap();
    let trace = group.add_trace(span.trace_id, run, false).unwrap();
    group.span(trace, source, &span, 1).unwrap();
    group.commit().unwrap();
    drop(writer);
    assert_eq!(count(&path, "SELECT piece_key + span_key FROM indexed"), 0);
    Writer::open(&path, is_content).unwrap().close().unwrap();
    let reader = Reader::open(&path).unwrap();
    assert_eq!(reader.search_runs("환불", &mut |_| true).unwrap().unwrap(), [run], "in a piece");
    assert_eq!(reader.search_runs("calm", &mut |_| true).unwrap().unwrap(), [run], "between pieces");
    assert_eq!(count(&path, "SELECT span_key FROM indexed"), 1);
}

#[test]
fn logs_and_metrics_are_kept_whole_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let log = LogRecord {
        time: 5,
        severity_number: 9,
        body: Value::Map(Attributes::from_iter([("content", "hello")])),
        attributes: Attributes::from_iter([("gen_ai.system", "openai")]),
        trace_id: TraceId::from_bytes(&[1; 16]),
        span_id: SpanId::from_u64(1),
        event_name: "gen_ai.user.message".into(),
        ..LogRecord::default()
    };
    let metric = Metric { name: "tokens".into(), data: Value::Double(f64::NAN), ..Metric::default() };
    let mut all = export(vec![span(1, 1, 0)]);
    let (resource, scope) = (all.spans[0].resource.clone(), all.spans[0].scope.clone());
    all.logs = vec![Scoped { resource: resource.clone(), scope: scope.clone(), records: vec![log.clone()] }];
    all.metrics = vec![Scoped { resource, scope, records: vec![metric] }];
    ingest(&path, &[all.clone(), all]);
    assert_eq!(count(&path, "SELECT count(*) FROM logs"), 1);
    assert_eq!(count(&path, "SELECT count(*) FROM metrics"), 1);
    assert_eq!(Reader::open(&path).unwrap().span(StepKey(1)).unwrap().logs, [log]);
}

#[test]
fn views_speak_hexadecimal_and_json() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    ingest(&path, &[export(vec![chat(1, u64::MAX, 0, 10)])]);
    let conn = Connection::open(&path).unwrap();
    let row: (String, String, i64, String) = conn
        .query_row(
            "SELECT trace_id, span_id, attributes ->> 'gen_ai.usage.input_tokens', \
             (SELECT status || ' ' || kind FROM steps WHERE steps.span_id = spans.span_id) FROM spans",
            [],
            |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)),
        )
        .unwrap();
    assert_eq!(row, ("01".repeat(16), "f".repeat(16), 10, "ok llm".into()));
    for view in ["runs", "steps", "spans", "logs", "metrics", "findings", "contents"] {
        conn.prepare(&format!("SELECT * FROM {view}")).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn the_file_is_private_and_stands_alone_when_closed() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sub").join("runs.db");
    ingest(&path, &[export(vec![span(1, 1, 0)])]);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let names = |folder: &Path| {
        std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().file_name()).collect::<Vec<_>>()
    };
    assert_eq!(names(path.parent().unwrap()), ["runs.db"]);
    let before = std::fs::read(&path).unwrap();
    stored_spans(&path);
    assert_eq!(names(path.parent().unwrap()), ["runs.db"]);
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_reader_follows_a_writer_that_came_later() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    ingest(&path, &[export(vec![span(1, 1, 0)])]);
    let mut reader = Reader::open(&path).unwrap();
    let seen = reader.revision().unwrap();
    let writer = Writer::open(&path, is_content).unwrap();
    let (inlet, pipeline) = Pipeline::start(writer, Prices::bundled(), Box::new(|_| {})).unwrap();
    let (sender, receiver) = mpsc::channel();
    inlet.submit(export(vec![span(2, 1, 0)]), Box::new(move |answer| sender.send(answer).unwrap()));
    receiver.recv().unwrap().unwrap();
    assert!(reader.revision().unwrap() > seen);
    assert_eq!(reader.runs(seen).unwrap().len(), 1);
    drop(inlet);
    pipeline.join().unwrap();
    assert_eq!(reader.runs(0).unwrap().len(), 2);
}

#[test]
fn what_a_dead_writer_left_is_read_from_a_private_copy() {
    let folder = tempfile::tempdir().unwrap();
    let (alive, dead) = (folder.path().join("alive.db"), folder.path().join("dead.db"));
    let mut writer = Writer::open(&alive, is_content).unwrap();
    let group = writer.begin().unwrap();
    group.commit().unwrap();
    std::fs::copy(&alive, &dead).unwrap();
    std::fs::copy(folder.path().join("alive.db-wal"), folder.path().join("dead.db-wal")).unwrap();
    let mut reader = Reader::open(&dead).unwrap();
    assert!(reader.is_copy());
    assert_eq!(reader.revision().unwrap(), 1);
    assert!(!folder.path().join("dead.db-shm").exists());
}

#[test]
fn what_came_a_moment_ago_is_found_once_somebody_asks_for_the_index() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let writer = Writer::open(&path, is_content).unwrap();
    let (inlet, pipeline) = Pipeline::start(writer, Prices::bundled(), Box::new(|_| {})).unwrap();
    let asked = Value::from(format!("please refund it {}", "word ".repeat(80)));
    let asked = Attributes::from_iter([("gen_ai.input.messages", asked)]);
    let (sender, receiver) = mpsc::channel();
    let kept = sender.clone();
    let spans = vec![Span { attributes: asked, ..span(1, 1, 0) }];
    inlet.submit(export(spans), Box::new(move |answer| kept.send(answer.is_ok()).unwrap()));
    inlet.index(Box::new(move || sender.send(true).unwrap()));
    assert!(receiver.recv().unwrap() && receiver.recv().unwrap());
    let found = Reader::open(&path).unwrap().search_runs("refund", &mut |_| true).unwrap().unwrap();
    assert_eq!(found.len(), 1);
    drop(inlet);
    pipeline.join().unwrap();
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
fn other_files_are_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(
        at("text"),
        "not a database, just a long enough text file to be mistaken for nothing else",
    )
    .unwrap();
    Connection::open(at("other")).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    ingest(&at("newer"), &[export(vec![span(1, 1, 0)])]);
    Connection::open(at("newer")).unwrap().pragma_update(None, "user_version", 99).unwrap();
    for (name, expected) in [
        ("absent", "check the path"),
        ("text", "is not a spanglass database"),
        ("other", "is not a spanglass database"),
        ("newer", "was written by a newer spanglass (schema 99"),
    ] {
        let message = Reader::open(&at(name)).err().unwrap().to_string();
        assert!(message.contains(expected), "{name}: {message:?}");
        if name != "absent" {
            let message = Writer::open(&at(name), is_content).err().unwrap().to_string();
            assert!(message.contains(expected), "{name}: {message:?}");
        }
    }
}

#[test]
fn a_locked_database_refuses_for_now_and_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    ingest(&path, &[export(vec![span(1, 1, 0)])]);
    let writer = Writer::open(&path, is_content).unwrap();
    let (inlet, pipeline) = Pipeline::start(writer, Prices::bundled(), Box::new(|_| {})).unwrap();
    let send = |id| {
        let (sender, receiver) = mpsc::channel();
        inlet.submit(export(vec![span(1, id, 0)]), Box::new(move |answer| sender.send(answer).unwrap()));
        receiver.recv().unwrap()
    };
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(send(2), Err(Refusal::Unavailable(why)) if why.contains("locked")));
    assert!(pipeline.health().trouble().is_some());
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(send(2), Ok(()));
    assert_eq!(pipeline.health().trouble(), None);
    drop(inlet);
    pipeline.join().unwrap();
    assert_eq!(count(&path, "SELECT count(*) FROM spans"), 2);
}

#[test]
fn a_full_disk_refuses_for_now_and_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    ingest(&path, &[export(vec![span(1, 1, 0)])]);
    let writer = Writer::open(&path, is_content).unwrap();
    writer.limit_pages(Some(60)).unwrap();
    let big = |id| {
        let text = (0..200_000_u32).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
        export(vec![Span { attributes: Attributes::from_iter([("x", text)]), ..span(1, id, 0) }])
    };
    let (inlet, pipeline) = Pipeline::start(writer, Prices::bundled(), Box::new(|_| {})).unwrap();
    let (sender, receiver) = mpsc::channel();
    inlet.submit(big(2), Box::new(move |answer| sender.send(answer).unwrap()));
    let refused = receiver.recv().unwrap();
    assert!(
        matches!(&refused, Err(Refusal::Unavailable(why)) if why.contains("disk is full")),
        "{refused:?}"
    );
    drop(inlet);
    pipeline.join().unwrap();
    assert_eq!(count(&path, "SELECT count(*) FROM spans"), 1);
    assert_eq!(ingest(&path, &[big(2)]), [Ok(())]);
    assert_eq!(count(&path, "SELECT count(*) FROM spans"), 2);
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

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<i32>().prop_map(|n| Value::Double(f64::from(n) / 3.0)),
        any::<String>().prop_map(Value::Str),
        ("[\\[\\]{}\",:\\\\a한\n ]{0,40}", 1..40_usize).prop_map(|(t, n)| Value::Str(t.repeat(n))),
        any::<Vec<u8>>().prop_map(Value::Bytes),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            proptest::collection::vec(("[$a-c]{0,3}", inner), 0..4).prop_map(|p| Value::Map(Attributes(p))),
        ]
    })
}

fn any_attributes() -> impl Strategy<Value = Attributes> {
    let key = prop_oneof![Just("gen_ai.input.messages".to_owned()), "[$a-z.]{0,8}"];
    proptest::collection::vec((key, any_value()), 0..6).prop_map(Attributes)
}

prop_compose! {
    fn any_span()(
        (trace, id, parent) in (1..4_u8, 1..u64::MAX, any::<u64>()),
        (name, trace_state, status_message) in (any::<String>(), any::<String>(), any::<String>()),
        (kind, status, flags, dropped) in (any::<i32>(), any::<i32>(), any::<u32>(), any::<u32>()),
        (start, end) in (any::<u64>(), any::<u64>()),
        attributes in any_attributes(),
        events in proptest::collection::vec((any::<u64>(), any::<String>(), any_attributes()), 0..3),
        links in proptest::collection::vec((any::<Vec<u8>>(), any_attributes()), 0..2),
    ) -> Span {
        let event = |(time, name, attributes)| Event { time: time >> 1, name, attributes, dropped_attributes_count: dropped };
        let link = |(trace_id, attributes): (Vec<u8>, _)| Link { span_id: trace_id.clone(), trace_id, attributes, flags, ..Link::default() };
        Span {
            name, trace_state, status_message, start, end, attributes, flags,
            kind: SpanKind(kind), status: StatusCode(status), dropped_links_count: dropped,
            events: events.into_iter().map(event).collect(), links: links.into_iter().map(link).collect(),
            ..span(trace, id, parent)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn every_span_reads_back_as_it_came(spans in proptest::collection::vec(any_span(), 1..6)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("runs.db");
        ingest(&path, &[export(spans.clone()), export(spans.clone())]);
        let id = |s: &Span| (s.trace_id, s.span_id);
        let (mut stored, mut sent) = (stored_spans(&path), spans);
        stored.sort_by_key(id);
        sent.sort_by_key(id);
        prop_assert_eq!(stored, sent);
    }
}
