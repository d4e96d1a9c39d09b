//! What both runs took up to any line. Sums are kept every few lines, so that a frame adds up only a few of them.

use crate::analyze::diff::Sums;

use super::Comparison;

/// Lines between two sums that are kept: a tall screen.
const EVERY: usize = 128;

/// Sums of all lines before every mark.
#[derive(Debug, Default)]
pub(super) struct Totals(Vec<[Sums; 2]>);

impl Totals {
    pub(super) fn of(of: &Comparison) -> Self {
        let mut marks = Vec::with_capacity(of.diff.entries.len() / EVERY + 1);
        let mut sums = [Sums::default(); 2];
        for line in 0..of.diff.entries.len() {
            if line % EVERY == 0 {
                marks.push(sums);
            }
            add(of, line, &mut sums);
        }
        Self(marks)
    }

    /// What both took up to a line, the line included.
    pub(super) fn up_to(&self, of: &Comparison, line: usize) -> [Sums; 2] {
        let mark = line / EVERY;
        let mut sums = self.0.get(mark).copied().unwrap_or_default();
        (mark * EVERY..=line).for_each(|line| add(of, line, &mut sums));
        sums
    }
}

fn add(of: &Comparison, line: usize, sums: &mut [Sums; 2]) {
    let Some(entry) = of.diff.entries.get(line) else { return };
    for (side, at) in [entry.a, entry.b].into_iter().enumerate() {
        let place = at.and_then(|at| of.places[side].get(at));
        let Some(row) = place.and_then(|place| of.views[side].tree.rows.get(place.row as usize)) else {
            continue;
        };
        let sums = &mut sums[side];
        sums.steps += usize::from(!entry.frame);
        if row.has_figures {
            sums.tokens.add(&row.usage);
            sums.cost.add(row.own_cost);
        }
    }
}
