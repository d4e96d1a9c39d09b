//! The shape of a dialect: rows that say which attribute means what, and the index made of all rows.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::evidence::Evidence;
use super::side::Side;
use super::{
    adk, ag2, agent_framework, braintrust, coding_agents, genai, handmade, haystack, langfuse, langsmith,
    litellm, logfire, mastra, mlflow, openinference, openlit, openllmetry, plumbing, spring, strands, vercel,
};
use crate::model::{Step, StepKind};

/// Every dialect, in the order in which their `refine` runs.
pub(super) static DIALECTS: &[&Dialect] = &[
    &genai::DIALECT,
    &openinference::DIALECT,
    &openllmetry::DIALECT,
    &vercel::DIALECT,
    &langsmith::DIALECT,
    &logfire::DIALECT,
    &strands::DIALECT,
    &adk::DIALECT,
    &langfuse::DIALECT,
    &mlflow::DIALECT,
    &braintrust::DIALECT,
    &litellm::DIALECT,
    &haystack::DIALECT,
    &spring::DIALECT,
    &agent_framework::DIALECT,
    &mastra::DIALECT,
    &ag2::DIALECT,
    &openlit::DIALECT,
    &coding_agents::DIALECT,
    &handmade::DIALECT,
    &plumbing::DIALECT,
];

/// One way to write an agent's doings into attributes.
pub(super) struct Dialect {
    /// Attributes that carry one fact each.
    pub rows: &'static [Row],
    /// Attributes whose value names the kind of step.
    pub kinds: &'static [KindKey],
    /// Attributes that hold prompts, answers, arguments, results.
    pub content: &'static [Holds],
    /// Names of spans that say by themselves what a span is.
    pub names: &'static [Name],
    /// What no table can say; runs on spans that carry a key of this dialect, after the general rules.
    pub refine: fn(&Evidence<'_>, &mut Step),
}

/// For dialects that are nothing but tables.
pub(super) fn no_refinement(_: &Evidence<'_>, _: &mut Step) {}

/// A fact that dialects have their own spellings for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(super) enum Field {
    RequestModel,
    ResponseModel,
    Provider,
    Server,
    ServiceTier,
    Agent,
    /// Names whatever the span is: an agent, a tool, a workflow.
    Entity,
    Workflow,
    Tool,
    ToolCallId,
    HandoffFrom,
    HandoffTo,
    Arguments,
    Result,
    Input,
    Output,
    Total,
    PlainInput,
    CacheRead,
    CacheWrite,
    CacheWrite1h,
    Reasoning,
    AudioInput,
    AudioOutput,
    ProviderMetadata,
    Cost,
    InputCost,
    OutputCost,
    FinishReason,
    ResponseId,
    FirstTokenSeconds,
    FirstTokenMillis,
    Session,
    User,
    ErrorType,
    ErrorMessage,
    Success,
    /// A word that says how it ended: only words for failure are read.
    Outcome,
    /// Why an agent stopped.
    Ending,
    /// How sure an agent is of a decision.
    Confidence,
    /// A message, or a flag, that something went wrong.
    Failure,
    /// Token counts in one JSON object.
    UsageObject,
    /// Parts of the input in a JSON object of their own.
    InputParts,
    /// Parts of the output in a JSON object of their own.
    OutputParts,
    /// Dollars in one JSON object.
    CostObject,
    Metadata,
    /// `LangChain`'s name of the agent at work.
    LangChainAgent,
    /// Node of a `LangGraph` graph.
    GraphNode,
    /// Class of a pipeline's component.
    Component,
    /// A better name than the span's.
    Title,
    /// How grave it is, as a number.
    Level,
    /// When the first token came, as a time of day.
    FirstTokenTime,
    /// A sentence about how it ended.
    Remark,
    /// Tells a dialect apart and says nothing else.
    Mark,
    /// Any sign that a model was asked or answered.
    CallSign,
    /// Id of one execution within the session.
    Execution,
    /// Trace of the step that asked for this one, where it is another.
    ParentTrace,
    /// Span of the step that asked for this one, in that trace.
    ParentSpan,
}

impl Field {
    /// Number of fields: slots of [`Evidence`].
    pub(super) const COUNT: usize = Self::ParentSpan as usize + 1;

    /// How a value of this field is read, which decides whether it is there at all.
    pub(super) const fn reading(self) -> Reading {
        match self {
            Self::Input
            | Self::Output
            | Self::Total
            | Self::PlainInput
            | Self::CacheRead
            | Self::CacheWrite
            | Self::CacheWrite1h
            | Self::Reasoning
            | Self::AudioInput
            | Self::AudioOutput => Reading::Count,
            Self::Cost | Self::InputCost | Self::OutputCost => Reading::Money,
            Self::Arguments | Self::Result => Reading::Content,
            _ => Reading::Any,
        }
    }
}

/// Classes of values (`dialects.md` 0, rules 2 to 4).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// A token count: 0 is a value, a word or a negative number is none.
    Count,
    /// Dollars.
    Money,
    /// Content: placeholders are absent.
    Content,
    /// Anything but null and the empty string.
    Any,
}

/// `key` spells `field`; of several spellings on one span the lowest rank wins.
pub(super) struct Row {
    pub key: &'static str,
    pub field: Field,
    pub rank: u8,
}

/// A row of a dialect's table.
pub(super) const fn row(key: &'static str, field: Field, rank: u8) -> Row {
    Row { key, field, rank }
}

/// `key`'s value names the kind of step; lower ranks are believed first.
pub(super) struct KindKey {
    pub key: &'static str,
    pub rank: u8,
    pub words: &'static [Word],
}

/// A value of a [`KindKey`] in any case, or `"*"` for every value that has no row above it.
pub(super) struct Word {
    pub word: &'static str,
    pub meaning: Meaning,
}

/// What a kind word says about the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    pub kind: StepKind,
    /// Says little: any other word on the span wins (`dialects.md` 0, rule 5).
    pub vague: bool,
    pub plumbing: bool,
    pub setup: bool,
}

/// What spans are that nothing explains.
pub(super) const OTHER: Meaning =
    Meaning { kind: StepKind::Other, vague: false, plumbing: false, setup: false };

/// A plain word.
pub(super) const fn word(word: &'static str, kind: StepKind) -> Word {
    Word { word, meaning: Meaning { kind, vague: false, plumbing: false, setup: false } }
}

impl Word {
    /// The same, giving way to other words.
    pub(super) const fn vague(mut self) -> Self {
        self.meaning.vague = true;
        self
    }

    /// The same, for steps that are folded away.
    pub(super) const fn plumbing(mut self) -> Self {
        self.meaning.plumbing = true;
        self
    }

    /// The same, for steps that prepare agents and run none.
    pub(super) const fn setup(mut self) -> Self {
        self.meaning.setup = true;
        self
    }
}

/// A span's whole name that says what the span is where no attribute does.
pub(super) struct Name {
    pub text: &'static str,
    /// What the instrumentation scope's name begins with: plain words mean something in one library alone.
    pub scope: &'static str,
    pub meaning: Meaning,
}

/// `name` means `kind`, whoever wrote the span.
pub(super) const fn name(name: &'static str, kind: StepKind) -> Name {
    Name { text: name, scope: "", meaning: word(name, kind).meaning }
}

/// Spans of a scope that nothing else explains; the scope's name is compared whole.
pub(super) const fn any_name(kind: StepKind) -> Name {
    name(ANY, kind)
}

const ANY: &str = "*";

impl Name {
    /// The same, from scopes beginning with `scope` alone.
    pub(super) const fn of(mut self, scope: &'static str) -> Self {
        self.scope = scope;
        self
    }

    /// The same, for steps that are folded away.
    pub(super) const fn plumbing(mut self) -> Self {
        self.meaning.plumbing = true;
        self
    }

    /// The same, for steps that prepare agents and run none.
    pub(super) const fn setup(mut self) -> Self {
        self.meaning.setup = true;
        self
    }
}

/// An attribute that holds content; a key ending in `.` stands for all keys that go on with a digit.
pub(super) struct Holds {
    pub key: &'static str,
    pub side: Side,
}

/// `key` holds what went in.
pub(super) const fn takes(key: &'static str) -> Holds {
    Holds { key, side: Side::Input }
}

/// `key` holds what came out.
pub(super) const fn gives(key: &'static str) -> Holds {
    Holds { key, side: Side::Output }
}

/// What one attribute key says, in one dialect.
pub(super) struct Entry {
    /// Index into [`DIALECTS`].
    pub dialect: u8,
    pub rank: u8,
    pub says: Says,
}

/// See [`Entry`].
#[derive(Clone, Copy)]
pub(super) enum Says {
    Field(Field),
    Kind(&'static [Word]),
}

static INDEX: LazyLock<FxHashMap<&'static str, Vec<Entry>>> = LazyLock::new(|| {
    let mut index: FxHashMap<&'static str, Vec<Entry>> = FxHashMap::default();
    for (dialect, table) in (0u8..).zip(DIALECTS) {
        for row in table.rows {
            let entry = Entry { dialect, rank: row.rank, says: Says::Field(row.field) };
            index.entry(row.key).or_default().push(entry);
        }
        for kind in table.kinds {
            let entry = Entry { dialect, rank: kind.rank, says: Says::Kind(kind.words) };
            index.entry(kind.key).or_default().push(entry);
        }
    }
    index
});

/// Everything `key` may say; empty for keys no dialect knows.
pub(super) fn entries(key: &str) -> &'static [Entry] {
    INDEX.get(key).map_or(&[], Vec::as_slice)
}

static NAMES: LazyLock<FxHashMap<&'static str, &'static Name>> =
    LazyLock::new(|| DIALECTS.iter().flat_map(|d| d.names).map(|name| (name.text, name)).collect());

static SCOPES: LazyLock<FxHashMap<&'static str, Meaning>> = LazyLock::new(|| {
    let whole = DIALECTS.iter().flat_map(|d| d.names).filter(|name| name.text == ANY);
    whole.map(|name| (name.scope, name.meaning)).collect()
});

/// What the spans of `scope` are that nothing else explains.
pub(super) fn meaning_of_scope(scope: &str) -> Option<Meaning> {
    SCOPES.get(scope).copied()
}

/// What a span of this name and scope is, if the name alone says it.
pub(super) fn meaning_of_name(name: &str, scope: &str) -> Option<Meaning> {
    NAMES.get(name).filter(|known| scope.starts_with(known.scope)).map(|known| known.meaning)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_spellings_of_a_field_share_a_rank() {
        let mut ranks = HashSet::new();
        let mut keys = HashSet::new();
        for row in DIALECTS.iter().flat_map(|d| d.rows) {
            assert!(
                ranks.insert((row.field, row.rank)),
                "{:?} rank {} twice: {}",
                row.field,
                row.rank,
                row.key
            );
            assert!(keys.insert((row.field, row.key)), "{:?} {} twice", row.field, row.key);
        }
    }

    #[test]
    fn no_two_kind_keys_share_a_rank() {
        let mut ranks = HashSet::new();
        for kind in DIALECTS.iter().flat_map(|d| d.kinds) {
            assert!(ranks.insert(kind.rank), "rank {} twice: {}", kind.rank, kind.key);
            assert!(kind.rank < 100, "{} ranks among the vague", kind.key);
        }
    }

    #[test]
    fn no_name_means_two_things() {
        let mut names = HashSet::new();
        for name in DIALECTS.iter().flat_map(|d| d.names) {
            let scope = if name.text == ANY { name.scope } else { "" };
            assert!(names.insert((name.text, scope)), "{} twice", name.text);
        }
    }

    #[test]
    fn words_after_a_wildcard_would_never_be_read() {
        for kind in DIALECTS.iter().flat_map(|d| d.kinds) {
            let wild = kind.words.iter().position(|w| w.word == "*");
            assert!(wild.is_none_or(|at| at + 1 == kind.words.len()), "{}", kind.key);
        }
    }
}
