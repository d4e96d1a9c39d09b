//! What a step saw and said, as plain texts and digests: read by whoever asks for the comparison, only around the fork.

use crate::model::Role;

/// A text and what makes it the same as another (white space, times and ids left out).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// Equal digests, equal meaning.
    pub digest: u64,
    /// The text itself.
    pub text: String,
}

/// A call that a model's answer asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// Tool.
    pub name: String,
    /// Arguments in their normal form and as they came.
    pub arguments: Text,
}

/// A message that a model call was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Whose it is; results of tools are the tools', whatever message they came in.
    pub role: Role,
    /// What it says.
    pub text: Text,
}

impl Said {
    /// Whether it is input from outside: not a model's own earlier words.
    pub fn is_asked(&self) -> bool {
        self.role != Role::Assistant
    }

    pub(super) const fn digest(&self) -> u64 {
        self.text.digest
    }
}

/// What was captured of one step; all empty where nothing was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Whether what went into the model was captured.
    pub has_input: bool,
    /// System prompt.
    pub system: Option<Text>,
    /// Tools on offer, with their schemas; `None` where not told.
    pub tools: Option<Text>,
    /// Request settings that bear on the answer, by name.
    pub settings: Vec<(String, String)>,
    /// What the model was given, oldest first; system prompts stand apart.
    pub messages: Vec<Said>,
    /// What the model said.
    pub said: Option<String>,
    /// What the model asked for.
    pub requests: Vec<Request>,
    /// Arguments of a tool call.
    pub arguments: Option<String>,
    /// Its result.
    pub result: Option<String>,
}
