//! One run against many as one object.

use serde::Serialize;

use super::super::diff::Against;
use crate::analyze::diff::{Group, Lack, Outside, Place};

#[derive(Serialize)]
pub(super) struct Line<'a> {
    run: &'a str,
    /// Whether nothing that the run does or leaves is its own.
    inside: bool,
    outside: Option<Out<'a>>,
    steps: Vec<Usual>,
    lacking: Vec<Lacking<'a>>,
    groups: Vec<Alike<'a>>,
    others: Vec<Other<'a>>,
    limit_hit: bool,
}

/// The first step that none of the others has there, or the place before which one is lacking that all have.
#[derive(Serialize)]
struct Out<'a> {
    index: Option<usize>,
    span_id: Option<String>,
    lacking: bool,
    /// What the others do there.
    others: Vec<There<'a>>,
}

#[derive(Serialize)]
struct There<'a> {
    count: usize,
    #[serde(flatten)]
    step: Step<'a>,
}

/// A step of one of the others.
#[derive(Serialize)]
struct Step<'a> {
    run: &'a str,
    index: usize,
    span_id: String,
    kind: &'static str,
    name: &'a str,
}

#[derive(Serialize)]
struct Usual {
    index: usize,
    span_id: String,
    /// How many others have it there.
    count: usize,
}

#[derive(Serialize)]
struct Lacking<'a> {
    before_index: Option<usize>,
    count: usize,
    #[serde(flatten)]
    step: Step<'a>,
}

#[derive(Serialize)]
struct Alike<'a> {
    runs: Vec<&'a str>,
    has_run: bool,
    behaviours: usize,
}

#[derive(Serialize)]
struct Other<'a> {
    run: &'a str,
    /// Of the steps of both, percent.
    same_percent: u8,
    same: bool,
    /// The first step of the run that differs.
    parted_index: Option<usize>,
}

impl<'a> Line<'a> {
    pub(super) fn new(against: &'a Against<'a>) -> Self {
        let crowd = against.crowd;
        let counted = crowd.usual.iter().enumerate();
        Self {
            run: &against.run.0.run_id,
            inside: crowd.outside.is_none(),
            outside: crowd.outside.as_ref().map(|outside| out(against, outside)),
            steps: counted.filter_map(|(at, count)| Some(usual(against, at, (*count)?))).collect(),
            lacking: crowd.lacking.iter().map(|lack| lacking(against, lack)).collect(),
            groups: crowd.groups.iter().map(|group| alike(against, group)).collect(),
            others: (0..against.others.len()).map(|at| other(against, at)).collect(),
            limit_hit: crowd.limit_hit,
        }
    }
}

fn out<'a>(against: &'a Against<'a>, outside: &Outside) -> Out<'a> {
    let there = |(place, count): &(Place, usize)| There { count: *count, step: step(against, *place) };
    let (index, lacking, others) = match outside {
        Outside::Step(at, instead) => (Some(*at), false, instead.iter().map(there).collect()),
        Outside::Lack(lack) => (lack.before, true, vec![there(&(lack.step, lack.count))]),
    };
    Out { index, span_id: index.map(|at| span_id(against, at)), lacking, others }
}

fn span_id(against: &Against<'_>, at: usize) -> String {
    against.run.1.shown[at].step.span_id.to_string()
}

fn step<'a>(against: &'a Against<'a>, place: Place) -> Step<'a> {
    let (run, side) = &against.others[place.other];
    let step = side.shown[place.at].step;
    Step {
        run: &run.run_id,
        index: place.at,
        span_id: step.span_id.to_string(),
        kind: step.kind.name(),
        name: step.tool.as_deref().unwrap_or(&step.name),
    }
}

fn usual(against: &Against<'_>, index: usize, count: usize) -> Usual {
    Usual { index, span_id: span_id(against, index), count }
}

fn lacking<'a>(against: &'a Against<'a>, lack: &Lack) -> Lacking<'a> {
    Lacking { before_index: lack.before, count: lack.count, step: step(against, lack.step) }
}

fn alike<'a>(against: &'a Against<'a>, group: &Group) -> Alike<'a> {
    let runs = group.others.iter().map(|&at| against.others[at].0.run_id.as_str()).collect();
    Alike { runs, has_run: group.has_run, behaviours: group.behaviours }
}

fn other<'a>(against: &'a Against<'a>, at: usize) -> Other<'a> {
    let parted = against.crowd.parted[at];
    Other {
        run: &against.others[at].0.run_id,
        same_percent: against.crowd.likeness[at],
        same: parted.is_none(),
        parted_index: parted.flatten(),
    }
}
