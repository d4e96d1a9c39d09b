//! Every rule, with what it must flag and what only looks like it.

mod always;
mod behaviour;
mod delegation;
mod loops;
mod rings;

use std::hash::{Hash as _, Hasher as _};
use std::sync::Arc;

use super::*;
use crate::analyze::tree;
use crate::model::fixture::step;
use crate::model::{
    Cost, CostSource, Effect, Leaf, NanoUsd, Oddities, StepKind, StepStatus, Usage, Wording, Words,
};

/// Tokens and nano-dollars of each model call.
pub(super) const CALL: u64 = 11;

/// A run under construction: one moment after the other.
#[derive(Default)]
pub(super) struct Script {
    pub(super) steps: Vec<Step>,
    pub(super) agent: String,
    pub(super) parent: u64,
    pub(super) heard_user: bool,
}

impl Script {
    pub(super) fn add(&mut self, kind: StepKind, parent: u64) -> &mut Step {
        let id = self.steps.len() as u64 + 1;
        let agent = Some(self.agent.clone());
        self.steps.push(Step {
            start: id * 10,
            end: id * 10 + 5,
            kind,
            agent: agent.map(Into::into),
            ..step(id, parent)
        });
        self.steps.last_mut().unwrap()
    }

    /// An agent at work below `parent`, 0 for none.
    pub(super) fn agent(&mut self, name: &str, parent: u64) -> u64 {
        name.clone_into(&mut self.agent);
        self.add(StepKind::Agent, parent);
        self.parent = self.steps.len() as u64;
        self.parent
    }

    pub(super) fn says(&mut self, text: &str) {
        let (parent, asked_by_user) = (self.parent, std::mem::take(&mut self.heard_user));
        let at = self.steps.len() as u64;
        let call = self.add(StepKind::Llm, parent);
        call.usage = Usage { input: Some(10), output: Some(1), ..Usage::default() }.into();
        call.cost = Some(Cost { amount: NanoUsd(11), source: CostSource::Computed });
        call.asked_by_user = asked_by_user;
        call.input_digest = at + 1;
        call.wording =
            (!text.is_empty()).then(|| Arc::new(Wording { told: words(text), ..Wording::default() }));
    }

    /// A tool call as `tool arguments outcome`: an outcome with `!` is an error, one with `~` says so without a status, `?`
    /// is not in the telemetry. `edit` changes things, `wait` waits.
    pub(super) fn tool(&mut self, call: &str) {
        let mut parts = call.splitn(3, ' ');
        let [tool, arguments, outcome] = std::array::from_fn(|_| parts.next().unwrap_or("?").to_owned());
        let (parent, id) = (self.parent, self.steps.len());
        let told = |text: &str| if text == "?" { 0 } else { digest(text) };
        let step = self.add(StepKind::Tool, parent);
        step.tool = Some(tool.into());
        step.input_digest = told(&arguments);
        let leaf = Leaf {
            path: 1,
            value: u32::try_from(told(&arguments) >> 32).unwrap(),
            words: words(&arguments.replace('_', " ")),
        };
        let is_free = arguments.matches('_').count() >= 3;
        step.wording = is_free.then(|| Arc::new(Wording { asked: vec![leaf], told: words(&outcome) }));
        step.effect = match step.tool.as_deref() {
            Some("edit") => Effect::Changes,
            Some("wait") => Effect::Waits,
            _ => Effect::None,
        };
        if let Some(failure) = outcome.strip_prefix('~') {
            step.oddities =
                Some(Arc::new(Oddities { failure: Some(failure.to_owned()), ..Oddities::default() }));
            step.output_digest = digest(&format!("{failure}{id}"));
            return;
        }
        match outcome.strip_prefix('!') {
            Some(error) => (step.status, step.error) = (StepStatus::Error, Some(error.into())),
            None => step.output_digest = told(&outcome),
        }
    }

    pub(super) fn found(&self) -> Vec<Finding> {
        found(&self.steps)
    }
}

pub(super) fn digest(text: &str) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    text.hash(&mut hasher);
    hasher.finish().max(1)
}

pub(super) fn words(text: &str) -> Words {
    Words::of(text.split(' ').map(|word| u32::try_from(digest(word) >> 32).unwrap()))
}

pub(super) fn found(steps: &[Step]) -> Vec<Finding> {
    by(find, steps)
}

pub(super) fn by(find: fn(&[Step], &Tree, &Circumstances) -> Vec<Finding>, steps: &[Step]) -> Vec<Finding> {
    let (tree, mut steps) = (tree::build(steps), steps.to_vec());
    for (at, step) in &tree.merged {
        steps[*at] = step.clone();
    }
    find(&steps, &tree, &Circumstances::default())
}

/// One agent that makes these calls, each asked for by a model call of its own; `user` is the user's word.
pub(super) fn worker(calls: &[&str]) -> Script {
    let mut script = Script::default();
    script.agent("worker", 0);
    for call in calls {
        match *call {
            "user" => {
                script.says("there you are");
                script.heard_user = true;
            }
            call => {
                script.says("");
                script.tool(call);
            }
        }
    }
    script
}

/// Repetition as `severity repeats×period members wasted`, `; ` between findings.
pub(super) fn told(findings: &[Finding]) -> String {
    let one = |f: &Finding| {
        let wasted = f.wasted_tokens / CALL;
        assert_eq!(f.wasted_cost, (wasted > 0).then(|| NanoUsd(i64::try_from(wasted * CALL).unwrap())));
        format!("{} {}×{} {} {wasted}", f.severity.name(), f.repeats, f.period, f.members.join(","))
    };
    let repeats = |f: &&Finding| matches!(f.kind, FindingKind::Loop | FindingKind::HandoffCycle);
    findings.iter().filter(repeats).map(one).collect::<Vec<_>>().join("; ")
}

/// Peers below one workflow, each as `name what it says[ | tool call]`.
pub(super) fn team(turns: &[&str]) -> Script {
    let mut script = Script::default();
    script.add(StepKind::Workflow, 0).agent = None;
    for turn in turns {
        let (said, call) = turn.split_once(" | ").unwrap_or((turn, ""));
        let (name, text) = said.split_once(' ').unwrap_or((said, ""));
        script.agent(name, 1);
        script.says(text);
        if !call.is_empty() {
            script.tool(call);
        }
    }
    script
}
