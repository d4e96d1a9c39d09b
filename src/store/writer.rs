//! The write connection: groups of exports, each one transaction.

use std::path::{Path, PathBuf};

use hashlink::LruCache;
use rusqlite::{Connection, OptionalExtension as _};
use rustc_hash::FxHashMap;

use super::pieces::{Pieces, Place, Words};
use super::rows::{Binder, StepPlace, put_run, put_run_sql, put_step, put_step_sql, read_run, read_run_sql};
use super::{StoreError, json, pieces, schema};
use crate::model::{
    Attributes, Event, Link, LogRecord, Metric, Resource, RunKey, RunSummary, Scope, Span, SpanId, Step,
    StepKey, TraceId, UnixNanos, Value,
};

/// Traces remembered with their run, some 60 bytes each.
const TRACES: usize = 50_000;
/// The write-ahead log is folded into the file when it has this many pages (of 4 KiB): larger than SQLite's 1000, so
/// that a page that many spans touch is copied once for all of them.
const CHECKPOINT_PAGES: u32 = 4000;

/// Who sent a record: rows of its resource and scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    resource_key: i64,
    scope_key: i64,
}

/// A trace in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    key: i64,
    /// Run it belongs to.
    pub run: RunKey,
}

/// What became of a span that was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is new.
    New(StepKey),
    /// It took the place of an older version of itself: a span that has ended now, or says more.
    Newer(StepKey),
    /// It is known already.
    Known,
}

/// The one writer of a database.
pub struct Writer {
    conn: Connection,
    path: PathBuf,
    is_content: fn(&str) -> bool,
    memory: Memory,
    put_step: String,
    put_run: String,
    read_run: String,
    /// `PRAGMA data_version` at the end of our last group: another value means that someone else wrote.
    data_version: i64,
}

/// What is remembered of the file, all of it found again there.
#[derive(Default)]
struct Memory {
    pieces: Pieces,
    sources: FxHashMap<[u8; 16], i64>,
    traces: Option<LruCache<TraceId, Trace>>,
    next_span: Option<i64>,
    text: String,
}

impl Memory {
    fn traces(&mut self) -> &mut LruCache<TraceId, Trace> {
        self.traces.get_or_insert_with(|| LruCache::new(TRACES))
    }
}

impl Writer {
    /// Opens `path`, making the file (mode 0600) and its folder (0700) where they are missing, and brings it to this
    /// version. `is_content` tells which attributes hold content: they are cut, kept once and indexed.
    ///
    /// # Errors
    /// A path that cannot be made or opened, a file that is not ours or newer than this program.
    pub fn open(path: &Path, is_content: fn(&str) -> bool) -> Result<Self, StoreError> {
        make_private(path).map_err(|source| StoreError::Open { path: path.to_owned(), source })?;
        let mut conn = Connection::open(path)?;
        conn.busy_timeout(std::time::Duration::from_secs(2))?;
        schema::migrate(&mut conn, path)?;
        conn.pragma_update(None, "journal_mode", "WAL")?;
        conn.pragma_update(None, "synchronous", "NORMAL")?;
        // references are for readers of the schema: a run's row is written after its steps, and checks cost look-ups
        conn.pragma_update(None, "foreign_keys", "OFF")?;
        conn.pragma_update(None, "temp_store", "MEMORY")?;
        conn.pragma_update(None, "cache_size", -65_536)?;
        conn.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        conn.set_prepared_statement_cache_capacity(64);
        let data_version = data_version(&conn)?;
        Ok(Self {
            conn,
            path: path.to_owned(),
            is_content,
            memory: Memory::default(),
            put_step: put_step_sql(),
            put_run: put_run_sql(),
            read_run: read_run_sql(),
            data_version,
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Lets the file grow to this many pages and no further, as a full disk does; `None` lifts the limit.
    ///
    /// # Errors
    /// SQLite's.
    pub fn limit_pages(&self, pages: Option<u32>) -> Result<(), StoreError> {
        let pages = i64::from(pages.unwrap_or(u32::MAX - 1));
        Ok(self.conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?)
    }

    /// Begins a group. It holds the write lock until it is committed or dropped.
    ///
    /// # Errors
    /// SQLite's, above all a lock that someone else holds.
    pub fn begin(&mut self) -> Result<Group<'_>, StoreError> {
        self.conn.execute_batch("BEGIN IMMEDIATE")?;
        match self.first_look() {
            Ok((revision, foreign)) => Ok(Group { writer: self, revision, foreign, open: true }),
            Err(error) => {
                // the transaction is given back whatever state it is in; the error that counts is the first
                let _ = self.conn.execute_batch("ROLLBACK");
                Err(error)
            }
        }
    }

    fn first_look(&mut self) -> Result<(i64, bool), StoreError> {
        let foreign = data_version(&self.conn)? != self.data_version;
        if foreign {
            self.memory = Memory::default();
        }
        let revision = self
            .conn
            .prepare_cached("UPDATE revision SET number = number + 1 RETURNING number")?
            .query_row([], |row| row.get(0))?;
        Ok((revision, foreign))
    }

    /// Folds the write-ahead log into the file while nobody waits.
    ///
    /// # Errors
    /// SQLite's; nothing is lost, the log just stays.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        Ok(self.conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?)
    }

    /// Closes the file so that it stands alone: without a write-ahead log, ready to be copied or opened read-only.
    ///
    /// # Errors
    /// SQLite's. A file that others still read keeps its log; that is no error.
    pub fn close(self) -> Result<(), StoreError> {
        self.conn.busy_timeout(std::time::Duration::from_millis(200))?;
        self.conn.flush_prepared_statement_cache();
        let left =
            self.conn.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get::<_, String>(0));
        match left.map_err(StoreError::from) {
            Ok(_) => {}
            Err(error) if error.is_passing() => {}
            Err(error) => return Err(error),
        }
        self.conn.close().map_err(|(_, error)| error.into())
    }
}

fn data_version(conn: &Connection) -> Result<i64, StoreError> {
    Ok(conn.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?)
}

/// Makes the folder and the file, readable by their owner alone.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new();
    file.read(true).append(true).create(true);
    let mut folder = std::fs::DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        file.mode(0o600);
        folder.mode(0o700);
    }
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        folder.create(parent)?;
    }
    file.open(path).map(drop)
}

/// One transaction. Dropped without [`Group::commit`], nothing of it stays.
pub struct Group<'w> {
    writer: &'w mut Writer,
    revision: i64,
    foreign: bool,
    open: bool,
}

impl Group<'_> {
    /// Whether another process wrote since our last group: what is remembered of runs must be read again.
    pub const fn foreign(&self) -> bool {
        self.foreign
    }

    /// Number of this commit.
    pub const fn revision(&self) -> i64 {
        self.revision
    }

    /// Rows of a resource and a scope, made where they are new.
    ///
    /// # Errors
    /// SQLite's.
    pub fn source(&mut self, resource: &Resource, scope: &Scope) -> Result<Source, StoreError> {
        Ok(Source { resource_key: self.resource(resource)?, scope_key: self.scope(scope)? })
    }

    fn resource(&mut self, resource: &Resource) -> Result<i64, StoreError> {
        let attributes = plain_attributes(&resource.attributes);
        let refs =
            (!resource.entity_refs.is_empty()).then(|| plain(&Value::Array(resource.entity_refs.clone())));
        let dropped = resource.dropped_attributes_count;
        let hash =
            hash_of(&["resource", &attributes, refs.as_deref().unwrap_or(""), &resource.schema_url], dropped);
        self.keyed(
            hash,
            "SELECT resource_key FROM resource WHERE hash = ?1",
            "INSERT INTO resource (hash, service, attributes, dropped_attributes_count, entity_refs, schema_url) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (&hash[..], resource.service(), &attributes, dropped, &refs, &resource.schema_url),
        )
    }

    fn scope(&mut self, scope: &Scope) -> Result<i64, StoreError> {
        let attributes = plain_attributes(&scope.attributes);
        let dropped = scope.dropped_attributes_count;
        let hash = hash_of(&["scope", &scope.name, &scope.version, &attributes, &scope.schema_url], dropped);
        self.keyed(
            hash,
            "SELECT scope_key FROM scope WHERE hash = ?1",
            "INSERT INTO scope (hash, name, version, attributes, dropped_attributes_count, schema_url) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (&hash[..], &scope.name, &scope.version, &attributes, dropped, &scope.schema_url),
        )
    }

    fn keyed(
        &mut self,
        hash: [u8; 16],
        select: &str,
        insert: &str,
        values: impl rusqlite::Params,
    ) -> Result<i64, StoreError> {
        if let Some(&key) = self.writer.memory.sources.get(&hash) {
            return Ok(key);
        }
        let conn = &self.writer.conn;
        let known = conn.prepare_cached(select)?.query_row([&hash[..]], |row| row.get(0)).optional()?;
        let key = match known {
            Some(key) => key,
            None => {
                conn.prepare_cached(insert)?.execute(values)?;
                conn.last_insert_rowid()
            }
        };
        self.writer.memory.sources.insert(hash, key);
        Ok(key)
    }

    /// The trace, if it is known.
    ///
    /// # Errors
    /// SQLite's.
    pub fn trace(&mut self, id: TraceId) -> Result<Option<Trace>, StoreError> {
        if let Some(trace) = self.writer.memory.traces().get(&id) {
            return Ok(Some(*trace));
        }
        let found = self
            .writer
            .conn
            .prepare_cached("SELECT trace_key, run_key FROM trace WHERE trace_id = ?1")?
            .query_row([&id.as_bytes()[..]], |row| Ok(Trace { key: row.get(0)?, run: RunKey(row.get(1)?) }))
            .optional()?;
        if let Some(trace) = found {
            self.writer.memory.traces().insert(id, trace);
        }
        Ok(found)
    }

    /// Puts a new trace into `run`.
    ///
    /// # Errors
    /// SQLite's; a trace that is known already.
    pub fn add_trace(&mut self, id: TraceId, run: RunKey) -> Result<Trace, StoreError> {
        self.writer
            .conn
            .prepare_cached("INSERT INTO trace (trace_id, run_key) VALUES (?1, ?2)")?
            .execute((&id.as_bytes()[..], run.0))?;
        let trace = Trace { key: self.writer.conn.last_insert_rowid(), run };
        self.writer.memory.traces().insert(id, trace);
        Ok(trace)
    }

    /// A key for a new run; the row comes with [`Self::put_run`].
    ///
    /// # Errors
    /// SQLite's.
    pub fn next_run(&self, after: Option<RunKey>) -> Result<RunKey, StoreError> {
        if let Some(RunKey(key)) = after {
            return Ok(RunKey(key + 1));
        }
        let last: Option<i64> = self
            .writer
            .conn
            .prepare_cached("SELECT max(run_key) FROM run")?
            .query_row([], |row| row.get(0))?;
        Ok(RunKey(last.unwrap_or(0) + 1))
    }

    /// Keeps a raw span.
    ///
    /// # Errors
    /// SQLite's.
    pub fn span(
        &mut self,
        trace: Trace,
        source: Source,
        span: &Span,
        received: UnixNanos,
    ) -> Result<Kept, StoreError> {
        let span_key = self.next_span()?;
        let place = Place { trace_key: trace.key, span_key };
        let attributes = self.attributes(&span.attributes, place)?;
        let events = self.events(&span.events, place)?;
        let row = SpanRow { place, source, span, received, attributes: &attributes, events, variant: 0 };
        let kept = if self.put_span(&row)? {
            self.writer.memory.next_span = Some(span_key + 1);
            Kept::New(StepKey(span_key))
        } else {
            self.known_span(row)?
        };
        self.index_loose_words(kept)?;
        self.writer.memory.text = attributes;
        Ok(kept)
    }

    fn next_span(&mut self) -> Result<i64, StoreError> {
        if let Some(key) = self.writer.memory.next_span {
            return Ok(key);
        }
        let last: Option<i64> = self
            .writer
            .conn
            .prepare_cached("SELECT max(span_key) FROM span")?
            .query_row([], |row| row.get(0))?;
        Ok(last.unwrap_or(0) + 1)
    }

    fn put_span(&self, row: &SpanRow<'_>) -> Result<bool, StoreError> {
        let mut statement = self.writer.conn.prepare_cached(
            "INSERT OR IGNORE INTO span VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, \
             ?17, ?18, ?19, ?20, ?21, ?22)",
        )?;
        row.bind(&mut Binder(&mut statement, 0))?;
        Ok(statement.raw_execute()? > 0)
    }

    /// A span id that is in the file already: the same again, a newer version, or another service's span.
    fn known_span(&mut self, mut row: SpanRow<'_>) -> Result<Kept, StoreError> {
        loop {
            let Some(old) = self.old_span(&row)? else {
                self.put_span(&row)?;
                self.writer.memory.next_span = Some(row.place.span_key + 1);
                return Ok(Kept::New(StepKey(row.place.span_key)));
            };
            if old.is_other_span(&row) {
                row.variant += 1;
                continue;
            }
            if old.weight >= row.weight() {
                return Ok(Kept::Known);
            }
            return self.replace(row, old.key);
        }
    }

    fn old_span(&self, row: &SpanRow<'_>) -> Result<Option<OldSpan>, StoreError> {
        let found = self
            .writer
            .conn
            .prepare_cached(
                "SELECT span_key, name, start_time, resource_key, end_time, octet_length(attributes), coalesce(octet_length(events), 0) \
                 FROM span WHERE trace_key = ?1 AND span_id = ?2 AND variant = ?3",
            )?
            .query_row((row.place.trace_key, row.span.span_id.as_u64().cast_signed(), row.variant), |r| {
                Ok(OldSpan {
                    key: r.get(0)?,
                    name: r.get(1)?,
                    start: r.get::<_, i64>(2)?.cast_unsigned(),
                    resource_key: r.get(3)?,
                    weight: Weight {
                        end: r.get::<_, i64>(4)?.cast_unsigned(),
                        events: usize::try_from(r.get::<_, i64>(6)?).unwrap_or(0),
                        attributes: usize::try_from(r.get::<_, i64>(5)?).unwrap_or(0),
                    },
                })
            })
            .optional()?;
        Ok(found)
    }

    fn replace(&mut self, mut row: SpanRow<'_>, key: i64) -> Result<Kept, StoreError> {
        let conn = &self.writer.conn;
        let meant = row.place.span_key;
        row.place.span_key = key;
        let mut statement = conn.prepare_cached(
            "INSERT OR REPLACE INTO span VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, \
             ?17, ?18, ?19, ?20, ?21, ?22)",
        )?;
        row.bind(&mut Binder(&mut statement, 0))?;
        statement.raw_execute()?;
        let mut uses = conn.prepare_cached(
            "UPDATE piece_use SET span_key = ?1 WHERE piece_key = ?2 AND trace_key = ?3 AND span_key = ?4",
        )?;
        for piece in &self.writer.memory.pieces.new_uses {
            uses.execute((key, piece, row.place.trace_key, meant))?;
        }
        Ok(Kept::Newer(StepKey(key)))
    }

    fn index_loose_words(&mut self, kept: Kept) -> Result<(), StoreError> {
        let pieces = &mut self.writer.memory.pieces;
        pieces.new_uses.clear();
        let words = std::mem::take(&mut pieces.loose_words);
        match kept {
            Kept::New(StepKey(key)) | Kept::Newer(StepKey(key)) => {
                pieces::index(&self.writer.conn, Words::Span, key, &words)
            }
            Kept::Known => Ok(()),
        }
    }

    /// Attributes as JSON, content in pieces. The buffer is reused from record to record.
    fn attributes(&mut self, attributes: &Attributes, place: Place) -> Result<String, StoreError> {
        let mut out = std::mem::take(&mut self.writer.memory.text);
        out.clear();
        self.write_attributes(&mut out, attributes, place)?;
        Ok(out)
    }

    fn write_attributes(
        &mut self,
        out: &mut String,
        attributes: &Attributes,
        place: Place,
    ) -> Result<(), StoreError> {
        out.push('{');
        for (i, (key, value)) in attributes.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            json::write_key(out, key);
            match value {
                Value::Str(text) if self.is_long(key, text) => {
                    self.writer.memory.pieces.write(&self.writer.conn, out, place, key, text)?;
                }
                _ => json::write_value(out, value),
            }
        }
        out.push('}');
        Ok(())
    }

    /// Whether a text is kept in pieces: content always, so that it is found; anything else when it is long.
    fn is_long(&self, key: &str, text: &str) -> bool {
        const LONG: usize = 512;
        text.len() >= LONG || (!text.is_empty() && (self.writer.is_content)(key))
    }

    fn events(&mut self, events: &[Event], place: Place) -> Result<Option<String>, StoreError> {
        if events.is_empty() {
            return Ok(None);
        }
        let mut out = String::from("[");
        for (i, event) in events.iter().enumerate() {
            out.push_str(if i > 0 { ",{\"time\":" } else { "{\"time\":" });
            out.push_str(itoa::Buffer::new().format(event.time));
            out.push_str(",\"name\":");
            json::write_str(&mut out, &event.name);
            out.push_str(",\"attributes\":");
            self.write_attributes(&mut out, &event.attributes, place)?;
            out.push_str(",\"dropped_attributes_count\":");
            out.push_str(itoa::Buffer::new().format(event.dropped_attributes_count));
            out.push('}');
        }
        out.push(']');
        Ok(Some(out))
    }

    /// Keeps what a span means.
    ///
    /// # Errors
    /// SQLite's.
    pub fn step(&mut self, trace: Trace, step: &Step) -> Result<(), StoreError> {
        let place = StepPlace { run: trace.run, revision: self.revision, trace_key: trace.key };
        put_step(&mut self.writer.conn.prepare_cached(&self.writer.put_step)?, step, &place)
    }

    /// Keeps a log record; `false` if it is known already.
    ///
    /// # Errors
    /// SQLite's.
    pub fn log(&mut self, trace: Option<Trace>, source: Source, log: &LogRecord) -> Result<bool, StoreError> {
        let hash = hash_of_log(trace, source, log);
        let known = self
            .writer
            .conn
            .prepare_cached("SELECT 1 FROM log_record WHERE hash = ?1")?
            .exists([&hash[..]])?;
        if known {
            return Ok(false);
        }
        let place = Place { trace_key: trace.map_or(0, |t| t.key), span_key: 0 };
        let attributes = self.attributes(&log.attributes, place)?;
        let mut body = String::new();
        match &log.body {
            Value::Str(text) if !text.is_empty() => {
                self.writer.memory.pieces.write(&self.writer.conn, &mut body, place, "body", text)?;
            }
            other => json::write_value(&mut body, other),
        }
        self.writer.memory.pieces.new_uses.clear();
        self.writer.memory.pieces.loose_words.clear();
        let mut statement = self.writer.conn.prepare_cached(
            "INSERT INTO log_record (hash, trace_key, span_id, resource_key, scope_key, time, observed_time, \
             severity_number, severity_text, event_name, flags, dropped_attributes_count, body, attributes) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?;
        let mut row = Binder(&mut statement, 0);
        row.put(&hash[..])?.put(trace.map(|t| t.key))?;
        row.put(log.span_id.map(|s| s.as_u64().cast_signed()))?;
        row.put(source.resource_key)?.put(source.scope_key)?;
        row.put(log.time.cast_signed())?.put(log.observed_time.cast_signed())?;
        row.put(log.severity_number)?.put(&log.severity_text)?.put(&log.event_name)?;
        row.put(log.flags)?.put(log.dropped_attributes_count)?.put(&body)?.put(&attributes)?;
        row.run()?;
        drop(statement);
        self.writer.memory.text = attributes;
        Ok(true)
    }

    /// Keeps a metric with its points; `false` if the same is known already.
    ///
    /// # Errors
    /// SQLite's.
    pub fn metric(&mut self, source: Source, metric: &Metric) -> Result<bool, StoreError> {
        let (metadata, data) = (plain_attributes(&metric.metadata), plain(&metric.data));
        let place = format!("{source:?}");
        let texts =
            [&place, &metric.name, &metric.description, &metric.unit, &metric.data_type, &metadata, &data];
        let hash = hash_of(&texts.map(String::as_str), 0);
        let added = self
            .writer
            .conn
            .prepare_cached(
                "INSERT OR IGNORE INTO metric (hash, resource_key, scope_key, name, description, unit, data_type, \
                 metadata, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute((
                &hash[..],
                source.resource_key,
                source.scope_key,
                &metric.name,
                &metric.description,
                &metric.unit,
                &metric.data_type,
                metadata,
                data,
            ))?;
        Ok(added > 0)
    }

    /// Writes a run's summary; its revision is this commit's.
    ///
    /// # Errors
    /// SQLite's.
    pub fn put_run(&mut self, run: &RunSummary) -> Result<(), StoreError> {
        put_run(&mut self.writer.conn.prepare_cached(&self.writer.put_run)?, run)
    }

    /// A run's summary as it was last written.
    ///
    /// # Errors
    /// SQLite's.
    pub fn run(&self, key: RunKey) -> Result<Option<RunSummary>, StoreError> {
        let sql = format!("{} WHERE run_key = ?1", self.writer.read_run);
        Ok(self.writer.conn.prepare_cached(&sql)?.query_row([key.0], read_run).optional()?)
    }

    /// Calls `each` with every step of a run, in order of arrival.
    ///
    /// # Errors
    /// SQLite's.
    pub fn for_each_step(&self, run: RunKey, mut each: impl FnMut(Step)) -> Result<(), StoreError> {
        let sql = format!(
            "SELECT {} FROM step JOIN trace USING (trace_key) WHERE step.run_key = ?1 ORDER BY step_key",
            super::rows::STEP
        );
        let mut statement = self.writer.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([run.0])?;
        while let Some(row) = rows.next()? {
            each(super::rows::read_step(row)?);
        }
        Ok(())
    }

    /// Ends the group; what it holds is kept from now on.
    ///
    /// # Errors
    /// SQLite's: then nothing of it is kept.
    pub fn commit(mut self) -> Result<i64, StoreError> {
        self.writer.conn.execute_batch("COMMIT")?;
        self.open = false;
        self.writer.data_version = data_version(&self.writer.conn)?;
        Ok(self.revision)
    }
}

impl Drop for Group<'_> {
    fn drop(&mut self) {
        if self.open {
            // what cannot be rolled back was never begun, or SQLite has rolled it back itself
            let _ = self.writer.conn.execute_batch("ROLLBACK");
            self.writer.memory = Memory::default();
        }
    }
}

struct SpanRow<'a> {
    place: Place,
    source: Source,
    span: &'a Span,
    received: UnixNanos,
    attributes: &'a str,
    events: Option<String>,
    variant: i64,
}

impl SpanRow<'_> {
    /// All columns in the order of the table.
    fn bind(&self, row: &mut Binder<'_, '_>) -> Result<(), StoreError> {
        let s = self.span;
        let some = |count: u32| (count > 0).then_some(count);
        let text = |text: &str| if text.is_empty() { None } else { Some(text.to_owned()) };
        row.put(self.place.span_key)?.put(self.place.trace_key)?;
        row.put(s.span_id.as_u64().cast_signed())?.put(self.variant)?;
        row.put(s.parent_span_id.map(|p: SpanId| p.as_u64().cast_signed()))?;
        row.put(self.source.resource_key)?.put(self.source.scope_key)?;
        row.put(&s.name)?.put(s.kind.0)?.put(s.start.cast_signed())?.put(s.end.cast_signed())?;
        row.put(s.status.0)?.put(text(&s.status_message))?.put(text(&s.trace_state))?.put(s.flags)?;
        row.put(self.received.cast_signed())?;
        row.put(some(s.dropped_attributes_count))?.put(some(s.dropped_events_count))?;
        row.put(some(s.dropped_links_count))?;
        row.put(&self.events)?.put(links(&s.links))?.put(self.attributes)?;
        Ok(())
    }
}

impl SpanRow<'_> {
    fn weight(&self) -> Weight {
        let events = self.events.as_ref().map_or(0, String::len);
        Weight { end: self.span.end, events, attributes: self.attributes.len() }
    }
}

struct OldSpan {
    key: i64,
    name: String,
    start: u64,
    resource_key: i64,
    weight: Weight,
}

impl OldSpan {
    /// Two services may share one span id (Zipkin's way: the client's and the server's side of one call).
    fn is_other_span(&self, row: &SpanRow<'_>) -> bool {
        self.name != row.span.name
            && self.start != row.span.start
            && self.resource_key != row.source.resource_key
    }
}

/// Which of two versions of a span says more: the one that ended (later), then the one with more to it (in bytes as stored).
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Weight {
    end: u64,
    events: usize,
    attributes: usize,
}

fn links(links: &[Link]) -> Option<String> {
    if links.is_empty() {
        return None;
    }
    let hex = |bytes: &[u8]| Value::Str(bytes.iter().fold(String::new(), |out, b| out + &format!("{b:02x}")));
    let map = |link: &Link| {
        Value::Map(Attributes::from_iter([
            ("trace_id", hex(&link.trace_id)),
            ("span_id", hex(&link.span_id)),
            ("trace_state", Value::from(link.trace_state.as_str())),
            ("attributes", Value::Map(link.attributes.clone())),
            ("dropped_attributes_count", Value::Int(link.dropped_attributes_count.into())),
            ("flags", Value::Int(link.flags.into())),
        ]))
    };
    Some(plain(&Value::Array(links.iter().map(map).collect())))
}

fn plain(value: &Value) -> String {
    let mut out = String::new();
    json::write_value(&mut out, value);
    out
}

fn plain_attributes(attributes: &Attributes) -> String {
    let mut out = String::new();
    json::write_list(&mut out, '{', '}', &attributes.0, |out, (key, value)| {
        json::write_key(out, key);
        json::write_value(out, value);
    });
    out
}

fn hash_of(texts: &[&str], number: u32) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    for text in texts {
        hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
    }
    hasher.update(&number.to_le_bytes());
    let mut short = [0; 16];
    short.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    short
}

fn hash_of_log(trace: Option<Trace>, source: Source, log: &LogRecord) -> [u8; 16] {
    let plain_fields = format!(
        "{:?} {source:?} {} {} {} {:?} {} {}",
        trace.map(|t| t.key),
        log.time,
        log.observed_time,
        log.severity_number,
        log.span_id,
        log.flags,
        log.dropped_attributes_count
    );
    let (body, attributes) = (plain(&log.body), plain_attributes(&log.attributes));
    hash_of(&[&plain_fields, &log.severity_text, &log.event_name, &body, &attributes], 0)
}
