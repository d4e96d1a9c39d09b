use opentelemetry_proto::tonic::collector::{
    logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
    trace::v1::ExportTraceServiceRequest,
};
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList, any_value::Value,
};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::{
    ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram, HistogramDataPoint, Metric,
    NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, Summary, SummaryDataPoint,
    exponential_histogram_data_point::Buckets, metric::Data, number_data_point,
    summary_data_point::ValueAtQuantile,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{
    ResourceSpans, ScopeSpans, Span, Status, span::Event, span::Link,
};
use proptest::collection::vec;
use proptest::prelude::*;
use prost::Message;
use serde::Serialize;

use super::*;

/// The export that `body` gives, with the remarks.
fn exported(signal: Signal, encoding: Encoding, body: Vec<u8>) -> (Export, Remarks) {
    let reservation = Budget::new(usize::MAX).open();
    let delivery = Delivery { signal, encoding, codings: vec![], body: body.into(), reservation };
    let decoded = delivery.decode(usize::MAX).unwrap();
    (decoded.export, decoded.remarks)
}

/// Holds both encodings of `request` against each other; JSON as `opentelemetry-proto` itself writes it.
fn same_in_both<M: Message + Serialize>(signal: Signal, request: &M) {
    let json = serde_json::to_vec(request).unwrap();
    let by_json = exported(signal, Encoding::Json, json);
    let by_protobuf = exported(signal, Encoding::Protobuf, request.encode_to_vec());
    assert_eq!(by_json, by_protobuf);
}

fn any_value() -> impl Strategy<Value = AnyValue> {
    let leaf = prop_oneof![
        ".{0,8}".prop_map(Value::StringValue),
        any::<bool>().prop_map(Value::BoolValue),
        any::<i64>().prop_map(Value::IntValue),
        (-1e300..1e300).prop_map(Value::DoubleValue),
        vec(any::<u8>(), 0..5).prop_map(Value::BytesValue),
    ]
    .prop_map(|value| AnyValue { value: Some(value) });
    leaf.prop_recursive(4, 16, 4, |inner| {
        let pair = (".{0,4}", inner.clone()).prop_map(|(key, value)| pair(key, value));
        let list = vec(inner, 0..4).prop_map(|values| Value::ArrayValue(ArrayValue { values }));
        let map = vec(pair, 0..4).prop_map(|values| Value::KvlistValue(KeyValueList { values }));
        prop_oneof![list, map].prop_map(|value| AnyValue { value: Some(value) })
    })
}

fn pair(key: String, value: AnyValue) -> KeyValue {
    KeyValue { key, value: Some(value), ..KeyValue::default() }
}

fn attributes() -> impl Strategy<Value = Vec<KeyValue>> {
    vec((".{0,6}", any_value()).prop_map(|(key, value)| pair(key, value)), 0..4)
}

fn event() -> impl Strategy<Value = Event> {
    (any::<u64>(), ".{0,4}", attributes(), any::<u32>()).prop_map(
        |(time_unix_nano, name, attributes, dropped_attributes_count)| Event {
            time_unix_nano,
            name,
            attributes,
            dropped_attributes_count,
        },
    )
}

fn link() -> impl Strategy<Value = Link> {
    (vec(any::<u8>(), 16), vec(any::<u8>(), 8), attributes(), any::<u32>()).prop_map(
        |(trace_id, span_id, attributes, flags)| Link {
            trace_id,
            span_id,
            trace_state: "ot=th:8".into(),
            attributes,
            dropped_attributes_count: flags / 2,
            flags,
        },
    )
}

fn span() -> impl Strategy<Value = Span> {
    // all zero ids among them
    let ids = (vec(0..3_u8, 16), vec(0..2_u8, 8), prop_oneof![Just(vec![]), vec(0..2_u8, 8)]);
    let records = (attributes(), vec(event(), 0..3), vec(link(), 0..3));
    (ids, ".{0,8}", any::<[u64; 2]>(), any::<[u32; 4]>(), 0..9_i32, records).prop_map(
        |((trace_id, span_id, parent_span_id), name, times, counts, kind, (attributes, events, links))| {
            Span {
                trace_id,
                span_id,
                trace_state: name.clone(),
                parent_span_id,
                flags: counts[0],
                name: name.clone(),
                kind,
                start_time_unix_nano: times[0],
                end_time_unix_nano: times[1],
                attributes,
                dropped_attributes_count: counts[1],
                events,
                dropped_events_count: counts[2],
                links,
                dropped_links_count: counts[3],
                status: (kind > 3).then_some(Status { message: name, code: kind % 4 }),
            }
        },
    )
}

fn log_record() -> impl Strategy<Value = LogRecord> {
    (any_value(), attributes(), ".{0,5}", any::<[u64; 2]>(), any::<[u32; 2]>(), vec(0..2_u8, 8)).prop_map(
        |(body, attributes, name, times, counts, span_id)| LogRecord {
            time_unix_nano: times[0],
            observed_time_unix_nano: times[1],
            severity_number: 9,
            severity_text: name.clone(),
            body: Some(body),
            attributes,
            dropped_attributes_count: counts[0],
            flags: counts[1],
            trace_id: vec![7; 16],
            span_id,
            event_name: name,
        },
    )
}

fn number_point() -> impl Strategy<Value = NumberDataPoint> {
    use number_data_point::Value;
    let value = prop_oneof![any::<i64>().prop_map(Value::AsInt), (-1e9..1e9).prop_map(Value::AsDouble)];
    (attributes(), any::<[u64; 2]>(), value, any::<u32>()).prop_map(|(attributes, times, value, flags)| {
        NumberDataPoint {
            attributes,
            start_time_unix_nano: times[0],
            time_unix_nano: times[1],
            exemplars: vec![],
            flags,
            value: Some(value),
        }
    })
}

fn histogram_point() -> impl Strategy<Value = HistogramDataPoint> {
    (attributes(), any::<u64>(), vec(any::<u64>(), 0..4), vec(-1e9..1e9, 0..4)).prop_map(
        |(attributes, count, bucket_counts, explicit_bounds)| HistogramDataPoint {
            attributes,
            time_unix_nano: count,
            count,
            sum: explicit_bounds.first().copied(),
            min: explicit_bounds.get(1).copied(),
            max: explicit_bounds.get(2).copied(),
            bucket_counts,
            explicit_bounds,
            ..HistogramDataPoint::default()
        },
    )
}

fn exponential_point() -> impl Strategy<Value = ExponentialHistogramDataPoint> {
    (attributes(), any::<u64>(), any::<i32>(), vec(any::<u64>(), 0..4), 0.0..1e9).prop_map(
        |(attributes, count, scale, bucket_counts, number)| ExponentialHistogramDataPoint {
            attributes,
            count,
            scale,
            sum: Some(number),
            zero_count: count / 2,
            positive: Some(Buckets { offset: scale, bucket_counts }),
            zero_threshold: number,
            ..ExponentialHistogramDataPoint::default()
        },
    )
}

fn summary_point() -> impl Strategy<Value = SummaryDataPoint> {
    (attributes(), any::<u64>(), vec((0.0..1.0, -1e9..1e9), 0..3)).prop_map(
        |(attributes, count, quantiles)| SummaryDataPoint {
            attributes,
            count,
            sum: 1.5,
            quantile_values: quantiles
                .into_iter()
                .map(|(quantile, value)| ValueAtQuantile { quantile, value })
                .collect(),
            ..SummaryDataPoint::default()
        },
    )
}

fn metric() -> impl Strategy<Value = Metric> {
    let data = prop_oneof![
        vec(number_point(), 0..3).prop_map(|data_points| Data::Gauge(Gauge { data_points })),
        (vec(number_point(), 0..3), 0..3_i32, any::<bool>()).prop_map(
            |(data_points, aggregation_temporality, is_monotonic)| Data::Sum(Sum {
                data_points,
                aggregation_temporality,
                is_monotonic
            })
        ),
        (vec(histogram_point(), 0..3), 0..3_i32).prop_map(|(data_points, aggregation_temporality)| {
            Data::Histogram(Histogram { data_points, aggregation_temporality })
        }),
        (vec(exponential_point(), 0..3), 0..3_i32).prop_map(|(data_points, aggregation_temporality)| {
            Data::ExponentialHistogram(ExponentialHistogram { data_points, aggregation_temporality })
        }),
        vec(summary_point(), 0..3).prop_map(|data_points| Data::Summary(Summary { data_points })),
    ];
    (".{0,8}", attributes(), data).prop_map(|(name, metadata, data)| Metric {
        description: name.clone(),
        unit: "By".into(),
        name,
        metadata,
        data: Some(data),
    })
}

fn resource() -> impl Strategy<Value = Resource> {
    (attributes(), any::<u32>()).prop_map(|(attributes, dropped_attributes_count)| Resource {
        attributes,
        dropped_attributes_count,
        entity_refs: vec![],
    })
}

fn scope() -> impl Strategy<Value = InstrumentationScope> {
    (".{0,4}", attributes(), any::<u32>()).prop_map(|(name, attributes, dropped_attributes_count)| {
        InstrumentationScope { version: name.clone(), name, attributes, dropped_attributes_count }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn spans_are_the_same_in_json_and_protobuf(resource in resource(), scope in scope(), spans in vec(span(), 0..4)) {
        let scope_spans = vec![ScopeSpans { scope: Some(scope), spans, schema_url: "s".into() }];
        let envelope = ResourceSpans { resource: Some(resource), scope_spans, schema_url: "r".into() };
        same_in_both(Signal::Traces, &ExportTraceServiceRequest { resource_spans: vec![envelope] });
    }

    #[test]
    fn logs_are_the_same_in_json_and_protobuf(scope in scope(), log_records in vec(log_record(), 0..4)) {
        let scope_logs = vec![ScopeLogs { scope: Some(scope), log_records, schema_url: "s".into() }];
        let envelope = ResourceLogs { resource: None, scope_logs, schema_url: "r".into() };
        same_in_both(Signal::Logs, &ExportLogsServiceRequest { resource_logs: vec![envelope] });
    }

    #[test]
    fn metrics_are_the_same_in_json_and_protobuf(scope in scope(), metrics in vec(metric(), 0..4)) {
        let scope_metrics = vec![ScopeMetrics { scope: Some(scope), metrics, schema_url: "s".into() }];
        let envelope = ResourceMetrics { resource: None, scope_metrics, schema_url: "r".into() };
        same_in_both(Signal::Metrics, &ExportMetricsServiceRequest { resource_metrics: vec![envelope] });
    }
}

#[test]
fn a_metric_becomes_a_tree_named_after_the_proto() {
    use crate::model::{Attributes, Value as Tree};
    let point = NumberDataPoint {
        time_unix_nano: u64::MAX,
        value: Some(number_data_point::Value::AsInt(0)),
        ..NumberDataPoint::default()
    };
    let data = Data::Sum(Sum { data_points: vec![point], aggregation_temporality: 2, is_monotonic: true });
    let metrics = vec![Metric { name: "tokens".into(), data: Some(data), ..Metric::default() }];
    let scope_metrics = vec![ScopeMetrics { metrics, ..ScopeMetrics::default() }];
    let resource_metrics = vec![ResourceMetrics { scope_metrics, ..ResourceMetrics::default() }];
    let request = ExportMetricsServiceRequest { resource_metrics };
    let (export, _) = exported(Signal::Metrics, Encoding::Protobuf, request.encode_to_vec());
    let metric = &export.metrics[0].records[0];
    // zero is a value in a oneof; the largest time keeps its bits
    let point: Attributes =
        [("time_unix_nano", Tree::Int(-1)), ("as_int", Tree::Int(0))].into_iter().collect();
    let expected: Attributes = [
        ("data_points", Tree::Array(vec![Tree::Map(point)])),
        ("aggregation_temporality", Tree::Int(2)),
        ("is_monotonic", Tree::Bool(true)),
    ]
    .into_iter()
    .collect();
    assert_eq!((metric.data_type.as_str(), &metric.data), ("sum", &Tree::Map(expected)));
}
