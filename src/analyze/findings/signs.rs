//! What each step may do to the findings of its run, as counts that cost the same for every step.
//!
//! A rule that cannot fire need not be asked. Signs are read off single steps, before any tree is made: they may see a
//! pattern where there is none (a call that is reported twice), never the other way round.

use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::hash;
use super::figures::Figures;
use crate::analyze::agent_name;
use crate::model::{Step, StepKind, StepStatus, text_hash};

/// Counts over the steps of a run, in any order of arrival. A step that is told again counts again.
#[derive(Clone, Debug, Default)]
pub struct Signs {
    /// Tool, arguments and outcome of calls.
    keys: FxHashSet<u64>,
    tools: FxHashMap<u64, Tool>,
    /// Calls that were asked for in free text, by [`text_hash`] of the tool.
    worded: FxHashMap<u32, u32>,
    /// How often each agent was begun or handed over to.
    begun: FxHashMap<u64, u32>,
    /// Vague calls that look alike, by tool, arguments, outcome.
    alike: FxHashMap<u64, u32>,
    /// Answers of one size, in tokens.
    sizes: FxHashMap<u64, u32>,
    most: Most,
    figures: Figures,
}

/// Of one tool.
#[derive(Clone, Copy, Debug, Default)]
struct Tool {
    calls: u32,
    /// Calls of which telemetry does not tell all.
    vague: u32,
    failed: u32,
}

/// The most that any tool or agent has.
#[derive(Clone, Copy, Debug, Default)]
struct Most {
    is_repeated: bool,
    vague: u32,
    /// Vague calls alike of which something is told.
    alike: u32,
    /// Vague calls alike of which nothing is told.
    bare: u32,
    /// Answers of one size.
    sized: u32,
    failed: u32,
    worded: u32,
    begun: u32,
    /// Agents that were begun twice.
    begun_again: u32,
    guarded: bool,
    /// A model told which call it asks for, which may say what the call itself does not.
    asks: bool,
}

impl Signs {
    /// Counts a step.
    pub fn note(&mut self, step: &Step) {
        self.figures.note(step);
        match step.kind {
            StepKind::Tool => self.tool(step),
            // whether it is one or a call that is named like one, the tree decides
            StepKind::Handoff => {
                self.tool(step);
                self.begin(step.handoff.as_ref().and_then(|handoff| handoff.to.as_deref()));
            }
            StepKind::Llm => self.request(step),
            StepKind::Agent if !step.setup => self.begin(step.agent.as_deref()),
            StepKind::Other => self.most.guarded |= step.name.starts_with(Step::LOOP_DETECTED),
            _ => {}
        }
    }

    /// Sums and extremes.
    pub(super) const fn figures(&self) -> &Figures {
        &self.figures
    }

    /// Some tool may have been called twice with the same outcome.
    pub const fn repeats(&self) -> bool {
        self.most.is_repeated || self.most.vague > 1 && self.most.asks || self.fails()
    }

    /// Some tool failed twice.
    pub const fn fails(&self) -> bool {
        self.most.failed > 1
    }

    /// Some tool was called three times, and as far as telemetry tells the calls look alike.
    pub const fn is_vague(&self) -> bool {
        let Most { vague, alike, bare, sized, asks, .. } = self.most;
        vague > 2 && asks || alike > 2 || bare > 2 && sized > 2
    }

    /// Some tool was asked three times in free text.
    pub const fn is_worded(&self) -> bool {
        self.most.worded > 2
    }

    /// Two agents got the work twice.
    pub const fn returns(&self) -> bool {
        self.most.begun_again > 1
    }

    /// Some agent got the work twice.
    pub const fn begins_again(&self) -> bool {
        self.most.begun_again > 0
    }

    /// The client's own guard spoke.
    pub const fn is_guarded(&self) -> bool {
        self.most.guarded
    }

    fn tool(&mut self, step: &Step) {
        let name = step.tool.as_deref().unwrap_or(&step.name);
        let tool = self.tools.entry(hash(&name)).or_default();
        tool.calls += 1;
        let is_silent = || step.oddities.as_deref().is_some_and(|odd| odd.failure.is_some());
        tool.failed += u32::from(step.status == StepStatus::Error || is_silent());
        let is_told = step.input_digest != 0 && step.output_digest != 0;
        tool.vague += u32::from(!is_told);
        let has_failed = step.status == StepStatus::Error;
        if !is_told {
            let times = self
                .alike
                .entry(hash(&(name, step.input_digest, step.output_digest, has_failed)))
                .or_default();
            *times += 1;
            let is_bare = step.input_digest == 0 && step.output_digest == 0 && !has_failed;
            let most = if is_bare { &mut self.most.bare } else { &mut self.most.alike };
            *most = (*most).max(*times);
        }
        let most = &mut self.most;
        (most.failed, most.vague) = (most.failed.max(tool.failed), most.vague.max(tool.vague));
        if is_told && !self.keys.insert(hash(&(name, step.input_digest, step.output_digest))) {
            most.is_repeated = true;
        }
        let asked = step.wording.as_deref().map_or(&[][..], |wording| &wording.asked);
        if asked.iter().any(|leaf| !leaf.words.is_empty()) {
            self.ask(text_hash(name));
        }
    }

    /// A model call asks for tools, some of which may never be told of their own.
    fn request(&mut self, step: &Step) {
        if let Some(size) = step.usage.output {
            let times = self.sizes.entry(size).or_default();
            *times += 1;
            self.most.sized = self.most.sized.max(*times);
        }
        let Some(wording) = step.wording.as_deref() else { return };
        self.most.asks |= !wording.asked.is_empty();
        for leaf in wording.asked.iter().filter(|leaf| !leaf.words.is_empty()) {
            self.ask(leaf.path);
        }
    }

    fn ask(&mut self, tool: u32) {
        let times = self.worded.entry(tool).or_default();
        *times += 1;
        self.most.worded = self.most.worded.max(*times);
    }

    /// An agent gets the work; one that is not named may be any.
    fn begin(&mut self, agent: Option<&str>) {
        let times = self.begun.entry(agent.map_or(0, agent_name::hash)).or_default();
        *times += 1;
        self.most.begun = self.most.begun.max(*times);
        self.most.begun_again += u32::from(*times == 2);
    }
}
