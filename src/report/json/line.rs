//! The objects of the contract, field by field in its order.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::number::{Decimal, rfc3339};
use crate::model::{Finding, FindingCounts, FindingKind, RunSummary, TokenTotals, UnixNanos, Usage};

/// A row with its `type` in front.
#[derive(Serialize)]
pub(super) struct Typed<T> {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(flatten)]
    pub(super) row: T,
}

/// One run.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the fields are the keys of the contract")]
pub(super) struct Run<'a> {
    run_id: &'a str,
    trace_ids: Vec<String>,
    name: &'a str,
    agents: &'a [String],
    service: &'a str,
    session_id: Option<&'a str>,
    user_id: Option<&'a str>,
    tags: &'a [String],
    status: &'static str,
    started_at: Option<String>,
    duration_ms: Option<Decimal>,
    steps: u64,
    llm_calls: u64,
    tool_calls: u64,
    handoffs: u64,
    errors: u64,
    models: &'a [String],
    tokens: Tokens,
    cost_usd: Option<Decimal>,
    cost_source: &'static str,
    findings: Counts<'a>,
    hints: u32,
}

impl<'a> Run<'a> {
    pub(super) fn new(run: &'a RunSummary, now: UnixNanos) -> Self {
        Self {
            run_id: &run.run_id,
            trace_ids: run.trace_ids.iter().map(ToString::to_string).collect(),
            name: &run.name,
            agents: &run.agents,
            service: &run.service,
            session_id: run.session_id.as_deref(),
            user_id: run.user_id.as_deref(),
            tags: &run.tags,
            status: run.times.status(now).name(),
            started_at: rfc3339(run.times.start),
            duration_ms: span_of(run.times.start, run.times.end).map(Decimal::ms),
            steps: run.steps,
            llm_calls: run.llm_calls,
            tool_calls: run.tool_calls,
            handoffs: run.handoffs,
            errors: run.errors,
            models: &run.models,
            tokens: Tokens::of_run(&run.tokens),
            cost_usd: run.cost.known().map(Decimal::usd),
            cost_source: run.cost.source(),
            findings: Counts(&run.findings),
            hints: run.findings.hints,
        }
    }
}

/// From the earliest start to the latest end; unknown while either is.
fn span_of(start: UnixNanos, end: UnixNanos) -> Option<u64> {
    (start != 0 && end != 0).then(|| end.saturating_sub(start))
}

/// Tokens of a step or of a run.
#[derive(Serialize)]
pub(super) struct Tokens {
    input: Option<u64>,
    output: Option<u64>,
    cache_read: Option<u64>,
    cache_write: Option<u64>,
    reasoning: Option<u64>,
    total: Option<u64>,
}

impl Tokens {
    /// `None` where the step reports none.
    pub(super) fn of_step(usage: &Usage) -> Option<Self> {
        usage.is_known().then(|| Self {
            input: usage.input,
            output: usage.output,
            cache_read: usage.cache_read,
            cache_write: usage.cache_write,
            reasoning: usage.reasoning,
            total: usage.total(),
        })
    }

    /// All `null` where no call of the run gave counts: zero would be a claim.
    pub(super) fn of_run(totals: &TokenTotals) -> Self {
        let known = |count: u64| (totals.known > 0 || totals.unknown == 0).then_some(count);
        Self {
            input: known(totals.input),
            output: known(totals.output),
            cache_read: known(totals.cache_read),
            cache_write: known(totals.cache_write),
            reasoning: known(totals.reasoning),
            total: known(totals.total()),
        }
    }
}

/// Alarms and warnings by kind, every kind always there.
struct Counts<'a>(&'a FindingCounts);

impl Serialize for Counts<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(FindingKind::ALL.len()))?;
        for (kind, count) in FindingKind::ALL.iter().zip(self.0.flagged) {
            map.serialize_entry(kind.name(), &count)?;
        }
        map.end()
    }
}

/// One finding.
#[derive(Serialize)]
pub(super) struct Flag<'a> {
    kind: &'static str,
    severity: &'static str,
    message: &'a str,
    steps: Vec<String>,
    members: &'a [String],
    repeats: u32,
    period: u32,
    wasted_tokens: u64,
    wasted_cost_usd: Option<Decimal>,
    dismissed: bool,
    wasted_ms: f64,
    rule: &'static str,
    changed: Option<&'a str>,
}

impl<'a> Flag<'a> {
    pub(super) fn new(finding: &'a Finding) -> Self {
        Self {
            kind: finding.kind.name(),
            severity: finding.severity.name(),
            message: &finding.message,
            steps: finding.steps.iter().map(ToString::to_string).collect(),
            members: &finding.members,
            repeats: finding.repeats,
            period: finding.period,
            wasted_tokens: finding.wasted_tokens,
            wasted_cost_usd: finding.wasted_cost.map(Decimal::usd),
            dismissed: finding.dismissed,
            wasted_ms: finding.wasted_time as f64 / 1e6,
            rule: finding.rule,
            changed: finding.changed.as_deref(),
        }
    }
}
