//! What each message changes. Pure: the same state and message give the same state and effects.

mod arrivals;
mod choose;
mod delete;
mod diff;
mod findings;
mod handoffs;
mod palette;
mod reading;
mod remarks;
mod replay;
mod run;
mod runs;
mod search;
mod siblings;
mod timeline;

use crossterm::event::{Event as InputEvent, KeyEvent, KeyEventKind};

use super::app::{App, Effect, Msg, Screen};
use super::keys::Action;
use super::screens::{Help, step_of};
use super::{draw, layout, mouse};

pub(super) use self::handoffs::go as go_to_handoff;
pub(super) use self::run::act_on_tree;
pub(super) use self::timeline::{click as click_in_timeline, wheel as wheel_over_timeline};

/// Changes the state and says what is to be done.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    let mut effects = match msg {
        Msg::Now(now) => {
            let before = std::mem::replace(&mut app.now, now);
            runs::time_passed(app, before);
            app.notice.take_if(|notice| notice.is_over(now));
            return Vec::new();
        }
        Msg::Input(event) => input(app, event),
        Msg::Committed(revision) if revision <= app.runs.revision => Vec::new(),
        Msg::Committed(_) | Msg::IntakeChanged => wish_runs(app),
        Msg::Runs(answer) => arrivals::runs(app, answer),
        Msg::Reading(run, read) => {
            arrivals::reading(app, run, read);
            Vec::new()
        }
        Msg::Steps(run, answer) => arrivals::steps(app, run, &answer),
        Msg::Opened(run, view) => {
            arrivals::opened(app, run, &view);
            Vec::new()
        }
        Msg::Detail(number, answer) => arrivals::detail(app, number, answer),
        Msg::Gists(run, answer) => {
            arrivals::gists(app, run, &answer);
            replay::gists(app, run, &answer);
            Vec::new()
        }
        Msg::Found(number, answer) => {
            arrivals::found(app, number, answer);
            Vec::new()
        }
        Msg::Preview(run, answer) => {
            arrivals::preview(app, run, &answer);
            Vec::new()
        }
        Msg::Hits(number, answer) => {
            search::found(app, number, answer);
            Vec::new()
        }
        Msg::Remarks(run, answer) => remarks::arrived(app, run, answer),
        Msg::Dismissed(run, answer) => remarks::dismissed(app, run, answer),
        Msg::Deleted(answer) => {
            delete::done(app, answer);
            Vec::new()
        }
        Msg::Json(number, answer) => reading::step_json(app, number, answer),
        Msg::Diff(number, answer) => {
            diff::arrived(app, number, answer);
            Vec::new()
        }
        Msg::Pair(number, answer) => {
            diff::pair_arrived(app, number, answer);
            Vec::new()
        }
        Msg::Background(background) => {
            let look = &mut app.settings.look;
            look.theme = look.themes.told(background).unwrap_or_else(|| look.theme.clone());
            Vec::new()
        }
        Msg::Said(number, answer) => {
            reading::said(app, number, answer);
            Vec::new()
        }
        Msg::Replay(view) => {
            replay::ready(app, &view);
            Vec::new()
        }
        Msg::LaidOut(view) => arrivals::laid_out(app, &view),
        Msg::Scene(number, answer) => {
            replay::scene_arrived(app, number, answer);
            Vec::new()
        }
        Msg::Suspend => vec![Effect::Suspend],
        Msg::Terminate => vec![Effect::Quit],
        Msg::Failed(why) => {
            app.say(why, true);
            Vec::new()
        }
    };
    settle(app, &mut effects);
    effects.extend(remarks::of_selected(app));
    effects
}

fn wish_runs(app: &mut App) -> Vec<Effect> {
    if app.pull.wish() { vec![Effect::LoadRuns(app.runs.revision)] } else { Vec::new() }
}

/// What must be so after every change: cursors in their windows, the detail of the step under the cursor asked for.
fn settle(app: &mut App, effects: &mut Vec<Effect>) {
    let (size, now) = (app.size, app.now);
    let (sizes, list) = (app.sizes, app.runs_areas().list);
    let mut number = app.number;
    effects.extend(runs::wish_preview(app));
    let below = app.run_below().and_then(|run| run.view.clone());
    let seen = app.screens.iter().rposition(|screen| !screen.is_overlay());
    for (at, screen) in app.screens.iter_mut().enumerate() {
        match screen {
            Screen::Runs(runs) => {
                runs.fit(list.height.into());
                effects.extend(runs::wish_texts(runs, app.now, &mut number));
            }
            Screen::Run(run) => {
                run.sizes = sizes;
                let present = run.present(&app.runs, app.now);
                run::settle(run, size, present, &mut number, effects);
            }
            Screen::Search(search) => effects.extend(search::settle(search, size, &mut number)),
            Screen::Handoffs(pane) => {
                if let Some(view) = &below {
                    handoffs::settle(pane, view, size);
                }
            }
            Screen::Replay(pane) => {
                pane.sizes = sizes;
                replay::settle(pane, below.as_ref(), (size, now), &mut number, effects);
            }
            Screen::Diff(diff) => {
                diff.sizes = sizes;
                diff::settle(diff, &app.runs, seen == Some(at), size, &mut number, effects);
            }
            Screen::Palette(palette) => palette.fit(layout::palette(size).list.height.into()),
            Screen::Help(help) => {
                let height = usize::from(layout::help(size).height.saturating_sub(2));
                let rows = draw::help_rows(&app.settings.keys, help.chain, size);
                help.top = help.top.min(rows.saturating_sub(height));
            }
            Screen::Confirm(_) => {}
        }
    }
    app.number = number;
}

fn input(app: &mut App, event: InputEvent) -> Vec<Effect> {
    match event {
        InputEvent::Key(key) if key.kind != KeyEventKind::Release => key_pressed(app, key),
        InputEvent::Mouse(mouse) => palette::mouse(app, mouse).unwrap_or_else(|| mouse::used(app, mouse)),
        InputEvent::Paste(text) => {
            runs::pasted(app, &text);
            search::pasted(app, &text);
            reading::pasted(app, &text);
            palette::pasted(app, &text);
            Vec::new()
        }
        InputEvent::Resize(width, height) => {
            app.size = (width, height);
            for screen in &mut app.screens {
                if let Screen::Diff(diff) = screen {
                    diff.resized(app.size);
                }
            }
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn key_pressed(app: &mut App, key: KeyEvent) -> Vec<Effect> {
    app.notice = None;
    app.errands.reads = None;
    if let Some(action) = app.settings.keys.action(app.chain(), &key) {
        return act(app, action);
    }
    runs::typed(app, &InputEvent::Key(key));
    search::typed(app, &InputEvent::Key(key));
    reading::typed(app, &InputEvent::Key(key));
    palette::typed(app, &InputEvent::Key(key));
    Vec::new()
}

/// Does what a key, or a command of the palette, stands for.
pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::Quit => return vec![Effect::Quit],
        Action::Suspend => return vec![Effect::Suspend],
        Action::Escape if reading::gives_up_copy(app) => {}
        Action::Back if app.screens.len() == 1 => return vec![Effect::Quit],
        Action::Back => return back(app),
        Action::Help => return help(app),
        Action::Palette => palette::open(app),
        Action::NextTheme => next_theme(app),
        Action::Mouse => return mouse::hand_over(app),
        Action::Mark => choose::mark(app),
        Action::Delete => delete::ask(app),
        Action::Diff => return choose::diff(app),
        Action::DiffBest => return choose::diff_best(app),
        _ => return act_on_screen(app, action),
    }
    Vec::new()
}

fn next_theme(app: &mut App) {
    let look = &mut app.settings.look;
    match look.themes.go_on() {
        Ok((name, theme)) => {
            let said = format!("theme {name}; keep it with theme = \"{name}\" in the config file");
            look.theme = theme;
            app.say(said, false);
        }
        Err(why) => app.say(why, true),
    }
}

/// Leaves the topmost screen, unless it is the only one.
pub(super) fn back(app: &mut App) -> Vec<Effect> {
    if app.screens.len() == 1 {
        return Vec::new();
    }
    match app.screens.pop() {
        Some(Screen::Diff(diff)) if diff.waits_for.is_some() => vec![Effect::DropDiff],
        Some(Screen::Run(run)) => arrivals::left(app, &run).into_iter().collect(),
        Some(Screen::Replay(replay)) => {
            replay::left(app, &replay);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn help(app: &mut App) -> Vec<Effect> {
    if matches!(app.top(), Some(Screen::Help(_))) {
        return back(app);
    }
    let chain = app.chain();
    app.screens.push(Screen::Help(Help { chain, top: 0 }));
    Vec::new()
}

fn act_on_screen(app: &mut App, action: Action) -> Vec<Effect> {
    let effects = act_on_top(app, action);
    let told = match action {
        Action::FoldAll => "all folded",
        Action::UnfoldAll => "all unfolded",
        _ => return effects,
    };
    // what that changes may be out of sight
    if app.notice.is_none() {
        app.say(told, false);
    }
    effects
}

fn act_on_top(app: &mut App, action: Action) -> Vec<Effect> {
    match app.screens.last_mut() {
        Some(Screen::Runs(_)) => return runs::act(app, action),
        Some(Screen::Run(_)) => return run::act(app, action),
        Some(Screen::Search(_)) => return search::act(app, action),
        Some(Screen::Handoffs(_)) => return handoffs::act(app, action),
        Some(Screen::Replay(_)) => return replay::act(app, action),
        Some(Screen::Diff(_)) => return diff::act(app, action),
        Some(Screen::Help(_)) => return act_on_help(app, action),
        Some(Screen::Confirm(_)) => return delete::act(app, action),
        Some(Screen::Palette(_)) => return palette::act(app, action),
        None => {}
    }
    Vec::new()
}

fn act_on_help(app: &mut App, action: Action) -> Vec<Effect> {
    let height = usize::from(layout::help(app.size).height.saturating_sub(2));
    let Some(Screen::Help(help)) = app.screens.last_mut() else {
        return Vec::new();
    };
    match step_of(action, height) {
        // the end is found when the frame is settled
        Some(step) => help.top = help.top.saturating_add_signed(step),
        None if action == Action::Escape => return back(app),
        None => {}
    }
    Vec::new()
}
