//! What was flagged in runs, as far as the list tells of it, and which alarms have been heard.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::{FindingKind, Remark, RunKey, RunSummary, Severity, SpanId};

/// A new alarm, to be heard of beyond the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Id of the run.
    pub run_id: String,
    /// What it is called: its agent, else its own name.
    pub run: String,
    /// What was found.
    pub kind: FindingKind,
    /// In words.
    pub message: String,
}

/// Remarks read so far, and what was told of them.
#[derive(Debug, Default)]
pub struct Alarms {
    /// Whether anybody wants to be told beyond the screen.
    pub wanted: bool,
    known: FxHashMap<RunKey, Vec<Remark>>,
    /// The revision that each run's remarks were asked for at.
    asked: FxHashMap<RunKey, i64>,
    heard: FxHashSet<(RunKey, FindingKind, Option<SpanId>)>,
    /// Runs that were there before us: the alarms that they have when first looked at are old.
    old: FxHashSet<RunKey>,
}

impl Alarms {
    /// Nothing read and nothing told.
    pub fn new(wanted: bool) -> Self {
        Self { wanted, ..Self::default() }
    }

    /// Whether remarks of a run are to be asked for: something is flagged, and they are not those of this revision.
    pub fn wishes(&mut self, run: &RunSummary) -> bool {
        if !is_flagged(run) {
            self.known.remove(&run.key);
            return false;
        }
        self.asked.insert(run.key, run.revision) != Some(run.revision)
    }

    /// Notes runs that were there before us.
    pub fn note_old<'a>(&mut self, runs: impl Iterator<Item = &'a RunSummary>) {
        if self.wanted {
            self.old.extend(runs.filter(|run| is_flagged(run)).map(|run| run.key));
        }
    }

    /// Asks anew at the next occasion.
    pub fn forget(&mut self, run: RunKey) {
        self.asked.remove(&run);
    }

    /// Takes in the remarks on a run, the worst first; gives the alarms that nobody has heard of.
    pub fn take_in(&mut self, run: &RunSummary, remarks: Vec<Remark>) -> Vec<Alert> {
        let is_old = self.old.remove(&run.key);
        let mut alerts = Vec::new();
        for remark in remarks.iter().filter(|remark| self.wanted && remark.severity == Severity::Alarm) {
            if self.heard.insert((run.key, remark.kind, remark.step)) && !is_old {
                let name = run.agents.first().unwrap_or(&run.name).clone();
                let message = remark.message.clone();
                alerts.push(Alert { run_id: run.run_id.clone(), run: name, kind: remark.kind, message });
            }
        }
        self.known.insert(run.key, remarks);
        alerts
    }

    /// The worst that was flagged in a run, and how many more there are.
    pub fn worst(&self, run: RunKey) -> Option<(&Remark, usize)> {
        let remarks = self.known.get(&run)?;
        remarks.first().map(|worst| (worst, remarks.len() - 1))
    }
}

/// Whether anything was found in a run, hints among it.
pub fn is_flagged(run: &RunSummary) -> bool {
    run.findings.hints > 0 || run.findings.flagged.iter().any(|&count| count > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::testing::world::under_way;

    fn remark(step: u64, severity: Severity) -> Remark {
        Remark {
            kind: FindingKind::Loop,
            severity,
            rule: "same-call".into(),
            message: format!("from {step}"),
            step: SpanId::from_u64(step),
            wasted_tokens: 1,
            wasted_cost: None,
        }
    }

    fn flagged(key: i64, revision: i64) -> RunSummary {
        let mut run = under_way(key).summary;
        (run.findings.hints, run.revision) = (1, revision);
        run
    }

    #[test]
    fn an_alarm_is_heard_once_and_never_if_it_is_older_than_we_are() {
        let mut alarms = Alarms { wanted: true, ..Alarms::default() };
        let (old, new) = (flagged(1, 1), flagged(2, 1));
        alarms.note_old([&old].into_iter());
        let first = || vec![remark(1, Severity::Alarm), remark(5, Severity::Warning)];
        assert!(alarms.take_in(&old, first()).is_empty());
        assert_eq!(alarms.take_in(&new, first()).len(), 1, "a warning is no alarm");
        assert!(alarms.take_in(&new, first()).is_empty());
        let grown = || vec![remark(1, Severity::Alarm), remark(5, Severity::Alarm)];
        assert_eq!(
            alarms.take_in(&old, grown()).iter().map(|a| a.message.as_str()).collect::<Vec<_>>(),
            ["from 5"]
        );
        assert_eq!(alarms.take_in(&new, grown()).len(), 1, "what was a warning");
        alarms.wanted = false;
        assert!(alarms.take_in(&new, vec![remark(9, Severity::Alarm)]).is_empty());
    }

    #[test]
    fn remarks_are_asked_for_once_a_revision_and_only_where_there_are_any() {
        let mut alarms = Alarms::default();
        assert!(!alarms.wishes(&under_way(1).summary));
        let asked: Vec<bool> =
            [1, 1, 2].into_iter().map(|revision| alarms.wishes(&flagged(2, revision))).collect();
        assert_eq!(asked, [true, false, true]);
        alarms.forget(RunKey(2));
        assert!(alarms.wishes(&flagged(2, 2)));
    }
}
