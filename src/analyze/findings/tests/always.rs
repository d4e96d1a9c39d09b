//! What holds of every rule, whatever a run holds.

use proptest::prelude::*;

use super::*;
use crate::model::SpanId;

#[test]
fn every_rule_has_a_name_and_words_of_its_own() {
    let mut names: Vec<_> = RULES.iter().map(|rule| (rule.name, rule.summary)).collect();
    names.dedup_by_key(|(name, _)| *name);
    assert_eq!(names.len(), RULES.len());
    assert!(RULES.iter().all(|rule| !rule.summary.is_empty()));
}

proptest! {
    #[test]
    fn findings_do_not_depend_on_the_order_of_arrival_and_loops_share_no_steps(
        calls in proptest::collection::vec((0..2_u8, 0..2_u8, 0..3_u8), 0..30),
        order in proptest::collection::vec(any::<u16>(), 64),
    ) {
        let calls: Vec<String> =
            calls.iter().map(|(tool, arguments, outcome)| format!("{tool} {arguments} {}", ["x", "y", "!bad"][usize::from(*outcome)])).collect();
        let script = worker(&calls.iter().map(String::as_str).collect::<Vec<_>>());
        let mut shuffled: Vec<(u16, Step)> = script.steps.iter().enumerate().map(|(at, step)| (order[at % 64], step.clone())).collect();
        shuffled.sort_by_key(|(key, _)| *key);
        let findings = script.found();
        prop_assert_eq!(found(&shuffled.into_iter().map(|(_, step)| step).collect::<Vec<_>>()), findings.clone());
        let loops = findings.iter().filter(|f| f.kind == FindingKind::Loop);
        let mut ids: Vec<SpanId> = loops.flat_map(|f| f.steps.clone()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), all);
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_rule_fires_without_its_sign(
        calls in proptest::collection::vec(any_call(), 0..12),
        turns in proptest::collection::vec(("[ab]", "[xyz]{1} [xyz]{1} one two", any_call()), 0..7),
        order in proptest::collection::vec(any::<u16>(), 64),
    ) {
        let turns: Vec<String> = turns.iter().map(|(name, said, call)| format!("{name} {said} | {call}")).collect();
        let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
        for script in [worker(&calls), team(&turns.iter().map(String::as_str).collect::<Vec<_>>())] {
            let mut arrived: Vec<(u16, Step)> = script.steps.iter().enumerate().map(|(at, step)| (order[at % 64], step.clone())).collect();
            arrived.sort_by_key(|(key, _)| *key);
            let steps: Vec<Step> = arrived.into_iter().map(|(_, step)| step).collect();
            for count in (1..=steps.len()).rev().step_by(5) {
                let mut signs = Signs::default();
                for step in &steps[..count] {
                    signs.note(step);
                }
                let tree = tree::build(&steps[..count]);
                let around = Circumstances::default();
                let told: Vec<&Step> = steps[..count].iter().collect();
                let facts = Facts::of(&told, &tree, &around);
                for rule in RULES.iter().filter(|rule| !(rule.might)(&signs, &around)) {
                    let found = match rule.check {
                        Check::Run(check) => check(&facts),
                        Check::Found(check) => check(&facts, &[]),
                    };
                    prop_assert!(found.is_empty(), "{}", rule.name);
                }
            }
        }
    }

    #[test]
    fn what_a_stretch_shows_is_in_the_whole_run_as_well(
        calls in proptest::collection::vec(any_call(), 1..60),
        count in 1..60_usize,
    ) {
        let script = worker(&calls.iter().map(String::as_str).collect::<Vec<_>>());
        let all = script.found();
        // the agent stands above every other step
        let last = script.steps[1..].iter().rev().take(count).rev();
        let stretch: Vec<Step> = script.steps[..1].iter().chain(last).cloned().collect();
        for near in by(find_in_stretch, &stretch) {
            let holds = |whole: &Finding| {
                whole.kind == near.kind && whole.severity >= near.severity && near.steps.iter().all(|step| whole.steps.contains(step))
            };
            prop_assert!(all.iter().any(holds), "{near:?} of {all:?}");
        }
    }
}

/// A call as [`Script::tool`] reads it, of few tools with few arguments and outcomes: many repeat.
fn any_call() -> impl Strategy<Value = String> {
    let arguments = prop_oneof![
        Just("1"),
        Just("2"),
        Just("?"),
        Just("one_two_three_four"),
        Just("two_one_three_four_five")
    ];
    let outcome = prop_oneof![Just("x"), Just("y"), Just("?"), Just("!bad"), Just("~bad")];
    ("[ab]", arguments, outcome)
        .prop_map(|(tool, arguments, outcome)| format!("{tool} {arguments} {outcome}"))
}
