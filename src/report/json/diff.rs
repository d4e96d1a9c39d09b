//! The comparison of two runs as one object of the contract.

use serde::Serialize;

use super::super::diff::{Pair, detail};
use super::number::Decimal;
use crate::analyze::diff::{self, Diff, Entry, Hunk, Notable, Setting, Sums};
use crate::model::{NanoUsd, RunSummary, TokenTotals};

#[derive(Serialize)]
pub(super) struct Line<'a> {
    a: &'a str,
    b: &'a str,
    same: bool,
    divergence: Option<Divergence<'a>>,
    configuration: Vec<Setup<'a>>,
    alignment: Vec<Row>,
    delta: Delta,
    hunks: Vec<Stretch>,
    ended: Both<Option<End<'a>>>,
    unrelated: bool,
    limit_hit: bool,
}

/// A value for either run.
#[derive(Serialize)]
struct Both<T> {
    a: T,
    b: T,
}

impl<T> Both<T> {
    fn new([a, b]: [T; 2]) -> Self {
        Self { a, b }
    }
}

#[derive(Serialize)]
struct Divergence<'a> {
    a_span: Option<String>,
    b_span: Option<String>,
    a_index: Option<usize>,
    b_index: Option<usize>,
    reason: &'static str,
    cause: &'static str,
    detail: String,
    /// Where two steps in a row match again.
    meet: Option<Both<Option<usize>>>,
    /// Steps of each run up to there.
    detour: Both<usize>,
    arguments: Vec<Argument<'a>>,
    message: Option<Message<'a>>,
    said: Both<Option<&'a str>>,
    before: Both<Took>,
    after: Both<Took>,
}

/// An argument that differs.
#[derive(Serialize)]
struct Argument<'a> {
    path: &'a str,
    a: Option<&'a str>,
    b: Option<&'a str>,
}

/// The message of the input that differs; places count from 0.
#[derive(Serialize)]
struct Message<'a> {
    role: &'a str,
    a_place: Option<usize>,
    b_place: Option<usize>,
    a: Option<&'a str>,
    b: Option<&'a str>,
}

/// What some steps of one run took.
#[derive(Serialize)]
struct Took {
    steps: usize,
    tokens: super::line::Tokens,
    cost_usd: Option<Decimal>,
    duration_ms: Option<Decimal>,
}

/// Lines of the alignment that differ, from `start` on, before `end`.
#[derive(Serialize)]
struct Stretch {
    start: usize,
    end: usize,
    notable: Option<&'static str>,
    a: Took,
    b: Took,
}

/// The last step of a run that counts.
#[derive(Serialize)]
struct End<'a> {
    index: usize,
    span_id: String,
    status: &'static str,
    error: Option<&'a str>,
}

#[derive(Serialize)]
struct Setup<'a> {
    agent: Option<&'a str>,
    field: &'a str,
    a: Option<&'a str>,
    b: Option<&'a str>,
}

#[derive(Serialize)]
struct Row {
    a: Option<usize>,
    b: Option<usize>,
    op: &'static str,
    /// The same decision in other words.
    reworded: bool,
}

/// The second run less the first; `null` where either is unknown.
#[derive(Serialize)]
struct Delta {
    tokens: Tokens,
    cost_usd: Option<Decimal>,
    duration_ms: Option<Decimal>,
    steps: i64,
}

#[derive(Serialize)]
struct Tokens {
    input: Option<i64>,
    output: Option<i64>,
    cache_read: Option<i64>,
    cache_write: Option<i64>,
    reasoning: Option<i64>,
    total: Option<i64>,
}

impl<'a> Line<'a> {
    pub(super) fn new(pair: &Pair<'a>) -> Self {
        let [a, b] = pair.runs;
        Self {
            a: &a.run_id,
            b: &b.run_id,
            same: pair.diff.same(),
            divergence: divergence(pair),
            configuration: pair.diff.configuration.iter().map(field).collect(),
            alignment: pair.diff.entries.iter().map(row).collect(),
            delta: Delta::new(a, b),
            hunks: pair.diff.hunks.iter().map(stretch).collect(),
            ended: Both::new(ends(pair)),
            unrelated: pair.diff.unrelated,
            limit_hit: pair.diff.limit_hit,
        }
    }
}

fn divergence<'a>(pair: &Pair<'a>) -> Option<Divergence<'a>> {
    let found = pair.diff.divergence.as_ref()?;
    let [a_index, b_index] = found.at;
    let span = |side: usize| found.at[side].map(|at| pair.sides[side].shown[at].step.span_id.to_string());
    Some(Divergence {
        a_span: span(0),
        b_span: span(1),
        a_index,
        b_index,
        reason: found.reason.name(),
        cause: found.cause.name(),
        detail: detail(pair, found),
        meet: found.meet.map(|at| {
            let Entry { a, b, .. } = pair.diff.entries[at];
            Both { a, b }
        }),
        detour: Both::new(found.detour),
        arguments: found.arguments.iter().map(argument).collect(),
        message: found.evidence.message.as_ref().map(message),
        said: Both::new(found.evidence.said.each_ref().map(Option::as_deref)),
        before: took(pair, &pair.diff.entries[..found.entry]),
        after: took(pair, &pair.diff.entries[found.entry..]),
    })
}

fn took(pair: &Pair<'_>, lines: &[Entry]) -> Both<Took> {
    Both::new(Diff::sums(pair.sides, lines).map(|sums| Took::new(&sums)))
}

impl Took {
    fn new(sums: &Sums) -> Self {
        Self {
            steps: sums.steps,
            tokens: super::line::Tokens::of_run(&sums.tokens),
            cost_usd: sums.cost.known().map(Decimal::usd),
            duration_ms: sums.time.map(Decimal::ms),
        }
    }
}

fn argument(field: &diff::Field) -> Argument<'_> {
    Argument { path: &field.path, a: field.a.as_deref(), b: field.b.as_deref() }
}

fn message(found: &diff::Message) -> Message<'_> {
    let ([a_place, b_place], [a, b]) = (found.places, found.texts.each_ref().map(Option::as_deref));
    Message { role: found.role.name(), a_place, b_place, a, b }
}

fn stretch(hunk: &Hunk) -> Stretch {
    let notable = match hunk.notable {
        Notable::ChangesState => Some("changes_state"),
        Notable::Error => Some("error"),
        Notable::Cost => Some("cost"),
        Notable::Plain => None,
    };
    let [a, b] = hunk.sums.map(|sums| Took::new(&sums));
    Stretch { start: hunk.entries.start, end: hunk.entries.end, notable, a, b }
}

fn ends<'a>(pair: &Pair<'a>) -> [Option<End<'a>>; 2] {
    let ends = pair.diff.ends();
    [0, 1].map(|side| {
        let index = ends[side]?;
        let step = pair.sides[side].shown[index].step;
        let (status, error) = (step.status.name(), step.error.as_deref());
        Some(End { index, span_id: step.span_id.to_string(), status, error })
    })
}

fn field(setting: &Setting) -> Setup<'_> {
    let Setting { agent, field, a, b } = setting;
    Setup { agent: agent.as_deref(), field, a: a.as_deref(), b: b.as_deref() }
}

fn row(entry: &Entry) -> Row {
    Row { a: entry.a, b: entry.b, op: entry.op.name(), reworded: entry.reworded }
}

impl Delta {
    fn new(a: &RunSummary, b: &RunSummary) -> Self {
        let cost = a.cost.known().zip(b.cost.known()).map(|(a, b)| NanoUsd(b.0.saturating_sub(a.0)));
        let took = |run: &RunSummary| {
            let times = &run.times;
            (times.start != 0 && times.end != 0).then(|| signed(times.end.saturating_sub(times.start)))
        };
        Self {
            tokens: Tokens::new(&a.tokens, &b.tokens),
            cost_usd: cost.map(Decimal::usd),
            duration_ms: took(a).zip(took(b)).map(|(a, b)| Decimal::signed_ms(b - a)),
            steps: signed(b.steps) - signed(a.steps),
        }
    }
}

impl Tokens {
    fn new(a: &TokenTotals, b: &TokenTotals) -> Self {
        let known = |totals: &TokenTotals| totals.known > 0 || totals.unknown == 0;
        let both = known(a) && known(b);
        let less = |of: fn(&TokenTotals) -> u64| both.then(|| signed(of(b)) - signed(of(a)));
        Self {
            input: less(|totals| totals.input),
            output: less(|totals| totals.output),
            cache_read: less(|totals| totals.cache_read),
            cache_write: less(|totals| totals.cache_write),
            reasoning: less(|totals| totals.reasoning),
            total: less(TokenTotals::total),
        }
    }
}

/// Counts stay far below the 63 bits; beyond them they are as many as there are.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
