//! Who stands below whom in a tree, and the rows made of that.

use rustc_hash::FxHashMap;

use super::row::{Node, Row};
use super::{Declared, Place, entry};
use crate::analyze::handoffs::Resolved;
use crate::analyze::ledger::Ledger;
use crate::analyze::reports;
use crate::model::{SharedUsage, SpanId, Step, StepKind, StepStatus, TraceId};

/// Start, end, arrival: siblings stand in this order; what is not given comes last.
type Order = (u64, u64, usize);

/// Where every step of a run stands.
pub(super) struct Shape<'a> {
    steps: &'a [&'a Step],
    ledger: &'a Ledger,
    missing: Missing,
    /// Other reports of the call whose step has the place.
    also: FxHashMap<Place, Vec<usize>>,
    below: Below,
    pub(super) roots: Vec<Place>,
    /// The root that fragments hang below.
    trunk: Option<usize>,
}

impl<'a> Shape<'a> {
    pub(super) fn new(steps: &'a [&'a Step], ledger: &'a Ledger) -> Self {
        let mut shape = Self {
            steps,
            ledger,
            missing: Missing::default(),
            also: FxHashMap::default(),
            below: Below::default(),
            roots: Vec::new(),
            trunk: None,
        };
        shape.trunk = shape.find_trunk();
        shape.connect();
        shape
    }

    /// Rows there will be: a step that only reports another's call has a place and no row.
    pub(super) fn rows(&self) -> usize {
        let reports: usize = self.also.values().map(Vec::len).sum();
        self.steps.len() + self.missing.all.len() - reports
    }

    /// What stands below a place, in display order.
    pub(super) fn below(&self, place: Place) -> &[Place] {
        self.below.of(place)
    }

    fn connect(&mut self) {
        let above: Vec<Option<Place>> = (0..self.steps.len()).map(|i| self.place_above(i)).collect();
        let missing = self.steps.len()..self.steps.len() + self.missing.all.len();
        self.roots.extend(missing.clone().map(entry));
        self.below = Below::of_each(&above, missing.end);
        self.sort();
    }

    /// The place above step `i`; one that has none is noted, at the top or as a report of another's call.
    fn place_above(&mut self, i: usize) -> Option<Place> {
        if let Some(best) = self.best_report(i) {
            self.also.entry(entry(best)).or_default().push(i);
            return None;
        }
        let above = match self.shown_parent(i) {
            Above::Step(parent) => Some(parent),
            Above::Missing(span_id) => {
                let id = (self.steps[i].trace_id, span_id);
                Some(self.steps.len() + self.missing.note(id, order_of(self.steps, i)))
            }
            Above::Nothing => self.trunk.filter(|&trunk| trunk != i && self.steps[i].loose),
        };
        if above.is_none() {
            self.roots.push(entry(i));
        }
        above.map(entry)
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
        (0..self.steps.len()).filter(is_top).min_by_key(|&i| order_of(self.steps, i))
    }

    fn sort(&mut self) {
        let (steps, missing) = (self.steps, &self.missing);
        self.roots.sort_by_key(|&root| {
            let at = root as usize;
            if at < steps.len() { order_of(steps, at) } else { missing.all[at - steps.len()].order }
        });
        // only steps stand below anything, and of two that say the same the earlier is first already
        let times: Vec<(u64, u64)> = steps.iter().map(|step| times(step)).collect();
        self.below.sort_each(|place| times[place as usize]);
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
    pub(super) fn row(&mut self, place: Place, parent: Option<(u32, &Row)>, last: bool) -> (Row, bool) {
        let above = parent.map(|(_, row)| row);
        let mut row = Row {
            node: self.node(place),
            depth: above.map_or(0, |p| p.depth.saturating_add(1)),
            parent: parent.map(|(at, _)| at),
            subtree: 1,
            last,
            cycle_cut: false,
            counted: false,
            usage: SharedUsage::default(),
            has_figures: false,
            own_cost: None,
            agent: above.and_then(|p| p.agent),
            errors: 0,
            rest: None,
        };
        if let Some(also) = self.also.remove(&place) {
            row.rest.get_or_insert_default().also = also;
        }
        let is_own = match row.node {
            Node::Step(i) => self.fill(&mut row, i),
            Node::Missing { .. } => true,
        };
        (row, is_own)
    }

    fn node(&self, place: Place) -> Node {
        let at = place as usize;
        if at < self.steps.len() { Node::Step(at) } else { self.missing.all[at - self.steps.len()].node }
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
        }
        let as_told = cost == step.cost && failed == (step.status == StepStatus::Error);
        as_told && row.also().is_empty() && (!row.counted || row.usage == step.usage)
    }

    /// Adds every row's figures to the row above it, from the last row to the first; each row's sums are whole when it is
    /// passed.
    pub(super) fn sum_up(&self, rows: &mut [Row]) {
        for at in (0..rows.len()).rev() {
            let (above, below) = rows.split_at_mut(at);
            let row = &mut below[0];
            if let Some(declared) = self.declared(row) {
                row.rest.get_or_insert_default().declared = Some(declared);
            }
            let Some(parent) = row.parent else { continue };
            let above = &mut above[parent as usize];
            above.subtree += row.subtree;
            above.errors += row.errors;
            let rest = above.rest.get_or_insert_default();
            rest.tokens_below.merge(&row.tokens());
            rest.cost_below.merge(&row.cost());
        }
    }

    /// What a row whose figures are told below says otherwise.
    fn declared(&self, row: &Row) -> Option<Declared> {
        match row.node {
            Node::Step(i) if !row.has_figures && row.subtree > 1 => Declared::of(self.steps[i], row),
            _ => None,
        }
    }

    /// A row's step with what only other reports of it or the tree know; `None` where it knows all itself.
    pub(super) fn merged(&self, row: &Row, transfer: Option<Resolved>) -> Option<(usize, Step)> {
        let Node::Step(i) = row.node else { return None };
        let own = self.steps[i];
        let failed = self.ledger.has_failed(entry(i));
        let cost = self.ledger.cost(entry(i));
        let step =
            row.also().iter().fold(own.clone(), |step, &also| reports::with_facts_of(step, self.steps[also]));
        let merged = Step {
            usage: if row.counted { row.usage.clone() } else { step.usage },
            cost,
            status: if failed { StepStatus::Error } else { step.status },
            kind: transfer.as_ref().map_or(step.kind, |told| told.kind),
            handoff: transfer.and_then(|told| told.handoff),
            ..step
        };
        (merged != *own).then_some((i, merged))
    }
}

fn order_of(steps: &[&Step], i: usize) -> Order {
    let (start, end) = times(steps[i]);
    (start, end, i)
}

fn times(step: &Step) -> (u64, u64) {
    let given = |time: u64| if time == 0 { u64::MAX } else { time };
    (given(step.start), given(step.end))
}

/// What stands above a row.
enum Above {
    Step(usize),
    Missing(SpanId),
    Nothing,
}

/// Parents that have not arrived, in the order in which they were first named.
#[derive(Default)]
struct Missing {
    all: Vec<MissingParent>,
    by_id: FxHashMap<(TraceId, SpanId), usize>,
}

struct MissingParent {
    node: Node,
    /// That of the first step below it.
    order: Order,
}

impl Missing {
    /// One of this order names a missing parent; gives its place among them.
    fn note(&mut self, id: (TraceId, SpanId), order: Order) -> usize {
        let at = *self.by_id.entry(id).or_insert(self.all.len());
        if at == self.all.len() {
            let (trace_id, span_id) = id;
            self.all.push(MissingParent { node: Node::Missing { trace_id, span_id }, order });
        }
        self.all[at].order = self.all[at].order.min(order);
        at
    }
}

/// What stands below each place, in two lists for all of them: one for each place is many times the memory.
#[derive(Default)]
struct Below {
    /// By place where its part of `all` begins, and the end.
    starts: Vec<u32>,
    all: Vec<Place>,
}

impl Below {
    /// `above` tells by step the place above it; of those below one place the earlier step comes first.
    fn of_each(above: &[Option<Place>], places: usize) -> Self {
        let mut starts = vec![0_u32; places + 1];
        for &place in above.iter().flatten() {
            starts[place as usize] += 1;
        }
        // ends, until each has moved to the front of its part
        let mut end = 0;
        for start in &mut starts {
            end += *start;
            *start = end;
        }
        let mut all = vec![0; end as usize];
        for (step, &place) in above.iter().enumerate().rev() {
            let Some(place) = place else { continue };
            let start = &mut starts[place as usize];
            *start -= 1;
            all[*start as usize] = entry(step);
        }
        Self { starts, all }
    }

    fn of(&self, place: Place) -> &[Place] {
        let at = place as usize;
        &self.all[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    fn sort_each<K: Ord>(&mut self, order: impl Fn(Place) -> K) {
        for ends in self.starts.windows(2) {
            let part = &mut self.all[ends[0] as usize..ends[1] as usize];
            part.sort_by_key(|&place| order(place));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_has_what_stands_below_it_in_the_order_of_arrival() {
        // step 0 at the top, 1 and 3 below it, 2 below a parent that is missing, 4 below 3
        let below = Below::of_each(&[None, Some(0), Some(5), Some(0), Some(3)], 6);
        let told: Vec<&[Place]> = (0..6).map(|place| below.of(place)).collect();
        assert_eq!(told, [&[1, 3][..], &[], &[], &[4], &[], &[2]]);
        assert!(Below::of_each(&[], 0).all.is_empty());
    }
}
