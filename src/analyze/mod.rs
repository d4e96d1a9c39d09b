//! What a run is, from its steps: tree, totals, findings. Pure functions and values: no clock, no file, no terminal.
//!
//! Must not know the store, sockets, dialects or how anything is shown.

mod agent_name;
pub mod checkup;
pub mod findings;
mod handoffs;
pub mod ledger;
mod line;
pub mod tree;
pub mod verdict;
