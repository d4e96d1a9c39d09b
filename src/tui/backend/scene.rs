//! What is to be read for the conversation at a stop of a replay.

use std::sync::Arc;

use super::{Asked, RowId, RunView};
use crate::analyze::replay::{Heard, Replay, Stage};
use crate::model::{Step, UnixNanos};

/// The conversation at a stop, asked for. Equal where the same would be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct SceneAsked {
    /// Which conversation it is.
    pub heard: Heard,
    /// The step that tells it.
    pub of: Option<Asked>,
    /// Tools that returned since, in the order of time.
    pub since: Vec<Asked>,
    /// The stop.
    pub stop: usize,
    /// When it is: what ended later is not known yet.
    pub time: UnixNanos,
}

impl SceneAsked {
    /// How a step of the run stands at the stop: whether it has ended, `None` if it has not begun.
    pub fn has_ended(&self, step: &Step) -> Option<bool> {
        let view = &self.of.as_ref()?.of.0;
        let row = view.row(RowId(step.trace_id, step.span_id))?;
        let has_begun = view.stop_before(row) < self.stop;
        has_begun.then_some(step.end != 0 && step.end <= self.time)
    }
}

impl RunView {
    /// The run in the order of time: worked out where it is first asked for, which is for loader threads.
    pub fn replay(&self) -> &Replay {
        self.replay.get_or_init(|| Replay::of(&self.steps, &self.tree))
    }

    /// The same with what its stops are asked about.
    pub fn stage(&self) -> Stage<'_, Arc<Step>> {
        Stage { replay: self.replay(), steps: &self.steps, tree: &self.tree }
    }

    /// What is to be read for the conversation at a stop.
    pub fn scene(self: &Arc<Self>, stop: usize) -> SceneAsked {
        let stage = self.stage();
        let heard = stage.heard(stop);
        let (row, since) = match heard {
            Heard::Answered(row) => (Some(row), stage.results_since(stop, row)),
            Heard::Asked(row) | Heard::Waiting(row) | Heard::Given(row) => (Some(row), Vec::new()),
            Heard::Nothing => (None, Vec::new()),
        };
        SceneAsked {
            heard,
            of: row.and_then(|row| self.asked(row)),
            since: since.into_iter().filter_map(|row| self.asked(row)).collect(),
            stop,
            time: stage.replay.time(stop),
        }
    }

    /// The stop before a row.
    pub fn stop_before(&self, row: u32) -> usize {
        self.replay().stop_before(&self.steps, &self.tree, row)
    }

    /// The step that a stop is before; `None` at the end.
    pub fn step_after(&self, stop: usize) -> Option<RowId> {
        self.id(self.replay().moments.get(stop)?.row)
    }
}
