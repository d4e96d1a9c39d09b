//! What a step's document says, in the order people want it: what went wrong, what is new, what was answered, then the
//! history, what it cost, then the raw telemetry.

use std::sync::Arc;

use crate::model::{
    Attributes, Content, Document as Found, Message, Part, Role as Speaker, Step, StepKind, Value,
};
use crate::report::format::{self, Zone};
use crate::tui::backend::{Asked, RowId, StepDetail};
use crate::tui::theme::Role;

use super::build::Builder;
use super::{Document, cost, json};

/// Attributes at first unfolded where the step has no content to read.
const FEW: usize = 12;

/// The document of one step.
pub fn of_step(asked: &Asked, detail: &StepDetail, zone: Zone) -> Document {
    let Asked { step, also, .. } = asked;
    let mut b = Builder::default();
    push_error(&mut b, step, detail);
    push_content(&mut b, step, detail);
    push_events(&mut b, detail, zone);
    push_links(&mut b, detail);
    push_also(&mut b, step, also);
    cost::push(&mut b, asked, detail.cost.as_ref());
    push_raw(&mut b, detail);
    push_ids(&mut b, step, detail, zone);
    b.finish()
}

/// The document of a parent that has not arrived.
pub fn missing(RowId(trace, span): RowId) -> Document {
    let mut b = Builder::default();
    b.text("This step has not arrived; others name it as their parent.", Role::Text);
    b.text("It comes when it ends, or never, where its program died.", Role::Dim);
    b.gap();
    pair(&mut b, "trace", &trace.to_string());
    pair(&mut b, "span", &span.to_string());
    b.finish()
}

fn heading(b: &mut Builder, title: &str) {
    b.gap();
    b.heading(title, Role::Accent);
}

fn push_error(b: &mut Builder, step: &Step, detail: &StepDetail) {
    let said = [step.error.as_deref().unwrap_or_default(), detail.span.status_message.as_str()];
    let longest = said.into_iter().max_by_key(|text| text.len()).unwrap_or_default();
    if !longest.is_empty() {
        b.heading("failed", Role::Error);
        b.text(longest, Role::Text);
    }
}

fn push_content(b: &mut Builder, step: &Step, detail: &StepDetail) {
    let content = &detail.content;
    let (earlier, new) = content.input.split_at(detail.new_from.min(content.input.len()));
    if !new.is_empty() {
        heading(b, if earlier.is_empty() { "asked" } else { "new since the last call" });
        push_messages(b, new);
    }
    push_values(b, step.kind, content);
    if !content.output.is_empty() {
        heading(b, "answered");
        push_messages(b, &content.output);
    }
    push_documents(b, &content.documents);
    push_history(b, earlier, content);
}

fn push_values(b: &mut Builder, kind: StepKind, content: &Content) {
    let (into, out) = if kind == StepKind::Tool { ("arguments", "result") } else { ("input", "output") };
    for (title, value) in [(into, &content.arguments), (out, &content.result)] {
        if let Some(value) = value {
            heading(b, title);
            json::push(b, value);
        }
    }
}

fn push_history(b: &mut Builder, earlier: &[Message], content: &Content) {
    b.gap();
    if !content.system.is_empty() {
        let fold = b.open(&[("system instructions", Role::Accent)], true);
        for part in &content.system {
            push_part(b, part, Role::Text);
        }
        b.close(fold);
    }
    if !earlier.is_empty() {
        let title = match earlier.len() {
            1 => "1 earlier message".to_owned(),
            many => format!("{many} earlier messages"),
        };
        let fold = b.open(&[(&title, Role::Accent)], true);
        push_messages(b, earlier);
        b.close(fold);
    }
}

fn speaks(speaker: &Speaker) -> Role {
    match speaker {
        Speaker::System | Speaker::Other(_) => Role::SystemSays,
        Speaker::User => Role::UserSays,
        Speaker::Assistant => Role::AssistantSays,
        Speaker::Tool => Role::ToolSays,
    }
}

fn push_messages(b: &mut Builder, messages: &[Message]) {
    for message in messages {
        push_message(b, message);
    }
}

fn push_message(b: &mut Builder, message: &Message) {
    let name = message.name.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
    // calls are shown below, and an end needs no word
    let finish = message.finish_reason.as_deref().filter(|reason| !matches!(*reason, "stop" | "tool_call"));
    let finish = finish.map(|reason| format!("  stopped: {reason}")).unwrap_or_default();
    let label = [(message.role.name(), speaks(&message.role)), (&name, Role::Dim), (&finish, Role::Warning)];
    let fold = b.open(&label, false);
    let plain = if message.role == Speaker::System { Role::Dim } else { Role::Text };
    for part in &message.parts {
        push_part(b, part, plain);
    }
    b.close(fold);
}

fn push_part(b: &mut Builder, part: &Part, plain: Role) {
    match part {
        Part::Text(text) => b.text(text, plain),
        Part::Reasoning(text) => {
            let fold = b.open(&[("thinks", Role::Dim)], false);
            b.text(text, Role::Dim);
            b.close(fold);
        }
        Part::ToolCall { name, arguments, id } => {
            let id = id.as_deref().map(|id| format!("  {id}")).unwrap_or_default();
            let fold = b.open(&[("calls ", Role::Dim), (name, Role::Tool), (&id, Role::Faint)], false);
            json::push(b, arguments);
            b.close(fold);
        }
        Part::ToolResult { result, .. } => json::push(b, result),
        Part::Media { kind, size, uri } => push_media(b, kind, *size, uri.as_deref()),
        Part::Other(text) => json::push(b, text),
    }
}

/// Pictures, sounds and files are named, not shown.
fn push_media(b: &mut Builder, kind: &str, size: Option<u64>, uri: Option<&str>) {
    let size = size.map(|bytes| format!("  {}", format::bytes(bytes))).unwrap_or_default();
    let uri = uri.map(|uri| format!("  {uri}")).unwrap_or_default();
    b.line(&[
        ("[", Role::Dim),
        (kind, Role::JsonWord),
        (&size, Role::JsonNumber),
        (&uri, Role::JsonText),
        ("]", Role::Dim),
    ]);
}

fn push_documents(b: &mut Builder, documents: &[Found]) {
    if documents.is_empty() {
        return;
    }
    heading(b, &format!("{} documents", documents.len()));
    for document in documents {
        let score = document.score.map(|score| format!("{score:.3}  ")).unwrap_or_default();
        let id = document.id.as_deref().unwrap_or("document");
        let fold = b.open(&[(&score, Role::JsonNumber), (id, Role::Key)], false);
        b.text(&document.content, Role::Text);
        if let Some(metadata) = &document.metadata {
            json::push(b, metadata);
        }
        b.close(fold);
    }
}

fn push_events(b: &mut Builder, detail: &StepDetail, zone: Zone) {
    if detail.span.events.is_empty() {
        return;
    }
    heading(b, "events");
    for event in &detail.span.events {
        let after = format::duration(event.time.saturating_sub(detail.span.start));
        let when = format!("  {} · after {after}", format::clock(event.time, zone));
        let fold = b.open(&[(&event.name, Role::Title), (&when, Role::Dim)], false);
        push_attributes(b, &event.attributes, event.dropped_attributes_count);
        b.close(fold);
    }
    push_dropped(b, detail.span.dropped_events_count, "events");
}

fn push_links(b: &mut Builder, detail: &StepDetail) {
    if detail.span.links.is_empty() {
        return;
    }
    heading(b, "links");
    for link in &detail.span.links {
        let target = format!("trace {}  span {}", hex(&link.trace_id), hex(&link.span_id));
        let fold = b.open(&[(&target, Role::Text)], false);
        push_attributes(b, &link.attributes, link.dropped_attributes_count);
        b.close(fold);
    }
    push_dropped(b, detail.span.dropped_links_count, "links");
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|n| char::from_digit(n.into(), 16))
        .collect()
}

/// Other reports of this call: counted once, kept whole, each under its own ids.
fn push_also(b: &mut Builder, step: &Step, also: &[Arc<Step>]) {
    if also.is_empty() {
        return;
    }
    heading(b, "also reported by");
    for other in also {
        let fold =
            b.open(&[(&other.scope, Role::Title), ("  ", Role::Text), (&other.name, Role::Dim)], false);
        if other.trace_id != step.trace_id {
            pair(b, "trace", &other.trace_id.to_string());
        }
        pair(b, "span", &other.span_id.to_string());
        if let Some(parent) = other.parent_span_id {
            pair(b, "parent", &parent.to_string());
        }
        if other.usage.is_known() {
            let told = |count: Option<u64>| count.map_or_else(|| format::UNKNOWN.to_owned(), format::count);
            pair(b, "tokens", &format!("in {} out {}", told(other.usage.input), told(other.usage.output)));
        }
        b.close(fold);
    }
}

fn push_raw(b: &mut Builder, detail: &StepDetail) {
    let span = &detail.span;
    b.gap();
    let bare = detail.content.is_empty() && span.attributes.0.len() <= FEW;
    push_raw_section(b, "attributes", &span.attributes, span.dropped_attributes_count, !bare);
    let resource = &detail.resource;
    push_raw_section(b, "resource", &resource.attributes, resource.dropped_attributes_count, true);
    let scope = &detail.scope;
    let title = format!("scope {} {}", scope.name, scope.version);
    push_raw_section(b, title.trim(), &scope.attributes, scope.dropped_attributes_count, true);
}

fn push_raw_section(b: &mut Builder, title: &str, attributes: &Attributes, dropped: u32, folded: bool) {
    if attributes.is_empty() && dropped == 0 {
        return b.line(&[(title, Role::Dim)]);
    }
    let size = format!("  {}", attributes.0.len());
    let fold = b.open(&[(title, Role::Accent), (&size, Role::Dim)], folded);
    push_attributes(b, attributes, dropped);
    b.close(fold);
}

fn push_attributes(b: &mut Builder, attributes: &Attributes, dropped: u32) {
    for (key, value) in attributes.iter() {
        push_attribute(b, key, value);
    }
    push_dropped(b, dropped, "attributes");
}

fn push_dropped(b: &mut Builder, dropped: u32, what: &str) {
    if dropped > 0 {
        b.line(&[(&format!("{dropped} {what} were dropped at the source"), Role::Warning)]);
    }
}

fn push_attribute(b: &mut Builder, key: &str, value: &Value) {
    let (kind, role) = type_of(value);
    match value {
        Value::Str(text) if text.len() > 60 || text.contains('\n') => {
            let fold =
                b.open(&[(key, Role::Key), ("  ", Role::Text), (kind, Role::Faint)], text.len() > 2000);
            json::push(b, text);
            b.close(fold);
        }
        Value::Array(_) | Value::Map(_) => {
            let fold = b.open(&[(key, Role::Key), ("  ", Role::Text), (kind, Role::Faint)], false);
            push_inside(b, value);
            b.close(fold);
        }
        _ => b.line(&[
            (key, Role::Key),
            ("  ", Role::Text),
            (&plain(value), role),
            ("  ", Role::Text),
            (kind, Role::Faint),
        ]),
    }
}

fn push_inside(b: &mut Builder, value: &Value) {
    match value {
        Value::Array(list) => {
            for (at, item) in list.iter().enumerate() {
                push_attribute(b, &at.to_string(), item);
            }
        }
        Value::Map(map) => {
            for (key, item) in map.iter() {
                push_attribute(b, key, item);
            }
        }
        _ => {}
    }
}

fn type_of(value: &Value) -> (&'static str, Role) {
    match value {
        Value::Null => ("null", Role::JsonWord),
        Value::Bool(_) => ("bool", Role::JsonWord),
        Value::Int(_) => ("int", Role::JsonNumber),
        Value::Double(_) => ("double", Role::JsonNumber),
        Value::Str(_) => ("text", Role::JsonText),
        Value::Bytes(_) => ("bytes", Role::JsonText),
        Value::Array(_) => ("array", Role::Dim),
        Value::Map(_) => ("map", Role::Dim),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Bool(flag) => flag.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Double(number) => number.to_string(),
        Value::Str(text) => text.clone(),
        Value::Bytes(bytes) => hex(bytes),
        Value::Null | Value::Array(_) | Value::Map(_) => String::new(),
    }
}

fn push_ids(b: &mut Builder, step: &Step, detail: &StepDetail, zone: Zone) {
    let fold = b.open(&[("ids and times", Role::Accent)], true);
    pair(b, "trace", &step.trace_id.to_string());
    pair(b, "span", &step.span_id.to_string());
    if let Some(parent) = step.parent_span_id {
        pair(b, "parent", &parent.to_string());
    }
    pair(b, "name", &detail.span.name);
    pair(b, "span kind", detail.span.kind.name());
    pair(b, "started", &zone.naive(step.start).format("%Y-%m-%d %H:%M:%S%.9f").to_string());
    if step.end != 0 {
        pair(b, "ended", &zone.naive(step.end).format("%Y-%m-%d %H:%M:%S%.9f").to_string());
    }
    let optional = [
        ("response", &step.response_id),
        ("tool call", &step.tool_call_id),
        ("session", &step.session_id),
        ("user", &step.user_id),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            pair(b, name, value);
        }
    }
    if !detail.span.trace_state.is_empty() {
        pair(b, "trace state", &detail.span.trace_state);
    }
    b.close(fold);
}

fn pair(b: &mut Builder, name: &str, value: &str) {
    b.line(&[(&format!("{name:<10} "), Role::Key), (value, Role::Text)]);
}
