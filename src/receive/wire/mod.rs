//! OTLP protobuf bodies to messages. The fast path is prost's; what it refuses is mended where that can be done.

mod count;
mod mend;
mod schema;

use opentelemetry_proto::tonic::collector::{
    logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
    trace::v1::ExportTraceServiceRequest,
};
use prost::Message;

use super::refused::Refused;
use super::remarks::Remarks;
use super::signal::Signal;
use schema::Schema;

/// An export request that knows the layout of its bytes.
pub(super) trait Request: Message + Default {
    /// Layout for mending.
    const SCHEMA: &Schema;
}

impl Request for ExportTraceServiceRequest {
    const SCHEMA: &Schema = &schema::TRACES;
}

impl Request for ExportLogsServiceRequest {
    const SCHEMA: &Schema = &schema::LOGS;
}

impl Request for ExportMetricsServiceRequest {
    const SCHEMA: &Schema = &schema::METRICS;
}

/// Messages that `body` holds at every level; fewer where it is malformed.
pub(super) fn count_messages(signal: Signal, body: &[u8]) -> usize {
    let schema = match signal {
        Signal::Traces => &schema::TRACES,
        Signal::Logs => &schema::LOGS,
        Signal::Metrics => &schema::METRICS,
    };
    count::messages(schema, body, mend::MAX_DEPTH)
}

/// Reads a request. One text that is not UTF-8 or one record that cannot be read fails a whole message in prost: then
/// texts are mended and such records left out, and `remarks` says so.
pub(super) fn read<M: Request>(body: &[u8], remarks: &mut Remarks) -> Result<M, Refused> {
    M::decode(body).or_else(|error| {
        let malformed =
            |why: &dyn std::fmt::Display| Refused::malformed(format!("not an OTLP protobuf message: {why}"));
        let mended = mend::mend(M::SCHEMA, body).map_err(|_| malformed(&error))?;
        if mended.kept_records == 0 && mended.remarks.rejected > 0 {
            return Err(malformed(&mended.remarks.reason().unwrap_or_default()));
        }
        *remarks = mended.remarks;
        M::decode(&*mended.bytes).map_err(|error| malformed(&error))
    })
}
