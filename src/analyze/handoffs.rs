//! Who handed over to whom: the names of a transfer's two ends, told from the tree (`dialects.md` 0.4).
//!
//! Which steps are transfers the ledger knows; here the ends that a step leaves open are filled in. What a step says
//! itself is believed, spelled as the agent is: `transfer_to_billing_desk` hands over to "Billing Desk".

use rustc_hash::FxHashMap;

use super::agent_name;
use super::ledger::Transfer;
use super::tree::{Node, Row};
use crate::model::{Handoff, Step, StepKind};

/// What a step that tells of a transfer is shown as.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Resolved {
    /// Its kind: a transfer tool that returned to its caller is a tool.
    pub(super) kind: StepKind,
    /// Both ends, where control passed and this step stands for it.
    pub(super) handoff: Option<Handoff>,
}

/// What the steps of rows are that tell of a transfer, by row; `told` says of a row which of its steps does, and what it
/// told.
pub(super) fn resolve(
    steps: &[&Step],
    rows: &[Row],
    told: impl Fn(&Row) -> Option<(usize, Transfer)>,
) -> FxHashMap<usize, Resolved> {
    let marks: Vec<(usize, usize, Transfer)> = rows
        .iter()
        .enumerate()
        .filter_map(|(at, row)| told(row).map(|(i, transfer)| (at, i, transfer)))
        .collect();
    let passed = marks.iter().filter(|(.., transfer)| *transfer == Transfer::Passed);
    let ends = Ends::of(steps, rows, passed.map(|&(at, i, _)| (at, i)).collect());
    let resolved = |(at, i, transfer): (usize, usize, Transfer)| {
        let Node::Step(shown) = rows[at].node else { return None };
        let kind = if transfer == Transfer::Called { StepKind::Tool } else { steps[shown].kind };
        Some((at, Resolved { kind, handoff: ends.get(&i).cloned() }))
    };
    marks.into_iter().filter_map(resolved).collect()
}

/// The ends of the transfers of a run, by the step that tells of each.
struct Ends<'a> {
    steps: &'a [&'a Step],
    rows: &'a [Row],
    /// Agents as they are spelled, by what their spellings have in common.
    spelled: FxHashMap<String, &'a str>,
    /// Steps that name an agent, by start.
    named: Vec<(u64, &'a str)>,
    /// Of every row: the agent named there or next after it, and the next one of another name.
    next: Vec<[Option<&'a str>; 2]>,
}

impl<'a> Ends<'a> {
    fn of(
        steps: &'a [&'a Step],
        rows: &'a [Row],
        mut passed: Vec<(usize, usize)>,
    ) -> FxHashMap<usize, Handoff> {
        if passed.is_empty() {
            return FxHashMap::default();
        }
        passed.sort_by_key(|&(at, i)| (steps[i].start, at));
        let ends = Self::new(steps, rows);
        let mut found = FxHashMap::default();
        let mut last: Option<(u64, Option<String>)> = None;
        for (at, i) in passed {
            let handoff = ends.handoff(at, steps[i], last.as_ref());
            last = Some((steps[i].start, handoff.to.clone()));
            found.insert(i, handoff);
        }
        found
    }

    fn new(steps: &'a [&'a Step], rows: &'a [Row]) -> Self {
        let agent = |step: &&'a Step| step.agent.as_deref().filter(|_| !step.setup);
        let mut named: Vec<_> = steps.iter().filter_map(|s| Some((s.start, agent(s)?))).collect();
        named.sort_unstable();
        let mut spelled = FxHashMap::default();
        for (_, name) in &named {
            for key in [agent_name::key(name), agent_name::ascii_key(name)] {
                spelled.entry(key).or_insert(*name);
            }
        }
        spelled.remove("");
        let own = |row: &Row| match row.node {
            Node::Step(i) => agent(&steps[i]),
            Node::Missing { .. } => None,
        };
        Self { steps, rows, spelled, named, next: next_names(rows.iter().map(own)) }
    }

    fn handoff(&self, at: usize, step: &Step, last: Option<&(u64, Option<String>)>) -> Handoff {
        let told = step.handoff.clone().unwrap_or_default();
        let from = told.from.or_else(|| step.agent.clone()).or_else(|| self.above(at));
        let from = from.or_else(|| self.before(step.start, last)).map(|name| self.spell(name));
        let to = told.to.filter(|name| !agent_name::key(name).is_empty());
        let to = to.map(|name| self.spell(name)).or_else(|| self.after(at, from.as_deref()));
        Handoff { from, to }
    }

    fn spell(&self, name: String) -> String {
        self.spelled.get(&agent_name::key(&name)).map_or(name, |&real| real.to_owned())
    }

    /// The agent at work there.
    fn above(&self, at: usize) -> Option<String> {
        self.rows[at].agent.and_then(|i| self.steps[i].agent.clone())
    }

    /// The agent last named, or the one to whom control passed last.
    fn before(&self, start: u64, last: Option<&(u64, Option<String>)>) -> Option<String> {
        let earlier = self.named.partition_point(|&(at, _)| at <= start);
        let seen = earlier.checked_sub(1).map(|i| self.named[i]);
        match (seen, last) {
            (Some((named, _)), Some((passed, Some(to)))) if named < *passed => Some(to.clone()),
            (None, Some((_, to))) => to.clone(),
            (seen, _) => seen.map(|(_, name)| name.to_owned()),
        }
    }

    /// The next agent once the one at work is left: a sibling or a successor, of another name.
    fn after(&self, at: usize, from: Option<&str>) -> Option<String> {
        let end = |at: usize| at + self.rows[at].subtree as usize;
        let is_agent = |&at: &usize| match self.rows[at].node {
            Node::Step(i) => self.steps[i].kind == StepKind::Agent,
            Node::Missing { .. } => false,
        };
        let above = |&at: &usize| self.rows[at].parent.map(|parent| parent as usize);
        let caller = std::iter::successors(Some(at), above).find(is_agent);
        let others = self.next.get(caller.map_or(at + 1, end))?;
        others.iter().flatten().find(|&&name| Some(name) != from).map(|&name| name.to_owned())
    }
}

/// Of every place the first name there or later, and the first one after it that differs.
fn next_names<'a>(names: impl DoubleEndedIterator<Item = Option<&'a str>>) -> Vec<[Option<&'a str>; 2]> {
    let mut next = Vec::new();
    let mut known = [None; 2];
    for name in names.rev() {
        if name.is_some() && name != known[0] {
            known = [name, known[0]];
        }
        next.push(known);
    }
    next.reverse();
    next
}
