//! Two runs beside each other: titles, rows, what is said of the difference, sums.

use ratatui::layout::Rect;

use crate::analyze::diff::{Entry, Op, Sums};
use crate::model::{CostTotal, NanoUsd, RunSummary, StepKind, StepStatus};
use crate::report::{format, text};
use crate::tui::app::App;
use crate::tui::comparison::{Cell, Comparison, Item, Stretch};
use crate::tui::document;
use crate::tui::layout::DiffAreas;
use crate::tui::screens::Diff;
use crate::tui::theme::Role;

use super::canvas::{Canvas, Flow};
use super::chrome::counted;
use super::run::{hint, kind_role};
use super::{chrome, detail, name, runs};

/// Names and looks of the two runs.
const SIDES: [(&str, Role); 2] = [("A", Role::SideA), ("B", Role::SideB)];

/// Deepest indentation as a part of the name's columns: one third.
const INDENT_PART: u16 = 3;

/// Draws the screen.
pub(super) fn draw(canvas: &mut Canvas, app: &App, diff: &Diff) {
    let areas = diff.areas(app.size);
    for side in [0, 1] {
        // until the answer to a swap comes, rows and titles speak of the same sides
        let shown = diff.comparison.as_ref().map_or(diff.runs[side], |comparison| comparison.views[side].run);
        if let Some(run) = app.runs.get(shown) {
            title(canvas, app, run, side, areas.titles[side]);
        }
    }
    rule(canvas, diff, areas.rule);
    match &diff.comparison {
        Some(comparison) => {
            let pen = Pen { diff, of: comparison, areas };
            pen.rows(canvas);
            pen.said(canvas);
            pen.sums(canvas);
        }
        None => comparing(canvas, app, diff, areas.rows),
    }
    chrome::footer(canvas, app, areas.footer);
}

fn title(canvas: &mut Canvas, app: &App, run: &RunSummary, side: usize, area: Rect) {
    let status = run.times.status(app.now);
    let (letter, role) = SIDES[side];
    let steps = counted(run.steps, "step");
    let cost = format::cost_total(&run.cost);
    let tokens = format::tokens(&run.tokens, run.tokens.total());
    let time = format::duration(runs::elapsed(run, status, app.now));
    let agent = runs::agent(run, 20);
    let sign = canvas.look.glyphs.status(status);
    let dot = format!(" {} ", canvas.look.glyphs.dot);
    let started = format::started(run.times.start, app.now, app.settings.look.zone);
    let mut flow = Flow::new(canvas, Rect { width: area.width.saturating_sub(1), ..area });
    flow.gap(1).put(letter, role).gap(1).put(sign, runs::status_role(status)).gap(1);
    let figures = [("  ", steps, Role::Text), ("  ", tokens, Role::Dim), ("  ", cost, Role::Title), ("  ", time, Role::Dim)];
    let shown: Vec<(&str, Role)> =
        figures.iter().filter(|(_, words, _)| !words.is_empty()).flat_map(|(gap, words, role)| [(*gap, Role::Text), (words.as_str(), *role)]).collect();
    flow.right(&shown);
    flow.put(&started, Role::Dim).gap(1).put(&agent, Role::Title);
    let task = run.task.as_deref().unwrap_or(&run.name);
    let room = usize::from(flow.room()).saturating_sub(text::width(&dot));
    if room >= 8 {
        flow.put(&dot, Role::Faint).put(&text::preview(task, room), Role::Dim);
    }
}

/// What is common, where they part, and which difference the cursor is in.
fn rule(canvas: &mut Canvas, diff: &Diff, area: Rect) {
    let Some(of) = &diff.comparison else {
        return canvas.rule(area, &[]);
    };
    let again = if diff.waits_for.is_some() { "comparing" } else { "" };
    let Some(fork) = &of.diff.divergence else {
        let words = format!("the same behaviour: {}", counted(of.alike[0] as u64, "step"));
        return canvas.rule(area, &[(&words, Role::Ok), (again, Role::Dim)]);
    };
    let before = of.diff.entries[..fork.entry].iter().filter(|entry| !entry.frame).count();
    let common = match before {
        0 => "they part at once".to_owned(),
        some => format!("the same so far: {}", counted(some as u64, "step")),
    };
    let place = match fork.at {
        [Some(a), Some(b)] if a == b => format!("⎇ parted at step {a}"),
        [Some(a), Some(b)] => format!("⎇ parted at step {a} of A, {b} of B"),
        [Some(a), None] => format!("⎇ parted at step {a} of A"),
        [None, Some(b)] => format!("⎇ parted at step {b} of B"),
        [None, None] => String::new(),
    };
    let position = position(diff, of);
    let room = usize::from(area.width).saturating_sub(text::width(&position) + 8);
    let common = if text::width(&common) + text::width(&place) < room { common } else { String::new() };
    canvas.rule(area, &[(&common, Role::Title), (&place, Role::Warning), (again, Role::Dim)]);
    canvas.put_right((area.x, area.y), area.width.saturating_sub(2), &position, Role::Dim);
}

/// `difference 2 of 5 · fails`.
fn position(diff: &Diff, of: &Comparison) -> String {
    let all = of.diff.hunks.len();
    let Some(at) = diff.line().and_then(|line| of.hunk_at(line)) else {
        return format!(" {} ", counted(all as u64, "difference"));
    };
    let note = document::notable(of.diff.hunks[at].notable);
    let note = if note.is_empty() { String::new() } else { format!(" · {note}") };
    format!(" difference {} of {all}{note} ", at + 1)
}

/// Before there is anything to see. Most comparisons take less than a blink: a word would only flicker.
fn comparing(canvas: &mut Canvas, app: &App, diff: &Diff, area: Rect) {
    const PATIENCE: u64 = 300_000_000;
    let waited = app.now.saturating_sub(diff.opened);
    let (words, role) = match &diff.error {
        Some(error) => (error.clone(), Role::Error),
        None if waited < PATIENCE => return,
        None => {
            let steps = diff.runs.map(|key| app.runs.get(key).map_or(0, |run| run.steps));
            let [a, b] = steps.map(format::count);
            let since = format::duration(waited / 100_000_000 * 100_000_000);
            (format!("comparing {a} steps with {b}, {since} · Esc leaves"), Role::Dim)
        }
    };
    canvas.put((area.x + 2, area.y), area.width.saturating_sub(3), &words, role);
}

/// Draws one comparison.
struct Pen<'a> {
    diff: &'a Diff,
    of: &'a Comparison,
    areas: DiffAreas,
}

impl Pen<'_> {
    fn rows(&self, canvas: &mut Canvas) {
        let area = self.areas.rows;
        for (at, y) in (self.diff.top..self.diff.items.len()).zip(area.top()..area.bottom()) {
            let strip = Rect { y, height: 1, ..area };
            let selected = at == self.diff.at;
            match self.diff.items[at] {
                Item::Fold(stretch) => self.fold(canvas, stretch, strip),
                Item::Line(line) if !self.areas.stacked => self.line(canvas, line, strip),
                Item::Line(line) => self.one(canvas, line, None, strip),
                Item::Half(line, side) => self.one(canvas, line, Some(side), strip),
            }
            if selected {
                self.cursor(canvas, at, strip);
            }
        }
    }

    /// The cursor's sign stands before the side that listens.
    fn cursor(&self, canvas: &mut Canvas, at: usize, strip: Rect) {
        let glyphs = canvas.look.glyphs;
        let [a, b] = halves(strip);
        if self.areas.stacked || matches!(self.diff.items[at], Item::Fold(_)) {
            canvas.overlay(strip, canvas.look.theme.cursor_row(true));
            return canvas.fill((strip.x, strip.y), 1, glyphs.cursor, Role::Accent);
        }
        let sides = if self.diff.side == 0 { [(a, true), (b, false)] } else { [(a, false), (b, true)] };
        for (half, listens) in sides {
            canvas.overlay(half, canvas.look.theme.cursor_row(listens));
            if listens {
                canvas.fill((half.x, half.y), 1, glyphs.cursor, Role::Accent);
                canvas.overlay(Rect { width: 1, ..half }, canvas.look.theme.cursor_row(listens));
            }
        }
    }

    /// Both sides of a line beside each other.
    fn line(&self, canvas: &mut Canvas, line: u32, strip: Rect) {
        let Some(entry) = self.of.entry(line) else { return };
        let middle = strip.x + strip.width / 2;
        let (sign, role) = if self.of.fork() == Some(line) { ("⎇", Role::Warning) } else { (canvas.look.glyphs.bar, Role::Faint) };
        canvas.put((middle, strip.y), 1, sign, role);
        for (side, half) in halves(strip).into_iter().enumerate() {
            let Some(cell) = self.of.cell(line, side) else { continue };
            self.tint(canvas, entry, side, half);
            let (sign, role) = gutter(entry, side);
            canvas.put((half.x + 1, half.y), 1, sign, role);
            let index = cell.index.to_string();
            canvas.put_right((half.x + 3, half.y), 4, &index, Role::Dim);
            let rest = Rect { x: half.x + 8, width: half.width.saturating_sub(9), ..half };
            self.cell(canvas, line, side, &cell, rest);
        }
    }

    /// A line of its own: both sides where they are the same, else one of them.
    fn one(&self, canvas: &mut Canvas, line: u32, only: Option<usize>, strip: Rect) {
        let Some(entry) = self.of.entry(line) else { return };
        let side = only.unwrap_or(0);
        let Some(cell) = self.of.cell(line, side).or_else(|| self.of.cell(line, 1 - side)) else { return };
        if let Some(side) = only {
            self.tint(canvas, entry, side, strip);
            canvas.put((strip.x + 2, strip.y), 1, SIDES[side].0, SIDES[side].1);
        }
        let (sign, role) = gutter(entry, side);
        canvas.put((strip.x + 1, strip.y), 1, sign, role);
        for (side, index) in [entry.a, entry.b].into_iter().enumerate() {
            let index = index.filter(|_| only.is_none_or(|only| only == side)).map(|index| index.to_string());
            let x = strip.x + 4 + u16::from(side == 1) * 5;
            canvas.put_right((x, strip.y), 4, &index.unwrap_or_default(), Role::Dim);
        }
        let rest = Rect { x: strip.x + 14, width: strip.width.saturating_sub(15), ..strip };
        self.cell(canvas, line, side, &cell, rest);
    }

    /// What differs lies on the colour of its side.
    fn tint(&self, canvas: &mut Canvas, entry: &Entry, side: usize, area: Rect) {
        if entry.op != Op::Same && !entry.frame {
            canvas.overlay(Rect { x: area.x + 1, width: area.width.saturating_sub(1), ..area }, canvas.look.theme.tint(side));
        }
    }

    /// Name and figures of a step.
    fn cell(&self, canvas: &mut Canvas, line: u32, side: usize, cell: &Cell<'_>, area: Rect) {
        let figures = self.figures(line, side, cell);
        let cost = if area.width >= 34 { 9 } else { 0 };
        let tokens = if area.width >= 58 { 7 } else { 0 };
        let name = area.width.saturating_sub(cost + tokens);
        self.name(canvas, line, side, cell, Rect { width: name, ..area });
        let (words, role) = figures;
        if tokens > 0 {
            canvas.put_right((area.x + name, area.y), tokens, &words[0], role);
        }
        canvas.put_right((area.x + name + tokens, area.y), cost, &words[1], role);
    }

    /// Tokens and cost: the step's own, or those of all steps of its run up to it.
    fn figures(&self, line: u32, side: usize, cell: &Cell<'_>) -> ([String; 2], Role) {
        if self.diff.totals {
            let sums = self.of.so_far(line)[side];
            return (words(&sums), Role::Text);
        }
        let row = &self.of.views[side].tree.rows[cell.row as usize];
        let mut sums = Sums::default();
        if row.has_figures {
            sums.tokens.add(&row.usage);
            sums.cost.add(row.own_cost);
        }
        let same = self.of.entry(line).is_some_and(|entry| entry.op == Op::Same);
        (words(&sums), if same { Role::Dim } else { Role::Text })
    }

    fn name(&self, canvas: &mut Canvas, line: u32, side: usize, cell: &Cell<'_>, area: Rect) {
        let glyphs = canvas.look.glyphs;
        let Some(entry) = self.of.entry(line) else { return };
        let quiet = entry.op == Op::Same;
        let indent = cell.depth.saturating_mul(2).min(area.width / INDENT_PART);
        let mut flow = Flow::new(canvas, area);
        flow.gap(indent).put(glyphs.kind(cell.step.kind), kind_role(cell.step.kind)).gap(1);
        let title = text::preview(name::title(cell.step), flow.room().into());
        flow.put(&title, if entry.frame { Role::Dim } else { self.title_role(line, side, quiet) });
        if cell.step.status == StepStatus::Error {
            let why = cell.step.error.as_deref().unwrap_or("failed");
            hint(&mut flow, &format!("{} {why}", glyphs.error), Role::Error);
        } else if let Some(told) = cell.told {
            let is_call = cell.step.kind == StepKind::Llm;
            let told = if is_call { format!("{} {told}", glyphs.arrow) } else { told.to_owned() };
            hint(&mut flow, &told, if quiet { Role::Dim } else { self.told_role(line, side) });
        } else if let Some(beside) = name::beside(cell.step) {
            hint(&mut flow, beside, Role::Dim);
        }
        if self.of.meeting() == Some(line) && (side == 1 || self.areas.stacked) {
            hint(&mut flow, "they meet again", Role::Ok);
        }
    }

    /// The name, marked where it is the name that differs.
    fn title_role(&self, line: u32, side: usize, quiet: bool) -> Role {
        let names = [0, 1].map(|side| self.of.cell(line, side).map(|cell| name::title(cell.step)));
        match names {
            _ if quiet => Role::Text,
            [Some(a), Some(b)] if a == b => Role::Text,
            _ => [Role::SideA, Role::SideB][side],
        }
    }

    /// What stands beside the name, marked where the other side has the same name and something else beside it.
    fn told_role(&self, line: u32, side: usize) -> Role {
        let told = [0, 1].map(|side| self.of.cell(line, side).and_then(|cell| cell.told));
        match told {
            [Some(a), Some(b)] if a != b => [Role::OnlyA, Role::OnlyB][side],
            _ => Role::Dim,
        }
    }

    fn fold(&self, canvas: &mut Canvas, at: u32, strip: Rect) {
        let Some(stretch) = self.of.stretches.get(at as usize) else { return };
        match stretch.op {
            Op::OnlyA => self.fold_of(canvas, stretch, 0, strip),
            Op::OnlyB => self.fold_of(canvas, stretch, 1, strip),
            Op::Same | Op::Changed => fold_of_both(canvas, stretch, strip),
        }
    }

    /// A detour of one side.
    fn fold_of(&self, canvas: &mut Canvas, stretch: &Stretch, side: usize, strip: Rect) {
        let area = if self.areas.stacked { strip } else { halves(strip)[side] };
        if !self.areas.stacked {
            canvas.put((strip.x + strip.width / 2, strip.y), 1, canvas.look.glyphs.bar, Role::Faint);
        }
        let tint = Rect { x: area.x + 1, width: area.width.saturating_sub(1), ..area };
        canvas.overlay(tint, canvas.look.theme.tint(side));
        let (letter, role) = SIDES[side];
        canvas.put((area.x + 1, area.y), 1, "+", role);
        let (x, end) = if self.areas.stacked {
            canvas.put((area.x + 2, area.y), 1, letter, role);
            (14, 15)
        } else {
            (8, 9)
        };
        let rest = Rect { x: area.x + x, width: area.width.saturating_sub(end), ..area };
        let cost = cost(&stretch.sums[side].cost);
        let mut flow = Flow::new(canvas, rest);
        if !cost.is_empty() {
            flow.right(&[("+", Role::Text), (&cost, Role::Text)]);
        }
        flow.put(&format!("… {} only here", counted(stretch.steps as u64, "more step")), role);
    }

    /// What is said of the difference, under its rule.
    fn said(&self, canvas: &mut Canvas) {
        let areas = &self.areas;
        if areas.why_rule.height == 0 {
            return;
        }
        let about = self.about();
        let late = if self.diff.panel.waits_for.is_some() { "reading" } else { "" };
        let role = if self.diff.zoom { Role::Title } else { Role::Dim };
        canvas.rule(areas.why_rule, &[(&about, role), (late, Role::Dim)]);
        let share = if self.diff.zoom { detail::share(&self.diff.panel) } else { String::new() };
        canvas.put_right((areas.why_rule.x, areas.why_rule.y), areas.why_rule.width.saturating_sub(2), &share, Role::Dim);
        detail::document(canvas, &self.diff.panel, areas.why, self.diff.zoom);
    }

    /// What the panel speaks of.
    fn about(&self) -> String {
        let Some(asked) = &self.diff.asked else {
            return if self.of.diff.same() { "both".to_owned() } else { "why".to_owned() };
        };
        let names = asked.steps.each_ref().map(|step| step.as_ref().map(|step| text::preview(name::title(step), 28)));
        let named = match names {
            [Some(a), Some(b)] if a == b => a,
            [Some(a), Some(b)] => format!("{a} | {b}"),
            [Some(a), None] => format!("{a}, only in A"),
            [None, Some(b)] => format!("{b}, only in B"),
            [None, None] => String::new(),
        };
        let what = if asked.messages { "what the model was asked" } else { "what differs here" };
        format!("{what}: {named}")
    }

    /// What both took up to the cursor, and from the fork on.
    fn sums(&self, canvas: &mut Canvas) {
        let area = self.areas.figures;
        if area.height == 0 {
            return;
        }
        if let Some(line) = self.diff.line() {
            let forked = self.of.fork().is_some_and(|fork| line >= fork);
            sums_row(canvas, "up to here", self.of.so_far(line), forked, Rect { height: 1, ..area });
        }
        if let Some(after) = self.of.after.filter(|_| area.height > 1) {
            sums_row(canvas, "from the fork on", after, true, Rect { y: area.y + 1, height: 1, ..area });
        }
    }
}

/// The two halves of a row; one column between them.
fn halves(strip: Rect) -> [Rect; 2] {
    let half = strip.width / 2;
    [Rect { width: half, ..strip }, Rect { x: strip.x + half + 1, width: strip.width - half - 1, ..strip }]
}

/// Stands beside the colour and says the same.
const fn gutter(entry: &Entry, side: usize) -> (&'static str, Role) {
    match entry.op {
        _ if entry.frame => ("·", Role::Faint),
        Op::Same if entry.reworded => ("≈", Role::Text),
        Op::Same => ("=", Role::Faint),
        Op::Changed => ("≠", SIDES[side].1),
        Op::OnlyA | Op::OnlyB => ("+", SIDES[side].1),
    }
}

fn fold_of_both(canvas: &mut Canvas, stretch: &Stretch, strip: Rect) {
    let reworded = match stretch.reworded {
        0 => String::new(),
        some => format!(", {} in other words", format::grouped(some as u64)),
    };
    let words = format!(" {} the same{reworded} ", counted(stretch.steps as u64, "step"));
    canvas.fill((strip.x + 1, strip.y), strip.width.saturating_sub(2), "┄", Role::Faint);
    canvas.put((strip.x + 8, strip.y), strip.width.saturating_sub(9), &words, Role::Dim);
}

/// Tokens and cost in words, empty where nothing counts.
fn words(sums: &Sums) -> [String; 2] {
    let counted = sums.tokens.known + sums.tokens.unknown > 0;
    let tokens = if counted { format::tokens(&sums.tokens, sums.tokens.total()) } else { String::new() };
    [tokens, cost(&sums.cost)]
}

fn cost(total: &CostTotal) -> String {
    if total.reported + total.computed + total.unknown == 0 { String::new() } else { format::cost_total(total) }
}

/// One row of sums: label, both sides, what B took more.
fn sums_row(canvas: &mut Canvas, label: &str, sums: [Sums; 2], with_delta: bool, area: Rect) {
    let wide = area.width >= 100;
    let mut flow = Flow::new(canvas, Rect { width: area.width.saturating_sub(1), ..area });
    flow.gap(1);
    let label = text::pad(label, 17);
    flow.put(if wide { &label } else { label.split(' ').next().unwrap_or_default() }, Role::Dim).gap(1);
    for (side, sums) in sums.iter().enumerate() {
        let (letter, role) = SIDES[side];
        let [tokens, cost] = words(sums);
        let steps = if wide { counted(sums.steps as u64, "step") } else { format::grouped(sums.steps as u64) };
        let time = sums.time.filter(|_| wide).map(format::duration).unwrap_or_default();
        let pad = |words: &str, columns: usize| if wide { text::pad_left(words, columns) } else { words.to_owned() };
        flow.put(letter, role).gap(1).put(&pad(&steps, 11), Role::Text);
        for (words, columns) in [(tokens, 8), (cost, 9), (time, 7)] {
            flow.gap(u16::from(!words.is_empty() || wide)).put(&pad(&words, columns), Role::Text);
        }
        flow.gap(2);
    }
    if with_delta {
        flow.put(&delta(&sums), Role::Title);
    }
}

/// What B took more than A.
fn delta([a, b]: &[Sums; 2]) -> String {
    let more = |a: u64, b: u64| {
        let sign = if b < a { "−" } else { "+" };
        format!("{sign}{}", format::count(a.abs_diff(b)))
    };
    let tokens = format!("Δ {} tok", more(a.tokens.total(), b.tokens.total()));
    let known = |sums: &Sums| sums.cost.known().filter(|_| !sums.cost.is_partial());
    match (known(a), known(b)) {
        (Some(a), Some(b)) => {
            let sign = if b < a { "−" } else { "+" };
            format!("{tokens} {sign}{}", format::money(NanoUsd(b.0.abs_diff(a.0).cast_signed())))
        }
        _ => tokens,
    }
}
