use proptest::prelude::*;

use super::*;
use crate::model::fixture::step;
use crate::model::{Cost, CostSource, CostTotal, NanoUsd, StepKind, TokenTotals, Usage};

fn outline(steps: &[Step]) -> Vec<String> {
    let name = |row: &Row| match row.node {
        Node::Step(i) => steps[i].span_id.as_u64().to_string(),
        Node::Missing { span_id, .. } => format!("({})", span_id.as_u64()),
    };
    let tree = build(steps);
    tree.rows.iter().map(|r| format!("{}{}", "-".repeat(r.depth.into()), name(r))).collect()
}

fn at(start: u64, step: Step) -> Step {
    Step { start, end: start + 5, ..step }
}

#[test]
fn shapes() {
    for (what, steps, expected) in [
        ("children before the root", vec![step(3, 2), step(2, 1), step(1, 0)], "1 -2 --3"),
        ("siblings by start", vec![at(9, step(2, 1)), at(5, step(3, 1)), step(1, 0)], "1 -3 -2"),
        ("a parent that never came", vec![step(2, 9), step(3, 9)], "(9) -2 -3"),
        ("a step that is its own parent", vec![step(1, 1)], "1"),
        (
            "a ring is cut above its earliest",
            vec![at(9, step(1, 3)), at(5, step(2, 1)), at(7, step(3, 2))],
            "2 -3 --1",
        ),
        (
            "a start that was not given comes last",
            vec![step(1, 0), at(0, step(2, 1)), at(7, step(3, 1))],
            "1 -3 -2",
        ),
    ] {
        assert_eq!(outline(&steps).join(" "), expected, "{what}");
    }
}

#[test]
fn a_second_report_has_no_row_and_its_children_move_up() {
    let llm = |id, parent| {
        let usage = Usage { input: Some(10), ..Usage::default() };
        Step { kind: StepKind::Llm, usage: usage.into(), scope: format!("{id}").into(), ..step(id, parent) }
    };
    let steps = [step(1, 0), llm(2, 1), llm(3, 2), step(4, 2)];
    assert_eq!(outline(&steps).join(" "), "1 -3 -4");
    let tree = build(&steps);
    assert_eq!(tree.rows[1].also(), [1]);
    assert_eq!((tree.rows[0].tokens().input, tree.rows[0].subtree), (10, 3));
}

proptest! {
    #[test]
    fn every_step_has_one_place_and_rows_nest(
        links in proptest::collection::vec((1..15_u64, 0..18_u64, 0..6_u64, any::<bool>()), 0..40)
    ) {
        let make = |&(id, parent, start, llm): &(u64, u64, u64, bool)| {
            let kind = if llm { StepKind::Llm } else { StepKind::Agent };
            let usage = Usage { input: Some(start), ..Usage::default() };
            let cost = (id % 3 == 0).then_some(Cost { amount: NanoUsd(7), source: CostSource::Reported });
            Step { kind, usage: usage.into(), cost, scope: format!("{parent}").into(), ..at(start, step(id, parent)) }
        };
        let steps: Vec<Step> = links.iter().map(make).collect();
        let tree = build(&steps);
        let mut seen: Vec<usize> = tree.rows.iter().flat_map(|r| r.also().iter().copied()).collect();
        seen.extend(tree.rows.iter().filter_map(|r| match r.node { Node::Step(i) => Some(i), Node::Missing { .. } => None }));
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..steps.len()).collect::<Vec<_>>());
        for (at, row) in tree.rows.iter().enumerate() {
            let parent = row.parent.map(|p| &tree.rows[p as usize]);
            prop_assert_eq!(row.depth, parent.map_or(0, |p| p.depth + 1));
            prop_assert!(row.parent.is_none_or(|p| (p as usize) < at && at < p as usize + tree.rows[p as usize].subtree as usize));
        }
        let totals = *Ledger::of(&steps).totals();
        let mut tokens = TokenTotals::default();
        let mut cost = CostTotal::default();
        for root in tree.rows.iter().filter(|r| r.parent.is_none()) {
            tokens.merge(&root.tokens());
            cost.merge(&root.cost());
        }
        prop_assert_eq!((tokens, cost), (totals.tokens, totals.cost));
    }
}
