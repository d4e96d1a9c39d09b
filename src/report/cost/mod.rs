//! What a run's calls cost and why: the arithmetic of each, where its price comes from, what is missing.

mod page;
mod words;

pub use page::page;
pub use words::{Tone, declared, notes, source, total};

use crate::analyze::tree::{Node, Row, Tree};
use crate::model::{Cost, CostTotal, Explanation, Step};

/// One call that counts, with its explanation.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// Place among the steps in display order, as `show` numbers them.
    pub index: usize,
    /// The step.
    pub step: &'a Step,
    /// Its cost as the sums hold it.
    pub cost: Option<Cost>,
    /// Why, by the prices of today's settings.
    pub why: Explanation,
}

/// Rows that add to a run's sums, each with its place among the steps and its step.
pub fn counted<'a>(steps: &'a [Step], tree: &'a Tree) -> impl Iterator<Item = (usize, &'a Row, &'a Step)> {
    let present = tree.rows.iter().filter_map(|row| match row.node {
        Node::Step(at) => steps.get(at).map(|step| (row, step)),
        Node::Missing { .. } => None,
    });
    present.enumerate().filter(|(_, (row, _))| row.has_figures).map(|(index, (row, step))| (index, row, step))
}

/// Calls of one model together.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelSum<'a> {
    /// The model, `None` where it is not told.
    pub model: Option<&'a str>,
    /// Calls that add to the sums.
    pub calls: u64,
    /// Their cost.
    pub cost: CostTotal,
}

/// The calls of these rows by model, in order of first appearance. `step` gives the step of a row.
pub fn by_model<'a>(rows: &'a [Row], step: impl Fn(&Row) -> Option<&'a Step>) -> Vec<ModelSum<'a>> {
    let mut sums: Vec<ModelSum<'a>> = Vec::new();
    for (row, step) in rows.iter().filter(|row| row.has_figures).filter_map(|row| Some((row, step(row)?))) {
        let model = step.model.as_deref();
        let at = sums.iter().position(|sum| sum.model == model).unwrap_or(sums.len());
        if at == sums.len() {
            sums.push(ModelSum { model, calls: 0, cost: CostTotal::default() });
        }
        let sum = &mut sums[at];
        sum.calls += 1;
        sum.cost.add(row.own_cost);
    }
    sums
}
