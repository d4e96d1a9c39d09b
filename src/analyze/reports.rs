//! Several reports of one call, told as one step.

use std::sync::Arc;

use crate::model::{Effect, Oddities, Step};

/// `step` with facts that only `other`, a report of the same call, knows.
pub(super) fn with_facts_of(step: Step, other: &Step) -> Step {
    let digest = |own: u64, other: u64| if own == 0 { other } else { own };
    Step {
        agent: step.agent.or_else(|| other.agent.clone()),
        model: step.model.or_else(|| other.model.clone()),
        provider: step.provider.or_else(|| other.provider.clone()),
        tool: step.tool.or_else(|| other.tool.clone()),
        tool_call_id: step.tool_call_id.or_else(|| other.tool_call_id.clone()),
        error: step.error.or_else(|| other.error.clone()),
        finish_reason: step.finish_reason.or_else(|| other.finish_reason.clone()),
        time_to_first_token: step.time_to_first_token.or(other.time_to_first_token),
        response_id: step.response_id.or_else(|| other.response_id.clone()),
        session_id: step.session_id.or_else(|| other.session_id.clone()),
        user_id: step.user_id.or_else(|| other.user_id.clone()),
        input_digest: digest(step.input_digest, other.input_digest),
        output_digest: digest(step.output_digest, other.output_digest),
        asked_by_user: step.asked_by_user || other.asked_by_user,
        effect: if step.effect == Effect::None { other.effect } else { step.effect },
        wording: step.wording.or_else(|| other.wording.clone()),
        context_window: step.context_window.or(other.context_window),
        tags: step.tags.or_else(|| other.tags.clone()),
        oddities: oddities(step.oddities, other.oddities.as_ref()),
        ..step
    }
}

/// What is odd in any report. An answer that another report tells was not empty.
fn oddities(own: Option<Arc<Oddities>>, other: Option<&Arc<Oddities>>) -> Option<Arc<Oddities>> {
    match (own, other) {
        (Some(own), Some(other)) => Some(Arc::new((*own).clone().with((**other).clone()))),
        (own, other) => own.or_else(|| other.cloned()),
    }
}
