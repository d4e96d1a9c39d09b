//! Loader threads: they ask the backend so that the screen never waits.
//!
//! One thread keeps the list fresh (`list`; it watches the file where nobody tells of commits), one serves the open run,
//! its steps and the detail under the cursor, and lays two runs beside each other (`run`), one searches (`search`).
//! They take their orders from one `Desk`.

mod compare;
mod desk;
mod list;
mod rests;
mod run;
mod scene;
mod search;
mod shelf;

pub(super) use desk::Desk;
pub use list::Gauges;
pub(super) use list::serve_list;
pub(super) use run::serve_run;
pub(super) use search::serve_search;

#[cfg(test)]
pub(super) use {
    compare::compared, compare::pair, list::make_whole, run::gists, run::json, scene::scene, shelf::Shelf,
};
