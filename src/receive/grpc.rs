//! OTLP/gRPC: three services with one unary method each.
//!
//! The framing is done here, not by tonic's server: that reads and inflates whole messages before anyone can refuse
//! them, answers too large ones with the retryable `OUT_OF_RANGE`, and inflates on the threads that serve sockets.

use bytes::{BufMut, Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::header::{CONTENT_TYPE, HeaderName};
use hyper::http::HeaderValue;
use hyper::{HeaderMap, Request, Response};
use tonic::body::Body;

use super::body;
use super::http::{declared, partial};
use super::inflate::{self, Coding};
use super::intake::Delivery;
use super::refused::{Kind, Refused};
use super::remarks::Remarks;
use super::route::{Answer, Service};
use super::signal::{Encoding, Signal};

/// A flag and a length stand before every message.
const PREFIX: usize = 5;
/// Names for `grpc-accept-encoding`.
const ACCEPTED: HeaderValue = HeaderValue::from_static("identity,gzip,zstd,deflate");

/// Answers one call.
pub(super) async fn answer<B>(service: &Service, mut request: Request<B>) -> Answer
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    match receive(service, &mut request).await {
        Ok(remarks) => Ok(success(&remarks)),
        Err(refused) => {
            body::discard(request.body_mut()).await;
            let mut response = refused.status().into_http::<Body>();
            response.headers_mut().insert("grpc-accept-encoding", ACCEPTED);
            Err((refused, response))
        }
    }
}

async fn receive<B>(service: &Service, request: &mut Request<B>) -> Result<Remarks, Refused>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    let signal = signal(request.uri().path())?;
    let codings = codings(request.headers())?;
    let intake = &service.intake;
    let mut reservation = intake.budget.open();
    let declared = declared(request.headers());
    let frame =
        body::read(request.body_mut(), declared, announced, intake.max_body, &mut reservation).await?;
    let (compressed, body) = unframe(frame)?;
    let codings = if compressed { codings } else { Vec::new() };
    intake.take(Delivery { signal, encoding: Encoding::Protobuf, codings, body, reservation }).await
}

fn signal(path: &str) -> Result<Signal, Refused> {
    let service = path.strip_prefix('/').and_then(|p| p.strip_suffix("/Export"));
    Signal::ALL
        .into_iter()
        .find(|signal| Some(signal.service()) == service)
        .ok_or_else(|| Refused::new(Kind::NotFound, format!("no such method: {path}")))
}

fn codings(headers: &HeaderMap) -> Result<Vec<Coding>, Refused> {
    headers
        .get("grpc-encoding")
        .map_or(Ok(Vec::new()), |name| inflate::parse(name.to_str().unwrap_or("unreadable")))
}

/// Length of the whole frame by its prefix; 0 if that has not come yet.
fn announced(start: &[u8]) -> usize {
    start.first_chunk().map_or(0, |&[_, a, b, c, d]: &[u8; PREFIX]| {
        (u32::from_be_bytes([a, b, c, d]) as usize).saturating_add(PREFIX)
    })
}

/// The one message of a unary call, and whether it is compressed.
fn unframe(mut frame: Bytes) -> Result<(bool, Bytes), Refused> {
    let Some(&[flag, a, b, c, d]) = frame.first_chunk::<PREFIX>() else {
        return Err(Refused::malformed("no whole gRPC message"));
    };
    let message = frame.split_off(PREFIX);
    let length = u32::from_be_bytes([a, b, c, d]) as usize;
    if message.len() != length {
        let why = format!("a gRPC message of {length} bytes was announced, {} came", message.len());
        return Err(Refused::malformed(why));
    }
    match flag {
        0 => Ok((false, message)),
        1 => Ok((true, message)),
        _ => Err(Refused::malformed(format!("compression flag {flag} is neither 0 nor 1"))),
    }
}

fn success(remarks: &Remarks) -> Response<Body> {
    let message = remarks.message().map_or_else(Vec::new, |text| partial(remarks.rejected, text));
    let mut frame = BytesMut::with_capacity(PREFIX + message.len());
    frame.put_u8(0);
    // a line of text is far below 4 GiB
    frame.put_u32(u32::try_from(message.len()).unwrap_or_default());
    frame.put_slice(&message);
    let trailers =
        HeaderMap::from_iter([(HeaderName::from_static("grpc-status"), HeaderValue::from_static("0"))]);
    let body = Full::new(frame.freeze()).with_trailers(std::future::ready(Some(Ok(trailers))));
    let mut response = Response::new(Body::new(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    response.headers_mut().insert("grpc-accept-encoding", ACCEPTED);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(flag: u8, length: u32, message: &[u8]) -> Bytes {
        [&[flag], &length.to_be_bytes()[..], message].concat().into()
    }

    #[test]
    fn a_frame_holds_exactly_one_message() {
        assert_eq!(unframe(framed(0, 3, b"abc")).unwrap(), (false, Bytes::from("abc")));
        assert_eq!(unframe(framed(1, 0, b"")).unwrap(), (true, Bytes::new()));
        let bad = [
            Bytes::new(),
            Bytes::from("\0\0\0\0"),
            framed(0, 4, b"abc"),
            framed(0, 2, b"abc"),
            framed(2, 0, b""),
        ];
        for frame in bad {
            assert_eq!(unframe(frame.clone()).unwrap_err().kind, Kind::Malformed, "{frame:?}");
        }
    }

    #[test]
    fn the_prefix_announces_the_whole_frame() {
        assert_eq!(announced(&framed(0, 3, b"a")), 8);
        assert_eq!(announced(b"\0\0"), 0);
        assert!(announced(&framed(0, u32::MAX, b"")) > u32::MAX as usize);
    }

    #[test]
    fn only_the_three_export_methods_exist() {
        assert_eq!(
            signal("/opentelemetry.proto.collector.logs.v1.LogsService/Export").unwrap(),
            Signal::Logs
        );
        for path in
            ["/", "/opentelemetry.proto.collector.logs.v1.LogsService/Import", "/grpc.health.v1.Health/Check"]
        {
            assert_eq!(signal(path).unwrap_err().kind, Kind::NotFound, "{path}");
        }
    }
}
