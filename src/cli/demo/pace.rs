//! When what is sent: each run's exporter sends what ended since its last batch, as SDKs do.

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};

use super::plan::Plan;
use super::span::pair;

/// Exporters send this often: SDKs wait up to 5 s, which is too long for people who watch.
const PERIOD: u64 = 700_000_000;

/// What one exporter sends at once.
pub(super) struct Batch {
    /// When, in the demo's time.
    pub(super) at: u64,
    /// What.
    pub(super) request: ExportTraceServiceRequest,
}

/// The batches of all runs in the order of time.
pub(super) fn batches(plans: Vec<Plan>, start: u64) -> Vec<Batch> {
    let mut slots: BTreeMap<(u64, usize), (String, Vec<Span>)> = BTreeMap::new();
    for (run, plan) in plans.into_iter().enumerate() {
        for span in plan.spans {
            let slot = span.end_time_unix_nano.saturating_sub(start) / PERIOD + 1;
            let entry = slots.entry((slot, run)).or_insert_with(|| (plan.service.clone(), Vec::new()));
            entry.1.push(span);
        }
    }
    let batch = |((slot, _), (service, spans)): ((u64, usize), (String, Vec<Span>))| Batch {
        at: start + slot * PERIOD,
        request: request(&service, spans),
    };
    slots.into_iter().map(batch).collect()
}

fn request(service: &str, spans: Vec<Span>) -> ExportTraceServiceRequest {
    let attributes = vec![pair("service.name", service), pair("telemetry.sdk.language", "python")];
    let scope = InstrumentationScope { name: "spanglass.demo".to_owned(), ..InstrumentationScope::default() };
    let scope_spans = vec![ScopeSpans { scope: Some(scope), spans, schema_url: String::new() }];
    let resource = Some(Resource { attributes, ..Resource::default() });
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans { resource, scope_spans, schema_url: String::new() }],
    }
}

#[cfg(test)]
mod tests {
    use super::super::{plan, script};
    use super::*;

    const START: u64 = 1_767_225_600_000_000_000;

    fn spans(batch: &Batch) -> impl Iterator<Item = &Span> {
        batch.request.resource_spans.iter().flat_map(|r| &r.scope_spans).flat_map(|s| &s.spans)
    }

    #[test]
    fn every_span_is_sent_once_and_soon_after_its_end() {
        let plans = plan::plans(&script::all().unwrap(), 5, START);
        let planned: usize = plans.iter().map(|plan| plan.spans.len()).sum();
        let batches = batches(plans, START);
        assert_eq!(batches.iter().flat_map(spans).count(), planned);
        assert!(batches.is_sorted_by_key(|batch| batch.at));
        for (batch, span) in batches.iter().flat_map(|batch| spans(batch).map(move |span| (batch, span))) {
            let waited = batch.at - span.end_time_unix_nano;
            assert!(waited <= PERIOD, "{} waited {waited} ns", span.name);
        }
    }
}
