//! The running receiver on its sockets: large bodies, limits, overload, browsers, stopping.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests may")]

#[path = "common/receiver.rs"]
mod receiver;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use receiver::{PATIENCE, Running, config};
use spanglass::ingest::{Inlet, Refusal};
use spanglass::receive::{Client, ClientError, Config, Receiver, StartError};
use tonic::codec::CompressionEncoding;
use tonic::{Code, Status};
use tonic_types::StatusExt;

/// A request of `spans` spans with `bytes` bytes of text each.
fn request(spans: u64, bytes: usize) -> ExportTraceServiceRequest {
    let span = |number: u64| Span {
        trace_id: vec![1; 16],
        span_id: number.to_be_bytes().to_vec(),
        name: "chat".into(),
        attributes: vec![KeyValue {
            key: "prompt".into(),
            value: Some(AnyValue { value: Some(Value::StringValue("word ".repeat(bytes / 5))) }),
            ..KeyValue::default()
        }],
        ..Span::default()
    };
    let scope_spans = vec![ScopeSpans { spans: (1..=spans).map(span).collect(), ..ScopeSpans::default() }];
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }],
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An HTTP answer: head and body.
#[derive(Debug)]
struct Answer {
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn status(&self) -> u16 {
        self.head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_default()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let line =
            self.head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")))?;
        line.split_once(": ").map(|(_, value)| value)
    }
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Reads to the end of the connection.
fn answer(mut stream: TcpStream) -> Answer {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").expect("a whole head") + 4;
    let body = bytes.split_off(end);
    Answer { head: String::from_utf8(bytes).unwrap(), body }
}

fn send(address: SocketAddr, method: &str, path: &str, headers: &str, body: &[u8]) -> Answer {
    let mut stream = connect(address);
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    answer(stream)
}

fn post(address: SocketAddr, headers: &str, body: &[u8]) -> Answer {
    let headers = format!("content-type: application/x-protobuf\r\n{headers}");
    send(address, "POST", "/v1/traces", &headers, body)
}

/// Sends over gRPC, compressed if so told.
fn call(
    address: SocketAddr,
    request: ExportTraceServiceRequest,
    encoding: Option<CompressionEncoding>,
) -> Result<ExportTraceServiceResponse, Status> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut client = TraceServiceClient::connect(format!("http://{address}")).await.unwrap();
        if let Some(encoding) = encoding {
            client = client.send_compressed(encoding);
        }
        client.export(request).await.map(tonic::Response::into_inner)
    })
}

#[test]
fn bodies_of_twenty_megabytes_are_taken_over_both_protocols_plain_and_compressed() {
    let running = Running::start(config());
    let (grpc, http) = (running.receiver.grpc_addr(), running.receiver.http_addr());
    let large = request(512, 40_000);
    let bytes = large.encode_to_vec();
    assert!(bytes.len() > 20_000_000);
    assert_eq!(post(http, "", &bytes).status(), 200);
    assert_eq!(post(http, "content-encoding: gzip\r\n", &gzip(&bytes)).status(), 200);
    for encoding in [None, Some(CompressionEncoding::Gzip)] {
        let response = call(grpc, large.clone(), encoding).unwrap();
        assert_eq!(response, ExportTraceServiceResponse::default(), "{encoding:?}");
    }
    for _ in 0..4 {
        assert_eq!(running.next().len(), 512);
    }
    let counts = running.receiver.counts();
    assert_eq!((counts.requests, counts.spans, counts.bytes), (4, 4 * 512, 4 * bytes.len() as u64));
}

#[test]
fn either_port_speaks_either_protocol() {
    let running = Running::start(config());
    assert_eq!(post(running.receiver.grpc_addr(), "", &request(1, 5).encode_to_vec()).status(), 200);
    call(running.receiver.http_addr(), request(1, 5), None).unwrap();
    assert_eq!(running.receiver.counts().spans, 2);
}

#[test]
fn too_large_is_final_and_a_bomb_stops_at_the_limit() {
    let running = Running::start(Config { max_body: 100_000, ..config() });
    let (grpc, http) = (running.receiver.grpc_addr(), running.receiver.http_addr());
    let large = request(1, 200_000);
    let bytes = large.encode_to_vec();
    assert_eq!(post(http, "", &bytes).status(), 413);
    let bomb = gzip(&vec![0; 64 << 20]);
    assert!(bomb.len() > 100_000, "the wire alone is over the limit");
    assert_eq!(post(http, "content-encoding: gzip\r\n", &bomb).status(), 413);
    assert_eq!(post(http, "content-encoding: gzip\r\n", &gzip(&bytes)).status(), 413);
    for encoding in [None, Some(CompressionEncoding::Gzip)] {
        let status = call(grpc, large.clone(), encoding).unwrap_err();
        assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
        assert!(status.get_error_details().retry_info().is_none());
    }
    let counts = running.receiver.counts();
    assert_eq!((counts.bad_requests, counts.refused, counts.requests), (5, 0, 0));
    assert!(counts.last_refusal.unwrap().contains("too large"));
}

#[test]
fn overload_asks_to_try_again_and_passes() {
    let running = Running::start(Config { max_in_flight: 10_000, ..config() });
    let (grpc, http) = (running.receiver.grpc_addr(), running.receiver.http_addr());
    let large = request(1, 50_000);
    let refused = post(http, "", &large.encode_to_vec());
    assert_eq!((refused.status(), refused.header("retry-after")), (503, Some("1")));
    let status = call(grpc, large, None).unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert!(status.get_error_details().retry_info().unwrap().retry_delay.is_some());
    assert!(status.metadata().get_bin("google.rpc.retryinfo-bin").is_some());
    call(grpc, request(1, 50), None).unwrap();
    let counts = running.receiver.counts();
    assert_eq!((counts.refused, counts.spans, counts.bad_requests), (2, 1, 0));
    assert!(counts.last_refusal.unwrap().contains("overloaded"));
}

#[test]
fn a_store_that_cannot_write_is_unavailable_until_it_can() {
    let (inlet, jobs) = Inlet::channel();
    thread::spawn(move || {
        let mut answers = vec![Ok(()), Err(Refusal::Unavailable("disk full".into()))];
        for job in jobs {
            job.answer(answers.pop().unwrap_or(Ok(())));
        }
    });
    let receiver = Receiver::start(config(), inlet).unwrap();
    let status = call(receiver.grpc_addr(), request(1, 5), None).unwrap_err();
    assert_eq!(
        (status.code(), status.message()),
        (Code::Unavailable, "the store cannot write now: disk full")
    );
    assert_eq!(receiver.counts().store_trouble.as_deref(), Some("disk full"));
    call(receiver.grpc_addr(), request(1, 5), None).unwrap();
    let counts = receiver.counts();
    assert_eq!((counts.store_trouble, counts.refused, counts.spans), (None, 1, 1));
}

#[test]
fn one_bad_span_is_a_partial_success_over_grpc() {
    let running = Running::start(config());
    let mut mixed = request(3, 5);
    mixed.resource_spans[0].scope_spans[0].spans[1].trace_id = vec![0; 16];
    let response = call(running.receiver.grpc_addr(), mixed, None).unwrap();
    let expected = ExportTracePartialSuccess {
        rejected_spans: 1,
        error_message: "1 record rejected (trace id is all zero)".into(),
    };
    assert_eq!(response.partial_success, Some(expected));
    assert_eq!(running.next().len(), 2);
    assert_eq!(running.receiver.counts().rejected, 1);
}

#[test]
fn text_that_is_not_utf8_is_mended_with_a_warning() {
    let running = Running::start(config());
    let mut bytes = request(1, 5).encode_to_vec();
    let at = bytes.windows(4).position(|w| w == b"chat").unwrap();
    bytes[at] = 0xff;
    let answer = post(running.receiver.http_addr(), "", &bytes);
    let warning = ExportTraceServiceResponse::decode(&*answer.body).unwrap().partial_success.unwrap();
    assert_eq!((answer.status(), warning.rejected_spans), (200, 0));
    assert!(warning.error_message.contains("invalid UTF-8"), "{warning:?}");
    assert_eq!(running.next().spans[0].records[0].name, "\u{fffd}hat");
}

#[test]
fn a_chunked_body_after_100_continue_is_taken() {
    let running = Running::start(config());
    let body = request(1, 5).encode_to_vec();
    let mut stream = connect(running.receiver.http_addr());
    let head = "POST /v1/traces HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\
                content-type: application/x-protobuf\r\nexpect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let mut go = [0; 25];
    stream.read_exact(&mut go).unwrap();
    assert_eq!(&go, b"HTTP/1.1 100 Continue\r\n\r\n");
    for byte in body {
        stream.write_all(&[b"1\r\n", &[byte][..], b"\r\n"].concat()).unwrap();
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
    assert_eq!(answer(stream).status(), 200);
    assert_eq!(running.next().len(), 1);
}

#[test]
fn who_asks_before_sending_too_much_is_told_before() {
    let running = Running::start(Config { max_body: 10, ..config() });
    let mut stream = connect(running.receiver.http_addr());
    let head = "POST /v1/traces HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 11\r\n\
                content-type: application/json\r\nexpect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    assert_eq!(answer(stream).status(), 413);
}

#[test]
fn browsers_on_this_machine_may_send_and_others_may_not() {
    let running = Running::start(config());
    let http = running.receiver.http_addr();
    let preflight = |origin: &str| {
        let headers = format!(
            "origin: {origin}\r\naccess-control-request-method: POST\r\n\
             access-control-request-headers: content-type,x-api-key\r\naccess-control-request-private-network: true\r\n"
        );
        send(http, "OPTIONS", "/v1/traces", &headers, b"")
    };
    let local = preflight("http://localhost:5173");
    assert_eq!(local.status(), 200);
    assert_eq!(local.header("access-control-allow-origin"), Some("http://localhost:5173"));
    assert!(local.header("access-control-allow-methods").unwrap().contains("POST"));
    assert_eq!(local.header("access-control-allow-headers"), Some("content-type,x-api-key"));
    assert_eq!(local.header("access-control-allow-private-network"), Some("true"));
    assert_eq!(local.header("access-control-max-age"), Some("7200"));
    assert!(local.header("vary").unwrap().contains("origin"));
    let strange = preflight("https://evil.example");
    assert_eq!(strange.header("access-control-allow-origin"), None);
    assert_eq!(strange.header("access-control-allow-private-network"), None);

    let sent = post(http, "origin: http://localhost:5173\r\n", &request(1, 5).encode_to_vec());
    assert_eq!(
        (sent.status(), sent.header("access-control-allow-origin")),
        (200, Some("http://localhost:5173"))
    );
    assert_eq!(post(http, "origin: https://evil.example\r\n", &request(1, 5).encode_to_vec()).status(), 403);
    assert_eq!(running.receiver.counts().spans, 1);
}

#[test]
fn an_unknown_grpc_method_is_unimplemented() {
    let running = Running::start(config());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let address = running.receiver.grpc_addr();
    let status = runtime.block_on(async {
        use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
        let channel = tonic::transport::Endpoint::from_shared(format!("http://{address}"))
            .unwrap()
            .connect()
            .await
            .unwrap();
        let mut client = tonic::client::Grpc::new(channel);
        client.ready().await.unwrap();
        let codec =
            tonic_prost::ProstCodec::<ExportLogsServiceRequest, ExportTraceServiceResponse>::default();
        let path = "/grpc.health.v1.Health/Check".parse().unwrap();
        client.unary(tonic::Request::new(ExportLogsServiceRequest::default()), path, codec).await.unwrap_err()
    });
    assert_eq!(status.code(), Code::Unimplemented);
}

#[test]
fn stopping_answers_what_was_received_and_takes_no_more() {
    let (inlet, jobs) = Inlet::channel();
    let receiver = Receiver::start(config(), inlet).unwrap();
    let http = receiver.http_addr();
    let (answered, answers) = mpsc::channel();
    for send in [true, false] {
        let (grpc, answered) = (receiver.grpc_addr(), answered.clone());
        thread::spawn(move || {
            let fine = if send {
                post(http, "", &request(1, 5).encode_to_vec()).status() == 200
            } else {
                call(grpc, request(1, 5), None).is_ok()
            };
            answered.send(fine).unwrap();
        });
    }
    // both wait for their commit when the receiver is told to stop
    let waiting = [jobs.recv_timeout(PATIENCE).unwrap(), jobs.recv_timeout(PATIENCE).unwrap()];
    let (stopped, stops) = mpsc::channel();
    let stopping = thread::spawn(move || {
        receiver.stop();
        stopped.send(()).unwrap();
    });
    let deadline = std::time::Instant::now() + PATIENCE;
    while TcpStream::connect(http).is_ok() {
        assert!(std::time::Instant::now() < deadline, "still accepting");
        thread::yield_now();
    }
    // longer than connections without a request are waited for
    assert!(stops.recv_timeout(Duration::from_secs(1)).is_err(), "requests are unanswered");
    for job in waiting {
        job.answer(Ok(()));
    }
    assert!(answers.recv_timeout(PATIENCE).unwrap() && answers.recv_timeout(PATIENCE).unwrap());
    stopping.join().unwrap();
}

#[test]
fn an_exporter_that_hangs_does_not_hold_up_the_end() {
    let running = Running::start(config());
    // its runtime moves only while it sends: it hears nothing of the end, like an agent that stands in a debugger
    let client = Client::connect(running.receiver.grpc_addr()).unwrap();
    client.send_traces(request(1, 5)).unwrap();
    let begun = std::time::Instant::now();
    running.receiver.stop();
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}

#[test]
fn a_second_receiver_on_the_same_port_names_the_first() {
    let running = Running::start(config());
    let taken = running.receiver.grpc_addr();
    let error = Receiver::start(Config { grpc: vec![taken], ..config() }, Inlet::channel().0).unwrap_err();
    assert!(matches!(error, StartError::Taken { address, .. } if address == taken));
    let message = error.to_string();
    assert!(message.contains("--grpc") && !message.contains('\n'), "{message}");
}

#[test]
fn both_loopback_families_answer_on_the_same_port() {
    let running = Running::start(config());
    let port = running.receiver.http_addr().port();
    let v6 = SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, port));
    // a machine without IPv6 goes on without
    if TcpStream::connect(v6).is_ok() {
        assert_eq!(post(v6, "", &request(1, 5).encode_to_vec()).status(), 200);
    }
}

#[test]
fn our_own_exporter_sends_and_says_who_is_missing() {
    let running = Running::start(config());
    let address = running.receiver.grpc_addr();
    Client::connect(address).unwrap().send_traces(request(2, 5)).unwrap();
    assert_eq!(running.next().len(), 2);
    running.receiver.stop();
    let missing = Client::connect(address).unwrap_err();
    assert!(matches!(missing, ClientError::Connect { .. }));
    assert!(missing.to_string().contains(&address.to_string()), "{missing}");
}
