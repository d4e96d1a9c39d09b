//! Control passing between agents, as far as one span tells (`dialects.md` 0.4).
//!
//! Whether a transfer tool really passed control or was a call that returned, the tree decides.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use serde_json::Value as Json;

use super::evidence::Evidence;
use super::side::{Side, content_side};
use super::table::Field;
use super::{content, lenient};
use crate::model::{Attributes, Handoff, LogRecord, Part, SharedText, Span, Step, StepKind, Value};

/// Tools that name their target in their own name.
const BY_NAME: [&str; 3] = ["transfer_back_to_", "transfer_to_", "handoff_to_"];

/// Tools that name their target in an argument.
const BY_ARGUMENT: [(&str, &str); 3] =
    [("transfer_to_agent", "agent_name"), ("handoff_to_agent", "agent_name"), ("handoff", "to_agent")];

/// Arguments are searched this deep: emitters wrap them in `{"kwargs": …}` or `{"input_str": …}`.
const DEPTH: u8 = 4;

/// Makes a handoff step of explicit markers and of handoff tools; a step that is one already keeps what it knows.
pub(super) fn mark(evidence: &Evidence<'_>, step: &mut Step) {
    match step.kind {
        StepKind::Handoff if step.handoff.is_none() => step.handoff = Some(Box::new(explicit(evidence))),
        StepKind::Tool => {
            if let Some(to) = step.tool.as_deref().and_then(Target::of_tool) {
                let to = to.name(evidence).map(Into::into);
                step.handoff = Some(Box::new(Handoff { from: step.agent.clone(), to }));
                step.kind = StepKind::Handoff;
            }
        }
        StepKind::Llm => ask(evidence.span, step),
        _ => {}
    }
}

/// Notes the transfer that a model's answer asks for, of several the first: where no span runs the tool, this is all
/// that tells of it.
fn ask(span: &Span, step: &mut Step) {
    if !may_ask(span) {
        return;
    }
    let parts = content::answer(span).into_iter().flat_map(|message| message.parts);
    let asked = parts.filter_map(|part| match part {
        Part::ToolCall { id, name, arguments } => Some((id, Target::of_tool(&name)?.in_text(&arguments))),
        _ => None,
    });
    if let Some((id, to)) = { asked }.next() {
        step.handoff = Some(Box::new(Handoff { from: step.agent.clone(), to: to.map(Into::into) }));
        step.tool_call_id = id.map(Into::into);
    }
}

/// Whether the name of a transfer tool stands anywhere in the answer: every model call is asked this, so no text is
/// parsed for it.
fn may_ask(span: &Span) -> bool {
    let answers = |attributes: &Attributes| {
        attributes.iter().any(|(key, value)| content_side(key) == Some(Side::Output) && names_tool(value))
    };
    answers(&span.attributes)
        || span.events.iter().any(|event| match event.name.as_str() {
            "gen_ai.choice" => event.attributes.iter().any(|(_, value)| names_tool(value)),
            _ => answers(&event.attributes),
        })
}

/// Whether the name of a transfer tool stands anywhere in a log record.
pub(super) fn is_named_in(log: &LogRecord) -> bool {
    names_tool(&log.body) || log.attributes.iter().any(|(_, value)| names_tool(value))
}

fn names_tool(value: &Value) -> bool {
    static NAMES: LazyLock<[Finder<'static>; 3]> = LazyLock::new(|| BY_NAME.map(Finder::new));
    match value {
        Value::Str(text) => NAMES.iter().any(|name| name.find(text.as_bytes()).is_some()),
        Value::Array(items) => items.iter().any(names_tool),
        Value::Map(map) => map.iter().any(|(_, value)| names_tool(value)),
        _ => false,
    }
}

fn explicit(evidence: &Evidence<'_>) -> Handoff {
    let agent = |field| evidence.owned(field).filter(|name: &SharedText| &**name != "unknown");
    Handoff { from: agent(Field::HandoffFrom).or_else(|| agent(Field::Agent)), to: agent(Field::HandoffTo) }
}

/// How a handoff tool names its target.
enum Target {
    Named(String),
    InArgument(&'static str),
}

impl Target {
    /// `None` for tools that hand nothing over.
    fn of_tool(tool: &str) -> Option<Self> {
        // Semantic Kernel puts the plugin before the function: `Handoff-transfer_to_billing`
        let tool = tool.rsplit_once('-').map_or(tool, |(_, function)| function);
        if let Some((_, argument)) = BY_ARGUMENT.iter().find(|(name, _)| *name == tool) {
            return Some(Self::InArgument(argument));
        }
        let suffix = BY_NAME.iter().find_map(|prefix| tool.strip_prefix(prefix))?;
        (!suffix.is_empty()).then(|| Self::Named(suffix.to_owned()))
    }

    fn in_text(self, arguments: &str) -> Option<String> {
        match self {
            Self::Named(name) => Some(name),
            Self::InArgument(argument) => argument_in(arguments, argument),
        }
    }

    fn name(self, evidence: &Evidence<'_>) -> Option<String> {
        match self {
            Self::Named(name) => Some(name),
            Self::InArgument(argument) => argument_of(evidence, argument),
        }
    }
}

fn argument_of(evidence: &Evidence<'_>, name: &str) -> Option<String> {
    evidence.value(Field::Arguments).and_then(Value::as_str).and_then(|text| argument_in(text, name))
}

/// The argument `name` in JSON text, however deep emitters wrapped it.
pub(super) fn argument_in(text: &str, name: &str) -> Option<String> {
    find(&lenient::parse(text)?, name, DEPTH)
}

fn find(json: &Json, name: &str, depth: u8) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    match json {
        Json::Object(map) => map
            .get(name)
            .and_then(Json::as_str)
            .map(str::to_owned)
            .or_else(|| map.values().find_map(|value| find(value, name, depth))),
        Json::Array(items) => items.iter().find_map(|item| find(item, name, depth)),
        Json::String(text) if text.contains(name) => find(&lenient::parse(text)?, name, depth),
        _ => None,
    }
}
