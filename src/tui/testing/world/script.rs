//! Runs written step by step.

use crate::model::fixture;
use crate::model::{
    Cost, CostSource, CostTotal, FindingCounts, NanoUsd, RunKey, RunSummary, RunTimes, SpanId, Step, StepKey,
    StepKind, StepStatus, TokenTotals, TraceId, Usage,
};

use super::{MS, NOON};

/// A run and its steps.
#[derive(Clone)]
pub(crate) struct Told {
    /// Summary.
    pub(crate) summary: RunSummary,
    /// Steps, in order of arrival.
    pub(crate) steps: Vec<Step>,
}

/// Writes steps of one run, one after another.
pub(crate) struct Script {
    run: i64,
    next: u64,
    clock: u64,
    steps: Vec<Step>,
}

impl Script {
    /// A script for a run that starts `seconds` before noon.
    pub(crate) fn new(run: i64, seconds: u64) -> Self {
        let next = u64::try_from(run).unwrap_or(0) * 1000 + 1;
        Self { run, next, clock: NOON - seconds * 1_000_000_000, steps: Vec::new() }
    }

    /// Adds a step that begins where the last one ended and takes `ms`; gives its place.
    pub(crate) fn add(&mut self, parent: Option<usize>, kind: StepKind, name: &str, ms: u64) -> usize {
        let mut trace = [0; 16];
        trace[15] = u8::try_from(self.run).unwrap_or(255);
        let step = Step {
            key: StepKey(i64::try_from(self.next).unwrap_or(0)),
            trace_id: TraceId::from_bytes(&trace).unwrap(),
            span_id: SpanId::from_u64(self.next).unwrap(),
            parent_span_id: parent.map(|at| self.steps[at].span_id),
            start: self.clock,
            end: self.clock + ms * MS,
            kind,
            name: name.into(),
            ..blank()
        };
        self.next += 1;
        if !matches!(kind, StepKind::Agent | StepKind::Workflow) {
            self.clock += ms * MS;
        }
        self.steps.push(step);
        self.steps.len() - 1
    }

    /// Adds a model call.
    pub(crate) fn call(
        &mut self,
        parent: usize,
        model: &str,
        ms: u64,
        (input, cached, output): (u64, u64, u64),
    ) -> usize {
        let at = self.add(Some(parent), StepKind::Llm, &format!("chat {model}"), ms);
        let step = &mut self.steps[at];
        step.model = Some(model.into());
        step.usage =
            Usage { input: Some(input), output: Some(output), cache_read: Some(cached), ..Usage::default() }
                .into();
        let nano = i64::try_from(input * 1500 + output * 9000).unwrap_or(0);
        step.cost = Some(Cost { amount: NanoUsd(nano), source: CostSource::Computed });
        step.time_to_first_token = Some(400 * MS);
        step.finish_reason = Some("stop".into());
        at
    }

    /// Changes a step.
    pub(crate) fn edit(&mut self, at: usize, change: impl FnOnce(&mut Step)) {
        change(&mut self.steps[at]);
    }

    /// Ends the run: parents end when their last child does.
    pub(crate) fn end(mut self, agents: &[&str], task: &str) -> Told {
        for at in (0..self.steps.len()).rev() {
            let id = self.steps[at].span_id;
            let children = self.steps.iter().filter(|step| step.parent_span_id == Some(id));
            let last = children.map(|step| step.end).max().unwrap_or(0);
            let step = &mut self.steps[at];
            step.end = if step.end == 0 { 0 } else { step.end.max(last) };
        }
        told(self.run, self.steps, agents, task)
    }
}

fn blank() -> Step {
    let trace_id = TraceId::from_bytes(&[1; 16]).unwrap();
    Step { key: StepKey(0), trace_id, start: 0, end: 0, name: "".into(), ..fixture::step(1, 0) }
}

/// The summary of steps.
fn told(run: i64, steps: Vec<Step>, agents: &[&str], task: &str) -> Told {
    let count = |kind| steps.iter().filter(|s| s.kind == kind).count() as u64;
    let (mut tokens, mut cost) = (TokenTotals::default(), CostTotal::default());
    for step in steps.iter().filter(|s| s.kind == StepKind::Llm) {
        tokens.add(&step.usage);
        cost.add(step.cost);
    }
    let mut models: Vec<String> =
        steps.iter().filter_map(|s| s.model.as_deref().map(str::to_owned)).collect();
    models.dedup();
    models.truncate(2);
    let root = steps.iter().find(|s| s.parent_span_id.is_none());
    let summary = RunSummary {
        key: RunKey(run),
        run_id: format!("{run:032x}"),
        trace_ids: steps.first().map(|s| s.trace_id).into_iter().collect(),
        name: root.map(|s| s.name.to_string()).unwrap_or_default(),
        task: (!task.is_empty()).then(|| task.to_owned()),
        agents: agents.iter().map(|&agent| agent.to_owned()).collect(),
        service: "support".into(),
        session_id: None,
        user_id: None,
        tags: Vec::new(),
        times: RunTimes {
            start: steps.iter().map(|s| s.start).min().unwrap_or(0),
            end: steps.iter().map(|s| s.end).max().unwrap_or(0),
            received: steps.iter().map(|s| s.end).max().unwrap_or(0),
            open_end: false,
            complete: root.is_some_and(|s| s.end != 0),
            failed: root.is_some_and(|s| s.status == StepStatus::Error),
        },
        steps: steps.iter().filter(|s| !s.plumbing).count() as u64,
        llm_calls: count(StepKind::Llm),
        tool_calls: count(StepKind::Tool),
        handoffs: count(StepKind::Handoff),
        errors: steps.iter().filter(|s| s.status == StepStatus::Error && !s.plumbing).count() as u64,
        models,
        tokens,
        cost,
        findings: FindingCounts::default(),
        agentic: true,
        merged_into: None,
        revision: run,
    };
    Told { summary, steps }
}
