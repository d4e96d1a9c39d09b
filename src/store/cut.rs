//! Cuts a long attribute value where its messages and its texts begin and end. Pure.
//!
//! An agent's every model call repeats the conversation so far. What repeats are whole messages (objects in an array)
//! and, across attributes, whole texts (a tool's result stands in its own span and again in the next prompt):
//!
//! ```text
//! [{"role":"user","parts":[{"content":"…long text…"}]},{"role":"tool",…}]
//! ╵└───────────────── message ───────────────────────┘╵└── message ───┘╵      between them: literals
//!                                     └── text ───┘                          cut again inside a new message
//! ```
//!
//! The parts, put together, are the value, byte for byte, also where it is no JSON or was cut off in the middle.

use memchr::{memchr2, memchr2_iter};

/// Shorter objects stay where they are: a piece costs a row, a hash and an index entry.
const MESSAGE: usize = 48;
/// Shorter JSON strings stay where they are.
const TEXT: usize = 64;

/// One part of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Stands for itself.
    Literal(&'a str),
    /// An element of an array, to be kept once.
    Message(&'a str),
    /// A text, to be kept once: a JSON string with its quotes, or the whole value where it is no JSON.
    Text(&'a str),
}

/// Cuts `value` at messages and long strings.
pub(super) fn cut_value(value: &str) -> Vec<Part<'_>> {
    match value.trim_start().as_bytes().first() {
        Some(b'[' | b'{' | b'"') => Cutter::new(value, true).cut(),
        _ => vec![Part::Text(value)],
    }
}

/// Cuts a message at long strings.
pub(super) fn cut_message(message: &str) -> Vec<Part<'_>> {
    Cutter::new(message, false).cut()
}

struct Cutter<'a> {
    text: &'a str,
    messages: bool,
    /// Bytes before this are in `parts`.
    done: usize,
    parts: Vec<Part<'a>>,
    /// For every open bracket, whether it is an array.
    open: Vec<bool>,
}

impl<'a> Cutter<'a> {
    const fn new(text: &'a str, messages: bool) -> Self {
        Self { text, messages, done: 0, parts: Vec::new(), open: Vec::new() }
    }

    fn cut(mut self) -> Vec<Part<'a>> {
        let bytes = self.text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            at = match byte {
                b'"' => self.string(at),
                b'{' | b'[' => self.container(at, byte == b'['),
                b'}' | b']' => {
                    self.open.pop();
                    at + 1
                }
                _ => at + 1,
            };
        }
        self.literal_until(bytes.len());
        self.parts
    }

    fn string(&mut self, start: usize) -> usize {
        let end = string_end(self.text, start).unwrap_or(self.text.len());
        if end - start >= TEXT {
            self.emit(start, end, Part::Text);
        }
        end
    }

    fn container(&mut self, start: usize, array: bool) -> usize {
        if self.messages && self.open.last() == Some(&true) {
            let end = container_end(self.text, start).unwrap_or(self.text.len());
            if end - start >= MESSAGE {
                self.emit(start, end, Part::Message);
            }
            return end;
        }
        self.open.push(array);
        start + 1
    }

    fn emit(&mut self, start: usize, end: usize, part: fn(&'a str) -> Part<'a>) {
        self.literal_until(start);
        self.parts.push(part(&self.text[start..end]));
        self.done = end;
    }

    fn literal_until(&mut self, end: usize) {
        if self.done < end {
            self.parts.push(Part::Literal(&self.text[self.done..end]));
            self.done = end;
        }
    }
}

/// End of the JSON string that starts at `start`, past its closing quote; `None` if it is not closed.
fn string_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = start + 1;
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// End of the object or array that starts at `start`; `None` if it is not closed.
fn container_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (start, 0_usize);
    loop {
        match bytes.get(at)? {
            b'"' => at = string_end(text, at)?,
            b'{' | b'[' => (at, depth) = (at + 1, depth + 1),
            b'}' | b']' if depth == 1 => return Some(at + 1),
            b'}' | b']' => (at, depth) = (at + 1, depth - 1),
            _ => at += 1,
        }
    }
}

/// How a JSON string writes what it must escape, or could.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// As JavaScript, Rust and most others: UTF-8 as it is, control characters escaped.
    Utf8,
    /// As Python's `json.dumps` by default: all but printable ASCII as `\uXXXX`, in lower case.
    Ascii,
}

/// The text of a JSON string (quotes included) and the style that writes it back byte for byte; `None` where no
/// style does (it then is kept as it stands).
pub(super) fn unquote(literal: &str) -> Option<(String, Style)> {
    let inner = literal.strip_prefix('"')?.strip_suffix('"')?;
    if memchr2_iter(b'\\', b'"', inner.as_bytes()).next().is_none() {
        let style = if inner.bytes().all(|b| b >= 0x20) { Some(Style::Utf8) } else { None };
        return Some((inner.to_owned(), style?));
    }
    let text: String = serde_json::from_str(literal).ok()?;
    [Style::Utf8, Style::Ascii]
        .into_iter()
        .find(|&style| quoted(&text, style) == literal)
        .map(|style| (text, style))
}

/// `text` as a JSON string.
pub(super) fn quoted(text: &str, style: Style) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    match style {
        Style::Utf8 => super::json::write_str(&mut out, text),
        Style::Ascii => write_ascii(&mut out, text),
    }
    out
}

fn write_ascii(out: &mut String, text: &str) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' | '\\' | '\0'..'\x20' => super::json::write_escape(out, u8::try_from(char).unwrap_or(b'?')),
            ' '..='~' => out.push(char),
            _ => {
                for unit in char.encode_utf16(&mut [0; 2]) {
                    out.push_str("\\u");
                    let [high, low] = unit.to_be_bytes();
                    super::json::write_hex(out, high);
                    super::json::write_hex(out, low);
                }
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn together(parts: &[Part<'_>]) -> String {
        parts
            .iter()
            .map(|p| match p {
                Part::Literal(t) | Part::Message(t) | Part::Text(t) => *t,
            })
            .collect()
    }

    #[test]
    fn cuts_at_messages_and_long_texts() {
        let long = "x".repeat(70);
        let message = format!(r#"{{"role":"user","parts":[{{"content":"{long}"}}]}}"#);
        let short = r#"{"role":"user"}"#;
        let value = format!("[{message}, {short}, {message}]");
        let end = format!(", {short}, ");
        assert_eq!(
            cut_value(&value),
            [
                Part::Literal("["),
                Part::Message(&message),
                Part::Literal(&end),
                Part::Message(&message),
                Part::Literal("]")
            ]
        );
        let text = format!("\"{long}\"");
        assert_eq!(
            cut_message(&message),
            [
                Part::Literal(r#"{"role":"user","parts":[{"content":"#),
                Part::Text(&text),
                Part::Literal("}]}")
            ]
        );
        let nested = format!(r#"{{"messages":[{message}],"n":1}}"#);
        assert_eq!(cut_value(&nested)[1], Part::Message(&message));
        assert_eq!(cut_value("plain, not JSON"), [Part::Text("plain, not JSON")]);
    }

    #[test]
    fn json_strings_find_back_to_their_bytes() {
        for (literal, text, style) in [
            (r#""plain""#, "plain", Style::Utf8),
            (r#""a\nb \"c\" \\ 한""#, "a\nb \"c\" \\ 한", Style::Utf8),
            (r#""\ud55c\n \ud83d\ude80""#, "한\n 🚀", Style::Ascii),
        ] {
            assert_eq!(unquote(literal), Some((text.to_owned(), style)), "{literal}");
            assert_eq!(quoted(text, style), literal);
        }
        for odd in [r#""\/""#, r#""\uD55C""#, r#""\ud800""#, r#""not closed"#, "\"a\nb\"", "\""] {
            assert_eq!(unquote(odd), None, "{odd}");
        }
    }

    fn jsonish() -> impl Strategy<Value = String> {
        proptest::collection::vec(
            prop_oneof![
                proptest::sample::select(vec!["[", "]", "{", "}", "\"", "\\", ",", ":", "한", "\\u12", "\n"])
                    .prop_map(str::to_owned),
                "[a-z ]{0,80}",
            ],
            0..40,
        )
        .prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn parts_make_the_value(value in jsonish()) {
            prop_assert_eq!(together(&cut_value(&value)), value.clone());
            prop_assert_eq!(together(&cut_message(&value)), value);
        }

        #[test]
        fn every_text_survives_both_styles(text in any::<String>()) {
            for style in [Style::Utf8, Style::Ascii] {
                let literal = quoted(&text, style);
                let back = unquote(&literal).map(|(text, _)| text);
                prop_assert_eq!(back.as_deref(), Some(text.as_str()));
            }
        }
    }
}
