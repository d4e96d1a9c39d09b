//! The one way in: a decoded export goes in, an answer comes back once it is committed, or why it is not.

use std::fmt;
use std::sync::mpsc;

use crate::model::Export;

/// Why an export was not kept. Nothing of it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The store cannot write now (disk full, database locked): sending again later helps.
    Unavailable(String),
    /// The process is stopping.
    Stopping,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(why) => write!(f, "the store cannot write now: {why}"),
            Self::Stopping => f.write_str("spanglass is stopping"),
        }
    }
}

/// Called once, on the writer thread, after the commit that holds the export or after its failure.
pub type Answer = Box<dyn FnOnce(Result<(), Refusal>) + Send>;

/// An export with the answer that waits for it.
pub struct Job {
    /// What came in.
    pub export: Export,
    /// Who waits.
    pub answer: Answer,
}

/// Handle on the pipeline; cheap to clone. Bounded by the admission limit of whoever submits.
#[derive(Clone)]
pub struct Inlet(mpsc::Sender<Job>);

impl Inlet {
    /// An inlet and the end that the writer thread drains.
    pub fn channel() -> (Self, mpsc::Receiver<Job>) {
        let (sender, receiver) = mpsc::channel();
        (Self(sender), receiver)
    }

    /// Hands over `export`; `answer` is called exactly once, at once with [`Refusal::Stopping`] if nobody drains.
    pub fn submit(&self, export: Export, answer: Answer) {
        if let Err(mpsc::SendError(job)) = self.0.send(Job { export, answer }) {
            (job.answer)(Err(Refusal::Stopping));
        }
    }
}
