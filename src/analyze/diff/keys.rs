//! What makes a step the same as another: its decision and its outcome (`detection.md`, "Divergence of two runs").
//!
//! Ids, times and wording are in none of them. What only one of the two runs captured is left out of both.

use std::hash::{Hash, Hasher as _};

use rustc_hash::FxHasher;

use super::super::agent_name;
use super::side::{Shown, Side, is_call};
use crate::model::{StepKind, StepStatus};

/// What a step is compared by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Key {
    /// What was decided, and what came of it.
    pub(super) full: u64,
    /// What was decided.
    pub(super) decision: u64,
    /// Which kind of doing, by whom, with which tool: arguments left out.
    pub(super) what: u64,
    /// The kind alone.
    pub(super) kind: u64,
    /// Steps it stands for.
    pub(super) weight: u32,
}

/// What of a step is compared: what all runs captured, and what is asked for.
#[derive(Clone, Copy)]
pub(super) struct Captured {
    arguments: bool,
    results: bool,
    outcomes: bool,
}

impl Captured {
    pub(super) fn by_all(sides: &[&Side<'_>]) -> Self {
        let all = |has: fn(&Side<'_>) -> bool| sides.iter().all(|side| has(side));
        Self {
            arguments: all(|side| side.has_arguments),
            results: all(|side| side.has_results),
            outcomes: true,
        }
    }

    /// Decisions alone: whether a call failed and what it returned counts no more.
    pub(super) const fn decisions(self) -> Self {
        Self { outcomes: false, ..self }
    }

    /// Which tool, with whatever arguments.
    pub(super) const fn without_arguments(self) -> Self {
        Self { arguments: false, ..self }
    }

    /// The key of the step at `at`.
    pub(super) fn key(self, side: &Side<'_>, at: usize) -> Key {
        let shown = &side.shown[at];
        let kind = shown.step.kind;
        let what = hash(&(kind, name(side, at)));
        let decision = hash(&(what, self.arguments(shown)));
        let full = hash(&(decision, self.outcome(shown)));
        Key { full, decision, what, kind: hash(&kind), weight: 1 }
    }

    fn arguments(self, shown: &Shown<'_>) -> u64 {
        let step = shown.step;
        match step.kind {
            StepKind::Llm => {
                let asked = shown.asked.iter().map(|asked| (&asked.name, self.digest(asked.arguments)));
                hash(&asked.collect::<Vec<_>>())
            }
            StepKind::Tool | StepKind::Retrieval => self.digest(step.input_digest),
            _ => 0,
        }
    }

    const fn digest(self, digest: u64) -> u64 {
        if self.arguments { digest } else { 0 }
    }

    /// The result, or how it failed. What a model says below a tool is wording: of such a tool only its failure counts.
    fn outcome(self, shown: &Shown<'_>) -> u64 {
        let step = shown.step;
        if !self.outcomes {
            return 0;
        }
        if step.status == StepStatus::Error && !shown.failed_below {
            // an agent fails because a step in it failed: that step says how
            let says = shown.row.subtree == 1;
            return hash(&(1, says.then(|| signature(step.error.as_deref().unwrap_or_default()))));
        }
        let compared = self.results && is_call(step.kind) && !shown.model_below;
        hash(&(0, if compared { step.output_digest } else { 0 }))
    }
}

/// Who does it to what.
fn name(side: &Side<'_>, at: usize) -> u64 {
    let shown = &side.shown[at];
    let step = shown.step;
    let agent = agent_name::hash(shown.agent.unwrap_or_default());
    let own = match step.kind {
        StepKind::Llm => 0,
        StepKind::Agent => {
            let caller = shown.parent.and_then(|parent| side.shown[parent].agent);
            agent_name::hash(caller.unwrap_or_default())
        }
        StepKind::Handoff => {
            let to = step.handoff.as_ref().and_then(|handoff| handoff.to.as_ref());
            to.or(step.tool.as_ref()).map_or(0, |to| agent_name::hash(to))
        }
        StepKind::Tool => hash(step.tool.as_ref().unwrap_or(&step.name)),
        _ => hash(&step.name),
    };
    hash(&(agent, own))
}

/// An error's message with quoted parts and digits masked, as far as 120 characters.
pub(super) fn signature(message: &str) -> String {
    const LENGTH: usize = 120;
    let mut quote = None;
    let mut out = String::new();
    for c in message.chars().take(8 * LENGTH) {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '`') => quote = Some(c),
            None if c.is_ascii_digit() => {
                if !out.ends_with('#') {
                    out.push('#');
                }
            }
            None if c.is_whitespace() && out.ends_with(' ') => {}
            None => out.push(if c.is_whitespace() { ' ' } else { c }),
        }
    }
    out.chars().take(LENGTH).collect()
}

/// A number for any value; never written down, so it may differ between versions.
pub(super) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_known_by_its_words_and_not_by_its_numbers() {
        for (a, b, same) in [
            ("timeout after 30 s", "timeout after 5 s", true),
            ("no file \"a.rs\"", "no file \"b.rs\"", true),
            ("no   such\nfile", "no such file", true),
            ("TimeoutError", "ValueError", false),
        ] {
            assert_eq!(signature(a) == signature(b), same, "{a} | {b}");
        }
    }
}
