//! Tokens of one model call, and sums of them that know what they lack.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// Tokens of one model call; `None` is unknown, never zero.
///
/// `input` is all input, cached tokens included, whatever the dialect's own habit; `cache_read` and `cache_write`
/// are parts of it. `output` is all output; `reasoning` is a part of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// All input tokens.
    pub input: Option<u64>,
    /// All output tokens.
    pub output: Option<u64>,
    /// Part of `input` read from the provider's cache.
    pub cache_read: Option<u64>,
    /// Part of `input` written to the provider's cache, any lifetime.
    pub cache_write: Option<u64>,
    /// Part of `cache_write` kept for an hour.
    pub cache_write_1h: Option<u64>,
    /// Part of `output` spent on reasoning.
    pub reasoning: Option<u64>,
    /// Part of `input` that is audio.
    pub audio_input: Option<u64>,
    /// Part of `output` that is audio.
    pub audio_output: Option<u64>,
    /// The source does not tell whether `input` held the cached tokens (`dialects.md` 0.2, heuristic 4).
    pub ambiguous_cache: bool,
}

impl Usage {
    /// Nothing is known.
    const NONE: Self = Self {
        input: None,
        output: None,
        cache_read: None,
        cache_write: None,
        cache_write_1h: None,
        reasoning: None,
        audio_input: None,
        audio_output: None,
        ambiguous_cache: false,
    };

    /// Whether the source gave any count: this is what makes a call's usage count.
    pub const fn is_known(&self) -> bool {
        self.input.is_some() || self.output.is_some()
    }

    /// These tokens, with details that another report of the same call knows and this one does not.
    #[must_use]
    pub fn with_details_of(self, other: &Self) -> Self {
        let same_call = self.is_known() && (self.input, self.output) == (other.input, other.output);
        if !same_call {
            return self;
        }
        Self {
            cache_read: self.cache_read.or(other.cache_read),
            cache_write: self.cache_write.or(other.cache_write),
            cache_write_1h: self.cache_write_1h.or(other.cache_write_1h),
            reasoning: self.reasoning.or(other.reasoning),
            audio_input: self.audio_input.or(other.audio_input),
            audio_output: self.audio_output.or(other.audio_output),
            ..self
        }
    }

    /// Tokens in the order of [`TokenKind::ALL`](super::TokenKind::ALL), none counted twice; `None` where input or output
    /// is unknown or a part is larger than its whole.
    pub fn by_kind(&self) -> Option<[u64; 8]> {
        let (input, output) = (self.input?, self.output?);
        let read = self.cache_read.unwrap_or(0);
        let written = self.cache_write.unwrap_or(0);
        let hour = self.cache_write_1h.unwrap_or(0).min(written);
        let (audio_in, audio_out) = (self.audio_input.unwrap_or(0), self.audio_output.unwrap_or(0));
        let plain_in = input.checked_sub(read)?.checked_sub(written)?.checked_sub(audio_in)?;
        let spoken = output.checked_sub(audio_out)?;
        let reasoning = self.reasoning.unwrap_or(0).min(spoken);
        Some([plain_in, read, written - hour, hour, audio_in, spoken - reasoning, reasoning, audio_out])
    }

    /// Whether every detail that has a price of its own is told, so that no other report can add one.
    pub const fn is_detailed(&self) -> bool {
        self.cache_read.is_some()
            && self.cache_write.is_some()
            && self.cache_write_1h.is_some()
            && self.reasoning.is_some()
            && self.audio_input.is_some()
            && self.audio_output.is_some()
    }

    /// Input and output together; `None` when both are unknown.
    pub fn total(&self) -> Option<u64> {
        self.is_known().then(|| self.input.unwrap_or(0).saturating_add(self.output.unwrap_or(0)))
    }
}

/// A step's usage as steps, rows and books hold it: in eight bytes instead of 136, for most steps tell none, and what one
/// tells is kept once for all who hold it.
#[derive(Clone, Default)]
pub struct SharedUsage(Option<Arc<Usage>>);

impl From<Usage> for SharedUsage {
    fn from(usage: Usage) -> Self {
        Self((usage != Usage::NONE).then(|| Arc::new(usage)))
    }
}

impl SharedUsage {
    /// As [`Usage::with_details_of`]; the same where the other adds nothing.
    #[must_use]
    pub fn with_details_of(self, other: &Usage) -> Self {
        let with = (*self).with_details_of(other);
        if with == *self { self } else { with.into() }
    }
}

impl Deref for SharedUsage {
    type Target = Usage;

    fn deref(&self) -> &Usage {
        static NONE: Usage = Usage::NONE;
        self.0.as_deref().unwrap_or(&NONE)
    }
}

impl DerefMut for SharedUsage {
    /// Its own from then on.
    fn deref_mut(&mut self) -> &mut Usage {
        Arc::make_mut(self.0.get_or_insert_default())
    }
}

impl PartialEq for SharedUsage {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for SharedUsage {}

impl fmt::Debug for SharedUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// Tokens of several calls, each counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenTotals {
    /// All input.
    pub input: u64,
    /// All output.
    pub output: u64,
    /// Part of `input` read from cache.
    pub cache_read: u64,
    /// Part of `input` written to cache.
    pub cache_write: u64,
    /// Part of `output` spent on reasoning.
    pub reasoning: u64,
    /// Calls that gave counts.
    pub known: u64,
    /// Answered calls that gave none: with any, the sums are lower bounds.
    pub unknown: u64,
}

impl TokenTotals {
    /// Input and output together.
    pub const fn total(&self) -> u64 {
        self.input.saturating_add(self.output)
    }

    /// Adds one call.
    pub fn add(&mut self, usage: &Usage) {
        self.apply(usage, u64::saturating_add);
    }

    /// Takes back what [`Self::add`] added.
    pub fn subtract(&mut self, usage: &Usage) {
        self.apply(usage, u64::saturating_sub);
    }

    /// Adds other sums.
    pub fn merge(&mut self, other: &Self) {
        self.input = self.input.saturating_add(other.input);
        self.output = self.output.saturating_add(other.output);
        self.cache_read = self.cache_read.saturating_add(other.cache_read);
        self.cache_write = self.cache_write.saturating_add(other.cache_write);
        self.reasoning = self.reasoning.saturating_add(other.reasoning);
        self.known += other.known;
        self.unknown += other.unknown;
    }

    fn apply(&mut self, usage: &Usage, op: fn(u64, u64) -> u64) {
        if !usage.is_known() {
            self.unknown = op(self.unknown, 1);
            return;
        }
        self.known = op(self.known, 1);
        self.input = op(self.input, usage.input.unwrap_or(0));
        self.output = op(self.output, usage.output.unwrap_or(0));
        self.cache_read = op(self.cache_read, usage.cache_read.unwrap_or(0));
        self.cache_write = op(self.cache_write, usage.cache_write.unwrap_or(0));
        self.reasoning = op(self.reasoning, usage.reasoning.unwrap_or(0));
    }
}
