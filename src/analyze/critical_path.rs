//! The critical path: the chain of steps that determined when a run ended. Only these, made shorter, would have ended
//! it earlier.

use std::borrow::Borrow;
use std::cmp::Reverse;

use super::tree::{Node, Row};
use crate::model::{Step, UnixNanos};

/// Rows of the tree that the run's end hung on, ascending.
///
/// Told backwards from the end: of the steps below one, the last to end held it up; what began that one is the last
/// that had ended by then, and so on to the beginning. Steps that ran beside these are not on the path. A step that
/// outlived the one above it counts up to that one's end; one that has not ended goes on until the end.
pub fn of<S: Borrow<Step>>(rows: &[Row], steps: &[S]) -> Vec<u32> {
    let times = times(rows, steps);
    let known = |&(start, end): &(UnixNanos, UnixNanos)| if end == UnixNanos::MAX { start } else { end };
    let end = times.iter().map(known).max().unwrap_or(0);
    let mut path = Vec::new();
    let mut open = vec![(siblings(rows, 0, rows.len()), end)];
    while let Some((candidates, until)) = open.pop() {
        for (row, until) in chain(candidates, &times, until) {
            path.push(u32::try_from(row).unwrap_or(u32::MAX));
            open.push((siblings(rows, row + 1, row + rows[row].subtree as usize), until));
        }
    }
    path.sort_unstable();
    path
}

/// Start and end of every row; of a parent that has not arrived from its first child's start on.
fn times<S: Borrow<Step>>(rows: &[Row], steps: &[S]) -> Vec<(UnixNanos, UnixNanos)> {
    let mut times: Vec<(UnixNanos, UnixNanos)> = Vec::with_capacity(rows.len());
    times.resize(rows.len(), (0, UnixNanos::MAX));
    for (at, row) in rows.iter().enumerate().rev() {
        times[at] = match row.node {
            Node::Step(step) => steps.get(step).map(Borrow::borrow).map_or((0, 0), |step: &Step| {
                (step.start, if step.end == 0 { UnixNanos::MAX } else { step.end })
            }),
            Node::Missing { .. } => (times.get(at + 1).map_or(0, |child| child.0), UnixNanos::MAX),
        };
    }
    times
}

/// Rows from `from` to `to` that stand beside each other.
fn siblings(rows: &[Row], from: usize, to: usize) -> Vec<usize> {
    let first = (from < to).then_some(from);
    let next = |&at: &usize| Some(at + rows[at].subtree.max(1) as usize).filter(|&at| at < to);
    std::iter::successors(first, next).collect()
}

/// Of rows beside each other those that held up what ended at `until`, the last first, each with when it was done.
fn chain(
    mut rows: Vec<usize>,
    times: &[(UnixNanos, UnixNanos)],
    until: UnixNanos,
) -> Vec<(usize, UnixNanos)> {
    rows.sort_by_key(|&row| Reverse((times[row].1.min(until), times[row].0)));
    let mut chain: Vec<(usize, UnixNanos)> = Vec::new();
    let mut cursor = until;
    for row in rows {
        let (start, end) = times[row];
        // only what ends last may have outlived the one above
        let end = if chain.is_empty() { end.min(until) } else { end };
        // a clock that gave no start tells nothing of what went before
        if start != 0 && start <= end && end <= cursor && (start < cursor || chain.is_empty()) {
            chain.push((row, end));
            cursor = start;
        }
    }
    chain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analyze::tree;
    use crate::model::fixture::step;

    /// Span, parent, start, end.
    fn path(spans: &[(u64, u64, u64, u64)]) -> Vec<u64> {
        let steps: Vec<Step> =
            spans.iter().map(|&(id, parent, start, end)| Step { start, end, ..step(id, parent) }).collect();
        let tree = tree::build(&steps);
        let id = |row: u32| match tree.rows[row as usize].node {
            Node::Step(at) => steps[at].span_id.as_u64(),
            Node::Missing { .. } => 0,
        };
        of(&tree.rows, &steps).into_iter().map(id).collect()
    }

    #[test]
    fn the_path_is_what_the_end_waited_for() {
        for (what, spans, expected) in [
            ("one after the other", vec![(1, 0, 1, 100), (2, 1, 1, 50), (3, 1, 50, 99)], vec![1, 2, 3]),
            ("beside each other: the slower", vec![(1, 0, 1, 100), (2, 1, 1, 60), (3, 1, 1, 99)], vec![1, 3]),
            (
                "what ended before the slower began",
                vec![(1, 0, 1, 100), (2, 1, 1, 20), (3, 1, 1, 40), (4, 1, 41, 99)],
                vec![1, 3, 4],
            ),
            (
                "below the slower",
                vec![(1, 0, 1, 90), (2, 1, 5, 80), (3, 2, 10, 70), (4, 1, 5, 60)],
                vec![1, 2, 3],
            ),
            (
                "one that outlived its parent",
                vec![(1, 0, 1, 50), (2, 1, 10, 80), (3, 1, 5, 10)],
                vec![1, 3, 2],
            ),
            ("one that goes on", vec![(1, 0, 1, 0), (2, 1, 1, 30), (3, 1, 31, 0)], vec![1, 2, 3]),
            ("two roots in turn", vec![(1, 0, 1, 50), (2, 0, 60, 90)], vec![1, 2]),
            ("a parent that never came", vec![(2, 9, 5, 20), (3, 9, 21, 30)], vec![0, 2, 3]),
            ("no times", vec![(1, 0, 0, 0)], vec![]),
        ] {
            assert_eq!(path(&spans), expected, "{what}");
        }
    }

    proptest! {
        #[test]
        fn of_a_step_on_the_path_all_above_are_on_it(
            spans in proptest::collection::vec((1..20_u64, 0..20_u64, 0..50_u64, 0..50_u64), 0..30)
        ) {
            let steps: Vec<Step> =
                spans.iter().map(|&(id, parent, start, end)| Step { start, end, ..step(id, parent) }).collect();
            let tree = tree::build(&steps);
            let path = of(&tree.rows, &steps);
            prop_assert!(path.windows(2).all(|pair| pair[0] < pair[1]));
            for row in &path {
                prop_assert!(tree.rows[*row as usize].parent.is_none_or(|above| path.contains(&above)));
            }
        }
    }
}
