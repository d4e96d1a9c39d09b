//! JSON as foldable lines: escapes decoded, line breaks real, order kept.

use serde_json::Value;

use super::build::Builder;
use super::stub;
use crate::report::text::preview;
use crate::tui::theme::Role;

/// Texts with more lines than this are folded at first.
const LONG_TEXT: usize = 40;

/// Containers below this depth are folded at first.
const DEEP: usize = 3;

/// Columns of the glimpse into a folded container.
const GLIMPSE: usize = 60;

/// Of values up to this size every part can be copied as JSON; of longer ones what is shown is copied, for each level
/// would keep the whole once more.
const COPIED: usize = 64 * 1024;

/// JSON within JSON strings is unfolded down to this depth; no sender nests it deeper on purpose.
const DEEPEST: usize = 64;

/// Adds `source`: as JSON if it is an object or array, as text otherwise.
pub(super) fn push(b: &mut Builder, source: &str) {
    match parse(source) {
        Some(value) => Pen { copies: source.len() <= COPIED }.value(b, "", &value, 0),
        None => b.text(source, Role::Text),
    }
}

/// Adds `source` if it is a JSON object or array; whether it is.
pub(super) fn push_container(b: &mut Builder, source: &str) -> bool {
    let Some(value) = inner(source, 0) else {
        return false;
    };
    Pen { copies: source.len() <= COPIED }.value(b, "", &value, 0);
    true
}

/// The value of a text that is a JSON container or a JSON string; other texts mean themselves.
fn parse(source: &str) -> Option<Value> {
    let first = source.trim_start().as_bytes().first()?;
    matches!(first, b'{' | b'[' | b'"').then(|| serde_json::from_str(source).ok()).flatten()
}

/// The object or array that a string holds, which somebody encoded twice.
fn inner(text: &str, depth: usize) -> Option<Value> {
    let value = if depth < DEEPEST { parse(text) } else { None };
    value.filter(|value| matches!(value, Value::Object(_) | Value::Array(_)))
}

/// Writes values below each other.
struct Pen {
    /// Whether containers can be copied as JSON.
    copies: bool,
}

impl Pen {
    fn value(&self, b: &mut Builder, label: &str, value: &Value, depth: usize) {
        match value {
            Value::Object(map) if !map.is_empty() => {
                let inside = map.iter().map(|(key, value)| (format!("{key}: "), value));
                self.container(b, label, ('{', '}'), value, inside, depth);
            }
            Value::Array(list) if !list.is_empty() => {
                let inside = list.iter().map(|value| (String::new(), value));
                self.container(b, label, ('[', ']'), value, inside, depth);
            }
            Value::String(text) => self.text(b, label, text, depth),
            Value::Number(_) => leaf(b, label, &value.to_string(), Role::JsonNumber),
            _ => leaf(b, label, &value.to_string(), Role::JsonWord),
        }
    }

    fn text(&self, b: &mut Builder, label: &str, text: &str, depth: usize) {
        if let Some(value) = inner(text, depth) {
            return self.value(b, &format!("{label}text of "), &value, depth + 1);
        }
        if text.contains('\n') {
            return push_text(b, label, text);
        }
        if stub::find(text).is_some() {
            let fold = b.open(&[(label, Role::Key)], false);
            b.text(text, Role::JsonText);
            return b.close(fold);
        }
        b.line(&[(label, Role::Key), (&quoted(text), Role::JsonText)]);
        b.stands_for(text);
    }

    fn container<'a>(
        &self,
        b: &mut Builder,
        label: &str,
        (begin, end): (char, char),
        whole: &Value,
        inside: impl ExactSizeIterator<Item = (String, &'a Value)>,
        depth: usize,
    ) {
        if is_short(whole) {
            push_on_one_line(b, label, whole);
            return b.stands_for(&whole.to_string());
        }
        let size = format!("{begin} {} {end}", inside.len());
        let fold = b.open(&[(label, Role::Key), (&size, Role::Dim)], depth >= DEEP);
        if self.copies {
            b.stands_for(&whole.to_string());
        }
        for (key, value) in inside {
            self.value(b, &key, value, depth + 1);
        }
        b.close(fold);
    }
}

fn leaf(b: &mut Builder, label: &str, value: &str, role: Role) {
    b.line(&[(label, Role::Key), (value, role)]);
    b.stands_for(value);
}

/// Whether a container reads best on one line: few plain values.
fn is_short(value: &Value) -> bool {
    let plain = |v: &Value| match v {
        Value::String(text) => text.len() <= 24 && !text.contains('\n') && inner(text, 0).is_none(),
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

/// An object or array in one line, as far as `longest` columns can show it; `None` where `source` is none.
pub(super) fn on_one_line(source: &str, longest: usize) -> Option<String> {
    let value = match parse(source).filter(|_| source.len() <= COPIED)? {
        Value::String(text) => inner(&text, 0)?,
        value => value,
    };
    let mut pieces = Vec::new();
    flatten(&value, &mut pieces);
    let mut line = String::new();
    for (piece, _) in pieces {
        if line.len() > 4 * longest {
            break;
        }
        line.push_str(&piece);
    }
    Some(line)
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
    fn json_that_was_encoded_twice_is_read_and_marked() {
        let source = r#"{"body": "{\"a\": [1, {\"b\": \"x\\ny\"}]}", "n": 1, "m": 2}"#;
        assert_eq!(
            shown(source),
            "{ 3 }\n  body: text of { 1 }\n    a: [ 2 ]\n      1\n      { 1 }\n        b: 2 lines\n          x\n          y\n  n: 1\n  m: 2\n"
        );
    }

    #[test]
    fn a_value_is_copied_without_its_name() {
        let mut b = Builder::default();
        push(&mut b, r#"{"q": "a \"b\"", "n": 1.50, "list": [1, {"deep": [{"x": 1, "y": 2, "z": 3}]}]}"#);
        let doc = b.finish();
        let copied =
            |what: &str| doc.value_of(doc.lines.iter().position(|line| line.text.starts_with(what)).unwrap());
        assert_eq!(copied("q:"), "a \"b\"");
        assert_eq!(copied("n:"), "1.50");
        assert_eq!(copied("list:"), r#"[1,{"deep":[{"x":1,"y":2,"z":3}]}]"#);
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
