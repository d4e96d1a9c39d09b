//! Two runs beside each other: where they parted, why, and what it cost from there.

mod crowd;
mod later;
mod lines;
mod markdown;
mod marked;
mod took;
mod why;

pub use crowd::{Against, markdown as markdown_against, page as page_against};
pub use markdown::page as markdown;
pub use why::{detail, doing, sentences};

use super::{Look, format, glyph, paint, text};
use crate::analyze::diff::{Diff, Entry, Side};
use crate::model::RunSummary;

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

/// Columns of a run's name.
const NAME: usize = 24;

/// The colour of each run's own lines.
const STYLES: [anstyle::Style; 2] = [paint::WARN, paint::LIVE];

/// The whole page.
pub fn page(pair: &Pair<'_>, look: &Look) -> String {
    let named = |side: usize| paint::paint(STYLES[side], NAMES[side]) + " ";
    let heads = [0, 1].map(|side| head(pair.runs[side], &named(side), look)).concat();
    let Some(fork) = &pair.diff.divergence else {
        let settings = why::settings(&pair.diff.configuration, look);
        let title = if settings.is_empty() { String::new() } else { rule("set up differently", look) };
        return [heads, alike(pair, look), title, settings].concat();
    };
    let verdict = paint::paint(paint::STRONG, &wrapped(&headline(pair), look));
    let parts = [
        heads,
        format!("\n{verdict}\n"),
        lines::fork(pair, fork, look),
        rule("why", look),
        why::page(pair, fork, look),
        rule("what it took", look),
        took::lines(pair, fork, look),
        later::lines(pair, look),
    ];
    parts.concat()
}

/// Nothing differs.
fn alike(pair: &Pair<'_>, look: &Look) -> String {
    let counted = pair.diff.entries.iter().filter(|entry| !entry.frame).count();
    let sign = paint::paint(paint::GOOD, "=");
    let worded = match reworded(&pair.diff.entries, look) {
        none if none.is_empty() => none,
        some => format!("; {some}"),
    };
    format!("\n{sign} both behave the same: {counted} steps with the same decisions and outcomes{worded}\n")
}

/// `3 answers in other words (≈)`; empty where there are none.
fn reworded(lines: &[Entry], look: &Look) -> String {
    match lines.iter().filter(|entry| entry.reworded).count() {
        0 => String::new(),
        some => format!("{} in other words ({})", counted(some as u64, "answer"), lines::alike(look)),
    }
}

/// One run in one line.
fn head(run: &RunSummary, name: &str, look: &Look) -> String {
    let status = run.times.status(look.now);
    let sign = paint::paint(paint::status(status), glyph::status(status).text(look.ascii));
    let id: String = run.run_id.chars().take(8).collect();
    let mut words =
        vec![id, format::started(run.times.start, look.now, look.zone), counted(run.steps, "step")];
    words.push(format::tokens(&run.tokens, run.tokens.total()) + " tokens");
    words.push(format::cost_total(&run.cost));
    if run.times.start != 0 && run.times.end != 0 {
        words.push(format::duration(run.times.end.saturating_sub(run.times.start)));
    }
    words.retain(|word| !word.is_empty());
    let dot = if look.ascii { " - " } else { " · " };
    let room = |words: &[String]| look.columns.saturating_sub(text::width(&words.join(dot)) + 6);
    // the name goes before the time of day and what can be read below
    while words.len() > 2 && room(&words) < text::width(&run.name).min(NAME) {
        words.remove(1);
    }
    let (figures, room) = (words.join(dot), room(&words));
    let title = text::pad(&text::preview(&run.name, room), room.min(NAME));
    format!(
        "{name}{sign} {}  {}\n",
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
        [Some(a), None] => format!("at step {a} of A, which B lacks"),
        [None, Some(b)] => format!("at step {b} of B, which A lacks"),
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

#[cfg(test)]
mod tests;
