//! Spans on their way into a group: kept once, the fuller version winning.

use rusqlite::OptionalExtension as _;

use super::group::{Group, Kept, Source, Trace};
use super::pieces::Place;
use super::rows::Binder;
use super::{StoreError, json, text, words};
use crate::model::{Attributes, Event, Link, Span, SpanId, StepKey, UnixNanos, Value};

impl Group<'_> {
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
        self.index_loose_words(kept);
        self.writer.memory.text = attributes;
        Ok(kept)
    }

    fn next_span(&mut self) -> Result<i64, StoreError> {
        if let Some(key) = self.writer.memory.next_span {
            return Ok(key);
        }
        // none is given twice: the full-text index may still know the one that was deleted
        let sql = "SELECT max(span_key, coalesce((SELECT max(span_key) FROM span), 0)) + 1 FROM indexed";
        Ok(self.writer.conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
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

    fn index_loose_words(&mut self, kept: Kept) {
        let pieces = &mut self.writer.memory.pieces;
        pieces.new_uses.clear();
        let words = std::mem::take(&mut pieces.loose_words);
        if let Kept::New(StepKey(key)) | Kept::Newer(StepKey(key)) = kept {
            pieces.words.add_record(key, words);
        }
    }

    /// Attributes as JSON, content in pieces. The buffer is reused from record to record.
    pub(super) fn attributes(&mut self, attributes: &Attributes, place: Place) -> Result<String, StoreError> {
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
                Value::Array(_) | Value::Map(_) if (self.writer.is_content)(key) => {
                    self.write_told(out, key, value, place)?;
                }
                _ => json::write_value(out, value),
            }
        }
        out.push('}');
        Ok(())
    }

    /// Content that came as a structure, not as JSON text: its texts are pieces wherever they stand in it.
    pub(super) fn write_told(
        &mut self,
        out: &mut String,
        key: &str,
        value: &Value,
        place: Place,
    ) -> Result<(), StoreError> {
        match value {
            Value::Str(text) if !text.is_empty() => {
                self.writer.memory.pieces.write(&self.writer.conn, out, place, key, text)
            }
            Value::Array(values) => {
                json::write_list(out, '[', ']', values, |out, value| self.write_told(out, key, value, place))
            }
            Value::Map(pairs) => json::write_list(out, '{', '}', &pairs.0, |out, (key, value)| {
                json::write_key(out, key);
                self.write_told(out, key, value, place)
            }),
            plain => {
                words::collect_number(&mut self.writer.memory.pieces.loose_words, plain);
                json::write_value(out, plain);
                Ok(())
            }
        }
    }

    /// Whether a text is kept in pieces: content always, so that it is found; anything else when it is long.
    pub(super) fn is_long(&self, key: &str, text: &str) -> bool {
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
    Some(text::plain(&Value::Array(links.iter().map(map).collect())))
}
