//! A panic of any thread: told, and never on a terminal that is not given back.

use std::collections::BTreeSet;
use std::sync::Arc;

use spanglass::analyze::diff::Facts;
use spanglass::analyze::tree::Tree;
use spanglass::model::{Finding, Gist, IntakeCounts, Remark, RunKey, RunSummary, Step, StepKey};
use spanglass::report::format::Zone;
use spanglass::store::{HitPage, Mark, SoFar, StepsAsOf};
use spanglass::tui::{self, Asked, Backend, GistAsked, StepDetail};

use crate::USUAL;
use crate::program::World;
use crate::terminal::{self, Terminal};

/// A database in which nothing ever happens, or whose every question ends in a panic.
struct Nothing {
    panics: bool,
}

impl Backend for Nothing {
    fn search_runs(
        &mut self,
        _typed: &str,
        _goes_on: &mut dyn FnMut(SoFar<'_, RunKey>) -> bool,
    ) -> Result<Option<Vec<RunKey>>, String> {
        Ok(None)
    }

    fn search_texts(
        &mut self,
        _typed: &str,
        _mark: Mark,
        _limit: usize,
        _goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<HitPage, String> {
        Ok(HitPage::default())
    }

    fn search_run(
        &mut self,
        _run: RunKey,
        _typed: &str,
        _goes_on: &mut dyn FnMut(SoFar<'_, StepKey>) -> bool,
    ) -> Result<Option<BTreeSet<StepKey>>, String> {
        Ok(None)
    }

    fn revision(&mut self) -> Result<i64, String> {
        Ok(0)
    }

    fn runs(&mut self, _: i64) -> Result<Vec<RunSummary>, String> {
        assert!(!self.panics, "the loader breaks");
        Ok(Vec::new())
    }

    fn newest_runs(&mut self, _: u32) -> Result<Vec<RunSummary>, String> {
        self.runs(0)
    }

    fn steps(
        &mut self,
        _: RunKey,
        _: i64,
        _: &mut dyn FnMut(usize) -> bool,
    ) -> Result<Option<StepsAsOf>, String> {
        Ok(Some((0, Vec::new())))
    }

    fn deleted_runs(&mut self, _: i64) -> Result<Vec<RunKey>, String> {
        Ok(Vec::new())
    }

    fn delete(&mut self, _: Vec<RunKey>) -> Result<usize, String> {
        Ok(0)
    }

    fn findings(&mut self, _: RunKey, _: &[Arc<Step>], _: &Tree) -> Result<Vec<Finding>, String> {
        Ok(Vec::new())
    }

    fn remarks(&mut self, _: RunKey) -> Result<Vec<Remark>, String> {
        Ok(Vec::new())
    }

    fn dismiss(&mut self, _: RunKey, _: &Finding, _: bool) -> Result<Vec<RunSummary>, String> {
        Ok(Vec::new())
    }

    fn facts(&mut self, _: &[StepKey]) -> Result<Facts, String> {
        Ok(Facts::default())
    }

    fn gist(&mut self, _: &GistAsked) -> Result<Option<Gist>, String> {
        Err("there is none".to_owned())
    }

    fn detail(&mut self, _: &Asked) -> Result<StepDetail, String> {
        Err("nothing is here".to_owned())
    }
}

/// The interface on this test's own terminal; the demo's key is a panic of the thread that draws.
fn show_what_breaks(loader_panics: bool) {
    let options = tui::Options {
        mode: tui::Mode::Live(Vec::new()),
        database: "none".to_owned(),
        file: "none".to_owned(),
        setup: Vec::new(),
        start_demo: Some(Box::new(|| panic!("the screen breaks"))),
        gauges: tui::Gauges {
            intake: Box::new(IntakeCounts::default),
            database_bytes: Box::new(|| 0),
            told: true,
        },
        themes: tui::Themes::new(themes(), Some("dark"), tui::Depth::Sixteen),
        background: None,
        answers: false,
        ascii: false,
        notify: tui::Ways::default(),
        zone: Zone::Utc,
        keys: tui::keys::Keymap::default(),
    };
    let (_, mailbox) = tui::channel();
    tui::run(options, mailbox, &mut || Ok(Box::new(Nothing { panics: loader_panics }))).unwrap();
}

#[test]
#[ignore = "needs a terminal: run by the test of panics"]
fn in_a_terminal_the_screen_breaks() {
    show_what_breaks(false);
}

#[test]
#[ignore = "needs a terminal: run by the test of panics"]
fn in_a_terminal_a_loader_breaks() {
    show_what_breaks(true);
}

/// Runs one of the above, in a terminal.
fn broken(world: &World, test: &str) -> Terminal {
    let program = std::env::current_exe().unwrap();
    let words = [program.to_str().unwrap(), "--exact", test, "--ignored", "--nocapture"];
    Terminal::start(terminal::command(world.path(), &words), USUAL)
}

#[test]
fn a_panic_gives_the_terminal_back_before_it_is_told() {
    let world = World::new();
    let mut terminal = broken(&world, "panics::in_a_terminal_the_screen_breaks");
    terminal.wait_text(&["no runs yet"]);
    assert!(terminal.not_given_back().len() >= 5);
    terminal.press("d");
    assert!(!terminal.ended().success());
    assert_eq!(terminal.not_given_back(), [""; 0]);
    assert!(terminal.text().contains("the screen breaks"), "{}", terminal.text());
    let raw = String::from_utf8_lossy(&terminal.raw);
    assert_eq!(raw.matches("\u{1b}[?1049l").count(), 1, "given back once, or the words are written over");
}

#[test]
fn a_panic_of_a_loader_is_told_on_the_screen() {
    let world = World::new();
    let mut terminal = broken(&world, "panics::in_a_terminal_a_loader_breaks");
    terminal.wait_text(&["internal error", "the loader breaks"]);
    assert!(terminal.not_given_back().len() >= 5);
    terminal.press("q");
    assert!(terminal.ended().success());
    assert_eq!(terminal.not_given_back(), [""; 0]);
}

fn themes() -> Vec<tui::themes::Choice> {
    let dark = spanglass::config::Themes::default().theme("dark");
    vec![("dark".to_owned(), dark.map_err(|error| error.to_string()))]
}
