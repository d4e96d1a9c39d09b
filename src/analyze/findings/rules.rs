//! The table of rules: what each is called, when it fires, how much of a run it must see, and the function that looks.

use super::circumstances::Circumstances;
use super::facts::Facts;
use super::signs::Signs;
use super::{
    Pattern, budget, context, delegation, delegation_cycle, exhausted, failure, handoff_cycle, outlier,
    own_guard, refused, reworded, same_call, same_failure, silent, stall, step_cycle, truncated, unseen,
    unsure,
};
use crate::model::FindingKind::{
    Budget, Context, Costly, Exhausted, Failure, HandoffCycle, Loop, LowConfidence, Refused, SilentFailure,
    Slow, Stall, Truncated,
};
use crate::model::Severity::{Alarm, Hint, Warning};
use crate::model::{Finding, FindingKind, Severity};

/// One rule.
pub struct Rule {
    /// Word people switch it on and off by.
    pub name: &'static str,
    /// What its findings are.
    pub kind: FindingKind,
    /// The most it ever says.
    pub severity: Severity,
    /// When it fires, in words.
    pub summary: &'static str,
    pub(super) scope: Scope,
    /// Whether it can fire at all in a run with these signs.
    pub(super) might: fn(&Signs, &Circumstances) -> bool,
    pub(super) check: Check,
}

/// How much of a run a rule must see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// What it finds in a stretch of a run holds of the run.
    Stretch,
    /// The whole run.
    Whole,
    /// The whole run, and no look is worth it for this rule alone before the run has ended.
    Ended,
}

/// What a rule reads.
#[derive(Clone, Copy)]
pub(super) enum Check {
    /// The run.
    Run(fn(&Facts<'_>) -> Vec<Pattern>),
    /// The run, and what the rules of the other sort found in it.
    Found(fn(&Facts<'_>, &[Finding]) -> Vec<Pattern>),
}

use Check::{Found, Run};

type Might = fn(&Signs, &Circumstances) -> bool;

const fn rule(
    name: &'static str,
    kind: FindingKind,
    severity: Severity,
    scope: Scope,
    might: Might,
    check: Check,
    summary: &'static str,
) -> Rule {
    Rule { name, kind, severity, summary, scope, might, check }
}

/// Every rule. Of patterns that share steps the earlier rule's words are said, if it holds as many steps.
#[rustfmt::skip]
pub const RULES: [Rule; 24] = [
    rule("own-guard", Loop, Alarm, Scope::Stretch, |signs, _| signs.is_guarded(), Run(own_guard::check), "the client's own guard said that it is in a loop"),
    rule("step-cycle", Loop, Alarm, Scope::Stretch, |signs, _| signs.repeats(), Run(step_cycle::check), "a round of 2 to 8 calls was made again with the same outcomes"),
    rule("same-call", Loop, Alarm, Scope::Stretch, |signs, _| signs.repeats(), Run(same_call::check), "the same call had the same outcome within 30 calls"),
    rule("same-failure", Loop, Alarm, Scope::Stretch, |signs, _| signs.fails(), Run(same_failure::check), "a tool failed in the same way, whatever it was given, and did not succeed in between"),
    rule("unseen", Loop, Hint, Scope::Stretch, |signs, _| signs.is_vague(), Run(unseen::check), "a tool was called three times in a row, and telemetry does not tell whether anything changed"),
    rule("reworded", Loop, Hint, Scope::Stretch, |signs, _| signs.is_worded(), Run(reworded::check), "a tool was asked three times in other words and told little new"),
    rule("repeated-delegation", Loop, Alarm, Scope::Stretch, |signs, _| signs.begins_again() || signs.is_worded() || signs.repeats(), Run(delegation::check), "an agent was sent nearly the same request three times by one caller"),
    rule("handoff-cycle", HandoffCycle, Alarm, Scope::Stretch, |signs, _| signs.returns(), Run(handoff_cycle::check), "agents passed the work round a ring, and from the second round on nobody brought anything new"),
    rule("delegation-cycle", HandoffCycle, Alarm, Scope::Stretch, |signs, _| signs.begins_again(), Run(delegation_cycle::check), "an agent called itself, through others or a tool, with nearly the request that it was given"),
    rule("growing-context", Context, Hint, Scope::Ended, |signs, _| signs.figures().grew(context::TIMES, context::TOKENS, context::CALLS), Run(context::growth), "input doubled over six calls and more without a new result"),
    rule("near-window", Context, Warning, Scope::Whole, |signs, _| signs.figures().overflowed() || signs.figures().filled() >= context::NEAR, Run(context::window), "input took 80 % of the model's window and more, or no longer fitted"),
    rule("truncated", Truncated, Warning, Scope::Whole, |signs, _| signs.figures().was_cut(), Run(truncated::check), "an answer was cut off by the limit on output tokens"),
    rule("refused", Refused, Warning, Scope::Whole, |signs, _| signs.figures().is_odd(), Run(refused::check), "the model declined, or a content filter withheld its answer"),
    rule("error-in-result", SilentFailure, Warning, Scope::Whole, |signs, _| signs.figures().is_odd(), Run(silent::errors_in_results), "a tool gave an error as its result under a good status"),
    rule("empty-answer", SilentFailure, Warning, Scope::Whole, |signs, _| signs.figures().is_odd(), Run(silent::empty_answers), "a model answered without a word"),
    rule("bad-arguments", SilentFailure, Warning, Scope::Whole, |signs, _| signs.figures().is_odd(), Run(silent::bad_arguments), "a tool was asked for with arguments that are no JSON"),
    rule("exhausted", Exhausted, Warning, Scope::Whole, |signs, _| signs.figures().is_odd(), Run(exhausted::check), "an agent stopped because its rounds were used up"),
    rule("low-confidence", LowConfidence, Warning, Scope::Whole, |signs, _| signs.figures().is_odd(), Run(unsure::check), "an agent decided with a confidence below 0.3"),
    rule("slow", Slow, Hint, Scope::Ended, |signs, circumstances| outlier::may_be_slow(signs.figures().duration(), circumstances), Run(outlier::slow), "a run took far longer than eight earlier ones and more of its agent"),
    rule("costly", Costly, Hint, Scope::Ended, |signs, circumstances| outlier::may_be_costly(signs.figures().cost(), circumstances), Run(outlier::costly), "a run cost far more than eight earlier ones and more of its agent"),
    rule("stall", Stall, Hint, Scope::Ended, |signs, _| signs.figures().longest_wait() >= stall::LONG, Run(stall::check), "a model began to answer after 10 s and more, five times as late as usual in the run"),
    rule("unmended", Failure, Warning, Scope::Ended, |signs, _| signs.figures().failures() > 1, Found(failure::unmended), "a tool or the model failed, was tried again, and never succeeded after"),
    rule("error-streak", Failure, Alarm, Scope::Whole, |signs, _| signs.figures().failures() > 2, Found(failure::streaks), "three rounds in a row failed, whatever was called"),
    rule("budget", Budget, Alarm, Scope::Whole, |signs, circumstances| signs.figures().are_above(circumstances), Found(budget::check), "a run or an agent took more than the config file allows"),
];

/// The rules that can fire in a run with these signs, one bit each, in the order of the table.
pub(super) fn that_might(
    signs: &Signs,
    circumstances: &Circumstances,
    is_asked: impl Fn(Scope) -> bool,
) -> u32 {
    let asked =
        RULES.iter().enumerate().filter(|(_, rule)| is_asked(rule.scope) && !circumstances.is_off(rule.name));
    asked.filter(|(_, rule)| (rule.might)(signs, circumstances)).fold(0, |bits, (at, _)| bits | 1 << at)
}
