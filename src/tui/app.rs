//! All that the interface knows, and the messages that change it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::Event as InputEvent;

use crate::model::{Finding, IntakeCounts, Remark, RunKey, RunSummary, StepKey, UnixNanos};
use crate::report::format::Zone;
use crate::store::{HitPage, Mark};

use super::alarms::{Alarms, Alert};
use super::backend::{Asked, Lens, RunView, SceneAsked};
use super::comparison::Comparison;
use super::document::{Document, PairAsked};
use super::glyphs::Glyphs;
use super::keys::chains::{self, Chain};
use super::keys::{Action, Keymap};
use super::layout::{self, Border, Room, RunsAreas, Sizes};
use super::rate::Rate;
use super::run_list::RunList;
use super::screens::{Confirm, Diff, Handoffs, Help, Palette, Replay, Run, Runs, Search};
use super::theme::{Background, Theme};
use super::themes::Themes;

/// Smallest terminal that the screens are made for.
pub const SMALLEST: (u16, u16) = (60, 12);

/// What happened; the only way anything changes.
#[derive(Debug)]
pub enum Msg {
    /// The time, at the head of every batch: nothing here reads a clock.
    Now(UnixNanos),
    /// A key, the mouse, a paste, a new size.
    Input(InputEvent),
    /// The store committed; readers see this revision.
    Committed(i64),
    /// The receiver's counts changed without a commit.
    IntakeChanged,
    /// Runs that changed, with what was counted meanwhile.
    Runs(Result<RunsAnswer, String>),
    /// So many steps of an open run were read so far.
    Reading(RunKey, usize),
    /// The open run as of a newer commit.
    Steps(RunKey, Result<Arc<RunView>, String>),
    /// A long run that was not open lately, before anything was looked for in it.
    Opened(RunKey, Arc<RunView>),
    /// A step as JSON, to be copied; the number tells for which request.
    Json(u64, Result<String, String>),
    /// A step's detail; the number tells for which request.
    Detail(u64, Result<Arc<Document>, String>),
    /// Runs that hold the filter's texts, so far or all; the number tells for which request.
    Found(u64, Result<FoundRuns, String>),
    /// A run for the preview.
    Preview(RunKey, Result<Arc<RunView>, String>),
    /// Texts that hold what is searched for; the number tells for which request.
    Hits(u64, Result<HitPage, String>),
    /// Steps of an open run that say what is looked for; the number tells for which request.
    Said(u64, Result<FoundSteps, String>),
    /// What was flagged in a run.
    Remarks(RunKey, Result<Vec<Remark>, String>),
    /// A finding of a run was dismissed, or is no longer: the run as it is counted now.
    Dismissed(RunKey, Result<Vec<RunSummary>, String>),
    /// Runs were deleted, so many, or were not, and why.
    Deleted(Result<usize, String>),
    /// Two runs beside each other; the number tells for which request.
    Diff(u64, Result<Arc<Comparison>, String>),
    /// What two steps saw and said; the number tells for which request.
    Pair(u64, Result<Arc<Document>, String>),
    /// A run in the order of time, ready to be replayed.
    Replay(Arc<RunView>),
    /// A run laid out in time.
    LaidOut(Arc<RunView>),
    /// The conversation at a stop of a replay; the number tells for which request.
    Scene(u64, Result<Arc<Document>, String>),
    /// The terminal told its background.
    Background(Background),
    /// The system asks to suspend.
    Suspend,
    /// The system asks to end.
    Terminate,
    /// A background thread died of this.
    Failed(String),
}

/// What the list's loader brings.
#[derive(Debug, Default)]
pub struct RunsAnswer {
    /// Runs that changed.
    pub changed: Vec<RunSummary>,
    /// Runs that were deleted.
    pub deleted: Vec<RunKey>,
    /// These are the newest of a long list, the rest is on its way.
    pub ahead: bool,
    /// The receiver's counts.
    pub intake: IntakeCounts,
    /// Size of the database file.
    pub database_bytes: u64,
}

/// What the full-text search found for a filter.
#[derive(Debug, Default)]
pub struct FoundRuns {
    /// For each of its texts the runs that hold it, ascending.
    pub runs: Vec<Vec<RunKey>>,
    /// These are all of them.
    pub whole: bool,
    /// How much was looked through, of a hundred.
    pub percent: u8,
}

/// What the full-text search found in an open run.
#[derive(Debug, Default)]
pub struct FoundSteps {
    /// Steps that were the first to say it.
    pub steps: BTreeSet<StepKey>,
    /// These are all of them.
    pub whole: bool,
    /// How much was looked through, of a hundred.
    pub percent: u8,
}

/// What the loop has to do after an update.
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Ask for runs that changed after this commit.
    LoadRuns(i64),
    /// Ask for the open run's new steps.
    LoadSteps(RunKey),
    /// A run's steps are no longer wanted.
    DropSteps(RunKey),
    /// Ask for a step's detail, under this number.
    LoadDetail(u64, Box<Asked>),
    /// Ask which runs hold each of these texts, under this number.
    SearchRuns(u64, Vec<String>),
    /// What is searched for is no longer wanted.
    DropSearch,
    /// Ask for a run for the preview.
    LoadPreview(RunKey),
    /// Ask for texts that hold these words, from this mark on, under this number.
    FindTexts(u64, String, Mark),
    /// Texts are no longer wanted.
    DropFind,
    /// Ask which steps of a run say this, under this number.
    SearchRun(u64, RunKey, String),
    /// They are no longer wanted.
    DropSearchRun,
    /// Ask for what was flagged in a run.
    LoadRemarks(RunKey),
    /// Remember that a finding of a run is dismissed, or is no longer.
    Dismiss(RunKey, Box<Finding>, bool),
    /// Delete these runs for good.
    Delete(Vec<RunKey>),
    /// Tell of a new alarm beyond the screen.
    Tell(Alert),
    /// Ask for a step as JSON, under this number.
    LoadJson(u64, Box<Asked>),
    /// Ask for two runs beside each other, under this number.
    LoadDiff(u64, Box<[RunSummary; 2]>),
    /// Give up the comparison that is under way.
    DropDiff,
    /// Ask what two steps saw and said, under this number.
    LoadPair(u64, Box<PairAsked>),
    /// Ask for a run in the order of time.
    LoadReplay(SameView),
    /// Ask for a run laid out in time.
    LayOut(SameView, Lens),
    /// Ask for the conversation at a stop of a replay, under this number.
    LoadScene(u64, Box<SceneAsked>),
    /// Put this into the clipboard.
    Copy(String),
    /// Show this in the reader's own program.
    Read(Arc<Document>),
    /// Start the demo.
    StartDemo,
    /// Take the mouse (true), or leave it to the terminal.
    TakeMouse(bool),
    /// Stop until the shell continues us.
    Suspend,
    /// Leave.
    Quit,
}

/// A view that is equal to itself alone.
#[derive(Clone, Debug)]
pub struct SameView(pub Arc<RunView>);

impl PartialEq for SameView {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Where the data comes from.
#[derive(Clone, Debug)]
pub enum Mode {
    /// Receiving: names and addresses of what listens, such as `grpc 4317`.
    Live(Vec<String>),
    /// A saved database, never written.
    Saved,
}

/// How things look on this terminal.
#[derive(Debug)]
pub struct Look {
    /// Colours, as shown.
    pub theme: Theme,
    /// Where they come from, and what else there is.
    pub themes: Themes,
    /// Signs.
    pub glyphs: &'static Glyphs,
    /// Whose clock.
    pub zone: Zone,
}

/// What the interface was started with; of all this only its colours change while it runs.
#[derive(Debug)]
pub struct Settings {
    /// Where the data comes from.
    pub mode: Mode,
    /// File name of the database.
    pub database: String,
    /// Its path, for commands that people may copy.
    pub file: String,
    /// Lines that point an agent here, ready to be pasted.
    pub setup: Vec<String>,
    /// Whether the demo can be started.
    pub demo: bool,
    /// How things look.
    pub look: Look,
    /// Keys.
    pub keys: Keymap,
    /// Whether new alarms are told beyond the screen.
    pub tells_alarms: bool,
}

/// Asks one at a time: while an answer is under way, any number of further wishes become one more request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pull {
    under_way: bool,
    again: bool,
}

impl Pull {
    /// Wishes for data; true if the request is to be sent now.
    pub fn wish(&mut self) -> bool {
        self.again = self.under_way;
        !std::mem::replace(&mut self.under_way, true)
    }

    /// An answer came; true if the next request is to be sent now.
    pub fn answered(&mut self) -> bool {
        self.under_way = std::mem::take(&mut self.again);
        self.under_way
    }
}

/// One screen of the stack, with its own selection and scroll.
#[derive(Debug)]
pub enum Screen {
    /// List of runs.
    Runs(Box<Runs>),
    /// An open run.
    Run(Box<Run>),
    /// Full-text search.
    Search(Box<Search>),
    /// Who gave the work to whom in the run below.
    Handoffs(Handoffs),
    /// The run below in the order of time.
    Replay(Box<Replay>),
    /// Two runs beside each other.
    Diff(Box<Diff>),
    /// Help over the screen below.
    Help(Help),
    /// Whether runs are really to be deleted, over the list.
    Confirm(Confirm),
    /// Commands over the screen below.
    Palette(Box<Palette>),
}

impl Screen {
    /// Whether it lies over another one, which stays in sight.
    pub const fn is_overlay(&self) -> bool {
        matches!(self, Self::Help(_) | Self::Confirm(_) | Self::Palette(_))
    }
}

/// A line of news in the footer's place, until the next key; what went well gives way by itself, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What to say.
    pub text: String,
    /// Whether something went wrong.
    pub bad: bool,
    /// When it was said.
    pub since: UnixNanos,
}

impl Notice {
    /// As long as it takes to read it and look up again.
    const STAYS: u64 = 6_000_000_000;

    /// Whether it has been there for long enough.
    pub const fn is_over(&self, now: UnixNanos) -> bool {
        !self.bad && now.saturating_sub(self.since) >= Self::STAYS
    }
}

/// What was asked for and has nothing to show until it is done, since when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Errands {
    /// A step is read to be copied, and the number of its request.
    pub copies: Option<(u64, UnixNanos)>,
    /// The same of one that is to be opened in the reader's own program.
    pub reads: Option<(u64, UnixNanos)>,
    /// Runs are deleted.
    pub deletes: Option<UnixNanos>,
}

impl Errands {
    /// Nothing is said of what takes no longer.
    const PATIENCE: u64 = 500_000_000;

    const fn any(&self) -> bool {
        self.copies.is_some() || self.reads.is_some() || self.deletes.is_some()
    }

    /// Whether a step is read to be copied, and for long enough to be told.
    pub fn copies_long(&self, now: UnixNanos) -> bool {
        self.copies.is_some_and(|(_, since)| now.saturating_sub(since) >= Self::PATIENCE)
    }

    /// The same of one that is to be opened.
    pub fn reads_long(&self, now: UnixNanos) -> bool {
        self.reads.is_some_and(|(_, since)| now.saturating_sub(since) >= Self::PATIENCE)
    }

    /// The same of runs that are deleted.
    pub fn deletes_long(&self, now: UnixNanos) -> bool {
        self.deletes.is_some_and(|since| now.saturating_sub(since) >= Self::PATIENCE)
    }
}

/// What the mouse did last, as far as it matters for what it does next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mouse {
    /// Whether it was given back to the terminal, to select text.
    pub given_back: bool,
    /// The border that is dragged.
    pub drags: Option<Border>,
    /// When and where it was pressed last.
    pub pressed: Option<(UnixNanos, (u16, u16))>,
}

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
        let mut app = Self {
            now,
            size,
            sizes: Sizes::NONE,
            mouse: Mouse::default(),
            settings,
            runs: RunList::default(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_well_gives_way_and_what_went_wrong_stays() {
        for (bad, later, is_over) in [(false, 5, false), (false, 6, true), (true, 60, false)] {
            let notice = Notice { text: "said".into(), bad, since: 7 };
            assert_eq!(notice.is_over(7 + later * 1_000_000_000), is_over, "{bad} {later}");
        }
    }

    #[test]
    fn many_wishes_while_one_is_under_way_are_one_more_request() {
        let mut pull = Pull::default();
        assert!(pull.wish());
        assert!(!pull.wish());
        assert!(!pull.wish());
        assert!(pull.answered(), "the wishes meanwhile");
        assert!(!pull.answered(), "nothing left");
        assert!(pull.wish());
    }
}
