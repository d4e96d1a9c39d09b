//! Which protocol a request speaks and where it wants to go; the same on every port.

use std::convert::Infallible;
use std::sync::Arc;

use hyper::header::{ALLOW, CONTENT_TYPE, ORIGIN};
use hyper::http::HeaderValue;
use hyper::{HeaderMap, Method, Request, Response};
use tonic::body::Body;

use super::cors::Origins;
use super::intake::Intake;
use super::refused::{Kind, Refused};
use super::signal::Signal;
use super::{grpc, http};

/// What requests are answered from.
pub(super) struct Service {
    pub(super) intake: Intake,
    pub(super) origins: Origins,
    /// Without a slash at its end, perhaps empty.
    pub(super) prefix: String,
}

/// Where an HTTP path leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Export(Signal),
    /// Profiles, in development: taken with thanks and dropped.
    Profiles,
}

/// Answers one request; whatever is wrong with it is an answer too.
pub(super) async fn answer<B>(
    service: Arc<Service>,
    request: Request<B>,
) -> Result<Response<Body>, Infallible>
where
    B: hyper::body::Body<Data = bytes::Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    let place = format!("{} {}", request.method(), request.uri().path());
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let answer = if is_grpc(request.headers()) {
        grpc::answer(&service, request).await
    } else {
        http::answer(&service, request).await
    };
    Ok(answer.unwrap_or_else(|(refused, response)| {
        // written with escapes: senders choose some of the words
        tracing::debug!(?place, why = ?refused.message, "request turned away");
        // someone looking with a browser loses no data
        if !is_read {
            service.intake.counters.refused(&place, &refused);
        }
        response
    }))
}

/// A refusal goes with its response, so that it can be counted in one place.
pub(super) type Answer = Result<Response<Body>, (Refused, Response<Body>)>;

/// Also with a suffix such as `+proto`; `grpc-web` is another protocol.
fn is_grpc(headers: &HeaderMap) -> bool {
    let rest = headers.get(CONTENT_TYPE).and_then(|value| value.as_bytes().strip_prefix(b"application/grpc"));
    matches!(rest, Some([] | [b'+' | b';', ..]))
}

impl Service {
    /// Where method, path and origin lead. A page of a strange origin may not write even where a browser lets it.
    pub(super) fn target<B>(&self, request: &Request<B>) -> Result<Target, Refused> {
        let path = request.uri().path();
        let target =
            self.find(path).ok_or_else(|| Refused::new(Kind::NotFound, format!("no such path: {path}")))?;
        if request.method() != Method::POST {
            let message =
                format!("{} is not POST: exporters send here, there is nothing to read", request.method());
            return Err(Refused::new(Kind::Method, message));
        }
        match request.headers().get(ORIGIN) {
            Some(origin) if !self.origins.allow(origin) => {
                let message = format!("origin {origin:?} may not send: allow it in the settings");
                Err(Refused::new(Kind::Forbidden, message))
            }
            _ => Ok(target),
        }
    }

    fn find(&self, path: &str) -> Option<Target> {
        let path = path.strip_prefix(&self.prefix).filter(|rest| rest.starts_with('/')).unwrap_or(path);
        let path = path.trim_end_matches('/');
        if path == "/v1development/profiles" {
            return Some(Target::Profiles);
        }
        Signal::ALL.into_iter().find(|signal| signal.http_path() == path).map(Target::Export)
    }
}

/// Adds what a refused method has to tell.
pub(super) fn allow_post(response: &mut Response<Body>) {
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST, OPTIONS"));
}
