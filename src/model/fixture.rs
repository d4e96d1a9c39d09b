//! Steps for tests.

use super::{Effect, Origin, SpanId, Step, StepKey, StepKind, StepStatus, TraceId, Usage};

/// A plain step of one trace that ran from 0 to 10 ns; parent 0 is none.
pub(crate) fn step(id: u64, parent: u64) -> Step {
    Step {
        key: StepKey(i64::try_from(id).unwrap()),
        trace_id: TraceId::from_bytes(&[7; 16]).unwrap(),
        span_id: SpanId::from_u64(id).unwrap(),
        parent_span_id: SpanId::from_u64(parent),
        origin: Origin::Span,
        parent_trace_id: None,
        loose: false,
        remote_parent: false,
        start: 1,
        end: 11,
        kind: StepKind::Other,
        plumbing: false,
        setup: false,
        name: format!("step {id}"),
        agent: None,
        model: None,
        provider: None,
        tool: None,
        tool_call_id: None,
        handoff: None,
        usage: Usage::default(),
        cost: None,
        rates: None,
        status: StepStatus::Ok,
        error: None,
        finish_reason: None,
        time_to_first_token: None,
        response_id: None,
        scope: "test".into(),
        session_id: None,
        user_id: None,
        input_digest: 0,
        output_digest: 0,
        asked_by_user: false,
        wording: None,
        effect: Effect::None,
        context_window: None,
        oddities: None,
    }
}
