//! Flagged patterns with their evidence.

use super::{NanoUsd, SpanId};

/// Kinds of findings; each has one row here, one word in the JSON contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FindingKind {
    /// The same decision with the same outcome again, and no new information in between.
    Loop,
    /// A ring of peers gone round at least twice with no new work.
    HandoffCycle,
}

impl FindingKind {
    /// Every kind, in the order of the contract.
    pub const ALL: [Self; 2] = [Self::Loop, Self::HandoffCycle];

    /// The word of the JSON contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Loop => "loop",
            Self::HandoffCycle => "handoff_cycle",
        }
    }
}

/// How much a finding asks for attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
}

/// Counts of findings of a run: alarms and warnings by kind, hints together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FindingCounts {
    /// Alarms and warnings, indexed as [`FindingKind::ALL`].
    pub flagged: [u32; FindingKind::ALL.len()],
    /// Hints of all kinds.
    pub hints: u32,
}

impl FindingCounts {
    /// Counts `findings`.
    pub fn of(findings: &[Finding]) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            match FindingKind::ALL.iter().position(|&k| k == finding.kind) {
                Some(at) if finding.severity > Severity::Hint => counts.flagged[at] += 1,
                _ => counts.hints += 1,
            }
        }
        counts
    }
}
