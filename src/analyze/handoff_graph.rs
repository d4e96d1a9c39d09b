//! Who gave the work to whom in a run: its agents with what they did and took, and the ways between them.
//!
//! Three ways lead from one agent to another: a handoff passes control, a call brings the answer back, and where neither
//! is told an agent simply follows the one before. Each call of a model is counted once, for the agent at work there and
//! for the way by which its turn began.

use std::borrow::Borrow;

use rustc_hash::{FxHashMap, FxHashSet};

use super::agent_name;
use super::tree::{Node, Row, Tree};
use crate::model::{CostTotal, Handoff, Step, StepKind, TokenTotals};

/// An agent and what it did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Agent {
    /// Name as it was first spelled.
    pub name: String,
    /// Steps, plumbing left out.
    pub steps: u64,
    /// Tokens of its model calls.
    pub tokens: TokenTotals,
    /// Their cost.
    pub cost: CostTotal,
    /// Nanoseconds in which any of its models or tools was at work.
    pub time: u64,
    /// Row of its first step; of one that nobody saw at work the row that names it.
    pub first: u32,
}

/// A way from one agent to another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edge {
    /// Who gave, as [`HandoffGraph::agents`] counts.
    pub from: usize,
    /// Who got.
    pub to: usize,
    /// Handoffs.
    pub handoffs: u64,
    /// Calls that bring the answer back.
    pub calls: u64,
    /// Times the one began after the other without a word of why.
    pub follows: u64,
    /// Tokens of the turns that began this way.
    pub tokens: TokenTotals,
    /// Their cost.
    pub cost: CostTotal,
    /// Row where it was first gone.
    pub first: u32,
}

impl Edge {
    /// How often it was gone.
    pub const fn count(&self) -> u64 {
        self.handoffs + self.calls + self.follows
    }
}

/// Agents in the order in which they came to work, and the ways between them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HandoffGraph {
    /// Agents.
    pub agents: Vec<Agent>,
    /// Ways, in the order in which they were first gone.
    pub edges: Vec<Edge>,
}

impl HandoffGraph {
    /// The graph of a run; `steps` are as the tree tells them ([`Tree::merged`] put in place).
    pub fn of<S: Borrow<Step>>(steps: &[S], tree: &Tree) -> Self {
        let mut order: Vec<(u64, u32)> = Vec::with_capacity(tree.rows.len());
        order.extend((0..).zip(&tree.rows).filter_map(|(at, row)| Some((step_of(steps, row)?.start, at))));
        order.sort_unstable();
        let mut walk = Walk::new(steps, tree);
        for (_, at) in order {
            walk.pass(at);
        }
        walk.graph
    }

    /// The edges of a ring of agents, by name.
    pub fn ring(&self, members: &[String]) -> FxHashSet<usize> {
        let place = |name: &String| {
            let key = key(name);
            self.agents.iter().position(|agent| self::key(&agent.name) == key)
        };
        let places: Vec<Option<usize>> = members.iter().map(place).collect();
        let next = places.iter().cycle().skip(1);
        let pairs = places.iter().zip(next).filter_map(|(a, b)| Some(((*a)?, (*b)?)));
        pairs
            .filter_map(|(from, to)| self.edges.iter().position(|edge| (edge.from, edge.to) == (from, to)))
            .collect()
    }
}

fn step_of<'a, S: Borrow<Step>>(steps: &'a [S], row: &Row) -> Option<&'a Step> {
    match row.node {
        Node::Step(at) => steps.get(at).map(Borrow::borrow),
        Node::Missing { .. } => None,
    }
}

/// Spellings of one name have one key; a name without letters or digits is its own.
fn key(name: &str) -> String {
    let key = agent_name::key(name);
    if key.is_empty() { name.to_owned() } else { key }
}

/// Goes through a run in the order of its starts.
struct Walk<'a, S> {
    steps: &'a [S],
    tree: &'a Tree,
    graph: HandoffGraph,
    /// Agents by every spelling met.
    spelled: FxHashMap<&'a str, usize>,
    by_key: FxHashMap<String, usize>,
    edges: FxHashMap<(usize, usize), usize>,
    /// The way by which each agent's turn began.
    began_by: FxHashMap<usize, usize>,
    /// Agents that were given the work and have not begun.
    awaited: FxHashSet<usize>,
    /// When each agent's models and tools were last at work.
    busy_until: FxHashMap<usize, u64>,
    /// Who has the work.
    current: Option<usize>,
}

impl<'a, S: Borrow<Step>> Walk<'a, S> {
    fn new(steps: &'a [S], tree: &'a Tree) -> Self {
        Self {
            steps,
            tree,
            graph: HandoffGraph::default(),
            spelled: FxHashMap::default(),
            by_key: FxHashMap::default(),
            edges: FxHashMap::default(),
            began_by: FxHashMap::default(),
            awaited: FxHashSet::default(),
            busy_until: FxHashMap::default(),
            current: None,
        }
    }

    fn pass(&mut self, at: u32) {
        let (steps, row) = (self.steps, &self.tree.rows[at as usize]);
        let Some(step) = step_of(steps, row).filter(|step| !step.setup) else {
            return;
        };
        let agent = self.name_at(row).map(|name| self.agent(name, at));
        if let (Some(agent), StepKind::Agent) = (agent, step.kind) {
            self.begin(agent, row, at);
        }
        if let Some(agent) = agent {
            self.current.get_or_insert(agent);
            self.count(agent, at, step);
        }
        if let Some(handoff) = &step.handoff {
            self.hand_over(handoff, agent, at);
        }
    }

    fn name_at(&self, row: &Row) -> Option<&'a str> {
        let steps = self.steps;
        steps.get(row.agent?)?.borrow().agent.as_deref().filter(|name| !name.is_empty())
    }

    /// The agent of this name, met at this row.
    fn agent(&mut self, name: &'a str, at: u32) -> usize {
        if let Some(&known) = self.spelled.get(name) {
            return known;
        }
        let agents = &mut self.graph.agents;
        let place = *self.by_key.entry(key(name)).or_insert_with(|| {
            agents.push(Agent { name: name.to_owned(), first: at, ..Agent::default() });
            agents.len() - 1
        });
        self.spelled.insert(name, place);
        place
    }

    /// An agent starts: it was given the work, or called, or simply follows.
    fn begin(&mut self, agent: usize, row: &Row, at: u32) {
        let caller = row.parent.and_then(|parent| self.name_at(&self.tree.rows[parent as usize]));
        let caller = caller.map(|name| self.agent(name, at)).filter(|&caller| caller != agent);
        if self.awaited.remove(&agent) {
            self.current = Some(agent);
        } else if let Some(caller) = caller {
            self.edge(caller, agent, at).calls += 1;
        } else {
            if let Some(before) = self.current.filter(|&before| before != agent) {
                self.edge(before, agent, at).follows += 1;
            }
            self.current = Some(agent);
        }
    }

    fn hand_over(&mut self, handoff: &'a Handoff, agent: Option<usize>, at: u32) {
        let from = handoff.from.as_deref().map(|name| self.agent(name, at)).or(agent).or(self.current);
        let Some(to) = handoff.to.as_deref().filter(|name| !name.is_empty()).map(|name| self.agent(name, at))
        else {
            return;
        };
        if let Some(from) = from.filter(|&from| from != to) {
            self.edge(from, to, at).handoffs += 1;
            self.awaited.insert(to);
        }
        self.current = Some(to);
    }

    /// The way between two agents; the turn of the second begins by it.
    fn edge(&mut self, from: usize, to: usize, at: u32) -> &mut Edge {
        let edges = &mut self.graph.edges;
        let place = *self.edges.entry((from, to)).or_insert_with(|| {
            edges.push(Edge { from, to, first: at, ..Edge::default() });
            edges.len() - 1
        });
        self.began_by.insert(to, place);
        &mut edges[place]
    }

    fn count(&mut self, place: usize, at: u32, step: &Step) {
        let row = &self.tree.rows[at as usize];
        let began_by = self.began_by.get(&place).copied();
        let agent = &mut self.graph.agents[place];
        if agent.steps == 0 {
            agent.first = at;
        }
        agent.steps += u64::from(!step.plumbing);
        if row.has_figures {
            agent.tokens.add(&row.usage);
            agent.cost.add(row.own_cost);
            if let Some(edge) = began_by.and_then(|edge| self.graph.edges.get_mut(edge)) {
                edge.tokens.add(&row.usage);
                edge.cost.add(row.own_cost);
            }
        }
        if matches!(step.kind, StepKind::Llm | StepKind::Tool) {
            let until = self.busy_until.entry(place).or_default();
            agent.time += step.end.saturating_sub(step.start.max(*until));
            *until = step.end.max(*until);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::tree::build;
    use crate::model::Usage;
    use crate::model::fixture::step;

    const A: StepKind = StepKind::Agent;
    const L: StepKind = StepKind::Llm;

    fn at(id: u64, parent: u64, kind: StepKind, agent: &str, took: u64) -> Step {
        let agent = (!agent.is_empty()).then(|| agent.to_owned());
        let usage = Usage { input: (kind == L).then_some(id), output: Some(0), ..Usage::default() };
        Step {
            start: id,
            end: id + took,
            kind,
            agent: agent.map(Into::into),
            usage: usage.into(),
            ..step(id, parent)
        }
    }

    fn handoff(id: u64, parent: u64, from: &str, to: &str) -> Step {
        let handoff = Some(Handoff { from: Some(from.into()), to: Some(to.into()) }.into());
        Step { handoff, usage: Usage::default().into(), ..at(id, parent, StepKind::Handoff, "", 1) }
    }

    fn graph(steps: &[Step]) -> HandoffGraph {
        let tree = build(steps);
        let mut steps = steps.to_vec();
        for (at, step) in &tree.merged {
            steps[*at] = step.clone();
        }
        HandoffGraph::of(&steps, &tree)
    }

    /// `a>b 2/0/0 7`: handoffs, calls, follows, input of the turns that began so.
    fn told(steps: &[Step]) -> Vec<String> {
        let graph = graph(steps);
        let name = |at: usize| graph.agents[at].name.as_str();
        let edge = |e: &Edge| {
            let Edge { handoffs, calls, follows, .. } = e;
            format!("{}>{} {handoffs}/{calls}/{follows} {}", name(e.from), name(e.to), e.tokens.input)
        };
        graph.edges.iter().map(edge).collect()
    }

    #[test]
    fn ways_are_handoffs_calls_or_what_follows() {
        let root = || at(1, 0, StepKind::Workflow, "", 90);
        for (what, steps, expected) in [
            (
                "handoffs there and back",
                vec![
                    root(),
                    at(2, 1, A, "a", 5),
                    handoff(4, 2, "a", "b"),
                    at(8, 1, A, "b", 5),
                    at(9, 8, L, "", 1),
                    handoff(10, 8, "b", "a"),
                    at(14, 1, A, "a", 5),
                    at(15, 14, L, "", 1),
                    handoff(16, 14, "a", "b"),
                    at(18, 1, A, "b", 5),
                    at(19, 18, L, "", 1),
                ],
                vec!["a>b 2/0/0 28", "b>a 1/0/0 15"],
            ),
            (
                "an agent below another returns",
                vec![at(1, 0, A, "hub", 50), at(2, 1, A, "spoke", 5), at(3, 2, L, "", 1), at(9, 1, L, "", 1)],
                vec!["hub>spoke 0/1/0 3"],
            ),
            (
                "one after the other",
                vec![root(), at(2, 1, A, "a", 5), at(8, 1, A, "b", 5), at(9, 8, L, "", 1)],
                vec!["a>b 0/0/1 9"],
            ),
            ("one agent alone", vec![root(), at(2, 1, A, "a", 5), at(8, 1, A, "a", 5)], vec![]),
            (
                "the one handed over to starts below the giver",
                vec![at(1, 0, A, "a", 50), handoff(2, 1, "a", "b"), at(5, 1, A, "b", 5)],
                vec!["a>b 1/0/0 0"],
            ),
        ] {
            assert_eq!(told(&steps), expected, "{what}");
        }
    }

    #[test]
    fn agents_have_what_was_done_in_their_name_however_it_is_spelled() {
        let steps = [
            at(1, 0, A, "Billing Desk", 60),
            at(2, 1, L, "", 10),
            at(5, 1, StepKind::Tool, "billing_desk", 10),
            at(40, 1, L, "", 5),
        ];
        let graph = graph(&steps);
        assert_eq!(graph.agents.len(), 1);
        let Agent { name, steps, tokens, time, first, .. } = &graph.agents[0];
        assert_eq!((name.as_str(), *steps, tokens.input, *time, *first), ("Billing Desk", 4, 42, 18, 0));
    }

    #[test]
    fn a_ring_is_found_by_the_names_of_its_members() {
        let steps = [
            at(1, 0, StepKind::Workflow, "", 90),
            at(2, 1, A, "a", 1),
            handoff(4, 2, "a", "b"),
            handoff(6, 2, "b", "a"),
            handoff(8, 2, "a", "c"),
        ];
        let ring = graph(&steps).ring(&["A".into(), "b".into()]);
        assert_eq!(ring, [0, 1].into_iter().collect());
    }
}
