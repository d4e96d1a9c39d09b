//! The pipeline from a decoded export to committed rows.
//!
//! Owns deriving steps, tying spans into runs, keeping run summaries fresh. Must not know sockets or the interface.

mod assign;
mod inlet;
mod pass;
mod pipeline;
mod reindex;
mod run_state;
mod watch;

pub use inlet::{Answer, Inlet, Job, Refusal};
pub use pipeline::{Health, News, Notify, Pipeline};
pub use reindex::reindex;
