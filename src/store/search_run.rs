//! Full-text search within one run: which of its steps were the first in it to use a text that holds the words.

use std::collections::BTreeSet;

use super::search::{HANDFUL, Mark, ROUNDS, SoFar};
use super::words::Typed;
use super::{Reader, StoreError};
use crate::model::{RunKey, StepKey};

impl Reader {
    /// Steps of a run that were the first in it to hold every word of `typed` in one text: asked, said, passed to a tool or
    /// returned by it. What later calls repeat of it is not found again. After each handful of texts `goes_on` is told the
    /// steps found so far; `None` once it says no.
    ///
    /// # Errors
    /// SQLite's.
    pub fn search_run(
        &self,
        run: RunKey,
        typed: &str,
        goes_on: &mut dyn FnMut(SoFar<'_, StepKey>) -> bool,
    ) -> Result<Option<BTreeSet<StepKey>>, StoreError> {
        let mut found = BTreeSet::new();
        let Some(typed) = Typed::of(typed) else { return Ok(Some(found)) };
        let extent = self.extent()?;
        for (round, (index, _)) in ROUNDS.iter().enumerate() {
            let mut mark = Mark { round, ..Mark::default() };
            loop {
                let texts = self.texts(mark, &typed, HANDFUL)?;
                let Some(&last) = texts.last() else { break };
                mark.below = last;
                for text in texts {
                    if index.is_of_pieces {
                        self.users_in_run(run, text, &mut found)?;
                    } else if let Some((of, step)) = self.run_of(text)?
                        && of == run
                    {
                        found.extend(step.map(StepKey));
                    }
                }
                if !goes_on(SoFar { found: &found, percent: extent.percent(mark) }) {
                    return Ok(None);
                }
            }
        }
        Ok(Some(found))
    }

    /// Adds the step of each trace of a run that used a piece first; a log record is looked for by what it tells.
    fn users_in_run(&self, run: RunKey, piece: i64, found: &mut BTreeSet<StepKey>) -> Result<(), StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT trace_key, span_key FROM piece_use WHERE piece_key = ?1 \
             AND trace_key IN (SELECT trace_key FROM trace WHERE run_key = ?2)",
        )?;
        let mut rows = statement.query((piece, run.0))?;
        while let Some(row) = rows.next()? {
            let (trace, span): (i64, i64) = (row.get(0)?, row.get(1)?);
            let key = if span == 0 { self.log_with(trace, piece)?.map(|log| log.step) } else { Some(span) };
            found.extend(key.map(StepKey));
        }
        Ok(())
    }
}
