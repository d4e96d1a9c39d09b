//! Clients and what their telemetry lacks.

use serde::Serialize;

use crate::analyze::checkup::{Found, Patient};

/// One client.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the fields are the keys of the contract")]
pub(super) struct Client<'a> {
    service: &'a str,
    scope: &'a str,
    scope_version: Option<&'a str>,
    client: &'a str,
    runs: u64,
    spans: u64,
    log_records: u64,
    metrics: u64,
    model_calls: u64,
    tool_calls: u64,
    told_by: Option<&'a str>,
    gaps: Vec<Gap<'a>>,
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the fields are the keys of the contract")]
struct Gap<'a> {
    gap: &'static str,
    message: &'static str,
    count: u64,
    of: u64,
    limit: Option<usize>,
    example: Option<Example<'a>>,
    setting: Option<&'a str>,
}

#[derive(Serialize)]
struct Example<'a> {
    name: &'a str,
    trace_id: Option<String>,
}

impl<'a> Client<'a> {
    pub(super) fn new(patient: &'a Patient) -> Self {
        let (sender, sums) = (&patient.sender, &patient.sums);
        Self {
            service: &sender.service,
            scope: &sender.scope,
            scope_version: Some(sender.version.as_str()).filter(|version| !version.is_empty()),
            client: patient.client,
            runs: sums.runs(),
            spans: sums.spans,
            log_records: sums.logs,
            metrics: sums.metrics,
            model_calls: sums.model_calls,
            tool_calls: sums.tool_calls,
            told_by: patient.told_by.as_deref(),
            gaps: patient.gaps.iter().map(|(found, setting)| gap(found, *setting)).collect(),
        }
    }
}

fn gap<'a>(found: &'a Found, setting: Option<&'static str>) -> Gap<'a> {
    Gap {
        gap: found.gap.name(),
        message: found.gap.title(),
        count: found.count,
        of: found.of,
        limit: found.limit,
        example: found.example.as_ref().map(|example| Example {
            name: &example.name,
            trace_id: example.trace_id.map(|id| id.to_string()),
        }),
        setting,
    }
}
