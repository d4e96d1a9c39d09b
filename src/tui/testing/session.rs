//! An interface in a test: keys go in, effects are answered at once from a world.

use std::sync::{Arc, LazyLock};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use crate::config;
use crate::model::IntakeCounts;
use crate::report::format::Zone;
use crate::tui::app::{App, Effect, FoundRuns, FoundSteps, Look, Mode, Msg, RunsAnswer, Screen, Settings};
use crate::tui::backend::{Backend, RunView};
use crate::tui::document;
use crate::tui::glyphs::Glyphs;
use crate::tui::keys::Keymap;
use crate::tui::loader::{Shelf, compared, gists, pair, scene};
use crate::tui::screens::{Diff, Replay, Run, Runs};
use crate::tui::theme::{Depth, Theme};
use crate::tui::themes::{Choice, Themes};
use crate::tui::update::update;

use super::world::{NOON, World};

/// Read once: a test begins hundreds of sessions.
static THEMES: LazyLock<Vec<Choice>> = LazyLock::new(|| {
    let built_in = config::Themes::default();
    let named = |name: &str| (name.to_owned(), Ok(built_in.theme(name).unwrap()));
    built_in.names().into_iter().map(named).collect()
});

/// The state, the world that answers it, and what it asked beyond data.
pub(crate) struct Session {
    pub(crate) app: App,
    pub(crate) world: World,
    pub(crate) asked: Vec<Effect>,
    pub(crate) intake: IntakeCounts,
    /// Whether whatever is asked for is left unanswered.
    pub(crate) holds_back: bool,
}

impl Session {
    pub(crate) fn new(world: World, size: (u16, u16)) -> Self {
        Self::with(world, size, Theme::for_reading_back(), false)
    }

    pub(crate) fn with(world: World, size: (u16, u16), theme: Theme, ascii: bool) -> Self {
        let (mut session, effects) = Self::unanswered(world, size, theme, ascii);
        session.answer(effects);
        session
    }

    /// A session to which nothing was said yet, and what it asks for first.
    pub(crate) fn unanswered(
        world: World,
        size: (u16, u16),
        theme: Theme,
        ascii: bool,
    ) -> (Self, Vec<Effect>) {
        let themes = Themes::new(THEMES.clone(), None, Depth::True);
        let settings = Settings {
            mode: Mode::Live(vec!["grpc 4317".into(), "http 4318".into()]),
            database: "runs.db".into(),
            file: "/data/runs.db".into(),
            setup: vec![
                "export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318".into(),
                "export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf".into(),
            ],
            demo: true,
            look: Look { theme, themes, glyphs: Glyphs::of(ascii), zone: Zone::Utc },
            keys: Keymap::default(),
            tells_alarms: false,
        };
        let (app, effects) = App::new(settings, size, NOON);
        let intake = IntakeCounts::default();
        (Self { app, world, asked: Vec::new(), intake, holds_back: false }, effects)
    }

    /// Sends a message and answers what it asks for, and what the answers ask for.
    pub(crate) fn send(&mut self, msg: Msg) {
        let effects = update(&mut self.app, msg);
        self.answer(effects);
    }

    /// Presses keys: names between spaces, other words letter by letter.
    pub(crate) fn press(&mut self, script: &str) -> &mut Self {
        for word in script.split(' ') {
            match key(word) {
                Some(event) => self.send(Msg::Input(Event::Key(event))),
                None => word.chars().for_each(|c| {
                    self.send(Msg::Input(Event::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE))));
                }),
            }
        }
        self
    }

    pub(crate) fn runs(&self) -> &Runs {
        let Screen::Runs(runs) = &self.app.screens[0] else { panic!("the first screen lists runs") };
        runs
    }

    pub(crate) fn run(&self) -> &Run {
        let run = self.app.screens.iter().find_map(|screen| match screen {
            Screen::Run(run) => Some(run),
            _ => None,
        });
        run.expect("a run is open")
    }

    pub(crate) fn replay(&self) -> &Replay {
        let Some(Screen::Replay(replay)) = self.app.seen().0 else { panic!("a run is replayed") };
        replay
    }

    pub(crate) fn diff(&self) -> &Diff {
        let diff = self.app.screens.iter().rev().find_map(|screen| match screen {
            Screen::Diff(diff) => Some(diff),
            _ => None,
        });
        diff.expect("two runs are compared")
    }

    /// Name of the step under the cursor.
    pub(crate) fn step_name(&self) -> String {
        let run = self.run();
        let view = run.view.as_ref().unwrap();
        let row = view.row(run.tree.selected.unwrap()).unwrap();
        view.step(row).map_or_else(|| "missing".to_owned(), |step| step.name.to_string())
    }

    fn answer(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let held = self.holds_back;
            let left = if held { Some(effect) } else { self.answer_of_list(effect) };
            let left = if held { left } else { left.and_then(|left| self.answer_of_run(left)) };
            self.asked.extend(left);
        }
    }

    /// Answers what concerns runs as a whole; gives back what does not.
    fn answer_of_list(&mut self, effect: Effect) -> Option<Effect> {
        match effect {
            Effect::LoadRuns(after) => {
                let changed = self.world.runs(after);
                let intake = self.intake.clone();
                let answer = changed.map(|changed| RunsAnswer {
                    whole: None,
                    changed,
                    deleted: self.world.deleted.clone(),
                    ahead: false,
                    intake,
                    database_bytes: 12_400_000,
                });
                self.send(Msg::Runs(answer));
            }
            Effect::SearchRuns(number, texts) => {
                let mut found =
                    |text: &String| Ok(self.world.search_runs(text, &mut |_| true)?.unwrap_or_default());
                let runs: Result<Vec<_>, String> = texts.iter().map(&mut found).collect();
                self.send(Msg::Found(number, runs.map(|runs| FoundRuns { runs, whole: true, percent: 100 })));
            }
            Effect::LoadPreview(run) => {
                let steps = self.world.told(run);
                let view = steps.map(|(revision, steps)| Arc::new(RunView::new(run, revision, steps)));
                self.send(Msg::Preview(run, view));
            }
            Effect::FindTexts(number, typed, mark) => {
                let page = self.world.search_texts(&typed, mark, 50, &mut || true);
                self.send(Msg::Hits(number, page));
            }
            Effect::LoadRemarks(run) => {
                let remarks = self.world.remarks(run);
                self.send(Msg::Remarks(run, remarks));
            }
            Effect::Dismiss(run, finding, dismissed) => {
                let counted = self.world.dismiss(run, &finding, dismissed);
                self.send(Msg::Dismissed(run, counted));
            }
            Effect::Delete(runs) => {
                let gone = self.world.delete(runs);
                self.send(Msg::Committed(i64::MAX));
                self.send(Msg::Deleted(gone));
            }
            Effect::LoadDiff(number, runs) => {
                let mut kept = Shelf::default();
                let made = compared(&mut self.world, &mut kept, &runs, Zone::Utc, &mut |_, _| (), &|| true);
                self.send(Msg::Diff(number, made.expect("nobody drops it")));
            }
            Effect::LoadPair(number, asked) => {
                let document = pair(&mut self.world, &asked);
                self.send(Msg::Pair(number, document));
            }
            other => return Some(other),
        }
        None
    }

    /// Answers what concerns steps of one run; gives back what does not.
    fn answer_of_run(&mut self, effect: Effect) -> Option<Effect> {
        match effect {
            Effect::LoadSteps(run) => {
                let steps = self.world.told(run);
                let view = steps.map(|(revision, steps)| {
                    let view = RunView::new(run, revision, steps);
                    let findings = self.world.findings(run, &view.steps, &view.tree).unwrap();
                    Arc::new(view.with(findings))
                });
                self.send(Msg::Steps(run, view));
            }
            Effect::LoadDetail(number, asked) => {
                let detail = self.world.detail(&asked);
                let document = detail.map(|detail| Arc::new(document::of_step(&asked, &detail, Zone::Utc)));
                self.send(Msg::Detail(number, document));
            }
            Effect::LoadJson(number, asked) => {
                let json = crate::tui::loader::json(&mut self.world, &asked);
                self.send(Msg::Json(number, json));
            }
            Effect::SearchRun(number, run, typed) => {
                let found = self.world.search_run(run, &typed, &mut |_| true);
                let steps = |steps: Option<_>| FoundSteps {
                    steps: steps.unwrap_or_default(),
                    whole: true,
                    percent: 100,
                };
                self.send(Msg::Said(number, found.map(steps)));
            }
            Effect::LoadGists(run, asked) => {
                let told = gists(&mut self.world, &asked, || false);
                self.send(Msg::Gists(run, told));
            }
            Effect::LoadReplay(of) => {
                of.0.replay();
                self.send(Msg::Replay(of.0));
            }
            Effect::LayOut(of, lens) => {
                of.0.timeline(lens);
                self.send(Msg::LaidOut(of.0));
            }
            Effect::LoadScene(number, asked) => {
                let document = scene(&mut self.world, &asked);
                self.send(Msg::Scene(number, document));
            }
            other => return Some(other),
        }
        None
    }
}

fn key(word: &str) -> Option<KeyEvent> {
    let named = |code| Some(KeyEvent::new(code, KeyModifiers::NONE));
    match word {
        "up" => named(KeyCode::Up),
        "down" => named(KeyCode::Down),
        "left" => named(KeyCode::Left),
        "right" => named(KeyCode::Right),
        "enter" => named(KeyCode::Enter),
        "esc" => named(KeyCode::Esc),
        "tab" => named(KeyCode::Tab),
        "backtab" => named(KeyCode::BackTab),
        "delete" => named(KeyCode::Delete),
        "space" => named(KeyCode::Char(' ')),
        "home" => named(KeyCode::Home),
        "end" => named(KeyCode::End),
        "pageup" => named(KeyCode::PageUp),
        "pagedown" => named(KeyCode::PageDown),
        _ => {
            let letter = word.strip_prefix("ctrl-")?.chars().next()?;
            Some(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL))
        }
    }
}
