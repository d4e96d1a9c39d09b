//! What both runs took up to the fork and from it on, and how each ended.

use super::super::{Look, format, glyph, paint, text};
use super::{NAMES, Pair, STYLES, counted, lines};
use crate::analyze::diff::{Diff, Divergence, Sums};
use crate::model::NanoUsd;

/// From this width on both runs stand in one line.
const WIDE: usize = 116;

/// Below this width what a line is about stands above it.
const NARROW: usize = 64;

/// Columns of what a line is about.
const LABEL: usize = 17;

/// The section.
pub(super) fn lines(pair: &Pair<'_>, fork: &Divergence, look: &Look) -> String {
    let (before, after) = pair.diff.entries.split_at(fork.entry);
    let both = |lines| Diff::sums(pair.sides, lines);
    let (before, after) = (both(before), both(after));
    let row = |what: &str, [a, b]: [Sums; 2]| {
        let (a, b) = (side_sums(0, &a), side_sums(1, &b));
        let b = b.trim_end();
        match look.columns {
            WIDE.. => format!("{}  {a}  {b}\n", text::pad(what, LABEL)),
            NARROW.. => format!("{}  {a}\n{}{b}\n", text::pad(what, LABEL), " ".repeat(LABEL + 2)),
            _ => format!("{what}\n  {a}\n  {b}\n"),
        }
    };
    row("up to the fork", before)
        + &row("from the fork on", after)
        + &difference(after)
        + &ended(pair, 0, "ended", look)
        + &ended(pair, 1, "", look)
}

fn side_sums(side: usize, sums: &Sums) -> String {
    let tokens = match format::tokens(&sums.tokens, sums.tokens.total()) {
        none if none.is_empty() => " ".repeat(14),
        told => text::pad_left(&told, 7) + " tokens",
    };
    let steps = text::pad_left(&counted(sums.steps as u64, "step"), 11);
    let cost = text::pad_left(&format::cost_total(&sums.cost), 8);
    let time = text::pad_left(&sums.time.map(format::duration).unwrap_or_default(), 6);
    format!("{} {steps} {tokens} {cost} {time}", paint::paint(STYLES[side], NAMES[side]))
}

/// What the second run took more than the first, or less.
fn difference([a, b]: [Sums; 2]) -> String {
    let tokens =
        apart(a.tokens.total(), b.tokens.total(), |tokens| format!("{} tokens", format::count(tokens)));
    let cost = a.cost.known().zip(b.cost.known()).map(|(a, b)| money(a, b)).unwrap_or_default();
    let time = a.time.zip(b.time).map(|(a, b)| apart(a, b, format::duration)).unwrap_or_default();
    let said: Vec<_> = [tokens, cost, time].into_iter().filter(|part| !part.is_empty()).collect();
    if said.is_empty() {
        return String::new();
    }
    format!("{}  {}\n", text::pad("B against A", LABEL), said.join("  "))
}

/// `+5.1k tokens`; empty where nothing differs.
fn apart(a: u64, b: u64, shown: impl Fn(u64) -> String) -> String {
    match b.abs_diff(a) {
        0 => String::new(),
        apart => format!("{}{}", if b > a { "+" } else { "-" }, shown(apart)),
    }
}

fn money(a: NanoUsd, b: NanoUsd) -> String {
    match b.0 - a.0 {
        0 => String::new(),
        apart => {
            let sign = if apart > 0 { "+" } else { "-" };
            format!("{sign}{}{}", format::money(NanoUsd(apart.abs())), format::difference(a, b))
        }
    }
}

/// How a run stands, and the last that it did.
fn ended(pair: &Pair<'_>, side: usize, what: &str, look: &Look) -> String {
    let status = pair.runs[side].times.status(look.now);
    let sign = paint::paint(paint::status(status), glyph::status(status).text(look.ascii));
    let room = look.columns.saturating_sub(LABEL + 16);
    let last = pair.diff.ends()[side].map(|at| {
        let title = format!(
            "{at} {}{}",
            lines::title(pair, side, at, look),
            lines::failed(pair, side, at, room, look)
        );
        format!(" at {}", text::cut(&title, room))
    });
    let name = paint::paint(STYLES[side], NAMES[side]);
    let what = text::pad(what, LABEL);
    format!("{what}  {name} {sign} {}{}\n", status.name(), last.unwrap_or_default())
}
