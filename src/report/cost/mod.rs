//! What a run's calls cost and why: the arithmetic of each, where its price comes from, what is missing.

mod page;
mod words;

pub use page::page;
pub use words::{Tone, notes, source};

use crate::analyze::tree::{Node, Row, Tree};
use crate::model::{Cost, Explanation, Step};

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
