//! What the user wants of findings, out of the settings and the file of dismissals, for the rules to know.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::dismissed::DismissedFile;
use super::prices;
use crate::analyze::dismissals::Dismissals;
use crate::analyze::findings::{self, Budget, Circumstances, Mark};
use crate::config::{self, Settings};
use crate::ingest::Rulebook;
use crate::model::{FindingCounts, FindingKind, NanoUsd, RunSummary, SpanId};
use crate::store::{FoundMark, Reader, StoreError};

/// Budgets, what is switched off, what is dismissed.
#[derive(Clone, Debug, Default)]
pub(super) struct Wishes {
    standing: Circumstances,
    dismissed: Dismissals,
}

/// Budgets and switches, which hold for every run.
pub(super) fn standing(settings: &Settings) -> Circumstances {
    let rules = &settings.findings;
    Circumstances {
        budgets: rules.budgets.iter().map(budget).collect(),
        // unknown words were refused when the settings were read
        off: rules.off.iter().filter_map(|(word, _)| findings::rules_called(word)).flatten().collect(),
        ..Circumstances::default()
    }
}

/// What ingest derives by.
pub(super) fn rulebook(settings: &Settings) -> Rulebook {
    Rulebook { prices: prices::of(settings), standing: standing(settings) }
}

fn budget(own: &config::Budget) -> Budget {
    Budget {
        agent: own.agent.clone(),
        cost: own.cost.map(|nano| NanoUsd(i64::try_from(nano).unwrap_or(i64::MAX))),
        tokens: own.tokens,
        steps: own.steps,
        duration: own.duration,
    }
}

impl Wishes {
    /// As they are now.
    pub(super) fn of(settings: &Settings) -> anyhow::Result<Self> {
        Ok(Self { standing: standing(settings), dismissed: DismissedFile::of(settings)?.read()? })
    }

    /// What the rules are to know when they look at `run`.
    pub(super) fn circumstances(
        &self,
        reader: &Reader,
        run: &RunSummary,
    ) -> Result<Circumstances, StoreError> {
        Ok(Circumstances {
            dismissed: self.dismissed.of(&run.run_id).to_vec(),
            earlier: Some(reader.past_runs(run)?),
            ..self.standing.clone()
        })
    }

    /// Counts findings of `runs` anew, where the user wants some of them left out.
    pub(super) fn recount(&self, reader: &Reader, runs: &mut [RunSummary]) -> Result<(), StoreError> {
        if self.dismissed.is_empty() && self.standing.off.is_empty() {
            return Ok(());
        }
        let mut marks = reader.found_marks()?;
        marks.sort_by_key(|mark| mark.run);
        for run in runs {
            let first = marks.partition_point(|mark| mark.run < run.key);
            let own = marks[first..].iter().take_while(|mark| mark.run == run.key);
            run.findings = self.counts(&run.run_id, own);
        }
        Ok(())
    }

    fn counts<'m>(&self, run: &str, marks: impl Iterator<Item = &'m FoundMark>) -> FindingCounts {
        let mut counts = FindingCounts::default();
        for found in marks.filter(|found| self.wants(run, found.kind, &found.rule, found.step)) {
            counts.add(found.kind, found.severity);
        }
        counts
    }

    /// Whether the user wants to hear of a finding of the run with this id.
    pub(super) fn wants(&self, run: &str, kind: FindingKind, rule: &str, step: Option<SpanId>) -> bool {
        let is_off = self.standing.off.contains(&rule);
        !is_off && !self.dismissed.of(run).iter().any(|mark| mark.fits(kind, rule, step))
    }
}

/// Wishes that change while a program runs: what one thread dismisses, all leave out.
#[derive(Clone, Debug)]
pub(super) struct SharedWishes {
    file: DismissedFile,
    wishes: Arc<Mutex<Arc<Wishes>>>,
}

impl SharedWishes {
    /// As they are now.
    pub(super) fn of(settings: &Settings) -> anyhow::Result<Self> {
        let wishes = Arc::new(Mutex::new(Arc::new(Wishes::of(settings)?)));
        Ok(Self { file: DismissedFile::of(settings)?, wishes })
    }

    /// The wishes as of now.
    pub(super) fn now(&self) -> Arc<Wishes> {
        Arc::clone(&self.lock())
    }

    /// Remembers that a finding is dismissed, or is no longer, and takes in what others dismissed meanwhile.
    pub(super) fn dismiss(&self, run: &str, mark: &Mark, dismissed: bool) -> anyhow::Result<()> {
        self.file.add(run, std::slice::from_ref(mark), dismissed)?;
        let fresh = self.file.read()?;
        let mut wishes = self.lock();
        *wishes = Arc::new(Wishes { dismissed: fresh, standing: wishes.standing.clone() });
        Ok(())
    }

    /// A thread that panicked leaves the wishes whole: they are only ever replaced.
    fn lock(&self) -> MutexGuard<'_, Arc<Wishes>> {
        self.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
