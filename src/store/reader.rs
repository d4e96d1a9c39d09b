//! Read-only connections: lists, trees, one step with its content. Evidence is never opened for writing.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _};

use super::open::{Mode, connect, fingerprint, has_log, look_at};
use super::rows::{STEP, for_version};
use super::run_rows::{read_run, read_run_sql};
use super::{StoreError, schema};
use crate::model::{RunKey, RunSummary};

/// KiB of pages that a connection keeps.
pub(super) const CACHE: i64 = 16_384;

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
        conn.pragma_update(None, "cache_size", -CACHE)?;
        let run_sql = for_version(&read_run_sql(), version);
        let step_columns = for_version(STEP, version);
        Ok(Self { conn, path: path.to_owned(), mode, version, run_sql, step_columns })
    }

    /// Keeps so many KiB of pages.
    pub(super) fn set_cache(&self, size: i64) -> Result<(), StoreError> {
        Ok(self.conn.pragma_update(None, "cache_size", -size)?)
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
}
