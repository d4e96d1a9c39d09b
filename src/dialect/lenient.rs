//! JSON as emitters really send it: encoded twice, as a Python `repr`, or cut in the middle (`dialects.md` 0, rule 4).

use serde_json::Value as Json;

/// `text` as JSON if it is JSON, JSON in a JSON string, a Python `repr` of plain data, or either of them cut short;
/// `None` for plain text.
pub(super) fn parse(text: &str) -> Option<Json> {
    let text = text.trim();
    if !text.starts_with(['{', '[', '"', '(']) {
        return None;
    }
    let strict = serde_json::from_str(text).ok();
    match strict.or_else(|| from_repr(text)).or_else(|| from_cut(text))? {
        Json::String(inner) => parse(&inner),
        json => Some(json),
    }
}

/// JSON text where `text` parses, escapes decoded, else `text` as it came.
pub(super) fn pretty_text(text: &str) -> String {
    parse(text).map_or_else(|| unquoted(text), |json| json.to_string())
}

/// The text in a JSON string, cut short or not; other text as it came.
pub(super) fn unquoted(text: &str) -> String {
    if !text.starts_with('"') {
        return text.to_owned();
    }
    let whole = serde_json::from_str(text).ok();
    let cut = || serde_json::from_str(&closings(text).0).ok();
    whole.or_else(cut).unwrap_or_else(|| text.to_owned())
}

fn from_repr(text: &str) -> Option<Json> {
    serde_json::from_str(&json_of_repr(text)?).ok()
}

/// Rewrites a `repr` of dicts, lists, tuples, strings, numbers, `True`, `False` and `None` as JSON; `None` for text
/// that holds anything else.
fn json_of_repr(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '\'' | '"' => copy_string(rest, first, &mut out)?,
            '(' | ')' => {
                out.push(if first == '(' { '[' } else { ']' });
                &rest[1..]
            }
            'A'..='Z' | 'a'..='z' => copy_word(rest, &mut out)?,
            _ => {
                out.push(first);
                &rest[first.len_utf8()..]
            }
        };
    }
    Some(out)
}

fn copy_word<'a>(rest: &'a str, out: &mut String) -> Option<&'a str> {
    let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    out.push_str(match &rest[..end] {
        "True" | "true" => "true",
        "False" | "false" => "false",
        "None" | "null" => "null",
        // exponents of numbers
        "e" | "E" => "e",
        _ => return None,
    });
    Some(&rest[end..])
}

/// Copies the string that starts `rest` as a JSON string; gives what follows it.
fn copy_string<'a>(rest: &'a str, quote: char, out: &mut String) -> Option<&'a str> {
    out.push('"');
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, char)) = chars.next() {
        match char {
            '\\' => match chars.next()?.1 {
                '\'' => out.push('\''),
                'x' => out.push_str("\\u00"),
                escaped => out.extend(['\\', escaped]),
            },
            '"' if quote != '"' => out.push_str("\\\""),
            _ if char == quote => {
                out.push('"');
                return Some(&rest[at + 1..]);
            }
            '\n' => out.push_str("\\n"),
            _ => out.push(char),
        }
    }
    None
}

/// What a cut text surely said: everything up to the cut, open strings and brackets closed.
fn from_cut(text: &str) -> Option<Json> {
    let (closed, last_whole) = closings(text);
    serde_json::from_str(&closed).ok().or_else(|| {
        // the cut fell into a key, a number or an escape: drop that member
        let (closed, _) = closings(text.get(..last_whole?)?);
        serde_json::from_str(&closed).ok()
    })
}

/// `text` with everything open closed, and where its last whole member ended.
fn closings(text: &str) -> (String, Option<usize>) {
    let mut open = Vec::new();
    let (mut in_string, mut escaped, mut last_comma) = (false, false, None);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' => open.push('}'),
            b'[' => open.push(']'),
            b'}' | b']' => drop(open.pop()),
            b',' => last_comma = Some(at),
            _ => {}
        }
    }
    let mut closed = text.to_owned();
    if in_string {
        closed.truncate(closed.len() - usize::from(escaped));
        closed.push('"');
    }
    closed.extend(open.iter().rev());
    (closed, last_comma)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn json_comes_in_many_dresses() {
        for (text, want) in [
            ("{\"city\": \"Seoul\"}", r#"{"city":"Seoul"}"#),
            ("[1, 2]", "[1,2]"),
            ("\"{\\\"city\\\": \\\"Seoul\\\"}\"", r#"{"city":"Seoul"}"#),
            ("{'city': 'Seoul', 'ok': True, 'n': None}", r#"{"city":"Seoul","ok":true,"n":null}"#),
            ("{'q': \"it's\", 'r': 'say \"hi\"'}", r#"{"q":"it's","r":"say \"hi\""}"#),
            ("{'a': ('x', 1.5)}", r#"{"a":["x",1.5]}"#),
            ("{'a': 'it\\'s', 'b': '\\xe9'}", r#"{"a":"it's","b":"é"}"#),
            ("{\"a\": \"cut in the mid", r#"{"a":"cut in the mid"}"#),
            ("[{\"role\":\"user\"},{\"ro", r#"[{"role":"user"}]"#),
            ("{\"a\": [1, 2", r#"{"a":[1,2]}"#),
            ("{\"a\": \"half an escape \\", r#"{"a":"half an escape "}"#),
        ] {
            assert_eq!(parse(text).map(|json| json.to_string()).as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn plain_text_is_no_json() {
        for text in ["", "Seoul", "42", "\"just a string\"", "{not json}", "<obj at 0x7f>"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn escapes_are_decoded_for_reading() {
        assert_eq!(pretty_text("{\"city\": \"\\uc11c\\uc6b8\"}"), "{\"city\":\"서울\"}");
        assert_eq!(pretty_text("\"\\uc11c\\uc6b8\""), "서울");
        assert_eq!(pretty_text("plain \\u0041"), "plain \\u0041");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_crash(text in "[\\[{(\"'][\\PC\\n]{0,60}") {
            let _ = parse(&text);
        }

        #[test]
        fn cut_json_keeps_what_came_before(keep in 0_usize..60) {
            let whole = "[{\"role\":\"user\",\"content\":\"안녕 hello\"},{\"role\":\"assistant\"}]";
            if let Some(cut) = whole.get(..keep).filter(|cut| cut.len() > 24) {
                let json = parse(cut).unwrap_or_default();
                prop_assert_eq!(json[0]["role"].as_str(), Some("user"));
            }
        }
    }
}
