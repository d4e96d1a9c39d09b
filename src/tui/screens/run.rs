//! An open run: its tree, the detail of the step under the cursor, which of the two listens.

use std::sync::Arc;

use tui_input::Input;

use crate::model::{FindingKind, RunKey, RunStatus, RunTimes, UnixNanos};
use crate::tui::app::{App, Pull};
use crate::tui::axis::{Axis, Window};
use crate::tui::backend::{Asked, GistAsked, RunView};
use crate::tui::document;
use crate::tui::keys::Action;
use crate::tui::keys::chains::{self, Chain};
use crate::tui::layout::{self, Room, RunAreas, Sizes};
use crate::tui::run_list::RunList;
use crate::tui::timeline;

use super::findings::ROWS;
use super::{DetailPane, FindingsPane, Gists, TimelinePane, TreePane};

/// Which pane listens to keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    /// The tree.
    #[default]
    Tree,
    /// The detail.
    Detail,
    /// What was flagged.
    Findings,
}

/// State of an open run.
#[derive(Debug)]
pub struct Run {
    /// Which run.
    pub key: RunKey,
    /// Its steps, once they are here.
    pub view: Option<Arc<RunView>>,
    /// A newer view of them that is being laid out in time before it takes the place of the one shown.
    pub coming: Option<Arc<RunView>>,
    /// Requests for its steps.
    pub pull: Pull,
    /// When it was opened, for the word of patience while its steps are read.
    pub opened: UnixNanos,
    /// How many of its steps were read, while they are.
    pub read: usize,
    /// Why its steps could not be read.
    pub error: Option<String>,
    /// Tree.
    pub tree: TreePane,
    /// The timeline, while it is shown in the tree's place; its cursor is that of the tree.
    pub timeline: Option<TimelinePane>,
    /// The stretch of time that tree and timeline show.
    pub axis: Axis,
    /// What the rows of the tree are about.
    pub gists: Gists,
    /// Detail.
    pub detail: DetailPane,
    /// What was flagged, while it is shown.
    pub findings: Option<FindingsPane>,
    /// Which of them listens.
    pub focus: Pane,
    /// Detail over the whole width.
    pub zoom: bool,
    /// What people made of its panes.
    pub sizes: Sizes,
}

impl Run {
    /// A run about to be loaded.
    pub fn new(key: RunKey, opened: UnixNanos) -> Self {
        Self {
            key,
            opened,
            view: None,
            coming: None,
            pull: Pull::default(),
            read: 0,
            error: None,
            tree: TreePane::default(),
            timeline: None,
            axis: Axis::default(),
            gists: Gists::default(),
            detail: DetailPane::default(),
            findings: None,
            focus: Pane::Tree,
            zoom: false,
            sizes: Sizes::NONE,
        }
    }

    /// Whether a search in the pane that listens is still typed; `None` without one.
    pub fn typing(&self) -> Option<bool> {
        match self.focus {
            Pane::Findings => None,
            Pane::Tree => self.tree.search.as_ref().map(|search| search.typing),
            Pane::Detail => self.detail.search.as_ref().map(|search| search.typing),
        }
    }

    /// Contexts that listen in it, the narrowest first.
    pub fn chain(&self) -> Chain {
        match (self.focus, self.typing()) {
            (_, Some(true)) => chains::SEARCH,
            (Pane::Tree, Some(false)) if self.timeline.is_some() => chains::TIMELINE_HITS,
            (Pane::Tree, None) if self.timeline.is_some() => chains::TIMELINE,
            (Pane::Tree, Some(false)) => chains::TREE_HITS,
            (Pane::Tree, None) => chains::TREE,
            (Pane::Detail, Some(false)) => chains::DETAIL_HITS,
            (Pane::Detail, None) => chains::DETAIL,
            (Pane::Findings, _) => chains::FINDINGS,
        }
    }

    /// Whether the timeline listens.
    pub fn has_timeline_keys(&self) -> bool {
        self.focus == Pane::Tree && self.timeline.is_some()
    }

    /// What is typed into the search of the pane that listens, and how many hits there are.
    pub fn search_line(&self) -> Option<(&Input, String)> {
        match self.focus {
            Pane::Findings => None,
            Pane::Tree => self.tree.search.as_ref().map(|s| (&s.input, self.tree.search_words(s))),
            Pane::Detail => self.detail.search.as_ref().map(|search| (&search.input, search.words())),
        }
    }

    /// Where its panes are.
    pub fn areas(&self, size: (u16, u16)) -> RunAreas {
        layout::run(
            Room { size, sizes: self.sizes },
            self.focus == Pane::Detail,
            self.zoom,
            self.findings_rows(),
        )
    }

    /// Rows that all findings would take, one of them with its whole message, 0 while they are not shown. Where there are none it is told what was looked for.
    fn findings_rows(&self) -> usize {
        match (&self.findings, &self.view) {
            (None, _) => 0,
            (Some(pane), Some(view)) if !view.marks.flagged.is_empty() => {
                view.marks.flagged.len() * ROWS + pane.most
            }
            (Some(_), _) => FindingKind::ALL.len() + 1,
        }
    }

    /// Whether an action changes the rows of the steps alone, and they are not on the screen.
    pub fn is_out_of_sight(&self, action: Action, size: (u16, u16)) -> bool {
        let of_rows = matches!(
            action,
            Action::CriticalPath
                | Action::Column
                | Action::OnlyFlagged
                | Action::Plumbing
                | Action::Rounds
                | Action::Narrow
                | Action::Widen
        );
        of_rows && self.areas(size).tree.is_none()
    }

    /// Whether the detail can have more room than it has beside the steps.
    pub fn zooms(&self, size: (u16, u16)) -> bool {
        let areas = |zoom| layout::run(Room { size, sizes: self.sizes }, true, zoom, self.findings_rows());
        areas(true) != areas(false)
    }

    /// Whether the row of the tree under the cursor is folded.
    pub fn is_folded_here(&self) -> bool {
        let here = self.tree.shown.get(self.tree.at);
        self.view.as_ref().zip(here).is_some_and(|(view, &here)| self.tree.is_folded(view, here))
    }

    /// Whether the pane that listens has anything of what is looked for.
    pub fn has_hits(&self) -> bool {
        match self.focus {
            Pane::Findings => false,
            Pane::Tree => self.tree.search.as_ref().is_some_and(|search| !search.hits.is_empty()),
            Pane::Detail => self.detail.search.as_ref().is_some_and(|search| !search.hits.is_empty()),
        }
    }

    /// Takes in its steps as of a newer commit.
    pub fn take_in(&mut self, view: Arc<RunView>, size: (u16, u16)) {
        self.error = None;
        let height = self.tree_height(size);
        self.tree.refresh(&view, height);
        self.tree.seek_anew(&view);
        if let Some(findings) = &mut self.findings {
            findings.refresh(&view);
        }
        self.gists.refresh();
        self.view = Some(view);
    }

    /// Rows in sight of which is still to be asked what they are about.
    pub fn wanted_gists(&mut self, height: usize) -> Option<Vec<GistAsked>> {
        let view = self.view.as_ref().filter(|_| self.timeline.is_none())?;
        let rows = self.tree.shown.iter().skip(self.tree.top).take(height);
        self.gists.wanted(view, rows.filter(|shown| shown.rounds.is_none()).map(|shown| shown.row))
    }

    /// Shows what was flagged, with the keys there.
    pub fn open_findings(&mut self) {
        let mut pane = FindingsPane::default();
        if let Some(view) = &self.view {
            pane.refresh(view);
        }
        self.findings.get_or_insert(pane);
        (self.focus, self.zoom) = (Pane::Findings, false);
    }

    /// Hides it.
    pub fn close_findings(&mut self) {
        (self.findings, self.focus) = (None, Pane::Tree);
    }

    /// Columns and rows of the document.
    pub fn document_size(&self, size: (u16, u16)) -> (usize, usize) {
        let detail = self.areas(size).detail.unwrap_or_default();
        (layout::text_columns(detail.document), usize::from(detail.document.height))
    }

    /// Rows of the tree.
    pub fn tree_height(&self, size: (u16, u16)) -> usize {
        usize::from(self.areas(size).tree.unwrap_or_default().height)
    }

    /// Whether elapsed time is passing in it. Most exporters send what has ended: a run may go on although each of its
    /// steps has an end.
    pub fn is_running(&self, app: &App) -> bool {
        self.present(&app.runs, app.now).is_some()
    }

    /// The present moment, while it goes on.
    pub fn present(&self, runs: &RunList, now: UnixNanos) -> Option<UnixNanos> {
        let goes_on = |times: &RunTimes| times.status(now) == RunStatus::Running;
        runs.get(self.key).filter(|run| goes_on(&run.times)).map(|_| now)
    }

    /// All of its time, up to the present moment of one that goes on.
    pub fn whole(&self, present: Option<UnixNanos>) -> Option<Window> {
        self.view.as_ref().map(|view| timeline::whole(view, present))
    }

    /// Whether its steps are still to come.
    pub const fn is_reading(&self) -> bool {
        self.view.is_none() && self.error.is_none()
    }

    /// The step under the cursor whose detail is to be asked for, if it is not the one shown.
    pub fn wanted_detail(&mut self) -> Option<Asked> {
        let view = Arc::clone(self.view.as_ref()?);
        let id = self.tree.selected?;
        let asked = view.row(id).and_then(|row| view.asked(row));
        if self.detail.of == Some(id) && self.detail.asked == asked {
            // the run as of now, so that the one of then can be let go
            self.detail.asked = asked;
            return None;
        }
        let same_row = self.detail.of.replace(id) == Some(id);
        if !same_row {
            (self.detail.cursor, self.detail.top) = Default::default();
        }
        if asked.is_none() {
            self.detail.waits_for = None;
            self.detail.set(Arc::new(document::missing(id)), false);
        }
        self.detail.asked.clone_from(&asked);
        asked
    }
}
