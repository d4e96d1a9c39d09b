//! List of runs: one table of columns, from which width decides.

use ratatui::layout::Rect;
use tui_input::Input;

use crate::model::{FindingKind, RunStatus, RunSummary};
use crate::report::{format, text};
use crate::tui::app::{App, Mode};
use crate::tui::columns::{Column, Placed, Shows, Sort, placed};
use crate::tui::keys::{Action, chains};
use crate::tui::run_list::Sieve;
use crate::tui::screens::{Group, ListRow, Offer, Runs};
use crate::tui::theme::Role;

pub(super) use crate::tui::columns::elapsed;

use super::canvas::{Canvas, Flow};
use super::chrome::{self, counted};
use super::{header, marks, preview, spark};

/// Draws the screen.
pub(super) fn draw(canvas: &mut Canvas, app: &App, runs: &Runs) {
    let trouble = app.intake.store_trouble.as_deref();
    let areas = app.runs_areas();
    header::draw(canvas, app, areas.header);
    if let (Some(area), Some(why)) = (areas.banner, trouble) {
        banner(canvas, area, why);
    }
    if runs.shown.is_empty() {
        nothing(canvas, app, runs, areas.list);
    } else {
        let columns = placed(areas.list.width);
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
        let (run, sign) = match runs.row(at, &app.runs) {
            Some(ListRow::Run(run)) => (run, if runs.group.is_some() { glyphs.guide } else { "" }),
            Some(ListRow::Group(group, true)) => (&group.sum, glyphs.unfolded),
            Some(ListRow::Group(group, false)) => (&group.sum, glyphs.folded),
            None => continue,
        };
        canvas.put((area.x + 1, y), 1, sign, Role::Dim);
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
    let mut flow = Flow::new(canvas, area);
    for Flag { sign, count, role, .. } in flagged {
        flow.put(sign, role).put(&format::count(count), role).gap(1);
    }
}

fn rule(canvas: &mut Canvas, app: &App, runs: &Runs, area: Rect) {
    let follow = if runs.follow && !runs.shown.is_empty() { "follows the newest" } else { "" };
    let grouped = runs.group.map_or(String::new(), |by| format!("by {}", by.word()));
    let all = if runs.all_traces { "all traces" } else { "" };
    let deletes = if matches!(app.settings.mode, Mode::Live(_)) { ", # deletes them" } else { "" };
    let marked = match runs.marked.len() {
        0 => String::new(),
        1 => "1 marked: d compares it with the run under the cursor".to_owned(),
        2 => format!("2 marked: d compares them{deletes}"),
        many => format!("{many} marked{deletes}"),
    };
    let searching = if runs.full_text.waits_for.is_some() { "searching" } else { "" };
    let line = filter_line(runs, usize::from(area.width) / 2);
    let role = if runs.fault.is_some() { Role::Error } else { Role::Accent };
    canvas.rule(
        area,
        &[
            (&line, role),
            (searching, Role::Running),
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
    let Some(ListRow::Run(run) | ListRow::Group(Group { sum: run, .. }, _)) = runs.row(runs.at, &app.runs)
    else {
        return;
    };
    let glyphs = canvas.look.glyphs;
    let mut flow = Flow::new(canvas, Rect { width: area.width.saturating_sub(1), ..area });
    flow.gap(2);
    if let Some((worst, more)) = app.alarms.worst(run.key) {
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

/// The list where nothing is listed: why, and what to do.
fn nothing(canvas: &mut Canvas, app: &App, runs: &Runs, area: Rect) {
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
    let hidden = app.runs.shown(&Sieve { all_traces: true, ..runs.sieve(app.now) }, runs.sort).len();
    let mut lines = vec![vec![("no run to show here".to_owned(), Role::Title)]];
    if !runs.filter.value().is_empty() {
        let words = format!("the filter is “{}”; ", runs.filter.value());
        let way_out = if runs.typing { Action::Cancel } else { Action::Escape };
        let key = app.key_in(app.chain(), way_out);
        lines.push(vec![(words, Role::Dim), (key, Role::Accent), (" clears it".into(), Role::Dim)]);
    }
    lines.extend(excluding(runs));
    if hidden > 0 {
        let words = format!(" shows {} without an agent's doing", counted(hidden as u64, "trace"));
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

pub(super) type Words = Vec<(String, Role)>;

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

/// Lines in the middle of an area, at one left edge.
pub(super) fn centred(canvas: &mut Canvas, area: Rect, lines: &[Words]) {
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
