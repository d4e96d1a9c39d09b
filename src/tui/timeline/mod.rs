//! An open run laid out in time: a lane for each agent, as many tracks in it as run in parallel, on each track bars that
//! never lie on each other. Made once of a view; drawing and keys only look at a window of it. Knows no screen.

mod draft;
pub mod pack;
mod pieces;
mod places;

use std::ops::Range;

use crate::model::{Severity, SharedText, StepStatus, UnixNanos};

use super::axis::Window;
use super::backend::RunView;

use draft::Draft;
pub use pieces::{Piece, pieces};
pub use places::{Places, places};

/// A step in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Its row in the tree.
    pub row: u32,
    /// Start; that of the run where none was given.
    pub from: UnixNanos,
    /// End; of a step without one what is known to belong to it.
    pub to: UnixNanos,
    /// Whether it has not ended, as far as telemetry tells.
    pub open: bool,
}

impl Bar {
    /// Its end: of one that has not ended the present moment, while the run goes on.
    pub fn end(&self, now: Option<UnixNanos>) -> UnixNanos {
        now.filter(|_| self.open).map_or(self.to, |now| now.max(self.to))
    }
}

/// What one agent did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// The agent; `None` for what no agent did.
    pub agent: Option<SharedText>,
    /// Its tracks, as [`Timeline::tracks`] counts.
    pub tracks: Range<usize>,
    /// Its steps.
    pub steps: usize,
}

/// Bars one after another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Track {
    /// Lane, as [`Timeline::lanes`] counts.
    pub lane: usize,
    /// Bars in order of time.
    pub bars: Vec<Bar>,
    /// Places of bars that failed, ascending.
    errors: Vec<usize>,
}

impl Track {
    /// How many of these bars failed.
    pub fn failed(&self, bars: &Range<usize>) -> usize {
        let before = |end: usize| self.errors.partition_point(|&at| at < end);
        before(bars.end) - before(bars.start)
    }

    /// The bar at a moment, or the one nearest to it.
    pub fn nearest(&self, time: UnixNanos) -> Option<&Bar> {
        let after = self.bars.partition_point(|bar| bar.from <= time);
        let before = after.checked_sub(1).and_then(|at| self.bars.get(at));
        let distance =
            |bar: &Bar| if bar.from > time { bar.from - time } else { time.saturating_sub(bar.to) };
        [before, self.bars.get(after)].into_iter().flatten().min_by_key(|bar| distance(bar))
    }
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Track, as [`Timeline::tracks`] counts.
    pub track: usize,
    /// Bar, as the track counts.
    pub at: usize,
}

/// A run laid out in time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// Lanes, the agent that began first on top.
    pub lanes: Vec<Lane>,
    /// Tracks, lane by lane.
    pub tracks: Vec<Track>,
    /// Starts of steps that failed, ascending.
    errors: Vec<UnixNanos>,
    /// Starts of steps that belong to findings, and which, as the view's marks count them; ascending.
    flagged: Vec<(UnixNanos, usize)>,
    /// By row of the tree: track, bar.
    places: Vec<Option<(u32, u32)>>,
}

impl Timeline {
    /// Lays out the steps of a view that are not `hidden`: goes through all of them.
    pub fn of(view: &RunView, hidden: impl Fn(u32) -> bool) -> Self {
        let mut draft = Draft::of(view, hidden);
        let order = draft.lanes_in_time();
        let packed = pack::pack(&draft.spans, draft.agents.len());
        let mut timeline = Self { places: vec![None; view.tree.rows.len()], ..Self::default() };
        let mut first_of = vec![0; draft.agents.len()];
        for lane in order {
            let first = timeline.tracks.len();
            first_of[lane] = first;
            let tracks = first..first + packed.heights[lane] as usize;
            timeline.tracks.resize_with(tracks.end, Track::default);
            timeline.tracks[tracks.clone()].iter_mut().for_each(|track| track.lane = timeline.lanes.len());
            let agent = std::mem::take(&mut draft.agents[lane]);
            timeline.lanes.push(Lane { agent, tracks, steps: draft.counts[lane] });
        }
        for ((bar, span), track) in draft.bars.iter().zip(&draft.spans).zip(&packed.tracks) {
            timeline.tracks[first_of[span.lane as usize] + *track as usize].bars.push(*bar);
        }
        timeline.index(view);
        timeline
    }

    /// Notes what is looked for with every key and frame.
    fn index(&mut self, view: &RunView) {
        let failed = |bar: &Bar| {
            view.step(bar.row).is_some_and(|step| step.status == StepStatus::Error) && !view.is_quiet(bar.row)
        };
        for (number, track) in (0..).zip(&mut self.tracks) {
            track.bars.sort_unstable_by_key(|bar| (bar.from, bar.open, bar.to, bar.row));
            for (place, (at, bar)) in (0..).zip(track.bars.iter().enumerate()) {
                self.places[bar.row as usize] = Some((number, place));
                if failed(bar) {
                    track.errors.push(at);
                    self.errors.push(bar.from);
                }
            }
        }
        self.errors.sort_unstable();
        let told = view.marks.flagged.iter().enumerate().filter(|(_, f)| !f.finding.dismissed);
        let rows = told.flat_map(|(number, f)| f.members.iter().map(move |member| (member.row, number)));
        self.flagged = rows.filter_map(|(row, number)| Some((self.bar(row)?.from, number))).collect();
        self.flagged.sort_unstable();
    }

    /// Whether there is a step at all.
    pub const fn is_empty(&self) -> bool {
        self.tracks.is_empty()
    }

    /// Whether anything failed or was flagged.
    pub const fn has_trouble(&self) -> bool {
        !self.errors.is_empty() || !self.flagged.is_empty()
    }

    /// Rows of the tree that it was made of.
    pub fn rows(&self) -> u32 {
        u32::try_from(self.places.len()).unwrap_or(u32::MAX)
    }

    /// Where the step of a row stands, if it is shown.
    pub fn place(&self, row: u32) -> Option<Place> {
        let (track, at) = (*self.places.get(row as usize)?)?;
        Some(Place { track: track as usize, at: at as usize })
    }

    /// The bar of a row.
    pub fn bar(&self, row: u32) -> Option<&Bar> {
        let place = self.place(row)?;
        self.tracks.get(place.track)?.bars.get(place.at)
    }

    /// The bar before or after that of a row: on its track, else in its lane.
    pub fn beside(&self, row: u32, forward: bool) -> Option<&Bar> {
        let place = self.place(row)?;
        let track = &self.tracks[place.track];
        let at = if forward { place.at.checked_add(1) } else { place.at.checked_sub(1) };
        at.and_then(|at| track.bars.get(at)).or_else(|| self.beside_in_lane(row, forward))
    }

    fn beside_in_lane(&self, row: u32, forward: bool) -> Option<&Bar> {
        let place = self.place(row)?;
        let own = |bar: &Bar| (bar.from, bar.row);
        let here = own(&self.tracks[place.track].bars[place.at]);
        let tracks = self.tracks[self.lanes[self.tracks[place.track].lane].tracks.clone()].iter();
        if forward {
            let next = |track: &'_ Track| track.bars.partition_point(|bar| bar.from <= here.0);
            tracks.filter_map(|track| track.bars.get(next(track))).min_by_key(|bar| own(bar))
        } else {
            let before =
                |track: &'_ Track| track.bars.partition_point(|bar| bar.from < here.0).checked_sub(1);
            tracks.filter_map(|track| track.bars.get(before(track)?)).max_by_key(|bar| own(bar))
        }
    }

    /// What went wrong in a stretch of time.
    pub fn trouble(&self, view: &RunView, from: UnixNanos, to: UnixNanos) -> Option<Trouble> {
        let at = self.errors.partition_point(|&time| time < from);
        if self.errors.get(at).is_some_and(|&time| time < to) {
            return Some(Trouble::Error);
        }
        let at = self.flagged.partition_point(|&(time, _)| time < from);
        let inside = self.flagged[at..].iter().take(Self::LOOKED_AT).take_while(|&&(time, _)| time < to);
        let worst = inside.max_by_key(|&&(_, number)| view.marks.flagged[number].finding.severity)?;
        Some(Trouble::Finding(worst.1, view.marks.flagged[worst.1].finding.severity))
    }

    /// Members of findings that are looked at for one column: the worst of those is told.
    const LOOKED_AT: usize = 16;
}

/// Something worth a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A step failed.
    Error,
    /// A step belongs to this finding, as the view's marks count them.
    Finding(usize, Severity),
}

/// From the first to the last moment of a run, the present one where it goes on.
pub fn whole(view: &RunView, now: Option<UnixNanos>) -> Window {
    let last = now.map_or(view.times.1, |now| now.max(view.times.1));
    Window::holding(view.times.0, last)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{RunKey, Step, StepKind};
    use crate::tui::testing::world::{Script, refund, review, under_way};

    fn view(steps: Vec<Step>) -> RunView {
        RunView::new(RunKey(1), 1, steps)
    }

    fn told(view: &RunView) -> Vec<(Option<&str>, Vec<Vec<&str>>)> {
        let timeline = Timeline::of(view, |_| false);
        let name = |bar: &Bar| &*view.step(bar.row).unwrap().name;
        let tracks = |lane: &Lane| timeline.tracks[lane.tracks.clone()].iter();
        let lane = |lane: &Lane| tracks(lane).map(|track| track.bars.iter().map(name).collect()).collect();
        let agent = |lane: &Lane| {
            let named = view.steps.iter().filter_map(|step| step.agent.as_deref());
            named.into_iter().find(|name| lane.agent.as_deref() == Some(name))
        };
        timeline.lanes.iter().map(|of| (agent(of), lane(of))).collect()
    }

    #[test]
    fn each_agent_has_a_lane_and_parallel_tools_have_tracks() {
        let mut s = Script::new(1, 60);
        let root = s.add(None, StepKind::Workflow, "desk", 0);
        let triage = s.add(Some(root), StepKind::Agent, "triage", 0);
        s.edit(triage, |step| step.agent = Some("triage".into()));
        s.add(Some(triage), StepKind::Llm, "chat", 100);
        let first = s.add(Some(triage), StepKind::Tool, "a", 50);
        s.edit(first, |step| step.end += 20_000_000);
        s.add(Some(triage), StepKind::Tool, "b", 50);
        let billing = s.add(Some(triage), StepKind::Agent, "billing", 0);
        s.edit(billing, |step| step.agent = Some("billing".into()));
        s.add(Some(billing), StepKind::Llm, "ask", 100);
        let view = view(s.end(&[], "").steps);
        assert_eq!(
            told(&view),
            [
                (None, vec![vec!["desk"]]),
                (Some("triage"), vec![vec!["triage"], vec!["chat", "a"], vec!["b"]]),
                (Some("billing"), vec![vec!["billing"], vec!["ask"]]),
            ]
        );
    }

    #[test]
    fn what_has_not_ended_grows_with_the_run_and_else_goes_as_far_as_is_known() {
        let view = view(under_way(5).steps);
        let timeline = Timeline::of(&view, |_| false);
        let root = timeline.bar(0).unwrap();
        assert_eq!(
            (root.open, root.end(None), root.end(Some(root.to + 5))),
            (true, view.times.1, root.to + 5)
        );
        assert!(timeline.tracks.iter().all(|track| track.bars.iter().rev().skip(1).all(|bar| !bar.open)));
    }

    #[test]
    fn steps_without_times_stand_at_the_start() {
        let mut steps = refund(3, 100, "").steps;
        for step in steps.iter_mut().skip(3) {
            (step.start, step.end) = (0, 0);
        }
        let view = view(steps);
        let timeline = Timeline::of(&view, |_| false);
        assert!((0..view.tree.rows.len()).all(|row| timeline.bar(u32::try_from(row).unwrap()).is_some()));
        assert!(timeline.tracks.iter().flat_map(|track| &track.bars).all(|bar| bar.from >= view.times.0));
    }

    #[test]
    fn left_and_right_come_through_the_whole_lane() {
        let view = view(refund(3, 100, "").steps);
        let timeline = Timeline::of(&view, |_| false);
        let mut here = timeline.lanes.last().unwrap().tracks.clone().next_back().unwrap();
        let mut bar = timeline.tracks[here].bars[0];
        let mut seen = 1;
        while let Some(next) = timeline.beside(bar.row, true) {
            (bar, seen) = (*next, seen + 1);
            here = timeline.place(bar.row).unwrap().track;
        }
        assert!(seen > 5 && timeline.tracks[here].bars.last() == Some(&bar), "{seen}");
        assert_eq!(timeline.beside(timeline.tracks[0].bars[0].row, false), None);
    }

    proptest! {
        #[test]
        fn each_step_is_shown_once_and_no_bar_lies_on_another(
            steps in Just(review(2, 100).steps).prop_shuffle(),
            moved in proptest::collection::vec((0..4u64, 0..6u64, any::<bool>()), 40),
            only in 0..4u32,
        ) {
            let mut steps = steps;
            for (step, (from, len, open)) in steps.iter_mut().zip(moved) {
                step.start += from * 500_000_000;
                step.end = if open { 0 } else { step.start + len * 300_000_000 };
                step.agent = Some(format!("agent {}", from % 3).into());
            }
            let view = view(steps);
            let hidden = |row: u32| only > 0 && row % 4 == only;
            let timeline = Timeline::of(&view, hidden);
            let mut rows: Vec<u32> = timeline.tracks.iter().flat_map(|t| t.bars.iter().map(|bar| bar.row)).collect();
            rows.sort_unstable();
            let all = 0..u32::try_from(view.tree.rows.len()).unwrap();
            let expected: Vec<u32> = all.filter(|&row| view.step(row).is_some() && !hidden(row)).collect();
            prop_assert_eq!(rows, expected);
            for track in &timeline.tracks {
                prop_assert!(!track.bars.is_empty());
                prop_assert!(track.bars.windows(2).all(|pair| pair[0].to <= pair[1].from && !pair[0].open));
                for (at, bar) in track.bars.iter().enumerate() {
                    prop_assert_eq!(timeline.place(bar.row).map(|place| place.at), Some(at));
                    prop_assert_eq!(track.nearest(bar.from).map(|near| near.from <= bar.from), Some(true));
                }
            }
            let steps: usize = timeline.lanes.iter().map(|lane| lane.steps).sum();
            prop_assert_eq!(steps, timeline.tracks.iter().map(|track| track.bars.len()).sum::<usize>());
        }
    }
}
