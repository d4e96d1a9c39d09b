//! A small run with one of everything that is hard to print, for the tests of this room.

use crate::analyze::tree::{Node, Row, Tree};
use crate::model::fixture;
use crate::model::{
    Basis, Cost, CostSource, CostTotal, Explanation, Finding, FindingCounts, FindingKind, Handoff, NanoUsd,
    Rates, RunKey, RunSummary, RunTimes, Severity, SpanId, Step, StepKey, StepKind, StepStatus, TokenTotals,
    TraceId, Usage,
};

/// 2026-01-01T00:00:00Z.
pub(super) const START: u64 = 1_767_225_600_000_000_000;
const MS: u64 = 1_000_000;

/// A step of `kind`, named and timed, nothing else known.
pub(super) fn step(id: u64, kind: StepKind, name: &str, start_ms: u64, took_ms: u64) -> Step {
    Step {
        key: StepKey(0),
        start: START + start_ms * MS,
        end: START + (start_ms + took_ms) * MS,
        kind,
        name: name.into(),
        scope: "".into(),
        ..fixture::step(id, 0)
    }
}

fn call(id: u64, parent: u64, start_ms: u64, input: u64, output: u64, nano: i64) -> Step {
    Step {
        parent_span_id: SpanId::from_u64(parent),
        model: Some("claude-sonnet-4-5".into()),
        provider: Some("anthropic".into()),
        usage: Usage {
            input: Some(input),
            output: Some(output),
            cache_read: Some(input / 2),
            ..Usage::default()
        }
        .into(),
        cost: Some(Cost { amount: NanoUsd(nano), source: CostSource::Computed }),
        input_digest: 0xabc,
        ..step(id, StepKind::Llm, "chat claude-sonnet-4-5", start_ms, 1200)
    }
}

/// Agent, call, handoff, agent under a missing parent, failed tool with hostile and Korean text, running call.
pub(super) fn steps() -> Vec<Step> {
    let sum = Usage { input: Some(4000), output: Some(120), ..Usage::default() };
    let id = SpanId::from_u64;
    vec![
        Step {
            agent: Some("triage".into()),
            usage: sum.into(),
            ..step(1, StepKind::Agent, "invoke_agent triage", 0, 8200)
        },
        call(2, 1, 10, 1900, 84, 2_900_000),
        Step {
            parent_span_id: id(1),
            handoff: Some(Handoff { from: Some("triage".into()), to: Some("billing".into()) }.into()),
            ..step(3, StepKind::Handoff, "handoff billing", 1300, 1)
        },
        Step {
            agent: Some("billing".into()),
            parent_span_id: id(99),
            ..step(4, StepKind::Agent, "invoke_agent billing", 1400, 6800)
        },
        Step {
            parent_span_id: id(4),
            tool: Some("issue_refund".into()),
            tool_call_id: Some("call_1".into()),
            status: StepStatus::Error,
            error: Some("timeout after 5 s\u{1b}[2J: 결제 서버 응답 없음".into()),
            ..step(5, StepKind::Tool, "환불 issue_refund\u{202e}", 1500, 5000)
        },
        Step { end: 0, status: StepStatus::Running, cost: None, ..call(6, 4, 6600, 2100, 36, 0) },
        Step {
            plumbing: true,
            parent_span_id: id(4),
            ..step(7, StepKind::Other, "POST /v1/messages", 6601, 900)
        },
    ]
}

/// The tree of [`steps`].
pub(super) fn tree() -> Tree {
    let trace_id = TraceId::from_bytes(&[7; 16]).unwrap();
    let missing = Node::Missing { trace_id, span_id: SpanId::from_u64(99).unwrap() };
    let steps = steps();
    let row = |node, depth, parent, subtree, last, agent: Option<usize>| Row {
        node,
        depth,
        parent,
        subtree,
        last,
        cycle_cut: false,
        counted: node != Node::Step(0),
        usage: if let Node::Step(of) = node { steps[of].usage.clone() } else { Usage::default().into() },
        has_figures: matches!(node, Node::Step(of) if of != 0 && steps[of].kind == StepKind::Llm),
        own_cost: if let Node::Step(of) = node { steps[of].cost } else { None },
        agent,
        errors: 0,
        rest: None,
    };
    let mut rows = vec![
        row(Node::Step(0), 0, None, 3, false, Some(0)),
        row(Node::Step(1), 1, Some(0), 1, false, Some(0)),
        row(Node::Step(2), 1, Some(0), 1, true, Some(0)),
        row(missing, 0, None, 5, true, None),
        row(Node::Step(3), 1, Some(3), 4, true, Some(3)),
        row(Node::Step(4), 2, Some(4), 1, false, Some(3)),
        row(Node::Step(5), 2, Some(4), 1, false, Some(3)),
        row(Node::Step(6), 2, Some(4), 1, true, Some(3)),
    ];
    for (at, row) in rows.clone().iter().enumerate() {
        if let Node::Step(of) = row.node
            && row.counted
            && steps[of].usage.is_known()
        {
            add_up(&mut rows, at, &steps[of]);
        }
    }
    rows[3].errors = 1;
    rows[4].errors = 1;
    rows[5].errors = 1;
    Tree { rows, merged: Vec::new() }
}

fn add_up(rows: &mut [Row], from: usize, step: &Step) {
    let mut next = Some(from);
    while let Some(at) = next {
        if at != from {
            let rest = rows[at].rest.get_or_insert_default();
            rest.tokens_below.add(&step.usage);
            rest.cost_below.add(step.cost);
        }
        next = rows[at].parent.map(|parent| parent as usize);
    }
}

/// The run of [`steps`].
pub(super) fn run() -> RunSummary {
    let mut tokens = TokenTotals::default();
    let mut cost = CostTotal::default();
    for step in steps().iter().filter(|s| s.kind == StepKind::Llm) {
        tokens.add(&step.usage);
        cost.add(step.cost);
    }
    RunSummary {
        key: RunKey(1),
        run_id: "07".repeat(16),
        trace_ids: vec![TraceId::from_bytes(&[7; 16]).unwrap()],
        name: "support-triage".into(),
        task: Some("refund order 8812 이중 결제".into()),
        agents: vec!["triage".into(), "billing".into()],
        service: "support-desk".into(),
        session_id: Some("conv-8812".into()),
        user_id: None,
        tags: Vec::new(),
        times: RunTimes {
            start: START,
            end: START + 8200 * MS,
            received: START,
            open_end: false,
            complete: false,
            failed: false,
        },
        steps: 6,
        llm_calls: 1,
        tool_calls: 1,
        handoffs: 1,
        errors: 1,
        models: vec!["claude-sonnet-4-5".into()],
        tokens,
        cost,
        findings: FindingCounts::of(&findings()),
        agentic: true,
        merged_into: None,
        revision: 1,
    }
}

/// One alarm and one hint.
pub(super) fn findings() -> Vec<Finding> {
    let finding = Finding {
        kind: FindingKind::Loop,
        rule: "same-call",
        severity: Severity::Alarm,
        message: "issue_refund called 3 times with the same arguments and the same result".into(),
        changed: Some("nothing, times and ids aside".into()),
        rounds: vec![0, 1],
        steps: vec![SpanId::from_u64(5).unwrap(), SpanId::from_u64(6).unwrap()],
        members: vec!["issue_refund".into()],
        repeats: 3,
        period: 1,
        wasted_tokens: 5200,
        wasted_cost: Some(NanoUsd(31_000_000)),
        wasted_time: 12_000_000_000,
        dismissed: false,
    };
    let hint = Finding {
        kind: FindingKind::HandoffCycle,
        rule: "handoff-cycle",
        severity: Severity::Hint,
        message: "triage and billing passed work back once".into(),
        changed: Some("the wording of what was said".into()),
        wasted_cost: None,
        ..finding.clone()
    };
    vec![finding, hint]
}

/// Why `step` costs what it does: one call by list price, another without one.
pub(super) fn explanation(step: &Step, cost: Option<Cost>) -> Explanation {
    let units =
        [3_000, 300, 3_750, 6_000, 3_000, 15_000, 15_000, 15_000].map(|milli| Some(milli * 1_000_000));
    let rates = Rates { units, request: NanoUsd(0) };
    let list = Basis::List {
        list: "genai-prices 0.0.0".into(),
        provider: "anthropic".into(),
        model: "claude-sonnet-4-5".into(),
        discount: None,
    };
    let known = cost.is_some();
    Explanation {
        basis: if known { list } else { Basis::Unknown("no price is known for this model") },
        provider: Some("aws.bedrock".into()),
        models: vec!["claude-sonnet-4-5-20250929".into(), "claude-sonnet-4-5".into()],
        alias: None,
        service_tier: None,
        tier_above: None,
        at: step.start,
        usage: *step.usage,
        reported: None,
        computed: rates.cost(&step.usage).filter(|_| known),
        parts: if known { rates.parts(&step.usage) } else { Vec::new() },
        request: NanoUsd(0),
        why_unknown: (!known).then_some("no price is known for this model"),
        doubts: Vec::new(),
    }
}
