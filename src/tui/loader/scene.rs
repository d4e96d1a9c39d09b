//! The conversation at a stop of a replay, read.

use std::sync::Arc;

use crate::analyze::replay::Heard;
use crate::model::{StepKey, StepStatus};
use crate::tui::backend::{Answer, Asked, Backend, SceneAsked, StepDetail};
use crate::tui::document::{self, Document};

/// Reads what was said by then.
pub(in crate::tui) fn scene(backend: &mut dyn Backend, asked: &SceneAsked) -> Result<Arc<Document>, String> {
    let Some(of) = &asked.of else {
        return Ok(Arc::new(document::of_scene(asked, None, &[])));
    };
    let mut detail = backend.detail(of)?;
    let mut tied = Vec::new();
    if matches!(asked.heard, Heard::Answered(_)) {
        tied = hide_what_came_later(asked, of, &mut detail);
    }
    let mut since = Vec::new();
    for tool in asked.since.iter().filter(|tool| !tied.contains(&tool.step.key)) {
        since.push((tool, backend.detail(tool)?));
    }
    Ok(Arc::new(document::of_scene(asked, Some(&detail), &since)))
}

/// Leaves of the outcomes of a call's tools those that were known by then; gives the steps that carried them out. What only
/// a later call of the model tells was not known.
fn hide_what_came_later(asked: &SceneAsked, of: &Asked, detail: &mut StepDetail) -> Vec<StepKey> {
    let carried = of.carried_out(&detail.content.calls().collect::<Vec<_>>());
    let known = |answer: Answer| {
        let step = carried.get(answer.call)?.as_ref()?;
        let under_way =
            || Answer { call: answer.call, status: Some(StepStatus::Running), ..Answer::default() };
        asked.has_ended(step).map(|ended| if ended { answer.clone() } else { under_way() })
    };
    detail.answers = std::mem::take(&mut detail.answers).into_iter().filter_map(known).collect();
    carried.into_iter().flatten().map(|step| step.key).collect()
}
