//! The pipeline from a decoded export to committed rows.
//!
//! Owns deriving steps, tying spans into runs, keeping run summaries fresh. Must not know sockets or the interface.

mod assign;
mod deletion;
mod inlet;
mod pass;
mod pipeline;
mod reindex;
mod run_state;
mod watch;

use crate::analyze::findings::Circumstances;
use crate::price::Prices;

pub use inlet::{Answer, Deleted, Indexed, Inlet, Job, Refusal};
pub use pipeline::{Health, News, Notify, Pipeline};
pub use reindex::reindex;

/// What is derived from telemetry with the user's own word: prices, and what holds of the findings of every run.
pub struct Rulebook {
    /// Prices.
    pub prices: Prices,
    /// Budgets and rules that are switched off.
    pub standing: Circumstances,
}

impl From<Prices> for Rulebook {
    /// Prices alone: no budget, every rule.
    fn from(prices: Prices) -> Self {
        Self { prices, standing: Circumstances::default() }
    }
}
