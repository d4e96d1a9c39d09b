//! Flagged patterns of a run (`detection.md`): what repeated, how often, and what it cost.
//!
//! Each rule has a file and a row in [`RULES`]. Rules read `Facts`, made once of the tree: who called which tool with
//! what outcome, who had the work when. A rule gives patterns; patterns of one kind that share steps are made one,
//! so that findings of a kind share no steps and their waste adds up.

mod changed;
mod contexts;
mod delegation;
mod delegation_cycle;
mod facts;
mod handoff_cycle;
mod live;
mod merge;
mod own_guard;
mod requests;
mod reworded;
mod same_call;
mod same_failure;
mod signs;
mod step_cycle;
#[cfg(test)]
mod tests;
mod turns;
mod unseen;
mod verdict;

use self::facts::Facts;
pub use self::live::{Live, Look};
pub use self::signs::Signs;
use crate::analyze::tree::Tree;
use crate::model::{Finding, FindingKind, Severity, Step};

/// One rule.
pub struct Rule {
    /// Word people switch it on and off by.
    pub name: &'static str,
    /// When it fires, in words.
    pub summary: &'static str,
    /// The most it ever says.
    pub severity: Severity,
    scope: Scope,
    /// Whether it can fire at all in a run with these signs.
    might: fn(&Signs) -> bool,
    check: fn(&Facts<'_>) -> Vec<Pattern>,
}

/// How much of a run a rule must see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// What it finds in a stretch of a run holds of the run.
    Stretch,
}

/// Every rule. Of patterns that share steps the earlier rule's words are said, if it holds as many steps.
pub const RULES: [Rule; 9] = [
    Rule {
        name: "own-guard",
        summary: "the client's own guard said that it is in a loop",
        severity: Severity::Alarm,
        scope: Scope::Stretch,
        might: Signs::is_guarded,
        check: own_guard::check,
    },
    Rule {
        name: "step-cycle",
        summary: "a round of 2 to 8 calls was made again with the same outcomes",
        severity: Severity::Alarm,
        scope: Scope::Stretch,
        might: Signs::repeats,
        check: step_cycle::check,
    },
    Rule {
        name: "same-call",
        summary: "the same call had the same outcome within 30 calls",
        severity: Severity::Alarm,
        scope: Scope::Stretch,
        might: Signs::repeats,
        check: same_call::check,
    },
    Rule {
        name: "same-failure",
        summary: "a tool failed in the same way, whatever it was given, and did not succeed in between",
        severity: Severity::Alarm,
        scope: Scope::Stretch,
        might: Signs::fails,
        check: same_failure::check,
    },
    Rule {
        name: "unseen",
        summary: "a tool was called three times in a row, and telemetry does not tell whether anything changed",
        severity: Severity::Hint,
        scope: Scope::Stretch,
        might: Signs::is_vague,
        check: unseen::check,
    },
    Rule {
        name: "reworded",
        summary: "a tool was asked three times in other words and told little new",
        severity: Severity::Hint,
        scope: Scope::Stretch,
        might: Signs::is_worded,
        check: reworded::check,
    },
    Rule {
        name: "repeated-delegation",
        summary: "an agent was sent nearly the same request three times by one caller",
        severity: Severity::Alarm,
        scope: Scope::Stretch,
        might: |signs| signs.begins_again() || signs.is_worded() || signs.repeats(),
        check: delegation::check,
    },
    Rule {
        name: "handoff-cycle",
        summary: "agents passed the work round a ring, and from the second round on nobody brought anything new",
        severity: Severity::Alarm,
        scope: Scope::Stretch,
        might: Signs::returns,
        check: handoff_cycle::check,
    },
    Rule {
        name: "delegation-cycle",
        summary: "an agent called itself, through others or a tool, with nearly the request that it was given",
        severity: Severity::Alarm,
        scope: Scope::Stretch,
        might: Signs::begins_again,
        check: delegation_cycle::check,
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

/// The findings of a run, the most wasteful first. `steps` are as the tree tells them ([`Tree::merged`] put in place).
pub fn find(steps: &[Step], tree: &Tree) -> Vec<Finding> {
    said(steps, tree, |_| true)
}

/// The findings of a stretch of a run, its last steps with all that stands above them: by the rules that need not see the
/// whole.
pub fn find_in_stretch(steps: &[Step], tree: &Tree) -> Vec<Finding> {
    said(steps, tree, |rule| rule.scope == Scope::Stretch)
}

/// Whether any rule can fire in a run with these signs.
pub fn might(signs: &Signs) -> bool {
    RULES.iter().any(|rule| (rule.might)(signs))
}

fn said(steps: &[Step], tree: &Tree, is_asked: impl Fn(&Rule) -> bool) -> Vec<Finding> {
    let facts = Facts::of(steps, tree);
    let said_by = |rule: &Rule| {
        (rule.check)(&facts).into_iter().map(|pattern| (rule.name, pattern)).collect::<Vec<_>>()
    };
    let patterns = RULES.iter().filter(|rule| is_asked(rule)).flat_map(said_by).collect();
    let mut findings = merge::findings(&facts, patterns);
    findings.sort_by_key(|f| (std::cmp::Reverse((f.wasted_tokens, f.severity)), f.steps.first().copied()));
    findings
}

/// What repetition is called for: twice is worth a look, a third time is an alarm.
const fn severity(times: usize) -> Severity {
    if times > 2 { Severity::Alarm } else { Severity::Warning }
}
