//! Completion: what the term under the caret may become.

use std::ops::Range;

use super::fields::FIELDS;
use super::parse::split;

/// What may stand in the place of a part of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// Bytes of the line that are replaced.
    pub at: Range<usize>,
    /// What may stand there, the likeliest first.
    pub with: Vec<String>,
}

/// What the term that ends at `caret` may become: a field by the beginning of its name, a value by any part of it.
/// `values` tells those of a field. `None` where there is nothing to offer.
pub fn complete(line: &str, caret: usize, values: impl Fn(&str) -> Vec<String>) -> Option<Completion> {
    let line = line.get(..caret)?;
    let typed = split(line).pop().filter(|typed| typed.at.end == caret);
    let Some(typed) = typed else {
        return offered(
            caret..caret,
            FIELDS.iter().map(|field| format!("{}{}", field.name, field.sign())).collect(),
        );
    };
    let Some((name, _)) = typed.field else {
        let begun = typed.value.to_ascii_lowercase();
        let fields = FIELDS.iter().filter(|field| field.name.starts_with(&begun));
        let at = caret - typed.value.len()..caret;
        return offered(at, fields.map(|field| format!("{}{}", field.name, field.sign())).collect());
    };
    let last = typed.value.rsplit(',').next().unwrap_or_default();
    let part = last.trim_start_matches('"').to_lowercase();
    let mut fitting: Vec<String> = values(&name.to_ascii_lowercase());
    fitting.retain(|value| value.to_lowercase().contains(&part));
    // those that begin so come first
    fitting.sort_by_key(|value| !value.to_lowercase().starts_with(&part));
    offered(caret - last.len()..caret, fitting.iter().map(|value| quoted(value)).collect())
}

fn offered(at: Range<usize>, with: Vec<String>) -> Option<Completion> {
    (!with.is_empty()).then_some(Completion { at, with })
}

/// In quotes where it would be read as more than one value.
fn quoted(value: &str) -> String {
    let value = value.replace('"', "");
    if value.contains(|c: char| c.is_whitespace() || c == ',') { format!("\"{value}\"") } else { value }
}
