//! One of the two runs: its steps in display order, with what the comparison needs to know of each.

use std::borrow::Borrow;

use rustc_hash::FxHashMap;

use super::super::tree::{Node, Row, Tree};
use super::keys::signature;
use crate::model::{SharedText, Step, StepKey, StepKind, StepStatus};

/// One run as the comparison sees it. Indexes are those of `show`: steps in display order, missing parents not counted.
pub struct Side<'a> {
    /// The steps.
    pub shown: Vec<Shown<'a>>,
    /// What the run was asked to do, where captured.
    pub task: Option<&'a str>,
    /// The tree's rows, missing parents among them.
    pub(super) rows: &'a [Row],
    /// Index of each row's step, `None` for a missing parent.
    pub(super) index: Vec<Option<usize>>,
    /// Whether arguments of any tool call were captured.
    pub(super) has_arguments: bool,
    /// Whether any result was.
    pub(super) has_results: bool,
    /// Whether words of any model's answer were kept.
    pub(super) has_words: bool,
}

/// One step of a run.
pub struct Shown<'a> {
    /// The step, as the whole tree tells it.
    pub step: &'a Step,
    /// Its row.
    pub row: &'a Row,
    /// Agent at work.
    pub agent: Option<&'a str>,
    /// What the model asked for with this call, as far as steps tell it: of model calls alone.
    pub asked: Vec<Asked>,
    /// Where its content is kept: its own record first, then other reports of the same call.
    pub(super) keys: Vec<StepKey>,
    /// Nearest step above it.
    pub(super) parent: Option<usize>,
    /// A model works somewhere below it.
    pub(super) model_below: bool,
    /// Failed in the words of a step below, which it let through: that step is where it went wrong.
    pub(super) failed_below: bool,
    /// The model call that asked for it.
    pub(super) asker: Option<usize>,
    /// Says nothing of what the agent did: frames, plumbing, a call without a request that is followed up.
    pub(super) folded: bool,
}

impl Shown<'_> {
    /// Where its content is kept: its own record first, then other reports of the same call.
    pub fn keys(&self) -> &[StepKey] {
        &self.keys
    }
}

/// One call that a model asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Asked {
    /// Tool, or the agent that the work went to.
    pub name: SharedText,
    /// Digest of the arguments, 0 where they were not captured.
    pub arguments: u64,
}

impl<'a> Side<'a> {
    /// The run whose `steps` are shown in the order of `tree`; steps are to be the tree's merged ones.
    pub fn new<S: Borrow<Step>>(steps: &'a [S], tree: &'a Tree, task: Option<&'a str>) -> Self {
        let mut side = Self {
            task,
            shown: Vec::with_capacity(tree.rows.len()),
            rows: &tree.rows,
            index: Vec::with_capacity(tree.rows.len()),
            has_arguments: false,
            has_results: false,
            has_words: false,
        };
        for row in &tree.rows {
            side.push(row, steps);
        }
        side.look_below();
        side.tell_requests();
        side
    }

    fn push<S: Borrow<Step>>(&mut self, row: &'a Row, steps: &'a [S]) {
        let step = match row.node {
            Node::Step(at) => steps.get(at).map(Borrow::borrow),
            Node::Missing { .. } => None,
        };
        self.index.push(step.map(|_| self.shown.len()));
        let Some(step) = step else { return };
        let also = row.also().iter().filter_map(|&at| steps.get(at)).map(|step| step.borrow().key);
        self.has_arguments |= is_call(step.kind) && step.input_digest != 0;
        self.has_results |= is_call(step.kind) && step.output_digest != 0;
        let speaks = step.wording.as_ref().is_some_and(|wording| !wording.told.is_empty());
        self.has_words |= step.kind == StepKind::Llm && speaks;
        self.shown.push(Shown {
            step,
            row,
            agent: row.agent.and_then(|at| steps.get(at)).map_or(step, Borrow::borrow).agent.as_deref(),
            asked: Vec::new(),
            keys: std::iter::once(step.key).chain(also).collect(),
            parent: row.parent.and_then(|at| self.index[at as usize]),
            model_below: false,
            failed_below: false,
            asker: None,
            folded: step.plumbing || step.setup || is_frame(step.kind),
        });
    }

    fn look_below(&mut self) {
        for at in (0..self.shown.len()).rev() {
            let works = self.shown[at].model_below || self.shown[at].step.kind == StepKind::Llm;
            if let Some(parent) = self.shown[at].parent.filter(|_| works) {
                self.shown[parent].model_below = true;
            }
            self.pass_failure_on(at);
        }
    }

    /// Steps below are to be done before.
    fn pass_failure_on(&mut self, at: usize) {
        let own = &self.shown[at];
        let (tells, failed) = (!own.folded || own.failed_below, own.step.status == StepStatus::Error);
        let Some(parent) = own.parent.filter(|_| tells && failed) else { return };
        let above = self.shown[parent].step;
        let through = match (&own.step.error, &above.error) {
            (Some(own), Some(above)) => signature(own) == signature(above),
            (_, None) => true,
            (None, Some(_)) => false,
        };
        self.shown[parent].failed_below |= through && above.status == StepStatus::Error;
    }

    /// Gives every model call the calls that follow it in the same agent or tool, up to the next model call there.
    fn tell_requests(&mut self) {
        let scopes = self.scopes();
        let mut latest: FxHashMap<Option<usize>, Talk> = FxHashMap::default();
        let mut follow_ups = Vec::new();
        let counted: Vec<usize> = (0..self.shown.len()).filter(|&at| !self.shown[at].folded).collect();
        for at in counted {
            let talk = latest.entry(scopes[at]).or_default();
            if self.shown[at].step.kind == StepKind::Llm {
                follow_ups.extend(talk.call.map(|before| (before, at)));
                let since = std::mem::replace(talk, Talk { call: Some(at), since: Vec::new() }).since;
                for call in since {
                    if starts_early(self.shown[call].step, self.shown[at].step) {
                        self.shown[call].asker = Some(at);
                    }
                }
            } else {
                self.shown[at].asker = talk.call;
                talk.since.push(at);
            }
        }
        self.collect_requests();
        for (before, at) in follow_ups {
            self.fold_follow_up(before, at);
        }
    }

    /// The agent or tool that each step works in.
    fn scopes(&self) -> Vec<Option<usize>> {
        let mut scopes: Vec<Option<usize>> = Vec::with_capacity(self.shown.len());
        for shown in &self.shown {
            let scope = shown.parent.and_then(|parent| match self.shown[parent].step.kind {
                StepKind::Agent | StepKind::Tool if !self.shown[parent].folded => Some(parent),
                _ => scopes[parent],
            });
            scopes.push(scope);
        }
        scopes
    }

    fn collect_requests(&mut self) {
        for at in 0..self.shown.len() {
            if let (Some(call), Some(asked)) = (self.shown[at].asker, self.request(at)) {
                self.shown[call].asked.push(asked);
            }
        }
        for shown in &mut self.shown {
            shown.asked.sort_unstable();
        }
    }

    /// A call of the same agent that asked for nothing and is followed up says nothing of what the agent decided.
    fn fold_follow_up(&mut self, before: usize, at: usize) {
        let same_agent = self.shown[before].agent == self.shown[at].agent;
        let earlier = &mut self.shown[before];
        let is_plain = earlier.step.status == StepStatus::Ok && !may_ask_untold(earlier);
        earlier.folded |= same_agent && earlier.asked.is_empty() && is_plain;
    }

    fn request(&self, at: usize) -> Option<Asked> {
        let step = self.shown[at].step;
        let name = match step.kind {
            StepKind::Tool => step.tool.as_ref().unwrap_or(&step.name),
            StepKind::Handoff => {
                let to = step.handoff.as_ref().and_then(|handoff| handoff.to.as_ref());
                to.or(step.tool.as_ref()).unwrap_or(&step.name)
            }
            StepKind::Agent => step.agent.as_ref().unwrap_or(&step.name),
            _ => return None,
        };
        let arguments = if is_call(step.kind) { step.input_digest } else { 0 };
        Some(Asked { name: name.clone(), arguments })
    }

    /// Model calls that say they asked for tools while no step tells which: their content has to be read.
    pub(super) fn untold_requests(&self) -> Vec<usize> {
        let untold = |&at: &usize| {
            let shown = &self.shown[at];
            !shown.folded && shown.asked.is_empty() && may_ask_untold(shown)
        };
        (0..self.shown.len()).filter(untold).collect()
    }
}

/// The latest model call of a scope, and what was done there since.
#[derive(Default)]
struct Talk {
    call: Option<usize>,
    since: Vec<usize>,
}

/// Clients that run a tool while the answer still streams may open the model's span a moment after the tool's (Codex CLI:
/// 60 µs): a call this close before is one that it asks for.
const MOMENT: u64 = 5_000_000;

fn starts_early(tool: &Step, model: &Step) -> bool {
    is_call(tool.kind)
        && tool.start <= model.start
        && model.start - tool.start < MOMENT
        && (tool.end == 0 || tool.end > model.start)
}

/// Whether the call ended in a request for tools by its own word.
fn may_ask_untold(shown: &Shown<'_>) -> bool {
    let asks = |reason: &str| reason.contains("tool") || reason.contains("function");
    shown.step.kind == StepKind::Llm && shown.step.finish_reason.as_deref().is_some_and(asks)
}

/// Steps whose digests are of arguments and results in their normal form.
pub(super) const fn is_call(kind: StepKind) -> bool {
    matches!(kind, StepKind::Tool | StepKind::Handoff)
}

/// Frames around what agents do.
const fn is_frame(kind: StepKind) -> bool {
    matches!(kind, StepKind::Workflow | StepKind::Task | StepKind::Other)
}

#[cfg(test)]
mod tests {
    use super::super::super::tree;
    use super::*;
    use crate::model::fixture::step;

    fn asked(tool_start: u64, model_start: u64) -> Vec<usize> {
        let at = |id, kind, start: u64, took: u64| {
            let parent = u64::from(id > 1);
            Step { kind, start, end: start + took, ..step(id, parent) }
        };
        let steps = [
            at(1, StepKind::Agent, 1, 1_000_000_000),
            at(2, StepKind::Tool, tool_start, 50_000_000),
            at(3, StepKind::Llm, model_start, 10_000_000),
            at(4, StepKind::Llm, 500_000_000, 10_000_000),
        ];
        let tree = tree::build(&steps);
        Side::new(&steps, &tree, None).shown.iter().map(|shown| shown.asked.len()).collect()
    }

    #[test]
    fn a_tool_that_starts_a_moment_before_the_answer_is_there_belongs_to_it() {
        assert_eq!(asked(100_000_000, 100_060_000), [0, 0, 1, 0]);
        assert_eq!(asked(100_000_000, 120_000_000), [0, 0, 0, 0], "too late to be its request");
        assert_eq!(asked(200_000_000, 100_000_000), [0, 1, 0, 0]);
    }
}
