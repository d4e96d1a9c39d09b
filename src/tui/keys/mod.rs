//! The one table of keys: dispatch, footer, help, palette and lists are made from it, as the user remapped it.

mod action;
mod bindings;
pub mod chains;
mod chord;
mod context;
mod keymap;
mod list;
mod remap;

pub use action::Action;
pub use bindings::{BINDINGS, Binding};
pub use chord::{BadChord, Chord};
pub use context::Context;
pub use keymap::{Bound, Keymap};
pub use list::{defaults, json, text};
pub use remap::{KeyError, KeyFault};
