//! What the interface asks of the world, and what it gets back. Implemented over the store's reader by whoever wires
//! the rooms; every call happens on a loader thread, never on the thread that draws.

mod course;
mod kin;
mod layouts;
mod scene;

use std::collections::BTreeSet;
use std::hash::{Hash as _, Hasher as _};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use rustc_hash::{FxHashMap, FxHasher};

use crate::analyze::diff::Facts;
use crate::analyze::handoff_graph::HandoffGraph;
use crate::analyze::replay::Replay;
use crate::analyze::tree::{self, Declared, Node, Tree};
use crate::model::{
    Content, Cost, CostTotal, Explanation, Finding, LogRecord, Remark, Resource, RunKey, RunSummary, Scope,
    Span, SpanId, Step, StepKey, StepKind, StepStatus, TokenTotals, TraceId, UnixNanos, Usage,
};
use crate::report::cost::{ModelSum, by_model};
use crate::store::{HitPage, Mark, SoFar, StepsAsOf};

use super::marks::Marks;

use layouts::Layouts;

pub use course::Course;
pub use layouts::Lens;
pub use scene::SceneAsked;

/// Reads a database; one per loader thread.
pub trait Backend: Send {
    /// Number of the newest commit.
    ///
    /// # Errors
    /// One line for people: what failed, on what, what to do.
    fn revision(&mut self) -> Result<i64, String>;

    /// Runs that changed after this commit; 0 asks for all.
    ///
    /// # Errors
    /// As [`Self::revision`].
    fn runs(&mut self, after_revision: i64) -> Result<Vec<RunSummary>, String>;

    /// The runs that were begun last, `count` at most, in no order.
    ///
    /// # Errors
    /// As [`Self::revision`].
    fn newest_runs(&mut self, count: u32) -> Result<Vec<RunSummary>, String>;

    /// Runs that hold every word of `typed` in any text, ascending. `goes_on` is told those found so far every now and then;
    /// `None` once it says no.
    ///
    /// # Errors
    /// As [`Self::revision`].
    fn search_runs(
        &mut self,
        typed: &str,
        goes_on: &mut dyn FnMut(SoFar<'_, RunKey>) -> bool,
    ) -> Result<Option<Vec<RunKey>>, String>;

    /// Texts that hold every word of `typed`, from `mark` on. `goes_on` is asked between them; once it says no, what is found
    /// by then is given.
    ///
    /// # Errors
    /// As [`Self::revision`].
    fn search_texts(
        &mut self,
        typed: &str,
        mark: Mark,
        limit: usize,
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<HitPage, String>;

    /// Steps of a run that were the first in it to hold every word of `typed` in a text. `goes_on` is told those found so far
    /// every now and then; `None` once it says no.
    ///
    /// # Errors
    /// As [`Self::revision`].
    fn search_run(
        &mut self,
        run: RunKey,
        typed: &str,
        goes_on: &mut dyn FnMut(SoFar<'_, StepKey>) -> bool,
    ) -> Result<Option<BTreeSet<StepKey>>, String>;

    /// Steps of a run that changed after this commit, with the commit they are as of. `goes_on` is told how many were read
    /// every now and then; `None` once it says no.
    ///
    /// # Errors
    /// As [`Self::revision`].
    fn steps(
        &mut self,
        run: RunKey,
        after_revision: i64,
        goes_on: &mut dyn FnMut(usize) -> bool,
    ) -> Result<Option<StepsAsOf>, String>;

    /// What is to be flagged in a run, the most wasteful first. `steps` are as `tree` tells them. Looked for anew with every
    /// view, as the run has it then, by the rules of this program: the store's findings are as of a moment ago and maybe of
    /// an older program, and marks must lie on rows that are there.
    ///
    /// # Errors
    /// As [`Self::revision`].
    fn findings(&mut self, run: RunKey, steps: &[Arc<Step>], tree: &Tree) -> Result<Vec<Finding>, String>;

    /// What was flagged in a run when it last changed, the worst first, dismissed ones left out. Cheap: for the list, which
    /// does not read steps.
    ///
    /// # Errors
    /// As [`Self::revision`].
    fn remarks(&mut self, run: RunKey) -> Result<Vec<Remark>, String>;

    /// Remembers that a finding is dismissed, or is no longer; gives the run with its findings counted anew.
    ///
    /// # Errors
    /// As [`Self::revision`].
    fn dismiss(&mut self, run: RunKey, finding: &Finding, dismissed: bool)
    -> Result<Vec<RunSummary>, String>;

    /// Runs that were deleted after this commit; of none that were before the first, 0.
    ///
    /// # Errors
    /// As [`Self::revision`].
    fn deleted_runs(&mut self, after_revision: i64) -> Result<Vec<RunKey>, String>;

    /// Deletes runs for good; gives how many there were. Waits for the commit.
    ///
    /// # Errors
    /// As [`Self::revision`]; nothing writes this database.
    fn delete(&mut self, runs: Vec<RunKey>) -> Result<usize, String>;

    /// All that is known of one step; of a call that counts also why it costs what it does.
    ///
    /// # Errors
    /// As [`Self::revision`].
    fn detail(&mut self, asked: &Asked) -> Result<StepDetail, String>;

    /// What was captured of the step that these records tell of, as a comparison wants to know it.
    ///
    /// # Errors
    /// As [`Self::revision`].
    fn facts(&mut self, keys: &[StepKey]) -> Result<Facts, String>;
}

/// One step whole: its telemetry as it came in and the content found in it.
#[derive(Clone, Debug)]
pub struct StepDetail {
    /// The span.
    pub span: Span,
    /// Who sent it.
    pub resource: Arc<Resource>,
    /// The instrumentation that made it.
    pub scope: Arc<Scope>,
    /// What it saw and said.
    pub content: Content,
    /// Log records tied to it, in order of time.
    pub logs: Vec<LogRecord>,
    /// Input messages before this one were already in the agent's last model call.
    pub new_from: usize,
    /// That call, of a model call that follows one.
    pub before: Option<Before>,
    /// What became of the calls that a model call asked for, as far as the run knows.
    pub answers: Vec<Answer>,
    /// Why it costs what it does, of a call that counts.
    pub cost: Option<Explanation>,
}

/// The model call that an agent made before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Before {
    /// Its tokens.
    pub usage: Usage,
    /// Messages that it was given.
    pub messages: usize,
}

/// What became of a tool call that a model asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Which call of the model's answer, counted from 0.
    pub call: usize,
    /// How the step stands that carried it out, where there is one.
    pub status: Option<StepStatus>,
    /// How long that took, nanoseconds.
    pub took: Option<u64>,
    /// What it returned: told by that step, or to the agent's next model call.
    pub result: Option<String>,
    /// What went wrong, one line.
    pub error: Option<String>,
}

/// A step whose detail is asked for, with what its run knows of it. Equal where the same would be shown.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The step.
    pub step: Arc<Step>,
    /// Other reports of its call; they have no row of their own.
    pub also: Vec<Arc<Step>>,
    /// Whether its own figures are in the sums: not if the steps below it tell them again.
    pub counted: bool,
    /// Whether it adds to the sums, if only as an answered call that tells nothing.
    pub has_figures: bool,
    /// Tokens of its own call, with details that other reports know.
    pub usage: Usage,
    /// Cost of its own call, as the sums hold it.
    pub cost: Option<Cost>,
    /// Tokens of all its calls, its own among them.
    pub tokens: TokenTotals,
    /// Cost of all its calls.
    pub sums: CostTotal,
    /// What it says of itself that its steps below add up to otherwise.
    pub declared: Option<Declared>,
    /// Digest of what followed a model call, in which the outcome of the calls that it asked for is told.
    sequel: u64,
    /// The run as of then, and the row in it.
    of: (Arc<RunView>, u32),
}

impl PartialEq for Asked {
    fn eq(&self, other: &Self) -> bool {
        let figures =
            |a: &Self| (a.counted, a.has_figures, a.usage, a.cost, a.tokens, a.sums, a.declared, a.sequel);
        self.step == other.step && self.also == other.also && figures(self) == figures(other)
    }
}

impl Asked {
    /// The calls of the step and those below it, by model. Goes through all of them: for loader threads.
    pub fn sums_below(&self) -> Vec<ModelSum<'_>> {
        let (view, row) = (&self.of.0, self.of.1 as usize);
        let rows = view.tree.rows.get(row..).unwrap_or_default();
        let len = rows.first().map_or(0, |row| row.subtree as usize).min(rows.len());
        by_model(&rows[..len], |row| match row.node {
            Node::Step(at) => view.steps.get(at).map(|step| &**step),
            Node::Missing { .. } => None,
        })
    }
}

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
    layouts: Layouts,
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
    /// By row whether it is plumbing and did not fail; empty where there is none.
    plumbing: Vec<bool>,
    /// Rows of steps that failed, ascending.
    pub errors: Vec<u32>,
    /// The row whose step began last.
    pub newest: u32,
    /// Who gave the work to whom.
    pub graph: HandoffGraph,
    rows: FxHashMap<RowId, u32>,
    course: OnceLock<Course>,
    replay: OnceLock<Replay>,
}

impl RunView {
    /// Builds the tree of `steps`; nothing is found in it yet.
    pub fn new(run: RunKey, revision: i64, steps: impl IntoIterator<Item = impl Into<Arc<Step>>>) -> Self {
        let steps = steps.into_iter().map(Into::into).collect();
        let shape = Arc::new(Shape::new(run, revision, steps));
        Self { marks: Marks::default(), shape, layouts: Layouts::default() }
    }

    /// The same with its findings, as [`Backend::findings`] gives them.
    #[must_use]
    pub fn with(&self, findings: Vec<Finding>) -> Self {
        let marks = Marks::of(findings, &self.steps, &self.tree);
        Self { marks, shape: Arc::clone(&self.shape), layouts: Layouts::default() }
    }

    /// What the detail of a row is made of; `None` for a parent that has not arrived.
    pub fn asked(self: &Arc<Self>, at: u32) -> Option<Asked> {
        let step = Arc::clone(self.shared_step(at)?);
        let row = self.tree.rows.get(at as usize)?;
        let also = row.also.iter().filter_map(|&at| self.steps.get(at).cloned()).collect();
        Some(Asked {
            step,
            also,
            counted: row.counted,
            has_figures: row.has_figures,
            usage: row.usage,
            cost: row.own_cost,
            tokens: row.tokens,
            sums: row.cost,
            declared: row.declared,
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
        let starts = steps.iter().map(|s| s.start).filter(|&t| t != 0).min();
        let ends = steps.iter().map(|s| s.end.max(s.start)).max();
        let mut shape = Self {
            run,
            revision,
            times: (starts.unwrap_or(0), ends.unwrap_or(0)),
            has_plumbing: steps.iter().any(|s| s.plumbing),
            plumbing: Vec::new(),
            graph: HandoffGraph::of(&steps, &tree),
            tree,
            steps,
            errors: Vec::new(),
            newest: 0,
            rows: FxHashMap::default(),
            course: OnceLock::new(),
            replay: OnceLock::new(),
        };
        shape.index();
        shape
    }

    /// Notes what is looked for later, so that no key has to go through all rows.
    fn index(&mut self) {
        let len = u32::try_from(self.tree.rows.len()).unwrap_or(u32::MAX);
        let failed = |row: &u32| self.step(*row).is_some_and(|step| step.status == StepStatus::Error);
        let start = |row: &u32| self.step(*row).map_or(0, |step| step.start);
        let rows = (0..len).filter_map(|row| Some((self.id(row)?, row))).collect();
        let errors = (0..len).filter(failed).collect();
        let is_quiet = |step: &Step| step.plumbing && step.status != StepStatus::Error;
        let plumbing = 0..if self.has_plumbing { len } else { 0 };
        let plumbing = plumbing.map(|row| self.step(row).is_some_and(is_quiet)).collect();
        self.newest = (0..len).max_by_key(start).unwrap_or(0);
        (self.errors, self.rows, self.plumbing) = (errors, rows, plumbing);
    }

    /// The step of a row; `None` for a parent that has not arrived.
    pub fn step(&self, row: u32) -> Option<&Step> {
        self.shared_step(row).map(|step| &**step)
    }

    /// The step of a row, to be kept.
    pub fn shared_step(&self, row: u32) -> Option<&Arc<Step>> {
        match self.tree.rows.get(row as usize)?.node {
            Node::Step(at) => self.steps.get(at),
            Node::Missing { .. } => None,
        }
    }

    /// What it had cost step after step, and what its end waited for: told by few keys, worked out at the first.
    pub fn course(&self) -> &Course {
        self.course.get_or_init(|| Course::of(self))
    }

    /// The name of a row.
    pub fn id(&self, row: u32) -> Option<RowId> {
        match self.tree.rows.get(row as usize)?.node {
            Node::Step(at) => self.steps.get(at).map(|step| RowId(step.trace_id, step.span_id)),
            Node::Missing { trace_id, span_id } => Some(RowId(trace_id, span_id)),
        }
    }

    /// The row of this name.
    pub fn row(&self, id: RowId) -> Option<u32> {
        self.rows.get(&id).copied()
    }
}
