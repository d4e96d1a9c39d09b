//! A run with what is needed to tell it to people: its steps, its findings, and what was read of its content.

use std::collections::BTreeMap;

use crate::analyze::diff::Facts;
use crate::analyze::tree::{Node, Row, Tree};
use crate::model::{Finding, RunSummary, Step, StepKind};

/// A run, whole, with the content of the steps that a page quotes.
pub struct Telling<'a> {
    /// The run.
    pub run: &'a RunSummary,
    /// Its steps, as the tree tells them.
    pub steps: &'a [Step],
    /// Their tree.
    pub tree: &'a Tree,
    /// What was found.
    pub findings: &'a [Finding],
    /// Content of steps by `show`'s index, as far as it was read.
    pub contents: BTreeMap<usize, Facts>,
}

/// Steps at either end of a run whose content is read: more are not told one by one.
const READ: usize = 600;

impl<'a> Telling<'a> {
    /// Steps in display order; a missing parent is none.
    pub fn shown(&self) -> Vec<&'a Step> {
        self.rows().map(|(_, step)| step).collect()
    }

    /// Rows with their steps, likewise.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&'a Row, &'a Step)> {
        rows(self.steps, self.tree)
    }

    /// The agent at work in a step.
    pub(super) fn agent(&self, at: usize) -> Option<&'a str> {
        let (row, step) = self.rows().nth(at)?;
        row.agent.and_then(|at| self.steps.get(at)).unwrap_or(step).agent.as_deref()
    }

    /// What a call was asked; of JSON the values, by name.
    pub(super) fn arguments(&self, at: usize) -> Option<String> {
        self.contents.get(&at)?.arguments.as_deref().map(plain)
    }

    /// What it returned.
    pub(super) fn result(&self, at: usize) -> Option<String> {
        self.contents.get(&at)?.result.as_deref().map(plain)
    }

    /// What a model said.
    pub(super) fn said(&self, at: usize) -> Option<String> {
        self.contents.get(&at)?.said.clone()
    }
}

/// Model calls at the end whose answers are read.
const LAST: usize = 4;

/// Steps whose content a page may quote, by `show`'s index: calls and the last answers, of long runs those at both
/// ends.
pub fn quoted(steps: &[Step], tree: &Tree) -> Vec<usize> {
    let of = |kinds: &[StepKind]| {
        let all = rows(steps, tree).enumerate().filter(|(_, (_, step))| kinds.contains(&step.kind));
        let mut all: Vec<usize> = all.map(|(at, _)| at).collect();
        if all.len() > 2 * READ {
            all.drain(READ..all.len() - READ);
        }
        all
    };
    let (mut calls, models) = (of(&[StepKind::Tool, StepKind::Retrieval]), of(&[StepKind::Llm]));
    // a model call holds the whole conversation; what the models asked for is told by the calls
    let spoken = if calls.is_empty() { 0 } else { models.len().saturating_sub(LAST) };
    calls.extend(&models[spoken..]);
    calls
}

fn rows<'a>(steps: &'a [Step], tree: &'a Tree) -> impl Iterator<Item = (&'a Row, &'a Step)> {
    tree.rows.iter().filter_map(|row| match row.node {
        Node::Step(at) => steps.get(at).map(|step| (row, step)),
        Node::Missing { .. } => None,
    })
}

/// `{"path": "a.rs", "line": 3}` as `path: a.rs, line: 3`; a string without its quotes; other text as it is.
pub(super) fn plain(payload: &str) -> String {
    use serde_json::Value as Json;
    let value = |json: &Json| match json {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    match serde_json::from_str::<Json>(payload) {
        Ok(Json::Object(members)) if !members.is_empty() => {
            let members = members.iter().map(|(name, json)| format!("{name}: {}", value(json)));
            members.collect::<Vec<_>>().join(", ")
        }
        Ok(Json::String(text)) => text,
        _ => payload.to_owned(),
    }
}
