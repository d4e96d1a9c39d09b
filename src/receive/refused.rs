//! Why a whole request is turned away, and how each protocol says so.

use std::fmt;
use std::time::Duration;

use hyper::StatusCode;
use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// When to try again after a refusal that passes: about two commits of a busy writer.
pub(super) const RETRY_AFTER: Duration = Duration::from_secs(RETRY_SECONDS as u64);
const RETRY_SECONDS: u8 = 1;

/// [`RETRY_AFTER`] as `google.rpc.RetryInfo`: `retry_delay` (1) of `seconds` (1).
const RETRY_INFO: [u8; 4] = [0x0a, 2, 0x08, RETRY_SECONDS];

/// The sort of refusal; decides code, status and whether the sender keeps the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Malformed,
    TooLarge,
    Encoding,
    NotFound,
    Method,
    Forbidden,
    Stalled,
    Busy,
    Internal,
}

impl Kind {
    /// HTTP status and gRPC code. Exporters retry 503 and `UNAVAILABLE` and give up on the others, except for a stalled
    /// body, which nobody reads an answer to.
    const fn codes(self) -> (StatusCode, Code) {
        match self {
            Self::Malformed => (StatusCode::BAD_REQUEST, Code::InvalidArgument),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, Code::ResourceExhausted),
            Self::Encoding => (StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::Unimplemented),
            Self::NotFound => (StatusCode::NOT_FOUND, Code::Unimplemented),
            Self::Method => (StatusCode::METHOD_NOT_ALLOWED, Code::Unimplemented),
            Self::Forbidden => (StatusCode::FORBIDDEN, Code::PermissionDenied),
            Self::Stalled => (StatusCode::REQUEST_TIMEOUT, Code::DeadlineExceeded),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, Code::Internal),
        }
    }
}

/// A request turned away, with one line that says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) kind: Kind,
    pub(super) message: String,
}

impl Refused {
    pub(super) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self::new(Kind::Malformed, message)
    }

    /// The limit that was broken, in the words exporters' users search for.
    pub(super) fn too_large(limit: usize) -> Self {
        Self::new(Kind::TooLarge, format!("body too large: larger than {limit} bytes when decompressed"))
    }

    /// Whether sending the same again later helps.
    pub(super) fn is_temporary(&self) -> bool {
        self.kind == Kind::Busy
    }

    pub(super) const fn http_status(&self) -> StatusCode {
        self.kind.codes().0
    }

    /// As gRPC answers it; its details are a `google.rpc.Status`, which OTLP/HTTP sends as the body.
    pub(super) fn status(&self) -> Status {
        let (details, metadata) = match self.kind {
            Kind::Busy => (ErrorDetails::with_retry_info(Some(RETRY_AFTER)), retry_metadata()),
            Kind::Malformed => {
                (ErrorDetails::with_bad_request_violation("body", &*self.message), MetadataMap::new())
            }
            _ => (ErrorDetails::new(), MetadataMap::new()),
        };
        Status::with_error_details_and_metadata(self.kind.codes().1, &*self.message, details, metadata)
    }
}

/// The delay where Python's exporter looks for it.
fn retry_metadata() -> MetadataMap {
    let mut metadata = MetadataMap::new();
    metadata.insert_bin("google.rpc.retryinfo-bin", MetadataValue::from_bytes(&RETRY_INFO));
    metadata
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use tonic_types::pb;

    use super::*;

    #[test]
    fn only_a_passing_refusal_tells_when_to_retry() {
        let busy = Refused::new(Kind::Busy, "full").status();
        assert_eq!(busy.get_error_details().retry_info().unwrap().retry_delay, Some(RETRY_AFTER));
        for kind in [Kind::Malformed, Kind::TooLarge, Kind::Encoding, Kind::Internal] {
            assert!(Refused::new(kind, "no").status().get_error_details().retry_info().is_none(), "{kind:?}");
        }
    }

    #[test]
    fn the_metadata_for_python_says_the_same_as_the_details() {
        let info = pb::RetryInfo::decode(&RETRY_INFO[..]).unwrap();
        assert_eq!(info.retry_delay.unwrap().seconds, 1);
    }
}
