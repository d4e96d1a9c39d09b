//! The timeline of an open run: a quiet axis, a lane for each agent, bars with their names where there is room.

use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::model::{Step, StepKind, StepStatus, UnixNanos};
use crate::report::{format, text};
use crate::tui::app::App;
use crate::tui::axis::{Window, ticks};
use crate::tui::backend::RunView;
use crate::tui::screens::{Pane, Run, TimelinePane};
use crate::tui::theme::Role;
use crate::tui::timeline::{Bar, Lane, Piece, Places, Track, Trouble, pieces};

use super::canvas::{Canvas, Flow, columns};
use super::marks::severity_role;
use super::name;
use super::run::kind_role;

/// Columns that a name needs to be worth showing, its sign among them.
const NAME: u16 = 5;

/// Columns from which on a bar has a sign, a name and an end.
const EDGED: u16 = 3;

/// Columns from which on a model call tells what it asked for.
const ROOMY: u16 = 24;

/// Bars of a column that are looked at for the kind that most of them are.
const SAMPLE: usize = 8;

/// Draws the window.
pub(super) fn draw(canvas: &mut Canvas, app: &App, run: &Run, view: &RunView, pane: &TimelinePane) {
    let present = run.present(&app.runs, app.now);
    let (Some(whole), places) = (run.whole(present), run.places(app.size)) else {
        return;
    };
    let window = run.axis.window(whole);
    let here = run.bar_here().map(|bar| bar.row);
    if pane.is_waiting() {
        let words = format!("laying out {} steps in time", format::count(view.tree.rows.len() as u64));
        canvas.put((places.bars.x, places.bars.y), places.bars.width, &words, Role::Dim);
        return;
    }
    let pen = Pen { run, view, pane, places, window, present, here };
    pen.axis(canvas, whole.from);
    pen.trouble(canvas);
    for (line, y) in (pane.top..places.lines(&pane.layout)).zip(places.bars.top()..places.bars.bottom()) {
        if let Some(track) = places.track(&pane.layout, line) {
            pen.track(canvas, track, y);
        }
    }
}

/// Where a bar is drawn.
struct Slot {
    x: u16,
    y: u16,
    width: u16,
    /// Columns behind it in which nothing else is.
    free: u16,
    /// Whether the cursor is on it.
    here: bool,
    /// The look of the row.
    behind: Style,
}

/// Draws tracks of one timeline.
struct Pen<'a> {
    run: &'a Run,
    view: &'a RunView,
    pane: &'a TimelinePane,
    places: Places,
    window: Window,
    present: Option<UnixNanos>,
    here: Option<u32>,
}

impl Pen<'_> {
    /// Labels over the bars, and lines through them.
    fn axis(&self, canvas: &mut Canvas, origin: UnixNanos) {
        let Places { axis, bars, .. } = self.places;
        for tick in ticks(self.window, origin, bars.width) {
            let x = bars.x + tick.column;
            if usize::from(bars.width - tick.column) >= text::width(&tick.label) {
                canvas.put((x, axis.y), bars.right() - x, &tick.label, Role::Dim);
            }
            let lines = self.places.lines(&self.pane.layout) - self.pane.top;
            let end = bars.bottom().min(bars.y.saturating_add(columns(lines)));
            (axis.bottom()..end).for_each(|y| canvas.fill((x, y), 1, canvas.look.glyphs.tick, Role::Faint));
        }
    }

    /// Where something failed or was flagged: told even of steps that are too close to be told apart.
    fn trouble(&self, canvas: &mut Canvas) {
        let Some(area) = self.places.trouble else {
            return;
        };
        for column in 0..area.width {
            let [from, to] = [column, column + 1].map(|column| self.window.time(column, area.width));
            match self.pane.layout.trouble(self.view, from, to) {
                Some(Trouble::Error) => {
                    canvas.fill((area.x + column, area.y), 1, canvas.look.glyphs.error, Role::Error);
                }
                Some(Trouble::Finding(number, severity)) => {
                    let kind = self.view.marks.flagged[number].finding.kind;
                    let sign = canvas.look.glyphs.finding(kind);
                    canvas.fill((area.x + column, area.y), 1, sign, severity_role(severity));
                }
                None => {}
            }
        }
    }

    fn track(&self, canvas: &mut Canvas, number: usize, y: u16) {
        let Places { bars: area, names, .. } = self.places;
        let track = &self.pane.layout.tracks[number];
        let lane = &self.pane.layout.lanes[track.lane];
        draw_lane(canvas, lane, number - lane.tracks.start, Rect { y, height: 1, ..names });
        let place =
            self.here.and_then(|row| self.pane.layout.place(row)).filter(|place| place.track == number);
        let mut behind = Style::new();
        if place.is_some() {
            behind = canvas.look.theme.cursor_row(self.run.focus == Pane::Tree);
            canvas.fill((names.x, y), 1, canvas.look.glyphs.cursor, Role::Accent);
            canvas.overlay(Rect { x: names.x, y, width: area.right() - names.x, height: 1 }, behind);
        }
        let drawn = pieces(&track.bars, self.present, self.window, area.width);
        self.beyond(canvas, track, Rect { y, height: 1, ..area });
        for (at, piece) in drawn.iter().enumerate() {
            let free = drawn.get(at + 1).map_or(area.width, |next| next.first) - piece.last - 1;
            let here = place.is_some_and(|place| piece.bars.contains(&place.at));
            let slot = Slot { x: area.x + piece.first, y, width: piece.width(), free, here, behind };
            match (piece.bars.len(), &track.bars[piece.bars.start]) {
                (1, bar) => self.bar(canvas, bar, &slot),
                _ => self.dense(canvas, track, piece, &slot),
            }
        }
        let needles = self.run.tree.needles();
        if !needles.is_empty() {
            let hit = canvas.look.theme.hit(place.is_some());
            canvas.mark(Rect { y, height: 1, ..area }, &needles, hit);
        }
    }

    /// Signs at the edges where the track goes on before or after the window; what is drawn there hides them.
    fn beyond(&self, canvas: &mut Canvas, track: &Track, area: Rect) {
        let (left, right) = canvas.look.glyphs.beyond;
        if track.bars.first().is_some_and(|bar| bar.from < self.window.from) {
            canvas.fill((area.x, area.y), 1, left, Role::Dim);
        }
        if track.bars.last().is_some_and(|bar| bar.from >= self.window.to) {
            canvas.fill((area.right() - 1, area.y), 1, right, Role::Dim);
        }
    }

    /// Bars that share a column: the more, the higher. Where most of them failed it is told here too; that any did, above.
    fn dense(&self, canvas: &mut Canvas, track: &Track, piece: &Piece, slot: &Slot) {
        let signs = &canvas.look.glyphs.spark;
        let high = (piece.bars.len().ilog2() as usize).min(signs.len()) - 1;
        let sample = track.bars[piece.bars.clone()].iter().take(SAMPLE);
        let longest = sample.max_by_key(|bar| bar.to - bar.from).and_then(|bar| self.view.step(bar.row));
        let role = match longest {
            _ if 2 * track.failed(&piece.bars) > piece.bars.len() => Role::Error,
            Some(step) => kind_role(step.kind),
            None => Role::Dim,
        };
        let theme = &canvas.look.theme;
        let style = if slot.here { theme.bar(role, true) } else { slot.behind.patch(theme.style(role)) };
        canvas.fill_in((slot.x, slot.y), 1, signs[high], style);
    }

    fn bar(&self, canvas: &mut Canvas, bar: &Bar, slot: &Slot) {
        let Some(step) = self.view.step(bar.row) else {
            return;
        };
        let theme = &canvas.look.theme;
        let role = self.role(bar, step);
        let is_moment = bar.from == bar.end(self.present);
        let style = if is_moment && !slot.here {
            slot.behind.patch(theme.style(role))
        } else {
            theme.bar(role, slot.here)
        };
        self.fill(canvas, bar, style, slot);
        let (sign, sign_role) = self.sign(canvas, bar, step);
        let sign_role = sign_role.filter(|_| !slot.here);
        let sign_style = sign_role.map_or(style, |role| style.patch(canvas.look.theme.style(role)));
        canvas.put_in((slot.x, slot.y), 1, sign, sign_style);
        self.label(canvas, (bar, step), style, slot);
    }

    /// What it is filled with: nothing but its colour, or signs where there is none, or where it is not known to end.
    fn fill(&self, canvas: &mut Canvas, bar: &Bar, style: Style, slot: &Slot) {
        let (glyphs, theme) = (canvas.look.glyphs, &canvas.look.theme);
        let plain = theme.fills_bars() && !glyphs.ascii && !bar.open;
        let sign = if plain { " " } else { glyphs.fall[if bar.open { 3 } else { 0 }] };
        canvas.fill_in((slot.x, slot.y), slot.width, sign, style);
        let ends = slot.width >= EDGED && bar.end(self.present) <= self.window.to;
        if let (true, true, Some(colour)) = (plain, ends, style.bg) {
            canvas.fill_in((slot.x + slot.width - 1, slot.y), 1, glyphs.edge, slot.behind.fg(colour));
        }
    }

    /// Its name in it, or behind it where there is more room.
    fn label(&self, canvas: &mut Canvas, (bar, step): (&Bar, &Step), style: Style, slot: &Slot) {
        let inside = slot.width.saturating_sub(EDGED);
        if inside + 1 >= NAME || slot.free < NAME {
            let words = text::preview(&self.words(bar, step, inside), inside.into());
            if inside + 1 >= NAME || !words.ends_with(text::ELLIPSIS) && inside > 0 {
                let end = canvas.put_in((slot.x + 1, slot.y), inside + 1, &format!(" {words}"), style);
                let gap = u16::from(end + 1 < slot.x + slot.width);
                canvas.fill_in((end, slot.y), gap, " ", style);
            }
            return;
        }
        let room = slot.free - 2;
        let words = text::preview(&self.words(bar, step, room), room.into());
        let role = if slot.here { Role::Title } else { Role::Dim };
        let style = slot.behind.patch(canvas.look.theme.style(role));
        canvas.put_in((slot.x + slot.width, slot.y), slot.free, &format!(" {words} "), style);
    }

    /// Its name; of a model call with room also what it asked for, of a failed step why.
    fn words(&self, bar: &Bar, step: &Step, room: u16) -> String {
        let title = name::title(step);
        let more = if room < ROOMY {
            None
        } else if let Some(error) = &step.error {
            Some(format!(" {}", name::without(error, title)))
        } else {
            name::asked_for(self.view, bar.row).map(|asked| format!(" → {asked}"))
        };
        format!("{title}{}", more.unwrap_or_default())
    }

    fn role(&self, bar: &Bar, step: &Step) -> Role {
        let is_off = || self.view.course().critical.get(bar.row as usize) != Some(&true);
        match step.status {
            _ if self.run.tree.path && is_off() => Role::Faint,
            StepStatus::Error if !self.view.is_quiet(bar.row) => Role::Error,
            _ => kind_role(step.kind),
        }
    }

    /// What it is; before that whether it failed, was flagged, has not ended.
    fn sign(&self, canvas: &Canvas, bar: &Bar, step: &Step) -> (&'static str, Option<Role>) {
        let glyphs = canvas.look.glyphs;
        if step.status == StepStatus::Error {
            return (glyphs.error, (!self.view.is_quiet(bar.row)).then_some(Role::Error));
        }
        let rows = bar.row..bar.row + 1;
        let mark = if self.view.marks.any_in(&rows) { self.view.marks.at(bar.row) } else { None };
        if let Some(finding) = mark.map(|mark| &self.view.marks.flagged[mark.finding].finding) {
            return (glyphs.finding(finding.kind), Some(severity_role(finding.severity)));
        }
        match bar.open {
            true if self.present.is_some() => (glyphs.running, Some(Role::Running)),
            true => (glyphs.incomplete, Some(Role::Dim)),
            false => (glyphs.kind(step.kind), None),
        }
    }
}

/// The agent beside its first track, below it how many steps it took.
fn draw_lane(canvas: &mut Canvas, lane: &Lane, track: usize, area: Rect) {
    let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let glyphs = canvas.look.glyphs;
    let mut flow = Flow::new(canvas, inner);
    match (track, &lane.agent) {
        (0, Some(agent)) => {
            flow.put(glyphs.kind(StepKind::Agent), Role::Agent).gap(1);
            let name = text::preview(agent, flow.room().into());
            flow.put(&name, Role::Title);
        }
        (0, None) => {
            flow.gap(2).put("no agent", Role::Dim);
        }
        (1, _) => {
            let plural = if lane.steps == 1 { "step" } else { "steps" };
            flow.gap(2).put(&format!("{} {plural}", format::count(lane.steps as u64)), Role::Dim);
        }
        _ => {}
    }
}
