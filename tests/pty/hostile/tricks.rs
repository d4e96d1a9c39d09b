//! Telemetry that tries everything, in every field that it has.

use std::fmt::Write as _;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList, any_value::Value,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};

use crate::otlp::{self, text};

/// What proves that a text was shown.
pub(super) const MARK: &str = "EVIL";

/// The mark as content writes it for the clipboard.
pub(super) const COPY_OF_CONTENT: &str = "RVZJTA==";

/// Sequences that terminals obey, each around the mark.
const SEQUENCES: [&str; 14] = [
    "\u{1b}[31mEVIL\u{1b}[2J\u{1b}[1;1H",
    "\u{1b}]0;EVIL\u{7}",
    "\u{1b}]2;EVIL\u{1b}\\",
    "\u{1b}]8;;http://evil.example\u{1b}\\EVIL\u{1b}]8;;\u{1b}\\",
    "\u{1b}]52;c;RVZJTA==\u{7}",
    "\u{1b}P+q544e\u{1b}\\EVIL",
    "\u{1b}_EVIL\u{1b}\\",
    "\u{1b}^EVIL\u{1b}\\",
    "\u{1b}XEVIL\u{1b}\\",
    "\u{9b}31mEVIL\u{9d}0;EVIL\u{9c}\u{90}EVIL\u{9c}",
    "\u{1b}[?1049l\u{1b}[?25h\u{1b}cEVIL",
    "\u{1b}[6n\u{1b}[c\u{1b}[>c\u{1b}[?2026hEVIL",
    "\u{1b}(0EVIL\u{e}\u{f}",
    "\u{1b}[3;1tEVIL\u{1b}[201~q",
];

/// Characters that turn, hide, pile up or join.
const CHARACTERS: [&str; 8] = [
    "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}EVIL\u{2066}\u{2067}\u{2068}\u{2069}\u{200e}\u{200f}\u{61c}",
    "\u{200b}\u{200c}\u{2060}\u{feff}\u{ad}\u{180e}EVIL\u{2028}\u{2029}",
    "\u{e0001}\u{e0041}\u{e007f}EVIL\u{fff9}\u{fffa}\u{fffb}",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{200d}\u{1f466}EVIL\u{1f1f0}\u{1f1f7}",
    "\u{1f44d}\u{1f3fd}\u{200d}\u{200d}\u{200d}EVIL\u{fe0f}\u{fe0e}",
    "\u{115f}\u{1160}\u{3164}\u{ffa0}EVIL",
    "שלום EVIL مرحبا",
    "한\u{1112}\u{1161}\u{11ab}EVIL",
];

/// All tricks as texts.
fn tricks() -> Vec<String> {
    let controls = (0..0x20).chain(0x7f..0xa0).filter_map(char::from_u32);
    let flood = format!("e{}EVIL", "\u{301}\u{489}".repeat(300));
    let fixed = SEQUENCES.iter().chain(&CHARACTERS).map(|text| (*text).to_owned());
    controls.map(|control| format!("{control}EVIL{control}")).chain(fixed).chain([flood]).collect()
}

/// Every trick, another one first for each `turn`: what stands first is not cut away.
pub(super) fn evil(turn: usize) -> String {
    let mut all = tricks();
    let turn = turn % all.len();
    all.rotate_left(turn);
    all.concat()
}

/// JSON with text in it, halves of surrogate pairs among them, which only JSON can hold.
fn message(role: &str, turn: usize) -> String {
    let content = serde_json::to_string(&evil(turn)).unwrap();
    let content = content.trim_matches('"');
    format!(
        r#"[{{"role":"{role}","parts":[{{"type":"text","content":"\ud800{content}\udc00\u001b]0;EVIL\u0007"}}]}}]"#
    )
}

/// A JSON object whose names and values are hostile.
fn object(turn: usize) -> String {
    let evil = serde_json::to_string(&evil(turn)).unwrap();
    format!(r#"{{{evil}: {evil}, "list": [{evil}, 1, null], "EVIL": "\ud800\u009b31m\u202e"}}"#)
}

/// A line of a megabyte, and one of as many marks.
fn long() -> String {
    format!("{}\n{}", "EVIL \u{1b}[31m".repeat(100_000), "\u{301}".repeat(500_000))
}

fn value(value: Value) -> AnyValue {
    AnyValue { value: Some(value) }
}

fn attribute(key: &str, of: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(value(of)), ..KeyValue::default() }
}

/// Attributes of every type.
fn attributes(turn: usize) -> Vec<KeyValue> {
    let evil = evil(turn);
    let texts = ArrayValue { values: vec![value(Value::StringValue(evil.clone()))] };
    let inner = KeyValueList { values: vec![text(&evil, &evil)] };
    vec![
        text(&evil, &evil),
        attribute("evil.list", Value::ArrayValue(texts)),
        attribute("evil.map", Value::KvlistValue(inner)),
        attribute("evil.bytes", Value::BytesValue(evil.into_bytes())),
    ]
}

/// As many tags as a span may have, a trick each: together they would be too long for one.
fn tags(turn: usize) -> ArrayValue {
    let tricks = tricks().into_iter().cycle().skip(turn).take(32);
    ArrayValue { values: tricks.map(|trick| value(Value::StringValue(trick))).collect() }
}

/// Makes everything of a span hostile that is not yet.
fn poisoned(mut span: Span, turn: usize) -> Span {
    let evil = evil(turn);
    span.attributes.extend(attributes(turn));
    // what ties runs is of this run alone
    let (own, trace) = (format!("{} {evil}", span.trace_id[7]), vec![0x70 + span.trace_id[7]; 16]);
    span.attributes.extend([
        text("session.id", &own),
        text("user.id", &evil),
        text("gen_ai.conversation.id", &own),
        attribute("tag.tags", Value::ArrayValue(tags(turn))),
    ]);
    span.trace_state.clone_from(&evil);
    let event = Event {
        time_unix_nano: span.start_time_unix_nano,
        name: evil.clone(),
        attributes: attributes(turn),
        ..Event::default()
    };
    let exception = Event {
        name: "exception".to_owned(),
        attributes: vec![
            text("exception.type", &evil),
            text("exception.message", &evil),
            text("exception.stacktrace", &evil),
        ],
        ..event.clone()
    };
    span.events = vec![event, exception];
    let link = Link {
        trace_id: trace,
        span_id: vec![7; 8],
        trace_state: evil.clone(),
        attributes: attributes(turn),
        ..Link::default()
    };
    span.links = vec![link];
    if turn.is_multiple_of(3) {
        span.status = Some(Status { message: evil, code: 2 });
    }
    span
}

fn turn_of(id: u64) -> usize {
    usize::try_from(id).unwrap()
}

fn agent(trace: u64, id: u64, parent: u64, name: &str) -> Span {
    poisoned(otlp::agent(trace, id, parent, name), turn_of(id))
}

fn call(trace: u64, id: u64, parent: u64) -> Span {
    let turn = turn_of(id);
    let mut span = otlp::chat(trace, id, parent, (900, 20));
    span.name = evil(turn);
    span.attributes.retain(|kept| kept.key != "gen_ai.request.model");
    span.attributes.extend([
        text("gen_ai.request.model", &evil(turn)),
        text("gen_ai.response.model", &evil(turn + 1)),
        text("gen_ai.response.id", &evil(turn)),
        text("gen_ai.input.messages", &message("user", turn)),
        text("gen_ai.output.messages", &message("assistant", turn)),
        text("gen_ai.system_instructions", &message("system", turn)),
        text("gen_ai.tool.definitions", &object(turn)),
        text("gen_ai.response.finish_reasons", &evil(turn)),
    ]);
    poisoned(span, turn)
}

fn tool(trace: u64, id: u64, parent: u64, name: &str, turn: usize) -> Span {
    let mut span = otlp::tool(trace, id, parent, name);
    span.attributes.extend([
        text("gen_ai.tool.call.id", &evil(turn)),
        text("gen_ai.tool.call.arguments", &object(turn)),
        text("gen_ai.tool.call.result", &if id == 60 { long() } else { evil(turn) }),
    ]);
    poisoned(span, turn)
}

fn document(trace: u64, id: u64) -> Span {
    let mut span = otlp::span(trace, id, 1, &evil(5));
    let documents =
        format!(r#"[{{"id":"1","score":0.5,"content":{}}}]"#, serde_json::to_string(&evil(6)).unwrap());
    span.attributes = vec![
        text("gen_ai.operation.name", "retrieval"),
        text("gen_ai.data_source.id", &evil(7)),
        text("gen_ai.retrieval.query.text", &evil(8)),
        text("gen_ai.retrieval.documents", &documents),
    ];
    poisoned(span, 1)
}

/// A run with a loop of `rounds`, a ring of handoffs, a retrieval, and a last call that is small enough to be copied.
fn run(trace: u64, rounds: u64) -> Vec<Span> {
    let (one, other, search) = (evil(41), evil(45), evil(50));
    let mut spans =
        vec![agent(trace, 1, 0, &one), document(trace, 200), otlp::tool(trace, 201, 1, &evil(12))];
    for round in 0..rounds {
        spans.push(call(trace, 10 + 2 * round, 1));
        spans.push(tool(trace, 11 + 2 * round, 1, &search, 9));
    }
    let mut parent = 1;
    for (turn, to) in (0..6).zip([&other, &one].into_iter().cycle()) {
        let mut handoff = crate::handoff(trace, 100 + 3 * turn, parent, to);
        handoff.attributes.push(text("gen_ai.handoff.to_agent", to));
        spans.push(poisoned(handoff, 1));
        parent = 101 + 3 * turn;
        spans.push(agent(trace, parent, 100 + 3 * turn, to));
        spans.push(call(trace, parent + 1, parent));
    }
    spans.extend((50..=90).map(|id| tool(trace, id, 1, &evil(turn_of(id)), turn_of(id))));
    spans
}

/// Three hostile runs, the first two to be laid beside each other.
pub(super) fn requests() -> Vec<ExportTraceServiceRequest> {
    let resource = || {
        let mut attributes = attributes(3);
        attributes.extend([text("service.name", &evil(4)), text("service.version", &evil(5))]);
        Some(Resource { attributes, ..Resource::default() })
    };
    let scope = || {
        Some(InstrumentationScope {
            name: evil(2),
            version: evil(3),
            attributes: attributes(4),
            ..InstrumentationScope::default()
        })
    };
    let wrapped = |spans| {
        let scope_spans = vec![ScopeSpans { scope: scope(), spans, schema_url: evil(1) }];
        let resource_spans = vec![ResourceSpans { resource: resource(), scope_spans, schema_url: evil(1) }];
        ExportTraceServiceRequest { resource_spans }
    };
    [(1, 6), (2, 3), (3, 4)].into_iter().map(|(trace, rounds)| wrapped(run(trace, rounds))).collect()
}

/// The names of all control characters, to tell what came through.
pub(super) fn named(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, letter| {
        write!(out, "{}", letter.escape_unicode()).unwrap();
        out
    })
}
