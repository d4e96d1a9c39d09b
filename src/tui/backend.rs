//! What the interface asks of the world, and what it gets back. Implemented over the store's reader by whoever wires
//! the rooms; every call happens on a loader thread, never on the thread that draws.

mod course;
mod index;
mod kin;
mod layouts;
mod likeness;
mod scene;
mod view;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::analyze::diff::Facts;
use crate::analyze::tree::{Declared, Node, Tree};
use crate::model::{
    Content, Cost, CostTotal, Explanation, Finding, Gist, LogRecord, Remark, Resource, RunKey, RunSummary,
    Scope, Span, Step, StepKey, StepKind, StepStatus, TokenTotals, Usage,
};
use crate::report::cost::{ModelSum, by_model};
use crate::store::{HitPage, Mark, SoFar, StepsAsOf};

pub use course::Course;
pub use layouts::Lens;
pub use likeness::{Likeness, told};
pub use scene::SceneAsked;
pub use view::{RowId, RunView, Shape};

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

    /// What a step was about, told by the first of its records that knows.
    ///
    /// # Errors
    /// As [`Self::revision`].
    fn gist(&mut self, asked: &GistAsked) -> Result<Option<Gist>, String>;
}

/// A row whose gist is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GistAsked {
    /// What the step is.
    pub kind: StepKind,
    /// The step, which the row is known by.
    pub key: StepKey,
    /// Other reports of its call.
    pub also: Vec<StepKey>,
}

impl GistAsked {
    /// All records that tell of it, the step's own first.
    pub fn keys(&self) -> impl Iterator<Item = StepKey> {
        std::iter::once(self.key).chain(self.also.iter().copied())
    }
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
