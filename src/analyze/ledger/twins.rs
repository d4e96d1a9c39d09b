//! Two reports of one call that are not parent and child.

use std::hash::Hash;

use rustc_hash::FxHashMap;

use super::node::{Node, Sign};
use super::{Entry, Ledger, NONE};
use crate::model::{Origin, StepKind};

/// Reports of one call are looked for among this many latest candidates: an emitter that gives every answer the same
/// id must not make a run cost the square of its length.
const CANDIDATES: usize = 16;

/// What a log record and a span of one call have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    /// The id of a tool call.
    ToolCall(u64),
    /// A tool by name, where one of the reports lacks the call's id.
    Tool(u64),
    /// All input tokens of a model call, which every report counts alike.
    Input(u64),
}

impl Subject {
    /// What a report may be known by, the surest first.
    fn of(node: &Node) -> impl Iterator<Item = Self> + use<> {
        let known = |hash: u64| (hash != 0).then_some(hash);
        let subjects = match node.kind {
            StepKind::Llm => [node.usage.input.map(Self::Input), None],
            _ => [known(node.tool_call).map(Self::ToolCall), known(node.tool).map(Self::Tool)],
        };
        subjects.into_iter().flatten()
    }
}

/// Reports that share something, in the order of arrival. Most are alone: the first has no block of its own.
#[derive(Clone, Debug)]
pub(super) struct Candidates {
    first: Entry,
    later: Vec<Entry>,
}

impl Candidates {
    /// The latest of them, the last first.
    fn latest(&self) -> impl Iterator<Item = Entry> + '_ {
        self.later.iter().rev().copied().chain([self.first]).take(CANDIDATES)
    }
}

/// Adds `entry` to those that share `key`.
fn note<K: Eq + Hash>(known: &mut FxHashMap<K, Candidates>, key: K, entry: Entry) {
    let alone = Candidates { first: entry, later: Vec::new() };
    known.entry(key).and_modify(|known| known.later.push(entry)).or_insert(alone);
}

/// Whether two model calls share what made one a candidate for the other: it may have changed since it was noted.
fn still_alike(other: &Node, node: &Node) -> bool {
    let same_answer = node.response != 0 && other.response == node.response;
    other.kind == node.kind
        && (same_answer || (node.figures().is_some() && other.figures() == node.figures()))
}

/// Which signals have told of steps.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Signals {
    spans: bool,
    logs: bool,
}

impl Signals {
    pub(super) fn note(&mut self, origin: Origin) {
        match origin {
            Origin::Span => self.spans = true,
            Origin::LogRecord => self.logs = true,
        }
    }
}

impl Ledger {
    /// Looks for another report of the call that `entry` reports, and keeps the better of the two.
    pub(super) fn find_twin(&mut self, entry: Entry) {
        if self.spared.twins() || !self.node(entry).is_call() {
            return;
        }
        let found = self.twin_of_model_call(entry).or_else(|| self.twin_of_other_signal(entry));
        self.remember(entry);
        if let Some(other) = found {
            let entry_is_better = self.node(entry).rank() > self.node(other).rank();
            let (twin, of) = if entry_is_better { (other, entry) } else { (entry, other) };
            self.pair(twin, of);
        }
    }

    fn pair(&mut self, twin: Entry, of: Entry) {
        // the reports behind the one that steps back stand behind the other from now on
        let mut all = self.twins.get(&twin).cloned().unwrap_or_default();
        all.push(twin);
        for &report in all.iter().chain([&of]) {
            self.account(report, Sign::Remove);
        }
        self.twins.remove(&twin);
        for &report in &all {
            self.node_mut(report).twin_of = of;
        }
        self.twins.entry(of).or_default().extend(&all);
        for &report in all.iter().chain([&of]) {
            self.account(report, Sign::Add);
        }
    }

    fn remember(&mut self, entry: Entry) {
        let node = self.node(entry);
        let (subjects, response, figures) = (Subject::of(node), node.response, node.figures());
        let is_sought = node.kind == StepKind::Llm && !self.spared.calls;
        if !self.spared.signals {
            for subject in subjects {
                note(&mut self.by_subject, subject, entry);
            }
        }
        if is_sought && response != 0 {
            note(&mut self.by_response, response, entry);
        }
        if let Some(figures) = figures.filter(|_| is_sought) {
            note(&mut self.by_figures, figures, entry);
        }
    }

    /// Another instrumentation's report: the same answer id, or the same parent and tokens.
    fn twin_of_model_call(&self, entry: Entry) -> Option<Entry> {
        let node = self.node(entry);
        if node.kind != StepKind::Llm {
            return None;
        }
        let same_answer = self.by_response.get(&node.response).filter(|_| node.response != 0);
        let same_figures = node.figures().and_then(|figures| self.by_figures.get(&figures));
        [same_answer, same_figures].into_iter().flatten().find_map(|candidates| {
            candidates.latest().find(|&c| {
                let other = self.node(c);
                let free = c != entry && other.twin_of == NONE;
                free && other.scope != node.scope && other.overlaps(node) && still_alike(other, node)
            })
        })
    }

    /// A log record's report of a span's call, or a span's of a log record's: the nearest in time.
    fn twin_of_other_signal(&self, entry: Entry) -> Option<Entry> {
        // of most runs one signal tells everything
        if !(self.signals.spans && self.signals.logs) {
            return None;
        }
        let node = self.node(entry);
        Subject::of(node).find_map(|subject| {
            let candidates = self.by_subject.get(&subject)?.latest();
            let fits = candidates.filter(|&c| self.may_tell_of(c, node, subject));
            fits.min_by_key(|&c| self.node(c).end.abs_diff(node.end))
        })
    }

    fn may_tell_of(&self, candidate: Entry, node: &Node, subject: Subject) -> bool {
        let other = self.node(candidate);
        // a name alone says little: then both must have run at the same time, and their ids must not differ
        let sure =
            !matches!(subject, Subject::Tool(_)) || (other.runs_same_tool(node) && other.overlaps(node));
        let free = other.twin_of == NONE && self.is_alone(candidate, node.origin);
        // a candidate may have changed since it was noted
        let sure = sure && Subject::of(other).any(|known| known == subject);
        other.origin != node.origin && other.kind == node.kind && free && sure && other.is_near(node)
    }

    /// No report of `origin` stands behind `entry` yet.
    fn is_alone(&self, entry: Entry, origin: Origin) -> bool {
        self.reports(entry).all(|report| self.node(report).origin != origin)
    }
}
