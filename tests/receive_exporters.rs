//! Real exporters of the OpenTelemetry SDK against the running receiver, over every protocol they speak.

#![expect(clippy::unwrap_used, reason = "tests may")]

#[path = "common/receiver.rs"]
mod receiver;

use std::collections::BTreeMap;

use opentelemetry::logs::{AnyValue, LogRecord as _, Logger, LoggerProvider, Severity};
use opentelemetry::metrics::MeterProvider;
use opentelemetry::trace::{SpanKind, Status, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{
    Compression, LogExporter, MetricExporter, Protocol, SpanExporter, WithExportConfig, WithHttpConfig,
    WithTonicConfig,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use receiver::{Running, config};
use spanglass::model::{Export, Span, StatusCode, Value};

/// A way for an exporter to send.
#[derive(Clone, Copy, Debug)]
enum Way {
    Grpc(Option<Compression>),
    Http(Protocol, Option<Compression>),
}

const WAYS: [Way; 6] = [
    Way::Grpc(None),
    Way::Grpc(Some(Compression::Gzip)),
    Way::Http(Protocol::HttpBinary, None),
    Way::Http(Protocol::HttpBinary, Some(Compression::Gzip)),
    Way::Http(Protocol::HttpJson, None),
    Way::Http(Protocol::HttpJson, Some(Compression::Gzip)),
];

/// Builds an exporter of type `$exporter` that sends `$way` to `$running`, signal path `$path`.
macro_rules! exporter {
    ($exporter:ty, $way:expr, $running:expr, $path:literal) => {
        match $way {
            Way::Grpc(compression) => {
                let endpoint = format!("http://{}", $running.receiver.grpc_addr());
                let builder = <$exporter>::builder().with_tonic().with_endpoint(endpoint);
                match compression {
                    Some(compression) => builder.with_compression(compression).build(),
                    None => builder.build(),
                }
            }
            Way::Http(protocol, compression) => {
                let endpoint = format!("http://{}{}", $running.receiver.http_addr(), $path);
                let builder =
                    <$exporter>::builder().with_http().with_endpoint(endpoint).with_protocol(protocol);
                match compression {
                    Some(compression) => builder.with_compression(compression).build(),
                    None => builder.build(),
                }
            }
        }
        .unwrap()
    };
}

/// Runs `test` for each way, inside a runtime: tonic's exporters need one around.
fn each_way(test: impl Fn(Way, &Running)) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _inside = runtime.enter();
    for way in WAYS {
        test(way, &Running::start(config()));
    }
}

fn resource() -> Resource {
    Resource::builder().with_service_name("agent").build()
}

fn send_spans(way: Way, running: &Running) {
    let exporter = exporter!(SpanExporter, way, running, "/v1/traces");
    let provider =
        SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource()).build();
    let tracer = provider.tracer("test");
    let root = tracer.span_builder("invoke_agent").with_kind(SpanKind::Internal).start(&tracer);
    let context = Context::current_with_span(root);
    let attributes = [
        KeyValue::new("gen_ai.request.model", "model-1"),
        KeyValue::new("gen_ai.usage.input_tokens", 42_i64),
        KeyValue::new("temperature", 0.5),
        KeyValue::new("stream", true),
    ];
    let child = tracer
        .span_builder("chat 모델 🦀")
        .with_kind(SpanKind::Client)
        .with_attributes(attributes)
        .start_with_context(&tracer, &context);
    let child = context.with_span(child);
    child.span().add_event("exception", vec![KeyValue::new("exception.type", "Timeout")]);
    child.span().set_status(Status::error("timed out"));
    child.span().end();
    context.span().end();
    provider.shutdown().unwrap();
}

/// Spans of one export by name.
fn by_name(export: &Export) -> BTreeMap<&str, &Span> {
    export.spans.iter().flat_map(|scoped| &scoped.records).map(|span| (span.name.as_str(), span)).collect()
}

#[test]
fn spans_arrive_whole_over_every_protocol() {
    each_way(|way, running| {
        send_spans(way, running);
        let export = running.next();
        assert_eq!(export.spans[0].resource.service(), "agent", "{way:?}");
        assert_eq!(export.spans[0].scope.name, "test");
        let spans = by_name(&export);
        let (root, chat) = (spans["invoke_agent"], spans["chat 모델 🦀"]);
        assert_eq!((root.parent_span_id, chat.parent_span_id), (None, Some(root.span_id)), "{way:?}");
        assert_eq!(chat.trace_id, root.trace_id);
        assert_eq!((root.kind.name(), chat.kind.name()), ("internal", "client"));
        assert_eq!(chat.attributes.get("gen_ai.usage.input_tokens"), Some(&Value::Int(42)));
        assert_eq!(chat.attributes.get("temperature"), Some(&Value::Double(0.5)));
        assert_eq!(chat.attributes.get("stream"), Some(&Value::Bool(true)));
        assert_eq!(chat.attributes.text("gen_ai.request.model"), Some("model-1"));
        assert_eq!((chat.status, chat.status_message.as_str()), (StatusCode::ERROR, "timed out"));
        assert_eq!(chat.events[0].attributes.text("exception.type"), Some("Timeout"));
        assert!(chat.start > 0 && chat.end >= chat.start, "{way:?}");
        let counts = running.receiver.counts();
        assert_eq!((counts.spans, counts.rejected, counts.refused, counts.bad_requests), (2, 0, 0, 0));
    });
}

#[test]
fn logs_arrive_over_every_protocol() {
    each_way(|way, running| {
        let exporter = exporter!(LogExporter, way, running, "/v1/logs");
        let provider =
            SdkLoggerProvider::builder().with_batch_exporter(exporter).with_resource(resource()).build();
        let logger = provider.logger("test");
        let mut record = logger.create_log_record();
        record.set_event_name("gen_ai.user.message");
        record.set_severity_number(Severity::Info);
        record.set_body(AnyValue::from("hello"));
        record.add_attribute("gen_ai.system", "openai");
        logger.emit(record);
        provider.shutdown().unwrap();
        let export = running.next();
        let record = &export.logs[0].records[0];
        assert_eq!((&record.body, record.severity_number), (&Value::from("hello"), 9), "{way:?}");
        assert_eq!(record.event_name, "gen_ai.user.message");
        assert_eq!(record.attributes.text("gen_ai.system"), Some("openai"));
        assert_eq!(running.receiver.counts().logs, 1);
    });
}

#[test]
fn metrics_arrive_over_every_protocol() {
    each_way(|way, running| {
        let exporter = exporter!(MetricExporter, way, running, "/v1/metrics");
        let provider =
            SdkMeterProvider::builder().with_periodic_exporter(exporter).with_resource(resource()).build();
        let histogram = provider.meter("test").f64_histogram("gen_ai.client.token.usage").build();
        histogram.record(7.0, &[KeyValue::new("gen_ai.token.type", "input")]);
        provider.shutdown().unwrap();
        let export = running.next();
        let metric = &export.metrics[0].records[0];
        assert_eq!(
            (metric.name.as_str(), metric.data_type.as_str()),
            ("gen_ai.client.token.usage", "histogram"),
            "{way:?}"
        );
        let Value::Map(data) = &metric.data else { panic!("{:?}", metric.data) };
        let Some(Value::Array(points)) = data.get("data_points") else { panic!("{data:?}") };
        let Value::Map(point) = &points[0] else { panic!("{points:?}") };
        assert_eq!((point.get("count"), point.get("sum")), (Some(&Value::Int(1)), Some(&Value::Double(7.0))));
        assert_eq!(running.receiver.counts().metrics, 1);
    });
}
