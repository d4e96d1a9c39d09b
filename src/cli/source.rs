//! What the commands read from a database: the only place here that knows the store's reader.

use std::path::Path;

use anyhow::bail;

use crate::analyze::tree::Tree;
use crate::model::{Finding, RunSummary, Step};

/// A database open for reading.
pub(super) struct Source;

/// One run with all that is known of it, content left out.
pub(super) struct Loaded {
    pub(super) run: RunSummary,
    pub(super) steps: Vec<Step>,
    pub(super) tree: Tree,
    pub(super) findings: Vec<Finding>,
}

impl Source {
    /// Opens the database at `path`, which must exist.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        bail!("cannot read {}: this build has no store", path.display())
    }

    /// All runs, oldest first.
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "the store is joined here")]
    pub(super) fn runs(&self) -> anyhow::Result<Vec<RunSummary>> {
        Ok(Vec::new())
    }

    /// The run with this unique beginning of its id, or the `latest`.
    #[expect(clippy::unused_self, reason = "the store is joined here")]
    pub(super) fn load(&self, wanted: &str) -> anyhow::Result<Loaded> {
        bail!("no run {wanted}")
    }
}
