//! Two runs, or two steps of them, read and laid beside each other.

use std::sync::Arc;

use crate::analyze::diff::{Facts, Which};
use crate::model::{RunKey, RunSummary, StepKey};
use crate::report::Look;
use crate::report::format::Zone;
use crate::tui::backend::Backend;
use crate::tui::comparison::Comparison;
use crate::tui::document::{self, PairAsked};

use super::shelf::Shelf;

/// What two steps saw and said, read and laid beside each other.
pub(in crate::tui) fn pair(
    backend: &mut dyn Backend,
    asked: &PairAsked,
) -> Result<Arc<document::Document>, String> {
    let mut facts = |side: usize| match asked.keys[side].as_slice() {
        [] => Ok(Facts::default()),
        keys => backend.facts(keys),
    };
    let (a, b) = (facts(0)?, facts(1)?);
    Ok(Arc::new(document::of_pair(asked, [&a, &b])))
}

/// Why a comparison ended early.
enum Halt {
    /// Nobody waits for it any more.
    Dropped,
    /// Reading failed.
    Failed(String),
}

/// Two runs beside each other; `None` once `is_wanted` says no. `tell` is told how many steps of a run were read, every now
/// and then.
pub(in crate::tui) fn compared(
    backend: &mut dyn Backend,
    shelf: &mut Shelf,
    runs: &[RunSummary; 2],
    zone: Zone,
    tell: &mut dyn FnMut(RunKey, usize),
    is_wanted: &dyn Fn() -> bool,
) -> Option<Result<Arc<Comparison>, String>> {
    match compare(backend, shelf, runs, zone, tell, is_wanted) {
        Ok(made) => Some(Ok(Arc::new(made))),
        Err(Halt::Failed(why)) => Some(Err(why)),
        Err(Halt::Dropped) => None,
    }
}

fn compare(
    backend: &mut dyn Backend,
    shelf: &mut Shelf,
    runs: &[RunSummary; 2],
    zone: Zone,
    tell: &mut dyn FnMut(RunKey, usize),
    is_wanted: &dyn Fn() -> bool,
) -> Result<Comparison, Halt> {
    let mut view = |run: &RunSummary| {
        let mut goes_on = |read| {
            tell(run.key, read);
            is_wanted()
        };
        let view = shelf.steps(backend, run.key, &mut goes_on).map_err(Halt::Failed)?;
        view.map(Arc::new).ok_or(Halt::Dropped)
    };
    let views = [view(&runs[0])?, view(&runs[1])?];
    // the report's dates: as seen when the younger of both was last heard of
    let now = runs.iter().map(|run| run.times.received).max().unwrap_or(0);
    let look = Look { columns: 100, ascii: false, zone, now };
    let mut read = |_: Which, keys: &[StepKey]| {
        if !is_wanted() {
            return Err(Halt::Dropped);
        }
        backend.facts(keys).map_err(Halt::Failed)
    };
    Comparison::of(views, runs.each_ref(), &look, &mut read, &|| !is_wanted())?.ok_or(Halt::Dropped)
}
