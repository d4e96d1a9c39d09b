//! What a run is, from its steps: tree, totals, findings. Pure functions and values: no clock, no file, no terminal.
//!
//! Must not know the store, sockets, dialects or how anything is shown.

pub mod checkup;
pub mod ledger;
pub mod tree;
