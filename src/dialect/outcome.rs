//! How a span ended: status, error, finish reason, time to first token (`dialects.md` 0.6, 0.7).

use std::borrow::Cow;

use super::evidence::Evidence;
use super::reading;
use super::table::Field;
use crate::model::{Event, Span, StatusCode, StepStatus, Value};

/// Errors are shown in one line of at most this many characters.
const ERROR_CHARS: usize = 300;

/// Status and, for failures, what went wrong.
pub(super) fn outcome(evidence: &Evidence<'_>, finish_reason: Option<&str>) -> (StepStatus, Option<String>) {
    let span = evidence.span;
    // an explicit OK overrides every heuristic; an error may be known before the end
    if span.status != StatusCode::ERROR
        && (span.status == StatusCode::OK || !has_failed(evidence, finish_reason))
    {
        let status = if span.end == 0 { StepStatus::Running } else { StepStatus::Ok };
        return (status, None);
    }
    (StepStatus::Error, error(evidence))
}

/// Signs of failure on a span whose status says nothing. A recorded exception alone is none: it may have been caught.
fn has_failed(evidence: &Evidence<'_>, finish_reason: Option<&str>) -> bool {
    evidence.has(Field::ErrorType)
        || evidence.has(Field::ErrorMessage)
        || evidence.value(Field::Failure).is_some_and(is_failure)
        || evidence.text(Field::Outcome).is_some_and(|word| is_failed(&word))
        || finish_reason == Some("error")
        || evidence.value(Field::Success).and_then(reading::flag) == Some(false)
}

/// `error: false`, `error: 0` and placeholders say that there was none.
fn is_failure(value: &Value) -> bool {
    reading::is_content(value) && reading::flag(value) != Some(false) && reading::count(value) != Some(0)
}

fn is_failed(word: &str) -> bool {
    ["error", "failed", "failure"].iter().any(|failed| word.eq_ignore_ascii_case(failed))
}

fn error(evidence: &Evidence<'_>) -> Option<String> {
    let span = evidence.span;
    let said = Some(Cow::Borrowed(span.status_message.as_str())).filter(|text| !text.trim().is_empty());
    let text = said
        .or_else(|| evidence.text(Field::ErrorMessage))
        .or_else(|| failure_text(evidence))
        .or_else(|| exception(span).map(Cow::Owned))
        .or_else(|| evidence.text(Field::ErrorType))?;
    Some(one_line(&text))
}

/// What the failure says beside that there was one.
fn failure_text<'a>(evidence: &Evidence<'a>) -> Option<Cow<'a, str>> {
    let value = evidence.value(Field::Failure)?;
    let says_more = reading::flag(value).is_none() && reading::count(value).is_none();
    says_more.then(|| reading::text(value)).flatten()
}

/// `type: message` of the last exception.
fn exception(span: &Span) -> Option<String> {
    let event = span.events.iter().rev().find(|event| event.name == "exception")?;
    let text = |key| event.attributes.text(key).filter(|text| !text.is_empty());
    match (text("exception.type"), text("exception.message")) {
        (Some(kind), Some(message)) => Some(format!("{kind}: {message}")),
        (kind, message) => kind.or(message).map(str::to_owned),
    }
}

/// The first line that says something, without the traceback some emitters glue to it.
pub(super) fn one_line(text: &str) -> String {
    let text = text.split("Traceback (most recent call last)").find(|part| !part.trim().is_empty());
    let line = text.unwrap_or_default().lines().map(str::trim).find(|line| !line.is_empty());
    line.unwrap_or_default().chars().take(ERROR_CHARS).collect()
}

/// Why the model stopped, in one vocabulary; words outside it are kept as they came.
pub(super) fn finish_reason(evidence: &Evidence<'_>) -> Option<String> {
    let raw = evidence.text(Field::FinishReason)?;
    // the repr of a Python enum
    let word = raw.strip_prefix("FinishReason.").unwrap_or(&raw);
    Some(match word {
        "stop" | "end_turn" | "STOP" | "completed" => "stop".to_owned(),
        "length" | "max_tokens" | "LENGTH" | "MAX_TOKENS" | "incomplete" => "length".to_owned(),
        "TOOL_CALLS" | "tool_calls" | "tool_use" | "tool_call" | "function_call" | "tool-calls" => {
            "tool_call".to_owned()
        }
        "content_filter"
        | "CONTENT_FILTER"
        | "SAFETY"
        | "RECITATION"
        | "refusal"
        | "content-filter"
        | "guardrail_intervened" => "content_filter".to_owned(),
        "error" | "failed" | "cancelled" => "error".to_owned(),
        other => other.to_owned(),
    })
}

/// Nanoseconds from the start of the span to the first token.
pub(super) fn time_to_first_token(evidence: &Evidence<'_>) -> Option<u64> {
    const NANOS_PER_SECOND: f64 = 1e9;
    const NANOS_PER_MILLI: f64 = 1e6;
    let scaled =
        |field, scale| evidence.value(field).and_then(reading::number).and_then(|n| nanos(n * scale));
    let seconds = scaled(Field::FirstTokenSeconds, NANOS_PER_SECOND).map(|read| {
        // some emitters write milliseconds under a name that means seconds: later than the end is impossible
        let length = evidence.span.end.saturating_sub(evidence.span.start);
        if length > 0 && read > length { read / 1000 } else { read }
    });
    seconds
        .or_else(|| scaled(Field::FirstTokenMillis, NANOS_PER_MILLI))
        .or_else(|| evidence.span.events.iter().find_map(|event| first_token_event(evidence.span, event)))
}

/// Milliseconds as nanoseconds.
pub(super) fn milliseconds(value: &Value) -> Option<u64> {
    reading::number(value).and_then(|number| nanos(number * 1e6))
}

/// A number of nanoseconds, if it is a length of time.
pub(super) fn nanos(nanos: f64) -> Option<u64> {
    // 2^63 ns are 292 years
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was just checked")]
    (0.0..9.2e18).contains(&nanos).then_some(nanos.round() as u64)
}

fn first_token_event(span: &Span, event: &Event) -> Option<u64> {
    let is_first = matches!(
        event.name.as_str(),
        "ai.stream.firstChunk"
            | "First Token Stream Event"
            | "llm.content.completion.chunk"
            | "gen_ai.content.completion.chunk"
            | "gen_ai.first_token"
    );
    let said = || event.attributes.get("ai.stream.msToFirstChunk").and_then(reading::number);
    let measured = || (event.time >= span.start).then(|| event.time - span.start);
    is_first.then(|| said().and_then(|ms| nanos(ms * 1e6)).or_else(measured)).flatten()
}
