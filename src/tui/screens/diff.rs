//! Two runs beside each other: rows that fold, a cursor that stays on its step, what is said of the difference below.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::analyze::diff::Op;
use crate::model::{RunKey, RunStatus, StepKind, UnixNanos};
use crate::tui::app::App;
use crate::tui::backend::RowId;
use crate::tui::comparison::{Comparison, Item, Piece, Rows, items};
use crate::tui::document::PairAsked;
use crate::tui::layout::{self, DiffAreas, Room, Sizes};
use crate::tui::scroll::{keep_in_place, moved, reveal};

use super::DetailPane;

/// A step of one of the runs, whatever side that run is on.
type Anchor = (RunKey, RowId);

/// State of the screen.
#[derive(Debug)]
pub struct Diff {
    /// The two runs as asked for; those of [`Self::comparison`] until the answer comes.
    pub runs: [RunKey; 2],
    /// Both beside each other, once they are here.
    pub comparison: Option<Arc<Comparison>>,
    /// Whether it is to be made (anew).
    pub wanted: bool,
    /// Number of the request that it waits for.
    pub waits_for: Option<u64>,
    /// When it was opened, for the word of patience.
    pub opened: UnixNanos,
    /// How many steps of each run were read, while they are.
    pub read: [usize; 2],
    /// Why there is nothing to show.
    pub error: Option<String>,
    /// Stretches that are unfolded, by the step that begins them.
    unfolded: FxHashSet<Anchor>,
    /// Whether frames and plumbing are shown, sides stand one below the other.
    pub rows: Rows,
    /// Whether figures are those of all steps so far.
    pub totals: bool,
    /// The side that listens.
    pub side: usize,
    /// Rows, in order.
    pub items: Vec<Item>,
    /// The row of every line.
    places: Vec<u32>,
    /// Step under the cursor.
    selected: Option<Anchor>,
    /// Its row.
    pub at: usize,
    /// First row in the window.
    pub top: usize,
    /// What is said of the difference.
    pub panel: DetailPane,
    /// The steps that it is said of; `None` for the fork.
    pub asked: Option<PairAsked>,
    /// What is said, and where.
    pub reads: Reads,
    /// What people made of its panes.
    pub sizes: Sizes,
}

/// What is said of a difference, and where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reads {
    /// Why, below the rows.
    #[default]
    Below,
    /// Why, over the whole screen.
    Whole,
    /// What the models were asked, message by message, over the whole screen.
    Messages,
}

impl Diff {
    /// Two runs about to be compared.
    pub fn new(runs: [RunKey; 2], opened: UnixNanos) -> Self {
        Self {
            runs,
            comparison: None,
            wanted: true,
            waits_for: None,
            opened,
            read: [0; 2],
            error: None,
            unfolded: FxHashSet::default(),
            rows: Rows::default(),
            totals: false,
            side: 1,
            items: Vec::new(),
            places: Vec::new(),
            selected: None,
            at: 0,
            top: 0,
            panel: DetailPane::default(),
            asked: None,
            reads: Reads::Below,
            sizes: Sizes::NONE,
        }
    }

    /// Whether what is said has the whole screen.
    pub fn fills(&self) -> bool {
        self.reads != Reads::Below
    }

    /// Where things are.
    pub fn areas(&self, size: (u16, u16)) -> DiffAreas {
        layout::diff(Room { size, sizes: self.sizes }, self.items.len(), self.fills())
    }

    /// Rows of the alignment in the window.
    pub fn height(&self, size: (u16, u16)) -> usize {
        usize::from(self.areas(size).rows.height)
    }

    /// Columns and rows of what is said.
    pub fn panel_size(&self, size: (u16, u16)) -> (usize, usize) {
        let area = self.areas(size).why;
        (layout::text_columns(area), usize::from(area.height))
    }

    /// Whether nothing can be shown yet.
    pub const fn is_comparing(&self) -> bool {
        self.comparison.is_none() && self.error.is_none()
    }

    /// Whether elapsed time is passing in one of the runs.
    pub fn is_running(&self, app: &App) -> bool {
        let running =
            |key| app.runs.get(key).is_some_and(|run| run.times.status(app.now) == RunStatus::Running);
        self.runs.into_iter().any(running)
    }

    /// Takes in a comparison. The cursor stays on its step; at first it stands where the runs part.
    pub fn take_in(&mut self, comparison: Arc<Comparison>, size: (u16, u16)) {
        let first = self.comparison.is_none();
        let listens = self.comparison.as_ref().and_then(|before| key(before, self.side));
        // the side that listens stays with its run when sides are swapped
        self.side = (0..2).find(|&side| key(&comparison, side) == listens).unwrap_or(self.side);
        self.error = None;
        self.comparison = Some(comparison);
        self.refresh(size);
        if first {
            let fork = self.comparison.as_ref().and_then(|comparison| comparison.fork());
            self.go_to_line(fork.unwrap_or(0), size);
        }
    }

    /// Makes the rows anew; the cursor stays on its step and the step on its row.
    pub fn refresh(&mut self, size: (u16, u16)) {
        let Some(comparison) = self.comparison.clone() else { return };
        self.rows.stacked = self.areas(size).stacked;
        (self.items, self.places) = items(&comparison, self.rows, |at| !self.is_unfolded(&comparison, at));
        if self.items.is_empty() {
            // nothing but frames: better those than nothing
            let rows = Rows { frames: true, ..self.rows };
            (self.items, self.places) = items(&comparison, rows, |_| false);
        }
        let after =
            self.selected.and_then(|anchor| self.row_of_anchor(&comparison, anchor)).unwrap_or(self.at);
        self.top = keep_in_place(self.top, self.at, after);
        self.select(after);
        self.fit(size);
    }

    /// Brings the cursor into the window.
    pub fn fit(&mut self, size: (u16, u16)) {
        self.top = reveal(self.top, self.at, self.height(size), self.items.len());
    }

    /// Puts the cursor on a row.
    pub fn select(&mut self, at: usize) {
        self.at = at.min(self.items.len().saturating_sub(1));
        if let (Some(comparison), Some(item)) = (&self.comparison, self.items.get(self.at)) {
            let side = self.row_side();
            let line = item.line(comparison, side);
            let anchor = |side| Some((key(comparison, side)?, comparison.id(line, side)?));
            self.selected = anchor(side).or_else(|| anchor(1 - side));
        }
    }

    /// Moves the cursor.
    pub fn step(&mut self, step: isize) {
        self.select(moved(self.at, step, self.items.len()));
    }

    /// The line under the cursor, on the side that listens if the row has anything of it.
    pub fn line(&self) -> Option<u32> {
        Some(self.items.get(self.at)?.line(self.comparison.as_ref()?, self.side))
    }

    /// The lines under the cursor, one of each side.
    pub fn lines(&self) -> Option<[u32; 2]> {
        let (item, comparison) = (self.items.get(self.at)?, self.comparison.as_ref()?);
        Some([0, 1].map(|side| item.line(comparison, side)))
    }

    /// The side that the cursor's row speaks of: the one that listens, unless the row has only the other.
    pub fn row_side(&self) -> usize {
        match self.items.get(self.at) {
            Some(Item::Sides(pieces)) if pieces[self.side].is_none() => 1 - self.side,
            _ => self.side,
        }
    }

    /// Listens to the other side; where sides are stacked the cursor goes there.
    pub fn turn(&mut self) {
        let (side, at) = self.turned();
        self.side = side;
        self.select(at);
    }

    /// Whether that can be seen: the row has both sides, or the other one has a row of its own.
    pub fn can_turn(&self) -> bool {
        let has_both = match self.items.get(self.at) {
            Some(Item::Both(_)) => true,
            Some(Item::Sides(pieces)) => pieces.iter().all(Option::is_some),
            Some(Item::Fold(_) | Item::Meet(_)) | None => false,
        };
        self.comparison.is_some() && (has_both || self.turned().1 != self.at)
    }

    /// The other side, and the row that the cursor has there.
    fn turned(&self) -> (usize, usize) {
        let side = 1 - if self.rows.stacked { self.row_side() } else { self.side };
        (side, self.line().map_or(self.at, |line| self.row_of(line, side)))
    }

    /// Goes to a line with some of what is before it in sight.
    pub fn go_to_line(&mut self, line: u32, size: (u16, u16)) {
        let at = self.row_of(line, self.side);
        self.top = at.saturating_sub(self.height(size) / 3);
        self.select(at);
        self.fit(size);
    }

    /// Keeps some of what is before and after the cursor in sight when the window has another size.
    pub fn resized(&mut self, size: (u16, u16)) {
        self.top = self.at.saturating_sub(self.height(size) / 3);
        self.fit(size);
    }

    /// The row of a line: of two halves that of this side.
    fn row_of(&self, line: u32, side: usize) -> usize {
        let row = self.places.get(line as usize).map_or(0, |&row| row as usize);
        let half = Some(Piece::Line(line));
        let is_other_half = |at: usize| self.items.get(at).is_some_and(|item| item.piece(side) == half);
        if is_other_half(row + 1) { row + 1 } else { row }
    }

    fn row_of_anchor(&self, comparison: &Comparison, (run, id): Anchor) -> Option<usize> {
        let mut sides = (0..2).filter(|&side| key(comparison, side) == Some(run));
        sides.find_map(|side| Some(self.row_of(comparison.line(side, id)?, side)))
    }

    /// Goes to the next or previous difference; false where there is none.
    pub fn seek(&mut self, forward: bool, size: (u16, u16)) -> bool {
        let (Some(comparison), Some([a, b])) = (self.comparison.clone(), self.lines()) else { return false };
        let hunks = &comparison.diff.hunks;
        let line = a.min(b) as usize;
        let found = if forward {
            hunks.get(hunks.partition_point(|hunk| hunk.entries.start <= line))
        } else {
            let before = hunks.partition_point(|hunk| hunk.entries.start < line);
            before.checked_sub(1).and_then(|at| hunks.get(at))
        };
        let start = found.and_then(|hunk| u32::try_from(hunk.entries.start).ok());
        start.inspect(|&start| self.go_to_line(start, size)).is_some()
    }

    /// Whether a stretch is unfolded.
    pub fn is_unfolded(&self, comparison: &Comparison, stretch: u32) -> bool {
        anchors(comparison, stretch).any(|anchor| self.unfolded.contains(&anchor))
    }

    /// Whether the stretch that the cursor is in is unfolded; `None` where it is in none.
    pub fn unfolded_here(&self, comparison: &Comparison) -> Option<bool> {
        nearest(comparison, self.line()?, false).map(|stretch| self.is_unfolded(comparison, stretch))
    }

    /// Folds or unfolds the stretch at the cursor, or the nearest one: which, and whether it is folded now.
    pub fn set_folded(&mut self, folded: Option<bool>, size: (u16, u16)) -> Option<(u32, bool)> {
        let (comparison, line) = (self.comparison.clone()?, self.line()?);
        let stretch = nearest(&comparison, line, folded.is_none())?;
        let fold = folded.unwrap_or_else(|| self.is_unfolded(&comparison, stretch));
        for anchor in anchors(&comparison, stretch) {
            if fold {
                self.unfolded.remove(&anchor);
            } else {
                self.unfolded.insert(anchor);
            }
        }
        if fold && comparison.stretches[stretch as usize].lines.contains(&line) {
            self.selected = anchors(&comparison, stretch).next();
        }
        self.refresh(size);
        Some((stretch, fold))
    }

    /// Folds or unfolds everything.
    pub fn fold_all(&mut self, folded: bool, size: (u16, u16)) {
        let Some(comparison) = self.comparison.clone() else { return };
        self.unfolded.clear();
        if !folded {
            let all = 0..u32::try_from(comparison.stretches.len()).unwrap_or(u32::MAX);
            self.unfolded = all.flat_map(|at| anchors(&comparison, at)).collect();
        }
        self.refresh(size);
    }

    /// The steps of which something is to be said, instead of why the runs part.
    pub fn pair(&self) -> Option<PairAsked> {
        let comparison = self.comparison.as_ref()?;
        let messages = self.reads == Reads::Messages;
        let item = *self.items.get(self.at)?;
        let here = lines_of(comparison, item);
        let [a, b] = if messages { calls(comparison, here) } else { differing(comparison, here) }?;
        let cells =
            [a.and_then(|line| comparison.cell(line, 0)), b.and_then(|line| comparison.cell(line, 1))];
        let keys = [0, 1].map(|side| {
            let line = [a, b][side];
            line.map(|line| std::mem::take(&mut comparison.keys(line)[side])).unwrap_or_default()
        });
        let steps = [0, 1].map(|side| cells[side].map(|cell| Arc::clone(cell.step)));
        Some(PairAsked { steps, keys, messages })
    }
}

/// The run on a side.
fn key(comparison: &Comparison, side: usize) -> Option<RunKey> {
    comparison.views.get(side).map(|view| view.run)
}

/// The steps that begin a stretch, one of each run.
fn anchors(comparison: &Comparison, stretch: u32) -> impl Iterator<Item = Anchor> + '_ {
    let line = comparison.stretches.get(stretch as usize).map(|stretch| stretch.lines.start);
    (0..2).filter_map(move |side| Some((key(comparison, side)?, comparison.id(line?, side)?)))
}

/// The stretch that holds a line, else, where `or_beside`, the nearest one.
fn nearest(comparison: &Comparison, line: u32, or_beside: bool) -> Option<u32> {
    let stretches = &comparison.stretches;
    let after = stretches.partition_point(|stretch| stretch.lines.end <= line);
    let far = |at: usize| {
        let lines = &stretches[at].lines;
        if lines.contains(&line) {
            0
        } else {
            lines.start.saturating_sub(line).max((line + 1).saturating_sub(lines.end))
        }
    };
    let beside = [after.checked_sub(1), (after < stretches.len()).then_some(after)];
    let found = beside.into_iter().flatten().min_by_key(|&at| far(at))?;
    (or_beside || far(found) == 0).then(|| u32::try_from(found).unwrap_or(u32::MAX))
}

/// Lines of the steps in a row, one of each side.
type Lines = [Option<u32>; 2];

fn lines_of(comparison: &Comparison, item: Item) -> Lines {
    match item {
        Item::Both(line) => [0, 1].map(|side| comparison.cell(line, side).map(|_| line)),
        Item::Sides(pieces) => pieces.map(|piece| match piece {
            Some(Piece::Line(line)) => Some(line),
            _ => None,
        }),
        Item::Fold(_) | Item::Meet(_) => [None, None],
    }
}

/// The steps in a row, if they differ or are put in other words and are not those where the runs part. Of two halves of
/// a line both.
fn differing(comparison: &Comparison, here: Lines) -> Option<Lines> {
    let differs = |line: u32| {
        let entry = comparison.entry(line)?;
        (!entry.frame && (entry.op != Op::Same || entry.reworded)).then_some(entry)
    };
    let entry = here.into_iter().flatten().find_map(differs)?;
    if here.into_iter().flatten().any(|line| comparison.is_fork(line)) {
        return None;
    }
    let whole = here.into_iter().flatten().next().filter(|_| entry.op == Op::Changed);
    Some(whole.map_or(here, |line| [Some(line); 2]))
}

/// The model calls in a row, else those that decided where the runs part.
fn calls(comparison: &Comparison, here: Lines) -> Option<Lines> {
    let is_call =
        |line, side| comparison.cell(line, side).is_some_and(|cell| cell.step.kind == StepKind::Llm);
    let calls = [0, 1].map(|side| here[side].filter(|&line| is_call(line, side)));
    let is_fork = here.into_iter().flatten().any(|line| comparison.is_fork(line));
    if calls != [None, None] && !is_fork {
        return Some(calls);
    }
    let decided = comparison.diff.divergence.as_ref().map(|fork| fork.evidence.calls);
    let lines = decided.map(|at| [0, 1].map(|side| at[side].and_then(|at| comparison.line_of(side, at))));
    lines.filter(|lines| *lines != [None, None]).or((calls != [None, None]).then_some(calls))
}
