//! Steps for tests.

use super::{
    CostTotal, Effect, Finding, FindingCounts, FindingKind, Origin, RunKey, RunSummary, RunTimes, Severity,
    SpanId, Step, StepKey, StepKind, StepStatus, TokenTotals, TraceId, Usage,
};

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
        name: format!("step {id}").into(),
        agent: None,
        model: None,
        provider: None,
        tool: None,
        tool_call_id: None,
        handoff: None,
        usage: Usage::default().into(),
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
        tags: None,
    }
}

/// A run that ended well, of which nothing more is known.
pub(crate) fn run(key: i64) -> RunSummary {
    RunSummary {
        key: RunKey(key),
        run_id: format!("{key:032x}"),
        trace_ids: Vec::new(),
        name: "worker".into(),
        task: None,
        agents: Vec::new(),
        service: "test".into(),
        session_id: None,
        user_id: None,
        tags: Vec::new(),
        times: RunTimes { complete: true, ..RunTimes::default() },
        steps: 0,
        llm_calls: 0,
        tool_calls: 0,
        handoffs: 0,
        errors: 0,
        models: Vec::new(),
        tokens: TokenTotals::default(),
        cost: CostTotal::default(),
        findings: FindingCounts::default(),
        agentic: true,
        merged_into: None,
        revision: 1,
    }
}

/// A warning of this kind without a step.
pub(crate) fn finding(kind: FindingKind) -> Finding {
    Finding {
        kind,
        rule: kind.word(),
        severity: Severity::Warning,
        message: kind.label().to_owned(),
        changed: None,
        steps: Vec::new(),
        rounds: Vec::new(),
        members: Vec::new(),
        repeats: 1,
        period: 1,
        wasted_tokens: 0,
        wasted_cost: None,
        wasted_time: 0,
        dismissed: false,
    }
}
