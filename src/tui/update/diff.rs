//! What actions change while two runs stand beside each other.

use std::sync::Arc;

use crate::model::{RunKey, RunSummary};
use crate::tui::app::{App, Effect, Screen};
use crate::tui::comparison::Comparison;
use crate::tui::document::{self, Document};
use crate::tui::draw::counted;
use crate::tui::keys::Action;
use crate::tui::run_list::RunList;
use crate::tui::screens::{Diff, Reads, Run, step_of};

use super::arrivals::wish_steps;
use super::back;

pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    let size = app.size;
    let Some(Screen::Diff(diff)) = app.screens.last_mut() else {
        return Vec::new();
    };
    match action {
        Action::Escape if diff.fills() => diff.reads = Reads::Below,
        Action::Escape => return back(app),
        Action::Zoom => diff.reads = if diff.fills() { Reads::Below } else { Reads::Whole },
        Action::Swap => {
            diff.runs.swap(0, 1);
            diff.wanted = true;
        }
        Action::Totals if !diff.fills() => diff.totals = !diff.totals,
        Action::NextHunk | Action::PreviousHunk => seek(app, action == Action::NextHunk),
        Action::Messages => show_messages(app),
        Action::Export => return export(app),
        Action::Copy => return copy(app),
        _ if diff.fills() => act_on_panel(diff, size, action),
        Action::Toggle => toggle(app),
        Action::Open => return open(app),
        _ => act_on_rows(diff, size, action),
    }
    Vec::new()
}

fn act_on_rows(diff: &mut Diff, size: (u16, u16), action: Action) {
    let height = diff.height(size);
    if let Some(step) = step_of(action, height) {
        return diff.step(step);
    }
    match action {
        Action::Side => diff.turn(),
        Action::FoldAll | Action::UnfoldAll => diff.fold_all(action == Action::FoldAll, size),
        Action::Unfold => drop(diff.set_folded(Some(false), size)),
        Action::Fold => drop(diff.set_folded(Some(true), size)),
        Action::Plumbing => {
            diff.rows.frames = !diff.rows.frames;
            diff.refresh(size);
        }
        _ => {}
    }
}

/// Folds or unfolds the stretch at the cursor, or the nearest one: that may be out of sight, and is told.
fn toggle(app: &mut App) {
    let size = app.size;
    let Some(Screen::Diff(diff)) = app.screens.last_mut() else {
        return;
    };
    let before = diff.line();
    let Some((stretch, folded)) = diff.set_folded(None, size) else {
        return;
    };
    let stretch = diff.comparison.as_ref().and_then(|of| of.stretches.get(stretch as usize));
    let beside = |line: &u32| stretch.filter(|stretch| !stretch.lines.contains(line));
    if let Some((line, stretch)) = before.and_then(|line| Some((line, beside(&line)?))) {
        let did = if folded { "folded" } else { "unfolded" };
        let place = if stretch.lines.start > line { "below" } else { "above" };
        let words = format!("{did} {} {place}", counted(stretch.steps as u64, "step"));
        app.say(words, false);
    }
}

fn act_on_panel(diff: &mut Diff, size: (u16, u16), action: Action) {
    let (columns, height) = diff.panel_size(size);
    if let Some(step) = step_of(action, height) {
        return diff.panel.step(step, columns);
    }
    match action {
        Action::Fold => diff.panel.fold(),
        Action::Unfold => diff.panel.unfold(),
        Action::Toggle => diff.panel.toggle(),
        Action::FoldAll | Action::UnfoldAll => diff.panel.fold_all(action == Action::FoldAll),
        _ => {}
    }
}

fn seek(app: &mut App, forward: bool) {
    let size = app.size;
    let Some(Screen::Diff(diff)) = app.screens.last_mut() else {
        return;
    };
    let same = diff.comparison.as_ref().is_some_and(|comparison| comparison.diff.same());
    if !diff.seek(forward, size) {
        app.say(
            match (same, forward) {
                (true, _) => "both behave the same: there is no difference",
                (_, true) => "no difference further down",
                (_, false) => "no difference further up",
            },
            false,
        );
    }
}

/// The input message by message, over the whole screen; once more, and it is gone.
fn show_messages(app: &mut App) {
    let Some(Screen::Diff(diff)) = app.screens.last_mut() else {
        return;
    };
    diff.reads = if diff.reads == Reads::Messages { Reads::Below } else { Reads::Messages };
    if diff.reads == Reads::Messages && diff.pair().is_none() {
        diff.reads = Reads::Below;
        app.say("no model call here, nor one that decided where the runs part", false);
    }
}

fn copy(app: &mut App) -> Vec<Effect> {
    let Some(Screen::Diff(diff)) = app.top() else {
        return Vec::new();
    };
    let of_panel = diff.fills().then(|| diff.panel.copied()).flatten();
    let report = || diff.comparison.as_ref().map(|comparison| comparison.report.clone());
    let Some(text) = of_panel.clone().or_else(report) else {
        return Vec::new();
    };
    let what = if of_panel.is_some() { "copied" } else { "copied the comparison as Markdown:" };
    let lines = text.lines().count();
    app.say(format!("{what} {lines} {}", if lines == 1 { "line" } else { "lines" }), false);
    vec![Effect::Copy(text)]
}

/// The command that prints what is shown.
fn export(app: &mut App) -> Vec<Effect> {
    let Some(Screen::Diff(diff)) = app.top() else {
        return Vec::new();
    };
    let ids = diff.runs.map(|key| app.runs.get(key).map(|run| run.run_id.clone()));
    let [Some(a), Some(b)] = ids else {
        return Vec::new();
    };
    let command = format!("spanglass diff {a} {b} --format markdown --db {}", quoted(&app.settings.file));
    app.say(format!("copied: {command}"), false);
    vec![Effect::Copy(command)]
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let plain = path.chars().all(|c| c.is_alphanumeric() || "/._-+:@".contains(c));
    if plain && !path.is_empty() { path.to_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

/// Opens the step of the side that listens in its run; a fold unfolds.
fn open(app: &mut App) -> Vec<Effect> {
    let (window, now) = (app.size, app.now);
    let Some(Screen::Diff(diff)) = app.screens.last_mut() else {
        return Vec::new();
    };
    if diff.items.get(diff.at).is_some_and(|item| item.folds(diff.side).is_some()) {
        diff.set_folded(Some(false), window);
        return Vec::new();
    }
    let (Some(comparison), Some(line)) = (diff.comparison.clone(), diff.line()) else {
        return Vec::new();
    };
    let side = diff.row_side();
    let Some((side, id)) = [side, 1 - side].into_iter().find_map(|s| Some((s, comparison.id(line, s)?)))
    else {
        return Vec::new();
    };
    let view = &comparison.views[side];
    let mut run = Box::new(Run::new(view.run, now));
    run.tree.selected = Some(id);
    run.tree.plumbing = comparison.entry(line).is_some_and(|entry| entry.frame);
    run.tree.refresh(view, run.tree_height(window));
    run.view = Some(Arc::clone(view));
    let effects = wish_steps(&mut run).into_iter().collect();
    app.screens.push(Screen::Run(run));
    effects
}

/// What must be so after every change: rows that fit the width, requests for what is to be shown.
pub(super) fn settle(
    diff: &mut Diff,
    runs: &RunList,
    is_top: bool,
    size: (u16, u16),
    number: &mut u64,
    effects: &mut Vec<Effect>,
) {
    if !is_top {
        // another comparison may take the place of this one's request
        diff.wanted |= diff.waits_for.take().is_some();
        return;
    }
    if diff.rows.stacked != diff.areas(size).stacked {
        diff.refresh(size);
    }
    diff.fit(size);
    if diff.wanted && diff.waits_for.is_none() {
        effects.extend(wish(diff, runs, number));
    }
    settle_panel(diff, size, number, effects);
}

fn wish(diff: &mut Diff, runs: &RunList, number: &mut u64) -> Option<Effect> {
    diff.wanted = false;
    let [Some(a), Some(b)] = diff.runs.map(|key| runs.get(key).cloned()) else {
        diff.error = Some("one of the two runs is no longer here".to_owned());
        return None;
    };
    *number += 1;
    diff.waits_for = Some(*number);
    Some(Effect::LoadDiff(*number, Box::new([a, b])))
}

fn settle_panel(diff: &mut Diff, size: (u16, u16), number: &mut u64, effects: &mut Vec<Effect>) {
    let Some(comparison) = diff.comparison.clone() else {
        return;
    };
    let pair = diff.pair();
    let is_why = diff.panel.document.as_ref().is_some_and(|shown| Arc::ptr_eq(shown, &comparison.why));
    match pair {
        None if is_why => {}
        None => {
            let again = diff.asked.take().is_none();
            diff.panel.waits_for = None;
            diff.panel.set(Arc::clone(&comparison.why), again);
        }
        Some(pair) if diff.asked.as_ref() == Some(&pair) => {}
        Some(pair) => {
            *number += 1;
            diff.panel.waits_for = Some(*number);
            effects.push(Effect::LoadPair(*number, Box::new(pair.clone())));
            diff.asked = Some(pair);
        }
    }
    let (columns, height) = diff.panel_size(size);
    diff.panel.fit(columns, height);
}

fn open_diffs(app: &mut App) -> impl Iterator<Item = &mut Diff> {
    app.screens.iter_mut().filter_map(|screen| match screen {
        Screen::Diff(diff) => Some(&mut **diff),
        _ => None,
    })
}

pub(super) fn arrived(app: &mut App, number: u64, answer: Result<Arc<Comparison>, String>) {
    let size = app.size;
    let Some(diff) = open_diffs(app).find(|diff| diff.waits_for == Some(number)) else {
        return;
    };
    diff.waits_for = None;
    match answer {
        Ok(comparison) => diff.take_in(comparison, size),
        Err(why) => diff.error = Some(why),
    }
}

pub(super) fn pair_arrived(app: &mut App, number: u64, answer: Result<Arc<Document>, String>) {
    let Some(diff) = open_diffs(app).find(|diff| diff.panel.waits_for == Some(number)) else {
        return;
    };
    diff.panel.waits_for = None;
    let document = answer.unwrap_or_else(|why| Arc::new(document::failed(&why)));
    diff.panel.set(document, false);
}

/// So many steps of a run that is compared were read.
pub(super) fn reading(app: &mut App, run: RunKey, read: usize) {
    for diff in open_diffs(app) {
        let sides = diff.runs.into_iter().zip(&mut diff.read);
        sides.filter(|(key, _)| *key == run).for_each(|(_, so_far)| *so_far = read);
    }
}

/// Runs changed: what shows one of them is to be made anew.
pub(super) fn runs_changed(app: &mut App, changed: &[RunSummary]) {
    for diff in open_diffs(app) {
        for run in changed {
            if let (Some(into), true) = (run.merged_into, diff.runs.contains(&run.key)) {
                diff.runs = diff.runs.map(|key: RunKey| if key == run.key { into } else { key });
                diff.wanted = true;
            }
            diff.wanted |= diff.runs.contains(&run.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_quoted_only_where_a_shell_needs_it() {
        assert_eq!(quoted("/home/김/runs.db"), "/home/김/runs.db");
        assert_eq!(quoted("my runs.db"), "'my runs.db'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
