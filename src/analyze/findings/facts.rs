//! A run as the rules read it: the tool calls of each agent in order, with their outcomes and who asked for them.

use std::hash::{Hash, Hasher as _};

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::circumstances::Circumstances;
use super::contexts::Places;
use super::course::{Course, courses};
use super::requests::Request;
use super::turns::{Turn, turns};
use crate::analyze::agent_name;
use crate::analyze::tree::{Node, Row, Tree};
use crate::model::{CostTotal, Effect, Leaf, Step, StepKind, StepStatus, text_hash};

/// One tool call.
#[derive(Clone, Debug)]
pub(super) struct Call<'a> {
    pub(super) row: usize,
    pub(super) step: &'a Step,
    pub(super) tool: &'a str,
    /// Digest of its arguments, 0 where they are not in the telemetry.
    pub(super) arguments: u64,
    /// Digest of its result or of how it failed, 0 where neither is in the telemetry.
    pub(super) outcome: u64,
    /// How it failed, by its status or by what its result says, whatever the quoted parts and numbers in the message.
    pub(super) failure: Option<u64>,
    /// Which batch of parallel calls it belongs to: calls of one batch never repeat each other.
    pub(super) batch: usize,
    /// What it was asked with, where wording is kept: its own arguments or what the model asked for.
    pub(super) asked: &'a [Leaf],
    /// Row of the model call that asked for it.
    pub(super) asker: Option<usize>,
    /// Calls up to this one, itself included, that changed something, each different one once: where it is the same for
    /// two calls, nothing was changed between them.
    pub(super) changes: u32,
}

impl Call<'_> {
    /// The same decision with the same outcome has the same key; `None` where part of it is not in the telemetry.
    pub(super) fn key(&self) -> Option<u64> {
        let is_known = self.arguments != 0 && self.outcome != 0;
        is_known.then(|| hash(&(self.tool, self.arguments, self.outcome)))
    }

    /// How it failed, in words.
    pub(super) fn error(&self) -> Option<&str> {
        let silent = || self.step.oddities.as_deref()?.failure.as_deref();
        self.step.error.as_deref().or_else(silent)
    }
}

/// The calls that one agent made in order, from one word of the user to the next.
pub(super) type Stream<'a> = Vec<Call<'a>>;

/// A run as the rules read it.
pub(super) struct Facts<'a> {
    pub(super) steps: &'a [&'a Step],
    pub(super) rows: &'a [Row],
    /// Rows of steps by start.
    pub(super) order: Vec<usize>,
    pub(super) places: Places,
    /// Rows of agents, with the names of those that they handed over to.
    passed: FxHashSet<(Option<usize>, u64)>,
    pub(super) streams: Vec<Stream<'a>>,
    pub(super) turns: Vec<Turn<'a>>,
    pub(super) courses: Vec<Course<'a>>,
    pub(super) circumstances: &'a Circumstances,
}

impl<'a> Facts<'a> {
    pub(super) fn of(steps: &'a [&'a Step], tree: &'a Tree, circumstances: &'a Circumstances) -> Self {
        let mut order: Vec<usize> =
            (0..tree.rows.len()).filter(|&at| matches!(tree.rows[at].node, Node::Step(_))).collect();
        let rows = &tree.rows;
        order.sort_by_key(|&at| (step_of(steps, &rows[at]).map_or(0, |step| step.start), at));
        let places = Places::of(steps, rows);
        let streams = streams(steps, rows, &order, &places);
        let passed = passed(steps, rows, &places);
        let (turns, courses) = (turns(steps, rows, &order), courses(steps, rows, &order));
        Self { steps, rows, order, places, passed, streams, turns, courses, circumstances }
    }

    /// Nanoseconds from the first start to the last end.
    pub(super) fn duration(&self) -> u64 {
        let start = self.steps.iter().map(|step| step.start).filter(|&start| start != 0).min();
        let end = self.steps.iter().map(|step| step.end).max();
        end.unwrap_or(0).saturating_sub(start.unwrap_or(u64::MAX))
    }

    /// What all calls cost, each once.
    pub(super) fn cost(&self) -> CostTotal {
        let mut cost = CostTotal::default();
        for row in self.rows.iter().filter(|row| row.has_figures) {
            cost.add(row.own_cost);
        }
        cost
    }

    pub(super) fn step(&self, row: usize) -> Option<&'a Step> {
        step_of(self.steps, &self.rows[row])
    }

    /// Row of the agent that called the agent at `row`.
    pub(super) fn caller(&self, row: usize) -> Option<usize> {
        self.places.caller(self.steps, self.rows, row)
    }

    /// What the agent at `row` was asked.
    pub(super) fn request(&self, row: usize) -> Request<'a> {
        self.places.request(self.steps, self.rows, row)
    }

    /// Whether the agent at `giver` handed over to the one at `taker`.
    pub(super) fn is_passed(&self, giver: usize, taker: usize) -> bool {
        let name = self.step(taker).and_then(|step| step.agent.as_deref());
        name.is_some_and(|name| self.passed.contains(&(Some(giver), agent_name::hash(name))))
    }

    /// Rows of the model calls below a row, itself included.
    pub(super) fn calls_below(&self, row: usize) -> impl Iterator<Item = usize> + use<'_, 'a> {
        (row..row + self.rows[row].subtree as usize).filter(|&at| self.rows[at].has_figures)
    }

    /// Rows of the model calls that asked for these tool calls, and of those that answering them took.
    pub(super) fn spent<'c>(&'c self, calls: impl IntoIterator<Item = &'c Call<'a>> + 'c) -> Vec<usize> {
        let spent = |call: &'c Call<'a>| call.asker.into_iter().chain(self.calls_below(call.row));
        calls.into_iter().flat_map(spent).collect()
    }
}

/// What each agent called in each of its contexts, by their first calls.
fn streams<'a>(steps: &'a [&'a Step], rows: &'a [Row], order: &[usize], places: &Places) -> Vec<Stream<'a>> {
    let mut readers: FxHashMap<(Option<&str>, u32), Reader<'a>> = FxHashMap::default();
    let mut streams = Vec::new();
    for &at in order {
        let Some(step) = step_of(steps, &rows[at]) else { continue };
        let reader = readers.entry((agent_of(steps, &rows[at]), places.context[at])).or_default();
        streams.extend(reader.read(at, &rows[at], step));
    }
    streams.extend(readers.into_values().map(|reader| reader.stream));
    streams.retain(|stream| stream.len() > 1);
    // the map's order is no order
    streams.sort_by_key(|stream| stream.first().map(|call| call.row));
    streams
}

fn passed(steps: &[&Step], rows: &[Row], places: &Places) -> FxHashSet<(Option<usize>, u64)> {
    let to = |at: usize| step_of(steps, &rows[at])?.handoff.as_ref()?.to.as_deref();
    (0..rows.len()).filter_map(|at| Some((places.agent[at], agent_name::hash(to(at)?)))).collect()
}

pub(super) fn step_of<'a>(steps: &'a [&'a Step], row: &Row) -> Option<&'a Step> {
    match row.node {
        Node::Step(at) => steps.get(at).copied(),
        Node::Missing { .. } => None,
    }
}

/// Name of the agent at work at a row.
pub(super) fn agent_of<'a>(steps: &'a [&'a Step], row: &Row) -> Option<&'a str> {
    steps.get(row.agent?)?.agent.as_deref()
}

/// Reads one agent's steps in order.
#[derive(Default)]
struct Reader<'a> {
    stream: Stream<'a>,
    /// The last model call.
    asker: Option<(usize, &'a Step)>,
    /// Whether a tool ran since.
    worked: bool,
    /// Latest end in the batch.
    batch_end: u64,
    /// Different calls that changed something.
    changed: FxHashSet<u64>,
}

impl<'a> Reader<'a> {
    /// Takes the next step; gives the stream that ends before it.
    fn read(&mut self, at: usize, row: &Row, step: &'a Step) -> Option<Stream<'a>> {
        match step.kind {
            // a call around another report of itself asks for nothing of its own
            StepKind::Llm if row.has_figures => {
                let ended = self.is_new_input(step).then(|| std::mem::take(&mut self.stream));
                self.asker = Some((at, step));
                self.worked = false;
                ended
            }
            StepKind::Tool | StepKind::Handoff => {
                self.worked = true;
                if step.kind == StepKind::Tool && step.handoff.is_none() {
                    self.call(at, row, step);
                }
                None
            }
            _ => None,
        }
    }

    /// Whether the user speaks here: the last call answered without asking for anything, and this one was told something
    /// new, by a person. Frameworks that write results as the user's words run a tool in between.
    fn is_new_input(&self, step: &Step) -> bool {
        let answered = |last: &Step| last.is_answered_call() && last.input_digest != step.input_digest;
        step.asked_by_user && !self.worked && self.asker.is_some_and(|(_, last)| answered(last))
    }

    fn call(&mut self, at: usize, row: &Row, step: &'a Step) {
        let asker = self.asker.map(|(at, _)| at);
        let batch = match self.stream.last() {
            Some(last) if self.is_parallel(last, asker, step) => last.batch,
            Some(last) => last.batch + 1,
            None => 0,
        };
        let is_new = self.stream.last().is_none_or(|last| last.batch != batch);
        self.batch_end = if is_new { step.end } else { self.batch_end.max(step.end) };
        let tool = step.tool.as_deref().unwrap_or(&step.name);
        let request = self.asker.and_then(|(_, call)| request(call, tool)).unwrap_or_default();
        let asked_by_model = request.first().map_or(0, |leaf| u64::from(leaf.value));
        let has_failed = step.status == StepStatus::Error || row.errors > 0 && row.subtree == 1;
        let error = has_failed.then(|| signature(step.error.as_deref().unwrap_or_default()));
        let silent = || step.oddities.as_deref()?.failure.as_deref().map(signature);
        let failure = error.or_else(silent);
        let arguments = if step.input_digest == 0 { asked_by_model } else { step.input_digest };
        if step.effect == Effect::Changes && failure.is_none() {
            self.changed.insert(hash(&(tool, arguments)));
        }
        self.stream.push(Call {
            row: at,
            step,
            tool,
            arguments,
            outcome: error.unwrap_or(step.output_digest),
            failure,
            batch,
            asked: step.wording.as_deref().map_or(request, |wording| &wording.asked),
            asker,
            changes: u32::try_from(self.changed.len()).unwrap_or(u32::MAX),
        });
    }

    /// Asked for in one breath, or at work at the same time below one parent.
    fn is_parallel(&self, last: &Call<'_>, asker: Option<usize>, step: &Step) -> bool {
        let overlaps = step.parent_span_id == last.step.parent_span_id && step.start < self.batch_end;
        overlaps || asker.is_some() && asker == last.asker
    }
}

/// What a model call asked of `tool`, if it asked for it once: of several calls nobody knows which one this is.
fn request<'a>(call: &'a Step, tool: &str) -> Option<&'a [Leaf]> {
    let asked = &call.wording.as_deref()?.asked;
    let at = asked.iter().position(|leaf| leaf.path == text_hash(tool))?;
    let is_only = !asked[at + 1..].iter().any(|leaf| leaf.path == asked[at].path);
    is_only.then(|| &asked[at..=at])
}

/// How an error reads with quoted parts and digits masked, its first 120 characters (`detection.md`).
fn signature(error: &str) -> u64 {
    const LENGTH: usize = 120;
    let mut masked = String::new();
    let mut quote = None;
    for c in error.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(c),
            (None, c) if c.is_ascii_digit() => {}
            (None, c) => masked.push(c),
        }
    }
    let words: String =
        masked.split_whitespace().flat_map(|word| word.chars().chain([' '])).take(LENGTH).collect();
    hash(&words)
}

/// Never 0, which is the word for "unknown".
pub(super) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_reads_the_same_whatever_it_quotes_and_counts() {
        for (a, b, same) in [
            ("unexpected keyword 'x'", "unexpected keyword 'page_down'", true),
            ("unexpected keyword ''", "unexpected keyword 'y'", true),
            ("line 12: timeout", "line 7: timeout", true),
            ("line  12: timeout", "line 12:\ttimeout", true),
            ("no such file", "no such folder", false),
        ] {
            assert_eq!(signature(a) == signature(b), same, "{a} | {b}");
        }
    }
}
