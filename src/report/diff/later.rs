//! Differences after the first, those worth a look before the others.

use super::super::{Look, paint, text};
use super::{NAMES, Pair, STYLES, counted, lines, rule};
use crate::analyze::diff::{Hunk, Notable};

/// Later differences that are listed.
const LATER: usize = 8;

/// The list; empty where there are none.
pub(super) fn lines(pair: &Pair<'_>, look: &Look) -> String {
    let mut hunks: Vec<&Hunk> = pair.diff.hunks.iter().skip(1).collect();
    if hunks.is_empty() {
        return String::new();
    }
    hunks.sort_by_key(|hunk| (hunk.notable, hunk.entries.start));
    let title = counted(hunks.len() as u64, "later difference");
    let lines: String = hunks.iter().take(LATER).map(|hunk| line(pair, hunk, look)).collect();
    let rest = match hunks.len().saturating_sub(LATER) {
        0 => String::new(),
        more => paint::paint(paint::QUIET, &format!("  … {more} more\n")),
    };
    rule(&title, look) + &lines + &rest
}

fn line(pair: &Pair<'_>, hunk: &Hunk, look: &Look) -> String {
    let first = |side: usize| {
        let mut lines = pair.diff.entries[hunk.entries.clone()].iter().filter(|entry| !entry.frame);
        let at = lines.find_map(|entry| [entry.a, entry.b][side]);
        at.map(|at| format!("{at} {}", lines::title(pair, side, at, look)))
    };
    let sides = [first(0), first(1)].map(|title| title.unwrap_or_else(|| "nothing".to_owned()));
    let note = match hunk.notable {
        Notable::ChangesState => "changes state",
        Notable::Error => "fails",
        Notable::Cost => "costs most",
        Notable::Plain => "",
    };
    let room = look.columns.saturating_sub(24) / 2;
    let [a, b] = [0, 1]
        .map(|side| format!("{} {}", paint::paint(STYLES[side], NAMES[side]), text::pad(&sides[side], room)));
    format!("  {}  {}\n", paint::paint(paint::WARN, &text::pad(note, 14)), format!("{a}  {b}").trim_end())
}
