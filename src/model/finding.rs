//! Flagged patterns with their evidence.

use super::{NanoUsd, SpanId};

/// Kinds of findings, each with a row in the table below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FindingKind {
    /// The same decision with the same outcome again, and no new information in between.
    Loop,
    /// A ring of peers gone round at least twice with no new work.
    HandoffCycle,
    /// More money, tokens, steps or time than the user's config allows.
    Budget,
    /// Input that grows without new results, or comes near the model's window.
    Context,
    /// Answers cut off by the limit on output tokens.
    Truncated,
    /// Answers that the model declined to give or a content filter withheld.
    Refused,
    /// Errors that trying again did not mend, and errors in a row.
    Failure,
    /// Trouble that no status tells: results that say error, empty answers, arguments that are no JSON.
    SilentFailure,
    /// An agent that stopped because its rounds were used up.
    Exhausted,
    /// Decisions that the agent itself was not sure of.
    LowConfidence,
    /// A run much slower than earlier ones of its agent.
    Slow,
    /// A run much more expensive than earlier ones of its agent.
    Costly,
    /// A model that was long in beginning to answer.
    Stall,
}

/// A kind's words.
struct Words {
    kind: FindingKind,
    /// In the JSON contract.
    name: &'static str,
    /// As people type it.
    word: &'static str,
    /// One of them, for counting: an `s` makes more of it.
    label: &'static str,
    /// After "an alarm or warning of".
    meaning: &'static str,
}

const fn words(
    kind: FindingKind,
    name: &'static str,
    word: &'static str,
    label: &'static str,
    meaning: &'static str,
) -> Words {
    Words { kind, name, word, label, meaning }
}

/// Every kind, in the order of the contract, which is that of [`FindingKind`].
#[rustfmt::skip]
const KINDS: [Words; 13] = [
    words(FindingKind::Loop, "loop", "loop", "loop", "calls made again with the same outcomes and nothing new in between"),
    words(FindingKind::HandoffCycle, "handoff_cycle", "handoff-cycle", "handoff cycle", "agents that pass the work round a ring and bring nothing new"),
    words(FindingKind::Budget, "budget", "budget", "budget overrun", "a budget of the config file that was not kept"),
    words(FindingKind::Context, "context", "context", "swollen context", "input that grows without new results or nears the model's window"),
    words(FindingKind::Truncated, "truncated", "truncated", "cut answer", "an answer cut off by the limit on output tokens"),
    words(FindingKind::Refused, "refused", "refused", "refused answer", "an answer refused by the model or withheld by a content filter"),
    words(FindingKind::Failure, "failure", "failure", "lasting error", "an error that trying again did not mend, or errors in a row"),
    words(FindingKind::SilentFailure, "silent_failure", "silent-failure", "silent failure", "trouble that no status tells"),
    words(FindingKind::Exhausted, "exhausted", "exhausted", "exhausted agent", "an agent that used up its rounds"),
    words(FindingKind::LowConfidence, "low_confidence", "low-confidence", "unsure decision", "a decision that the agent was not sure of"),
    words(FindingKind::Slow, "slow", "slow", "slow run", "a run much slower than earlier ones"),
    words(FindingKind::Costly, "costly", "costly", "costly run", "a run much more expensive than earlier ones"),
    words(FindingKind::Stall, "stall", "stall", "stalled call", "a model that was long in beginning to answer"),
];

impl FindingKind {
    /// Every kind, in the order of the contract.
    pub const ALL: [Self; KINDS.len()] = {
        let mut all = [Self::Loop; KINDS.len()];
        let mut at = 0;
        while at < all.len() {
            all[at] = KINDS[at].kind;
            at += 1;
        }
        all
    };

    /// The word of the JSON contract.
    pub const fn name(self) -> &'static str {
        KINDS[self as usize].name
    }

    /// The word people type: the same with `-` in place of `_`.
    pub const fn word(self) -> &'static str {
        KINDS[self as usize].word
    }

    /// One of them in words, for counting: an `s` makes more of it.
    pub const fn label(self) -> &'static str {
        KINDS[self as usize].label
    }

    /// What it is, in words that follow "an alarm or warning of".
    pub const fn meaning(self) -> &'static str {
        KINDS[self as usize].meaning
    }

    /// The kind with this word, of the contract or as people type it.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.replace('-', "_");
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How much a finding asks for attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// A quiet remark.
    Hint,
    /// Worth a look.
    Warning,
    /// Look now.
    Alarm,
}

impl Severity {
    /// The word of the JSON contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Warning => "warning",
            Self::Alarm => "alarm",
        }
    }

    /// The severity with this word.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Hint, Self::Warning, Self::Alarm].into_iter().find(|severity| severity.name() == name)
    }
}

/// One flagged pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// The rule that found it: the word people switch it on and off by.
    pub rule: &'static str,
    /// How bad.
    pub severity: Severity,
    /// The rule in words, with its figures.
    pub message: String,
    /// What changed between its rounds, in words; `None` where a finding has no rounds.
    pub changed: Option<String>,
    /// Every member step, in order.
    pub steps: Vec<SpanId>,
    /// Where in `steps` each round begins, ascending; empty where a finding has no rounds.
    pub rounds: Vec<u32>,
    /// Agents or tools that take part, in order.
    pub members: Vec<String>,
    /// Rounds.
    pub repeats: u32,
    /// Steps in a round.
    pub period: u32,
    /// Tokens after the first round.
    pub wasted_tokens: u64,
    /// Their cost; `None` where a price is unknown.
    pub wasted_cost: Option<NanoUsd>,
    /// Nanoseconds in which steps after the first round, or the calls that asked for them, were at work: what ran side by
    /// side is counted once.
    pub wasted_time: u64,
    /// The user has seen it and wants to hear no more of it in this run: it is not counted.
    pub dismissed: bool,
}

/// A finding as far as a line about it needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// What it is.
    pub kind: FindingKind,
    /// How bad.
    pub severity: Severity,
    /// Rule; empty in files written before rules were told.
    pub rule: String,
    /// The rule in words, with its figures.
    pub message: String,
    /// First member step.
    pub step: Option<SpanId>,
    /// Tokens after the first round.
    pub wasted_tokens: u64,
    /// Their cost; `None` where a price is unknown.
    pub wasted_cost: Option<NanoUsd>,
}

/// Counts of findings of a run: alarms and warnings by kind, hints together; dismissed ones left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FindingCounts {
    /// Alarms and warnings, indexed as [`FindingKind::ALL`].
    pub flagged: [u32; FindingKind::ALL.len()],
    /// Hints of all kinds.
    pub hints: u32,
    /// Kinds of which one or more is an alarm: a bit each, in the order of [`FindingKind::ALL`].
    pub alarms: u32,
}

impl FindingCounts {
    /// Counts `findings` that are not dismissed.
    pub fn of(findings: &[Finding]) -> Self {
        let mut counts = Self::default();
        for finding in findings.iter().filter(|finding| !finding.dismissed) {
            counts.add(finding.kind, finding.severity);
        }
        counts
    }

    /// How many kinds of alarms and warnings there are.
    pub fn kinds(&self) -> usize {
        self.flagged.iter().filter(|&&count| count > 0).count()
    }

    /// Counts one more.
    pub const fn add(&mut self, kind: FindingKind, severity: Severity) {
        match severity {
            Severity::Hint => self.hints += 1,
            Severity::Warning | Severity::Alarm => self.flagged[kind as usize] += 1,
        }
        if matches!(severity, Severity::Alarm) {
            self.alarms |= 1 << kind as u32;
        }
    }

    /// The worst that was flagged of a kind, hints aside.
    pub const fn severity(&self, kind: FindingKind) -> Severity {
        if self.alarms & (1 << kind as u32) != 0 { Severity::Alarm } else { Severity::Warning }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_stands_in_the_place_of_its_number_and_is_known_by_both_words() {
        for (at, kind) in FindingKind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, at);
            assert_eq!(kind.word(), kind.name().replace('_', "-"));
            assert!([kind.name(), kind.word()].iter().all(|word| FindingKind::from_name(word) == Some(kind)));
            assert!(!kind.meaning().is_empty());
        }
        assert_eq!(FindingKind::from_name("loops"), None);
    }
}
