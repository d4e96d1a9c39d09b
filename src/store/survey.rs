//! Every record of a file, one after the other: for checks of the whole. Nothing but the record at hand is in memory.

use std::sync::Arc;

use rusqlite::{CachedStatement, OptionalExtension as _, Row};

use super::raw::{LogEntry, RawSpan};
use super::reader::Reader;
use super::replay::Senders;
use super::rows::read_step;
use super::shared::Shared;
use super::{SpanRecord, StoreError};
use crate::model::{LogRecord, Resource, RunKey, Scope, Step};

/// A span on its way through a survey.
#[derive(Clone, Debug)]
pub struct SurveyedSpan {
    /// The span, who sent it, and the log records tied to it.
    pub record: SpanRecord,
    /// What it means; `None` where nothing was derived yet.
    pub step: Option<Step>,
    /// Run it belongs to.
    pub run: RunKey,
    /// It names a parent that is not in the file.
    pub parent_missing: bool,
}

/// A log record on its way through a survey.
#[derive(Clone, Debug)]
pub struct SurveyedLog {
    /// The record.
    pub log: LogRecord,
    /// Who sent it.
    pub resource: Arc<Resource>,
    /// The instrumentation that made it.
    pub scope: Arc<Scope>,
    /// Run it belongs to, if it is tied to a trace.
    pub run: Option<RunKey>,
}

/// Who sent a record.
type Origin = (Arc<Resource>, Arc<Scope>);

impl Reader {
    /// Shows every span to `each`, in order of arrival, with content put together and its log records.
    ///
    /// # Errors
    /// SQLite's; damage.
    pub fn for_each_span(&self, mut each: impl FnMut(&SurveyedSpan)) -> Result<(), StoreError> {
        let mut senders = Senders::default();
        let sql = format!(
            "SELECT {}, trace.run_key, parent_span_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM span AS parent \
             WHERE parent.trace_key = span.trace_key AND parent.span_id = span.parent_span_id) AS parent_missing \
             FROM span JOIN trace USING (trace_key) ORDER BY span_key",
            RawSpan::COLUMNS
        );
        let mut spans = self.conn.prepare(&sql)?;
        let mut steps = self.conn.prepare_cached(&format!(
            "SELECT {} FROM step JOIN trace USING (trace_key) WHERE step_key = ?1",
            self.step_columns
        ))?;
        let mut rows = spans.query([])?;
        while let Some(row) = rows.next()? {
            let raw = RawSpan::read(row)?;
            let (resource, scope) = senders.of(self, raw.source())?;
            let logs = self.logs(raw.trace_key, raw.span_id)?;
            each(&SurveyedSpan {
                step: step(&mut steps, row.get("span_key")?)?,
                run: RunKey(row.get("run_key")?),
                parent_missing: row.get("parent_missing")?,
                record: SpanRecord { span: self.finish(raw)?, resource, scope, logs },
            });
        }
        Ok(())
    }

    /// Shows every log record to `each`, in order of arrival.
    ///
    /// # Errors
    /// SQLite's; damage.
    pub fn for_each_log(&self, mut each: impl FnMut(&SurveyedLog)) -> Result<(), StoreError> {
        let mut senders = Senders::default();
        let sql = format!(
            "SELECT {}, run_key FROM log_record LEFT JOIN trace USING (trace_key) ORDER BY log_key",
            LogEntry::COLUMNS
        );
        let mut logs = self.conn.prepare(&sql)?;
        let mut rows = logs.query([])?;
        while let Some(row) = rows.next()? {
            let (resource, scope) = senders.of(self, LogEntry::source(row)?)?;
            each(&SurveyedLog {
                log: self.log(row)?,
                resource,
                scope,
                run: row.get::<_, Option<i64>>("run_key")?.map(RunKey),
            });
        }
        Ok(())
    }

    /// Number of metrics by who sent them.
    ///
    /// # Errors
    /// SQLite's; damage.
    pub fn metric_counts(&self) -> Result<Vec<(Origin, u64)>, StoreError> {
        let mut senders = Senders::default();
        let mut statement = self.conn.prepare(
            "SELECT resource_key, scope_key, count(*) FROM metric GROUP BY resource_key, scope_key ORDER BY min(metric_key)",
        )?;
        let counts = statement.query_map([], |row| Ok((LogEntry::source(row)?, row.get::<_, u32>(2)?)))?;
        counts
            .map(|count| {
                let (source, count) = count?;
                Ok((senders.of(self, source)?, count.into()))
            })
            .collect()
    }
}

fn step(steps: &mut CachedStatement<'_>, key: i64) -> Result<Option<Step>, StoreError> {
    Ok(steps.query_row([key], |row: &Row<'_>| read_step(row, &mut Shared::default())).optional()?)
}
