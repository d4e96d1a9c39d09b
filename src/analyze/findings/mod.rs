//! Flagged patterns of a run (`detection.md`): what repeated, how often, and what it cost.
//!
//! Each rule has a file and a row in [`RULES`]. Rules read `Facts`, made once of the tree: who called which tool with
//! what outcome, who had the work when. A rule gives patterns; patterns of one kind that share steps are made one,
//! so that findings of a kind share no steps and their waste adds up.

mod budget;
mod cause;
mod changed;
mod circumstances;
mod context;
mod course;
mod exhausted;
mod facts;
mod failure;
mod handoff_cycle;
mod live;
mod merge;
mod outlier;
mod own_guard;
mod refused;
mod reworded;
mod same_call;
mod same_failure;
mod signs;
mod silent;
mod stall;
mod step_cycle;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trouble_tests;
mod truncated;
mod turns;
mod unseen;
mod unsure;
mod words;

use std::borrow::Borrow;

pub use self::circumstances::{Budget, Circumstances, Mark, rules_called, switches};
use self::facts::Facts;
pub use self::live::{Live, Look};
pub use self::signs::Signs;
use crate::analyze::tree::Tree;
use crate::model::{Finding, FindingKind, Severity, Step};

/// One rule.
pub struct Rule {
    /// Word people switch it on and off by.
    pub name: &'static str,
    /// What its findings are.
    pub kind: FindingKind,
    /// When it fires, in words.
    pub summary: &'static str,
    /// The most it ever says.
    pub severity: Severity,
    scope: Scope,
    /// Whether it can fire at all in a run with these signs.
    might: fn(&Signs, &Circumstances) -> bool,
    check: Check,
}

/// How much of a run a rule must see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// What it finds in a stretch of a run holds of the run.
    Stretch,
    /// It compares with the whole.
    Whole,
}

/// What a rule reads.
enum Check {
    /// The run.
    Run(fn(&Facts<'_>) -> Vec<Pattern>),
    /// The run, and what the rules above it found.
    Found(fn(&Facts<'_>, &[Finding]) -> Vec<Pattern>),
}

/// Every rule. Of patterns that share steps the earlier rule's words are said, if it holds as many steps.
pub const RULES: [Rule; 22] = [
    Rule {
        name: "own-guard",
        kind: FindingKind::Loop,
        severity: Severity::Alarm,
        scope: Scope::Stretch,
        might: |s, _| s.is_guarded(),
        check: Check::Run(own_guard::check),
        summary: "the client's own guard said that it is in a loop",
    },
    Rule {
        name: "step-cycle",
        kind: FindingKind::Loop,
        severity: Severity::Alarm,
        scope: Scope::Stretch,
        might: |s, _| s.repeats(),
        check: Check::Run(step_cycle::check),
        summary: "a round of 2 to 8 calls was made again with the same outcomes",
    },
    Rule {
        name: "same-call",
        kind: FindingKind::Loop,
        severity: Severity::Alarm,
        scope: Scope::Stretch,
        might: |s, _| s.repeats(),
        check: Check::Run(same_call::check),
        summary: "the same call had the same outcome within 30 calls",
    },
    Rule {
        name: "same-failure",
        kind: FindingKind::Loop,
        severity: Severity::Alarm,
        scope: Scope::Stretch,
        might: |s, _| s.fails(),
        check: Check::Run(same_failure::check),
        summary: "a tool failed in the same way, whatever it was given, and did not succeed in between",
    },
    Rule {
        name: "reworded",
        kind: FindingKind::Loop,
        severity: Severity::Hint,
        scope: Scope::Stretch,
        might: |s, _| s.is_worded(),
        check: Check::Run(reworded::check),
        summary: "a tool was asked three times in other words and told little new",
    },
    Rule {
        name: "unseen",
        kind: FindingKind::Loop,
        severity: Severity::Hint,
        scope: Scope::Stretch,
        might: |s, _| s.is_vague(),
        check: Check::Run(unseen::check),
        summary: "a tool was called three times in a row, and telemetry does not tell whether anything changed",
    },
    Rule {
        name: "handoff-cycle",
        kind: FindingKind::HandoffCycle,
        severity: Severity::Alarm,
        scope: Scope::Stretch,
        might: |s, _| s.returns(),
        check: Check::Run(handoff_cycle::check),
        summary: "agents passed the work round a ring, and from the second round on nobody brought anything new",
    },
    Rule {
        name: "growing-context",
        kind: FindingKind::Context,
        severity: Severity::Hint,
        scope: Scope::Stretch,
        might: |s, _| s.grows(),
        check: Check::Run(context::growth),
        summary: "input doubled over six calls and more without a new result",
    },
    Rule {
        name: "near-window",
        kind: FindingKind::Context,
        severity: Severity::Warning,
        scope: Scope::Stretch,
        might: |s, _| s.fills() || s.has_error(),
        check: Check::Run(context::window),
        summary: "input took 80 % of the model's window and more, or no longer fitted",
    },
    Rule {
        name: "truncated",
        kind: FindingKind::Truncated,
        severity: Severity::Warning,
        scope: Scope::Stretch,
        might: |s, _| s.is_odd(),
        check: Check::Run(truncated::check),
        summary: "an answer was cut off by the limit on output tokens",
    },
    Rule {
        name: "refused",
        kind: FindingKind::Refused,
        severity: Severity::Warning,
        scope: Scope::Stretch,
        might: |s, _| s.is_odd(),
        check: Check::Run(refused::check),
        summary: "the model declined, or a content filter withheld its answer",
    },
    Rule {
        name: "error-in-result",
        kind: FindingKind::SilentFailure,
        severity: Severity::Warning,
        scope: Scope::Stretch,
        might: |s, _| s.is_odd(),
        check: Check::Run(silent::errors_in_results),
        summary: "a tool gave an error as its result under a good status",
    },
    Rule {
        name: "empty-answer",
        kind: FindingKind::SilentFailure,
        severity: Severity::Warning,
        scope: Scope::Stretch,
        might: |s, _| s.is_odd(),
        check: Check::Run(silent::empty_answers),
        summary: "a model answered without a word",
    },
    Rule {
        name: "bad-arguments",
        kind: FindingKind::SilentFailure,
        severity: Severity::Warning,
        scope: Scope::Stretch,
        might: |s, _| s.is_odd(),
        check: Check::Run(silent::bad_arguments),
        summary: "a tool was asked for with arguments that are no JSON",
    },
    Rule {
        name: "exhausted",
        kind: FindingKind::Exhausted,
        severity: Severity::Warning,
        scope: Scope::Stretch,
        might: |s, _| s.is_odd(),
        check: Check::Run(exhausted::check),
        summary: "an agent stopped because its rounds were used up",
    },
    Rule {
        name: "low-confidence",
        kind: FindingKind::LowConfidence,
        severity: Severity::Warning,
        scope: Scope::Stretch,
        might: |s, _| s.is_odd(),
        check: Check::Run(unsure::check),
        summary: "an agent decided with a confidence below 0.3",
    },
    Rule {
        name: "slow",
        kind: FindingKind::Slow,
        severity: Severity::Hint,
        scope: Scope::Whole,
        might: |_, c| !c.earlier.is_empty(),
        check: Check::Run(outlier::slow),
        summary: "a run took far longer than eight earlier ones and more of its agent",
    },
    Rule {
        name: "costly",
        kind: FindingKind::Costly,
        severity: Severity::Hint,
        scope: Scope::Whole,
        might: |_, c| !c.earlier.is_empty(),
        check: Check::Run(outlier::costly),
        summary: "a run cost far more than eight earlier ones and more of its agent",
    },
    Rule {
        name: "stall",
        kind: FindingKind::Stall,
        severity: Severity::Hint,
        scope: Scope::Whole,
        might: |s, _| s.waits(),
        check: Check::Run(stall::check),
        summary: "a model began to answer after 10 s and more, five times as late as usual in the run",
    },
    Rule {
        name: "unmended",
        kind: FindingKind::Failure,
        severity: Severity::Warning,
        scope: Scope::Whole,
        might: |s, _| s.has_error(),
        check: Check::Found(failure::unmended),
        summary: "a tool or the model failed, was tried again, and never succeeded after",
    },
    Rule {
        name: "error-streak",
        kind: FindingKind::Failure,
        severity: Severity::Alarm,
        scope: Scope::Whole,
        might: |s, _| s.has_error(),
        check: Check::Found(failure::streaks),
        summary: "three rounds in a row failed, whatever was called",
    },
    Rule {
        name: "budget",
        kind: FindingKind::Budget,
        severity: Severity::Alarm,
        scope: Scope::Whole,
        might: |_, c| !c.budgets.is_empty(),
        check: Check::Found(budget::check),
        summary: "a run or an agent took more than the config file allows",
    },
];

/// What a rule found. Rows are those of the tree.
#[derive(Clone, Debug)]
struct Pattern {
    kind: FindingKind,
    severity: Severity,
    message: String,
    /// What changed from round to round, in words; `None` where there are no rounds.
    changed: Option<String>,
    /// Rows of the member steps.
    rows: Vec<usize>,
    /// Of `rows` those with which a round begins; empty where there are no rounds.
    starts: Vec<usize>,
    /// Rows of the model calls after the first round.
    wasted: Vec<usize>,
    members: Vec<String>,
    repeats: usize,
    period: usize,
}

impl Pattern {
    /// A pattern of single steps: no rounds, nothing wasted.
    fn of(kind: FindingKind, severity: Severity, message: String, rows: Vec<usize>) -> Self {
        Self {
            kind,
            severity,
            message,
            changed: None,
            repeats: rows.len().max(1),
            rows,
            starts: Vec::new(),
            wasted: Vec::new(),
            members: Vec::new(),
            period: 1,
        }
    }

    /// The same with those who take part, each once.
    fn with_members<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> Self {
        for name in names {
            if !self.members.iter().any(|known| known == name) {
                self.members.push(name.to_owned());
            }
        }
        self
    }
}

/// The findings of a run, the most wasteful first, dismissed ones marked. `steps` are as the tree tells them
/// ([`Tree::merged`] put in place).
pub fn find<S: Borrow<Step>>(steps: &[S], tree: &Tree, circumstances: &Circumstances) -> Vec<Finding> {
    find_by(steps, tree, circumstances, |_| true)
}

/// The findings of a stretch of a run, its last steps with all that stands above them: by the rules that need not see the
/// whole.
pub fn find_in_stretch(steps: &[Step], tree: &Tree, circumstances: &Circumstances) -> Vec<Finding> {
    find_by(steps, tree, circumstances, |rule| rule.scope == Scope::Stretch)
}

/// Whether any rule can fire in a run with these signs.
pub fn might(signs: &Signs, circumstances: &Circumstances) -> bool {
    RULES.iter().any(|rule| !circumstances.is_off(rule.name) && (rule.might)(signs, circumstances))
}

fn find_by<S: Borrow<Step>>(
    steps: &[S],
    tree: &Tree,
    circumstances: &Circumstances,
    is_asked: impl Fn(&Rule) -> bool,
) -> Vec<Finding> {
    let steps: Vec<&Step> = steps.iter().map(Borrow::borrow).collect();
    let facts = Facts::of(&steps, tree, circumstances);
    let mut findings = Vec::new();
    let rules = || RULES.iter().filter(|rule| is_asked(rule) && !circumstances.is_off(rule.name));
    let of_run = rules().filter_map(|rule| match rule.check {
        Check::Run(check) => Some((rule.name, check(&facts))),
        Check::Found(_) => None,
    });
    findings.extend(merge::findings(&facts, said(of_run)));
    let of_found = rules().filter_map(|rule| match rule.check {
        Check::Run(_) => None,
        Check::Found(check) => Some((rule.name, check(&facts, &findings))),
    });
    let more = merge::findings(&facts, said(of_found));
    findings.extend(more);
    findings.sort_by_key(|f| (std::cmp::Reverse((f.wasted_tokens, f.severity)), f.steps.first().copied()));
    circumstances.dismiss(&mut findings);
    findings
}

/// Patterns, each with the rule that found it.
fn said(patterns: impl Iterator<Item = (&'static str, Vec<Pattern>)>) -> Vec<merge::Said> {
    patterns.flat_map(|(rule, patterns)| patterns.into_iter().map(move |pattern| (rule, pattern))).collect()
}

/// What repetition is called for: twice is worth a look, a third time is an alarm.
const fn severity(times: usize) -> Severity {
    if times > 2 { Severity::Alarm } else { Severity::Warning }
}
