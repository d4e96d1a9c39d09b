//! R5: one caller sends one agent nearly the same request three times. Where an agent is called directly, without a tool
//! call that R1 would see, an equal request with an equal answer is a call like any other.

use rustc_hash::{FxHashMap, FxHashSet};

use super::contexts::LIKE;
use super::facts::{Facts, hash};
use super::requests::Request;
use super::{Pattern, changed, handoff_cycle, severity};
use crate::analyze::agent_name;
use crate::model::{FREE_TEXT, FindingKind, Severity, StepKind, StepStatus};

/// Requests that make a pattern.
const TIMES: usize = 3;
/// Earlier requests of a caller to an agent that a new one is compared with.
const MEMORY: usize = 16;

/// Work sent to an agent.
struct Delegation<'a> {
    /// Row of the step that carries the request.
    row: usize,
    from: &'a str,
    to: &'a str,
    /// What repeats if it is sent again: the tool that it is sent by, else the agent.
    member: &'a str,
    request: Request<'a>,
    /// What came of it, where the agent is called directly; 0 where that is not told.
    answer: u64,
    /// Start and end, where others may be at work beside it.
    times: Option<(u64, u64)>,
    /// Rows of the model calls that it took.
    calls: Vec<usize>,
}

pub(super) fn check(facts: &Facts<'_>) -> Vec<Pattern> {
    let called = grouped(delegations(facts)).into_iter().flat_map(|group| patterns(&group));
    let mut found: Vec<Pattern> = called.collect();
    // what goes round a ring is said by the ring
    let rings: FxHashSet<usize> =
        handoff_cycle::check(facts).into_iter().flat_map(|ring| ring.rows).collect();
    let passed = grouped(turns(facts)).into_iter().flat_map(|group| patterns(&group));
    found.extend(passed.filter(|pattern| !pattern.rows.iter().any(|row| rings.contains(row))));
    found
}

/// Calls of agents, by start.
fn delegations<'a>(facts: &Facts<'a>) -> Vec<Delegation<'a>> {
    let mut askers = FxHashMap::default();
    let mut found = Vec::new();
    let mut carried = FxHashSet::default();
    for &at in &facts.order {
        let Some(step) = facts.step(at) else { continue };
        if step.kind == StepKind::Llm && facts.rows[at].has_figures {
            askers.insert(facts.places.agent[at], at);
        }
        let Some((row, from, to)) = carrier(facts, at).filter(|(row, ..)| carried.insert(*row)) else {
            continue;
        };
        let Some(sent) = facts.step(row) else { continue };
        let asker = askers.get(&facts.places.agent[row_above(facts, row)]).copied();
        found.push(Delegation {
            row,
            from,
            to,
            member: if row == at { to } else { sent.tool.as_deref().unwrap_or(to) },
            request: if row == at { facts.request(at) } else { Request::of(sent) },
            answer: if row == at { answer(facts, at) } else { 0 },
            times: Some((sent.start, sent.end)),
            calls: asker.into_iter().chain(facts.calls_below(row)).collect(),
        });
    }
    found
}

fn row_above(facts: &Facts<'_>, row: usize) -> usize {
    facts.rows[row].parent.map_or(row, |parent| parent as usize)
}

/// The step that carries the request to the agent at a row, or to the model behind a tool, with who sent it to whom.
fn carrier<'a>(facts: &Facts<'a>, at: usize) -> Option<(usize, &'a str, &'a str)> {
    let step = facts.step(at)?;
    let parent = facts.rows[at].parent? as usize;
    let tool = facts.places.tool[parent];
    let name = |row: usize| facts.step(row).and_then(|step| step.agent.as_deref());
    if let Some(caller) = facts.caller(at) {
        let is_passed = tool.is_none() && facts.is_passed(caller, at);
        return (!is_passed).then_some((tool.unwrap_or(at), name(caller)?, name(at)?));
    }
    let call = tool.filter(|_| step.kind == StepKind::Llm && facts.rows[at].has_figures)?;
    Some((call, name(facts.places.agent[call]?)?, facts.step(call)?.tool.as_deref()?))
}

fn answer(facts: &Facts<'_>, at: usize) -> u64 {
    match facts.step(at) {
        Some(step) if step.status == StepStatus::Error => hash(&step.error),
        Some(step) => step.output_digest,
        None => 0,
    }
}

/// Peers that pass the work on: what the one said last is what the next is asked.
fn turns<'a>(facts: &Facts<'a>) -> Vec<Delegation<'a>> {
    let passed = facts.turns.windows(2).filter_map(|pair| {
        let [giver, taker] = pair else { return None };
        let asker = *giver.calls.last()?;
        let said = &facts.step(asker)?.wording.as_deref()?.told;
        (said.len() >= FREE_TEXT).then(|| Delegation {
            row: taker.begun_by.first().copied().unwrap_or(asker),
            from: giver.agent,
            to: taker.agent,
            member: taker.agent,
            request: Request::said(said),
            answer: 0,
            times: None,
            calls: std::iter::once(asker).chain(taker.calls.iter().copied()).collect(),
        })
    });
    passed.collect()
}

/// Requests of one caller to one agent that are like each other, one after the other.
fn grouped(all: Vec<Delegation<'_>>) -> Vec<Vec<Delegation<'_>>> {
    let mut groups: Vec<Vec<Delegation<'_>>> = Vec::new();
    let mut open: FxHashMap<(u64, u64), Vec<usize>> = FxHashMap::default();
    for next in all {
        let known = open.entry((agent_name::hash(next.from), agent_name::hash(next.to))).or_default();
        let is_like = |&&at: &&usize| groups[at].last().is_some_and(|last| is_like(last, &next));
        match known.iter().rev().take(MEMORY).find(is_like).copied() {
            // sent in one breath, they do not repeat each other
            Some(at) if groups[at].last().is_some_and(|last| overlaps(last, &next)) => {}
            Some(at) => groups[at].push(next),
            None => {
                known.push(groups.len());
                groups.push(vec![next]);
            }
        }
    }
    groups
}

fn is_like(last: &Delegation<'_>, next: &Delegation<'_>) -> bool {
    last.request.likeness(&next.request).is_some_and(|like| like >= LIKE)
}

fn overlaps(last: &Delegation<'_>, next: &Delegation<'_>) -> bool {
    matches!((last.times, next.times), (Some((_, end)), Some((start, _))) if end == 0 || start < end)
}

fn patterns(group: &[Delegation<'_>]) -> Vec<Pattern> {
    let all: Vec<&Delegation<'_>> = group.iter().collect();
    let again = (all.len() >= TIMES).then(|| {
        let (from, to, times) = (all[0].from, all[0].to, all.len());
        let message = format!("{from} sent {to} nearly the same request {times} times");
        pattern(&all, Severity::Hint, message, "the wording of the request")
    });
    let equal = equal(&all);
    let same = (equal.len() > 1).then(|| {
        let message =
            format!("{} called {} times with the same request and the same answer", equal[0].to, equal.len());
        pattern(&equal, severity(equal.len()), message, changed::NOTHING)
    });
    same.into_iter().chain(again).collect()
}

/// The largest part of a group with one request and one answer.
fn equal<'g, 'a>(group: &[&'g Delegation<'a>]) -> Vec<&'g Delegation<'a>> {
    let mut parts: FxHashMap<(u64, u64), Vec<&Delegation<'a>>> = FxHashMap::default();
    for one in group.iter().filter(|one| one.request.exact() != 0 && one.answer != 0) {
        parts.entry((one.request.exact(), one.answer)).or_default().push(one);
    }
    parts.into_values().max_by_key(|part| (part.len(), std::cmp::Reverse(part[0].row))).unwrap_or_default()
}

fn pattern(group: &[&Delegation<'_>], severity: Severity, message: String, changed: &str) -> Pattern {
    let rows: Vec<usize> = group.iter().map(|one| one.row).collect();
    Pattern {
        kind: FindingKind::Loop,
        severity,
        message,
        changed: Some(changed.to_owned()),
        starts: rows.clone(),
        rows,
        wasted: group[1..].iter().flat_map(|one| one.calls.iter().copied()).collect(),
        members: vec![group[0].member.to_owned()],
        repeats: group.len(),
        period: 1,
    }
}
