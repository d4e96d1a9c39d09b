//! Runs deleted by the writer thread, between one group and the next.

use std::time::{Duration, Instant};

use super::inlet::{Deleted, Refusal};
use super::pipeline::{News, RETRY, Worker};
use crate::model::RunKey;
use crate::store::StoreError;

/// Runs that go in one transaction: some ten milliseconds.
const AT_ONCE: usize = 100;
/// How long a program that ends still sweeps out what deleted runs left; the rest is the next one's.
const LAST_SWEEP: Duration = Duration::from_secs(2);

impl Worker {
    /// Deletes runs and answers.
    pub(super) fn delete(&mut self, runs: &[RunKey], answer: Deleted) {
        let gone = runs.chunks(AT_ONCE).try_fold(0, |gone, some| Ok(gone + self.delete_some(some)?));
        // books of runs that are gone, or of what was not kept, are worth nothing
        self.forget();
        answer(gone.map_err(|error: StoreError| {
            tracing::warn!(%error, "runs were not deleted");
            Refusal::Unavailable(error.to_string())
        }));
    }

    fn delete_some(&mut self, runs: &[RunKey]) -> Result<usize, StoreError> {
        let mut group = self.writer.begin()?;
        let mut gone = 0;
        for run in runs {
            gone += usize::from(group.delete_run(*run)?);
        }
        let revision = group.commit()?;
        self.litter = Some(Duration::ZERO);
        (self.notify)(News::Committed(revision));
        Ok(gone)
    }

    /// Sweeps out a little of what deleted runs left.
    pub(super) fn sweep(&mut self) {
        self.litter = match self.writer.sweep() {
            Ok(true) => Some(Duration::ZERO),
            Ok(false) => None,
            Err(error) => {
                tracing::warn!(%error, "what deleted runs left is swept out later");
                Some(RETRY)
            }
        };
    }

    /// Sweeps for as long as a program that ends may take.
    pub(super) fn sweep_last(&mut self) {
        let end = Instant::now() + LAST_SWEEP;
        while self.litter == Some(Duration::ZERO) && Instant::now() < end {
            self.sweep();
        }
    }
}
