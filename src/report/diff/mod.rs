//! Two runs beside each other: where they parted, why, and what it cost from there.

mod lines;
mod markdown;
mod why;

pub use markdown::page as markdown;
pub use why::{detail, doing, sentences};

use super::{Look, format, glyph, paint, text};
use crate::analyze::diff::{Diff, Hunk, Notable, Side, Sums};
use crate::model::{NanoUsd, RunSummary};

/// Two runs and what came of comparing them.
pub struct Pair<'a> {
    /// The runs.
    pub runs: [&'a RunSummary; 2],
    /// Their steps.
    pub sides: [&'a Side<'a>; 2],
    /// The comparison.
    pub diff: &'a Diff,
}

/// How the two runs are called in every report.
const NAMES: [&str; 2] = ["A", "B"];

/// The colour of each run's own lines.
const STYLES: [anstyle::Style; 2] = [paint::WARN, paint::LIVE];

/// Later differences that are listed.
const LATER: usize = 8;

/// The whole page.
pub fn page(pair: &Pair<'_>, look: &Look) -> String {
    let heads = head(pair, 0, look) + &head(pair, 1, look);
    let Some(fork) = &pair.diff.divergence else {
        return [heads, alike(pair), why::settings(&pair.diff.configuration, look)].concat();
    };
    let verdict = paint::paint(paint::STRONG, &wrapped(&headline(pair), look));
    let parts = [
        heads,
        format!("\n{verdict}\n"),
        lines::fork(pair, fork, look),
        rule("why", look),
        why::page(pair, fork, look),
        rule("what it took", look),
        took(pair, fork.entry, look),
        later(pair, look),
    ];
    parts.concat()
}

/// Nothing differs.
fn alike(pair: &Pair<'_>) -> String {
    let counted = pair.diff.entries.iter().filter(|entry| !entry.frame).count();
    let sign = paint::paint(paint::GOOD, "=");
    format!("\n{sign} both behave the same: {counted} steps with the same decisions and outcomes\n")
}

/// One run in one line.
fn head(pair: &Pair<'_>, side: usize, look: &Look) -> String {
    let run = pair.runs[side];
    let status = run.times.status(look.now);
    let sign = paint::paint(paint::status(status), glyph::status(status).text(look.ascii));
    let name = paint::paint(STYLES[side], NAMES[side]);
    let id: String = run.run_id.chars().take(8).collect();
    let mut words =
        vec![id, format::started(run.times.start, look.now, look.zone), counted(run.steps, "step")];
    words.push(format::tokens(&run.tokens, run.tokens.total()) + " tokens");
    words.push(format::cost_total(&run.cost));
    if run.times.start != 0 && run.times.end != 0 {
        words.push(format::duration(run.times.end.saturating_sub(run.times.start)));
    }
    let dot = if look.ascii { " - " } else { " · " };
    let figures: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let figures = figures.join(dot);
    let room = look.columns.saturating_sub(text::width(&figures) + 6);
    let title = text::pad(&text::preview(&run.name, room), room.min(24));
    format!(
        "{name} {sign} {}  {}\n",
        paint::paint(paint::STRONG, &title),
        paint::paint(paint::QUIET, &figures)
    )
}

/// `1 step`, `2 steps`.
pub fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// The verdict.
fn headline(pair: &Pair<'_>) -> String {
    let Some(fork) = &pair.diff.divergence else { return String::new() };
    let place = match fork.at {
        [Some(a), Some(b)] if a == b => format!("at step {a}"),
        [Some(a), Some(b)] => format!("at step {a} of A, step {b} of B"),
        [Some(a), None] => format!("at step {a} of A, which B has not"),
        [None, Some(b)] => format!("at step {b} of B, which A has not"),
        [None, None] => String::new(),
    };
    let unrelated = if pair.diff.unrelated { "; unrelated runs: next to nothing is alike" } else { "" };
    let limited =
        if pair.diff.limit_hit { "; too long and too alike within to be aligned throughout" } else { "" };
    format!("parted {place}: {}{unrelated}{limited}", why::verdict(fork))
}

/// `text` in lines that fit.
fn wrapped(text: &str, look: &Look) -> String {
    textwrap::fill(&text::one_line(text), look.columns.max(20))
}

/// `1 message`, `2 messages`.
fn messages(count: usize) -> String {
    counted(count as u64, "message")
}

/// A line across the page with a title in it.
fn rule(title: &str, look: &Look) -> String {
    let dash = if look.ascii { "-" } else { "─" };
    let rest = look.columns.saturating_sub(text::width(title) + 3);
    paint::paint(paint::QUIET, &format!("{dash} {title} {}", dash.repeat(rest))) + "\n"
}

/// Steps, tokens and cost of both runs up to the fork and from it on.
fn took(pair: &Pair<'_>, entry: usize, look: &Look) -> String {
    let (before, after) = pair.diff.entries.split_at(entry);
    let both = |lines| Diff::sums(pair.sides, lines);
    let (before, after) = (both(before), both(after));
    let row = |what: &str, [a, b]: [Sums; 2]| {
        let between = if look.columns >= lines::WIDE { "  " } else { "\n                   " };
        format!("{}  {}{between}{}\n", text::pad(what, 17), side_sums(0, &a), side_sums(1, &b))
    };
    row("up to the fork", before) + &row("from the fork on", after) + &difference(after)
}

fn side_sums(side: usize, sums: &Sums) -> String {
    let tokens = match format::tokens(&sums.tokens, sums.tokens.total()) {
        none if none.is_empty() => " ".repeat(14),
        told => text::pad_left(&told, 7) + " tokens",
    };
    let steps = text::pad_left(&counted(sums.steps as u64, "step"), 11);
    let cost = text::pad_left(&format::cost_total(&sums.cost), 8);
    format!("{} {steps} {tokens} {cost}", paint::paint(STYLES[side], NAMES[side]))
}

/// What the second run took more than the first, or less.
fn difference([a, b]: [Sums; 2]) -> String {
    let (of_a, of_b) = (a.tokens.total(), b.tokens.total());
    let tokens = match of_b.abs_diff(of_a) {
        0 => String::new(),
        apart => format!("{}{} tokens", if of_b > of_a { "+" } else { "-" }, format::count(apart)),
    };
    let money = |a: NanoUsd, b: NanoUsd| match b.0 - a.0 {
        0 => String::new(),
        apart => {
            let sign = if apart > 0 { "+" } else { "-" };
            format!("{sign}{}{}", format::money(NanoUsd(apart.abs())), format::difference(a, b))
        }
    };
    let cost = a.cost.known().zip(b.cost.known()).map(|(a, b)| money(a, b)).unwrap_or_default();
    let said: Vec<_> = [tokens, cost].into_iter().filter(|part| !part.is_empty()).collect();
    if said.is_empty() {
        String::new()
    } else {
        format!("{}  {}\n", text::pad("B against A", 17), said.join("  "))
    }
}

/// Later differences, those worth a look first.
fn later(pair: &Pair<'_>, look: &Look) -> String {
    let mut hunks: Vec<&Hunk> = pair.diff.hunks.iter().skip(1).collect();
    if hunks.is_empty() {
        return String::new();
    }
    hunks.sort_by_key(|hunk| (hunk.notable, hunk.entries.start));
    let title = counted(hunks.len() as u64, "later difference");
    let lines: String = hunks.iter().take(LATER).map(|hunk| later_line(pair, hunk, look)).collect();
    let rest = match hunks.len().saturating_sub(LATER) {
        0 => String::new(),
        more => paint::paint(paint::QUIET, &format!("  … {more} more\n")),
    };
    rule(&title, look) + &lines + &rest
}

fn later_line(pair: &Pair<'_>, hunk: &Hunk, look: &Look) -> String {
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

#[cfg(test)]
mod tests;
