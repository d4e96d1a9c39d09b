//! Messages that come as events: log records, or span events of the same names.

use serde_json::{Map, Value as Json};

use super::super::lenient;
use super::json_of;
use super::message::{message, messages};
use super::part::text_of;
use crate::model::{Attributes, Event, LogRecord, Message, Role, Value};

/// An event with its payload, wherever it stood.
pub(super) struct Record {
    name: String,
    body: Map<String, Json>,
}

impl Record {
    /// A log record: named by field or attribute, its payload the body, or the attributes.
    pub(super) fn of_log(log: &LogRecord) -> Self {
        let named = Some(log.event_name.as_str()).filter(|name| name.starts_with("gen_ai."));
        let name = named.or_else(|| log.attributes.text("event.name")).unwrap_or(&log.event_name);
        let mut body = payload(&log.attributes);
        match json_of(&log.body) {
            Json::Object(object) => body.extend(object),
            Json::String(text) => body.extend(object_of(&text)),
            _ => {}
        }
        Self { name: name.to_owned(), body }
    }

    /// A span event: its payload is its attributes.
    pub(super) fn of_event(event: &Event) -> Self {
        Self { name: event.name.clone(), body: payload(&event.attributes) }
    }

    /// An item of a list of events: named by a member.
    pub(super) fn of_item(item: &Json) -> Option<Self> {
        let body = item.as_object()?;
        let name = text_of(body, &["event.name"])?.to_owned();
        Some(Self { name, body: body.clone() })
    }

    /// Who speaks in an event of this name.
    fn speaker(&self) -> Option<Role> {
        let role = self.name.strip_prefix("gen_ai.")?.strip_suffix(".message")?;
        Some(Role::from_name(role))
    }

    fn conversation(&self, key: &str, role: &Role) -> Vec<Message> {
        self.body.get(key).map(|json| messages(json, role)).unwrap_or_default()
    }
}

/// Attributes as JSON; JSON text inside is opened, for span events cannot hold maps.
fn payload(attributes: &Attributes) -> Map<String, Json> {
    let mut body = Map::new();
    for (key, value) in attributes.iter() {
        match value {
            Value::Str(text) if key == "gen_ai.event.content" => body.extend(object_of(text)),
            Value::Str(text) => {
                let json = lenient::parse(text).unwrap_or_else(|| Json::String(text.clone()));
                drop(body.insert(key.to_owned(), json));
            }
            other => drop(body.insert(key.to_owned(), json_of(other))),
        }
    }
    body
}

fn object_of(text: &str) -> Map<String, Json> {
    match lenient::parse(text) {
        Some(Json::Object(object)) => object,
        _ => Map::new(),
    }
}

/// What went in, as events tell it.
pub(super) fn inputs(records: &[Record]) -> Vec<Message> {
    first_whole(records, "gen_ai.input.messages", "gen_ai.prompt", &Role::User).unwrap_or_else(|| {
        let asked = &records[..records.len() - answered(records)];
        asked.iter().filter_map(|r| message(&r.body, &r.speaker()?)).collect()
    })
}

/// What came out, as events tell it.
pub(super) fn outputs(records: &[Record]) -> Vec<Message> {
    first_whole(records, "gen_ai.output.messages", "gen_ai.completion", &Role::Assistant).unwrap_or_else(
        || {
            let last = &records[records.len() - answered(records)..];
            let choices = records.iter().filter(|r| r.name == CHOICE);
            choices.chain(last).filter_map(|r| message(&r.body, &Role::Assistant)).collect()
        },
    )
}

const CHOICE: &str = "gen_ai.choice";

/// How many records at the end are the answer: emitters without [`CHOICE`] tell it as one more message of the assistant.
fn answered(records: &[Record]) -> usize {
    if records.iter().any(|r| r.name == CHOICE) {
        return 0;
    }
    records.iter().rev().take_while(|r| r.speaker() == Some(Role::Assistant)).count()
}

/// A whole conversation in one event: the current key, or that of version 1.26.
fn first_whole(records: &[Record], key: &str, old_key: &str, role: &Role) -> Option<Vec<Message>> {
    let mut found =
        [key, old_key].into_iter().flat_map(|key| records.iter().map(move |r| r.conversation(key, role)));
    found.find(|messages| !messages.is_empty())
}
