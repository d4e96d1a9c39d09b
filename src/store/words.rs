//! What the full-text index is fed with, and what it is asked.

use std::borrow::Cow;

/// Text as the index wants it: runs of Hangul, Kana and Han cut into overlapping pairs ("환불정책" becomes "환불 불정
/// 정책"), everything else as it is. A query cut the same way finds a noun with a particle attached.
pub(super) fn indexable(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(is_cjk) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    let mut start = Some(first);
    while let Some(at) = start {
        out.push_str(&rest[..at]);
        let end = rest[at..].find(|c| !is_cjk(c)).map_or(rest.len(), |length| at + length);
        push_pairs(&mut out, &rest[at..end]);
        rest = &rest[end..];
        start = rest.find(is_cjk);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Appends a run as overlapping pairs, a single character as it is.
fn push_pairs(out: &mut String, run: &str) {
    out.push(' ');
    let mut previous = None;
    for (at, char) in run.char_indices() {
        if let Some(from) = previous.replace(at) {
            out.push_str(&run[from..at + char.len_utf8()]);
            out.push(' ');
        }
    }
    if previous == Some(0) {
        out.push_str(run);
        out.push(' ');
    }
}

/// Hangul syllables and letters, Kana, Han: scripts without spaces between words, or with particles attached.
const fn is_cjk(char: char) -> bool {
    matches!(char,
        '\u{1100}'..='\u{11ff}' | '\u{3040}'..='\u{30ff}' | '\u{3130}'..='\u{318f}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// An FTS5 query for what a person typed: every word must be there, the last as a prefix; `None` if there is no word.
pub(super) fn query(typed: &str) -> Option<String> {
    let words: Vec<String> = indexable(typed)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\""))
        .collect();
    (!words.is_empty()).then(|| words.join(" ") + "*")
}

/// Appends the string values of a JSON text, decoded, one a line; keys and punctuation are left out. What is no JSON
/// is appended as it is.
pub(super) fn collect(out: &mut String, text: &str) {
    if !matches!(text.trim_start().as_bytes().first(), Some(b'{' | b'[' | b'"')) {
        out.push_str(text);
        out.push('\n');
        return;
    }
    let mut rest = text;
    while let Some((before, literal, after)) = next_string(rest) {
        out.extend(
            before
                .split(|c: char| !c.is_alphanumeric() && c != '.')
                .filter(|w| is_number(w))
                .flat_map(|w| [w, "\n"]),
        );
        if !after.trim_start().starts_with(':') {
            out.push_str(&serde_json::from_str::<Cow<'_, str>>(literal).unwrap_or(Cow::Borrowed(literal)));
            out.push('\n');
        }
        rest = after;
    }
    out.extend(
        rest.split(|c: char| !c.is_alphanumeric() && c != '.')
            .filter(|w| is_number(w))
            .flat_map(|w| [w, "\n"]),
    );
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

fn next_string(text: &str) -> Option<(&str, &str, &str)> {
    let start = memchr::memchr(b'"', text.as_bytes())?;
    let mut at = start + 1;
    loop {
        match memchr::memchr2(b'"', b'\\', text.as_bytes().get(at..)?) {
            Some(found) if text.as_bytes()[at + found] == b'"' => {
                let end = at + found + 1;
                return Some((&text[..start], &text[start..end], &text[end..]));
            }
            Some(found) => at += found + 2,
            None => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_without_spaces_become_pairs() {
        for (text, expected) in [
            ("refund policy", "refund policy"),
            ("환불정책을 확인", "환불 불정 정책 책을 확인"),
            ("주문 88번", "주문 88 번"),
            ("東京タワー!", "東京 京タ タワ ワー !"),
        ] {
            assert_eq!(indexable(text).split_whitespace().collect::<Vec<_>>().join(" "), expected);
        }
    }

    #[test]
    fn queries_ask_for_every_word() {
        assert_eq!(query("refund pol").as_deref(), Some(r#""refund" "pol"*"#));
        assert_eq!(query("이중결제").as_deref(), Some(r#""이중" "중결" "결제"*"#));
        assert_eq!(query(r#" "*- "#), None);
    }

    #[test]
    fn values_are_indexed_and_keys_are_not() {
        let mut out = String::new();
        collect(&mut out, r#"{"query":"\ud658\ubd88","page": 12,"tags":["a","b\n"]}"#);
        assert_eq!(out.split_whitespace().collect::<Vec<_>>(), ["환불", "12", "a", "b"]);
    }
}
