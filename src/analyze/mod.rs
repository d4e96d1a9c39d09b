//! What a run is, from its steps: tree, totals, findings, where two of them part. Pure functions and values: no clock, no file, no terminal.
//!
//! Must not know the store, sockets, dialects or how anything is shown.

mod agent_name;
pub mod checkup;
pub mod critical_path;
mod declared;
pub mod diff;
pub mod dismissals;
pub mod findings;
pub mod fold;
pub mod handoff_graph;
mod handoffs;
pub mod kin;
pub mod ledger;
mod line;
pub mod replay;
mod reports;
pub mod rounds;
pub mod story;
pub mod tree;
pub mod verdict;
