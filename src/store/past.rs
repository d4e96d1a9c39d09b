//! What is asked of runs and findings beyond one run: how earlier runs went, what was found in all.

use rusqlite::Connection;

use super::{Group, Reader, StoreError};
use crate::model::{FindingKind, NanoUsd, PastRun, RunKey, RunSummary, Severity, SpanId};

/// A finding as far as counting needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundMark {
    /// Its run.
    pub run: RunKey,
    /// What it is.
    pub kind: FindingKind,
    /// How bad.
    pub severity: Severity,
    /// Rule; empty in files written before rules were told.
    pub rule: String,
    /// First member step.
    pub step: Option<SpanId>,
}

/// Runs of this name that ended well and began before, the latest first. `merged` is the column, or what stands for it.
fn past_runs(conn: &Connection, name: &str, before: i64, merged: &str) -> Result<Vec<PastRun>, StoreError> {
    let sql = format!(
        "SELECT end_time - start_time, iif(costs_unknown = 0, cost_nano_usd, NULL) FROM run \
         WHERE name = ?1 AND start_time < ?2 AND start_time > 0 AND complete > 0 AND NOT failed AND agentic \
         AND {merged} IS NULL ORDER BY start_time DESC LIMIT {}",
        PastRun::MOST
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let past = statement.query_map((name, before), |row| {
        let cost: Option<i64> = row.get(1)?;
        Ok(PastRun { duration: row.get::<_, i64>(0)?.max(0).cast_unsigned(), cost: cost.map(NanoUsd) })
    })?;
    Ok(past.collect::<Result<_, _>>()?)
}

impl Group<'_> {
    /// Runs of the same name as `run` that ended well and began before it, the latest first.
    ///
    /// # Errors
    /// SQLite's.
    pub fn past_runs(&self, run: &RunSummary) -> Result<Vec<PastRun>, StoreError> {
        past_runs(&self.writer.conn, &run.name, run.times.start.cast_signed(), "merged_into")
    }
}

impl Reader {
    /// Runs of the same name as `run` that ended well and began before it, the latest first.
    ///
    /// # Errors
    /// SQLite's.
    pub fn past_runs(&self, run: &RunSummary) -> Result<Vec<PastRun>, StoreError> {
        let merged = self.sql_for_file("merged_into");
        past_runs(&self.conn, &run.name, run.times.start.cast_signed(), &merged)
    }

    /// Every finding of every run, as they were when the runs last changed.
    ///
    /// # Errors
    /// SQLite's.
    pub fn found_marks(&self) -> Result<Vec<FoundMark>, StoreError> {
        let sql = self.sql_for_file(
            "SELECT run_key, kind, severity, coalesce(finding.rule, ''), steps ->> '$[0]' FROM finding",
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        let mut marks = Vec::new();
        while let Some(row) = rows.next()? {
            let (kind, severity): (String, String) = (row.get(1)?, row.get(2)?);
            // what a later version found has no place in these counts
            let (Some(kind), Some(severity)) =
                (FindingKind::from_name(&kind), Severity::from_name(&severity))
            else {
                continue;
            };
            let step: Option<String> = row.get(4)?;
            marks.push(FoundMark {
                run: RunKey(row.get(0)?),
                kind,
                severity,
                rule: row.get(3)?,
                step: step.and_then(|id| id.parse().ok()),
            });
        }
        Ok(marks)
    }
}
