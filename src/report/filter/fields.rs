//! The one table of fields, and what each looks at.

use std::collections::HashMap;

use crate::model::{FindingKind, RunStatus, RunSummary, UnixNanos};

/// A field of the filter language.
#[derive(Debug)]
pub struct Field {
    /// As people type it.
    pub name: &'static str,
    /// A term to begin with.
    pub example: &'static str,
    /// What it looks at.
    pub help: &'static str,
    pub(super) kind: Kind,
}

/// What a field's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text(Of),
    Money(Of),
    Count(Of),
    Percent(Of),
    Duration(Of),
    /// From then on.
    Since,
    /// Up to then.
    Until,
    Is,
    FullText,
}

/// What of a run is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Agent,
    Model,
    Service,
    User,
    Tag,
    Session,
    Name,
    Task,
    Id,
    Cost,
    Tokens,
    Input,
    Output,
    Cached,
    Steps,
    Calls,
    Tools,
    Handoffs,
    Errors,
    Hints,
    Duration,
}

const fn field(name: &'static str, kind: Kind, example: &'static str, help: &'static str) -> Field {
    Field { name, example, help, kind }
}

/// Every field, in the order people read them.
#[rustfmt::skip]
pub static FIELDS: &[Field] = &[
    field("agent",    Kind::Text(Of::Agent),    "agent:triage",      "an agent that took part; the run's name where none is told"),
    field("model",    Kind::Text(Of::Model),    "model:opus",        "a model that answered"),
    field("is",       Kind::Is,                 "is:error",          "running, ok, error, incomplete, flagged, unpriced, or a kind of finding"),
    field("status",   Kind::Is,                 "status:ok",         "the same as is"),
    field("cost",     Kind::Money(Of::Cost),    "cost>0.10",         "US dollars"),
    field("tokens",   Kind::Count(Of::Tokens),  "tokens>10k",        "input and output"),
    field("in",       Kind::Count(Of::Input),   "in>=100k",          "input tokens, cached ones among them"),
    field("out",      Kind::Count(Of::Output),  "out<500",           "output tokens"),
    field("cached",   Kind::Percent(Of::Cached), "cached<50",        "percent of the input that came from the cache"),
    field("steps",    Kind::Count(Of::Steps),   "steps>20",          "steps, plumbing left out"),
    field("calls",    Kind::Count(Of::Calls),   "calls>5",           "model calls"),
    field("tools",    Kind::Count(Of::Tools),   "tools:0",           "tool calls"),
    field("handoffs", Kind::Count(Of::Handoffs), "handoffs>2",       "handoffs"),
    field("errors",   Kind::Count(Of::Errors),  "errors>0",          "steps that failed"),
    field("hints",    Kind::Count(Of::Hints),   "hints>0",           "hints among the findings"),
    field("duration", Kind::Duration(Of::Duration), "duration>30s",  "from start to end, or to now: ms, s, m, h, d"),
    field("since",    Kind::Since,              "since:2h",          "began then or later: so long ago, or a date such as 2026-11-20 or 2026-11-20T14:30"),
    field("until",    Kind::Until,              "until:2026-11-20",  "began then or before; a day counts whole"),
    field("text",     Kind::FullText,           "text:\"refund\"",   "words anywhere in prompts, answers, tool arguments and results"),
    field("task",     Kind::Text(Of::Task),     "task:refund",       "what was asked"),
    field("name",     Kind::Text(Of::Name),     "name:workflow",     "name of the run"),
    field("service",  Kind::Text(Of::Service),  "service:support",   "service that sent it"),
    field("session",  Kind::Text(Of::Session),  "session:abc",       "conversation"),
    field("user",     Kind::Text(Of::User),     "user:kim",          "user"),
    field("tag",      Kind::Text(Of::Tag),      "tag:beta",          "a tag that the client put on it"),
    field("id",       Kind::Text(Of::Id),       "id:3f2a",           "a part of its id"),
];

impl Field {
    /// The field with this name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        FIELDS.iter().find(|field| field.name == name)
    }

    /// The sign that its terms mostly have.
    pub(super) const fn sign(&self) -> &'static str {
        match self.kind {
            Kind::Money(_) | Kind::Count(_) | Kind::Percent(_) | Kind::Duration(_) => ">",
            _ => ":",
        }
    }
}

/// A figure of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    All(u64),
    /// At least this.
    Part(u64),
    Nothing,
}

impl Known {
    const fn of(figure: u64, known: u64, unknown: u64) -> Self {
        match (known, unknown) {
            (0, 0) => Self::Nothing,
            (_, 0) => Self::All(figure),
            _ => Self::Part(figure),
        }
    }
}

impl Of {
    /// The texts looked at.
    pub(super) fn texts(self, run: &RunSummary) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Self::Agent if run.agents.is_empty() => Box::new(std::iter::once(run.name.as_str())),
            Self::Agent => Box::new(run.agents.iter().map(String::as_str)),
            Self::Model => Box::new(run.models.iter().map(String::as_str)),
            Self::Service => Box::new(std::iter::once(run.service.as_str())),
            Self::User => Box::new(run.user_id.as_deref().into_iter()),
            Self::Tag => Box::new(run.tags.iter().map(String::as_str)),
            Self::Session => Box::new(run.session_id.as_deref().into_iter()),
            Self::Name => Box::new(std::iter::once(run.name.as_str())),
            Self::Task => Box::new(run.task.as_deref().into_iter()),
            Self::Id => Box::new(std::iter::once(run.run_id.as_str())),
            _ => Box::new(std::iter::empty()),
        }
    }

    /// The figure looked at: tokens, nano-dollars, nanoseconds, percent, a number.
    pub(super) fn figure(self, run: &RunSummary, now: UnixNanos) -> Known {
        // without a model call none were taken, as in JSON
        let tokens = |figure| match Known::of(figure, run.tokens.known, run.tokens.unknown) {
            Known::Nothing => Known::All(figure),
            known => known,
        };
        let count = match self {
            Self::Cost => {
                let priced = run.cost.reported + run.cost.computed;
                return Known::of(run.cost.amount.0.max(0).unsigned_abs(), priced, run.cost.unknown);
            }
            Self::Tokens => return tokens(run.tokens.input + run.tokens.output),
            Self::Input => return tokens(run.tokens.input),
            Self::Output => return tokens(run.tokens.output),
            Self::Cached => match percent(run.tokens.cache_read, run.tokens.input) {
                Some(percent) => percent,
                None => return Known::Nothing,
            },
            Self::Duration if run.times.start == 0 => return Known::Nothing,
            Self::Duration => elapsed(run, now),
            Self::Steps => run.steps,
            Self::Calls => run.llm_calls,
            Self::Tools => run.tool_calls,
            Self::Handoffs => run.handoffs,
            Self::Errors => run.errors,
            Self::Hints => run.findings.hints.into(),
            _ => return Known::Nothing,
        };
        Known::All(count)
    }

    /// Whether time alone makes it more.
    pub(super) const fn grows(self) -> bool {
        matches!(self, Self::Duration)
    }
}

fn percent(part: u64, whole: u64) -> Option<u64> {
    u64::try_from((u128::from(part) * 100).checked_div(whole.into())?).ok()
}

fn elapsed(run: &RunSummary, now: UnixNanos) -> u64 {
    let end = if run.times.status(now) == RunStatus::Running { now } else { run.times.end };
    end.saturating_sub(run.times.start)
}

/// What a run may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Is {
    Status(RunStatus),
    /// It has an alarm or a warning.
    Flagged,
    /// A part of its cost is unknown.
    Unpriced,
    Finding(FindingKind),
}

const STATUSES: [RunStatus; 4] = [RunStatus::Running, RunStatus::Ok, RunStatus::Error, RunStatus::Incomplete];

/// Whether a word is the name of a status.
pub(super) fn is_status(word: &str) -> bool {
    STATUSES.iter().any(|status| status.name() == word)
}

impl Is {
    /// Every word with what it means.
    pub(super) fn all() -> impl Iterator<Item = (&'static str, Self)> {
        let statuses = STATUSES.iter().map(|&status| (status.name(), Self::Status(status)));
        let own = [("flagged", Self::Flagged), ("unpriced", Self::Unpriced)];
        let findings = FindingKind::ALL.into_iter().map(|kind| (kind.word(), Self::Finding(kind)));
        statuses.chain(own).chain(findings)
    }

    /// What a word means: the word itself, that of the JSON contract, or the one part of it that no other has: `cycle`.
    pub(super) fn named(word: &str) -> Option<Self> {
        let word = word.replace('_', "-");
        let whole = Self::all().find(|(name, _)| *name == word).map(|(_, is)| is);
        let mut having = Self::all().filter(|(name, _)| name.split('-').any(|part| part == word));
        whole.or_else(|| having.next().filter(|_| having.next().is_none()).map(|(_, is)| is))
    }

    pub(super) fn holds(self, run: &RunSummary, now: UnixNanos) -> bool {
        match self {
            Self::Status(status) => run.times.status(now) == status,
            Self::Flagged => run.findings.flagged.iter().any(|&count| count > 0),
            Self::Unpriced => run.cost.is_partial(),
            Self::Finding(kind) => run.findings.flagged[kind as usize] > 0,
        }
    }
}

/// Values that `runs` have in the field of this name, the most frequent first; of fields that have words of their own
/// these.
pub fn known_values<'a>(name: &str, runs: impl Iterator<Item = &'a RunSummary>) -> Vec<String> {
    match Field::named(name).map(|field| field.kind) {
        Some(Kind::Is) => Is::all().map(|(word, _)| word.to_owned()).collect(),
        Some(Kind::Text(of)) if !matches!(of, Of::Task | Of::Id) => most_frequent(of, runs),
        Some(Kind::Since | Kind::Until) => {
            ["10m", "1h", "24h", "7d"].into_iter().map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

fn most_frequent<'a>(of: Of, runs: impl Iterator<Item = &'a RunSummary>) -> Vec<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for text in runs.flat_map(|run| of.texts(run)).filter(|text| !text.is_empty()) {
        *counts.entry(text).or_default() += 1;
    }
    let mut values: Vec<(&str, usize)> = counts.into_iter().collect();
    values.sort_by_key(|&(value, count)| (std::cmp::Reverse(count), value));
    values.into_iter().map(|(value, _)| value.to_owned()).collect()
}
