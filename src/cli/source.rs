//! What the commands read from a database: the only place here that knows the store's reader.

use std::path::Path;

use crate::analyze::tree::{self, Tree};
use crate::model::{Finding, RunSummary, Step};
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
}
