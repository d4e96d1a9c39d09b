//! Loops: agents that go on doing the same, and agents that have reason to.

use super::*;

#[test]
fn stuck_agents_are_flagged_and_busy_ones_are_not() {
    let cases: &[(&str, &[&str], &str)] = &[
        ("the same call", &["a 1 x", "a 1 x", "a 1 x"], "alarm 3×1 a 2"),
        ("twice is worth a look", &["a 1 x", "a 1 x"], "warning 2×1 a 1"),
        ("others in between", &["a 1 x", "b 1 y", "a 1 x", "b 2 y", "a 1 x"], "alarm 3×1 a 2"),
        (
            "other failures of one kind",
            &["a 1 !no 'x'", "a 2 !no 'y'", "b 1 z", "a 3 !no 'z'"],
            "alarm 3×1 a 2",
        ),
        ("a round of two", &["a 1 x", "b 1 y", "a 1 x", "b 1 y", "a 1 x", "b 1 y"], "alarm 3×2 a,b 4"),
        ("two rounds and one more call", &["a 1 x", "b 1 y", "a 1 x", "b 1 y", "a 1 x"], "alarm 2×2 a,b 3"),
        ("a round with a failure", &["a 1 x", "b 1 !bad", "a 1 x", "b 1 !bad"], "warning 2×2 a,b 2"),
        (
            "other words, the same hits",
            &["a one_two_three_four x", "a two_one_three_four_five x", "a four_two_three_one_six x"],
            "hint 3×1 a 2",
        ),
        (
            "other words, other hits",
            &["a one_two_three_four x", "a two_one_three_four_five y", "a four_two_three_one_six z"],
            "",
        ),
        ("nothing told but equal sizes", &["a ? ?", "a ? ?", "a ? ?"], "hint 3×1 a 2"),
        ("results not told", &["a 1 ?", "a 1 ?", "a 1 ?"], "hint 3×1 a 2"),
        ("results not told, other targets", &["a 1 ?", "a 2 ?", "a 3 ?"], ""),
        ("a batch over files", &["a 1 x", "a 2 y", "a 3 z"], ""),
        ("one answer for every target", &["a 1 ok", "a 2 ok", "a 3 ok"], ""),
        ("paging", &["a {} x", "a {} y", "a {} z"], ""),
        ("test, edit, test", &["t 1 !red one", "e 1 ok", "t 1 !red two", "e 2 ok", "t 1 green"], ""),
        (
            "the same test after each edit",
            &["t 1 !red", "edit 1 ok", "t 1 !red", "edit 2 ok", "t 1 !red"],
            "hint 3×1 t 2",
        ),
        ("once more after an edit", &["t 1 !red", "edit 1 ok", "t 1 !red"], ""),
        (
            "an edit, and then stuck",
            &["t 1 !red", "edit 1 ok", "t 1 !red", "t 1 !red", "t 1 !red"],
            "alarm 4×1 t 3",
        ),
        (
            "the same edit again changes nothing",
            &["t 1 !red", "edit 1 ok", "t 1 !red", "edit 1 ok", "t 1 !red"],
            "alarm 2×2 t,edit 3",
        ),
        (
            "an edit that failed changes nothing",
            &["t 1 x", "edit 1 !no", "t 1 x", "edit 2 !nor", "t 1 x"],
            "alarm 3×1 t 2",
        ),
        ("a file read again after an edit", &["r 1 x", "edit 1 ok", "r 1 y"], ""),
        (
            "edits in other words",
            &[
                "edit one_two_three_four ok",
                "edit two_one_three_four_five ok",
                "edit four_two_three_one_six ok",
            ],
            "",
        ),
        ("waiting", &["wait 1 x", "wait 1 x", "wait 1 x", "wait 1 x"], "hint 4×1 wait 3"),
        ("waiting a moment", &["wait 1 x", "wait 1 x"], ""),
        ("a job that is asked after", &["wait 1 x", "s 1 y", "wait 1 x", "s 1 z"], ""),
        ("reading in blocks", &["r 0-99 a", "r 100-199 b", "r 200-299 c"], ""),
        ("failures that only results tell", &["a 1 ~no", "a 2 ~no", "a 3 ~no"], "warning 3×1 a 2"),
        ("two of them", &["a 1 ~no", "a 2 ~no"], ""),
        ("one of them among others", &["a 1 ~no", "a 2 !no", "a 3 !no", "a 4 !no"], "alarm 4×1 a 3"),
        ("a silent failure after a silent success", &["a 1 ~no", "a 2 x", "a 3 ~no", "a 4 ~no"], ""),
        ("one retry", &["a 1 !503", "a 1 x"], ""),
        ("a failure after a success", &["a 1 !503", "a 1 x", "a 2 !503", "a 2 y"], ""),
        ("the user asks again", &["a 1 x", "user", "a 1 x", "user", "a 1 x"], ""),
    ];
    for (what, calls, expected) in cases {
        let loops: Vec<Finding> =
            worker(calls).found().into_iter().filter(|f| f.kind == FindingKind::Loop).collect();
        assert_eq!(told(&loops), *expected, "{what}");
    }
}

#[test]
fn a_finding_tells_its_rule_its_rounds_and_what_changed() {
    let nothing = changed::NOTHING;
    let cases: &[(&[&str], &str, &[u32], &str)] = &[
        (&["a 1 x", "b 1 y", "a 1 x", "a 1 x"], "same-call", &[0, 1, 2], nothing),
        (
            &["a 1 !no", "a 2 !no", "a 2 !no", "a 3 !no"],
            "same-failure",
            &[0, 1, 2, 3],
            "arguments: 3 different",
        ),
        (&["a ? !no", "a 2 !no"], "same-failure", &[0, 1], "arguments are not in the telemetry"),
        (&["a 1 x", "b 1 y", "a 1 x", "b 1 y", "a 1 x"], "step-cycle", &[0, 2, 4], nothing),
        (
            &["a one_two_three_four x", "a two_one_three_four_five x", "a four_two_three_one_six x"],
            "reworded",
            &[0, 1, 2],
            "one argument: 3 wordings",
        ),
        (&["a 1 ?", "a 1 ?", "a 1 ?"], "unseen", &[0, 1, 2], changed::UNTOLD),
    ];
    for (calls, rule, rounds, changed) in cases {
        let found = &worker(calls).found()[0];
        let told = (found.rule, found.rounds.as_slice(), found.changed.as_deref());
        assert_eq!(told, (*rule, *rounds, Some(*changed)), "{calls:?}");
    }
}

#[test]
fn wasted_time_counts_what_ran_side_by_side_once() {
    let mut script = worker(&["a 1 x", "a 1 x", "a 1 x"]);
    assert_eq!(script.found()[0].wasted_time, 20, "two calls and two askers of 5 each");
    // the last call runs on while its asker still speaks, and for 3 more
    let asker = script.steps[5].clone();
    let last = &mut script.steps[6];
    (last.start, last.end) = (asker.start + 1, asker.end + 3);
    assert_eq!(script.found()[0].wasted_time, 18);
}

#[test]
fn equal_calls_far_apart_are_no_loop() {
    let others: Vec<String> = (0..31).map(|n| format!("b {n} {n}")).collect();
    let between = |n: usize| others[..n].iter().map(String::as_str);
    for (n, expected) in [(29, 1), (30, 0)] {
        let calls: Vec<&str> = ["a 1 x"].into_iter().chain(between(n)).chain(["a 1 x"]).collect();
        assert_eq!(worker(&calls).found().len(), expected, "{n} in between");
    }
}

#[test]
fn calls_asked_for_in_one_breath_do_not_repeat_each_other() {
    let mut script = Script::default();
    script.agent("worker", 0);
    script.says("");
    for _ in 0..5 {
        script.tool("a 1 x");
    }
    assert_eq!(told(&script.found()), "");
}

#[test]
fn two_agents_that_do_the_same_are_no_loop() {
    let mut script = Script::default();
    for name in ["one", "other"] {
        script.agent(name, 0);
        script.says("");
        script.tool("a 1 x");
    }
    assert_eq!(told(&script.found()), "");
}

#[test]
fn the_clients_own_guard_is_an_alarm_with_the_call_before_it() {
    let mut script = worker(&["a 1 x", "a 1 x"]);
    let parent = script.parent;
    script.add(StepKind::Other, parent).name = format!("{}: repetition", Step::LOOP_DETECTED).into();
    let findings = script.found();
    assert_eq!(told(&findings), "alarm 1×1 a 1");
    assert_eq!((findings[0].steps.len(), findings[0].message.contains("repetition")), (3, true));
}

#[test]
fn an_unpriced_call_leaves_the_cost_of_the_waste_unknown() {
    let mut script = worker(&["a 1 x", "a 1 x", "a 1 x"]);
    script.steps[3].cost = None;
    assert_eq!(script.found()[0].wasted_cost, None);
}
