//! Tokens of one span, brought to one meaning: input holds cached tokens, output holds reasoning (`dialects.md` 0.2).

use serde::Deserialize;

use super::evidence::Evidence;
use super::genai::OLD_CACHE_SPELLINGS;
use super::table::Field;
use super::{raw_answer, usage_object};
use crate::model::{StepKind, Usage, Value};

/// Reads and normalises the usage of a span of this kind; all unknown where neither input nor output is given.
pub(super) fn usage(evidence: &Evidence<'_>, kind: StepKind) -> Usage {
    let mut usage = reported(evidence);
    let mut total = evidence.count(Field::Total);
    let object = evidence.value(Field::UsageObject).and_then(usage_object::read);
    if let Some(object) = &object {
        if !usage.is_known() {
            (usage, total) = (object.usage, object.total.or(total));
        }
        usage = usage.with_details_of(&object.usage).with_details_of(&with_cache(object.usage));
    }
    let parts = usage_object::parts(evidence.value(Field::InputParts), evidence.value(Field::OutputParts));
    usage.cache_read = usage.cache_read.or(parts.cache_read);
    usage.cache_write = usage.cache_write.or(parts.cache_write);
    usage.cache_write_1h = usage.cache_write_1h.or(parts.cache_write_1h);
    usage.reasoning = usage.reasoning.or(parts.reasoning);
    usage.audio_input = usage.audio_input.or(parts.audio_input);
    usage.audio_output = usage.audio_output.or(parts.audio_output);
    complete(&mut usage, total, kind);
    if !usage.is_known() {
        return Usage::default();
    }
    let vendor = vendor_usage(evidence);
    if let Some(vendor) = &vendor {
        usage.cache_read = usage.cache_read.or(vendor.cache_read);
        usage.cache_write = usage.cache_write.or(vendor.cache_write);
        usage.cache_write_1h = usage.cache_write_1h.or(vendor.cache_write_1h);
        usage.reasoning = usage.reasoning.or(vendor.reasoning);
    }
    let plain = evidence.count(Field::PlainInput).or(vendor.and_then(|v| v.plain_input));
    let plain = plain.or(object.and_then(|o| o.plain_input));
    include_cache(&mut usage, total, plain, || is_ambiguous(evidence));
    include_reasoning(&mut usage);
    if usage.reasoning.is_none() && is_gemini(evidence) {
        include_thoughts(&mut usage, total);
    }
    if kind == StepKind::Llm && (usage.cache_read.is_none() || usage.reasoning.is_none()) {
        usage = raw_answer::usage(evidence).map_or(usage, |answer| usage.with_details_of(&answer));
    }
    usage
}

fn reported(evidence: &Evidence<'_>) -> Usage {
    Usage {
        input: evidence.count(Field::Input),
        output: evidence.count(Field::Output),
        cache_read: evidence.count(Field::CacheRead),
        cache_write: evidence.count(Field::CacheWrite),
        cache_write_1h: evidence.count(Field::CacheWrite1h),
        reasoning: evidence.count(Field::Reasoning),
        audio_input: evidence.count(Field::AudioInput),
        audio_output: evidence.count(Field::AudioOutput),
        ambiguous_cache: false,
    }
}

/// A provider's own count of input without cached tokens, as those write it who add them.
fn with_cache(usage: Usage) -> Usage {
    let cached = usage.cache_read.unwrap_or(0).saturating_add(usage.cache_write.unwrap_or(0));
    Usage { input: usage.input.map(|input| input.saturating_add(cached)), ..usage }
}

/// A total tells the part that is missing. Embeddings and reranks have no output: their total is their input.
fn complete(usage: &mut Usage, total: Option<u64>, kind: StepKind) {
    if matches!(kind, StepKind::Embedding | StepKind::Rerank) {
        usage.input = usage.input.or(total);
        usage.output = usage.output.or(usage.input.map(|_| 0));
        return;
    }
    match (usage.input, usage.output, total) {
        (Some(input), None, Some(total)) => usage.output = total.checked_sub(input),
        (None, Some(output), Some(total)) => usage.input = total.checked_sub(output),
        _ => {}
    }
}

/// Adds cached tokens to an input that was reported without them; where nobody can tell, says so.
fn include_cache(
    usage: &mut Usage,
    total: Option<u64>,
    plain: Option<u64>,
    is_ambiguous: impl FnOnce() -> bool,
) {
    let Some(input) = usage.input else { return };
    let cached = usage.cache_read.unwrap_or(0).saturating_add(usage.cache_write.unwrap_or(0));
    if cached == 0 {
        return;
    }
    let with_cache = input.saturating_add(cached);
    let output = usage.output.unwrap_or(0);
    let excluded = input < cached || plain == Some(input) || total == Some(with_cache.saturating_add(output));
    if excluded {
        usage.input = Some(with_cache);
    } else if total != Some(input.saturating_add(output)) && plain.is_none() {
        usage.ambiguous_cache = is_ambiguous();
    }
}

/// The old cache spellings come from code that copies what the Anthropic SDK says (input without cache) as often as
/// from instrumentations that add it up.
fn is_ambiguous(evidence: &Evidence<'_>) -> bool {
    let old = |field| evidence.rank(field).is_some_and(|rank| OLD_CACHE_SPELLINGS.contains(&rank));
    let names = [Field::Provider, Field::ResponseModel, Field::RequestModel];
    let is_anthropic = |text: &str| {
        let text = text.to_ascii_lowercase();
        ["anthropic", "claude", "bedrock"].iter().any(|name| text.contains(name))
    };
    (old(Field::CacheRead) || old(Field::CacheWrite))
        && names.into_iter().filter_map(|field| evidence.text(field)).any(|text| is_anthropic(&text))
}

fn include_reasoning(usage: &mut Usage) {
    if let (Some(output), Some(reasoning)) = (usage.output, usage.reasoning)
        && reasoning > output
    {
        usage.output = Some(output.saturating_add(reasoning));
    }
}

fn is_gemini(evidence: &Evidence<'_>) -> bool {
    let names = [Field::ResponseModel, Field::RequestModel];
    names.into_iter().filter_map(|field| evidence.text(field)).any(|model| model.contains("gemini"))
}

/// Gemini counts thoughts in the total and apart from the answer; emitters that do not know them tell the answer alone.
fn include_thoughts(usage: &mut Usage, total: Option<u64>) {
    let (Some(input), Some(output), Some(total)) = (usage.input, usage.output, total) else { return };
    let thoughts = total.saturating_sub(input).saturating_sub(output);
    if thoughts > 0 {
        usage.reasoning = Some(thoughts);
        usage.output = Some(output.saturating_add(thoughts));
    }
}

/// What a provider itself said about one call.
#[derive(Default)]
struct VendorUsage {
    /// Input without cached tokens.
    plain_input: Option<u64>,
    cache_read: Option<u64>,
    cache_write: Option<u64>,
    cache_write_1h: Option<u64>,
    reasoning: Option<u64>,
}

/// `ai.response.providerMetadata`: JSON text by provider.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ProviderMetadata {
    anthropic: Anthropic,
    openai: OpenAi,
    bedrock: Bedrock,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Anthropic {
    usage: AnthropicUsage,
    cache_creation_input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AnthropicUsage {
    input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    cache_creation: CacheCreation,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CacheCreation {
    ephemeral_1h_input_tokens: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct OpenAi {
    cached_prompt_tokens: Option<u64>,
    reasoning_tokens: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Bedrock {
    usage: BedrockUsage,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BedrockUsage {
    cache_read_input_tokens: Option<u64>,
    cache_write_input_tokens: Option<u64>,
}

fn vendor_usage(evidence: &Evidence<'_>) -> Option<VendorUsage> {
    let text = evidence.value(Field::ProviderMetadata).and_then(Value::as_str)?;
    // most metadata is ids alone: not worth parsing
    [b"ache".as_slice(), b"easoning"]
        .iter()
        .find(|sign| memchr::memmem::find(text.as_bytes(), sign).is_some())?;
    let meta: ProviderMetadata = serde_json::from_str(text).ok()?;
    let (anthropic, bedrock) = (meta.anthropic, meta.bedrock.usage);
    Some(VendorUsage {
        plain_input: anthropic.usage.input_tokens,
        cache_read: anthropic
            .usage
            .cache_read_input_tokens
            .or(anthropic.cache_read_input_tokens)
            .or(meta.openai.cached_prompt_tokens)
            .or(bedrock.cache_read_input_tokens),
        cache_write: anthropic
            .usage
            .cache_creation_input_tokens
            .or(anthropic.cache_creation_input_tokens)
            .or(bedrock.cache_write_input_tokens),
        cache_write_1h: anthropic.usage.cache_creation.ephemeral_1h_input_tokens,
        reasoning: meta.openai.reasoning_tokens,
    })
}
