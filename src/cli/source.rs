//! What the commands read from a database: the only place here that knows the store's reader.

use std::path::Path;

use super::explain;
use crate::analyze::tree::{self, Row, Tree};
use crate::model::{Finding, RunSummary, Step};
use crate::price::Prices;
use crate::report::cost::{self, Call};
use crate::store::{Reader, StoreError};

/// A database open for reading.
pub(super) struct Source(Reader);

/// One run with all that is known of it, content left out.
pub(super) struct Loaded {
    pub(super) run: RunSummary,
    pub(super) steps: Vec<Step>,
    pub(super) tree: Tree,
    pub(super) findings: Vec<Finding>,
}

impl Source {
    /// Opens the database at `path`, which must exist.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        Reader::open(path).map(Self)
    }

    /// All runs, oldest first.
    pub(super) fn runs(&self) -> Result<Vec<RunSummary>, StoreError> {
        self.0.runs(0)
    }

    /// The run with this unique beginning of its id, or the `latest`.
    pub(super) fn load(&self, wanted: &str) -> Result<Loaded, StoreError> {
        let run = self.0.find_run(wanted)?;
        let (_, mut steps) = self.0.steps(run.key, 0)?;
        let mut tree = tree::build(&steps);
        for (at, step) in std::mem::take(&mut tree.merged) {
            steps[at] = step;
        }
        Ok(Loaded { run, steps, tree, findings: Vec::new() })
    }

    /// What each call of a run costs and why, in display order.
    pub(super) fn explain<'a>(
        &self,
        prices: &Prices,
        steps: &'a [Step],
        tree: &'a Tree,
    ) -> Result<Vec<Call<'a>>, StoreError> {
        let explained = |(index, row, step): (usize, &Row, &'a Step)| {
            let why = explain::call(&self.0, prices, step, &row.usage, row.own_cost)?;
            Ok(Call { index, step, cost: row.own_cost, why })
        };
        cost::counted(steps, tree).map(explained).collect()
    }
}
