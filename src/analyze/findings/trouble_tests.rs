//! Rules beyond repetition, each with what it must flag and what only looks like it.

use std::sync::Arc;

use super::tests::{Script, digest};
use super::*;
use crate::analyze::tree;
use crate::model::{NanoUsd, Oddities, PastRun, StepKind, StepStatus};

const SECOND: u64 = 1_000_000_000;

/// Kinds beyond repetition, as `severity kind: message`.
fn told(script: &Script, circumstances: &Circumstances) -> Vec<String> {
    let (tree, mut steps) = (tree::build(&script.steps), script.steps.clone());
    for (at, step) in &tree.merged {
        steps[*at] = step.clone();
    }
    let findings = find(&steps, &tree, circumstances);
    let others = findings.iter().filter(|f| !matches!(f.kind, FindingKind::Loop | FindingKind::HandoffCycle));
    others.map(|f| format!("{} {}: {}", f.severity.name(), f.kind.name(), f.message)).collect()
}

/// Whether exactly one finding begins so; nothing may be found where nothing is expected.
fn assert_told(what: &str, script: &Script, circumstances: &Circumstances, expected: &str) {
    let told = told(script, circumstances);
    let is_right =
        if expected.is_empty() { told.is_empty() } else { told.len() == 1 && told[0].starts_with(expected) };
    assert!(is_right, "{what}: {told:#?}");
}

/// Each word is a model call (`ok`, `length`, `filter`, `fails`) or a tool call `tool:outcome`.
fn worker(words: &[&str]) -> Script {
    let mut script = Script::default();
    script.agent("worker", 0);
    for (at, word) in words.iter().enumerate() {
        match word.split_once(':') {
            Some((tool, outcome)) => script.tool(&format!("{tool} {at} {outcome}")),
            None => call(&mut script, word),
        }
    }
    script
}

fn call(script: &mut Script, word: &str) {
    script.says("");
    let step = script.steps.last_mut().unwrap();
    step.model = Some("gpt-4o".into());
    match word {
        "length" => step.finish_reason = Some("length".into()),
        "filter" => step.finish_reason = Some("content_filter".into()),
        "empty" => step.oddities = odd(|odd| odd.empty = true),
        "declines" => step.oddities = odd(|odd| odd.refusal = Some("I can't help with that.".to_owned())),
        "overflow" => fail(step, "context_length_exceeded: too long"),
        "fails" => fail(step, "429 too many requests"),
        _ => {}
    }
}

fn fail(step: &mut Step, error: &str) {
    (step.status, step.error) = (StepStatus::Error, Some(error.into()));
}

#[expect(clippy::unnecessary_wraps, reason = "the field's type")]
fn odd(set: impl Fn(&mut Oddities)) -> Option<Arc<Oddities>> {
    let mut odd = Oddities::default();
    set(&mut odd);
    Some(Arc::new(odd))
}

#[test]
fn answers_and_errors_are_told_where_they_matter() {
    for (what, words, expected) in [
        ("all is well", &["ok", "t:x", "ok"][..], ""),
        (
            "one cut answer",
            &["ok", "length"],
            "warning truncated: an answer of worker was cut off at 1 tokens",
        ),
        (
            "a filter",
            &["ok", "filter"],
            "warning refused: a content filter withheld the answer of gpt-4o to worker",
        ),
        (
            "words of refusal",
            &["declines"],
            "hint refused: gpt-4o's answer to worker reads like a refusal: I can't help",
        ),
        (
            "nothing said at the end",
            &["ok", "t:x", "empty"],
            "warning silent_failure: the last answer of worker is empty",
        ),
        ("nothing said in between", &["empty", "t:x", "ok"], "hint silent_failure: 1 empty answer of worker"),
        ("a retry that helped", &["fails", "ok"], ""),
        ("a retry after two failures that helped", &["fails", "fails", "ok"], ""),
        (
            "retries that did not help",
            &["ok", "fails", "fails"],
            "warning failure: the model of worker failed 2 times and never succeeded after: 429",
        ),
        ("one failure at the end", &["ok", "fails"], ""),
        ("a tool that failed once", &["ok", "t:!e", "ok", "t:x", "ok"], ""),
        (
            "a tool that never succeeded, each time otherwise",
            &["ok", "t:!no a", "ok", "t:!bad b", "ok"],
            "warning failure: t failed 2 times and never succeeded after: bad b",
        ),
        (
            "tried after a change each time, and given up",
            &["ok", "t:!no a", "ok", "edit:x", "ok", "t:!bad b", "ok"],
            "hint failure: t failed 2 times, each time after a change, and never succeeded after: bad b",
        ),
        (
            "others that failed in a row, then work",
            &["ok", "t:!no a", "ok", "u:!bad b", "ok", "v:!odd c", "ok", "t:x", "ok", "u:x", "ok", "v:x"],
            "warning failure: 3 steps of worker failed in a row: odd c",
        ),
        ("side by side is one round", &["ok", "t:!a", "u:!b", "v:!c", "ok", "t:x", "u:x", "v:x"], ""),
        ("what a loop tells is not told again", &["ok", "t:!same", "ok", "t:!same", "ok", "t:!same"], ""),
        (
            "no room any more",
            &["ok", "overflow", "ok"],
            "warning context: input of worker no longer fits into the window of gpt-4o",
        ),
    ] {
        let mut script = worker(words);
        for step in &mut script.steps {
            if step.finish_reason.as_deref() == Some("length") {
                step.usage.output = Some(1);
            }
        }
        let is_label = what == "one cut answer";
        let expected = if is_label { expected.replace("warning", "hint") } else { expected.to_owned() };
        assert_told(what, &script, &Circumstances::default(), &expected);
    }
}

#[test]
fn a_long_answer_that_is_cut_is_a_warning_and_says_where() {
    let mut script = worker(&["length", "t:x", "length"]);
    for step in script.steps.iter_mut().filter(|step| step.kind == StepKind::Llm) {
        step.usage.output = Some(4096);
    }
    let expected = "warning truncated: 2 answers of worker were cut off at 4.1k tokens or less by the limit on output, the last";
    assert_told("two", &script, &Circumstances::default(), expected);
}

/// A worker whose calls take in so many tokens, with a tool call that tells `result` after each.
fn growing(inputs: &[u64], result: impl Fn(usize) -> String) -> Script {
    let mut script = Script::default();
    script.agent("worker", 0);
    for (at, &input) in inputs.iter().enumerate() {
        script.says("");
        let step = script.steps.last_mut().unwrap();
        (step.usage.input, step.context_window) = (Some(input), Some(200_000));
        script.tool(&format!("t {at} {}", result(at)));
    }
    script
}

#[test]
fn context_is_told_when_it_grows_in_vain_or_the_window_is_near() {
    let eight = [9_800, 12_000, 15_000, 18_000, 22_000, 25_000, 28_000, 31_000];
    for (what, script, expected) in [
        (
            "no new result",
            growing(&eight, |_| "x".to_owned()),
            "hint context: input of worker grew 12k → 31k tokens over 7 calls with no new result",
        ),
        ("a new result each time", growing(&eight, |at| format!("x{at}")), ""),
        ("results that are not told", growing(&eight, |_| "?".to_owned()), ""),
        ("small", growing(&[100, 200, 300, 400, 500, 600, 700], |_| "x".to_owned()), ""),
        ("few", growing(&eight[..4], |_| "x".to_owned()), ""),
        (
            "nearly full",
            growing(&[100, 165_000], |at| at.to_string()),
            "hint context: input of worker came to 82 % of the 200k tokens that the model takes in",
        ),
        (
            "full",
            growing(&[100, 195_000], |at| at.to_string()),
            "warning context: input of worker came to 98 %",
        ),
        ("the window is another variant's", growing(&[100, 900_000], |at| at.to_string()), ""),
    ] {
        assert_told(what, &script, &Circumstances::default(), expected);
    }
}

#[test]
fn the_users_word_is_news() {
    let eight = [9_800, 12_000, 15_000, 18_000, 22_000, 25_000, 28_000, 31_000];
    let mut script = Script::default();
    script.agent("worker", 0);
    for input in eight {
        script.heard_user = true;
        script.says("done");
        script.steps.last_mut().unwrap().usage.input = Some(input);
    }
    assert_told("a conversation", &script, &Circumstances::default(), "");
}

#[test]
fn an_error_that_is_a_result_is_told_and_one_that_was_mended_quietly() {
    for (what, last_fails, expected) in [
        (
            "to the end",
            true,
            "warning silent_failure: t gave an error as its result 2 times, under a good status: not found",
        ),
        (
            "mended",
            false,
            "hint silent_failure: t gave an error as its result, under a good status: not found; a later call gave a result",
        ),
    ] {
        let mut script = worker(&["ok", "t:a", "ok", "t:b", "ok"]);
        let tools: Vec<usize> =
            (0..script.steps.len()).filter(|&at| script.steps[at].kind == StepKind::Tool).collect();
        for &at in &tools[..if last_fails { 2 } else { 1 }] {
            script.steps[at].oddities = odd(|odd| odd.failure = Some("not found".to_owned()));
        }
        assert_told(what, &script, &Circumstances::default(), expected);
    }
}

#[test]
fn an_error_in_a_result_that_another_tool_made_good_is_a_remark() {
    let mut script = worker(&["ok", "mail:!", "ok", "name:x", "ok"]);
    let step = &mut script.steps[2];
    (step.status, step.error) = (StepStatus::Ok, None);
    step.oddities = odd(|odd| odd.failure = Some("no such user".to_owned()));
    let expected = "hint silent_failure: mail gave an error as its result, under a good status: no such user; another tool gave a result after";
    assert_told("asked otherwise", &script, &Circumstances::default(), expected);
}

#[test]
fn arguments_that_are_no_json_are_told_with_the_tool() {
    let mut script = worker(&["ok", "t:a", "ok"]);
    script.steps[2].oddities = odd(|odd| odd.unparsable = Some("{\"a\": }".to_owned()));
    let expected =
        "warning silent_failure: t was called by worker with arguments that are no JSON: {\"a\": }";
    assert_told("tool", &script, &Circumstances::default(), expected);
}

#[test]
fn used_up_rounds_are_told_once_where_they_were() {
    let mut script = Script::default();
    script.add(StepKind::Workflow, 0).oddities =
        odd(|odd| odd.exhausted = Some("MaxTurnsExceeded".to_owned()));
    script.agent("worker", 1);
    script.steps[1].oddities = odd(|odd| odd.exhausted = Some("max_iterations_reached".to_owned()));
    script.says("");
    script.tool("t 1 x");
    let expected =
        "warning exhausted: worker used up its rounds after 1 model call and stopped: max_iterations_reached";
    assert_told("nested", &script, &Circumstances::default(), expected);
}

#[test]
fn an_unsure_decision_is_told_with_what_was_decided_before() {
    let decisions = |sure: &[f64]| {
        let mut script = Script::default();
        script.agent("triage", 0);
        for (at, &confidence) in sure.iter().enumerate() {
            let step = script.add(StepKind::Task, 1);
            step.name = format!("routing: desk {at}").into();
            step.oddities = odd(|odd| odd.confidence = Some(confidence));
        }
        script
    };
    for (what, sure, expected) in [
        ("sure", &[0.9, 0.3][..], ""),
        (
            "unsure",
            &[0.9, 0.2],
            "warning low_confidence: triage decided with a confidence of 0.2: routing: desk 1 (0.2); decided before: routing: desk 0 (0.9)",
        ),
    ] {
        assert_told(what, &decisions(sure), &Circumstances::default(), expected);
    }
}

#[test]
fn a_stall_is_told_beside_what_is_usual() {
    let waits = |seconds: &[u64]| {
        let mut script = worker(&vec!["ok"; seconds.len()]);
        for (step, wait) in script.steps[1..].iter_mut().zip(seconds) {
            step.time_to_first_token = Some(wait * SECOND);
        }
        script
    };
    for (what, seconds, expected) in [
        ("one", &[1, 1, 2, 26][..], "hint stall: gpt-4o began to answer after 26s; 2s is usual in this run"),
        ("always slow", &[20, 26, 22, 24], ""),
        ("nothing to compare with", &[1, 26], ""),
        ("short", &[1, 1, 1, 9], ""),
    ] {
        assert_told(what, &waits(seconds), &Circumstances::default(), expected);
    }
}

#[test]
fn outliers_are_told_beside_earlier_runs() {
    let earlier = |seconds: u64, nano: i64| PastRun { duration: seconds * SECOND, cost: Some(NanoUsd(nano)) };
    let usual = vec![earlier(10, 20_000_000); 8];
    for (what, end, nano, earlier, expected) in [
        ("as usual", 12, 20_000_000, usual.clone(), ""),
        (
            "slow",
            60,
            20_000_000,
            usual.clone(),
            "hint slow: the run took 1m00s; 10s is usual in earlier runs",
        ),
        (
            "costly",
            12,
            90_000_000,
            usual.clone(),
            "hint costly: the run cost $0.090; $0.020 is usual in earlier runs",
        ),
        ("too few to compare with", 60, 90_000_000, usual[..7].to_vec(), ""),
    ] {
        let mut script = worker(&["ok"]);
        script.steps[0].end = 10 + end * SECOND;
        script.steps[1].cost =
            script.steps[1].cost.map(|cost| crate::model::Cost { amount: NanoUsd(nano), ..cost });
        let circumstances = Circumstances { earlier: Some(earlier), ..Circumstances::default() };
        assert_told(what, &script, &circumstances, expected);
    }
}

/// A budget for the whole run or for one agent.
fn budget(agent: Option<&str>, set: impl Fn(&mut Budget)) -> Circumstances {
    let mut budget = Budget { agent: agent.map(str::to_owned), ..Budget::default() };
    set(&mut budget);
    Circumstances { budgets: vec![budget], ..Circumstances::default() }
}

#[test]
fn a_budget_that_is_passed_is_told_with_its_likely_cause() {
    let looping = ["ok", "t:x", "ok", "t:x", "ok", "t:x"];
    let mut same = worker(&looping);
    for step in same.steps.iter_mut().filter(|step| step.kind == StepKind::Tool) {
        step.input_digest = digest("1");
    }
    let mut dear = worker(&["ok", "t:1", "ok", "t:2", "ok"]);
    dear.steps[3].cost =
        dear.steps[3].cost.map(|cost| crate::model::Cost { amount: NanoUsd(500_000_000), ..cost });
    let mut unpriced = worker(&["ok", "t:1", "ok", "t:2", "ok"]);
    unpriced.steps[3].cost = None;
    for (what, script, circumstances, expected) in [
        ("kept", &same, budget(None, |b| b.tokens = Some(33)), ""),
        (
            "a loop",
            &same,
            budget(None, |b| b.tokens = Some(32)),
            "alarm budget: the run took 33 of 32 tokens allowed; likely cause: repetition: t called 3 times",
        ),
        (
            "one step",
            &dear,
            budget(None, |b| b.cost = Some(NanoUsd(100_000_000))),
            "alarm budget: the run cost $0.500 of $0.100 allowed; likely cause: one expensive step: step 4 with $0.500 (100 %)",
        ),
        ("unknown parts may be anything", &unpriced, budget(None, |b| b.cost = Some(NanoUsd(22))), ""),
        (
            "a floor",
            &unpriced,
            budget(None, |b| b.cost = Some(NanoUsd(21))),
            "alarm budget: the run cost at least $0.000000 of $0.000000 allowed",
        ),
        (
            "of that agent",
            &same,
            budget(Some("Worker"), |b| b.steps = Some(6)),
            "alarm budget: Worker took 7 of 6 steps allowed",
        ),
        ("of another agent", &same, budget(Some("other"), |b| b.steps = Some(1)), ""),
        (
            "time",
            &same,
            budget(None, |b| b.duration = Some(10)),
            "alarm budget: the run took 0.000s of 0.000s allowed",
        ),
    ] {
        assert_told(what, script, &circumstances, expected);
    }
}

#[test]
fn what_is_switched_off_is_not_looked_for() {
    let script = worker(&["ok", "filter"]);
    for (word, expected) in [("refused", ""), ("loop", "warning refused")] {
        let off = rules_called(word).unwrap();
        assert_told(word, &script, &Circumstances { off, ..Circumstances::default() }, expected);
    }
    assert_eq!(rules_called("loops"), None);
    assert_eq!(rules_called("silent_failure").map(|rules| rules.len()), Some(3));
    assert!(switches().iter().all(|word| rules_called(word).is_some_and(|rules| !rules.is_empty())));
}

#[test]
fn a_dismissed_finding_is_marked_and_not_counted() {
    let script = worker(&["ok", "filter"]);
    let steps = &script.steps;
    let tree = tree::build(steps);
    let findings = find(steps, &tree, &Circumstances::default());
    let circumstances = Circumstances { dismissed: vec![Mark::of(&findings[0])], ..Circumstances::default() };
    let again = find(steps, &tree, &circumstances);
    assert_eq!((again.len(), again[0].dismissed), (1, true));
    assert_eq!(crate::model::FindingCounts::of(&again), crate::model::FindingCounts::default());
}
