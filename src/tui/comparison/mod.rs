//! Two runs laid beside each other as the screen holds them: made once on a loader thread, never changed.
//!
//! Owns what a row of the screen needs to be drawn without looking further: the tree row of every step, its depth, the
//! words beside its name, sums up to any line, stretches that fold. Must not know what is folded or where the cursor is.

mod brief;
mod items;
mod stretches;
mod totals;

use std::sync::Arc;

use crate::analyze::diff::{self, Diff, Entry, Op, Read, Side, Sums};
use crate::analyze::tree::{Node, Row};
use crate::model::{RunSummary, Step, StepKey, StepKind};
use crate::report::{self, Look};

use super::backend::{RowId, RunView};
use super::document::{self, Document};

pub use items::{Item, Piece, Rows, items};
pub use stretches::Stretch;

use totals::Totals;

/// No place.
const NONE: u32 = u32::MAX;

/// Two runs and what came of comparing them.
#[derive(Debug)]
pub struct Comparison {
    /// The runs' steps and trees.
    pub views: [Arc<RunView>; 2],
    /// The alignment and the point where they part.
    pub diff: Diff,
    /// Why they part, to be read; of runs that behave the same, that they do.
    pub why: Arc<Document>,
    /// All of it as Markdown, to be copied.
    pub report: String,
    /// Stretches that can be folded away, in order.
    pub stretches: Vec<Stretch>,
    /// Steps before the runs part.
    pub common: usize,
    /// Whether any line is a frame or plumbing.
    pub has_frames: bool,
    /// Steps of either run that the other has likewise, and how many of them in other words.
    pub alike: [usize; 2],
    /// What each run took from the fork on.
    pub after: Option<[Sums; 2]>,
    /// By `show`'s index.
    places: [Vec<Place>; 2],
    /// The line of each row of the trees.
    lines: [Vec<u32>; 2],
    totals: Totals,
}

/// What is drawn of a step besides the step itself.
#[derive(Debug)]
struct Place {
    row: u32,
    depth: u16,
    told: Option<Box<str>>,
}

/// A step of one side, ready to be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Cell<'a> {
    /// The step.
    pub step: &'a Arc<Step>,
    /// Its row in the run's tree.
    pub row: u32,
    /// Index as `show` counts.
    pub index: usize,
    /// Levels below a root, frames not counted.
    pub depth: u16,
    /// What stands beside its name: what a model asked for, the arguments of a call.
    pub told: Option<&'a str>,
}

impl Comparison {
    /// Compares two runs; `read` reads what was captured of a step. `None` once `stop` says yes.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn of<E>(
        views: [Arc<RunView>; 2],
        runs: [&RunSummary; 2],
        look: &Look,
        read: &mut Read<'_, E>,
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<Self>, E> {
        let [a, b] = &views;
        let mut side_a = Side::new(&a.steps, &a.tree, runs[0].task.as_deref());
        let mut side_b = Side::new(&b.steps, &b.tree, runs[1].task.as_deref());
        let diff = diff::compare_until(&mut side_a, &mut side_b, read, stop)?;
        if stop() {
            return Ok(None);
        }
        let sides = [&side_a, &side_b];
        let pair = report::diff::Pair { runs, sides, diff: &diff };
        let (why, report) = (Arc::new(document::why(&pair)), report::diff::markdown(&pair, look));
        let mut places = [0, 1].map(|side| places(sides[side], &views[side]));
        brief::tell_arguments(&mut places, sides, &diff, read)?;
        if stop() {
            return Ok(None);
        }
        let after = diff.divergence.as_ref().map(|fork| Diff::sums(sides, &diff.entries[fork.entry..]));
        let stretches = stretches::of(sides, &diff);
        let lines = views.each_ref().map(|view| vec![NONE; view.tree.rows.len()]);
        let alike = alike(&diff.entries);
        let until = diff.divergence.as_ref().map_or(diff.entries.len(), |fork| fork.entry);
        let common = diff.entries[..until].iter().filter(|entry| !entry.frame).count();
        let has_frames = diff.entries.iter().any(|entry| entry.frame);
        let totals = Totals::default();
        let mut made = Self {
            views,
            diff,
            why,
            report,
            stretches,
            common,
            has_frames,
            alike,
            after,
            places,
            lines,
            totals,
        };
        made.index();
        made.totals = Totals::of(&made);
        Ok(Some(made))
    }

    /// Notes the line of every row, and how deep each step stands among those that are no frames.
    fn index(&mut self) {
        for (line, entry) in (0..).zip(&self.diff.entries) {
            for (side, at) in [entry.a, entry.b].into_iter().enumerate() {
                if let Some(place) = at.and_then(|at| self.places[side].get(at)) {
                    self.lines[side][place.row as usize] = line;
                }
            }
        }
        for side in [0, 1] {
            let depths = self.depths(side);
            for (place, depth) in self.places[side].iter_mut().zip(depths) {
                place.depth = depth;
            }
        }
    }

    /// Levels of each step, those of frames left out.
    fn depths(&self, side: usize) -> Vec<u16> {
        let tree = &self.views[side].tree;
        let mut levels: Vec<u16> = Vec::with_capacity(tree.rows.len());
        for row in &tree.rows {
            let level = row.parent.map_or(0, |parent| {
                levels[parent as usize].saturating_add(u16::from(!self.is_frame(side, parent as usize)))
            });
            levels.push(level);
        }
        self.places[side].iter().map(|place| levels[place.row as usize]).collect()
    }

    /// Whether a row of a tree is a frame around what agents do, or a parent that never came.
    fn is_frame(&self, side: usize, row: usize) -> bool {
        self.lines[side]
            .get(row)
            .and_then(|&line| self.diff.entries.get(line as usize))
            .is_none_or(|e| e.frame)
    }

    /// Lines of the alignment.
    pub fn entry(&self, line: u32) -> Option<&Entry> {
        self.diff.entries.get(line as usize)
    }

    /// The step of one side in a line.
    pub fn cell(&self, line: u32, side: usize) -> Option<Cell<'_>> {
        let entry = self.entry(line)?;
        let index = [entry.a, entry.b][side]?;
        let place = self.places[side].get(index)?;
        let step = self.views[side].shared_step(place.row)?;
        Some(Cell { step, row: place.row, index, depth: place.depth, told: place.told.as_deref() })
    }

    /// The name of the step of one side in a line.
    pub fn id(&self, line: u32, side: usize) -> Option<RowId> {
        let cell = self.cell(line, side)?;
        self.views[side].id(cell.row)
    }

    /// The line that holds a step.
    pub fn line(&self, side: usize, id: RowId) -> Option<u32> {
        let row = self.views[side].row(id)?;
        self.lines[side].get(row as usize).copied().filter(|&line| line != NONE)
    }

    /// The line where the runs part.
    pub fn fork(&self) -> Option<u32> {
        u32::try_from(self.diff.divergence.as_ref()?.entry).ok()
    }

    /// Whether the runs part at this line: the first that differs, or a step beside it that decided otherwise.
    pub fn is_fork(&self, line: u32) -> bool {
        let Some(fork) = &self.diff.divergence else { return false };
        let decided = [0, 1].map(|side| fork.at[side].and_then(|at| self.line_of(side, at)));
        self.fork() == Some(line) || decided.contains(&Some(line))
    }

    /// The line where they meet again.
    pub fn meeting(&self) -> Option<u32> {
        u32::try_from(self.diff.divergence.as_ref()?.meet?).ok()
    }

    /// The difference that a line is in or comes after; `None` before the first.
    pub fn hunk_at(&self, line: u32) -> Option<usize> {
        self.diff.hunks.partition_point(|hunk| hunk.entries.start <= line as usize).checked_sub(1)
    }

    /// Where each run records what a line's steps saw and said.
    pub fn keys(&self, line: u32) -> [Vec<StepKey>; 2] {
        [0, 1].map(|side| {
            let Some(cell) = self.cell(line, side) else { return Vec::new() };
            let view = &self.views[side];
            let also = view.tree.rows.get(cell.row as usize).map(Row::also).unwrap_or_default();
            let also = also.iter().filter_map(|&at| view.steps.get(at)).map(|step| step.key);
            std::iter::once(cell.step.key).chain(also).collect()
        })
    }

    /// The line of a step, given by `show`'s index.
    pub fn line_of(&self, side: usize, index: usize) -> Option<u32> {
        let row = self.places[side].get(index)?.row;
        self.lines[side].get(row as usize).copied().filter(|&line| line != NONE)
    }

    /// What both runs took up to this line, the line included.
    pub fn so_far(&self, line: u32) -> [Sums; 2] {
        self.totals.up_to(self, line as usize)
    }
}

/// Where every step of a side stands in its tree, and what its model asked for.
fn places(side: &Side<'_>, view: &RunView) -> Vec<Place> {
    let rows = (0..).zip(&view.tree.rows).filter(|(_, row)| matches!(row.node, Node::Step(_)));
    let place = |((row, _), shown): ((u32, _), &diff::Shown<'_>)| {
        let names: Vec<&str> = shown.asked.iter().map(|asked| &*asked.name).collect();
        let told = (shown.step.kind == StepKind::Llm && !names.is_empty()).then(|| brief::names(&names));
        Place { row, depth: 0, told: told.map(Into::into) }
    };
    rows.zip(&side.shown).map(place).collect()
}

/// Lines that are the same in both runs, and how many of them in other words.
fn alike(entries: &[Entry]) -> [usize; 2] {
    let alike = || entries.iter().filter(|entry| !entry.frame && entry.op == Op::Same);
    [alike().count(), alike().filter(|entry| entry.reworded).count()]
}
