//! The comparison as Markdown, for a review or an issue.

use super::super::markdown::escape::{escaped, row};
use super::super::{Look, format, text};
use super::{NAMES, Pair, counted, headline, lines, why};
use crate::analyze::diff::{Diff, Divergence, Entry, Op, Setting};

/// Lines of the detour in the table.
const SHOWN: usize = 30;

/// Characters of a value that are shown.
const VALUE: usize = 200;

/// The whole page.
pub fn page(pair: &Pair<'_>, look: &Look) -> String {
    let mut out =
        "| | run | started | steps | tokens | cost |\n| --- | --- | --- | ---: | ---: | ---: |\n".to_owned();
    for side in [0, 1] {
        let run = pair.runs[side];
        let cells = [
            NAMES[side].to_owned(),
            format!("{} `{}`", escaped(&run.name), run.run_id),
            format::moment(run.times.start, look.zone),
            run.steps.to_string(),
            format::tokens(&run.tokens, run.tokens.total()),
            format::cost_total(&run.cost),
        ];
        out += &row(&cells);
    }
    let Some(fork) = &pair.diff.divergence else {
        return out + "\nBoth behave the same.\n" + &settings(pair);
    };
    let said = [headline(pair), why::detail(pair, fork)].map(|text| escaped(&text));
    out += "\n**";
    out += &said.join("**\n\n");
    out += "\n\n| | A | B |\n| --- | --- | --- |\n";
    let end = fork.meet.map_or(pair.diff.entries.len(), |meet| meet + 1);
    let begin = pair.diff.entries[..fork.entry].iter().rposition(|entry| !entry.frame).unwrap_or(fork.entry);
    let steps: Vec<&Entry> = pair.diff.entries[begin..end].iter().filter(|entry| !entry.frame).collect();
    out.extend(steps.iter().take(SHOWN).map(|entry| step_row(pair, entry, look)));
    if steps.len() > SHOWN {
        out += &row(&["…".to_owned(), counted((steps.len() - SHOWN) as u64, "more line"), String::new()]);
    }
    out + &met(fork) + &evidence(pair, fork) + &took(pair, fork.entry) + &ended(pair, look) + &settings(pair)
}

fn step_row(pair: &Pair<'_>, entry: &Entry, look: &Look) -> String {
    let sign = match entry.op {
        Op::Same if entry.reworded => "≈",
        Op::Same => "=",
        Op::Changed => "≠",
        Op::OnlyA => "A",
        Op::OnlyB => "B",
    };
    let cell = |side: usize, at: Option<usize>| {
        at.map(|at| format!("{at} {}", escaped(&lines::title(pair, side, at, look)))).unwrap_or_default()
    };
    row(&[sign.to_owned(), cell(0, entry.a), cell(1, entry.b)])
}

fn met(fork: &Divergence) -> String {
    let steps = lines::detour(fork);
    match fork.meet {
        Some(_) => format!("\nThey meet again after {steps}.\n"),
        None => format!("\nThey never meet again: {steps} remain.\n"),
    }
}

/// What speaks for the cause, field by field.
fn evidence(pair: &Pair<'_>, fork: &Divergence) -> String {
    let cell = |value: &Option<String>| escaped(&text::preview(value.as_deref().unwrap_or("nothing"), VALUE));
    let line = |(name, [a, b]): &why::Told| row(&[escaped(name), cell(a), cell(b)]);
    let told: String = why::evidence(pair, fork).iter().map(line).collect();
    if told.is_empty() { told } else { format!("\n| what differs | A | B |\n| --- | --- | --- |\n{told}") }
}

fn ended(pair: &Pair<'_>, look: &Look) -> String {
    let ends = pair.diff.ends();
    let side = |side: usize| {
        let status = pair.runs[side].times.status(look.now).name();
        let last = ends[side].map(|at| escaped(&lines::title(pair, side, at, look)));
        format!("{} {status} at {}", NAMES[side], last.unwrap_or_default())
    };
    format!("\nEnded: {}; {}.\n", side(0), side(1))
}

fn took(pair: &Pair<'_>, entry: usize) -> String {
    let [a, b] = Diff::sums(pair.sides, &pair.diff.entries[entry..]);
    let said = [a, b].map(|sums| {
        let tokens = match format::tokens(&sums.tokens, sums.tokens.total()) {
            none if none.is_empty() => none,
            told => told + " tokens",
        };
        let time = sums.time.map(format::duration).unwrap_or_default();
        let figures = [counted(sums.steps as u64, "step"), tokens, format::cost_total(&sums.cost), time];
        let said: Vec<_> = figures.into_iter().filter(|figure| !figure.is_empty()).collect();
        said.join(", ")
    });
    format!("\nFrom the fork on: A {}; B {}.\n", said[0], said[1])
}

fn settings(pair: &Pair<'_>) -> String {
    let value = |value: &Option<String>| {
        let value = value.as_deref().unwrap_or("none");
        escaped(&text::preview(value, VALUE))
    };
    let line = |setting: &Setting| {
        let [a, b] = why::values(setting);
        format!("- `{}`: {} → {}", setting.field, value(&a), value(&b))
    };
    let lines: Vec<_> = pair.diff.configuration.iter().map(line).collect();
    if lines.is_empty() { String::new() } else { format!("\nSet up differently:\n\n{}\n", lines.join("\n")) }
}
