//! A tree without its plumbing: what stands below it moves up.

use std::borrow::Cow;

use super::tree::{Node, Row};
use crate::model::{Step, StepStatus};

/// A row that stays, and its place among all rows of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept<'a> {
    /// Place in the tree's rows.
    pub at: usize,
    /// The row with the depth it has now; [`Row::last`] likewise. Its other links are those of the whole tree.
    pub row: Cow<'a, Row>,
}

/// Whether a step is plumbing that may be folded away. All of it may but a root that failed where no other step tells of
/// that: what plumbing below a step made of its failure is that step's doing, and told there if it mattered. A framework
/// looks for files that may be missing and goes on.
pub fn is_quiet(row: &Row, step: &Step) -> bool {
    let tells = step.status == StepStatus::Error && row.parent.is_none() && row.errors == 0;
    step.plumbing && !tells
}

/// By row whether it may be folded away: plumbing, and parents that have not arrived of nothing else.
pub fn quiet<'s>(rows: &[Row], step: impl Fn(&Row) -> Option<&'s Step>) -> Vec<bool> {
    let mut quiet: Vec<bool> =
        rows.iter().map(|row| step(row).is_some_and(|step| is_quiet(row, step))).collect();
    for (at, row) in rows.iter().enumerate() {
        if matches!(row.node, Node::Missing { .. }) {
            let below = at + 1..at + row.subtree as usize;
            quiet[at] = !below.is_empty() && quiet[below].iter().all(|&quiet| quiet);
        }
    }
    quiet
}

/// Rows in display order without plumbing; all of them where there is nothing else.
pub fn without_plumbing<'a>(rows: &'a [Row], steps: &[Step]) -> Vec<Kept<'a>> {
    let quiet = quiet(rows, |row| match row.node {
        Node::Step(at) => steps.get(at),
        Node::Missing { .. } => None,
    });
    if quiet.iter().all(|&quiet| quiet) {
        return whole(rows);
    }
    let mut kept = Vec::with_capacity(rows.len());
    // of each level above the row at hand, the depth that its children have now
    let mut below: Vec<u16> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let level = usize::from(row.depth);
        below.truncate(level);
        let depth = below.last().copied().unwrap_or(0);
        let hidden = quiet[at];
        below.push(if hidden { depth } else { depth.saturating_add(1) });
        if !hidden {
            let row = if depth == row.depth {
                Cow::Borrowed(row)
            } else {
                Cow::Owned(Row { depth, ..row.clone() })
            };
            kept.push(Kept { at, row });
        }
    }
    mark_last(&mut kept);
    kept
}

/// Every row as it is.
pub fn whole(rows: &[Row]) -> Vec<Kept<'_>> {
    rows.iter().enumerate().map(|(at, row)| Kept { at, row: Cow::Borrowed(row) }).collect()
}

/// A row is the last of its siblings if none follows at its depth before a shallower one.
fn mark_last(kept: &mut [Kept<'_>]) {
    let mut followed: Vec<bool> = Vec::new();
    for Kept { row, .. } in kept.iter_mut().rev() {
        let depth = usize::from(row.depth);
        followed.truncate(depth + 1);
        followed.resize(depth + 1, false);
        let last = !std::mem::replace(&mut followed[depth], true);
        if row.last != last {
            row.to_mut().last = last;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::tree;
    use crate::model::fixture::step;

    fn plumbing(step: Step) -> Step {
        Step { plumbing: true, ..step }
    }

    fn failed(step: Step) -> Step {
        Step { status: StepStatus::Error, ..step }
    }

    #[test]
    fn what_stands_below_plumbing_moves_up() {
        for (what, steps, expected) in [
            ("nothing to fold", vec![step(1, 0), step(2, 1)], "1! -2!"),
            ("a root", vec![plumbing(step(1, 0)), step(2, 1), step(3, 1)], "2 3!"),
            ("between two", vec![step(1, 0), plumbing(step(2, 1)), step(3, 2), step(4, 1)], "1! -3 -4!"),
            ("a last child", vec![step(1, 0), step(2, 1), plumbing(step(3, 1))], "1! -2!"),
            (
                "a failure that the step above lived with",
                vec![step(1, 0), failed(plumbing(step(2, 1)))],
                "1!",
            ),
            (
                "a root's failure that a step tells",
                vec![failed(plumbing(step(1, 0))), failed(step(2, 1))],
                "2!",
            ),
            ("one that nobody tells", vec![failed(plumbing(step(1, 0))), step(2, 1)], "1! -2!"),
            ("a parent of plumbing", vec![plumbing(step(1, 8)), step(2, 9), plumbing(step(3, 9))], "? -2!"),
            ("nothing else", vec![plumbing(step(1, 0)), failed(plumbing(step(2, 1)))], "1! -2!"),
        ] {
            let steps: Vec<Step> = steps
                .into_iter()
                .enumerate()
                .map(|(at, s)| Step { start: 1 + at as u64, end: 9, ..s })
                .collect();
            let tree = tree::build(&steps);
            let name = |kept: &Kept<'_>| match kept.row.node {
                Node::Step(i) => {
                    let mark = if kept.row.last { "!" } else { "" };
                    format!("{}{}{mark}", "-".repeat(kept.row.depth.into()), steps[i].span_id.as_u64())
                }
                Node::Missing { .. } => "?".to_owned(),
            };
            let shown: Vec<String> = without_plumbing(&tree.rows, &steps).iter().map(name).collect();
            assert_eq!(shown.join(" "), expected, "{what}");
        }
    }
}
