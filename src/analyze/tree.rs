//! The steps of a run as a tree, flat in display order.

use std::borrow::Borrow;

use rustc_hash::FxHashMap;

pub use super::declared::Declared;

use super::handoffs::{self, Resolved};
use super::ledger::{Entry, Ledger, Transfer};
use super::reports;
use crate::model::{Cost, CostTotal, SpanId, Step, StepKind, StepStatus, TokenTotals, TraceId, Usage};

/// What a row of the tree stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// A step: index into the slice the tree was built from.
    Step(usize),
    /// A parent that some step names and that has not arrived.
    Missing {
        /// Its trace.
        trace_id: TraceId,
        /// Its id.
        span_id: SpanId,
    },
}

/// One row, in display order (a parent before its children, siblings by start).
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Row {
    /// What it stands for.
    pub node: Node,
    /// Levels below a root.
    pub depth: u16,
    /// Row of the parent, `None` for a root.
    pub parent: Option<u32>,
    /// Rows in this subtree, itself included: the next sibling is this many rows on.
    pub subtree: u32,
    /// Whether this is the last child of its parent (or the last root).
    pub last: bool,
    /// Its parent link closed a cycle and was cut here.
    pub cycle_cut: bool,
    /// Whether this step's own usage and cost count in sums (a parent that repeats its children's does not).
    pub counted: bool,
    /// Tokens of this step's own call, with details that other reports of it know; all unknown where they do not count.
    pub usage: Usage,
    /// Whether this row adds to the sums: a counted call, or an answered one that tells nothing of itself.
    pub has_figures: bool,
    /// Cost of this step's own call, as the sums hold it; `None` where it is unknown or does not count.
    pub own_cost: Option<Cost>,
    /// What the step says of itself that its steps below add up to otherwise.
    pub declared: Option<Declared>,
    /// Agent at work here: the step's own, else that of the nearest step above that names one.
    pub agent: Option<usize>,
    /// Steps (indexes) that report the same call once more; they have no row of their own.
    pub also: Vec<usize>,
    /// Tokens of the whole subtree, each call once.
    pub tokens: TokenTotals,
    /// Cost of the whole subtree, each call once.
    pub cost: CostTotal,
    /// Failed steps in the subtree, itself included.
    pub errors: u32,
}

/// A run's tree. Every step of the slice is in `rows` once, or once in some row's `also`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// Rows in display order.
    pub rows: Vec<Row>,
    /// Steps (by index) as the whole tree tells them, where a step does not know everything itself: what other reports
    /// of the same call say, who handed over to whom. To be shown in place of what came in.
    pub merged: Vec<(usize, Step)>,
}

/// Builds the tree of `steps`, given in any order. Never fails: missing parents become rows, cycles are cut at the
/// earliest start, a step that is its own parent becomes a root. No recursion: depth is the sender's to choose.
pub fn build<S: Borrow<Step>>(steps: &[S]) -> Tree {
    let steps: Vec<&Step> = steps.iter().map(Borrow::borrow).collect();
    let ledger = Ledger::of_whole(&steps);
    let shape = Shape::new(&steps, &ledger);
    let mut rows: Vec<Row> = Vec::with_capacity(shape.places.len());
    let mut told_by_others: Vec<usize> = Vec::new();
    let mut stack: Vec<(usize, Option<u32>, bool)> = Vec::new();
    push_siblings(&mut stack, &shape.roots, None);
    while let Some((place, parent, last)) = stack.pop() {
        let at = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let (row, is_own) = shape.row(place, parent.map(|p| (p, &rows[p as usize])), last);
        if !is_own {
            told_by_others.push(rows.len());
        }
        rows.push(row);
        push_siblings(&mut stack, &shape.places[place].children, Some(at));
    }
    shape.sum_up(&mut rows);
    let mut transfers = FxHashMap::default();
    if ledger.has_transfers() {
        transfers = handoffs::resolve(&steps, &rows, |row| told_transfer(&ledger, row));
        told_by_others.extend(transfers.keys());
        told_by_others.sort_unstable();
        told_by_others.dedup();
    }
    let merged = told_by_others.into_iter();
    let merged = merged.filter_map(|at| shape.merged(&rows[at], transfers.remove(&at))).collect();
    Tree { rows, merged }
}

/// Which step of a row tells of a transfer, itself or another report of its call, and what that is.
fn told_transfer(ledger: &Ledger, row: &Row) -> Option<(usize, Transfer)> {
    let Node::Step(own) = row.node else { return None };
    let told = |i: usize| ledger.transfer(entry(i)).map(|transfer| (i, transfer));
    let passed = |&(_, transfer): &(usize, Transfer)| transfer == Transfer::Passed;
    let also = || row.also.iter().copied().filter_map(told).find(passed);
    told(own).filter(passed).or_else(also).or_else(|| told(own))
}

fn push_siblings(stack: &mut Vec<(usize, Option<u32>, bool)>, places: &[usize], parent: Option<u32>) {
    let last = places.last();
    stack.extend(places.iter().rev().map(|place| (*place, parent, Some(place) == last)));
}

/// A future row: a step or a missing parent, with its children in display order.
struct Place {
    node: Node,
    children: Vec<usize>,
    also: Vec<usize>,
    /// Start, end, arrival: siblings stand in this order; what is not given comes last.
    order: (u64, u64, usize),
}

struct Shape<'a> {
    steps: &'a [&'a Step],
    ledger: &'a Ledger,
    /// Steps by index, then missing parents. A step that only reports another's call has a place and no row.
    places: Vec<Place>,
    roots: Vec<usize>,
    /// The root that fragments hang below.
    trunk: Option<usize>,
}

impl<'a> Shape<'a> {
    fn new(steps: &'a [&'a Step], ledger: &'a Ledger) -> Self {
        let given = |time: u64| if time == 0 { u64::MAX } else { time };
        let place = |(i, step): (usize, &&Step)| Place {
            node: Node::Step(i),
            children: Vec::new(),
            also: Vec::new(),
            order: (given(step.start), given(step.end), i),
        };
        let places = steps.iter().enumerate().map(place).collect();
        let mut shape = Self { steps, ledger, places, roots: Vec::new(), trunk: None };
        shape.trunk = shape.find_trunk();
        shape.connect();
        shape
    }

    fn connect(&mut self) {
        let mut missing: FxHashMap<(TraceId, SpanId), usize> = FxHashMap::default();
        for i in 0..self.steps.len() {
            if let Some(best) = self.best_report(i) {
                self.places[best].also.push(i);
                continue;
            }
            match self.shown_parent(i) {
                Above::Step(parent) => self.places[parent].children.push(i),
                Above::Missing(span_id) => {
                    let trace_id = self.steps[i].trace_id;
                    let at = *missing.entry((trace_id, span_id)).or_insert(self.places.len());
                    self.hang_below_missing(at, i, Node::Missing { trace_id, span_id });
                }
                Above::Nothing => match self.trunk.filter(|&trunk| trunk != i && self.steps[i].loose) {
                    Some(trunk) => self.places[trunk].children.push(i),
                    None => self.roots.push(i),
                },
            }
        }
        self.roots.extend(missing.into_values());
        self.sort();
    }

    /// The earliest agent at the top, where there are fragments at all.
    fn find_trunk(&self) -> Option<usize> {
        if !self.steps.iter().any(|step| step.loose) {
            return None;
        }
        let is_top = |&i: &usize| {
            let step = self.steps[i];
            step.kind == StepKind::Agent && !step.loose && self.ledger.parent(entry(i)).is_none()
        };
        (0..self.steps.len()).filter(is_top).min_by_key(|&i| self.places[i].order)
    }

    /// Adds every row's figures to the row above it, from the last row to the first; each row's sums are whole when it is
    /// passed.
    fn sum_up(&self, rows: &mut [Row]) {
        for at in (0..rows.len()).rev() {
            let (above, below) = rows.split_at_mut(at);
            let row = &mut below[0];
            row.declared = self.declared(row);
            let Some(parent) = row.parent else { continue };
            let above = &mut above[parent as usize];
            above.subtree += row.subtree;
            above.errors += row.errors;
            above.tokens.merge(&row.tokens);
            above.cost.merge(&row.cost);
        }
    }

    /// A row's step with what only other reports of it or the tree know; `None` where it knows all itself.
    fn merged(&self, row: &Row, transfer: Option<Resolved>) -> Option<(usize, Step)> {
        let Node::Step(i) = row.node else { return None };
        let own = self.steps[i];
        let failed = self.ledger.has_failed(entry(i));
        let cost = self.ledger.cost(entry(i));
        let step =
            row.also.iter().fold(own.clone(), |step, &also| reports::with_facts_of(step, self.steps[also]));
        let merged = Step {
            usage: if row.counted { row.usage } else { step.usage },
            cost,
            status: if failed { StepStatus::Error } else { step.status },
            kind: transfer.as_ref().map_or(step.kind, |told| told.kind),
            handoff: transfer.and_then(|told| told.handoff),
            ..step
        };
        (merged != *own).then_some((i, merged))
    }

    fn hang_below_missing(&mut self, at: usize, child: usize, node: Node) {
        let order = self.places[child].order;
        if at == self.places.len() {
            self.places.push(Place { node, children: Vec::new(), also: Vec::new(), order });
        }
        self.places[at].order = self.places[at].order.min(order);
        self.places[at].children.push(child);
    }

    fn sort(&mut self) {
        let orders: Vec<_> = self.places.iter().map(|p| p.order).collect();
        self.roots.sort_by_key(|&r| orders[r]);
        for place in &mut self.places {
            place.children.sort_by_key(|&c| orders[c]);
        }
    }

    /// The step whose row stands for step `i`'s call, if that is another one.
    fn best_report(&self, i: usize) -> Option<usize> {
        let mut best = None;
        let mut at = i;
        // a chain of reports is as long as a call has reporters; the bound holds even if a chain were a ring
        for _ in 0..self.steps.len() {
            match self.ledger.report_of(entry(at)) {
                Some(next) => at = next as usize,
                None => break,
            }
            best = Some(at);
        }
        best.filter(|&b| b != i)
    }

    /// What stands above step `i`, second reports of a call left out.
    fn shown_parent(&self, i: usize) -> Above {
        let mut at = i;
        loop {
            match self.ledger.parent(entry(at)) {
                Some(parent) => at = parent as usize,
                None => return self.ledger.missing_parent(entry(at)).map_or(Above::Nothing, Above::Missing),
            }
            if self.best_report(at).is_none() {
                return Above::Step(at);
            }
        }
    }

    /// A row without what its subtree adds up to, and whether its step tells itself all that the books tell of it.
    fn row(&self, place: usize, parent: Option<(u32, &Row)>, last: bool) -> (Row, bool) {
        let above = parent.map(|(_, row)| row);
        let place = &self.places[place];
        let mut row = Row {
            node: place.node,
            depth: above.map_or(0, |p| p.depth.saturating_add(1)),
            parent: parent.map(|(at, _)| at),
            subtree: 1,
            last,
            cycle_cut: false,
            counted: false,
            usage: Usage::default(),
            has_figures: false,
            own_cost: None,
            declared: None,
            agent: above.and_then(|p| p.agent),
            also: place.also.clone(),
            tokens: TokenTotals::default(),
            cost: CostTotal::default(),
            errors: 0,
        };
        let is_own = match place.node {
            Node::Step(i) => self.fill(&mut row, i),
            Node::Missing { .. } => true,
        };
        (row, is_own)
    }

    /// Whether the step tells all that is filled in.
    fn fill(&self, row: &mut Row, i: usize) -> bool {
        let step = self.steps[i];
        let failed = self.ledger.has_failed(entry(i));
        let cost = self.ledger.cost(entry(i));
        let figures = self.ledger.figures(entry(i));
        row.cycle_cut = self.ledger.is_cut(entry(i));
        (row.counted, row.has_figures) = (figures.counted, figures.adds);
        row.errors = u32::from(failed && !step.plumbing);
        if step.agent.is_some() {
            row.agent = Some(i);
        }
        if row.has_figures {
            row.usage = self.ledger.usage(entry(i));
            row.own_cost = cost;
            row.tokens.add(&row.usage);
            row.cost.add(cost);
        }
        let as_told = cost == step.cost && failed == (step.status == StepStatus::Error);
        as_told && row.also.is_empty() && (!row.counted || row.usage == step.usage)
    }

    /// What a row whose figures are told below says otherwise.
    fn declared(&self, row: &Row) -> Option<Declared> {
        match row.node {
            Node::Step(i) if !row.has_figures && row.subtree > 1 => Declared::of(self.steps[i], row),
            _ => None,
        }
    }
}

/// What stands above a row.
enum Above {
    Step(usize),
    Missing(SpanId),
    Nothing,
}

fn entry(index: usize) -> Entry {
    Entry::try_from(index).unwrap_or(Entry::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::fixture::step;
    use crate::model::{CostSource, NanoUsd};

    fn outline(steps: &[Step]) -> Vec<String> {
        let name = |row: &Row| match row.node {
            Node::Step(i) => steps[i].span_id.as_u64().to_string(),
            Node::Missing { span_id, .. } => format!("({})", span_id.as_u64()),
        };
        let tree = build(steps);
        tree.rows.iter().map(|r| format!("{}{}", "-".repeat(r.depth.into()), name(r))).collect()
    }

    fn at(start: u64, step: Step) -> Step {
        Step { start, end: start + 5, ..step }
    }

    #[test]
    fn shapes() {
        for (what, steps, expected) in [
            ("children before the root", vec![step(3, 2), step(2, 1), step(1, 0)], "1 -2 --3"),
            ("siblings by start", vec![at(9, step(2, 1)), at(5, step(3, 1)), step(1, 0)], "1 -3 -2"),
            ("a parent that never came", vec![step(2, 9), step(3, 9)], "(9) -2 -3"),
            ("a step that is its own parent", vec![step(1, 1)], "1"),
            (
                "a ring is cut above its earliest",
                vec![at(9, step(1, 3)), at(5, step(2, 1)), at(7, step(3, 2))],
                "2 -3 --1",
            ),
            (
                "a start that was not given comes last",
                vec![step(1, 0), at(0, step(2, 1)), at(7, step(3, 1))],
                "1 -3 -2",
            ),
        ] {
            assert_eq!(outline(&steps).join(" "), expected, "{what}");
        }
    }

    #[test]
    fn a_second_report_has_no_row_and_its_children_move_up() {
        let llm = |id, parent| {
            let usage = Usage { input: Some(10), ..Usage::default() };
            Step { kind: StepKind::Llm, usage, scope: format!("{id}").into(), ..step(id, parent) }
        };
        let steps = [step(1, 0), llm(2, 1), llm(3, 2), step(4, 2)];
        assert_eq!(outline(&steps).join(" "), "1 -3 -4");
        let tree = build(&steps);
        assert_eq!(tree.rows[1].also, [1]);
        assert_eq!((tree.rows[0].tokens.input, tree.rows[0].subtree), (10, 3));
    }

    proptest! {
        #[test]
        fn every_step_has_one_place_and_rows_nest(
            links in proptest::collection::vec((1..15_u64, 0..18_u64, 0..6_u64, any::<bool>()), 0..40)
        ) {
            let make = |&(id, parent, start, llm): &(u64, u64, u64, bool)| {
                let kind = if llm { StepKind::Llm } else { StepKind::Agent };
                let usage = Usage { input: Some(start), ..Usage::default() };
                let cost = (id % 3 == 0).then_some(Cost { amount: NanoUsd(7), source: CostSource::Reported });
                Step { kind, usage, cost, scope: format!("{parent}").into(), ..at(start, step(id, parent)) }
            };
            let steps: Vec<Step> = links.iter().map(make).collect();
            let tree = build(&steps);
            let mut seen: Vec<usize> = tree.rows.iter().flat_map(|r| r.also.iter().copied()).collect();
            seen.extend(tree.rows.iter().filter_map(|r| match r.node { Node::Step(i) => Some(i), Node::Missing { .. } => None }));
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..steps.len()).collect::<Vec<_>>());
            for (at, row) in tree.rows.iter().enumerate() {
                let parent = row.parent.map(|p| &tree.rows[p as usize]);
                prop_assert_eq!(row.depth, parent.map_or(0, |p| p.depth + 1));
                prop_assert!(row.parent.is_none_or(|p| (p as usize) < at && at < p as usize + tree.rows[p as usize].subtree as usize));
            }
            let totals = *Ledger::of(&steps).totals();
            let mut tokens = TokenTotals::default();
            let mut cost = CostTotal::default();
            for root in tree.rows.iter().filter(|r| r.parent.is_none()) {
                tokens.merge(&root.tokens);
                cost.merge(&root.cost);
            }
            prop_assert_eq!((tokens, cost), (totals.tokens, totals.cost));
        }
    }
}
