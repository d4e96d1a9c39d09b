//! The fork between two columns, or one below the other where the terminal is narrow.

use super::super::{Look, glyph, paint, show, text};
use super::{Pair, STYLES, counted, rule};
use crate::analyze::diff::{Divergence, Entry, Op, Side};
use crate::model::{StepKind, StepStatus};

/// From this width on both runs stand side by side.
pub(super) const WIDE: usize = 100;

/// Lines of a detour that are shown; the rest is counted.
const SHOWN: usize = 16;

/// The last common step, both sides of the fork, and where they meet again.
pub(super) fn fork(pair: &Pair<'_>, fork: &Divergence, look: &Look) -> String {
    let entries = &pair.diff.entries;
    let (before, after) = entries.split_at(fork.entry);
    let counts = |entry: &&Entry| !entry.frame;
    let common = before.iter().filter(counts).count();
    let worded = super::reworded(before, look);
    let title = match (common, worded.as_str()) {
        (0, _) => "they part at once".to_owned(),
        (_, "") => format!("the same so far: {}", counted(common as u64, "step")),
        _ => format!("the same so far: {}, {worded}", counted(common as u64, "step")),
    };
    let last = before.iter().rev().find(counts);
    let end = fork.meet.map_or(after.len(), |meet| meet - fork.entry);
    let detour: Vec<&Entry> = after[..end].iter().filter(counts).collect();
    let mut out = rule(&title, look);
    out.extend(last.map(|entry| line(pair, entry, look)));
    out.extend(detour.iter().take(SHOWN).map(|entry| line(pair, entry, look)));
    if detour.len() > SHOWN {
        out += &paint::paint(paint::QUIET, &format!("   … {} more\n", detour.len() - SHOWN));
    }
    match fork.meet {
        Some(meet) => out += &meeting(pair, fork, meet, look),
        None => out += &paint::paint(paint::QUIET, "   they never meet again\n"),
    }
    out
}

fn meeting(pair: &Pair<'_>, fork: &Divergence, meet: usize, look: &Look) -> String {
    let after = format!("   they meet again after {}:\n", detour(fork));
    paint::paint(paint::QUIET, &after) + &line(pair, &pair.diff.entries[meet], look)
}

/// What both do between the fork and where they meet: `1 step of A and 2 of B`, `2 steps of B alone`.
pub(super) fn detour(fork: &Divergence) -> String {
    let steps = |count: usize| counted(count as u64, "step");
    match fork.detour {
        [0, b] => format!("{} of B alone", steps(b)),
        [a, 0] => format!("{} of A alone", steps(a)),
        [a, b] => format!("{} of A and {b} of B", steps(a)),
    }
}

/// One entry of the alignment.
fn line(pair: &Pair<'_>, entry: &Entry, look: &Look) -> String {
    let at = [entry.a, entry.b];
    if look.columns >= WIDE {
        let room = (look.columns - 2) / 2;
        let [a, b] = [0, 1].map(|side| cell(pair, side, at[side], entry, room, look));
        return format!("{a}  {b}\n");
    }
    match entry.op {
        Op::Same => cell(pair, 0, entry.a, entry, look.columns, look) + "\n",
        _ => [0, 1]
            .into_iter()
            .filter(|&side| at[side].is_some())
            .map(|side| cell(pair, side, at[side], entry, look.columns, look) + "\n")
            .collect(),
    }
}

/// A step of one run, as wide as `room`; blank where the run has none.
fn cell(pair: &Pair<'_>, side: usize, at: Option<usize>, entry: &Entry, room: usize, look: &Look) -> String {
    let Some(at) = at else { return " ".repeat(room) };
    let shown = &pair.sides[side].shown[at];
    let cost = shown.row.own_cost.map(|cost| super::format::money(cost.amount)).unwrap_or_default();
    let failed = failed(pair, side, at, room, look);
    let words = room.saturating_sub(text::width(&cost) + 9);
    let title = text::pad(&(title(pair, side, at, look) + &failed), words);
    let body =
        format!("{} {} {title} {cost} ", gutter(side, entry, look), text::pad_left(&at.to_string(), 4));
    match entry.op {
        Op::Same => paint::paint(paint::QUIET, &body),
        _ => paint::paint(STYLES[side], &body),
    }
}

/// How a step failed; empty where it did not.
pub(super) fn failed(pair: &Pair<'_>, side: usize, at: usize, room: usize, look: &Look) -> String {
    let step = pair.sides[side].shown[at].step;
    match (step.status, &step.error) {
        (StepStatus::Error, Some(error)) => {
            format!("  {} {}", glyph::FAILED.text(look.ascii), text::preview(error, room))
        }
        (StepStatus::Error, None) => format!("  {}", glyph::FAILED.text(look.ascii)),
        _ => String::new(),
    }
}

/// The same decision in other words.
pub(super) const fn alike(look: &Look) -> &'static str {
    if look.ascii { "~" } else { "≈" }
}

/// Stands beside the colour and says the same.
fn gutter(side: usize, entry: &Entry, look: &Look) -> &'static str {
    match (entry.op, side) {
        (Op::Same, _) if entry.reworded => alike(look),
        (Op::Same, _) => "=",
        (Op::Changed, 0) if look.columns < WIDE => "-",
        (Op::Changed, _) if look.columns < WIDE => "+",
        (Op::Changed, _) => {
            if look.ascii {
                "!"
            } else {
                "≠"
            }
        }
        (Op::OnlyA, _) => "-",
        (Op::OnlyB, _) => "+",
    }
}

/// Sign and name of a step, and of a model call what it asked for.
pub(super) fn title(pair: &Pair<'_>, side: usize, at: usize, look: &Look) -> String {
    titled(pair.sides[side], at, look)
}

/// The same of any run's step.
pub(super) fn titled(side: &Side<'_>, at: usize, look: &Look) -> String {
    let shown = &side.shown[at];
    let sign = glyph::kind(shown.step.kind).text(look.ascii);
    let name = show::title(shown.step, look);
    if shown.step.kind != StepKind::Llm {
        return format!("{sign} {name}");
    }
    let asked = match shown.asked.len() {
        0 => "speaks".to_owned(),
        _ => calls(&shown.asked.iter().map(|asked| &*asked.name).collect::<Vec<_>>()),
    };
    format!("{sign} {name} {} {asked}", glyph::ARROW.text(look.ascii))
}

/// `grep, read_file ×3`.
pub(super) fn calls(names: &[&str]) -> String {
    let counted = names.chunk_by(|a, b| a == b).map(|same| match same.len() {
        1 => text::one_line(same[0]).into_owned(),
        many => format!("{} x{many}", text::one_line(same[0])),
    });
    counted.collect::<Vec<_>>().join(", ")
}
