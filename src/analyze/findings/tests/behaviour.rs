//! What real agents do: nothing above a hint is said of honest work, and stuck agents are told whatever they vary.

use super::{Script, worker};
use crate::model::Severity;

/// Findings above a hint of any kind, as `severity rule`.
fn warnings(script: &Script) -> Vec<String> {
    let found = script.found();
    let grave = found.iter().filter(|finding| finding.severity > Severity::Hint);
    grave
        .map(|finding| format!("{} {}: {}", finding.severity.name(), finding.rule, finding.message))
        .collect()
}

#[test]
fn honest_work_is_never_more_than_a_remark() {
    for (what, calls) in [
        (
            "edit and test until it passes",
            &["t 1 !red", "edit 1 ok", "t 1 !red", "edit 2 ok", "t 1 !red", "edit 3 ok", "t 1 green"][..],
        ),
        (
            "giving up",
            &["t 1 !red", "edit 1 ok", "t 1 !red", "edit 2 ok", "t 1 !red", "edit 3 ok", "t 1 !red"],
        ),
        ("giving up with another error", &["t 1 !red", "edit 1 ok", "t 1 !no such name"]),
        (
            "giving up after many errors",
            &[
                "t 1 !red",
                "edit 1 ok",
                "t 1 !blue one",
                "edit 2 ok",
                "r 1 x",
                "t 1 !no such name",
                "edit 3 ok",
                "t 1 !odd",
            ],
        ),
        (
            "one test and then another",
            &["edit 1 ok", "t 1 !red", "edit 2 ok", "t 2 !red", "edit 3 ok", "t 1 !red"],
        ),
        (
            "silent failures of tests",
            &["t 1 ~red", "edit 1 ok", "t 1 ~red", "edit 2 ok", "t 1 ~red", "edit 3 ok", "t 1 ok"],
        ),
        (
            "looking around",
            &[
                "ls src a",
                "grep foo b",
                "view a.rs c",
                "ls tests d",
                "grep bar e",
                "view b.rs f",
                "view a.rs:100 g",
            ],
        ),
        (
            "nothing found here and there",
            &["grep foo none", "grep bar none", "grep baz none", "view a.rs c", "grep qux none"],
        ),
        ("paging by a number", &["page 1 a", "page 2 b", "page 3 c", "page 4 d"]),
        ("paging without arguments", &["next {} a", "next {} b", "next {} c", "next {} d"]),
        ("a job whose state moves on", &["job 1 10%", "job 1 40%", "job 1 80%", "job 1 done"]),
        (
            "a job that is waited for",
            &["wait 1 run", "wait 1 run", "wait 1 run", "wait 1 run", "wait 1 run", "wait 1 done"],
        ),
        (
            "a lookup after each change",
            &["user 1 x", "edit 1 ok", "user 1 x", "edit 2 ok", "user 1 x", "edit 3 ok", "user 1 x"],
        ),
        ("a retry that helped", &["a 1 !503", "a 1 x", "b 1 !503", "b 1 y"]),
        ("a tool that is not there, and another that is", &["a 1 !no such tool", "b 1 x", "b 2 y"]),
        ("the user asks again", &["a 1 x", "user", "a 1 x", "user", "a 1 x"]),
    ] {
        assert_eq!(warnings(&worker(calls)), Vec::<String>::new(), "{what}");
    }
}

#[test]
fn reads_side_by_side_are_one_decision_each_time() {
    let mut script = Script::default();
    script.agent("worker", 0);
    for files in [["a 1 x", "a 2 y", "a 3 z"], ["a 4 x", "a 5 y", "a 6 z"]] {
        script.says("");
        for file in files {
            script.tool(file);
        }
    }
    assert_eq!(warnings(&script), Vec::<String>::new());
}

#[test]
fn stuck_agents_are_told_whatever_they_vary() {
    for (what, calls, rule) in [
        (
            "two tools in turn, one in other words",
            &[
                "a one_two_three_four x",
                "b 1 y",
                "a two_one_three_four_five x",
                "b 1 y",
                "a four_two_three_one_six x",
                "b 1 y",
            ][..],
            &["reworded", "same-call"][..],
        ),
        (
            "one error, whatever is asked",
            &["a 1 !no", "b 1 x", "a 2 !no", "b 2 y", "a 3 !no"],
            &["same-failure"],
        ),
        ("one error with other numbers", &["a 1 !line 3", "a 2 !line 7", "a 3 !line 9"], &["same-failure"]),
        ("a round of two", &["a 1 x", "b 1 y", "a 1 x", "b 1 y", "a 1 x", "b 1 y"], &["step-cycle"]),
        (
            "an edit that fails again and again",
            &["edit 1 !no match", "r 1 x", "edit 2 !no match", "r 2 y", "edit 3 !no match"],
            &["same-failure"],
        ),
        (
            "the test again and again after one edit",
            &["t 1 !red", "edit 1 ok", "t 1 !red", "t 1 !red", "t 1 !red"],
            &["same-call"],
        ),
    ] {
        let found = worker(calls).found();
        for rule in rule {
            assert!(found.iter().any(|finding| finding.rule == *rule), "{what}: {rule} in {found:#?}");
        }
    }
}
