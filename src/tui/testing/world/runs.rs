//! The runs of the world.

use crate::model::{Handoff, SpanId, StepKind, StepStatus};

use super::{HOSTILE, Script, Told, World};

/// A refund that goes wrong: handoff, a search that repeats, a failed tool.
pub(crate) fn refund(run: i64, seconds: u64, task: &str) -> Told {
    let mut s = Script::new(run, seconds);
    let root = s.add(None, StepKind::Agent, "triage", 0);
    s.call(root, "claude-sonnet-4-5", 1200, (1840, 0, 96));
    s.add(Some(root), StepKind::Tool, "get_order", 40);
    s.call(root, "claude-sonnet-4-5", 900, (2210, 1800, 64));
    let handoff = s.add(Some(root), StepKind::Handoff, "transfer_to_billing", 2);
    s.edit(handoff, |step| {
        step.handoff = Some(Handoff { from: Some("triage".into()), to: Some("billing".into()) }.into());
    });
    let hook = s.add(Some(root), StepKind::Other, "on_handoff hook", 1);
    s.edit(hook, |step| step.plumbing = true);
    let billing = s.add(Some(root), StepKind::Agent, "billing", 0);
    for round in 0..3 {
        s.call(billing, "claude-sonnet-4-5", 1000, (2400 + round * 300, 2200, 80));
        s.add(Some(billing), StepKind::Tool, "search_web", 300);
    }
    let failed = s.add(Some(billing), StepKind::Tool, "issue_refund", 100);
    s.edit(failed, |step| {
        step.status = StepStatus::Error;
        step.error = Some("payment gateway timed out after 30 s".into());
    });
    s.call(billing, "claude-sonnet-4-5", 1400, (3600, 3300, 210));
    s.end(&["triage", "billing"], task)
}

/// A long review that ends well, with a parent that never arrived.
pub(crate) fn review(run: i64, seconds: u64) -> Told {
    let mut s = Script::new(run, seconds);
    let root = s.add(None, StepKind::Workflow, "코드 리뷰 · review 👩‍👩‍👧‍👦", 0);
    let agent = s.add(Some(root), StepKind::Agent, "reviewer", 0);
    for round in 0..14 {
        let call = s.call(agent, "gpt-5.1-codex", 2300, (4000 + round * 900, 3000 + round * 800, 220));
        let fetch = s.add(Some(call), StepKind::Other, "POST https://api.openai.com/v1/responses", 0);
        s.edit(fetch, |step| step.plumbing = true);
        s.add(Some(agent), StepKind::Tool, if round % 3 == 0 { "read_file" } else { "grep" }, 60);
    }
    let lost = s.add(Some(agent), StepKind::Retrieval, "lookup style guide", 120);
    s.edit(lost, |step| step.parent_span_id = SpanId::from_u64(999_999));
    s.end(&["reviewer"], "PR #212 검토: 세션 만료 처리 수정")
}

/// A run under way.
pub(crate) fn under_way(run: i64) -> Told {
    let mut s = Script::new(run, 9);
    let root = s.add(None, StepKind::Agent, "deep-research", 0);
    s.edit(root, |step| (step.end, step.status) = (0, StepStatus::Running));
    s.call(root, "gemini-3-pro", 3100, (5100, 0, 410));
    s.add(Some(root), StepKind::Tool, "search_web", 800);
    let call = s.call(root, "gemini-3-pro", 0, (0, 0, 0));
    s.edit(call, |step| {
        (step.end, step.status) = (0, StepStatus::Running);
        (step.usage, step.cost, step.finish_reason) = Default::default();
    });
    s.end(&["deep-research"], "Compare the refund laws of three countries")
}

/// A run whose every text is hostile, and without a price.
pub(crate) fn hostile(run: i64, seconds: u64) -> Told {
    let mut s = Script::new(run, seconds);
    let root = s.add(None, StepKind::Agent, HOSTILE, 0);
    let call = s.call(root, HOSTILE, 500, (900, 0, 30));
    s.edit(call, |step| step.cost = None);
    let tool = s.add(Some(root), StepKind::Tool, HOSTILE, 20);
    s.edit(tool, |step| (step.status, step.error) = (StepStatus::Error, Some(HOSTILE.into())));
    s.end(&[HOSTILE], &format!("{HOSTILE}\nsecond line e\u{301}\u{301} 🇰🇷"))
}

/// All of them.
pub(crate) fn world() -> World {
    let mut runs = vec![
        hostile(1, 2 * 86_400),
        review(2, 3600),
        refund(3, 1500, "refund order 8811"),
        refund(4, 400, "환불 주문 8812 이중 결제: 고객이 두 번 결제했다고 합니다"),
        under_way(5),
    ];
    runs[2].summary.times.failed = true;
    runs[3].summary.findings.flagged[..2].copy_from_slice(&[2, 1]);
    let mut gone = under_way(6).summary;
    gone.times.start -= 7_200_000_000_000;
    gone.times.received -= 7_200_000_000_000;
    (gone.task, gone.agents, gone.name) = (None, Vec::new(), "gemini-cli".into());
    runs.push(Told { summary: gone, steps: Vec::new() });
    World { runs, ..World::default() }
}
