//! Attribute values as JSON text and back, every type kept. The form is described in the first migration.

use std::convert::Infallible;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::StoreError;
use crate::model::{Attributes, Value};

/// Tag of a value kept in pieces.
pub(super) const CONTENT: &str = "$content";
const BYTES: &str = "$bytes";
const DOUBLE: &str = "$double";

/// Appends `value`.
pub(super) fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Int(number) => out.push_str(itoa::Buffer::new().format(*number)),
        Value::Double(number) => write_double(out, *number),
        Value::Str(text) => write_str(out, text),
        Value::Bytes(bytes) => write_tagged(out, BYTES, &BASE64.encode(bytes)),
        Value::Array(values) => write_plain_list(out, '[', ']', values, write_value),
        Value::Map(pairs) => write_plain_list(out, '{', '}', &pairs.0, |out, (key, value)| {
            write_key(out, key);
            write_value(out, value);
        }),
    }
}

/// Appends a value as it was read with its tags.
pub(super) fn write_tagged_value(out: &mut String, value: &Value) {
    match value {
        Value::Array(values) => write_plain_list(out, '[', ']', values, write_tagged_value),
        Value::Map(pairs) => write_plain_list(out, '{', '}', &pairs.0, |out, (key, value)| {
            write_str(out, key);
            out.push(':');
            write_tagged_value(out, value);
        }),
        plain => write_value(out, plain),
    }
}

/// Whether a value that was read with its tags is one, and no object of the client's.
pub(super) fn is_tag(value: &Value) -> bool {
    let Value::Map(Attributes(pairs)) = value else { return false };
    matches!(pairs.as_slice(), [(tag, _)] if [CONTENT, BYTES, DOUBLE].contains(&tag.as_str()))
}

/// Appends a key and its colon; a leading `$` is doubled, so that no key looks like a tag.
pub(super) fn write_key(out: &mut String, key: &str) {
    if key.starts_with('$') {
        write_str(out, &format!("${key}"));
    } else {
        write_str(out, key);
    }
    out.push(':');
}

/// Appends `items` between brackets, with commas.
///
/// # Errors
/// The first of `write`'s.
pub(super) fn write_list<T, E>(
    out: &mut String,
    open: char,
    close: char,
    items: &[T],
    mut write: impl FnMut(&mut String, &T) -> Result<(), E>,
) -> Result<(), E> {
    out.push(open);
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        write(out, item)?;
    }
    out.push(close);
    Ok(())
}

/// The same where nothing can fail.
pub(super) fn write_plain_list<T>(
    out: &mut String,
    open: char,
    close: char,
    items: &[T],
    mut write: impl FnMut(&mut String, &T),
) {
    let Ok(()) = write_list(out, open, close, items, |out, item| {
        write(out, item);
        Ok::<(), Infallible>(())
    });
}

fn write_double(out: &mut String, number: f64) {
    if number.is_finite() {
        // ryu always writes a point or an exponent: a double reads back as a double
        out.push_str(ryu::Buffer::new().format_finite(number));
    } else {
        write_tagged(out, DOUBLE, &number.to_string());
    }
}

fn write_tagged(out: &mut String, tag: &str, text: &str) {
    out.push_str("{\"");
    out.push_str(tag);
    out.push_str("\":\"");
    out.push_str(text);
    out.push_str("\"}");
}

/// Appends `text` as a JSON string.
pub(super) fn write_str(out: &mut String, text: &str) {
    out.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        if !ESCAPED[usize::from(byte)] {
            continue;
        }
        out.push_str(&text[plain..at]);
        plain = at + 1;
        write_escape(out, byte);
    }
    out.push_str(&text[plain..]);
    out.push('"');
}

/// Bytes that a JSON string must escape.
const ESCAPED: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = true;
        byte += 1;
    }
    table[b'"' as usize] = true;
    table[b'\\' as usize] = true;
    table
};

/// Appends the escape of an ASCII control character, quote or backslash, as JavaScript, Python and Rust write it.
pub(super) fn write_escape(out: &mut String, byte: u8) {
    match byte {
        b'"' => out.push_str("\\\""),
        b'\\' => out.push_str("\\\\"),
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b'\t' => out.push_str("\\t"),
        0x08 => out.push_str("\\b"),
        0x0c => out.push_str("\\f"),
        _ => {
            out.push_str("\\u00");
            write_hex(out, byte);
        }
    }
}

/// Appends two lower-case hexadecimal digits.
pub(super) fn write_hex(out: &mut String, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(HEX[usize::from(byte >> 4)].into());
    out.push(HEX[usize::from(byte & 15)].into());
}

/// Reads back a value; `resolve` gives the text of a list of parts.
///
/// # Errors
/// Text that is not JSON, or parts that cannot be resolved.
pub(super) fn read_value<E>(
    text: &str,
    resolve: &mut impl FnMut(&[Value]) -> Result<String, E>,
) -> Result<Value, ReadError<E>> {
    let Raw(raw) = serde_json::from_str(text).map_err(ReadError::Json)?;
    untag(raw, resolve).map_err(ReadError::Parts)
}

/// Reads back the attributes of a record.
///
/// # Errors
/// As [`read_value`]; JSON that is no object.
pub(super) fn read_attributes<E>(
    text: &str,
    resolve: &mut impl FnMut(&[Value]) -> Result<String, E>,
) -> Result<Attributes, ReadError<E>> {
    let Raw(raw) = serde_json::from_str(text).map_err(ReadError::Json)?;
    let Value::Map(pairs) = raw else { return Ok(Attributes::default()) };
    let pairs =
        pairs.0.into_iter().map(|(key, value)| Ok((meant_key(&key).to_owned(), untag(value, resolve)?)));
    Ok(Attributes(pairs.collect::<Result<_, E>>().map_err(ReadError::Parts)?))
}

/// Why a stored value could not be read.
#[derive(Debug)]
pub(super) enum ReadError<E> {
    /// Not the JSON that was written.
    Json(serde_json::Error),
    /// A piece is gone.
    Parts(E),
}

/// A stored value as it is kept, tags still tags.
///
/// # Errors
/// Text that is not the JSON that was written.
pub(super) fn read_tagged(text: &str) -> Result<Value, StoreError> {
    serde_json::from_str(text).map(|Raw(value)| value).map_err(|e| StoreError::Damaged(e.to_string()))
}

/// The parts of a recipe as plain values.
pub(super) fn read_parts(text: &str) -> Result<Vec<Value>, serde_json::Error> {
    match serde_json::from_str(text)? {
        Raw(Value::Array(parts)) => Ok(parts),
        Raw(other) => Ok(vec![other]),
    }
}

fn untag<E>(value: Value, resolve: &mut impl FnMut(&[Value]) -> Result<String, E>) -> Result<Value, E> {
    let pairs = match value {
        Value::Array(values) => {
            let values = values.into_iter().map(|value| untag(value, resolve));
            return Ok(Value::Array(values.collect::<Result<_, E>>()?));
        }
        Value::Map(Attributes(pairs)) => pairs,
        plain => return Ok(plain),
    };
    match pairs.as_slice() {
        [(tag, Value::Array(parts))] if tag == CONTENT => return Ok(Value::Str(resolve(parts)?)),
        [(tag, Value::Str(text))] if tag == BYTES => {
            return Ok(BASE64.decode(text).map_or_else(|_| Value::Null, Value::Bytes));
        }
        [(tag, Value::Str(text))] if tag == DOUBLE => {
            return Ok(text.parse().map_or_else(|_| Value::Null, Value::Double));
        }
        _ => {}
    }
    let pairs =
        pairs.into_iter().map(|(key, value)| Ok((meant_key(&key).to_owned(), untag(value, resolve)?)));
    Ok(Value::Map(Attributes(pairs.collect::<Result<_, E>>()?)))
}

/// The key that stands for `key` in a stored object.
pub(super) fn meant_key(key: &str) -> &str {
    if key.starts_with("$$") { &key[1..] } else { key }
}

/// A value as the JSON has it: tags still tags, repeated keys kept, integers and doubles told apart.
struct Raw(Value);

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor).map(Self)
    }
}

struct RawVisitor;

/// How `serde_json` hands over a number when its feature `arbitrary_precision` is on, as `receive` needs it.
const NUMBER: &str = "$serde_json::private::Number";

/// An integer, or a double: those are always written with a point or an exponent.
fn number(digits: &str) -> Value {
    digits.parse().map(Value::Int).or_else(|_| digits.parse().map(Value::Double)).unwrap_or_default()
}

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a stored attribute value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Int(i64::try_from(number).unwrap_or(i64::MAX)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Double(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Str(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Str(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Raw(value)) = seq.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some((key, Raw(value))) = map.next_entry::<String, Raw>()? {
            match value {
                Value::Str(digits) if key == NUMBER => return Ok(number(&digits)),
                value => pairs.push((key, value)),
            }
        }
        Ok(Value::Map(Attributes(pairs)))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;

    fn written(value: &Value) -> String {
        let mut out = String::new();
        write_value(&mut out, value);
        out
    }

    fn read(text: &str) -> Value {
        read_value::<Infallible>(text, &mut |_| Ok("resolved".into())).unwrap()
    }

    #[test]
    fn values_are_readable_json() {
        let map = |pairs: Vec<(&str, Value)>| Value::Map(pairs.into_iter().collect());
        for (value, text) in [
            (Value::Null, "null"),
            (Value::Int(5), "5"),
            (Value::Double(5.0), "5.0"),
            (Value::Double(f64::NEG_INFINITY), r#"{"$double":"-inf"}"#),
            (Value::from("a\"\u{1b}한"), r#""a\"\u001b한""#),
            (Value::Bytes(vec![0, 255]), r#"{"$bytes":"AP8="}"#),
            (Value::Array(vec![]), "[]"),
            (map(vec![]), "{}"),
            (map(vec![("$content", Value::Array(vec![]))]), r#"{"$$content":[]}"#),
            (map(vec![("k", Value::Int(1)), ("k", Value::Int(2))]), r#"{"k":1,"k":2}"#),
        ] {
            assert_eq!(written(&value), text);
            assert_eq!(read(text), value);
        }
        assert!(matches!(read(r#"{"$double":"NaN"}"#), Value::Double(n) if n.is_nan()));
        assert_eq!(read(r#"{"$content":[1]}"#), Value::from("resolved"));
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            any::<f64>().prop_filter("NaN is not equal to itself", |n| !n.is_nan()).prop_map(Value::Double),
            any::<String>().prop_map(Value::Str),
            any::<Vec<u8>>().prop_map(Value::Bytes),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
                proptest::collection::vec(("[$a-c]{0,3}", inner), 0..5)
                    .prop_map(|pairs| Value::Map(Attributes(pairs))),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_value_reads_back_as_it_was(value in any_value()) {
            prop_assert_eq!(read(&written(&value)), value);
        }
    }
}
