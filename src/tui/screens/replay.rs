//! A run replayed: at which stop it stands, and what was said by then. The list of its steps is a film: it runs under the
//! line that says "here".

use std::sync::Arc;

use crate::analyze::replay::Moment;
use crate::model::UnixNanos;
use crate::tui::backend::{GistAsked, RowId, RunView, SceneAsked};
use crate::tui::layout::{self, ReplayAreas, Room, Sizes};

use super::{DetailPane, Gists};

/// State of the screen.
#[derive(Debug, Default)]
pub struct Replay {
    /// The run as it is replayed, once it is ready.
    pub view: Option<Arc<RunView>>,
    /// The run as of a newer commit, asked for.
    pub coming: Option<Arc<RunView>>,
    /// The stop.
    pub at: usize,
    /// The step that is next; `None` at the end.
    pub next: Option<RowId>,
    /// The step that began last.
    last: Option<RowId>,
    /// Whether the conversation listens to keys, not the steps.
    pub reads: bool,
    /// What the steps in sight are about.
    pub gists: Gists,
    /// The conversation.
    pub scene: DetailPane,
    /// How people divided the screen.
    pub sizes: Sizes,
    /// What was asked for it, and when.
    pub asked: Option<(SceneAsked, UnixNanos)>,
    /// Whether it tells but that nothing was said.
    pub is_silent: bool,
}

/// A line of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplayLine {
    /// The step of this number.
    Step(usize),
    /// Between what has begun and what has not.
    Here,
}

impl Replay {
    /// A replay that will stop before this row.
    pub fn new(next: Option<RowId>) -> Self {
        Self { next, ..Self::default() }
    }

    /// Takes in the run as it is now; the stop stays before its step, the last stop after the step that was the last.
    pub fn take_in(&mut self, view: Arc<RunView>) {
        let row = |id: Option<RowId>| id.and_then(|id| view.row(id));
        let stop = match (row(self.next), row(self.last)) {
            (Some(next), _) => view.stop_before(next),
            (None, Some(last)) => view.stop_before(last) + 1,
            (None, None) => self.at,
        };
        self.view = Some(view);
        self.gists.refresh();
        self.go(stop);
    }

    /// Goes to a stop, or to the last.
    pub fn go(&mut self, stop: usize) {
        let Some(view) = &self.view else { return };
        self.at = stop.min(view.replay().stops() - 1);
        self.next = view.step_after(self.at);
        self.last = self.at.checked_sub(1).and_then(|at| view.step_after(at));
    }

    /// Goes some stops on or back.
    pub fn step(&mut self, step: isize) {
        self.go(self.at.saturating_add_signed(step));
    }

    /// Goes on or back to before such a step; false if there is none.
    pub fn seek(&mut self, forward: bool, is_it: impl Fn(&Moment) -> bool) -> bool {
        let Some(view) = self.view.clone() else { return false };
        let found = view.replay().beside(self.at, forward, is_it);
        if let Some(stop) = found {
            self.go(stop);
        }
        found.is_some()
    }

    /// The step where it stands: the next, at the end the last.
    pub fn step_here(&self) -> Option<RowId> {
        self.next.or(self.last)
    }

    /// Whether the steps are still being put in order.
    pub const fn is_reading(&self) -> bool {
        self.view.is_none() || self.scene.waits_for.is_some()
    }

    /// Where its panes are.
    pub fn areas(&self, size: (u16, u16)) -> ReplayAreas {
        layout::replay(Room { size, sizes: self.sizes })
    }

    /// The first line in a window of the list: what comes next has a third of it.
    pub fn top(&self, height: usize) -> usize {
        let lines = self.view.as_ref().map_or(0, |view| view.replay().stops());
        self.at.saturating_sub(height * 2 / 3).min(lines.saturating_sub(height))
    }

    /// A line of the list, counted from the first.
    pub fn line(&self, at: usize) -> Option<ReplayLine> {
        let steps = self.view.as_ref()?.replay().moments.len();
        match at.cmp(&self.at) {
            std::cmp::Ordering::Less => Some(ReplayLine::Step(at)),
            std::cmp::Ordering::Equal => Some(ReplayLine::Here),
            std::cmp::Ordering::Greater => (at <= steps).then(|| ReplayLine::Step(at - 1)),
        }
    }

    /// The conversation that is to be asked for, if it is not the one shown.
    pub fn wanted_scene(&mut self, now: UnixNanos) -> Option<SceneAsked> {
        let wanted = self.view.as_ref()?.scene(self.at);
        match &mut self.asked {
            Some((asked, _)) if *asked == wanted => {
                // the run as of now, so that the one of then can be let go
                *asked = wanted;
                None
            }
            _ => {
                self.asked = Some((wanted.clone(), now));
                Some(wanted)
            }
        }
    }

    /// Steps in sight of which is still to be asked what they are about: those to come are not told.
    pub fn wanted_gists(&mut self, size: (u16, u16)) -> Option<Vec<GistAsked>> {
        let height = usize::from(self.areas(size).list.height);
        let view = self.view.as_ref()?;
        let moments = &view.replay().moments;
        let told = self.top(height)..moments.len().min(self.at + 1);
        self.gists.wanted(view, moments.get(told)?.iter().map(|moment| moment.row))
    }

    /// Columns and rows of the conversation.
    pub fn document_size(&self, size: (u16, u16)) -> (usize, usize) {
        let document = self.areas(size).document;
        (layout::text_columns(document), usize::from(document.height))
    }
}
