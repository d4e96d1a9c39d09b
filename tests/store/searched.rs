//! Words found in what was kept.

use std::sync::mpsc;

use spanglass::ingest::{Pipeline, reindex};
use spanglass::model::{Attributes, Event, LogRecord, Resource, RunKey, Scope, Scoped, Span, SpanId, Value};
use spanglass::price::Prices;
use spanglass::store::{HitPage, Mark, Reader, TextHit, Writer};

use super::{count, export, ingest, ingest_as, is_content, span};

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
fn what_the_events_of_messages_say_is_found_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let said = r#"[{"text": "그럼 내일은? And tomorrow?"}]"#;
    let message = Event {
        name: "gen_ai.user.message".into(),
        attributes: Attributes::from_iter([("content", Value::from(said))]),
        ..Event::default()
    };
    ingest(&path, &[export(vec![Span { events: vec![message], ..span(1, 1, 0) }])]);
    let reader = Reader::open(&path).unwrap();
    for typed in ["내일", "tomorrow"] {
        let page = reader.search_texts(typed, Mark::default(), 9, &mut || true).unwrap();
        assert_eq!(page.hits.len(), 1, "{typed}");
        assert!(page.hits[0].line.contains(typed), "{:?}", page.hits[0].line);
        assert_eq!(page.hits[0].attribute, "gen_ai.user.message content");
    }
}

/// JSON with a short text between long ones: it stands in no piece.
fn long_answer() -> String {
    format!("{{\"mood\":\"calm\",\"text\":\"환불 {}\"}}", "word ".repeat(80))
}

#[test]
fn what_log_records_say_is_found_in_the_step_that_they_belong_to_as_text_and_as_a_structure() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let map = |pairs: Vec<(&str, Value)>| Value::Map(pairs.into_iter().collect());
    let called = map(vec![
        ("name", "weather".into()),
        ("arguments", map(vec![("city", "Busan".into()), ("order", 8812.into())])),
    ]);
    let told = map(vec![("content", "서울 날씨".into()), ("tool_calls", Value::Array(vec![called]))]);
    let record = |body: Value, attributes: Vec<(&str, Value)>| LogRecord {
        span_id: SpanId::from_u64(1),
        trace_id: Some(span(1, 1, 0).trace_id),
        body,
        attributes: attributes.into_iter().collect(),
        ..LogRecord::default()
    };
    let parts = Value::Array(vec![map(vec![("type", "text".into()), ("content", "umbrella".into())])]);
    let logs = vec![
        record(told.clone(), vec![("event.name", "gen_ai.user.message".into())]),
        record(Value::Null, vec![("gen_ai.input.messages", parts)]),
        record(Value::Null, vec![("gen_ai.output.messages", long_answer().into())]),
        record(Value::Null, vec![("event.name", "codex.user_prompt".into()), ("prompt", "fix it".into())]),
    ];
    let (resource, scope) = (Resource::default(), Scope::default());
    let mut sent = export(vec![span(1, 1, 0)]);
    sent.logs = vec![Scoped { resource: resource.into(), scope: scope.into(), records: logs }];
    ingest(&path, &[sent]);
    let reader = Reader::open(&path).unwrap();
    for (typed, name, place) in [
        ("날씨", "span 1", "gen_ai.user.message body.content"),
        ("busan", "span 1", "gen_ai.user.message body.tool_calls.0.arguments.city"),
        ("8812", "span 1", "gen_ai.user.message body.tool_calls.0.arguments.order"),
        ("umbrella", "span 1", "log gen_ai.input.messages.0.content"),
        ("calm", "span 1", "log gen_ai.output.messages"),
        ("fix", "codex", "codex.user_prompt prompt"),
    ] {
        let page = reader.search_texts(typed, Mark::default(), 9, &mut || true).unwrap();
        let told = |hit: &TextHit| (hit.step.as_ref().unwrap().name.clone(), hit.attribute.clone());
        let told: Vec<_> = page.hits.iter().map(told).collect();
        assert_eq!(told, [(name.to_owned(), place.to_owned())], "{typed}");
        assert!(page.hits[0].line.to_lowercase().contains(typed), "{:?}", page.hits[0]);
        let run = page.hits[0].run;
        assert_eq!(reader.search_runs(typed, &mut |_| true).unwrap().unwrap(), [run], "{typed}");
        let step = page.hits[0].step.as_ref().unwrap().key;
        assert_eq!(reader.search_run(run, typed, &mut |_| true).unwrap().unwrap(), [step].into(), "{typed}");
    }
    let kept =
        reader.raw(reader.steps(reader.runs(0).unwrap()[0].key, 0).unwrap().1.last().unwrap().key).unwrap();
    assert!(format!("{kept:?}").contains("Busan"), "{kept:?}");
}

#[test]
fn words_that_a_dead_writer_had_not_indexed_are_indexed_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let asked = Attributes::from_iter([("gen_ai.input.messages", Value::from(long_answer()))]);
    let told = |mood| Attributes::from_iter([("content", Value::from(long_answer().replace("calm", mood)))]);
    let events = vec![Event { attributes: told("merry"), ..Event::default() }];
    let span = Span { attributes: asked, events, ..span(1, 1, 0) };
    let log = LogRecord { attributes: told("gloomy"), ..LogRecord::default() };
    let mut writer = Writer::open(&path, is_content).unwrap();
    let mut group = writer.begin().unwrap();
    let source = group.source(&Resource::default(), &Scope::default()).unwrap();
    let run = group.next_run(None).unwrap();
    let trace = group.add_trace(span.trace_id, run, false).unwrap();
    group.span(trace, source, &span, 1).unwrap();
    group.log(Some(trace), Some(trace), source, &log).unwrap();
    group.commit().unwrap();
    drop(writer);
    assert_eq!(count(&path, "SELECT piece_key + span_key + log_key FROM indexed"), 0);
    Writer::open(&path, is_content).unwrap().close().unwrap();
    let reader = Reader::open(&path).unwrap();
    for (word, wher) in
        [("환불", "in a piece"), ("calm", "between"), ("merry", "in an event"), ("gloomy", "in a log")]
    {
        assert_eq!(reader.search_runs(word, &mut |_| true).unwrap().unwrap(), [run], "{wher}");
    }
    assert_eq!(count(&path, "SELECT span_key + log_key FROM indexed"), 2);
}

/// As they were kept before version 5: few of events and log records.
#[test]
fn texts_that_an_earlier_version_did_not_keep_to_be_found_are_found_after_reindex() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let map = |pairs: Vec<(&str, Value)>| Value::Map(pairs.into_iter().collect());
    let event = Event {
        name: "gen_ai.user.message".into(),
        attributes: Attributes::from_iter([
            ("content", "지금 환불".into()),
            ("$odd", Value::Double(f64::INFINITY)),
        ]),
        ..Event::default()
    };
    let told =
        map(vec![("content", "umbrella".into()), ("raw", Value::Bytes(vec![1])), ("order", 8812.into())]);
    let log = LogRecord {
        trace_id: Some(span(1, 1, 0).trace_id),
        span_id: SpanId::from_u64(1),
        attributes: Attributes::from_iter([("prompt", "fix it".into()), ("gen_ai.input.messages", told)]),
        ..LogRecord::default()
    };
    let asked =
        Attributes::from_iter([("gen_ai.prompt", Value::from("where is it")), ("other", "kept".into())]);
    let mut sent = export(vec![Span { attributes: asked, events: vec![event], ..span(1, 1, 0) }]);
    sent.logs = vec![Scoped {
        resource: Resource::default().into(),
        scope: Scope::default().into(),
        records: vec![log],
    }];
    ingest_as(&path, &[sent], |_| false);
    rusqlite::Connection::open(&path).unwrap().execute("UPDATE indexed SET text_rules = 0", ()).unwrap();
    let found = |word: &str| {
        let page = Reader::open(&path).unwrap().search_texts(word, Mark::default(), 9, &mut || true).unwrap();
        (page.hits.len(), page.lacks_texts)
    };
    let raw = || {
        let reader = Reader::open(&path).unwrap();
        let key = reader.steps(reader.runs(0).unwrap()[0].key, 0).unwrap().1[0].key;
        reader.raw(key).unwrap()
    };
    let (words, before) = (["환불", "umbrella", "8812", "fix", "where"], raw());
    assert_eq!(words.map(found), [(0, true); 5]);
    let mut heard = 0;
    reindex(&path, is_content, &Prices::bundled().into(), |_, _| heard += 1).unwrap();
    assert_eq!(words.map(found), [(1, false); 5]);
    assert_eq!((raw(), found("kept")), (before, (0, false)), "byte for byte");
    let pieces = "SELECT count(*) FROM piece";
    let kept = count(&path, pieces);
    reindex(&path, is_content, &Prices::bundled().into(), |_, _| ()).unwrap();
    assert_eq!((words.map(found), count(&path, pieces)), ([(1, false); 5], kept), "and once more");
    assert!(heard > 1);
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
