use std::sync::Arc;

use http_body_util::BodyExt;
use hyper::Method;
use tonic_types::pb;

use super::*;
use crate::ingest::{Inlet, Refusal};
use crate::receive::admit::Budget;
use crate::receive::cors::Origins;
use crate::receive::counters::Counters;
use crate::receive::intake::Intake;
use crate::receive::route;

const MAX_BODY: usize = 1000;

/// A service whose every export is answered with `result` by a thread behind the inlet.
fn service(result: Result<(), Refusal>) -> Arc<Service> {
    let (inlet, jobs) = Inlet::channel();
    std::thread::spawn(move || {
        for job in jobs {
            job.answer(result.clone());
        }
    });
    let budget = Budget::new(3 * MAX_BODY);
    let intake = Intake { inlet, budget, counters: Counters::default(), max_body: MAX_BODY };
    Arc::new(Service { intake, origins: Origins::new(vec![]), prefix: "/otlp".into() })
}

struct Seen {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Seen {
    fn content_type(&self) -> &str {
        self.headers[CONTENT_TYPE].to_str().unwrap()
    }
}

async fn send(
    service: &Arc<Service>,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Seen {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::new(Bytes::copy_from_slice(body))).unwrap();
    let (head, body) = route::answer(Arc::clone(service), request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Seen { status: head.status.as_u16(), headers: head.headers, body }
}

async fn post(service: &Arc<Service>, path: &str, content_type: &str, body: &[u8]) -> Seen {
    send(service, Method::POST, path, &[("content-type", content_type)], body).await
}

const GOOD: &str = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[
    {"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"00f067aa0ba902b7","name":"a"}]}]}]}"#;

#[tokio::test]
async fn the_answer_speaks_the_content_type_of_the_request() {
    let service = service(Ok(()));
    let cases = [
        ("application/json", "{}", "application/json", "{}"),
        ("Application/JSON; charset=utf-8", "{}", "application/json", "{}"),
        ("application/x-protobuf", "", "application/x-protobuf", ""),
        ("application/protobuf", "", "application/protobuf", ""),
        ("", " {}", "application/json", "{}"),
        ("", "", "application/x-protobuf", ""),
        ("application/json", GOOD, "application/json", "{}"),
    ];
    for (sent, body, content_type, answer) in cases {
        let seen = post(&service, "/v1/traces", sent, body.as_bytes()).await;
        assert_eq!(
            (seen.status, seen.content_type(), &*seen.body),
            (200, content_type, answer.as_bytes()),
            "{sent}"
        );
    }
    let counts = service.intake.counters.snapshot();
    assert_eq!((counts.requests, counts.spans, counts.bad_requests), (7, 1, 0));
}

#[tokio::test]
async fn errors_are_a_status_in_the_content_type_of_the_request() {
    let service = service(Ok(()));
    let seen = post(&service, "/v1/traces", "application/x-protobuf", b"\xff\xff").await;
    assert_eq!((seen.status, seen.content_type()), (400, "application/x-protobuf"));
    let status = pb::Status::decode(seen.body).unwrap();
    assert_eq!(status.code, 3);
    assert!(status.message.contains("not an OTLP protobuf message"), "{}", status.message);

    let seen = post(&service, "/v1/logs", "application/json", b"{").await;
    assert_eq!((seen.status, seen.content_type()), (400, "application/json"));
    let status: serde_json::Value = serde_json::from_slice(&seen.body).unwrap();
    assert_eq!(status["code"], 3);
    let counts = service.intake.counters.snapshot();
    assert_eq!(counts.bad_requests, 2);
    assert!(counts.last_refusal.unwrap().starts_with("POST /v1/logs: not OTLP JSON"));
}

#[tokio::test]
async fn paths_and_methods_lead_where_they_should() {
    let service = service(Ok(()));
    let cases = [
        (Method::POST, "/v1/traces", 200),
        (Method::POST, "/v1/traces/", 200),
        (Method::POST, "/otlp/v1/metrics", 200),
        (Method::POST, "/v1development/profiles", 200),
        (Method::POST, "/otlpv1/metrics", 404),
        (Method::POST, "/v1/spans", 404),
        (Method::POST, "/", 404),
        (Method::GET, "/", 404),
        (Method::GET, "/v1/traces", 405),
        (Method::PUT, "/v1/traces", 405),
    ];
    for (method, path, status) in cases {
        let seen = send(&service, method.clone(), path, &[], b"").await;
        assert_eq!(seen.status, status, "{method} {path}");
        assert_eq!(seen.headers.contains_key("allow"), status == 405);
    }
}

#[tokio::test]
async fn the_lost_are_told_the_way() {
    let service = service(Ok(()));
    let page = send(&service, Method::GET, "/", &[], b"").await;
    let page = String::from_utf8(page.body.to_vec()).unwrap();
    for part in ["/v1/traces", "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318", "grpc"] {
        assert!(page.contains(part), "{page} lacks {part}");
    }
    assert_eq!(service.intake.counters.snapshot().bad_requests, 0, "a look with a browser loses nothing");
    let exporter = post(&service, "/", "application/json", GOOD.as_bytes()).await;
    let message = String::from_utf8(exporter.body.to_vec()).unwrap();
    assert!(message.contains("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"), "{message}");
    assert_eq!(service.intake.counters.snapshot().bad_requests, 1);
}

#[tokio::test]
async fn foreign_content_types_and_encodings_are_415() {
    let service = service(Ok(()));
    assert_eq!(post(&service, "/v1/traces", "text/plain", GOOD.as_bytes()).await.status, 415);
    let headers = [("content-type", "application/json"), ("content-encoding", "br")];
    assert_eq!(send(&service, Method::POST, "/v1/traces", &headers, b"x").await.status, 415);
}

#[tokio::test]
async fn too_large_is_413_and_not_to_be_retried() {
    let service = service(Ok(()));
    let large = vec![b' '; MAX_BODY + 1];
    let seen = post(&service, "/v1/traces", "application/json", &large).await;
    assert_eq!((seen.status, seen.headers.contains_key("retry-after")), (413, false));
}

#[tokio::test]
async fn what_passes_is_503_with_a_time_to_retry() {
    for refusal in [Refusal::Unavailable("disk full".into()), Refusal::Stopping] {
        let service = service(Err(refusal.clone()));
        let seen = post(&service, "/v1/traces", "application/json", GOOD.as_bytes()).await;
        assert_eq!((seen.status, seen.headers["retry-after"].to_str().unwrap()), (503, "1"));
        let counts = service.intake.counters.snapshot();
        assert_eq!((counts.refused, counts.spans, counts.bad_requests), (1, 0, 0));
        assert_eq!(counts.store_trouble.is_some(), refusal != Refusal::Stopping);
    }
}

#[tokio::test]
async fn overload_is_503_and_over_when_the_load_is() {
    let service = service(Ok(()));
    let mut others = service.intake.budget.open();
    others.grow(3 * MAX_BODY).unwrap();
    let seen = post(&service, "/v1/traces", "application/json", GOOD.as_bytes()).await;
    assert_eq!((seen.status, seen.headers["retry-after"].to_str().unwrap()), (503, "1"));
    drop(others);
    assert_eq!(post(&service, "/v1/traces", "application/json", GOOD.as_bytes()).await.status, 200);
    let counts = service.intake.counters.snapshot();
    assert_eq!((counts.refused, counts.requests), (1, 1));
    assert!(counts.last_refusal.unwrap().contains("overloaded"));
}

#[tokio::test]
async fn rejected_spans_are_a_partial_success_with_count_and_reason() {
    let service = service(Ok(()));
    let body = GOOD.replace(r#""name":"a"}"#, r#""name":"a"},{"traceId":"0102"},{"name":7}"#);
    let seen = post(&service, "/v1/traces", "application/json", body.as_bytes()).await;
    let answer: serde_json::Value = serde_json::from_slice(&seen.body).unwrap();
    assert_eq!((seen.status, &answer["partialSuccess"]["rejectedSpans"]), (200, &json!("2")));
    assert!(answer["partialSuccess"]["errorMessage"].as_str().unwrap().contains("2 records rejected"));
    let counts = service.intake.counters.snapshot();
    assert_eq!((counts.spans, counts.rejected), (1, 2));
    assert!(counts.last_refusal.is_some());
}

#[tokio::test]
async fn a_page_of_a_strange_origin_may_not_send() {
    let service = service(Ok(()));
    for (origin, status) in [("https://evil.example", 403), ("http://localhost:5173", 200)] {
        let headers = [("content-type", "application/json"), ("origin", origin)];
        assert_eq!(
            send(&service, Method::POST, "/v1/traces", &headers, b"{}").await.status,
            status,
            "{origin}"
        );
    }
}
