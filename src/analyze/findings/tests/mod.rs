//! Every rule, with what it must flag and what only looks like it.

mod behaviour;
mod delegation;

use std::hash::{Hash as _, Hasher as _};
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::analyze::tree;
use crate::model::fixture::step;
use crate::model::{
    Cost, CostSource, Effect, Handoff, Leaf, NanoUsd, Oddities, SpanId, StepKind, StepStatus, Usage, Wording,
    Words,
};

/// Tokens and nano-dollars of each model call.
const CALL: u64 = 11;

/// A run under construction: one moment after the other.
#[derive(Default)]
pub(super) struct Script {
    pub(super) steps: Vec<Step>,
    pub(super) agent: String,
    pub(super) parent: u64,
    pub(super) heard_user: bool,
}

pub(super) fn digest(text: &str) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    text.hash(&mut hasher);
    hasher.finish().max(1)
}

fn words(text: &str) -> Words {
    Words::of(text.split(' ').map(|word| u32::try_from(digest(word) >> 32).unwrap()))
}

impl Script {
    pub(super) fn add(&mut self, kind: StepKind, parent: u64) -> &mut Step {
        let id = self.steps.len() as u64 + 1;
        let agent = Some(self.agent.clone());
        self.steps.push(Step {
            start: id * 10,
            end: id * 10 + 5,
            kind,
            agent: agent.map(Into::into),
            ..step(id, parent)
        });
        self.steps.last_mut().unwrap()
    }

    /// An agent at work below `parent`, 0 for none.
    pub(super) fn agent(&mut self, name: &str, parent: u64) -> u64 {
        name.clone_into(&mut self.agent);
        self.add(StepKind::Agent, parent);
        self.parent = self.steps.len() as u64;
        self.parent
    }

    pub(super) fn says(&mut self, text: &str) {
        let (parent, asked_by_user) = (self.parent, std::mem::take(&mut self.heard_user));
        let at = self.steps.len() as u64;
        let call = self.add(StepKind::Llm, parent);
        call.usage = Usage { input: Some(10), output: Some(1), ..Usage::default() };
        call.cost = Some(Cost { amount: NanoUsd(11), source: CostSource::Computed });
        call.asked_by_user = asked_by_user;
        call.input_digest = at + 1;
        call.wording =
            (!text.is_empty()).then(|| Arc::new(Wording { told: words(text), ..Wording::default() }));
    }

    /// A tool call as `tool arguments outcome`: an outcome with `!` is an error, one with `~` says so without a status, `?`
    /// is not in the telemetry. `edit` changes things, `wait` waits.
    pub(super) fn tool(&mut self, call: &str) {
        let mut parts = call.splitn(3, ' ');
        let [tool, arguments, outcome] = std::array::from_fn(|_| parts.next().unwrap_or("?").to_owned());
        let (parent, id) = (self.parent, self.steps.len());
        let told = |text: &str| if text == "?" { 0 } else { digest(text) };
        let step = self.add(StepKind::Tool, parent);
        step.tool = Some(tool.into());
        step.input_digest = told(&arguments);
        let leaf = Leaf {
            path: 1,
            value: u32::try_from(told(&arguments) >> 32).unwrap(),
            words: words(&arguments.replace('_', " ")),
        };
        let is_free = arguments.matches('_').count() >= 3;
        step.wording = is_free.then(|| Arc::new(Wording { asked: vec![leaf], told: words(&outcome) }));
        step.effect = match step.tool.as_deref() {
            Some("edit") => Effect::Changes,
            Some("wait") => Effect::Waits,
            _ => Effect::None,
        };
        if let Some(failure) = outcome.strip_prefix('~') {
            step.oddities =
                Some(Arc::new(Oddities { failure: Some(failure.to_owned()), ..Oddities::default() }));
            step.output_digest = digest(&format!("{failure}{id}"));
            return;
        }
        match outcome.strip_prefix('!') {
            Some(error) => (step.status, step.error) = (StepStatus::Error, Some(error.into())),
            None => step.output_digest = told(&outcome),
        }
    }

    pub(super) fn found(&self) -> Vec<Finding> {
        found(&self.steps)
    }
}

pub(super) fn found(steps: &[Step]) -> Vec<Finding> {
    by(find, steps)
}

fn by(find: fn(&[Step], &Tree, &Circumstances) -> Vec<Finding>, steps: &[Step]) -> Vec<Finding> {
    let (tree, mut steps) = (tree::build(steps), steps.to_vec());
    for (at, step) in &tree.merged {
        steps[*at] = step.clone();
    }
    find(&steps, &tree, &Circumstances::default())
}

/// One agent that makes these calls, each asked for by a model call of its own; `user` is the user's word.
pub(super) fn worker(calls: &[&str]) -> Script {
    let mut script = Script::default();
    script.agent("worker", 0);
    for call in calls {
        match *call {
            "user" => {
                script.says("there you are");
                script.heard_user = true;
            }
            call => {
                script.says("");
                script.tool(call);
            }
        }
    }
    script
}

/// Repetition as `severity repeats×period members wasted`, `; ` between findings.
fn told(findings: &[Finding]) -> String {
    let one = |f: &Finding| {
        let wasted = f.wasted_tokens / CALL;
        assert_eq!(f.wasted_cost, (wasted > 0).then(|| NanoUsd(i64::try_from(wasted * CALL).unwrap())));
        format!("{} {}×{} {} {wasted}", f.severity.name(), f.repeats, f.period, f.members.join(","))
    };
    let repeats = |f: &&Finding| matches!(f.kind, FindingKind::Loop | FindingKind::HandoffCycle);
    findings.iter().filter(repeats).map(one).collect::<Vec<_>>().join("; ")
}

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

/// Peers below one workflow, each as `name what it says[ | tool call]`.
fn team(turns: &[&str]) -> Script {
    let mut script = Script::default();
    script.add(StepKind::Workflow, 0).agent = None;
    for turn in turns {
        let (said, call) = turn.split_once(" | ").unwrap_or((turn, ""));
        let (name, text) = said.split_once(' ').unwrap_or((said, ""));
        script.agent(name, 1);
        script.says(text);
        if !call.is_empty() {
            script.tool(call);
        }
    }
    script
}

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
        script.add(StepKind::Handoff, 1).handoff = Some(handoff);
    }
    script.agent = "a".to_owned();
    script.says("yours");
    assert_eq!(script.found().iter().map(|f| f.members.join(",")).collect::<Vec<_>>(), ["a,b"]);
}

#[test]
fn an_unpriced_call_leaves_the_cost_of_the_waste_unknown() {
    let mut script = worker(&["a 1 x", "a 1 x", "a 1 x"]);
    script.steps[3].cost = None;
    assert_eq!(script.found()[0].wasted_cost, None);
}

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
