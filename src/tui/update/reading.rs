//! What actions change while a step is read: search in either pane, jumps, figures, copies, the pager.

use crossterm::event::Event as InputEvent;
use tui_input::backend::crossterm::EventHandler;

use crate::report::format;
use crate::tui::app::{App, Effect, FoundSteps, Screen};
use crate::tui::backend::RowId;
use crate::tui::keys::Action;
use crate::tui::screens::{Jump, Pane, Run, Said};
use crate::tui::search::Search;

use super::arrivals::open_runs;

/// Bytes that are put into the clipboard. Terminals cut or drop longer OSC 52 orders: many at 100 000 bytes.
const CLIPBOARD: usize = 100_000;

/// Does what belongs to the reading of a step; `None` for every other action.
pub(super) fn act(app: &mut App, action: Action) -> Option<Vec<Effect>> {
    let size = app.size;
    match action {
        Action::Copy => return Some(copy(app)),
        Action::CopyStep => return Some(copy_step(app)),
        Action::CopyId => return Some(copy_id(app)),
        Action::Elsewhere => return Some(elsewhere(app)),
        _ => {}
    }
    if let Some((jump, none)) = jump(action) {
        go(app, jump, none);
        return Some(Vec::new());
    }
    let run = open_run(app)?;
    match action {
        Action::Search => begin(run),
        Action::Accept => keep(run),
        Action::Cancel | Action::EndSearch => end(run),
        Action::NextHit | Action::PreviousHit => go_on(run, size, action == Action::NextHit),
        Action::CriticalPath => run.tree.path = !run.tree.path,
        Action::Column => run.tree.column = run.tree.column.next(),
        _ => return None,
    }
    Some(Vec::new())
}

fn open_run(app: &mut App) -> Option<&mut Run> {
    match app.screens.last_mut() {
        Some(Screen::Run(run)) => Some(run),
        _ => None,
    }
}

/// What an action jumps to, and what is said where there is none.
const fn jump(action: Action) -> Option<(Jump, &'static str)> {
    Some(match action {
        Action::NextCall => (Jump::Call(true), "no model call below"),
        Action::PreviousCall => (Jump::Call(false), "no model call above"),
        Action::NextTool => (Jump::Tool(true), "no tool call below"),
        Action::PreviousTool => (Jump::Tool(false), "no tool call above"),
        Action::NextSame => (Jump::Same(true), "no further step of this name below"),
        Action::PreviousSame => (Jump::Same(false), "no further step of this name above"),
        Action::NextInTime => (Jump::Time(true), "nothing began later"),
        Action::PreviousInTime => (Jump::Time(false), "nothing began earlier"),
        Action::Dearest => (Jump::Dearest, "no step has a cost of its own"),
        _ => return None,
    })
}

fn go(app: &mut App, jump: Jump, none: &str) {
    let Some(run) = open_run(app) else {
        return;
    };
    let Some(view) = run.view.clone() else {
        return;
    };
    if !run.tree.jump(&view, jump) {
        app.say(none, false);
    }
}

fn begin(run: &mut Run) {
    if run.focus == Pane::Detail {
        run.detail.search_from = run.detail.cursor;
        run.detail.search = Some(Search::default());
    } else {
        run.focus = Pane::Tree;
        run.tree.search_from = run.tree.selected;
        run.tree.search = Some(Search::default());
    }
}

/// The typed line is kept: its hits stay marked. An empty one ends the search.
fn keep(run: &mut Run) {
    let typed = if run.focus == Pane::Detail {
        run.detail.search.as_mut().map(|s| (&mut s.typing, s.input.value().is_empty()))
    } else {
        run.tree.search.as_mut().map(|s| (&mut s.typing, s.input.value().is_empty()))
    };
    match typed {
        Some((typing, false)) => *typing = false,
        _ => end(run),
    }
}

/// Ends the search; one that is still typed leaves the cursor where it began.
fn end(run: &mut Run) {
    if run.focus == Pane::Detail {
        if run.detail.search.take().is_some_and(|search| search.typing) {
            run.detail.cursor = run.detail.search_from;
        }
    } else if run.tree.search.take().is_some_and(|search| search.typing)
        && let (Some(view), Some(from)) = (run.view.clone(), run.tree.search_from)
        && let Some(row) = view.row(from)
    {
        run.tree.go_to_first(&view, row);
    }
}

fn go_on(run: &mut Run, size: (u16, u16), forward: bool) {
    if run.focus == Pane::Detail {
        let (columns, _) = run.document_size(size);
        run.detail.go_on(forward, columns);
    } else if let Some(view) = run.view.clone() {
        run.tree.go_on(&view, forward);
    }
}

/// Keys that mean nothing else write into the search while it is typed; every letter goes to the first hit.
pub(super) fn typed(app: &mut App, event: &InputEvent) {
    let size = app.size;
    let Some(run) = open_run(app) else {
        return;
    };
    let input = match run.focus {
        Pane::Detail => run.detail.search.as_mut().filter(|s| s.typing).map(|search| &mut search.input),
        Pane::Findings => None,
        Pane::Tree => run.tree.search.as_mut().filter(|s| s.typing).map(|search| &mut search.input),
    };
    if input.is_some_and(|input| input.handle_event(event).is_some_and(|change| change.value)) {
        seek(run, size);
    }
}

/// What is pasted is looked for, on one line.
pub(super) fn pasted(app: &mut App, text: &str) {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for c in words.chars() {
        let key = crossterm::event::KeyCode::Char(c);
        typed(app, &InputEvent::Key(key.into()));
    }
}

fn seek(run: &mut Run, size: (u16, u16)) {
    let (columns, _) = run.document_size(size);
    if run.focus == Pane::Detail {
        run.detail.seek();
        run.detail.go_to_first(run.detail.search_from, columns);
    } else if let Some(view) = run.view.clone() {
        run.tree.seek(&view);
        let from = run.tree.search_from.and_then(|id| view.row(id)).unwrap_or(0);
        run.tree.go_to_first(&view, from);
    }
}

/// Steps of an open run that say what is looked for; what another question asked for is dropped.
pub(super) fn said(app: &mut App, number: u64, answer: Result<FoundSteps, String>) {
    let Some(run) = open_runs(app).find(|run| run.tree.said.waits_for == Some(number)) else {
        return;
    };
    match (answer, run.view.clone()) {
        (Ok(found), Some(view)) => run.tree.take_said(&view, found),
        (Ok(_), None) => run.tree.said = Said::default(),
        (Err(why), _) => {
            run.tree.said.waits_for = None;
            app.say(format!("cannot search in what was said: {why}"), true);
        }
    }
}

fn copy(app: &mut App) -> Vec<Effect> {
    let Some(run) = open_run(app) else {
        return Vec::new();
    };
    // while a step is on its way, what is shown is of the one before
    if run.detail.waits_for.is_some() {
        return comes_still(app, "the step", Action::Copy);
    }
    let copied = run.detail.copied();
    copied.map(|text| put(app, "", text)).unwrap_or_default()
}

/// Nothing leaves the screen that is not what the eye is on.
pub(super) fn comes_still(app: &mut App, what: &str, wanted: Action) -> Vec<Effect> {
    let key = app.key_in(app.chain(), wanted);
    app.say(format!("{what} is still being read: {key} again"), false);
    Vec::new()
}

/// Puts a text into the clipboard, or says why not. What `what` names goes before the count of its lines.
pub(super) fn put(app: &mut App, what: &str, text: String) -> Vec<Effect> {
    if text.len() > CLIPBOARD {
        let (size, most) = (format::bytes(text.len() as u64), format::bytes(CLIPBOARD as u64));
        let key = app.key_in(app.chain(), Action::Elsewhere);
        app.say(
            format!("{size} are more than terminals take ({most}): {key} opens the step in your pager"),
            true,
        );
        return Vec::new();
    }
    let lines = text.lines().count();
    let lines = if lines == 1 { String::new() } else { format!(" {lines} lines") };
    app.say(format!("copied{what}{lines}"), false);
    vec![Effect::Copy(text)]
}

fn copy_step(app: &mut App) -> Vec<Effect> {
    // not what the detail shows: where it has no room it is of an earlier step, or of none
    let under_cursor = |run: &mut Run| {
        let view = run.view.as_ref()?;
        view.asked(view.row(run.tree.selected?)?)
    };
    let Some(asked) = open_run(app).and_then(under_cursor) else {
        app.say("there is no step here to copy", false);
        return Vec::new();
    };
    app.number += 1;
    app.errands.copies = Some((app.number, app.now));
    vec![Effect::LoadJson(app.number, Box::new(asked))]
}

/// Gives up the copy that takes long; false where there is none.
pub(super) fn gives_up_copy(app: &mut App) -> bool {
    let gives_up = app.errands.copies_long(app.now);
    if gives_up {
        app.errands.copies = None;
        app.say("not copied", false);
    }
    gives_up
}

/// The step as JSON came from its loader.
pub(super) fn step_json(app: &mut App, number: u64, answer: Result<String, String>) -> Vec<Effect> {
    if app.errands.copies.take_if(|(asked, _)| *asked == number).is_none() {
        return Vec::new();
    }
    match answer {
        Ok(json) => put(app, " the step as JSON", json),
        Err(why) => {
            app.say(why, true);
            Vec::new()
        }
    }
}

fn copy_id(app: &mut App) -> Vec<Effect> {
    let Some(RowId(_, span)) = open_run(app).and_then(|run| run.tree.selected) else {
        return Vec::new();
    };
    put(app, &format!(" the span id {span}"), span.to_string())
}

/// The whole step in the reader's own program: as soon as it is read, where no pane shows it yet.
fn elsewhere(app: &mut App) -> Vec<Effect> {
    let (next, now) = (app.number + 1, app.now);
    let Some(run) = open_run(app) else {
        return Vec::new();
    };
    let wanted = run.wanted_detail();
    if wanted.is_some() {
        run.detail.waits_for = Some(next);
    }
    let Some(number) = run.detail.waits_for else {
        return run.detail.document.clone().map(Effect::Read).into_iter().collect();
    };
    app.number = next.max(app.number);
    app.errands.reads = Some((number, now));
    wanted.map(|asked| Effect::LoadDetail(number, Box::new(asked))).into_iter().collect()
}
