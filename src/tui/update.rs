//! What each message changes. Pure: the same state and message give the same state and effects.

use std::sync::Arc;

use crossterm::event::{Event as InputEvent, KeyEvent, KeyEventKind};
use tui_input::backend::crossterm::EventHandler;

use crate::model::{RunKey, RunSummary};

use super::app::{App, Effect, Msg, Pull, RunsAnswer, Screen};
use super::backend::RunView;
use super::document::Document;
use super::keys::Action;
use super::screens::{Help, Pane, Run, Runs, step_of};
use super::{draw, layout, mouse};

/// Changes the state and says what is to be done.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    let mut effects = match msg {
        Msg::Now(now) => {
            app.now = now;
            return Vec::new();
        }
        Msg::Input(event) => input(app, event),
        Msg::Committed(revision) if revision <= app.runs.revision => Vec::new(),
        Msg::Committed(_) | Msg::IntakeChanged => wish_runs(app),
        Msg::Runs(answer) => runs_arrived(app, answer),
        Msg::Steps(run, answer) => steps_arrived(app, run, answer),
        Msg::Detail(number, answer) => {
            detail_arrived(app, number, answer);
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
    effects
}

/// Said where the key for the cost finds none.
const NO_COST: &str = "no model call is paid here";

fn wish_runs(app: &mut App) -> Vec<Effect> {
    if app.pull.wish() { vec![Effect::LoadRuns(app.runs.revision)] } else { Vec::new() }
}

fn runs_arrived(app: &mut App, answer: Result<RunsAnswer, String>) -> Vec<Effect> {
    let mut effects = Vec::new();
    app.loaded = true;
    match answer {
        Ok(answer) => {
            app.trouble = None;
            app.intake = answer.intake;
            app.database_bytes = answer.database_bytes;
            let keys: Vec<RunKey> = answer.changed.iter().map(|run| run.key).collect();
            effects.extend(follow_merged(app, &answer.changed));
            let merged = app.runs.merge(answer.changed);
            let height = list_height(app);
            for screen in &mut app.screens {
                if let Screen::Runs(runs) = screen {
                    runs.take_in(&merged, &app.runs, height);
                }
            }
            effects.extend(open_runs(app).filter(|run| keys.contains(&run.key)).filter_map(wish_steps));
        }
        Err(why) => app.trouble = Some(why),
    }
    if app.pull.answered() {
        effects.push(Effect::LoadRuns(app.runs.revision));
    }
    effects
}

/// A run that is open and was taken over is left for the one that holds its steps now.
fn follow_merged(app: &mut App, changed: &[RunSummary]) -> Vec<Effect> {
    let mut effects = Vec::new();
    for (gone, into) in changed.iter().filter_map(|run| Some((run.key, run.merged_into?))) {
        for run in open_runs(app).filter(|run| run.key == gone) {
            run.key = into;
            // what was asked for under the old key is not waited for
            run.pull = Pull::default();
            effects.extend(wish_steps(run));
        }
    }
    effects
}

fn wish_steps(run: &mut Run) -> Option<Effect> {
    run.pull.wish().then_some(Effect::LoadSteps(run.key))
}

fn open_runs(app: &mut App) -> impl Iterator<Item = &mut Run> {
    app.screens.iter_mut().filter_map(|screen| match screen {
        Screen::Run(run) => Some(&mut **run),
        _ => None,
    })
}

fn steps_arrived(app: &mut App, key: RunKey, answer: Result<Arc<RunView>, String>) -> Vec<Effect> {
    let size = app.size;
    let Some(run) = open_runs(app).find(|run| run.key == key) else {
        return Vec::new();
    };
    match answer {
        Ok(view) => {
            run.error = None;
            run.tree.refresh(&view, run.tree_height(size));
            run.view = Some(view);
        }
        Err(why) => run.error = Some(why),
    }
    if run.pull.answered() { vec![Effect::LoadSteps(key)] } else { Vec::new() }
}

fn detail_arrived(app: &mut App, number: u64, answer: Result<Arc<Document>, String>) {
    let Some(run) = open_runs(app).find(|run| run.detail.waits_for == Some(number)) else {
        return;
    };
    run.detail.waits_for = None;
    match answer {
        Ok(document) => {
            run.detail.set(document, true);
            if run.detail.seeks_cost && !run.detail.go_to_cost() {
                app.say(NO_COST, false);
            }
        }
        Err(why) => {
            run.detail.document = None;
            run.detail.error = Some(why);
            run.detail.refresh();
        }
    }
}

/// What must be so after every change: cursors in their windows, the detail of the step under the cursor asked for.
fn settle(app: &mut App, effects: &mut Vec<Effect>) {
    let size = app.size;
    let banner = app.intake.store_trouble.is_some();
    let mut number = app.number;
    for screen in &mut app.screens {
        match screen {
            Screen::Runs(runs) => runs.fit(layout::runs(size, banner).list.height.into()),
            Screen::Run(run) => settle_run(run, size, &mut number, effects),
            Screen::Help(_) => {}
        }
    }
    app.number = number;
}

fn settle_run(run: &mut Run, size: (u16, u16), number: &mut u64, effects: &mut Vec<Effect>) {
    let areas = run.areas(size);
    if let Some(tree) = areas.tree {
        run.tree.fit(tree.height.into());
    }
    if areas.detail.is_some() {
        if let Some(step) = run.wanted_detail() {
            *number += 1;
            run.detail.waits_for = Some(*number);
            effects.push(Effect::LoadDetail(*number, Box::new(step)));
        }
        let (columns, height) = run.document_size(size);
        run.detail.fit(columns, height);
    }
}

fn list_height(app: &App) -> usize {
    layout::runs(app.size, app.intake.store_trouble.is_some()).list.height.into()
}

fn refresh_lists(app: &mut App) {
    let height = list_height(app);
    for screen in &mut app.screens {
        if let Screen::Runs(runs) = screen {
            runs.refresh(&app.runs, height);
        }
    }
}

fn input(app: &mut App, event: InputEvent) -> Vec<Effect> {
    match event {
        InputEvent::Key(key) if key.kind != KeyEventKind::Release => key_pressed(app, key),
        InputEvent::Mouse(mouse) => {
            mouse::used(app, mouse);
            Vec::new()
        }
        InputEvent::Paste(text) => {
            pasted(app, &text);
            Vec::new()
        }
        InputEvent::Resize(width, height) => {
            app.size = (width, height);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn key_pressed(app: &mut App, key: KeyEvent) -> Vec<Effect> {
    app.notice = None;
    if let Some(action) = app.settings.keys.action(app.chain(), &key) {
        return act(app, action);
    }
    edit_filter(app, &InputEvent::Key(key));
    Vec::new()
}

/// Keys that mean nothing else write into the filter while it is typed.
fn edit_filter(app: &mut App, event: &InputEvent) {
    let changed = match app.screens.last_mut() {
        Some(Screen::Runs(runs)) if runs.typing => {
            runs.filter.handle_event(event).is_some_and(|change| change.value)
        }
        _ => false,
    };
    if changed {
        refresh_lists(app);
    }
}

fn pasted(app: &mut App, text: &str) {
    if let Some(Screen::Runs(runs)) = app.screens.last_mut()
        && runs.typing
    {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let value = format!("{}{words}", runs.filter.value());
        runs.filter = std::mem::take(&mut runs.filter).with_value(value);
        refresh_lists(app);
    }
}

/// Does what a key, or a name in the palette to come, stands for.
fn act(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::Quit => return vec![Effect::Quit],
        Action::Suspend => return vec![Effect::Suspend],
        Action::Back if app.screens.len() == 1 => return vec![Effect::Quit],
        Action::Back => back(app),
        Action::Help => help(app),
        _ => return act_on_screen(app, action),
    }
    Vec::new()
}

/// Leaves the topmost screen, unless it is the only one.
pub(super) fn back(app: &mut App) {
    if app.screens.len() > 1 {
        app.screens.pop();
    }
}

fn help(app: &mut App) {
    if matches!(app.top(), Some(Screen::Help(_))) {
        return back(app);
    }
    let chain = app.chain();
    app.screens.push(Screen::Help(Help { chain, top: 0 }));
}

fn act_on_screen(app: &mut App, action: Action) -> Vec<Effect> {
    match app.screens.last_mut() {
        Some(Screen::Runs(_)) => return act_on_runs(app, action),
        Some(Screen::Run(_)) => return act_on_run(app, action),
        Some(Screen::Help(help)) => {
            let area = layout::help(app.size);
            let height = usize::from(area.height.saturating_sub(2));
            let len = draw::help_lines(help.chain, false).len();
            match step_of(action, height) {
                Some(step) => {
                    let top = help.top.saturating_add_signed(step);
                    help.top = top.min(len.saturating_sub(height));
                }
                None if action == Action::Escape => back(app),
                None => {}
            }
        }
        None => {}
    }
    Vec::new()
}

fn act_on_runs(app: &mut App, action: Action) -> Vec<Effect> {
    let height = list_height(app);
    let Some(Screen::Runs(runs)) = app.screens.last_mut() else {
        return Vec::new();
    };
    if let Some(step) = step_of(action, height) {
        runs.step(step);
        return Vec::new();
    }
    match action {
        Action::Open => return open(app),
        Action::CopySetup => return copy_setup(app),
        Action::Refusals => {
            let words = draw::refusals(&app.intake);
            app.say(words, app.intake.turned_away() > 0);
            return Vec::new();
        }
        Action::Demo if app.settings.demo => {
            app.say("the demo is starting", false);
            return vec![Effect::StartDemo];
        }
        _ => change_runs(runs, action),
    }
    refresh_lists(app);
    Vec::new()
}

fn change_runs(runs: &mut Runs, action: Action) {
    match action {
        Action::Filter => runs.typing = true,
        Action::Accept => runs.typing = false,
        Action::Cancel | Action::Escape => {
            runs.typing = false;
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

fn open(app: &mut App) -> Vec<Effect> {
    let Some(Screen::Runs(Runs { selected: Some(key), .. })) = app.top() else {
        return Vec::new();
    };
    let mut run = Box::new(Run::new(*key, app.now));
    let effects = wish_steps(&mut run).into_iter().collect();
    app.screens.push(Screen::Run(run));
    effects
}

fn act_on_run(app: &mut App, action: Action) -> Vec<Effect> {
    let size = app.size;
    let Some(Screen::Run(run)) = app.screens.last_mut() else {
        return Vec::new();
    };
    match action {
        Action::Escape if run.zoom => run.zoom = false,
        Action::Escape if run.focus == Pane::Detail => run.focus = Pane::Tree,
        Action::Escape => {
            back(app);
            return Vec::new();
        }
        Action::Pane if run.focus == Pane::Tree => run.focus = Pane::Detail,
        Action::Pane => (run.focus, run.zoom) = (Pane::Tree, false),
        Action::Zoom => {
            run.zoom = !run.zoom;
            run.focus = Pane::Detail;
        }
        Action::Copy => return copy(app),
        Action::Cost => show_cost(app),
        Action::NextError | Action::PreviousError => seek_error(app, action == Action::NextError),
        _ if run.focus == Pane::Detail => act_on_detail(run, size, action),
        _ => act_on_tree(run, size, action),
    }
    Vec::new()
}

fn copy(app: &mut App) -> Vec<Effect> {
    let Some(Screen::Run(run)) = app.top() else {
        return Vec::new();
    };
    let Some(text) = run.detail.copied() else {
        return Vec::new();
    };
    let lines = text.lines().count();
    app.say(if lines == 1 { "copied".to_owned() } else { format!("copied {lines} lines") }, false);
    vec![Effect::Copy(text)]
}

/// Goes to what is said of the cost, now or as soon as the detail is here.
fn show_cost(app: &mut App) {
    let Some(Screen::Run(run)) = app.screens.last_mut() else {
        return;
    };
    run.focus = Pane::Detail;
    run.detail.seeks_cost = true;
    if run.detail.is_current() && !run.detail.go_to_cost() {
        app.say(NO_COST, false);
    }
}

fn seek_error(app: &mut App, forward: bool) {
    let Some(Screen::Run(run)) = app.screens.last_mut() else {
        return;
    };
    let Some(view) = run.view.clone() else {
        return;
    };
    if !run.tree.seek_error(&view, forward) {
        app.say(if forward { "no failed step below" } else { "no failed step above" }, false);
    }
}

/// What an action changes in the tree of an open run.
pub(super) fn act_on_tree(run: &mut Run, size: (u16, u16), action: Action) {
    let Some(view) = run.view.clone() else {
        return;
    };
    let height = run.tree_height(size);
    if let Some(step) = step_of(action, height) {
        return run.tree.step(step, &view);
    }
    if action == Action::Open {
        run.focus = Pane::Detail;
    }
    let tree = &mut run.tree;
    match action {
        Action::Fold => return tree.fold(&view),
        Action::Unfold => return tree.unfold(&view),
        Action::Toggle => return tree.toggle(&view),
        Action::FoldAll => tree.fold_all(&view),
        Action::UnfoldAll => tree.folded.clear(),
        Action::Plumbing => tree.plumbing = !tree.plumbing,
        Action::Follow => tree.follow = !tree.follow,
        _ => return,
    }
    tree.refresh(&view, height);
}

fn act_on_detail(run: &mut Run, size: (u16, u16), action: Action) {
    let (columns, height) = run.document_size(size);
    if let Some(step) = step_of(action, height) {
        return run.detail.step(step, columns);
    }
    match action {
        Action::Fold => run.detail.fold(),
        Action::Unfold => run.detail.unfold(),
        Action::Toggle => run.detail.toggle(),
        Action::FoldAll => run.detail.fold_all(true),
        Action::UnfoldAll => run.detail.fold_all(false),
        Action::NextStep => act_on_tree(run, size, Action::Down),
        Action::PreviousStep => act_on_tree(run, size, Action::Up),
        Action::Follow | Action::Plumbing => act_on_tree(run, size, action),
        _ => {}
    }
}
