//! Where the parts of the timeline stand in their pane. The drawing, the keys and the mouse ask the same question and must
//! get the same answer.

use ratatui::layout::Rect;

use crate::report::text;

use super::{Lane, Timeline};

/// Columns of the names of lanes: enough for a word, no more than a quarter of the pane.
const NAMES: std::ops::RangeInclusive<u16> = 13..=22;

/// What is shown where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Labels of the ticks, over the bars.
    pub axis: Rect,
    /// Where something failed or was flagged, over the bars, if anything was.
    pub trouble: Option<Rect>,
    /// Names of lanes, beside the bars.
    pub names: Rect,
    /// Bars.
    pub bars: Rect,
    /// Whether there is a row between lanes: where all of them have room.
    pub airy: bool,
}

impl Places {
    /// The line of a track, counted from the first of all.
    pub fn line(&self, timeline: &Timeline, track: usize) -> usize {
        let gaps = if self.airy { timeline.tracks.get(track).map_or(0, |track| track.lane) } else { 0 };
        track + gaps
    }

    /// The track of a line; `None` between lanes.
    pub fn track(&self, timeline: &Timeline, line: usize) -> Option<usize> {
        if !self.airy {
            return (line < timeline.tracks.len()).then_some(line);
        }
        let is_above = |lane: &Lane| self.line(timeline, lane.tracks.end - 1) < line;
        let above = timeline.lanes.partition_point(is_above);
        let track = line.checked_sub(above)?;
        timeline.lanes.get(above)?.tracks.contains(&track).then_some(track)
    }

    /// Lines of all tracks.
    pub fn lines(&self, timeline: &Timeline) -> usize {
        timeline.tracks.len().checked_sub(1).map_or(0, |last| self.line(timeline, last) + 1)
    }
}

/// The places in the pane of the steps.
pub fn places(timeline: &Timeline, area: Rect) -> Places {
    let names = timeline.lanes.iter().filter_map(|lane| lane.agent.as_deref());
    let widest = names.map(|name| text::width(&text::shown(name))).max().unwrap_or(0);
    let widest = u16::try_from(widest).unwrap_or(u16::MAX).saturating_add(5);
    let left =
        widest.clamp(*NAMES.start(), *NAMES.end()).min((area.width / 4).max(*NAMES.start())).min(area.width);
    let heads = 1 + u16::from(timeline.has_trouble());
    let right = Rect { x: area.x + left, width: (area.width - left).saturating_sub(1), ..area };
    let line = |y: u16| Rect { y: area.y + y, height: u16::from(y < area.height), ..right };
    let below =
        Rect { y: area.y + heads.min(area.height), height: area.height.saturating_sub(heads), ..right };
    let roomy = timeline.tracks.len() + timeline.lanes.len().saturating_sub(1);
    Places {
        axis: line(0),
        trouble: timeline.has_trouble().then(|| line(1)),
        names: Rect { x: area.x, width: left, ..below },
        bars: below,
        airy: roomy <= usize::from(below.height),
    }
}
