//! List of runs: one table of columns, from which width decides.

use ratatui::layout::Rect;
use tui_input::Input;

use crate::model::{FindingKind, RunKey, RunStatus, RunSummary};
use crate::report::{format, text};
use crate::tui::app::{App, Mode};
use crate::tui::columns::{Column, Placed, Shows, Sort, placed};
use crate::tui::keys::{Action, chains};
use crate::tui::screens::{Group, ListRow, Offer, Runs};
use crate::tui::theme::Role;

pub(super) use crate::tui::run_list::elapsed;

use super::canvas::{Canvas, Flow};
use super::chrome::{self, counted};
use super::{empty, header, marks, preview, spark};

/// Words and their look, one after the other.
pub(super) type Words = Vec<(String, Role)>;

/// Draws the screen.
pub(super) fn draw(canvas: &mut Canvas, app: &App, runs: &Runs) {
    let trouble = app.intake.store_trouble.as_deref();
    let areas = app.runs_areas();
    header::draw(canvas, app, areas.header);
    if let (Some(area), Some(why)) = (areas.banner, trouble) {
        banner(canvas, area, why);
    }
    if runs.shown.is_empty() {
        empty::draw(canvas, app, runs, areas.list);
    } else {
        let columns = placed(areas.list.width, app.runs.has_flags());
        titles(canvas, &columns, runs.sort, areas.columns);
        rows(canvas, app, runs, &columns, areas.list);
    }
    if let Some(places) = areas.preview.filter(|_| !app.runs.is_empty()) {
        preview::draw(canvas, app, runs, &places);
    }
    if let Some(area) = areas.spark.filter(|_| !runs.spark.bars.is_empty()) {
        spark::draw(canvas, app, &runs.spark, area);
    }
    rule(canvas, app, runs, areas.rule);
    explain(canvas, app, runs, areas.explain);
    chrome::footer(canvas, app, areas.footer);
}

fn banner(canvas: &mut Canvas, area: Rect, why: &str) {
    let glyphs = canvas.look.glyphs;
    let after = format!(" {} senders are told to try again", glyphs.dot);
    let mut flow = Flow::new(canvas, area);
    flow.gap(1).put(glyphs.error, Role::Error).put(" not stored: ", Role::Error);
    let why = text::preview(why, flow.room().into());
    flow.put(&why, Role::Text);
    if usize::from(flow.room()) > text::width(&after) {
        flow.put(&after, Role::Dim);
    }
}

fn titles(canvas: &mut Canvas, columns: &[Placed], sort: Sort, area: Rect) {
    let (up, down) = canvas.look.glyphs.sorted;
    for Placed { column, x, width } in columns {
        let sorted = column.shows == sort.by;
        let sign = if !sorted {
            ""
        } else if sort.up {
            up
        } else {
            down
        };
        let role = if sorted { Role::Accent } else { Role::Dim };
        let at = (area.x + x, area.y);
        if column.right {
            // the sign stands in the distance before the column where the title fills it
            let room = width + u16::from(sorted && at.0 > 0);
            canvas.put_right((at.0 + width - room, at.1), room, &format!("{sign}{}", column.title), role);
        } else {
            canvas.put(at, *width, &format!("{}{sign}", column.title), role);
        }
    }
}

fn rows(canvas: &mut Canvas, app: &App, runs: &Runs, columns: &[Placed], area: Rect) {
    let glyphs = canvas.look.glyphs;
    for (at, y) in (runs.top..runs.len()).zip(area.top()..area.bottom()) {
        let (run, sign, group) = match runs.row(at, &app.runs) {
            Some(ListRow::Run(run)) => (run, if runs.group.is_some() { glyphs.guide } else { "" }, None),
            Some(ListRow::Group(group, true)) => (group.sum, glyphs.unfolded, Some(group)),
            Some(ListRow::Group(group, false)) => (group.sum, glyphs.folded, Some(group)),
            None => continue,
        };
        canvas.put((area.x + 1, y), 1, sign, Role::Dim);
        for Placed { column, x, width } in columns {
            let area = Rect { x: area.x + x, y, width: *width, height: 1 };
            match (column.shows, group) {
                (Shows::Agent, Some(_)) => {}
                (Shows::Task, Some(group)) => group_name(canvas, (app, runs), group, columns, area),
                _ => cell(canvas, app, run, column, area),
            }
        }
        if group.is_none() && runs.marked.contains(&run.key) {
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
        Shows::Time => (format::duration(elapsed(&run.times, status, app.now)), elapsed_role(status)),
        Shows::Flags => return,
    };
    if column.right {
        canvas.put_right((area.x, area.y), area.width, &words, role);
    } else {
        canvas.put((area.x, area.y), area.width, &words, role);
    }
}

/// What the runs of a group share and how many they are, from the agents' column on: ids are longer than agents' names.
fn group_name(
    canvas: &mut Canvas,
    (app, runs): (&App, &Runs),
    group: Group<'_>,
    columns: &[Placed],
    task: Rect,
) {
    let agent = columns.iter().find(|placed| placed.column.shows == Shows::Agent);
    let before = agent.zip(columns.iter().find(|placed| placed.column.shows == Shows::Task));
    let x = task.x - before.map_or(0, |(agent, own)| own.x - agent.x);
    let mut flow = Flow::new(canvas, Rect { x, width: task.right() - x, ..task });
    let count = format!("  {}", counted(group.runs.len() as u64, "run"));
    let is_in = |key: &&RunKey| app.runs.slot(**key).is_some_and(|slot| group.runs.contains(&slot));
    let marked = match runs.marked.iter().filter(is_in).count() {
        0 => String::new(),
        some => format!(", {some} marked"),
    };
    let room = usize::from(flow.room()).saturating_sub(text::width(&count) + text::width(&marked));
    let name = text::preview(group.name(), room);
    flow.put(&name, Role::Title).put(&count, Role::Dim).put(&marked, Role::Accent);
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

/// `#beta #prod`.
pub(super) fn tags(run: &RunSummary) -> String {
    run.tags.iter().map(|tag| format!("#{tag}")).collect::<Vec<_>>().join(" ")
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
        role: marks::severity_role(run.findings.severity(kind)),
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
    let words = |flag: &Flag| format!("{}{}", flag.sign, format::count(flag.count));
    let wide: usize = flagged.iter().map(|flag| text::width(&words(flag)) + 1).sum();
    // where they do not fit they stand close, so that none is lost
    let gap = u16::from(wide <= usize::from(area.width) + 1);
    let mut flow = Flow::new(canvas, area);
    for flag in flagged {
        flow.put(&words(&flag), flag.role).gap(gap);
    }
}

fn rule(canvas: &mut Canvas, app: &App, runs: &Runs, area: Rect) {
    let follow = if runs.follow && !runs.shown.is_empty() { "follows the newest" } else { "" };
    let grouped = runs.group.map_or(String::new(), |by| format!("by {}", by.word()));
    let all = if runs.all_traces { "all traces" } else { "" };
    let marked = marked(app, runs.marked.len());
    let searching = runs.full_text.words(app.now);
    let line = filter_line(runs, usize::from(area.width) / 2);
    let role = if runs.fault.is_some() { Role::Error } else { Role::Accent };
    canvas.rule(
        area,
        &[
            (&line, role),
            (&searching, Role::Running),
            (marked.as_str(), Role::Accent),
            (follow, Role::Running),
            (&grouped, Role::Dim),
            (all, Role::Dim),
        ],
    );
    let position = position(runs.at, runs.len());
    if !app.runs.is_empty() {
        canvas.put_right((area.x, area.y), area.width.saturating_sub(2), &position, Role::Dim);
    }
}

/// How many runs are marked, and what can be done with them.
fn marked(app: &App, count: usize) -> String {
    let key = |action| app.key_in(chains::RUNS, action);
    let compares = match count {
        0 => return String::new(),
        1 => format!(": {} compares it with the run under the cursor", key(Action::Diff)),
        2 => format!(": {} compares them", key(Action::Diff)),
        _ => String::new(),
    };
    let live = count > 1 && matches!(app.settings.mode, Mode::Live(_));
    let deletes = if live { format!(", {} deletes them", key(Action::Delete)) } else { String::new() };
    format!("{count} marked{compares}{deletes}")
}

/// The filter, with its caret while it is typed.
fn filter_line(runs: &Runs, room: usize) -> String {
    match runs.filter.value() {
        _ if runs.typing => format!("/{}", with_caret(&runs.filter, room)),
        "" => String::new(),
        typed => format!("/{typed}"),
    }
}

/// A line being typed with its caret, which stays in sight: what does not fit before it is left out.
pub(super) fn with_caret(line: &Input, room: usize) -> String {
    let typed = line.value();
    let caret = typed.char_indices().nth(line.cursor()).map_or(typed.len(), |(at, _)| at);
    let (before, after) = (text::shown(&typed[..caret]), text::shown(&typed[caret..]));
    let hidden = (text::width(&before) + 2).saturating_sub(room);
    let (mut from, mut skipped) = (0, 0);
    for (cluster, wide) in text::clusters(&before).take_while(|_| hidden > 0) {
        if skipped >= hidden {
            break;
        }
        (from, skipped) = (from + cluster.len(), skipped + wide);
    }
    let cut = if from > 0 { text::ELLIPSIS } else { "" };
    format!("{cut}{}▏{after}", &before[from..])
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
    if let Some(fault) = runs.fault.as_ref() {
        Flow::new(canvas, area).gap(2).put(&fault.why, Role::Error);
        return;
    }
    if let Some(offer) = &runs.offer {
        return offered(canvas, offer, area);
    }
    let (run, worst) = match runs.row(runs.at, &app.runs) {
        Some(ListRow::Run(run)) => (run, app.alarms.worst(run.key)),
        Some(ListRow::Group(group, _)) => (group.sum, None),
        None => return,
    };
    let glyphs = canvas.look.glyphs;
    let mut flow = Flow::new(canvas, Rect { width: area.width.saturating_sub(1), ..area });
    flow.gap(2);
    if let Some((worst, more)) = worst {
        return marks::worst_in_words(&mut flow, app, worst, more);
    }
    for (words, role) in remarks(app, run) {
        flow.put(&words, role).put(&format!(" {} ", glyphs.dot), Role::Faint);
    }
    flow.put(&made_of(run), Role::Dim);
}

/// What Tab offers, from the chosen one on.
fn offered(canvas: &mut Canvas, offer: &Offer, area: Rect) {
    let mut flow = Flow::new(canvas, area);
    flow.gap(2);
    for (at, with) in offer.with.iter().enumerate().skip(offer.at.saturating_sub(3)) {
        let role = if at == offer.at { Role::Accent } else { Role::Dim };
        if usize::from(flow.room()) < text::width(with) + 2 {
            break;
        }
        flow.put(with, role).gap(2);
    }
}

pub(super) fn remarks(app: &App, run: &RunSummary) -> Vec<(String, Role)> {
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
