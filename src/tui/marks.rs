//! Findings tied to the rows of an open run: what the tree marks, folds and jumps to.

use std::borrow::Borrow;
use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::analyze::rounds::{self, Member};
use crate::analyze::tree::{Node, Row, Tree};
use crate::model::{
    CostTotal, Finding, FindingKind, NanoUsd, Severity, SpanId, Step, TokenTotals, UnixNanos,
};

/// From this many rounds on those after the first are folded unless somebody wants to see them: two can be read at a
/// glance, and what the second did differently is what one looks for.
const FOLDED_FROM: u32 = 3;

/// Names a finding while its run grows: its kind and its first step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FindingId(pub FindingKind, pub Option<SpanId>);

impl FindingId {
    /// The name of a finding.
    pub fn of(finding: &Finding) -> Self {
        Self(finding.kind, finding.steps.first().copied())
    }
}

/// A finding and where it lies in the tree.
#[derive(Clone, Debug)]
pub struct Flagged {
    /// What was found.
    pub finding: Finding,
    /// Its steps, in its own order; steps that have no row are left out.
    pub members: Vec<Member>,
    /// Rows of each round where they can be set apart from everything else, else empty.
    pub stretches: Vec<Range<u32>>,
    /// The same members by row.
    by_row: Vec<Member>,
    /// Numbers of its first and last step, as `show` counts them.
    pub numbers: (u32, u32),
    /// The agent all of it belongs to, if it is one.
    pub agent: Option<String>,
    /// From its first row to behind its last.
    span: Range<u32>,
}

/// What the tree shows of findings at one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Which finding, as [`Marks::flagged`] counts.
    pub finding: usize,
    /// Round, where the row is a member of a finding with rounds.
    pub round: Option<u32>,
    /// Whether the row is a member, and not just part of a round.
    pub member: bool,
    /// All rows of its round, where that can be set apart.
    pub stretch: Option<Range<u32>>,
}

/// Rounds after the first, which one row can stand for, and what they come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Fold {
    /// Their rows.
    pub rows: Range<u32>,
    /// Which finding, as [`Marks::flagged`] counts.
    pub finding: usize,
    /// How many.
    pub rounds: usize,
    /// Steps that failed in them.
    pub errors: u64,
    /// From when to when.
    pub times: (UnixNanos, UnixNanos),
    /// Tokens of their calls.
    pub tokens: TokenTotals,
    /// Their cost.
    pub cost: CostTotal,
}

impl Fold {
    /// The rounds of a finding after the first, where they can be set apart.
    fn of<S: Borrow<Step>>(finding: usize, flagged: &Flagged, steps: &[S], tree: &Tree) -> Option<Self> {
        let rows = flagged.stretches.get(1)?.start..flagged.stretches.last()?.end;
        let rounds = flagged.stretches.len() - 1;
        let (tokens, cost, times) = Default::default();
        let mut fold = Self { rows: rows.clone(), finding, rounds, errors: 0, times, tokens, cost };
        let (mut at, mut begin) = (rows.start, u64::MAX);
        while let Some(row) = tree.rows.get(at as usize).filter(|_| at < rows.end) {
            fold.errors += u64::from(row.errors);
            fold.tokens.merge(&row.tokens());
            fold.cost.merge(&row.cost());
            if let Node::Step(step) = row.node
                && let Some(step) = steps.get(step).map(Borrow::borrow)
            {
                (begin, fold.times.1) = (begin.min(step.start), fold.times.1.max(step.end));
            }
            at += row.subtree.max(1);
        }
        fold.times.0 = begin.min(fold.times.1);
        Some(fold)
    }
}

/// The findings of an open run.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// The most wasteful first.
    pub flagged: Vec<Flagged>,
    /// Member rows, ascending, each once.
    rows: Vec<u32>,
    /// What can be folded, by first row, the longer before the shorter.
    folds: Vec<Fold>,
}

impl Marks {
    /// Ties `findings` to the rows of `tree`.
    pub fn of<S: Borrow<Step>>(findings: Vec<Finding>, steps: &[S], tree: &Tree) -> Self {
        let places = places(&findings, steps, tree);
        let missing = missing(tree);
        let tie = |finding| Flagged::new(finding, (&places, &missing), steps, tree);
        let flagged: Vec<Flagged> = findings.into_iter().map(tie).collect();
        let counted = flagged.iter().filter(|f| !f.finding.dismissed);
        let mut rows: Vec<u32> = counted.flat_map(|f| f.members.iter().map(|m| m.row)).collect();
        rows.sort_unstable();
        rows.dedup();
        let numbered = flagged.iter().enumerate();
        let mut folds: Vec<Fold> = numbered.filter_map(|(at, f)| Fold::of(at, f, steps, tree)).collect();
        folds.sort_by_key(|fold| (fold.rows.start, std::cmp::Reverse(fold.rows.end)));
        Self { flagged, rows, folds }
    }

    /// Whether no row is marked.
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Rounds that can be folded, by first row.
    pub fn folds(&self) -> &[Fold] {
        &self.folds
    }

    /// What the later rounds of a finding come to.
    pub fn fold(&self, finding: usize) -> Option<&Fold> {
        self.folds.iter().find(|fold| fold.finding == finding)
    }

    /// Whether any of these rows is a member.
    pub fn any_in(&self, rows: &Range<u32>) -> bool {
        let at = self.rows.partition_point(|&row| row < rows.start);
        self.rows.get(at).is_some_and(|&row| row < rows.end)
    }

    /// What to show at a row: of several findings the one that it is a member of, the worst, the tightest.
    pub fn at(&self, row: u32) -> Option<Mark> {
        let counted = self.flagged.iter().enumerate().filter(|(_, f)| !f.finding.dismissed);
        let marks = counted.filter(|(_, f)| f.span.contains(&row));
        let marks = marks.filter_map(|(at, f)| f.mark(at, row));
        marks.max_by_key(|mark| {
            let flagged = &self.flagged[mark.finding];
            (mark.member, flagged.finding.severity, std::cmp::Reverse(flagged.span.len()))
        })
    }

    /// The finding of the next (or previous) first member from a row on, and that row.
    pub fn next_finding(&self, from: u32, forward: bool) -> Option<u32> {
        let counted = self.flagged.iter().filter(|f| !f.finding.dismissed);
        let firsts = counted.filter_map(|f| f.members.first()).map(|member| member.row);
        if forward { firsts.filter(|&row| row > from).min() } else { firsts.filter(|&row| row < from).max() }
    }

    /// Where a finding stands now.
    pub fn position(&self, id: FindingId) -> Option<usize> {
        self.flagged.iter().position(|f| FindingId::of(&f.finding) == id)
    }

    /// What all findings waste together: tokens, and their cost where each is known.
    pub fn waste(&self) -> (u64, Option<NanoUsd>) {
        let counts = |f: &&Finding| f.wasted_tokens > 0 && !f.dismissed;
        let findings = || self.flagged.iter().map(|f| &f.finding).filter(counts);
        let tokens = findings().map(|f| f.wasted_tokens).fold(0, u64::saturating_add);
        let cost = findings().map(|f| f.wasted_cost.map(|cost| cost.0)).sum::<Option<i64>>();
        (tokens, cost.map(NanoUsd))
    }
}

impl Flagged {
    fn new<S: Borrow<Step>>(
        finding: Finding,
        (places, missing): (&FxHashMap<SpanId, u32>, &[u32]),
        steps: &[S],
        tree: &Tree,
    ) -> Self {
        let round_of = |at: usize| finding.rounds.partition_point(|&start| start as usize <= at).max(1);
        let round_of = |at: usize| u32::try_from(round_of(at)).unwrap_or(u32::MAX);
        let numbered = finding.steps.iter().enumerate();
        let members: Vec<Member> = numbered
            .filter_map(|(at, id)| Some(Member { row: *places.get(id)?, round: round_of(at) }))
            .collect();
        let stretches = if finding.rounds.len() > 1 {
            rounds::stretches(steps, tree, finding.kind, &members)
        } else {
            Vec::new()
        };
        let rows = members.iter().map(|member| member.row..member.row + 1).chain(stretches.iter().cloned());
        let span = rows.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end)).unwrap_or_default();
        let mut by_row = members.clone();
        by_row.sort_unstable_by_key(|member| member.row);
        let numbers = numbers(&by_row, missing);
        let agent = agent(&by_row, steps, tree);
        Self { finding, members, stretches, by_row, numbers, agent, span }
    }

    /// Whether its rounds are folded as long as nobody says otherwise: never for a hint, which may be nothing.
    pub fn folds_by_itself(&self) -> bool {
        let Finding { repeats, severity, dismissed, .. } = self.finding;
        repeats >= FOLDED_FROM && severity > Severity::Hint && !dismissed
    }

    fn mark(&self, finding: usize, row: u32) -> Option<Mark> {
        let member = self.by_row.binary_search_by_key(&row, |member| member.row).ok();
        let member = member.and_then(|at| self.by_row.get(at));
        let after = self.stretches.partition_point(|stretch| stretch.start <= row);
        let stretch = after.checked_sub(1).map(|at| &self.stretches[at]).filter(|s| s.contains(&row));
        if member.is_none() && stretch.is_none() {
            return None;
        }
        let round = member.filter(|_| !self.finding.rounds.is_empty()).map(|member| member.round);
        Some(Mark { finding, round, member: member.is_some(), stretch: stretch.cloned() })
    }
}

/// Rows of parents that never arrived, ascending.
fn missing(tree: &Tree) -> Vec<u32> {
    let is_missing = |row: &Row| matches!(row.node, Node::Missing { .. });
    (0..).zip(&tree.rows).filter(|(_, row)| is_missing(row)).map(|(at, _)| at).collect()
}

/// Numbers of the first and the last of `members`: parents that never arrived have none.
fn numbers(members: &[Member], missing: &[u32]) -> (u32, u32) {
    let number = |member: &Member| {
        let above = missing.partition_point(|&row| row < member.row);
        member.row - u32::try_from(above).unwrap_or(u32::MAX)
    };
    (members.first().map_or(0, number), members.last().map_or(0, number))
}

fn agent<S: Borrow<Step>>(members: &[Member], steps: &[S], tree: &Tree) -> Option<String> {
    let name = |member: &Member| {
        let agent = tree.rows.get(member.row as usize)?.agent?;
        steps.get(agent)?.borrow().agent.as_deref()
    };
    let first = members.first().and_then(name)?;
    members.iter().all(|member| name(member) == Some(first)).then(|| first.to_owned())
}

/// Rows of the steps that findings name: one walk over the tree, and none without findings.
fn places<S: Borrow<Step>>(findings: &[Finding], steps: &[S], tree: &Tree) -> FxHashMap<SpanId, u32> {
    let named = findings.iter().flat_map(|finding| finding.steps.iter().map(|&id| (id, u32::MAX)));
    let mut places: FxHashMap<SpanId, u32> = named.collect();
    if places.is_empty() {
        return places;
    }
    for (row, at) in (0..).zip(&tree.rows) {
        let Node::Step(step) = at.node else { continue };
        let id = steps.get(step).map(|step| step.borrow().span_id);
        if let Some(place) = id.and_then(|id| places.get_mut(&id)).filter(|place| **place == u32::MAX) {
            *place = row;
        }
    }
    places.retain(|_, row| *row != u32::MAX);
    places
}
