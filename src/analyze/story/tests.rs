//! Stories of small trees.

use super::super::tree;
use super::*;
use crate::model::Handoff;
use crate::model::fixture::step;

fn named(id: u64, parent: u64, kind: StepKind, name: &str, times: Range<u64>) -> Step {
    let own = Some(name.to_owned());
    let (agent, tool) = if kind == StepKind::Agent { (own, None) } else { (None, own) };
    Step {
        kind,
        agent: agent.map(Into::into),
        tool: tool.map(Into::into),
        start: times.start,
        end: times.end,
        ..step(id, parent)
    }
}

fn told(steps: &[Step]) -> Vec<String> {
    let tree = tree::build(steps);
    let who = |who: Option<&str>| who.unwrap_or("-").to_owned();
    let words = |beat: &Beat<'_>| match beat {
        Beat::Enter { by, agent, .. } => format!("{} sets {agent} to work", who(*by)),
        Beat::Leave { agent, to, .. } => format!("{agent} answers {}", who(*to)),
        Beat::Call { by, at } => format!("{} calls {at}", who(*by)),
        Beat::Together { by, at } => format!("{} calls {at:?}", who(*by)),
        Beat::Handoff { from, to, .. } => format!("{} hands over to {}", who(*from), who(*to)),
        Beat::Model { by, at } => format!("{} asks a model {at}", who(*by)),
    };
    Story::of(steps, &tree).beats.iter().map(words).collect()
}

#[test]
fn a_story_tells_who_worked_for_whom() {
    let handoff = Handoff { from: None, to: Some("billing".into()) };
    let steps = [
        named(1, 0, StepKind::Agent, "triage", 1..100),
        named(2, 1, StepKind::Tool, "get_order", 10..20),
        named(3, 1, StepKind::Tool, "a", 30..40),
        named(4, 1, StepKind::Tool, "b", 35..45),
        named(5, 1, StepKind::Agent, "researcher", 50..60),
        named(6, 5, StepKind::Tool, "search", 51..52),
        named(7, 1, StepKind::Llm, "", 61..62),
        Step { handoff: Some(handoff.into()), ..named(8, 1, StepKind::Handoff, "", 70..71) },
        Step { status: StepStatus::Error, ..named(9, 1, StepKind::Llm, "", 80..81) },
    ];
    assert_eq!(
        told(&steps),
        [
            "- sets triage to work",
            "triage calls 1",
            "triage calls [2, 3]",
            "triage sets researcher to work",
            "researcher calls 5",
            "researcher answers triage",
            "triage hands over to billing",
            "triage asks a model 8",
            "triage answers -",
        ]
    );
}

#[test]
fn a_run_of_model_calls_alone_tells_of_them() {
    let steps = [named(1, 0, StepKind::Agent, "a", 1..9), named(2, 1, StepKind::Llm, "", 2..3)];
    assert_eq!(told(&steps), ["- sets a to work", "a asks a model 1", "a answers -"]);
}

#[test]
fn rounds_of_the_same_are_put_together() {
    let tools = |names: &[(&str, u64)]| {
        let mut steps = vec![named(1, 0, StepKind::Agent, "a", 1..1000)];
        for (nth, &(name, digest)) in names.iter().enumerate() {
            let at = 10 * (nth as u64 + 1);
            let call = named(nth as u64 + 2, 1, StepKind::Tool, name, at..at + 1);
            steps.push(Step { input_digest: digest, ..call });
        }
        let tree = tree::build(&steps);
        let shown: Vec<&Step> = steps.iter().collect();
        let stretches = Story::of(&steps, &tree).stretches(&shown);
        stretches.into_iter().map(|s| (s.first.len(), s.times, s.same)).collect::<Vec<_>>()
    };
    let alone = (1, 1, false);
    for (what, names, expected) in [
        ("nothing twice", &[("x", 1), ("y", 1)][..], &[alone, alone][..]),
        ("the same twice", &[("x", 1), ("x", 1)], &[(1, 2, true)]),
        ("other arguments twice", &[("x", 1), ("x", 2)], &[alone, alone]),
        ("other arguments thrice", &[("x", 1), ("x", 2), ("x", 3)], &[(1, 3, false)]),
        ("a round of two", &[("x", 1), ("y", 1), ("x", 1), ("y", 1), ("z", 1)], &[(2, 2, true), alone]),
    ] {
        let with_ends: Vec<_> = [&[alone], expected, &[alone]].concat();
        assert_eq!(tools(names), with_ends, "{what}");
    }
}
