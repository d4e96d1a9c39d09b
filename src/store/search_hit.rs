//! Where a text stands that a search found: its step, the place in the record that holds it, the line around the words.

use rusqlite::OptionalExtension as _;

use super::assemble::{assemble, parts, references};
use super::places::{Said, said_by};
use super::search::{HitStep, TextHit};
use super::snippet::{LONE, Line, Wanted, enclosed};
use super::{Reader, StoreError};
use crate::model::{RunKey, SpanId, StepKey, StepKind, TraceId, Value};

/// Parts of a recipe that are looked at on either side of a lone text.
const NEIGHBOURS: usize = 3;

/// Where in a record a piece stands.
#[derive(Default)]
struct Place {
    attribute: String,
    /// Of the message that holds it.
    role: Option<String>,
    /// What holds it: that message, or all that stands there.
    recipe: Vec<Value>,
}

/// A log record that tells a text, and the step that it belongs to.
pub(super) struct LogWith {
    pub(super) step: i64,
    log: i64,
}

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
        // a text that no record uses is one of a span that was replaced
        let Some((run, trace, span, runs)) = first else { return Ok(None) };
        let (kind, text): (i64, String) = self
            .conn
            .prepare_cached("SELECT kind, text FROM piece WHERE piece_key = ?1")?
            .query_row([piece], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let text = if kind == 1 { assemble(&self.conn, &parts(&text)?)? } else { text };
        let (record, step) = match span {
            0 => self.log_with(trace, piece)?.map(|log| (-log.log, log.step)).unzip(),
            span => (Some(span), Some(span)),
        };
        let place = record.map(|record| self.place_of(record, piece)).transpose()?.flatten();
        let Place { attribute, role, recipe } = place.unwrap_or_default();
        let step = step.map(|key| self.hit_step(key)).transpose()?.flatten();
        let around = if text.len() <= LONE { self.around(&recipe, piece, &text)? } else { None };
        let Line { text: line, words, .. } =
            around.map_or_else(|| wanted.line(&text), |around| wanted.line_as_it_is(&around));
        Ok(Some(TextHit { run: RunKey(run), step, runs, attribute, role, line, words }))
    }

    /// A lone value with the object or list that it stands in: `Seoul` alone tells nothing, `{"city": "Seoul"}` does.
    fn around(&self, recipe: &[Value], piece: i64, text: &str) -> Result<Option<String>, StoreError> {
        let Some(at) = recipe.iter().position(|part| references(std::slice::from_ref(part)) == [piece])
        else {
            return Ok(None);
        };
        let glimpses =
            |parts: &[Value]| parts.iter().map(|part| self.glimpse(part)).collect::<Result<String, _>>();
        let before = glimpses(&recipe[at.saturating_sub(NEIGHBOURS)..at])?;
        let after = glimpses(&recipe[at + 1..recipe.len().min(at + 1 + NEIGHBOURS)])?;
        Ok(enclosed(&before, text, &after))
    }

    /// A literal, or how a piece begins.
    fn glimpse(&self, part: &Value) -> Result<String, StoreError> {
        const SQL: &str = "SELECT substr(text, 1, 40) || iif(length(text) > 40, '…', '') FROM piece WHERE piece_key = ?1 AND kind = 0";
        match (part, references(std::slice::from_ref(part)).first()) {
            (Value::Str(text), _) => Ok(text.clone()),
            (_, Some(piece)) => {
                let begins =
                    self.conn.prepare_cached(SQL)?.query_row([piece], |row| row.get(0)).optional()?;
                Ok(begins.unwrap_or_default())
            }
            _ => Ok(String::new()),
        }
    }

    /// The log record of this trace that tells a piece, with its own step or that of the span it belongs to. A record's
    /// recipe holds the piece's number between brackets or commas.
    pub(super) fn log_with(&self, trace: i64, piece: i64) -> Result<Option<LogWith>, StoreError> {
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
            .query_row((trace, pattern), |row| Ok(LogWith { step: row.get(0)?, log: row.get(1)? }))
            .optional()?;
        Ok(found)
    }

    /// Run and step of what stands between the pieces of a record; a log record that tells no step belongs to that of its
    /// span, if it has one.
    pub(super) fn run_of(&self, record: i64) -> Result<Option<(RunKey, Option<i64>)>, StoreError> {
        const OF_SPAN: &str =
            "SELECT run_key, span_key FROM span JOIN trace USING (trace_key) WHERE span_key = ?1";
        const OF_LOG: &str = "SELECT trace.run_key, step_key FROM step JOIN trace USING (trace_key) WHERE step_key = ?1 \
             UNION ALL SELECT run_key, (SELECT min(span_key) FROM span WHERE span.trace_key = log_record.trace_key \
             AND span.span_id = log_record.span_id) FROM log_record JOIN trace USING (trace_key) WHERE log_key = -?1 LIMIT 1";
        let sql = if record > 0 { OF_SPAN } else { OF_LOG };
        let found = self
            .conn
            .prepare_cached(sql)?
            .query_row([record], |row| Ok((RunKey(row.get(0)?), row.get(1)?)))
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

    /// The place in a record that holds a piece.
    fn place_of(&self, record: i64, piece: i64) -> Result<Option<Place>, StoreError> {
        for Said { place: attribute, parts } in said_by(&self.conn, record)? {
            let pieces = references(&parts);
            if pieces.contains(&piece) {
                let role = role_of(&self.recipe(piece)?.unwrap_or_default());
                return Ok(Some(Place { attribute, role, recipe: parts }));
            }
            for message in pieces {
                let recipe = self.recipe(message)?.unwrap_or_default();
                if references(&recipe).contains(&piece) {
                    return Ok(Some(Place { attribute, role: role_of(&recipe), recipe }));
                }
            }
        }
        Ok(None)
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

    /// The line with most of the words, wherever the record says it.
    pub(super) fn hit_in_record(&self, record: i64, wanted: &Wanted) -> Result<Option<TextHit>, StoreError> {
        let Some((run, step)) = self.run_of(record)? else { return Ok(None) };
        let mut best: Option<(String, Line)> = None;
        for Said { place, parts } in said_by(&self.conn, record)? {
            let line = wanted.line(&assemble(&self.conn, &parts)?);
            if line.known > best.as_ref().map_or(0, |(_, line)| line.known) {
                best = Some((place, line));
            }
        }
        let Some((attribute, Line { text: line, words, .. })) = best else { return Ok(None) };
        let step = step.map(|key| self.hit_step(key)).transpose()?.flatten();
        Ok(Some(TextHit { run, step, runs: 1, attribute, role: None, line, words }))
    }
}

/// The role that a message names, by its recipe.
fn role_of(recipe: &[Value]) -> Option<String> {
    let literals =
        recipe.iter().filter_map(|part| if let Value::Str(text) = part { Some(text.as_str()) } else { None });
    role_in(&literals.collect::<String>())
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
