//! Steps of a run, read back within the transaction that may just have written them.

use rusqlite::OptionalExtension as _;
use rustc_hash::FxHashSet;

use super::StoreError;
use super::group::{Group, Trace};
use super::rows::{STEP, read_step};
use super::shared::Shared;
use crate::model::{RunKey, SpanId, Step, TraceId};

impl Group<'_> {
    /// Calls `each` with every step of a run, of one trace alone if one is given, in order of arrival.
    ///
    /// # Errors
    /// SQLite's.
    pub fn for_each_step(
        &self,
        run: RunKey,
        trace: Option<Trace>,
        mut each: impl FnMut(Step),
    ) -> Result<(), StoreError> {
        let sql = format!(
            "SELECT {STEP} FROM step JOIN trace USING (trace_key) \
             WHERE step.run_key = ?1 AND (?2 IS NULL OR step.trace_key = ?2) ORDER BY step_key"
        );
        let mut statement = self.writer.conn.prepare_cached(&sql)?;
        let mut rows = statement.query((run.0, trace.map(|t| t.key)))?;
        let mut shared = Shared::default();
        while let Some(row) = rows.next()? {
            each(read_step(row, &mut shared)?);
        }
        Ok(())
    }

    /// The `count` steps of a run that came or changed last, with all that stands above them in their traces, in order of
    /// arrival. Work does not grow with the run.
    ///
    /// # Errors
    /// SQLite's.
    pub fn last_steps(&self, run: RunKey, count: usize) -> Result<Vec<Step>, StoreError> {
        let sql = format!(
            "SELECT {STEP} FROM (SELECT * FROM step WHERE run_key = ?1 ORDER BY revision DESC LIMIT ?2) \
             JOIN trace USING (trace_key)"
        );
        let mut statement = self.writer.conn.prepare_cached(&sql)?;
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let mut shared = Shared::default();
        let mut steps: Vec<Step> = statement
            .query_map((run.0, count), |row| read_step(row, &mut shared))?
            .collect::<Result<_, _>>()?;
        self.add_ancestors(run, &mut steps)?;
        steps.sort_by_key(|step| step.key);
        Ok(steps)
    }

    /// Adds what stands above the steps, level by level; each parent is asked for once.
    fn add_ancestors(&self, run: RunKey, steps: &mut Vec<Step>) -> Result<(), StoreError> {
        let mut known: FxHashSet<(TraceId, SpanId)> =
            steps.iter().map(|step| (step.trace_id, step.span_id)).collect();
        let mut at = 0;
        while let Some(step) = steps.get(at) {
            at += 1;
            let parent = step.parent_span_id.map(|id| (step.parent_trace(), id));
            if let Some(parent) = parent.filter(|parent| known.insert(*parent)) {
                steps.extend(self.step_of_span(run, parent)?);
            }
        }
        Ok(())
    }

    /// The first step that a span of a run tells.
    fn step_of_span(
        &self,
        run: RunKey,
        (trace_id, span_id): (TraceId, SpanId),
    ) -> Result<Option<Step>, StoreError> {
        let sql = format!(
            "SELECT {STEP} FROM (SELECT span_key, variant FROM trace JOIN span USING (trace_key) \
             WHERE trace_id = ?1 AND span_id = ?2) JOIN step ON step_key = span_key JOIN trace USING (trace_key) \
             WHERE step.run_key = ?3 ORDER BY variant LIMIT 1"
        );
        let mut statement = self.writer.conn.prepare_cached(&sql)?;
        let span_id = span_id.as_u64().cast_signed();
        Ok(statement
            .query_row((&trace_id.as_bytes()[..], span_id, run.0), |row| {
                read_step(row, &mut Shared::default())
            })
            .optional()?)
    }
}
