//! A JSON tree that borrows its texts from the body, keeps numbers as written, and is never deeper than a stack bears.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Deepest nesting kept; `serde_json` itself stops at 128, what is skipped costs it no depth.
const MAX_DEPTH: u8 = 120;

/// The one key of the map as which `serde_json` hands over a number that is no 64-bit integer when
/// `arbitrary_precision` is on, as it is for the whole program. The tests fail if that changes.
const NUMBER: &str = "$serde_json::private::Number";

/// One JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json<'a> {
    Null,
    Bool(bool),
    Integer(i64),
    /// Any other number, as written: no digit is lost.
    Number(String),
    Text(Cow<'a, str>),
    List(Vec<Json<'a>>),
    /// In order, repeated keys kept.
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
    /// Stands for what is nested deeper than [`MAX_DEPTH`].
    TooDeep,
}

impl Json<'_> {
    fn sort(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Integer(_) | Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
            Self::TooDeep => "nested too deep",
        }
    }

    /// The complaint that this is not what it should be.
    pub(super) fn is_no(&self, wanted: &str) -> Flaw {
        match self {
            Self::TooDeep => Flaw(format!("nested deeper than {MAX_DEPTH} levels")),
            other => Flaw(format!("{} where {wanted} should be", other.sort())),
        }
    }
}

/// Why a value cannot be read, with the path to it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Flaw(pub(super) String);

impl Flaw {
    /// One step up the path; a deep one keeps its last steps only.
    pub(super) fn at(self, key: &str) -> Self {
        const LONGEST: usize = 200;
        if self.0.len() > LONGEST { self } else { Self(format!("{}: {}", short(key), self.0)) }
    }
}

/// The start of a text of the sender's, for a message.
pub(super) fn short(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut start: String = text.chars().take(SHOWN).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The tree of one whole document.
pub(super) fn parse(text: &str) -> Result<Json<'_>, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let tree = Tree { depth: MAX_DEPTH }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(tree)
}

struct Tree {
    depth: u8,
}

impl<'de> DeserializeSeed<'de> for Tree {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json<'de>, D::Error> {
        if self.depth == 0 {
            // skipping is a loop, not a recursion
            return deserializer.deserialize_ignored_any(IgnoredAny).map(|_| Json::TooDeep);
        }
        deserializer.deserialize_any(Tree { depth: self.depth - 1 })
    }
}

impl<'de> Visitor<'de> for Tree {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json<'de>, E> {
        Ok(Json::Integer(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json<'de>, E> {
        Ok(i64::try_from(number).map_or_else(|_| Json::Number(number.to_string()), Json::Integer))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Tree { depth: self.depth })? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json<'de>, A::Error> {
        let mut object = Vec::new();
        while let Some(key) = entries.next_key_seed(Key)? {
            if object.is_empty() && key == NUMBER {
                return entries.next_value().map(Json::Number);
            }
            object.push((key, entries.next_value_seed(Tree { depth: self.depth })?));
        }
        Ok(Json::Object(object))
    }
}

/// A key, borrowed where it has no escapes.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_every_digit_and_keys_their_order() {
        let tree = parse(
            r#"{"b":18446744073709551616.10,"a":[true,null,"\u0041",18446744073709551615,-7],"b":-1e400}"#,
        );
        let number = |text: &str| Json::Number(text.to_owned());
        let list = vec![
            Json::Bool(true),
            Json::Null,
            Json::Text("A".into()),
            number("18446744073709551615"),
            Json::Integer(-7),
        ];
        let expected = vec![
            ("b".into(), number("18446744073709551616.10")),
            ("a".into(), Json::List(list)),
            ("b".into(), number("-1e+400")),
        ];
        assert_eq!(tree.unwrap(), Json::Object(expected));
    }

    #[test]
    fn a_hundred_thousand_brackets_are_cut_off_not_followed() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        let mut level = parse(&deep).unwrap();
        let mut depth = 0;
        while let Json::List(mut items) = level {
            level = items.pop().unwrap();
            depth += 1;
        }
        assert_eq!((level, depth), (Json::TooDeep, usize::from(MAX_DEPTH)));
    }

    #[test]
    fn what_follows_the_document_is_an_error() {
        assert!(parse("{} {}").is_err());
        assert!(parse("{\"a\":").is_err());
    }
}
