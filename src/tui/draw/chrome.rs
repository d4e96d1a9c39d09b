//! What frames every screen: the header, the line of keys.

use ratatui::layout::Rect;

use crate::report::format;
use crate::report::text;
use crate::tui::app::{App, Mode, Screen};
use crate::tui::keys::{self, Action, BINDINGS, Binding};
use crate::tui::theme::Role;

use super::canvas::{Canvas, Flow, columns};

/// Product, what it listens on, the database, sums of all runs.
pub(super) fn header(canvas: &mut Canvas, app: &App, area: Rect) {
    let glyphs = canvas.look.glyphs;
    let sums = app.runs.sums(app.now);
    let dot = format!(" {} ", glyphs.dot);
    let live = format!("{} live", sums.live);
    let known = format::money(sums.cost);
    let cost = format!("{}{known}", if sums.partial { format::AT_LEAST } else { "" });
    let plural = if sums.runs == 1 { "run" } else { "runs" };
    let runs = format!("{} {plural}", sums.runs);
    let live_role = if sums.live > 0 { Role::Running } else { Role::Dim };
    let mut flow = Flow::new(canvas, Rect { width: area.width.saturating_sub(1), ..area });
    flow.gap(1).put("spanglass", Role::Title).gap(2);
    flow.right(&[
        (&runs, Role::Text),
        (&dot, Role::Faint),
        (&live, live_role),
        (&dot, Role::Faint),
        (&cost, Role::Text),
    ]);
    source(&mut flow, app, &dot);
}

fn source(flow: &mut Flow, app: &App, dot: &str) {
    let glyphs = app.settings.look.glyphs;
    match &app.settings.mode {
        Mode::Live(addresses) => {
            flow.put(glyphs.live, Role::Ok).put(" receiving", Role::Text).gap(2);
            for (at, address) in addresses.iter().enumerate() {
                flow.put(if at == 0 { "" } else { dot }, Role::Faint).put(address, Role::Dim);
            }
        }
        Mode::Saved => {
            flow.put(glyphs.idle, Role::Dim).put(" read-only", Role::Text);
        }
    }
    let size = format!("{} {}", app.settings.database, format::bytes(app.database_bytes));
    if usize::from(flow.room()) > text::width(&size) + 3 {
        flow.gap(3).put(&size, Role::Dim);
    }
}

/// News if there is any, else the keys that do something now; at the right what was refused.
pub(super) fn footer(canvas: &mut Canvas, app: &App, area: Rect) {
    let refused = app.intake.refused + app.intake.bad_requests + app.intake.rejected;
    let refused = (refused > 0).then(|| format!("{} refused", format::count(refused)));
    let mut flow = Flow::new(canvas, Rect { width: area.width.saturating_sub(1), ..area });
    flow.gap(1);
    if let Some(refused) = &refused {
        flow.right(&[(refused, Role::Warning)]);
    }
    let help = binding_of(app, Action::Help);
    if let Some(key) = &help {
        // the way to all other keys stays where there is no room for them
        flow.right(&[(key, Role::Accent), (" help", Role::Dim)]);
    }
    if let Some(notice) = &app.notice {
        flow.put(&notice.text, if notice.bad { Role::Error } else { Role::Text });
        return;
    }
    let chain = app.chain();
    let listed = chain.iter().flat_map(|context| BINDINGS.iter().filter(move |b| b.context == *context));
    let listed = listed.filter(|b| !b.label.is_empty() && b.action != Action::Help);
    for binding in listed.filter(|b| is_possible(app, b)) {
        let key = keys::written(binding.keys[0], app.settings.look.glyphs.ascii);
        let needs = columns(text::width(&key) + 1 + text::width(binding.label));
        if flow.room() < needs {
            break;
        }
        flow.put(&key, Role::Accent).gap(1).put(binding.label, Role::Dim).gap(2);
    }
}

/// The key of an action, where it can be pressed now.
fn binding_of(app: &App, action: Action) -> Option<String> {
    let chain = app.chain();
    let binding = BINDINGS.iter().find(|b| b.action == action && chain.contains(&b.context))?;
    binding.keys.first().map(|key| keys::written(key, app.settings.look.glyphs.ascii))
}

/// Whether an action would change anything now.
fn is_possible(app: &App, binding: &Binding) -> bool {
    match (app.top(), binding.action) {
        (_, Action::Demo) => app.settings.demo,
        (_, Action::CopySetup) => !app.settings.setup.is_empty(),
        (Some(Screen::Runs(runs)), Action::Open) => runs.selected.is_some(),
        (Some(Screen::Runs(_)), Action::Filter | Action::Follow) => !app.runs.is_empty(),
        (Some(Screen::Runs(_)), Action::AllTraces) => app.runs.has_others(),
        (Some(Screen::Run(run)), Action::NextError) => run.view.as_ref().is_some_and(|view| view.errors > 0),
        (Some(Screen::Run(run)), Action::Plumbing) => run.view.as_ref().is_some_and(|view| view.has_plumbing),
        _ => true,
    }
}
