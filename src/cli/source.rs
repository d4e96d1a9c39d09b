//! What the commands read from a database: the only place here that knows the store's reader.

use std::collections::HashMap;
use std::sync::Arc;

use super::wishes::Wishes;
use super::{explain, facts};
use crate::analyze::checkup::{self, Found, Patient, Sender, Sums};
use crate::analyze::diff::{Facts, Side};
use crate::analyze::findings;
use crate::analyze::tree::{self, Row, Tree};
use crate::config::Settings;
use crate::dialect::{self, Client, TieKey};
use crate::model::{
    Finding, FindingCounts, Gap, LogRecord, Resource, RunKey, RunSummary, Scope, Scoped, Span, Step, StepKey,
};
use crate::price::Prices;
use crate::report::cost::{self, Call};
use crate::store::{Reader, SpanRecord, StoreError};

/// A database open for reading, and what the user wants of its findings.
pub(super) struct Source(Reader, Wishes);

/// One run with all that is known of it, content left out.
pub(super) struct Loaded {
    pub(super) run: RunSummary,
    pub(super) steps: Vec<Step>,
    pub(super) tree: Tree,
    pub(super) findings: Vec<Finding>,
}

impl Loaded {
    /// The run as a comparison sees it.
    pub(super) fn side(&self) -> Side<'_> {
        Side::new(&self.steps, &self.tree, self.run.task.as_deref())
    }
}

impl Source {
    /// Opens the database of the settings, which must exist.
    pub(super) fn open(settings: &Settings) -> anyhow::Result<Self> {
        Ok(Self(Reader::open(&settings.db)?, Wishes::of(settings)?))
    }

    /// All runs, oldest first.
    pub(super) fn runs(&self) -> Result<Vec<RunSummary>, StoreError> {
        let mut runs = self.0.runs(0)?;
        self.1.recount(&self.0, &mut runs)?;
        Ok(runs)
    }

    /// Runs that hold every word of `typed`, in ascending order.
    pub(super) fn search(&self, typed: &str) -> Result<Vec<RunKey>, StoreError> {
        Ok(self.0.search_runs(typed, &mut |_| true)?.unwrap_or_default())
    }

    /// Whether a search finds all that was said: see [`Reader::finds_all_texts`].
    pub(super) fn finds_all_texts(&self) -> Result<bool, StoreError> {
        self.0.finds_all_texts()
    }

    /// The row of the run with this unique beginning of its id, or the `latest`.
    pub(super) fn find(&self, wanted: &str) -> Result<RunSummary, StoreError> {
        self.0.find_run(wanted)
    }

    /// Raw spans of a run, up to `most` at a time.
    pub(super) fn spans_of(
        &self,
        run: RunKey,
        most: usize,
        each: impl FnMut(&[Scoped<Span>]) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        self.0.spans_of(run, most, each)
    }

    /// Raw log records of a run, likewise; of those that stand nowhere all of its session.
    pub(super) fn logs_of(
        &self,
        run: &RunSummary,
        most: usize,
        each: impl FnMut(&[Scoped<LogRecord>]) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let belongs = |log: &LogRecord, resource: &Resource, scope: &Scope| {
            let own = run.session_id.as_deref().map(|id| TieKey::of_session(id, resource));
            own.is_some() && dialect::session_of(log, resource, scope) == own
        };
        self.0.logs_of(run.key, most, belongs, each)
    }

    /// The run with this unique beginning of its id, or the `latest`.
    pub(super) fn load(&self, wanted: &str) -> Result<Loaded, StoreError> {
        let mut run = self.0.find_run(wanted)?;
        let (_, shared) = self.0.steps(run.key, 0)?;
        let mut steps: Vec<Step> = shared.into_iter().map(Arc::unwrap_or_clone).collect();
        let mut tree = tree::build(&steps);
        for (at, step) in std::mem::take(&mut tree.merged) {
            steps[at] = step;
        }
        let found = findings::find(&steps, &tree, &self.1.circumstances(&self.0, &run)?);
        // they may have been counted by an earlier version, or under other settings
        run.findings = FindingCounts::of(&found);
        Ok(Loaded { run, steps, tree, findings: found })
    }

    /// What each call of a run costs and why, in display order.
    pub(super) fn explain<'a>(
        &self,
        prices: &Prices,
        steps: &'a [Step],
        tree: &'a Tree,
    ) -> Result<Vec<Call<'a>>, StoreError> {
        let explained = |(index, row, step): (usize, &Row, &'a Step)| {
            let why = explain::call(&self.0, prices, step, &row.usage, row.own_cost)?;
            Ok(Call { index, step, cost: row.own_cost, why })
        };
        cost::counted(steps, tree).map(explained).collect()
    }

    /// What was captured of the step that these records tell of.
    pub(super) fn facts(&self, keys: &[StepKey]) -> Result<Facts, StoreError> {
        facts::read(&self.0, keys)
    }

    /// What each client's telemetry lacks. Reads the whole file, a record at a time.
    pub(super) fn checkup(&self) -> Result<Vec<Patient>, StoreError> {
        let mut ward = Ward::default();
        self.0.for_each_span(|seen| {
            let SpanRecord { span, resource, scope, logs } = &seen.record;
            let Some(step) = &seen.step else { return };
            let mut examined = dialect::examine(span, step, logs);
            examined.gaps.add(Gap::Parents, seen.parent_missing);
            let bed = ward.bed(resource, scope);
            if step.is_agentic() {
                bed.meet(dialect::client(&scope.name, &span.attributes));
            }
            bed.sums.add_span(&span.name, step, seen.run, &examined);
        })?;
        self.0.for_each_log(|seen| {
            let bed = ward.bed(&seen.resource, &seen.scope);
            bed.meet(dialect::client(&seen.scope.name, &seen.log.attributes));
            let name = seen.log.attributes.text("event.name").unwrap_or(&seen.log.event_name);
            bed.sums.add_log(name, seen.log.trace_id, seen.run, &dialect::examine_log(&seen.log));
        })?;
        for ((resource, scope), count) in self.0.metric_counts()? {
            ward.bed(&resource, &scope).sums.metrics += count;
        }
        Ok(ward.patients())
    }
}

/// Senders under examination, in order of arrival.
#[derive(Default)]
struct Ward {
    places: HashMap<Sender, usize>,
    beds: Vec<Bed>,
}

struct Bed {
    sender: Sender,
    client: &'static Client,
    sums: Sums,
}

impl Bed {
    /// Keeps the first client that is recognised: records of one scope are one client's.
    fn meet(&mut self, client: &'static Client) {
        if !self.client.is_known() {
            self.client = client;
        }
    }

    fn discharge(self) -> Patient {
        let setting = |found: &Found| self.client.setting(found.gap).filter(|_| found.may_be_switched_off());
        let gaps = self.sums.gaps().into_iter().map(|found| (setting(&found), found));
        let gaps = gaps.map(|(setting, found)| (found, setting)).collect();
        Patient { sender: self.sender, client: self.client.name, sums: self.sums, gaps, told_by: None }
    }
}

impl Ward {
    fn bed(&mut self, resource: &Resource, scope: &Scope) -> &mut Bed {
        let sender = Sender {
            service: resource.service().to_owned(),
            scope: scope.name.clone(),
            version: scope.version.clone(),
        };
        let next = self.beds.len();
        let place = *self.places.entry(sender.clone()).or_insert(next);
        if place == next {
            self.beds.push(Bed { sender, client: Client::unknown(), sums: Sums::default() });
        }
        &mut self.beds[place]
    }

    /// Those who tell what agents do.
    fn patients(self) -> Vec<Patient> {
        let tells = |bed: &Bed| bed.sums.agentic > 0 || bed.sums.logs > 0 && bed.client.is_known();
        let mut patients: Vec<_> = self.beds.into_iter().filter(tells).map(Bed::discharge).collect();
        checkup::compare(&mut patients);
        patients
    }
}
