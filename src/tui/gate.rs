//! Keeps the input thread from the keyboard while another program has the terminal.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use signal_hook::consts::SIGWINCH;

/// How long one knock is waited for, and how often it is repeated. A thread that does not come is reading nothing, or
/// has gone: then there is nobody to be kept away.
const KNOCK: Duration = Duration::from_millis(50);
const KNOCKS: usize = 20;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    /// Keys are read.
    #[default]
    Open,
    /// They are not to be read any more.
    Closing,
    /// They are not.
    Closed,
}

/// Shared by the thread that reads keys and the one that lends the terminal.
#[derive(Debug, Default)]
pub(super) struct Gate {
    stage: Mutex<Stage>,
    bell: Condvar,
}

impl Gate {
    /// Where the input thread comes by after every event; stays while the gate is closed.
    pub(super) fn pass(&self) {
        let mut stage = self.lock();
        if *stage == Stage::Closing {
            *stage = Stage::Closed;
            self.bell.notify_all();
        }
        drop(self.bell.wait_while(stage, |stage| *stage == Stage::Closed));
    }

    /// Closes it and waits until nobody reads keys. A read cannot be called off, but a change of the window's size ends
    /// it: so one is made up.
    pub(super) fn close(&self) {
        let mut stage = self.lock();
        *stage = Stage::Closing;
        for _ in 0..KNOCKS {
            if *stage == Stage::Closed {
                return;
            }
            if let Err(error) = signal_hook::low_level::raise(SIGWINCH) {
                tracing::warn!("the input thread cannot be called: {error}");
            }
            let waited = self.bell.wait_timeout_while(stage, KNOCK, |stage| *stage == Stage::Closing);
            stage = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *stage = Stage::Closed;
    }

    /// Opens it.
    pub(super) fn open(&self) {
        *self.lock() = Stage::Open;
        self.bell.notify_all();
    }

    /// Whether another program has the terminal.
    pub(super) fn is_away(&self) -> bool {
        *self.lock() != Stage::Open
    }

    /// A panic leaves the stage whole: it is only ever replaced.
    fn lock(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    #[test]
    fn who_passes_a_closed_gate_waits_until_it_is_open() {
        let gate = Arc::new(Gate::default());
        let (sender, passed) = mpsc::channel();
        gate.pass();
        *gate.lock() = Stage::Closing;
        let at_the_gate = Arc::clone(&gate);
        let reader = thread::spawn(move || {
            at_the_gate.pass();
            sender.send(()).unwrap();
        });
        gate.close();
        assert!(gate.is_away());
        assert!(passed.try_recv().is_err());
        gate.open();
        reader.join().unwrap();
        assert!(passed.try_recv().is_ok() && !gate.is_away());
    }
}
