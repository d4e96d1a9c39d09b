//! A run, or an agent in it with all that it called, took more than the user's config allows; and the likely cause.

use super::circumstances::Budget;
use super::course::Doing;
use super::facts::{Facts, agent_of, step_of};
use super::{Pattern, cause, words};
use crate::analyze::agent_name;
use crate::model::{CostTotal, Finding, FindingKind, NanoUsd, Severity};

pub(super) fn check(facts: &Facts<'_>, found: &[Finding]) -> Vec<Pattern> {
    facts.circumstances.budgets.iter().filter_map(|budget| pattern(facts, budget, found)).collect()
}

/// What a run or an agent took up to some step.
#[derive(Clone, Copy, Debug, Default)]
struct Taken {
    cost: CostTotal,
    tokens: u64,
    steps: u64,
    start: u64,
    end: u64,
}

impl Taken {
    fn add(&mut self, facts: &Facts<'_>, at: usize) {
        let row = &facts.rows[at];
        let Some(step) = step_of(facts.steps, row) else { return };
        if row.has_figures {
            self.cost.add(row.own_cost);
            self.tokens = self.tokens.saturating_add(row.usage.total().unwrap_or(0));
        }
        self.steps += u64::from(!step.plumbing);
        if step.start != 0 {
            self.start = if self.start == 0 { step.start } else { self.start.min(step.start) };
        }
        self.end = self.end.max(step.end);
    }

    /// What is above its limit, in words.
    fn over(&self, budget: &Budget) -> Vec<String> {
        let took = if self.start == 0 { 0 } else { self.end.saturating_sub(self.start) };
        let at_least = if self.cost.is_partial() { "at least " } else { "" };
        let above = |is: u64, limit: Option<u64>| limit.filter(|limit| is > *limit);
        let dear = budget.cost.filter(|limit| self.cost.amount > *limit);
        let money = |limit: NanoUsd| {
            let amounts = words::beside(self.cost.amount, limit, words::money, words::exact_money);
            format!("cost {at_least}{amounts} allowed")
        };
        let amount = |limit, is, what| {
            format!("took {} {what} allowed", words::beside(is, limit, words::count, words::exact_count))
        };
        let time =
            |limit| format!("took {} allowed", words::beside(took, limit, words::time, words::exact_time));
        let all = [
            dear.map(money),
            above(self.tokens, budget.tokens).map(|limit| amount(limit, self.tokens, "tokens")),
            above(self.steps, budget.steps).map(|limit| amount(limit, self.steps, "steps")),
            above(took, budget.duration).map(time),
        ];
        all.into_iter().flatten().collect()
    }
}

fn pattern(facts: &Facts<'_>, budget: &Budget, found: &[Finding]) -> Option<Pattern> {
    let rows = covered(facts, budget.agent.as_deref());
    let mut taken = Taken::default();
    for &row in &rows {
        taken.add(facts, row);
    }
    let over = taken.over(budget);
    if over.is_empty() {
        return None;
    }
    let who = budget.agent.as_deref().unwrap_or("the run");
    let cause = cause::of(facts, &rows, found)
        .map_or_else(|| "no single cause stands out".to_owned(), |cause| format!("likely cause: {cause}"));
    let message = format!("{who} {}; {cause}", over.join(", "));
    let step = passed_at(facts, budget, rows);
    let members = budget.agent.as_deref();
    Some(Pattern::of(FindingKind::Budget, Severity::Alarm, message, vec![step?]).with_members(members))
}

/// Rows of an agent and of all that it called; of everybody without one.
fn covered(facts: &Facts<'_>, agent: Option<&str>) -> Vec<usize> {
    let Some(agent) = agent.map(agent_name::key) else { return (0..facts.rows.len()).collect() };
    let mut is_covered = vec![false; facts.rows.len()];
    for (at, row) in facts.rows.iter().enumerate() {
        let is_own = || agent_of(facts.steps, row).is_some_and(|name| agent_name::key(name) == agent);
        is_covered[at] = row.parent.is_some_and(|parent| is_covered[parent as usize]) || is_own();
    }
    (0..is_covered.len()).filter(|&at| is_covered[at]).collect()
}

/// The step with which the budget was passed.
fn passed_at(facts: &Facts<'_>, budget: &Budget, mut rows: Vec<usize>) -> Option<usize> {
    // a step adds its figures when it ends
    rows.sort_by_key(|&row| (facts.step(row).map(|step| step.end.max(step.start)), row));
    let mut taken = Taken::default();
    rows.into_iter().filter(|&row| facts.step(row).is_some()).find(|&row| {
        taken.add(facts, row);
        !taken.over(budget).is_empty()
    })
}

/// Calls among `rows`, which ascend.
pub(super) fn doings_in<'f, 'a>(
    facts: &'f Facts<'a>,
    rows: &'f [usize],
) -> impl Iterator<Item = &'f Doing<'a>> {
    let doings = facts.courses.iter().flat_map(|course| &course.doings);
    doings.filter(|doing| rows.binary_search(&doing.row).is_ok())
}
