//! An open run as the interface holds it.

use std::hash::{Hash as _, Hasher as _};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use rustc_hash::{FxHashMap, FxHasher};

use super::index::{Index, name, step_of};
use super::layouts::Layouts;
use super::{Asked, Course, Likeness};
use crate::analyze::handoff_graph::HandoffGraph;
use crate::analyze::replay::Replay;
use crate::analyze::tree::{self, Tree};
use crate::model::{Finding, RunKey, SpanId, Step, StepKind, TraceId, UnixNanos};
use crate::tui::marks::Marks;

/// Names a row of a run's tree for good, whatever arrives later; a missing parent keeps it when it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowId(pub TraceId, pub SpanId);

/// An open run as the interface holds it: its shape, and what was found in it. Never changed once made.
#[derive(Debug)]
pub struct RunView {
    /// What was found in it.
    pub marks: Marks,
    /// Shared with the view that was shown before anything was looked for.
    shape: Arc<Shape>,
    /// What was found shows in them.
    pub(super) layouts: Layouts,
}

impl Deref for RunView {
    type Target = Shape;

    fn deref(&self) -> &Shape {
        &self.shape
    }
}

/// What a view shows: steps without content, and their tree. The next one shares the steps that did not change.
#[derive(Debug)]
pub struct Shape {
    /// Which run.
    pub run: RunKey,
    /// The commit it is as of.
    pub revision: i64,
    /// Its steps in the order of arrival.
    pub steps: Vec<Arc<Step>>,
    /// Their tree.
    pub tree: Tree,
    /// Earliest start and latest end, for the time axis; both 0 where no time was given.
    pub times: (UnixNanos, UnixNanos),
    /// Whether a step is plumbing.
    pub has_plumbing: bool,
    /// By row whether it is folded away as plumbing; empty where there is none.
    pub(super) plumbing: Vec<bool>,
    /// Rows of steps that failed, plumbing left out, ascending.
    pub errors: Vec<u32>,
    /// By row when its step began, 0 where no time is known: to ask 100 000 steps takes five milliseconds.
    pub starts: Vec<UnixNanos>,
    /// The row whose step began last.
    pub newest: u32,
    /// Who gave the work to whom.
    pub graph: HandoffGraph,
    rows: FxHashMap<RowId, u32>,
    course: OnceLock<Course>,
    likeness: OnceLock<Likeness>,
    pub(super) replay: OnceLock<Replay>,
}

impl RunView {
    /// Builds the tree of `steps`; nothing is found in it yet.
    pub fn new(run: RunKey, revision: i64, steps: impl IntoIterator<Item = impl Into<Arc<Step>>>) -> Self {
        let steps = steps.into_iter().map(Into::into).collect();
        let shape = Arc::new(Shape::new(run, revision, steps));
        Self { marks: Marks::default(), shape, layouts: Layouts::default() }
    }

    /// The same with its findings, as `Backend::findings` gives them.
    #[must_use]
    pub fn with(&self, findings: Vec<Finding>) -> Self {
        let marks = Marks::of(findings, &self.steps, &self.tree);
        Self { marks, shape: Arc::clone(&self.shape), layouts: Layouts::default() }
    }

    /// What the detail of a row is made of; `None` for a parent that has not arrived.
    pub fn asked(self: &Arc<Self>, at: u32) -> Option<Asked> {
        let step = Arc::clone(self.shared_step(at)?);
        let row = self.tree.rows.get(at as usize)?;
        let also = row.also().iter().filter_map(|&at| self.steps.get(at).cloned()).collect();
        Some(Asked {
            step,
            also,
            counted: row.counted,
            has_figures: row.has_figures,
            usage: *row.usage,
            cost: row.own_cost,
            tokens: row.tokens(),
            sums: row.cost(),
            declared: row.declared(),
            sequel: self.sequel(at),
            of: (Arc::clone(self), at),
        })
    }

    /// What followed a model call: rows after it, as far as the steps that it asked for are likely to stand.
    fn sequel(&self, at: u32) -> u64 {
        const FAR: u32 = 40;
        let mut hasher = FxHasher::default();
        if self.step(at).is_some_and(|step| step.kind == StepKind::Llm) {
            for step in (at + 1..at + FAR).filter_map(|row| self.step(row)) {
                (step.key.0, step.status, step.end).hash(&mut hasher);
            }
        }
        hasher.finish()
    }
}

impl Shape {
    fn new(run: RunKey, revision: i64, mut steps: Vec<Arc<Step>>) -> Self {
        let mut tree = tree::build(&steps);
        for (at, step) in std::mem::take(&mut tree.merged) {
            steps[at] = Arc::new(step);
        }
        let (index, graph) = Index::and_graph(&steps, &tree);
        let Index { times, plumbing, has_plumbing, errors, starts, newest, rows } = index;
        Self {
            run,
            revision,
            steps,
            tree,
            times,
            has_plumbing,
            plumbing,
            errors,
            starts,
            newest,
            graph,
            rows,
            course: OnceLock::new(),
            likeness: OnceLock::new(),
            replay: OnceLock::new(),
        }
    }

    /// Whether two rows have one name: two services may share a span id.
    pub(in crate::tui) fn repeats_names(&self) -> bool {
        self.rows.len() < self.tree.rows.len()
    }

    /// The step of a row; `None` for a parent that has not arrived.
    pub fn step(&self, row: u32) -> Option<&Step> {
        self.shared_step(row).map(|step| &**step)
    }

    /// The step of a row, to be kept.
    pub fn shared_step(&self, row: u32) -> Option<&Arc<Step>> {
        step_of(self.tree.rows.get(row as usize)?, &self.steps)
    }

    /// What it had cost step after step, and what its end waited for: told by few keys, worked out at the first.
    pub fn course(&self) -> &Course {
        self.course.get_or_init(|| Course::of(self))
    }

    /// Which rows are alike, worked out at the first call.
    pub fn likeness(&self) -> &Likeness {
        self.likeness.get_or_init(|| Likeness::of(self))
    }

    /// The same where it was worked out.
    pub fn known_likeness(&self) -> Option<&Likeness> {
        self.likeness.get()
    }

    /// The name of a row.
    pub fn id(&self, row: u32) -> Option<RowId> {
        name(self.tree.rows.get(row as usize)?, &self.steps)
    }

    /// The row of this name.
    pub fn row(&self, id: RowId) -> Option<u32> {
        self.rows.get(&id).copied()
    }
}
