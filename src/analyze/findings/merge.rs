//! Patterns of one kind that share steps are one finding; its waste counts each step once.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Pattern;
use super::facts::Facts;
use crate::model::{CostTotal, Finding, FindingKind, SpanId};

/// A pattern and the rule that found it.
pub(super) type Said = (&'static str, Pattern);

/// One finding for every group of patterns that hang together by shared steps.
pub(super) fn findings(facts: &Facts<'_>, patterns: Vec<Said>) -> Vec<Finding> {
    let mut counted = FxHashSet::default();
    united(patterns).into_iter().map(|group| finding(facts, &group, &mut counted)).collect()
}

/// Patterns in groups, in the order of their first members.
fn united(patterns: Vec<Said>) -> Vec<Vec<Said>> {
    let mut top: Vec<usize> = (0..patterns.len()).collect();
    let mut owner = FxHashMap::default();
    for (at, (_, pattern)) in patterns.iter().enumerate() {
        for &row in &pattern.rows {
            let other = *owner.entry((pattern.kind, row)).or_insert(at);
            let (a, b) = (find(&mut top, at), find(&mut top, other));
            top[a.max(b)] = a.min(b);
        }
    }
    let mut groups: Vec<Vec<Said>> = patterns.iter().map(|_| Vec::new()).collect();
    for (at, pattern) in patterns.into_iter().enumerate() {
        groups[find(&mut top, at)].push(pattern);
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// The top of a group, the way there made shorter.
fn find(top: &mut [usize], mut at: usize) -> usize {
    while top[at] != at {
        top[at] = top[top[at]];
        at = top[at];
    }
    at
}

/// The pattern with most steps speaks for its group, the earlier rule's of equal ones.
fn finding(facts: &Facts<'_>, group: &[Said], counted: &mut FxHashSet<(usize, u8)>) -> Finding {
    let mut said = &group[0];
    for other in &group[1..] {
        if other.1.rows.len() > said.1.rows.len() {
            said = other;
        }
    }
    let (rule, speaker) = said;
    let patterns = || group.iter().map(|(_, pattern)| pattern);
    let rows = in_order(facts, patterns().flat_map(|pattern| pattern.rows.iter().copied()));
    let mut wasted = in_order(facts, patterns().flat_map(|pattern| pattern.wasted.iter().copied()));
    wasted.retain(|&row| counted.insert((row, speaker.kind as u8)));
    let (wasted_tokens, cost) = sums(facts, &wasted);
    let again = patterns().flat_map(after_first_round).chain(wasted);
    Finding {
        kind: speaker.kind,
        rule,
        severity: patterns().map(|pattern| pattern.severity).max().unwrap_or(speaker.severity),
        message: message(said, group),
        changed: speaker.changed.clone(),
        steps: steps(facts, &rows),
        rounds: rounds(&rows, &speaker.starts),
        members: members(speaker, patterns()),
        repeats: u32::try_from(speaker.repeats).unwrap_or(u32::MAX),
        period: u32::try_from(speaker.period).unwrap_or(u32::MAX),
        wasted_tokens,
        wasted_cost: cost.known().filter(|_| !cost.is_partial()),
        wasted_time: time_at_work(facts, again),
        dismissed: false,
    }
}

/// What the speaker says. Patterns that repeat say one thing in several ways; others each say something of their own.
fn message((rule, speaker): &Said, group: &[Said]) -> String {
    if matches!(speaker.kind, FindingKind::Loop | FindingKind::HandoffCycle) {
        return speaker.message.clone();
    }
    let others = group.iter().filter(|(other, pattern)| other != rule || pattern.message != speaker.message);
    others.fold(speaker.message.clone(), |said, (_, pattern)| format!("{said}; {}", pattern.message))
}

/// Rows in the order in which their steps began, each once.
fn in_order(facts: &Facts<'_>, rows: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut rows: Vec<usize> = rows.collect();
    rows.sort_unstable_by_key(|&row| (facts.step(row).map(|step| step.start), row));
    rows.dedup();
    rows
}

fn steps(facts: &Facts<'_>, rows: &[usize]) -> Vec<SpanId> {
    rows.iter().filter_map(|&row| facts.step(row)).map(|step| step.span_id).collect()
}

/// Where among `rows` the rounds begin.
fn rounds(rows: &[usize], starts: &[usize]) -> Vec<u32> {
    let starts: FxHashSet<usize> = starts.iter().copied().collect();
    let begun = rows.iter().enumerate().filter(|(_, row)| starts.contains(row));
    begun.map(|(at, _)| u32::try_from(at).unwrap_or(u32::MAX)).collect()
}

/// The speaker's members, then those of others.
fn members<'p>(speaker: &Pattern, patterns: impl Iterator<Item = &'p Pattern>) -> Vec<String> {
    let mut members = speaker.members.clone();
    for member in patterns.flat_map(|pattern| &pattern.members) {
        if !members.contains(member) {
            members.push(member.clone());
        }
    }
    members
}

/// Rows of a pattern from its second round on.
fn after_first_round(pattern: &Pattern) -> impl Iterator<Item = usize> + use<'_> {
    let second = pattern.starts.get(1);
    let first = second.map_or(pattern.rows.len(), |second| {
        pattern.rows.iter().position(|row| row == second).unwrap_or(pattern.rows.len())
    });
    pattern.rows[first..].iter().copied()
}

/// Tokens and cost of model calls.
fn sums(facts: &Facts<'_>, calls: &[usize]) -> (u64, CostTotal) {
    let mut cost = CostTotal::default();
    let mut tokens = 0_u64;
    for row in calls.iter().map(|&row| &facts.rows[row]).filter(|row| row.has_figures) {
        tokens = tokens.saturating_add(row.usage.total().unwrap_or(0));
        cost.add(row.own_cost);
    }
    (tokens, cost)
}

/// Nanoseconds in which any of the steps was at work.
fn time_at_work(facts: &Facts<'_>, rows: impl Iterator<Item = usize>) -> u64 {
    let steps = rows.filter_map(|row| facts.step(row)).filter(|step| step.start != 0);
    let mut spans: Vec<(u64, u64)> = steps.map(|step| (step.start, step.end)).collect();
    spans.sort_unstable();
    let (mut busy, mut seen) = (0, 0);
    for (start, end) in spans {
        busy += end.saturating_sub(start.max(seen));
        seen = seen.max(end);
    }
    busy
}
