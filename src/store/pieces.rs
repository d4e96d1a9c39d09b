//! Content kept once: values become lists of pieces on the way in, and text again on the way out.

use hashlink::LruCache;
use rusqlite::{Connection, OptionalExtension as _};
use rustc_hash::FxHashMap;

use super::cut::{Part, Style, cut_message, cut_value, quoted, unquote};
use super::{StoreError, json, words};
use crate::model::Value;

/// A value shorter than this is one piece as it stands: cutting it would cost more than it saves.
const SHORT: usize = 256;
/// Pieces remembered by hash, some 100 bytes each.
const REMEMBERED: usize = 100_000;
/// Bytes of last values remembered, by trace and attribute key.
const LAST_VALUES: usize = 48 << 20;

type Hash = [u8; 16];

/// Kinds of pieces, as in the column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
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
    by_hash: LruCache<Hash, i64>,
    /// Pieces inside a message.
    inside: LruCache<i64, Box<[i64]>>,
    used: LruCache<(i64, i64), ()>,
    last: FxHashMap<(i64, String), LastValue>,
    last_bytes: usize,
    /// Pieces first used by the span being written.
    pub(super) new_uses: Vec<i64>,
    /// Words of the span being written that stand in no piece.
    pub(super) loose_words: String,
}

/// The value an attribute had in the latest span of a trace: conversations grow at the end, so most of the next value
/// is known after comparing bytes.
struct LastValue {
    text: String,
    /// End of each part in `text`, with the part's recipe.
    parts: Vec<(usize, String)>,
}

impl Default for Pieces {
    fn default() -> Self {
        Self {
            by_hash: LruCache::new(REMEMBERED),
            inside: LruCache::new(REMEMBERED / 4),
            used: LruCache::new(REMEMBERED),
            last: FxHashMap::default(),
            last_bytes: 0,
            new_uses: Vec::new(),
            loose_words: String::new(),
        }
    }
}

impl Pieces {
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
            let piece = self.keep(conn, Kind::Text, value.as_bytes(), |_, _| Ok(value.to_owned()))?;
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
        let mut parts = self.known_parts(&slot, value);
        let known = parts.last().map_or(0, |(end, _)| *end);
        if known < value.len() {
            self.write_rest(conn, at, value, known, &mut parts)?;
        }
        for (i, (_, recipe)) in parts.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            out.push_str(recipe);
        }
        self.remember_last(slot, value, parts);
        Ok(())
    }

    /// The parts at the beginning of `value` that the attribute's last value began with, too.
    fn known_parts(&mut self, slot: &(i64, String), value: &str) -> Vec<(usize, String)> {
        let Some(mut last) = self.last.remove(slot) else { return Vec::new() };
        self.last_bytes -= last.text.len();
        let same = common_prefix(last.text.as_bytes(), value.as_bytes());
        // The last known part may have ended where the old value did and go on in the new one: only what is followed
        // by a part that is known too, or ends both values, is sure.
        let mut sure = last.parts.partition_point(|(end, _)| *end <= same);
        if same < value.len() || value.len() != last.text.len() {
            sure = sure.saturating_sub(1);
        }
        last.parts.truncate(sure);
        last.parts
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
                words::collect(&mut self.loose_words, text);
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
            None => (text.to_owned(), None),
        };
        let piece = self.keep(conn, Kind::Text, plain.as_bytes(), |_, _| Ok(plain.clone()))?;
        let mut buffer = itoa::Buffer::new();
        let number = buffer.format(piece);
        match style {
            None => out.push_str(number),
            Some(Style::Utf8) => out.extend(["[", number, "]"]),
            Some(Style::Ascii) => out.extend(["[", number, ",\"ascii\"]"]),
        }
        Ok(piece)
    }

    fn keep_message(&mut self, conn: &Connection, message: &str) -> Result<i64, StoreError> {
        self.keep(conn, Kind::Parts, message.as_bytes(), |pieces, found| {
            let mut recipe = String::from("[");
            for part in cut_message(message) {
                if recipe.len() > 1 {
                    recipe.push(',');
                }
                match part {
                    Part::Literal(text) => {
                        words::collect(found, text);
                        json::write_str(&mut recipe, text);
                    }
                    Part::Message(text) | Part::Text(text) => {
                        pieces.write_text(conn, &mut recipe, text)?;
                    }
                }
            }
            recipe.push(']');
            Ok(recipe)
        })
    }

    /// Key of the piece that stands for `bytes`, kept now if it is new; `body` makes its text and may add words.
    fn keep(
        &mut self,
        conn: &Connection,
        kind: Kind,
        bytes: &[u8],
        body: impl FnOnce(&mut Self, &mut String) -> Result<String, StoreError>,
    ) -> Result<i64, StoreError> {
        let hash = hash(kind, bytes);
        if let Some(&piece) = self.by_hash.get(&hash) {
            return Ok(piece);
        }
        let known = conn
            .prepare_cached("SELECT piece_key FROM piece WHERE hash = ?1")?
            .query_row([&hash[..]], |row| row.get(0))
            .optional()?;
        let piece = match known {
            Some(piece) => piece,
            None => self.add(conn, kind, hash, body)?,
        };
        self.by_hash.insert(hash, piece);
        Ok(piece)
    }

    fn add(
        &mut self,
        conn: &Connection,
        kind: Kind,
        hash: Hash,
        body: impl FnOnce(&mut Self, &mut String) -> Result<String, StoreError>,
    ) -> Result<i64, StoreError> {
        let mut found = String::new();
        let text = body(self, &mut found)?;
        conn.prepare_cached("INSERT INTO piece (hash, kind, text) VALUES (?1, ?2, ?3)")?.execute((
            &hash[..],
            kind as i64,
            &text,
        ))?;
        let piece = conn.last_insert_rowid();
        if kind == Kind::Text {
            words::collect(&mut found, &text);
        } else {
            self.inside.insert(piece, pieces_in(&text)?.into());
        }
        index(conn, Words::Piece, piece, &found)?;
        Ok(piece)
    }

    fn inside(&mut self, conn: &Connection, message: i64) -> Result<Vec<i64>, StoreError> {
        if let Some(inside) = self.inside.get(&message) {
            return Ok(inside.to_vec());
        }
        let recipe: String = conn
            .prepare_cached("SELECT text FROM piece WHERE piece_key = ?1")?
            .query_row([message], |row| row.get(0))?;
        let inside = pieces_in(&recipe)?;
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

    fn remember_last(&mut self, slot: (i64, String), value: &str, parts: Vec<(usize, String)>) {
        if self.last_bytes > LAST_VALUES {
            self.last.clear();
            self.last_bytes = 0;
        }
        self.last_bytes += value.len();
        self.last.insert(slot, LastValue { text: value.to_owned(), parts });
    }
}

/// Where words stand: in a piece, or between the pieces of a span.
#[derive(Clone, Copy)]
pub(super) enum Words {
    Piece,
    Span,
}

/// Adds words to the full-text index, under the key of their piece or span.
pub(super) fn index(conn: &Connection, table: Words, key: i64, found: &str) -> Result<(), StoreError> {
    let sql = match table {
        Words::Piece => "INSERT INTO piece_word (rowid, text) VALUES (?1, ?2)",
        Words::Span => "INSERT INTO span_word (rowid, text) VALUES (?1, ?2)",
    };
    if !found.trim().is_empty() {
        conn.prepare_cached(sql)?.execute((key, words::indexable(found)))?;
    }
    Ok(())
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

fn pieces_in(recipe: &str) -> Result<Vec<i64>, StoreError> {
    let parts = json::read_parts(recipe).map_err(|e| StoreError::Damaged(e.to_string()))?;
    Ok(parts.iter().filter_map(|part| Some(reference(part)?.0)).collect())
}

/// Piece and style of one part; `None` for a literal.
fn reference(part: &Value) -> Option<(i64, Option<Style>)> {
    match part {
        Value::Int(piece) => Some((*piece, None)),
        Value::Array(items) => match items.as_slice() {
            [Value::Int(piece)] => Some((*piece, Some(Style::Utf8))),
            [Value::Int(piece), _] => Some((*piece, Some(Style::Ascii))),
            _ => None,
        },
        _ => None,
    }
}

/// Puts a value together again.
///
/// # Errors
/// A piece that is not there: the file is damaged.
pub(super) fn assemble(conn: &Connection, parts: &[Value]) -> Result<String, StoreError> {
    let mut out = String::new();
    append(conn, &mut out, parts, 0)?;
    Ok(out)
}

/// Messages hold texts and texts hold nothing: deeper nesting is damage, not content.
const DEEPEST: u8 = 4;

fn append(conn: &Connection, out: &mut String, parts: &[Value], depth: u8) -> Result<(), StoreError> {
    if depth > DEEPEST {
        return Err(StoreError::Damaged("pieces contain each other".to_owned()));
    }
    for part in parts {
        match (part, reference(part)) {
            (Value::Str(text), _) => out.push_str(text),
            (_, Some((piece, style))) => append_piece(conn, out, piece, style, depth)?,
            _ => return Err(StoreError::Damaged(format!("unknown part {part:?}"))),
        }
    }
    Ok(())
}

fn append_piece(
    conn: &Connection,
    out: &mut String,
    piece: i64,
    style: Option<Style>,
    depth: u8,
) -> Result<(), StoreError> {
    let found = conn
        .prepare_cached("SELECT kind, text FROM piece WHERE piece_key = ?1")?
        .query_row([piece], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))
        .optional()?;
    match (found, style) {
        (None, _) => return Err(StoreError::Damaged(format!("piece {piece} is missing"))),
        (Some((1, recipe)), _) => {
            let parts = json::read_parts(&recipe).map_err(|e| StoreError::Damaged(e.to_string()))?;
            append(conn, out, &parts, depth + 1)?;
        }
        (Some((_, text)), Some(style)) => out.push_str(&quoted(&text, style)),
        (Some((_, text)), None) => out.push_str(&text),
    }
    Ok(())
}
