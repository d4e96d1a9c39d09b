//! How a run went, step after step: what it had cost by then, and which steps its end waited for.

use crate::analyze::critical_path;
use crate::model::{CostTotal, TokenTotals};

use super::Shape;

/// Told of a whole run, by row.
#[derive(Debug, Default)]
pub struct Course {
    /// Tokens and cost of all calls begun so far, the row's own among them.
    pub so_far: Vec<(TokenTotals, CostTotal)>,
    /// Whether the end of the run hung on it.
    pub critical: Vec<bool>,
}

impl Course {
    /// Goes through all rows once.
    pub(super) fn of(view: &Shape) -> Self {
        let rows = &view.tree.rows;
        let mut order: Vec<u32> = (0..u32::try_from(rows.len()).unwrap_or(u32::MAX)).collect();
        order.sort_by_key(|&row| (view.step(row).map_or(0, |step| step.start), row));
        let mut so_far = vec![Default::default(); rows.len()];
        let (mut tokens, mut cost) = (TokenTotals::default(), CostTotal::default());
        for row in order.into_iter().map(|row| row as usize) {
            if rows[row].has_figures {
                tokens.add(&rows[row].usage);
                cost.add(rows[row].own_cost);
            }
            so_far[row] = (tokens, cost);
        }
        let mut critical = vec![false; rows.len()];
        for row in critical_path::of(rows, &view.steps) {
            critical[row as usize] = true;
        }
        Self { so_far, critical }
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{RunKey, StepKind};
    use crate::tui::RunView;
    use crate::tui::testing::world::Script;

    #[test]
    fn the_running_total_grows_in_the_order_of_time() {
        let mut script = Script::new(1, 60);
        let root = script.add(None, StepKind::Agent, "root", 0);
        for input in [10, 20, 30] {
            script.call(root, "m", 10, (input, 0, 1));
        }
        let view = RunView::new(RunKey(1), 1, script.end(&[], "").steps);
        let told: Vec<u64> = view.course().so_far.iter().map(|(tokens, _)| tokens.input).collect();
        assert_eq!(told, [0, 10, 30, 60]);
        assert_eq!(view.course().critical, [true; 4]);
    }
}
