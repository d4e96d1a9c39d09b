//! Tokens and dollars that come as one JSON object: Langfuse, `MLflow`, Braintrust, `LangSmith`, raw SDK answers.

use serde_json::{Map, Value as Json};

use super::lenient;
use crate::model::{NanoUsd, Usage, Value};

/// What one object says.
pub(super) struct UsageObject {
    pub usage: Usage,
    pub total: Option<u64>,
    /// Input without cached tokens, where the object keeps disjoint buckets.
    pub plain_input: Option<u64>,
}

const INPUT: &[&str] = &["input_tokens", "prompt_tokens", "inputTokens", "promptTokens", "input"];
const OUTPUT: &[&str] = &["output_tokens", "completion_tokens", "outputTokens", "completionTokens", "output"];
const TOTAL: &[&str] = &["total_tokens", "totalTokens", "total", "tokens"];
const INPUT_PARTS: &[&str] = &["input_token_details", "input_tokens_details", "prompt_tokens_details"];
const OUTPUT_PARTS: &[&str] = &["output_token_details", "output_tokens_details", "completion_tokens_details"];
const CACHE_READ: &[&str] = &[
    "cache_read_input_tokens",
    "cached_input_tokens",
    "prompt_cached_tokens",
    "input_cached_tokens",
    "input_cache_read",
    "cache_read",
    "cached_tokens",
];
const CACHE_WRITE: &[&str] = &[
    "cache_creation_input_tokens",
    "cache_write_input_tokens",
    "prompt_cache_creation_tokens",
    "input_cache_creation",
    "cache_creation",
    "cache_write_tokens",
];
const CACHE_WRITE_1H: &[&str] =
    &["cache_creation_input_tokens_above_1hr", "input_cache_creation_1h", "ephemeral_1h_input_tokens"];
const REASONING: &[&str] = &[
    "completion_reasoning_tokens",
    "output_reasoning_tokens",
    "output_reasoning",
    "reasoning_tokens",
    "reasoning",
];
const AUDIO: &[&str] = &["audio_tokens", "audio"];
const INPUT_AUDIO: &[&str] = &["input_audio_tokens", "input_audio"];
const OUTPUT_AUDIO: &[&str] = &["output_audio_tokens", "output_audio"];

/// Tokens of an object, or of JSON text that holds one.
pub(super) fn read(value: &Value) -> Option<UsageObject> {
    counts(&Object(object(value)?))
}

/// Tokens of an object among others.
pub(super) fn read_json(json: &Json) -> Option<UsageObject> {
    counts(&Object(json.as_object()?.clone()))
}

fn counts(object: &Object) -> Option<UsageObject> {
    let (input_parts, output_parts) = (object.part(INPUT_PARTS), object.part(OUTPUT_PARTS));
    let of = |parts: &Option<Object>, names| {
        object.count(names).or_else(|| parts.as_ref().and_then(|parts| parts.count(names)))
    };
    let within = |parts: &Option<Object>, names| parts.as_ref().and_then(|parts| parts.count(names));
    let usage = Usage {
        input: object.count(INPUT),
        output: object.count(OUTPUT),
        cache_read: of(&input_parts, CACHE_READ),
        cache_write: of(&input_parts, CACHE_WRITE),
        cache_write_1h: of(&input_parts, CACHE_WRITE_1H),
        reasoning: of(&output_parts, REASONING),
        audio_input: within(&input_parts, AUDIO).or_else(|| object.count(INPUT_AUDIO)),
        audio_output: within(&output_parts, AUDIO).or_else(|| object.count(OUTPUT_AUDIO)),
        ambiguous_cache: false,
    };
    let total = object.count(TOTAL);
    usage.is_known().then(|| object.with_buckets_joined(usage, total))
}

/// Parts of input and of output, each an object of its own beside counts that are none.
pub(super) fn parts(input: Option<&Value>, output: Option<&Value>) -> Usage {
    let [input, output] = [input, output].map(|value| value.and_then(object).map(Object));
    let count = |parts: &Option<Object>, names| parts.as_ref().and_then(|parts| parts.count(names));
    Usage {
        cache_read: count(&input, CACHE_READ),
        cache_write: count(&input, CACHE_WRITE),
        cache_write_1h: count(&input, CACHE_WRITE_1H),
        reasoning: count(&output, REASONING),
        audio_input: count(&input, AUDIO),
        audio_output: count(&output, AUDIO),
        ..Usage::default()
    }
}

/// Dollars of an object: its total, else the sum of its parts.
pub(super) fn cost(value: &Value) -> Option<NanoUsd> {
    let object = object(value)?;
    let dollars =
        |json: &Json| json.as_f64().or_else(|| json.as_str()?.parse().ok()).and_then(NanoUsd::from_usd);
    let total = ["total_cost", "total", "cost"].iter().find_map(|key| dollars(object.get(*key)?));
    total.or_else(|| {
        let parts = object.values().filter_map(dollars);
        parts.reduce(|sum, part| NanoUsd(sum.0.saturating_add(part.0)))
    })
}

fn object(value: &Value) -> Option<Map<String, Json>> {
    let json = match value {
        Value::Str(text) => lenient::parse(text)?,
        Value::Map(_) => super::content::json_of(value),
        _ => return None,
    };
    match json {
        Json::Object(object) => Some(object),
        _ => None,
    }
}

struct Object(Map<String, Json>);

impl Object {
    fn count(&self, names: &[&str]) -> Option<u64> {
        names.iter().find_map(|name| {
            let json = self.0.get(*name)?;
            json.as_u64().or_else(|| json.as_str()?.parse().ok())
        })
    }

    fn part(&self, names: &[&str]) -> Option<Self> {
        names.iter().find_map(|name| Some(Self(self.0.get(*name)?.as_object()?.clone())))
    }

    /// Langfuse's buckets (`input`, `output`, `input_cached_tokens`, …) are disjoint, unless the total says otherwise. Cached
    /// tokens are left for who knows whether they are in.
    fn with_buckets_joined(&self, mut usage: Usage, total: Option<u64>) -> UsageObject {
        let is_disjoint = self.0.contains_key("input") && (total.is_none() || total != usage.total());
        if is_disjoint {
            usage.input = usage.input.map(|_| self.sum("input", &[CACHE_READ, CACHE_WRITE, CACHE_WRITE_1H]));
            usage.output = usage.output.map(|_| self.sum("output", &[]));
        }
        UsageObject { plain_input: usage.input.filter(|_| is_disjoint), usage, total }
    }

    /// All buckets of a side but the excepted.
    fn sum(&self, side: &str, except: &[&[&str]]) -> u64 {
        let of_side = |key: &str| key.starts_with(side) && !except.iter().any(|names| names.contains(&key));
        let buckets = self.0.keys().filter(|key| of_side(key));
        buckets.filter_map(|key| self.count(&[key])).fold(0, u64::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_objects_come_in_many_spellings() {
        for (text, want) in [
            (
                r#"{"input_tokens": 9, "output_tokens": 5, "input_token_details": {"cache_read": 4},
                    "output_token_details": {"reasoning": 2}}"#,
                (Some(9), Some(5), Some(4), Some(2), None),
            ),
            (
                r#"{"prompt_tokens": 9, "completion_tokens": 5, "prompt_cached_tokens": 4}"#,
                (Some(9), Some(5), Some(4), None, None),
            ),
            (
                r#"{"input": 9, "output": 5, "input_cached_tokens": 4, "output_reasoning_tokens": 2, "total": 20}"#,
                (Some(9), Some(7), Some(4), Some(2), Some(9)),
            ),
            // Langfuse's handler for LangChain names the parts as LangChain does
            (
                r#"{"input": 5, "output": 3, "input_cache_read": 4, "output_reasoning": 2, "total": 14}"#,
                (Some(5), Some(5), Some(4), Some(2), Some(5)),
            ),
            (
                r#"{"input": 9, "output": 5, "input_cache_read": 4, "input_audio": 3, "output_audio": 1,
                    "output_reasoning": 2, "total": 24}"#,
                (Some(12), Some(8), Some(4), Some(2), Some(12)),
            ),
            (
                r#"{"input": 9, "output": 5, "input_cached_tokens": 4, "total": 14}"#,
                (Some(9), Some(5), Some(4), None, None),
            ),
        ] {
            let said = read(&Value::from(text)).unwrap();
            let usage = said.usage;
            let seen = (usage.input, usage.output, usage.cache_read, usage.reasoning, said.plain_input);
            assert_eq!(seen, want, "{text}");
        }
        for text in ["", "null", "{}", "[1]", "{\"requests\": 1}"] {
            assert!(read(&Value::from(text)).is_none(), "{text}");
        }
    }

    #[test]
    fn dollars_are_the_total_or_the_sum() {
        for (text, want) in [
            (r#"{"input_cost": 0.001, "output_cost": 0.002, "total_cost": 0.003}"#, Some(3_000_000)),
            (r#"{"input": 0.001, "output": "0.002"}"#, Some(3_000_000)),
            ("{}", None),
        ] {
            assert_eq!(cost(&Value::from(text)).map(|usd| usd.0), want, "{text}");
        }
    }
}
