//! Who handed over to whom: the names of a transfer's two ends, told from the tree (`dialects.md` 0.4).
//!
//! Which steps are transfers the ledger knows; here the ends that a step leaves open are filled in. What a step says
//! itself is believed, spelled as the agent is: `transfer_to_billing_desk` hands over to "Billing Desk".

use rustc_hash::FxHashMap;

use super::agent_name;
use super::ledger::Transfer;
use super::tree::{Node, Row};
use crate::model::{Handoff, SharedText, Step, StepKind};

/// What a step that tells of a transfer is shown as.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Resolved {
    /// Its kind: a transfer tool that returned to its caller is a tool.
    pub(super) kind: StepKind,
    /// Both ends, where control passed and this step stands for it.
    pub(super) handoff: Option<Box<Handoff>>,
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
        Some((at, Resolved { kind, handoff: ends.get(&i).cloned().map(Box::new) }))
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
        let mut last: Option<(u64, Option<SharedText>)> = None;
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

    fn handoff(&self, at: usize, step: &Step, last: Option<&(u64, Option<SharedText>)>) -> Handoff {
        let told = step.handoff.clone().unwrap_or_default();
        let from = told.from.or_else(|| step.agent.clone()).or_else(|| self.above(at));
        let from = from.or_else(|| self.before(step.start, last)).map(|name| self.spell(name));
        let to = told.to.filter(|name| !agent_name::key(name).is_empty());
        let to = to.map(|name| self.spell(name)).or_else(|| self.after(at, from.as_deref()));
        Handoff { from, to }
    }

    fn spell(&self, name: SharedText) -> SharedText {
        self.spelled.get(&agent_name::key(&name)).map_or(name, |&real| real.into())
    }

    /// The agent at work there.
    fn above(&self, at: usize) -> Option<SharedText> {
        self.rows[at].agent.and_then(|i| self.steps[i].agent.clone())
    }

    /// The agent last named, or the one to whom control passed last.
    fn before(&self, start: u64, last: Option<&(u64, Option<SharedText>)>) -> Option<SharedText> {
        let earlier = self.named.partition_point(|&(at, _)| at <= start);
        let seen = earlier.checked_sub(1).map(|i| self.named[i]);
        match (seen, last) {
            (Some((named, _)), Some((passed, Some(to)))) if named < *passed => Some(to.clone()),
            (None, Some((_, to))) => to.clone(),
            (seen, _) => seen.map(|(_, name)| name.into()),
        }
    }

    /// The next agent once the one at work is left: a sibling or a successor, of another name.
    fn after(&self, at: usize, from: Option<&str>) -> Option<SharedText> {
        let end = |at: usize| at + self.rows[at].subtree as usize;
        let is_agent = |&at: &usize| match self.rows[at].node {
            Node::Step(i) => self.steps[i].kind == StepKind::Agent,
            Node::Missing { .. } => false,
        };
        let above = |&at: &usize| self.rows[at].parent.map(|parent| parent as usize);
        let caller = std::iter::successors(Some(at), above).find(is_agent);
        let others = self.next.get(caller.map_or(at + 1, end))?;
        others.iter().flatten().find(|&&name| Some(name) != from).map(|&name| name.into())
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

#[cfg(test)]
mod tests {
    use crate::analyze::tree::{Node, Tree, build};
    use crate::model::fixture::step;
    use crate::model::{Handoff, SharedText, Step, StepKind, Usage};

    const MS: u64 = 1_000_000;

    /// A step of `kind` that runs from its id on, in milliseconds, for `took`.
    fn at(id: u64, parent: u64, kind: StepKind, took: u64) -> Step {
        Step { start: id * MS, end: (id + took) * MS, kind, ..step(id, parent) }
    }

    fn of(agent: &str, step: Step) -> Step {
        Step { agent: Some(agent.into()), ..step }
    }

    fn agent(name: &str, id: u64, parent: u64, took: u64) -> Step {
        of(name, at(id, parent, StepKind::Agent, took))
    }

    fn handoff(from: &str, to: &str, step: Step) -> Step {
        let end = |name: &str| (!name.is_empty()).then(|| name.to_owned());
        Step {
            handoff: Some(Handoff { from: end(from).map(Into::into), to: end(to).map(Into::into) }.into()),
            ..step
        }
    }

    fn tool(to: &str, id: u64, parent: u64) -> Step {
        let step = at(id, parent, StepKind::Handoff, 1);
        handoff("", to, Step { tool: Some("transfer".into()), ..step })
    }

    fn marker(from: &str, to: &str, id: u64, parent: u64) -> Step {
        handoff(from, to, at(id, parent, StepKind::Handoff, 1))
    }

    fn call(id: u64, parent: u64) -> Step {
        let usage = Usage { input: Some(id), ..Usage::default() };
        Step { usage: usage.into(), ..at(id, parent, StepKind::Llm, 1) }
    }

    /// The tree, and the steps as they are shown.
    fn shown(steps: &[Step]) -> (Tree, Vec<Step>) {
        let (tree, mut steps) = (build(steps), steps.to_vec());
        for (at, step) in &tree.merged {
            steps[*at] = step.clone();
        }
        (tree, steps)
    }

    /// `a→b c→?`, in display order.
    fn told(steps: &[Step]) -> String {
        let (tree, steps) = shown(steps);
        let end = |name: &Option<SharedText>| name.as_deref().unwrap_or("?").to_owned();
        let handoffs = tree.rows.iter().filter_map(|row| match row.node {
            Node::Step(i) => steps[i].handoff.as_ref(),
            Node::Missing { .. } => None,
        });
        handoffs.map(|h| format!("{}→{}", end(&h.from), end(&h.to))).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn ends_that_a_step_leaves_open_are_told_by_the_tree() {
        let root = || at(1, 0, StepKind::Workflow, 90);
        let task = |name, id, parent| of(name, at(id, parent, StepKind::Task, 1));
        for (what, steps, expected) in [
            (
                "a tool knows the target, the agent above gives",
                vec![root(), agent("a", 2, 1, 9), tool("b", 4, 2), agent("b", 12, 1, 5)],
                "a→b",
            ),
            (
                "a marker knows who gives, the next agent takes",
                vec![
                    root(),
                    agent("a", 2, 1, 9),
                    marker("a", "", 4, 2),
                    agent("b", 12, 1, 5),
                    agent("c", 20, 1, 5),
                ],
                "a→b",
            ),
            (
                "helpers below the giver do not take",
                vec![
                    root(),
                    agent("a", 2, 1, 9),
                    tool("", 3, 2),
                    agent("helper", 5, 2, 2),
                    agent("b", 12, 1, 5),
                ],
                "a→b",
            ),
            (
                "agents far apart in the tree",
                vec![
                    root(),
                    at(2, 1, StepKind::Other, 7),
                    agent("a", 3, 2, 5),
                    tool("", 4, 3),
                    at(10, 1, StepKind::Other, 7),
                    agent("b", 11, 10, 5),
                ],
                "a→b",
            ),
            (
                "agents named by tasks alone",
                vec![root(), task("a", 2, 1), tool("b", 4, 1), task("b", 6, 1), tool("c", 8, 1)],
                "a→b b→c",
            ),
            (
                "no agent is named anywhere: each takes from the one before",
                vec![root(), tool("b", 4, 1), tool("c", 8, 1)],
                "?→b b→c",
            ),
            (
                "a name as the agent spells it",
                vec![
                    root(),
                    agent("Triage", 2, 1, 9),
                    marker("triage", "billing_desk", 4, 2),
                    agent("Billing Desk", 12, 1, 5),
                ],
                "Triage→Billing Desk",
            ),
            (
                "a name of which only the ASCII is left",
                vec![root(), agent("a", 2, 1, 9), tool("___agent_2", 4, 2), agent("환불 Agent 2", 12, 1, 5)],
                "a→환불 Agent 2",
            ),
            (
                "a name of which nothing is left",
                vec![root(), agent("a", 2, 1, 9), tool("_____", 4, 2), agent("환불 담당", 12, 1, 5)],
                "a→환불 담당",
            ),
            ("nobody comes", vec![root(), agent("a", 2, 1, 9), marker("a", "", 4, 2)], "a→?"),
            (
                "round and round",
                vec![
                    root(),
                    agent("a", 2, 1, 5),
                    tool("", 4, 2),
                    agent("b", 8, 1, 5),
                    tool("", 10, 8),
                    agent("a", 14, 1, 5),
                    tool("", 16, 14),
                    agent("b", 20, 1, 5),
                ],
                "a→b b→a a→b",
            ),
            (
                "one agent after another without any sign is a pipeline",
                vec![root(), agent("a", 2, 1, 5), agent("b", 8, 1, 5)],
                "",
            ),
        ] {
            assert_eq!(told(&steps), expected, "{what}");
            let backwards: Vec<Step> = steps.into_iter().rev().collect();
            assert_eq!(told(&backwards), expected, "{what}, backwards");
        }
    }

    #[test]
    fn a_call_that_asked_stays_a_call_and_carries_the_handoff() {
        let steps = [agent("a", 1, 0, 5), handoff("", "b", call(2, 1)), agent("b", 9, 0, 5)];
        assert_eq!((told(&steps).as_str(), shown(&steps).1[1].kind), ("a→b", StepKind::Llm));
    }

    #[test]
    fn what_only_another_report_of_a_call_knows_is_told_by_the_row() {
        // the parent's figures are told again by the child: the child has the row
        let asked = Step { end: 8 * MS, ..handoff("", "b", call(2, 1)) };
        let steps = [agent("a", 1, 0, 8), asked, call(3, 2), agent("b", 10, 0, 5)];
        let (tree, now) = shown(&steps);
        let row = tree.rows.iter().find(|row| row.node == Node::Step(2)).unwrap();
        assert_eq!((told(&steps).as_str(), row.also()), ("a→b", &[1][..]));
        assert!(now[2].handoff.is_some());
    }

    #[test]
    fn a_transfer_tool_that_returned_is_shown_as_a_tool() {
        let steps = [agent("a", 1, 0, 20), Step { end: 9 * MS, ..tool("b", 2, 1) }, agent("b", 3, 2, 2)];
        let now = &shown(&steps).1[1];
        assert_eq!((now.kind, &now.handoff), (StepKind::Tool, &None));
    }
}
