//! The raw telemetry of a step: events, links, attributes with their types, who sent it, ids and times.

use crate::model::{Attributes, LogRecord, Step, Value};
use crate::report::format::{self, Zone};
use crate::tui::backend::StepDetail;
use crate::tui::theme::Role;

use super::build::Builder;
use super::json;
use super::sections::{heading, pair};

/// Attributes at first unfolded where the step has no content to read.
const FEW: usize = 12;

/// Texts longer than this stand below their name; longer than that they are folded at first.
const BESIDE: usize = 60;
const FOLDED: usize = 2000;

/// Texts up to this size are copied as they came; of longer ones what is shown is, for each would be kept twice.
const COPIED: usize = 64 * 1024;

pub(super) fn push_events(b: &mut Builder, detail: &StepDetail, zone: Zone) {
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

/// Log records that bear the step's ids; of a step that was told by a log record alone this one.
pub(super) fn push_logs(b: &mut Builder, detail: &StepDetail, zone: Zone) {
    if detail.logs.is_empty() {
        return;
    }
    heading(b, "log records");
    for log in &detail.logs {
        let name = if log.event_name.is_empty() { "log record" } else { &log.event_name };
        let when = format!("  {}  {}", format::clock(said_at(log), zone), log.severity_text);
        let fold = b.open(&[(name, Role::Title), (when.trim_end(), Role::Dim)], true);
        if log.body != Value::Null {
            push_attribute(b, "body", &log.body);
        }
        push_attributes(b, &log.attributes, log.dropped_attributes_count);
        b.close(fold);
    }
}

const fn said_at(log: &LogRecord) -> u64 {
    if log.time == 0 { log.observed_time } else { log.time }
}

pub(super) fn push_links(b: &mut Builder, detail: &StepDetail) {
    if detail.span.links.is_empty() {
        return;
    }
    heading(b, "links");
    for link in &detail.span.links {
        let target = format!("trace {}  span {}", hex(&link.trace_id), hex(&link.span_id));
        let fold = b.open(&[(&target, Role::Text)], false);
        if !link.trace_state.is_empty() {
            pair(b, "trace state", &link.trace_state);
        }
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

pub(super) fn push_raw(b: &mut Builder, detail: &StepDetail) {
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
        Value::Str(text) if text.len() > BESIDE || text.contains('\n') => {
            let fold =
                b.open(&[(key, Role::Key), ("  ", Role::Text), (kind, Role::Faint)], text.len() > FOLDED);
            if text.len() <= COPIED {
                b.stands_for(text);
            }
            json::push(b, text);
            b.close(fold);
        }
        Value::Array(_) | Value::Map(_) => {
            let fold = b.open(&[(key, Role::Key), ("  ", Role::Text), (kind, Role::Faint)], false);
            push_inside(b, value);
            b.close(fold);
        }
        _ => {
            let words = plain(value);
            let gap = ("  ", Role::Text);
            b.line(&[(key, Role::Key), gap, (&words, role), gap, (kind, Role::Faint)]);
            b.stands_for(&words);
        }
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

pub(super) fn push_ids(b: &mut Builder, step: &Step, detail: &StepDetail, zone: Zone) {
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
        ("response", step.response_id.as_deref()),
        ("tool call", step.tool_call_id.as_deref()),
        ("session", step.session_id.as_deref()),
        ("user", step.user_id.as_deref()),
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
