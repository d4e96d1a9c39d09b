//! What both runs took up to the cursor, and from the fork on.

use std::cmp::Ordering;

use ratatui::layout::Rect;

use crate::analyze::diff::Sums;
use crate::model::{CostTotal, NanoUsd};
use crate::report::{format, text};
use crate::tui::comparison::Comparison;
use crate::tui::screens::Diff;
use crate::tui::theme::Role;

use super::super::canvas::{Canvas, Flow};
use super::super::chrome::counted;
use super::SIDES;

/// From this width on sums have room for times.
const ROOMY: u16 = 112;

/// What both took up to the cursor, and from the fork on.
pub(super) fn draw(canvas: &mut Canvas, diff: &Diff, of: &Comparison, area: Rect) {
    if area.height == 0 {
        return;
    }
    if let Some([a, b]) = diff.lines() {
        // what only one side did is its own: each counts up to its own line
        let sums = [of.so_far(a)[0], of.so_far(b)[1]];
        let forked = of.fork().is_some_and(|fork| a.max(b) >= fork);
        sums_row(canvas, ["up to here", "so far"], sums, forked, Rect { height: 1, ..area });
    }
    if let Some(after) = of.after.filter(|_| area.height > 1) {
        sums_row(
            canvas,
            ["from the fork on", "after"],
            after,
            true,
            Rect { y: area.y + 1, height: 1, ..area },
        );
    }
}

/// Tokens and cost in words, empty where nothing counts.
pub(super) fn words(sums: &Sums) -> [String; 2] {
    let counted = sums.tokens.known + sums.tokens.unknown > 0;
    let tokens = if counted { format::tokens(&sums.tokens, sums.tokens.total()) } else { String::new() };
    [tokens, cost(&sums.cost)]
}

/// A cost, empty where nothing costs.
pub(super) fn cost(total: &CostTotal) -> String {
    if total.reported + total.computed + total.unknown == 0 {
        String::new()
    } else {
        format::cost_total(total)
    }
}

/// One row of sums: label, both sides, what B took more.
fn sums_row(canvas: &mut Canvas, [long, short]: [&str; 2], sums: [Sums; 2], with_delta: bool, area: Rect) {
    let wide = area.width >= 100;
    let time_columns = if area.width >= ROOMY { 6 } else { 0 };
    let mut flow = Flow::new(canvas, Rect { width: area.width.saturating_sub(1), ..area });
    flow.gap(1);
    flow.put(&if wide { text::pad(long, 17) } else { text::pad(short, 7) }, Role::Dim);
    for (side, sums) in sums.iter().enumerate() {
        let (letter, role) = SIDES[side];
        let [tokens, cost] = words(sums);
        let steps =
            if wide { counted(sums.steps as u64, "step") } else { format::grouped(sums.steps as u64) };
        let time = sums.time.filter(|_| time_columns > 0).map(format::duration).unwrap_or_default();
        let pad = |words: &str, columns: usize| {
            if wide { text::pad_left(words, columns) } else { words.to_owned() }
        };
        flow.put(letter, role).gap(1).put(&pad(&steps, 11), Role::Text);
        for (words, columns) in [(tokens, 7), (cost, 8), (time, time_columns)] {
            flow.gap(u16::from(!words.is_empty() || wide && columns > 0))
                .put(&pad(&words, columns), Role::Text);
        }
        flow.gap(2);
    }
    if with_delta {
        flow.put(&delta(&sums), Role::Title);
    }
}

/// What B took more than A.
fn delta([a, b]: &[Sums; 2]) -> String {
    let more = |a: u64, b: u64| format!("{}{}", sign(a.cmp(&b)), format::count(a.abs_diff(b)));
    let tokens = format!("{} tok", more(a.tokens.total(), b.tokens.total()));
    let known = |sums: &Sums| sums.cost.known().filter(|_| !sums.cost.is_partial());
    match (known(a), known(b)) {
        (Some(a), Some(b)) => {
            let apart = format::money(NanoUsd(b.0.abs_diff(a.0).cast_signed()));
            format!("Δ {}{apart} {tokens}", sign(a.cmp(&b)))
        }
        _ => format!("Δ {tokens}"),
    }
}

/// How B stands to A.
const fn sign(a_to_b: Ordering) -> &'static str {
    match a_to_b {
        Ordering::Less => "+",
        Ordering::Equal => "",
        Ordering::Greater => "−",
    }
}
