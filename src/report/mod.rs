//! What people and scripts read: numbers, foreign text, tables, trees and JSON lines made from runs and their analysis.
//!
//! Owns how numbers, times and foreign text look, for the interface and the commands alike. Takes values, gives text:
//! must not know the terminal library, SQL, the clock, or where the text goes. Colours are always written; whoever
//! prints strips them where they are not wanted.

pub mod check;
pub mod cost;
pub mod diff;
pub mod doctor;
pub mod filter;
pub mod format;
pub mod glyph;
pub mod json;
pub mod markdown;
pub mod mermaid;
pub mod otlp;
mod paint;
pub mod runs;
pub mod show;
mod table;
mod telling;
pub mod text;

#[cfg(test)]
mod fixture;

pub use telling::{Telling, quoted};

use crate::model::UnixNanos;

/// How a text is to look.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Columns at hand; wide cells are cut to fit.
    pub columns: usize,
    /// ASCII twins instead of glyphs.
    pub ascii: bool,
    /// Whose clock times are shown in.
    pub zone: format::Zone,
    /// The present moment: running and idle are told apart by it.
    pub now: UnixNanos,
}
