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

/// From this width on sums stand in columns.
const WIDE: u16 = 99;

/// From this width on sums have room for times.
const ROOMY: u16 = 111;

/// What both took up to the cursor, and from the fork on; where there is one row, that which tells more.
pub(super) fn draw(canvas: &mut Canvas, diff: &Diff, of: &Comparison, area: Rect) {
    let so_far = diff.lines().map(|[a, b]| {
        // what only one side did is its own: each counts up to its own line
        let sums = [of.so_far(a)[0], of.so_far(b)[1]];
        let forked = of.fork().is_some_and(|fork| a.max(b) >= fork);
        (["up to here", "so far"], sums, forked)
    });
    let after = of.after.map(|sums| (["from the fork on", "after"], sums, true));
    let so_far = so_far.filter(|_| area.height > 1 || after.is_none());
    for ((label, sums, with_delta), row) in so_far.into_iter().chain(after).zip(area.rows()) {
        sums_row(canvas, label, sums, with_delta, row);
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
fn sums_row(canvas: &mut Canvas, label: [&str; 2], sums: [Sums; 2], with_delta: bool, area: Rect) {
    let area = Rect { width: area.width.saturating_sub(1), ..area };
    let delta = if with_delta { delta(&sums) } else { <[String; 2]>::default() };
    let pieces = if area.width >= WIDE {
        let delta = (delta.concat(), Role::Title);
        in_columns(label[0], &sums, area.width >= ROOMY).into_iter().chain([delta]).collect()
    } else {
        in_short(label[1], &sums, &delta, area.width)
    };
    let mut flow = Flow::new(canvas, area);
    flow.gap(1);
    for (words, role) in &pieces {
        flow.put(words, *role);
    }
}

/// Label and figures, one below the other from row to row.
fn in_columns(label: &str, sums: &[Sums; 2], with_time: bool) -> Vec<(String, Role)> {
    let mut pieces = vec![(text::pad(label, 17), Role::Dim)];
    for (side, sums) in sums.iter().enumerate() {
        let [tokens, cost] = words(sums);
        let steps = counted(sums.steps as u64, "step");
        let figures = [text::pad_left(&steps, 11), text::pad_left(&tokens, 7), text::pad_left(&cost, 8)];
        let time = sums.time.map(format::duration).unwrap_or_default();
        let time = if with_time { format!(" {}", text::pad_left(&time, 6)) } else { String::new() };
        pieces.push((SIDES[side].0.to_owned(), SIDES[side].1));
        pieces.push((format!(" {}{time}  ", figures.join(" ")), Role::Text));
    }
    pieces
}

/// Label and figures as short as they are: steps are named where there is room, and where there is little it is the money
/// that is told.
fn in_short(label: &str, sums: &[Sums; 2], [cost, tokens]: &[String; 2], room: u16) -> Vec<(String, Role)> {
    let pieces = |with_steps: bool, delta: String| {
        let mut pieces = vec![(text::pad(label, 7), Role::Dim)];
        for (side, sums) in sums.iter().enumerate() {
            let steps = counted(sums.steps as u64, "step");
            let figures = words(sums);
            let told = std::iter::once(&steps).filter(|_| with_steps).chain(&figures);
            let told: Vec<&str> = told.map(String::as_str).filter(|words| !words.is_empty()).collect();
            pieces.push((SIDES[side].0.to_owned(), SIDES[side].1));
            pieces.push((format!(" {}  ", told.join(" ")), Role::Text));
        }
        pieces.push((delta, Role::Title));
        pieces
    };
    let both = format!("{cost}{tokens}");
    let fits = |pieces: &Vec<(String, Role)>| {
        pieces.iter().map(|(words, _)| text::width(words)).sum::<usize>() < usize::from(room)
    };
    let longer = [pieces(true, both.clone()), pieces(false, both)];
    longer.into_iter().find(fits).unwrap_or_else(|| pieces(false, cost.clone()))
}

/// What B took more than A: money if it is known, tokens.
fn delta([a, b]: &[Sums; 2]) -> [String; 2] {
    let more = |a: u64, b: u64| format!("{}{}", sign(a.cmp(&b)), format::count(a.abs_diff(b)));
    let tokens = format!("{} tok", more(a.tokens.total(), b.tokens.total()));
    // no step costs nothing
    let free = |cost: &CostTotal| cost.reported + cost.computed + cost.unknown == 0;
    let known = |sums: &Sums| match sums.cost {
        cost if free(&cost) => Some(NanoUsd(0)),
        cost => cost.known().filter(|_| !cost.is_partial()),
    };
    match (known(a), known(b)) {
        (Some(a), Some(b)) => {
            let apart = format::money(NanoUsd(b.0.abs_diff(a.0).cast_signed()));
            [format!("Δ {}{apart}", sign(a.cmp(&b))), format!(" {tokens}")]
        }
        _ => [format!("Δ {tokens}"), String::new()],
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_with_no_step_costs_nothing_and_one_without_a_price_is_not_compared() {
        let sums = |nanos, computed, unknown| Sums {
            cost: CostTotal { amount: NanoUsd(nanos), computed, unknown, ..CostTotal::default() },
            ..Sums::default()
        };
        let (none, dear, unpriced) = (sums(0, 0, 0), sums(11_000_000, 2, 0), sums(0, 0, 1));
        for (pair, expected) in [
            ([none, dear], ["Δ +$0.011", " 0 tok"]),
            ([dear, none], ["Δ −$0.011", " 0 tok"]),
            ([dear, unpriced], ["Δ 0 tok", ""]),
        ] {
            assert_eq!(delta(&pair), expected);
        }
    }
}
