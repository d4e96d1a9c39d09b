//! The tree of an open run: names, figures and waterfall, row by row.

use std::ops::Range;

use ratatui::layout::Rect;

use crate::analyze::tree::Row;
use crate::model::{CostTotal, Step, StepKind, StepStatus, TokenTotals};
use crate::report::{format, text};
use crate::tui::app::App;
use crate::tui::axis::ends;
use crate::tui::backend::RunView;
use crate::tui::screens::{Column, Pane, Run, Shown};
use crate::tui::theme::Role;
use crate::tui::timeline;

use super::canvas::{Canvas, Flow, columns};
use super::run::{hint, kind_role};
use super::{about, marks, name, waterfall};

/// Deepest indentation in columns, as a part of the name's: one third.
const INDENT_PART: u16 = 3;

/// Widths of the figures beside the names; 0 for what does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Figures {
    name: u16,
    duration: u16,
    fall: u16,
    tokens: u16,
    cost: u16,
}

impl Figures {
    /// Names first, then how long, what it cost, the waterfall, and how many tokens where names keep room to say what a
    /// step is about; where nothing costs, tokens are all that tells of size, and stand in the place of the cost.
    fn fit(width: u16, priced: bool) -> Self {
        const NAME: u16 = 24;
        const TELLING_NAME: u16 = 36;
        const FALL: u16 = 10;
        let inner = width.saturating_sub(3);
        let duration = 7;
        let cost = if priced && inner >= NAME + duration + 9 { 9 } else { 0 };
        let telling = if priced { TELLING_NAME + FALL + 2 } else { NAME };
        let tokens = if inner >= telling + duration + cost + 13 { 13 } else { 0 };
        let left = inner.saturating_sub(duration + cost + tokens);
        // a long name is worth more than a long bar
        let fall = match left.saturating_sub(NAME) {
            0..8 => 0,
            more => (more / 3).max(FALL.min(more - 2)).min(56),
        };
        let gap = if fall > 0 { 2 } else { 0 };
        Self { name: left - fall - gap, duration, fall, tokens, cost }
    }

    /// Those of a run in so many columns.
    fn of(app: &App, run: &Run, width: u16) -> Self {
        let cost = app.runs.get(run.key).map(|run| run.cost).unwrap_or_default();
        Self::fit(width, cost.unknown == 0 || cost.reported + cost.computed > 0)
    }
}

/// Draws the window.
pub(super) fn draw(canvas: &mut Canvas, app: &App, run: &Run, view: &RunView, area: Rect) {
    let present = run.present(&app.runs, app.now);
    let window = run.axis.window(timeline::whole(view, present));
    let (axis, live) = ((window.from, window.to - 1), present.is_some());
    let pen = TreePen { app, run, view, figures: Figures::of(app, run, area.width), axis, live };
    let needles = run.tree.needles();
    for (at, y) in (run.tree.top..run.tree.shown.len()).zip(area.top()..area.bottom()) {
        let strip = Rect { y, height: 1, ..area };
        pen.row(canvas, at, strip);
        if at == run.tree.at {
            canvas.fill((area.x, y), 1, canvas.look.glyphs.cursor, Role::Accent);
            canvas.overlay(strip, canvas.look.theme.cursor_row(run.focus == Pane::Tree));
        }
        if !needles.is_empty() {
            let name = Rect { x: area.x + 2, width: pen.figures.name, ..strip };
            let look = canvas.look.theme.hit(at == run.tree.at);
            canvas.mark(name, &needles, look);
            // the words are not in the name: its sign tells of them
            if run.tree.shown[at].rounds.is_none() && run.tree.says(view, run.tree.shown[at].row) {
                canvas.overlay(Rect { x: area.x + 1, width: 1, ..strip }, look);
            }
        }
    }
}
/// From when to when the bars are, to be told over them: `0s ─── 8.2s`.
pub(super) struct Ends {
    x: u16,
    width: u16,
    told: [String; 2],
}

impl Ends {
    /// Those of the tree below a rule, where there is room over its bars.
    pub(super) fn of(app: &App, run: &Run, rule: Rect) -> Option<Self> {
        let figures = Figures::of(app, run, rule.width);
        let whole = run.whole(run.present(&app.runs, app.now))?;
        let told = ends(run.axis.window(whole), whole.from);
        let needed: u16 = told.iter().map(|end| columns(text::width(end)) + 2).sum();
        let x = rule.x + 2 + figures.name + figures.duration + 2;
        (figures.fall > needed).then_some(Self { x, width: figures.fall, told })
    }

    /// Tells them on a row, where the columns that words leave `free` have room for them.
    pub(super) fn draw(&self, canvas: &mut Canvas, y: u16, free: Range<u16>, role: Role) {
        let [from, to] = self.told.each_ref().map(|end| format!(" {end} "));
        let from_x = self.x - 1;
        let to_end = (self.x + self.width + 1).min(free.end);
        let needed = columns(text::width(&from) + text::width(&to));
        if free.start <= from_x && from_x + needed <= to_end {
            canvas.put((from_x, y), self.width, &from, role);
            canvas.put_right((self.x, y), to_end - self.x, &to, role);
        }
    }
}

/// Draws rows of one tree.
struct TreePen<'a> {
    app: &'a App,
    run: &'a Run,
    view: &'a RunView,
    figures: Figures,
    axis: (u64, u64),
    /// Whether the run goes on: what has no end is then under way, not lost.
    live: bool,
}

impl TreePen<'_> {
    fn row(&self, canvas: &mut Canvas, at: usize, area: Rect) {
        let rows = &self.run.tree.shown;
        let shown = rows[at];
        let Some(row) = self.view.tree.rows.get(shown.row as usize) else {
            return;
        };
        let name = Rect { x: area.x + 2, width: self.figures.name, ..area };
        if let Some(finding) = shown.rounds {
            return self.folded_rounds(canvas, shown, finding, name, area);
        }
        let step = self.view.step(shown.row);
        let took = self.took(shown, step);
        self.rail(canvas, (step, shown.row), area);
        let around = [at.checked_sub(1), Some(at + 1)].map(|at| rows.get(at?).map(|shown| shown.row));
        let label = marks::draw(canvas, &self.view.marks, shown.row, around, name);
        self.name(canvas, shown, row, step, Rect { width: name.width - label, ..name });
        let mut x = name.right();
        duration(canvas, &took, Rect { x, width: self.figures.duration, ..area });
        x += self.figures.duration;
        if self.figures.fall > 0 {
            x += 2;
            self.bar(canvas, (step, shown.row), &took, Rect { x, width: self.figures.fall, ..area });
            x += self.figures.fall;
        }
        self.sums(canvas, shown, row, Rect { x, width: self.figures.tokens + self.figures.cost, ..area });
    }

    /// The rounds after the first as one row: how many, how they ended, what they cost.
    fn folded_rounds(&self, canvas: &mut Canvas, shown: Shown, finding: usize, name: Rect, area: Rect) {
        let Some(hidden) = self.view.marks.fold(finding) else {
            return;
        };
        let indent = self.guides(canvas, shown, name);
        let inner = Rect { x: name.x + indent, width: name.width - indent, ..name };
        marks::folded(canvas, hidden, &self.view.marks.flagged[finding], inner);
        let mut x = name.right();
        duration(
            canvas,
            &Took::Whole(hidden.times.0, hidden.times.1),
            Rect { x, width: self.figures.duration, ..area },
        );
        x += self.figures.duration;
        if self.figures.fall > 0 {
            x += 2;
            let fall = Rect { x, width: self.figures.fall, ..area };
            let beyond = self.beyond(canvas, hidden.times, fall);
            let halves = waterfall::halves(self.axis, hidden.times, self.figures.fall);
            for column in (0..self.figures.fall).filter(|&c| !beyond && waterfall::sign(halves, c).is_some())
            {
                canvas.fill((x + column, area.y), 1, canvas.look.glyphs.fall[3], Role::Dim);
            }
            x += self.figures.fall;
        }
        let sums = Rect { x, width: self.figures.tokens + self.figures.cost, ..area };
        self.figures_of(canvas, (&hidden.tokens, &hidden.cost), Role::Text, sums);
    }

    /// From when to when. A parent that has not arrived goes on at least since its first child began.
    fn took(&self, shown: Shown, step: Option<&Step>) -> Took {
        let first_child = || self.view.step(shown.row + 1).map_or(0, |child| child.start);
        let (start, end) = step.map_or_else(|| (first_child(), 0), |step| (step.start, step.end));
        match (start, end) {
            (0, _) => Took::Unknown,
            (_, 0) if self.live => Took::Since(start, self.axis.1),
            (_, 0) => Took::Unknown,
            _ => Took::Whole(start, end),
        }
    }

    /// How the step stands, where that is not simply well.
    fn rail(&self, canvas: &mut Canvas, (step, row): (Option<&Step>, u32), area: Rect) {
        let glyphs = canvas.look.glyphs;
        let (sign, role) = match step.map(|step| step.status) {
            Some(StepStatus::Error) => (glyphs.error, self.failure(row)),
            Some(StepStatus::Running) | None if self.live => (glyphs.running, Role::Running),
            Some(StepStatus::Running) | None => (glyphs.incomplete, Role::Dim),
            Some(StepStatus::Ok) => return,
        };
        canvas.put((area.x + 1, area.y), 1, sign, role);
    }

    /// The look of what went wrong in a row: quiet where the steps around went on as if nothing had.
    fn failure(&self, row: u32) -> Role {
        if self.view.is_quiet(row) { Role::Dim } else { Role::Error }
    }

    fn name(&self, canvas: &mut Canvas, shown: Shown, row: &Row, step: Option<&Step>, area: Rect) {
        let glyphs = canvas.look.glyphs;
        let indent = self.guides(canvas, shown, area);
        let mut flow = Flow::new(canvas, Rect { x: area.x + indent, width: area.width - indent, ..area });
        flow.gap(1);
        if shown.opens {
            let folded = self.run.tree.is_folded(self.view, shown);
            flow.put(if folded { glyphs.folded } else { glyphs.unfolded }, Role::Dim).gap(1);
        } else {
            flow.gap(2);
        }
        match step {
            Some(step) => self.name_of_step(&mut flow, shown, step, row),
            None => self.name_of_missing(&mut flow, shown),
        }
    }

    /// Draws the guides of the levels above a row; gives the columns that they take.
    fn guides(&self, canvas: &mut Canvas, shown: Shown, area: Rect) -> u16 {
        let indent = shown.depth.saturating_mul(2).min(self.figures.name / INDENT_PART);
        for level in 0..indent / 2 {
            canvas.fill((area.x + 1 + level * 2, area.y), 1, canvas.look.glyphs.guide, Role::Faint);
        }
        indent
    }

    fn name_of_step(&self, flow: &mut Flow, shown: Shown, step: &Step, row: &Row) {
        let glyphs = self.app.settings.look.glyphs;
        flow.put(glyphs.kind(step.kind), kind_role(step.kind)).gap(1);
        let title = text::preview(name::title(step), flow.room().into());
        let own = matches!(step.kind, StepKind::Agent | StepKind::Workflow);
        flow.put(&title, if own { Role::Title } else { Role::Text });
        if row.cycle_cut {
            hint(flow, "its parents form a ring", Role::Warning);
        }
        let gist = self.run.gists.of(step);
        about::ended(flow, (self.view, shown.row), step, gist, self.failure(shown.row));
    }

    /// What is known of it: whose steps name it as their parent.
    fn name_of_missing(&self, flow: &mut Flow, shown: Shown) {
        flow.put(if self.live { "not ended yet" } else { "never arrived" }, Role::Dim);
        if let Some(agent) = self.view.step(shown.row + 1).and_then(|child| child.agent.as_deref()) {
            hint(flow, &format!("above steps of {agent}"), Role::Dim);
        }
    }

    /// Shows by a sign at the edge that times lie outside of the axis; false where they do not.
    fn beyond(&self, canvas: &mut Canvas, times: (u64, u64), area: Rect) -> bool {
        let Some(before) = waterfall::is_beyond(self.axis, times) else {
            return false;
        };
        let (left, right) = canvas.look.glyphs.beyond;
        let (x, sign) = if before { (area.x, left) } else { (area.right() - 1, right) };
        canvas.fill((x, area.y), 1, sign, Role::Dim);
        true
    }

    fn bar(&self, canvas: &mut Canvas, (step, row): (Option<&Step>, u32), took: &Took, area: Rect) {
        let (start, end, growing) = match *took {
            Took::Unknown => return,
            Took::Whole(start, end) => (start, end, false),
            Took::Since(start, now) => (start, now, true),
        };
        if self.beyond(canvas, (start, end), area) {
            return;
        }
        let halves = waterfall::halves(self.axis, (start, end), area.width);
        let critical =
            self.run.tree.path.then(|| self.view.course().critical.get(row as usize) == Some(&true));
        let role = match step {
            _ if critical == Some(false) => Role::Faint,
            Some(step) if step.status == StepStatus::Error => self.failure(row),
            Some(step) => kind_role(step.kind),
            None => Role::Dim,
        };
        for column in 0..area.width {
            if let Some(sign) = waterfall::sign(halves, column) {
                let glyphs = canvas.look.glyphs;
                let sign = match critical {
                    Some(true) => glyphs.path[sign],
                    _ => glyphs.fall[if growing { 3 } else { sign }],
                };
                canvas.fill((area.x + column, area.y), 1, sign, role);
            }
        }
    }

    /// Tokens and cost of the subtree; quiet where the rows below show the same figures again.
    fn sums(&self, canvas: &mut Canvas, shown: Shown, row: &Row, area: Rect) {
        let (tokens, total) = self.told(shown.row, row);
        let repeats = shown.opens && !self.run.tree.is_folded(self.view, shown);
        let below = self.run.tree.column == Column::Below;
        let role = if repeats && below { Role::Dim } else { Role::Text };
        self.figures_of(canvas, (&tokens, &total), role, area);
    }

    /// Tokens and cost of a row, as the column wants them.
    fn told(&self, at: u32, row: &Row) -> (TokenTotals, CostTotal) {
        let (mut tokens, mut total) = (TokenTotals::default(), CostTotal::default());
        match self.run.tree.column {
            Column::Below => return (row.tokens(), row.cost()),
            Column::SoFar => return self.view.course().so_far.get(at as usize).copied().unwrap_or_default(),
            Column::Own if row.has_figures => {
                tokens.add(&row.usage);
                total.add(row.own_cost);
            }
            Column::Own => {}
        }
        (tokens, total)
    }

    fn figures_of(
        &self,
        canvas: &mut Canvas,
        (tokens, total): (&TokenTotals, &CostTotal),
        role: Role,
        area: Rect,
    ) {
        if self.figures.tokens > 0 && tokens.known + tokens.unknown > 0 {
            let input = format::tokens(tokens, tokens.input);
            let output = format::tokens(tokens, tokens.output);
            canvas.put_right((area.x, area.y), 7, &input, role);
            canvas.put((area.x + 7, area.y), 1, canvas.look.glyphs.arrow, Role::Dim);
            canvas.put((area.x + 8, area.y), 5, &output, role);
        }
        let cost = Rect { x: area.x + self.figures.tokens, width: self.figures.cost, ..area };
        canvas.put_right((cost.x, cost.y), cost.width, &format::cost_total(total), role);
    }
}

/// What is known of a step's time.
enum Took {
    /// Nothing that could be shown.
    Unknown,
    /// From start to end.
    Whole(u64, u64),
    /// Going on: from start to now.
    Since(u64, u64),
}

fn duration(canvas: &mut Canvas, took: &Took, area: Rect) {
    let (nanos, role) = match *took {
        Took::Unknown => return,
        Took::Whole(start, end) => (end.saturating_sub(start), Role::Text),
        Took::Since(start, now) => (now.saturating_sub(start), Role::Running),
    };
    canvas.put_right((area.x, area.y), area.width, &format::duration(nanos), role);
}
