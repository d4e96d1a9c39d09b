//! List of runs: one table of columns, from which width decides.

use ratatui::layout::Rect;

use crate::model::{FindingKind, Remark, RunStatus, RunSummary};
use crate::report::{format, text};
use crate::tui::app::App;
use crate::tui::layout;
use crate::tui::run_list::Filter;
use crate::tui::screens::Runs;
use crate::tui::theme::Role;

use super::canvas::{Canvas, Flow};
use super::chrome::{self, counted};
use super::marks::severity_role;

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shows {
    Status,
    Started,
    Agent,
    Task,
    Model,
    Steps,
    Input,
    Cached,
    Output,
    Cost,
    Time,
    Flags,
}

/// One row of the table of columns.
struct Column {
    shows: Shows,
    title: &'static str,
    /// Columns it takes; 0 for the one that takes what is left.
    width: u16,
    /// Least width of the terminal from which on it is shown.
    from: u16,
    right: bool,
}

const fn column(shows: Shows, title: &'static str, width: u16, from: u16, right: bool) -> Column {
    Column { shows, title, width, from, right }
}

#[rustfmt::skip]
const COLUMNS: [Column; 12] = [
    column(Shows::Status,  "",        1,   0, false),
    column(Shows::Started, "STARTED", 8,  70, false),
    column(Shows::Agent,   "AGENT",   14,  0, false),
    column(Shows::Task,    "TASK",    0,  70, false),
    column(Shows::Model,   "MODEL",   18, 130, false),
    column(Shows::Steps,   "STEPS",   5,  90, true),
    column(Shows::Input,   "IN",      6,  70, true),
    column(Shows::Cached,  "CACHED",  6, 100, true),
    column(Shows::Output,  "OUT",     6,  90, true),
    column(Shows::Cost,    "COST",    8,   0, true),
    column(Shows::Time,    "TIME",    6,  70, true),
    column(Shows::Flags,   "",        8,   0, false),
];

/// From this width on the list has room to breathe: a start that is not today shows its time, agents their long names.
const ROOMY: u16 = 140;

/// Below this width the agent takes what is left, for there is no task beside it.
const NARROW: u16 = 70;

/// A column with its place.
struct Placed {
    column: &'static Column,
    x: u16,
    width: u16,
}

fn placed(width: u16) -> Vec<Placed> {
    let shown: Vec<&Column> = COLUMNS.iter().filter(|c| width >= c.from).collect();
    let width_of = |c: &Column| match c.shows {
        Shows::Started if width >= ROOMY => 12,
        Shows::Agent if width < NARROW => 0,
        Shows::Agent if width >= ROOMY => 22,
        _ => c.width,
    };
    // figures stand at the right of their column and bring their own distance
    let gap_of = |c: &Column| if c.right && width < ROOMY { 1 } else { 2 };
    let fixed: u16 = shown.iter().map(|c| width_of(c) + gap_of(c)).sum();
    let left = width.saturating_sub(fixed + 1);
    let mut x = 0;
    let mut out = Vec::with_capacity(shown.len());
    for column in shown {
        let width = match width_of(column) {
            0 => left,
            fixed => fixed,
        };
        x += gap_of(column);
        out.push(Placed { column, x, width });
        x += width;
    }
    out
}

/// Draws the screen.
pub(super) fn draw(canvas: &mut Canvas, app: &App, runs: &Runs) {
    let trouble = app.intake.store_trouble.as_deref();
    let areas = layout::runs(app.size, trouble.is_some());
    chrome::header(canvas, app, areas.header);
    if let (Some(area), Some(why)) = (areas.banner, trouble) {
        banner(canvas, area, why);
    }
    if runs.shown.is_empty() {
        nothing(canvas, app, runs, areas.list);
    } else {
        let columns = placed(areas.list.width);
        titles(canvas, &columns, areas.columns);
        rows(canvas, app, runs, &columns, areas.list);
    }
    rule(canvas, app, runs, areas.rule);
    explain(canvas, app, runs, areas.explain);
    chrome::footer(canvas, app, areas.footer);
}

fn banner(canvas: &mut Canvas, area: Rect, why: &str) {
    let glyphs = canvas.look.glyphs;
    let after = format!(" {} senders are told to try again", glyphs.dot);
    let mut flow = Flow::new(canvas, area);
    flow.gap(1).put(glyphs.error, Role::Error).put(" not stored: ", Role::Error).put(why, Role::Text);
    flow.put(&after, Role::Dim);
}

fn titles(canvas: &mut Canvas, columns: &[Placed], area: Rect) {
    for Placed { column, x, width } in columns {
        let at = (area.x + x, area.y);
        if column.right {
            canvas.put_right(at, *width, column.title, Role::Dim);
        } else {
            canvas.put(at, *width, column.title, Role::Dim);
        }
    }
}

fn rows(canvas: &mut Canvas, app: &App, runs: &Runs, columns: &[Placed], area: Rect) {
    for (at, y) in (runs.top..runs.shown.len()).zip(area.top()..area.bottom()) {
        let Some(run) = runs.run(at, &app.runs) else {
            continue;
        };
        for Placed { column, x, width } in columns {
            cell(canvas, app, run, column, Rect { x: area.x + x, y, width: *width, height: 1 });
        }
        if runs.marked.contains(&run.key) {
            canvas.put((area.x + 1, y), 1, canvas.look.glyphs.mark, Role::Accent);
        }
        if at == runs.at {
            canvas.fill((area.x, y), 1, canvas.look.glyphs.cursor, Role::Accent);
            canvas.overlay(Rect { y, height: 1, ..area }, canvas.look.theme.cursor_row(true));
        }
    }
}

fn cell(canvas: &mut Canvas, app: &App, run: &RunSummary, column: &Column, area: Rect) {
    let status = run.times.status(app.now);
    if column.shows == Shows::Flags {
        return flags(canvas, run, area);
    }
    let (words, role) = match column.shows {
        Shows::Status => (canvas.look.glyphs.status(status).to_owned(), status_role(status)),
        Shows::Started => (started(app, run, area.width), Role::Dim),
        Shows::Agent => (agent(run, area.width), Role::Text),
        Shows::Task => (task(run, area.width), if run.task.is_some() { Role::Text } else { Role::Dim }),
        Shows::Model => (many(&run.models, area.width), Role::Dim),
        Shows::Steps => (format::count(run.steps), Role::Dim),
        Shows::Input => (format::tokens(&run.tokens, run.tokens.input), Role::Text),
        Shows::Cached => (format::percent(run.tokens.cache_read, run.tokens.input), Role::Dim),
        Shows::Output => (format::tokens(&run.tokens, run.tokens.output), Role::Text),
        Shows::Cost => (format::cost_total(&run.cost), Role::Text),
        Shows::Time => (format::duration(elapsed(run, status, app.now)), elapsed_role(status)),
        Shows::Flags => return,
    };
    if column.right {
        canvas.put_right((area.x, area.y), area.width, &words, role);
    } else {
        canvas.put((area.x, area.y), area.width, &words, role);
    }
}

/// How long a run took, or has been going on.
pub(super) fn elapsed(run: &RunSummary, status: RunStatus, now: u64) -> u64 {
    let end = if status == RunStatus::Running { now } else { run.times.end };
    end.saturating_sub(run.times.start)
}

fn elapsed_role(status: RunStatus) -> Role {
    if status == RunStatus::Running { Role::Running } else { Role::Text }
}

/// The look of a run's status.
pub(super) fn status_role(status: RunStatus) -> Role {
    match status {
        RunStatus::Running => Role::Running,
        RunStatus::Ok => Role::Ok,
        RunStatus::Error => Role::Error,
        RunStatus::Incomplete => Role::Dim,
    }
}

fn started(app: &App, run: &RunSummary, width: u16) -> String {
    let long = format::started(run.times.start, app.now, app.settings.look.zone);
    // where only eight columns are, a date stands without its time of day
    if long.len() > usize::from(width) { long.chars().take(6).collect() } else { long }
}

/// The run's first agent, or what else names it, and how many more there are.
pub(super) fn agent(run: &RunSummary, width: u16) -> String {
    if run.agents.is_empty() {
        let name = if run.name.is_empty() { &run.service } else { &run.name };
        return text::preview(name, width.into());
    }
    many(&run.agents, width)
}

fn many(names: &[String], width: u16) -> String {
    let first = names.first().map_or("", String::as_str);
    match names.len() {
        0 | 1 => text::preview(first, width.into()),
        all => {
            let more = format!(" +{}", all - 1);
            text::preview(first, usize::from(width).saturating_sub(more.len())) + &more
        }
    }
}

fn task(run: &RunSummary, width: u16) -> String {
    text::preview(run.task.as_deref().unwrap_or(&run.name), width.into())
}

/// What asks for attention in a run.
struct Flag {
    sign: &'static str,
    count: u64,
    /// One of them in words.
    label: &'static str,
    role: Role,
}

/// Findings and failed steps with their counts.
fn flagged(run: &RunSummary, glyphs: &crate::tui::glyphs::Glyphs) -> Vec<Flag> {
    let findings = FindingKind::ALL.iter().zip(run.findings.flagged);
    let found = findings.map(|(&kind, count)| Flag {
        sign: glyphs.finding(kind),
        count: count.into(),
        label: kind.label(),
        role: Role::Warning,
    });
    let failed = Flag { sign: glyphs.error, count: run.errors, label: "failed step", role: Role::Error };
    found.chain([failed]).filter(|flag| flag.count > 0).collect()
}

/// Flags as an open run has them in its title: sign and count, each with what it needs before it.
pub(super) fn flags_in_words(run: &RunSummary, glyphs: &crate::tui::glyphs::Glyphs) -> Vec<(String, Role)> {
    let in_words = |flag: Flag| (format!("  {}{}", flag.sign, format::count(flag.count)), flag.role);
    let mut flags: Vec<_> = flagged(run, glyphs).into_iter().map(in_words).collect();
    flags.iter_mut().last().into_iter().for_each(|(words, _)| words.push(' '));
    flags
}

fn flags(canvas: &mut Canvas, run: &RunSummary, area: Rect) {
    let flagged = flagged(run, canvas.look.glyphs);
    let mut flow = Flow::new(canvas, area);
    for Flag { sign, count, role, .. } in flagged {
        flow.put(sign, role).put(&format::count(count), role).gap(1);
    }
}

fn rule(canvas: &mut Canvas, app: &App, runs: &Runs, area: Rect) {
    let filter = runs.filter.value();
    let follow = if runs.follow && !runs.shown.is_empty() { "follows the newest" } else { "" };
    let caret = if runs.typing { format!("/{filter}▏") } else { format!("/{filter}") };
    let filter = if runs.typing || !filter.is_empty() { caret.as_str() } else { "" };
    let all = if runs.all_traces { "all traces" } else { "" };
    let marked = match runs.marked.len() {
        0 => String::new(),
        1 => "1 marked: d compares it with the run under the cursor".to_owned(),
        2 => "2 marked: d compares them".to_owned(),
        many => format!("{many} marked"),
    };
    let words =
        [(filter, Role::Accent), (marked.as_str(), Role::Accent), (follow, Role::Running), (all, Role::Dim)];
    canvas.rule(area, &words);
    let position = position(runs.at, runs.shown.len());
    if !app.runs.is_empty() {
        canvas.put_right((area.x, area.y), area.width.saturating_sub(2), &position, Role::Dim);
    }
}

/// `12 of 142`, set into a rule.
pub(super) fn position(at: usize, len: usize) -> String {
    if len == 0 { String::new() } else { format!(" {} of {len} ", at + 1) }
}

/// What the selected run's flags mean, in words, and what it is made of.
fn explain(canvas: &mut Canvas, app: &App, runs: &Runs, area: Rect) {
    if let Some(why) = &app.trouble {
        let sign = canvas.look.glyphs.error;
        Flow::new(canvas, area)
            .gap(1)
            .put(sign, Role::Error)
            .put(" cannot read: ", Role::Error)
            .put(why, Role::Text);
        return;
    }
    let Some(run) = runs.selected.and_then(|key| app.runs.get(key)) else {
        return;
    };
    let glyphs = canvas.look.glyphs;
    let mut flow = Flow::new(canvas, area);
    flow.gap(2);
    if let Some((worst, more)) = app.alarms.worst(run.key) {
        return worst_in_words(&mut flow, glyphs, worst, more);
    }
    for (words, role) in remarks(app, run) {
        flow.put(&words, role).put(&format!(" {} ", glyphs.dot), Role::Faint);
    }
    flow.put(&made_of(run), Role::Dim);
}

/// The worst finding in its own words, what it wasted, and the key to all of them.
fn worst_in_words(flow: &mut Flow, glyphs: &crate::tui::glyphs::Glyphs, worst: &Remark, more: usize) {
    let waste = match (worst.wasted_tokens, worst.wasted_cost) {
        (0, _) => String::new(),
        (tokens, cost) => {
            let cost = cost.map_or_else(String::new, |cost| format!(" {}", format::money(cost)));
            format!(" {} wasted {} tokens{cost}", glyphs.dot, format::count(tokens))
        }
    };
    let more = if more > 0 { format!("  +{more} more ") } else { "  ".to_owned() };
    let role = severity_role(worst.severity);
    flow.right(&[(&more, Role::Dim), ("w", Role::Accent), (" findings", Role::Dim)]);
    flow.put(glyphs.finding(worst.kind), role).gap(1);
    let room = usize::from(flow.room()).saturating_sub(text::width(&waste));
    flow.put(&text::preview(&worst.message, room), role).put(&waste, Role::Text);
}

fn remarks(app: &App, run: &RunSummary) -> Vec<(String, Role)> {
    let glyphs = app.settings.look.glyphs;
    let in_words = |flag: Flag| (format!("{} {}", flag.sign, counted(flag.count, flag.label)), flag.role);
    let mut remarks: Vec<_> = flagged(run, glyphs).into_iter().map(in_words).collect();
    if run.times.status(app.now) == RunStatus::Incomplete {
        remarks.push((format!("{} its root never ended", glyphs.incomplete), Role::Dim));
    }
    if run.cost.is_partial() {
        remarks.push((format!("no price for {}", counted(run.cost.unknown, "call")), Role::Dim));
    }
    remarks
}

fn made_of(run: &RunSummary) -> String {
    let figures = [(run.llm_calls, "model call"), (run.tool_calls, "tool call"), (run.handoffs, "handoff")];
    let parts = figures.iter().filter(|(count, _)| *count > 0).map(|&(count, one)| counted(count, one));
    let models = Some(run.models.join(", ")).filter(|models| !models.is_empty());
    parts.chain(models).chain([format!("from {}", run.service)]).collect::<Vec<_>>().join(" · ")
}

/// The list where nothing is listed: why, and what to do.
fn nothing(canvas: &mut Canvas, app: &App, runs: &Runs, area: Rect) {
    if !app.loaded {
        return centred(canvas, area, &[vec![("reading the runs".to_owned(), Role::Dim)]]);
    }
    if app.runs.is_empty() {
        return centred(canvas, area, &first_steps(app));
    }
    let hidden = app.runs.shown(&Filter::new(runs.filter.value(), true)).len();
    let mut lines = vec![vec![("no run to show here".to_owned(), Role::Title)]];
    if !runs.filter.value().is_empty() {
        let words = format!("the filter is “{}”; ", runs.filter.value());
        lines.push(vec![(words, Role::Dim), ("Esc".into(), Role::Accent), (" clears it".into(), Role::Dim)]);
    }
    if hidden > 0 {
        let words = format!(" shows {} without an agent's doing", counted(hidden as u64, "trace"));
        lines.push(vec![("a".into(), Role::Accent), (words, Role::Dim)]);
    }
    centred(canvas, area, &lines);
}

type Words = Vec<(String, Role)>;

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
    let mut keys = vec![("y".to_owned(), Role::Accent), (" copies them".to_owned(), Role::Dim)];
    if app.settings.demo {
        keys.extend([("    d".to_owned(), Role::Accent), (" plays a demo".to_owned(), Role::Dim)]);
    }
    keys.extend([("    ?".to_owned(), Role::Accent), (" shows all keys".to_owned(), Role::Dim)]);
    lines.push(keys);
    lines
}

/// Lines in the middle of an area, at one left edge.
fn centred(canvas: &mut Canvas, area: Rect, lines: &[Words]) {
    let width_of = |line: &Words| line.iter().map(|(words, _)| text::width(words)).sum::<usize>();
    let wide = super::canvas::columns(lines.iter().map(width_of).max().unwrap_or(0)).min(area.width);
    let high = super::canvas::columns(lines.len()).min(area.height);
    let x = area.x + (area.width - wide) / 2;
    let y = area.y + (area.height - high) / 2;
    for (line, y) in lines.iter().zip(y..area.bottom()) {
        let mut flow = Flow::new(canvas, Rect { x, y, width: area.right() - x, height: 1 });
        for (words, role) in line {
            flow.put(words, *role);
        }
    }
}
