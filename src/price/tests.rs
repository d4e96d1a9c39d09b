use super::*;
use crate::model::{Basis, NanoUsd, Usage};

/// 2026-11-21, as nanoseconds.
const TODAY: u64 = 1_795_219_200_000_000_000;

fn query(provider: &str, model: &str, usage: Usage) -> PriceQuery {
    let provider = Some(provider.to_owned()).filter(|name| !name.is_empty());
    PriceQuery { provider, response_model: Some(model.to_owned()), usage, at: TODAY, ..PriceQuery::default() }
}

fn tokens(input: u64, output: u64) -> Usage {
    Usage { input: Some(input), output: Some(output), ..Usage::default() }
}

fn cached(input: u64, read: u64, written: u64, output: u64) -> Usage {
    Usage { cache_read: Some(read), cache_write: Some(written), ..tokens(input, output) }
}

fn usd(cost: Option<Cost>) -> Option<f64> {
    cost.map(|cost| cost.amount.usd())
}

#[test]
fn worked_examples_cost_what_they_cost() {
    let prices = Prices::bundled();
    let hour = Usage { cache_write_1h: Some(1_000), ..cached(10_000, 8_000, 1_000, 500) };
    for (provider, model, usage, want) in [
        ("anthropic", "claude-sonnet-4-6", cached(10_000, 8_000, 1_000, 500), 0.01665),
        ("anthropic", "claude-sonnet-4-6", hour, 0.0189),
        ("openai", "gpt-5", cached(10_000, 8_000, 0, 500), 0.0085),
        ("google", "gemini-2.5-pro", cached(250_000, 100_000, 0, 1_000), 0.415),
        ("google", "gemini-2.5-pro", tokens(200_000, 1_000), 0.26),
        ("openai", "text-embedding-3-small", tokens(1_000, 0), 0.00002),
    ] {
        let cost = prices.cost(&query(provider, model, usage));
        assert_eq!(usd(cost), Some(want), "{model} {usage:?}");
        assert_eq!(cost.map(|cost| cost.source), Some(CostSource::Computed));
    }
}

#[test]
fn every_spelling_of_a_model_finds_its_price() {
    let prices = Prices::bundled();
    for (provider, model, input_per_million) in [
        ("anthropic", "claude-sonnet-4-5-20250929", 3.0),
        ("aws.bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", 3.3),
        ("aws.bedrock", "global.anthropic.claude-sonnet-4-5-20250929-v1:0", 3.0),
        (
            "aws.bedrock",
            "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            3.3,
        ),
        ("litellm", "bedrock/anthropic.claude-3-5-sonnet-20241022-v2:0", 3.0),
        ("vertex_ai", "claude-sonnet-4-5@20250929", 3.0),
        ("azure.ai.openai", "gpt-4o", 2.5),
        ("az.ai.openai", "gpt-4o", 2.5),
        ("openrouter", "openai/gpt-5", 1.25),
        ("openrouter", "anthropic/claude-sonnet-4.5", 3.0),
        ("openai", "ft:gpt-4o-mini-2024-07-18:org::abc", 0.3),
        ("openai", "gpt-5.2-20251211", 1.75),
        ("x_ai", "grok-4", 3.0),
        ("gcp.gen_ai", "gemini-2.5-pro", 1.25),
        ("gcp.gemini", "models/gemini-2.5-flash", 0.3),
        ("", "openai/gpt-5", 1.25),
        ("strands-agents", "claude-sonnet-4-6", 3.0),
        ("langchain", "gpt-4o", 2.5),
        ("openai.responses", "gpt-4o", 2.5),
        ("OpenAI", "gpt-4o-2024-08-06", 2.5),
    ] {
        let cost = prices.cost(&query(provider, model, tokens(10_000, 0)));
        assert_eq!(usd(cost), Some(input_per_million / 100.0), "{model} of {provider:?}");
    }
}

#[test]
fn unknown_models_stay_unknown() {
    let prices = Prices::bundled();
    for (provider, model) in [
        ("azure", "my-deployment"),
        ("openai", "gpt-99-ultra"),
        ("anthropic", "gpt-4o"),
        ("", "my-own-model"),
        ("openai", "whisper-1"),
    ] {
        assert_eq!(
            prices.cost(&query(provider, model, tokens(1_000, 1_000))),
            None,
            "{model} of {provider:?}"
        );
    }
    let nameless = PriceQuery { response_model: None, ..query("openai", "", tokens(1, 1)) };
    assert_eq!(prices.explain(&nameless).basis, Basis::Unknown("the call names no model"));
}

#[test]
fn the_model_asked_for_prices_what_answered_under_an_alias() {
    let alias = PriceQuery {
        request_model: Some("gpt-4o".to_owned()),
        ..query("openai", "house-model", tokens(10_000, 0))
    };
    assert_eq!(usd(Prices::bundled().cost(&alias)), Some(0.025));
}

#[test]
fn local_models_and_free_variants_cost_nothing() {
    let prices = Prices::bundled();
    for (provider, model) in [("ollama", "llama3.2"), ("openrouter", "deepseek/deepseek-r1:free")] {
        assert_eq!(usd(prices.cost(&query(provider, model, tokens(1_000, 1_000)))), Some(0.0), "{model}");
    }
}

#[test]
fn what_the_client_reported_wins() {
    let reported = PriceQuery { reported: Some(NanoUsd(7)), ..query("openai", "gpt-4o", tokens(10_000, 0)) };
    let prices = Prices::bundled();
    assert_eq!(prices.cost(&reported), Some(Cost { amount: NanoUsd(7), source: CostSource::Reported }));
    let explanation = prices.explain(&reported);
    assert_eq!((explanation.reported, explanation.computed), (Some(NanoUsd(7)), Some(NanoUsd(25_000_000))));
}

#[test]
fn prices_are_those_of_the_day() {
    // o3 fell from $10/$40 to $2/$8 on 2025-06-10
    const BEFORE: u64 = 1_748_736_000_000_000_000;
    const AFTER: u64 = 1_750_000_000_000_000_000;
    let prices = Prices::bundled();
    for (at, want) in [(BEFORE, 0.05), (AFTER, 0.01)] {
        let dated = PriceQuery { at, ..query("openai", "o3", tokens(1_000, 1_000)) };
        assert_eq!(usd(prices.cost(&dated)), Some(want), "{at}");
    }
}

#[test]
fn prices_by_time_of_day_follow_the_clock() {
    // DeepSeek's off-peak hours of spring 2025: 16:30 to 00:30 UTC
    const NOON: u64 = 1_746_100_800_000_000_000;
    const HOUR: u64 = 3_600_000_000_000;
    let prices = Prices::bundled();
    let at =
        |at| usd(prices.cost(&PriceQuery { at, ..query("deepseek", "deepseek-chat", tokens(1_000_000, 0)) }));
    assert!(at(NOON) > at(NOON + 6 * HOUR), "{:?} {:?}", at(NOON), at(NOON + 6 * HOUR));
    assert_eq!(at(NOON), at(NOON + HOUR));
}

#[test]
fn a_tier_begins_after_its_threshold() {
    let prices = Prices::bundled();
    let input = |n| usd(prices.cost(&query("google", "gemini-2.5-pro", tokens(n, 0))));
    assert_eq!(input(200_000), Some(0.25));
    assert_eq!(input(200_001), Some(0.500_002_5));
}

#[test]
fn the_service_tier_that_answered_counts() {
    let prices = Prices::bundled();
    let tier = |tier: &str| {
        let service_tier = Some(tier.to_owned());
        usd(prices.cost(&PriceQuery { service_tier, ..query("openai", "gpt-5", tokens(10_000, 0)) }))
    };
    assert_eq!(tier("default"), Some(0.0125));
    assert_eq!(tier("auto"), Some(0.0125));
    assert_eq!(tier("flex"), Some(0.00625));
}

#[test]
fn counts_that_contradict_each_other_have_no_price() {
    let prices = Prices::bundled();
    assert_eq!(prices.cost(&query("anthropic", "claude-sonnet-4-6", cached(100, 800, 0, 1))), None);
    let no_output = Usage { output: None, ..tokens(100, 0) };
    assert_eq!(prices.cost(&query("openai", "gpt-4o", no_output)), None);
    assert_eq!(prices.cost(&query("openai", "gpt-4o", Usage::default())), None);
}

#[test]
fn a_price_is_explained_part_by_part() {
    let explained = Prices::bundled().explain(&query(
        "anthropic",
        "claude-sonnet-4-6",
        cached(10_000, 8_000, 1_000, 500),
    ));
    let parts: Vec<_> = explained
        .parts
        .iter()
        .map(|p| (p.kind.name(), p.tokens, p.per_million as f64 / 1e9, p.amount.usd()))
        .collect();
    assert_eq!(
        parts,
        [
            ("input", 1_000, 3.0, 0.003),
            ("cache read", 8_000, 0.3, 0.0024),
            ("cache write", 1_000, 3.75, 0.00375),
            ("output", 500, 15.0, 0.0075),
        ]
    );
    assert_eq!(explained.computed.map(NanoUsd::usd), Some(0.01665));
    let list = Basis::List {
        list: LIST.to_owned(),
        provider: "anthropic".to_owned(),
        model: "claude-sonnet-4-6".to_owned(),
        discount: None,
    };
    assert_eq!(explained.basis, list);
}

#[test]
fn the_price_list_is_named_with_the_version_that_is_built_in() {
    let lock = include_str!("../../Cargo.lock");
    let (_, after) = lock.split_once("name = \"genai-prices\"\nversion = \"").unwrap();
    assert_eq!(LIST.strip_prefix("genai-prices "), after.split('"').next());
}

/// A price of so many dollars for a million tokens of input and output.
fn own(model: &str, input: u64, output: u64) -> Override {
    let rates =
        OwnRates { input: input * 1_000_000_000, output: output * 1_000_000_000, ..OwnRates::default() };
    Override {
        provider: None,
        model: model.to_owned(),
        from: 0,
        rates: rates.into(),
        place: "config.toml:1".to_owned(),
    }
}

#[test]
fn the_first_price_of_the_user_that_fits_wins() {
    let azure = Override { provider: Some("azure".to_owned()), ..own("my-*", 7, 7) };
    let later = Override { from: TODAY + 1, ..own("my-gpt*", 9, 9) };
    let all = vec![azure, later, own("My-GPT4o-*", 2, 8), own("*", 1, 1)];
    let prices = Prices::new(Overrides { prices: all, ..Overrides::default() });
    for (provider, model, want) in [
        ("azure.ai.openai", "my-gpt4o-eu", 7.0),
        ("az.ai.openai", "my-gpt4o-eu", 7.0),
        ("openai", "my-gpt4o-eu", 2.0),
        ("", "azure/my-gpt4o-eu", 2.0),
        ("openai", "gpt-4o", 1.0),
        ("ollama", "llama3.2", 1.0),
    ] {
        let cost = prices.cost(&query(provider, model, tokens(1_000_000, 0)));
        assert_eq!(usd(cost), Some(want), "{model} of {provider}");
    }
    let tomorrow = PriceQuery { at: TODAY + 2, ..query("openai", "my-gpt4o-eu", tokens(1_000_000, 0)) };
    assert_eq!(usd(prices.cost(&tomorrow)), Some(9.0));
    let basis = prices.explain(&query("openai", "gpt-4o", tokens(1, 1))).basis;
    assert_eq!(basis, Basis::Override { model: "*".to_owned(), place: "config.toml:1".to_owned() });
}

#[test]
fn an_override_replaces_the_whole_entry() {
    let rates = OwnRates {
        input: 2_000_000_000,
        output: 8_000_000_000,
        cache_write: Some(3_000_000_000),
        per_request: NanoUsd(5_000_000),
        ..OwnRates::default()
    };
    let price = Override { rates: rates.into(), ..own("claude-sonnet-4-6", 0, 0) };
    let prices = Prices::new(Overrides { prices: vec![price], ..Overrides::default() });
    // 1 000 × $2 + 8 000 × $2 (cache read defaults to input) + 1 000 × $3 + 500 × $8 + $0.005
    let cost = prices.cost(&query("anthropic", "claude-sonnet-4-6", cached(10_000, 8_000, 1_000, 500)));
    assert_eq!(usd(cost), Some(0.03));
}

#[test]
fn an_alias_stands_for_a_model_of_the_list_or_of_the_user() {
    let aliases = [("my-gpt4o-deployment", "openai/gpt-4o"), ("Prod-Claude", "anthropic/claude-sonnet-4-6")];
    let overrides = Overrides {
        aliases: aliases.map(|(name, target)| (name.to_owned(), target.to_owned())).to_vec(),
        ..Overrides::default()
    };
    let prices = Prices::new(overrides.clone());
    for (provider, model, want) in [
        ("azure", "my-gpt4o-deployment", 2.5),
        ("azure", "MY-GPT4O-Deployment", 2.5),
        ("", "azure/my-gpt4o-deployment", 2.5),
        ("gateway", "prod-claude", 3.0),
    ] {
        assert_eq!(usd(prices.cost(&query(provider, model, tokens(1_000_000, 0)))), Some(want), "{model}");
    }
    let told = prices.explain(&query("gateway", "prod-claude", tokens(1, 1)));
    assert_eq!(told.alias.as_deref(), Some("anthropic/claude-sonnet-4-6"));
    let prices = Prices::new(Overrides { prices: vec![own("gpt-4o", 1, 1)], ..overrides });
    assert_eq!(usd(prices.cost(&query("azure", "my-gpt4o-deployment", tokens(1_000_000, 0)))), Some(1.0));
}

#[test]
fn a_discount_touches_list_prices_alone() {
    let discounts = vec![("anthropic".to_owned(), 850_000), ("aws.bedrock".to_owned(), 500_000)];
    let prices =
        Prices::new(Overrides { discounts, prices: vec![own("mine", 1, 1)], ..Overrides::default() });
    let usage = cached(10_000, 8_000, 1_000, 500);
    let call = query("anthropic", "claude-sonnet-4-6", usage);
    assert_eq!(prices.cost(&call).map(|cost| cost.amount), Some(NanoUsd(14_152_500)), "0.01665 × 0.85");
    let reported = PriceQuery { reported: Some(NanoUsd(7)), ..call };
    assert_eq!(prices.cost(&reported).map(|cost| cost.amount), Some(NanoUsd(7)));
    assert_eq!(usd(prices.cost(&query("anthropic", "mine", tokens(1_000_000, 0)))), Some(1.0));
    let bedrock = query("aws.bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", tokens(1_000_000, 0));
    assert_eq!(usd(prices.cost(&bedrock)), Some(3.3 / 2.0));
}

#[test]
fn rates_price_a_call_again_when_more_of_its_tokens_are_told() {
    let prices = Prices::bundled();
    let poor = prices.price(&query("openai", "gpt-5", tokens(10_000, 500)));
    let full = query("openai", "gpt-5", cached(10_000, 8_000, 0, 500));
    assert_eq!(poor.rates.and_then(|rates| rates.cost(&full.usage)), prices.cost(&full).map(|c| c.amount));
    assert_eq!(prices.price(&PriceQuery { reported: Some(NanoUsd(7)), ..full }).rates, None);
}

#[test]
fn what_is_doubtful_is_said() {
    let prices = Prices::bundled();
    let doubts = |usage| prices.explain(&query("anthropic", "claude-sonnet-4-6", usage)).doubts.len();
    assert_eq!(doubts(tokens(100, 1)), 1, "no word of cached tokens");
    let hour = Usage { cache_write_1h: Some(0), ..cached(100, 0, 10, 1) };
    assert_eq!((doubts(cached(100, 50, 0, 1)), doubts(cached(100, 0, 10, 1)), doubts(hour)), (0, 1, 0));
    assert_eq!(doubts(Usage { ambiguous_cache: true, ..cached(100, 50, 0, 1) }), 1);
    let told = prices.explain(&query("anthropic", "claude-sonnet-4-6", cached(100, 800, 0, 1)));
    assert_eq!(told.why_unknown, Some("its counts contradict each other: parts are larger than the whole"));
}

#[test]
fn cards_agree_with_the_price_list_itself() {
    use genai_prices::{PriceRequest, Usage as ListUsage, UsageKey};
    let prices = Prices::bundled();
    for (provider, model) in [
        ("openai", "gpt-4o"),
        ("openai", "gpt-5.5"),
        ("google", "gemini-2.5-pro"),
        ("anthropic", "claude-sonnet-4-6"),
    ] {
        for input in [1_u64, 999, 100_001, 128_001, 200_000, 200_001, 272_000, 272_001, 900_000] {
            let usage = cached(input, input / 3, input / 5, 777);
            let list = ListUsage::from([
                (UsageKey::INPUT_TOKENS, input as f64),
                (UsageKey::CACHE_READ_TOKENS, (input / 3) as f64),
                (UsageKey::CACHE_WRITE_TOKENS, (input / 5) as f64),
                (UsageKey::OUTPUT_TOKENS, 777.0),
            ]);
            let at = std::time::UNIX_EPOCH + std::time::Duration::from_nanos(TODAY);
            let request = PriceRequest::new(model, &list).with_provider_id(provider).with_timestamp(at);
            let want = Calculator::bundled().calculate(&request).map(|price| price.total_price);
            let cost = usd(prices.cost(&query(provider, model, usage)));
            let differ = match (cost, want) {
                (Some(cost), Ok(want)) => (cost - want).abs() > 2e-9,
                (cost, want) => cost.is_some() || want.is_ok(),
            };
            assert!(!differ, "{model} with {input} tokens costs {cost:?}");
        }
    }
}
