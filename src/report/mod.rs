//! What people read: texts, JSON and documents made from a run and its analysis.
//!
//! Owns how numbers, times and foreign text look, for the interface and the commands alike. Must not know the terminal
//! library or SQL.

pub mod format;
pub mod text;
