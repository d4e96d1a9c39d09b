//! Rows of the screen: lines of the alignment, folds in their place. What only one run did stands beside what only the
//! other did instead; on a narrow screen one side stands below the other.

use std::ops::Range;

use crate::analyze::diff::Op;

use super::Comparison;

/// One row of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A line of the alignment that both sides are in.
    Both(u32),
    /// Each side for itself; where sides are stacked, one of them.
    Sides([Option<Piece>; 2]),
    /// What both did alike, folded.
    Fold(u32),
    /// A word above the line where the runs meet again.
    Meet(u32),
}

/// One side of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The side's step in a line.
    Line(u32),
    /// A folded stretch of the side alone.
    Fold(u32),
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
    /// The piece of a side, `None` where the row has nothing of it alone.
    pub fn piece(self, side: usize) -> Option<Piece> {
        if let Self::Sides(pieces) = self { pieces[side] } else { None }
    }

    /// The line that it stands for on a side, else on the other one; of a fold the first.
    pub fn line(self, of: &Comparison, side: usize) -> u32 {
        match self {
            Self::Both(line) | Self::Meet(line) => line,
            Self::Fold(at) => first_of(of, at),
            Self::Sides(pieces) => match pieces[side].or(pieces[1 - side]) {
                Some(Piece::Line(line)) => line,
                Some(Piece::Fold(at)) => first_of(of, at),
                None => 0,
            },
        }
    }

    /// The stretch that is folded here.
    pub fn folds(self, side: usize) -> Option<u32> {
        match (self, self.piece(side).or_else(|| self.piece(1 - side))) {
            (Self::Fold(at), _) | (_, Some(Piece::Fold(at))) => Some(at),
            _ => None,
        }
    }
}

fn first_of(of: &Comparison, stretch: u32) -> u32 {
    of.stretches.get(stretch as usize).map_or(0, |stretch| stretch.lines.start)
}

/// All rows in order, each step of both runs in one of them or in a fold, and the row of every line. Goes through all
/// lines: no key that moves may end here.
pub fn items(of: &Comparison, rows: Rows, is_folded: impl Fn(u32) -> bool) -> (Vec<Item>, Vec<u32>) {
    let mut maker = Maker { of, rows, alone: [Vec::new(), Vec::new()], items: Vec::new() };
    let mut next = 0;
    for (at, stretch) in (0..).zip(&of.stretches).filter(|(at, _)| is_folded(*at)) {
        maker.lines(next..stretch.lines.start);
        maker.fold(at, stretch.op);
        next = stretch.lines.end;
    }
    maker.lines(next..u32::try_from(of.diff.entries.len()).unwrap_or(u32::MAX));
    maker.settle();
    let places = maker.places();
    (maker.items, places)
}

struct Maker<'a> {
    of: &'a Comparison,
    rows: Rows,
    /// What each side does alone since the last line of both.
    alone: [Vec<Piece>; 2],
    items: Vec<Item>,
}

impl Maker<'_> {
    fn lines(&mut self, lines: Range<u32>) {
        let (of, with_frames) = (self.of, self.rows.frames);
        for line in lines {
            let Some(entry) = of.entry(line).filter(|entry| with_frames || !entry.frame) else { continue };
            match entry.op {
                Op::OnlyA => self.alone(0, Piece::Line(line)),
                Op::OnlyB => self.alone(1, Piece::Line(line)),
                op => self.both(line, op),
            }
        }
    }

    fn alone(&mut self, side: usize, piece: Piece) {
        // what A does alone comes before what B does: after that another detour begins
        if side == 0 && !self.alone[1].is_empty() {
            self.settle();
        }
        self.alone[side].push(piece);
    }

    fn both(&mut self, line: u32, op: Op) {
        self.settle();
        if self.of.meeting() == Some(line) {
            self.items.push(Item::Meet(line));
        }
        if self.rows.stacked && op == Op::Changed {
            self.items.extend([0, 1].map(|side| one(side, Piece::Line(line))));
        } else {
            self.items.push(Item::Both(line));
        }
    }

    fn fold(&mut self, at: u32, op: Op) {
        match op {
            Op::OnlyA => self.alone(0, Piece::Fold(at)),
            Op::OnlyB => self.alone(1, Piece::Fold(at)),
            Op::Same | Op::Changed => {
                self.settle();
                self.items.push(Item::Fold(at));
            }
        }
    }

    /// Rows of what each side did alone.
    fn settle(&mut self) {
        let [a, b] = std::mem::take(&mut self.alone);
        if self.rows.stacked {
            self.items.extend(a.into_iter().map(|piece| one(0, piece)));
            self.items.extend(b.into_iter().map(|piece| one(1, piece)));
            return;
        }
        let rows = a.len().max(b.len());
        self.items.extend((0..rows).map(|at| Item::Sides([a.get(at).copied(), b.get(at).copied()])));
    }

    /// The row of every line; lines out of sight have that of what comes before them.
    fn places(&self) -> Vec<u32> {
        let mut places = vec![u32::MAX; self.of.diff.entries.len()];
        for (row, item) in (0..).zip(&self.items) {
            for side in [0, 1] {
                if let Some(Piece::Fold(at)) = item.piece(side) {
                    self.place_fold(&mut places, at, row);
                } else if let Item::Fold(at) = *item {
                    self.place_fold(&mut places, at, row);
                } else if item.piece(side).is_some() || matches!(item, Item::Both(_)) {
                    // of two halves of a line the first
                    let place = &mut places[item.line(self.of, side) as usize];
                    *place = row.min(*place);
                }
            }
        }
        let mut last = 0;
        for place in &mut places {
            last = if *place == u32::MAX { last } else { *place };
            *place = last;
        }
        places
    }

    fn place_fold(&self, places: &mut [u32], at: u32, row: u32) {
        let lines = self.of.stretches[at as usize].lines.clone();
        lines.for_each(|line| places[line as usize] = row);
    }
}

fn one(side: usize, piece: Piece) -> Item {
    let mut pieces = [None, None];
    pieces[side] = Some(piece);
    Item::Sides(pieces)
}
