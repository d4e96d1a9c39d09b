//! Stretches that differ: where they begin and end, what they cost, which are worth a look first.

use std::ops::Range;

use super::divergence::{differs, hunk};
use super::entries::{Entry, Op};
use super::side::{Shown, Side};
use crate::model::{CostTotal, StepKind, StepStatus, TokenTotals};

/// Why a hunk is worth a look before others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Notable {
    /// The first call that may change something in the world and that only one run made, or made otherwise.
    ChangesState,
    /// The first error that only one run has.
    Error,
    /// The largest difference in cost, else in tokens.
    Cost,
    /// Nothing sets it apart.
    Plain,
}

/// What some steps of one run took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Steps, frames not counted.
    pub steps: usize,
    /// Tokens, each call once.
    pub tokens: TokenTotals,
    /// Cost, each call once.
    pub cost: CostTotal,
    /// From the first start to the last end, nanoseconds; `None` where no time was told.
    pub time: Option<u64>,
}

/// One stretch that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// Its lines in the alignment, frames in between included.
    pub entries: Range<usize>,
    /// What each run took in it.
    pub sums: [Sums; 2],
    /// Why to look at it.
    pub notable: Notable,
}

/// The part of the shorter run that two runs of one task have in common at least.
const RELATED_PERCENT: usize = 5;

/// Runs with fewer steps are too short to call unrelated.
const LONG_ENOUGH: usize = 20;

/// Whether next to nothing of two long runs is alike.
pub(super) fn unrelated(entries: &[Entry]) -> bool {
    let counted = || entries.iter().filter(|entry| !entry.frame);
    let same = counted().filter(|entry| entry.op == Op::Same).count();
    let a = counted().filter(|entry| entry.a.is_some()).count();
    let b = counted().filter(|entry| entry.b.is_some()).count();
    a.min(b) >= LONG_ENOUGH && same * 100 < a.min(b) * RELATED_PERCENT
}

/// All stretches that differ, in order.
pub(super) fn hunks(sides: [&Side<'_>; 2], entries: &[Entry]) -> Vec<Hunk> {
    let mut out = Vec::new();
    let mut from = 0;
    while let Some(start) = entries[from..].iter().position(differs).map(|at| from + at) {
        let range = hunk(entries, start);
        from = range.end;
        let sums = sums(sides, &entries[range.clone()]);
        out.push(Hunk { entries: range, sums, notable: Notable::Plain });
    }
    rank(sides, entries, &mut out);
    out
}

/// What each run took in these lines.
pub(super) fn sums(sides: [&Side<'_>; 2], lines: &[Entry]) -> [Sums; 2] {
    let mut sums = [Sums::default(); 2];
    let mut extents = [Extent::default(); 2];
    for entry in lines {
        for (side, at) in [entry.a, entry.b].into_iter().enumerate() {
            let Some(shown) = at.map(|at| &sides[side].shown[at]) else { continue };
            let row = shown.row;
            extents[side].add(shown);
            sums[side].steps += usize::from(!entry.frame);
            if row.has_figures {
                sums[side].tokens.add(&row.usage);
                sums[side].cost.add(row.own_cost);
            }
        }
    }
    for side in [0, 1] {
        sums[side].time = extents[side].length();
    }
    sums
}

/// Steps of each run in these lines.
pub(super) fn steps(lines: &[Entry]) -> [usize; 2] {
    let counted = || lines.iter().filter(|entry| !entry.frame);
    [counted().filter(|entry| entry.a.is_some()).count(), counted().filter(|entry| entry.b.is_some()).count()]
}

/// From the first start to the last end of some steps.
#[derive(Clone, Copy, Default)]
struct Extent {
    start: Option<u64>,
    end: u64,
}

impl Extent {
    /// Of a step around others only the start: its end lies behind theirs, and they may stand in other lines.
    fn add(&mut self, shown: &Shown<'_>) {
        let step = shown.step;
        if step.start == 0 {
            return;
        }
        self.start = Some(self.start.map_or(step.start, |start| start.min(step.start)));
        let end = if shown.row.subtree > 1 { step.start } else { step.end.max(step.start) };
        self.end = self.end.max(end);
    }

    fn length(self) -> Option<u64> {
        self.start.map(|start| self.end.saturating_sub(start))
    }
}

/// The first place after `from` where two steps in a row match, or the last step alone does.
pub(super) fn meeting(entries: &[Entry], from: usize) -> Option<usize> {
    let mut counted = entries.iter().enumerate().skip(from).filter(|(_, entry)| !entry.frame).peekable();
    while let Some((at, entry)) = counted.next() {
        let next = counted.peek().is_none_or(|(_, next)| next.op == Op::Same);
        if entry.op == Op::Same && next {
            return Some(at);
        }
    }
    None
}

/// Names the first hunk of each sort; one that is several things is the first of them.
fn rank(sides: [&Side<'_>; 2], entries: &[Entry], hunks: &mut [Hunk]) {
    let any = |hunk: &Hunk, is: &dyn Fn(usize, usize) -> bool| {
        let mut lines = entries[hunk.entries.clone()].iter().filter(|entry| differs(entry));
        lines.any(|entry| {
            let at = [entry.a, entry.b];
            (0..2).any(|side| at[side].is_some_and(|at| is(side, at)))
        })
    };
    let changes = |side: usize, at: usize| changes_state(sides[side], at);
    let failed = |side: usize, at: usize| sides[side].shown[at].step.status == StepStatus::Error;
    let state = hunks.iter().position(|hunk| any(hunk, &changes));
    let error = hunks.iter().position(|hunk| any(hunk, &failed));
    let cost = (0..hunks.len()).max_by_key(|&at| (weight(&hunks[at]), std::cmp::Reverse(at)));
    for (found, notable) in [(cost, Notable::Cost), (error, Notable::Error), (state, Notable::ChangesState)] {
        if let Some(at) = found {
            hunks[at].notable = notable;
        }
    }
}

fn weight(hunk: &Hunk) -> (u64, u64) {
    let cost = hunk.sums.map(|sums| sums.cost.known().map_or(0, |amount| amount.0.unsigned_abs()));
    let tokens = hunk.sums.map(|sums| sums.tokens.total());
    (cost[0].abs_diff(cost[1]), tokens[0].abs_diff(tokens[1]))
}

/// Words of tool names that say something is changed, not only looked at.
const CHANGING: [&str; 36] = [
    "add", "apply", "approve", "book", "buy", "cancel", "charge", "close", "commit", "create", "delete",
    "deploy", "drop", "edit", "exec", "execute", "insert", "issue", "merge", "modify", "move", "order",
    "patch", "pay", "post", "push", "put", "refund", "remove", "rename", "replace", "reset", "send",
    "transfer", "update", "write",
];

/// Whether a tool's name says that it changes something in the world.
fn changes_state(side: &Side<'_>, at: usize) -> bool {
    let step = side.shown[at].step;
    let name = step.tool.as_deref().filter(|_| step.kind == StepKind::Tool).unwrap_or_default();
    let lower: String = name
        .chars()
        .flat_map(|c| c.is_uppercase().then_some('_').into_iter().chain(c.to_lowercase()))
        .collect();
    lower.split(|c: char| !c.is_alphanumeric()).any(|word| CHANGING.contains(&word))
}
