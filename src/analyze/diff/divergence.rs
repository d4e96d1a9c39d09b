//! The first place where two runs differ, and what differs there.

use super::Reason;
use super::entries::{Entry, Op};
use super::side::{Asked, Side};
use crate::model::{StepKind, StepStatus};

/// The first difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fork {
    /// Entry of the alignment.
    pub(super) entry: usize,
    /// The step in each run, `None` where a run lacks it.
    pub(super) at: [Option<usize>; 2],
    pub(super) reason: Reason,
}

/// Entries that differ, from the first on; frames in between count as neither.
pub(super) fn hunk(entries: &[Entry], from: usize) -> std::ops::Range<usize> {
    let mut end = from;
    for (at, entry) in entries.iter().enumerate().skip(from) {
        match (entry.frame, entry.op) {
            (true, _) => {}
            (false, Op::Same) => break,
            (false, _) => end = at + 1,
        }
    }
    from..end
}

/// Whether the behaviour differs here.
pub(super) fn differs(entry: &Entry) -> bool {
    !entry.frame && entry.op != Op::Same
}

/// The first difference of two runs, if there is any.
pub(super) fn fork(sides: [&Side<'_>; 2], entries: &[Entry]) -> Option<Fork> {
    let entry = entries.iter().position(differs)?;
    let at = decided(sides, entries, entry);
    let reason = match at {
        [Some(a), Some(b)] => reason(sides, [a, b]),
        _ => Reason::Missing,
    };
    Some(Fork { entry, at, reason })
}

/// The steps that differ at `entry`. Where one run has a model call more, the other's next one decided otherwise at the
/// same point; any other step that only one run has stands alone.
fn decided(sides: [&Side<'_>; 2], entries: &[Entry], entry: usize) -> [Option<usize>; 2] {
    let within = || entries[hunk(entries, entry)].iter().filter(|entry| !entry.frame);
    let own = entries[entry];
    let found = match own.op {
        Op::Changed | Op::Same => [own.a, own.b],
        Op::OnlyA | Op::OnlyB => [within().find_map(|entry| entry.a), within().find_map(|entry| entry.b)],
    };
    match found {
        [Some(a), None] => [Some(a), next_call(sides, entries, entry, (0, a))],
        [None, Some(b)] => [next_call(sides, entries, entry, (1, b)), Some(b)],
        both => both,
    }
}

/// What the other run's model decided in the place of the model call at `at` of run `side`.
fn next_call(
    sides: [&Side<'_>; 2],
    entries: &[Entry],
    from: usize,
    (side, at): (usize, usize),
) -> Option<usize> {
    let other = 1 - side;
    let mut following =
        entries[from..].iter().filter(|entry| !entry.frame).filter_map(|entry| [entry.a, entry.b][other]);
    let next = following.next()?;
    let (own, next_step) = (&sides[side].shown[at], &sides[other].shown[next]);
    let calls = own.step.kind == StepKind::Llm && next_step.step.kind == StepKind::Llm;
    (calls && own.agent == next_step.agent && own.asked != next_step.asked).then_some(next)
}

/// What differs between two steps that stand in each other's place.
fn reason(sides: [&Side<'_>; 2], at: [usize; 2]) -> Reason {
    let [a, b] = [0, 1].map(|side| &sides[side].shown[at[side]]);
    let kinds = (a.step.kind, b.step.kind);
    let differs = match kinds {
        (StepKind::Llm, StepKind::Llm) => requests(&a.asked, &b.asked),
        (StepKind::Llm, _) | (_, StepKind::Llm) => Some(Reason::Missing),
        (StepKind::Agent, StepKind::Agent) | (StepKind::Handoff, StepKind::Handoff) => {
            let same = a.agent == b.agent && a.step.handoff == b.step.handoff && a.step.tool == b.step.tool;
            (!same).then_some(Reason::Agent)
        }
        _ if a.step.tool != b.step.tool || kinds.0 != kinds.1 => Some(Reason::Tool),
        _ => (a.step.input_digest != b.step.input_digest).then_some(Reason::Arguments),
    };
    let agent = (a.agent != b.agent).then_some(Reason::Agent);
    let status = (a.step.status != b.step.status && is_settled(a.step.status, b.step.status))
        .then_some(Reason::Status);
    differs.or(agent).or(status).unwrap_or(Reason::Result)
}

/// A step still running has not failed and has not succeeded.
fn is_settled(a: StepStatus, b: StepStatus) -> bool {
    a == StepStatus::Error || b == StepStatus::Error
}

/// What differs between what two model calls asked for; both are in order.
pub(super) fn requests(a: &[Asked], b: &[Asked]) -> Option<Reason> {
    if a == b {
        return None;
    }
    let names = |asked: &[Asked]| asked.iter().map(|asked| asked.name.clone()).collect::<Vec<_>>();
    let (names_a, names_b) = (names(a), names(b));
    Some(match () {
        () if a.is_empty() || b.is_empty() => Reason::Output,
        () if names_a == names_b => Reason::Arguments,
        () if a.len() == b.len() => Reason::Tool,
        () if only_in(&names_a, &names_b).is_empty() || only_in(&names_b, &names_a).is_empty() => {
            Reason::Missing
        }
        () => Reason::Tool,
    })
}

/// Items of `a` that `b` has fewer of; both are in order.
pub(super) fn only_in<T: Ord + Clone>(a: &[T], b: &[T]) -> Vec<T> {
    let mut rest = b.iter().peekable();
    let mut out = Vec::new();
    for item in a {
        while rest.next_if(|other| *other < item).is_some() {}
        if rest.next_if_eq(&item).is_none() {
            out.push(item.clone());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(calls: &[(&str, u64)]) -> Vec<Asked> {
        let mut asked: Vec<_> =
            calls.iter().map(|&(name, arguments)| Asked { name: name.into(), arguments }).collect();
        asked.sort();
        asked
    }

    #[test]
    fn what_two_model_calls_asked_for_differs_in_one_way() {
        for (what, a, b, expected) in [
            ("the same in any order", &[("x", 1), ("y", 2)][..], &[("y", 2), ("x", 1)][..], None),
            ("other arguments", &[("x", 1)], &[("x", 2)], Some(Reason::Arguments)),
            ("another tool", &[("x", 1)], &[("y", 1)], Some(Reason::Tool)),
            ("one speaks", &[("x", 1)], &[], Some(Reason::Output)),
            ("one asks for more", &[("x", 1)], &[("x", 1), ("y", 1)], Some(Reason::Missing)),
            ("more, and others", &[("x", 1)], &[("z", 1), ("y", 1)], Some(Reason::Tool)),
        ] {
            assert_eq!(requests(&asked(a), &asked(b)), expected, "{what}");
        }
    }
}
