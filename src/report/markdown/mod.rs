//! A run as a postmortem in Markdown: what was asked, what happened, where the money went, what was found, what failed,
//! how it ended.

pub(super) mod escape;
mod happened;
mod money;

use self::escape::{escaped, quoted, row};
use super::{Look, Telling, format, show, text};
use crate::analyze::{fold, tree::Row};
use crate::model::{Finding, SpanId, Step, StepKind, StepStatus};

/// Lines of a task or an answer that are quoted.
const LINES: usize = 40;

/// Errors that are listed.
const ERRORS: usize = 50;

/// Steps of a finding that are named.
const MEMBERS: usize = 30;

/// Columns of a text in a line of ours.
const WORDS: usize = 160;

/// The whole page.
pub fn page(telling: &Telling<'_>, look: &Look) -> String {
    let run = telling.run;
    let status = run.times.status(look.now).name();
    let sections = [
        format!("# {}: {status}\n\n{}", escaped(&run.name), figures(telling, look)),
        section("What was asked", &asked(telling)),
        section("What happened", &happened::lines(telling, look)),
        section("Where the money went", &money::lines(telling, look)),
        section("Findings", &findings(telling)),
        section("Errors", &errors(telling, look)),
        section("How it ended", &ended(telling, look)),
    ];
    sections.concat()
}

fn section(title: &str, body: &str) -> String {
    if body.is_empty() { String::new() } else { format!("\n## {title}\n\n{body}") }
}

fn figures(telling: &Telling<'_>, look: &Look) -> String {
    let run = telling.run;
    let took = (run.times.start != 0 && run.times.end != 0)
        .then(|| format::duration(run.times.end.saturating_sub(run.times.start)));
    let tokens = match format::tokens(&run.tokens, run.tokens.input) {
        none if none.is_empty() => none,
        input => format!("{input} in, {} out", format::tokens(&run.tokens, run.tokens.output)),
    };
    let cost = match format::cost_total(&run.cost) {
        none if none.is_empty() => none,
        cost => format!("{cost} ({})", run.cost.source()),
    };
    let counts = format!("{} ({} model calls, {} tool calls)", run.steps, run.llm_calls, run.tool_calls);
    let facts = [
        ("run", format!("`{}`", run.run_id)),
        ("started", format::moment(run.times.start, look.zone)),
        ("took", took.unwrap_or_default()),
        ("steps", counts),
        ("errors", run.errors.to_string()),
        ("tokens", tokens),
        ("cost", cost),
        ("models", escaped(&run.models.join(", "))),
        ("agents", escaped(&run.agents.join(", "))),
        ("service", escaped(&run.service)),
    ];
    let told = facts.into_iter().filter(|(_, fact)| !fact.is_empty());
    let rows: String = told.map(|(name, fact)| row(&[name.to_owned(), fact])).collect();
    format!("| | |\n| --- | --- |\n{rows}")
}

fn asked(telling: &Telling<'_>) -> String {
    match telling.request() {
        Some(task) => quoted(task, LINES),
        None => "Unknown: content not captured.\n".to_owned(),
    }
}

fn findings(telling: &Telling<'_>) -> String {
    let shown = telling.shown();
    telling.findings.iter().map(|finding| self::finding(telling, &shown, finding)).collect()
}

fn finding(telling: &Telling<'_>, shown: &[&Step], finding: &Finding) -> String {
    let wasted = match (finding.wasted_tokens, finding.wasted_cost) {
        (0, _) => String::new(),
        (tokens, None) => format!(" Wasted {} tokens, cost unknown.", format::grouped(tokens)),
        (tokens, Some(cost)) => {
            format!(" Wasted {} tokens, {}.", format::grouped(tokens), format::money(cost))
        }
    };
    let changed = finding.changed.as_ref().map(|changed| format!(" Changed: {}.", escaped(changed)));
    let indexes: Vec<usize> = finding.steps.iter().filter_map(|id| index_of(shown, *id)).collect();
    let named: Vec<_> = indexes.iter().take(MEMBERS).map(ToString::to_string).collect();
    let more = if indexes.len() > MEMBERS { ", …" } else { "" };
    let dismissed = if finding.dismissed { " (dismissed)" } else { "" };
    let evidence = evidence(telling, shown, &indexes);
    format!(
        "- **{}: {}**{dismissed}, {}.{}{wasted}\n  Steps {}{more}.\n{evidence}",
        finding.severity.name(),
        finding.kind.label(),
        escaped(&finding.message),
        changed.unwrap_or_default(),
        named.join(", ")
    )
}

fn index_of(shown: &[&Step], id: SpanId) -> Option<usize> {
    shown.iter().position(|step| step.span_id == id)
}

/// What the first call among the members was asked and told.
fn evidence(telling: &Telling<'_>, shown: &[&Step], indexes: &[usize]) -> String {
    let call = indexes.iter().copied().find(|&at| shown[at].kind == StepKind::Tool);
    let Some(at) = call else { return String::new() };
    let told = [
        ("asked", telling.arguments(at)),
        ("told", telling.result(at)),
        ("failed", shown[at].error.as_deref().map(str::to_owned)),
    ];
    let line = |(what, text): (&str, Option<String>)| {
        text.map(|text| format!("  - step {at} {what}: {}\n", escaped(&text::preview(&text, WORDS))))
    };
    told.into_iter().filter_map(line).collect()
}

fn errors(telling: &Telling<'_>, look: &Look) -> String {
    let tells = |row: &Row, step: &Step| step.status == StepStatus::Error && !fold::is_quiet(row, step);
    let failed: Vec<_> = telling
        .rows()
        .enumerate()
        .filter(|(_, (row, step))| tells(row, step))
        .map(|(at, (_, step))| (at, step))
        .collect();
    let line = |(at, step): &(usize, &Step)| {
        let said = step.error.as_deref().unwrap_or("no message");
        let title = escaped(&show::title(step, look));
        format!("- step {at}, {} {title}: {}\n", step.kind.name(), escaped(&text::preview(said, 2 * WORDS)))
    };
    let more = match failed.len().saturating_sub(ERRORS) {
        0 => String::new(),
        more => format!("- … and {more} more\n"),
    };
    failed.iter().take(ERRORS).map(line).collect::<String>() + &more
}

fn ended(telling: &Telling<'_>, look: &Look) -> String {
    let shown = telling.shown();
    let status = telling.run.times.status(look.now).name();
    let speaks = |at: &usize| shown[*at].kind == StepKind::Llm && shown[*at].status == StepStatus::Ok;
    let answer = (0..shown.len()).rev().find(speaks);
    let last = shown.iter().enumerate().rfind(|(_, step)| step.kind != StepKind::Other);
    let last = last.map(|(at, step)| format!(", at step {at} ({})", escaped(&show::title(step, look))));
    let said = match answer.map(|at| telling.said(at)) {
        Some(Some(said)) => format!("\nThe last that a model said:\n\n{}", quoted(&said, LINES)),
        Some(None) => "\nThe last that a model said is unknown: content not captured.\n".to_owned(),
        None => String::new(),
    };
    format!("{status}{}\n{said}", last.unwrap_or_default())
}

#[cfg(test)]
mod tests;
