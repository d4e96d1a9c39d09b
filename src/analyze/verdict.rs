//! Whether a run keeps the rules that a check sets.

use crate::model::{Finding, FindingKind, NanoUsd, RunStatus, RunSummary, Severity, SpanId, UnixNanos};

/// What a run may be failed for, beyond limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// An alarm or warning of this kind.
    Found(FindingKind),
    /// The run ended in an error.
    Error,
    /// Any step failed, even if the run went on well.
    FailedStep,
    /// The run's end never came.
    Incomplete,
}

impl Fault {
    /// Every fault with the word people type and what it means.
    pub const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::Found(FindingKind::Loop), "loop", "an alarm or warning of a loop"),
        (Self::Found(FindingKind::HandoffCycle), "handoff-cycle", "an alarm or warning of a handoff cycle"),
        (Self::Error, "error", "the run ended in an error"),
        (Self::FailedStep, "failed-step", "any step failed, even if the run went on well"),
        (Self::Incomplete, "incomplete", "the end of the run never came"),
    ];

    /// The faults that count where nothing else is asked for.
    pub const USUAL: [Self; 3] =
        [Self::Found(FindingKind::Loop), Self::Found(FindingKind::HandoffCycle), Self::Error];

    /// The fault with this word; `_` is as good as `-`.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.trim().replace('_', "-");
        Self::ALL.into_iter().find(|(_, word, _)| *word == name).map(|(fault, ..)| fault)
    }

    /// The word.
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(fault, ..)| *fault == self).map_or("", |(_, word, _)| word)
    }
}

/// The rules of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// What fails a run.
    pub faults: Vec<Fault>,
    /// Most it may cost.
    pub cost: Option<NanoUsd>,
    /// Most tokens, input and output.
    pub tokens: Option<u64>,
    /// Most steps.
    pub steps: Option<u64>,
    /// Longest time, nanoseconds.
    pub duration: Option<u64>,
}

/// A multiple, in millionths: `1.2` is 1 200 000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Factor(u64);

impl Factor {
    /// One part of it.
    const PARTS: f64 = 1e6;

    /// The factor next to `number`; `None` for what is not above 0, or above a million.
    pub fn new(number: f64) -> Option<Self> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range was just checked"
        )]
        let parts = (0.0..=1e6).contains(&number).then(|| (number * Self::PARTS).round() as u64);
        parts.filter(|&parts| parts > 0).map(Self)
    }

    /// As it was typed.
    pub fn number(self) -> f64 {
        self.0 as f64 / Self::PARTS
    }

    /// That many times `amount`.
    fn of(self, amount: NanoUsd) -> NanoUsd {
        let times = i128::from(amount.0) * i128::from(self.0) / 1_000_000;
        NanoUsd(i64::try_from(times).unwrap_or(i64::MAX))
    }
}

/// Another decision than that of a good run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diverged {
    /// The good run.
    pub baseline: String,
    /// The step that decides otherwise; `None` where the run lacks one.
    pub step: Option<SpanId>,
    /// What each of them does, in words.
    pub message: String,
}

/// One rule that a run broke.
#[derive(Clone, Debug, PartialEq)]
pub enum Breach<'a> {
    /// A pattern was found.
    Found(&'a Finding),
    /// It ended in an error.
    Error,
    /// So many steps failed.
    FailedSteps(u64),
    /// Its end never came.
    Incomplete,
    /// It cost more than it may; the second is the limit.
    Cost(NanoUsd, NanoUsd),
    /// It took more tokens than it may.
    Tokens(u64, u64),
    /// It made more steps than it may.
    Steps(u64, u64),
    /// It took longer than it may, nanoseconds.
    Duration(u64, u64),
    /// It decides otherwise than a good run.
    Diverged(Diverged),
    /// It cost more than so many times a good run; then what it may cost and the factor.
    CostFactor(NanoUsd, NanoUsd, Factor),
}

impl Breach<'_> {
    /// The word of the rule: a fault's, or the limit's.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Found(finding) => Fault::Found(finding.kind).name(),
            Self::Error => Fault::Error.name(),
            Self::FailedSteps(_) => Fault::FailedStep.name(),
            Self::Incomplete => Fault::Incomplete.name(),
            Self::Cost(..) => "max-cost",
            Self::Tokens(..) => "max-tokens",
            Self::Steps(..) => "max-steps",
            Self::Duration(..) => "max-duration",
            Self::Diverged(_) => "baseline",
            Self::CostFactor(..) => "max-cost-factor",
        }
    }
}

/// The rules that `run` breaks, as it stands at `now`. Hints never count. A sum with an unknown part is a lower bound: it
/// breaks a limit only if what is known does.
pub fn breaches<'a>(
    run: &RunSummary,
    findings: &'a [Finding],
    limits: &Limits,
    now: UnixNanos,
) -> Vec<Breach<'a>> {
    let mut broken: Vec<Breach<'a>> =
        limits.faults.iter().flat_map(|&fault| faults(fault, run, findings, now)).collect();
    let times = &run.times;
    let took = if times.start == 0 { 0 } else { times.end.saturating_sub(times.start) };
    broken.extend(above(run.cost.amount, limits.cost).map(|(is, may)| Breach::Cost(is, may)));
    broken.extend(above(run.tokens.total(), limits.tokens).map(|(is, may)| Breach::Tokens(is, may)));
    broken.extend(above(run.steps, limits.steps).map(|(is, may)| Breach::Steps(is, may)));
    broken.extend(above(took, limits.duration).map(|(is, may)| Breach::Duration(is, may)));
    broken
}

/// Whether `run` cost more than `factor` times what `baseline` did.
pub fn above_baseline<'a>(run: &RunSummary, baseline: NanoUsd, factor: Factor) -> Option<Breach<'a>> {
    let may = factor.of(baseline);
    above(run.cost.amount, Some(may)).map(|(is, may)| Breach::CostFactor(is, may, factor))
}

fn above<T: PartialOrd>(is: T, limit: Option<T>) -> Option<(T, T)> {
    limit.filter(|limit| is > *limit).map(|limit| (is, limit))
}

fn faults<'a>(fault: Fault, run: &RunSummary, findings: &'a [Finding], now: UnixNanos) -> Vec<Breach<'a>> {
    let status = run.times.status(now);
    let one = |broken: bool, breach: Breach<'a>| if broken { vec![breach] } else { Vec::new() };
    match fault {
        Fault::Found(kind) => {
            let counts = |f: &&Finding| f.kind == kind && f.severity > Severity::Hint;
            findings.iter().filter(counts).map(Breach::Found).collect()
        }
        Fault::Error => one(status == RunStatus::Error, Breach::Error),
        Fault::FailedStep => one(run.errors > 0, Breach::FailedSteps(run.errors)),
        Fault::Incomplete => one(status == RunStatus::Incomplete, Breach::Incomplete),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_known_by_its_word() {
        for (fault, word, meaning) in Fault::ALL {
            assert_eq!((Fault::from_name(word), fault.name()), (Some(fault), word));
            assert!(!meaning.is_empty());
        }
        assert_eq!(Fault::from_name("handoff_cycle"), Some(Fault::Found(FindingKind::HandoffCycle)));
        assert_eq!(Fault::from_name("loops"), None);
    }

    #[test]
    fn a_factor_is_exact_money() {
        let factor = |number: f64| Factor::new(number);
        for (number, amount, expected) in [(1.2, 1_000_000_000, 1_200_000_000), (1.0, 1, 1), (0.5, 3, 1)] {
            assert_eq!(factor(number).map(|factor| factor.of(NanoUsd(amount))), Some(NanoUsd(expected)));
        }
        assert_eq!(
            (factor(0.0), factor(-1.0), factor(f64::NAN), factor(f64::INFINITY)),
            (None, None, None, None)
        );
    }

    #[test]
    fn a_limit_is_broken_by_more_and_kept_by_as_much() {
        for (is, limit, broken) in [(5, Some(5), false), (6, Some(5), true), (6, None, false)] {
            assert_eq!(above(is, limit).is_some(), broken);
        }
    }
}
