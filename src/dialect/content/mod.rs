//! Content of one span, read on demand: messages, arguments, results, documents, from whichever dialect wrote them.
//!
//! Several dialects may hold the same conversation on one span: of each side the first source that gives anything is
//! taken, never two.

mod flat;
mod message;
mod payload;
mod record;

use serde_json::Value as Json;

use super::lenient;
use super::reading;
use crate::model::{Content, Document, LogRecord, Message, Part, Role, Span, Value};
use message::{messages, parts};
use payload::{argument_text, result_text};
use record::Record;

/// A task is told in one line of at most this many characters.
const TASK_CHARS: usize = 200;

/// Of a long history only the beginning is read for the task: parsing 32 KiB takes about 0.1 ms.
const TASK_BYTES: usize = 32 * 1024;

/// Everything `span` and the log records tied to it say about what went in and what came out.
pub fn content(span: &Span, logs: &[LogRecord]) -> Content {
    let source = Source::new(span, logs);
    let (input, output) = (source.first(INPUTS), source.first(OUTPUTS));
    let arguments = source.payload(ARGUMENTS, !input.is_empty()).map(argument_text);
    let result = source.payload(RESULTS, !output.is_empty()).map(result_text);
    Content {
        system: source.attribute("gen_ai.system_instructions").map(|json| parts(&json)).unwrap_or_default(),
        documents: source.documents(),
        arguments,
        result,
        input,
        output,
    }
}

/// What the model answered, from `span` alone.
pub(super) fn answer(span: &Span) -> Vec<Message> {
    Source::new(span, &[]).first(OUTPUTS)
}

/// What was asked, in one line: the last user message, else the generic input of the span.
///
/// Made for the few spans that may name a run: it parses the head of the input.
pub fn task(span: &Span) -> Option<String> {
    let source = Source { longest: TASK_BYTES, ..Source::new(span, &[]) };
    let input = source.first(INPUTS);
    let asked = input.iter().rev().filter(|message| message.role == Role::User).find_map(spoken);
    let line = match asked {
        Some(text) => one_line(&text),
        None => one_line(&payload::asked(source.payload(GENERIC_INPUTS, !input.is_empty())?)?),
    };
    (!line.is_empty() && !reading::is_placeholder(&line)).then_some(line)
}

fn spoken(message: &Message) -> Option<String> {
    let texts: Vec<&str> = message
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Text(text) if !text.trim().is_empty() => Some(text.as_str()),
            _ => None,
        })
        .collect();
    (!texts.is_empty()).then(|| texts.join(" "))
}

fn one_line(text: &str) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if line.chars().count() >= TASK_CHARS {
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line.chars().take(TASK_CHARS).collect()
}

/// Where content is looked for.
struct Source<'a> {
    span: &'a Span,
    records: Vec<Record>,
    /// Longer texts are read only this far.
    longest: usize,
}

/// A place where one side of a conversation may stand.
type Place = fn(&Source<'_>) -> Vec<Message>;

/// In order of trust: whole conversations before single pieces, attributes before events.
const INPUTS: &[Place] = &[
    |s| s.conversation("gen_ai.input.messages", &Role::User),
    |s| s.flattened("llm.input_messages.", &Role::User),
    |s| s.flattened("gen_ai.prompt.", &Role::User),
    |s| s.conversation("ai.prompt.messages", &Role::User),
    |s| s.conversation("ai.prompt", &Role::User),
    |s| s.conversation("gen_ai.prompt", &Role::User),
    |s| s.conversation("gen_ai.request.messages", &Role::User),
    |s| s.flattened("llm.prompts.", &Role::User),
    |s| s.conversation("llm.prompts", &Role::User),
    |s| s.conversation("llm.prompt", &Role::User),
    |s| s.conversation("pydantic_ai.all_messages", &Role::User),
    |s| s.conversation("all_messages_events", &Role::User),
    |s| s.conversation("raw_input", &Role::User),
    |s| s.conversation("user_prompt", &Role::User),
    |s| record::inputs(&s.records),
];

const OUTPUTS: &[Place] = &[
    |s| s.conversation("gen_ai.output.messages", &Role::Assistant),
    |s| s.flattened("llm.output_messages.", &Role::Assistant),
    |s| s.flattened("gen_ai.completion.", &Role::Assistant),
    |s| {
        s.in_pieces([
            "ai.response.reasoning",
            "ai.response.text",
            "ai.response.object",
            "ai.response.toolCalls",
        ])
    },
    |s| s.in_pieces(["ai.result.reasoning", "ai.result.text", "ai.result.object", "ai.result.toolCalls"]),
    |s| s.conversation("gen_ai.completion", &Role::Assistant),
    |s| s.flattened("llm.choices.", &Role::Assistant),
    |s| s.conversation("llm.response", &Role::Assistant),
    |s| record::outputs(&s.records),
];

/// Attributes that hold one payload; the second says whether it may repeat the conversation in another form.
const ARGUMENTS: &[(&str, bool)] = &[
    ("gen_ai.tool.call.arguments", false),
    ("gen_ai.tool.input", false),
    ("ai.toolCall.args", false),
    ("mcp.request.argument", false),
    ("tool_arguments", false),
    ("spring.ai.tool.call.arguments", false),
    ("full_command", false),
    ("file_path", false),
    ("gcp.vertex.agent.tool_call_args", false),
    ("agent.tool.input", false),
    ("tool.args", false),
    ("tool.arguments", false),
    ("tool.input", false),
    ("tool_args", false),
    ("function_args", false),
    ("gen_ai.retrieval.query.text", false),
    ("reranker.query", false),
    ("ai.values", false),
    ("ai.value", false),
    ("traceloop.entity.input", true),
    ("input.value", true),
    ("langfuse.observation.input", true),
    ("mlflow.spanInputs", true),
    ("braintrust.input_json", true),
    ("braintrust.input", true),
    ("lmnr.span.input", true),
    ("haystack.component.input", true),
];

const RESULTS: &[(&str, bool)] = &[
    ("gen_ai.tool.call.result", false),
    ("gen_ai.tool.output", false),
    ("ai.toolCall.result", false),
    ("mcp.response.value", false),
    ("tool_response", false),
    ("spring.ai.tool.call.result", false),
    ("gcp.vertex.agent.tool_response", false),
    ("agent.tool.output", false),
    ("tool.result", false),
    ("tool.output", false),
    ("tool_result", false),
    ("agent.output", true),
    ("traceloop.entity.output", true),
    ("output.value", true),
    ("langfuse.observation.output", true),
    ("mlflow.spanOutputs", true),
    ("braintrust.output_json", true),
    ("braintrust.output", true),
    ("lmnr.span.output", true),
    ("haystack.component.output", true),
    ("final_result", true),
];

const GENERIC_INPUTS: &[(&str, bool)] = &[
    ("traceloop.entity.input", true),
    ("input.value", true),
    ("langfuse.observation.input", true),
    ("langfuse.trace.input", true),
    ("mlflow.spanInputs", true),
    ("braintrust.input_json", true),
    ("braintrust.input", true),
    ("user_prompt", true),
    ("agent.query", true),
    ("agent.input", true),
    ("gen_ai.agent.goal", true),
    ("workflow.task", true),
];

impl<'a> Source<'a> {
    fn new(span: &'a Span, logs: &'a [LogRecord]) -> Self {
        let records =
            span.events.iter().map(Record::of_event).chain(logs.iter().map(Record::of_log)).collect();
        Self { span, records, longest: usize::MAX }
    }

    fn first(&self, places: &[Place]) -> Vec<Message> {
        places.iter().map(|place| place(self)).find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// The attribute as JSON; plain text as a JSON string.
    fn attribute(&self, key: &str) -> Option<Json> {
        let value = self.span.attributes.get(key).filter(|value| reading::is_content(value))?;
        Some(match value {
            Value::Str(text) => json_or_text(self.head(text)),
            other => json_of(other),
        })
    }

    fn head<'t>(&self, text: &'t str) -> &'t str {
        &text[..text.floor_char_boundary(self.longest)]
    }

    fn conversation(&self, key: &str, role: &Role) -> Vec<Message> {
        self.attribute(key).map(|json| messages(&json, role)).unwrap_or_default()
    }

    fn flattened(&self, prefix: &str, role: &Role) -> Vec<Message> {
        flat::list(&self.span.attributes, prefix).map(|json| messages(&json, role)).unwrap_or_default()
    }

    /// The AI SDK keeps the parts of one answer in attributes of their own.
    fn in_pieces(&self, [reasoning, text, object, calls]: [&str; 4]) -> Vec<Message> {
        let said = |key| self.span.attributes.text(key).filter(|text| !text.is_empty());
        let mut found = Vec::new();
        found.extend(said(reasoning).map(|text| Part::Reasoning(text.to_owned())));
        found.extend(said(text).or_else(|| said(object)).map(|text| Part::Text(text.to_owned())));
        found.extend(self.attribute(calls).iter().flat_map(message::tool_calls));
        if found.is_empty() {
            return Vec::new();
        }
        vec![Message { role: Role::Assistant, name: None, parts: found, finish_reason: None }]
    }

    fn payload(&self, keys: &[(&str, bool)], has_messages: bool) -> Option<Json> {
        keys.iter()
            .filter(|(_, repeats)| !(*repeats && has_messages))
            .find_map(|(key, _)| self.attribute(key))
    }

    fn documents(&self) -> Vec<Document> {
        let attributes = &self.span.attributes;
        let list = flat::list(attributes, "retrieval.documents.")
            .or_else(|| flat::list(attributes, "reranker.output_documents."))
            .or_else(|| self.attribute("gen_ai.retrieval.documents"));
        list.map(|json| payload::documents(&json)).unwrap_or_default()
    }
}

fn json_or_text(text: &str) -> Json {
    lenient::parse(text).unwrap_or_else(|| Json::String(text.to_owned()))
}

/// An attribute value as JSON; bytes as their number, which is all that can be shown.
pub(super) fn json_of(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Int(number) => Json::from(*number),
        Value::Double(number) => Json::from(*number),
        Value::Str(text) => Json::String(text.clone()),
        Value::Bytes(bytes) => Json::String(format!("{} bytes", bytes.len())),
        Value::Array(items) => items.iter().map(json_of).collect(),
        Value::Map(map) => map.iter().map(|(key, value)| (key.to_owned(), json_of(value))).collect(),
    }
}
