//! Read-only connections: lists, trees, one step with its content. Evidence is never opened for writing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, Row};

use super::assemble::assemble;
use super::json::{self, ReadError};
use super::open::{Mode, connect, fingerprint, has_log, look_at};
use super::replay::Senders;
use super::rows::{STEP, for_version, read_run, read_run_sql};
use super::{Source, StoreError, schema};
use crate::model::{
    Attributes, Event, Link, LogRecord, Resource, RunKey, RunSummary, Scope, Span, SpanId, SpanKind,
    StatusCode, StepKey, TraceId, Value,
};

/// A span as it came in, with who sent it and the log records tied to it.
#[derive(Clone, Debug, PartialEq)]
pub struct SpanRecord {
    /// The span, content put together again byte for byte.
    pub span: Span,
    /// Who sent it.
    pub resource: Arc<Resource>,
    /// The instrumentation that made it.
    pub scope: Arc<Scope>,
    /// Log records with its trace and span id, in order of time.
    pub logs: Vec<LogRecord>,
}
/// A log record as it came in, and who sent it.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEntry {
    /// The record, content put together again byte for byte.
    pub log: LogRecord,
    /// Who sent it.
    pub resource: Arc<Resource>,
    /// The instrumentation that made it.
    pub scope: Arc<Scope>,
}

/// What a step was derived from.
#[derive(Clone, Debug, PartialEq)]
pub enum Raw {
    /// A span.
    Span(Box<SpanRecord>),
    /// A log record.
    Log(Box<LogEntry>),
}

/// A read-only connection.
pub struct Reader {
    pub(super) conn: Connection,
    pub(super) path: PathBuf,
    mode: Mode,
    /// Schema version of the file.
    version: i64,
    /// Statements with the columns that it has.
    run_sql: String,
    pub(super) step_columns: String,
}

impl Reader {
    /// Opens a database without touching it or its folder: an unwritten file as it lies there, one that a process is
    /// writing or was writing when it died by way of its log, a log without its index by way of a private copy.
    ///
    /// # Errors
    /// A file that is missing, not ours, or newer than this program.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        look_at(path).map_err(|source| StoreError::Open { path: path.to_owned(), source })?;
        let (conn, mode) = connect(path)?;
        let version = schema::check(&conn, path)?;
        conn.busy_timeout(std::time::Duration::from_secs(2))?;
        conn.pragma_update(None, "cache_size", -16_384)?;
        let run_sql = for_version(&read_run_sql(), version);
        let step_columns = for_version(STEP, version);
        Ok(Self { conn, path: path.to_owned(), mode, version, run_sql, step_columns })
    }

    /// `sql` with the columns that this file has.
    pub(super) fn sql_for_file(&self, sql: &str) -> String {
        for_version(sql, self.version)
    }

    /// Whether runs can be deleted from a file of this version.
    pub(super) const fn knows_deletion(&self) -> bool {
        self.version >= 4
    }

    /// Whether this reads a private copy, which does not follow its original.
    pub const fn is_copy(&self) -> bool {
        matches!(self.mode, Mode::Copy(_))
    }

    /// Number of the last commit. A file that began to be written since it was opened is opened anew.
    ///
    /// # Errors
    /// SQLite's; those of [`Self::open`].
    pub fn revision(&mut self) -> Result<i64, StoreError> {
        if let Mode::Still(seen) = &self.mode
            && (has_log(&self.path) || fingerprint(&self.path) != *seen)
        {
            *self = Self::open(&self.path)?;
        }
        Ok(self.conn.prepare_cached("SELECT number FROM revision")?.query_row([], |row| row.get(0))?)
    }

    /// Summaries of runs that changed after commit `revision` (0: all), oldest first. Of those that were merged into
    /// others since, too, unless all are asked for.
    ///
    /// # Errors
    /// SQLite's.
    pub fn runs(&self, revision: i64) -> Result<Vec<RunSummary>, StoreError> {
        let sql = format!("{} WHERE revision > ?1 ORDER BY start_time, run_key", self.run_sql);
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut runs: Vec<RunSummary> =
            statement.query_map([revision], read_run)?.collect::<Result<_, _>>()?;
        runs.retain(|run| revision > 0 || run.merged_into.is_none());
        Ok(runs)
    }

    /// Summaries of the runs that were begun last, `count` at most, in no order: a long list is worth showing before all of
    /// it is read.
    ///
    /// # Errors
    /// SQLite's.
    pub fn newest_runs(&self, count: u32) -> Result<Vec<RunSummary>, StoreError> {
        let sql = format!("{} ORDER BY run_key DESC LIMIT ?1", self.run_sql);
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut runs: Vec<RunSummary> = statement.query_map([count], read_run)?.collect::<Result<_, _>>()?;
        runs.retain(|run| run.merged_into.is_none());
        Ok(runs)
    }

    /// The run with this id or a unique beginning of it; `latest` is the one that started last.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRun`], [`StoreError::AmbiguousRun`]; SQLite's.
    pub fn find_run(&self, name: &str) -> Result<RunSummary, StoreError> {
        const SHOWN: usize = 4;
        let mut found = self.runs_named(name)?;
        if let Some(exact) = found.iter().position(|run| run.run_id == name) {
            found = vec![found.swap_remove(exact)];
        }
        match (found.pop(), found.len()) {
            (Some(run), 0) => Ok(run),
            (None, _) => Err(StoreError::NoSuchRun(name.to_owned())),
            (Some(last), _) => {
                found.push(last);
                let candidates = found.into_iter().take(SHOWN).map(|run| run.run_id).collect();
                Err(StoreError::AmbiguousRun { prefix: name.to_owned(), candidates })
            }
        }
    }

    /// The run with this key, if there is one.
    ///
    /// # Errors
    /// SQLite's.
    pub fn run(&self, key: RunKey) -> Result<Option<RunSummary>, StoreError> {
        let sql = format!("{} WHERE run_key = ?1", self.run_sql);
        Ok(self.conn.prepare_cached(&sql)?.query_row([key.0], read_run).optional()?)
    }

    /// Up to five runs whose id begins so. The ids of a run's traces are its, too: those of runs merged into it above all.
    fn runs_named(&self, name: &str) -> Result<Vec<RunSummary>, StoreError> {
        const LATEST: &str = "WHERE agentic AND merged_into IS NULL AND ?1 != '' ORDER BY start_time DESC, run_key DESC LIMIT 1";
        const BY_ID: &str = "WHERE run_id GLOB ?1 AND merged_into IS NULL ORDER BY run_id LIMIT 5";
        const BY_TRACE: &str = "WHERE run_key IN (SELECT run_key FROM trace WHERE lower(hex(trace_id)) GLOB ?1) ORDER BY run_id LIMIT 5";
        let id = name.to_ascii_lowercase();
        if name == "latest" {
            return self.runs_where(LATEST, &id);
        }
        if !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Ok(Vec::new());
        }
        let found = self.runs_where(BY_ID, &(id.clone() + "*"))?;
        if found.is_empty() { self.runs_where(BY_TRACE, &(id + "*")) } else { Ok(found) }
    }

    fn runs_where(&self, condition: &str, parameter: &str) -> Result<Vec<RunSummary>, StoreError> {
        let sql = for_version(&format!("{} {condition}", self.run_sql), self.version);
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_map([parameter], read_run)?.collect::<Result<_, _>>()?)
    }

    /// What a step was derived from.
    ///
    /// # Errors
    /// SQLite's; damage.
    pub fn raw(&self, step: StepKey) -> Result<Raw, StoreError> {
        if step.0 < 0 {
            return Ok(Raw::Log(Box::new(self.log_entry(-step.0)?)));
        }
        Ok(Raw::Span(Box::new(self.span(step)?)))
    }

    fn log_entry(&self, log_key: i64) -> Result<LogEntry, StoreError> {
        let sql = format!(
            "SELECT {} FROM log_record LEFT JOIN trace USING (trace_key) WHERE log_key = ?1",
            LogEntry::COLUMNS
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let found = statement.query_row([log_key], |row| Ok((self.log(row), LogEntry::source(row)?)));
        let (log, source) = found.optional()?.ok_or(StoreError::Gone)?;
        let (resource, scope) = Senders::default().of(self, source)?;
        Ok(LogEntry { log: log?, resource, scope })
    }

    /// The raw span behind a step, with its log records.
    ///
    /// # Errors
    /// SQLite's; damage; [`StoreError::Gone`] once its run is deleted.
    pub fn span(&self, step: StepKey) -> Result<SpanRecord, StoreError> {
        let found = self
            .conn
            .prepare_cached(&format!(
                "SELECT {} FROM span JOIN trace USING (trace_key) WHERE span_key = ?1",
                RawSpan::COLUMNS
            ))?
            .query_row([step.0], RawSpan::read)
            .optional()?
            .ok_or(StoreError::Gone)?;
        let logs = self.logs(found.trace_key, found.span_id)?;
        let (resource, scope) = Senders::default().of(self, found.source())?;
        Ok(SpanRecord { resource, scope, logs, span: self.finish(found)? })
    }

    pub(super) fn finish(&self, raw: RawSpan) -> Result<Span, StoreError> {
        Ok(Span {
            attributes: self.attributes(&raw.attributes)?,
            events: raw.events.map_or(Ok(Vec::new()), |json| self.events(&json))?,
            links: raw.links.map_or(Ok(Vec::new()), |json| self.links(&json))?,
            ..raw.span
        })
    }

    pub(super) fn resource(&self, key: i64) -> Result<Resource, StoreError> {
        let (attributes, dropped, refs, schema_url): (String, u32, Option<String>, String) = self
            .conn
            .prepare_cached(
                "SELECT attributes, dropped_attributes_count, entity_refs, schema_url FROM resource WHERE resource_key = ?1",
            )?
            .query_row([key], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))?;
        let refs = refs.map_or(Ok(Value::Null), |json| self.value(&json))?;
        Ok(Resource {
            attributes: self.attributes(&attributes)?,
            dropped_attributes_count: dropped,
            entity_refs: if let Value::Array(refs) = refs { refs } else { Vec::new() },
            schema_url,
        })
    }

    pub(super) fn scope(&self, key: i64) -> Result<Scope, StoreError> {
        let (name, version, attributes, dropped, schema_url): (String, String, String, u32, String) = self
            .conn
            .prepare_cached(
                "SELECT name, version, attributes, dropped_attributes_count, schema_url FROM scope WHERE scope_key = ?1",
            )?
            .query_row([key], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)))?;
        let attributes = self.attributes(&attributes)?;
        Ok(Scope { name, version, attributes, dropped_attributes_count: dropped, schema_url })
    }

    pub(super) fn logs(&self, trace_key: i64, span_id: i64) -> Result<Vec<LogRecord>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT time, observed_time, severity_number, severity_text, event_name, flags, dropped_attributes_count, \
             body, attributes, trace_id, span_id FROM log_record JOIN trace USING (trace_key) \
             WHERE trace_key = ?1 AND span_id = ?2 ORDER BY iif(time = 0, observed_time, time), log_key",
        )?;
        let mut rows = statement.query([trace_key, span_id])?;
        let mut logs = Vec::new();
        while let Some(row) = rows.next()? {
            logs.push(self.log(row)?);
        }
        Ok(logs)
    }

    pub(super) fn log(&self, row: &Row<'_>) -> Result<LogRecord, StoreError> {
        Ok(LogRecord {
            time: row.get::<_, i64>(0)?.cast_unsigned(),
            observed_time: row.get::<_, i64>(1)?.cast_unsigned(),
            severity_number: row.get(2)?,
            severity_text: row.get(3)?,
            event_name: row.get(4)?,
            flags: row.get(5)?,
            dropped_attributes_count: row.get(6)?,
            body: self.value(&row.get::<_, String>(7)?)?,
            attributes: self.attributes(&row.get::<_, String>(8)?)?,
            trace_id: row.get::<_, Option<[u8; 16]>>(9)?.and_then(|id| TraceId::from_bytes(&id)),
            span_id: row.get::<_, Option<i64>>(10)?.and_then(|id| SpanId::from_u64(id.cast_unsigned())),
        })
    }

    fn value(&self, text: &str) -> Result<Value, StoreError> {
        json::read_value(text, &mut |parts| assemble(&self.conn, parts)).map_err(flatten)
    }

    fn attributes(&self, text: &str) -> Result<Attributes, StoreError> {
        json::read_attributes(text, &mut |parts| assemble(&self.conn, parts)).map_err(flatten)
    }

    fn events(&self, text: &str) -> Result<Vec<Event>, StoreError> {
        let each = |map: Attributes| Event {
            time: number(&map, "time").cast_unsigned(),
            name: map.text("name").unwrap_or_default().to_owned(),
            dropped_attributes_count: small(&map, "dropped_attributes_count"),
            attributes: submap(map, "attributes"),
        };
        self.records(text, each)
    }

    fn links(&self, text: &str) -> Result<Vec<Link>, StoreError> {
        let each = |map: Attributes| Link {
            trace_id: bytes(map.text("trace_id")),
            span_id: bytes(map.text("span_id")),
            trace_state: map.text("trace_state").unwrap_or_default().to_owned(),
            dropped_attributes_count: small(&map, "dropped_attributes_count"),
            flags: small(&map, "flags"),
            attributes: submap(map, "attributes"),
        };
        self.records(text, each)
    }

    fn records<T>(&self, text: &str, each: fn(Attributes) -> T) -> Result<Vec<T>, StoreError> {
        let Value::Array(values) = self.value(text)? else { return Ok(Vec::new()) };
        let maps = values.into_iter().filter_map(|v| if let Value::Map(map) = v { Some(map) } else { None });
        Ok(maps.map(each).collect())
    }
}

pub(super) struct RawSpan {
    span: Span,
    pub(super) span_id: i64,
    attributes: String,
    events: Option<String>,
    links: Option<String>,
    resource_key: i64,
    scope_key: i64,
    pub(super) trace_key: i64,
}

impl LogEntry {
    /// What [`Reader::log`] reads, then the source and the key.
    pub(super) const COLUMNS: &str = "time, observed_time, severity_number, severity_text, event_name, flags, dropped_attributes_count, body, \
         attributes, trace_id, span_id, resource_key, scope_key, log_key";

    pub(super) fn source(row: &Row<'_>) -> rusqlite::Result<Source> {
        Ok(Source { resource_key: row.get("resource_key")?, scope_key: row.get("scope_key")? })
    }
}

impl RawSpan {
    /// What [`RawSpan::read`] reads, then the key and the time of arrival.
    pub(super) const COLUMNS: &str = "trace_id, span_id, parent_span_id, name, kind, start_time, end_time, status_code, \
         coalesce(status_message, ''), coalesce(trace_state, ''), flags, coalesce(dropped_attributes_count, 0), \
         coalesce(dropped_events_count, 0), coalesce(dropped_links_count, 0), attributes, events, links, \
         resource_key, scope_key, trace_key, span_key, received_time";

    pub(super) const fn source(&self) -> Source {
        Source { resource_key: self.resource_key, scope_key: self.scope_key }
    }

    pub(super) fn read(r: &Row<'_>) -> rusqlite::Result<Self> {
        let span_id: i64 = r.get(1)?;
        let invalid = || rusqlite::Error::IntegralValueOutOfRange(1, span_id);
        let time = |column| r.get::<_, i64>(column).map(i64::cast_unsigned);
        let parent: Option<i64> = r.get(2)?;
        Ok(Self {
            span: Span {
                trace_id: TraceId::from_bytes(&r.get::<_, [u8; 16]>(0)?).ok_or_else(invalid)?,
                span_id: SpanId::from_u64(span_id.cast_unsigned()).ok_or_else(invalid)?,
                parent_span_id: parent.and_then(|p| SpanId::from_u64(p.cast_unsigned())),
                name: r.get(3)?,
                kind: SpanKind(r.get(4)?),
                start: time(5)?,
                end: time(6)?,
                status: StatusCode(r.get(7)?),
                status_message: r.get(8)?,
                trace_state: r.get(9)?,
                flags: r.get(10)?,
                dropped_attributes_count: r.get(11)?,
                dropped_events_count: r.get(12)?,
                dropped_links_count: r.get(13)?,
                attributes: Attributes::default(),
                events: Vec::new(),
                links: Vec::new(),
            },
            span_id,
            attributes: r.get(14)?,
            events: r.get(15)?,
            links: r.get(16)?,
            resource_key: r.get(17)?,
            scope_key: r.get(18)?,
            trace_key: r.get(19)?,
        })
    }
}

fn number(map: &Attributes, key: &str) -> i64 {
    if let Some(Value::Int(number)) = map.get(key) { *number } else { 0 }
}

fn small(map: &Attributes, key: &str) -> u32 {
    u32::try_from(number(map, key)).unwrap_or(0)
}

fn submap(map: Attributes, key: &str) -> Attributes {
    let found = map.0.into_iter().find(|(k, _)| k == key);
    if let Some((_, Value::Map(inner))) = found { inner } else { Attributes::default() }
}

fn bytes(hex: Option<&str>) -> Vec<u8> {
    let hex = hex.unwrap_or_default();
    (0..hex.len() / 2).filter_map(|i| u8::from_str_radix(hex.get(2 * i..2 * i + 2)?, 16).ok()).collect()
}

fn flatten(error: ReadError<StoreError>) -> StoreError {
    match error {
        ReadError::Json(error) => StoreError::Damaged(error.to_string()),
        ReadError::Parts(error) => error,
    }
}
