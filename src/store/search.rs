//! Full-text search: which runs hold some words, and where each text that holds them stands, with the line around them.
//!
//! The index is asked for the newest texts first and a handful at a time, so that the first hits are there at once however
//! large the file is, and a search that nobody waits for any more ends after the handful that it is at.

use std::collections::BTreeSet;
use std::ops::Range;

use super::snippet::Wanted;
use super::words::Typed;
use super::{Reader, StoreError};
use crate::model::{RunKey, SpanId, StepKey, StepKind, TraceId};

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

/// What a search has so far.
#[derive(Debug)]
pub struct SoFar<'a, T> {
    /// What was found.
    pub found: &'a BTreeSet<T>,
    /// How much was looked through, of a hundred: the newest comes first.
    pub percent: u8,
}

/// How much there is to look through: the newest text and the newest span.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    texts: i64,
    spans: i64,
}

impl Extent {
    /// How much of all rounds is behind a mark, of a hundred.
    pub(super) fn percent(self, mark: Mark) -> u8 {
        let is_of_pieces = ROUNDS.get(mark.round).is_some_and(|(index, _)| index.is_of_pieces);
        let newest = if is_of_pieces { self.texts } else { self.spans }.max(1);
        let of_round = (newest - mark.below.clamp(0, newest)).saturating_mul(100) / newest;
        let of_all = (mark.round * 100 + usize::try_from(of_round).unwrap_or(100)) / ROUNDS.len();
        u8::try_from(of_all).unwrap_or(100)
    }
}

/// Some hits, and where the next are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HitPage {
    /// Hits, the newest first.
    pub hits: Vec<TextHit>,
    /// Where the search goes on; `None` at its end.
    pub next: Option<Mark>,
    /// How much was looked through by then, of a hundred.
    pub percent: u8,
    /// The file lacks words of texts that an earlier version kept: see [`Reader::finds_all_texts`].
    pub lacks_texts: bool,
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
    /// The runs of every text, beside it; one that nobody uses has none.
    runs: &'static str,
    /// Whether its texts are pieces, which many records may hold; else they are what one record says between them: a
    /// span, or a log record by its key turned round.
    pub(super) is_of_pieces: bool,
    /// Tells of a text.
    hit: fn(&Reader, i64, &Wanted) -> Result<Option<TextHit>, StoreError>,
}

const PIECES: Index = Index {
    open: "CREATE VIRTUAL TABLE IF NOT EXISTS temp.piece_term USING fts5vocab('main', 'piece_word', 'row')",
    words: "SELECT term FROM temp.piece_term WHERE term >= ?1 AND term <= ?2 LIMIT ?3",
    texts: "SELECT rowid FROM piece_word WHERE piece_word MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3",
    runs: "SELECT run_key, piece_word.rowid FROM piece_word LEFT JOIN piece_use ON piece_key = piece_word.rowid \
           LEFT JOIN trace USING (trace_key) WHERE piece_word MATCH ?1 ORDER BY piece_word.rowid DESC",
    is_of_pieces: true,
    hit: Reader::hit_in_piece,
};

const SPANS: Index = Index {
    open: "CREATE VIRTUAL TABLE IF NOT EXISTS temp.span_term USING fts5vocab('main', 'span_word', 'row')",
    words: "SELECT term FROM temp.span_term WHERE term >= ?1 AND term <= ?2 LIMIT ?3",
    texts: "SELECT rowid FROM span_word WHERE span_word MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3",
    runs: "SELECT trace.run_key, span_word.rowid FROM span_word LEFT JOIN span ON span_key = span_word.rowid \
           LEFT JOIN step ON step_key = span_word.rowid LEFT JOIN log_record ON log_key = -span_word.rowid \
           LEFT JOIN trace ON trace.trace_key = coalesce(span.trace_key, step.trace_key, log_record.trace_key) \
           WHERE span_word MATCH ?1 ORDER BY span_word.rowid DESC",
    is_of_pieces: false,
    hit: Reader::hit_in_record,
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
        goes_on: &mut dyn FnMut(SoFar<'_, RunKey>) -> bool,
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

    /// How much there is to look through.
    pub(super) fn extent(&self) -> Result<Extent, StoreError> {
        let sql = "SELECT (SELECT max(piece_key) FROM piece), (SELECT max(span_key) FROM span)";
        let newest =
            |row: &rusqlite::Row<'_>, at| row.get::<_, Option<i64>>(at).map(Option::unwrap_or_default);
        let extent = |row: &rusqlite::Row<'_>| Ok(Extent { texts: newest(row, 0)?, spans: newest(row, 1)? });
        Ok(self.conn.prepare_cached(sql)?.query_row([], extent)?)
    }

    /// Adds the runs of one question's texts; whether to go on.
    fn runs_of_round(
        &self,
        round: usize,
        typed: &Typed,
        found: &mut BTreeSet<RunKey>,
        goes_on: &mut dyn FnMut(SoFar<'_, RunKey>) -> bool,
    ) -> Result<bool, StoreError> {
        let Some(query) = self.question(round, typed)? else { return Ok(true) };
        let extent = self.extent()?;
        let mut statement = self.conn.prepare_cached(ROUNDS[round].0.runs)?;
        let mut rows = statement.query([query])?;
        for nth in 1_usize.. {
            let Some(row) = rows.next()? else { break };
            found.extend(row.get::<_, Option<i64>>(0)?.map(RunKey));
            let percent = extent.percent(Mark { round, below: row.get(1)? });
            if nth.is_multiple_of(HANDFUL) && !goes_on(SoFar { found, percent }) {
                return Ok(false);
            }
        }
        Ok(goes_on(SoFar { found, percent: extent.percent(Mark { round, below: 0 }) }))
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
        let mut page =
            HitPage { next: Some(mark), lacks_texts: !self.finds_all_texts()?, ..HitPage::default() };
        let extent = self.extent()?;
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
                let next = Mark { below: key, ..mark };
                (page.next, page.percent) = (Some(next), extent.percent(next));
                if !goes_on() {
                    return Ok(page);
                }
            }
        }
        Ok(page)
    }
}

fn counted(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_comes_from_nothing_to_all_of_it_texts_before_spans() {
        let extent = Extent { texts: 300, spans: 100 };
        for (round, below, percent) in [
            (0, i64::MAX, 0),
            (0, 150, 12),
            (0, 0, 25),
            (1, i64::MAX, 25),
            (2, 50, 62),
            (3, 50, 87),
            (3, 0, 100),
        ] {
            assert_eq!(extent.percent(Mark { round, below }), percent, "{round} {below}");
        }
        assert_eq!(
            Extent { texts: 0, spans: 0 }.percent(Mark { round: 3, below: 0 }),
            100,
            "there is nothing"
        );
    }
}
