//! Spans of model calls and agents, and the smallest HTTP exporter.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value::Value};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message as _;

/// 2026-01-02 03:04:05 UTC.
pub(crate) const START: u64 = 1_767_323_045_000_000_000;
const MILLISECOND: u64 = 1_000_000;

/// An attribute that is text.
pub(crate) fn text(key: &str, value: &str) -> KeyValue {
    attribute(key, Value::StringValue(value.to_owned()))
}

/// An attribute that is a number.
pub(crate) fn number(key: &str, value: i64) -> KeyValue {
    attribute(key, Value::IntValue(value))
}

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

/// A span of trace `trace`, one millisecond long, that starts `id` milliseconds after [`START`]; parent 0 is none.
pub(crate) fn span(trace: u64, id: u64, parent: u64, name: &str) -> Span {
    Span {
        trace_id: [trace.to_be_bytes(), trace.to_be_bytes()].concat(),
        span_id: id.to_be_bytes().to_vec(),
        parent_span_id: if parent == 0 { Vec::new() } else { parent.to_be_bytes().to_vec() },
        name: name.to_owned(),
        start_time_unix_nano: START + id * MILLISECOND,
        end_time_unix_nano: START + (id + 1) * MILLISECOND,
        ..Span::default()
    }
}

/// An agent's span.
pub(crate) fn agent(trace: u64, id: u64, parent: u64, name: &str) -> Span {
    let attributes = vec![text("gen_ai.operation.name", "invoke_agent"), text("gen_ai.agent.name", name)];
    Span { attributes, ..span(trace, id, parent, &format!("invoke_agent {name}")) }
}

/// A tool's span.
pub(crate) fn tool(trace: u64, id: u64, parent: u64, name: &str) -> Span {
    let attributes = vec![text("gen_ai.operation.name", "execute_tool"), text("gen_ai.tool.name", name)];
    Span { attributes, ..span(trace, id, parent, &format!("execute_tool {name}")) }
}

/// A model call's span, with its tokens.
pub(crate) fn chat(trace: u64, id: u64, parent: u64, (input, output): (i64, i64)) -> Span {
    let attributes = vec![
        text("gen_ai.operation.name", "chat"),
        text("gen_ai.provider.name", "openai"),
        text("gen_ai.request.model", "gpt-4o"),
        number("gen_ai.usage.input_tokens", input),
        number("gen_ai.usage.output_tokens", output),
    ];
    Span { attributes, ..span(trace, id, parent, "chat gpt-4o") }
}

/// One export of one service.
pub(crate) fn request(spans: Vec<Span>) -> ExportTraceServiceRequest {
    let resource = Resource { attributes: vec![text("service.name", "tests")], ..Resource::default() };
    let scope_spans = vec![ScopeSpans { spans, ..ScopeSpans::default() }];
    let resource_spans =
        vec![ResourceSpans { resource: Some(resource), scope_spans, ..ResourceSpans::default() }];
    ExportTraceServiceRequest { resource_spans }
}

/// An HTTP answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Status line and headers, lower case.
    pub(crate) head: String,
    /// The rest.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap().parse().unwrap()
    }
}

/// A connection that sends protobuf over HTTP/1.1, one request after the other.
pub(crate) struct Http(BufReader<TcpStream>);

impl Http {
    pub(crate) fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    pub(crate) fn send(&mut self, request: &ExportTraceServiceRequest) -> io::Result<Answer> {
        self.send_bytes(&request.encode_to_vec())
    }

    /// Sends any body, whether it can be understood or not.
    pub(crate) fn send_bytes(&mut self, body: &[u8]) -> io::Result<Answer> {
        self.post("traces", "application/x-protobuf", body)
    }

    /// Sends a body of `signal`.
    pub(crate) fn post(&mut self, signal: &str, content_type: &str, body: &[u8]) -> io::Result<Answer> {
        let head = format!(
            "POST /v1/{signal} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {content_type}\r\n\
             content-length: {}\r\n\r\n",
            body.len()
        );
        self.0.get_mut().write_all(&[head.as_bytes(), body].concat())?;
        self.answer()
    }

    fn answer(&mut self) -> io::Result<Answer> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.0.read_line(&mut head)? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
        let head = head.to_lowercase();
        let (_, length) = head.split_once("content-length: ").ok_or(ErrorKind::InvalidData)?;
        let mut body = vec![0; length.lines().next().unwrap().parse().unwrap()];
        self.0.read_exact(&mut body)?;
        Ok(Answer { head, body })
    }
}
