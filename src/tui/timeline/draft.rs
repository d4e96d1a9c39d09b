//! Steps on their way to their places in time: their bars, the lanes of their agents, what holds what.

use rustc_hash::FxHashMap;

use crate::model::{SharedText, UnixNanos};
use crate::tui::backend::RunView;

use super::Bar;
use super::pack::{OPEN, Span};

/// Steps on their way to their places.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) bars: Vec<Bar>,
    pub(super) spans: Vec<Span>,
    /// By lane, in the order of the tree.
    pub(super) agents: Vec<Option<SharedText>>,
    pub(super) counts: Vec<usize>,
}

impl Draft {
    pub(super) fn of(view: &RunView, hidden: impl Fn(u32) -> bool) -> Self {
        let known = ends(view);
        let mut lanes = Lanes::default();
        let mut draft = Self::default();
        for (row, node) in (0u32..).zip(&view.tree.rows) {
            let Some(step) = view.step(row).filter(|_| !hidden(row)) else { continue };
            let lane = lanes.of(view, node.agent);
            let open = lanes.open.get_mut(lane as usize);
            let number = u32::try_from(draft.bars.len()).unwrap_or(u32::MAX);
            let parent = open.and_then(|open| {
                // what ended before this row holds it no longer
                while open.last().is_some_and(|&(end, _)| end <= row) {
                    open.pop();
                }
                let parent = open.last().map(|&(_, number)| number);
                open.push((row + node.subtree.max(1), number));
                parent
            });
            let from = if step.start == 0 { view.times.0 } else { step.start };
            let bar = Bar { row, from, to: known[row as usize].max(from), open: step.end == 0 };
            let to = if bar.open { OPEN } else { bar.to };
            draft.spans.push(Span { lane, parent, from, to });
            draft.bars.push(bar);
        }
        (draft.agents, draft.counts) = (lanes.names, lanes.counts);
        draft
    }

    /// Lanes by their first step.
    pub(super) fn lanes_in_time(&self) -> Vec<usize> {
        let mut first = vec![u64::MAX; self.agents.len()];
        for span in &self.spans {
            let first = &mut first[span.lane as usize];
            *first = span.from.min(*first);
        }
        let mut order: Vec<usize> = (0..first.len()).collect();
        order.sort_by_key(|&lane| first[lane]);
        order
    }
}

/// Lanes as the tree comes to them.
#[derive(Default)]
struct Lanes {
    names: Vec<Option<SharedText>>,
    counts: Vec<usize>,
    /// Steps that hold the row at hand, with the first row that they do not hold, and their number.
    open: Vec<Vec<(u32, u32)>>,
    by_step: FxHashMap<Option<usize>, u32>,
    by_name: FxHashMap<Option<SharedText>, u32>,
}

impl Lanes {
    /// The lane of the agent that a step names.
    fn of(&mut self, view: &RunView, agent: Option<usize>) -> u32 {
        let lane = self.by_step.get(&agent).copied().unwrap_or_else(|| {
            let name = agent.and_then(|step| view.steps.get(step)).and_then(|step| step.agent.clone());
            let lane = *self.by_name.entry(name.clone()).or_insert_with(|| {
                self.names.push(name);
                self.counts.push(0);
                self.open.push(Vec::new());
                u32::try_from(self.names.len() - 1).unwrap_or(u32::MAX)
            });
            self.by_step.insert(agent, lane);
            lane
        });
        self.counts[lane as usize] += 1;
        lane
    }
}

/// By row the last moment that is known of the step, of one that has not ended that of what is below it.
fn ends(view: &RunView) -> Vec<UnixNanos> {
    let mut ends: Vec<UnixNanos> = vec![0; view.tree.rows.len()];
    for (at, row) in view.tree.rows.iter().enumerate().rev() {
        let step = u32::try_from(at).ok().and_then(|at| view.step(at));
        let below = ends[at];
        // what has ended tells its own end; others end with the last below them
        let own = step.map_or(below, |step| if step.end == 0 { below.max(step.start) } else { step.end });
        ends[at] = own;
        if let Some(parent) = row.parent {
            ends[parent as usize] = ends[parent as usize].max(own);
        }
    }
    ends
}
