//! Every record of a file, one after the other: for checks of the whole. Nothing but the record at hand is in memory.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use rusqlite::{CachedStatement, OptionalExtension as _, Row};

use super::reader::{RawSpan, Reader};
use super::rows::{STEP, read_step};
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

/// Resources and scopes met so far: a handful, shared by all records.
#[derive(Default)]
struct Origins {
    resources: HashMap<i64, Arc<Resource>>,
    scopes: HashMap<i64, Arc<Scope>>,
}

impl Origins {
    fn of(&mut self, reader: &Reader, resource: i64, scope: i64) -> Result<Origin, StoreError> {
        let resource = known(&mut self.resources, resource, |key| reader.resource(key))?;
        Ok((resource, known(&mut self.scopes, scope, |key| reader.scope(key))?))
    }
}

fn known<T>(
    met: &mut HashMap<i64, Arc<T>>,
    key: i64,
    read: impl Fn(i64) -> Result<T, StoreError>,
) -> Result<Arc<T>, StoreError> {
    Ok(Arc::clone(match met.entry(key) {
        Entry::Occupied(entry) => entry.into_mut(),
        Entry::Vacant(entry) => entry.insert(Arc::new(read(key)?)),
    }))
}

impl Reader {
    /// Shows every span to `each`, in order of arrival, with content put together and its log records.
    ///
    /// # Errors
    /// SQLite's; damage.
    pub fn for_each_span(&self, mut each: impl FnMut(&SurveyedSpan)) -> Result<(), StoreError> {
        let mut origins = Origins::default();
        let mut spans = self.conn.prepare(
            "SELECT trace_id, span_id, parent_span_id, name, kind, start_time, end_time, status_code, \
             coalesce(status_message, ''), coalesce(trace_state, ''), flags, coalesce(dropped_attributes_count, 0), \
             coalesce(dropped_events_count, 0), coalesce(dropped_links_count, 0), attributes, events, links, \
             resource_key, scope_key, trace_key, span_key, trace.run_key, \
             parent_span_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM span AS parent \
             WHERE parent.trace_key = span.trace_key AND parent.span_id = span.parent_span_id) \
             FROM span JOIN trace USING (trace_key) ORDER BY span_key",
        )?;
        let mut steps = self.conn.prepare_cached(&format!(
            "SELECT {STEP} FROM step JOIN trace USING (trace_key) WHERE step_key = ?1"
        ))?;
        let mut rows = spans.query([])?;
        while let Some(row) = rows.next()? {
            let raw = RawSpan::read(row)?;
            let (resource, scope) = origins.of(self, raw.resource_key, raw.scope_key)?;
            let logs = self.logs(raw.trace_key, raw.span_id)?;
            each(&SurveyedSpan {
                step: step(&mut steps, row.get(20)?)?,
                run: RunKey(row.get(21)?),
                parent_missing: row.get(22)?,
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
        let mut origins = Origins::default();
        let mut logs = self.conn.prepare(
            "SELECT time, observed_time, severity_number, severity_text, event_name, flags, dropped_attributes_count, \
             body, attributes, trace_id, span_id, resource_key, scope_key, run_key \
             FROM log_record LEFT JOIN trace USING (trace_key) ORDER BY log_key",
        )?;
        let mut rows = logs.query([])?;
        while let Some(row) = rows.next()? {
            let (resource, scope) = origins.of(self, row.get(11)?, row.get(12)?)?;
            each(&SurveyedLog {
                log: self.log(row)?,
                resource,
                scope,
                run: row.get::<_, Option<i64>>(13)?.map(RunKey),
            });
        }
        Ok(())
    }

    /// Number of metrics by who sent them.
    ///
    /// # Errors
    /// SQLite's; damage.
    pub fn metric_counts(&self) -> Result<Vec<(Origin, u64)>, StoreError> {
        let mut origins = Origins::default();
        let mut statement = self.conn.prepare(
            "SELECT resource_key, scope_key, count(*) FROM metric GROUP BY resource_key, scope_key ORDER BY min(metric_key)",
        )?;
        let counts = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, u32>(2)?)))?;
        counts
            .map(|count| {
                let (resource, scope, count) = count?;
                Ok((origins.of(self, resource, scope)?, count.into()))
            })
            .collect()
    }
}

fn step(steps: &mut CachedStatement<'_>, key: i64) -> Result<Option<Step>, StoreError> {
    Ok(steps.query_row([key], |row: &Row<'_>| read_step(row)).optional()?)
}
