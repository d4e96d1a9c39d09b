//! Signs of trouble on a step whose status does not tell of it.

use serde::{Deserialize, Serialize};

/// What is odd about a step. Texts are one line each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Oddities {
    /// The client's word for an agent that stopped because its rounds were used up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exhausted: Option<String>,
    /// What the model said when it declined to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// What a tool's result says went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// Beginning of arguments that are meant to be JSON and are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unparsable: Option<String>,
    /// A model answered, and said nothing at all.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub empty: bool,
    /// How sure the agent was of a decision, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
}

impl Oddities {
    /// Whether nothing is odd.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// These, with what only `other` tells of the same step.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            exhausted: self.exhausted.or(other.exhausted),
            refusal: self.refusal.or(other.refusal),
            failure: self.failure.or(other.failure),
            unparsable: self.unparsable.or(other.unparsable),
            empty: self.empty || other.empty,
            confidence: self.confidence.or(other.confidence),
        }
    }
}
