use serde_json::Value;

use super::super::fixture;
use super::*;
use crate::model::RunTimes;

const NOW: UnixNanos = fixture::START + 9_000_000_000;

fn shown() -> Vec<String> {
    let (run, steps) = (fixture::run(), fixture::steps());
    show_lines(&run, NOW, &steps, &fixture::tree(), &fixture::findings()).collect::<Result<_, _>>().unwrap()
}

#[test]
fn show_prints_the_run_then_its_steps_in_display_order_then_its_findings() {
    insta::assert_snapshot!(shown().join("\n"));
}

#[test]
fn a_run_says_the_same_in_both_commands() {
    let line = run_line(&fixture::run(), NOW).unwrap();
    assert_eq!(shown()[0], line.replacen('{', r#"{"type":"run","#, 1));
}

#[test]
fn a_run_of_which_nothing_is_known_still_has_every_key() {
    let mut run = fixture::run();
    run.times = RunTimes::default();
    run.tokens = crate::model::TokenTotals { unknown: 2, ..Default::default() };
    run.cost = crate::model::CostTotal { unknown: 2, ..Default::default() };
    (run.session_id, run.agents, run.models) = (None, Vec::new(), Vec::new());
    insta::assert_snapshot!(run_line(&run, NOW).unwrap());
}

#[test]
fn the_tokens_of_the_steps_add_up_to_those_of_the_run() {
    let rows: Vec<Value> = shown().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let sum = rows[1..].iter().filter_map(|row| row["tokens"]["input"].as_u64()).sum::<u64>();
    assert_eq!(Some(sum), rows[0]["tokens"]["input"].as_u64());
}

#[test]
fn indexes_count_steps_and_not_missing_parents() {
    let rows: Vec<Value> = shown().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let indexes: Vec<_> = rows.iter().filter_map(|row| row["index"].as_u64()).collect();
    assert_eq!(indexes, (0..7).collect::<Vec<_>>());
    assert_eq!(rows[4]["depth"], 1);
}

#[test]
fn every_call_explains_its_cost_and_the_sum_comes_last() {
    let (run, steps, tree) = (fixture::run(), fixture::steps(), fixture::tree());
    let calls: Vec<_> = super::super::cost::counted(&steps, &tree)
        .map(|(index, row, step)| Call {
            index,
            step,
            cost: row.own_cost,
            why: fixture::explanation(step, row.own_cost),
        })
        .collect();
    let lines: Vec<_> = cost_lines(&run, &calls).collect::<Result<_, _>>().unwrap();
    insta::assert_snapshot!(lines.join("\n"));
}
