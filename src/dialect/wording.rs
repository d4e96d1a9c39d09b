//! What a step keeps of its texts so that rules can compare their wording (`detection.md`, R4 and handoff cycles).
//!
//! Read of tool calls (small) and of a model's answers (small); of its conversation, which grows, only the last role.

use std::hash::Hasher as _;

use rustc_hash::FxHasher;
use serde_json::Value as Json;

use super::content::{answer, asked, spoken};
use super::lenient;
use super::normal::{self, Payload};
use super::reading;
use crate::model::{Attributes, FREE_TEXT, Leaf, Message, Part, Span, Value, Wording, Words, text_hash};

/// A tool with more arguments than this is not asked in free text.
const LEAVES: usize = 16;

/// Arguments nest, but free text does not stand deeper than this.
const DEPTH: u8 = 8;

/// Wording of what a tool was asked and of what it told.
pub(super) fn of_tool(arguments: Option<&str>, result: Option<&str>) -> Wording {
    let asked = arguments.map(leaves).unwrap_or_default();
    if asked.len() > LEAVES || asked.iter().all(|leaf| leaf.words.is_empty()) {
        return Wording::default();
    }
    Wording { asked, told: result.map(shingles).unwrap_or_default() }
}

/// Wording of a model's answer.
pub(super) fn of_answer(messages: &[Message]) -> Wording {
    let parts = || messages.iter().flat_map(|message: &Message| &message.parts);
    let texts = parts().filter_map(|part| match part {
        Part::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let calls = parts().filter_map(|part| match part {
        Part::ToolCall { name, arguments, .. } => Some(request(name, arguments)),
        _ => None,
    });
    Wording { told: words(texts.flat_map(tokens)), asked: calls.take(LEAVES).collect() }
}

/// Wording of what an agent was asked, as one leaf, and of what it answered in the end.
pub(super) fn of_agent(span: &Span) -> Wording {
    let asked = asked(span).filter(|text| !text.trim().is_empty() && !reading::is_placeholder(text));
    let said = answer(span).iter().rev().find_map(spoken).unwrap_or_default();
    Wording { asked: asked.iter().map(|text| leaf(0, text)).collect(), told: words(tokens(&said)) }
}

/// A call that a model asks for, as one leaf.
fn request(tool: &str, arguments: &str) -> Leaf {
    let words = match leaves(arguments).as_slice() {
        [only] => only.words.clone(),
        _ => Words::default(),
    };
    Leaf { path: text_hash(tool), value: value_of(arguments), words }
}

fn leaves(arguments: &str) -> Vec<Leaf> {
    let json = lenient::parse(arguments).unwrap_or_else(|| Json::String(arguments.to_owned()));
    let mut leaves = Vec::new();
    flatten(&json, 0, DEPTH, &mut leaves);
    leaves.sort_by_key(|leaf| leaf.path);
    leaves
}

fn flatten(json: &Json, path: u32, depth: u8, leaves: &mut Vec<Leaf>) {
    match (json, depth.checked_sub(1)) {
        (Json::Object(members), Some(deeper)) => {
            for (key, value) in members {
                flatten(value, hash(&(path, key)), deeper, leaves);
            }
        }
        (Json::Array(items), Some(deeper)) => {
            for (at, item) in items.iter().enumerate() {
                flatten(item, hash(&(path, at)), deeper, leaves);
            }
        }
        (Json::String(text), _) => leaves.push(leaf(path, text)),
        (other, _) => leaves.push(leaf(path, &other.to_string())),
    }
}

fn leaf(path: u32, text: &str) -> Leaf {
    let is_free = tokens(text).count() >= FREE_TEXT;
    let kept = if is_free { words(tokens(text)) } else { Words::default() };
    Leaf { path, value: value_of(text), words: kept }
}

/// Equal values of arguments have equal numbers, never 0.
fn value_of(text: &str) -> u32 {
    // the upper half is the better mixed one
    ((normal::digest(text, Payload::Arguments) >> 32) as u32).max(1)
}

/// Of a long text the beginning is compared: some four hundred words.
const READ: usize = 2048;

/// Hashes of the words of a text, without marks and case. Every step of a run is read: no word is copied.
fn tokens(text: &str) -> impl Iterator<Item = u32> + '_ {
    let head = &text[..text.floor_char_boundary(READ)];
    head.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(|word| {
        let mut hasher = FxHasher::default();
        for c in word.chars() {
            // one hash for both cases; what has more than one lower case letter is told apart by the first
            hasher.write_u32(c.to_lowercase().next().unwrap_or(c).into());
        }
        (hasher.finish() >> 32) as u32
    })
}

fn words(tokens: impl Iterator<Item = u32>) -> Words {
    Words::of(tokens)
}

/// Runs of three words; of a shorter text the whole.
fn shingles(text: &str) -> Words {
    let hashes: Vec<u32> = tokens(text).collect();
    match hashes.len() {
        0 => Words::default(),
        1 | 2 => Words::of([hash(&hashes)]),
        _ => Words::of(hashes.windows(3).map(hash)),
    }
}

fn hash<T: std::hash::Hash + ?Sized>(value: &T) -> u32 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    // the upper half is the better mixed one
    (hasher.finish() >> 32) as u32
}

/// Whether the last message that a model call was given is a person's.
///
/// Looks at the end of the conversation alone: reading all of it at each call would cost the square of its length.
pub fn asked_by_user(span: &Span) -> bool {
    let attributes = &span.attributes;
    let told = WHOLE.iter().find_map(|key| last_role_in(attributes.get(key)?));
    let told = told.or_else(|| FLAT.iter().find_map(|(prefix, end)| last_flat_role(attributes, prefix, end)));
    told.or_else(|| last_event_role(span)).is_some_and(|role| is_user(&role))
}

/// Attributes that hold a whole conversation.
const WHOLE: [&str; 4] =
    ["gen_ai.input.messages", "ai.prompt.messages", "gen_ai.request.messages", "pydantic_ai.all_messages"];

/// Conversations flattened into attributes: what stands before a message's number and behind it.
const FLAT: [(&str, &str); 2] = [("llm.input_messages.", ".message.role"), ("gen_ai.prompt.", ".role")];

fn is_user(role: &str) -> bool {
    role.eq_ignore_ascii_case("user") || role.eq_ignore_ascii_case("human")
}

fn last_role_in(value: &Value) -> Option<String> {
    match value {
        Value::Str(text) => last_role_of(text).map(str::to_owned),
        Value::Array(items) => match items.last()? {
            Value::Map(message) => message.text("role").map(str::to_owned),
            _ => None,
        },
        _ => None,
    }
}

/// The role named last in a conversation as JSON text. Quotes inside of texts are escaped: `\"role\"` is no key.
fn last_role_of(conversation: &str) -> Option<&str> {
    const KEY: &str = "\"role\"";
    let at = memchr::memmem::rfind(conversation.as_bytes(), KEY.as_bytes())?;
    conversation[at + KEY.len()..]
        .trim_start()
        .strip_prefix(':')?
        .trim_start()
        .strip_prefix('"')?
        .split('"')
        .next()
}

fn last_flat_role(attributes: &Attributes, prefix: &str, end: &str) -> Option<String> {
    let number = |key: &str| key.strip_prefix(prefix)?.strip_suffix(end)?.parse::<u32>().ok();
    let roles = attributes.iter().filter_map(|(key, value)| Some((number(key)?, value)));
    match roles.max_by_key(|(number, _)| *number)?.1 {
        Value::Str(role) => Some(role.clone()),
        _ => None,
    }
}

/// `gen_ai.user.message`: the last of the events that tell the input.
fn last_event_role(span: &Span) -> Option<String> {
    let role = |name: &str| name.strip_prefix("gen_ai.")?.strip_suffix(".message").map(str::to_owned);
    span.events.iter().rev().find_map(|event| role(&event.name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::digest::kept;
    use super::super::tests::span_of;
    use super::*;
    use crate::model::StepKind;

    #[test]
    fn free_text_is_kept_as_words_and_targets_are_not() {
        for (arguments, leaves, free) in [
            (r#"{"query": "regional rail ridership 2019"}"#, 1, 1),
            (r#"{"path": "src/lib.rs"}"#, 0, 0),
            (r#"{"query": "one two three four", "limit": 5}"#, 2, 1),
            ("one two three four", 1, 1),
        ] {
            let attributes =
                json!({"gen_ai.tool.call.arguments": arguments, "gen_ai.tool.call.result": "a b c d"});
            let kept = kept(&span_of("tool", &attributes), StepKind::Tool, None).wording.unwrap_or_default();
            let found = kept.asked.iter().filter(|leaf| !leaf.words.is_empty()).count();
            assert_eq!((kept.asked.len(), found), (leaves, free), "{arguments}");
            assert_eq!(kept.told.len(), if free > 0 { 2 } else { 0 }, "{arguments}");
        }
    }

    #[test]
    fn an_answer_is_kept_as_words_whatever_their_case_and_marks() {
        let told = |text: &str| {
            let answer = json!([{"role": "assistant", "parts": [{"type": "text", "content": text}]}]);
            let span = span_of("chat", &json!({"gen_ai.output.messages": answer.to_string()}));
            kept(&span, StepKind::Llm, None).wording.map(|wording| wording.told).unwrap_or_default()
        };
        assert_eq!(told("Please, ask Billing!"), told("please ask billing"));
        assert!(told("").is_empty());
    }

    #[test]
    fn an_agent_keeps_what_it_was_asked_and_what_it_answered() {
        let say = |role: &str, text: &str| {
            json!([{"role": role, "parts": [{"type": "text", "content": text}]}]).to_string()
        };
        let span = span_of(
            "invoke_agent",
            &json!({"gen_ai.input.messages": say("user", "count the red cars"), "gen_ai.output.messages": say("assistant", "There are 3")}),
        );
        let wording = kept(&span, StepKind::Agent, None).wording.unwrap_or_default();
        assert_eq!((wording.asked.len(), wording.asked[0].words.len(), wording.told.len()), (1, 4, 3));
        assert_eq!(kept(&span_of("invoke_agent", &json!({})), StepKind::Agent, None).wording, None);
    }

    #[test]
    fn the_last_word_is_a_persons_or_not() {
        for (attributes, expected) in [
            (json!({"gen_ai.input.messages": r#"[{"role": "user", "parts": []}]"#}), true),
            (
                json!({"gen_ai.input.messages": r#"[{"role": "user"}, {"role": "tool", "parts": [{"content": "\"role\": \"user\""}]}]"#}),
                false,
            ),
            (
                json!({"llm.input_messages.9.message.role": "tool", "llm.input_messages.10.message.role": "user"}),
                true,
            ),
            (json!({"gen_ai.prompt.0.role": "user", "gen_ai.prompt.1.role": "assistant"}), false),
            (json!({"gen_ai.request.model": "gpt-4o"}), false),
        ] {
            assert_eq!(asked_by_user(&span_of("chat", &attributes)), expected, "{attributes}");
        }
    }
}
