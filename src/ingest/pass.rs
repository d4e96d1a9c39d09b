//! One group of exports on its way into the file: steps derived, runs found, summaries written.

use std::sync::Arc;

use hashlink::LruCache;
use rustc_hash::FxHashMap;

use super::Rulebook;
use super::assign::Bond;
use super::run_state::RunState;
use super::watch::Watch;
use crate::dialect::{self, Interpretation, LogReading, Part};
use crate::model::{
    Export, LogRecord, Resource, RunKey, RunSummary, Scope, Span, StepKey, StepKind, TraceId, UnixNanos,
};
use crate::store::{Group, Kept, LogEntry, OldRun, ReplayedSpan, Source, StoreError, Trace};

/// One group on its way into the file.
pub(super) struct Pass<'p, 'w> {
    pub(super) group: &'p mut Group<'w>,
    pub(super) rulebook: &'p Rulebook,
    pub(super) runs: &'p mut LruCache<RunKey, RunState>,
    pub(super) held: &'p mut usize,
    pub(super) received: UnixNanos,
    /// Key given to the latest new run of this group.
    pub(super) last_run: Option<RunKey>,
    pub(super) touched: Vec<RunKey>,
    /// Ties written already, each with its time.
    pub(super) bonds: &'p mut LruCache<Bond, UnixNanos>,
    /// Ties that are new, or have an earlier time, since the runs were settled.
    pub(super) new_bonds: Vec<Bond>,
    /// Traces whose root links to another.
    pub(super) links: Vec<(TraceId, TraceId)>,
    pub(super) watch: &'p mut Watch,
    /// Traces first seen since the runs were settled.
    pub(super) new_traces: Vec<TraceId>,
    /// Runs as they were, while everything is derived anew.
    pub(super) old_runs: FxHashMap<RunKey, OldRun>,
}

impl<'p, 'w> Pass<'p, 'w> {
    pub(super) fn new(
        group: &'p mut Group<'w>,
        rulebook: &'p Rulebook,
        runs: &'p mut LruCache<RunKey, RunState>,
        held: &'p mut usize,
        bonds: &'p mut LruCache<Bond, UnixNanos>,
        watch: &'p mut Watch,
        received: UnixNanos,
    ) -> Self {
        Self {
            group,
            rulebook,
            runs,
            held,
            bonds,
            received,
            last_run: None,
            touched: Vec::new(),
            new_bonds: Vec::new(),
            links: Vec::new(),
            watch,
            new_traces: Vec::new(),
            old_runs: FxHashMap::default(),
        }
    }
}

impl Pass<'_, '_> {
    pub(super) fn export(&mut self, export: &Export) -> Result<(), StoreError> {
        for scoped in &export.spans {
            let source = self.group.source(&scoped.resource, &scoped.scope)?;
            for span in &scoped.records {
                self.span(source, &scoped.resource, &scoped.scope, span)?;
            }
        }
        for scoped in &export.logs {
            let source = self.group.source(&scoped.resource, &scoped.scope)?;
            for log in &scoped.records {
                self.log(source, &scoped.resource, &scoped.scope, log)?;
            }
        }
        for scoped in &export.metrics {
            let source = self.group.source(&scoped.resource, &scoped.scope)?;
            for metric in &scoped.records {
                self.group.metric(source, metric)?;
            }
        }
        Ok(())
    }

    fn span(
        &mut self,
        source: Source,
        resource: &Resource,
        scope: &Scope,
        span: &Span,
    ) -> Result<(), StoreError> {
        let begun = dialect::as_begun(span);
        let span = begun.as_ref().unwrap_or(span);
        let trace = self.trace(span.trace_id, false)?;
        let (key, newer) = match self.group.span(trace, source, span, self.received)? {
            Kept::New(key) => (key, false),
            Kept::Newer(key) => (key, true),
            Kept::Known => return Ok(()),
        };
        let told = Told { key, newer, span, service: resource.service(), received: self.received };
        self.step(trace, dialect::interpret(span, resource, scope), &told)
    }

    /// Derives the step of a span that is kept already.
    pub(super) fn span_again(&mut self, again: &ReplayedSpan) -> Result<(), StoreError> {
        let ReplayedSpan { key, span, resource, scope, received } = again;
        let trace = self.trace(span.trace_id, false)?;
        let told = Told { key: *key, newer: false, span, service: resource.service(), received: *received };
        self.step(trace, dialect::interpret(span, resource, scope), &told)
    }

    fn log(
        &mut self,
        source: Source,
        resource: &Resource,
        scope: &Scope,
        log: &LogRecord,
    ) -> Result<(), StoreError> {
        let reading = dialect::read_log(log, resource, scope);
        let own = log.trace_id.map(|id| self.trace(id, false)).transpose()?;
        let shown_in = self.trace_of_log(own, &reading)?;
        let Some(key) = self.group.log(own, shown_in, source, log)? else { return Ok(()) };
        self.logged(key, shown_in, log, reading, resource.service())
    }

    /// Derives what a log record that is kept already tells.
    pub(super) fn log_again(&mut self, key: StepKey, entry: &LogEntry) -> Result<(), StoreError> {
        let LogEntry { log, resource, scope } = entry;
        let reading = dialect::read_log(log, resource, scope);
        let own = log.trace_id.map(|id| self.trace(id, false)).transpose()?;
        let shown_in = self.trace_of_log(own, &reading)?;
        if let (None, Some(made)) = (own, shown_in) {
            self.group.log_stands_in(key, made)?;
        }
        self.logged(key, shown_in, log, reading, resource.service())
    }

    /// A record outside of any trace that tells a step stands in one that is made for it.
    fn trace_of_log(
        &mut self,
        own: Option<Trace>,
        reading: &LogReading,
    ) -> Result<Option<Trace>, StoreError> {
        match (&reading.step, own) {
            (Some((span, _)), None) => self.trace(span.trace_id, true).map(Some),
            (_, own) => Ok(own),
        }
    }

    fn logged(
        &mut self,
        key: StepKey,
        shown_in: Option<Trace>,
        log: &LogRecord,
        LogReading { ties, step }: LogReading,
        service: &str,
    ) -> Result<(), StoreError> {
        let Some(trace) = shown_in else { return Ok(()) };
        let received = self.received;
        if let Some((span, meaning)) = step {
            let told = Told { key, newer: false, span: &span, service, received };
            return self.step(trace, Interpretation { ties, ..meaning }, &told);
        }
        let time = if log.time == 0 { log.observed_time } else { log.time };
        if let Some(id) = log.trace_id {
            self.bind(id, trace, &ties, time)?;
        }
        self.run(trace.run)?.touch(received, service);
        Ok(())
    }

    /// Keeps what a record means, with its price, and adds it to its run.
    fn step(&mut self, trace: Trace, meaning: Interpretation, told: &Told<'_>) -> Result<(), StoreError> {
        let Interpretation { mut step, pricing, ties } = meaning;
        step.key = told.key;
        let priced = self.rulebook.prices.price(&pricing);
        (step.cost, step.rates) = (priced.cost, priced.rates);
        step.loose |= ties.part == Part::Fragment && step.parent_span_id.is_none();
        let kept = dialect::kept(told.span, step.kind, step.tool.as_deref());
        step.effect = kept.effect;
        (step.input_digest, step.output_digest) = (kept.input, kept.output);
        step.wording = kept.wording.map(Arc::new);
        let odd = step.oddities.as_deref().cloned().unwrap_or_default().with(kept.oddities);
        step.oddities = (!odd.is_empty()).then(|| Arc::new(odd));
        step.context_window =
            (step.kind == StepKind::Llm).then(|| self.rulebook.prices.context_window(&pricing)).flatten();
        step.asked_by_user = step.kind == StepKind::Llm && dialect::asked_by_user(told.span);
        // a run that is not in memory is read from the file: before this step is in it
        self.run(trace.run)?;
        self.group.step(trace, &step)?;
        let run = self.run(trace.run)?;
        run.touch(told.received, told.service);
        // nobody states a task where nothing that went in was captured
        if step.input_digest != 0
            && run.wants_task(&step)
            && let Some(task) = dialect::task(told.span)
        {
            run.set_task(&step, task);
        }
        let before = run.len();
        run.add(&step, told.newer);
        let (trace_id, start) = (step.trace_id, step.start);
        run.keep(step, told.newer);
        let after = run.len();
        *self.held = (*self.held + after).saturating_sub(before);
        self.bind(trace_id, trace, &ties, start)
    }

    /// The trace, which begins as a run of its own; `made` of a hash, for log records outside of any.
    fn trace(&mut self, id: TraceId, made: bool) -> Result<Trace, StoreError> {
        let known = self.group.trace(id)?;
        if let Some(trace) = known.filter(|trace| trace.run.0 > 0) {
            return Ok(trace);
        }
        let run = self.new_run(id, known)?;
        let key = run.key();
        self.runs.insert(key, run);
        self.touched.push(key);
        self.new_traces.push(id);
        match known {
            Some(trace) => self.group.move_trace(id, trace, key),
            None => self.group.add_trace(id, key, made),
        }
    }

    /// The run that a trace begins. When all is derived anew, the trace that an old run has its id from begins that one
    /// again: the older run stays when two become one, and so does its id.
    fn new_run(&mut self, id: TraceId, known: Option<Trace>) -> Result<RunState, StoreError> {
        if let Some(old) = known.and_then(|trace| self.old_runs.get(&RunKey(-trace.run.0)))
            && old.run_id == id.to_string()
        {
            return Ok(RunState::again(old.clone()));
        }
        let key = self.group.next_run(self.last_run)?;
        self.last_run = Some(key);
        Ok(RunState::new(key, id))
    }

    pub(super) fn run(&mut self, key: RunKey) -> Result<&mut RunState, StoreError> {
        if !self.runs.contains_key(&key) {
            let run = self.load(key)?;
            *self.held += run.len();
            self.runs.insert(key, run);
        }
        // looked up again because a borrow cannot leave the branch that found it
        let run = self.runs.get_mut(&key).ok_or_else(|| StoreError::Damaged(format!("run {}", key.0)))?;
        if !run.dirty {
            self.touched.push(key);
        }
        Ok(run)
    }

    fn load(&self, key: RunKey) -> Result<RunState, StoreError> {
        let mut run = RunState::from_summary(self.summary(key)?);
        self.group.for_each_step(key, None, |step| run.add(&step, false))?;
        run.dirty = false;
        Ok(run)
    }

    /// A run's summary as it was last written.
    pub(super) fn summary(&self, key: RunKey) -> Result<RunSummary, StoreError> {
        self.group.run(key)?.ok_or_else(|| StoreError::Damaged(format!("run {} has no row", key.0)))
    }

    /// Writes the summaries of runs that changed, and tells which.
    pub(super) fn put_summaries(&mut self) -> Result<Vec<RunKey>, StoreError> {
        let touched = std::mem::take(&mut self.touched);
        for key in &touched {
            let Some(run) = self.runs.get(key).filter(|run| run.dirty) else { continue };
            if run.live.is_rough(&self.rulebook.standing) {
                self.watch.grown.insert(*key);
            }
            if let Some(run) = self.runs.get_mut(key) {
                run.dirty = false;
                self.group.put_run(&run.summary(self.group.revision()))?;
            }
        }
        Ok(touched)
    }
}

/// What a step was told by.
struct Told<'a> {
    key: StepKey,
    /// In place of an older version.
    newer: bool,
    /// The span, or the one that a log record stands for.
    span: &'a Span,
    service: &'a str,
    received: UnixNanos,
}
