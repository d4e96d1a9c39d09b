//! Flagged patterns of a run (`detection.md`): what repeated, how often, and what it cost.
//!
//! Each rule has a function and a row in [`RULES`]. Rules read `Facts`, made once of the tree: who called which tool with
//! what outcome, who had the work when. A rule gives patterns; patterns of one kind that share steps are made one,
//! so that findings of a kind share no steps and their waste adds up.

mod budget;
mod cause;
mod changed;
mod circumstances;
mod context;
mod contexts;
mod course;
mod delegation;
mod delegation_cycle;
mod exhausted;
mod facts;
mod failure;
mod figures;
mod handoff_cycle;
mod live;
mod merge;
mod outlier;
mod own_guard;
mod refused;
mod requests;
mod reworded;
mod rules;
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
mod verdict;
mod words;

use std::borrow::Borrow;

pub use self::circumstances::{Budget, Circumstances, Mark, rules_called, switches};
use self::facts::Facts;
pub use self::live::{Live, Look};
use self::rules::{Check, Scope};
pub use self::rules::{RULES, Rule};
pub use self::signs::Signs;
use crate::analyze::tree::Tree;
use crate::model::{Finding, FindingKind, Severity, Step};

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
    found(steps, tree, circumstances, |_| true)
}

/// The findings of a stretch of a run, its last steps with all that stands above them: by the rules that need not see the
/// whole.
pub fn find_in_stretch(steps: &[Step], tree: &Tree, circumstances: &Circumstances) -> Vec<Finding> {
    found(steps, tree, circumstances, |rule| rule.scope == Scope::Stretch)
}

fn found<S: Borrow<Step>>(
    steps: &[S],
    tree: &Tree,
    circumstances: &Circumstances,
    is_asked: impl Fn(&Rule) -> bool,
) -> Vec<Finding> {
    let steps: Vec<&Step> = steps.iter().map(Borrow::borrow).collect();
    let facts = Facts::of(&steps, tree, circumstances);
    let rules = || RULES.iter().filter(|rule| is_asked(rule) && !circumstances.is_off(rule.name));
    let of_run = rules().filter_map(|rule| match rule.check {
        Check::Run(check) => Some((rule.name, check(&facts))),
        Check::Found(_) => None,
    });
    let mut findings = merge::findings(&facts, said(of_run));
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
