//! Texts of a file that an earlier version wrote, kept and indexed as this version does: a text that was no content then
//! stands in its record as it is, and nothing finds it.

use super::group::Group;
use super::pieces::Place;
use super::schema::TEXT_RULES;
use super::word_index::WordIndex;
use super::{Reader, StoreError, json};
use crate::model::{Attributes, Value};

/// Records read at once.
const ROWS: u32 = 500;

/// Rows of a table of records: which come behind a key, and how one is written back.
struct Records {
    /// Key, trace in which its texts are used, and two stored values.
    behind: &'static str,
    update: &'static str,
    /// What each of the values is.
    holds: [Holds; 2],
    /// Whether texts are used by a record of its own key, or by none that is named.
    is_span: bool,
}

#[derive(Clone, Copy)]
enum Holds {
    Attributes,
    Events,
    Body,
}

const SPANS: Records = Records {
    behind: "SELECT span_key, trace_key, attributes, events FROM span WHERE span_key > ?1 ORDER BY span_key LIMIT ?2",
    update: "UPDATE span SET attributes = coalesce(?2, attributes), events = coalesce(?3, events) WHERE span_key = ?1",
    holds: [Holds::Attributes, Holds::Events],
    is_span: true,
};

const LOGS: Records = Records {
    behind: "SELECT log_key, coalesce(log_record.trace_key, step.trace_key, 0), body, attributes FROM log_record \
             LEFT JOIN step ON step_key = -log_key WHERE log_key > ?1 ORDER BY log_key LIMIT ?2",
    update: "UPDATE log_record SET body = coalesce(?2, body), attributes = coalesce(?3, attributes) WHERE log_key = ?1",
    holds: [Holds::Body, Holds::Attributes],
    is_span: false,
};

/// A row of [`Records`].
struct Row {
    key: i64,
    trace_key: i64,
    values: [Option<String>; 2],
}

impl Reader {
    /// Whether every text of the file is found: an earlier version kept fewer of them to be found, and its files lack the
    /// rest until [`Group::keep_texts_again`].
    ///
    /// # Errors
    /// SQLite's.
    pub fn finds_all_texts(&self) -> Result<bool, StoreError> {
        let sql = self.sql_for_file(
            "SELECT text_rules >= ?1 OR NOT EXISTS (SELECT 1 FROM span) AND NOT EXISTS (SELECT 1 FROM log_record) \
             FROM indexed",
        );
        Ok(self.conn.prepare_cached(&sql)?.query_row([TEXT_RULES], |row| row.get(0))?)
    }
}

impl Group<'_> {
    /// Keeps and indexes every text as this version does, where an earlier one wrote the file; after the steps are
    /// derived, which tell where log records outside of any trace are shown. `progress` hears of what is done and of all.
    ///
    /// # Errors
    /// SQLite's; damage.
    pub fn keep_texts_again(&mut self, progress: &mut dyn FnMut(u64, u64)) -> Result<(), StoreError> {
        let conn = &self.writer.conn;
        let rules: i64 = conn.query_row("SELECT text_rules FROM indexed", [], |row| row.get(0))?;
        if rules >= TEXT_RULES {
            return Ok(());
        }
        let count = "SELECT (SELECT count(*) FROM span) + (SELECT count(*) FROM log_record)";
        let records = conn.query_row(count, [], |row| row.get::<_, i64>(0))?.unsigned_abs();
        let mut done = 0;
        for table in [&SPANS, &LOGS] {
            let mut after = 0;
            while let Some(last) = self.keep_rows_again(table, after, &mut done)? {
                after = last;
                progress(done, records);
            }
        }
        let is_content = self.writer.is_content;
        let conn = &self.writer.conn;
        let pieces =
            conn.query_row("SELECT count(*) FROM piece", [], |row| row.get::<_, i64>(0))?.unsigned_abs();
        let mut done = 0;
        WordIndex::make_anew(conn, is_content, || {
            done += 1;
            if done % u64::from(ROWS) == 0 {
                progress(done, records + pieces);
            }
        })?;
        conn.execute("UPDATE indexed SET text_rules = ?1", [TEXT_RULES])?;
        Ok(())
    }

    /// Does so for some records; the key of the last, `None` at the end.
    fn keep_rows_again(
        &mut self,
        table: &Records,
        after: i64,
        done: &mut u64,
    ) -> Result<Option<i64>, StoreError> {
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Row { key: row.get(0)?, trace_key: row.get(1)?, values: [row.get(2)?, row.get(3)?] })
        };
        let rows: Vec<Row> = self
            .writer
            .conn
            .prepare_cached(table.behind)?
            .query_map((after, ROWS), read)?
            .collect::<Result<_, _>>()?;
        for row in &rows {
            self.keep_row_again(table, row)?;
        }
        *done += rows.len() as u64;
        // the whole index is made anew in the end
        let pieces = &mut self.writer.memory.pieces;
        pieces.words = WordIndex::default();
        pieces.loose_words.clear();
        pieces.new_uses.clear();
        Ok(rows.last().map(|row| row.key))
    }

    fn keep_row_again(&mut self, table: &Records, row: &Row) -> Result<(), StoreError> {
        let place = Place { trace_key: row.trace_key, span_key: if table.is_span { row.key } else { 0 } };
        let mut again = Again { group: self, place, changed: false };
        let mut values = [None, None];
        for ((value, holds), out) in row.values.iter().zip(table.holds).zip(&mut values) {
            *out = value.as_deref().map(|value| again.stored(value, holds)).transpose()?.flatten();
        }
        if again.changed {
            let [first, second] = values;
            self.writer.conn.prepare_cached(table.update)?.execute((row.key, first, second))?;
        }
        Ok(())
    }
}

/// One record on its way from what was stored to what is.
struct Again<'g, 'w> {
    group: &'g mut Group<'w>,
    place: Place,
    /// Whether a text was kept that was not.
    changed: bool,
}

impl Again<'_, '_> {
    /// A stored value as it would be stored now; `None` where that is the same.
    fn stored(&mut self, stored: &str, holds: Holds) -> Result<Option<String>, StoreError> {
        let before = std::mem::take(&mut self.changed);
        let mut out = String::new();
        match (holds, json::read_tagged(stored)?) {
            (Holds::Attributes, Value::Map(pairs)) => self.attributes(&mut out, &pairs)?,
            (Holds::Events, Value::Array(events)) => {
                json::write_list(&mut out, '[', ']', &events, |out, event| self.event(out, event))?;
            }
            (Holds::Body, body) => self.told(&mut out, "body", &body)?,
            (Holds::Attributes | Holds::Events, _) => {}
        }
        let changed = std::mem::replace(&mut self.changed, before);
        self.changed |= changed;
        Ok(changed.then_some(out))
    }

    fn event(&mut self, out: &mut String, event: &Value) -> Result<(), StoreError> {
        let Value::Map(Attributes(fields)) = event else {
            json::write_tagged_value(out, event);
            return Ok(());
        };
        json::write_list(out, '{', '}', fields, |out, (key, value)| {
            json::write_str(out, key);
            out.push(':');
            match value {
                Value::Map(pairs) if key == "attributes" => self.attributes(out, pairs)?,
                other => json::write_tagged_value(out, other),
            }
            Ok(())
        })
    }

    fn attributes(&mut self, out: &mut String, pairs: &Attributes) -> Result<(), StoreError> {
        json::write_list(out, '{', '}', &pairs.0, |out, (stored_key, value)| {
            json::write_str(out, stored_key);
            out.push(':');
            let key = json::meant_key(stored_key);
            match value {
                Value::Str(text) if self.group.is_long(key, text) => self.keep(out, key, text)?,
                Value::Array(_) | Value::Map(_) if (self.group.writer.is_content)(key) => {
                    self.told(out, key, value)?;
                }
                other => json::write_tagged_value(out, other),
            }
            Ok(())
        })
    }

    /// Content, which may be a structure.
    fn told(&mut self, out: &mut String, key: &str, value: &Value) -> Result<(), StoreError> {
        match value {
            Value::Str(text) if !text.is_empty() => self.keep(out, key, text),
            Value::Array(values) => {
                json::write_list(out, '[', ']', values, |out, value| self.told(out, key, value))
            }
            Value::Map(pairs) if !json::is_tag(value) => {
                json::write_list(out, '{', '}', &pairs.0, |out, (key, value)| {
                    json::write_str(out, key);
                    out.push(':');
                    self.told(out, json::meant_key(key), value)
                })
            }
            other => {
                json::write_tagged_value(out, other);
                Ok(())
            }
        }
    }

    fn keep(&mut self, out: &mut String, key: &str, text: &str) -> Result<(), StoreError> {
        self.changed = true;
        let writer = &mut *self.group.writer;
        writer.memory.pieces.write(&writer.conn, out, self.place, key, text)
    }
}
