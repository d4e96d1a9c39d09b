//! The first row of the list: what is received and how fast, what was turned away, the database, sums of all runs.

use ratatui::layout::Rect;

use crate::report::{format, text};
use crate::tui::app::{App, Mode};
use crate::tui::theme::Role;

use super::canvas::{Canvas, Flow, columns};

/// Columns that keep the sums apart from what stands before them.
const DISTANCE: u16 = 1;

/// Words and their look, one after the other.
type Piece = (String, Role);

/// How much is left out where room is short, from nothing to all that can be: first what people know anyway.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Short {
    Nothing,
    /// The name of the database; its size stays.
    Name,
    /// What listens on which port.
    Protocols,
    /// The ports.
    Addresses,
    /// What was refused and what was dropped become one count.
    Kinds,
    /// The database.
    Size,
    /// The word beside the sign that it receives.
    Word,
}

impl Short {
    const ALL: [Self; 7] =
        [Self::Nothing, Self::Name, Self::Protocols, Self::Addresses, Self::Kinds, Self::Size, Self::Word];
}

/// Draws the row.
pub(super) fn draw(canvas: &mut Canvas, app: &App, area: Rect) {
    let dot = format!(" {} ", canvas.look.glyphs.dot);
    let mut flow = Flow::new(canvas, Rect { width: area.width.saturating_sub(1), ..area });
    flow.gap(1).put("spanglass", Role::Title).gap(2);
    if app.loaded {
        sums(&mut flow, app, &dot);
    } else if !app.runs.is_empty() {
        flow.right(&[("reading older runs", Role::Dim)]);
    }
    let room = flow.room().saturating_sub(DISTANCE);
    let fitting =
        Short::ALL.iter().map(|&short| pieces(app, &dot, short)).find(|pieces| wide(pieces) <= room);
    for (words, role) in fitting.unwrap_or_else(|| pieces(app, &dot, Short::Word)) {
        flow.put(&words, role);
    }
}

fn wide(pieces: &[Piece]) -> u16 {
    columns(pieces.iter().map(|(words, _)| text::width(&text::shown(words))).sum())
}

fn sums(flow: &mut Flow, app: &App, dot: &str) {
    let (sums, live) = (app.runs.sums(), app.runs.live(app.now));
    let live_role = if live > 0 { Role::Running } else { Role::Dim };
    let live = format!("{} live", format::count(live as u64));
    let cost = format::cost_total(&sums.cost());
    let plural = if sums.runs == 1 { "run" } else { "runs" };
    let runs = format!("{} {plural}", sums.runs);
    flow.right(&[
        (&runs, Role::Text),
        (dot, Role::Faint),
        (&live, live_role),
        (if cost.is_empty() { "" } else { dot }, Role::Faint),
        (&cost, Role::Text),
    ]);
}

/// All that stands before the sums, with the distances between.
fn pieces(app: &App, dot: &str, short: Short) -> Vec<Piece> {
    let mut pieces = state(app, dot, short);
    if short < Short::Size {
        let name = if short < Short::Name { format!("{} ", app.settings.database) } else { String::new() };
        pieces.push((format!("   {name}{}", format::bytes(app.database_bytes)), Role::Dim));
    }
    if let Some(words) = turned_away(app, dot, short < Short::Kinds) {
        pieces.push((format!("   {words}"), Role::Warning));
    }
    pieces
}

/// Whether it receives, how fast and where; or that it only reads.
fn state(app: &App, dot: &str, short: Short) -> Vec<Piece> {
    let glyphs = app.settings.look.glyphs;
    let Mode::Live(addresses) = &app.settings.mode else {
        return vec![(format!("{} read-only", glyphs.idle), Role::Dim)];
    };
    let mut pieces = vec![(glyphs.live.to_owned(), Role::Ok)];
    if short < Short::Word {
        pieces.push((" receiving".to_owned(), Role::Text));
    }
    let rate = rate(app);
    if !rate.is_empty() {
        pieces.push((format!(" {rate}"), Role::Running));
    }
    for (at, address) in addresses.iter().enumerate().filter(|_| short < Short::Addresses) {
        pieces.push((if at == 0 { "  " } else { dot }.to_owned(), Role::Faint));
        let port = || address.rsplit(' ').next().unwrap_or_default().to_owned();
        pieces.push((if short < Short::Protocols { address.clone() } else { port() }, Role::Dim));
    }
    pieces
}

/// `240/s`: spans and log records a second; nothing while nothing comes.
pub(super) fn rate(app: &App) -> String {
    let rate = app.rate.per_second(app.now);
    if rate <= 0.0 {
        String::new()
    } else if rate < 10.0 {
        format!("{rate:.1}/s")
    } else {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "positive, and far below"
        )]
        let whole = rate.round() as u64;
        format!("{}/s", format::count(whole))
    }
}

/// Requests that were refused, records that were dropped from others; `None` while there is neither.
fn turned_away(app: &App, dot: &str, apart: bool) -> Option<String> {
    let counts = &app.intake;
    let (refused, dropped) = (counts.refused + counts.bad_requests, counts.rejected);
    let told = |count: u64, what: &str| (count > 0).then(|| format!("{} {what}", format::count(count)));
    if !apart {
        return told(refused + dropped, "refused");
    }
    let parts: Vec<String> =
        [told(refused, "refused"), told(dropped, "dropped")].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(dot))
}
