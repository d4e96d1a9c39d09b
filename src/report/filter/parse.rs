//! Reading: a typed line into terms, or one clear line about what is wrong with it.

use std::ops::Range;

use super::fields::{FIELDS, Field, Is, Kind, Of};
use super::{Fault, How, Query, Sign, Term, Test, amount};
use crate::report::format::Zone;

/// Signs between a field and its value, the longer first.
const SIGNS: [(&str, Option<Sign>); 6] = [
    (">=", Some(Sign::AtLeast)),
    ("<=", Some(Sign::AtMost)),
    (">", Some(Sign::More)),
    ("<", Some(Sign::Less)),
    ("=", Some(Sign::Equal)),
    (":", None),
];

/// A term as it is typed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Typed<'a> {
    /// Its bytes in the line.
    pub(super) at: Range<usize>,
    pub(super) not: bool,
    /// Field and sign.
    pub(super) field: Option<(&'a str, &'a str)>,
    /// What stands behind them, quotes and all.
    pub(super) value: &'a str,
}

/// Understands a line. Dates are those of the clock of `zone`.
///
/// # Errors
/// The first term that is not understood.
pub fn parse(line: &str, zone: Zone) -> Result<Query, Fault> {
    match read(line, zone) {
        (query, None) => Ok(query),
        (_, Some(fault)) => Err(fault),
    }
}

/// Understands what there is to understand of a line that is being typed; the first fault is told beside it.
pub fn read(line: &str, zone: Zone) -> (Query, Option<Fault>) {
    let mut query = Query::default();
    let mut fault = None;
    for typed in split(line) {
        match test(&typed, zone, &mut query.texts) {
            Ok(test) => query.terms.extend(test.map(|test| Term { not: typed.not, test })),
            Err(why) => {
                fault.get_or_insert(Fault { at: typed.at, why });
            }
        }
    }
    (query, fault)
}

/// Where the terms of a line stand, as bytes.
pub fn places(line: &str) -> Vec<Range<usize>> {
    split(line).into_iter().map(|typed| typed.at).collect()
}

/// The terms of a line, one after another: blanks part them, unless they are quoted.
pub(super) fn split(line: &str) -> Vec<Typed<'_>> {
    let mut typed = Vec::new();
    let mut rest = line.len() - line.trim_start().len();
    while rest < line.len() {
        let end = end_of_term(line, rest);
        typed.push(term(line, rest..end));
        rest = end + (line[end..].len() - line[end..].trim_start().len());
    }
    typed
}

fn end_of_term(line: &str, start: usize) -> usize {
    let mut quoted = false;
    for (at, c) in line[start..].char_indices() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => return start + at,
            _ => {}
        }
    }
    line.len()
}

fn term(line: &str, at: Range<usize>) -> Typed<'_> {
    let whole = &line[at.clone()];
    let (not, rest) = match whole.strip_prefix('-') {
        Some(rest) if !rest.is_empty() => (true, rest),
        _ => (false, whole),
    };
    let name = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
    let (name, behind) = rest.split_at(name);
    let sign = SIGNS.iter().map(|(sign, _)| *sign).find(|sign| !name.is_empty() && behind.starts_with(sign));
    match sign {
        Some(sign) => Typed { at, not, field: Some((name, sign)), value: &behind[sign.len()..] },
        None => Typed { at, not, field: None, value: rest },
    }
}

fn test(typed: &Typed, zone: Zone, texts: &mut Vec<String>) -> Result<Option<Test>, String> {
    let Some((name, sign)) = typed.field else {
        let word = bare(typed.value).to_lowercase();
        return Ok((!word.is_empty()).then_some(Test::Word(word)));
    };
    let Some(field) = Field::named(&name.to_ascii_lowercase()) else {
        return Err(no_field(name, typed));
    };
    if bare(typed.value).is_empty() {
        return Err(format!("{}{sign} wants a value, such as {}", field.name, field.example));
    }
    let sign = SIGNS.iter().find(|(known, _)| *known == sign).and_then(|(_, sign)| *sign);
    of_field(field, sign, typed.value, zone, texts)
        .map(Some)
        .ok_or_else(|| not_understood(field, typed.value))
}

/// The test of a field; `None` where sign or value do not fit it.
fn of_field(
    field: &Field,
    sign: Option<Sign>,
    value: &str,
    zone: Zone,
    texts: &mut Vec<String>,
) -> Option<Test> {
    let only = bare(value);
    let figure = |of: Of, read: fn(&str) -> Option<u64>| {
        Some(Test::Figure(of, sign.unwrap_or(Sign::Equal), read(&only)?))
    };
    let named = matches!(sign, None | Some(Sign::Equal));
    match field.kind {
        Kind::Money(of) => figure(of, amount::money),
        Kind::Count(of) | Kind::Percent(of) => figure(of, amount::count),
        Kind::Duration(of) => figure(of, amount::duration),
        _ if !named => None,
        Kind::Text(of) => {
            let how = if sign.is_some() { How::Equals } else { How::Holds };
            Some(Test::Text(of, how, either(value).map(|part| part.to_lowercase()).collect()))
        }
        Kind::Since => amount::when(&only, zone, false).map(|when| Test::Began(Sign::AtLeast, when)),
        Kind::Until => amount::when(&only, zone, true).map(|when| Test::Began(Sign::AtMost, when)),
        Kind::Is => {
            either(value).map(|word| Is::named(&word.to_lowercase())).collect::<Option<_>>().map(Test::Is)
        }
        Kind::FullText => {
            texts.push(only);
            Some(Test::FullText(texts.len() - 1))
        }
    }
}

/// The values between commas that are not quoted.
fn either(value: &str) -> impl Iterator<Item = String> {
    let mut quoted = false;
    let parts = value.split(move |c: char| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    parts.map(bare).filter(|part| !part.is_empty())
}

/// Without its quotes.
fn bare(value: &str) -> String {
    value.replace('"', "").trim().to_owned()
}

fn no_field(name: &str, typed: &Typed) -> String {
    let names = FIELDS.iter().map(|field| field.name);
    let near = names.clone().find(|known| known.starts_with(name) || name.starts_with(known));
    let known = near.map_or_else(
        || format!("there are {}", names.collect::<Vec<_>>().join(", ")),
        |near| format!("did you mean {near}?"),
    );
    let (_, sign) = typed.field.unwrap_or_default();
    format!("no field {name}; as words: \"{name}{sign}{}\"; {known}", bare(typed.value))
}

fn not_understood(field: &Field, value: &str) -> String {
    let wanted = match field.kind {
        Kind::Money(_) => "an amount of dollars",
        Kind::Count(_) => "a number",
        Kind::Percent(_) => "a percentage",
        Kind::Duration(_) => "a duration",
        Kind::Since | Kind::Until => "a time",
        Kind::Is => {
            let words: Vec<_> = Is::all().map(|(word, _)| word).collect();
            return format!("{value} is nothing that a run is; there are {}", words.join(", "));
        }
        Kind::Text(_) | Kind::FullText => "a text after a colon",
    };
    format!("{} wants {wanted}, such as {}", field.name, field.example)
}
