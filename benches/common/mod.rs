//! Steps that benches are made of: a new field of a step is named here once.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on says so")]

use spanglass::model::{Effect, Origin, SpanId, Step, StepKey, StepKind, StepStatus, TraceId, Usage};

/// One agent that asks for `steps / 2` calls, one after the other. `told` gives what is known of the nth: its arguments
/// and its result.
#[allow(dead_code, reason = "every bench uses a part of it")]
pub(crate) fn worker(steps: u64, told: impl Fn(u64) -> [u64; 2]) -> Vec<Step> {
    let mut all = vec![Step { end: u64::MAX, ..step(1, StepKind::Agent, 1) }];
    for n in 0..steps / 2 {
        let start = 10 + n * 100;
        all.push(step(2 * n + 2, StepKind::Llm, start));
        let [input_digest, output_digest] = told(n);
        let call = step(2 * n + 3, StepKind::Tool, start + 50);
        all.push(Step { tool: Some("read_file".into()), input_digest, output_digest, ..call });
    }
    all
}

/// A step of 20 ns below the step with id 1.
pub(crate) fn step(id: u64, kind: StepKind, start: u64) -> Step {
    let tokens = Usage { input: Some(100), output: Some(10), ..Usage::default() };
    Step {
        key: StepKey(i64::try_from(id).unwrap()),
        origin: Origin::Span,
        trace_id: TraceId::from_bytes(&[7; 16]).unwrap(),
        span_id: SpanId::from_u64(id).unwrap(),
        parent_span_id: SpanId::from_u64(1).filter(|_| id > 1),
        parent_trace_id: None,
        loose: false,
        remote_parent: false,
        start,
        end: start + 20,
        kind,
        plumbing: false,
        setup: false,
        name: kind.name().into(),
        agent: Some("worker".into()),
        model: Some("gpt-5".into()),
        provider: None,
        tool: None,
        tool_call_id: None,
        handoff: None,
        usage: if kind == StepKind::Llm { tokens.into() } else { Usage::default().into() },
        cost: None,
        rates: None,
        status: StepStatus::Ok,
        error: None,
        finish_reason: None,
        time_to_first_token: None,
        response_id: None,
        scope: "bench".into(),
        session_id: None,
        user_id: None,
        input_digest: 0,
        output_digest: 0,
        asked_by_user: false,
        wording: None,
        effect: Effect::None,
        context_window: None,
        oddities: None,
        tags: None,
    }
}
