//! Runs whose shape in time matters: agents that work beside each other, tools in parallel, moments without duration, a
//! session of several runs.

use crate::model::{StepKind, StepStatus};

use super::world::{NOON, Script, Told, World};

const MS: u64 = 1_000_000;

/// A lead that gives three workers their tasks at once, one of them with a Korean name, another with tools in parallel.
fn team(run: i64, seconds: u64) -> Told {
    let mut s = Script::new(run, seconds);
    let begin = NOON - seconds * 1000 * MS;
    let root = s.add(None, StepKind::Agent, "lead", 0);
    let is_of = |agent: &str| {
        let agent = agent.to_owned();
        move |step: &mut crate::model::Step| step.agent = Some(agent.into())
    };
    s.edit(root, is_of("lead"));
    let plan = s.call(root, "claude-sonnet-4-5", 1800, (2100, 0, 240));
    s.edit(plan, |step| step.finish_reason = Some("tool_call".into()));
    for (number, name) in ["researcher", "번역가 팀", "checker"].into_iter().enumerate() {
        let from = begin + 1900 * MS + number as u64 * 350 * MS;
        let worker = s.add(Some(root), StepKind::Agent, name, 0);
        s.edit(worker, is_of(name));
        let call = s.call(worker, "gpt-5.1", 900 + number as u64 * 500, (800, 200, 60));
        let tools: Vec<usize> = (0..3)
            .map(|tool| {
                s.add(Some(worker), StepKind::Tool, ["search_web", "read_page", "문서_검색"][tool], 700)
            })
            .collect();
        let answer = s.call(worker, "gpt-5.1", 1200, (1500, 900, 210));
        s.edit(worker, |step| step.start = from);
        move_to(&mut s, call, from);
        let asked = from + (900 + number as u64 * 500) * MS;
        let apart = if number == 0 { 0 } else { 720 * MS };
        let mut at = asked + 20 * MS;
        for tool in tools {
            move_to(&mut s, tool, at);
            at += apart;
        }
        move_to(&mut s, answer, asked + if number == 0 { 800 * MS } else { 2300 * MS });
    }
    let failed = s.add(Some(root), StepKind::Tool, "publish", 400);
    s.edit(failed, |step| {
        (step.status, step.error) = (StepStatus::Error, Some("publish: 권한이 없습니다 (403)".into()));
    });
    move_to(&mut s, failed, begin + 7400 * MS);
    let last = s.call(root, "claude-sonnet-4-5", 1300, (5200, 4100, 310));
    move_to(&mut s, last, begin + 7900 * MS);
    s.end(
        &["lead", "researcher", "번역가 팀", "checker"],
        "세 팀에게 나누어 조사하기: compare the refund laws",
    )
}

fn move_to(s: &mut Script, at: usize, start: u64) {
    s.edit(at, |step| (step.start, step.end) = (start, start + (step.end - step.start)));
}

/// A client that sends log records alone: moments, some of them at once.
fn moments(run: i64, seconds: u64) -> Told {
    let mut s = Script::new(run, seconds);
    for turn in 0..12_u64 {
        let kind = if turn % 3 == 0 { StepKind::Llm } else { StepKind::Tool };
        let at = s.add(None, kind, if kind == StepKind::Llm { "api_request" } else { "Bash" }, 0);
        // of three the last two at once
        let start = NOON - seconds * 1000 * MS + (turn / 3 * 2 + turn % 3 / 2) * 900 * MS;
        s.edit(at, |step| (step.start, step.end, step.agent) = (start, start, Some("claude-code".into())));
    }
    s.end(&["claude-code"], "mend the failing test")
}

/// The team, the moments, and four runs of one session.
pub(crate) fn timed() -> World {
    let mut runs = vec![team(20, 100), moments(21, 200)];
    for run in 30..34 {
        let mut s = Script::new(run, 1000 - u64::try_from(run).unwrap_or(0) * 10);
        let root = s.add(None, StepKind::Agent, "greeter", 0);
        s.call(root, "gpt-5.1", 400, (90, 0, 12));
        let mut told = s.end(&["greeter"], "hello");
        told.summary.session_id = Some("conv-8812-a71f".into());
        told.summary.user_id = Some("jiyeon.kim".into());
        runs.push(told);
    }
    World { runs, ..World::default() }
}
