//! What a row says of its step behind the name: what went wrong, whom it asked, what it was about.

use super::canvas::Flow;
use super::name;
use super::run::hint;
use crate::model::{Gist, Step};
use crate::report::text;
use crate::tui::backend::RunView;
use crate::tui::theme::Role;

/// Columns that the span's own name or the model leaves to what the step is about; without them it is left out.
const BESIDE_GIST: usize = 20;

/// Puts it, as far as there is room: that of a step which has ended. `failure` is the look of what went wrong.
pub(super) fn ended(
    flow: &mut Flow,
    (view, row): (&RunView, u32),
    step: &Step,
    gist: Option<&Gist>,
    failure: Role,
) {
    if let Some(error) = &step.error {
        hint(flow, name::without(error, name::title(step)), failure);
    }
    let asked = name::asked_for(view, row).or_else(|| match gist? {
        Gist::Calls(names) => Some(name::listed(names)),
        Gist::Text(_) => None,
    });
    let is_alone = asked.is_none() && gist.is_none();
    let room = usize::from(flow.room());
    let fits = |beside: &&str| is_alone || text::width(beside) + BESIDE_GIST <= room;
    if let Some(beside) = name::beside(step).filter(fits) {
        hint(flow, beside, Role::Dim);
    }
    match asked {
        Some(asked) => {
            let arrow = flow.glyphs().arrow;
            hint(flow, &format!("{arrow} {asked}"), Role::Dim);
        }
        None => begun(flow, gist),
    }
}

/// Puts what is known of a tool when it is called: its arguments.
pub(super) fn begun(flow: &mut Flow, gist: Option<&Gist>) {
    if let Some(Gist::Text(text)) = gist {
        hint(flow, text, Role::Dim);
    }
}
