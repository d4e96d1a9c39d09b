//! What a record says, place by place: attributes, those of its events, the body of a log record.

use rusqlite::{Connection, OptionalExtension as _};

use super::assemble::parts;
use super::{StoreError, json};
use crate::model::Value;

/// One text of a record.
#[derive(Debug, PartialEq)]
pub(super) struct Said {
    /// Where it stands: the attribute's name, behind the name of the event or the log record that it belongs to; within a
    /// structure with the way down to it, as in `body.tool_calls.0.name`.
    pub(super) place: String,
    /// What it is put together from.
    pub(super) parts: Vec<Value>,
}

/// Everything that a span says, or a log record by its key turned round, in order. Nothing of one that is gone.
///
/// # Errors
/// SQLite's; damage.
pub(super) fn said_by(conn: &Connection, record: i64) -> Result<Vec<Said>, StoreError> {
    if record > 0 { said_by_span(conn, record) } else { said_by_log(conn, -record) }
}

fn said_by_span(conn: &Connection, span: i64) -> Result<Vec<Said>, StoreError> {
    let stored: Option<(String, Option<String>)> = conn
        .prepare_cached("SELECT attributes, events FROM span WHERE span_key = ?1")?
        .query_row([span], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((attributes, events)) = stored else { return Ok(Vec::new()) };
    let mut said = Vec::new();
    collect(&mut said, "", &json::read_tagged(&attributes)?);
    for event in events.map(|events| parts(&events)).transpose()?.unwrap_or_default() {
        let Value::Map(fields) = event else { continue };
        let name = fields.text("name").unwrap_or_default();
        fields
            .get("attributes")
            .into_iter()
            .for_each(|attributes| collect(&mut said, &begun(name), attributes));
    }
    Ok(said)
}

fn said_by_log(conn: &Connection, log: i64) -> Result<Vec<Said>, StoreError> {
    let stored: Option<[String; 3]> = conn
        .prepare_cached("SELECT event_name, body, attributes FROM log_record WHERE log_key = ?1")?
        .query_row([log], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))
        .optional()?;
    let Some([name, body, attributes]) = stored else { return Ok(Vec::new()) };
    let attributes = json::read_tagged(&attributes)?;
    let named = if let Value::Map(pairs) = &attributes { pairs.text("event.name") } else { None };
    let name = begun(if name.is_empty() { named.unwrap_or("log") } else { &name });
    let mut said = Vec::new();
    collect(&mut said, &format!("{name}body"), &json::read_tagged(&body)?);
    collect(&mut said, &name, &attributes);
    Ok(said)
}

/// The beginning of a place in something of this name.
fn begun(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!("{name} ") }
}

/// Adds the texts of a value that stands at `place`.
fn collect(said: &mut Vec<Said>, place: &str, value: &Value) {
    let within = |key: &str| {
        let dot = if place.is_empty() || place.ends_with(' ') { "" } else { "." };
        format!("{place}{dot}{key}")
    };
    match value {
        Value::Str(_) => said.push(Said { place: place.to_owned(), parts: vec![value.clone()] }),
        Value::Int(number) => {
            said.push(Said { place: place.to_owned(), parts: vec![Value::Str(number.to_string())] });
        }
        Value::Map(pairs) => match pairs.0.as_slice() {
            [(tag, Value::Array(parts))] if tag == json::CONTENT => {
                said.push(Said { place: place.to_owned(), parts: parts.clone() });
            }
            _ if json::is_tag(value) => {}
            pairs => {
                for (key, value) in pairs {
                    collect(said, &within(json::meant_key(key)), value);
                }
            }
        },
        Value::Array(values) => {
            values.iter().enumerate().for_each(|(at, value)| collect(said, &within(&at.to_string()), value));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_of_a_value_is_told_with_the_way_down_to_it() {
        let stored = r#"{"$$odd":"a","model":"m","body":{"content":{"$content":[7,"x"]},"calls":[{"id":5}]},"raw":{"$bytes":"AA=="}}"#;
        let mut said = Vec::new();
        collect(&mut said, "message ", &json::read_tagged(stored).unwrap());
        let told: Vec<_> = said.iter().map(|said| (said.place.as_str(), said.parts.len())).collect();
        assert_eq!(
            told,
            [
                ("message $odd", 1),
                ("message model", 1),
                ("message body.content", 2),
                ("message body.calls.0.id", 1)
            ]
        );
    }
}
