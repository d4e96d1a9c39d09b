//! Unit prices of one model at one time: a card per tier of input size.
//!
//! The price list answers whole requests only, so units are read off by asking: a request of nothing but cached
//! tokens, divided by their number, is the price of one. Within a tier prices are linear; where tiers begin is found by
//! halving. Reading a card takes some hundred prices (under a millisecond), once a day and model.

use std::time::{Duration, UNIX_EPOCH};

use genai_prices::{Calculator, PriceCalculation, Usage as ListUsage, UsageKey};

use super::explain::PartCost;
use super::resolve::Listed;
use crate::model::{NanoUsd, UnixNanos, Usage};

/// Femto-dollars (10⁻¹⁵) for one token: nine decimals of a dollar per million tokens, and no float in any sum.
type Femto = u64;

const FEMTO_PER_USD: f64 = 1e15;
const FEMTO_PER_NANO: u128 = 1_000_000;

/// Input sizes between which tiers are searched; the list's own thresholds (32k to 512k) fall between or on these.
const SIZES: [u64; 12] =
    [1, 16_000, 48_000, 110_000, 150_000, 220_000, 264_000, 400_000, 520_000, 700_000, 2_000_000, 16_000_000];

/// Kinds of tokens that may have a price of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Input,
    CacheRead,
    CacheWrite,
    CacheWrite1h,
    AudioInput,
    Output,
    Reasoning,
    AudioOutput,
}

impl Unit {
    const ALL: [Self; 8] = [
        Self::Input,
        Self::CacheRead,
        Self::CacheWrite,
        Self::CacheWrite1h,
        Self::AudioInput,
        Self::Output,
        Self::Reasoning,
        Self::AudioOutput,
    ];

    /// The word people see.
    pub(super) const fn name(self) -> &'static str {
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

    /// A request of `n` tokens of this unit, and of input alone where the unit is output.
    fn probe(self, input: f64, n: f64) -> ListUsage {
        let mut usage = ListUsage::from([(UsageKey::INPUT_TOKENS, input)]);
        let keys: &[UsageKey] = match self {
            Self::Input => &[],
            Self::CacheRead => &[UsageKey::CACHE_READ_TOKENS],
            Self::CacheWrite => &[UsageKey::CACHE_WRITE_TOKENS],
            Self::CacheWrite1h => &[UsageKey::CACHE_WRITE_TOKENS, UsageKey::CACHE_WRITE_1H_TOKENS],
            Self::AudioInput => &[UsageKey::INPUT_AUDIO_TOKENS],
            Self::Output => &[UsageKey::OUTPUT_TOKENS],
            Self::Reasoning => &[UsageKey::OUTPUT_TOKENS, UsageKey::OUTPUT_REASONING_TOKENS],
            Self::AudioOutput => &[UsageKey::OUTPUT_TOKENS, UsageKey::OUTPUT_AUDIO_TOKENS],
        };
        for key in keys {
            usage.insert(key.clone(), n);
        }
        usage
    }

    const fn is_output(self) -> bool {
        matches!(self, Self::Output | Self::Reasoning | Self::AudioOutput)
    }
}

/// Prices of one tier.
#[derive(Clone, Debug, PartialEq)]
struct Tier {
    /// The tier holds for requests with more input than this.
    above: u64,
    /// Per token, in the order of [`Unit::ALL`]; `None` where the list cannot tell.
    units: [Option<Femto>; 8],
    /// Per request.
    request: NanoUsd,
}

/// Unit prices of one model at one time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Card {
    /// Provider as the list calls it.
    pub provider: String,
    /// Model as the list calls it.
    pub model: String,
    /// By rising threshold; the first is above nothing.
    tiers: Vec<Tier>,
}

/// What each kind of token of one call costs.
pub(super) struct Amounts {
    parts: [Option<(u64, Femto)>; 8],
    request: NanoUsd,
}

impl Card {
    /// Reads the card of `listed` at `at`; `None` where the list prices it by something else than tokens.
    pub(super) fn read(calculator: &Calculator, listed: &Listed, at: UnixNanos) -> Option<Self> {
        let list = List { calculator, listed, at };
        let mut thresholds = vec![0];
        for pair in SIZES.windows(2) {
            list.find_tiers(
                (pair[0], list.signature(pair[0])),
                (pair[1], list.signature(pair[1])),
                &mut thresholds,
            );
        }
        let ends = thresholds.iter().skip(1).copied().chain([SIZES[SIZES.len() - 1]]);
        let tiers: Vec<Tier> =
            thresholds.iter().zip(ends).map(|(&above, until)| list.tier(above, until)).collect();
        let has_price =
            |tier: &Tier| tier.request.0 > 0 || tier.units.iter().any(|price| price.is_some_and(|p| p > 0));
        let named = list.ask(&Unit::Input.probe(1.0, 1.0))?;
        // an entry without any token price stands for a model billed by the hour, the page or a subscription
        tiers.iter().any(has_price).then_some(Self {
            provider: named.provider_id,
            model: named.model_id,
            tiers,
        })
    }

    /// Prices that change within a day show here.
    pub(super) fn signature(calculator: &Calculator, listed: &Listed, at: UnixNanos) -> [Option<Femto>; 2] {
        List { calculator, listed, at }.signature(1_000)
    }

    /// What `usage` costs, part by part; `None` where a needed count or price is unknown or the counts contradict each
    /// other.
    pub(super) fn amounts(&self, usage: &Usage) -> Option<Amounts> {
        let input = usage.input?;
        let tier = self.tiers.iter().rev().find(|tier| input > tier.above || tier.above == 0)?;
        let counts = disjoint(usage)?;
        let mut parts = [None; 8];
        for ((part, count), price) in parts.iter_mut().zip(counts).zip(tier.units) {
            if count > 0 {
                *part = Some((count, price?));
            }
        }
        Some(Amounts { parts, request: tier.request })
    }
}

/// Tokens by unit, none counted twice.
fn disjoint(usage: &Usage) -> Option<[u64; 8]> {
    let (input, output) = (usage.input?, usage.output?);
    let read = usage.cache_read.unwrap_or(0);
    let written = usage.cache_write.unwrap_or(0);
    let hour = usage.cache_write_1h.unwrap_or(0).min(written);
    let (audio_in, audio_out) = (usage.audio_input.unwrap_or(0), usage.audio_output.unwrap_or(0));
    let plain_in = input.checked_sub(read)?.checked_sub(written)?.checked_sub(audio_in)?;
    let spoken = output.checked_sub(audio_out)?;
    let reasoning = usage.reasoning.unwrap_or(0).min(spoken);
    Some([plain_in, read, written - hour, hour, audio_in, spoken - reasoning, reasoning, audio_out])
}

impl Amounts {
    /// The sum, rounded once.
    pub(super) fn total(&self) -> NanoUsd {
        let femto =
            self.parts.iter().flatten().map(|&(count, price)| u128::from(count) * u128::from(price)).sum();
        NanoUsd(nano(femto).0.saturating_add(self.request.0))
    }

    /// The parts that are there, for people.
    pub(super) fn parts(&self) -> Vec<PartCost> {
        let part = |(unit, part): (Unit, Option<(u64, Femto)>)| {
            let (tokens, price) = part?;
            let amount = nano(u128::from(tokens) * u128::from(price));
            Some(PartCost { name: unit.name(), tokens, usd_per_million: price as f64 / 1e9, amount })
        };
        Unit::ALL.into_iter().zip(self.parts).filter_map(part).collect()
    }
}

fn nano(femto: u128) -> NanoUsd {
    let nano = femto.saturating_add(FEMTO_PER_NANO / 2) / FEMTO_PER_NANO;
    NanoUsd(i64::try_from(nano).unwrap_or(i64::MAX))
}

/// The price list, asked about one model at one time.
struct List<'a> {
    calculator: &'a Calculator,
    listed: &'a Listed,
    at: UnixNanos,
}

impl List<'_> {
    fn ask(&self, usage: &ListUsage) -> Option<PriceCalculation> {
        let at = UNIX_EPOCH + Duration::from_nanos(self.at);
        self.calculator.calculate(&self.listed.request(usage).with_timestamp(at)).ok()
    }

    /// Price of one token of `unit` in a request with `input` tokens of input.
    fn unit(&self, unit: Unit, input: u64) -> Option<Femto> {
        // output does not choose the tier: a million of it gives the most digits
        let n = if unit.is_output() { 1e6 } else { input as f64 };
        let price = self.ask(&unit.probe(input as f64, n))?;
        femto(if unit.is_output() { price.output_price } else { price.input_price } / n)
    }

    /// What changes from tier to tier.
    fn signature(&self, input: u64) -> [Option<Femto>; 2] {
        [Unit::Input, Unit::Output].map(|unit| self.unit(unit, input))
    }

    /// Adds every threshold between two sizes: the largest size that still has the lower price.
    fn find_tiers(
        &self,
        low: (u64, [Option<Femto>; 2]),
        high: (u64, [Option<Femto>; 2]),
        thresholds: &mut Vec<u64>,
    ) {
        if low.1 == high.1 {
            return;
        }
        if high.0 - low.0 == 1 {
            thresholds.push(low.0);
            return;
        }
        let size = low.0.midpoint(high.0);
        let middle = (size, self.signature(size));
        self.find_tiers(low, middle, thresholds);
        self.find_tiers(middle, high, thresholds);
    }

    /// Prices of the tier that ends at `until`, asked for at its largest size.
    fn tier(&self, above: u64, until: u64) -> Tier {
        let request = self.ask(&Unit::Input.probe(until as f64, 0.0));
        let fixed = request.map_or(0.0, |p| p.total_price - p.input_price - p.output_price);
        Tier {
            above,
            units: Unit::ALL.map(|unit| self.unit(unit, until)),
            request: NanoUsd::from_usd(fixed).unwrap_or_default(),
        }
    }
}

fn femto(usd: f64) -> Option<Femto> {
    let femto = (usd * FEMTO_PER_USD).round();
    // 2^63 femto-dollars a token would be $9 000: no such price
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was just checked")]
    (0.0..9.2e18).contains(&femto).then_some(femto as u64)
}
