//! The write connection: what is remembered of the file, and the beginning and end of groups.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hashlink::LruCache;
use rusqlite::{Connection, TransactionBehavior};
use rustc_hash::FxHashMap;

use super::group::Group;
use super::pieces::Pieces;
use super::rows::put_step_sql;
use super::run_rows::{put_run_sql, read_run_sql};
use super::word_index::WordIndex;
use super::{StoreError, Trace, schema};
use crate::model::TraceId;

/// Traces remembered with their run, some 60 bytes each.
const TRACES: usize = 50_000;
/// The write-ahead log is folded into the file when it has this many pages (of 4 KiB): larger than SQLite's 1000, so
/// that a page that many spans touch is copied once for all of them.
const CHECKPOINT_PAGES: u32 = 4000;

/// The one writer of a database.
pub struct Writer {
    pub(super) conn: Connection,
    path: PathBuf,
    pub(super) is_content: fn(&str) -> bool,
    pub(super) memory: Memory,
    pub(super) put_step: String,
    pub(super) put_run: String,
    pub(super) read_run: String,
    /// `PRAGMA data_version` at the end of our last group: another value means that someone else wrote.
    pub(super) data_version: i64,
    /// The memory held things of a group that was not kept, and is to be filled anew.
    forgotten: bool,
}

/// How long a lock of someone else is waited for: less than the ten seconds that exporters wait for an answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is remembered of the file, all of it found again there.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) pieces: Pieces,
    pub(super) sources: FxHashMap<[u8; 16], i64>,
    traces: Option<LruCache<TraceId, Trace>>,
    pub(super) next_span: Option<i64>,
    pub(super) next_log: Option<i64>,
    /// How far texts were looked through for those of deleted runs.
    pub(super) swept_texts: i64,
    pub(super) text: String,
}

impl Memory {
    /// Nothing remembered but the words that wait.
    fn of(conn: &Connection, is_content: fn(&str) -> bool) -> Result<Self, StoreError> {
        Ok(Self { pieces: Pieces::new(WordIndex::resume(conn, is_content)?), ..Self::default() })
    }

    pub(super) fn traces(&mut self) -> &mut LruCache<TraceId, Trace> {
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
        conn.busy_timeout(PATIENCE)?;
        // only a new file takes it: rows of about a kilobyte waste less of a larger page
        conn.pragma_update(None, "page_size", 8192)?;
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
        let memory = Memory::of(&conn, is_content)?;
        Ok(Self {
            conn,
            path: path.to_owned(),
            is_content,
            memory,
            put_step: put_step_sql(),
            put_run: put_run_sql(),
            read_run: read_run_sql(),
            data_version,
            forgotten: false,
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
            Ok((revision, foreign)) => Ok(Group::new(self, revision, foreign)),
            Err(error) => {
                // the transaction is given back whatever state it is in; the error that counts is the first
                let _ = self.conn.execute_batch("ROLLBACK");
                Err(error)
            }
        }
    }

    fn first_look(&mut self) -> Result<(i64, bool), StoreError> {
        let foreign = data_version(&self.conn)? != self.data_version;
        if foreign || self.forgotten {
            self.memory = Memory::of(&self.conn, self.is_content)?;
            self.forgotten = false;
        }
        let revision = self
            .conn
            .prepare_cached("UPDATE revision SET number = number + 1 RETURNING number")?
            .query_row([], |row| row.get(0))?;
        Ok((revision, foreign))
    }

    /// Forgets what a group that is not kept has left in memory.
    pub(super) fn forget(&mut self) {
        self.memory = Memory::default();
        self.forgotten = true;
    }

    /// Uses a time when nobody waits: brings the full-text index up to date and folds the write-ahead log into the
    /// file.
    ///
    /// # Errors
    /// SQLite's; nothing is lost, the work just stays to be done.
    pub fn settle(&mut self) -> Result<(), StoreError> {
        self.index()?;
        // readers may still need the log: then it is folded in as far as they allow, without waiting for them
        self.conn.busy_timeout(Duration::ZERO)?;
        let folded = self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        self.conn.busy_timeout(PATIENCE)?;
        Ok(folded?)
    }

    /// Brings the full-text index up to date.
    ///
    /// # Errors
    /// SQLite's; nothing is lost, the work just stays to be done.
    pub fn index(&mut self) -> Result<(), StoreError> {
        let words = &mut self.memory.pieces.words;
        if !words.is_empty() {
            let transaction = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            // someone else who wrote has indexed what waits here; the next group finds out and begins anew
            if data_version(&transaction)? == self.data_version {
                words.write(&transaction)?;
                transaction.commit()?;
                self.data_version = data_version(&self.conn)?;
            }
        }
        Ok(())
    }

    /// Closes the file so that it stands alone: without a write-ahead log, ready to be copied or opened read-only.
    ///
    /// # Errors
    /// SQLite's. A file that others still read keeps its log; that is no error.
    pub fn close(mut self) -> Result<(), StoreError> {
        let settled = self.settle();
        self.tolerate(settled)?;
        self.conn.busy_timeout(Duration::from_millis(200))?;
        self.conn.flush_prepared_statement_cache();
        let left =
            self.conn.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get::<_, String>(0));
        self.tolerate(left.map(drop).map_err(StoreError::from))?;
        self.conn.close().map_err(|(_, error)| error.into())
    }

    /// What keeps a file from standing alone and passes (a reader, a full disk) loses nothing: it is told to the log.
    fn tolerate(&self, result: Result<(), StoreError>) -> Result<(), StoreError> {
        match result {
            Err(error) if error.is_passing() => {
                tracing::warn!(path = %self.path.display(), %error, "the file keeps its write-ahead log");
                Ok(())
            }
            other => other,
        }
    }
}

pub(super) fn data_version(conn: &Connection) -> Result<i64, StoreError> {
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
