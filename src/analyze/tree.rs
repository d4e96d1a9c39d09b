//! The steps of a run as a tree, flat in display order.

use std::borrow::Borrow;

use rustc_hash::FxHashMap;

pub use self::row::{Node, Rest, Row};
pub use super::declared::Declared;

use self::shape::Shape;
use super::handoffs;
use super::ledger::{Entry, Ledger, Transfer};
use crate::model::Step;

mod row;
mod shape;

/// A run's tree. Every step of the slice is in `rows` once, or once in some row's `also`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// Rows in display order.
    pub rows: Vec<Row>,
    /// Steps (by index) as the whole tree tells them, where a step does not know everything itself: what other reports
    /// of the same call say, who handed over to whom. To be shown in place of what came in.
    pub merged: Vec<(usize, Step)>,
}

/// A future row: a step by its index, or, behind all steps, a parent that has not arrived.
type Place = u32;

/// Builds the tree of `steps`, given in any order. Never fails: missing parents become rows, cycles are cut at the
/// earliest start, a step that is its own parent becomes a root. No recursion: depth is the sender's to choose.
pub fn build<S: Borrow<Step>>(steps: &[S]) -> Tree {
    let steps: Vec<&Step> = steps.iter().map(Borrow::borrow).collect();
    let ledger = Ledger::of_whole(&steps);
    let mut shape = Shape::new(&steps, &ledger);
    let mut rows: Vec<Row> = Vec::with_capacity(shape.rows());
    let mut told_by_others: Vec<usize> = Vec::new();
    let mut stack: Vec<(Place, Option<u32>, bool)> = Vec::new();
    push_siblings(&mut stack, &shape.roots, None);
    while let Some((place, parent, last)) = stack.pop() {
        let at = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let (row, is_own) = shape.row(place, parent.map(|p| (p, &rows[p as usize])), last);
        if !is_own {
            told_by_others.push(rows.len());
        }
        rows.push(row);
        push_siblings(&mut stack, shape.below(place), Some(at));
    }
    shape.sum_up(&mut rows);
    let mut transfers = FxHashMap::default();
    if ledger.has_transfers() {
        transfers = handoffs::resolve(&steps, &rows, |row| told_transfer(&ledger, row));
        told_by_others.extend(transfers.keys());
        told_by_others.sort_unstable();
        told_by_others.dedup();
    }
    let merged = told_by_others.into_iter();
    let merged = merged.filter_map(|at| shape.merged(&rows[at], transfers.remove(&at))).collect();
    Tree { rows, merged }
}

/// Which step of a row tells of a transfer, itself or another report of its call, and what that is.
fn told_transfer(ledger: &Ledger, row: &Row) -> Option<(usize, Transfer)> {
    let Node::Step(own) = row.node else { return None };
    let told = |i: usize| ledger.transfer(entry(i)).map(|transfer| (i, transfer));
    let passed = |&(_, transfer): &(usize, Transfer)| transfer == Transfer::Passed;
    let also = || row.also().iter().copied().filter_map(told).find(passed);
    told(own).filter(passed).or_else(also).or_else(|| told(own))
}

fn push_siblings(stack: &mut Vec<(Place, Option<u32>, bool)>, places: &[Place], parent: Option<u32>) {
    let last = places.last();
    stack.extend(places.iter().rev().map(|place| (*place, parent, Some(place) == last)));
}

fn entry(index: usize) -> Entry {
    Entry::try_from(index).unwrap_or(Entry::MAX)
}

#[cfg(test)]
mod tests;
