//! What a run is, as text: JSON lines that scripts rely on, tables and trees that people read.
//!
//! Owns every byte that is printed about runs and steps. Takes values, gives text: must not know the store, a terminal
//! library, the clock, or where the text goes (colours are always written; whoever prints strips them).

pub mod json;

#[cfg(test)]
mod fixture;
