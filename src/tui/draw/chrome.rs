//! What frames every screen below: the line of keys, what was refused, what ails the store.

use ratatui::layout::Rect;

use crate::model::IntakeCounts;
use crate::report::format;
use crate::report::text;
use crate::tui::app::{App, Screen};
use crate::tui::keys::{Action, Binding, Bound, chains::Chain};
use crate::tui::possible::is_possible;
use crate::tui::screens::{Pane, Run};
use crate::tui::theme::Role;

use super::canvas::{Canvas, Flow, columns};
use super::header;

/// What was turned away, in words: the last reason first, for it is what can be acted on.
pub fn refusals(counts: &IntakeCounts) -> String {
    let kinds = [
        (counts.refused, "request", "put off for now"),
        (counts.bad_requests, "bad request", "refused"),
        (counts.rejected, "record", "left out"),
    ];
    let told = kinds.iter().filter(|(count, ..)| *count > 0);
    let told: Vec<String> = told.map(|&(n, one, how)| format!("{} {how}", counted(n, one))).collect();
    match (&counts.last_refusal, told.is_empty()) {
        (_, true) => "nothing was refused".to_owned(),
        (Some(why), _) => format!("{}; the last: {why}", told.join(", ")),
        (None, _) => told.join(", "),
    }
}

/// `1 loop`, `2 loops`.
pub(in crate::tui) fn counted(count: u64, one: &str) -> String {
    format!("{} {one}{}", format::count(count), if count == 1 { "" } else { "s" })
}

/// News if there is any, else the keys that do something now; at the right help, before it what was refused and what comes in.
pub(super) fn footer(canvas: &mut Canvas, app: &App, area: Rect) {
    let mut flow = Flow::new(canvas, Rect { width: area.width.saturating_sub(1), ..area });
    flow.gap(1);
    if let Some(Screen::Run(run)) = app.top()
        && run.typing() == Some(true)
    {
        return search_line(&mut flow, run);
    }
    if let Some(notice) = &app.notice {
        // a notice is what was just asked for: it has the row for itself
        flow.put(&notice.text, if notice.bad { Role::Error } else { Role::Text });
        return;
    }
    if let Some(words) = errand(app) {
        flow.put(&words, Role::Dim);
        return;
    }
    if matches!(app.top(), Some(Screen::Palette(_) | Screen::Confirm(_))) {
        // the box has its keys in its border
        return;
    }
    if let Some(key) = key_for(app, Action::Help) {
        // the way to all other keys stays where there is no room for them
        flow.right(&[(" ", Role::Text), (&key, Role::Accent), (" help", Role::Dim)]);
    }
    refused(&mut flow, app);
    received(&mut flow, app);
    if let Some(why) = trouble_elsewhere(app) {
        flow.put(app.settings.look.glyphs.error, Role::Error).gap(1).put(&why, Role::Error);
        return;
    }
    let chain = app.chain();
    let keys = &app.settings.keys;
    let listed = keys.listening(chain).filter(|row| {
        let offers = row.binding.action != Action::Help && !label(app, row.binding).is_empty();
        offers && is_possible(app, app.top(), row.binding)
    });
    for (row, key) in listed.filter_map(|row| Some((row, keys.key_of(chain, row)?))) {
        let key = key.shown(app.settings.look.glyphs.ascii);
        let label = label(app, row.binding);
        let needs = columns(text::width(&key) + 1 + text::width(label));
        if flow.room() < needs {
            break;
        }
        flow.put(&key, Role::Accent).gap(1).put(label, Role::Dim).gap(2);
    }
}

/// What is under way out of sight, once it takes long.
fn errand(app: &App) -> Option<String> {
    if app.errands.copies_long(app.now) {
        let key = app.key_in(app.chain(), Action::Escape);
        return Some(format!("reading the step to copy it · {key} gives up"));
    }
    if app.errands.reads_long(app.now) {
        return Some("reading the step to open it · any key gives up".to_owned());
    }
    app.errands.deletes_long(app.now).then(|| "deleting; done when it is committed".to_owned())
}

/// What is typed into a search, how many hits there are.
fn search_line(flow: &mut Flow, run: &Run) {
    let Some((input, words)) = run.search_line() else {
        return;
    };
    let bad = words == "no hits";
    flow.right(&[(&words, if bad { Role::Warning } else { Role::Dim })]);
    let (before, after) = input.value().split_at(byte_of(input.value(), input.cursor()));
    flow.put("/", Role::Accent).put(before, Role::Text).put("▏", Role::Accent).put(after, Role::Text);
}

/// Where the letter of this number begins.
fn byte_of(text: &str, letter: usize) -> usize {
    text.char_indices().nth(letter).map_or(text.len(), |(at, _)| at)
}

/// What was refused, on screens without a header; below one the key that tells why.
fn refused(flow: &mut Flow, app: &App) {
    let count = app.intake.turned_away();
    if count == 0 {
        return;
    }
    let words = format!("{} refused", format::count(count));
    match key_for(app, Action::Refusals) {
        Some(key) => flow.right(&[(" refused, why: ", Role::Warning), (&key, Role::Accent)]),
        None => flow.right(&[(" ", Role::Text), (&words, Role::Warning)]),
    };
}

/// What comes in while a run fills the screen, where there is room for more than keys.
fn received(flow: &mut Flow, app: &App) {
    const ROOMY: u16 = 110;
    let rate = header::rate(app);
    if matches!(app.top(), Some(Screen::Run(_) | Screen::Handoffs(_) | Screen::Replay(_)))
        && app.size.0 >= ROOMY
        && !rate.is_empty()
    {
        flow.right(&[(" ", Role::Text), (&rate, Role::Dim)]);
    }
}

/// What ails the store or its reading, on screens that have no other place for it.
fn trouble_elsewhere(app: &App) -> Option<String> {
    let Some(Screen::Run(_) | Screen::Replay(_) | Screen::Diff(_)) = app.top() else {
        return None;
    };
    let stored = app.intake.store_trouble.as_ref().map(|why| format!("not stored: {why}"));
    stored.or_else(|| app.trouble.as_ref().map(|why| format!("cannot read: {why}")))
}

/// From the first screen there is no way back but out; what is shown now is not offered, nor that a step is unfolded whose
/// steps can be seen: from step to step the same labels stay in the same places.
fn label(app: &App, binding: &Binding) -> &'static str {
    match (binding.action, app.top()) {
        (Action::Back, _) if app.screens.len() == 1 => "quit",
        (Action::Timeline, Some(Screen::Run(run))) if run.timeline.is_some() => "tree",
        (Action::Unfold, Some(Screen::Run(run))) if run.focus == Pane::Tree && !run.is_folded_here() => "",
        _ => binding.label,
    }
}

/// The keys that the box on top has now, set into its lower border.
pub(super) fn answers(canvas: &mut Canvas, app: &App, chain: Chain, actions: &[Action], frame: Rect) {
    let ascii = canvas.look.glyphs.ascii;
    let y = frame.bottom().saturating_sub(1);
    let border = Rect { x: frame.x + 2, y, width: frame.width.saturating_sub(4), height: 1 };
    let mut flow = Flow::new(canvas, border);
    let can =
        |row: &&Bound| actions.contains(&row.binding.action) && is_possible(app, app.top(), row.binding);
    for row in app.settings.keys.listening(chain).filter(can) {
        let Some(key) = app.settings.keys.key_of(chain, row) else { continue };
        flow.put(" ", Role::Text).put(&key.shown(ascii), Role::Accent);
        flow.put(&format!(" {} ", row.binding.label), Role::Dim);
    }
}

/// The key of an action, where it can be pressed now.
pub(super) fn key_for(app: &App, action: Action) -> Option<String> {
    let key = app.settings.keys.key_for(app.chain(), action)?;
    Some(key.shown(app.settings.look.glyphs.ascii))
}
