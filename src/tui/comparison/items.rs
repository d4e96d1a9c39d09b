//! Rows of the screen: lines of the alignment, folds in their place, on a narrow screen one side after the other.

use crate::analyze::diff::Op;

use super::Comparison;

/// One row of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A line of the alignment, both sides of it.
    Line(u32),
    /// One side of a line, where sides are stacked.
    Half(u32, usize),
    /// A folded stretch.
    Fold(u32),
    /// A word above the line where the runs meet again.
    Meet(u32),
}

/// Which rows there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// Sides that differ stand one below the other.
    pub stacked: bool,
    /// Frames and plumbing are rows, too.
    pub frames: bool,
}

impl Item {
    /// The line that it stands for; of a fold the first.
    pub fn line(self, of: &Comparison) -> u32 {
        match self {
            Self::Line(line) | Self::Half(line, _) | Self::Meet(line) => line,
            Self::Fold(at) => of.stretches.get(at as usize).map_or(0, |stretch| stretch.lines.start),
        }
    }
}

/// All rows in order, each step of both runs in one of them or in a fold. Goes through all lines: no key that moves may
/// end here.
pub fn items(of: &Comparison, rows: Rows, is_folded: impl Fn(u32) -> bool) -> Vec<Item> {
    let mut out = Vec::new();
    let mut next = 0;
    for (at, stretch) in (0..).zip(&of.stretches).filter(|(at, _)| is_folded(*at)) {
        push_lines(of, rows, next..stretch.lines.start, &mut out);
        out.push(Item::Fold(at));
        next = stretch.lines.end;
    }
    let end = u32::try_from(of.diff.entries.len()).unwrap_or(u32::MAX);
    push_lines(of, rows, next..end, &mut out);
    out
}

fn push_lines(of: &Comparison, rows: Rows, lines: std::ops::Range<u32>, out: &mut Vec<Item>) {
    for line in lines {
        let Some(entry) = of.entry(line).filter(|entry| rows.frames || !entry.frame) else { continue };
        if of.meeting() == Some(line) {
            out.push(Item::Meet(line));
        }
        if rows.stacked && entry.op != Op::Same {
            out.extend(entry.a.map(|_| Item::Half(line, 0)));
            out.extend(entry.b.map(|_| Item::Half(line, 1)));
        } else {
            out.push(Item::Line(line));
        }
    }
}
