//! What actions change in an open run.

use crate::model::UnixNanos;
use crate::tui::app::{App, Effect, SameView, Screen};
use crate::tui::draw;
use crate::tui::keys::Action;
use crate::tui::screens::{Pane, Run, step_of};

use super::{back, findings, handoffs, reading, remarks, replay, siblings, timeline};

/// Said where the key for the cost finds none.
pub(super) const NO_COST: &str = "no model call is paid here";

/// Does what belongs to an open run, or says why not.
pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    let Some(Screen::Run(run)) = app.top() else {
        return Vec::new();
    };
    if run.view.is_none() && run.error.is_some() && action != Action::Escape {
        // nothing is here to act on, and nothing is on its way
        return Vec::new();
    }
    if let Some(why) = cannot(app, run, action) {
        app.say(why, false);
        return Vec::new();
    }
    reading::act(app, action).unwrap_or_else(|| change(app, action))
}

/// Why an action would change nothing that can be seen.
fn cannot(app: &App, run: &Run, action: Action) -> Option<String> {
    if run.is_out_of_sight(action, app.size) {
        return Some(format!(
            "the steps are out of sight: {} shows them",
            app.key_in(run.chain(), Action::Escape)
        ));
    }
    let has_none = run.view.as_ref().is_some_and(|view| !view.has_plumbing) && !run.tree.plumbing;
    (action == Action::Plumbing && has_none).then(|| "there is no plumbing in this run".to_owned())
}

fn change(app: &mut App, action: Action) -> Vec<Effect> {
    let size = app.size;
    let Some(Screen::Run(run)) = app.screens.last_mut() else {
        return Vec::new();
    };
    match action {
        Action::Escape if run.zoom && run.zooms(size) => run.zoom = false,
        Action::Escape if run.focus == Pane::Detail => (run.focus, run.zoom) = (Pane::Tree, false),
        Action::Escape if run.findings.is_some() => run.close_findings(),
        Action::Escape if run.axis.is_narrowed() => drop(run.axis.reset()),
        Action::Escape => return back(app),
        Action::Pane => other_pane(run),
        Action::Findings if run.focus == Pane::Findings => run.close_findings(),
        Action::Findings => run.open_findings(),
        Action::NextFinding | Action::PreviousFinding | Action::NextMember | Action::PreviousMember => {
            findings::go(app, action);
        }
        Action::Handoffs => handoffs::open(app),
        Action::Replay => replay::open(app),
        Action::Dismiss => return remarks::dismiss(app),
        Action::Rounds => findings::toggle_rounds(app),
        Action::OnlyFlagged => findings::only_flagged(app),
        Action::NextSibling | Action::PreviousSibling => {
            return siblings::go(app, action == Action::NextSibling);
        }
        Action::Timeline => timeline::toggle(run),
        Action::Narrow => timeline::narrow(app),
        Action::Widen => timeline::widen(app),
        Action::Zoom => {
            run.zoom = !run.zoom;
            run.focus = Pane::Detail;
        }
        Action::Cost => show_cost(app),
        Action::Follow => follow(app),
        Action::NextError | Action::PreviousError => seek_error(app, action == Action::NextError),
        _ if run.focus == Pane::Detail => act_on_detail(run, size, action),
        _ if run.focus == Pane::Findings => findings::act(run, size, action),
        _ if run.timeline.is_some() => timeline::act(app, action),
        _ => act_on_tree(run, size, action),
    }
    Vec::new()
}

fn other_pane(run: &mut Run) {
    run.focus = match run.focus {
        Pane::Tree => Pane::Detail,
        Pane::Detail if run.findings.is_some() && !run.zoom => Pane::Findings,
        Pane::Detail | Pane::Findings => Pane::Tree,
    };
    run.zoom = false;
}

/// Follows the newest step, or no longer; says so where the steps are not in sight.
fn follow(app: &mut App) {
    let size = app.size;
    let Some(Screen::Run(run)) = app.screens.last_mut() else {
        return;
    };
    act_on_tree(run, size, Action::Follow);
    let follows = run.tree.follow;
    if run.areas(size).tree.is_none() {
        app.say(if follows { "follows the newest step" } else { "follows no longer" }, false);
    }
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
pub(in crate::tui) fn act_on_tree(run: &mut Run, size: (u16, u16), action: Action) {
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
        Action::UnfoldAll => tree.unfold_all(&view),
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
        Action::NextStep | Action::PreviousStep if run.timeline.is_some() => {
            run.go_along(action == Action::NextStep);
        }
        Action::NextStep => act_on_tree(run, size, Action::Down),
        Action::PreviousStep => act_on_tree(run, size, Action::Up),
        Action::Plumbing => act_on_tree(run, size, action),
        _ => {}
    }
}

/// Few findings have the rows that the longest of them needs; many fill their pane anyway.
fn make_room_for_messages(run: &mut Run, (width, height): (u16, u16)) {
    if let (Some(pane), Some(view)) = (&mut run.findings, &run.view) {
        let few = view.marks.flagged.iter().take(height.into());
        let rows = few.map(|flagged| draw::message_rows(flagged, width).len());
        pane.most = rows.max().unwrap_or(1).saturating_sub(1);
    }
}

pub(super) fn settle(
    run: &mut Run,
    size: (u16, u16),
    present: Option<UnixNanos>,
    number: &mut u64,
    effects: &mut Vec<Effect>,
) {
    make_room_for_messages(run, size);
    let areas = run.areas(size);
    run.fit_timeline(size, present);
    effects.extend(run.wanted_layout().map(|(view, lens)| Effect::LayOut(SameView(view), lens)));
    if let Some((number, typed)) = run.tree.wanted_words(number) {
        effects.push(if typed.is_empty() {
            Effect::DropSearchRun
        } else {
            Effect::SearchRun(number, run.key, typed)
        });
    }
    if let Some(tree) = areas.tree {
        run.tree.fit(tree.height.into());
        effects.extend(run.wanted_gists(tree.height.into()).map(|asked| Effect::LoadGists(run.key, asked)));
    }
    if let (Some(places), Some(pane), Some(view)) = (areas.findings, &mut run.findings, &run.view) {
        let message =
            pane.flagged(view).map_or(1, |flagged| draw::message_rows(flagged, places.list.width).len());
        pane.fit(places.list.height.into(), message, view.marks.flagged.len());
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
