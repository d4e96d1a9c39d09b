//! Steps of a run, all of them or those that changed. A long run is read by two connections at once.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rusqlite::{Connection, OptionalExtension as _};

use super::StoreError;
use super::reader::{CACHE, Reader};
use super::rows::read_step;
use super::shared::Shared;
use crate::model::{RunKey, Step};

/// Steps in order of arrival, and the commit that they are as of.
pub type StepsAsOf = (i64, Vec<Arc<Step>>);

/// Steps from which on a run is read through once, not looked into again, and worth a second connection.
const LONG: usize = 10_000;

/// KiB of pages kept where they are read one after the other, each once: memory that was never used before costs more
/// than what is written to it.
const ONCE: i64 = 1024;

/// Steps read in one go: two milliseconds.
const SOME: usize = 1000;

/// Which steps of a run are read: their keys are at least `from` and below `to`.
#[derive(Clone, Copy)]
struct Part {
    run: RunKey,
    /// The commit after which they changed.
    after: i64,
    from: i64,
    to: i64,
}

impl Reader {
    /// Steps of a run that changed after commit `revision` (0: all), in order of arrival, and the commit that they
    /// are as of. They are shared from the start: a list of 100 000 whole ones, and its copy whenever it grows, would be
    /// most of what a reader needs.
    ///
    /// # Errors
    /// SQLite's.
    pub fn steps(&self, run: RunKey, revision: i64) -> Result<StepsAsOf, StoreError> {
        Ok(self.steps_while(run, revision, &mut |_| true)?.unwrap_or_default())
    }

    /// The same for somebody who may stop waiting: every now and then `goes_on` is told how many were read; `None` once it
    /// says no.
    ///
    /// # Errors
    /// SQLite's.
    pub fn steps_while(
        &self,
        run: RunKey,
        revision: i64,
        goes_on: &mut dyn FnMut(usize) -> bool,
    ) -> Result<Option<StepsAsOf>, StoreError> {
        // one transaction, so that the number fits the rows
        let reading = self.conn.unchecked_transaction()?;
        let now = commit(&reading)?;
        let all = Part { run, after: revision, from: i64::MIN, to: i64::MAX };
        let steps = match self.middle(all)? {
            Some(middle) => self.by_two(all, now, middle, goes_on)?,
            None => self.part(all, goes_on)?,
        };
        reading.finish()?;
        if steps.as_ref().is_some_and(|steps| steps.len() > LONG) {
            // pages of a long run are not asked for again: some 16 MB that its tree can use
            self.conn.execute_batch("PRAGMA shrink_memory")?;
        }
        Ok(steps.map(|steps| (now, steps)))
    }

    /// Key of a step about the middle of a long run that is read for the first time.
    fn middle(&self, all: Part) -> Result<Option<i64>, StoreError> {
        if all.after != 0 || self.is_copy() {
            return Ok(None);
        }
        let mut count = self.conn.prepare_cached("SELECT steps FROM run WHERE run_key = ?1")?;
        let count: Option<i64> = count.query_row([all.run.0], |row| row.get(0)).optional()?;
        let Some(count) = count.filter(|&count| usize::try_from(count).is_ok_and(|count| count >= LONG))
        else {
            return Ok(None);
        };
        let mut step = self.conn.prepare_cached(
            "SELECT step_key FROM step WHERE run_key = ?1 ORDER BY revision LIMIT 1 OFFSET ?2",
        )?;
        Ok(step.query_row((all.run.0, count / 2), |row| row.get(0)).optional()?)
    }

    /// The later half is read beside the first, on another thread.
    fn by_two(
        &self,
        all: Part,
        now: i64,
        middle: i64,
        goes_on: &mut dyn FnMut(usize) -> bool,
    ) -> Result<Option<Vec<Arc<Step>>>, StoreError> {
        let (early, later) = (Part { to: middle, ..all }, Part { from: middle, ..all });
        self.set_cache(ONCE)?;
        let (beside, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
        let path = self.path.as_path();
        let (first, second) = std::thread::scope(|scope| {
            let mut counts = |count| {
                beside.store(count, Ordering::Relaxed);
                !is_over.load(Ordering::Relaxed)
            };
            let second = scope.spawn(move || part_beside(path, now, later, &mut counts));
            let first = self.part(early, &mut |count| goes_on(count + beside.load(Ordering::Relaxed)));
            is_over.store(!matches!(first, Ok(Some(_))), Ordering::Relaxed);
            (first, second.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        self.set_cache(CACHE)?;
        let Some(mut steps) = first? else { return Ok(None) };
        let second = match second {
            Ok(Some(steps)) => Some(steps),
            // it saw another commit, or could not be opened once more
            Ok(None) | Err(_) => self.part(later, &mut |count| goes_on(steps.len() + count))?,
        };
        Ok(second.map(|second| {
            steps.extend(second);
            steps
        }))
    }

    fn part(
        &self,
        part: Part,
        goes_on: &mut dyn FnMut(usize) -> bool,
    ) -> Result<Option<Vec<Arc<Step>>>, StoreError> {
        // the plus keeps SQLite from going through the steps of all runs by their keys
        let sql = format!(
            "SELECT {} FROM step JOIN trace USING (trace_key) \
             WHERE step.run_key = ?1 AND revision > ?2 AND +step_key >= ?3 AND +step_key < ?4",
            self.step_columns
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut shared = Shared::default();
        let mut steps: Vec<Arc<Step>> = Vec::new();
        let mut rows = statement.query((part.run.0, part.after, part.from, part.to))?;
        while let Some(row) = rows.next()? {
            steps.push(Arc::new(read_step(row, &mut shared)?));
            if steps.len().is_multiple_of(SOME) && !goes_on(steps.len()) {
                return Ok(None);
            }
        }
        steps.sort_by_key(|step| step.key);
        Ok(Some(steps))
    }
}

/// A part of a run as of commit `now` by a connection of its own; `None` where that sees another commit.
fn part_beside(
    path: &Path,
    now: i64,
    part: Part,
    goes_on: &mut dyn FnMut(usize) -> bool,
) -> Result<Option<Vec<Arc<Step>>>, StoreError> {
    let reader = Reader::open(path)?;
    reader.set_cache(ONCE)?;
    let reading = reader.conn.unchecked_transaction()?;
    if commit(&reading)? != now {
        return Ok(None);
    }
    reader.part(part, goes_on)
}

fn commit(conn: &Connection) -> Result<i64, StoreError> {
    Ok(conn.prepare_cached("SELECT number FROM revision")?.query_row([], |row| row.get(0))?)
}
