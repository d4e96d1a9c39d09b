//! A running receiver on free ports, with a thread behind its inlet that keeps what arrives.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests may")]

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use spanglass::ingest::{Inlet, Job};
use spanglass::model::Export;
use spanglass::receive::{Config, Receiver, loopback};

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Free ports, all else as people get it.
pub(crate) fn config() -> Config {
    Config { grpc: loopback(0), http: loopback(0), ..Config::default() }
}

/// A receiver whose exports are committed at once.
pub(crate) struct Running {
    pub(crate) receiver: Receiver,
    exports: mpsc::Receiver<Export>,
}

impl Running {
    pub(crate) fn start(config: Config) -> Self {
        let (inlet, jobs) = Inlet::channel();
        let (sender, exports) = mpsc::channel();
        thread::spawn(move || {
            for job in jobs {
                let Job::Keep { export, answer } = job else { continue };
                // a test that has seen enough no longer listens
                let _ = sender.send(export);
                answer(Ok(()));
            }
        });
        Self { receiver: Receiver::start(config, inlet).unwrap(), exports }
    }

    /// The next export that arrives.
    pub(crate) fn next(&self) -> Export {
        self.exports.recv_timeout(PATIENCE).expect("an export arrives")
    }
}
