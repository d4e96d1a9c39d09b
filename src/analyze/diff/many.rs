//! One run against many: how usual each of its steps is, where it first leaves what the others did, and which of them
//! behave alike.

use rustc_hash::FxHashMap;

use super::align::Budget;
use super::divergence::differs;
use super::entries::{Entry, Op};
use super::keys::{Captured, hash};
use super::order::{self, Sequence};
use super::side::Side;
use super::{Read, Which, lay, read_untold};

/// A step of one of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which of the others.
    pub other: usize,
    /// The step by `show`'s index.
    pub at: usize,
}

/// What others do at some point and the run does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lack {
    /// The step of the run that comes next there; `None` at its end.
    pub before: Option<usize>,
    /// One of the steps that are lacking.
    pub step: Place,
    /// How many others do it there.
    pub count: usize,
}

/// The first place where the run does what none of the others did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outside {
    /// A step that none of them has there, and what they did in its place with how many of them: the most usual first.
    Step(usize, Vec<(Place, usize)>),
    /// A step that all of them have there, and the run has not.
    Lack(Lack),
}

/// Runs that take the same path: the same agents and tools in the same order, whatever arguments and results.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Which of the others.
    pub others: Vec<usize>,
    /// Whether the run takes this path, too.
    pub has_run: bool,
    /// How many ways to go this path they have: 1 where arguments and results are the same as well.
    pub behaviours: usize,
}

/// One run, compared with others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crowd {
    /// For every step of the run by index: how many others do the same there. `None` for frames and plumbing.
    pub usual: Vec<Option<usize>>,
    /// What half of the others, or more, do and the run does not, in order.
    pub lacking: Vec<Lack>,
    /// Where the run first leaves what the others did; `None` where it never does.
    pub outside: Option<Outside>,
    /// Who behaves alike, the largest group first.
    pub groups: Vec<Group>,
    /// For each of the others: the part of both runs' steps that is the same, percent, rounded down.
    pub likeness: Vec<u8>,
    /// For each of the others: the first step of the run that differs from it, and whether anything does.
    pub parted: Vec<Option<Option<usize>>>,
    /// The bound on work was hit: stretches that belong together may stand apart.
    pub limit_hit: bool,
}

impl Crowd {
    /// Which of the others is most like the run; of several the last.
    pub fn nearest(&self) -> Option<usize> {
        (0..self.likeness.len()).max_by_key(|&other| self.likeness[other])
    }
}

/// Lays `run` beside each of `others`.
///
/// # Errors
/// Those of `read`, which is asked for requests that no step tells; the others are its second run.
pub fn against<E>(run: &mut Side<'_>, others: &mut [Side<'_>], read: &mut Read<'_, E>) -> Result<Crowd, E> {
    read_untold(run, Which::A, read)?;
    for other in &mut *others {
        read_untold(other, Which::B, read)?;
    }
    let run = &*run;
    let mut budget = Budget::new();
    let beside = |other: &Side<'_>| {
        let sides = [run, other];
        lay(sides, Captured::by_all(&sides), &mut budget)
    };
    let laid: Vec<Vec<Entry>> = others.iter().map(beside).collect();
    let usual = usual(run, &laid);
    let lacks = lacks(others, &laid);
    let parted =
        |entries: &Vec<Entry>| entries.iter().position(differs).map(|at| next_of_run(&entries[at..]));
    Ok(Crowd {
        outside: outside(&usual, &lacks, others, &laid),
        lacking: lacks.into_iter().filter(|lack| lack.count * 2 >= laid.len()).collect(),
        groups: groups(run, others),
        likeness: laid.iter().map(|entries| likeness(entries)).collect(),
        parted: laid.iter().map(parted).collect(),
        limit_hit: budget.hit,
        usual,
    })
}

/// The first step of the run in these lines, frames left out.
fn next_of_run(lines: &[Entry]) -> Option<usize> {
    lines.iter().filter(|entry| !entry.frame).find_map(|entry| entry.a)
}

fn usual(run: &Side<'_>, laid: &[Vec<Entry>]) -> Vec<Option<usize>> {
    let mut usual: Vec<_> = run.shown.iter().map(|shown| (!shown.folded).then_some(0)).collect();
    for entry in laid.iter().flatten().filter(|entry| !entry.frame && entry.op == Op::Same) {
        if let Some(count) = entry.a.and_then(|at| usual[at].as_mut()) {
            *count += 1;
        }
    }
    usual
}

/// Everything that others do and the run does not, in order. The same decision before the same step of the run is one
/// thing; done twice there it is two.
fn lacks(others: &[Side<'_>], laid: &[Vec<Entry>]) -> Vec<Lack> {
    let all: Vec<&Side<'_>> = others.iter().collect();
    let captured = Captured::by_all(&all);
    let mut found: FxHashMap<(Option<usize>, u64, usize), Lack> = FxHashMap::default();
    for (other, entries) in laid.iter().enumerate() {
        let mut times: FxHashMap<(Option<usize>, u64), usize> = FxHashMap::default();
        let mut before = None;
        for entry in entries.iter().rev().filter(|entry| !entry.frame) {
            before = entry.a.or(before);
            let Some(at) = entry.b.filter(|_| entry.op == Op::OnlyB) else { continue };
            let key = captured.key(&others[other], at).decision;
            let nth = times.entry((before, key)).or_default();
            *nth += 1;
            let step = Place { other, at };
            found.entry((before, key, *nth)).or_insert(Lack { before, step, count: 0 }).count += 1;
        }
    }
    let mut lacks: Vec<_> = found.into_values().collect();
    lacks.sort_unstable_by_key(|lack| (lack.before.unwrap_or(usize::MAX), lack.step.other, lack.step.at));
    lacks
}

fn outside(
    usual: &[Option<usize>],
    lacks: &[Lack],
    others: &[Side<'_>],
    laid: &[Vec<Entry>],
) -> Option<Outside> {
    let step = usual.iter().position(|count| *count == Some(0));
    let lack = lacks.iter().find(|lack| lack.count == laid.len() && !laid.is_empty());
    let place = |lack: &&Lack| lack.before.unwrap_or(usize::MAX);
    match (step, lack) {
        (Some(step), Some(lack)) if place(&lack) < step => Some(Outside::Lack(*lack)),
        (Some(step), _) => Some(Outside::Step(step, instead(step, others, laid))),
        (None, lack) => lack.map(|lack| Outside::Lack(*lack)),
    }
}

/// What the others did where the run did the step at `step`: what stands beside it, else their next step.
fn instead(step: usize, others: &[Side<'_>], laid: &[Vec<Entry>]) -> Vec<(Place, usize)> {
    let all: Vec<&Side<'_>> = others.iter().collect();
    let captured = Captured::by_all(&all);
    let mut found: FxHashMap<u64, (Place, usize)> = FxHashMap::default();
    for (other, entries) in laid.iter().enumerate() {
        let Some(from) = entries.iter().position(|entry| entry.a == Some(step)) else { continue };
        let mut following = entries[from..].iter().filter(|entry| !entry.frame);
        let Some(at) = following.find_map(|entry| entry.b) else { continue };
        let key = captured.key(&others[other], at).decision;
        found.entry(key).or_insert((Place { other, at }, 0)).1 += 1;
    }
    let mut found: Vec<_> = found.into_values().collect();
    found.sort_unstable_by_key(|(place, count)| (std::cmp::Reverse(*count), place.other, place.at));
    found
}

/// Two times the common steps by all steps of both, percent.
fn likeness(entries: &[Entry]) -> u8 {
    let counted = || entries.iter().filter(|entry| !entry.frame);
    let same = counted().filter(|entry| entry.op == Op::Same).count();
    let all: usize =
        counted().map(|entry| usize::from(entry.a.is_some()) + usize::from(entry.b.is_some())).sum();
    let percent = (200 * same).checked_div(all).unwrap_or(100);
    u8::try_from(percent).unwrap_or(100)
}

fn groups(run: &Side<'_>, others: &[Side<'_>]) -> Vec<Group> {
    let all: Vec<&Side<'_>> = std::iter::once(run).chain(others).collect();
    let captured = Captured::by_all(&all);
    let mut paths: FxHashMap<u64, (Group, Vec<u64>)> = FxHashMap::default();
    for (at, side) in all.into_iter().enumerate() {
        let Sequence { units, .. } = order::sequence(side, captured);
        let path = hash(&units.iter().map(|unit| unit.key.what).collect::<Vec<_>>());
        let (group, behaviours) = paths.entry(path).or_default();
        behaviours.push(hash(&units.iter().map(|unit| unit.key.full).collect::<Vec<_>>()));
        match at.checked_sub(1) {
            Some(other) => group.others.push(other),
            None => group.has_run = true,
        }
    }
    let counted = |(group, mut behaviours): (Group, Vec<u64>)| {
        behaviours.sort_unstable();
        behaviours.dedup();
        Group { behaviours: behaviours.len(), ..group }
    };
    let mut groups: Vec<Group> = paths.into_values().map(counted).collect();
    let size = |group: &Group| group.others.len() + usize::from(group.has_run);
    groups.sort_unstable_by_key(|group| (std::cmp::Reverse(size(group)), group.others.first().copied()));
    groups
}
