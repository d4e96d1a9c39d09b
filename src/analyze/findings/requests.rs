//! What an agent or a tool was asked, as far as a step keeps it.

use crate::model::{Leaf, Step, StepKind, Words};

/// What was asked.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Request<'a> {
    /// Equal ones ask the same; 0 where it is not told.
    value: u64,
    /// The same of all that went in: equal ones ask the same, different ones may differ in anything.
    digest: u64,
    /// Its words, where it is free text.
    words: Option<&'a Words>,
}

impl<'a> Request<'a> {
    pub(super) fn of(step: &'a Step) -> Self {
        let asked = step.wording.as_deref().map_or(&[][..], |wording| &wording.asked);
        let words = asked.iter().map(|leaf| &leaf.words).max_by_key(|words| words.len());
        let value = match step.kind {
            StepKind::Agent => asked.first().map_or(0, |leaf: &Leaf| leaf.value.into()),
            _ => step.input_digest,
        };
        Self { value, digest: step.input_digest, words: words.filter(|words| !words.is_empty()) }
    }

    /// What somebody said, as a request to whoever comes next.
    pub(super) const fn said(words: &'a Words) -> Self {
        Self { value: 0, digest: 0, words: Some(words) }
    }

    pub(super) const fn is_told(&self) -> bool {
        self.value != 0 || self.words.is_some()
    }

    /// What is equal in two requests that ask exactly the same; 0 where it is not told.
    pub(super) const fn exact(&self) -> u64 {
        if self.value == 0 { self.digest } else { self.value }
    }

    /// Share of common words, 0 to 1; `None` where that is not told.
    pub(super) fn likeness(&self, other: &Self) -> Option<f64> {
        let same = |a: u64, b: u64| a != 0 && a == b;
        if same(self.value, other.value) || same(self.digest, other.digest) {
            return Some(1.0);
        }
        match (self.words, other.words) {
            (Some(own), Some(others)) => Some(own.likeness(others)),
            _ => (self.is_told() && other.is_told()).then_some(0.0),
        }
    }
}
