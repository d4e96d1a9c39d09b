//! Stretches that can be folded to one row: what both runs did alike, and long detours of one of them.

use std::ops::Range;

use crate::analyze::diff::{Diff, Entry, Op, Side, Sums};

/// Common steps that stay in sight above and below a difference.
pub(super) const CONTEXT: usize = 3;

/// Steps of a detour that stay in sight.
const HEAD: usize = 4;

/// Fewer steps than this are not worth a fold.
const LEAST: usize = 3;

/// Lines that can be folded away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The lines, frames in between included.
    pub lines: Range<u32>,
    /// How the steps of all of them stand to each other.
    pub op: Op,
    /// Lines that are no frames.
    pub steps: usize,
    /// Those of them that both runs put in other words.
    pub reworded: usize,
    /// What each run took in them.
    pub sums: [Sums; 2],
}

/// All stretches of an alignment, in order. Runs that behave the same are not folded: there is nothing else to see.
pub(super) fn of(sides: [&Side<'_>; 2], diff: &Diff) -> Vec<Stretch> {
    if diff.same() {
        return Vec::new();
    }
    let counted: Vec<usize> = (0..diff.entries.len()).filter(|&line| !diff.entries[line].frame).collect();
    let mut groups = counted.chunk_by(|&x, &y| diff.entries[x].op == diff.entries[y].op).peekable();
    let mut out = Vec::new();
    let mut first = true;
    while let Some(group) = groups.next() {
        let hidden = hidden(diff.entries[group[0]].op, group.len(), first, groups.peek().is_none());
        if hidden.len() >= LEAST {
            out.push(stretch(sides, &diff.entries, &group[hidden]));
        }
        first = false;
    }
    out
}

/// Which of `len` lines that stand alike are out of sight when folded.
fn hidden(op: Op, len: usize, first: bool, last: bool) -> Range<usize> {
    let context = |at_an_end: bool| if at_an_end { 0 } else { CONTEXT };
    match op {
        Op::Same => context(first)..len.saturating_sub(context(last)).max(context(first)),
        Op::Changed => 0..0,
        Op::OnlyA | Op::OnlyB => HEAD..len.max(HEAD),
    }
}

fn stretch(sides: [&Side<'_>; 2], entries: &[Entry], counted: &[usize]) -> Stretch {
    let (start, end) = (counted.first().copied().unwrap_or(0), counted.last().map_or(0, |last| last + 1));
    let line = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Stretch {
        lines: line(start)..line(end),
        op: entries[start].op,
        steps: counted.len(),
        reworded: counted.iter().filter(|&&at| entries[at].reworded).count(),
        sums: Diff::sums(sides, &entries[start..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_a_difference_stays_in_sight() {
        for (op, len, first, last, expected) in [
            (Op::Same, 20, true, false, 0..17),
            (Op::Same, 20, false, false, 3..17),
            (Op::Same, 20, false, true, 3..20),
            (Op::Same, 5, false, false, 3..3),
            (Op::OnlyB, 12, false, false, 4..12),
            (Op::OnlyA, 2, false, false, 4..4),
            (Op::Changed, 90, false, false, 0..0),
        ] {
            assert_eq!(hidden(op, len, first, last), expected, "{op:?} {len} {first} {last}");
        }
    }
}
