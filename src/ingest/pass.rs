//! One group of exports on its way into the file: steps derived, runs found, summaries written.

use hashlink::LruCache;
use rustc_hash::FxHasher;

use super::run_state::RunState;
use crate::dialect;
use crate::model::{Attributes, Export, Resource, RunKey, Scope, Span, Step, TraceId, UnixNanos, Value};
use crate::price::Prices;
use crate::store::{Group, Kept, Source, StoreError, Trace};

/// One group on its way into the file.
pub(super) struct Pass<'p, 'w> {
    pub(super) group: &'p mut Group<'w>,
    pub(super) prices: &'p Prices,
    pub(super) runs: &'p mut LruCache<RunKey, RunState>,
    pub(super) held: &'p mut usize,
    pub(super) received: UnixNanos,
    /// Key given to the latest new run of this group.
    pub(super) last_run: Option<RunKey>,
    pub(super) touched: Vec<RunKey>,
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
                let trace = log.trace_id.map(|id| self.trace(id)).transpose()?;
                if self.group.log(trace, source, log)?
                    && let Some(trace) = trace
                {
                    let received = self.received;
                    self.run(trace.run)?.touch(received, scoped.resource.service());
                }
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
        let trace = self.trace(span.trace_id)?;
        let kept = self.group.span(trace, source, span, self.received)?;
        let (key, newer) = match kept {
            Kept::New(key) => (key, false),
            Kept::Newer(key) => (key, true),
            Kept::Known => return Ok(()),
        };
        let mut step = self.derive(span, resource, scope);
        step.key = key;
        // a run that is not in memory is read from the file: before this step is in it
        self.run(trace.run)?;
        self.group.step(trace, &step)?;
        let received = self.received;
        let run = self.run(trace.run)?;
        run.touch(received, resource.service());
        if run.wants_task(&step)
            && let Some(task) = dialect::task(span)
        {
            run.set_task(&step, task);
        }
        let before = run.len();
        run.add(&step, newer);
        let after = run.len();
        *self.held += after - before;
        Ok(())
    }

    /// What a span means, with its price.
    fn derive(&self, span: &Span, resource: &Resource, scope: &Scope) -> Step {
        let meaning = dialect::interpret(span, resource, scope);
        let mut step = meaning.step;
        let priced = self.prices.price(&meaning.pricing);
        (step.cost, step.rates) = (priced.cost, priced.rates);
        (step.input_digest, step.output_digest) = digests(&span.attributes);
        step
    }

    fn trace(&mut self, id: TraceId) -> Result<Trace, StoreError> {
        if let Some(trace) = self.group.trace(id)? {
            return Ok(trace);
        }
        let key = self.group.next_run(self.last_run)?;
        self.last_run = Some(key);
        self.runs.insert(key, RunState::new(key, id));
        self.touched.push(key);
        self.group.add_trace(id, key)
    }

    fn run(&mut self, key: RunKey) -> Result<&mut RunState, StoreError> {
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
        let summary = self.group.run(key)?;
        let summary = summary.ok_or_else(|| StoreError::Damaged(format!("run {} has no row", key.0)))?;
        let mut run = RunState::from_summary(summary);
        self.group.for_each_step(key, |step| run.add(&step, false))?;
        run.dirty = false;
        Ok(run)
    }

    pub(super) fn put_summaries(&mut self) -> Result<(), StoreError> {
        for key in std::mem::take(&mut self.touched) {
            let Some(run) = self.runs.get_mut(&key) else { continue };
            if std::mem::take(&mut run.dirty) {
                self.group.put_run(&run.summary(self.group.revision()))?;
            }
        }
        Ok(())
    }
}

/// Digests of what went in and what came out; 0 where nothing was captured.
fn digests(attributes: &Attributes) -> (u64, u64) {
    use std::hash::{Hash as _, Hasher as _};
    let mut sides: [Option<FxHasher>; 2] = [None, None];
    for (key, value) in attributes.iter().filter(|(_, value)| value.is_present()) {
        let side = match (value, dialect::content_side(key)) {
            (Value::Int(_) | Value::Double(_) | Value::Bool(_), _) | (_, None) => continue,
            (_, Some(dialect::Side::Input)) => 0,
            (_, Some(dialect::Side::Output)) => 1,
        };
        let hasher = sides[side].get_or_insert_default();
        key.hash(hasher);
        match value {
            Value::Str(text) => text.hash(hasher),
            other => format!("{other:?}").hash(hasher),
        }
    }
    // 0 is the word for "nothing captured"
    sides.map(|side| side.map_or(0, |hasher| hasher.finish().max(1))).into()
}
