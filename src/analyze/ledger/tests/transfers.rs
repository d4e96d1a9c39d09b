//! What counts as a transfer, as a tool call, and as neither; steps here last and begin in whole milliseconds.

use proptest::prelude::*;

use super::super::*;
use super::check_whole;
use crate::model::fixture::step;
use crate::model::{Handoff, Origin, StepStatus, Usage};

const MS: u64 = 1_000_000;

/// A step that ran from `from` to `to` milliseconds.
fn at(from: u64, to: u64, kind: StepKind, id: u64, parent: u64) -> Step {
    let usage = Usage { input: (kind == StepKind::Llm).then_some(100 + id), ..Usage::default() };
    Step { start: (from + 1) * MS, end: (to + 1) * MS, kind, usage: usage.into(), ..step(id, parent) }
}

fn agent(name: &str, from: u64, to: u64, id: u64, parent: u64) -> Step {
    Step { agent: Some(name.into()), ..at(from, to, StepKind::Agent, id, parent) }
}

fn call(from: u64, to: u64, id: u64, parent: u64) -> Step {
    at(from, to, StepKind::Llm, id, parent)
}

fn towards(target: &str, step: Step) -> Step {
    let to = (!target.is_empty()).then(|| target.into());
    Step { handoff: Some(Handoff { from: None, to }.into()), ..step }
}

fn asks(target: &str, from: u64, to: u64, id: u64, parent: u64) -> Step {
    towards(target, call(from, to, id, parent))
}

fn tool(target: &str, from: u64, to: u64, id: u64, parent: u64) -> Step {
    let tool = Some(format!("transfer_to_{target}"));
    towards(target, Step { tool: tool.map(Into::into), ..at(from, to, StepKind::Handoff, id, parent) })
}

fn marker(target: &str, from: u64, to: u64, id: u64, parent: u64) -> Step {
    towards(target, at(from, to, StepKind::Handoff, id, parent))
}

fn by_log(step: Step) -> Step {
    Step { origin: Origin::LogRecord, ..step }
}

fn of_call(id: &str, step: Step) -> Step {
    Step { tool_call_id: Some(id.into()), ..step }
}

/// (handoffs, tool calls)
fn counts(ledger: &Ledger) -> (u64, u64) {
    (ledger.totals().handoffs, ledger.totals().tool_calls)
}

fn check(cases: Vec<(&str, Vec<Step>, (u64, u64))>) {
    for (what, steps, expected) in cases {
        let backwards: Vec<Step> = steps.iter().rev().cloned().collect();
        assert_eq!(counts(&Ledger::of(&steps)), expected, "{what}");
        assert_eq!(counts(&Ledger::of(&backwards)), expected, "{what}, backwards");
    }
}

#[test]
fn the_tree_tells_a_transfer_from_a_call_that_returns() {
    let root = || at(0, 99, StepKind::Workflow, 1, 0);
    check(vec![
        (
            "the target follows",
            vec![root(), agent("a", 1, 5, 2, 1), tool("b", 3, 4, 3, 2), agent("b", 6, 9, 4, 1)],
            (1, 0),
        ),
        (
            "the run ends with the transfer",
            vec![root(), agent("a", 1, 5, 2, 1), tool("b", 3, 4, 3, 2)],
            (1, 0),
        ),
        (
            "the target works inside the tool",
            vec![agent("a", 1, 9, 2, 0), tool("b", 3, 6, 3, 2), agent("b", 4, 5, 4, 3)],
            (0, 1),
        ),
        (
            "a model is called inside the tool, some levels down",
            vec![agent("a", 1, 9, 2, 0), tool("b", 3, 6, 3, 2), step(4, 3), call(4, 5, 5, 4)],
            (0, 1),
        ),
        (
            "the caller goes on, nobody comes",
            vec![agent("a", 1, 9, 2, 0), tool("savings", 3, 4, 3, 2), call(5, 6, 4, 2)],
            (0, 1),
        ),
        (
            "the caller says a last word, then the target comes",
            vec![
                root(),
                agent("a", 1, 7, 2, 1),
                tool("b", 3, 4, 3, 2),
                call(5, 6, 4, 2),
                agent("B", 8, 9, 5, 1),
            ],
            (1, 0),
        ),
        (
            "the target works beside the tool while the caller waits",
            vec![agent("a", 1, 9, 2, 0), tool("b", 3, 6, 3, 2), agent("b", 4, 5, 4, 2), call(7, 8, 5, 2)],
            (0, 1),
        ),
        (
            "a millisecond clock lets the target begin too early",
            vec![
                root(),
                agent("a", 1, 7, 2, 1),
                tool("b", 3, 4, 3, 2),
                call(5, 6, 4, 2),
                agent("b", 6, 9, 5, 1),
            ],
            (1, 0),
        ),
        (
            "no agent above: the name is believed",
            vec![root(), tool("b", 3, 4, 3, 1), call(5, 6, 4, 1)],
            (1, 0),
        ),
        (
            "a framework's tool without a target",
            vec![agent("a", 1, 9, 2, 0), tool("", 3, 4, 3, 2), call(5, 6, 4, 2)],
            (1, 0),
        ),
        (
            "another agent's calls are not the caller's",
            vec![agent("a", 1, 9, 2, 0), tool("b", 3, 4, 3, 2), agent("c", 5, 8, 4, 2), call(6, 7, 5, 4)],
            (1, 0),
        ),
        ("plumbing", vec![Step { plumbing: true, ..tool("b", 3, 4, 3, 0) }], (0, 0)),
    ]);
}

#[test]
fn one_transfer_told_in_many_ways_is_one() {
    check(vec![
        (
            "an answer alone",
            vec![agent("a", 1, 4, 1, 0), asks("b", 2, 3, 2, 1), agent("b", 5, 6, 3, 0)],
            (1, 0),
        ),
        ("an answer and the tool it asked for", vec![asks("b", 1, 2, 1, 0), tool("b", 3, 4, 2, 0)], (1, 0)),
        (
            "an answer and a tool that returned",
            vec![
                agent("a", 0, 9, 9, 0),
                asks("b", 1, 2, 1, 9),
                tool("b", 3, 6, 2, 9),
                agent("b", 4, 5, 3, 2),
            ],
            (0, 1),
        ),
        (
            "an answer whose tool left no span, and the caller goes on",
            vec![agent("a", 0, 9, 9, 0), asks("savings", 1, 2, 1, 9), call(3, 4, 2, 9)],
            (0, 0),
        ),
        (
            "an answer and a marker that does not know the target",
            vec![asks("b", 1, 2, 1, 0), marker("", 3, 4, 2, 0)],
            (1, 0),
        ),
        ("a tool and a marker", vec![tool("b", 1, 4, 1, 0), marker("b", 2, 3, 2, 0)], (1, 0)),
        ("a marker and a tool", vec![marker("b", 1, 2, 1, 0), tool("b", 3, 4, 2, 0)], (1, 0)),
        (
            "an answer, a tool and a log record",
            vec![asks("b", 1, 2, 1, 0), tool("b", 3, 4, 2, 0), by_log(marker("b", 3, 3, 3, 0))],
            (1, 0),
        ),
        ("a span and a log record", vec![marker("b", 1, 2, 1, 0), by_log(marker("b", 2, 2, 2, 0))], (1, 0)),
        (
            "two reports of one answer, parent and child",
            vec![asks("b", 1, 4, 1, 0), asks("b", 2, 3, 2, 1)],
            (1, 0),
        ),
        (
            "two reports of one answer, by the call's id",
            vec![of_call("x", asks("b", 1, 4, 1, 0)), of_call("x", asks("b", 2, 4, 2, 0))],
            (1, 0),
        ),
        (
            "an answer in a log record, written when its call has ended",
            vec![
                agent("a", 1, 9, 1, 0),
                call(2, 4, 2, 1),
                by_log(Step { usage: Usage::default().into(), ..asks("b", 4, 4, 3, 2) }),
                agent("b", 10, 11, 4, 0),
            ],
            (1, 0),
        ),
        (
            "one id for every call is no sign",
            vec![of_call("x", asks("b", 1, 2, 1, 0)), of_call("x", asks("a", 3, 4, 2, 0))],
            (2, 0),
        ),
        (
            "a round of three, each asked for and carried out",
            (0_u64..)
                .zip(["b", "c", "a"])
                .flat_map(|(n, target)| {
                    [
                        asks(target, n * 9, n * 9 + 1, n * 2 + 1, 0),
                        tool(target, n * 9 + 2, n * 9 + 3, n * 2 + 2, 0),
                    ]
                })
                .collect(),
            (3, 0),
        ),
        (
            "two transfers at the same time",
            vec![asks("b", 1, 3, 1, 0), asks("d", 2, 3, 2, 0), tool("b", 4, 5, 3, 0), tool("d", 4, 5, 4, 0)],
            (2, 0),
        ),
    ]);
}

#[test]
fn a_tool_that_is_running_becomes_what_it_was() {
    let running = |step: Step| Step { end: 0, status: StepStatus::Running, ..step };
    let (caller, transfer) = (agent("a", 1, 9, 1, 0), tool("b", 3, 4, 2, 1));
    let mut ledger = Ledger::of(&[running(caller.clone()), running(transfer.clone())]);
    assert_eq!(counts(&ledger), (1, 0));
    ledger.update(1, &transfer);
    ledger.insert(&call(5, 6, 3, 1));
    assert_eq!(counts(&ledger), (0, 1), "the caller goes on");
    ledger.insert(&agent("b", 10, 11, 4, 0));
    ledger.update(0, &caller);
    assert_eq!(counts(&ledger), (1, 0), "the target came when the caller had ended");
}

fn name(n: u64) -> String {
    match n {
        0 => "a",
        1 => "b",
        2 => "C d",
        _ => "",
    }
    .to_owned()
}

/// Steps of all kinds that tell of transfers, under few parents, close in time, of few agents and calls.
fn soup() -> impl Strategy<Value = Vec<Step>> {
    let one = (0..14_u64, 0..8_u8, 0..12_u64, 0..4_u64, 0..4_u64, 0..3_u64);
    proptest::collection::btree_map(1..14_u64, one, 0..14).prop_map(|steps| {
        let make =
            |(id, (parent, kind, start, took, target, call_id)): (u64, (u64, u8, u64, u64, u64, u64))| {
                let end = start + took;
                let plain = match kind {
                    0 => agent(&name(target % 3), start, end + 3, id, parent),
                    1 => call(start, end, id, parent),
                    2 => asks(&name(target), start, end, id, parent),
                    3 | 4 => tool(&name(target), start, end, id, parent),
                    5 => marker(&name(target), start, end, id, parent),
                    6 => by_log(marker(&name(target), start, end, id, parent)),
                    _ => at(start, end, StepKind::Task, id, parent),
                };
                let plain =
                    if took == 3 { Step { end: 0, status: StepStatus::Running, ..plain } } else { plain };
                // records and spans of one call pair as they come, which needs ids that are not used twice
                if call_id == 0 || kind == 6 { plain } else { of_call(&format!("call {call_id}"), plain) }
            };
        steps.into_iter().map(make).collect()
    })
}

/// What every step is, by its id.
fn transfers(ledger: &Ledger, steps: &[Step]) -> Vec<(SpanId, Option<Transfer>)> {
    let of = |step: &Step| ledger.transfer(ledger.entry(step.trace_id, step.span_id).unwrap());
    let mut all: Vec<_> = steps.iter().map(|step| (step.span_id, of(step))).collect();
    all.sort_by_key(|(id, _)| *id);
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_is_a_transfer_does_not_depend_on_the_order_of_arrival(
        (steps, shuffled) in soup().prop_flat_map(|s| (Just(s.clone()), Just(s).prop_shuffle()))
    ) {
        let (a, b) = (Ledger::of(&steps), Ledger::of(&shuffled));
        prop_assert_eq!(transfers(&a, &steps), transfers(&b, &shuffled));
        prop_assert_eq!(a.totals(), b.totals());
    }

    #[test]
    fn an_update_leaves_what_fresh_books_would_tell(steps in soup(), newer in soup()) {
        let mut ledger = Ledger::of(&steps);
        let mut now = steps.clone();
        for step in &newer {
            if let Some(at) = now.iter().position(|s| s.span_id == step.span_id) {
                ledger.update(u32::try_from(at).unwrap(), step);
                now[at] = step.clone();
            }
        }
        let fresh = Ledger::of(&now);
        prop_assert_eq!(transfers(&ledger, &now), transfers(&fresh, &now));
        prop_assert_eq!(ledger.totals(), fresh.totals());
    }

    #[test]
    fn books_of_a_whole_run_tell_a_tree_the_same_transfers(steps in soup()) {
        check_whole(&steps)?;
    }

    #[test]
    fn the_sums_are_what_the_steps_are(steps in soup()) {
        let ledger = Ledger::of(&steps);
        let all = transfers(&ledger, &steps);
        let count = |what| all.iter().filter(|(_, transfer)| *transfer == Some(what)).count() as u64;
        prop_assert_eq!(counts(&ledger), (count(Transfer::Passed), count(Transfer::Called)));
    }
}
