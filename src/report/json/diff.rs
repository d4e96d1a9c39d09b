//! The comparison of two runs as one object of the contract.

use serde::Serialize;

use super::super::diff::{Pair, detail};
use super::number::Decimal;
use crate::analyze::diff::{Entry, Setting};
use crate::model::{NanoUsd, RunSummary, TokenTotals};

#[derive(Serialize)]
pub(super) struct Line<'a> {
    a: &'a str,
    b: &'a str,
    same: bool,
    divergence: Option<Divergence>,
    configuration: Vec<Setup<'a>>,
    alignment: Vec<Row>,
    delta: Delta,
    unrelated: bool,
    limit_hit: bool,
}

#[derive(Serialize)]
struct Divergence {
    a_span: Option<String>,
    b_span: Option<String>,
    a_index: Option<usize>,
    b_index: Option<usize>,
    reason: &'static str,
    cause: &'static str,
    detail: String,
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
            unrelated: pair.diff.unrelated,
            limit_hit: pair.diff.limit_hit,
        }
    }
}

fn divergence(pair: &Pair<'_>) -> Option<Divergence> {
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
    })
}

fn field(setting: &Setting) -> Setup<'_> {
    let Setting { agent, field, a, b } = setting;
    Setup { agent: agent.as_deref(), field, a: a.as_deref(), b: b.as_deref() }
}

fn row(entry: &Entry) -> Row {
    Row { a: entry.a, b: entry.b, op: entry.op.name() }
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
