//! A cost explained: which rule priced a call, and the arithmetic.

use super::{NanoUsd, UnixNanos, Usage};

/// Unit prices: nano-dollars for a million tokens, which is the same number as femto-dollars for one.
pub type PerMillion = u64;

/// Kinds of tokens that may have a price of their own; every token is of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Input that is none of the following.
    Input,
    /// Input read from the provider's cache.
    CacheRead,
    /// Input written to the cache for some minutes.
    CacheWrite,
    /// Input written to the cache for an hour.
    CacheWrite1h,
    /// Input that is audio.
    AudioInput,
    /// Output that is none of the following.
    Output,
    /// Output spent on reasoning.
    Reasoning,
    /// Output that is audio.
    AudioOutput,
}

impl TokenKind {
    /// Every kind, in the order people read them.
    pub const ALL: [Self; 8] = [
        Self::Input,
        Self::CacheRead,
        Self::CacheWrite,
        Self::CacheWrite1h,
        Self::AudioInput,
        Self::Output,
        Self::Reasoning,
        Self::AudioOutput,
    ];

    /// The word people and scripts see.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::CacheRead => "cache read",
            Self::CacheWrite => "cache write",
            Self::CacheWrite1h => "cache write 1 h",
            Self::AudioInput => "audio input",
            Self::Output => "output",
            Self::Reasoning => "reasoning",
            Self::AudioOutput => "audio output",
        }
    }

    /// Whether the model made it.
    pub const fn is_output(self) -> bool {
        matches!(self, Self::Output | Self::Reasoning | Self::AudioOutput)
    }
}

/// What one call's tokens cost each, and the call itself: enough to price the call again when another report of it tells
/// more of its tokens. Tiers depend on the input alone, which all reports of a call agree on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// In the order of [`TokenKind::ALL`]; `None` where the price list cannot tell.
    pub units: [Option<PerMillion>; 8],
    /// For the request, whatever its tokens.
    pub request: NanoUsd,
}

impl Rates {
    /// What `usage` costs, rounded once; `None` where a needed count or price is unknown or counts contradict each other.
    pub fn cost(&self, usage: &Usage) -> Option<NanoUsd> {
        let mut femto = 0_u128;
        for (count, price) in usage.by_kind()?.into_iter().zip(self.units) {
            if count > 0 {
                femto += u128::from(count) * u128::from(price?);
            }
        }
        Some(NanoUsd(nano(femto).0.saturating_add(self.request.0)))
    }

    /// The arithmetic behind [`Self::cost`], the kinds that are there.
    pub fn parts(&self, usage: &Usage) -> Vec<PartCost> {
        let counts = usage.by_kind().unwrap_or_default();
        let all = TokenKind::ALL.into_iter().zip(counts).zip(self.units);
        let part = |((kind, tokens), price): ((TokenKind, u64), Option<PerMillion>)| {
            let per_million = price.filter(|_| tokens > 0)?;
            let amount = nano(u128::from(tokens) * u128::from(per_million));
            Some(PartCost { kind, tokens, per_million, amount })
        };
        all.filter_map(part).collect()
    }
}

fn nano(femto: u128) -> NanoUsd {
    const FEMTO_PER_NANO: u128 = 1_000_000;
    let nano = femto.saturating_add(FEMTO_PER_NANO / 2) / FEMTO_PER_NANO;
    NanoUsd(i64::try_from(nano).unwrap_or(i64::MAX))
}

/// One kind of tokens of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartCost {
    /// Which tokens.
    pub kind: TokenKind,
    /// How many, not counted in any other part.
    pub tokens: u64,
    /// Price of a million of them.
    pub per_million: PerMillion,
    /// Tokens times price.
    pub amount: NanoUsd,
}

/// The rule behind a computed price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Basis {
    /// List price of this model of this provider, as the price list calls them.
    List {
        /// The price list, with its version.
        list: String,
        /// Provider.
        provider: String,
        /// Model.
        model: String,
        /// The user's factor on this provider's list prices, in parts of a million.
        discount: Option<u32>,
    },
    /// The user's own price.
    Override {
        /// The pattern of model names that it is for.
        model: String,
        /// Where it is written.
        place: String,
    },
    /// The provider runs on the user's own machine.
    Local,
    /// A router's free variant.
    Free,
    /// No price, and why.
    Unknown(&'static str),
}

impl Basis {
    /// The word for scripts.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::List { .. } => "list",
            Self::Override { .. } => "override",
            Self::Local => "local",
            Self::Free => "free",
            Self::Unknown(_) => "unknown",
        }
    }
}

/// The cost of one call, explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The rule that prices it.
    pub basis: Basis,
    /// Provider as the telemetry spells it.
    pub provider: Option<String>,
    /// Models as the telemetry spells them: the one that answered, then the one asked for if it differs.
    pub models: Vec<String>,
    /// What the user's aliases put in the place of the model, as provider and model.
    pub alias: Option<String>,
    /// Service tier that answered.
    pub service_tier: Option<String>,
    /// The prices are those for requests with more input than this.
    pub tier_above: Option<u64>,
    /// The prices are those of this time.
    pub at: UnixNanos,
    /// Tokens.
    pub usage: Usage,
    /// What the client reported; wins over what was computed.
    pub reported: Option<NanoUsd>,
    /// What the tokens cost by `basis`; `None` where that is unknown.
    pub computed: Option<NanoUsd>,
    /// The arithmetic behind `computed`.
    pub parts: Vec<PartCost>,
    /// What the request cost beside its tokens; a part of `computed`.
    pub request: NanoUsd,
    /// Why `computed` is unknown.
    pub why_unknown: Option<&'static str>,
    /// What stands between `computed` and certainty, in words.
    pub doubts: Vec<&'static str>,
}

impl Explanation {
    /// The cost that counts.
    pub fn cost(&self) -> Option<NanoUsd> {
        self.reported.or(self.computed)
    }

    /// What was computed, where the client reported something that differs by more than a hundredth
    /// (`dialects.md` 0.9).
    pub fn disagreement(&self) -> Option<NanoUsd> {
        let (reported, computed) = (self.reported?, self.computed?);
        let apart = reported.0.abs_diff(computed.0);
        (apart.saturating_mul(100) > reported.0.max(computed.0).unsigned_abs()).then_some(computed)
    }
}
