//! Patterns of one kind that share steps are one finding; its waste counts each model call once.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Pattern;
use super::facts::Facts;
use crate::model::{CostTotal, Finding, SpanId};

/// One finding for every group of patterns that hang together by shared steps.
pub(super) fn findings(facts: &Facts<'_>, patterns: Vec<Pattern>) -> Vec<Finding> {
    let mut counted = FxHashSet::default();
    united(patterns).into_iter().map(|group| finding(facts, &group, &mut counted)).collect()
}

/// Patterns in groups, in the order of their first members.
fn united(patterns: Vec<Pattern>) -> Vec<Vec<Pattern>> {
    let mut top: Vec<usize> = (0..patterns.len()).collect();
    let mut owner = FxHashMap::default();
    for (at, pattern) in patterns.iter().enumerate() {
        for &row in &pattern.rows {
            let other = *owner.entry((pattern.kind, row)).or_insert(at);
            let (a, b) = (find(&mut top, at), find(&mut top, other));
            top[a.max(b)] = a.min(b);
        }
    }
    let mut groups: Vec<Vec<Pattern>> = patterns.iter().map(|_| Vec::new()).collect();
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
fn finding(facts: &Facts<'_>, group: &[Pattern], counted: &mut FxHashSet<(usize, u8)>) -> Finding {
    let mut speaker = &group[0];
    for pattern in &group[1..] {
        if pattern.rows.len() > speaker.rows.len() {
            speaker = pattern;
        }
    }
    let mut rows: Vec<usize> = group.iter().flat_map(|pattern| pattern.rows.iter().copied()).collect();
    rows.sort_by_key(|&row| (facts.step(row).map(|step| step.start), row));
    rows.dedup();
    let mut members = speaker.members.clone();
    for member in group.iter().flat_map(|pattern| &pattern.members) {
        if !members.contains(member) {
            members.push(member.clone());
        }
    }
    let mut wasted: Vec<usize> = group.iter().flat_map(|pattern| pattern.wasted.iter().copied()).collect();
    wasted.retain(|&row| counted.insert((row, speaker.kind as u8)));
    let (wasted_tokens, cost) = sums(facts, &wasted);
    Finding {
        kind: speaker.kind,
        severity: group.iter().map(|pattern| pattern.severity).max().unwrap_or(speaker.severity),
        message: speaker.message.clone(),
        steps: rows
            .iter()
            .filter_map(|&row| facts.step(row))
            .map(|step| step.span_id)
            .collect::<Vec<SpanId>>(),
        members,
        repeats: u32::try_from(speaker.repeats).unwrap_or(u32::MAX),
        period: u32::try_from(speaker.period).unwrap_or(u32::MAX),
        wasted_tokens,
        wasted_cost: cost.known().filter(|_| !cost.is_partial()),
    }
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
