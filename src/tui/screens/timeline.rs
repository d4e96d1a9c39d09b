//! The timeline in the place of the tree: which lanes are in its window, and how keys move over it. Its cursor is that of
//! the tree, so that every jump, search and detail works in either.

use std::sync::{Arc, Weak};

use crate::model::UnixNanos;
use crate::tui::axis::Window;
use crate::tui::backend::{Lens, RowId, RunView};
use crate::tui::scroll::{keep_in_place, moved, reveal};
use crate::tui::timeline::{Bar, Places, Timeline, places};

use super::Run;

/// State of the timeline.
#[derive(Debug, Default)]
pub struct TimelinePane {
    /// The run laid out; empty until it is.
    pub layout: Arc<Timeline>,
    /// First line in the window.
    pub top: usize,
    /// What it shows.
    of: Option<Made>,
    /// What was asked for.
    asked: Option<Made>,
    /// The step that was brought into the window: later the window may be moved off it.
    seen: Option<RowId>,
    /// The moment at which the cursor goes up and down, and the step that it came to so.
    climbs: Option<(RowId, UnixNanos)>,
}

/// What a layout was made of.
#[derive(Debug)]
struct Made {
    view: Weak<RunView>,
    lens: Lens,
}

impl Made {
    fn of(view: &Arc<RunView>, lens: Lens) -> Self {
        Self { view: Arc::downgrade(view), lens }
    }

    fn is(&self, view: &Arc<RunView>, lens: Lens) -> bool {
        std::ptr::eq(self.view.as_ptr(), Arc::as_ptr(view)) && self.lens == lens
    }
}

impl TimelinePane {
    /// Takes the layout of a view, if it is another than before and made.
    fn refresh(&mut self, view: &Arc<RunView>, lens: Lens) {
        if self.of.as_ref().is_some_and(|of| of.is(view, lens)) {
            return;
        }
        let made = view.laid_out(lens);
        self.of = made.is_some().then(|| Made::of(view, lens));
        self.layout = made.cloned().unwrap_or_default();
        if self.of.is_none() {
            // what comes is looked at from the cursor on
            self.seen = None;
        }
    }

    /// Whether it is still to be laid out.
    pub const fn is_waiting(&self) -> bool {
        self.of.is_none()
    }

    /// The bar of a row, or of the first after it that has one; of the last before it where there is none.
    pub fn bar(&self, row: u32) -> Option<&Bar> {
        let after = (row..self.layout.rows()).find_map(|row| self.layout.bar(row));
        after.or_else(|| (0..row).rev().find_map(|row| self.layout.bar(row)))
    }
}

impl Run {
    /// Shows the timeline in the place of the tree, or the tree again.
    pub fn toggle_timeline(&mut self) {
        self.timeline = if self.timeline.is_none() { Some(TimelinePane::default()) } else { None };
    }

    /// The view that a loader is to lay out, if it was not asked to yet.
    pub fn wanted_layout(&mut self) -> Option<(Arc<RunView>, Lens)> {
        let lens = self.tree.lens();
        let (pane, view) = (self.timeline.as_mut()?, self.view.as_ref()?);
        let is_new = pane.is_waiting() && !pane.asked.as_ref().is_some_and(|asked| asked.is(view, lens));
        is_new.then(|| {
            pane.asked = Some(Made::of(view, lens));
            (Arc::clone(view), lens)
        })
    }

    /// The bar under the cursor.
    pub fn bar_here(&self) -> Option<Bar> {
        let row = self.tree.selected.and_then(|id| self.view.as_ref()?.row(id))?;
        self.timeline.as_ref()?.bar(row).copied()
    }

    /// Where the parts of the timeline are.
    pub fn places(&self, size: (u16, u16)) -> Places {
        let area = self.areas(size).tree.unwrap_or_default();
        self.timeline.as_ref().map(|pane| places(&pane.layout, area)).unwrap_or_default()
    }

    /// Fits the timeline to what changed: a step that the cursor came to is brought into the window.
    pub fn fit_timeline(&mut self, size: (u16, u16), present: Option<UnixNanos>) {
        let before = self.line_here(size);
        let (Some(pane), Some(view)) = (&mut self.timeline, &self.view) else {
            return;
        };
        pane.refresh(view, self.tree.lens());
        let (here, after, places) = (self.bar_here(), self.line_here(size), self.places(size));
        let whole = self.whole(present);
        let (Some(pane), Some(whole)) = (&mut self.timeline, whole) else {
            return;
        };
        let (height, lines) = (usize::from(places.bars.height), places.lines(&pane.layout));
        if pane.seen == self.tree.selected {
            // lanes that come or go above leave the step where it is
            pane.top =
                before.zip(after).map_or(pane.top, |(before, after)| keep_in_place(pane.top, before, after));
        } else if let Some(here) = here {
            pane.seen = self.tree.selected;
            pane.top = reveal(pane.top, after.unwrap_or(0), height, lines);
            self.axis.reveal(whole, here.from, here.end(present));
        }
        pane.top = pane.top.min(lines.saturating_sub(height));
    }

    /// The line of the bar under the cursor.
    pub fn line_here(&self, size: (u16, u16)) -> Option<usize> {
        let (here, layout) = (self.bar_here()?, &self.timeline.as_ref()?.layout);
        Some(self.places(size).line(layout, layout.place(here.row)?.track))
    }

    /// The step before or after in the lane.
    pub fn beside_in_lane(&self, forward: bool) -> Option<u32> {
        self.timeline.as_ref()?.layout.beside(self.bar_here()?.row, forward).map(|bar| bar.row)
    }

    /// Goes there; false if there is none further.
    pub fn go_along(&mut self, forward: bool) -> bool {
        self.beside_in_lane(forward).is_some_and(|row| self.go_to_row(row))
    }

    /// The track of the cursor, and how many there are.
    pub fn track_here(&self) -> Option<(usize, usize)> {
        let layout = &self.timeline.as_ref()?.layout;
        Some((layout.place(self.bar_here()?.row)?.track, layout.tracks.len()))
    }

    /// The first or the last step of the track.
    pub fn end_of_track(&self, last: bool) -> Option<u32> {
        let bars = &self.timeline.as_ref()?.layout.tracks.get(self.track_here()?.0)?.bars;
        if last { bars.last() } else { bars.first() }.map(|bar| bar.row)
    }

    /// Goes there.
    pub fn go_to_end(&mut self, last: bool) {
        if let Some(row) = self.end_of_track(last) {
            self.go_to_row(row);
        }
    }

    /// Goes some tracks up or down, to what is there at the moment that the cursor came from.
    pub fn go_across(&mut self, step: isize, window: Window) {
        let found = self.bar_here().and_then(|here| {
            let pane = self.timeline.as_ref()?;
            let came = pane.climbs.filter(|(id, _)| Some(*id) == self.tree.selected);
            let time = came.map_or(here.from, |(_, time)| time).clamp(window.from, window.to - 1);
            let track = moved(pane.layout.place(here.row)?.track, step, pane.layout.tracks.len());
            Some((pane.layout.tracks[track].nearest(time)?.row, time))
        });
        if let Some((row, time)) = found
            && self.go_to_row(row)
            && let (Some(pane), Some(id)) = (&mut self.timeline, self.tree.selected)
        {
            pane.climbs = Some((id, time));
        }
    }

    /// Puts the cursor on a row.
    pub fn go_to_row(&mut self, row: u32) -> bool {
        self.view.clone().is_some_and(|view| self.tree.reveal_row(&view, row))
    }

    /// Moves the window over the lanes, the cursor stays on its step; in time where all lanes are in it.
    pub fn scroll_timeline(&mut self, step: isize, size: (u16, u16), present: Option<UnixNanos>) {
        let (places, whole) = (self.places(size), self.whole(present));
        let (Some(pane), Some(whole)) = (&mut self.timeline, whole) else {
            return;
        };
        let (lines, height) = (places.lines(&pane.layout), usize::from(places.bars.height));
        if lines > height {
            pane.top = moved(pane.top, step, (lines - height) + 1);
        } else {
            self.axis.pan(whole, step.signum() < 0);
        }
    }
}
