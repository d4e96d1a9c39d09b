//! Where a text stands that a search found: its step, the attribute and the message that hold it, the line around the words.

use rusqlite::{Connection, OptionalExtension as _};

use super::assemble::{assemble, parts, references};
use super::search::{HitStep, TextHit};
use super::snippet::Wanted;
use super::{Reader, StoreError};
use crate::model::{RunKey, SpanId, StepKey, StepKind, TraceId, Value};

impl Reader {
    pub(super) fn hit_in_piece(&self, piece: i64, wanted: &Wanted) -> Result<Option<TextHit>, StoreError> {
        let first = self
            .conn
            .prepare_cached(
                "SELECT run_key, trace_key, span_key, (SELECT count(DISTINCT run_key) FROM piece_use JOIN trace USING (trace_key) \
                 WHERE piece_key = ?1) FROM piece_use JOIN trace USING (trace_key) WHERE piece_key = ?1 \
                 ORDER BY span_key = 0, span_key LIMIT 1",
            )?
            .query_row([piece], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            .optional()?;
        // a text that no span uses is one of a metric or of a span that was replaced
        let Some((run, trace, span, runs)) = first else { return Ok(None) };
        let (kind, text): (i64, String) = self
            .conn
            .prepare_cached("SELECT kind, text FROM piece WHERE piece_key = ?1")?
            .query_row([piece], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let text = if kind == 1 { assemble(&self.conn, &parts(&text)?)? } else { text };
        let step_key = if span == 0 { self.log_with(trace, piece)? } else { Some(span) };
        let (attribute, role) = match step_key {
            Some(key) if key > 0 => self.place_of(key, piece)?,
            _ => Default::default(),
        };
        let step = step_key.map(|key| self.hit_step(key)).transpose()?.flatten();
        let (line, words) = wanted.line(&text);
        Ok(Some(TextHit { run: RunKey(run), step, runs, attribute, role, line, words }))
    }

    /// The step of a log record of this trace that tells a piece: the record's own, or that of the span it belongs to. A
    /// record's recipe holds the piece's number between brackets or commas.
    pub(super) fn log_with(&self, trace: i64, piece: i64) -> Result<Option<i64>, StoreError> {
        let pattern = format!("*[[,]{piece}[],]*");
        let found = self
            .conn
            .prepare_cached(
                "SELECT step_key, log_key FROM log_record JOIN step ON step_key = -log_key \
                 WHERE step.run_key = (SELECT run_key FROM trace WHERE trace_key = ?1) \
                 AND (body GLOB ?2 OR attributes GLOB ?2) \
                 UNION ALL SELECT step_key, log_key FROM log_record JOIN span USING (trace_key, span_id) \
                 JOIN step ON step_key = span_key \
                 WHERE log_record.trace_key = ?1 AND (body GLOB ?2 OR log_record.attributes GLOB ?2) \
                 ORDER BY log_key LIMIT 1",
            )?
            .query_row((trace, pattern), |row| row.get(0))
            .optional()?;
        Ok(found)
    }

    fn hit_step(&self, key: i64) -> Result<Option<HitStep>, StoreError> {
        let found = self
            .conn
            .prepare_cached(
                "SELECT trace_id, span_id, kind, name, agent FROM step JOIN trace USING (trace_key) WHERE step_key = ?1",
            )?
            .query_row([key], |row| {
                let trace_id = TraceId::from_bytes(&row.get::<_, [u8; 16]>(0)?);
                let span_id = SpanId::from_u64(row.get::<_, i64>(1)?.cast_unsigned());
                let kind = StepKind::ALL.into_iter().find(|kind| row.get(2) == Ok(*kind as i64));
                Ok(trace_id.zip(span_id).map(|(trace_id, span_id)| (trace_id, span_id, kind, row.get(3), row.get(4))))
            })
            .optional()?
            .flatten();
        let Some((trace_id, span_id, kind, name, agent)) = found else { return Ok(None) };
        Ok(Some(HitStep { key: StepKey(key), trace_id, span_id, kind, name: name?, agent: agent? }))
    }

    /// The attribute of a span that holds a piece, and the role of the message in it that does.
    fn place_of(&self, span: i64, piece: i64) -> Result<(String, Option<String>), StoreError> {
        for (key, pieces) in self.pieces_by_attribute(span)? {
            if pieces.contains(&piece) {
                return Ok((key, self.role_of(piece)?));
            }
            for message in pieces {
                if self.inside(message)?.contains(&piece) {
                    return Ok((key, self.role_of(message)?));
                }
            }
        }
        Ok(Default::default())
    }

    fn pieces_by_attribute(&self, span: i64) -> Result<Vec<(String, Vec<i64>)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT attribute.key, json_extract(attribute.value, '$.\"$content\"') FROM span, json_each(span.attributes) AS attribute \
             WHERE span_key = ?1 AND attribute.type = 'object' AND json_type(attribute.value, '$.\"$content\"') = 'array'",
        )?;
        let found = statement.query_map([span], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
        found
            .map(|row| {
                let (key, recipe) = row?;
                Ok((key, references(&parts(&recipe)?)))
            })
            .collect()
    }

    /// The recipe of a message; `None` of a plain text.
    fn recipe(&self, piece: i64) -> Result<Option<Vec<Value>>, StoreError> {
        let recipe: Option<String> = self
            .conn
            .prepare_cached("SELECT text FROM piece WHERE piece_key = ?1 AND kind = 1")?
            .query_row([piece], |row| row.get(0))
            .optional()?;
        recipe.map(|recipe| parts(&recipe)).transpose()
    }

    fn inside(&self, message: i64) -> Result<Vec<i64>, StoreError> {
        Ok(self.recipe(message)?.map(|parts| references(&parts)).unwrap_or_default())
    }

    fn role_of(&self, message: i64) -> Result<Option<String>, StoreError> {
        let recipe = self.recipe(message)?.unwrap_or_default();
        let literals = recipe
            .iter()
            .filter_map(|part| if let Value::Str(text) = part { Some(text.as_str()) } else { None });
        Ok(role_in(&literals.collect::<String>()))
    }

    pub(super) fn hit_in_span(&self, span: i64, wanted: &Wanted) -> Result<Option<TextHit>, StoreError> {
        let (Some(step), Some(run)) = (self.hit_step(span)?, self.run_of(span)?) else {
            return Ok(None);
        };
        let mut statement = self.conn.prepare_cached(
            "SELECT attribute.key, attribute.value FROM span, json_each(span.attributes) AS attribute WHERE span_key = ?1",
        )?;
        let mut rows = statement.query([span])?;
        while let Some(row) = rows.next()? {
            let value: rusqlite::types::Value = row.get(1)?;
            let rusqlite::types::Value::Text(text) = value else { continue };
            let (line, words) = wanted.line(&literals_of(&self.conn, &text)?);
            if !words.is_empty() {
                let attribute = row.get(0)?;
                return Ok(Some(TextHit {
                    run,
                    step: Some(step),
                    runs: 1,
                    attribute,
                    role: None,
                    line,
                    words,
                }));
            }
        }
        Ok(None)
    }
}

/// A value of an attribute as text: put together again where it is a recipe.
fn literals_of(conn: &Connection, value: &str) -> Result<String, StoreError> {
    let Some(recipe) = value.strip_prefix("{\"$content\":").and_then(|rest| rest.strip_suffix('}')) else {
        return Ok(value.to_owned());
    };
    assemble(conn, &parts(recipe)?)
}

/// The role that the JSON of a message names.
fn role_in(literals: &str) -> Option<String> {
    let (_, behind) = literals.split_once("\"role\"")?;
    let behind = behind.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let role = behind.split('"').next()?;
    (!role.is_empty() && role.len() <= 20).then(|| role.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_its_role() {
        assert_eq!(role_in(r#"{"role": "user", "content": "#).as_deref(), Some("user"));
        assert_eq!(role_in(r#"{"content": "#), None);
        assert_eq!(role_in(r#"{"role":5}"#), None);
    }
}
