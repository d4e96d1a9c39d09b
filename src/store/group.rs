//! One transaction: exports go in, all of them or none.

use rusqlite::OptionalExtension as _;

use super::rows::{StepPlace, put_step};
use super::run_rows::{put_run, read_run};
use super::writer::{Writer, data_version};
use super::{StoreError, text};
use crate::model::{Resource, RunKey, RunSummary, Scope, Step, StepKey, TraceId, UnixNanos, Value};

/// Who sent a record: rows of its resource and scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    pub(super) resource_key: i64,
    pub(super) scope_key: i64,
}

/// A trace in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    pub(super) key: i64,
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

/// A run as it was before everything was derived anew: what does not follow from raw telemetry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldRun {
    /// Its row.
    pub key: RunKey,
    /// Its id, which people may have noted.
    pub run_id: String,
    /// When its last news was received.
    pub received: UnixNanos,
}

/// One transaction. Dropped without [`Group::commit`], nothing of it stays.
pub struct Group<'w> {
    pub(super) writer: &'w mut Writer,
    revision: i64,
    foreign: bool,
    open: bool,
}

impl<'w> Group<'w> {
    pub(super) const fn new(writer: &'w mut Writer, revision: i64, foreign: bool) -> Self {
        Self { writer, revision, foreign, open: true }
    }
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
        let attributes = text::plain_attributes(&resource.attributes);
        let refs = (!resource.entity_refs.is_empty())
            .then(|| text::plain(&Value::Array(resource.entity_refs.clone())));
        let dropped = resource.dropped_attributes_count;
        let hash = text::hash_of(
            &["resource", &attributes, refs.as_deref().unwrap_or(""), &resource.schema_url],
            dropped,
        );
        self.keyed(
            hash,
            "SELECT resource_key FROM resource WHERE hash = ?1",
            "INSERT INTO resource (hash, service, attributes, dropped_attributes_count, entity_refs, schema_url) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (&hash[..], resource.service(), &attributes, dropped, &refs, &resource.schema_url),
        )
    }

    fn scope(&mut self, scope: &Scope) -> Result<i64, StoreError> {
        let attributes = text::plain_attributes(&scope.attributes);
        let dropped = scope.dropped_attributes_count;
        let hash =
            text::hash_of(&["scope", &scope.name, &scope.version, &attributes, &scope.schema_url], dropped);
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
        let key = if let Some(key) = known {
            key
        } else {
            conn.prepare_cached(insert)?.execute(values)?;
            conn.last_insert_rowid()
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

    /// Puts a new trace into `run`; `made` of a hash, where log records stand outside of any.
    ///
    /// # Errors
    /// SQLite's; a trace that is known already.
    pub fn add_trace(&mut self, id: TraceId, run: RunKey, made: bool) -> Result<Trace, StoreError> {
        self.writer
            .conn
            .prepare_cached(
                "INSERT INTO trace (trace_key, trace_id, run_key, made) VALUES (1 + max(\
                 coalesce((SELECT max(trace_key) FROM trace), 0), \
                 coalesce((SELECT max(trace_key) FROM deleted_trace), 0)), ?1, ?2, ?3)",
            )?
            .execute((&id.as_bytes()[..], run.0, made))?;
        let trace = Trace { key: self.writer.conn.last_insert_rowid(), run };
        self.writer.memory.traces().insert(id, trace);
        Ok(trace)
    }

    /// Forgets everything derived, so that it can be derived anew. Traces remember the run they were in, as a negative
    /// key; the runs that were are returned, by key.
    ///
    /// # Errors
    /// SQLite's.
    pub fn clear_derived(&mut self) -> Result<Vec<OldRun>, StoreError> {
        let conn = &self.writer.conn;
        let mut statement =
            conn.prepare("SELECT run_key, run_id, received_time FROM run ORDER BY run_key")?;
        let read = |row: &rusqlite::Row<'_>| {
            Ok(OldRun {
                key: RunKey(row.get(0)?),
                run_id: row.get(1)?,
                received: row.get::<_, i64>(2)?.cast_unsigned(),
            })
        };
        let old = statement.query_map([], read)?.collect::<Result<_, _>>()?;
        conn.execute_batch(
            "DELETE FROM step; DELETE FROM tie; DELETE FROM finding; DELETE FROM run; \
             UPDATE trace SET run_key = -abs(run_key)",
        )?;
        self.writer.memory.traces().clear();
        Ok(old)
    }

    /// A key for a new run, given to none before; the row comes with [`Self::put_run`].
    ///
    /// # Errors
    /// SQLite's.
    pub fn next_run(&self, after: Option<RunKey>) -> Result<RunKey, StoreError> {
        if let Some(RunKey(key)) = after {
            return Ok(RunKey(key + 1));
        }
        let sql = "SELECT 1 + max(coalesce((SELECT max(run_key) FROM run), 0), \
                   coalesce((SELECT max(run_key) FROM deleted_run), 0))";
        Ok(self.writer.conn.prepare_cached(sql)?.query_row([], |row| row.get(0).map(RunKey))?)
    }

    /// Keeps what a span means.
    ///
    /// # Errors
    /// SQLite's.
    pub fn step(&mut self, trace: Trace, step: &Step) -> Result<(), StoreError> {
        let place = StepPlace { run: trace.run, revision: self.revision, trace_key: trace.key };
        put_step(&mut self.writer.conn.prepare_cached(&self.writer.put_step)?, step, &place)
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

    /// Ends the group; what it holds is kept from now on.
    ///
    /// # Errors
    /// SQLite's: then nothing of it is kept.
    pub fn commit(mut self) -> Result<i64, StoreError> {
        let words = &mut self.writer.memory.pieces.words;
        if words.is_due() {
            words.write(&self.writer.conn)?;
        }
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
            self.writer.forget();
        }
    }
}
