//! The preview beside the list of runs: the shape of the run under the cursor.

use std::sync::Arc;

use crate::model::{RunKey, RunSummary, UnixNanos};
use crate::tui::backend::RunView;

/// Runs with more steps than this are opened, not previewed: reading them takes a while.
pub const MOST_STEPS: u64 = 20_000;

/// Levels and rows of a shape that are kept; more fit no pane.
const DEEPEST: u16 = 4;
const ROWS: usize = 400;

/// What is kept of a run's tree.
#[derive(Debug)]
pub struct Shape {
    /// The run.
    pub view: Arc<RunView>,
    /// Rows and how deep they are, plumbing left out: its levels, too.
    rows: Vec<(u32, u16)>,
    /// Rows at most this deep, by depth; of all, not only of those kept.
    counts: [usize; DEEPEST as usize],
}

impl Shape {
    /// Goes through the tree once.
    pub fn of(view: Arc<RunView>) -> Self {
        let mut shape = Self { rows: Vec::new(), counts: [0; DEEPEST as usize], view };
        // shown rows above those of each level
        let mut above: Vec<u16> = vec![0];
        for (row, node) in (0..).zip(&shape.view.tree.rows) {
            above.truncate(usize::from(node.depth) + 1);
            let depth = above.last().copied().unwrap_or(0);
            let is_shown = shape.view.step(row).is_none_or(|step| !step.plumbing);
            above.push(depth + u16::from(is_shown));
            if !is_shown || depth >= DEEPEST {
                continue;
            }
            shape.counts[usize::from(depth)..].iter_mut().for_each(|count| *count += 1);
            if shape.rows.len() < ROWS {
                shape.rows.push((row, depth));
            }
        }
        shape
    }

    /// The rows that fit `height`, as deep as all of a level do, and how many of the last level do not.
    pub fn fitting(&self, height: usize) -> (Vec<(u32, u16)>, usize) {
        let fits = self.counts.iter().rposition(|&count| count <= height);
        let depth = fits.or_else(|| self.counts.iter().position(|&count| count > 1)).unwrap_or(0);
        let all = self.counts[depth];
        let room = if all > height { height.saturating_sub(1) } else { height };
        let deep = |row: &&(u32, u16)| usize::from(row.1) <= depth;
        let rows: Vec<_> = self.rows.iter().filter(deep).take(room).copied().collect();
        let left = all - rows.len().min(all);
        (rows, left)
    }
}

/// State of the preview.
#[derive(Debug, Default)]
pub struct Preview {
    /// The shape shown: that of the run before, until the one that is asked for is here.
    pub shape: Option<Shape>,
    /// The run asked for.
    waits_for: Option<RunKey>,
    /// When.
    asked: UnixNanos,
    /// The run that could not be read: asked for again when there are news of it, or when the cursor comes back.
    failed: Option<RunKey>,
    /// Whether there were news of the run shown.
    pub is_stale: bool,
}

impl Preview {
    /// How long the shape of the run before stays: nothing flickers while the cursor moves, and nothing wrong stands long.
    const STAYS: u64 = 200_000_000;

    /// The run whose shape is to be asked for, if it is neither here nor on its way.
    pub fn wish(&mut self, run: Option<&RunSummary>, now: UnixNanos) -> Option<RunKey> {
        let key = run.filter(|run| run.steps <= MOST_STEPS)?.key;
        let is_here = !self.is_stale && self.shape.as_ref().is_some_and(|shape| shape.view.run == key);
        let has_failed = !self.is_stale && self.failed == Some(key);
        if self.waits_for == Some(key) || (self.waits_for.is_none() && (is_here || has_failed)) {
            return None;
        }
        (self.waits_for, self.asked, self.is_stale, self.failed) = (Some(key), now, false, None);
        Some(key)
    }

    /// Takes in a run; one that is no longer waited for is dropped.
    pub fn take(&mut self, key: RunKey, answer: Result<Arc<RunView>, String>) {
        if self.waits_for == Some(key) {
            self.waits_for = None;
            // why it cannot be read is told where it is opened
            self.failed = answer.is_err().then_some(key);
            self.shape = answer.ok().map(Shape::of);
        }
    }

    /// The shape to show for a run: its own, or for a moment that of the one before.
    pub fn shown(&self, run: RunKey, now: UnixNanos) -> Option<&Shape> {
        let fresh = self.waits_for.is_some() && now.saturating_sub(self.asked) < Self::STAYS;
        self.shape.as_ref().filter(|shape| shape.view.run == run || fresh)
    }

    /// Whether an answer is waited for.
    pub const fn is_reading(&self) -> bool {
        self.waits_for.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::StepKind;
    use crate::tui::testing::world::{Script, under_way};

    #[test]
    fn levels_of_plumbing_count_no_more_than_its_rows() {
        let mut script = Script::new(1, 10);
        let mut above = None;
        for name in ["main", "session", "task"] {
            let frame = script.add(above, StepKind::Other, name, 1);
            script.edit(frame, |step| step.plumbing = true);
            above = Some(frame);
        }
        let agent = script.add(above, StepKind::Agent, "codex", 1);
        let frame = script.add(Some(agent), StepKind::Other, "turn", 1);
        script.edit(frame, |step| step.plumbing = true);
        script.add(Some(frame), StepKind::Tool, "exec_command", 1);
        let told = script.end(&["codex"], "task");
        let view = RunView::new(told.summary.key, 1, told.steps);
        let (rows, left) = Shape::of(Arc::new(view)).fitting(10);
        assert_eq!((rows, left), (vec![(3, 0), (5, 1)], 0));
    }

    #[test]
    fn what_cannot_be_read_is_asked_for_again_only_when_there_are_news() {
        let (run, other) = (under_way(1).summary, under_way(2).summary);
        let mut preview = Preview::default();
        assert_eq!(preview.wish(Some(&run), 0), Some(run.key));
        preview.take(run.key, Err("the disk gives an error".into()));
        assert_eq!(preview.wish(Some(&run), 1), None, "else it would be asked for without end");
        preview.is_stale = true;
        assert_eq!(preview.wish(Some(&run), 2), Some(run.key));
        preview.take(run.key, Err("again".into()));
        assert_eq!(preview.wish(Some(&other), 3), Some(other.key));
        assert_eq!(preview.wish(Some(&run), 4), Some(run.key));
    }
}
