use opentelemetry_proto::tonic::logs::v1::{ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Status};

use super::*;

fn text(key: &str, value: &str) -> KeyValue {
    let value = Some(AnyValue { value: Some(any_value::Value::StringValue(value.into())) });
    KeyValue { key: key.into(), value, ..KeyValue::default() }
}

fn proto_span() -> trace::Span {
    trace::Span { trace_id: vec![1; 16], span_id: vec![2; 8], ..trace::Span::default() }
}

fn request(spans: Vec<trace::Span>) -> ExportTraceServiceRequest {
    let scope_spans = vec![ScopeSpans { spans, ..ScopeSpans::default() }];
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }],
    }
}

#[test]
fn every_field_of_a_span_arrives() {
    let span = trace::Span {
        trace_id: vec![1; 16],
        span_id: vec![2; 8],
        trace_state: "ot=th:8".into(),
        parent_span_id: vec![3; 8],
        flags: 0x301,
        name: "chat".into(),
        kind: 77,
        start_time_unix_nano: 10,
        end_time_unix_nano: 20,
        attributes: vec![text("k", "1"), text("k", "2")],
        dropped_attributes_count: 1,
        events: vec![trace::span::Event {
            time_unix_nano: 15,
            name: "e".into(),
            attributes: vec![text("ek", "ev")],
            dropped_attributes_count: 2,
        }],
        dropped_events_count: 3,
        links: vec![trace::span::Link {
            trace_id: vec![],
            span_id: vec![9],
            trace_state: "s".into(),
            attributes: vec![text("lk", "lv")],
            dropped_attributes_count: 4,
            flags: 5,
        }],
        dropped_links_count: 6,
        status: Some(Status { message: "bad".into(), code: 2 }),
    };
    let mut remarks = Remarks::default();
    let export = traces(request(vec![span]), &mut remarks);
    let expected = Span {
        trace_id: TraceId::from_bytes(&[1; 16]).unwrap(),
        span_id: SpanId::from_bytes(&[2; 8]).unwrap(),
        parent_span_id: SpanId::from_bytes(&[3; 8]),
        trace_state: "ot=th:8".into(),
        name: "chat".into(),
        kind: SpanKind(77),
        start: 10,
        end: 20,
        attributes: [("k", "1"), ("k", "2")].into_iter().collect(),
        dropped_attributes_count: 1,
        events: vec![Event {
            time: 15,
            name: "e".into(),
            attributes: [("ek", "ev")].into_iter().collect(),
            dropped_attributes_count: 2,
        }],
        dropped_events_count: 3,
        links: vec![Link {
            trace_id: vec![],
            span_id: vec![9],
            trace_state: "s".into(),
            attributes: [("lk", "lv")].into_iter().collect(),
            dropped_attributes_count: 4,
            flags: 5,
        }],
        dropped_links_count: 6,
        status: StatusCode::ERROR,
        status_message: "bad".into(),
        flags: 0x301,
    };
    assert_eq!(export.spans[0].records, [expected]);
    assert_eq!(remarks, Remarks::default());
}

#[test]
fn resource_and_scope_come_whole_and_are_shared() {
    let entity = EntityRef {
        schema_url: "es".into(),
        r#type: "service".into(),
        id_keys: vec!["service.name".into()],
        description_keys: vec![],
    };
    let scoped = |name: &str| ScopeSpans {
        scope: Some(InstrumentationScope {
            name: name.into(),
            version: "1".into(),
            attributes: vec![text("sk", "sv")],
            dropped_attributes_count: 2,
        }),
        spans: vec![proto_span()],
        schema_url: "ss".into(),
    };
    let envelope = ResourceSpans {
        resource: Some(resource::Resource {
            attributes: vec![text("service.name", "agent")],
            dropped_attributes_count: 1,
            entity_refs: vec![entity],
        }),
        scope_spans: vec![scoped("a"), ScopeSpans::default(), scoped("b")],
        schema_url: "rs".into(),
    };
    let request = ExportTraceServiceRequest { resource_spans: vec![envelope] };
    let export = traces(request, &mut Remarks::default());
    let [first, second] = export.spans.as_slice() else { panic!("the empty scope is left out") };
    assert!(Arc::ptr_eq(&first.resource, &second.resource));
    let resource = &first.resource;
    assert_eq!((resource.service(), resource.schema_url.as_str()), ("agent", "rs"));
    assert_eq!(resource.dropped_attributes_count, 1);
    let Value::Map(entity) = &resource.entity_refs[0] else { panic!("{resource:?}") };
    assert_eq!(entity.text("type"), Some("service"));
    assert_eq!(entity.get("id_keys"), Some(&Value::Array(vec!["service.name".into()])));
    let scope = &second.scope;
    assert_eq!((scope.name.as_str(), scope.version.as_str(), scope.schema_url.as_str()), ("b", "1", "ss"));
    assert_eq!((scope.attributes.text("sk"), scope.dropped_attributes_count), (Some("sv"), 2));
}

#[test]
fn a_span_with_an_invalid_id_is_left_out_alone_and_named() {
    let with = |trace_id: &[u8], span_id: &[u8]| trace::Span {
        trace_id: trace_id.to_vec(),
        span_id: span_id.to_vec(),
        ..trace::Span::default()
    };
    let cases = [
        (with(&[], &[2; 8]), "trace id is empty"),
        (with(&[0; 16], &[2; 8]), "trace id is all zero"),
        (with(&[1; 2], &[2; 8]), "trace id has 2 bytes, not 16"),
        (with(&[1; 16], &[]), "span id is empty"),
        (with(&[1; 16], &[0; 8]), "span id is all zero"),
        (with(&[1; 16], &[2; 16]), "span id has 16 bytes, not 8"),
    ];
    for (bad, reason) in cases {
        let mut remarks = Remarks::default();
        let export = traces(request(vec![proto_span(), bad, proto_span()]), &mut remarks);
        assert_eq!((export.len(), remarks.rejected, remarks.reason()), (2, 1, Some(reason)));
    }
}

#[test]
fn a_parent_of_zeros_is_none_and_of_another_length_is_remarked() {
    for (parent, remarked) in [(vec![], false), (vec![0; 8], false), (vec![7; 3], true)] {
        let mut remarks = Remarks::default();
        let span = trace::Span { parent_span_id: parent, ..proto_span() };
        let export = traces(request(vec![span]), &mut remarks);
        assert_eq!(export.spans[0].records[0].parent_span_id, None);
        assert_eq!(remarks.message().is_some(), remarked, "{remarks:?}");
        assert_eq!(remarks.rejected, 0);
    }
}

#[test]
fn a_log_record_with_invalid_ids_is_kept_without_them() {
    let record = logs::LogRecord {
        trace_id: vec![1; 3],
        span_id: vec![0; 8],
        event_name: "e".into(),
        body: Some(AnyValue { value: Some(any_value::Value::IntValue(4)) }),
        ..logs::LogRecord::default()
    };
    let scope_logs = vec![ScopeLogs { log_records: vec![record], ..ScopeLogs::default() }];
    let request = ExportLogsServiceRequest {
        resource_logs: vec![ResourceLogs { scope_logs, ..ResourceLogs::default() }],
    };
    let mut remarks = Remarks::default();
    let export = super::logs(request, &mut remarks);
    let record = &export.logs[0].records[0];
    assert_eq!((record.trace_id, record.span_id), (None, None));
    assert_eq!((record.event_name.as_str(), &record.body), ("e", &Value::Int(4)));
    assert_eq!((remarks.rejected, remarks.message().is_some()), (0, true));
}
