//! The rows of the matrix: every screen in every state that it has.

use crate::model::IntakeCounts;
use crate::tui::app::{Mode, Msg, RunsAnswer};
use crate::tui::testing::content::{rich, show};
use crate::tui::testing::pair::pairs;
use crate::tui::testing::session::Session;
use crate::tui::testing::timed::timed;
use crate::tui::testing::troubled::troubled;
use crate::tui::testing::world::{World, world};

/// What happens between the keys that lead to a screen and those that are pressed on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// Nothing.
    Go,
    /// Instead of the first answer: nothing.
    Never,
    /// Instead of the first answer: only the newest runs.
    Half,
    /// Instead of the first answer: the list cannot be read.
    Unreadable,
    /// What is asked for from now on is not answered yet.
    Wait,
    /// The database loses all that it had.
    Lose,
    /// The database can no longer be read.
    Fail,
    /// The store cannot write, and requests were refused.
    Trouble,
    /// The database is one that was saved.
    Saved,
    /// The open step holds everything that content may hold.
    Rich,
}

impl Then {
    /// Whether it is instead of the first answer.
    pub(super) const fn comes_first(self) -> bool {
        matches!(self, Self::Never | Self::Half | Self::Unreadable)
    }

    pub(super) fn happen(self, s: &mut Session) {
        match self {
            Self::Go | Self::Never => {}
            Self::Wait => s.holds_back = true,
            Self::Lose => s.world = World::default(),
            Self::Unreadable => s.send(Msg::Runs(Err(BROKEN.into()))),
            Self::Fail => {
                s.world.fails = Some(BROKEN);
                s.send(Msg::Runs(Err(BROKEN.into())));
            }
            Self::Half => {
                let changed = s.world.runs[3..].iter().map(|told| told.summary.clone()).collect();
                s.send(Msg::Runs(Ok(RunsAnswer { changed, ahead: true, ..RunsAnswer::default() })));
            }
            Self::Trouble => {
                s.intake = IntakeCounts {
                    refused: 2,
                    store_trouble: Some("disk full on /home: free some space".into()),
                    ..IntakeCounts::default()
                };
                s.send(Msg::IntakeChanged);
            }
            Self::Saved => {
                let settings = &mut s.app.settings;
                (settings.mode, settings.demo) = (Mode::Saved, false);
                settings.setup.clear();
            }
            Self::Rich => show(s, rich),
        }
    }
}

const BROKEN: &str = "/data/runs.db: the disk gives an error (5)";

/// One screen in one state.
#[derive(Debug)]
pub(super) struct Scene {
    /// Name of its file.
    pub(super) name: &'static str,
    /// What is there to see.
    pub(super) world: fn() -> World,
    /// Keys that lead there.
    pub(super) before: &'static str,
    /// What happens then.
    pub(super) then: Then,
    /// Keys pressed after that.
    pub(super) keys: &'static str,
}

const fn scene(
    name: &'static str,
    world: fn() -> World,
    before: &'static str,
    then: Then,
    keys: &'static str,
) -> Scene {
    Scene { name, world, before, then, keys }
}

/// A scene in which all is answered.
const fn plain(name: &'static str, world: fn() -> World, keys: &'static str) -> Scene {
    scene(name, world, "", Then::Go, keys)
}

/// The worlds: the usual one, runs with findings, runs to be laid beside each other, runs whose time matters, none at all.
const U: fn() -> World = world;
const T: fn() -> World = troubled;
const P: fn() -> World = pairs;
const D: fn() -> World = timed;
const E: fn() -> World = World::default;

#[rustfmt::skip]
pub(super) const SCENES: &[Scene] = &[
    plain("runs", U, "j"),
    plain("runs_sorted", U, "s s s S j"),
    plain("runs_grouped", U, "b b j right j"),
    plain("runs_flagged", T, ""),
    plain("runs_marked", P, "m j m"),
    plain("runs_empty", E, ""),
    scene("runs_empty_saved", E, "", Then::Saved, ""),
    scene("runs_loading", U, "", Then::Never, ""),
    scene("runs_half_loaded", U, "", Then::Half, "j"),
    scene("runs_unreadable", U, "", Then::Unreadable, ""),
    scene("runs_no_longer_readable", U, "j", Then::Fail, ""),
    scene("runs_saved", U, "j", Then::Saved, ""),
    scene("runs_not_stored", U, "", Then::Trouble, ""),
    plain("filter", U, "/ triage space is:"),
    plain("filter_offers", U, "/ triage space is: tab tab"),
    plain("filter_nothing", U, "/ zzz"),
    scene("filter_searching", U, "", Then::Wait, "/ text:refund"),
    plain("find", U, "F"),
    plain("find_hits", U, "F 환불"),
    plain("find_nothing", U, "F zzz"),
    scene("find_searching", U, "F", Then::Wait, "환불"),
    scene("find_failing", U, "F", Then::Fail, "환불"),
    plain("run", U, "j enter j j"),
    plain("run_folded", U, "j enter -"),
    plain("run_critical_path", U, "j enter P"),
    plain("run_zoomed", U, "j enter j z"),
    scene("run_loading", U, "", Then::Wait, "j enter"),
    scene("run_gone", U, "", Then::Lose, "j enter"),
    scene("run_not_stored", U, "j enter", Then::Trouble, ""),
    plain("run_live", U, "enter"),
    plain("run_loop", T, "enter"),
    plain("run_only_flagged", T, "enter !"),
    plain("run_narrowed", D, "enter down ."),
    plain("run_of_a_session", D, "G enter"),
    plain("run_hostile", U, "G enter j j tab"),
    plain("search_typed", U, "j enter / search_web"),
    plain("search_nothing", U, "j enter / zzz"),
    plain("search_kept", U, "j enter / search_web enter n"),
    plain("detail_call", U, "j enter j enter"),
    plain("detail_tool", U, "j enter n enter"),
    plain("detail_agent", U, "j enter tab"),
    scene("detail_loading", U, "j enter", Then::Wait, "j"),
    scene("detail_gone", U, "j enter", Then::Lose, "j"),
    scene("detail_rich", U, "j enter j tab", Then::Rich, ""),
    scene("detail_rich_on", U, "j enter j tab", Then::Rich, "pagedown pagedown"),
    scene("detail_rich_searched", U, "j enter j tab", Then::Rich, "/ refund enter n n"),
    plain("cost_of_a_call", U, "j enter j c"),
    plain("cost_of_a_run", U, "j enter c"),
    plain("findings", T, "w enter enter"),
    plain("findings_none", T, "G w"),
    plain("findings_dismissed", T, "w X"),
    plain("handoffs", T, "j enter H j j j"),
    plain("handoffs_many", T, "j j enter H"),
    plain("handoffs_none", T, "G enter H"),
    plain("timeline", D, "enter v down"),
    plain("timeline_moments", D, "j enter v right right"),
    plain("timeline_loop", T, "enter v G"),
    plain("timeline_narrowed", D, "enter v down down . ."),
    plain("timeline_live", U, "enter v"),
    plain("replay", U, "j enter R m m m right"),
    plain("replay_begin", U, "j enter R"),
    plain("replay_end", U, "j enter R G"),
    plain("replay_troubled", T, "enter R G h h tab"),
    scene("replay_loading", U, "j enter", Then::Wait, "R"),
    scene("replay_scene_loading", U, "j enter R", Then::Wait, "l"),
    scene("replay_scene_gone", U, "j enter R", Then::Lose, "l"),
    plain("diff", P, "j d"),
    plain("diff_same", P, "D"),
    plain("diff_later", P, "j d n"),
    plain("diff_evidence", P, "j d z"),
    plain("diff_messages", P, "j d m"),
    plain("diff_unfolded", P, "j d u g"),
    plain("diff_totals", P, "j d t"),
    scene("diff_loading", P, "j", Then::Wait, "d"),
    scene("diff_gone", P, "j", Then::Lose, "d"),
    scene("diff_evidence_loading", P, "j d", Then::Wait, "n z"),
    plain("palette", U, "j enter : fin step"),
    plain("palette_all", U, "j enter :"),
    plain("palette_nothing", U, ": zzz"),
    plain("delete", U, "#"),
    plain("delete_many", U, "m j m j m j m #"),
    plain("help", U, "?"),
    plain("help_of_a_run", U, "j enter ?"),
];
