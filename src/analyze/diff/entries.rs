//! The alignment step by step: groups are opened, their branches paired, frames laid beside frames.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::align::{Budget, align};
use super::keys::{Key, hash};
use super::order::{Body, Sequence, Unit};
use super::side::Side;
use crate::model::StepKind;

/// How two steps stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// The same decision with the same outcome.
    Same,
    /// One stands in the other's place.
    Changed,
    /// Only in the first run.
    OnlyA,
    /// Only in the second.
    OnlyB,
}

impl Op {
    /// The word of the JSON contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Changed => "changed",
            Self::OnlyA => "only_a",
            Self::OnlyB => "only_b",
        }
    }
}

/// One line of the alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Index in the first run, as `show` counts.
    pub a: Option<usize>,
    /// Index in the second.
    pub b: Option<usize>,
    /// How they stand to each other.
    pub op: Op,
    /// Frames and plumbing: shown, and never a difference.
    pub frame: bool,
    /// Two model calls of one decision that put it in other words (`≈`): never a difference. Told by the words that
    /// steps keep of the first 2 kB of an answer, whatever their order.
    pub reworded: bool,
}

/// Lays two runs beside each other, every step once.
pub(super) fn entries(
    a: &Sequence,
    b: &Sequence,
    sides: [&Side<'_>; 2],
    budget: &mut Budget<'_>,
) -> Vec<Entry> {
    let mut out = Out { sides, entries: Vec::new() };
    out.branches(&a.units, &b.units, budget);
    out.frames(&a.tail, &b.tail, budget);
    out.entries
}

struct Out<'a> {
    sides: [&'a Side<'a>; 2],
    entries: Vec<Entry>,
}

impl Out<'_> {
    fn branches(&mut self, a: &[Unit], b: &[Unit], budget: &mut Budget<'_>) {
        let keys = |units: &[Unit]| units.iter().map(|unit| unit.key).collect::<Vec<Key>>();
        for (x, y) in align(&keys(a), &keys(b), budget) {
            match (x.map(|at| &a[at]), y.map(|at| &b[at])) {
                (Some(a), Some(b)) => self.both(a, b, budget),
                (Some(unit), None) => self.alone(unit, Op::OnlyA),
                (None, Some(unit)) => self.alone(unit, Op::OnlyB),
                (None, None) => {}
            }
        }
    }

    fn both(&mut self, a: &Unit, b: &Unit, budget: &mut Budget<'_>) {
        if let (Body::Step { at: x, frames: over_x }, Body::Step { at: y, frames: over_y }) =
            (&a.body, &b.body)
        {
            self.frames(over_x, over_y, budget);
            let op = if a.key.full == b.key.full { Op::Same } else { Op::Changed };
            let reworded = op == Op::Same && is_reworded(self.sides, [*x, *y]);
            return self.entries.push(Entry { a: Some(*x), b: Some(*y), op, frame: false, reworded });
        }
        let (a, b) = (branches_of(a), branches_of(b));
        for (x, y) in paired(&a, &b) {
            match (x.map(|at| a[at]), y.map(|at| b[at])) {
                (Some(a), Some(b)) => self.branches(a, b, budget),
                (Some(branch), None) => branch.iter().for_each(|unit| self.alone(unit, Op::OnlyA)),
                (None, Some(branch)) => branch.iter().for_each(|unit| self.alone(unit, Op::OnlyB)),
                (None, None) => {}
            }
        }
    }

    fn alone(&mut self, unit: &Unit, op: Op) {
        match &unit.body {
            Body::Step { at, frames } => {
                self.singles(frames.iter().copied(), op);
                self.single(*at, op, false);
            }
            Body::Group(branches) => branches.iter().flatten().for_each(|unit| self.alone(unit, op)),
        }
    }

    fn single(&mut self, at: usize, op: Op, frame: bool) {
        let (a, b) = if op == Op::OnlyA { (Some(at), None) } else { (None, Some(at)) };
        self.entries.push(Entry { a, b, op, frame, reworded: false });
    }

    fn singles(&mut self, frames: impl Iterator<Item = usize>, op: Op) {
        for frame in frames {
            self.single(frame, op, true);
        }
    }

    /// Frames in front of two steps that belong together: those of one kind and name beside each other.
    fn frames(&mut self, a: &[usize], b: &[usize], budget: &mut Budget<'_>) {
        let keys = |side: usize, frames: &[usize]| {
            frames.iter().map(|&at| frame_key(self.sides[side], at)).collect::<Vec<_>>()
        };
        for (x, y) in align(&keys(0, a), &keys(1, b), budget) {
            let (a, b) = (x.map(|at| a[at]), y.map(|at| b[at]));
            let op = match (a, b) {
                (Some(_), Some(_)) => Op::Same,
                (Some(_), None) => Op::OnlyA,
                (None, _) => Op::OnlyB,
            };
            self.entries.push(Entry { a, b, op, frame: true, reworded: false });
        }
    }
}

/// Whether two model calls said it in other words, where both runs tell of what models said.
fn is_reworded(sides: [&Side<'_>; 2], at: [usize; 2]) -> bool {
    let step = |side: usize| sides[side].shown[at[side]].step;
    let told = |side: usize| step(side).wording.as_ref().map(|wording| &wording.told);
    let told = |side: usize| told(side).filter(|told| !told.is_empty());
    let is_call = |side: usize| step(side).kind == StepKind::Llm;
    is_call(0) && is_call(1) && sides.iter().all(|side| side.has_words) && told(0) != told(1)
}

/// Frames are equal or nothing to each other.
fn frame_key(side: &Side<'_>, at: usize) -> Key {
    let step = side.shown[at].step;
    let key = hash(&(step.kind, &step.name));
    Key { full: key, decision: key, what: key, kind: key, weight: 1 }
}

/// Branches of a group; a step stands as a group of one.
fn branches_of(unit: &Unit) -> Vec<&[Unit]> {
    match &unit.body {
        Body::Group(branches) => branches.iter().map(Vec::as_slice).collect(),
        Body::Step { .. } => vec![std::slice::from_ref(unit)],
    }
}

/// Which branches of two groups belong together: equal ones first, then those that begin alike, ever less so.
fn paired(a: &[&[Unit]], b: &[&[Unit]]) -> Vec<(Option<usize>, Option<usize>)> {
    type Likeness = fn(&[Unit]) -> u64;
    const LIKENESSES: [Likeness; 4] = [
        |branch| hash(&branch.iter().map(|unit| unit.key.full).collect::<Vec<_>>()),
        |branch| branch.first().map_or(0, |unit| unit.key.decision),
        |branch| branch.first().map_or(0, |unit| unit.key.what),
        |branch| branch.first().map_or(0, |unit| unit.key.kind),
    ];
    let mut partner: Vec<Option<usize>> = vec![None; a.len()];
    let mut taken = vec![false; b.len()];
    for likeness in LIKENESSES {
        let mut free: FxHashMap<u64, VecDeque<usize>> = FxHashMap::default();
        for (y, branch) in b.iter().enumerate().filter(|(y, _)| !taken[*y]) {
            free.entry(likeness(branch)).or_default().push_back(y);
        }
        for (x, branch) in a.iter().enumerate() {
            if partner[x].is_none() {
                partner[x] = free.get_mut(&likeness(branch)).and_then(VecDeque::pop_front);
                partner[x].into_iter().for_each(|y| taken[y] = true);
            }
        }
    }
    let rest = (0..b.len()).filter(|&y| !taken[y]).map(|y| (None, Some(y)));
    let mut pairs: Vec<_> = partner.iter().enumerate().map(|(x, &y)| (Some(x), y)).chain(rest).collect();
    // the same whichever run comes first
    pairs.sort_by_key(|pair| match *pair {
        (Some(x), Some(y)) => x + y,
        (at, other) => 2 * at.or(other).unwrap_or_default(),
    });
    pairs
}
