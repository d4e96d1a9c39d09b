//! Raw telemetry read again in the order of arrival, to derive everything anew.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::raw::{LogEntry, RawSpan};
use super::reader::Reader;
use super::{Source, StoreError};
use crate::model::{Resource, Scope, Span, StepKey, UnixNanos};

/// A span on its way through a replay.
#[derive(Clone, Debug)]
pub struct ReplayedSpan {
    /// Its row.
    pub key: StepKey,
    /// The span, content put together again.
    pub span: Span,
    /// Who sent it.
    pub resource: Arc<Resource>,
    /// The instrumentation that made it.
    pub scope: Arc<Scope>,
    /// When it was received.
    pub received: UnixNanos,
}

/// Resources and scopes met so far: a handful, shared by all records.
#[derive(Default)]
pub(super) struct Senders {
    resources: FxHashMap<i64, Arc<Resource>>,
    scopes: FxHashMap<i64, Arc<Scope>>,
}

impl Senders {
    pub(super) fn of(
        &mut self,
        reader: &Reader,
        source: Source,
    ) -> Result<(Arc<Resource>, Arc<Scope>), StoreError> {
        let resource = match self.resources.get(&source.resource_key) {
            Some(known) => Arc::clone(known),
            None => Arc::new(reader.resource(source.resource_key)?),
        };
        let scope = match self.scopes.get(&source.scope_key) {
            Some(known) => Arc::clone(known),
            None => Arc::new(reader.scope(source.scope_key)?),
        };
        self.resources.insert(source.resource_key, Arc::clone(&resource));
        self.scopes.insert(source.scope_key, Arc::clone(&scope));
        Ok((resource, scope))
    }
}

impl Reader {
    /// Number of spans and log records in the file.
    ///
    /// # Errors
    /// SQLite's.
    pub fn record_count(&self) -> Result<u64, StoreError> {
        let sql = "SELECT (SELECT count(*) FROM span) + (SELECT count(*) FROM log_record)";
        Ok(self.conn.query_row(sql, [], |row| row.get::<_, i64>(0))?.unsigned_abs())
    }

    /// Hands every span to `each`, in order of arrival, one at a time in memory.
    ///
    /// # Errors
    /// SQLite's; damage; those of `each`.
    pub fn replay_spans(
        &self,
        mut each: impl FnMut(ReplayedSpan) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut senders = Senders::default();
        let sql =
            format!("SELECT {} FROM span JOIN trace USING (trace_key) ORDER BY span_key", RawSpan::COLUMNS);
        let mut statement = self.conn.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let raw = RawSpan::read(row)?;
            let (resource, scope) = senders.of(self, raw.source())?;
            let (key, received) = (StepKey(row.get("span_key")?), row.get::<_, i64>("received_time")?);
            let span = self.finish(raw)?;
            each(ReplayedSpan { key, span, resource, scope, received: received.cast_unsigned() })?;
        }
        Ok(())
    }

    /// Hands every log record to `each` with the key of the step that it may tell, in order of arrival.
    ///
    /// # Errors
    /// SQLite's; damage; those of `each`.
    pub fn replay_logs(
        &self,
        mut each: impl FnMut(StepKey, LogEntry) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut senders = Senders::default();
        let sql = format!(
            "SELECT {} FROM log_record LEFT JOIN trace USING (trace_key) ORDER BY log_key",
            LogEntry::COLUMNS
        );
        let mut statement = self.conn.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (resource, scope) = senders.of(self, LogEntry::source(row)?)?;
            let key = StepKey(-row.get::<_, i64>("log_key")?);
            each(key, LogEntry { log: self.log(row)?, resource, scope })?;
        }
        Ok(())
    }
}
