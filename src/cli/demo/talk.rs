//! A conversation that grows, and what it costs in tokens.

use serde::Serialize;

/// A message as `gen_ai.input.messages` has it.
#[derive(Clone, Serialize)]
pub(super) struct Message {
    role: &'static str,
    parts: Vec<Part>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finish_reason: Option<&'static str>,
}

/// A part of a message.
#[derive(Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Part {
    Text { content: String },
    Reasoning { content: String },
    ToolCall { id: String, name: String, arguments: serde_json::Value },
    ToolCallResponse { id: String, response: serde_json::Value },
}

impl Message {
    pub(super) fn user(text: &str) -> Self {
        Self { role: "user", parts: vec![Part::text(text)], finish_reason: None }
    }

    pub(super) fn tool(id: &str, result: &str) -> Self {
        let part = Part::ToolCallResponse { id: id.to_owned(), response: json_or_text(result) };
        Self { role: "tool", parts: vec![part], finish_reason: None }
    }

    pub(super) fn assistant(parts: Vec<Part>) -> Self {
        let calls = parts.iter().any(|part| matches!(part, Part::ToolCall { .. }));
        Self { role: "assistant", parts, finish_reason: Some(if calls { "tool_call" } else { "stop" }) }
    }

    /// Why the model stopped; empty for what no model said.
    pub(super) fn finish_reason(&self) -> &'static str {
        self.finish_reason.unwrap_or_default()
    }

    /// As part of a later prompt: nobody asks any more why it stopped.
    pub(super) fn said(self) -> Self {
        Self { finish_reason: None, ..self }
    }
}

impl Part {
    pub(super) fn text(text: &str) -> Self {
        Self::Text { content: text.trim().to_owned() }
    }

    pub(super) fn call(id: &str, name: &str, arguments: &str) -> Self {
        Self::ToolCall { id: id.to_owned(), name: name.to_owned(), arguments: json_or_text(arguments) }
    }
}

fn json_or_text(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.trim().into())
}

/// About how many tokens `text` is: four ASCII characters, or one and a third of any other script, are one.
pub(super) fn tokens(text: &str) -> u64 {
    let ascii = text.bytes().filter(u8::is_ascii).count();
    let others = text.chars().count() - ascii;
    ((ascii + 3 * others) / 4 + 1) as u64
}

/// What a provider's prompt cache holds of the next prompt of one agent.
#[derive(Clone, Copy, Default)]
pub(super) struct Cache {
    seen: u64,
}

impl Cache {
    /// Providers cache prefixes from here on, in blocks.
    const LEAST: u64 = 1024;
    const BLOCK: u64 = 128;

    /// Tokens read from cache of a prompt of `input` tokens, which is remembered for the next.
    pub(super) fn read(&mut self, input: u64) -> u64 {
        let prefix = self.seen.min(input);
        self.seen = input;
        if prefix < Self::LEAST { 0 } else { prefix - prefix % Self::BLOCK }
    }

    /// Tokens written to cache where the provider bills that.
    pub(super) fn written(input: u64, read: u64) -> u64 {
        if input < Self::LEAST { 0 } else { input - read }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_is_read_from_cache_as_far_as_it_was_seen() {
        let mut cache = Cache::default();
        assert_eq!([900, 1200, 1500, 1300].map(|input| cache.read(input)), [0, 0, 1152, 1280]);
        assert_eq!((Cache::written(900, 0), Cache::written(1500, 1152)), (0, 348));
    }

    #[test]
    fn messages_have_the_shape_of_the_conventions() {
        let answer =
            Message::assistant(vec![Part::text(" Let me look. "), Part::call("c1", "get", r#"{"id":1}"#)]);
        let all =
            serde_json::to_string(&[Message::user("hi"), answer, Message::tool("c1", "no JSON")]).unwrap();
        insta::assert_snapshot!(all);
    }
}
