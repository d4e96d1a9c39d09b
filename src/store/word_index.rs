//! The full-text index, fed behind the commits: words wait in memory until there are enough of them or nobody writes.
//!
//! FTS5 writes a segment per transaction and merges segments later; one insert per commit costs several times what
//! large batches cost. What waits is never lost: a row tells how far the index has come, and the rest is read again
//! from the file when it is opened.

use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension as _};

use super::{StoreError, json, words};
use crate::model::Value;

/// Words that wait are written when they are this many bytes …
const WAITING_BYTES: usize = 2 << 20;
/// … or when the oldest have waited this long.
const WAITING_TIME: Duration = Duration::from_secs(2);

/// Records after which the mark of how far the index has come is moved even if none had words: what lies behind it is
/// read again after a crash.
const RECORDS_BEHIND: usize = 50_000;

/// Words that are committed as content and not indexed yet.
#[derive(Default)]
pub(super) struct WordIndex {
    /// By piece, in ascending order of keys: FTS5 writes out what it holds whenever a rowid is not the largest so far.
    pieces: Vec<(i64, String)>,
    /// What stands between the pieces of a record: by the key of a span, or that of a log record turned round.
    records: Vec<(i64, String)>,
    bytes: usize,
    since: Option<Instant>,
    /// The latest span and log record, whether they had words or not, and how many came since the index was written.
    last_span: i64,
    last_log: i64,
    records_behind: usize,
}

impl WordIndex {
    /// What an earlier process did not get to.
    pub(super) fn resume(conn: &Connection, is_content: fn(&str) -> bool) -> Result<Self, StoreError> {
        let mut index = Self::default();
        index.read_rest(conn, is_content, |_| Ok(()))?;
        Ok(index)
    }

    /// Makes the whole index anew, in the transaction that is open; `each` is called for every text and record.
    pub(super) fn make_anew(
        conn: &Connection,
        is_content: fn(&str) -> bool,
        mut each: impl FnMut(),
    ) -> Result<(), StoreError> {
        conn.execute_batch(
            "INSERT INTO piece_word (piece_word) VALUES ('delete-all'); \
             INSERT INTO span_word (span_word) VALUES ('delete-all'); \
             UPDATE indexed SET piece_key = 0, span_key = 0, log_key = 0",
        )?;
        let mut index = Self::default();
        index.read_rest(conn, is_content, |index| {
            each();
            if index.bytes >= WAITING_BYTES { index.write(conn) } else { Ok(()) }
        })?;
        index.write(conn)
    }

    /// Notes the words of all that is behind the mark of how far the index has come.
    fn read_rest(
        &mut self,
        conn: &Connection,
        is_content: fn(&str) -> bool,
        mut each: impl FnMut(&mut Self) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mark: [i64; 3] = conn.query_row("SELECT piece_key, span_key, log_key FROM indexed", [], |r| {
            Ok([r.get(0)?, r.get(1)?, r.get(2)?])
        })?;
        each_text(conn, PIECES, mark[0], |key, kind, text| {
            self.add_piece(key, words_of_piece(kind, text)?);
            each(self)
        })?;
        for (sql, mark) in [(SPANS, mark[1]), (LOGS, mark[2])] {
            each_text(conn, sql, mark, |key, _, text| {
                let mut found = String::new();
                collect_between(&mut found, &read_parts(text)?, is_content);
                self.add_record(key, found);
                each(self)
            })?;
        }
        Ok(())
    }

    pub(super) fn add_piece(&mut self, key: i64, found: String) {
        self.note(&found);
        self.pieces.push((key, found));
    }

    /// Notes what stands between the pieces of a span, or of a log record by its key turned round.
    pub(super) fn add_record(&mut self, key: i64, found: String) {
        self.last_span = self.last_span.max(key);
        self.last_log = self.last_log.max(-key);
        self.records_behind += 1;
        if !found.is_empty() {
            self.note(&found);
            self.records.push((key, found));
        }
    }

    fn note(&mut self, found: &str) {
        self.bytes += found.len();
        self.since.get_or_insert_with(Instant::now);
    }

    /// Whether it is time to write.
    pub(super) fn is_due(&self) -> bool {
        self.bytes >= WAITING_BYTES
            || self.records_behind >= RECORDS_BEHIND
            || self.since.is_some_and(|since| since.elapsed() >= WAITING_TIME)
    }

    /// Whether anything waits.
    pub(super) const fn is_empty(&self) -> bool {
        self.since.is_none() && self.records_behind == 0
    }

    /// Writes what waits, in the transaction that is open.
    pub(super) fn write(&mut self, conn: &Connection) -> Result<(), StoreError> {
        let mut put = conn.prepare_cached("INSERT INTO piece_word (rowid, text) VALUES (?1, ?2)")?;
        for (key, found) in &self.pieces {
            put.execute((key, words::indexable(found)))?;
        }
        let mut put = conn.prepare_cached("INSERT INTO span_word (rowid, text) VALUES (?1, ?2)")?;
        self.records.sort_by_key(|(key, _)| *key);
        for (key, found) in &self.records {
            put.execute((key, words::indexable(found)))?;
        }
        let last_piece = self.pieces.last().map_or(0, |(key, _)| *key);
        conn.prepare_cached(
            "UPDATE indexed SET piece_key = max(piece_key, ?1), span_key = max(span_key, ?2), log_key = max(log_key, ?3)",
        )?
        .execute((last_piece, self.last_span, self.last_log))?;
        *self = Self::default();
        Ok(())
    }
}

/// Key, kind and text of texts and records.
const PIECES: &str = "SELECT piece_key, kind, text FROM piece WHERE piece_key";
const SPANS: &str = "SELECT span_key, 0, json_array(json(attributes), json(events)) FROM span WHERE span_key";
const LOGS: &str = "SELECT -log_key, 0, json_array(json_object('body', json(body)), json(attributes)) FROM log_record \
                    WHERE log_key";

/// Takes what a record says between its pieces out of the index, while the record is still there: the index holds no text
/// and is told what to take out.
///
/// # Errors
/// SQLite's; damage.
pub(super) fn release_record(
    conn: &Connection,
    key: i64,
    is_content: fn(&str) -> bool,
) -> Result<(), StoreError> {
    let of_kind = if key > 0 { SPANS } else { LOGS };
    let said: Option<String> = conn
        .prepare_cached(&format!("{of_kind} = ?1"))?
        .query_row([key.abs()], |row| row.get(2))
        .optional()?;
    let mut found = String::new();
    collect_between(&mut found, &read_parts(said.as_deref().unwrap_or("[]"))?, is_content);
    if !found.is_empty() {
        conn.prepare_cached("INSERT INTO span_word (span_word, rowid, text) VALUES ('delete', ?1, ?2)")?
            .execute((key, words::indexable(&found)))?;
    }
    Ok(())
}

/// All behind a key, in the order of their coming.
fn each_text(
    conn: &Connection,
    sql: &str,
    after: i64,
    mut each: impl FnMut(i64, i64, &str) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = conn.prepare(&format!("{sql} > ?1 ORDER BY rowid"))?;
    let mut rows = statement.query([after])?;
    while let Some(row) = rows.next()? {
        let text: String = row.get(2)?;
        each(row.get(0)?, row.get(1)?, &text)?;
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
            words::collect_json(found, text);
        }
    }
}

/// Words of the literals in every list of parts inside `values`, and the numbers in structures that are content.
fn collect_between(found: &mut String, values: &[Value], is_content: fn(&str) -> bool) {
    for value in values {
        match value {
            Value::Map(map) => {
                for (key, inner) in map.iter() {
                    match inner {
                        Value::Array(parts) if key == json::CONTENT => collect_literals(found, parts),
                        Value::Array(_) | Value::Map(_) if is_content(json::meant_key(key)) => {
                            collect_told(found, inner);
                        }
                        other => collect_between(found, std::slice::from_ref(other), is_content),
                    }
                }
            }
            Value::Array(inner) => collect_between(found, inner, is_content),
            _ => {}
        }
    }
}

/// The same of content that came as a structure.
fn collect_told(found: &mut String, value: &Value) {
    match value {
        Value::Map(map) => {
            for (key, inner) in map.iter() {
                match inner {
                    Value::Array(parts) if key == json::CONTENT => collect_literals(found, parts),
                    inner => collect_told(found, inner),
                }
            }
        }
        Value::Array(inner) => inner.iter().for_each(|value| collect_told(found, value)),
        number => words::collect_number(found, number),
    }
}
