//! Any span reads back as it came.

use proptest::prelude::*;
use spanglass::model::{Attributes, Event, Link, Span, SpanKind, StatusCode, Value};

use super::{export, ingest, span, stored_spans};

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
