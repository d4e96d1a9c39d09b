//! Places where nothing is listed: why, and what to do.

use ratatui::layout::Rect;

use crate::report::text;
use crate::tui::app::App;
use crate::tui::document::rows;
use crate::tui::keys::{Action, chains};
use crate::tui::screens::Runs;
use crate::tui::theme::Role;

use super::canvas::{Canvas, Flow, columns};
use super::chrome::counted;
use super::runs::Words;

/// The list where nothing is listed: why, and what to do.
pub(super) fn draw(canvas: &mut Canvas, app: &App, runs: &Runs, area: Rect) {
    if !app.loaded {
        return centred(canvas, area, &[vec![("reading the runs".to_owned(), Role::Dim)]]);
    }
    if app.runs.is_empty() && app.trouble.is_some() {
        // why is told below; to teach how to begin would say that there are none
        return centred(canvas, area, &[vec![("the runs cannot be read".to_owned(), Role::Error)]]);
    }
    if app.runs.is_empty() {
        return centred(canvas, area, &first_steps(app));
    }
    let mut lines = vec![vec![("no run to show here".to_owned(), Role::Title)]];
    if !runs.filter.value().is_empty() {
        let words = format!("the filter is “{}”; ", runs.filter.value());
        let way_out = if runs.typing { Action::Cancel } else { Action::Escape };
        let key = app.key_in(app.chain(), way_out);
        lines.push(vec![(words, Role::Dim), (key, Role::Accent), (" clears it".into(), Role::Dim)]);
    }
    lines.extend(excluding(runs));
    if runs.hidden > 0 {
        let words = format!(" shows {} without an agent's doing", counted(runs.hidden as u64, "trace"));
        lines.push(vec![(app.key_in(chains::RUNS, Action::AllTraces), Role::Accent), (words, Role::Dim)]);
    }
    centred(canvas, area, &lines);
}

/// Which words of the filter keep the runs away.
fn excluding(runs: &Runs) -> Vec<Words> {
    if runs.excluding.is_empty() {
        return Vec::new();
    }
    let telling = runs.excluding.iter().filter(|(_, count)| *count > 0);
    let lines: Vec<Words> = telling
        .map(|(term, count)| {
            let runs = format!(": {}", counted(*count as u64, "run"));
            vec![("without ".to_owned(), Role::Dim), (term.clone(), Role::Accent), (runs, Role::Text)]
        })
        .collect();
    if lines.is_empty() {
        return vec![vec![("no one of its words alone keeps the runs away".to_owned(), Role::Dim)]];
    }
    lines
}

fn first_steps(app: &App) -> Vec<Words> {
    let plain = |words: &str, role| vec![(words.to_owned(), role)];
    let mut lines = vec![plain("no runs yet", Role::Title)];
    if app.settings.setup.is_empty() {
        lines.push(plain("this database holds none", Role::Dim));
        return lines;
    }
    lines.push(plain("Start your agent with these, and watch it here:", Role::Text));
    lines.push(Vec::new());
    lines.extend(app.settings.setup.iter().map(|line| plain(&format!("  {line}"), Role::Key)));
    lines.push(Vec::new());
    let ways = [
        (Action::CopySetup, " copies them    "),
        (Action::Demo, " plays a demo    "),
        (Action::Help, " shows all keys"),
    ];
    let ways = ways.into_iter().filter(|(action, _)| *action != Action::Demo || app.settings.demo);
    let key = |action| (app.key_in(chains::EMPTY, action), Role::Accent);
    lines.push(ways.flat_map(|(action, does)| [key(action), (does.to_owned(), Role::Dim)]).collect());
    lines
}

/// Lines in the middle of an area, at one left edge, broken where they are too long; where it is low without the empty
/// ones.
pub(super) fn centred(canvas: &mut Canvas, area: Rect, lines: &[Words]) {
    // words begin off the edge of the screen; an address may reach the other
    let area = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let mut lines: Vec<Words> = lines.iter().flat_map(|line| broken(line, area.width.into())).collect();
    if lines.len() > area.height.into() {
        lines.retain(|line| !line.is_empty());
    }
    let width_of = |line: &Words| line.iter().map(|(words, _)| text::width(words)).sum::<usize>();
    let wide = columns(lines.iter().map(width_of).max().unwrap_or(0)).min(area.width);
    let high = columns(lines.len()).min(area.height);
    let x = area.x + (area.width - wide) / 2;
    let y = area.y + (area.height - high) / 2;
    for (line, y) in lines.iter().zip(y..area.bottom()) {
        let mut flow = Flow::new(canvas, Rect { x, y, width: area.right() + 1 - x, height: 1 });
        for (words, role) in line {
            flow.put(words, *role);
        }
    }
}

/// A line as rows of at most so many columns; every word keeps its look.
fn broken(line: &Words, columns: usize) -> Vec<Words> {
    let text: String = line.iter().map(|(words, _)| words.as_str()).collect();
    let ends = line.iter().scan(0, |end, (words, _)| {
        let from = *end;
        *end += words.len();
        Some((from, *end))
    });
    let pieces: Vec<_> = ends.zip(line).map(|(place, (_, role))| (place, *role)).collect();
    let part = |(from, to): (usize, usize)| {
        let cut = |&((begin, end), role): &((usize, usize), Role)| {
            let words = text.get(begin.max(from)..end.min(to)).unwrap_or_default();
            (!words.is_empty()).then(|| (words.to_owned(), role))
        };
        pieces.iter().filter_map(cut).collect()
    };
    rows(&text, columns).into_iter().map(part).collect()
}
