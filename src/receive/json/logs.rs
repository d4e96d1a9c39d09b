//! Log records from JSON.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs, SeverityNumber};

use crate::receive::remarks::Remarks;

use super::common::{attributes, each, list, records, resource, scope, value};
use super::scalar::{enumeration, integer, optional_id, text};
use super::tree::{Flaw, Json};

/// An export request.
pub(super) fn request(json: Json<'_>, remarks: &mut Remarks) -> Result<ExportLogsServiceRequest, Flaw> {
    let mut request = ExportLogsServiceRequest::default();
    each(json, |key, field| {
        if key == "resourceLogs" {
            request.resource_logs = list(field, |item| resource_logs(item, remarks))?;
        }
        Ok(())
    })?;
    Ok(request)
}

fn resource_logs(json: Json<'_>, remarks: &mut Remarks) -> Result<ResourceLogs, Flaw> {
    let mut logs = ResourceLogs::default();
    each(json, |key, field| {
        match key {
            "resource" => logs.resource = Some(resource(field, remarks)),
            "scopeLogs" | "instrumentationLibraryLogs" => {
                logs.scope_logs = list(field, |item| scope_logs(item, remarks))?;
            }
            "schemaUrl" => logs.schema_url = text(field)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(logs)
}

fn scope_logs(json: Json<'_>, remarks: &mut Remarks) -> Result<ScopeLogs, Flaw> {
    let mut logs = ScopeLogs::default();
    each(json, |key, field| {
        match key {
            "scope" | "instrumentationLibrary" => logs.scope = Some(scope(field, remarks)),
            "logRecords" | "logs" => logs.log_records = records(field, remarks, record)?,
            "schemaUrl" => logs.schema_url = text(field)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(logs)
}

fn record(json: Json<'_>, remarks: &mut Remarks) -> Result<LogRecord, Flaw> {
    let mut record = LogRecord::default();
    each(json, |key, field| {
        match key {
            "timeUnixNano" => record.time_unix_nano = integer(&field)?,
            "observedTimeUnixNano" => record.observed_time_unix_nano = integer(&field)?,
            "severityNumber" => record.severity_number = severity(&field)?,
            "severityText" => record.severity_text = text(field)?,
            "body" => record.body = Some(value(field)?),
            "attributes" => record.attributes = attributes(field)?,
            "droppedAttributesCount" => record.dropped_attributes_count = integer(&field)?,
            "flags" => record.flags = integer(&field)?,
            "traceId" => record.trace_id = optional_id(&field, 16, "trace id of a log record", remarks),
            "spanId" => record.span_id = optional_id(&field, 8, "span id of a log record", remarks),
            "eventName" => record.event_name = text(field)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(record)
}

fn severity(json: &Json<'_>) -> Result<i32, Flaw> {
    enumeration(json, "SEVERITY_NUMBER_", |name| SeverityNumber::from_str_name(name).map(i32::from))
}
