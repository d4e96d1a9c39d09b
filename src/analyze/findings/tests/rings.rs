//! Rings of handoffs, with and without new work between.

use super::*;
use crate::model::Handoff;

#[test]
fn rings_without_new_work_are_flagged_and_teams_at_work_are_not() {
    let cases: &[(&str, &[&str], &str)] = &[
        ("two rounds", &["a you do it", "b no you", "a you do it", "b no you"], "warning 2×2 a,b 2"),
        (
            "three rounds of three, outsiders around",
            &[
                "o go", "a x y", "b x z", "c y z", "a x y", "b x z", "c y z", "a x y", "b x z", "c y z",
                "p fine",
            ],
            "alarm 3×3 a,b,c 6",
        ),
        (
            "new work in the first round, and later looked up again",
            &["a x y | t 1 r", "b x z", "a x y | t 1 r", "b x z", "a x y", "b x z"],
            "alarm 3×2 a,b 4",
        ),
        ("one bounce", &["a x y", "b x z", "a x y"], ""),
        (
            "hub and spokes",
            &[
                "h next",
                "s one thing | t 1 r",
                "h next",
                "s another sort | t 2 r",
                "h next",
                "s yet more | t 3 r",
            ],
            "",
        ),
        ("writer and critic", &["w a b c", "c d e f", "w g h i", "c j k l", "w m n o", "c p q r"], ""),
        ("a failed call is no work", &["a x | t 1 !e1", "b y", "a x | t 1 !f2", "b y"], "warning 2×2 a,b 2"),
        ("a result that is not told may be new", &["a x | t 1 ?", "b y", "a x | t 1 ?", "b y"], ""),
        ("without a word twice is little", &["a", "b", "a", "b"], "hint 2×2 a,b 2"),
        ("without a word three times", &["a", "b", "a", "b", "a", "b"], "warning 3×2 a,b 4"),
        ("a pipeline", &["a x", "b x", "c x", "d x"], ""),
    ];
    for (what, turns, expected) in cases {
        let cycles: Vec<Finding> =
            team(turns).found().into_iter().filter(|f| f.kind == FindingKind::HandoffCycle).collect();
        assert_eq!(told(&cycles), *expected, "{what}");
    }
}

#[test]
fn agents_that_are_called_and_return_pass_nothing_on() {
    let mut script = Script::default();
    let manager = script.agent("manager", 0);
    for _ in 0..4 {
        (script.agent, script.parent) = ("manager".to_owned(), manager);
        script.says("ask them");
        script.agent("helper", manager);
        script.says("done");
    }
    assert_eq!(told(&script.found()), "");
}

#[test]
fn handoffs_alone_tell_a_ring() {
    let mut script = Script { parent: 1, ..Script::default() };
    script.add(StepKind::Workflow, 0).agent = None;
    for (from, to) in [("a", "b"), ("b", "a"), ("a", "b"), ("b", "a")] {
        script.agent = from.to_owned();
        script.says("yours");
        let handoff = Handoff { from: Some(from.into()), to: Some(to.into()) };
        script.add(StepKind::Handoff, 1).handoff = Some(handoff.into());
    }
    script.agent = "a".to_owned();
    script.says("yours");
    assert_eq!(script.found().iter().map(|f| f.members.join(",")).collect::<Vec<_>>(), ["a,b"]);
}
