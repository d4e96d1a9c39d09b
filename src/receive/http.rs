//! OTLP/HTTP: content types, encodings, and answers in the sender's own language.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, RETRY_AFTER as RETRY_AFTER_HEADER,
};
use hyper::http::HeaderValue;
use hyper::{HeaderMap, Request, Response, StatusCode};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use prost::Message;
use serde_json::json;
use tonic::body::Body;

use super::body;
use super::inflate::{self, Coding};
use super::intake::Delivery;
use super::refused::{Kind, RETRY_AFTER, Refused};
use super::remarks::Remarks;
use super::route::{Answer, Service, Target, allow_post};
use super::signal::{Encoding, Signal};

/// What a request's content type says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speech {
    /// This type, echoed in the answer.
    Said(&'static str, Encoding),
    /// None: the body tells.
    Unsaid,
    /// Something that is no OTLP.
    Foreign,
}

const JSON: &str = "application/json";
const PROTOBUF: &str = "application/x-protobuf";

impl Speech {
    fn of(headers: &HeaderMap) -> Self {
        let Some(value) = headers.get(CONTENT_TYPE) else { return Self::Unsaid };
        let text = value.to_str().unwrap_or_default();
        let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            JSON => Self::Said(JSON, Encoding::Json),
            PROTOBUF => Self::Said(PROTOBUF, Encoding::Protobuf),
            "application/protobuf" => Self::Said("application/protobuf", Encoding::Protobuf),
            "" => Self::Unsaid,
            _ => Self::Foreign,
        }
    }
}

/// Answers one request of OTLP/HTTP, or of someone who lost the way.
pub(super) async fn answer<B>(service: &Service, mut request: Request<B>) -> Answer
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    let speech = Speech::of(request.headers());
    let refused = match Plan::of(service, &request, speech) {
        Err(refused) => {
            // who waits for "100 Continue" has not sent the body, and need not
            if !request.headers().contains_key(EXPECT) {
                body::discard(request.body_mut()).await;
            }
            refused
        }
        Ok(plan) => match receive(service, &mut request, plan).await {
            Ok(response) => return Ok(response),
            Err(refused) => {
                body::discard(request.body_mut()).await;
                refused
            }
        },
    };
    let response = refusal(&refused, speech);
    Err((refused, response))
}

/// What the head of a request asks for.
struct Plan {
    target: Target,
    speech: Speech,
    codings: Vec<Coding>,
    declared: usize,
}

impl Plan {
    fn of<B>(service: &Service, request: &Request<B>, speech: Speech) -> Result<Self, Refused> {
        let headers = request.headers();
        let target = service.target(request)?;
        if speech == Speech::Foreign {
            return Err(foreign(headers));
        }
        let codings = inflate::parse(&all_of(headers, CONTENT_ENCODING.as_str()))?;
        let declared = declared(headers);
        if declared > service.intake.max_body {
            return Err(Refused::too_large(service.intake.max_body));
        }
        Ok(Self { target, speech, codings, declared })
    }
}

async fn receive<B>(
    service: &Service,
    request: &mut Request<B>,
    plan: Plan,
) -> Result<Response<Body>, Refused>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    let Plan { target, speech, codings, declared } = plan;
    let intake = &service.intake;
    let mut reservation = intake.budget.open();
    let body = body::read(request.body_mut(), declared, |_| 0, intake.max_body, &mut reservation).await?;
    let (content_type, encoding) = match speech {
        Speech::Said(name, encoding) => (name, encoding),
        _ => sniff(&body),
    };
    let Target::Export(signal) = target else { return Ok(response(StatusCode::OK, content_type, vec![])) };
    let remarks = intake.take(Delivery { signal, encoding, codings, body, reservation }).await?;
    Ok(response(StatusCode::OK, content_type, success(signal, encoding, &remarks)))
}

fn foreign(headers: &HeaderMap) -> Refused {
    let given = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    Refused::new(Kind::Encoding, format!("content type {given:?} is not OTLP: send {PROTOBUF} or {JSON}"))
}

/// The values of a header that may be repeated, as the one list that they are.
fn all_of(headers: &HeaderMap, name: &str) -> String {
    headers.get_all(name).iter().map(|v| v.to_str().unwrap_or("unreadable")).collect::<Vec<_>>().join(",")
}

/// The length a sender declares; 0 if it does not.
pub(super) fn declared(headers: &HeaderMap) -> usize {
    headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok()).unwrap_or(0)
}

/// JSON begins with a brace, a protobuf request never does.
fn sniff(body: &[u8]) -> (&'static str, Encoding) {
    match body.iter().find(|b| !b.is_ascii_whitespace()) {
        Some(b'{') => (JSON, Encoding::Json),
        _ => (PROTOBUF, Encoding::Protobuf),
    }
}

fn response(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Response<Body> {
    let body = if body.is_empty() && content_type == JSON { b"{}".to_vec() } else { body };
    let mut response = Response::new(Body::new(Full::new(Bytes::from(body))));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// The body of a success: empty when all was well.
fn success(signal: Signal, encoding: Encoding, remarks: &Remarks) -> Vec<u8> {
    let Some(message) = remarks.message() else { return Vec::new() };
    match encoding {
        Encoding::Protobuf => partial(remarks.rejected, message),
        Encoding::Json => {
            // 64-bit numbers are texts in OTLP/JSON
            let rejected = remarks.rejected.to_string();
            json!({"partialSuccess": {signal.rejected_field(): rejected, "errorMessage": message}})
                .to_string()
                .into_bytes()
        }
    }
}

/// A partial success of any signal: all three responses have the same bytes.
pub(super) fn partial(rejected: u64, error_message: String) -> Vec<u8> {
    let rejected_spans = i64::try_from(rejected).unwrap_or(i64::MAX);
    let partial_success = Some(ExportTracePartialSuccess { rejected_spans, error_message });
    ExportTraceServiceResponse { partial_success }.encode_to_vec()
}

fn refusal(refused: &Refused, speech: Speech) -> Response<Body> {
    let status = refused.status();
    let code = refused.http_status();
    let mut response = match speech {
        // the details of a status are a whole google.rpc.Status
        Speech::Said(content_type, Encoding::Protobuf) => {
            response(code, content_type, status.details().to_vec())
        }
        Speech::Unsaid if matches!(refused.kind, Kind::NotFound | Kind::Method) => {
            response(code, "text/plain; charset=utf-8", format!("{refused}\n\n{HELP}").into_bytes())
        }
        _ => {
            let help = if refused.kind == Kind::NotFound { SHORT_HELP } else { "" };
            let body = json!({"code": i32::from(status.code()), "message": format!("{refused}{help}")});
            response(code, JSON, body.to_string().into_bytes())
        }
    };
    if refused.is_temporary() {
        response.headers_mut().insert(RETRY_AFTER_HEADER, HeaderValue::from(RETRY_AFTER.as_secs()));
    }
    if refused.kind == Kind::Method {
        allow_post(&mut response);
    }
    response
}

const SHORT_HELP: &str = "; OTLP/HTTP goes to /v1/traces, /v1/logs, /v1/metrics. OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is \
                          used as it is: end it with /v1/traces, or set OTEL_EXPORTER_OTLP_ENDPOINT without a path";

const HELP: &str =
    "This is spanglass, receiving OpenTelemetry data (OTLP). Nothing is shown here: look at its terminal.

Send to
  POST /v1/traces, /v1/logs, /v1/metrics    OTLP/HTTP, protobuf or JSON
  gRPC                                      the same port works

Point an agent here
  OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318    /v1/traces and so on are appended
  OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf            or grpc, with http://localhost:4317
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is used as it is: end it with /v1/traces
";

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
