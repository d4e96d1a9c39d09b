//! Usage that stands only in the provider's own answer, kept whole as an output: some instrumentations tell the sums of
//! tokens and leave their parts where they were (`OpenInference` of frameworks that do not know them).

use super::evidence::Evidence;
use super::table::Field;
use super::{lenient, usage_object};
use crate::model::{Usage, Value};

/// What the answer on a span says of its tokens.
pub(super) fn usage(evidence: &Evidence<'_>) -> Option<Usage> {
    let text = evidence.value(Field::Result).and_then(Value::as_str)?;
    // most outputs hold none: not worth parsing
    let is_there = |word: &[u8]| memchr::memmem::find(text.as_bytes(), word).is_some();
    let parts: [&[u8]; 3] = [b"cached_tokens", b"cache_read_input_tokens", b"reasoning_tokens"];
    if !parts.into_iter().any(is_there) {
        return None;
    }
    let answer = lenient::parse(text)?;
    let told = answer.get("usage").and_then(usage_object::read_json).map(|object| object.usage);
    told.or_else(|| repr(answer.get("raw")?.as_str()?))
}

/// The end of a Python `ChatCompletion(…, usage=CompletionUsage(completion_tokens=40, …))`. The last one: what the model
/// said comes before.
fn repr(raw: &str) -> Option<Usage> {
    let (_, usage) =
        raw.rsplit_once("usage=CompletionUsage(").filter(|_| raw.starts_with("ChatCompletion("))?;
    Some(Usage {
        input: number(usage, "prompt_tokens="),
        output: number(usage, "completion_tokens="),
        cache_read: number(usage, "cached_tokens="),
        cache_write: number(usage, "cache_write_tokens="),
        reasoning: number(usage, "reasoning_tokens="),
        ..Usage::default()
    })
}

/// The number behind a name.
fn number(text: &str, name: &str) -> Option<u64> {
    let (_, after) = text.split_once(name)?;
    let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    after[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::tests::span_of;
    use super::*;
    use crate::model::Scope;
    use serde_json::json;

    fn read(output: &str) -> Option<Usage> {
        let span =
            span_of("Model.generate", &json!({"openinference.span.kind": "LLM", "output.value": output}));
        usage(&Evidence::gather(&span, &Scope::default()))
    }

    #[test]
    fn the_answer_tells_parts_in_json_and_in_python() {
        let raw = "ChatCompletion(id='1', choices=[Choice(content='usage=CompletionUsage(cached_tokens=9')], \
                   usage=CompletionUsage(completion_tokens=40, prompt_tokens=1000, total_tokens=1040, \
                   completion_tokens_details=CompletionTokensDetails(audio_tokens=0, reasoning_tokens=16), \
                   prompt_tokens_details=PromptTokensDetails(cache_write_tokens=None, cached_tokens=512)))";
        let python = json!({"role": "assistant", "raw": raw}).to_string();
        let native = json!({"id": "1", "usage": {"prompt_tokens": 1000, "completion_tokens": 40,
                            "prompt_tokens_details": {"cached_tokens": 512},
                            "completion_tokens_details": {"reasoning_tokens": 16}}});
        for output in [python, native.to_string()] {
            let usage = read(&output).unwrap();
            let seen = (usage.input, usage.output, usage.cache_read, usage.cache_write, usage.reasoning);
            assert_eq!(seen, (Some(1000), Some(40), Some(512), None, Some(16)), "{output}");
        }
    }

    #[test]
    fn what_a_model_says_of_tokens_is_no_usage() {
        for output in [
            "cached_tokens=512",
            r#"{"content": "usage=CompletionUsage(cached_tokens=512)"}"#,
            r#"{"raw": "I think usage=CompletionUsage(cached_tokens=512)"}"#,
            r#"{"usage": "cached_tokens"}"#,
            "{broken cached_tokens",
        ] {
            assert_eq!(read(output), None, "{output}");
        }
    }
}
