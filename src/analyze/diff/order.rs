//! Causal order: depth first by start, with branches that ran side by side as groups whose order means nothing.

use super::keys::{Captured, Key, hash};
use super::side::Side;
use crate::model::StepKind;

/// Groups in groups are told apart this deep; further down branches stand one after the other.
const DEPTH: usize = 32;

/// A step, or branches that ran side by side.
pub(super) struct Unit {
    pub(super) key: Key,
    pub(super) body: Body,
}

pub(super) enum Body {
    /// A step that counts, with the frames that open before it.
    Step { at: usize, frames: Vec<usize> },
    /// Branches in order of their starts.
    Group(Vec<Vec<Unit>>),
}

/// A run in causal order.
pub(super) struct Sequence {
    pub(super) units: Vec<Unit>,
    /// Frames after the last step.
    pub(super) tail: Vec<usize>,
}

enum Task {
    Row(usize),
    Open,
    NextBranch,
    Close,
}

/// `side` in causal order. No recursion over depth, which is the sender's to choose.
pub(super) fn sequence(side: &Side<'_>, captured: Captured) -> Sequence {
    let mut walk =
        Walk { side, captured, levels: vec![Level::default()], frames: Vec::new(), tasks: Vec::new() };
    walk.plan(0, side.rows.len());
    while let Some(task) = walk.tasks.pop() {
        walk.step(&task);
    }
    let units = walk.levels.pop().map(|level| level.branch).unwrap_or_default();
    Sequence { units, tail: walk.frames }
}

#[derive(Default)]
struct Level {
    done: Vec<Vec<Unit>>,
    branch: Vec<Unit>,
}

struct Walk<'a> {
    side: &'a Side<'a>,
    captured: Captured,
    /// Groups being filled, outermost first; the first is the run itself.
    levels: Vec<Level>,
    /// Frames that no step has been found for yet.
    frames: Vec<usize>,
    tasks: Vec<Task>,
}

impl Walk<'_> {
    fn step(&mut self, task: &Task) {
        match *task {
            Task::Row(row) => {
                self.take(row);
                self.plan(row + 1, row + self.side.rows[row].subtree as usize);
            }
            Task::Open => self.levels.push(Level::default()),
            Task::NextBranch => self.end_branch(),
            Task::Close => {
                self.end_branch();
                if let Some(level) = self.levels.pop() {
                    self.close(level.done);
                }
            }
        }
    }

    fn take(&mut self, row: usize) {
        let Some(at) = self.side.index[row] else { return };
        if self.side.shown[at].folded {
            self.frames.push(at);
            return;
        }
        let key = self.captured.key(self.side, at);
        let frames = std::mem::take(&mut self.frames);
        self.push(Unit { key, body: Body::Step { at, frames } });
    }

    fn push(&mut self, unit: Unit) {
        if let Some(level) = self.levels.last_mut() {
            level.branch.push(unit);
        }
    }

    fn end_branch(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            let branch = std::mem::take(&mut level.branch);
            if !branch.is_empty() {
                level.done.push(branch);
            }
        }
    }

    /// A group of one branch is that branch.
    fn close(&mut self, mut branches: Vec<Vec<Unit>>) {
        if branches.len() > 1 {
            let key = group_key(&branches);
            return self.push(Unit { key, body: Body::Group(branches) });
        }
        for unit in branches.pop().unwrap_or_default() {
            self.push(unit);
        }
    }

    /// Plans the siblings whose rows begin at `from`, up to `to`.
    fn plan(&mut self, from: usize, to: usize) {
        let mut siblings = Vec::new();
        let mut at = from;
        while at < to {
            siblings.push(at);
            at += (self.side.rows[at].subtree as usize).max(1);
        }
        let planned = self.tasks.len();
        for cluster in siblings.chunk_by_overlap(self.side) {
            self.plan_cluster(&cluster);
        }
        self.tasks[planned..].reverse();
    }

    fn plan_cluster(&mut self, cluster: &[usize]) {
        if cluster.len() == 1 || self.levels.len() > DEPTH {
            self.tasks.extend(cluster.iter().map(|&row| Task::Row(row)));
            return;
        }
        self.tasks.push(Task::Open);
        for &row in cluster {
            self.tasks.extend([Task::Row(row), Task::NextBranch]);
        }
        self.tasks.push(Task::Close);
    }
}

trait Overlapping {
    /// Siblings that ran at the same time, together.
    fn chunk_by_overlap(&self, side: &Side<'_>) -> Vec<Vec<usize>>;
}

impl Overlapping for [usize] {
    fn chunk_by_overlap(&self, side: &Side<'_>) -> Vec<Vec<usize>> {
        let mut clusters: Vec<Vec<usize>> = Vec::new();
        let mut until = None;
        for &row in self {
            let span = times(side, row);
            let joins = span
                .zip(until)
                .is_some_and(|(span, (end, is_model))| span.is_model == is_model && (span.start < end));
            match clusters.last_mut().filter(|_| joins) {
                Some(cluster) => cluster.push(row),
                None => clusters.push(vec![row]),
            }
            let end = until.filter(|_| joins).map_or(0, |(end, _)| end);
            until = span.map(|span| (span.end.max(end), span.is_model));
        }
        clusters
    }
}

#[derive(Clone, Copy)]
struct Times {
    start: u64,
    end: u64,
    /// A model's answer may still stream while the calls it asked for run: these never form a group.
    is_model: bool,
}

/// `None` where nothing is known: such a row runs beside no other.
fn times(side: &Side<'_>, row: usize) -> Option<Times> {
    let step = side.shown[side.index[row]?].step;
    let is_model = step.kind == StepKind::Llm;
    (step.start != 0).then_some(Times { start: step.start, end: step.end, is_model })
}

/// Order means nothing: keys of branches are put in order before they are hashed.
fn group_key(branches: &[Vec<Unit>]) -> Key {
    let of = |part: fn(&Key) -> u64| {
        let branch =
            |branch: &Vec<Unit>| hash(&branch.iter().map(|unit| part(&unit.key)).collect::<Vec<_>>());
        let mut parts: Vec<u64> = branches.iter().map(branch).collect();
        parts.sort_unstable();
        hash(&parts)
    };
    let weight = branches.iter().flatten().fold(0, |sum: u32, unit| sum.saturating_add(unit.key.weight));
    // the kind of its first step: a single call may stand where the other run made several
    let kind = branches.first().and_then(|branch| branch.first()).map_or(0, |unit| unit.key.kind);
    Key { full: of(|key| key.full), decision: of(|key| key.decision), what: of(|key| key.what), kind, weight }
}
