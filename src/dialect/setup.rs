//! How a model was asked, apart from what it was asked: tools on offer and request settings.

use serde_json::Value as Json;

use super::content::json_of;
use super::lenient;
use crate::model::{Span, Value};

/// How a model call was set up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// Tools on offer with their schemas, in order of their texts; `None` where not told.
    pub tools: Option<String>,
    /// Settings that bear on the answer, by name.
    pub settings: Vec<(String, String)>,
}

/// Attributes that hold the tools on offer, whole.
const TOOLS: &[&str] = &[
    "gen_ai.tool.definitions",
    "gen_ai.request.tools",
    "ai.prompt.tools",
    "llm.request.functions",
    "gen_ai.agent.tools",
];

/// Beginnings of attributes that hold one tool each.
const TOOL_PREFIXES: &[&str] = &["llm.tools.", "llm.request.functions."];

/// Settings that bear on the answer. Names that differ between dialects are told as they came: runs that are compared
/// come from one client.
const SETTINGS: &[&str] = &[
    "temperature",
    "top_p",
    "top_k",
    "max_tokens",
    "max_completion_tokens",
    "max_output_tokens",
    "frequency_penalty",
    "presence_penalty",
    "seed",
    "stop",
    "stop_sequences",
    "choice.count",
    "n",
    "tool_choice",
    "parallel_tool_calls",
    "response_format",
    "reasoning_effort",
    "reasoning.effort",
    "thinking",
];

/// Beginnings of attributes that hold one setting each.
const SETTING_PREFIXES: &[&str] = &["gen_ai.request.", "ai.settings.", "llm.request."];

/// Attributes that hold settings as one JSON object.
const SETTING_OBJECTS: &[&str] = &["llm.invocation_parameters"];

/// How the model call that `span` tells was set up.
pub fn setup(span: &Span) -> Setup {
    let mut settings: Vec<_> =
        span.attributes.iter().filter_map(|(key, value)| setting(key, value)).collect();
    settings.extend(SETTING_OBJECTS.iter().filter_map(|key| span.attributes.get(key)).flat_map(members));
    settings.sort_unstable();
    settings.dedup_by(|a, b| a.0 == b.0);
    Setup { tools: tools(span), settings }
}

fn setting(key: &str, value: &Value) -> Option<(String, String)> {
    let name = SETTING_PREFIXES.iter().find_map(|prefix| key.strip_prefix(prefix))?;
    let name = snake(name);
    (value.is_present() && SETTINGS.contains(&name.as_str())).then(|| (name, text_of(value)))
}

fn members(value: &Value) -> Vec<(String, String)> {
    let Value::Str(text) = value else { return Vec::new() };
    let Some(Json::Object(members)) = lenient::parse(text) else { return Vec::new() };
    let known = members.into_iter().map(|(key, value)| (snake(&key), value));
    known
        .filter(|(key, value)| !value.is_null() && SETTINGS.contains(&key.as_str()))
        .map(|(key, value)| (key, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect()
}

/// `maxOutputTokens` as `max_output_tokens`.
fn snake(name: &str) -> String {
    let gap = |c: char| c.is_ascii_uppercase().then_some('_');
    name.chars().flat_map(|c| gap(c).into_iter().chain([c.to_ascii_lowercase()])).collect()
}

/// The value as text, anything but a string as JSON.
fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| json_of(value).to_string(), str::to_owned)
}

fn tools(span: &Span) -> Option<String> {
    let whole = TOOLS.iter().filter_map(|key| span.attributes.get(key)).find(|value| value.is_present());
    if let Some(value) = whole {
        return Some(text_of(value));
    }
    let one = |key: &str| TOOL_PREFIXES.iter().any(|prefix| key.starts_with(prefix));
    let mut told: Vec<_> =
        span.attributes.iter().filter(|(key, _)| one(key)).map(|(_, v)| text_of(v)).collect();
    told.sort_unstable();
    (!told.is_empty()).then(|| told.join("\n"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::span_of;
    use super::*;

    #[test]
    fn settings_and_tools_are_told_in_every_dialect() {
        for (attributes, tools, settings) in [
            (
                json!({"gen_ai.request.temperature": 0.2, "gen_ai.request.model": "m", "gen_ai.tool.definitions": "[1]"}),
                Some("[1]"),
                &[("temperature", "0.2")][..],
            ),
            (
                json!({"llm.invocation_parameters": r#"{"temperature": 0.2, "metadata": {"user_id": "x"}}"#,
                       "llm.tools.1.tool.json_schema": "b", "llm.tools.0.tool.json_schema": "a"}),
                Some("a\nb"),
                &[("temperature", "0.2")],
            ),
            (json!({"ai.settings.maxOutputTokens": 100}), None, &[("max_output_tokens", "100")]),
            (json!({}), None, &[]),
        ] {
            let setup = setup(&span_of("chat", &attributes));
            assert_eq!(setup.tools.as_deref(), tools, "{attributes}");
            let told: Vec<_> = setup.settings.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            assert_eq!(told, settings, "{attributes}");
        }
    }
}
