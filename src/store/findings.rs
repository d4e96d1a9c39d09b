//! Findings as rows, for people with a SQL prompt.

use super::{Group, StoreError, json};
use crate::model::{Finding, RunKey};

impl Group<'_> {
    /// Writes the findings of a run in place of those it had.
    ///
    /// # Errors
    /// SQLite's.
    pub fn put_findings(&mut self, run: RunKey, findings: &[Finding]) -> Result<(), StoreError> {
        let conn = &self.writer.conn;
        conn.prepare_cached("DELETE FROM finding WHERE run_key = ?1")?.execute([run.0])?;
        let mut insert = conn.prepare_cached(
            "INSERT INTO finding (run_key, kind, severity, message, steps, members, repeats, period, wasted_tokens, \
             wasted_cost_nano_usd, rule, changed, rounds, wasted_time) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?;
        for finding in findings {
            insert.execute((
                run.0,
                finding.kind.name(),
                finding.severity.name(),
                &finding.message,
                text_list(finding.steps.iter().map(ToString::to_string)),
                text_list(finding.members.iter().cloned()),
                finding.repeats,
                finding.period,
                i64::try_from(finding.wasted_tokens).unwrap_or(i64::MAX),
                finding.wasted_cost.map(|cost| cost.0),
                finding.rule,
                &finding.changed,
                format!("[{}]", finding.rounds.iter().map(u32::to_string).collect::<Vec<_>>().join(",")),
                i64::try_from(finding.wasted_time).unwrap_or(i64::MAX),
            ))?;
        }
        Ok(())
    }
}

fn text_list(texts: impl Iterator<Item = String>) -> String {
    let texts: Vec<String> = texts.collect();
    let mut out = String::new();
    json::write_plain_list(&mut out, '[', ']', &texts, |out, text| json::write_str(out, text));
    out
}
