//! JSON as foldable lines: escapes decoded, line breaks real, order kept.

use serde_json::Value;

use super::build::Builder;
use crate::report::text::preview;
use crate::tui::theme::Role;

/// Texts with more lines than this are folded at first.
const LONG_TEXT: usize = 40;

/// Containers below this depth are folded at first.
const DEEP: usize = 3;

/// Columns of the glimpse into a folded container.
const GLIMPSE: usize = 60;

/// Adds `source`: as JSON if it is an object or array, as text otherwise.
pub(super) fn push(b: &mut Builder, source: &str) {
    match parse(source) {
        Some(value) => push_value(b, None, &value, 0),
        None => b.text(source, Role::Text),
    }
}

/// The value of a text that is a JSON container or a JSON string; other texts mean themselves.
fn parse(source: &str) -> Option<Value> {
    let first = source.trim_start().as_bytes().first()?;
    matches!(first, b'{' | b'[' | b'"').then(|| serde_json::from_str(source).ok()).flatten()
}

fn push_value(b: &mut Builder, key: Option<&str>, value: &Value, depth: usize) {
    let label = key.map(|k| format!("{k}: ")).unwrap_or_default();
    match value {
        Value::Object(map) if !map.is_empty() => {
            let inside = map.iter().map(|(k, v)| (Some(k.as_str()), v));
            push_container(b, &label, ('{', '}'), value, inside, depth);
        }
        Value::Array(list) if !list.is_empty() => {
            let inside = list.iter().map(|v| (None, v));
            push_container(b, &label, ('[', ']'), value, inside, depth);
        }
        Value::String(text) if text.contains('\n') => push_text(b, &label, text),
        Value::String(text) => b.line(&[(&label, Role::Key), (&quoted(text), Role::JsonText)]),
        Value::Number(_) => b.line(&[(&label, Role::Key), (&value.to_string(), Role::JsonNumber)]),
        _ => b.line(&[(&label, Role::Key), (&value.to_string(), Role::JsonWord)]),
    }
}

fn push_container<'a>(
    b: &mut Builder,
    label: &str,
    (begin, end): (char, char),
    whole: &Value,
    inside: impl ExactSizeIterator<Item = (Option<&'a str>, &'a Value)>,
    depth: usize,
) {
    if is_short(whole) {
        return push_on_one_line(b, label, whole);
    }
    let size = format!("{begin} {} {end}", inside.len());
    let fold = b.open(&[(label, Role::Key), (&size, Role::Dim)], depth >= DEEP);
    for (key, value) in inside {
        push_value(b, key, value, depth + 1);
    }
    b.close(fold);
}

/// Whether a container reads best on one line: few plain values.
fn is_short(value: &Value) -> bool {
    let plain = |v: &Value| match v {
        Value::String(text) => text.len() <= 24 && !text.contains('\n'),
        Value::Object(_) | Value::Array(_) => false,
        _ => true,
    };
    match value {
        Value::Object(map) => map.len() <= 2 && map.values().all(plain),
        Value::Array(list) => list.len() <= 6 && list.iter().all(plain),
        _ => true,
    }
}

fn push_on_one_line(b: &mut Builder, label: &str, value: &Value) {
    let mut pieces: Vec<(String, Role)> = vec![(label.to_owned(), Role::Key)];
    flatten(value, &mut pieces);
    let borrowed: Vec<(&str, Role)> = pieces.iter().map(|(text, role)| (text.as_str(), *role)).collect();
    b.line(&borrowed);
}

fn flatten(value: &Value, out: &mut Vec<(String, Role)>) {
    match value {
        Value::Object(map) => {
            out.push(("{".into(), Role::Dim));
            for (at, (key, value)) in map.iter().enumerate() {
                out.push((format!("{}{key}: ", separator(at)), Role::Key));
                flatten(value, out);
            }
            out.push(("}".into(), Role::Dim));
        }
        Value::Array(list) => {
            out.push(("[".into(), Role::Dim));
            for (at, value) in list.iter().enumerate() {
                out.push((separator(at).into(), Role::Dim));
                flatten(value, out);
            }
            out.push(("]".into(), Role::Dim));
        }
        Value::String(text) => out.push((quoted(text), Role::JsonText)),
        Value::Number(_) => out.push((value.to_string(), Role::JsonNumber)),
        _ => out.push((value.to_string(), Role::JsonWord)),
    }
}

fn separator(at: usize) -> &'static str {
    if at == 0 { "" } else { ", " }
}

fn push_text(b: &mut Builder, label: &str, text: &str) {
    let count = text.trim_end_matches('\n').split('\n').count();
    let long = count > LONG_TEXT;
    let glimpse = if long { preview(text, GLIMPSE) } else { String::new() };
    let head = format!("{count} lines  {glimpse}");
    let fold = b.open(&[(label, Role::Key), (head.trim_end(), Role::Dim)], long);
    b.text(text, Role::JsonText);
    b.close(fold);
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str) -> String {
        let mut b = Builder::default();
        push(&mut b, source);
        let lines = b.finish().lines;
        lines.iter().flat_map(|l| [" ".repeat(l.indent.into()), l.text.clone(), "\n".into()]).collect()
    }

    #[test]
    fn json_is_decoded_in_its_own_order() {
        assert_eq!(shown(r#"{"b": 1.50, "a": "\ud55c\uad6d"}"#), "{b: 1.50, a: \"한국\"}\n");
        assert_eq!(
            shown(r#"{"id": 8812, "note": "one\ntwo", "tags": ["a", null, true], "x": {}}"#),
            "{ 4 }\n  id: 8812\n  note: 2 lines\n    one\n    two\n  tags: [\"a\", null, true]\n  x: {}\n"
        );
    }

    #[test]
    fn what_is_no_json_is_text() {
        assert_eq!(shown("42 is the answer"), "42 is the answer\n");
        assert_eq!(shown("{broken"), "{broken\n");
        assert_eq!(shown("\"said\\nso\""), "2 lines\n  said\n  so\n");
    }

    #[test]
    fn depth_does_not_overflow() {
        assert!(shown(&"[".repeat(100_000)).starts_with("[["));
    }
}
