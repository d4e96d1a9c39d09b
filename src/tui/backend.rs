//! What the interface asks of the world, and what it gets back. Implemented over the store's reader by whoever wires
//! the rooms; every call happens on a loader thread, never on the thread that draws.

use std::collections::HashMap;
use std::sync::Arc;

use crate::analyze::tree::{self, Node, Tree};
use crate::model::{
    Content, Resource, RunKey, RunSummary, Scope, Span, SpanId, Step, StepKey, StepStatus, TraceId, UnixNanos,
};

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

    /// Steps of a run that changed after this commit, with the commit they are as of.
    ///
    /// # Errors
    /// As [`Self::revision`].
    fn steps(&mut self, run: RunKey, after_revision: i64) -> Result<(i64, Vec<Step>), String>;

    /// All that is known of one step.
    ///
    /// # Errors
    /// As [`Self::revision`].
    fn detail(&mut self, key: StepKey) -> Result<StepDetail, String>;
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
    /// Input messages before this one were already in the agent's last model call.
    pub new_from: usize,
}

/// Names a row of a run's tree for good, whatever arrives later; a missing parent keeps it when it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowId(pub TraceId, pub SpanId);

/// An open run as the interface holds it: steps without content, and their tree. Never changed once made.
#[derive(Debug)]
pub struct RunView {
    /// Which run.
    pub run: RunKey,
    /// The commit it is as of.
    pub revision: i64,
    /// Its steps in the order of arrival.
    pub steps: Vec<Step>,
    /// Their tree.
    pub tree: Tree,
    /// Earliest start and latest end, for the time axis; both 0 where no time was given.
    pub times: (UnixNanos, UnixNanos),
    /// Whether a step has not ended.
    pub running: bool,
    /// Whether a step is plumbing.
    pub has_plumbing: bool,
    /// Steps that failed.
    pub errors: usize,
    rows: HashMap<RowId, u32>,
}

impl RunView {
    /// Builds the tree of `steps`.
    pub fn new(run: RunKey, revision: i64, steps: Vec<Step>) -> Self {
        let tree = tree::build(&steps);
        Self::with_tree(run, revision, steps, tree)
    }

    /// As [`Self::new`], the tree being given.
    pub fn with_tree(run: RunKey, revision: i64, steps: Vec<Step>, tree: Tree) -> Self {
        let starts = steps.iter().map(|s| s.start).filter(|&t| t != 0).min();
        let ends = steps.iter().map(|s| s.end.max(s.start)).max();
        let mut view = Self {
            run,
            revision,
            times: (starts.unwrap_or(0), ends.unwrap_or(0)),
            running: steps.iter().any(|s| s.end == 0),
            has_plumbing: steps.iter().any(|s| s.plumbing),
            errors: steps.iter().filter(|s| s.status == StepStatus::Error).count(),
            steps,
            tree,
            rows: HashMap::new(),
        };
        view.rows = (0..).zip(&view.tree.rows).map(|(at, row)| (view.id_of(&row.node), at)).collect();
        view
    }

    /// The step of a row; `None` for a parent that has not arrived.
    pub fn step(&self, row: u32) -> Option<&Step> {
        match self.tree.rows.get(row as usize)?.node {
            Node::Step(at) => self.steps.get(at),
            Node::Missing { .. } => None,
        }
    }

    /// The name of a row.
    pub fn id(&self, row: u32) -> Option<RowId> {
        self.tree.rows.get(row as usize).map(|row| self.id_of(&row.node))
    }

    /// The row of this name.
    pub fn row(&self, id: RowId) -> Option<u32> {
        self.rows.get(&id).copied()
    }

    fn id_of(&self, node: &Node) -> RowId {
        match *node {
            Node::Step(at) => RowId(self.steps[at].trace_id, self.steps[at].span_id),
            Node::Missing { trace_id, span_id } => RowId(trace_id, span_id),
        }
    }
}
