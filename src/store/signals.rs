//! Log records and metrics on their way into a group: raw, whole, each once.

use super::assemble::pieces_of;
use super::group::{Group, Source, Trace};
use super::pieces::Place;
use super::rows::Binder;
use super::{StoreError, text};
use crate::model::{LogRecord, Metric, StepKey};

impl Group<'_> {
    /// Keeps a log record of `trace`; its texts are found in `shown_in`, which may be made for it. `None` if the record
    /// is known already, else the key of the step that it may tell.
    ///
    /// # Errors
    /// SQLite's.
    pub fn log(
        &mut self,
        trace: Option<Trace>,
        shown_in: Option<Trace>,
        source: Source,
        log: &LogRecord,
    ) -> Result<Option<StepKey>, StoreError> {
        let hash = hash_of_log(trace, source, log);
        let known = self
            .writer
            .conn
            .prepare_cached("SELECT 1 FROM log_record WHERE hash = ?1")?
            .exists([&hash[..]])?;
        if known {
            return Ok(None);
        }
        let place = Place { trace_key: shown_in.map_or(0, |t| t.key), span_key: 0 };
        let attributes = self.attributes(&log.attributes, place)?;
        let mut body = String::new();
        self.write_told(&mut body, "body", &log.body, place)?;
        self.writer.memory.pieces.new_uses.clear();
        let key = self.next_log()?;
        let mut statement = self.writer.conn.prepare_cached(
            "INSERT INTO log_record (log_key, hash, trace_key, span_id, resource_key, scope_key, time, observed_time, \
             severity_number, severity_text, event_name, flags, dropped_attributes_count, body, attributes) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        )?;
        let mut row = Binder(&mut statement, 0);
        row.put(key)?.put(&hash[..])?.put(trace.map(|t| t.key))?;
        row.put(log.span_id.map(|s| s.as_u64().cast_signed()))?;
        row.put(source.resource_key)?.put(source.scope_key)?;
        row.put(log.time.cast_signed())?.put(log.observed_time.cast_signed())?;
        row.put(log.severity_number)?.put(&log.severity_text)?.put(&log.event_name)?;
        row.put(log.flags)?.put(log.dropped_attributes_count)?.put(&body)?.put(&attributes)?;
        row.run()?;
        drop(statement);
        self.writer.memory.text = attributes;
        self.writer.memory.next_log = Some(key + 1);
        let pieces = &mut self.writer.memory.pieces;
        pieces.words.add_record(-key, std::mem::take(&mut pieces.loose_words));
        Ok(Some(StepKey(-key)))
    }

    fn next_log(&self) -> Result<i64, StoreError> {
        if let Some(key) = self.writer.memory.next_log {
            return Ok(key);
        }
        // none is given twice: the full-text index may still know the one that was deleted
        let sql = "SELECT max(log_key, coalesce((SELECT max(log_key) FROM log_record), 0)) + 1 FROM indexed";
        Ok(self.writer.conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
    }

    /// Notes that the texts of a log record are used by a trace that was made for it: maybe another one than when it came,
    /// where a dialect has learnt.
    ///
    /// # Errors
    /// SQLite's; damage.
    pub fn log_stands_in(&mut self, log: StepKey, made: Trace) -> Result<(), StoreError> {
        let conn = &self.writer.conn;
        let texts: [String; 2] = conn
            .prepare_cached("SELECT body, attributes FROM log_record WHERE log_key = ?1")?
            .query_row([-log.0], |row| Ok([row.get(0)?, row.get(1)?]))?;
        let mut mark = conn.prepare_cached("INSERT OR IGNORE INTO piece_use VALUES (?1, ?2, 0)")?;
        for text in texts {
            for piece in pieces_of(conn, &text)? {
                mark.execute((piece, made.key))?;
            }
        }
        Ok(())
    }

    /// Keeps a metric with its points; `false` if the same is known already.
    ///
    /// # Errors
    /// SQLite's.
    pub fn metric(&mut self, source: Source, metric: &Metric) -> Result<bool, StoreError> {
        let (metadata, data) = (text::plain_attributes(&metric.metadata), text::plain(&metric.data));
        let place = format!("{source:?}");
        let texts =
            [&place, &metric.name, &metric.description, &metric.unit, &metric.data_type, &metadata, &data];
        let hash = text::hash_of(&texts.map(String::as_str), 0);
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
    let (body, attributes) = (text::plain(&log.body), text::plain_attributes(&log.attributes));
    text::hash_of(&[&plain_fields, &log.severity_text, &log.event_name, &body, &attributes], 0)
}
