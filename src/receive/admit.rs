//! One admission limit for both protocols: bytes of bodies that are read, decoded or waiting for their commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::refused::{Kind, Refused};

/// The bytes that may be under way, shared by all requests.
#[derive(Debug)]
pub(super) struct Budget {
    limit: usize,
    used: AtomicUsize,
}

impl Budget {
    pub(super) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, used: AtomicUsize::new(0) })
    }

    /// A request's share, empty at first.
    pub(super) fn open(self: &Arc<Self>) -> Reservation {
        Reservation { budget: Arc::clone(self), bytes: 0 }
    }

    fn take(&self, bytes: usize) -> Result<(), Refused> {
        let within = |used: usize| used.checked_add(bytes).filter(|&sum| sum <= self.limit);
        // counts alone are exchanged, no other memory hangs on them: relaxed is enough
        match self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, within) {
            Ok(_) => Ok(()),
            Err(used) => Err(Refused::new(
                Kind::Busy,
                format!("overloaded: {used} of {} bytes are under way, try again", self.limit),
            )),
        }
    }
}

/// What one request holds of the budget; given back when dropped.
#[derive(Debug)]
pub(super) struct Reservation {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Reservation {
    /// Takes `by` more bytes, or says that there is too much under way.
    pub(super) fn grow(&mut self, by: usize) -> Result<(), Refused> {
        self.budget.take(by)?;
        self.bytes += by;
        Ok(())
    }

    /// Bytes of all requests that are under way.
    pub(super) fn under_way(&self) -> usize {
        self.budget.used.load(Ordering::Relaxed)
    }

    /// Takes `by` more bytes; what could not be taken even alone is too large, not too early.
    pub(super) fn grow_once(&mut self, by: usize) -> Result<(), Refused> {
        if by > self.budget.limit {
            return Err(Refused::new(
                Kind::TooLarge,
                "body too large when decoded: too many tiny records or attributes, send them in several requests",
            ));
        }
        self.grow(by)
    }

    /// Gives `by` bytes back, at most what is held.
    pub(super) fn shrink(&mut self, by: usize) {
        let back = by.min(self.bytes);
        self.bytes -= back;
        self.budget.used.fetch_sub(back, Ordering::Relaxed);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.shrink(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_is_free_again_and_the_limit_is_never_passed() {
        let budget = Budget::new(100);
        let mut first = budget.open();
        let mut second = budget.open();
        first.grow(60).unwrap();
        assert_eq!(second.grow(41).unwrap_err().kind, Kind::Busy);
        second.grow(40).unwrap();
        drop(first);
        second.grow(60).unwrap();
        second.shrink(1000);
        assert_eq!(budget.used.load(Ordering::Relaxed), 0);
        assert!(second.grow(usize::MAX).is_err(), "no overflow");
    }
}
