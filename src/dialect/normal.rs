//! The part of a tool's arguments and result that says what was asked and what came back (`detection.md`, "Loops").
//!
//! Key order, white space and the dress of JSON never make two payloads differ. Arguments keep every id and number: two
//! targets must not look alike. Results lose what changes from call to call without meaning anything: times,
//! durations, ids of calls and requests, addresses, counters such as `3x`.

use std::borrow::Cow;
use std::hash::Hasher as _;

use rustc_hash::FxHasher;
use serde_json::Value as Json;

use super::lenient;

/// Payloads nest, but not deeper than this: what lies below is compared as text.
const DEPTH: u8 = 32;

/// Which side of a call a payload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Payload {
    /// Nothing but addresses of objects in memory is masked.
    Arguments,
    /// Everything volatile is masked.
    Result,
}

/// One number for all payloads of this meaning, whatever their dress; never 0.
pub(super) fn digest(text: &str, payload: Payload) -> u64 {
    let mut out = Out::default();
    match lenient::parse(text) {
        Some(json) => write_json(&json, payload, &mut out, DEPTH),
        None => write_text(unquoted(text.trim()).as_ref(), payload, &mut out),
    }
    // 0 is the word for "nothing captured"
    out.0.finish().max(1)
}

fn unquoted(text: &str) -> Cow<'_, str> {
    if text.starts_with('"') { Cow::Owned(lenient::unquoted(text)) } else { Cow::Borrowed(text) }
}

/// What is left of a payload, on its way into a hash: results may be long, and no copy of them is made.
#[derive(Default)]
struct Out(FxHasher);

impl Out {
    fn push(&mut self, text: &str) {
        self.0.write(text.as_bytes());
    }
}

fn write_json(json: &Json, payload: Payload, out: &mut Out, depth: u8) {
    let Some(deeper) = depth.checked_sub(1) else { return out.push(&json.to_string()) };
    match json {
        Json::Object(object) => {
            let mut members: Vec<_> = object.iter().filter(|(key, _)| !is_volatile(key, payload)).collect();
            members.sort_unstable_by_key(|(key, _)| *key);
            out.push("{");
            for (key, value) in members {
                out.push(key);
                out.push(":");
                write_json(value, payload, out, deeper);
                out.push(",");
            }
            out.push("}");
        }
        Json::Array(items) => {
            out.push("[");
            for item in items {
                write_json(item, payload, out, deeper);
                out.push(",");
            }
            out.push("]");
        }
        // JSON in a string of JSON says the same as the JSON itself
        Json::String(text) => match lenient::parse(text) {
            Some(inner) => write_json(&inner, payload, out, deeper),
            None => write_text(text, payload, out),
        },
        other => out.push(&other.to_string()),
    }
}

/// Members that frameworks and servers add to every answer.
const VOLATILE: [&str; 17] = [
    "run_id",
    "request_id",
    "requestid",
    "trace_id",
    "traceid",
    "span_id",
    "call_id",
    "callid",
    "tool_call_id",
    "toolcallid",
    "tool_use_id",
    "timestamp",
    "elapsed",
    "elapsed_ms",
    "duration",
    "duration_ms",
    "took",
];

fn is_volatile(key: &str, payload: Payload) -> bool {
    payload == Payload::Result && VOLATILE.iter().any(|known| key.eq_ignore_ascii_case(known))
}

/// Of a long text, wherever it stands, only both ends are read word by word: there frameworks put times and counters. What lies between is
/// taken as it is.
fn write_text(text: &str, payload: Payload, out: &mut Out) {
    const END: usize = 1024;
    let text = text.trim();
    let head = text.floor_char_boundary(END);
    let tail = text.ceil_char_boundary(text.len().saturating_sub(END));
    if tail <= head {
        return write_words(text, payload, out);
    }
    write_words(&text[..head], payload, out);
    out.push(&text[head..tail]);
    write_words(&text[tail..], payload, out);
}

/// Words one space apart, each as it is or masked. What is masked has a digit in it: most words are not looked at.
fn write_words(text: &str, payload: Payload, out: &mut Out) {
    let mut words = Words(text).peekable();
    let mut before = ["", ""];
    while let Some((word, has_digit)) = words.next() {
        let next = words.peek().filter(|_| has_digit).map(|(next, _)| *next).unwrap_or_default();
        let sign = if has_digit { mask(word, next, payload) } else { None };
        let may_follow = sign.is_none() && payload == Payload::Result;
        let is_number = has_digit && is_number(without_stop(word));
        let is_appendix = may_follow && (is_number && masks_number(before) || names_an_id(before));
        match sign.or(is_appendix.then_some("#")) {
            Some(sign) => out.push(sign),
            None => out.push(word),
        }
        out.push(" ");
        before = [before[1], word];
    }
}

/// Whether a number means nothing behind these two words: milliseconds, which Python's logs write behind a comma
/// (`08:29:32,123`), and process ids (`PGID: 22521`, `pid=7`).
fn masks_number([first, second]: [&str; 2]) -> bool {
    let named = if second == "=" { first } else { without_stop(second) };
    is_clock(first) && second == ","
        || ["pid", "pgid", "ppid"].iter().any(|id| named.eq_ignore_ascii_case(id))
}

/// Whether an id of this one answer stands behind these two words: `Chunk ID: 8780e0`, with which one coding agent begins
/// each result of its shell. Ids of sessions and records are targets.
fn names_an_id([first, second]: [&str; 2]) -> bool {
    without_stop(second).eq_ignore_ascii_case("id")
        && ["chunk", "request", "correlation", "trace", "span"]
            .iter()
            .any(|of| first.eq_ignore_ascii_case(of))
}

/// Words of a text, each with whether it has a digit: what stands between white space and the marks that enclose or part
/// things. A mark is a word of its own.
struct Words<'a>(&'a str);

impl<'a> Iterator for Words<'a> {
    type Item = (&'a str, bool);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = without_space(self.0);
        let first = *rest.as_bytes().first()?;
        let (end, has_digit) = if is_mark(first) { (1, false) } else { end_of_word(rest) };
        let (word, rest) = rest.split_at(end);
        self.0 = rest;
        Some((word, has_digit))
    }
}

/// The text from its next word on. One space between words is the rule.
fn without_space(text: &str) -> &str {
    let rest = text.strip_prefix(' ').unwrap_or(text);
    match rest.as_bytes().first().map(|&byte| CLASSES[usize::from(byte)]) {
        Some(Class::Space | Class::MaybeSpace) => rest.trim_start(),
        _ => rest,
    }
}

/// What a byte is within a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    Space,
    Mark,
    /// White space beyond ASCII may begin so.
    MaybeSpace,
}

/// One look-up a byte: results may be long, and every one is read.
const CLASSES: [Class; 256] = {
    const MARKS: &[u8] = b"\"'()[]{}<>,;=|`";
    let mut classes = [Class::Letter; 256];
    let mut byte = 0_u8;
    loop {
        classes[byte as usize] = match byte {
            b'0'..=b'9' => Class::Digit,
            b' ' | b'\t'..=b'\r' => Class::Space,
            0xc2 | 0xe1..=0xe3 => Class::MaybeSpace,
            _ => Class::Letter,
        };
        if byte == u8::MAX {
            break;
        }
        byte += 1;
    }
    let mut at = 0;
    while at < MARKS.len() {
        classes[MARKS[at] as usize] = Class::Mark;
        at += 1;
    }
    classes
};

const fn is_mark(byte: u8) -> bool {
    matches!(CLASSES[byte as usize], Class::Mark)
}

/// Where the word at the beginning of `text` ends, and whether it has a digit.
fn end_of_word(text: &str) -> (usize, bool) {
    let mut has_digit = false;
    for (at, byte) in text.bytes().enumerate() {
        match CLASSES[usize::from(byte)] {
            Class::Letter => {}
            Class::Digit => has_digit = true,
            Class::MaybeSpace if !text[at..].starts_with(char::is_whitespace) => {}
            Class::Space | Class::Mark | Class::MaybeSpace => return (at, has_digit),
        }
    }
    (text.len(), has_digit)
}

/// The sign that stands for a word without meaning; `next` is the word behind it.
fn mask(word: &str, next: &str, payload: Payload) -> Option<&'static str> {
    let (bare, next) = (without_stop(word), without_stop(next));
    if is_address(bare) {
        return Some("@");
    }
    let is_volatile = is_moment(bare)
        || is_date(bare) && is_clock(next)
        || is_uuid(bare)
        || is_long_hex(bare)
        || is_call_id(bare)
        || is_duration(bare)
        || is_number(bare) && UNITS.contains(&next)
        || is_counter(bare);
    (payload == Payload::Result && is_volatile).then_some("#")
}

/// A full stop or colon is no part of what it ends.
fn without_stop(word: &str) -> &str {
    word.trim_end_matches(['.', ':', '!', '?'])
}

/// `0x7f3132e14690`: six digits and more, for `0x1F` is a number.
fn is_address(word: &str) -> bool {
    let digits = word.strip_prefix("0x").unwrap_or_default();
    digits.len() >= 6 && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

/// `2026-11-21T08:29:32.88Z` or `08:29:32`. Hours and minutes alone are opening times and departures.
fn is_moment(word: &str) -> bool {
    word.split_once('T').map_or_else(|| is_clock(word), |(date, time)| is_date(date) && is_clock(time))
}

/// Hours, minutes and seconds, with a zone or not.
fn is_clock(word: &str) -> bool {
    let mut parts = word.trim_end_matches('Z').splitn(3, ':');
    let two_digits = |part: Option<&str>| part.is_some_and(|p| p.len() == 2 && is_number(p));
    let seconds = |part: Option<&str>| {
        part.is_some_and(|p| p.len() >= 2 && p.bytes().all(|b| b.is_ascii_digit() || b".,:+-".contains(&b)))
    };
    two_digits(parts.next()) && two_digits(parts.next()) && seconds(parts.next())
}

fn is_date(word: &str) -> bool {
    let mut parts = word.split('-');
    let mut digits = |count: usize| {
        parts.next().is_some_and(|part| part.len() == count && part.bytes().all(|b| b.is_ascii_digit()))
    };
    digits(4) && digits(2) && digits(2) && word.len() == 10
}

fn is_uuid(word: &str) -> bool {
    word.len() == 36
        && word.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && word.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

/// Digests and ids: sixteen digits and more, letters among them.
fn is_long_hex(word: &str) -> bool {
    word.len() >= 16
        && word.bytes().all(|b| b.is_ascii_hexdigit())
        && word.bytes().any(|b| b.is_ascii_digit())
        && word.bytes().any(|b| b.is_ascii_alphabetic())
}

/// `call_fe4539f3b70741a40`, `req_…`: the ids that APIs and frameworks give to requests.
fn is_call_id(word: &str) -> bool {
    const PREFIXES: [&str; 12] = [
        "call_",
        "toolu_",
        "req_",
        "resp_",
        "msg_",
        "run_",
        "run-",
        "fc_",
        "chatcmpl-",
        "task_",
        "request_",
        "adk-",
    ];
    let rest = PREFIXES.iter().find_map(|prefix| word.strip_prefix(prefix)).unwrap_or_default();
    rest.len() >= 8
        && rest.bytes().any(|b| b.is_ascii_digit())
        && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

const UNITS: [&str; 9] = ["ns", "us", "µs", "ms", "s", "sec", "secs", "seconds", "milliseconds"];

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) && word.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// `0.4s`, `12ms`.
fn is_duration(word: &str) -> bool {
    UNITS.iter().any(|unit| word.strip_suffix(unit).is_some_and(is_number))
}

/// `3x`.
fn is_counter(word: &str) -> bool {
    word.strip_suffix('x').is_some_and(|count| !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests;
