//! Content of one span, read on demand: messages, arguments, results, documents, from whichever dialect wrote them.
//!
//! Several dialects may hold the same conversation on one span: of each side the first source that gives anything is
//! taken, never two.

mod flat;
mod gist;
mod message;
mod part;
mod payload;
mod record;
mod tool;

use serde_json::Value as Json;

use super::lenient;
use super::reading;
use super::side::content_side;
use crate::model::{Content, Document, LogRecord, Message, Part, Role, Span, Value};
use message::messages;
use part::parts;
use payload::{argument_text, result_text};
use record::Record;

pub use gist::gist;

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
    let mut content = Content {
        system: source.attribute("gen_ai.system_instructions").map(|json| parts(&json)).unwrap_or_default(),
        documents: source.documents(),
        arguments,
        result,
        input,
        output,
    };
    if tool::is_run(&span.attributes) {
        let attribute = |key| source.attribute(key);
        content.arguments =
            content.arguments.or_else(|| tool::requested(&attribute("gen_ai.input.messages")?));
        content.result = content.result.or_else(|| tool::responded(&attribute("gen_ai.output.messages")?));
        tool::settle(&mut content);
    }
    content
}

/// Arguments and result of a tool's span as [`content`] gives them, nothing else read.
///
/// An explicit `{}` is a call without arguments, unless nothing came out of it either: some clients write it where they
/// were told to keep content out.
pub(super) fn payloads(span: &Span) -> (Option<String>, Option<String>) {
    let (mut arguments, mut result) = {
        let source = Source::new(span, &[]);
        (source.payload(ARGUMENTS, false).map(argument_text), source.payload(RESULTS, false).map(result_text))
    };
    let has_more =
        || !span.events.is_empty() || span.attributes.iter().any(|(key, _)| content_side(key).is_some());
    if (arguments.is_none() || result.is_none()) && has_more() {
        let whole = content(span, &[]);
        (arguments, result) = (arguments.or(whole.arguments), result.or(whole.result));
    }
    let is_empty = |key: &str| span.attributes.text(key).is_some_and(|text| text.trim() == "{}");
    if arguments.is_none() && result.is_some() && ARGUMENTS.iter().any(|(key, _)| is_empty(key)) {
        arguments = Some("{}".to_owned());
    }
    (arguments, result)
}

/// What the model answered, from `span` alone.
pub(super) fn answer(span: &Span) -> Vec<Message> {
    Source::new(span, &[]).first(OUTPUTS)
}

/// What was asked, in one line.
pub fn task(span: &Span) -> Option<String> {
    let line = one_line(&asked(span)?);
    (!line.is_empty() && !reading::is_placeholder(&line)).then_some(line)
}

/// What was asked: the last user message, else the generic input of the span.
///
/// Made for agents and the few spans that may name a run: it parses the head of the input.
pub(super) fn asked(span: &Span) -> Option<String> {
    let source = Source { longest: TASK_BYTES, ..Source::new(span, &[]) };
    let input = source.first(INPUTS);
    let asked = input.iter().rev().filter(|message| message.role == Role::User).find_map(spoken);
    asked.or_else(|| payload::asked(source.payload(GENERIC_INPUTS, !input.is_empty())?))
}

/// What a message says, without its calls.
pub(super) fn spoken(message: &Message) -> Option<String> {
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
    /// Messages that came as events.
    records: Vec<Record>,
    /// Events that came as a list in an attribute (Logfire).
    listed: Vec<Record>,
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
    |s| s.conversation_only("gen_ai.prompt", &Role::User),
    |s| s.conversation("gen_ai.request.messages", &Role::User),
    |s| s.conversation("gcp.vertex.agent.llm_request", &Role::User),
    |s| record::inputs(&s.listed),
    |s| s.conversation("request_data", &Role::User),
    |s| s.flattened("llm.prompts.", &Role::User),
    |s| s.conversation("llm.prompts", &Role::User),
    |s| s.conversation("llm.prompt", &Role::User),
    |s| s.conversation("pydantic_ai.all_messages", &Role::User),
    |s| s.conversation("raw_input", &Role::User),
    |s| s.conversation("user_prompt", &Role::User),
    |s| s.conversation("llm.messages", &Role::User),
    |s| s.conversation("agent.messages", &Role::User),
    |s| s.conversation_only("langfuse.observation.input", &Role::User),
    |s| s.conversation_only("mlflow.spanInputs", &Role::User),
    |s| s.conversation_only("braintrust.input_json", &Role::User),
    |s| s.conversation_only("braintrust.input", &Role::User),
    |s| s.conversation_only("lmnr.span.input", &Role::User),
    |s| s.conversation_only("haystack.component.input", &Role::User),
    |s| s.conversation_only("haystack.agent.step.llm.input", &Role::User),
    |s| s.conversation_only("haystack.agent.input", &Role::User),
    |s| s.conversation("lk.chat_ctx", &Role::User),
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
    |s| s.conversation_only("gen_ai.completion", &Role::Assistant),
    |s| s.flattened("llm.choices.", &Role::Assistant),
    |s| s.conversation("llm.response", &Role::Assistant),
    |s| s.in_pieces(["", "gen_ai.response.text", "", "gen_ai.response.tool_calls"]),
    |s| s.conversation("gcp.vertex.agent.llm_response", &Role::Assistant),
    |s| record::outputs(&s.listed),
    |s| s.conversation("response_data", &Role::Assistant),
    |s| s.conversation_only("langfuse.observation.output", &Role::Assistant),
    |s| s.conversation_only("mlflow.spanOutputs", &Role::Assistant),
    |s| s.conversation_only("braintrust.output_json", &Role::Assistant),
    |s| s.conversation_only("braintrust.output", &Role::Assistant),
    |s| s.conversation_only("lmnr.span.output", &Role::Assistant),
    |s| s.conversation_only("haystack.component.output", &Role::Assistant),
    |s| s.conversation_only("haystack.agent.step.llm.output", &Role::Assistant),
    |s| s.conversation_only("haystack.agent.output", &Role::Assistant),
    |s| s.in_pieces(["", "lk.response.text", "", "lk.response.function_calls"]),
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
    ("haystack.agent.input", true),
    ("haystack.pipeline.input_data", true),
    ("lk.function_tool.arguments", false),
    ("gen_ai.prompt", true),
    ("input", true),
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
    ("haystack.agent.output", true),
    ("haystack.pipeline.output_data", true),
    ("lk.function_tool.output", false),
    ("final_result", true),
    ("gen_ai.completion", true),
    ("output", true),
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
        let mut source = Self { span, records, listed: Vec::new(), longest: usize::MAX };
        let lists = ["events", "all_messages_events"].into_iter().find_map(|key| source.attribute(key));
        source.listed =
            lists.iter().filter_map(Json::as_array).flatten().filter_map(Record::of_item).collect();
        source
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

    /// As [`Self::conversation`], of attributes that hold any payload.
    fn conversation_only(&self, key: &str, role: &Role) -> Vec<Message> {
        let json = self
            .attribute(key)
            .filter(|json| json.is_string() && key.starts_with("gen_ai.") || message::is_conversation(json));
        json.map(|json| messages(&json, role)).unwrap_or_default()
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
        found.extend(self.attribute(calls).iter().flat_map(part::tool_calls));
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
        match list {
            Some(list) => payload::documents(&list),
            None => self.retrieved(),
        }
    }

    /// Documents in a generic result, or one in each event of a vector store.
    fn retrieved(&self) -> Vec<Document> {
        let results = RESULTS.iter().filter(|(_, repeats)| *repeats);
        let found = results.filter_map(|(key, _)| self.attribute(key)).map(|json| payload::retrieved(&json));
        let found = found.into_iter().find(|documents| !documents.is_empty());
        found.unwrap_or_else(|| self.span.events.iter().filter_map(payload::query_result).collect())
    }
}

fn json_or_text(text: &str) -> Json {
    lenient::parse(text).unwrap_or_else(|| Json::String(lenient::unquoted(text)))
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
