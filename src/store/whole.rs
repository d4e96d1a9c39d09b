//! The raw telemetry of one run, in the order of arrival: what an export writes.

use std::sync::Arc;

use super::StoreError;
use super::raw::{LogEntry, RawSpan};
use super::reader::Reader;
use super::replay::Senders;
use crate::model::{LogRecord, Resource, RunKey, Scope, Scoped, Span};

impl Reader {
    /// Hands the spans of a run's traces to `each`, up to `most` at a time, grouped by who sent them.
    ///
    /// # Errors
    /// SQLite's; damage; those of `each`.
    pub fn spans_of<E: From<StoreError>>(
        &self,
        run: RunKey,
        most: usize,
        mut each: impl FnMut(&[Scoped<Span>]) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!(
            "SELECT {} FROM span JOIN trace USING (trace_key) WHERE trace.run_key = ?1 ORDER BY span_key",
            RawSpan::COLUMNS
        );
        let mut statement = self.conn.prepare(&sql).map_err(StoreError::from)?;
        let mut rows = statement.query([run.0]).map_err(StoreError::from)?;
        let (mut senders, mut batch) = (Senders::default(), Batch::default());
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            let raw = RawSpan::read(row).map_err(StoreError::from)?;
            let sender = senders.of(self, raw.source())?;
            batch.push(sender, self.finish(raw)?);
            batch.hand_over(most, &mut each)?;
        }
        batch.hand_over(1, &mut each)
    }

    /// The same of its log records: those in its traces, those that tell a step of it, and of those that stand in no
    /// trace and tell no step the ones that are its by `belongs`.
    ///
    /// # Errors
    /// As [`Self::spans_of`].
    pub fn logs_of<E: From<StoreError>>(
        &self,
        run: RunKey,
        most: usize,
        belongs: impl Fn(&LogRecord, &Resource, &Scope) -> bool,
        mut each: impl FnMut(&[Scoped<LogRecord>]) -> Result<(), E>,
    ) -> Result<(), E> {
        // 1: its own, 0: another's, NULL: nobody's
        const OWN: &str =
            "coalesce(trace.run_key, (SELECT step.run_key FROM step WHERE step_key = -log_key)) = ?1";
        let sql = format!(
            "SELECT {}, {OWN} AS own FROM log_record LEFT JOIN trace USING (trace_key) \
             WHERE {OWN} IS NOT FALSE ORDER BY log_key",
            LogEntry::COLUMNS
        );
        let mut statement = self.conn.prepare(&sql).map_err(StoreError::from)?;
        let mut rows = statement.query([run.0]).map_err(StoreError::from)?;
        let (mut senders, mut batch) = (Senders::default(), Batch::default());
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            let sender = senders.of(self, LogEntry::source(row).map_err(StoreError::from)?)?;
            let log = self.log(row)?;
            let own: Option<bool> = row.get("own").map_err(StoreError::from)?;
            if own == Some(true) || belongs(&log, &sender.0, &sender.1) {
                batch.push(sender, log);
            }
            batch.hand_over(most, &mut each)?;
        }
        batch.hand_over(1, &mut each)
    }
}

/// Records that wait to be handed over.
struct Batch<T> {
    scoped: Vec<Scoped<T>>,
    count: usize,
}

impl<T> Default for Batch<T> {
    fn default() -> Self {
        Self { scoped: Vec::new(), count: 0 }
    }
}

impl<T> Batch<T> {
    fn push(&mut self, (resource, scope): (Arc<Resource>, Arc<Scope>), record: T) {
        self.count += 1;
        let same =
            |one: &&mut Scoped<T>| Arc::ptr_eq(&one.resource, &resource) && Arc::ptr_eq(&one.scope, &scope);
        match self.scoped.iter_mut().find(same) {
            Some(one) => one.records.push(record),
            None => self.scoped.push(Scoped { resource, scope, records: vec![record] }),
        }
    }

    /// Hands over if there are `most` or more.
    fn hand_over<E>(
        &mut self,
        most: usize,
        each: &mut impl FnMut(&[Scoped<T>]) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.count < most {
            return Ok(());
        }
        let Self { scoped, .. } = std::mem::take(self);
        each(&scoped)
    }
}
