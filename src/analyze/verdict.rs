//! Whether a run keeps the rules that a check sets.

use super::findings::Budget;
use crate::model::{Finding, FindingKind, NanoUsd, RunStatus, RunSummary, Severity, SpanId, UnixNanos};

/// What a run may be failed for, beyond limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// An alarm or warning of this kind.
    Found(FindingKind),
    /// A finding of any kind that is at least so bad.
    Level(Severity),
    /// The run ended in an error.
    Error,
    /// Any step failed, even if the run went on well.
    FailedStep,
    /// The run's end never came.
    Incomplete,
}

/// Faults beside those that are kinds of findings, with the word people type and what it means.
const OTHERS: [(Fault, &str, &str); 5] = [
    (Fault::Level(Severity::Alarm), "alarm", "an alarm of any kind"),
    (Fault::Level(Severity::Warning), "warning", "an alarm or warning of any kind"),
    (Fault::Error, "error", "the run ended in an error"),
    (Fault::FailedStep, "failed-step", "any step failed, even if the run went on well"),
    (Fault::Incomplete, "incomplete", "the end of the run never came"),
];

impl Fault {
    /// The faults that count where nothing else is asked for.
    pub const USUAL: [Self; 4] =
        [Self::Found(FindingKind::Loop), Self::Found(FindingKind::HandoffCycle), Self::BUDGET, Self::Error];

    /// A budget of the config file was not kept: counts unless faults are named one by one.
    pub const BUDGET: Self = Self::Found(FindingKind::Budget);

    /// Every fault: the kinds of findings in the order of the contract, then the others.
    pub fn all() -> impl Iterator<Item = Self> {
        FindingKind::ALL.into_iter().map(Self::Found).chain(OTHERS.map(|(fault, ..)| fault))
    }

    /// The fault with this word; `_` is as good as `-`.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.trim().replace('_', "-");
        Self::all().find(|fault| fault.name() == name)
    }

    /// The word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Found(kind) => kind.word(),
            other => other.own_words().0,
        }
    }

    /// What it means.
    pub fn meaning(self) -> String {
        match self {
            Self::Found(kind) => format!("an alarm or warning of {}", kind.meaning()),
            other => other.own_words().1.to_owned(),
        }
    }

    fn own_words(self) -> (&'static str, &'static str) {
        let found = OTHERS.into_iter().find(|(fault, ..)| *fault == self);
        found.map_or(("", ""), |(_, word, meaning)| (word, meaning))
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
    /// It cost more than it may; the second is the limit, the third tells that the first is a lower bound.
    Cost(NanoUsd, NanoUsd, bool),
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
    let mut broken: Vec<Breach<'a>> = Vec::new();
    for breach in limits.faults.iter().flat_map(|&fault| faults(fault, run, findings, now)) {
        // a level and a kind may both ask for one finding
        if !broken.contains(&breach) {
            broken.push(breach);
        }
    }
    let times = &run.times;
    let took = if times.start == 0 { 0 } else { times.end.saturating_sub(times.start) };
    let is_floor = run.cost.is_partial();
    broken.extend(above(run.cost.amount, limits.cost).map(|(is, may)| Breach::Cost(is, may, is_floor)));
    broken.extend(above(run.tokens.total(), limits.tokens).map(|(is, may)| Breach::Tokens(is, may)));
    broken.extend(above(run.steps, limits.steps).map(|(is, may)| Breach::Steps(is, may)));
    broken.extend(above(took, limits.duration).map(|(is, may)| Breach::Duration(is, may)));
    broken
}

/// A limit that is kept as far as is known, where not all is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// What is known of the cost, the limit, and how many calls have no price.
    Cost(NanoUsd, NanoUsd, u64),
    /// What is known of the tokens, the limit, and how many calls tell none.
    Tokens(u64, u64, u64),
}

impl Doubt {
    /// The word of the limit.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::Cost(..) => "max-cost",
            Self::Tokens(..) => "max-tokens",
        }
    }
}

/// The limits of which nobody can say that `run` keeps them: `budgets` are those of the config file.
pub fn doubts(run: &RunSummary, limits: &Limits, budgets: &[Budget]) -> Vec<Doubt> {
    let of_run = || budgets.iter().filter(|budget| budget.agent.is_none());
    let lowest_cost = of_run().filter_map(|budget| budget.cost).chain(limits.cost).min();
    let lowest_tokens = of_run().filter_map(|budget| budget.tokens).chain(limits.tokens).min();
    let (cost, tokens) = (run.cost, run.tokens);
    let dear = lowest_cost.filter(|may| cost.unknown > 0 && cost.amount <= *may);
    let many = lowest_tokens.filter(|may| tokens.unknown > 0 && tokens.total() <= *may);
    let dear = dear.map(|may| Doubt::Cost(cost.amount, may, cost.unknown));
    dear.into_iter().chain(many.map(|may| Doubt::Tokens(tokens.total(), may, tokens.unknown))).collect()
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
    let counted = findings.iter().filter(|finding| !finding.dismissed);
    match fault {
        Fault::Found(kind) => {
            let counts = |f: &&Finding| f.kind == kind && f.severity > Severity::Hint;
            counted.filter(counts).map(Breach::Found).collect()
        }
        Fault::Level(least) => counted.filter(|f| f.severity >= least).map(Breach::Found).collect(),
        Fault::Error => one(status == RunStatus::Error, Breach::Error),
        Fault::FailedStep => one(run.errors > 0, Breach::FailedSteps(run.errors)),
        Fault::Incomplete => one(status == RunStatus::Incomplete, Breach::Incomplete),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture;

    #[test]
    fn every_fault_is_known_by_its_word() {
        for fault in Fault::all() {
            assert_eq!(Fault::from_name(fault.name()), Some(fault));
            assert!(!fault.name().is_empty() && !fault.meaning().is_empty());
        }
        assert_eq!(Fault::from_name("handoff_cycle"), Some(Fault::Found(FindingKind::HandoffCycle)));
        assert_eq!(Fault::from_name("loops"), None);
    }

    #[test]
    fn findings_break_a_check_by_kind_or_level_once_and_never_as_hints_or_dismissed() {
        let finding = |kind, severity, dismissed| Finding { severity, dismissed, ..fixture::finding(kind) };
        let findings = [
            finding(FindingKind::Loop, Severity::Alarm, false),
            finding(FindingKind::Loop, Severity::Alarm, true),
            finding(FindingKind::Truncated, Severity::Warning, false),
            finding(FindingKind::Stall, Severity::Hint, false),
        ];
        let run = fixture::run(1);
        for (faults, broken) in [
            ("loop", &["loop"][..]),
            ("alarm", &["loop"]),
            ("warning", &["loop", "truncated"]),
            ("loop,warning", &["loop", "truncated"]),
            ("stall", &[]),
        ] {
            let faults = faults.split(',').filter_map(Fault::from_name).collect();
            let limits = Limits { faults, ..Limits::default() };
            let breaches = breaches(&run, &findings, &limits, 0);
            assert_eq!(breaches.iter().map(Breach::rule).collect::<Vec<_>>(), broken, "{limits:?}");
        }
    }

    #[test]
    fn a_limit_kept_as_far_as_is_known_is_in_doubt() {
        let mut run = fixture::run(1);
        (run.cost.amount, run.cost.computed, run.cost.unknown) = (NanoUsd(5), 1, 2);
        let limits = |cost| Limits { cost: Some(NanoUsd(cost)), ..Limits::default() };
        let budget = Budget { cost: Some(NanoUsd(6)), ..Budget::default() };
        for (limits, budgets, doubted) in [
            (limits(7), &[][..], vec![Doubt::Cost(NanoUsd(5), NanoUsd(7), 2)]),
            (limits(7), std::slice::from_ref(&budget), vec![Doubt::Cost(NanoUsd(5), NanoUsd(6), 2)]),
            (limits(4), &[], vec![]),
            (Limits::default(), &[], vec![]),
        ] {
            assert_eq!(doubts(&run, &limits, budgets), doubted, "{limits:?}");
        }
        assert_eq!(breaches(&run, &[], &limits(4), 0), [Breach::Cost(NanoUsd(5), NanoUsd(4), true)]);
        run.cost.unknown = 0;
        assert_eq!(doubts(&run, &limits(7), &[]), []);
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
