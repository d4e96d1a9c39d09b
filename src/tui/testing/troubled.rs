//! Runs with something to flag: a loop, a ring of agents with names of every kind, a dozen and more agents, and one run with
//! nothing in it.

use crate::model::{Handoff, StepKind, StepStatus, Usage};

use super::world::{Script, Told, World};

/// A search that is made `rounds` times with the same words and the same result, the last but one of them failing.
pub(crate) fn looped(run: i64, seconds: u64, rounds: u64) -> Told {
    let mut s = Script::new(run, seconds);
    let root = s.add(None, StepKind::Agent, "researcher", 0);
    s.edit(root, |step| step.agent = Some("researcher".into()));
    s.call(root, "gpt-5.1", 900, (1200, 0, 80));
    s.add(Some(root), StepKind::Tool, "read_brief", 30);
    for round in 0..rounds {
        let call = s.call(root, "gpt-5.1", 1100, (2000 + round * 150, 1500, 60));
        s.edit(call, |step| step.finish_reason = Some("tool_call".into()));
        let search = s.add(Some(root), StepKind::Tool, "search_web", 300);
        s.edit(search, |step| {
            (step.tool, step.input_digest) = (Some("search_web".into()), 7);
            (step.status, step.error) = (StepStatus::Error, Some("한도 초과: rate limit".into()));
        });
    }
    s.call(root, "gpt-5.1", 1400, (4100, 3000, 300));
    with_counts(
        s.end(&["researcher"], "Find the release date of Project Hangang (한강 프로젝트 출시일 찾아줘)"),
    )
}

/// Three agents that hand the work round, and a fourth that gets it once.
fn ring(run: i64, seconds: u64) -> Told {
    const LONG: &str =
        "a very long name of an agent that settles everything about invoices, refunds and more";
    let names = ["triage", "환불 담당 👩‍👩‍👧‍👦", LONG];
    let mut s = Script::new(run, seconds);
    let root = s.add(None, StepKind::Workflow, "support", 0);
    for turn in 0..9 {
        let (from, to) = (names[turn % 3], names[(turn + 1) % 3]);
        let agent = s.add(Some(root), StepKind::Agent, from, 0);
        s.edit(agent, |step| step.agent = Some(from.into()));
        s.call(agent, "gpt-5.1", 700, (900 + turn as u64 * 40, 0, 45));
        let handoff = s.add(Some(agent), StepKind::Handoff, &format!("transfer to {to}"), 3);
        s.edit(handoff, |step| {
            step.handoff = Some(Handoff { from: Some(from.into()), to: Some(to.into()) }.into());
        });
    }
    let clerk = s.add(Some(root), StepKind::Agent, "clerk", 0);
    s.edit(clerk, |step| step.agent = Some("clerk".into()));
    s.call(clerk, "gpt-5.1", 700, (500, 0, 20));
    with_counts(s.end(&["triage", "clerk"], "이중 결제 환불: charged twice"))
}

/// A hub that calls many others.
fn hub(run: i64, seconds: u64) -> Told {
    let mut s = Script::new(run, seconds);
    let root = s.add(None, StepKind::Agent, "hub", 0);
    s.edit(root, |step| step.agent = Some("hub".into()));
    for spoke in 0..15 {
        let agent = s.add(Some(root), StepKind::Agent, &format!("worker {spoke}"), 0);
        s.edit(agent, |step| step.agent = Some(format!("worker {spoke}").into()));
        s.call(agent, "gpt-5.1", 200, (300 + spoke, 0, 20));
    }
    s.end(&["hub"], "ask everybody")
}

/// One call and its answer.
fn sound(run: i64, seconds: u64) -> Told {
    let mut s = Script::new(run, seconds);
    let root = s.add(None, StepKind::Agent, "greeter", 0);
    let call = s.call(root, "gpt-5.1", 400, (90, 0, 12));
    s.edit(call, |step| step.usage = Usage { input: Some(90), output: Some(12), ..Usage::default() }.into());
    s.end(&["greeter"], "hello")
}

/// The run with its findings counted as the rules count them.
fn with_counts(mut told: Told) -> Told {
    let mut world = World { runs: vec![told.clone()], ..World::default() };
    told.summary.findings = world.counts(told.summary.key);
    told
}

/// All of them, the loop first.
pub(crate) fn troubled() -> World {
    let runs = vec![looped(7, 100, 6), ring(8, 200), hub(9, 300), sound(10, 400)];
    World { runs, ..World::default() }
}
