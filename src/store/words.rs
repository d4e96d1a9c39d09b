//! What the full-text index is fed with, and what it is asked.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};

use rustc_hash::FxHashSet;

use super::json;
use crate::model::Value;

/// Text as the index wants it: every word once, for it keeps no places, and runs of Hangul, Kana and Han cut into
/// overlapping pairs ("환불정책" becomes "환불 불정 정책"). A query cut the same way finds a noun with a particle attached.
///
/// A word said again costs the index ten times what it costs to find that out: of prose that is every second one.
pub(super) fn indexable(text: &str) -> String {
    /// Bytes of text for each word expected: words are five letters long and said twice.
    const SPARSE: usize = 12;
    let mut out = String::with_capacity(text.len());
    let mut said = FxHashSet::with_capacity_and_hasher(text.len() / SPARSE, rustc_hash::FxBuildHasher);
    for word in words_of(text) {
        if said.insert(word) {
            push_word(&mut out, word);
        }
    }
    out
}

/// What stands between ASCII marks and white space; the tokenizer knows those beyond ASCII. Equal whatever the case of
/// ASCII letters, which the index folds too.
#[derive(Clone, Copy, Eq)]
struct Word<'a> {
    text: &'a str,
    hash: u64,
    is_ascii: bool,
}

impl PartialEq for Word<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text || self.text.eq_ignore_ascii_case(other.text)
    }
}

impl Hash for Word<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

fn words_of(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.bytes().position(|byte| !is_mark(byte))?;
        let (word, behind) = word_at(&rest[start..]);
        rest = behind;
        Some(word)
    })
}

/// The word that a text begins with, and what is behind it. Each byte is read once.
fn word_at(text: &str) -> (Word<'_>, &str) {
    /// The bit that tells case is set in every letter.
    const CASE: u8 = 0x20;
    let (mut hash, mut beyond, mut end) = (0_u64, 0, 0);
    for byte in text.bytes().take_while(|&byte| !is_mark(byte)) {
        beyond |= byte & 0x80;
        hash = (hash.rotate_left(5) ^ u64::from(byte | CASE)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        end += 1;
    }
    let (text, behind) = text.split_at(end);
    (Word { text, hash, is_ascii: beyond == 0 }, behind)
}

/// One look-up a byte: all that is ever said goes through here.
const MARKS: [bool; 256] = {
    let mut marks = [false; 256];
    let mut byte = 0_u8;
    while byte.is_ascii() {
        marks[byte as usize] = !byte.is_ascii_alphanumeric();
        byte += 1;
    }
    marks
};

const fn is_mark(byte: u8) -> bool {
    MARKS[byte as usize]
}

fn push_word(out: &mut String, word: Word<'_>) {
    let mut rest = word.text;
    let next = |rest: &str| if word.is_ascii { None } else { rest.find(is_cjk) };
    while let Some(at) = next(rest) {
        out.push_str(&rest[..at]);
        let end = rest[at..].find(|c| !is_cjk(c)).map_or(rest.len(), |length| at + length);
        push_pairs(out, &rest[at..end]);
        rest = &rest[end..];
    }
    out.push_str(rest);
    out.push(' ');
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

/// What a person typed as words of the index: each must be there, the last as the beginning of one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Typed {
    before: Vec<String>,
    last: String,
}

impl Typed {
    /// The words of `typed`; `None` if there is none.
    pub(super) fn of(typed: &str) -> Option<Self> {
        let mut cut = String::new();
        words_of(typed).for_each(|word| push_word(&mut cut, word));
        let words = cut.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let mut before: Vec<String> = words.map(str::to_lowercase).collect();
        let last = before.pop()?;
        Some(Self { before, last })
    }

    /// The beginning that the last word is.
    pub(super) fn beginning(&self) -> &str {
        &self.last
    }

    /// Whether the index spells the last word as it is typed: of other letters it leaves out marks.
    pub(super) fn is_plain(&self) -> bool {
        self.last.is_ascii() || self.last.chars().all(is_cjk)
    }

    /// An FTS5 query for the words, one of `endings` as the last.
    pub(super) fn with(&self, endings: &[String]) -> String {
        let endings =
            format!("({})", endings.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" OR "));
        self.all(endings)
    }

    /// An FTS5 query for the words, anything that begins with the last but these `endings`.
    pub(super) fn beyond(&self, endings: &[String]) -> String {
        let all = format!("({})", self.all(quoted(&self.last) + "*"));
        endings.iter().fold(all, |query, word| query + " NOT " + &quoted(word))
    }

    fn all(&self, last: String) -> String {
        self.before.iter().map(|word| quoted(word)).chain([last]).collect::<Vec<_>>().join(" AND ")
    }
}

fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('"', "\"\""))
}

/// Appends what a text says. Of JSON the string values, decoded, and the numbers, one a line; keys and punctuation are left
/// out. What is no JSON is appended as it is.
pub(super) fn collect(out: &mut String, text: &str) {
    match text.trim_start().as_bytes().first() {
        Some(b'{' | b'[' | b'"') => collect_json(out, text),
        _ => out.extend([text, "\n"]),
    }
}

/// The same of a text that begins like JSON, or of what stands between the pieces of one.
pub(super) fn collect_json(out: &mut String, text: &str) {
    if is_prose(text) {
        out.extend([text, "\n"]);
        push_escaped(out, text);
        return;
    }
    let mut rest = text;
    while let Some((before, literal, after)) = next_string(rest) {
        push_numbers(out, before);
        if !after.trim_start().starts_with(':') {
            out.push_str(&decoded(literal));
            out.push('\n');
        }
        rest = after;
    }
    push_numbers(out, rest);
}

/// Appends a number that stands in no text: that of a structure. Not one with a point, of which vectors are made.
pub(super) fn collect_number(out: &mut String, value: &Value) {
    if let Value::Int(_) = value {
        json::write_value(out, value);
        out.push('\n');
    }
}

/// Whether words stand outside of quotes that JSON does not know there: a template, a list as Python prints it, Markdown
/// that begins with a link, JSON that was cut off within a string.
fn is_prose(text: &str) -> bool {
    let mut rest = text;
    while let Some((before, _, after)) = next_string(rest) {
        if bare(before).any(is_foreign) {
            return true;
        }
        rest = after;
    }
    bare(rest).any(is_foreign)
}

/// Words outside of quotes, and numbers.
fn bare(between: &str) -> impl Iterator<Item = &str> {
    between
        .split(|c: char| !c.is_alphanumeric() && c != '.')
        .filter(|word| word.contains(char::is_alphanumeric))
}

fn is_foreign(word: &str) -> bool {
    !is_number(word) && !matches!(word, "true" | "false" | "null" | "NaN" | "Infinity")
}

fn push_numbers(out: &mut String, between: &str) {
    out.extend(bare(between).filter(|word| is_number(word)).flat_map(|word| [word, "\n"]));
}

/// Strings with escapes, decoded, one a line; the last also where it is cut off.
fn push_escaped(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some((_, literal, after)) = next_string(rest) {
        if literal.contains('\\') {
            out.extend([&decoded(literal), "\n"]);
        }
        rest = after;
    }
    let cut_off = rest.find('"').map(|start| whole_escapes(&rest[start..]));
    if let Some(start) = cut_off.filter(|start| start.contains('\\')) {
        out.extend([&decoded(&format!("{start}\"")), "\n"]);
    }
}

/// The beginning of a string, without an escape that it was cut off in.
fn whole_escapes(start: &str) -> &str {
    /// As in `\ud658`.
    const LONGEST: usize = 6;
    match start.rfind('\\') {
        Some(at) if start[at..].starts_with("\\u") && start.len() - at < LONGEST => &start[..at],
        Some(at) if start.len() - at == 1 && !start[..at].ends_with('\\') => &start[..at],
        _ => start,
    }
}

fn decoded(literal: &str) -> Cow<'_, str> {
    serde_json::from_str::<String>(literal).map_or(Cow::Borrowed(literal), Cow::Owned)
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
            ("東京タワー!", "東京 京タ タワ ワー"),
            ("ab환불cd", "ab 환불 cd"),
        ] {
            assert_eq!(indexable(text).split_whitespace().collect::<Vec<_>>().join(" "), expected);
        }
    }

    #[test]
    fn a_word_is_said_once_whatever_its_case() {
        for (text, expected) in [
            ("the cat, the hat; The end", "the cat hat end"),
            ("src/lib.rs src/main.rs", "src lib rs main"),
            ("환불 환불 환불", "환불"),
            ("café CAFé café", "café"),
            ("a@b A`B", "a b"),
            (
                "internationalisation Internationalisation internationalise",
                "internationalisation internationalise",
            ),
            ("", ""),
        ] {
            assert_eq!(indexable(text).split_whitespace().collect::<Vec<_>>().join(" "), expected, "{text}");
        }
    }

    #[test]
    fn queries_ask_for_every_word() {
        let known = ["pol".to_owned(), "police".to_owned()];
        for (typed, with, beyond) in [
            (
                "refund Pol",
                r#""refund" AND ("pol" OR "police")"#,
                r#"("refund" AND "pol"*) NOT "pol" NOT "police""#,
            ),
            (
                "이중결제",
                r#""이중" AND "중결" AND ("pol" OR "police")"#,
                r#"("이중" AND "중결" AND "결제"*) NOT "pol" NOT "police""#,
            ),
            ("pol", r#"("pol" OR "police")"#, r#"("pol"*) NOT "pol" NOT "police""#),
        ] {
            let typed = Typed::of(typed).unwrap();
            assert_eq!((typed.with(&known).as_str(), typed.beyond(&known).as_str()), (with, beyond));
        }
        assert_eq!(Typed::of(r#" "*- "#), None);
    }

    #[test]
    fn values_of_json_are_indexed_and_keys_are_not_but_all_words_of_what_only_begins_like_it() {
        for (text, expected) in [
            (
                r#"{"query":"\ud658\ubd88","page": 12,"tags":["a","b\n"],"is":[true,null,NaN,-1.5e-3]}"#,
                "환불 12 a b 1.5e 3",
            ),
            ("[INST] Please help [/INST]", "[INST] Please help [/INST]"),
            ("{'city': 'Seoul', 'days': 3}", "{'city': 'Seoul', 'days': 3}"),
            ("[docs](https://x.dev) say \"no\"", "[docs](https://x.dev) say \"no\""),
            (
                r#"{"note":"see\nthis","long":"one\ntwo \ud6"#,
                r#"{"note":"see\nthis","long":"one\ntwo \ud6 see this one two"#,
            ),
            ("plain 12-05", "plain 12-05"),
        ] {
            let mut out = String::new();
            collect(&mut out, text);
            assert_eq!(out.split_whitespace().collect::<Vec<_>>().join(" "), expected);
        }
        let mut between = String::new();
        collect_json(&mut between, r#", "is_error": false, "mood": "calm", "content": "#);
        assert_eq!(between.trim(), "calm", "what stands between two pieces");
    }
}
