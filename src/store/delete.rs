//! Runs that people delete: gone at once for every reader, swept out of the file a little at a time.
//!
//! A deletion takes the run's row and its traces away, in one small transaction: everything that is shown is reached by
//! way of them. What stood behind them (spans, log records, steps, ties, texts that no other run holds, words of these
//! in the full-text index) goes in transactions small enough for others to write in between. The traces to be swept are
//! remembered in the file, so that a writer that dies leaves the rest to the next one.
//!
//! Texts are overwritten with zeros, and their pages are used again by what comes in later: the file does not shrink.
//! Words that stand between texts (roles, names of tools) stay in the index, where nothing finds them: the index has no
//! way to take a word out of a text that is not told again word for word.

use rusqlite::{Connection, OptionalExtension as _};

use super::group::Group;
use super::reader::Reader;
use super::word_index::{release_record, words_of_piece};
use super::writer::Writer;
use super::{StoreError, words};
use crate::model::RunKey;

/// Rows of spans, log records and steps that go in one transaction: some ten milliseconds.
const ROWS: usize = 2000;
/// Texts that go in one transaction, with their words: some ten milliseconds at 1.5 kB each.
const TEXTS: i64 = 300;
/// Keys of texts looked at in one transaction.
const KEYS: i64 = 20_000;

impl Group<'_> {
    /// Deletes a run, with those that were merged into it: for every reader it is gone with this commit. What it held is
    /// swept out by [`Writer::sweep`]. False if there is no such run.
    ///
    /// # Errors
    /// SQLite's.
    pub fn delete_run(&mut self, run: RunKey) -> Result<bool, StoreError> {
        overwrite(&self.writer.conn, true)?;
        let deleted = self.take_away(run);
        overwrite(&self.writer.conn, false)?;
        deleted
    }

    fn take_away(&mut self, run: RunKey) -> Result<bool, StoreError> {
        let revision = self.revision();
        let Writer { conn, memory, .. } = &mut *self.writer;
        // from here on the mark of how far the index has come stands behind every key that was ever given
        memory.pieces.words.write(conn)?;
        let gone = conn
            .prepare_cached(
                "WITH RECURSIVE gone (key) AS (SELECT run_key FROM run WHERE run_key = ?1 \
                 UNION SELECT run_key FROM run JOIN gone ON merged_into = gone.key) \
                 INSERT INTO deleted_run SELECT key, ?2 FROM gone",
            )?
            .execute((run.0, revision))?;
        for sql in [
            "DELETE FROM run WHERE run_key IN (SELECT run_key FROM deleted_run WHERE revision = ?1)",
            "DELETE FROM finding WHERE run_key IN (SELECT run_key FROM deleted_run WHERE revision = ?1)",
        ] {
            conn.prepare_cached(sql)?.execute([revision])?;
        }
        conn.prepare_cached(
            "INSERT INTO deleted_trace (trace_key, run_key) SELECT trace_key, run_key FROM trace WHERE run_key = ?1",
        )?
        .execute([run.0])?;
        conn.prepare_cached("DELETE FROM trace WHERE run_key = ?1")?.execute([run.0])?;
        memory.traces().clear();
        memory.swept_texts = 0;
        Ok(gone > 0)
    }

    /// Sweeps out a little of what deleted runs left; false once there is nothing more.
    fn sweep(&mut self) -> Result<bool, StoreError> {
        let Writer { conn, memory, is_content, .. } = &mut *self.writer;
        if sweep_rows(conn, *is_content)? {
            return Ok(true);
        }
        // words that wait belong to texts that may go
        memory.pieces.words.write(conn)?;
        let mark = sweep_texts(conn, memory.swept_texts)?;
        if mark.is_none() {
            conn.execute_batch("DELETE FROM deleted_trace WHERE emptied")?;
        }
        memory.swept_texts = mark.unwrap_or(0);
        // a text that is remembered as kept may be gone
        memory.pieces.forget();
        Ok(mark.is_some())
    }
}

impl Writer {
    /// Sweeps out a little of what deleted runs left in the file, in a transaction of some ten milliseconds. False once
    /// there is nothing more.
    ///
    /// # Errors
    /// SQLite's; what is left stays to be swept.
    pub fn sweep(&mut self) -> Result<bool, StoreError> {
        if !self.has_litter()? {
            return Ok(false);
        }
        overwrite(&self.conn, true)?;
        let swept = self.begin().and_then(|mut group| {
            let more = group.sweep()?;
            group.commit().map(|_| more)
        });
        overwrite(&self.conn, false)?;
        swept
    }

    /// Whether something of a deleted run is still in the file.
    ///
    /// # Errors
    /// SQLite's.
    pub fn has_litter(&self) -> Result<bool, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM deleted_trace)")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }
}

impl Reader {
    /// Runs that were deleted after commit `revision`; none of those before the first (0).
    ///
    /// # Errors
    /// SQLite's.
    pub fn deleted_runs(&self, revision: i64) -> Result<Vec<RunKey>, StoreError> {
        if revision == 0 || !self.knows_deletion() {
            return Ok(Vec::new());
        }
        let mut statement =
            self.conn.prepare_cached("SELECT run_key FROM deleted_run WHERE revision > ?1")?;
        Ok(statement.query_map([revision], |row| row.get(0).map(RunKey))?.collect::<Result<_, _>>()?)
    }
}

/// Whether what is taken out is overwritten with zeros. Not always, for it costs a write of every page that is freed, and
/// the full-text index frees many.
fn overwrite(conn: &Connection, on: bool) -> Result<(), StoreError> {
    Ok(conn.pragma_update_and_check(None, "secure_delete", on, |_| Ok(()))?)
}

/// A trace that is swept out.
#[derive(Clone, Copy)]
struct Swept {
    trace: i64,
    run: i64,
    is_content: fn(&str) -> bool,
}

/// Takes out rows of deleted traces, [`ROWS`] at most; false once there are none.
fn sweep_rows(conn: &Connection, is_content: fn(&str) -> bool) -> Result<bool, StoreError> {
    let mut next = conn.prepare_cached(
        "SELECT trace_key, run_key FROM deleted_trace WHERE NOT emptied ORDER BY trace_key LIMIT 1",
    )?;
    let mut swept = 0;
    let mut found = false;
    while swept < ROWS {
        let Some((trace, run)) = next.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()? else {
            break;
        };
        found = true;
        let rows = sweep_trace(conn, Swept { trace, run, is_content }, ROWS - swept)?;
        swept += rows;
        if rows == 0 {
            conn.prepare_cached("DELETE FROM tie WHERE trace_key = ?1")?.execute([trace])?;
            conn.prepare_cached("UPDATE deleted_trace SET emptied = 1 WHERE trace_key = ?1")?
                .execute([trace])?;
        }
    }
    Ok(found)
}

/// Takes out at most `most` records with their words: those that steps of a run were derived from, or what is left of a
/// trace of which no step tells; how many it were.
fn sweep_trace(conn: &Connection, swept: Swept, most: usize) -> Result<usize, StoreError> {
    const OF_STEPS: &str = "SELECT step_key FROM step WHERE run_key = ?1 LIMIT ?2";
    const LEFT: &str = "SELECT span_key FROM span WHERE trace_key = ?1 \
                        UNION ALL SELECT -log_key FROM log_record WHERE trace_key = ?1 LIMIT ?2";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let records = |sql, of: i64| -> Result<Vec<i64>, StoreError> {
        Ok(conn.prepare_cached(sql)?.query_map((of, most), |row| row.get(0))?.collect::<Result<_, _>>()?)
    };
    let mut gone = records(OF_STEPS, swept.run)?;
    if gone.is_empty() {
        gone = records(LEFT, swept.trace)?;
    }
    for &record in &gone {
        release_record(conn, record, swept.is_content)?;
        // a step of a log record has the record's key, turned round
        conn.prepare_cached("DELETE FROM span WHERE span_key = ?1")?.execute([record])?;
        conn.prepare_cached("DELETE FROM log_record WHERE log_key = -?1")?.execute([record])?;
        conn.prepare_cached("DELETE FROM step WHERE step_key = ?1")?.execute([record])?;
    }
    Ok(gone.len())
}

/// Takes out uses of texts by deleted traces, and texts that nobody uses any more, above the key `after`. Gives the
/// key to go on from, `None` at the end.
fn sweep_texts(conn: &Connection, after: i64) -> Result<Option<i64>, StoreError> {
    let last: Option<i64> =
        conn.prepare_cached("SELECT max(piece_key) FROM piece_use")?.query_row([], |row| row.get(0))?;
    if last.is_none_or(|last| after >= last) {
        return Ok(None);
    }
    let used: Vec<i64> = conn
        .prepare_cached(
            "SELECT DISTINCT piece_key FROM piece_use WHERE piece_key > ?1 AND piece_key <= ?2 \
             AND trace_key IN (SELECT trace_key FROM deleted_trace) ORDER BY piece_key LIMIT ?3",
        )?
        .query_map((after, after + KEYS, TEXTS), |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let is_full = i64::try_from(used.len()).is_ok_and(|len| len == TEXTS);
    let upto = used.last().copied().filter(|_| is_full).unwrap_or(after + KEYS);
    conn.prepare_cached(
        "DELETE FROM piece_use WHERE piece_key > ?1 AND piece_key <= ?2 \
         AND trace_key IN (SELECT trace_key FROM deleted_trace)",
    )?
    .execute((after, upto))?;
    for piece in used {
        release(conn, piece)?;
    }
    Ok(Some(upto))
}

/// Takes out a text that nobody uses any more, and its words.
fn release(conn: &Connection, piece: i64) -> Result<(), StoreError> {
    if conn.prepare_cached("SELECT 1 FROM piece_use WHERE piece_key = ?1")?.exists([piece])? {
        return Ok(());
    }
    let found: Option<(i64, String)> = conn
        .prepare_cached("DELETE FROM piece WHERE piece_key = ?1 RETURNING kind, text")?
        .query_row([piece], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((kind, text)) = found else { return Ok(()) };
    // the index holds no text: it is told what to take out
    let said = words::indexable(&words_of_piece(kind, &text)?);
    conn.prepare_cached("INSERT INTO piece_word (piece_word, rowid, text) VALUES ('delete', ?1, ?2)")?
        .execute((piece, said))?;
    Ok(())
}
