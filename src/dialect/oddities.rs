//! Signs of trouble that a span's status does not tell: what an agent says of how it ended and how sure it was, what a
//! tool's result says under a good status, answers that say nothing.
//!
//! Every test asks for two signs at least or for words that mean one thing alone: a page that speaks of errors is no
//! error.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::evidence::Evidence;
use super::handmade::PLAIN_CONFIDENCE;
use super::side::{Side, content_side};
use super::table::Field;
use super::{lenient, outcome, reading};
use crate::model::{Message, Oddities, Part, Span, StepKind, Value};

/// What the attributes of a span say, content left aside; `error` is what went wrong as far as its status tells.
pub(super) fn of_facts(evidence: &Evidence<'_>, kind: StepKind, error: Option<&str>) -> Oddities {
    let fields = [Field::Outcome, Field::Ending, Field::FinishReason];
    let said = || fields.into_iter().find_map(|field| evidence.text(field).filter(|word| names_limit(word)));
    let raised = || error.filter(|error| tells_limit(error)).map(str::to_owned);
    let runs_rounds = !matches!(kind, StepKind::Llm | StepKind::Tool);
    let exhausted = || said().map(Cow::into_owned).or_else(raised);
    let refused = evidence.text(Field::FinishReason).filter(|word| word.eq_ignore_ascii_case("refusal"));
    Oddities {
        exhausted: runs_rounds.then(exhausted).flatten(),
        refusal: refused.map(Cow::into_owned),
        confidence: evidence.value(Field::Confidence).filter(|_| is_decision(evidence)).and_then(confidence),
        ..Oddities::default()
    }
}

/// Whether a confidence on this span is that of a decision.
fn is_decision(evidence: &Evidence<'_>) -> bool {
    let is_plain = evidence.rank(Field::Confidence) == Some(PLAIN_CONFIDENCE);
    !is_plain || evidence.span.name.to_ascii_lowercase().contains("decision")
}

/// Words of a status or of a reason to stop that mean that the rounds were used up, `-` and spaces read as `_`
/// (`max_iterations_reached`: `dialects.md` 20; Gemini CLI `MAX_TURNS`, Claude Agent SDK `error_max_turns`).
const LIMITS: [&str; 11] = [
    "max_iteration",
    "max_iter_",
    "max_turns",
    "max_steps",
    "max_rounds",
    "iteration_limit",
    "iterations_exhausted",
    "step_limit",
    "turn_limit",
    "recursion_limit",
    "request_limit",
];

fn names_limit(word: &str) -> bool {
    let word = word.to_ascii_lowercase().replace(['-', ' '], "_");
    LIMITS.iter().any(|limit| word.contains(limit))
}

/// What frameworks raise or say when an agent's rounds are used up, in lower case: `OpenAI` Agents SDK, `LangGraph` (twice),
/// `LangChain`, smolagents (twice), `LlamaIndex`, pydantic-ai (twice), Google ADK (twice), `AutoGen`, `CrewAI`, Gemini CLI.
const RAISED: [&str; 14] = [
    "maxturnsexceeded",
    "graphrecursionerror",
    "recursion limit of",
    "agent stopped due to",
    "agentmaxstepserror",
    "reached max steps",
    "max iterations of",
    "the next request would exceed the request_limit",
    "usagelimitexceeded",
    "llmcallslimitexceedederror",
    "max number of llm calls limit",
    "maximum number of turns",
    "maximum iterations reached",
    "ended early: max_turns",
];

fn tells_limit(error: &str) -> bool {
    let error = error.to_lowercase();
    RAISED.iter().any(|phrase| error.contains(phrase)) || error.starts_with("max turns (")
}

/// 0 to 1; what is written in percent is read as such.
pub(super) fn confidence(value: &Value) -> Option<f64> {
    let number = reading::number(value)?;
    match number {
        0.0..=1.0 => Some(number),
        1.0..=100.0 => Some(number / 100.0),
        _ => None,
    }
}

/// What the arguments and the result of a tool call say.
pub(super) fn of_tool(arguments: Option<&str>, result: Option<&str>) -> Oddities {
    Oddities {
        unparsable: arguments.and_then(unparsable),
        failure: result.and_then(failure),
        ..Oddities::default()
    }
}

/// What a model's answer says, or that it says nothing.
pub(super) fn of_answer(messages: &[Message]) -> Oddities {
    let parts = || messages.iter().flat_map(|message| &message.parts);
    let arguments = parts().filter_map(|part| match part {
        Part::ToolCall { arguments, .. } => Some(arguments.as_str()),
        _ => None,
    });
    let only_text = match messages {
        [Message { parts, .. }] => match parts.as_slice() {
            [Part::Text(text)] => Some(text),
            _ => None,
        },
        _ => None,
    };
    let is_blank = |part: &Part| matches!(part, Part::Text(text) if text.trim().is_empty());
    Oddities {
        unparsable: arguments.into_iter().find_map(unparsable),
        refusal: only_text.filter(|text| declines(text)).map(|text| outcome::one_line(text)),
        empty: !messages.is_empty() && parts().all(is_blank),
        ..Oddities::default()
    }
}

/// An agent's last words where a framework puts the reason to stop in place of an answer (`LangChain`).
pub(super) fn of_last_words(span: &Span) -> Oddities {
    const STOPPED: [&str; 2] =
        ["Agent stopped due to max iterations", "Agent stopped due to iteration limit or time limit"];
    let gave = span.attributes.iter().filter(|(key, _)| content_side(key) == Some(Side::Output));
    let said = gave.filter_map(|(_, value)| value.as_str()).find_map(|text| {
        STOPPED
            .into_iter()
            .find(|stopped| memchr::memmem::find(text.as_bytes(), stopped.as_bytes()).is_some())
    });
    Oddities { exhausted: said.map(str::to_owned), ..Oddities::default() }
}

/// Arguments in the dress of a JSON object that are none. What was cut short heals: telemetry cuts more often than
/// models do. A Python `repr` has other quotes.
fn unparsable(arguments: &str) -> Option<String> {
    let inside = arguments.trim_start().strip_prefix('{')?.trim_start();
    let is_meant = inside.starts_with('"') && lenient::parse(arguments).is_none();
    is_meant.then(|| outcome::one_line(arguments))
}

/// Longer results are not parsed: what says no more than that it failed is short.
const SHORT: usize = 16 * 1024;

/// What went wrong, if the result says that something did.
fn failure(result: &str) -> Option<String> {
    let text = result.trim_start();
    if text.starts_with('{') && text.len() <= SHORT {
        return lenient::parse(text).as_ref().and_then(told_failure);
    }
    begins_as_error(text).then(|| outcome::one_line(text))
}

/// `{"error": …}`, `{"isError": true}`, `{"success": false}`, `{"status": "error", "message": …}`. A status alone may be
/// that of a job asked about.
fn told_failure(json: &Json) -> Option<String> {
    let is = |key: &str, wanted: bool| json.get(key).and_then(Json::as_bool) == Some(wanted);
    let error = json.get("error").filter(|error| says_something(error));
    let status = json.get("status").and_then(Json::as_str).unwrap_or_default();
    let has_failed = ["error", "failed", "failure"].iter().any(|word| status.eq_ignore_ascii_case(word));
    let words =
        error.or_else(|| WORDS.iter().find_map(|key| json.get(*key).filter(|said| says_something(said))));
    let denied = ["isError", "is_error"].iter().any(|key| is(key, true))
        || ["success", "ok"].iter().any(|key| is(key, false));
    let failed = error.is_some() || denied || has_failed && words.is_some();
    failed.then(|| outcome::one_line(&words.map_or_else(|| json.to_string(), in_words)))
}

/// Members that say what went wrong.
const WORDS: [&str; 6] = ["error_message", "message", "reason", "detail", "details", "content"];

fn says_something(json: &Json) -> bool {
    match json {
        Json::String(text) => !text.trim().is_empty() && !text.eq_ignore_ascii_case("none"),
        Json::Object(object) => !object.is_empty(),
        Json::Bool(flag) => *flag,
        Json::Array(_) | Json::Number(_) | Json::Null => false,
    }
}

fn in_words(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        json => json.get("message").and_then(Json::as_str).map_or_else(|| json.to_string(), str::to_owned),
    }
}

/// How results begin that are nothing but an error, in lower case: what frameworks write when a tool raised.
const OPENINGS: [&str; 14] = [
    "error:",
    "error executing",
    "error calling",
    "error invoking",
    "error running",
    "exception:",
    "traceback (most recent call last)",
    "tool error:",
    "tool execution failed",
    "tool call failed",
    "failed to execute tool",
    "failed to call tool",
    "an error occurred while",
    "<tool_use_error>",
];

fn begins_as_error(text: &str) -> bool {
    // the longest opening has 33 letters
    let head = text[..text.floor_char_boundary(40)].to_lowercase();
    OPENINGS.iter().any(|opening| head.starts_with(opening)) || names_exception(text)
}

/// `ValueError: …`, `KeyError('x')`: the name of a class at the very beginning.
fn names_exception(text: &str) -> bool {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let is_class = name.len() > 5 && ["Error", "Exception"].iter().any(|tail| name.ends_with(tail));
    is_class && (rest.starts_with(": ") || rest.starts_with("('") || rest.starts_with("(\""))
}

/// Beginnings of refusals in models' own words (the list by which Zou et al. 2023, "Universal and Transferable
/// Adversarial Attacks", tell them, cut to what agents say), and what must follow soon: an apology alone is none.
const APOLOGIES: [&str; 9] = [
    "i'm sorry",
    "i am sorry",
    "sorry, ",
    "i apologize",
    "my apologies",
    "i can't ",
    "i cannot ",
    "i'm unable",
    "i am unable",
];

const DECLINED: [&str; 10] = [
    "assist with that",
    "assist with this",
    "help with that",
    "help with this",
    "help you with that",
    "assist you with that",
    "comply with",
    "fulfill that",
    "fulfill this",
    "assist in creating",
];

/// Refusals are short.
const REFUSAL: usize = 240;

fn declines(text: &str) -> bool {
    let text = text.trim();
    if text.len() > REFUSAL {
        return false;
    }
    let text = text.to_lowercase().replace('\u{2019}', "'");
    APOLOGIES.iter().any(|apology| text.starts_with(apology))
        && DECLINED.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests;
