//! Work that one agent sends to another and that comes back.

use super::*;
use crate::model::Handoff;

/// A manager that calls agents, `name | what it is asked | what it answers`, one after the other, directly or by a tool.
fn manager(calls: &[&str], by_tool: bool) -> Script {
    let mut script = Script::default();
    let manager = script.agent("manager", 0);
    for call in calls {
        let [name, asked, answer] = std::array::from_fn(|at| call.split(" | ").nth(at).unwrap_or("?"));
        (script.agent, script.parent) = ("manager".to_owned(), manager);
        script.says("");
        if by_tool {
            script.tool(&format!("ask_{name} {} {answer}", asked.replace(' ', "_")));
        }
        let parent = script.steps.len() as u64;
        script.agent(name, if by_tool { parent } else { manager });
        if !by_tool {
            script.ask(asked, answer);
        }
        script.says(answer);
        script.close(if by_tool { parent } else { parent + 1 });
    }
    script
}

impl Script {
    /// Gives the latest agent a request and an answer.
    fn ask(&mut self, asked: &str, answer: &str) {
        let told = |text: &str| if text == "?" { 0 } else { digest(text) };
        let step = self.steps.last_mut().unwrap();
        (step.input_digest, step.output_digest) = (told(asked), told(answer));
        let free = asked.split(' ').count() >= 4;
        let leaf = Leaf {
            path: 0,
            value: u32::try_from(told(asked) >> 32).unwrap(),
            words: if free { words(asked) } else { Words::default() },
        };
        step.wording = (asked != "?").then(|| Arc::new(Wording { asked: vec![leaf], ..Wording::default() }));
    }

    /// The step with this id goes on until now.
    fn close(&mut self, id: u64) {
        let end = self.steps.last().unwrap().end;
        self.steps[usize::try_from(id).unwrap() - 1].end = end + 1;
    }
}

#[test]
fn requests_that_repeat_are_flagged_and_work_sent_out_is_not() {
    let cases: &[(&str, &[&str], &str, &str)] = &[
        (
            "the same, answered the same",
            &["a | find the red car | no", "a | find the red car | no", "a | find the red car | no"],
            "alarm 3×1 a 4",
            "alarm 3×1 ask_a 4",
        ),
        (
            "the same, other answers",
            &["a | find the red car | x", "a | find the red car | y", "a | find the red car | z"],
            "hint 3×1 a 4",
            "hint 3×1 ask_a 4",
        ),
        (
            "nearly the same",
            &["a | find the red car | x", "a | find the blue car | y", "a | find the blue cars | z"],
            "hint 3×1 a 4",
            "hint 3×1 ask_a 4",
        ),
        ("twice nearly the same", &["a | find the red car | x", "a | find a red car | y"], "", ""),
        (
            "other work each time",
            &["a | find the red car | x", "a | paint my old house | y", "a | then sell both soon | z"],
            "",
            "",
        ),
        (
            "the same to others",
            &["a | find the red car | x", "b | find the red car | y", "c | find the red car | z"],
            "",
            "",
        ),
        ("nothing told", &["a | ? | ?", "a | ? | ?", "a | ? | ?"], "", "hint 3×1 ask_a 4"),
    ];
    for (what, calls, direct, by_tool) in cases {
        assert_eq!(told(&manager(calls, false).found()), *direct, "{what}, called directly");
        assert_eq!(told(&manager(calls, true).found()), *by_tool, "{what}, by a tool");
    }
}

#[test]
fn what_happens_within_a_call_that_repeats_is_said_by_the_call() {
    let mut script = manager(&["a | find the red car | no"; 3], false);
    let agents: Vec<u64> =
        script.steps[1..].iter().filter(|s| s.kind == StepKind::Agent).map(|s| s.span_id.as_u64()).collect();
    for agent in agents {
        let [start, end] = [agent * 10 + 12, agent * 10 + 13];
        script.agent = "a".to_owned();
        let step = script.add(StepKind::Tool, agent);
        (step.start, step.end, step.tool) = (start, end, Some("final_answer".into()));
        (step.input_digest, step.output_digest) = (7, 7);
    }
    assert_eq!(told(&script.found()), "alarm 3×1 a 4");
}

#[test]
fn agents_called_side_by_side_do_not_repeat_each_other() {
    let mut script = manager(&["a | find the red car | x"; 3], false);
    let ends = script.steps.last().unwrap().end;
    for step in script.steps.iter_mut().filter(|step| step.kind == StepKind::Agent) {
        step.end = ends;
    }
    assert_eq!(told(&script.found()), "");
}

#[test]
fn what_an_agent_does_first_for_each_of_its_requests_is_no_loop() {
    for (second, expected) in [("paint my old house", ""), ("find the red cars", "alarm 3×1 ls 2")] {
        let mut script = Script::default();
        let manager = script.agent("manager", 0);
        for asked in ["find the red car", second, "sell it all at once"] {
            let asked = if expected.is_empty() { asked } else { second };
            script.agent("a", manager);
            let id = script.steps.len() as u64;
            script.ask(asked, "?");
            script.says("");
            script.tool("ls 1 x");
            script.close(id);
        }
        let loops: Vec<Finding> =
            script.found().into_iter().filter(|f| f.severity > Severity::Hint).collect();
        assert_eq!(told(&loops), expected, "{second}");
    }
}

/// Agents each below the one before, as `name | what it is asked`, with a tool call between them or without.
fn ladder(agents: &[&str], tool: bool) -> Script {
    let mut script = Script::default();
    let mut parent = 0;
    for agent in agents {
        let (name, asked) = agent.split_once(" | ").unwrap();
        script.agent(name, parent);
        script.ask(asked, "?");
        parent = script.steps.len() as u64;
        script.says("");
        if tool {
            script.parent = parent;
            script.tool("ask ? ?");
            parent = script.steps.len() as u64;
        }
    }
    script
}

#[test]
fn an_agent_that_calls_itself_with_the_same_request_is_a_cycle() {
    let cases: &[(&str, &[&str], bool, &str)] = &[
        (
            "through another",
            &["a | find the red car", "b | look for it", "a | find the red car"],
            false,
            "alarm 2×2 a,b 1",
        ),
        ("by a tool", &["a | find the red car", "a | find the red car"], true, "alarm 2×1 a 1"),
        ("told twice", &["a | find the red car", "a | find the red car"], false, ""),
        (
            "through two others",
            &["a | find the red car", "b | x", "c | y", "a | find the red car now"],
            false,
            "alarm 2×3 a,b,c 1",
        ),
        (
            "a smaller part of it",
            &["a | move 3 disks from A to C", "b | think", "a | move 2 disks from A to B"],
            false,
            "hint 2×2 a,b 1",
        ),
        ("other work", &["a | find the red car", "b | x", "a | what is your budget"], false, ""),
        ("nothing told", &["a | ?", "b | ?", "a | ?"], false, ""),
        ("nothing told, three deep", &["a | ?", "b | ?", "a | ?", "b | ?", "a | ?"], false, "hint 3×2 a,b 3"),
        (
            "three deep",
            &[
                "a | find the red car",
                "b | x y z v",
                "a | find the red car",
                "b | x y z v",
                "a | find the red car",
            ],
            false,
            "alarm 3×2 a,b 3",
        ),
        (
            "down and up no more",
            &["a | find the red car", "b | find the red car", "c | find the red car"],
            false,
            "",
        ),
    ];
    for (what, agents, tool, expected) in cases {
        let found = ladder(agents, *tool).found();
        let cycles: Vec<Finding> =
            found.into_iter().filter(|f| f.kind == FindingKind::HandoffCycle).collect();
        assert_eq!(told(&cycles), *expected, "{what}");
    }
}

#[test]
fn an_agent_that_was_handed_over_to_below_its_giver_is_no_call() {
    let mut script = Script::default();
    let mut parent = 0;
    for name in ["a", "b", "a"] {
        script.agent(name, parent);
        script.ask("find the red car", "?");
        let is_last = std::mem::replace(&mut parent, script.steps.len() as u64) > 1;
        script.says("yours");
        if is_last {
            break;
        }
        let to = if name == "a" { "b" } else { "a" };
        let handoff = Handoff { from: Some(name.into()), to: Some(to.into()) };
        script.add(StepKind::Handoff, parent).handoff = Some(handoff.into());
    }
    assert_eq!(told(&script.found()), "");
}

#[test]
fn a_hub_that_says_the_same_again_gets_a_hint_and_a_ring_only_its_own_word() {
    let hub = ["h please look into it again", "s one thing | t 1 r"];
    let turns: Vec<&str> = hub.iter().copied().cycle().take(6).collect();
    let mut script = team(&turns);
    // each look brings something else
    for (at, step) in script.steps.iter_mut().filter(|step| step.kind == StepKind::Tool).enumerate() {
        (step.output_digest, step.input_digest) = (at as u64 + 7, at as u64 + 7);
    }
    assert_eq!(told(&script.found()), "hint 3×1 s 4");
    let ring = ["a would you please do it", "b no it is you"];
    let turns: Vec<&str> = ring.iter().copied().cycle().take(8).collect();
    assert_eq!(told(&team(&turns).found()), "alarm 4×2 a,b 6");
}
