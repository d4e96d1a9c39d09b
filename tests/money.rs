//! Money cases: spans by hand as each convention writes them, through dialect, price and ledger, exact to the
//! micro-dollar. The cases stand in `tests/money/*.toml`, with the list prices their figures are worked out from.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

#[path = "common/blank.rs"]
mod blank;

use serde::Deserialize;
use spanglass::analyze::ledger::Ledger;
use spanglass::analyze::tree;
use spanglass::dialect::interpret;
use spanglass::model::{Attributes, Resource, Scope, Span, SpanKind, Step, StepKey, Value};
use spanglass::price::Prices;

/// 2026-11-21.
const TODAY: u64 = 1_795_219_200_000_000_000;
const SECOND: u64 = 1_000_000_000;

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

/// Spans of one run, what they cost in millionths of a dollar (absent: unknown), and who says so.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    what: String,
    micro_usd: Option<i64>,
    source: String,
    span: Vec<Told>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    #[serde(default = "first")]
    id: u64,
    #[serde(default)]
    parent: u64,
    scope: String,
    name: String,
    attributes: toml::Table,
}

const fn first() -> u64 {
    1
}

fn value(toml: &toml::Value) -> Value {
    match toml {
        toml::Value::String(text) => Value::Str(text.clone()),
        toml::Value::Integer(number) => Value::Int(*number),
        toml::Value::Float(number) => Value::Double(*number),
        toml::Value::Boolean(flag) => Value::Bool(*flag),
        toml::Value::Array(items) => Value::Array(items.iter().map(value).collect()),
        toml::Value::Table(table) => Value::Map(attributes(table)),
        toml::Value::Datetime(time) => Value::Str(time.to_string()),
    }
}

fn attributes(table: &toml::Table) -> Attributes {
    Attributes(table.iter().map(|(key, v)| (key.clone(), value(v))).collect())
}

/// Calls run one after the other, whatever is around them over all of them.
fn times(told: &Told) -> (u64, u64) {
    match told.parent {
        0 => (TODAY, TODAY + 1000 * SECOND),
        _ => (TODAY + told.id * 10 * SECOND, TODAY + (told.id * 10 + 5) * SECOND),
    }
}

fn span(told: &Told) -> Span {
    let (start, end) = times(told);
    Span {
        name: told.name.clone(),
        kind: SpanKind(3),
        start,
        end,
        attributes: attributes(&told.attributes),
        ..blank::span(7, told.id, told.parent)
    }
}

/// The step as ingest derives it.
fn step(prices: &Prices, told: &Told) -> Step {
    let scope = Scope { name: told.scope.clone(), ..Scope::default() };
    let meaning = interpret(&span(told), &Resource::default(), &scope);
    let paid = prices.price(&meaning.pricing);
    let key = StepKey(i64::try_from(told.id).unwrap());
    Step { key, cost: paid.cost, rates: paid.rates, ..meaning.step }
}

/// What is wrong with a case: in the order given and in reverse the ledger's sum is what is wanted, and the tree's rows
/// add up to it.
fn wrong(prices: &Prices, case: &Case) -> Option<String> {
    let steps: Vec<Step> = case.span.iter().map(|told| step(prices, told)).collect();
    let reversed: Vec<Step> = steps.iter().rev().cloned().collect();
    let want = case.micro_usd.map(|micro| micro * 1000);
    [steps, reversed].into_iter().find_map(|steps| {
        let total = Ledger::of(&steps).totals().cost;
        let tree = tree::build(&steps);
        let rows: i64 = tree.rows.iter().filter_map(|row| row.own_cost).map(|cost| cost.amount.0).sum();
        let nano = total.known().map(|cost| cost.0);
        let right = (nano, total.source()) == (want, case.source.as_str()) && rows == total.amount.0;
        let usage: Vec<_> = steps.iter().map(|step| &step.usage).collect();
        let got = format!("{nano:?} nano-dollars {}, rows {rows}", total.source());
        (!right).then(|| format!("{}: {got}; want {want:?} {}\n  {usage:?}", case.what, case.source))
    })
}

fn check(cases: &str) {
    let table: Table = toml::from_str(cases).unwrap();
    let prices = Prices::bundled();
    let wrong: Vec<_> = table.case.iter().filter_map(|case| wrong(&prices, case)).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_convention_tells_the_same_cached_call_at_the_same_cost() {
    check(include_str!("money/conventions.toml"));
}

#[test]
fn reasoning_and_cached_tokens_of_openai_and_gemini_are_parts() {
    check(include_str!("money/parts.toml"));
}

#[test]
fn names_find_their_price_or_none() {
    check(include_str!("money/names.toml"));
}

#[test]
fn what_a_client_reports_wins() {
    check(include_str!("money/reported.toml"));
}

#[test]
fn what_a_parent_repeats_is_not_paid_again() {
    check(include_str!("money/parents.toml"));
}

#[test]
fn what_a_parent_declares_otherwise_is_told() {
    let table: Table = toml::from_str(include_str!("money/parents.toml")).unwrap();
    let prices = Prices::bundled();
    let declared = |what: &str| {
        let case = table.case.iter().find(|case| case.what == what).unwrap();
        let steps: Vec<Step> = case.span.iter().map(|told| step(&prices, told)).collect();
        let declared = tree::build(&steps).rows[0].declared();
        declared.map(|declared| (declared.tokens, declared.cost.map(|cost| cost.0)))
    };
    assert_eq!(declared("an agent's sum"), None);
    // 99 000 where its calls add up to 21 000
    assert_eq!(declared("one that goes on adding"), Some((Some(99_000), None)));
    assert_eq!(declared("with a cost of its own"), None, "it is that of its calls");
}
