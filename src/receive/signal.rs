//! The three signals and where each arrives.

use opentelemetry_proto::tonic::collector::{
    logs::v1::logs_service_server, metrics::v1::metrics_service_server, trace::v1::trace_service_server,
};

/// What an export request carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    Traces,
    Logs,
    Metrics,
}

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Protobuf,
    Json,
}

impl Signal {
    pub(super) const ALL: [Self; 3] = [Self::Traces, Self::Logs, Self::Metrics];

    /// Path of OTLP/HTTP.
    pub(super) const fn http_path(self) -> &'static str {
        match self {
            Self::Traces => "/v1/traces",
            Self::Logs => "/v1/logs",
            Self::Metrics => "/v1/metrics",
        }
    }

    /// Name of the gRPC service, whose one method is `Export`.
    pub(super) const fn service(self) -> &'static str {
        match self {
            Self::Traces => trace_service_server::SERVICE_NAME,
            Self::Logs => logs_service_server::SERVICE_NAME,
            Self::Metrics => metrics_service_server::SERVICE_NAME,
        }
    }

    /// The count of a JSON partial success.
    pub(super) const fn rejected_field(self) -> &'static str {
        match self {
            Self::Traces => "rejectedSpans",
            Self::Logs => "rejectedLogRecords",
            Self::Metrics => "rejectedDataPoints",
        }
    }
}
