//! OTLP/JSON bodies to the same messages that protobuf gives, as real exporters and dumps write them.
//!
//! Liberal where `otlp.md` 4 says so: names in camel or snake case, enums by name, ids in hex or base64, 64-bit numbers
//! as text, number or `{low, high}`, `null` for absent, names from before 1.0. A record that cannot be read is left out
//! alone. Nesting is bounded by [`tree`], so recursion over it is too.

mod common;
mod logs;
mod metrics;
mod scalar;
mod text;
mod traces;
mod tree;

use opentelemetry_proto::tonic::collector::{
    logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
    trace::v1::ExportTraceServiceRequest,
};

use super::refused::Refused;
use super::remarks::Remarks;
use tree::{Flaw, Json};

/// An export request of spans.
pub(super) fn traces(body: &[u8], remarks: &mut Remarks) -> Result<ExportTraceServiceRequest, Refused> {
    read(body, remarks, traces::request)
}

/// An export request of log records.
pub(super) fn logs(body: &[u8], remarks: &mut Remarks) -> Result<ExportLogsServiceRequest, Refused> {
    read(body, remarks, logs::request)
}

/// An export request of metrics.
pub(super) fn metrics(body: &[u8], remarks: &mut Remarks) -> Result<ExportMetricsServiceRequest, Refused> {
    read(body, remarks, metrics::request)
}

/// Parses `body` and hands the tree to `walk`.
fn read<M>(
    body: &[u8],
    remarks: &mut Remarks,
    walk: impl FnOnce(Json<'_>, &mut Remarks) -> Result<M, Flaw>,
) -> Result<M, Refused> {
    let malformed = |why: &dyn std::fmt::Display| Refused::malformed(format!("not OTLP JSON: {why}"));
    let text = text::utf8(body, remarks);
    if let Ok(tree) = tree::parse(&text) {
        return walk(tree, remarks).map_err(|flaw| malformed(&flaw));
    }
    let mended = text::mend_surrogates(&text, remarks);
    let tree = tree::parse(&mended).map_err(|error| malformed(&error))?;
    walk(tree, remarks).map_err(|flaw| malformed(&flaw))
}

#[cfg(test)]
mod tests;
