//! What a span's attributes say, gathered in one pass: of each fact the best-ranked spelling that is really there.

use std::borrow::Cow;

use super::reading;
use super::table::{DIALECTS, Dialect, Entry, Field, Meaning, Reading, Says, Word, entries};
use crate::model::{NanoUsd, Scope, Span, Value};

/// Added to the rank of a kind that is vague: any sure word is believed before it.
const VAGUE: u8 = 100;

/// The facts found on one span.
pub(super) struct Evidence<'a> {
    pub span: &'a Span,
    pub scope: &'a Scope,
    best: [Option<Found<'a>>; Field::COUNT],
    kind: Option<(u8, Meaning)>,
    /// Bit per dialect that has a key on the span.
    spoken: u32,
}

/// The best spelling of a fact so far.
#[derive(Clone, Copy)]
struct Found<'a> {
    value: &'a Value,
    rank: u8,
}

impl<'a> Evidence<'a> {
    /// Reads every attribute of `span` once.
    pub(super) fn gather(span: &'a Span, scope: &'a Scope) -> Self {
        let mut evidence = Self { span, scope, best: [None; Field::COUNT], kind: None, spoken: 0 };
        for (key, value) in span.attributes.iter() {
            for entry in entries(key) {
                evidence.admit(entry, value);
            }
        }
        evidence
    }

    fn admit(&mut self, entry: &Entry, value: &'a Value) {
        match entry.says {
            Says::Field(field) => self.admit_field(field, entry.rank, value),
            Says::Kind(words) => self.admit_kind(words, entry.rank, value),
        }
        self.spoken |= 1 << entry.dialect;
    }

    fn admit_field(&mut self, field: Field, rank: u8, value: &'a Value) {
        let slot = &mut self.best[field as usize];
        // equal ranks: a repeated key, of which the last counts, as SDKs overwrite
        if slot.is_none_or(|found| rank <= found.rank) && is_there(field, value) {
            *slot = Some(Found { value, rank });
        }
    }

    fn admit_kind(&mut self, words: &'static [Word], rank: u8, value: &Value) {
        let Some(meaning) = reading::text(value).and_then(|said| meaning(words, &said)) else { return };
        let rank = if meaning.vague { rank + VAGUE } else { rank };
        if self.kind.is_none_or(|(best, _)| rank <= best) {
            self.kind = Some((rank, meaning));
        }
    }

    /// The kind that attributes name, if any does.
    pub(super) fn kind(&self) -> Option<Meaning> {
        self.kind.map(|(_, meaning)| meaning)
    }

    /// The value found for `field`.
    pub(super) fn value(&self, field: Field) -> Option<&'a Value> {
        self.best[field as usize].map(|found| found.value)
    }

    /// Rank of the spelling found for `field`.
    pub(super) fn rank(&self, field: Field) -> Option<u8> {
        self.best[field as usize].map(|found| found.rank)
    }

    /// Whether any spelling of `field` is there.
    pub(super) fn has(&self, field: Field) -> bool {
        self.best[field as usize].is_some()
    }

    /// `field` as one word or line.
    pub(super) fn text(&self, field: Field) -> Option<Cow<'a, str>> {
        self.value(field).and_then(reading::text)
    }

    /// `field` as owned text.
    pub(super) fn owned<T: for<'t> From<Cow<'t, str>>>(&self, field: Field) -> Option<T> {
        self.text(field).map(T::from)
    }

    /// `field` as a count.
    pub(super) fn count(&self, field: Field) -> Option<u64> {
        self.value(field).and_then(reading::count)
    }

    /// `field` as dollars.
    pub(super) fn money(&self, field: Field) -> Option<NanoUsd> {
        self.value(field).and_then(reading::money)
    }

    /// Dialects that have a key on this span.
    pub(super) fn dialects(&self) -> impl Iterator<Item = &'static Dialect> {
        DIALECTS
            .iter()
            .enumerate()
            .filter(|(at, _)| self.spoken & (1 << at) != 0)
            .map(|(_, dialect)| *dialect)
    }
}

/// What `said` means in `words`; text behind a space is a name the emitter appended.
pub(super) fn meaning(words: &[Word], said: &str) -> Option<Meaning> {
    let said = said.split_ascii_whitespace().next()?;
    let known = |w: &&Word| w.word == "*" || w.word.eq_ignore_ascii_case(said);
    words.iter().find(known).map(|w| w.meaning)
}

fn is_there(field: Field, value: &Value) -> bool {
    match field.reading() {
        Reading::Count => reading::count(value).is_some(),
        Reading::Money => reading::money(value).is_some(),
        Reading::Content => reading::is_content(value),
        Reading::Any => value.is_present(),
    }
}
