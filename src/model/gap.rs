//! What telemetry can lack, in one table.

/// Something a client's telemetry lacks, or says in a way that hides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Gap {
    /// Model calls tell nothing of what was asked.
    Prompts,
    /// Answered model calls tell nothing of the answer.
    Answers,
    /// Tool calls tell no arguments.
    Arguments,
    /// Tool calls that went well tell no result.
    Results,
    /// Something stands where content was taken out.
    Redacted,
    /// Answered model calls tell no tokens: mostly those that were streamed.
    Tokens,
    /// Model calls tell no model.
    Model,
    /// Tokens and model are told, and nobody knows the price.
    Price,
    /// The sender dropped attributes, or stands at the limit of its SDK.
    Attributes,
    /// The sender dropped span events.
    Events,
    /// Many texts end at one length: a limit of the SDK.
    Lengths,
    /// The client itself shortens long texts, and says so.
    Shortened,
    /// JSON breaks off in the middle.
    Json,
    /// No step of the service names a session.
    Session,
    /// Spans name parents that are not in the file.
    Parents,
    /// Spans end before they start, or never start.
    Clock,
}

/// What a gap is counted among.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Among {
    /// Model calls.
    ModelCalls,
    /// Tool calls.
    ToolCalls,
    /// Spans and log records of any kind.
    Records,
    /// Runs.
    Runs,
}

impl Gap {
    /// Every gap, in the order in which they are told.
    pub const ALL: [Self; 16] = [
        Self::Prompts,
        Self::Answers,
        Self::Arguments,
        Self::Results,
        Self::Redacted,
        Self::Tokens,
        Self::Model,
        Self::Price,
        Self::Attributes,
        Self::Events,
        Self::Lengths,
        Self::Shortened,
        Self::Json,
        Self::Session,
        Self::Parents,
        Self::Clock,
    ];

    /// The word that scripts see, what it means to people, and what it is counted among.
    const fn row(self) -> (&'static str, &'static str, Among) {
        match self {
            Self::Prompts => ("prompts", "no prompts", Among::ModelCalls),
            Self::Answers => ("answers", "no answers", Among::ModelCalls),
            Self::Arguments => ("arguments", "no tool arguments", Among::ToolCalls),
            Self::Results => ("results", "no tool results", Among::ToolCalls),
            Self::Redacted => ("redacted", "content redacted", Among::Records),
            Self::Tokens => ("tokens", "no token counts", Among::ModelCalls),
            Self::Model => ("model", "no model name", Among::ModelCalls),
            Self::Price => ("price", "no known price", Among::ModelCalls),
            Self::Attributes => ("attributes", "attributes dropped", Among::Records),
            Self::Events => ("events", "span events dropped", Among::Records),
            Self::Lengths => ("lengths", "texts cut", Among::Records),
            Self::Shortened => ("shortened", "texts shortened by the client", Among::Records),
            Self::Json => ("json", "JSON that breaks off", Among::Records),
            Self::Session => ("session", "no session id", Among::Runs),
            Self::Parents => ("parents", "parents that never came", Among::Records),
            Self::Clock => ("clock", "ends before it starts", Among::Records),
        }
    }

    /// The word that scripts see.
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// What people see.
    pub const fn title(self) -> &'static str {
        self.row().1
    }

    /// What it is counted among.
    pub const fn among(self) -> Among {
        self.row().2
    }
}

/// A set of gaps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gaps(u16);

impl Gaps {
    /// Puts `gap` in where `is_there`.
    pub const fn add(&mut self, gap: Gap, is_there: bool) {
        self.0 |= (is_there as u16) << gap as u8;
    }

    /// The gaps in it, in order.
    pub fn iter(self) -> impl Iterator<Item = Gap> {
        Gap::ALL.into_iter().filter(move |gap| self.0 & (1 << *gap as u8) != 0)
    }
}

impl FromIterator<Gap> for Gaps {
    fn from_iter<I: IntoIterator<Item = Gap>>(gaps: I) -> Self {
        let mut set = Self::default();
        gaps.into_iter().for_each(|gap| set.add(gap, true));
        set
    }
}

/// What the examination of one record found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examined {
    /// What it lacks.
    pub gaps: Gaps,
    /// What a log record tells that others of its kind may lack, and spans of the same client need not tell again.
    pub told: Gaps,
    /// Length in characters and digest of its longest text, which a limit may have cut; digest 0 where it is whole.
    pub longest: Option<(usize, u64)>,
}
