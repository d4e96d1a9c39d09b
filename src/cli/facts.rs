//! What a comparison wants to know of a step's content, read from the store and told in plain texts.

use super::told::{self, Told};
use crate::analyze::diff::{Facts, Request, Said, Text};
use crate::dialect;
use crate::model::{Content, Message, Part, Role, StepKey};
use crate::store::{Reader, StoreError};

/// What was captured of the step that `keys` tell of; what one record lacks another may have.
pub(super) fn read(reader: &Reader, keys: &[StepKey]) -> Result<Facts, StoreError> {
    let mut facts = Facts::default();
    for &key in keys {
        let Told { span, logs, .. } = told::read(reader, key)?;
        let found = of(&dialect::content(&span, &logs), dialect::setup(&span));
        facts = completed(facts, found);
    }
    Ok(facts)
}

fn completed(facts: Facts, other: Facts) -> Facts {
    let (asked, answered) = (facts.has_input, facts.said.is_some() || !facts.requests.is_empty());
    let (first, second) = (facts, other);
    Facts {
        has_input: asked || second.has_input,
        system: first.system.or(second.system),
        tools: first.tools.or(second.tools),
        settings: if first.settings.is_empty() { second.settings } else { first.settings },
        messages: if asked { first.messages } else { second.messages },
        said: if answered { first.said } else { second.said },
        requests: if answered { first.requests } else { second.requests },
        arguments: first.arguments.or(second.arguments),
        result: first.result.or(second.result),
    }
}

fn of(content: &Content, setup: dialect::Setup) -> Facts {
    let system = said_by(&content.input, &Role::System);
    let instructions = content.system.iter().filter_map(spoken).chain(system.iter().map(String::as_str));
    let system = instructions.collect::<Vec<_>>().join("\n\n");
    let said = said_by(&content.output, &Role::Assistant).join("\n\n");
    Facts {
        has_input: !content.input.is_empty(),
        system: (!system.is_empty()).then(|| meaning(system)),
        tools: setup.tools.map(meaning),
        settings: setup.settings,
        messages: content.input.iter().flat_map(given).collect(),
        said: (!said.is_empty()).then_some(said),
        requests: requests(&content.output).collect(),
        arguments: content.arguments.clone(),
        result: content.result.clone(),
    }
}

/// Times, durations and ids make no text another one.
fn meaning(text: String) -> Text {
    Text { digest: dialect::result_digest(&text), text }
}

/// What this role said, a text a message.
fn said_by(messages: &[Message], role: &Role) -> Vec<String> {
    let texts = |message: &Message| message.parts.iter().filter_map(spoken).collect::<Vec<_>>().join("\n");
    let said = messages.iter().filter(|message| message.role == *role).map(texts);
    said.filter(|text| !text.trim().is_empty()).collect()
}

fn spoken(part: &Part) -> Option<&str> {
    if let Part::Text(text) = part { Some(text) } else { None }
}

/// What a message gives to the model: what is said and asked for in it, then each result of a tool for itself.
fn given(message: &Message) -> Vec<Said> {
    if message.role == Role::System {
        return Vec::new();
    }
    let spoken = message.parts.iter().filter_map(|part| match part {
        Part::Text(text) => Some(text.clone()),
        Part::ToolCall { name, arguments, .. } => Some(format!("{name} {arguments}")),
        _ => None,
    });
    let spoken = spoken.collect::<Vec<_>>().join("\n");
    let results = message.parts.iter().filter_map(|part| match part {
        Part::ToolResult { result, .. } => Some((Role::Tool, result.clone())),
        _ => None,
    });
    let all = std::iter::once((message.role.clone(), spoken)).chain(results);
    let told = all.filter(|(_, text)| !text.trim().is_empty());
    told.map(|(role, text)| Said { role, text: meaning(text) }).collect()
}

fn requests(messages: &[Message]) -> impl Iterator<Item = Request> {
    messages.iter().flat_map(|message| &message.parts).filter_map(|part| match part {
        Part::ToolCall { name, arguments, .. } => {
            let digest = dialect::argument_digest(arguments);
            Some(Request { name: name.clone(), arguments: Text { digest, text: arguments.clone() } })
        }
        _ => None,
    })
}
