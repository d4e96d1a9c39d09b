//! One run as text: its figures, its findings, its steps as a tree.

use std::collections::HashMap;

use super::table::{Cell, Column, Fit, render};
use super::{Look, cost, format, glyph, paint, text};
use crate::analyze::fold::{self, Kept};
use crate::analyze::tree::{Node, Row, Tree};
use crate::model::{
    CostTotal, Finding, FindingKind, Handoff, RunSummary, SharedText, SpanId, Step, StepKind, StepStatus,
};

const COLUMNS: [Column; 7] = [
    Column { title: "#", fit: Fit::Right },
    Column { title: "STEP", fit: Fit::Elastic },
    Column { title: "IN", fit: Fit::Right },
    Column { title: "OUT", fit: Fit::Right },
    Column { title: "COST", fit: Fit::Right },
    Column { title: "TIME", fit: Fit::Right },
    Column { title: "", fit: Fit::Left },
];

/// Levels drawn as rails; deeper ones stand at this level, so that a chain of thousands stays readable.
const MAX_RAILS: usize = 24;

/// The whole page. Plumbing is left out unless `all` is asked for; rows keep the numbers that `--json` gives them.
pub fn page(
    run: &RunSummary,
    steps: &[Step],
    tree: &Tree,
    findings: &[Finding],
    all: bool,
    look: &Look,
) -> String {
    let flagged = flagged(findings);
    let shown = if all { fold::whole(&tree.rows) } else { fold::without_plumbing(&tree.rows, steps) };
    let indexes = indexes(tree);
    let mut rails = Rails::default();
    let cells = |kept: &Kept<'_>| {
        row_cells(&kept.row, rails.of(&kept.row, look.ascii), indexes[kept.at], steps, &flagged, look)
    };
    let rows: Vec<_> = shown.iter().map(cells).collect();
    let flags = findings_list(findings, look);
    let gap = if flags.is_empty() { "" } else { "\n" };
    let table = render(&COLUMNS, &rows, look.columns);
    format!("{}{gap}{flags}\n{table}{}", head(run, look), folded(tree, steps, &shown, look))
}

/// The number of every row's step; a missing parent takes none.
fn indexes(tree: &Tree) -> Vec<usize> {
    let mut next = 0;
    let number = |row: &Row| {
        let index = next;
        next += usize::from(matches!(row.node, Node::Step(_)));
        index
    };
    tree.rows.iter().map(number).collect()
}

/// What is not there, and how to see it.
fn folded(tree: &Tree, steps: &[Step], shown: &[Kept<'_>], look: &Look) -> String {
    let rows = match tree.rows.len() - shown.len() {
        0 => return String::new(),
        1 => "1 step of plumbing is".to_owned(),
        many => format!("{many} steps of plumbing are"),
    };
    let failed = |row: &&Row| step_of(row, steps).is_some_and(|step| step.status == StepStatus::Error);
    let all = tree.rows.iter().filter(failed).count();
    let quiet = all - shown.iter().map(|kept| kept.row.as_ref()).filter(failed).count();
    let failed =
        if quiet > 0 { format!(", {quiet} of them failed and were got over") } else { String::new() };
    let line = format!("{rows} folded away{failed}; --all shows them");
    format!("\n{}\n", paint::paint(paint::QUIET, &text::cut(&line, look.columns)))
}

/// What the run is, how it stands, what it did and took: a line each where they fit.
pub(super) fn head(run: &RunSummary, look: &Look) -> String {
    let status = run.times.status(look.now);
    let sign = paint::paint(paint::status(status), glyph::status(status).text(look.ascii));
    let name = text::one_line(&run.name);
    let room = look.columns.saturating_sub(text::width(&name) + 4);
    let name = paint::paint(paint::STRONG, &name);
    let task = text::preview(run.task.as_deref().unwrap_or_default(), room);
    let title = format!("{sign} {name}  {task}");
    let lines =
        [title.trim_end().to_owned(), dotted(&standing(run, look), look), dotted(&figures(run), look)];
    lines.join("\n") + "\n"
}

/// Who, when, how it stands.
fn standing(run: &RunSummary, look: &Look) -> Vec<String> {
    let mut words = vec![run.run_id.clone(), run.times.status(look.now).name().to_owned()];
    words.push(format::started(run.times.start, look.now, look.zone));
    if run.times.start != 0 && run.times.end != 0 {
        words.push(format::duration(run.times.end.saturating_sub(run.times.start)));
    }
    words.push(run.service.clone());
    words.extend(run.session_id.iter().map(|id| format!("session {id}")));
    words.extend(run.user_id.iter().map(|id| format!("user {id}")));
    words.extend(run.tags.iter().map(|tag| format!("#{tag}")));
    words
}

/// What it did and took.
fn figures(run: &RunSummary) -> Vec<String> {
    let counts = [
        (run.steps, "step", "steps"),
        (run.llm_calls, "model call", "model calls"),
        (run.tool_calls, "tool call", "tool calls"),
        (run.handoffs, "handoff", "handoffs"),
        (run.errors, "error", "errors"),
    ];
    let counted = counts.iter().filter(|(n, ..)| *n > 0);
    let mut words: Vec<_> =
        counted.map(|(n, one, many)| format!("{n} {}", if *n == 1 { one } else { many })).collect();
    words.push(tokens(run));
    words.push(paid(&run.cost));
    words.push(run.models.join(", "));
    words
}

/// `$0.034 computed`, `≥$0.0029, 1 call unpriced`; empty without any call.
fn paid(cost: &CostTotal) -> String {
    let amount = format::cost_total(cost);
    match (cost.unknown, cost.source()) {
        _ if amount.is_empty() => amount,
        (0, source) => format!("{amount} {source}"),
        (1, _) => format!("{amount}, 1 call unpriced"),
        (many, _) => format!("{amount}, {many} calls unpriced"),
    }
}

/// `in 12.4k (57% cached) out 1.1k`, empty without any call.
fn tokens(run: &RunSummary) -> String {
    let input = format::tokens(&run.tokens, run.tokens.input);
    if input.is_empty() {
        return input;
    }
    let cached = match run.tokens.cache_read {
        0 => String::new(),
        read => format!(" ({} cached)", format::percent(read, run.tokens.input)),
    };
    format!("in {input}{cached} out {}", format::tokens(&run.tokens, run.tokens.output))
}

/// The words that say something, in as many lines as they need.
fn dotted(words: &[String], look: &Look) -> String {
    let dot = if look.ascii { " - " } else { " · " };
    let mut lines: Vec<String> = Vec::new();
    for word in words.iter().filter(|word| !word.is_empty()).map(|word| text::one_line(word)) {
        match lines.last_mut() {
            Some(line) if text::width(line) + text::width(dot) + text::width(&word) <= look.columns => {
                *line += dot;
                *line += &word;
            }
            _ => lines.push(text::cut(&word, look.columns).into_owned()),
        }
    }
    let lines: Vec<_> = lines.iter().map(|line| paint::paint(paint::QUIET, line)).collect();
    lines.join("\n")
}

/// What the rounds after the first took, as far as they took anything.
fn wasted(finding: &Finding) -> String {
    let tokens = finding.wasted_tokens;
    let calls = (tokens > 0).then(|| {
        let cost = finding.wasted_cost.map_or_else(|| "cost unknown".to_owned(), format::money);
        format!("{} tokens, {cost}", format::count(tokens))
    });
    let time = (finding.wasted_time > 0).then(|| format::duration(finding.wasted_time));
    let parts: Vec<_> = calls.into_iter().chain(time).collect();
    if parts.is_empty() { String::new() } else { format!("; wasted {}", parts.join(", ")) }
}

/// Findings with the numbers by which they are dismissed; those that are stand last.
fn findings_list(findings: &[Finding], look: &Look) -> String {
    let mut numbered: Vec<(usize, &Finding)> =
        findings.iter().enumerate().map(|(at, f)| (at + 1, f)).collect();
    numbered.sort_by_key(|(_, finding)| finding.dismissed);
    let digits = findings.len().to_string().len();
    let line = |(number, finding): (usize, &Finding)| {
        let number = paint::paint(paint::QUIET, &format!("#{number:<digits$} "));
        format!("{number}{}", finding_line(finding, look))
    };
    numbered.into_iter().map(line).collect()
}

/// What `dismiss` says: which findings of `run` no longer count, or count again.
pub fn dismissed(run: &RunSummary, changed: &[&Finding], again: bool, look: &Look) -> String {
    let name = paint::paint(paint::STRONG, &text::one_line(&run.name));
    let id = paint::paint(paint::QUIET, &run.run_id);
    // as they were found: dismissed ones are told to count again here
    let line = |finding: &&Finding| {
        let counted = Finding { dismissed: false, ..(*finding).clone() };
        format!("    {}", finding_line(&counted, look))
    };
    let lines: String = changed.iter().map(line).collect();
    let said = match (changed.is_empty(), again) {
        (true, true) => "nothing of it is dismissed",
        (true, false) => "nothing is left to dismiss",
        (false, true) => "counts again:",
        (false, false) => "no longer counts; dismiss --undo brings it back:",
    };
    format!("{name}  {id}  {said}\n{lines}")
}

fn finding_line(finding: &Finding, look: &Look) -> String {
    if finding.dismissed {
        let sign = glyph::finding(finding.kind).text(look.ascii);
        let line = format!("{}{sign} {}", text::pad("done", 8), text::one_line(&finding.message));
        return format!("{}\n", paint::paint(paint::QUIET, &line));
    }
    let word = paint::paint(paint::severity(finding.severity), &text::pad(finding.severity.name(), 8));
    let sign = glyph::finding(finding.kind).text(look.ascii);
    let changed = finding.changed.as_deref().filter(|changed| !changed.starts_with("nothing"));
    let changed = changed.map_or_else(String::new, |changed| format!("; changed: {changed}"));
    format!("{word}{sign} {}{changed}{}\n", text::one_line(&finding.message), wasted(finding))
}

/// The finding that each of its steps carries; of several the first.
fn flagged(findings: &[Finding]) -> HashMap<SpanId, FindingKind> {
    let counted = findings.iter().rev().filter(|finding| !finding.dismissed);
    let pairs = counted.flat_map(|finding| finding.steps.iter().map(|&id| (id, finding.kind)));
    pairs.collect()
}

/// The step of a row; `None` for a parent that has not arrived.
fn step_of<'a>(row: &Row, steps: &'a [Step]) -> Option<&'a Step> {
    match row.node {
        Node::Step(at) => steps.get(at),
        Node::Missing { .. } => None,
    }
}

fn row_cells(
    row: &Row,
    rail: String,
    index: usize,
    steps: &[Step],
    flagged: &HashMap<SpanId, FindingKind>,
    look: &Look,
) -> Vec<Cell> {
    let rail = Cell::new(paint::QUIET, rail);
    let step = step_of(row, steps);
    let plain = |text: String| Cell::new(paint::PLAIN, text);
    let tokens = row.tokens();
    vec![
        Cell::new(paint::QUIET, step.map(|_| index.to_string()).unwrap_or_default()),
        label(row, step, rail, look),
        plain(format::tokens(&tokens, tokens.input)),
        plain(format::tokens(&tokens, tokens.output)),
        plain(format::cost_total(&row.cost())),
        plain(step.map(took).unwrap_or_default()),
        signs(row, step, flagged, look),
    ]
}

/// Sign, name and, of a failed step, what went wrong; of one that says of itself what its steps do not bear out, that.
fn label(row: &Row, step: Option<&Step>, rail: Cell, look: &Look) -> Cell {
    let (Some(step), Node::Step(_)) = (step, row.node) else {
        return rail.then(paint::QUIET, missing(row, look));
    };
    let style = if step.plumbing { paint::QUIET } else { paint::PLAIN };
    let cell = rail.then(style, format!("{} {}", glyph::kind(step.kind).text(look.ascii), title(step, look)));
    let cell = match &step.error {
        Some(error) => {
            let style = if fold::is_quiet(row, step) { paint::QUIET } else { paint::BAD };
            cell.then(style, format!("  {}", text::preview(error, look.columns)))
        }
        None => cell,
    };
    match &row.declared() {
        Some(declared) => {
            cell.then(paint::WARN, format!("  {}", cost::declared(declared, &row.tokens(), &row.cost())))
        }
        None => cell,
    }
}

fn missing(row: &Row, look: &Look) -> String {
    match row.node {
        Node::Missing { span_id, .. } => {
            format!("{} parent {span_id} has not arrived", glyph::MISSING.text(look.ascii))
        }
        Node::Step(_) => String::new(),
    }
}

/// What the step is called: the agent, tool or target where there is one, for the span's name repeats the kind.
pub(super) fn title(step: &Step, look: &Look) -> String {
    let arrow = glyph::ARROW.text(look.ascii);
    let name = match (step.kind, step.handoff.as_deref()) {
        (_, Some(Handoff { from, to })) => {
            let end = |name: &Option<SharedText>| name.as_deref().unwrap_or(format::UNKNOWN).to_owned();
            format!("{} {arrow} {}", end(from), end(to))
        }
        (StepKind::Agent, None) => step.agent.as_ref().unwrap_or(&step.name).to_string(),
        (StepKind::Tool, None) => step.tool.as_ref().unwrap_or(&step.name).to_string(),
        _ => step.name.to_string(),
    };
    text::one_line(&name).into_owned()
}

fn took(step: &Step) -> String {
    step.duration().map(format::duration).unwrap_or_default()
}

/// What asks for attention at this step.
fn signs(row: &Row, step: Option<&Step>, flagged: &HashMap<SpanId, FindingKind>, look: &Look) -> Cell {
    let Some(step) = step else { return Cell::default() };
    let found = flagged.get(&step.span_id).map(|&kind| (paint::WARN, glyph::finding(kind)));
    let state = match step.status {
        StepStatus::Ok => None,
        StepStatus::Error if fold::is_quiet(row, step) => Some((paint::QUIET, glyph::FAILED)),
        StepStatus::Error => Some((paint::BAD, glyph::FAILED)),
        StepStatus::Running => Some((paint::LIVE, glyph::RUNNING)),
    };
    let cut = row.cycle_cut.then_some((paint::WARN, glyph::CUT));
    let all = [state, found, cut].into_iter().flatten();
    all.fold(Cell::default(), |cell, (style, sign)| cell.then(style, sign.text(look.ascii)))
}

/// The lines that tie a row to its parent, told from the rows above it.
#[derive(Default)]
struct Rails {
    /// Whether the row at this level, last seen, was the last of its parent's children.
    closed: Vec<bool>,
}

impl Rails {
    fn of(&mut self, row: &Row, ascii: bool) -> String {
        let depth = usize::from(row.depth);
        self.closed.truncate(depth);
        self.closed.resize(depth, true);
        self.closed.push(row.last);
        let levels = self.closed.get(1..depth).unwrap_or_default();
        let bars: String = levels.iter().take(MAX_RAILS).map(|&closed| bar(closed, ascii)).collect();
        if depth == 0 { bars } else { bars + branch(row.last, ascii) }
    }
}

const fn bar(closed: bool, ascii: bool) -> &'static str {
    match (closed, ascii) {
        (true, _) => "  ",
        (false, false) => "│ ",
        (false, true) => "| ",
    }
}

const fn branch(last: bool, ascii: bool) -> &'static str {
    match (last, ascii) {
        (true, false) => "└ ",
        (false, false) => "├ ",
        (true, true) => "`-",
        (false, true) => "|-",
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn shown(columns: usize, ascii: bool) -> String {
        let look = Look { columns, ascii, zone: format::Zone::Utc, now: fixture::START + 9_000_000_000 };
        let text =
            page(&fixture::run(), &fixture::steps(), &fixture::tree(), &fixture::findings(), false, &look);
        anstream::adapter::strip_str(&text).to_string()
    }

    #[test]
    fn a_run_is_a_tree_with_its_figures() {
        insta::assert_snapshot!(shown(110, false));
    }

    #[test]
    fn a_narrow_page_in_ascii_cuts_texts_and_no_figure() {
        insta::assert_snapshot!(shown(72, true));
    }

    #[test]
    fn nothing_a_span_holds_reaches_the_terminal() {
        let shown = shown(200, false);
        assert!(!shown.chars().any(|c| c == '\u{1b}' || c == '\u{202e}'), "{shown}");
    }

    #[test]
    fn a_chain_of_thousands_keeps_its_rails_short() {
        let mut rails = Rails::default();
        let mut row = fixture::tree().rows[0].clone();
        for depth in 0..5000 {
            row.depth = depth;
            assert!(text::width(&rails.of(&row, false)) <= 2 * MAX_RAILS + 2);
        }
    }
}
