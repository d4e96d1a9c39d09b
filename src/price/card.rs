//! Unit prices of one model at one time: a card per tier of input size.
//!
//! The price list answers whole requests only, so units are read off by asking: a request of nothing but cached
//! tokens, divided by their number, is the price of one. Within a tier prices are linear; where tiers begin is found by
//! halving. Reading a card takes some hundred prices (under a millisecond), once a day and model.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use genai_prices::{Calculator, PriceCalculation, Usage as ListUsage, UsageKey};

use super::resolve::Listed;
use crate::model::{NanoUsd, PerMillion, Rates, TokenKind, UnixNanos};

/// A price is kept in femto-dollars (10⁻¹⁵) for one token: nine decimals of a dollar per million, no float in any sum.
const FEMTO_PER_USD: f64 = 1e15;
const MILLION: u128 = 1_000_000;

/// Input sizes between which tiers are searched; the list's own thresholds (32k to 512k) fall between or on these.
const SIZES: [u64; 12] =
    [1, 16_000, 48_000, 110_000, 150_000, 220_000, 264_000, 400_000, 520_000, 700_000, 2_000_000, 16_000_000];

/// A request of `n` tokens of this kind, and of input alone where the kind is output.
fn probe(kind: TokenKind, input: f64, n: f64) -> ListUsage {
    let mut usage = ListUsage::from([(UsageKey::INPUT_TOKENS, input)]);
    let keys: &[UsageKey] = match kind {
        TokenKind::Input => &[],
        TokenKind::CacheRead => &[UsageKey::CACHE_READ_TOKENS],
        TokenKind::CacheWrite => &[UsageKey::CACHE_WRITE_TOKENS],
        TokenKind::CacheWrite1h => &[UsageKey::CACHE_WRITE_TOKENS, UsageKey::CACHE_WRITE_1H_TOKENS],
        TokenKind::AudioInput => &[UsageKey::INPUT_AUDIO_TOKENS],
        TokenKind::Output => &[UsageKey::OUTPUT_TOKENS],
        TokenKind::Reasoning => &[UsageKey::OUTPUT_TOKENS, UsageKey::OUTPUT_REASONING_TOKENS],
        TokenKind::AudioOutput => &[UsageKey::OUTPUT_TOKENS, UsageKey::OUTPUT_AUDIO_TOKENS],
    };
    for key in keys {
        usage.insert(key.clone(), n);
    }
    usage
}

/// Prices of one tier.
#[derive(Clone, Debug, PartialEq)]
struct Tier {
    /// The tier holds for requests with more input than this.
    above: u64,
    rates: Arc<Rates>,
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
    /// Most tokens that the model takes in at once, as the list has it.
    pub context_window: Option<u64>,
    /// The user's factor on list prices, in parts of a million.
    pub discount: Option<u32>,
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
        let has_price = |tier: &Tier| {
            tier.rates.request.0 > 0 || tier.rates.units.iter().any(|price| price.is_some_and(|p| p > 0))
        };
        let named = list.ask(&probe(TokenKind::Input, 1.0, 1.0))?;
        // an entry without any token price stands for a model billed by the hour, the page or a subscription
        tiers.iter().any(has_price).then(|| Self {
            context_window: context_window(calculator, &named),
            provider: named.provider_id,
            model: named.model_id,
            tiers,
            discount: None,
        })
    }

    /// This card with the user's factor on every price.
    #[must_use]
    pub(super) fn discounted(mut self, parts_of_a_million: u32) -> Self {
        let reduced = |price: u64| {
            let exact = u128::from(price) * u128::from(parts_of_a_million);
            u64::try_from((exact + MILLION / 2) / MILLION).unwrap_or(u64::MAX)
        };
        for Tier { rates, .. } in &mut self.tiers {
            let units = rates.units.map(|price| price.map(reduced));
            let request = reduced(rates.request.0.unsigned_abs());
            *rates = Arc::new(Rates { units, request: NanoUsd(request.try_into().unwrap_or(i64::MAX)) });
        }
        self.discount = Some(parts_of_a_million);
        self
    }

    /// Prices that change within a day show here.
    pub(super) fn signature(calculator: &Calculator, listed: &Listed, at: UnixNanos) -> [Option<u64>; 2] {
        List { calculator, listed, at }.signature(1_000)
    }

    /// The prices for a request with this much input, and the threshold that it passed if there is one.
    pub(super) fn rates(&self, input: u64) -> (Option<u64>, Option<&Arc<Rates>>) {
        let tier = self.tiers.iter().rev().find(|tier| input > tier.above || tier.above == 0);
        (tier.map(|tier| tier.above).filter(|&above| above > 0), tier.map(|tier| &tier.rates))
    }
}

fn context_window(calculator: &Calculator, named: &PriceCalculation) -> Option<u64> {
    let provider = calculator.providers().find(|provider| provider.id() == named.provider_id)?;
    provider.models().find(|model| model.id() == named.model_id)?.context_window()
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

    /// Price of a token of `kind` in a request with `input` tokens of input.
    fn unit(&self, kind: TokenKind, input: u64) -> Option<PerMillion> {
        // output does not choose the tier: a million of it gives the most digits
        let n = if kind.is_output() { 1e6 } else { input as f64 };
        let price = self.ask(&probe(kind, input as f64, n))?;
        femto(if kind.is_output() { price.output_price } else { price.input_price } / n)
    }

    /// What changes from tier to tier.
    fn signature(&self, input: u64) -> [Option<PerMillion>; 2] {
        [TokenKind::Input, TokenKind::Output].map(|kind| self.unit(kind, input))
    }

    /// Adds every threshold between two sizes: the largest size that still has the lower price.
    fn find_tiers(
        &self,
        low: (u64, [Option<PerMillion>; 2]),
        high: (u64, [Option<PerMillion>; 2]),
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
        let request = self.ask(&probe(TokenKind::Input, until as f64, 0.0));
        let fixed = request.map_or(0.0, |p| p.total_price - p.input_price - p.output_price);
        let units = TokenKind::ALL.map(|kind| self.unit(kind, until));
        let request = NanoUsd::from_usd(fixed).unwrap_or_default();
        Tier { above, rates: Arc::new(Rates { units, request }) }
    }
}

fn femto(usd: f64) -> Option<PerMillion> {
    let femto = (usd * FEMTO_PER_USD).round();
    // 2^63 femto-dollars a token would be $9 000: no such price
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was just checked")]
    (0.0..9.2e18).contains(&femto).then_some(femto as u64)
}
