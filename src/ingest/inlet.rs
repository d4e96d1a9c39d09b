//! The one way in: a decoded export goes in, an answer comes back once it is committed, or why it is not. Runs are deleted
//! by the same way, for there is one writer.

use std::fmt;
use std::sync::mpsc;

use crate::model::{Export, RunKey};

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

/// Called once with the number of runs that were deleted, on the writer thread, after the commit.
pub type Deleted = Box<dyn FnOnce(Result<usize, Refusal>) + Send>;

/// Called once on the writer thread when the full-text index is as new as it can be.
pub type Indexed = Box<dyn FnOnce() + Send>;

/// What the writer thread is asked to do, with the answer that waits for it.
pub enum Job {
    /// Keep what came in.
    Keep {
        /// What came in.
        export: Export,
        /// Who waits.
        answer: Answer,
    },
    /// Delete runs.
    Delete {
        /// Which.
        runs: Vec<RunKey>,
        /// Who waits.
        answer: Deleted,
    },
    /// Bring the full-text index up to date: somebody searches.
    Index {
        /// Who waits.
        answer: Indexed,
    },
}

impl Job {
    /// Answers as if it were done, with nothing deleted, or that it is refused.
    pub fn answer(self, result: Result<(), Refusal>) {
        match self {
            Self::Keep { answer, .. } => answer(result),
            Self::Delete { answer, .. } => answer(result.map(|()| 0)),
            Self::Index { answer } => answer(),
        }
    }
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
        self.hand_over(Job::Keep { export, answer });
    }

    /// Has `runs` deleted; `answer` is called exactly once.
    pub fn delete(&self, runs: Vec<RunKey>, answer: Deleted) {
        self.hand_over(Job::Delete { runs, answer });
    }

    /// Has the full-text index brought up to date with all that is committed; `answer` is called exactly once.
    pub fn index(&self, answer: Indexed) {
        self.hand_over(Job::Index { answer });
    }

    fn hand_over(&self, job: Job) {
        if let Err(mpsc::SendError(job)) = self.0.send(job) {
            job.answer(Err(Refusal::Stopping));
        }
    }
}
