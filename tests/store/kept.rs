//! Content kept once and whole, and the views for people with a SQL prompt.

use rusqlite::Connection;
use spanglass::model::{Attributes, LogRecord, Metric, Scoped, Span, SpanId, StepKey, TraceId, Value};
use spanglass::store::Reader;

use super::{chat, count, export, ingest, span, stored_spans};

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
