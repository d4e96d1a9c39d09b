//! Which attributes hold content, and which way it flows.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::log;
use super::table::{DIALECTS, Holds};

/// Which way an attribute's content flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Prompts, arguments, instructions, tool definitions, queries.
    Input,
    /// Answers, results, documents found.
    Output,
}

struct Sides {
    exact: FxHashMap<&'static str, Side>,
    /// Prefixes that go on with an index, by their first byte: most keys are turned away by one look.
    flat: FxHashMap<u8, Vec<(&'static str, Side)>>,
}

static SIDES: LazyLock<Sides> = LazyLock::new(|| {
    let mut sides = Sides { exact: FxHashMap::default(), flat: FxHashMap::default() };
    for Holds { key, side } in DIALECTS.iter().flat_map(|dialect| dialect.content) {
        match key.strip_suffix('.').and(key.bytes().next()) {
            Some(first) => sides.flat.entry(first).or_default().push((key, *side)),
            None => drop(sides.exact.insert(key, *side)),
        }
    }
    sides
});

/// Which way the content of attribute `key` flows; `None` for attributes that hold none.
///
/// Called for every attribute of spans, span events and log records: one look into a hash map, and for keys that share
/// a first byte with a flattened list a few prefix comparisons.
pub fn content_side(key: &str) -> Option<Side> {
    let sides = &*SIDES;
    sides.exact.get(key).copied().or_else(|| flat_side(sides, key))
}

/// Names that texts have in the events of messages (`gen_ai.user.message`, `gen_ai.choice`, …), whose way the event's
/// name tells, and in log events of coding agents (`cli_events.md`).
const TOLD_IN_EVENTS: [&str; 7] =
    ["content", "message", "tool_calls", "prompt", "response", "response_text", "request_text"];

static EVENT_TEXTS: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| {
    let renamed = log::words().filter(|(_, means)| content_side(means).is_some());
    TOLD_IN_EVENTS.into_iter().chain(renamed.map(|(word, _)| word)).collect()
});

/// Whether an attribute of this name is text that people look for: content of spans, of their events, and of log records.
pub fn is_content(key: &str) -> bool {
    content_side(key).is_some() || EVENT_TEXTS.contains(key)
}

fn flat_side(sides: &Sides, key: &str) -> Option<Side> {
    let prefixes = sides.flat.get(key.as_bytes().first()?)?;
    let (prefix, side) = prefixes.iter().find(|(prefix, _)| key.starts_with(prefix))?;
    let is_indexed = key.as_bytes().get(prefix.len()).is_some_and(u8::is_ascii_digit);
    (is_indexed && !is_label(key)).then_some(*side)
}

/// Ends of flattened keys that hold no text of their own: ids would make equal content look different.
fn is_label(key: &str) -> bool {
    [".role", ".id", "_id", ".type", ".score", ".finish_reason", ".mime_type", ".vector"]
        .iter()
        .any(|end| key.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_known_by_its_key() {
        for (key, want) in [
            ("gen_ai.input.messages", Some(Side::Input)),
            ("gen_ai.output.messages", Some(Side::Output)),
            ("gen_ai.prompt.10.content", Some(Side::Input)),
            ("gen_ai.prompt.0.tool_calls.0.arguments", Some(Side::Input)),
            ("gen_ai.completion.0.content", Some(Side::Output)),
            ("gen_ai.completion.0.finish_reason", None),
            ("gen_ai.prompt.name", None),
            ("llm.input_messages.3.message.content", Some(Side::Input)),
            ("llm.input_messages.3.message.role", None),
            ("llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments", Some(Side::Output)),
            ("llm.output_messages.0.message.tool_calls.0.tool_call.id", None),
            ("retrieval.documents.0.document.content", Some(Side::Output)),
            ("ai.toolCall.args", Some(Side::Input)),
            ("ai.response.text", Some(Side::Output)),
            ("traceloop.entity.output", Some(Side::Output)),
            ("gen_ai.usage.input_tokens", None),
            ("llm.token_count.prompt", None),
            ("", None),
        ] {
            assert_eq!(content_side(key), want, "{key}");
            assert_eq!(is_content(key), want.is_some(), "{key}");
        }
    }

    #[test]
    fn texts_of_events_are_known_by_the_words_that_clients_have_for_them() {
        for (key, want) in [
            ("content", true),
            ("prompt", true),
            ("function_args", true),
            ("arguments", true),
            ("output", true),
            ("tool_input", true),
            ("call_id", false),
            ("event.name", false),
            ("input_token_count", false),
        ] {
            assert_eq!(is_content(key), want, "{key}");
        }
    }
}
