//! Run summaries as rows.

use rusqlite::types::Value as Sql;
use rusqlite::{CachedStatement, Row};

use super::StoreError;
use super::rows::{Binder, Columns, list, signed};
use crate::model::{
    CostTotal, FindingCounts, FindingKind, NanoUsd, RunKey, RunSummary, RunTimes, TokenTotals,
};

/// Columns that [`put_run`] writes and [`read_run`] reads, trace ids aside.
const RUN: [&str; 36] = [
    "run_key",
    "run_id",
    "revision",
    "name",
    "task",
    "agents",
    "service",
    "session_id",
    "user_id",
    "start_time",
    "end_time",
    "received_time",
    "complete",
    "failed",
    "steps",
    "llm_calls",
    "tool_calls",
    "handoffs",
    "errors",
    "models",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "calls_with_tokens",
    "calls_without_tokens",
    "cost_nano_usd",
    "costs_reported",
    "costs_computed",
    "costs_unknown",
    "findings",
    "hints",
    "agentic",
    "merged_into",
    "tags",
];

/// Where in a row of [`read_run_sql`] the kinds of alarms stand; the ids of traces follow.
const ALARMS: usize = RUN.len();

/// Statement that writes a run.
pub(super) fn put_run_sql() -> String {
    let marks: Vec<String> = (1..=RUN.len()).map(|n| format!("?{n}")).collect();
    let updates: Vec<String> = RUN[1..].iter().map(|c| format!("{c} = excluded.{c}")).collect();
    format!(
        "INSERT INTO run ({}) VALUES ({}) ON CONFLICT (run_key) DO UPDATE SET {}",
        RUN.join(", "),
        marks.join(", "),
        updates.join(", ")
    )
}

/// Statement that reads runs, with a condition to be appended. Traces that were made for log records are left out.
pub(super) fn read_run_sql() -> String {
    format!(
        "SELECT {}, iif(findings = '{{}}', NULL, (SELECT group_concat(DISTINCT kind) FROM finding \
         WHERE finding.run_key = run.run_key AND severity = 'alarm')), (SELECT group_concat(lower(hex(trace_id))) FROM trace WHERE trace.run_key = run.run_key \
         AND NOT made ORDER BY trace_key) FROM run",
        RUN.join(", ")
    )
}

/// Writes `run` with the statement of [`put_run_sql`].
pub(super) fn put_run(statement: &mut CachedStatement<'_>, run: &RunSummary) -> Result<(), StoreError> {
    let mut row = Binder(statement, 0);
    row.put(run.key.0)?.put(&run.run_id)?.put(run.revision)?.put(&run.name)?.put(&run.task)?;
    row.put(list(&run.agents))?.put(&run.service)?.put(&run.session_id)?.put(&run.user_id)?;
    let t = &run.times;
    row.put(t.start.cast_signed())?.put(t.end.cast_signed())?.put(t.received.cast_signed())?;
    // 2: nothing tells the end
    row.put(i64::from(t.complete) + i64::from(t.complete && t.open_end))?.put(t.failed)?;
    for count in [run.steps, run.llm_calls, run.tool_calls, run.handoffs, run.errors] {
        row.put(signed(count))?;
    }
    row.put(list(&run.models))?;
    let k = &run.tokens;
    for count in [k.input, k.output, k.cache_read, k.cache_write, k.reasoning, k.known, k.unknown] {
        row.put(signed(count))?;
    }
    row.put(run.cost.amount.0)?;
    for count in [run.cost.reported, run.cost.computed, run.cost.unknown] {
        row.put(signed(count))?;
    }
    row.put(findings(&run.findings))?.put(run.findings.hints)?.put(run.agentic)?;
    row.put(run.merged_into.map(|into| into.0))?;
    row.put(Some(&run.tags).filter(|tags| !tags.is_empty()).map(|tags| list(tags)))?;
    row.run()?;
    Ok(())
}

fn findings(counts: &FindingCounts) -> String {
    let named = FindingKind::ALL.iter().zip(counts.flagged).filter(|(_, count)| *count > 0);
    let named: Vec<String> = named.map(|(kind, count)| format!("\"{}\":{count}", kind.name())).collect();
    format!("{{{}}}", named.join(","))
}

/// Reads a row of [`read_run_sql`].
pub(super) fn read_run(row: &Row<'_>) -> rusqlite::Result<RunSummary> {
    let mut c = Columns(row, 0);
    let complete: i64 = row.get("complete")?;
    Ok(RunSummary {
        key: RunKey(c.take()?),
        run_id: c.take()?,
        revision: c.take()?,
        name: c.take()?,
        task: c.take()?,
        agents: c.texts()?,
        service: c.take()?,
        session_id: c.take()?,
        user_id: c.take()?,
        times: RunTimes {
            start: c.count()?,
            end: c.count()?,
            received: c.count()?,
            complete: c.take()?,
            open_end: complete == 2,
            failed: c.take()?,
        },
        steps: c.count()?,
        llm_calls: c.count()?,
        tool_calls: c.count()?,
        handoffs: c.count()?,
        errors: c.count()?,
        models: c.texts()?,
        tokens: TokenTotals {
            input: c.count()?,
            output: c.count()?,
            cache_read: c.count()?,
            cache_write: c.count()?,
            reasoning: c.count()?,
            known: c.count()?,
            unknown: c.count()?,
        },
        cost: CostTotal {
            amount: NanoUsd(c.take()?),
            reported: c.count()?,
            computed: c.count()?,
            unknown: c.count()?,
        },
        findings: read_findings(c.take()?, c.take()?, row.get_ref(ALARMS)?.as_str_or_null()?),
        agentic: c.take()?,
        merged_into: c.take::<Option<i64>>()?.map(RunKey),
        tags: c.texts_or_none()?,
        trace_ids: {
            let ids: Option<String> = row.get(ALARMS + 1)?;
            ids.iter().flat_map(|ids| ids.split(',')).filter_map(|id| id.parse().ok()).collect()
        },
    })
}

/// Counts, and the kinds of which one is an alarm, with commas between.
fn read_findings(json: Sql, hints: u32, alarms: Option<&str>) -> FindingCounts {
    let kinds = alarms.into_iter().flat_map(|kinds| kinds.split(',')).filter_map(FindingKind::from_name);
    let alarms = kinds.fold(0, |bits, kind| bits | 1 << kind as u32);
    let Sql::Text(json) = json else { return FindingCounts { hints, ..FindingCounts::default() } };
    let counts: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&json).unwrap_or_default();
    let count = |kind: FindingKind| {
        counts
            .get(kind.name())
            .and_then(serde_json::Value::as_u64)
            .and_then(|n| u32::try_from(n).ok())
            .unwrap_or(0)
    };
    FindingCounts { flagged: FindingKind::ALL.map(count), hints, alarms }
}
