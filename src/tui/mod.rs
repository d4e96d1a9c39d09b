//! The interface: what people see of their agents' runs, live or saved.
//!
//! ```text
//!  input thread ─┐                     ┌─▶ draw(&App) ─▶ terminal, when something changed, at most 60 times a second
//!  signals ──────┤   one channel       │
//!  ingest ───────┼──▶ Msg ─▶ update(&mut App) ─▶ Effect ─▶ Desk ─▶ loader threads ─▶ Backend
//!  loaders ──────┘                     (pure)                          │
//!      ▲───────────────────────────────────────────────────────────────┘
//! ```
//!
//! Owns screens, keys, colours and the terminal. Must not know receivers, SQL, OTLP or the runtime: the world is a
//! [`Backend`], asked on loader threads. `update` has no clock and no I/O; `draw` only reads. Nothing that a span holds
//! reaches the terminal but through [`crate::report::text`].

pub mod alarms;
mod answer;
pub mod app;
pub mod axis;
pub mod backend;
mod clipboard;
pub mod columns;
pub mod comparison;
pub mod document;
pub mod draw;
pub mod event_loop;
mod frames;
mod gate;
pub mod glyphs;
pub mod handoff_map;
pub mod handoff_places;
mod input;
mod job;
pub mod keys;
pub mod layout;
pub mod loader;
pub mod marks;
pub mod mouse;
pub mod notify;
mod pace;
mod pager;
mod possible;
pub mod rate;
pub mod run_list;
pub mod screens;
pub mod scroll;
pub mod search;
pub mod spark;
pub mod terminal;
pub mod theme;
pub mod themes;
pub mod timeline;
mod turn;
pub mod update;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use app::Mode;
pub use backend::{Answer, Asked, Backend, Before, GistAsked, RowId, RunView, StepDetail};
pub use event_loop::{Handle, Mailbox, Options, channel, run};
pub use loader::Gauges;
pub use notify::Ways;
pub use theme::{Background, Depth};
pub use themes::Themes;
