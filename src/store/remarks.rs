//! What was found in a run, as far as a line about it needs to know.

use super::{Reader, StoreError};
use crate::model::{FindingKind, NanoUsd, Remark, RunKey, Severity};

impl Reader {
    /// What was found in `run` when it last changed, the worst first, of equal ones the most wasteful. Kinds of later
    /// versions are left out.
    ///
    /// # Errors
    /// SQLite's.
    pub fn remarks(&self, run: RunKey) -> Result<Vec<Remark>, StoreError> {
        let sql = self.sql_for_file(
            "SELECT kind, severity, coalesce(finding.rule, ''), message, steps ->> '$[0]', wasted_tokens, \
             wasted_cost_nano_usd FROM finding WHERE run_key = ?1",
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([run.0])?;
        let mut remarks = Vec::new();
        while let Some(row) = rows.next()? {
            remarks.extend(remark(row)?);
        }
        remarks.sort_by_key(|remark| std::cmp::Reverse((remark.severity, remark.wasted_tokens)));
        Ok(remarks)
    }
}

fn remark(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<Remark>> {
    let (kind, severity): (String, String) = (row.get(0)?, row.get(1)?);
    let (Some(kind), Some(severity)) = (FindingKind::from_name(&kind), Severity::from_name(&severity)) else {
        return Ok(None);
    };
    let step: Option<String> = row.get(4)?;
    let tokens: i64 = row.get(5)?;
    let cost: Option<i64> = row.get(6)?;
    Ok(Some(Remark {
        kind,
        severity,
        rule: row.get(2)?,
        message: row.get(3)?,
        step: step.and_then(|id| id.parse().ok()),
        wasted_tokens: tokens.max(0).cast_unsigned(),
        wasted_cost: cost.map(NanoUsd),
    }))
}
