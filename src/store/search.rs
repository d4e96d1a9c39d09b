//! Full-text search: which runs hold some words, and where each text that holds them stands, with the line around them.
//!
//! The index is asked for the newest texts first and a handful at a time, so that the first hits are there at once however
//! large the file is, and a search that nobody waits for any more ends after the handful that it is at.

use std::collections::BTreeSet;
use std::ops::Range;

use rusqlite::{Connection, OptionalExtension as _};

use super::assemble::{assemble, parts, references};
use super::snippet::Wanted;
use super::words::Typed;
use super::{Reader, StoreError};
use crate::model::{RunKey, SpanId, StepKey, StepKind, TraceId, Value};

/// Texts after which a search is asked whether somebody still waits: a few milliseconds.
pub(super) const HANDFUL: usize = 1000;

/// A text that holds the words, where it was used first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextHit {
    /// Run that used it first.
    pub run: RunKey,
    /// Step in which it did; `None` where no step is told of it.
    pub step: Option<HitStep>,
    /// Runs that hold it.
    pub runs: u32,
    /// Attribute that it is in, empty if that is not known.
    pub attribute: String,
    /// Role of the message that it is in.
    pub role: Option<String>,
    /// The line with the first of the words, cut around it.
    pub line: String,
    /// The words in `line`, as bytes.
    pub words: Vec<Range<usize>>,
}

/// The step of a hit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HitStep {
    /// Row in the store.
    pub key: StepKey,
    /// Trace.
    pub trace_id: TraceId,
    /// Span, or what stands for a log record.
    pub span_id: SpanId,
    /// What it is.
    pub kind: Option<StepKind>,
    /// What it is called.
    pub name: String,
    /// Whose it is.
    pub agent: Option<String>,
}

/// Where a search goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Which of the questions that a search asks one after the other, from 0 on.
    pub round: usize,
    /// Texts below this key.
    pub below: i64,
}

impl Default for Mark {
    fn default() -> Self {
        Self { round: 0, below: i64::MAX }
    }
}

impl Mark {
    /// The next question from its beginning, `None` after the last.
    fn next_round(self) -> Option<Self> {
        (self.round + 1 < ROUNDS.len()).then_some(Self { round: self.round + 1, below: i64::MAX })
    }
}

/// Some hits, and where the next are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HitPage {
    /// Hits, the newest first.
    pub hits: Vec<TextHit>,
    /// Where the search goes on; `None` at its end.
    pub next: Option<Mark>,
}

/// What is asked one after the other: texts before what stands between them, and of each first those that hold one of a
/// few words with the typed beginning. These are told the newest first without reading on; the words of a short beginning
/// are so many that the index takes half a second to put them in order.
pub(super) const ROUNDS: [(&Index, Reach); 4] =
    [(&PIECES, Reach::Few), (&PIECES, Reach::Rest), (&SPANS, Reach::Few), (&SPANS, Reach::Rest)];

/// Words with the typed beginning that are asked for first; the word itself is the first of them.
const FEW: usize = 32;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    Few,
    Rest,
}

/// One of the two tables of words.
pub(super) struct Index {
    /// Makes its list of words readable.
    open: &'static str,
    /// The first words from a beginning on, in order.
    words: &'static str,
    /// Some texts, the newest first.
    texts: &'static str,
    /// Every text with its runs; one that nobody uses has none.
    runs: &'static str,
    /// Whether its texts are pieces, which many spans may hold; else they are what one span says between them.
    pub(super) is_of_pieces: bool,
    /// Tells of a text.
    hit: fn(&Reader, i64, &Wanted) -> Result<Option<TextHit>, StoreError>,
}

const PIECES: Index = Index {
    open: "CREATE VIRTUAL TABLE IF NOT EXISTS temp.piece_term USING fts5vocab('main', 'piece_word', 'row')",
    words: "SELECT term FROM temp.piece_term WHERE term >= ?1 AND term <= ?2 LIMIT ?3",
    texts: "SELECT rowid FROM piece_word WHERE piece_word MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3",
    runs: "SELECT run_key FROM piece_word LEFT JOIN piece_use ON piece_key = piece_word.rowid \
           LEFT JOIN trace USING (trace_key) WHERE piece_word MATCH ?1 ORDER BY piece_word.rowid DESC",
    is_of_pieces: true,
    hit: Reader::hit_in_piece,
};

const SPANS: Index = Index {
    open: "CREATE VIRTUAL TABLE IF NOT EXISTS temp.span_term USING fts5vocab('main', 'span_word', 'row')",
    words: "SELECT term FROM temp.span_term WHERE term >= ?1 AND term <= ?2 LIMIT ?3",
    texts: "SELECT rowid FROM span_word WHERE span_word MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3",
    runs: "SELECT run_key FROM span_word LEFT JOIN span ON span_key = span_word.rowid \
           LEFT JOIN trace USING (trace_key) WHERE span_word MATCH ?1 ORDER BY span_word.rowid DESC",
    is_of_pieces: false,
    hit: Reader::hit_in_span,
};

impl Reader {
    /// Runs that hold every word of `typed` in what they asked, said, passed to tools or got from them, ascending. After
    /// each handful `goes_on` is told those found so far; `None` once it says no.
    ///
    /// # Errors
    /// SQLite's.
    pub fn search_runs(
        &self,
        typed: &str,
        goes_on: &mut dyn FnMut(&BTreeSet<RunKey>) -> bool,
    ) -> Result<Option<Vec<RunKey>>, StoreError> {
        let mut found = BTreeSet::new();
        let Some(typed) = Typed::of(typed) else { return Ok(Some(Vec::new())) };
        for round in 0..ROUNDS.len() {
            if !self.runs_of_round(round, &typed, &mut found, goes_on)? {
                return Ok(None);
            }
        }
        Ok(Some(found.into_iter().collect()))
    }

    /// Adds the runs of one question's texts; whether to go on.
    fn runs_of_round(
        &self,
        round: usize,
        typed: &Typed,
        found: &mut BTreeSet<RunKey>,
        goes_on: &mut dyn FnMut(&BTreeSet<RunKey>) -> bool,
    ) -> Result<bool, StoreError> {
        let Some(query) = self.question(round, typed)? else { return Ok(true) };
        let mut statement = self.conn.prepare_cached(ROUNDS[round].0.runs)?;
        let mut rows = statement.query([query])?;
        for nth in 1_usize.. {
            let Some(row) = rows.next()? else { break };
            found.extend(row.get::<_, Option<i64>>(0)?.map(RunKey));
            if nth.is_multiple_of(HANDFUL) && !goes_on(found) {
                return Ok(false);
            }
        }
        Ok(goes_on(found))
    }

    /// What the index is asked in a round; `None` where nothing is left to ask.
    fn question(&self, round: usize, typed: &Typed) -> Result<Option<String>, StoreError> {
        let (index, reach) = ROUNDS[round];
        let mut endings = self.endings(index, typed)?;
        let is_whole = endings.len() <= FEW && typed.is_plain();
        endings.truncate(FEW);
        Ok(match reach {
            Reach::Few => (!endings.is_empty()).then(|| typed.with(&endings)),
            Reach::Rest => (!is_whole).then(|| typed.beyond(&endings)),
        })
    }

    /// The first words of the index with the typed beginning, one more than [`FEW`] if there are more.
    fn endings(&self, index: &Index, typed: &Typed) -> Result<Vec<String>, StoreError> {
        self.conn.execute_batch(index.open)?;
        let from = typed.beginning();
        let mut statement = self.conn.prepare_cached(index.words)?;
        let found =
            statement.query_map((from, format!("{from}\u{10ffff}"), counted(FEW + 1)), |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Up to `limit` texts of a question from `mark` on, the newest first.
    pub(super) fn texts(&self, mark: Mark, typed: &Typed, limit: usize) -> Result<Vec<i64>, StoreError> {
        let Some(query) = self.question(mark.round, typed)? else { return Ok(Vec::new()) };
        let mut statement = self.conn.prepare_cached(ROUNDS[mark.round].0.texts)?;
        Ok(statement
            .query_map((query, mark.below, counted(limit)), |row| row.get(0))?
            .collect::<Result<_, _>>()?)
    }

    pub(super) fn run_of(&self, span: i64) -> Result<Option<RunKey>, StoreError> {
        let sql = "SELECT run_key FROM span JOIN trace USING (trace_key) WHERE span_key = ?1";
        Ok(self.conn.prepare_cached(sql)?.query_row([span], |row| row.get(0).map(RunKey)).optional()?)
    }

    /// Up to `limit` texts that hold every word of `typed`, from `mark` on. `goes_on` is asked between them; once it says
    /// no, what is found by then is given.
    ///
    /// # Errors
    /// SQLite's; damage.
    pub fn search_texts(
        &self,
        typed: &str,
        mark: Mark,
        limit: usize,
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<HitPage, StoreError> {
        let mut page = HitPage { hits: Vec::new(), next: Some(mark) };
        let wanted = Wanted::new(typed);
        let Some(typed) = Typed::of(typed) else { return Ok(HitPage::default()) };
        while let Some(mark) = page.next
            && page.hits.len() < limit
        {
            let keys = self.texts(mark, &typed, limit - page.hits.len())?;
            if keys.is_empty() {
                page.next = mark.next_round();
            }
            for key in keys {
                page.hits.extend((ROUNDS[mark.round].0.hit)(self, key, &wanted)?);
                page.next = Some(Mark { below: key, ..mark });
                if !goes_on() {
                    return Ok(page);
                }
            }
        }
        Ok(page)
    }

    fn hit_in_piece(&self, piece: i64, wanted: &Wanted) -> Result<Option<TextHit>, StoreError> {
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

    /// The step of a log record of this trace that tells a piece. A record's recipe holds the piece's number between
    /// brackets or commas.
    pub(super) fn log_with(&self, trace: i64, piece: i64) -> Result<Option<i64>, StoreError> {
        let pattern = format!("*[[,]{piece}[],]*");
        let found = self
            .conn
            .prepare_cached(
                "SELECT -log_key FROM log_record JOIN step ON step_key = -log_key \
                 WHERE step.run_key = (SELECT run_key FROM trace WHERE trace_key = ?1) \
                 AND (body GLOB ?2 OR attributes GLOB ?2) ORDER BY log_key LIMIT 1",
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

    fn hit_in_span(&self, span: i64, wanted: &Wanted) -> Result<Option<TextHit>, StoreError> {
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

fn counted(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
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
