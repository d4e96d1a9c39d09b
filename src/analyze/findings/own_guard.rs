//! The client's own word that it is in a loop.

use super::Pattern;
use super::facts::{Facts, step_of};
use crate::model::{FindingKind, Severity, Step, StepKind};

pub(super) fn check(facts: &Facts<'_>) -> Vec<Pattern> {
    let guards = facts.rows.iter().enumerate().filter(|(_, row)| {
        step_of(facts.steps, row)
            .is_some_and(|step| step.kind == StepKind::Other && step.name.starts_with(Step::LOOP_DETECTED))
    });
    guards.filter_map(|(at, _)| pattern(facts, at)).collect()
}

fn pattern(facts: &Facts<'_>, guard: usize) -> Option<Pattern> {
    let step = facts.step(guard)?;
    let calls = facts.streams.iter().flatten().filter(|call| call.step.start <= step.start);
    let last = calls.max_by_key(|call| (call.step.start, call.row));
    Some(Pattern {
        kind: FindingKind::Loop,
        severity: Severity::Alarm,
        message: format!("the client itself says: {}", step.name),
        changed: None,
        starts: Vec::new(),
        rows: last.map(|call| call.row).into_iter().chain([guard]).collect(),
        wasted: Vec::new(),
        members: last.map(|call| call.tool.to_owned()).into_iter().collect(),
        repeats: 1,
        period: 1,
    })
}
