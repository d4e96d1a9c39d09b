//! Where the rounds of a finding lie in the tree: stretches of whole siblings that hold nothing else, so that a screen
//! can set them in brackets and fold them.

use std::borrow::Borrow;
use std::ops::Range;

use super::tree::{Node, Row, Tree};
use crate::model::{FindingKind, Step, StepKind};

/// A member step of a finding: its row, and its round from 1 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Row in the tree.
    pub row: u32,
    /// Round; 1 where a finding has none.
    pub round: u32,
}

/// The rows of each round, one stretch after the other, the model calls that asked for the members among them. Empty where
/// there is but one round, where rounds lie in one another, or where other work lies between the members of a loop: to
/// fold such rounds would hide what is no part of them.
pub fn stretches<S: Borrow<Step>>(
    steps: &[S],
    tree: &Tree,
    kind: FindingKind,
    members: &[Member],
) -> Vec<Range<u32>> {
    let mut sorted = members.to_vec();
    sorted.sort_unstable_by_key(|member| member.row);
    let ground = Ground { steps, rows: &tree.rows, members: &sorted };
    let found = ground.first_sibling().and_then(|first| ground.stretches(first)).unwrap_or_default();
    let is_whole =
        |stretch: &Range<u32>| kind == FindingKind::HandoffCycle || ground.holds_no_other_work(stretch);
    if found.len() < 2 || !found.iter().all(is_whole) {
        return Vec::new();
    }
    ground.with_first_call(found)
}

/// The tree and the members of one finding, by row.
struct Ground<'a, S> {
    steps: &'a [S],
    rows: &'a [Row],
    members: &'a [Member],
}

impl<S: Borrow<Step>> Ground<'_, S> {
    fn end(&self, row: u32) -> u32 {
        row + self.rows.get(row as usize).map_or(1, |row| row.subtree.max(1))
    }

    fn parent(&self, row: u32) -> Option<u32> {
        self.rows.get(row as usize)?.parent
    }

    fn step(&self, row: u32) -> Option<&Step> {
        match self.rows.get(row as usize)?.node {
            Node::Step(at) => self.steps.get(at).map(Borrow::borrow),
            Node::Missing { .. } => None,
        }
    }

    /// Members in these rows.
    fn within(&self, rows: &Range<u32>) -> &[Member] {
        let from = self.members.partition_point(|member| member.row < rows.start);
        let to = self.members.partition_point(|member| member.row < rows.end);
        &self.members[from..to.max(from)]
    }

    /// The sibling that holds the first member, of those that hold all; `None` where one holds all.
    fn first_sibling(&self) -> Option<u32> {
        let (first, last) = (self.members.first()?.row, self.members.last()?.row);
        let holds_all = |row: &u32| self.end(*row) > last;
        let up = |row: &u32| self.parent(*row);
        let below = std::iter::successors(Some(first), up).take_while(|row| !holds_all(row));
        below.last()
    }

    /// One stretch a round; `None` where a sibling holds members of several rounds, or rounds are not in order. A handoff to
    /// the next round is the last thing in the turn of its giver.
    fn stretches(&self, first: u32) -> Option<Vec<Range<u32>>> {
        let last = self.members.last()?.row;
        let mut found: Vec<Range<u32>> = Vec::new();
        let mut at = first;
        while at <= last {
            let sibling = at..self.end(at);
            at = sibling.end;
            let inside = self.within(&sibling);
            let Some(round) = inside.first().map(|member| member.round as usize) else { continue };
            if inside.iter().any(|member| member.round as usize != round && !self.hands_on(*member, round)) {
                return None;
            }
            match found.len() {
                known if round == known => found[known - 1].end = sibling.end,
                known if round == known + 1 => {
                    // what lies between two rounds asked for the second
                    let start = found.last().map_or(sibling.start, |before| before.end);
                    found.push(start..sibling.end);
                }
                _ => return None,
            }
        }
        Some(found)
    }

    fn hands_on(&self, member: Member, round: usize) -> bool {
        let is_handoff = self.step(member.row).is_some_and(|step| step.kind == StepKind::Handoff);
        is_handoff && member.round as usize == round + 1
    }

    /// Whether all work in a stretch is the members' own.
    fn holds_no_other_work(&self, stretch: &Range<u32>) -> bool {
        let mut at = stretch.start;
        while at < stretch.end {
            let subtree = at..self.end(at);
            let inside = self.within(&subtree);
            if inside.first().is_some_and(|member| member.row == at) {
                at = subtree.end;
                continue;
            }
            if inside.is_empty() && self.step(at).is_some_and(is_work) {
                return false;
            }
            at += 1;
        }
        true
    }

    /// Draws the model call that asked for the first round into it, where it stands right before.
    fn with_first_call(&self, mut found: Vec<Range<u32>>) -> Vec<Range<u32>> {
        let first = found[0].start;
        let is_member = self.members.first().is_some_and(|member| member.row == first);
        let asks = |row: &u32| self.step(*row).is_some_and(|step| step.kind == StepKind::Llm);
        if is_member && let Some(call) = self.sibling_before(first).filter(asks) {
            found[0].start = call;
        }
        found
    }

    /// The last sibling before a row that is more than the program around the agent.
    fn sibling_before(&self, row: u32) -> Option<u32> {
        let parent = self.parent(row);
        let before = |row: &u32| {
            let above = row.checked_sub(1).filter(|&above| Some(above) != parent)?;
            std::iter::successors(Some(above), |&row| self.parent(row))
                .find(|&row| self.parent(row) == parent)
        };
        let is_around = |row: &u32| self.step(*row).is_some_and(|step| step.kind == StepKind::Other);
        // the program around a call is a handful of steps: more is something else
        std::iter::successors(before(&row), before).take(8).find(|row| !is_around(row))
    }
}

/// Whether a step does something of its own: calls, lookups and agents do; what is around them does not.
fn is_work(step: &Step) -> bool {
    let works =
        matches!(step.kind, StepKind::Tool | StepKind::Retrieval | StepKind::Handoff | StepKind::Agent);
    works && !step.plumbing
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::tree::build;
    use crate::model::fixture::step;

    const A: StepKind = StepKind::Agent;
    const H: StepKind = StepKind::Handoff;
    const L: StepKind = StepKind::Llm;
    const T: StepKind = StepKind::Tool;

    /// Steps as (kind, parent), by id from 1 on; members as (id, round).
    fn found(steps: &[(StepKind, u64)], kind: FindingKind, members: &[(u64, u32)]) -> Vec<Range<u32>> {
        let steps: Vec<Step> = (1..)
            .zip(steps)
            .map(|(id, &(kind, parent))| Step { start: id, end: id, kind, ..step(id, parent) })
            .collect();
        let tree = build(&steps);
        let row = |id: u64| {
            let at =
                tree.rows.iter().position(|row| row.node == Node::Step(usize::try_from(id).unwrap() - 1));
            u32::try_from(at.unwrap()).unwrap()
        };
        let members: Vec<Member> =
            members.iter().map(|&(id, round)| Member { row: row(id), round }).collect();
        stretches(&steps, &tree, kind, &members)
    }

    #[test]
    fn rounds_are_stretches_of_siblings_that_hold_nothing_else() {
        let flat = [(A, 0), (L, 1), (T, 1), (L, 1), (T, 1), (L, 1), (T, 1), (L, 1)];
        let other = [(A, 0), (L, 1), (T, 1), (T, 1), (L, 1), (T, 1)];
        let below = [(A, 0), (L, 1), (T, 2), (L, 1), (T, 4), (L, 1)];
        let nested = [(A, 0), (A, 1), (A, 2), (A, 3)];
        let turns = [(A, 0), (A, 1), (L, 2), (A, 1), (T, 4), (A, 1), (L, 6), (A, 1)];
        let (repeats, ring) = (FindingKind::Loop, FindingKind::HandoffCycle);
        for (what, steps, kind, members, expected) in [
            (
                "a call and its asker",
                &flat[..],
                repeats,
                &[(3, 1), (5, 2), (7, 3)][..],
                vec![1..3, 3..5, 5..7],
            ),
            ("one round is none", &flat, repeats, &[(3, 1), (5, 1)], vec![]),
            ("no member", &flat, repeats, &[], vec![]),
            ("other work between", &other, repeats, &[(3, 1), (6, 2)], vec![]),
            ("calls below their askers", &below, repeats, &[(3, 1), (5, 2)], vec![1..3, 3..5]),
            ("rounds in one another", &nested, ring, &[(2, 1), (3, 1), (4, 2)], vec![]),
            ("turns hold all their work", &turns, ring, &[(2, 1), (4, 1), (6, 2), (8, 2)], vec![1..5, 5..8]),
            (
                "a turn ends with the handoff to the next round",
                &[(A, 0), (A, 1), (H, 2), (A, 1), (H, 4), (A, 1), (H, 6), (A, 1)],
                ring,
                &[(2, 1), (3, 1), (4, 1), (5, 2), (6, 2), (7, 2), (8, 2)],
                vec![1..5, 5..8],
            ),
            ("rounds out of order", &flat, repeats, &[(3, 2), (5, 1)], vec![]),
        ] {
            assert_eq!(found(steps, kind, members), expected, "{what}");
        }
    }
}
