//! Lists of parts, and values put together from them.

use rusqlite::{Connection, OptionalExtension as _};

use super::cut::{Style, quoted};
use super::{StoreError, json};
use crate::model::Value;

/// The parts of a recipe.
pub(super) fn parts(recipe: &str) -> Result<Vec<Value>, StoreError> {
    json::read_parts(recipe).map_err(|e| StoreError::Damaged(e.to_string()))
}

/// Keys of the pieces among `parts`.
pub(super) fn references(parts: &[Value]) -> Vec<i64> {
    parts.iter().filter_map(|part| Some(reference(part)?.0)).collect()
}

/// Keys of all pieces that a stored value or record is made of, those inside messages too.
///
/// # Errors
/// SQLite's; damage.
pub(super) fn pieces_of(conn: &Connection, stored: &str) -> Result<Vec<i64>, StoreError> {
    let mut pieces = Vec::new();
    collect_pieces(&mut pieces, &parts(stored)?);
    for at in 0..pieces.len() {
        let recipe: Option<String> = conn
            .prepare_cached("SELECT text FROM piece WHERE piece_key = ?1 AND kind = 1")?
            .query_row([pieces[at]], |row| row.get(0))
            .optional()?;
        if let Some(recipe) = recipe {
            pieces.extend(references(&parts(&recipe)?));
        }
    }
    Ok(pieces)
}

fn collect_pieces(pieces: &mut Vec<i64>, values: &[Value]) {
    for value in values {
        match value {
            Value::Map(map) => {
                for (key, inner) in map.iter() {
                    match inner {
                        Value::Array(parts) if key == json::CONTENT => pieces.extend(references(parts)),
                        other => collect_pieces(pieces, std::slice::from_ref(other)),
                    }
                }
            }
            Value::Array(inner) => collect_pieces(pieces, inner),
            _ => {}
        }
    }
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
            append(conn, out, &parts(&recipe)?, depth + 1)?;
        }
        (Some((_, text)), Some(style)) => out.push_str(&quoted(&text, style)),
        (Some((_, text)), None) => out.push_str(&text),
    }
    Ok(())
}
