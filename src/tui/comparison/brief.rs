//! Words beside a step's name: what a model asked for, the arguments of calls near a difference.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::analyze::diff::{self, Diff, Field, Read, Side};
use crate::model::StepKind;
use crate::report::text;

use super::Place;
use super::stretches::CONTEXT;

/// Calls whose arguments are read: each costs the reading of a span, most of them a tenth of a millisecond.
const MOST: usize = 240;

/// Calls of one difference whose arguments are read, so that a long detour leaves some to later ones.
const OF_ONE: usize = 80;

/// Bytes of arguments that are kept for a row: more than a wide screen shows.
const LONG: usize = 160;

/// `grep, read_file ×3`, for names in order.
pub(super) fn names(names: &[&str]) -> String {
    let told = names.chunk_by(|x, y| x == y).map(|same| match same.len() {
        1 => text::one_line(same[0]).into_owned(),
        many => format!("{} ×{many}", text::one_line(same[0])),
    });
    told.collect::<Vec<_>>().join(", ")
}

/// Tells the arguments of tool calls in differences and beside them, as far as that takes no time.
///
/// # Errors
/// Those of `read`.
pub(super) fn tell_arguments<E>(
    places: &mut [Vec<Place>; 2],
    sides: [&Side<'_>; 2],
    diff: &Diff,
    read: &mut Read<'_, E>,
) -> Result<(), E> {
    let mut known: HashMap<u64, String> = HashMap::new();
    let mut left = MOST;
    for (side, at) in near_differences(sides, diff) {
        let digest = sides[side].shown[at].step.input_digest;
        let told = match known.entry(digest) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(_) if left == 0 => return Ok(()),
            Entry::Vacant(unknown) => {
                left -= 1;
                let mut of_both = [None, None];
                of_both[side] = Some(at);
                unknown.insert(in_words(&diff::beside(sides, of_both, read)?.arguments))
            }
        };
        places[side][at].told = (!told.is_empty()).then(|| told.as_str().into());
    }
    Ok(())
}

/// Tool calls whose arguments were captured, those of each difference with the common ones beside it.
fn near_differences(sides: [&Side<'_>; 2], diff: &Diff) -> Vec<(usize, usize)> {
    let entries = &diff.entries;
    let mut out = Vec::new();
    let mut next = 0;
    for hunk in &diff.hunks {
        let from = hunk.entries.start.saturating_sub(CONTEXT * 2).max(next);
        let to = (hunk.entries.end + CONTEXT * 2).min(entries.len());
        let lines = entries[from..to.max(from)].iter().filter(|entry| !entry.frame);
        let cells = lines.flat_map(|entry| [entry.a.map(|at| (0, at)), entry.b.map(|at| (1, at))]);
        let is_told = |&(side, at): &(usize, usize)| {
            let step = sides[side].shown[at].step;
            step.kind == StepKind::Tool && step.input_digest != 0
        };
        out.extend(cells.flatten().filter(is_told).take(OF_ONE));
        next = to;
    }
    out
}

/// `path: src/lib.rs, line: 3`.
fn in_words(fields: &[Field]) -> String {
    let mut out = String::new();
    for Field { path, a, b } in fields {
        let value = a.as_deref().or(b.as_deref()).unwrap_or_default();
        if !out.is_empty() {
            out += ", ";
        }
        if !path.is_empty() {
            out += path;
            out += ": ";
        }
        out += &text::preview(value, LONG);
        if out.len() > LONG {
            break;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_are_counted() {
        assert_eq!(names(&["grep", "read", "read"]), "grep, read ×2");
        assert_eq!(names(&["a\u{1b}b"]), "a␛b");
    }

    #[test]
    fn arguments_are_told_on_one_line() {
        let field = |path: &str, a: &str| Field { path: path.into(), a: Some(a.into()), b: None };
        assert_eq!(
            in_words(&[field("path", "src/lib.rs"), field("text", "a\nb")]),
            "path: src/lib.rs, text: a b"
        );
        assert_eq!(in_words(&[field("", "plain")]), "plain");
        assert!(in_words(&[field("q", &"long ".repeat(99)), field("z", "never")]).len() < 2 * LONG);
    }
}
