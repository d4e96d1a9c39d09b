//! Whole comparisons: runs are made of plans, content of plain facts.

use std::convert::Infallible;
use std::sync::Arc;

use proptest::prelude::*;

use super::super::tree;
use super::*;
use crate::model::fixture::step;
use crate::model::{Role, Step, StepKind, StepStatus, Usage, Wording, Words};

/// One turn: a model call and the tool calls it asks for, which run side by side where there are several.
#[derive(Clone, Debug, PartialEq)]
struct Turn(Vec<Call>);

#[derive(Clone, Debug, PartialEq)]
struct Call {
    tool: &'static str,
    arguments: u64,
    result: u64,
    error: Option<&'static str>,
}

fn call(tool: &'static str, arguments: u64) -> Call {
    Call { tool, arguments, result: arguments + 100, error: None }
}

fn turn(arguments: u64) -> Turn {
    Turn(vec![call("read_file", arguments)])
}

/// Steps of a run with these turns and a last answer; `salt` makes other ids and times, `reverse` other orders.
fn run(turns: &[Turn], salt: u64, reverse: bool) -> Vec<Step> {
    let mut steps = vec![Step { end: u64::MAX, ..of(salt, 0, StepKind::Agent, 1) }];
    let mut now = 10 + salt;
    let mut add = |kind, start, end| {
        let id = salt + steps.len() as u64;
        steps.push(Step { end, ..of(id, salt, kind, start) });
        steps.len() - 1
    };
    let mut told = Vec::new();
    for Turn(calls) in turns {
        add(StepKind::Llm, now, now + 5);
        let mut places: Vec<_> = calls.iter().collect();
        if reverse {
            places.reverse();
        }
        for (nth, call) in places.into_iter().enumerate() {
            let start = now + 10 + nth as u64;
            told.push((add(StepKind::Tool, start, now + 30), call.clone()));
        }
        now += 50;
    }
    add(StepKind::Llm, now, now + 5);
    for (at, call) in told {
        let status = if call.error.is_some() { StepStatus::Error } else { StepStatus::Ok };
        steps[at] = Step {
            tool: Some(call.tool.into()),
            input_digest: call.arguments,
            output_digest: call.result,
            error: call.error.map(Into::into),
            status,
            ..steps[at].clone()
        };
    }
    steps
}

fn of(id: u64, parent: u64, kind: StepKind, start: u64) -> Step {
    let usage = if kind == StepKind::Llm {
        Usage { input: Some(10), output: Some(1), ..Usage::default() }
    } else {
        Usage::default()
    };
    Step { kind, start, agent: Some("worker".into()), usage: usage.into(), ..step(id, parent) }
}

/// What every model call was asked.
fn asked(system: u64, user: u64) -> Facts {
    let text = |digest: u64| Text { digest, text: digest.to_string() };
    let messages = vec![Said { role: Role::User, text: text(user) }];
    Facts { has_input: true, system: Some(text(system)), messages, ..Facts::default() }
}

fn compared(a: &[Step], b: &[Step], facts: [&Facts; 2]) -> Diff {
    let (tree_a, tree_b) = (tree::build(a), tree::build(b));
    let (mut a, mut b) = (Side::new(a, &tree_a, None), Side::new(b, &tree_b, None));
    let read = &mut |which: Which, _: &[_]| Ok::<_, Infallible>(facts[which as usize].clone());
    compare(&mut a, &mut b, read).unwrap_or_else(|never| match never {})
}

fn told(a: &[Turn], b: &[Turn], facts: [&Facts; 2]) -> (Reason, Cause) {
    let found = compared(&run(a, 100, false), &run(b, 5000, true), facts).divergence.unwrap();
    (found.reason, found.cause)
}

#[test]
fn every_edit_has_its_reason() {
    let base = [turn(1), Turn(vec![call("grep", 2), call("edit", 3)]), turn(4)];
    let with = |at: usize, edit: &dyn Fn(&mut Call)| {
        let mut turns = base.to_vec();
        edit(&mut turns[at].0[0]);
        turns
    };
    let plain = asked(1, 1);
    let failed = |call: &mut Call| call.error = Some("TimeoutError: no answer");
    for (what, other, expected) in [
        ("other arguments", with(1, &|call| call.arguments = 77), (Reason::Arguments, Cause::ModelChoice)),
        ("another tool", with(1, &|call| call.tool = "search"), (Reason::Tool, Cause::ModelChoice)),
        ("another result", with(1, &|call| call.result = 77), (Reason::Result, Cause::ToolResult)),
        ("an error on one side", with(1, &failed), (Reason::Status, Cause::Environment)),
        ("the model speaks instead", base[..2].to_vec(), (Reason::Output, Cause::ModelChoice)),
        (
            "one call more in a turn",
            {
                let mut turns = base.to_vec();
                turns[0].0.push(call("grep", 9));
                turns
            },
            (Reason::Missing, Cause::ModelChoice),
        ),
    ] {
        assert_eq!(told(&base, &other, [&plain, &plain]), expected, "{what}");
    }
}

#[test]
fn a_failure_that_an_agent_lets_through_is_that_of_the_step_below() {
    let good = run(&[turn(1)], 100, false);
    let mut bad = run(&[turn(1)], 5000, false);
    bad.truncate(3); // agent, model call, tool call
    for at in [0, 2] {
        (bad[at].status, bad[at].error) = (StepStatus::Error, Some("TimeoutError: no answer in 3 s".into()));
    }
    let plain = asked(1, 1);
    let found = |bad: &[Step]| compared(&good, bad, [&plain, &plain]).divergence.unwrap();
    assert_eq!((found(&bad).at, found(&bad).reason), ([Some(2), Some(2)], Reason::Status));
    bad[0].error = Some("the budget is used up".into());
    assert_eq!(found(&bad).at, [Some(0), Some(0)], "its own failure");
}

#[test]
fn every_cause_has_its_evidence() {
    let (a, b) = ([turn(1), turn(2)], [turn(1), turn(3)]);
    let hot = Facts { settings: vec![("temperature".into(), "1".into())], ..asked(1, 1) };
    for (what, facts, expected) in [
        ("asked the same", [asked(1, 1), asked(1, 1)], Cause::ModelChoice),
        ("another system prompt", [asked(1, 1), asked(2, 1)], Cause::Configuration),
        ("another setting", [asked(1, 1), hot], Cause::Configuration),
        ("another request", [asked(1, 1), asked(1, 2)], Cause::Input),
    ] {
        assert_eq!(told(&a, &b, [&facts[0], &facts[1]]).1, expected, "{what}");
    }
}

#[test]
fn at_the_first_model_call_what_it_was_asked_differs_before_what_it_answered() {
    let (a, b) = ([turn(2), turn(1)], [turn(3), turn(1)]);
    let plain = asked(1, 1);
    for (what, other, expected) in [
        ("nothing else", asked(1, 1), (Reason::Arguments, Cause::ModelChoice)),
        ("another system prompt", asked(2, 1), (Reason::Prompt, Cause::Configuration)),
        ("another request", asked(1, 2), (Reason::Input, Cause::Input)),
    ] {
        assert_eq!(told(&a, &b, [&plain, &other]), expected, "{what}");
    }
    let by = |model: &str, steps: Vec<Step>| {
        let by = |step: Step| Step { model: Some(model.into()), ..step };
        steps.into_iter().map(by).collect::<Vec<_>>()
    };
    let (one, other) = (by("gpt-4o", run(&a, 100, false)), by("gpt-5", run(&b, 5000, false)));
    assert_eq!(compared(&one, &other, [&plain, &plain]).divergence.unwrap().reason, Reason::Model);
}

#[test]
fn without_content_only_equal_token_counts_speak_for_the_same_input() {
    let nothing = Facts::default();
    let (a, mut b) = (run(&[turn(1)], 100, false), run(&[turn(2)], 5000, false));
    let diff = compared(&a, &b, [&nothing, &nothing]).divergence.unwrap();
    assert_eq!((diff.cause, diff.evidence.tokens), (Cause::ModelChoice, Some(10)));
    for step in b.iter_mut().filter(|step| step.kind == StepKind::Llm) {
        step.usage.input = Some(11);
    }
    assert_eq!(compared(&a, &b, [&nothing, &nothing]).divergence.unwrap().cause, Cause::Unknown);
}

#[test]
fn a_difference_in_setup_alone_is_told_and_the_runs_are_the_same() {
    let turns = [turn(1), turn(2)];
    let diff = compared(&run(&turns, 100, false), &run(&turns, 5000, false), [&asked(1, 1), &asked(2, 1)]);
    assert!(diff.same());
    let fields: Vec<_> = diff.configuration.iter().map(|setting| setting.field.as_str()).collect();
    assert_eq!(fields, ["system_prompt"]);
}

#[test]
fn arguments_that_one_run_did_not_capture_make_no_difference() {
    let turns = [turn(1), turn(2)];
    let mut bare = run(&turns, 5000, false);
    for step in &mut bare {
        (step.input_digest, step.output_digest) = (0, 0);
    }
    assert!(compared(&run(&turns, 100, false), &bare, [&asked(1, 1), &asked(1, 1)]).same());
}

#[test]
fn other_words_for_the_same_decision_are_marked_and_make_no_difference() {
    let turns = [turn(1), turn(2)];
    let saying = |salt, words: u32| {
        let mut steps = run(&turns, salt, false);
        let words = Wording { told: Words::of([1, words]), ..Wording::default() };
        steps.iter_mut().rfind(|step| step.kind == StepKind::Llm).unwrap().wording = Some(Arc::new(words));
        steps
    };
    let facts = asked(1, 1);
    let marked = |a: &[Step], b: &[Step]| {
        let diff = compared(a, b, [&facts, &facts]);
        assert!(diff.same());
        diff.entries.iter().filter(|entry| entry.reworded).map(|entry| entry.a.unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(marked(&saying(100, 2), &saying(5000, 3)), [5]);
    assert!(marked(&saying(100, 2), &saying(5000, 2)).is_empty());
    assert!(
        marked(&saying(100, 2), &run(&turns, 5000, false)).is_empty(),
        "one run tells of no words at all"
    );
}

#[test]
fn a_detour_has_its_length_and_its_time() {
    let (a, b) = ([turn(1), turn(4)], [turn(1), turn(2), turn(3), turn(4)]);
    let (a, b) = (run(&a, 100, false), run(&b, 5000, false));
    let (tree_a, tree_b) = (tree::build(&a), tree::build(&b));
    let (mut a, mut b) = (Side::new(&a, &tree_a, None), Side::new(&b, &tree_b, None));
    let facts = asked(1, 1);
    let diff = compare(&mut a, &mut b, &mut |_, _: &[_]| Ok::<_, Infallible>(facts.clone())).unwrap();
    let found = diff.divergence.as_ref().unwrap();
    assert_eq!((found.detour, diff.ends()), ([0, 4], [Some(5), Some(9)]));
    // the agent begins at 1, a call ends 40 after its turn began; the detour begins at its model call
    let times = |lines| Diff::sums([&a, &b], lines).map(|sums| sums.time);
    assert_eq!(times(&diff.entries[..found.entry]), [Some(100 + 39), Some(5000 + 39)]);
    assert_eq!(times(&diff.entries[found.entry..]), [Some(55), Some(155)]);
}

/// The runs that these turns make, `first` against the others.
fn crowd(first: &[Turn], others: &[&[Turn]]) -> Crowd {
    let steps: Vec<Vec<Step>> = others.iter().map(|turns| run(turns, 5000, true)).collect();
    let trees: Vec<_> = steps.iter().map(|steps| tree::build(steps)).collect();
    let mut sides: Vec<_> =
        steps.iter().zip(&trees).map(|(steps, tree)| Side::new(steps, tree, None)).collect();
    let own = run(first, 100, false);
    let tree = tree::build(&own);
    let read = &mut |_: Which, _: &[_]| Ok::<_, Infallible>(Facts::default());
    against(&mut Side::new(&own, &tree, None), &mut sides, read).unwrap_or_else(|never| match never {})
}

#[test]
fn against_many_the_first_step_that_none_of_them_did_is_outside() {
    let (usual, odd, short) = ([turn(1), turn(2), turn(3)], [turn(1), turn(9), turn(3)], [turn(1), turn(3)]);
    for (what, run, others, expected) in [
        ("as all others", &usual[..], [&usual[..], &usual], None),
        ("as one of them", &odd, [&usual, &odd], None),
        // agent, call 1, its tool; then another decision where both others ask for 2
        (
            "as none of them",
            &odd,
            [&usual, &usual],
            Some(Outside::Step(3, vec![(Place { other: 0, at: 3 }, 2)])),
        ),
        (
            "a step less than all of them",
            &short,
            [&usual, &usual],
            Some(Outside::Lack(Lack { before: Some(3), step: Place { other: 0, at: 3 }, count: 2 })),
        ),
    ] {
        assert_eq!(crowd(run, &others).outside, expected, "{what}");
    }
}

#[test]
fn against_many_every_step_is_told_how_usual_it_is_and_who_behaves_alike() {
    let (one, two) = ([turn(1), turn(2)], [turn(1), turn(9)]);
    let longer = [turn(1), turn(2), turn(3)];
    let crowd = crowd(&one, &[&one, &two, &longer]);
    let usual: Vec<_> = crowd.usual.iter().map(|count| count.unwrap()).collect();
    assert_eq!(usual, [3, 3, 3, 2, 2, 3]);
    let groups: Vec<_> =
        crowd.groups.iter().map(|group| (group.others.clone(), group.has_run, group.behaviours)).collect();
    assert_eq!(groups, [(vec![0, 1], true, 2), (vec![2], false, 1)]);
    assert_eq!((crowd.nearest(), crowd.likeness), (Some(0), vec![100, 66, 85]));
    assert_eq!(crowd.parted, [None, Some(Some(3)), Some(Some(5))]);
}

#[test]
fn a_run_departs_from_a_good_one_by_its_decisions_alone() {
    let base = [turn(1), turn(2)];
    let edited = |edit: &dyn Fn(&mut Call)| {
        let mut turns = base.to_vec();
        edit(&mut turns[1].0[0]);
        turns
    };
    let (calls, tools) = (Match::Calls, Match::Tools);
    for (what, other, by, departs) in [
        ("nothing", base.to_vec(), calls, false),
        ("another result", edited(&|call| call.result = 7), calls, false),
        ("a failure", edited(&|call| call.error = Some("down")), calls, false),
        ("other arguments", edited(&|call| call.arguments = 7), calls, true),
        ("other arguments, tools asked for", edited(&|call| call.arguments = 7), tools, false),
        ("another tool", edited(&|call| call.tool = "search"), tools, true),
        ("a turn more", [turn(1), turn(2), turn(2)].to_vec(), tools, true),
        ("a turn less", [turn(1)].to_vec(), calls, true),
    ] {
        let (a, b) = (run(&base, 100, false), run(&other, 5000, true));
        let (tree_a, tree_b) = (tree::build(&a), tree::build(&b));
        let (mut a, mut b) = (Side::new(&a, &tree_a, None), Side::new(&b, &tree_b, None));
        let read = &mut |_: Which, _: &[_]| Ok::<_, Infallible>(Facts::default());
        let found = departure(&mut a, &mut b, by, read).unwrap_or_else(|never| match never {});
        assert_eq!(found.is_some(), departs, "{what}");
    }
}

fn plans() -> impl Strategy<Value = Vec<Turn>> {
    let call = (0..3_usize, 1..6_u64).prop_map(|(tool, n)| call(["grep", "edit", "read_file"][tool], n));
    proptest::collection::vec(proptest::collection::vec(call, 1..4).prop_map(Turn), 0..10)
}

/// Turns of one call each: nothing runs side by side.
fn alone() -> impl Strategy<Value = Vec<Turn>> {
    let call = (0..3_usize, 1..6_u64).prop_map(|(tool, n)| call(["grep", "edit", "read_file"][tool], n));
    proptest::collection::vec(call.prop_map(|call| Turn(vec![call])), 0..12)
}

fn places(diff: &Diff, of: impl Fn(&Entry) -> Option<usize>) -> Vec<usize> {
    let mut places: Vec<_> = diff.entries.iter().filter_map(of).collect();
    places.sort_unstable();
    places
}

proptest! {
    #[test]
    fn a_run_is_the_same_as_itself_however_its_branches_finished(turns in plans()) {
        let facts = asked(1, 1);
        let diff = compared(&run(&turns, 100, false), &run(&turns, 5000, true), [&facts, &facts]);
        prop_assert!(diff.same(), "{:?}", diff.entries);
        prop_assert!(diff.entries.iter().all(|entry| entry.op == Op::Same));
    }

    #[test]
    fn every_step_of_both_stands_once(a in plans(), b in plans()) {
        let facts = asked(1, 1);
        let (a, b) = (run(&a, 100, false), run(&b, 5000, false));
        let diff = compared(&a, &b, [&facts, &facts]);
        prop_assert_eq!(places(&diff, |entry| entry.a), (0..a.len()).collect::<Vec<_>>());
        prop_assert_eq!(places(&diff, |entry| entry.b), (0..b.len()).collect::<Vec<_>>());
        prop_assert_eq!(diff.same(), diff.hunks.is_empty());
    }

    #[test]
    fn steps_that_follow_each_other_stay_in_order(a in alone(), b in alone()) {
        let facts = asked(1, 1);
        let (a, b) = (run(&a, 100, false), run(&b, 5000, false));
        let diff = compared(&a, &b, [&facts, &facts]);
        let in_order = |of: fn(&Entry) -> Option<usize>| diff.entries.iter().filter_map(of).collect::<Vec<_>>();
        prop_assert_eq!(in_order(|entry| entry.a), (0..a.len()).collect::<Vec<_>>());
        prop_assert_eq!(in_order(|entry| entry.b), (0..b.len()).collect::<Vec<_>>());
    }

    #[test]
    fn one_edit_of_any_kind_moves_the_divergence_to_that_edit(turns in alone(), at in 0..10_usize, edit in 0..6_usize) {
        prop_assume!(at < turns.len());
        let (mut other, mut step) = (turns.clone(), 1 + 2 * at);
        let touched = &mut other[at].0[0];
        match edit {
            0 => touched.arguments = 999,
            1 => touched.tool = "another",
            2 => touched.result = 999,
            3 => touched.error = Some("down"),
            4 => other.insert(at, Turn(vec![call("another", 999)])),
            _ => drop(other.remove(at)),
        }
        // what a call returned differs at the call, what was decided at the model call before it
        step += usize::from(edit == 2 || edit == 3);
        let facts = asked(1, 1);
        let diff = compared(&run(&turns, 100, false), &run(&other, 5000, true), [&facts, &facts]);
        let repeats = edit == 5 && turns.get(at + 1) == turns.get(at);
        let found = diff.divergence.unwrap();
        let named = found.at[usize::from(edit == 4)].or(found.at[0]).or(found.at[1]);
        prop_assert!(repeats || named == Some(step), "{edit}: {:?}", found.at);
    }

    #[test]
    fn swapping_the_runs_mirrors_the_result(a in plans(), b in plans()) {
        let facts = asked(1, 1);
        let (a, b) = (run(&a, 100, false), run(&b, 5000, false));
        let one = compared(&a, &b, [&facts, &facts]);
        let two = compared(&b, &a, [&facts, &facts]);
        let mut lines: Vec<_> = one.entries.iter().map(|entry| (entry.a, entry.b)).collect();
        let mut mirrored: Vec<_> = two.entries.iter().map(|entry| (entry.b, entry.a)).collect();
        lines.sort_unstable();
        mirrored.sort_unstable();
        prop_assert_eq!(lines, mirrored);
        let fork = |diff: &Diff| diff.divergence.as_ref().map(|found| (found.at, found.reason, found.cause));
        prop_assert_eq!(fork(&one), fork(&two).map(|([b, a], reason, cause)| ([a, b], reason, cause)));
    }

    #[test]
    fn one_edit_moves_the_divergence_to_that_edit(turns in plans(), at in 0..10_usize) {
        prop_assume!(at < turns.len());
        let mut other = turns.clone();
        other[at].0[0].arguments = 999;
        let facts = asked(1, 1);
        let diff = compared(&run(&turns, 100, false), &run(&other, 5000, true), [&facts, &facts]);
        // the agent, then every earlier turn: its model call and what that asked for
        let call = 1 + turns[..at].iter().map(|turn| 1 + turn.0.len()).sum::<usize>();
        let found = diff.divergence.unwrap();
        prop_assert_eq!((found.at, found.reason), ([Some(call), Some(call)], Reason::Arguments));
    }
}
