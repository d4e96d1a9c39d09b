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
mod merge;
mod outlier;
mod own_guard;
mod refused;
mod reworded;
mod same_call;
mod same_failure;
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

pub use self::circumstances::{Budget, Circumstances, Mark, rules_called, switches};
use self::facts::Facts;
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
    check: Check,
}

/// What a rule reads.
enum Check {
    /// The run.
    Run(fn(&Facts<'_>) -> Vec<Pattern>),
    /// The run, and what the rules above it found.
    Found(fn(&Facts<'_>, &[Finding]) -> Vec<Pattern>),
}

const fn rule(
    name: &'static str,
    kind: FindingKind,
    severity: Severity,
    check: Check,
    summary: &'static str,
) -> Rule {
    Rule { name, kind, summary, severity, check }
}

/// Every rule. Of patterns that share steps the earlier rule's words are said, if it holds as many steps.
#[rustfmt::skip]
pub const RULES: [Rule; 22] = [
    rule("own-guard", FindingKind::Loop, Severity::Alarm, Check::Run(own_guard::check), "the client's own guard said that it is in a loop"),
    rule("step-cycle", FindingKind::Loop, Severity::Alarm, Check::Run(step_cycle::check), "a round of 2 to 8 calls was made again with the same outcomes"),
    rule("same-call", FindingKind::Loop, Severity::Alarm, Check::Run(same_call::check), "the same call had the same outcome within 30 calls"),
    rule("same-failure", FindingKind::Loop, Severity::Alarm, Check::Run(same_failure::check), "a tool failed in the same way, whatever it was given, and did not succeed in between"),
    rule("reworded", FindingKind::Loop, Severity::Hint, Check::Run(reworded::check), "a tool was asked three times in other words and told little new"),
    rule("unseen", FindingKind::Loop, Severity::Hint, Check::Run(unseen::check), "a tool was called three times in a row, and telemetry does not tell whether anything changed"),
    rule("handoff-cycle", FindingKind::HandoffCycle, Severity::Alarm, Check::Run(handoff_cycle::check), "agents passed the work round a ring, and from the second round on nobody brought anything new"),
    rule("growing-context", FindingKind::Context, Severity::Hint, Check::Run(context::growth), "input doubled over six calls and more without a new result"),
    rule("near-window", FindingKind::Context, Severity::Warning, Check::Run(context::window), "input took 80 % of the model's window and more, or no longer fitted"),
    rule("truncated", FindingKind::Truncated, Severity::Warning, Check::Run(truncated::check), "an answer was cut off by the limit on output tokens"),
    rule("refused", FindingKind::Refused, Severity::Warning, Check::Run(refused::check), "the model declined, or a content filter withheld its answer"),
    rule("error-in-result", FindingKind::SilentFailure, Severity::Warning, Check::Run(silent::errors_in_results), "a tool gave an error as its result under a good status"),
    rule("empty-answer", FindingKind::SilentFailure, Severity::Warning, Check::Run(silent::empty_answers), "a model answered without a word"),
    rule("bad-arguments", FindingKind::SilentFailure, Severity::Warning, Check::Run(silent::bad_arguments), "a tool was asked for with arguments that are no JSON"),
    rule("exhausted", FindingKind::Exhausted, Severity::Warning, Check::Run(exhausted::check), "an agent stopped because its rounds were used up"),
    rule("low-confidence", FindingKind::LowConfidence, Severity::Warning, Check::Run(unsure::check), "an agent decided with a confidence below 0.3"),
    rule("slow", FindingKind::Slow, Severity::Hint, Check::Run(outlier::slow), "a run took far longer than eight earlier ones and more of its agent"),
    rule("costly", FindingKind::Costly, Severity::Hint, Check::Run(outlier::costly), "a run cost far more than eight earlier ones and more of its agent"),
    rule("stall", FindingKind::Stall, Severity::Hint, Check::Run(stall::check), "a model began to answer after 10 s and more, five times as late as usual in the run"),
    rule("unmended", FindingKind::Failure, Severity::Warning, Check::Found(failure::unmended), "a tool or the model failed, was tried again, and never succeeded after"),
    rule("error-streak", FindingKind::Failure, Severity::Alarm, Check::Found(failure::streaks), "three rounds in a row failed, whatever was called"),
    rule("budget", FindingKind::Budget, Severity::Alarm, Check::Found(budget::check), "a run or an agent took more than the config file allows"),
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
pub fn find(steps: &[Step], tree: &Tree, circumstances: &Circumstances) -> Vec<Finding> {
    let facts = Facts::of(steps, tree, circumstances);
    let mut findings = Vec::new();
    let rules = || RULES.iter().filter(|rule| !circumstances.is_off(rule.name));
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
