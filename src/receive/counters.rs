//! What came in and what was turned away, since the start.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::ingest::Refusal;
use crate::model::{Export, IntakeCounts};

use super::refused::Refused;

/// Shared counters.
#[derive(Clone, Debug, Default)]
pub(super) struct Counters(Arc<Mutex<IntakeCounts>>);

/// What one export adds once it is committed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Amount {
    spans: u64,
    logs: u64,
    metrics: u64,
    bytes: u64,
}

impl Amount {
    pub(super) fn of(export: &Export, bytes: usize) -> Self {
        Self {
            spans: export.spans.iter().map(|s| s.records.len() as u64).sum(),
            logs: export.logs.iter().map(|s| s.records.len() as u64).sum(),
            metrics: export.metrics.iter().map(|s| s.records.len() as u64).sum(),
            bytes: bytes as u64,
        }
    }
}

impl Counters {
    /// A copy of now.
    pub(super) fn snapshot(&self) -> IntakeCounts {
        self.lock().clone()
    }

    /// An export was committed, or refused by the store.
    pub(super) fn answered(&self, amount: Amount, result: &Result<(), Refusal>) {
        match result {
            Ok(()) => self.lock().add(amount),
            Err(Refusal::Unavailable(why)) => self.lock().store_trouble = Some(one_line(why)),
            Err(Refusal::Stopping) => {}
        }
    }

    /// A record inside an accepted request was left out.
    pub(super) fn rejected(&self, records: u64, why: &str) {
        let mut counts = self.lock();
        counts.rejected += records;
        counts.last_refusal = Some(one_line(why));
    }

    /// A whole request was turned away.
    pub(super) fn refused(&self, place: &str, refused: &Refused) {
        let mut counts = self.lock();
        let count = if refused.is_temporary() { &mut counts.refused } else { &mut counts.bad_requests };
        *count += 1;
        counts.last_refusal = Some(one_line(&format!("{place}: {refused}")));
    }

    /// Counters are plain numbers, whole at every moment: a panic elsewhere does not spoil them.
    fn lock(&self) -> MutexGuard<'_, IntakeCounts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

trait Add {
    fn add(&mut self, amount: Amount);
}

impl Add for IntakeCounts {
    fn add(&mut self, amount: Amount) {
        self.requests += 1;
        self.spans += amount.spans;
        self.logs += amount.logs;
        self.metrics += amount.metrics;
        self.bytes += amount.bytes;
        self.store_trouble = None;
    }
}

/// Senders choose some of these words: no line breaks, and no novel.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}
