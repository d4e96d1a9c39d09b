//! Keeps the input thread from the keyboard, and interrupts from us, while another program has the terminal.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGWINCH};

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

/// Shared by the threads that read keys and signals and the one that lends the terminal.
#[derive(Debug, Default)]
pub(super) struct Gate {
    state: Mutex<State>,
    bell: Condvar,
    /// Set at the moment in which an interrupt comes, before the thread of signals hears of it.
    interrupted: Arc<AtomicBool>,
}

#[derive(Debug, Default)]
struct State {
    stage: Stage,
    /// An interrupt came for another program and the thread of signals is yet to hear of it.
    owed: bool,
}

impl Gate {
    /// A gate that notes interrupts. To be made before anything else listens to them.
    pub(super) fn new() -> io::Result<Self> {
        let gate = Self::default();
        signal_hook::flag::register(SIGINT, Arc::clone(&gate.interrupted))?;
        Ok(gate)
    }

    /// Whether the interrupt that was just heard of was meant for another program: the terminal sends it to all of us.
    pub(super) fn takes_interrupt(&self) -> bool {
        let mut state = self.lock();
        self.interrupted.store(false, Ordering::SeqCst);
        std::mem::take(&mut state.owed) || state.stage != Stage::Open
    }

    /// Where the input thread comes by after every event; stays while the gate is closed.
    pub(super) fn pass(&self) {
        let mut state = self.lock();
        if state.stage == Stage::Closing {
            state.stage = Stage::Closed;
            self.bell.notify_all();
        }
        drop(self.bell.wait_while(state, |state| state.stage == Stage::Closed));
    }

    /// Closes it and waits until nobody reads keys. A read cannot be called off, but a change of the window's size ends
    /// it: so one is made up.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.stage = Stage::Closing;
        for _ in 0..KNOCKS {
            if state.stage == Stage::Closed {
                return;
            }
            if let Err(error) = signal_hook::low_level::raise(SIGWINCH) {
                tracing::warn!("the input thread cannot be called: {error}");
            }
            let waited = self.bell.wait_timeout_while(state, KNOCK, |state| state.stage == Stage::Closing);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.stage = Stage::Closed;
    }

    /// Opens it.
    pub(super) fn open(&self) {
        let mut state = self.lock();
        state.owed = self.interrupted.load(Ordering::SeqCst);
        state.stage = Stage::Open;
        self.bell.notify_all();
    }

    /// Whether another program has the terminal.
    pub(super) fn is_away(&self) -> bool {
        self.lock().stage != Stage::Open
    }

    /// A panic leaves the state whole: its parts are only ever replaced.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    #[test]
    fn an_interrupt_of_another_program_is_taken_whenever_it_is_heard_of() {
        let gate = Gate::default();
        let away = |interrupted: bool| {
            gate.lock().stage = Stage::Closed;
            gate.interrupted.store(interrupted, Ordering::SeqCst);
        };
        away(true);
        assert!(gate.takes_interrupt(), "heard of while the program is there");
        gate.open();
        assert!(!gate.takes_interrupt(), "the next is ours");
        away(true);
        gate.open();
        assert!(gate.takes_interrupt(), "heard of only when it has gone");
        assert!(!gate.takes_interrupt());
        away(false);
        gate.open();
        assert!(!gate.takes_interrupt(), "there was none");
    }

    #[test]
    fn who_passes_a_closed_gate_waits_until_it_is_open() {
        let gate = Arc::new(Gate::default());
        let (sender, passed) = mpsc::channel();
        gate.pass();
        gate.lock().stage = Stage::Closing;
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
