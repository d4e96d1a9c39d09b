//! All that the interface knows, and the messages that change it.

mod effect;
mod mouse;
mod msg;
mod pull;
mod screen;
mod settings;
mod told;

use std::time::Duration;

use crate::model::{IntakeCounts, UnixNanos};

use super::alarms::Alarms;
use super::keys::Action;
use super::keys::chains::{self, Chain};
use super::layout::{self, Room, RunsAreas, Sizes};
use super::rate::Rate;
use super::run_list::RunList;
use super::screens::{Run, Runs};

pub use effect::{Effect, SameView};
pub use mouse::Mouse;
pub use msg::{FoundRuns, FoundSteps, Msg, RunsAnswer};
pub use pull::Pull;
pub use screen::Screen;
pub use settings::{Look, Mode, Settings};
pub use told::{Errands, Notice};

/// Smallest terminal that the screens are made for.
pub const SMALLEST: (u16, u16) = (60, 12);

/// The whole state.
#[derive(Debug)]
pub struct App {
    /// The time of the batch being handled.
    pub now: UnixNanos,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// What people made of the panes by dragging their borders.
    pub sizes: Sizes,
    /// What the mouse is in the middle of.
    pub mouse: Mouse,
    /// What it was started with.
    pub settings: Settings,
    /// Runs known.
    pub runs: RunList,
    /// Whether the runs have been read once.
    pub loaded: bool,
    /// The receiver's counts.
    pub intake: IntakeCounts,
    /// How much is being received.
    pub rate: Rate,
    /// Size of the database file.
    pub database_bytes: u64,
    /// Requests for the list.
    pub pull: Pull,
    /// Screens, the topmost last; never empty.
    pub screens: Vec<Screen>,
    /// What was flagged, as far as the list tells of it.
    pub alarms: Alarms,
    /// News.
    pub notice: Option<Notice>,
    /// What is under way out of sight.
    pub errands: Errands,
    /// Why reading fails, while it does.
    pub trouble: Option<String>,
    /// Number of the last request for a detail.
    pub number: u64,
}

impl App {
    /// The state at the start and the first requests.
    pub fn new(settings: Settings, size: (u16, u16), now: UnixNanos) -> (Self, Vec<Effect>) {
        let follow = matches!(settings.mode, Mode::Live(_));
        let mut runs = Runs::new(follow);
        runs.zone = settings.look.zone;
        let alarms = Alarms::new(settings.tells_alarms);
        let known = RunList::new(settings.look.zone);
        let mut app = Self {
            now,
            size,
            sizes: Sizes::NONE,
            mouse: Mouse::default(),
            settings,
            runs: known,
            loaded: false,
            intake: IntakeCounts::default(),
            rate: Rate::default(),
            database_bytes: 0,
            pull: Pull::default(),
            screens: vec![Screen::Runs(Box::new(runs))],
            alarms,
            notice: None,
            errands: Errands::default(),
            trouble: None,
            number: 0,
        };
        app.pull.wish();
        (app, vec![Effect::LoadRuns(0)])
    }

    /// The screen that listens to keys.
    pub fn top(&self) -> Option<&Screen> {
        self.screens.last()
    }

    /// The screen that the eye is on: the topmost that is no overlay, and the overlay if there is one.
    pub fn seen(&self) -> (Option<&Screen>, Option<&Screen>) {
        match self.screens.as_slice() {
            [.., below, over] if over.is_overlay() => (Some(below), Some(over)),
            screens => (screens.last(), None),
        }
    }

    /// Where things are in the list of runs.
    pub fn runs_areas(&self) -> RunsAreas {
        layout::runs(self.room(), self.intake.store_trouble.is_some())
    }

    /// What there is to divide.
    pub const fn room(&self) -> Room {
        Room { size: self.size, sizes: self.sizes }
    }

    /// Whether there is no run at all yet.
    pub fn is_empty(&self) -> bool {
        self.loaded && self.runs.is_empty()
    }

    /// Contexts that listen now, the narrowest first.
    pub fn chain(&self) -> Chain {
        match self.top() {
            Some(Screen::Runs(runs)) if runs.typing => chains::FILTER,
            Some(Screen::Runs(_)) | None if self.is_empty() => chains::EMPTY,
            Some(Screen::Runs(_)) | None => chains::RUNS,
            Some(Screen::Run(run)) => run.chain(),
            Some(Screen::Search(_)) => chains::FIND,
            Some(Screen::Handoffs(_)) => chains::HANDOFFS,
            Some(Screen::Replay(replay)) if replay.reads => chains::SCENE,
            Some(Screen::Replay(_)) => chains::STOPS,
            Some(Screen::Diff(diff)) if diff.fills() => chains::EVIDENCE,
            Some(Screen::Diff(_)) => chains::BESIDE,
            Some(Screen::Help(_)) => chains::HELP,
            Some(Screen::Confirm(_)) => chains::CONFIRM,
            Some(Screen::Palette(_)) => chains::PALETTE,
        }
    }

    /// The key to press for an action where `chain` listens, as it is shown; the name of an action without one.
    pub fn key_in(&self, chain: Chain, action: Action) -> String {
        let key = self.settings.keys.key_for(chain, action);
        key.map_or_else(|| action.name().to_owned(), |key| key.shown(self.settings.look.glyphs.ascii))
    }

    /// How often what is shown changes by itself, `None` if it does not. Elapsed times are shown in whole seconds and
    /// tenths: once a second is enough to see them move, a progress line should move faster.
    pub fn tick(&self) -> Option<Duration> {
        let passes = self.notice.as_ref().is_some_and(|notice| !notice.bad);
        self.tick_of_screen().or_else(|| passes.then_some(Duration::from_secs(1)))
    }

    fn tick_of_screen(&self) -> Option<Duration> {
        let (second, quick) = (Duration::from_secs(1), Duration::from_millis(100));
        if self.errands.any() {
            return Some(quick);
        }
        match self.seen().0? {
            Screen::Runs(runs) if runs.preview.is_reading() => Some(quick),
            Screen::Runs(runs) => (runs.shows_running(self) || self.rate.falls(self.now)).then_some(second),
            Screen::Run(run) if run.is_reading() => Some(quick),
            Screen::Run(run) => run.is_running(self).then_some(second),
            Screen::Replay(replay) if replay.is_reading() => Some(quick),
            Screen::Handoffs(_) | Screen::Replay(_) => self.run_below()?.is_running(self).then_some(second),
            Screen::Diff(diff) if diff.is_comparing() => Some(quick),
            Screen::Diff(diff) => diff.is_running(self).then_some(second),
            Screen::Search(_) | Screen::Help(_) | Screen::Confirm(_) | Screen::Palette(_) => None,
        }
    }

    /// The open run that the topmost screens speak of.
    pub fn run_below(&self) -> Option<&Run> {
        self.screens.iter().rev().find_map(|screen| match screen {
            Screen::Run(run) => Some(&**run),
            _ => None,
        })
    }

    /// Says something in the footer's place.
    pub fn say(&mut self, text: impl Into<String>, bad: bool) {
        self.notice = Some(Notice { text: text.into(), bad, since: self.now });
    }
}
