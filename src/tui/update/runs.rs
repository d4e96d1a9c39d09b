//! What actions, keys and pastes change in the list of runs.

use crossterm::event::Event as InputEvent;
use tui_input::backend::crossterm::EventHandler;

use crate::model::UnixNanos;
use crate::report::filter::known_values;
use crate::tui::app::{App, Effect, Screen};
use crate::tui::columns::placed;
use crate::tui::draw;
use crate::tui::keys::Action;
use crate::tui::run_list::RunList;
use crate::tui::screens::{By, Run, Runs, Wish, step_of};

use super::arrivals::wish_steps;

pub(super) fn list_height(app: &App) -> usize {
    app.runs_areas().list.height.into()
}

fn refresh_lists(app: &mut App) {
    let (height, zone) = (list_height(app), app.settings.look.zone);
    for screen in &mut app.screens {
        if let Screen::Runs(runs) = screen {
            runs.read_filter(zone);
            runs.refresh(&app.runs, app.now, height);
            note_completes(runs, &app.runs);
        }
    }
}

/// Notes whether Tab offers anything for what is typed.
fn note_completes(runs: &mut Runs, all: &RunList) {
    if runs.typing {
        runs.note_completes(|field| known_values(field, all.iter()));
    }
}

/// What was asked for may change with time alone: `since:2h`, `is:running`. A second is the least that is seen.
pub(super) fn time_passed(app: &mut App, before: UnixNanos) {
    const SECOND: u64 = 1_000_000_000;
    let height = list_height(app);
    for screen in &mut app.screens {
        let Screen::Runs(runs) = screen else { continue };
        if before / SECOND != app.now / SECOND && runs.query.hangs_on_time() {
            runs.refresh(&app.runs, app.now, height);
        } else if runs.spark_due.is_some_and(|due| due <= app.now) {
            runs.tell_money(&app.runs, app.now);
        }
    }
}

/// The run under the cursor, where there is a preview of it and the list is what the eye is on.
pub(super) fn wish_preview(app: &mut App) -> Option<Effect> {
    app.runs_areas().preview?;
    let Some(Screen::Runs(runs)) = app.screens.last_mut() else {
        return None;
    };
    let selected = runs.selected.and_then(|key| app.runs.get(key));
    runs.preview.wish(selected, app.now).map(Effect::LoadPreview)
}

/// What the full-text search is to be asked for the filter, if it is another thing than before.
pub(super) fn wish_texts(runs: &mut Runs, now: UnixNanos, number: &mut u64) -> Option<Effect> {
    match runs.full_text.wish(runs.query.texts(), now, number) {
        Wish::None => None,
        Wish::Ask(number, texts) => Some(Effect::SearchRuns(number, texts)),
        Wish::Drop => Some(Effect::DropSearch),
    }
}

/// Keys that mean nothing else write into the filter while it is typed.
pub(super) fn typed(app: &mut App, event: &InputEvent) {
    let changed = match app.screens.last_mut() {
        Some(Screen::Runs(runs)) if runs.typing => {
            runs.offer = None;
            let change = runs.filter.handle_event(event);
            note_completes(runs, &app.runs);
            change.is_some_and(|change| change.value)
        }
        _ => false,
    };
    if changed {
        refresh_lists(app);
    }
}

pub(super) fn pasted(app: &mut App, text: &str) {
    if let Some(Screen::Runs(runs)) = app.screens.last_mut()
        && runs.typing
    {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let value = format!("{}{words}", runs.filter.value());
        runs.filter = std::mem::take(&mut runs.filter).with_value(value);
        refresh_lists(app);
    }
}

pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    let list = app.runs_areas().list;
    let height = usize::from(list.height);
    if let Some(why) = cannot(app, action) {
        app.say(why, false);
        return Vec::new();
    }
    let Some(Screen::Runs(runs)) = app.screens.last_mut() else {
        return Vec::new();
    };
    if let Some(step) = step_of(action, height) {
        runs.step(step);
        return Vec::new();
    }
    match action {
        Action::Open if runs.toggle() => return Vec::new(),
        Action::Fold => {
            runs.fold();
            return Vec::new();
        }
        Action::Open => return open(app, false),
        Action::Find => {
            super::search::open(app);
            return Vec::new();
        }
        Action::Findings => return open(app, true),
        Action::CopySetup if !app.settings.setup.is_empty() => return copy_setup(app),
        Action::Refusals => {
            let words = draw::refusals(&app.intake);
            app.say(words, app.intake.turned_away() > 0);
            return Vec::new();
        }
        Action::Demo if app.settings.demo => {
            app.say("the demo is starting", false);
            return vec![Effect::StartDemo];
        }
        Action::Complete | Action::CompleteBack => {
            runs.complete(action == Action::CompleteBack, |field| known_values(field, app.runs.iter()));
        }
        Action::Group => {
            runs.group = By::next(runs.group);
            let word = runs.group.map(|by| format!("grouped by {}", by.word()));
            runs.lay_in_groups(&app.runs, app.now, height);
            app.say(word.unwrap_or_else(|| "not grouped".to_owned()), false);
            return Vec::new();
        }
        Action::Sort | Action::Turn => {
            let sort = if action == Action::Sort {
                runs.sort.next(&placed(list.width, app.runs.has_flags()))
            } else {
                runs.sort.turned()
            };
            runs.sort = sort;
            runs.reorder(&app.runs, app.now, height);
            app.say(format!("sorted by {}", sort.in_words()), false);
            return Vec::new();
        }
        _ => change_runs(runs, action),
    }
    refresh_lists(app);
    Vec::new()
}

/// Why an action would change nothing.
fn cannot(app: &App, action: Action) -> Option<&'static str> {
    let of_list = [Action::Filter, Action::Find, Action::Sort, Action::Turn, Action::Group, Action::Follow];
    let Some(Screen::Runs(runs)) = app.top() else {
        return None;
    };
    if app.is_empty() && of_list.contains(&action) {
        return Some("there is no run yet");
    }
    let has_all = !app.runs.has_others() && !runs.all_traces;
    (action == Action::AllTraces && has_all).then_some("there are no other traces than those of agents")
}

fn change_runs(runs: &mut Runs, action: Action) {
    match action {
        Action::Filter => runs.typing = true,
        Action::Accept => (runs.typing, runs.offer) = (false, None),
        Action::Cancel | Action::Escape => {
            runs.typing = false;
            runs.offer = None;
            runs.filter.reset();
        }
        Action::AllTraces => runs.all_traces = !runs.all_traces,
        Action::Follow => runs.follow = !runs.follow,
        _ => {}
    }
}

fn copy_setup(app: &mut App) -> Vec<Effect> {
    app.say("copied: paste it into the shell that starts your agent", false);
    vec![Effect::Copy(app.settings.setup.join("\n") + "\n")]
}

/// Opens the run under the cursor, at its findings if those are asked for.
fn open(app: &mut App, at_findings: bool) -> Vec<Effect> {
    let Some(Screen::Runs(runs)) = app.top() else {
        return Vec::new();
    };
    let Some(key) = runs.selected else {
        return Vec::new();
    };
    let mut run = Box::new(Run::new(key, app.now));
    if at_findings {
        run.open_findings();
    }
    let effects = wish_steps(&mut run).into_iter().collect();
    app.screens.push(Screen::Run(run));
    effects
}
