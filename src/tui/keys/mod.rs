//! The one table of keys: dispatch, footer and help are made from it.

mod action;
mod bindings;
mod chord;
mod context;
mod keymap;

pub use action::Action;
pub use bindings::{BINDINGS, Binding};
pub use chord::{Chord, written};
pub use context::Context;
pub use keymap::Keymap;
