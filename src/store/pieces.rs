//! Content kept once: values become lists of pieces on the way in, and text again on the way out.

use std::borrow::Cow;

use hashlink::LruCache;
use rusqlite::{Connection, OptionalExtension as _};
use rustc_hash::FxHashMap;

use super::assemble::{parts, references};
use super::cut::{Part, Style, cut_message, cut_value, unquote};
use super::recent::Recent;
use super::word_index::{WordIndex, collect_literals};
use super::{StoreError, json, words};

/// A value shorter than this is one piece as it stands: cutting it would cost more than it saves.
const SHORT: usize = 256;
/// Pieces remembered by hash, some 100 bytes each.
const REMEMBERED: usize = 100_000;
/// Bytes of last values remembered, by trace and attribute key.
const LAST_VALUES: usize = 48 << 20;

type Hash = [u8; 16];

/// Kinds of pieces, as in the column.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Text = 0,
    Parts = 1,
}

/// Where a value is being written.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) trace_key: i64,
    pub(super) span_key: i64,
}

/// What the writer remembers of content, all of it found again in the file if it is forgotten.
pub(super) struct Pieces {
    recent: Recent,
    by_hash: LruCache<Hash, i64>,
    /// Key of the next new piece. None is given twice: the full-text index may still know the one that was deleted.
    next: Option<i64>,
    /// Pieces inside a message.
    inside: LruCache<i64, Box<[i64]>>,
    used: LruCache<(i64, i64), ()>,
    last: FxHashMap<(i64, String), LastValue>,
    last_bytes: usize,
    /// Pieces first used by the span being written.
    pub(super) new_uses: Vec<i64>,
    /// Words of the span being written that stand in no piece.
    pub(super) loose_words: String,
    /// Words that wait for the full-text index.
    pub(super) words: WordIndex,
}

/// The value an attribute had in the latest span of a trace: conversations grow at the end, so most of the next value
/// is known after comparing bytes.
#[derive(Default)]
struct LastValue {
    text: String,
    /// End of each part in `text`, with the part's recipe.
    parts: Vec<(usize, String)>,
}

impl LastValue {
    /// Keeps the parts at the beginning that `value` begins with, too, and tells how many bytes the two share.
    fn keep_common(&mut self, value: &str) -> usize {
        let mut same = common_prefix(self.text.as_bytes(), value.as_bytes());
        // The last known part may have ended where the old value did and go on in the new one: only what is followed
        // by a part that is known too, or ends both values, is sure.
        let mut sure = self.parts.partition_point(|(end, _)| *end <= same);
        if same < value.len() || value.len() != self.text.len() {
            sure = sure.saturating_sub(1);
        }
        self.parts.truncate(sure);
        while !value.is_char_boundary(same) {
            same -= 1;
        }
        same
    }
}

impl Default for Pieces {
    fn default() -> Self {
        Self {
            recent: Recent::default(),
            by_hash: LruCache::new(REMEMBERED),
            next: None,
            inside: LruCache::new(REMEMBERED / 4),
            used: LruCache::new(REMEMBERED),
            last: FxHashMap::default(),
            last_bytes: 0,
            new_uses: Vec::new(),
            loose_words: String::new(),
            words: WordIndex::default(),
        }
    }
}

impl Pieces {
    /// Nothing remembered but these words that wait.
    pub(super) fn new(words: WordIndex) -> Self {
        Self { words, ..Self::default() }
    }

    /// Forgets what is kept; words that wait go on waiting.
    pub(super) fn forget(&mut self) {
        *self = Self::new(std::mem::take(&mut self.words));
    }

    /// Appends `value` as a list of parts, keeping its pieces.
    pub(super) fn write(
        &mut self,
        conn: &Connection,
        out: &mut String,
        at: Place,
        key: &str,
        value: &str,
    ) -> Result<(), StoreError> {
        out.push_str("{\"");
        out.push_str(json::CONTENT);
        out.push_str("\":[");
        if value.len() < SHORT {
            let piece = self.keep(conn, Kind::Text, value)?;
            self.mark_use(conn, piece, at)?;
            out.push_str(itoa::Buffer::new().format(piece));
        } else {
            self.write_long(conn, out, at, key, value)?;
        }
        out.push_str("]}");
        Ok(())
    }

    fn write_long(
        &mut self,
        conn: &Connection,
        out: &mut String,
        at: Place,
        key: &str,
        value: &str,
    ) -> Result<(), StoreError> {
        let slot = (at.trace_key, key.to_owned());
        let mut last = self.last.remove(&slot).unwrap_or_default();
        self.last_bytes -= last.text.len();
        let same = last.keep_common(value);
        let known = last.parts.last().map_or(0, |(end, _)| *end);
        if known < value.len() {
            self.write_rest(conn, at, value, known, &mut last.parts)?;
        }
        for (i, (_, recipe)) in last.parts.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            out.push_str(recipe);
        }
        last.text.truncate(same);
        last.text.push_str(&value[same..]);
        self.remember_last(slot, last);
        Ok(())
    }

    fn write_rest(
        &mut self,
        conn: &Connection,
        at: Place,
        value: &str,
        known: usize,
        parts: &mut Vec<(usize, String)>,
    ) -> Result<(), StoreError> {
        let cut = cut_value(value);
        let mut end = 0;
        for part in &cut {
            let (Part::Literal(text) | Part::Message(text) | Part::Text(text)) = part;
            end += text.len();
            if end <= known {
                continue;
            }
            let mut recipe = String::new();
            self.write_part(conn, &mut recipe, at, *part)?;
            parts.push((end, recipe));
        }
        Ok(())
    }

    fn write_part(
        &mut self,
        conn: &Connection,
        out: &mut String,
        at: Place,
        part: Part<'_>,
    ) -> Result<(), StoreError> {
        match part {
            Part::Literal(text) => {
                words::collect_json(&mut self.loose_words, text);
                json::write_str(out, text);
            }
            Part::Text(text) => {
                let piece = self.write_text(conn, out, text)?;
                self.mark_use(conn, piece, at)?;
            }
            Part::Message(text) => {
                let piece = self.keep_message(conn, text)?;
                self.mark_use(conn, piece, at)?;
                for inner in self.inside(conn, piece)? {
                    self.mark_use(conn, inner, at)?;
                }
                out.push_str(itoa::Buffer::new().format(piece));
            }
        }
        Ok(())
    }

    /// Keeps a text and appends its recipe: of a JSON string the text it stands for, where that writes back the same.
    fn write_text(&mut self, conn: &Connection, out: &mut String, text: &str) -> Result<i64, StoreError> {
        let (plain, style) = match unquote(text) {
            Some((plain, style)) => (plain, Some(style)),
            None => (Cow::Borrowed(text), None),
        };
        let piece = self.keep(conn, Kind::Text, &plain)?;
        let mut buffer = itoa::Buffer::new();
        let number = buffer.format(piece);
        match style {
            None => out.push_str(number),
            Some(Style::Utf8) => out.extend(["[", number, "]"]),
            Some(Style::Ascii) => out.extend(["[", number, ",\"ascii\"]"]),
        }
        Ok(piece)
    }

    /// Keeps a message as the list of its parts. The list is its identity: equal messages have equal parts, and every
    /// byte is hashed once.
    fn keep_message(&mut self, conn: &Connection, message: &str) -> Result<i64, StoreError> {
        let mut recipe = String::from("[");
        for part in cut_message(message) {
            if recipe.len() > 1 {
                recipe.push(',');
            }
            match part {
                Part::Literal(text) => json::write_str(&mut recipe, text),
                Part::Message(text) | Part::Text(text) => {
                    self.write_text(conn, &mut recipe, text)?;
                }
            }
        }
        recipe.push(']');
        self.keep(conn, Kind::Parts, &recipe)
    }

    /// Key of the piece with this text, kept now if it is new.
    fn keep(&mut self, conn: &Connection, kind: Kind, text: &str) -> Result<i64, StoreError> {
        if let Some(piece) = self.recent.find(kind, text) {
            return Ok(piece);
        }
        let hash = hash(kind, text.as_bytes());
        if let Some(&piece) = self.by_hash.get(&hash) {
            self.recent.add(kind, text, piece);
            return Ok(piece);
        }
        let known = conn
            .prepare_cached("SELECT piece_key FROM piece WHERE hash = ?1")?
            .query_row([&hash[..]], |row| row.get(0))
            .optional()?;
        let piece = match known {
            Some(piece) => piece,
            None => self.add(conn, kind, hash, text)?,
        };
        self.by_hash.insert(hash, piece);
        self.recent.add(kind, text, piece);
        Ok(piece)
    }

    fn add(&mut self, conn: &Connection, kind: Kind, hash: Hash, text: &str) -> Result<i64, StoreError> {
        let piece = self.next.map_or_else(|| next_piece(conn), Ok)?;
        conn.prepare_cached("INSERT INTO piece (piece_key, hash, kind, text) VALUES (?1, ?2, ?3, ?4)")?
            .execute((piece, &hash[..], kind as i64, text))?;
        self.next = Some(piece + 1);
        let mut found = String::new();
        match kind {
            Kind::Text => words::collect(&mut found, text),
            Kind::Parts => {
                let parts = parts(text)?;
                collect_literals(&mut found, &parts);
                self.inside.insert(piece, references(&parts).into());
            }
        }
        self.words.add_piece(piece, found);
        Ok(piece)
    }

    fn inside(&mut self, conn: &Connection, message: i64) -> Result<Vec<i64>, StoreError> {
        if let Some(inside) = self.inside.get(&message) {
            return Ok(inside.to_vec());
        }
        let recipe: String = conn
            .prepare_cached("SELECT text FROM piece WHERE piece_key = ?1")?
            .query_row([message], |row| row.get(0))?;
        let inside = references(&parts(&recipe)?);
        self.inside.insert(message, inside.clone().into());
        Ok(inside)
    }

    fn mark_use(&mut self, conn: &Connection, piece: i64, at: Place) -> Result<(), StoreError> {
        let slot = (at.trace_key, piece);
        if self.used.get(&slot).is_some() {
            return Ok(());
        }
        self.used.insert(slot, ());
        let added = conn.prepare_cached("INSERT OR IGNORE INTO piece_use VALUES (?1, ?2, ?3)")?.execute((
            piece,
            at.trace_key,
            at.span_key,
        ))?;
        if added > 0 {
            self.new_uses.push(piece);
        }
        Ok(())
    }

    fn remember_last(&mut self, slot: (i64, String), value: LastValue) {
        if self.last_bytes > LAST_VALUES {
            self.last.clear();
            self.last_bytes = 0;
        }
        self.last_bytes += value.text.len();
        self.last.insert(slot, value);
    }
}

/// The key behind every one that was ever given.
fn next_piece(conn: &Connection) -> Result<i64, StoreError> {
    let sql = "SELECT max(piece_key, coalesce((SELECT max(piece_key) FROM piece), 0)) + 1 FROM indexed";
    Ok(conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// First 16 bytes of BLAKE3 over the kind and the bytes: no two texts that anyone can make share it.
fn hash(kind: Kind, bytes: &[u8]) -> Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[kind as u8]).update(bytes);
    let mut short = [0; 16];
    short.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    short
}

fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    // whole blocks by memcmp, the last one byte by byte
    const BLOCK: usize = 256;
    let mut at = 0;
    while at + BLOCK <= a.len() && at + BLOCK <= b.len() && a[at..at + BLOCK] == b[at..at + BLOCK] {
        at += BLOCK;
    }
    at + a[at..].iter().zip(&b[at..]).take_while(|(x, y)| x == y).count()
}
