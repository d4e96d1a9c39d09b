//! Store and ingest as one thing that starts and stops: the only place here that knows how they are joined.

use std::path::Path;

use anyhow::bail;

use crate::ingest::Inlet;

/// The writer thread with its database.
pub(super) struct Pipeline;

impl Pipeline {
    /// Opens or makes the database at `path` and starts the writer.
    pub(super) fn start(path: &Path) -> anyhow::Result<(Inlet, Self)> {
        bail!("cannot write {}: this build has no store", path.display())
    }

    /// Commits what was submitted and closes the database. All inlets must be gone.
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "the store is joined here")]
    pub(super) fn stop(self) -> anyhow::Result<()> {
        Ok(())
    }
}
