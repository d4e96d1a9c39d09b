//! An open run: its tree, the detail of the step under the cursor, which of the two listens.

use std::sync::Arc;

use crate::model::{RunKey, Step};
use crate::tui::app::{App, Pull};
use crate::tui::backend::RunView;
use crate::tui::document;
use crate::tui::layout::{self, RunAreas};

use super::{DetailPane, TreePane};

/// Which pane listens to keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    /// The tree.
    #[default]
    Tree,
    /// The detail.
    Detail,
}

/// State of an open run.
#[derive(Debug)]
pub struct Run {
    /// Which run.
    pub key: RunKey,
    /// Its steps, once they are here.
    pub view: Option<Arc<RunView>>,
    /// Requests for its steps.
    pub pull: Pull,
    /// Why its steps could not be read.
    pub error: Option<String>,
    /// Tree.
    pub tree: TreePane,
    /// Detail.
    pub detail: DetailPane,
    /// Which of them listens.
    pub focus: Pane,
    /// Detail over the whole width.
    pub zoom: bool,
}

impl Run {
    /// A run about to be loaded.
    pub fn new(key: RunKey) -> Self {
        Self {
            key,
            view: None,
            pull: Pull::default(),
            error: None,
            tree: TreePane::default(),
            detail: DetailPane::default(),
            focus: Pane::Tree,
            zoom: false,
        }
    }

    /// Where its panes are.
    pub fn areas(&self, size: (u16, u16)) -> RunAreas {
        layout::run(size, self.focus == Pane::Detail, self.zoom)
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

    /// Whether elapsed time is passing in it.
    pub fn is_running(&self, app: &App) -> bool {
        let recent = app
            .runs
            .get(self.key)
            .is_none_or(|run| run.times.status(app.now) == crate::model::RunStatus::Running);
        recent && self.view.as_ref().is_some_and(|view| view.running)
    }

    /// The step under the cursor whose detail is to be asked for, if it is not the one shown.
    pub fn wanted_detail(&mut self) -> Option<Box<Step>> {
        let view = Arc::clone(self.view.as_ref()?);
        let id = self.tree.selected?;
        let step = view.row(id).and_then(|row| view.step(row));
        let same = self.detail.of == Some(id) && self.detail.step.as_deref() == step;
        if same {
            return None;
        }
        let same_row = self.detail.of.replace(id) == Some(id);
        self.detail.step = step.cloned().map(Box::new);
        if !same_row {
            (self.detail.cursor, self.detail.top) = Default::default();
        }
        if step.is_none() {
            self.detail.waits_for = None;
            self.detail.set(Arc::new(document::missing(id)), false);
        }
        self.detail.step.clone()
    }
}
