//! Content of one step, read on demand: what was asked, what was answered, what a tool got and gave.

/// Who speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Instructions.
    System,
    /// A person.
    User,
    /// The model.
    Assistant,
    /// A tool's answer.
    Tool,
    /// Any other word the telemetry uses.
    Other(String),
}

impl Role {
    /// The role with this word, in any case.
    pub fn from_name(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "system" | "developer" => Self::System,
            "user" | "human" => Self::User,
            "assistant" | "ai" | "model" => Self::Assistant,
            "tool" | "function" => Self::Tool,
            _ => Self::Other(name.to_owned()),
        }
    }

    /// The word people see.
    pub fn name(&self) -> &str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
            Self::Other(name) => name,
        }
    }
}

/// One part of a message (`dialects.md` 1.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Plain text.
    Text(String),
    /// The model's thoughts.
    Reasoning(String),
    /// The model asks for a tool; arguments as JSON text where they parse, else as they came.
    ToolCall {
        /// Ties the call to its result.
        id: Option<String>,
        /// Tool.
        name: String,
        /// Arguments.
        arguments: String,
    },
    /// A tool's result comes back; JSON text where it parses.
    ToolResult {
        /// Ties the result to its call.
        id: Option<String>,
        /// Result.
        result: String,
    },
    /// Binary or remote content: shown as a stub.
    Media {
        /// MIME type or modality.
        kind: String,
        /// Size in bytes of the encoded data, if it is there.
        size: Option<u64>,
        /// Where it lies, if it is remote.
        uri: Option<String>,
    },
    /// Anything else, as JSON text.
    Other(String),
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// Name of the speaker, if given.
    pub name: Option<String>,
    /// What is said.
    pub parts: Vec<Part>,
    /// Why the model stopped, on output messages that say so.
    pub finish_reason: Option<String>,
}

/// A retrieved or reranked document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// Id, if given.
    pub id: Option<String>,
    /// Score, if given.
    pub score: Option<f64>,
    /// Text.
    pub content: String,
    /// Metadata as JSON text, if given.
    pub metadata: Option<String>,
}

/// What tells a step from its neighbours, as it was captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gist {
    /// A tool's arguments, what a model said, what was looked for: JSON text where it is JSON.
    Text(String),
    /// Tools that a model asked for without a word, in order; never none.
    Calls(Vec<String>),
}

/// What one step saw and said, as far as it was captured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Content {
    /// System instructions that are not among `input`.
    pub system: Vec<Part>,
    /// Messages that went in, oldest first.
    pub input: Vec<Message>,
    /// Messages that came out.
    pub output: Vec<Message>,
    /// Tool arguments or generic input, JSON text where it parses.
    pub arguments: Option<String>,
    /// Tool result or generic output, JSON text where it parses.
    pub result: Option<String>,
    /// Documents of a retrieval or rerank.
    pub documents: Vec<Document>,
}

impl Content {
    /// Ids of the tool calls that were answered, in order.
    pub fn calls(&self) -> impl Iterator<Item = Option<&str>> {
        let parts = self.output.iter().flat_map(|message| &message.parts);
        parts.filter_map(|part| match part {
            Part::ToolCall { id, .. } => Some(id.as_deref()),
            _ => None,
        })
    }

    /// Whether nothing was captured.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
