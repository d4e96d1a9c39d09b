//! Where the money went: the path from the run down to the call that cost most, and sums by model and by agent.

use std::collections::BTreeMap;

use super::super::{Look, Telling, cost, format, show};
use super::escape::{escaped, row};
use crate::analyze::tree::{Node, Row};
use crate::model::{CostTotal, NanoUsd, Step};

/// The section; empty where nothing tells of a cost.
pub(super) fn lines(telling: &Telling<'_>, look: &Look) -> String {
    let Some(all) = known(&telling.run.cost) else { return String::new() };
    path(telling, all, look) + "\n" + &by_model(telling) + &by_agent(telling)
}

/// The amount, as far as it is known, where there is any.
fn known(cost: &CostTotal) -> Option<NanoUsd> {
    Some(cost.amount).filter(|amount| amount.0 > 0)
}

/// The most expensive root, its most expensive child, and so on.
fn path(telling: &Telling<'_>, all: NanoUsd, look: &Look) -> String {
    let rows = &telling.tree.rows;
    let indexes = indexes(rows);
    let mut out = String::new();
    let mut level = dearest(rows, 0, rows.len());
    let mut before = None;
    while let Some(at) = level {
        let row = &rows[at];
        // frames that only hold the next one say nothing
        if before != Some(row.cost().amount) || row.subtree == 1 {
            out += &path_line(telling, row, indexes[at], all, look);
        }
        before = Some(row.cost().amount);
        level = dearest(rows, at + 1, at + row.subtree as usize);
    }
    out
}

fn path_line(telling: &Telling<'_>, row: &Row, index: usize, all: NanoUsd, look: &Look) -> String {
    let title = match row.node {
        Node::Step(at) => telling.steps.get(at).map(|step: &Step| escaped(&show::title(step, look))),
        Node::Missing { .. } => None,
    };
    let share = format::percent(row.cost().amount.0.unsigned_abs(), all.0.unsigned_abs());
    let share = if share.is_empty() { share } else { format!(", {share}") };
    let title = title.unwrap_or_else(|| "a parent that has not arrived".to_owned());
    format!("- step {index}, {title}: {}{share}\n", format::cost_total(&row.cost()))
}

/// Of the siblings whose rows begin at `from`, up to `to`, the one that cost most with all below it.
fn dearest(rows: &[Row], from: usize, to: usize) -> Option<usize> {
    let mut best: Option<usize> = None;
    let mut at = from;
    while at < to.min(rows.len()) {
        let cost = rows[at].cost().amount.0;
        if cost > best.map_or(0, |best| rows[best].cost().amount.0) {
            best = Some(at);
        }
        at += (rows[at].subtree as usize).max(1);
    }
    best
}

/// The number of every row's step; a missing parent takes none.
fn indexes(rows: &[Row]) -> Vec<usize> {
    let mut next = 0;
    let number = |row: &Row| {
        let index = next;
        next += usize::from(matches!(row.node, Node::Step(_)));
        index
    };
    rows.iter().map(number).collect()
}

fn by_model(telling: &Telling<'_>) -> String {
    let sums = cost::by_model(&telling.tree.rows, |row| match row.node {
        Node::Step(at) => telling.steps.get(at),
        Node::Missing { .. } => None,
    });
    let line = |sum: &cost::ModelSum<'_>| {
        let model = escaped(sum.model.unwrap_or("unknown"));
        row(&[model, sum.calls.to_string(), format::cost_total(&sum.cost)])
    };
    format!("| model | calls | cost |\n| --- | ---: | ---: |\n{}", sums.iter().map(line).collect::<String>())
}

fn by_agent(telling: &Telling<'_>) -> String {
    let mut sums: BTreeMap<&str, (u64, CostTotal)> = BTreeMap::new();
    for (row, step) in telling.rows().filter(|(row, _)| row.has_figures) {
        let agent = row.agent.and_then(|at| telling.steps.get(at)).unwrap_or(step).agent.as_deref();
        let sum = sums.entry(agent.unwrap_or("no agent")).or_default();
        sum.0 += 1;
        sum.1.add(row.own_cost);
    }
    if sums.len() < 2 {
        return String::new();
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by_key(|(_, (_, cost))| std::cmp::Reverse(cost.amount.0));
    let line = |(agent, (calls, cost)): &(&str, (u64, CostTotal))| {
        row(&[escaped(agent), calls.to_string(), format::cost_total(cost)])
    };
    format!(
        "\n| agent | calls | cost |\n| --- | ---: | ---: |\n{}",
        sums.iter().map(line).collect::<String>()
    )
}
