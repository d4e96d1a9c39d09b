use proptest::prelude::*;

use super::*;
use crate::analyze::ledger::Ledger;
use crate::analyze::tree;
use crate::model::fixture::step;
use crate::model::{Cost, CostSource, Handoff, NanoUsd, Usage};

/// Span, parent, start, end, kind.
type Told = (u64, u64, u64, u64, StepKind);

fn told((id, parent, start, end, kind): Told) -> Step {
    let usage = match kind {
        StepKind::Llm => Usage { input: Some(100 * id), output: Some(id), ..Usage::default() },
        _ => Usage::default(),
    };
    let cost = (kind == StepKind::Llm).then_some(Cost { amount: NanoUsd(7), source: CostSource::Reported });
    let tool = (kind == StepKind::Tool).then(|| format!("tool {id}").into());
    Step {
        start,
        end,
        kind,
        usage: usage.into(),
        cost,
        tool,
        scope: format!("{id}").into(),
        ..step(id, parent)
    }
}

/// The next step, what is under way, calls and tools done, input tokens spent.
type Stop = (Option<u64>, Vec<u64>, (u64, u64), u64);

struct Run {
    steps: Vec<Step>,
    tree: Tree,
    replay: Replay,
}

impl Run {
    fn of(mut steps: Vec<Step>) -> Self {
        let mut tree = tree::build(&steps);
        for (at, step) in std::mem::take(&mut tree.merged) {
            steps[at] = step;
        }
        let replay = Replay::of(&steps, &tree);
        Self { steps, tree, replay }
    }

    fn stage(&self) -> Stage<'_, Step> {
        Stage { replay: &self.replay, steps: &self.steps, tree: &self.tree }
    }

    fn id(&self, row: u32) -> u64 {
        step_of(&self.steps, &self.tree.rows[row as usize]).unwrap().span_id.as_u64()
    }

    fn ids(&self, rows: impl Iterator<Item = u32>) -> Vec<u64> {
        rows.map(|row| self.id(row)).collect()
    }

    /// Every stop.
    fn stops(&self) -> Vec<Stop> {
        let next = |stop: usize| self.replay.moments.get(stop).map(|moment| self.id(moment.row));
        let stop = |stop| {
            let so_far = self.replay.so_far(&self.tree, stop);
            let under_way = self.ids(self.replay.under_way(stop).map(|moment| moment.row));
            (next(stop), under_way, (so_far.calls, so_far.tools), so_far.tokens.input)
        };
        (0..self.replay.stops()).map(stop).collect()
    }
}

const AGENT: StepKind = StepKind::Agent;
const LLM: StepKind = StepKind::Llm;
const TOOL: StepKind = StepKind::Tool;

fn run(steps: &[Told]) -> Run {
    Run::of(steps.iter().copied().map(told).collect())
}

#[test]
fn before_a_step_all_that_began_earlier_is_done_or_under_way() {
    let run = run(&[(1, 0, 10, 60, AGENT), (2, 1, 10, 20, LLM), (3, 1, 20, 30, TOOL), (4, 1, 31, 60, LLM)]);
    let expected = [
        (Some(1), vec![], (0, 0), 0),
        (Some(2), vec![1], (0, 0), 0),
        (Some(3), vec![1], (1, 0), 200),
        (Some(4), vec![1], (1, 1), 200),
        (None, vec![], (2, 1), 600),
    ];
    assert_eq!(run.stops(), expected);
    assert_eq!((run.replay.begin(), run.replay.time(2), run.replay.time(4)), (10, 20, 60));
}

#[test]
fn branches_side_by_side_are_under_way_until_each_has_ended() {
    let run = run(&[
        (1, 0, 10, 90, AGENT),
        (2, 1, 11, 40, TOOL),
        (3, 1, 11, 80, TOOL),
        (4, 1, 50, 60, LLM),
        (5, 1, 70, 0, TOOL),
    ]);
    let under_way: Vec<_> = run.stops().into_iter().map(|(next, under_way, ..)| (next, under_way)).collect();
    let expected = [
        (Some(1), vec![]),
        (Some(2), vec![1]),
        (Some(3), vec![1, 2]),
        (Some(4), vec![1, 3]),
        (Some(5), vec![1, 3]),
        (None, vec![5]),
    ];
    assert_eq!(under_way, expected, "what tells no end never ends");
}

#[test]
fn plumbing_has_no_stop_unless_it_alone_tells_a_failure_or_is_all_there_is() {
    let plumbing = |of: Told| Step { plumbing: true, ..told(of) };
    let agent = told((1, 0, 10, 90, AGENT));
    let failed = Step { status: StepStatus::Error, ..plumbing((3, 0, 30, 40, StepKind::Other)) };
    let got_over = Step { parent_span_id: Some(agent.span_id), ..failed.clone() };
    let hook = plumbing((2, 1, 20, 30, StepKind::Other));
    let count = |steps: &[&Step]| Run::of(steps.iter().map(|&step| step.clone()).collect()).replay.stops();
    assert_eq!(count(&[&agent, &hook]), 2);
    assert_eq!(count(&[&agent, &hook, &failed]), 3);
    assert_eq!(count(&[&agent, &hook, &got_over]), 2);
    assert_eq!(count(&[&hook]), 2);
    let run = Run::of(vec![agent, hook, failed]);
    let before = |row| run.replay.stop_before(&run.steps, &run.tree, row);
    assert_eq!([0, 1, 2].map(before), [0, 1, 1], "before what is left out stands the next that is not");
}

#[test]
fn a_step_without_a_start_begins_with_the_one_above_it() {
    let run = run(&[(1, 0, 10, 90, AGENT), (2, 1, 0, 0, LLM), (3, 1, 50, 60, TOOL)]);
    assert_eq!(run.ids(run.replay.moments.iter().map(|moment| moment.row)), [1, 2, 3]);
    assert_eq!(run.replay.moments[1].begin, 10);
}

#[test]
fn an_agent_is_in_charge_from_the_handoff_on() {
    let named = |name: &str, of: Told| Step { agent: Some(name.into()), ..told(of) };
    let handoff = Handoff { from: Some("triage".into()), to: Some("billing".into()) };
    let run = Run::of(vec![
        told((1, 0, 1, 90, StepKind::Workflow)),
        named("triage", (2, 1, 2, 30, AGENT)),
        told((3, 2, 3, 10, LLM)),
        Step { handoff: Some(handoff.into()), ..told((4, 2, 20, 30, StepKind::Handoff)) },
        named("billing", (5, 1, 31, 80, AGENT)),
        told((6, 5, 32, 40, LLM)),
        told((7, 5, 41, 50, TOOL)),
        told((8, 5, 51, 60, LLM)),
    ]);
    let stage = run.stage();
    let told: Vec<_> = (0..run.replay.stops())
        .map(|stop| (stage.in_charge(stop).unwrap_or("-"), stage.heard(stop)))
        .collect();
    let expected = [
        ("-", Heard::Given(0)),
        ("-", Heard::Given(1)),
        ("triage", Heard::Asked(2)),
        ("triage", Heard::Answered(2)),
        ("billing", Heard::Answered(2)),
        ("billing", Heard::Asked(5)),
        ("billing", Heard::Answered(5)),
        ("billing", Heard::Asked(7)),
        ("billing", Heard::Answered(7)),
    ];
    assert_eq!(told, expected);
    assert_eq!(stage.results_since(7, 5), [6]);
    assert!(stage.results_since(6, 5).is_empty());
}

#[test]
fn a_call_that_has_not_answered_is_waited_for() {
    let run = run(&[(1, 0, 10, 90, AGENT), (2, 1, 11, 50, LLM), (3, 1, 20, 30, TOOL)]);
    let stage = run.stage();
    let told: Vec<_> = (0..run.replay.stops()).map(|stop| stage.heard(stop)).collect();
    assert_eq!(told, [Heard::Given(0), Heard::Asked(1), Heard::Waiting(1), Heard::Answered(1)]);
}

#[test]
fn a_run_of_nothing_has_one_stop() {
    let run = Run::of(Vec::new());
    assert_eq!((run.replay.stops(), run.stage().heard(0), run.replay.end), (1, Heard::Nothing, 0));
}

fn wild() -> impl Strategy<Value = Vec<Step>> {
    let kinds =
        prop_oneof![Just(AGENT), Just(LLM), Just(TOOL), Just(StepKind::Handoff), Just(StepKind::Other)];
    let one = (1..200_u64, 0..200_u64, 0..60_u64, 0..30_u64, kinds, any::<(bool, bool)>());
    proptest::collection::vec(one, 0..150).prop_map(|all| {
        let make = |(id, parent, start, took, kind, (plumbing, failed))| {
            let step = told((id, parent, start, if took == 0 { 0 } else { start + took }, kind));
            let status = if failed { StepStatus::Error } else { StepStatus::Ok };
            Step { plumbing: plumbing && kind != LLM, status, ..step }
        };
        all.into_iter().map(make).collect()
    })
}

proptest! {
    #[test]
    fn at_the_last_stop_all_is_spent_that_the_run_spent(steps in wild()) {
        let totals = *Ledger::of(&steps).totals();
        let run = Run::of(steps);
        let end = run.replay.so_far(&run.tree, run.replay.stops() - 1);
        prop_assert_eq!((end.tokens, end.cost), (totals.tokens, totals.cost));
        prop_assert_eq!((end.calls, end.tools), (totals.llm_calls, totals.tool_calls));
        prop_assert_eq!((end.handoffs, end.errors), (totals.handoffs, totals.errors));
    }

    #[test]
    fn stops_go_forward_and_nothing_is_told_before_it_began(steps in wild()) {
        let run = Run::of(steps);
        let moments = &run.replay.moments;
        prop_assert!(moments.windows(2).all(|pair| pair[0].place() < pair[1].place()));
        let mut before = SoFar::default();
        for stop in 0..run.replay.stops() {
            let so_far = run.replay.so_far(&run.tree, stop);
            prop_assert!(so_far.tokens.input >= before.tokens.input && so_far.errors >= before.errors);
            prop_assert!(stop > 0 || so_far == SoFar::default());
            let under_way: Vec<_> = run.replay.under_way(stop).copied().collect();
            prop_assert!(under_way.iter().all(|moment| moment.begin <= run.replay.time(stop)));
            let next = moments.get(stop).map(|moment| moment.row);
            prop_assert!(next.is_none_or(|row| run.replay.stop_before(&run.steps, &run.tree, row) == stop));
            before = so_far;
        }
    }
}
