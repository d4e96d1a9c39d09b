//! What rules know of a run beyond its steps: what the user allows, what the user wants to hear of, how earlier runs went.

use super::RULES;
use crate::model::{Finding, FindingKind, NanoUsd, PastRun, SpanId};

/// Data handed in by whoever looks: rules read no config and no store.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Circumstances {
    /// What runs and agents may take.
    pub budgets: Vec<Budget>,
    /// Names of rules that are switched off.
    pub off: Vec<&'static str>,
    /// Findings of this run that the user dismissed.
    pub dismissed: Vec<Mark>,
    /// Runs of the same name that ended well before this one began; `None` where nobody looked.
    pub earlier: Option<Vec<PastRun>>,
}

/// The most that a run, or an agent in it, may take. `None` is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Agent, with all that it called; `None` for the whole run.
    pub agent: Option<String>,
    /// Money.
    pub cost: Option<NanoUsd>,
    /// Tokens, input and output.
    pub tokens: Option<u64>,
    /// Steps.
    pub steps: Option<u64>,
    /// From the first start to the last end, nanoseconds.
    pub duration: Option<u64>,
}

/// What tells a finding from others of its run as the run grows: the rule and the first step.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    /// Name of the rule.
    pub rule: String,
    /// First member step; `None` for a finding without one.
    pub step: Option<SpanId>,
}

impl Mark {
    /// The mark of a finding.
    pub fn of(finding: &Finding) -> Self {
        Self { rule: finding.rule.to_owned(), step: finding.steps.first().copied() }
    }

    /// Whether it is this finding's. As a run grows another rule of the same kind may come to speak for it.
    pub fn is_of(&self, finding: &Finding) -> bool {
        self.fits(finding.kind, finding.rule, finding.steps.first().copied())
    }

    /// The same, of a finding that is known by these alone; an empty rule is one that is not known.
    pub fn fits(&self, kind: FindingKind, rule: &str, first_step: Option<SpanId>) -> bool {
        let is_of_kind = || RULES.iter().any(|known| known.name == self.rule && known.kind == kind);
        self.step == first_step && (self.rule == rule || is_of_kind())
    }
}

impl Circumstances {
    /// Marks the findings that are dismissed.
    pub(super) fn dismiss(&self, findings: &mut [Finding]) {
        for finding in findings {
            finding.dismissed = self.dismissed.iter().any(|mark| mark.is_of(finding));
        }
    }

    pub(super) fn is_off(&self, rule: &str) -> bool {
        self.off.contains(&rule)
    }
}

/// The names of the rules that `word` switches: a rule's own, or all of a kind; `None` for a word that is neither.
pub fn rules_called(word: &str) -> Option<Vec<&'static str>> {
    let plain = word.trim().replace('_', "-");
    let own = RULES.iter().find(|rule| rule.name == plain).map(|rule| vec![rule.name]);
    let of_kind =
        |kind: FindingKind| RULES.iter().filter(|rule| rule.kind == kind).map(|rule| rule.name).collect();
    own.or_else(|| FindingKind::from_name(&plain).map(of_kind))
}

/// Every word that [`rules_called`] knows: the kinds, then the rules that are called otherwise.
pub fn switches() -> Vec<&'static str> {
    let kinds = FindingKind::ALL.map(FindingKind::word);
    let rules = RULES.iter().map(|rule| rule.name).filter(|name| !kinds.contains(name));
    kinds.into_iter().chain(rules).collect()
}
