//! Tolerant reading of attribute values (`dialects.md` 0, rules 2 and 3).

use std::borrow::Cow;

use crate::model::{NanoUsd, UnixNanos, Value};

/// A token count written as integer, integral double, numeric string or JSON-quoted string; negatives, NaN and words
/// are unknown.
pub(super) fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Int(number) => u64::try_from(*number).ok(),
        Value::Double(number) => integral(*number),
        Value::Str(text) => {
            let text = unquoted(text);
            text.parse().ok().or_else(|| text.parse().ok().and_then(integral))
        }
        _ => None,
    }
}

fn integral(number: f64) -> Option<u64> {
    // 2^53: every smaller integral double is exact
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was just checked")]
    ((0.0..9_007_199_254_740_992.0).contains(&number) && number.fract() == 0.0).then_some(number as u64)
}

/// A number of any kind.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(number) => Some(*number as f64),
        Value::Double(number) => Some(*number),
        Value::Str(text) => unquoted(text).parse().ok(),
        _ => None,
    }
    .filter(|number| number.is_finite())
}

/// Dollars; negative amounts are unknown.
pub(super) fn money(value: &Value) -> Option<NanoUsd> {
    number(value).and_then(NanoUsd::from_usd)
}

/// A moment in RFC 3339, in quotes or not, as nanoseconds since the epoch.
pub(super) fn time(text: &str) -> Option<UnixNanos> {
    let moment = chrono::DateTime::parse_from_rfc3339(unquoted(text)).ok()?;
    u64::try_from(moment.timestamp_nanos_opt()?).ok()
}

/// Yes or no, also as a word.
pub(super) fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Str(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::Str(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// One word or line: of an array its first element, of a JSON-quoted string what is inside.
pub(super) fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Str(text) => Some(Cow::Borrowed(first_of_list(unquoted(text)))),
        Value::Int(number) => Some(Cow::Owned(number.to_string())),
        Value::Double(number) => Some(Cow::Owned(number.to_string())),
        Value::Bool(flag) => Some(Cow::Owned(flag.to_string())),
        Value::Array(items) => items.first().and_then(text),
        _ => None,
    }
    .filter(|text| !text.is_empty())
}

/// Content that is there: placeholders such as `{}` and `[]` are not (`dialects.md` 0, rule 2; 21, pitfall 6).
pub(super) fn is_content(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Str(text) => !is_placeholder(text),
        Value::Array(items) => !items.is_empty(),
        Value::Map(map) => !map.is_empty(),
        _ => true,
    }
}

/// Text that stands for "nothing here".
pub(super) fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    // the longest placeholder has 12 bytes: longer texts are not compared
    text.len() <= 12 && (matches!(text, "" | "{}" | "[]" | "\"\"" | "null" | "N/A") || is_redacted(text))
}

/// Text that a client put where it would not say what stood there.
pub(super) fn is_redacted(text: &str) -> bool {
    // the last is Google ADK's; Logfire names the pattern that scrubbed the value
    matches!(text, "<REDACTED>" | "[REDACTED]" | "__REDACTED__" | "<elided>")
        || text.starts_with("[Scrubbed due to ")
}

/// `"26"` with its quotes, as JSON-encoding exporters send it, is `26`.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    match text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
        Some(inner) if !inner.contains(['"', '\\']) => inner,
        _ => text,
    }
}

/// `["stop"]` as a string is `stop`.
fn first_of_list(text: &str) -> &str {
    let inside = text.strip_prefix("[\"").and_then(|t| t.split_once('"'));
    inside.map_or(text, |(first, _)| first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_come_in_many_types() {
        for (value, want) in [
            (Value::Int(26), Some(26)),
            (Value::Int(0), Some(0)),
            (Value::Int(-1), None),
            (Value::Double(26.0), Some(26)),
            (Value::Double(26.5), None),
            (Value::Double(f64::NAN), None),
            (Value::Double(-3.0), None),
            (Value::from("26"), Some(26)),
            (Value::from(" 26 "), Some(26)),
            (Value::from("26.0"), Some(26)),
            (Value::from("\"26\""), Some(26)),
            (Value::from("many"), None),
            (Value::from(""), None),
            (Value::Null, None),
            (Value::Bool(true), None),
        ] {
            assert_eq!(count(&value), want, "{value:?}");
        }
    }

    #[test]
    fn money_may_be_text() {
        assert_eq!(money(&Value::from("0.0029")), Some(NanoUsd(2_900_000)));
        assert_eq!(money(&Value::Double(-1.0)), None);
        assert_eq!(money(&Value::Double(f64::INFINITY)), None);
    }

    #[test]
    fn words_come_in_lists_and_quotes() {
        let list = Value::Array(vec![Value::from("stop"), Value::from("length")]);
        for (value, want) in [
            (list, Some("stop")),
            (Value::from("[\"tool_calls\"]"), Some("tool_calls")),
            (Value::from("\"LLM\""), Some("LLM")),
            (Value::from("plain"), Some("plain")),
            (Value::Array(vec![]), None),
            (Value::Null, None),
        ] {
            assert_eq!(text(&value).as_deref(), want, "{value:?}");
        }
    }

    #[test]
    fn placeholders_are_no_content() {
        for absent in ["", "{}", " [] ", "N/A", "<REDACTED>", "[REDACTED]", "__REDACTED__", "null"] {
            assert!(!is_content(&Value::from(absent)), "{absent:?}");
        }
        for present in ["{\"a\":1}", "0", "none of it"] {
            assert!(is_content(&Value::from(present)), "{present:?}");
        }
    }
}
