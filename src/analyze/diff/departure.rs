//! Whether a run decides otherwise than one that is known to be good: outcomes and wording left out.

use super::align::Budget;
use super::divergence::differs;
use super::entries::Entry;
use super::keys::Captured;
use super::side::Side;
use super::{Read, Which, lay, read_untold};
use crate::model::StepKind;

/// When two calls are the same decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Match {
    /// The same tool with the same arguments.
    #[default]
    Calls,
    /// The same tool, whatever the arguments.
    Tools,
}

/// The first place where two runs decide otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departure {
    /// The step in each run by `show`'s index, `None` where a run lacks it.
    pub at: [Option<usize>; 2],
}

/// Where run `b` first decides otherwise than run `a`; `None` where both make the same calls in the same order. Branches
/// that ran side by side may do so in any.
///
/// # Errors
/// Those of `read`.
pub fn departure<E>(
    a: &mut Side<'_>,
    b: &mut Side<'_>,
    by: Match,
    read: &mut Read<'_, E>,
) -> Result<Option<Departure>, E> {
    read_untold(a, Which::A, read)?;
    read_untold(b, Which::B, read)?;
    let sides = [&*a, &*b];
    let captured = Captured::by_all(&sides).decisions();
    let captured = if by == Match::Tools { captured.without_arguments() } else { captured };
    let entries = lay(sides, captured, &mut Budget::new());
    let first = entries.iter().find(|entry| differs(entry) && decides(sides, entry));
    Ok(first.map(|entry| Departure { at: [entry.a, entry.b] }))
}

/// Whether one of the two does something: a model that only speaks once more decides nothing.
fn decides(sides: [&Side<'_>; 2], entry: &Entry) -> bool {
    let at = [entry.a, entry.b];
    (0..2).filter_map(|side| at[side].map(|at| &sides[side].shown[at])).any(|shown| match shown.step.kind {
        StepKind::Llm => !shown.asked.is_empty(),
        kind => matches!(kind, StepKind::Tool | StepKind::Handoff | StepKind::Agent | StepKind::Retrieval),
    })
}
