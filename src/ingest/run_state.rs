//! What is remembered of a run that grows, so that a step costs what it changes and not what the run holds.

use std::collections::BTreeSet;

use crate::analyze::findings::Live;
use crate::analyze::ledger::Ledger;
use crate::model::{FindingCounts, RunKey, RunSummary, RunTimes, Step, StepKind, TraceId, UnixNanos};
use crate::store::OldRun;

/// A run in memory: its books, and the few texts its summary shows.
pub(super) struct RunState {
    key: RunKey,
    run_id: String,
    ledger: Ledger,
    start: UnixNanos,
    end: UnixNanos,
    received: UnixNanos,
    name: Best,
    task: Best,
    service: String,
    session_id: Option<String>,
    in_session: bool,
    user_id: Option<String>,
    tags: BTreeSet<String>,
    agents: Names,
    models: Names,
    /// What is to be looked at for findings, and what was found.
    pub(super) live: Live,
    /// All its steps, as long as it is short and was not looked at: the first look then need not read them back.
    fresh: Option<Vec<Step>>,
    /// Findings as its row counts them.
    findings: FindingCounts,
    /// Changed since the last summary was written.
    pub(super) dirty: bool,
}

/// The best candidate so far: smaller rank first, then the earlier start.
#[derive(Default)]
struct Best {
    order: Option<(u8, UnixNanos)>,
    text: Option<String>,
}

impl Best {
    fn would_take(&self, order: (u8, UnixNanos)) -> bool {
        self.order.is_none_or(|best| order < best)
    }

    fn take(&mut self, order: (u8, UnixNanos), text: String) {
        self.order = Some(order);
        self.text = Some(text);
    }
}

/// Names in order of first appearance in time, whatever the order of arrival.
#[derive(Default)]
struct Names(Vec<(UnixNanos, String)>);

impl Names {
    fn add(&mut self, start: UnixNanos, name: &str) {
        match self.0.iter_mut().find(|(_, known)| known == name) {
            Some((first, _)) => *first = start.min(*first),
            None => self.0.push((start, name.to_owned())),
        }
    }

    fn in_order(&self) -> Vec<String> {
        let mut sorted: Vec<_> = self.0.iter().collect();
        sorted.sort_by_key(|(start, _)| *start);
        sorted.into_iter().map(|(_, name)| name.clone()).collect()
    }
}

/// Most tags of a run: more are no words to find by.
const TAGS: usize = 100;

/// Rank of a task that was read from a summary, which does not tell what kind of step stated it.
const LIKE_A_CALL: u8 = 1;

impl RunState {
    /// A run that begins with this trace; its id is the trace's.
    pub(super) fn new(key: RunKey, trace: TraceId) -> Self {
        Self::empty(key, trace.to_string())
    }

    /// A run that was there before everything was derived anew.
    pub(super) fn again(old: OldRun) -> Self {
        Self { received: old.received, ..Self::empty(old.key, old.run_id) }
    }

    /// Its row.
    pub(super) const fn key(&self) -> RunKey {
        self.key
    }

    fn empty(key: RunKey, run_id: String) -> Self {
        Self {
            key,
            run_id,
            ledger: Ledger::default(),
            start: 0,
            end: 0,
            received: 0,
            name: Best::default(),
            task: Best::default(),
            service: String::new(),
            session_id: None,
            in_session: false,
            user_id: None,
            tags: BTreeSet::new(),
            agents: Names::default(),
            models: Names::default(),
            live: Live::default(),
            fresh: Some(Vec::new()),
            findings: FindingCounts::default(),
            dirty: true,
        }
    }

    /// A run as it was last written; its steps are to be added next.
    pub(super) fn from_summary(summary: RunSummary) -> Self {
        Self {
            fresh: None,
            received: summary.times.received,
            task: Best {
                order: summary.task.as_ref().map(|_| (LIKE_A_CALL, summary.times.start)),
                text: summary.task,
            },
            service: summary.service,
            in_session: summary.session_id.is_some(),
            findings: summary.findings,
            dirty: false,
            ..Self::empty(summary.key, summary.run_id)
        }
    }

    /// Keeps a step that was added for the first look.
    pub(super) fn keep(&mut self, step: Step, newer: bool) {
        /// Runs longer than this grow for a while, and are looked at meanwhile.
        const MOST: usize = 512;
        let is_newer =
            |known: &&mut Step| newer && known.span_id == step.span_id && known.trace_id == step.trace_id;
        let Some(steps) = self.fresh.as_mut().filter(|steps| steps.len() < MOST) else {
            self.fresh = None;
            return;
        };
        match steps.iter_mut().find(is_newer) {
            Some(known) => *known = step,
            None => steps.push(step),
        }
    }

    /// All its steps, if they were kept: those that came out of another run were not.
    pub(super) fn take_fresh(&mut self) -> Option<Vec<Step>> {
        self.fresh.take().filter(|steps| steps.len() == self.ledger.len())
    }

    /// Takes over what is known of a run that turned out to be this one; its steps are to be added next.
    pub(super) fn take_over(&mut self, other: RunSummary) {
        self.received = self.received.max(other.times.received);
        if self.service.is_empty() {
            self.service = other.service;
        }
        // what began earlier states the task
        let order = (LIKE_A_CALL, other.times.start);
        if let Some(task) = other.task.filter(|_| self.task.would_take(order)) {
            self.task.take(order, task);
        }
        self.dirty = true;
    }

    /// Earliest start and latest end of its steps.
    pub(super) const fn interval(&self) -> (UnixNanos, UnixNanos) {
        (self.start, self.end)
    }

    /// Whether it is of a session, whose other runs may turn out to be this one.
    pub(super) const fn is_in_session(&self) -> bool {
        self.in_session
    }

    /// Notes that it is of a session.
    pub(super) const fn join_session(&mut self) {
        self.in_session = true;
    }

    /// What the run costs in memory, in steps of its books.
    pub(super) fn len(&self) -> usize {
        /// A step takes 1 kB, its entry in the books 300 bytes.
        const WHOLE: usize = 3;
        self.ledger.len() + WHOLE * self.fresh.as_ref().map_or(0, Vec::len)
    }

    /// Adds a step, or takes its newer version.
    pub(super) fn add(&mut self, step: &Step, newer: bool) {
        match self.ledger.entry(step.trace_id, step.span_id).filter(|_| newer) {
            Some(entry) => self.ledger.update(entry, step),
            None => {
                self.ledger.insert(step);
            }
        }
        self.note(step);
        self.live.note(step);
        self.dirty = true;
    }

    /// Whether nothing more is to come, as far as telemetry tells; of clients that never tell an end, at any time.
    pub(super) const fn has_ended(&self) -> bool {
        let progress = self.ledger.progress();
        progress.is_complete() || progress.is_open_ended()
    }

    /// Counts what was found; true if it is something else than before.
    pub(super) fn count_findings(&mut self) -> bool {
        let counts = FindingCounts::of(self.live.found());
        std::mem::replace(&mut self.findings, counts) != counts
    }

    fn note(&mut self, step: &Step) {
        if step.start != 0 && (self.start == 0 || step.start < self.start) {
            self.start = step.start;
        }
        self.end = self.end.max(step.end);
        if let Some(agent) = &step.agent {
            self.agents.add(step.start, agent);
        }
        if let Some(model) = step.model.as_deref().filter(|_| calls_a_model(step.kind)) {
            self.models.add(step.start, model);
        }
        if self.session_id.is_none() {
            self.session_id = step.session_id.as_deref().map(str::to_owned);
        }
        if self.user_id.is_none() {
            self.user_id = step.user_id.as_deref().map(str::to_owned);
        }
        for tag in step.tags.iter().flat_map(|tags| tags.iter()) {
            // looked up first: clients put the same tags on every span
            if !self.tags.contains(tag) && self.tags.len() < TAGS {
                self.tags.insert(tag.clone());
            }
        }
        let order = (name_rank(step), step.start);
        if self.name.would_take(order) {
            // spans of agents may be called by what they do (`gen_ai.agent.invoke`)
            let agent = step.agent.as_ref().filter(|_| step.kind == StepKind::Agent);
            self.name.take(order, agent.unwrap_or(&step.name).to_string());
        }
    }

    /// Whether this step's task would be shown: then it is worth reading its content.
    pub(super) fn wants_task(&self, step: &Step) -> bool {
        step.is_agentic() && self.task.would_take((task_rank(step), step.start))
    }

    /// Takes the task that a step states.
    pub(super) fn set_task(&mut self, step: &Step, task: String) {
        self.task.take((task_rank(step), step.start), task);
        self.dirty = true;
    }

    /// Notes that something of this run came in.
    pub(super) fn touch(&mut self, received: UnixNanos, service: &str) {
        self.received = self.received.max(received);
        self.dirty = true;
        if self.service.is_empty() {
            service.clone_into(&mut self.service);
        }
    }

    /// The row of the run list, as of commit `revision`.
    pub(super) fn summary(&self, revision: i64) -> RunSummary {
        let (totals, progress) = (self.ledger.totals(), self.ledger.progress());
        RunSummary {
            key: self.key,
            run_id: self.run_id.clone(),
            // they stand in the table of traces
            trace_ids: Vec::new(),
            name: self.name.text.clone().unwrap_or_default(),
            task: self.task.text.clone(),
            agents: self.agents.in_order(),
            service: self.service.clone(),
            session_id: self.session_id.clone(),
            user_id: self.user_id.clone(),
            tags: self.tags.iter().cloned().collect(),
            times: RunTimes {
                start: self.start,
                end: self.end,
                received: self.received,
                complete: progress.is_complete(),
                open_end: progress.is_open_ended(),
                failed: progress.failed_roots > 0,
            },
            steps: totals.steps,
            llm_calls: totals.llm_calls,
            tool_calls: totals.tool_calls,
            handoffs: totals.handoffs,
            errors: totals.errors,
            models: self.models.in_order(),
            tokens: totals.tokens,
            cost: totals.cost,
            findings: self.findings,
            agentic: totals.agentic > 0,
            merged_into: None,
            revision,
        }
    }
}

const fn calls_a_model(kind: StepKind) -> bool {
    matches!(kind, StepKind::Llm | StepKind::Embedding | StepKind::Rerank)
}

/// The root names the run, else its topmost agent or workflow (which starts first), else any agentic step.
fn name_rank(step: &Step) -> u8 {
    match step.kind {
        _ if step.parent_span_id.is_none() && !step.plumbing && !step.loose => 0,
        StepKind::Agent | StepKind::Workflow if !step.setup => 1,
        _ if step.is_agentic() => 2,
        _ => 3,
    }
}

/// An agent or workflow states the task best, then a model call, then anything else.
const fn task_rank(step: &Step) -> u8 {
    match step.kind {
        StepKind::Agent | StepKind::Workflow => 0,
        StepKind::Llm => 1,
        _ => 2,
    }
}
