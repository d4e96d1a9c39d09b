//! Log records that tell a step: for clients that send no spans, or none that say as much (`cli_events.md`).
//!
//! A record is read as the span it stands for, so that the tables of attributes, content and prices serve both. Owns
//! which records are steps (a table per client) and how such a span is made; a record that only ties its trace to a run
//! is told by [`LogReading::ties`] alone. Must not know which other records tell of the same call: the ledger does.

mod claude_code;
mod client;
mod codex;
mod gemini;
mod genai;
mod span;
mod structured;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde::Deserialize;

use super::step::{Interpretation, interpret_as};
use super::ties::{TieKey, Ties};
use super::{outcome, reading};
use crate::model::{
    Attributes, LogRecord, Origin, PriceQuery, Resource, Scope, SharedUsage, Span, Step, StepKind,
    StepStatus, Value,
};
use client::{Client, Event};

/// Every client, in the order in which names are compared.
static CLIENTS: [&Client; 6] = [
    &claude_code::CLIENT,
    &codex::CLIENT,
    &gemini::GEMINI,
    &gemini::QWEN,
    &structured::CLIENT,
    &genai::CLIENT,
];

/// What a log record means.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogReading {
    /// What it ties its trace to; of a record without a trace, itself.
    pub ties: Ties,
    /// The span it stands for and what that means, if it tells a step.
    pub step: Option<(Span, Interpretation)>,
}

/// What `log` means; nothing for most records.
///
/// A pure function: a record that is sent again gives the same ids, whenever it was seen. Records of no known client
/// cost a few comparisons of their name.
pub fn read_log(log: &LogRecord, resource: &Resource, scope: &Scope) -> LogReading {
    let Some((client, event)) = recognised(log, scope) else { return LogReading::default() };
    let Some(event) = event.filter(|event| event.is_step(log)) else {
        // a record that stands nowhere and tells nothing ties nothing together
        let traced = log.trace_id.map(|_| client.ties(event, log, &log.attributes, resource));
        return LogReading { ties: traced.unwrap_or_default(), step: None };
    };
    let attributes = span::attributes(log, event);
    let ties = client.ties(Some(event), log, &attributes, resource);
    let span = span::of_record(log, attributes, &ties, event, (resource, scope));
    let mut told = interpret_as(&span, resource, scope, event.meaning(log));
    told.ties = ties;
    finish(&mut told.step, client, event, &span);
    told.pricing.provider = told.step.provider.as_deref().map(str::to_owned);
    if event.tells_only_transfer(log) {
        if told.step.handoff.is_none() {
            return LogReading { ties, step: None };
        }
        told = only_transfer(told);
    }
    LogReading { ties, step: Some((span, told)) }
}

/// The conversation that `log` belongs to, if it says so: known clients have words of their own for it.
pub fn session_of(log: &LogRecord, resource: &Resource, scope: &Scope) -> Option<TieKey> {
    const NAMES: [&str; 3] = ["session.id", "gen_ai.conversation.id", "conversation.id"];
    let session = match recognised(log, scope) {
        Some((client, _)) => client.session_of(&log.attributes, resource),
        None => NAMES.iter().find_map(|key| log.attributes.text(key)).map(Cow::Borrowed),
    };
    session.map(|id| TieKey::of_session(&id, resource))
}

/// What clients call an attribute, and what it means: all rows of all their tables.
pub(super) fn words() -> impl Iterator<Item = (&'static str, &'static str)> {
    CLIENTS.iter().flat_map(|client| client.events).flat_map(|event| event.words).copied()
}

/// Whose record it is and, if that client's table has it, which event.
///
/// Codex keeps a position in its source in the field made for names, others put a sentence into the body: the first of
/// the places that holds a known name is believed.
fn recognised(log: &LogRecord, scope: &Scope) -> Option<(&'static Client, Option<&'static Event>)> {
    let by_name = |name: &str| {
        CLIENTS.iter().find_map(|client| Some((*client, client.event(client.own_name(name, &scope.name)?))))
    };
    let attribute = log.attributes.text("event.name").filter(|name| !name.is_empty());
    attribute
        .and_then(by_name)
        .or_else(|| Some(log.event_name.as_str()).filter(|name| !name.is_empty()).and_then(by_name))
        .or_else(|| match &log.body {
            Value::Map(fields) => fields.text("event").and_then(by_name),
            Value::Str(text) => named_inside(text).map_or_else(|| by_name(text), |name| by_name(&name)),
            _ => None,
        })
}

/// The name in a structured logger's line.
fn named_inside(text: &str) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Line<'a> {
        #[serde(borrow)]
        event: Option<Cow<'a, str>>,
    }
    let is_object = text.trim_start().starts_with('{');
    // most lines of a program are no event: not worth parsing
    memchr::memmem::find(text.as_bytes(), b"\"event\"").filter(|_| is_object)?;
    serde_json::from_str::<Line<'_>>(text).ok()?.event
}

/// An answer that asks for a transfer, and nothing of its call: the span it stands in tells that, and the ledger sees
/// one call in the two.
fn only_transfer(told: Interpretation) -> Interpretation {
    let step = Step { usage: SharedUsage::default(), response_id: None, ..told.step };
    let pricing = PriceQuery { at: step.start, ..PriceQuery::default() };
    Interpretation { step, pricing, ..told }
}

/// What no table of attributes can say.
fn finish(step: &mut Step, client: &Client, event: &Event, span: &Span) {
    step.origin = Origin::LogRecord;
    step.loose = step.parent_span_id.is_none() && !event.is_prompt();
    step.name = match &step.tool {
        Some(tool) if step.kind == StepKind::Tool => tool.clone(),
        // it names the run, too, until the root is told
        _ if event.is_prompt() => client.agent.into(),
        _ => event.title.into(),
    };
    (event.refine)(&span.attributes, step);
    if step.agent.is_none() {
        step.agent = client.agent_of(&span.attributes, step).map(Into::into);
    }
    if step.status == StepStatus::Error && step.error.is_none() {
        step.error = http_status(&span.attributes).or_else(|| last_words(&span.attributes)).map(Into::into);
    }
}

fn http_status(attributes: &Attributes) -> Option<String> {
    let code = ["http.response.status_code", "status_code", "http.status_code"];
    let code = code.iter().find_map(|key| attributes.get(key).and_then(reading::count))?;
    (code >= 400).then(|| format!("HTTP status {code}"))
}

/// A tool that says nothing more about its failure said it in what it gave.
fn last_words(attributes: &Attributes) -> Option<String> {
    let gave = attributes.text("gen_ai.tool.call.result").filter(|text| !reading::is_placeholder(text))?;
    Some(outcome::one_line(gave))
}
