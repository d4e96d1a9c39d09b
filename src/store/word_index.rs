//! The full-text index, fed behind the commits: words wait in memory until there are enough of them or nobody writes.
//!
//! FTS5 writes a segment per transaction and merges segments later; one insert per commit costs several times what
//! large batches cost. What waits is never lost: a row tells how far the index has come, and the rest is read again
//! from the file when it is opened.

use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::{StoreError, json, words};
use crate::model::Value;

/// Words that wait are written when they are this many bytes …
const WAITING_BYTES: usize = 2 << 20;
/// … or when the oldest have waited this long.
const WAITING_TIME: Duration = Duration::from_secs(2);

/// Spans after which the mark of how far the index has come is moved even if none had words: what lies behind it is
/// read again after a crash.
const SPANS_BEHIND: usize = 50_000;

/// Words that are committed as content and not indexed yet.
#[derive(Default)]
pub(super) struct WordIndex {
    /// By piece, in ascending order of keys: FTS5 writes out what it holds whenever a rowid is not the largest so far.
    pieces: Vec<(i64, String)>,
    /// By span: what stands between its pieces.
    spans: Vec<(i64, String)>,
    bytes: usize,
    since: Option<Instant>,
    /// The latest span, whether it had words or not, and how many spans came since the index was written.
    last_span: i64,
    spans_behind: usize,
}

impl WordIndex {
    /// What an earlier process did not get to.
    pub(super) fn resume(conn: &Connection) -> Result<Self, StoreError> {
        let (piece, span): (i64, i64) =
            conn.query_row("SELECT piece_key, span_key FROM indexed", [], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let mut index = Self::default();
        each_text(
            conn,
            "SELECT piece_key, text, kind FROM piece WHERE piece_key > ?1",
            piece,
            |key, text, kind| {
                index.add_piece(key, words_of_piece(kind, text)?);
                Ok(())
            },
        )?;
        each_text(
            conn,
            "SELECT span_key, attributes, 0 FROM span WHERE span_key > ?1",
            span,
            |key, text, _| {
                let mut found = String::new();
                collect_between(&mut found, &read_parts(text)?);
                index.add_span(key, found);
                Ok(())
            },
        )?;
        Ok(index)
    }

    pub(super) fn add_piece(&mut self, key: i64, found: String) {
        self.note(&found);
        self.pieces.push((key, found));
    }

    pub(super) fn add_span(&mut self, key: i64, found: String) {
        self.last_span = self.last_span.max(key);
        self.spans_behind += 1;
        if !found.is_empty() {
            self.note(&found);
            self.spans.push((key, found));
        }
    }

    fn note(&mut self, found: &str) {
        self.bytes += found.len();
        self.since.get_or_insert_with(Instant::now);
    }

    /// Whether it is time to write.
    pub(super) fn is_due(&self) -> bool {
        self.bytes >= WAITING_BYTES
            || self.spans_behind >= SPANS_BEHIND
            || self.since.is_some_and(|since| since.elapsed() >= WAITING_TIME)
    }

    /// Whether anything waits.
    pub(super) const fn is_empty(&self) -> bool {
        self.since.is_none() && self.spans_behind == 0
    }

    /// Writes what waits, in the transaction that is open.
    pub(super) fn write(&mut self, conn: &Connection) -> Result<(), StoreError> {
        let mut put = conn.prepare_cached("INSERT INTO piece_word (rowid, text) VALUES (?1, ?2)")?;
        for (key, found) in &self.pieces {
            put.execute((key, words::indexable(found)))?;
        }
        let mut put = conn.prepare_cached("INSERT INTO span_word (rowid, text) VALUES (?1, ?2)")?;
        self.spans.sort_by_key(|(key, _)| *key);
        for (key, found) in &self.spans {
            put.execute((key, words::indexable(found)))?;
        }
        let last_piece = self.pieces.last().map_or(0, |(key, _)| *key);
        conn.prepare_cached(
            "UPDATE indexed SET piece_key = max(piece_key, ?1), span_key = max(span_key, ?2)",
        )?
        .execute((last_piece, self.last_span))?;
        *self = Self::default();
        Ok(())
    }
}

fn each_text(
    conn: &Connection,
    sql: &str,
    after: i64,
    mut each: impl FnMut(i64, &str, i64) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = conn.prepare(sql)?;
    let mut rows = statement.query([after])?;
    while let Some(row) = rows.next()? {
        let text: String = row.get(1)?;
        each(row.get(0)?, &text, row.get(2)?)?;
    }
    Ok(())
}

/// Words of a piece: of a list of parts those of its literals.
pub(super) fn words_of_piece(kind: i64, text: &str) -> Result<String, StoreError> {
    let mut found = String::new();
    match kind {
        0 => words::collect(&mut found, text),
        _ => collect_literals(&mut found, &read_parts(text)?),
    }
    Ok(found)
}

fn read_parts(text: &str) -> Result<Vec<Value>, StoreError> {
    json::read_parts(text).map_err(|e| StoreError::Damaged(e.to_string()))
}

/// Words of the literals of a list of parts.
pub(super) fn collect_literals(found: &mut String, parts: &[Value]) {
    for part in parts {
        if let Value::Str(text) = part {
            words::collect(found, text);
        }
    }
}

/// Words of the literals in every list of parts inside `values`.
fn collect_between(found: &mut String, values: &[Value]) {
    for value in values {
        match value {
            Value::Map(map) => {
                for (key, inner) in map.iter() {
                    match inner {
                        Value::Array(parts) if key == json::CONTENT => collect_literals(found, parts),
                        other => collect_between(found, std::slice::from_ref(other)),
                    }
                }
            }
            Value::Array(inner) => collect_between(found, inner),
            _ => {}
        }
    }
}
