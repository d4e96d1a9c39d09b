//! Full-text search: the line being typed, and each hit in two rows: where it is, and what it says.

use std::ops::Range;

use ratatui::layout::Rect;

use crate::report::{format, text};
use crate::store::TextHit;
use crate::tui::app::App;
use crate::tui::layout;
use crate::tui::screens::{HIT_ROWS, Search};
use crate::tui::theme::Role;

use super::canvas::{Canvas, Flow};
use super::chrome::{self, counted};
use super::empty;
use super::header;
use super::run::kind_role;
use super::runs::{self, Words};

/// Of a file that an earlier version wrote, which kept fewer texts to be found; and where there is little room.
const LACKS_TEXTS: [&str; 2] = ["an old file: spanglass reindex finds more", "reindex finds more"];

/// Draws the screen.
pub(super) fn draw(canvas: &mut Canvas, app: &App, search: &Search) {
    let areas = layout::search(app.size);
    header::draw(canvas, app, areas.header);
    let typed = runs::with_caret(&search.line, usize::from(areas.line.width).saturating_sub(20));
    Flow::new(canvas, areas.line).gap(1).put("find ", Role::Title).put(&typed, Role::Accent);
    rule(canvas, search, areas.rule);
    if search.hits.is_empty() {
        empty::centred(canvas, areas.list, &nothing(search));
    }
    for (at, hit) in search.hits.iter().enumerate().skip(search.top) {
        let rows = u16::try_from(at - search.top).unwrap_or(u16::MAX).saturating_mul(HIT_ROWS);
        if rows + HIT_ROWS > areas.list.height {
            break;
        }
        let area = Rect { y: areas.list.y + rows, height: HIT_ROWS, ..areas.list };
        draw_hit(canvas, app, hit, area, at == search.at);
    }
    chrome::footer(canvas, app, areas.footer);
}

fn rule(canvas: &mut Canvas, search: &Search, area: Rect) {
    let searching = search.words();
    let hits = match (search.hits.len(), search.next) {
        (0, _) => String::new(),
        (count, Some(_)) => format!("{count} hits and more"),
        (count, None) => counted(count as u64, "hit"),
    };
    let ordered = if hits.is_empty() { String::new() } else { format!("{hits}, the newest first") };
    let [lacks, briefly] = if search.lacks_texts { LACKS_TEXTS } else { ["", ""] };
    let position = runs::position(search.at, search.hits.len());
    let room = usize::from(area.width.saturating_sub(3)).saturating_sub(text::width(&position));
    let fits = |words: &[&str; 3]| {
        let spaced = words.iter().filter(|word| !word.is_empty()).map(|word| text::width(word) + 2);
        spaced.sum::<usize>() <= room
    };
    let ways = [[&*ordered, &searching, lacks], [&*hits, &searching, lacks], [&*hits, &searching, briefly]];
    let [hits, searching, lacks] = ways.into_iter().find(fits).unwrap_or([&hits, &searching, ""]);
    canvas.rule(area, &[(hits, Role::Text), (searching, Role::Running), (lacks, Role::Warning)]);
    canvas.put_right((area.x, area.y), area.width.saturating_sub(2), &position, Role::Dim);
}

fn nothing(search: &Search) -> Vec<Words> {
    let line = |words: &str, role| vec![(words.to_owned(), role)];
    let typed = search.line.value().trim();
    match (&search.error, typed.is_empty(), search.waits_for) {
        (Some(why), ..) => vec![line("cannot search", Role::Error), line(why, Role::Text)],
        (None, true, _) => vec![
            line("Type words: every prompt, answer, tool argument and result is searched.", Role::Text),
            line("All of them must stand in one text; the last may be the beginning of a word.", Role::Dim),
            vec![
                ("text:".into(), Role::Accent),
                (" in the filter of the runs asks the same and keeps the list".into(), Role::Dim),
            ],
        ],
        (None, false, Some(_)) => vec![line(&search.words(), Role::Dim)],
        (None, false, None) => vec![
            line(&format!("no text holds “{typed}”"), Role::Title),
            line("all of the words must stand in one text, and begin as they are typed", Role::Dim),
        ],
    }
}

fn draw_hit(canvas: &mut Canvas, app: &App, hit: &TextHit, area: Rect, selected: bool) {
    whereabouts(canvas, app, hit, Rect { height: 1, ..area });
    let line = Rect { y: area.y + 1, x: area.x + 4, width: area.width.saturating_sub(5), height: 1 };
    marked(canvas, &hit.line, &hit.words, line);
    if selected {
        let glyphs = canvas.look.glyphs;
        (area.top()..area.bottom()).for_each(|y| canvas.fill((area.x, y), 1, glyphs.cursor, Role::Accent));
        canvas.overlay(area, canvas.look.theme.cursor_row(true));
    }
}

/// Run, step, and in what of it.
fn whereabouts(canvas: &mut Canvas, app: &App, hit: &TextHit, area: Rect) {
    let glyphs = canvas.look.glyphs;
    let dot = format!(" {} ", glyphs.dot);
    let more =
        if hit.runs > 1 { format!("in {} runs", format::count(hit.runs.into())) } else { String::new() };
    let mut flow = Flow::new(canvas, Rect { width: area.width.saturating_sub(1), ..area });
    flow.gap(2).right(&[(&more, Role::Dim)]);
    if let Some(run) = app.runs.get(hit.run) {
        let status = run.times.status(app.now);
        let began = format::started(run.times.start, app.now, app.settings.look.zone);
        flow.put(glyphs.status(status), runs::status_role(status)).gap(1).put(&began, Role::Dim).gap(1);
        flow.put(&runs::agent(run, 24), Role::Agent);
    }
    if let Some(step) = &hit.step {
        let (sign, role) = step.kind.map_or(("", Role::Dim), |kind| (glyphs.kind(kind), kind_role(kind)));
        flow.put(&dot, Role::Faint).put(sign, role).gap(1).put(&text::preview(&step.name, 36), Role::Text);
    }
    let role = hit.role.as_deref().unwrap_or_default();
    for words in [role, hit.attribute.as_str()].into_iter().filter(|words| !words.is_empty()) {
        flow.put(&dot, Role::Faint).put(words, Role::Dim);
    }
}

/// A line with the words that were looked for; the rest stands back.
fn marked(canvas: &mut Canvas, line: &str, words: &[Range<usize>], area: Rect) {
    let mut flow = Flow::new(canvas, area);
    let mut from = 0;
    for word in words {
        flow.put(line.get(from..word.start).unwrap_or_default(), Role::Dim);
        flow.put(line.get(word.clone()).unwrap_or_default(), Role::Title);
        from = word.end;
    }
    flow.put(line.get(from..).unwrap_or_default(), Role::Dim);
}
