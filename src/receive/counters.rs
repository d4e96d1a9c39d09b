//! What came in and what was turned away, since the start.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::ingest::Refusal;
use crate::model::{Export, IntakeCounts};

use super::refused::Refused;

/// Called when something was turned away or the store fell into trouble, on the receiver's threads and under its lock:
/// it must neither wait nor ask for the counts.
#[derive(Clone)]
pub struct OnRefusal(Arc<dyn Fn() + Send + Sync>);

impl OnRefusal {
    /// Calls `tell` each time.
    pub fn new(tell: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }
}

impl Default for OnRefusal {
    fn default() -> Self {
        Self::new(|| ())
    }
}

impl fmt::Debug for OnRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnRefusal")
    }
}

/// Shared counters.
#[derive(Clone, Debug, Default)]
pub(super) struct Counters {
    counts: Arc<Mutex<IntakeCounts>>,
    on_refusal: OnRefusal,
}

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
    pub(super) fn new(on_refusal: OnRefusal) -> Self {
        Self { on_refusal, ..Self::default() }
    }

    /// A copy of now.
    pub(super) fn snapshot(&self) -> IntakeCounts {
        self.lock().clone()
    }

    /// An export was committed, or refused by the store.
    pub(super) fn answered(&self, amount: Amount, result: &Result<(), Refusal>) {
        match result {
            Ok(()) => self.accepted(amount),
            Err(Refusal::Unavailable(why)) => self.trouble(one_line(why)),
            Err(Refusal::Stopping) => {}
        }
    }

    fn accepted(&self, amount: Amount) {
        let mut counts = self.lock();
        counts.requests += 1;
        counts.spans += amount.spans;
        counts.logs += amount.logs;
        counts.metrics += amount.metrics;
        counts.bytes += amount.bytes;
        counts.store_trouble = None;
    }

    /// The store cannot write; every export that follows will say so again, the log says it once.
    fn trouble(&self, why: String) {
        let mut counts = self.lock();
        if counts.store_trouble.is_none() {
            tracing::warn!(why, "the store cannot write");
        }
        counts.store_trouble = Some(why);
        (self.on_refusal.0)();
    }

    /// A record inside an accepted request was left out.
    pub(super) fn rejected(&self, records: u64, why: &str) {
        let mut counts = self.lock();
        counts.rejected += records;
        counts.last_refusal = Some(one_line(why));
        (self.on_refusal.0)();
    }

    /// A whole request was turned away.
    pub(super) fn refused(&self, place: &str, refused: &Refused) {
        let mut counts = self.lock();
        let count = if refused.is_temporary() { &mut counts.refused } else { &mut counts.bad_requests };
        *count += 1;
        counts.last_refusal = Some(one_line(&format!("{place}: {refused}")));
        (self.on_refusal.0)();
    }

    /// Counters are plain numbers, whole at every moment: a panic elsewhere does not spoil them.
    fn lock(&self) -> MutexGuard<'_, IntakeCounts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Senders choose some of these words: no line breaks, and no novel.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::receive::refused::Kind;

    #[test]
    fn a_refusal_is_one_line_without_control_characters() {
        let counters = Counters::default();
        counters.refused("POST /", &Refused::malformed(format!("\u{1b}[2J\n{}", "x".repeat(1000))));
        let why = counters.snapshot().last_refusal.unwrap();
        assert!(why.starts_with("POST /:  [2J xx") && why.len() == 300, "{why:?}");
    }

    #[test]
    fn what_passes_and_what_is_bad_are_counted_apart() {
        let counters = Counters::default();
        counters.refused("a", &Refused::new(Kind::Busy, "full"));
        counters.refused("b", &Refused::malformed("bad"));
        counters.rejected(3, "no id");
        let counts = counters.snapshot();
        assert_eq!((counts.refused, counts.bad_requests, counts.rejected), (1, 1, 3));
        assert_eq!(counts.last_refusal.as_deref(), Some("no id"));
    }

    #[test]
    fn every_refusal_is_told_and_nothing_else_is() {
        use std::sync::atomic::{AtomicU32, Ordering};
        let told = Arc::new(AtomicU32::new(0));
        let heard = Arc::clone(&told);
        let counters = Counters::new(OnRefusal::new(move || {
            heard.fetch_add(1, Ordering::Relaxed);
        }));
        counters.answered(Amount::default(), &Ok(()));
        assert_eq!(told.load(Ordering::Relaxed), 0);
        counters.refused("a", &Refused::malformed("bad"));
        counters.rejected(3, "no id");
        counters.answered(Amount::default(), &Err(Refusal::Unavailable("full".into())));
        assert_eq!(told.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn trouble_lasts_until_the_next_commit() {
        let counters = Counters::default();
        let amount = Amount { spans: 2, ..Amount::default() };
        counters.answered(amount, &Err(Refusal::Unavailable("disk\nfull".into())));
        assert_eq!(counters.snapshot().store_trouble.as_deref(), Some("disk full"));
        counters.answered(amount, &Ok(()));
        let counts = counters.snapshot();
        assert_eq!((counts.store_trouble, counts.spans, counts.requests), (None, 2, 1));
    }
}
