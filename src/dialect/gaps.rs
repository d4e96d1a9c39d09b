//! What one record lacks that other clients tell, and whether it was cut on its way.

use std::hash::{Hash as _, Hasher as _};

use rustc_hash::FxHasher;

use super::content::payloads;
use super::side::{Side, content_side};
use super::{lenient, reading};
use crate::model::{Attributes, Examined, Gap, Gaps, LogRecord, Span, Step, StepKind, StepStatus, Value};

/// The number of attributes at which SDKs begin to drop (`OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT`).
const ATTRIBUTE_LIMIT: usize = 128;

/// Shorter texts are words and ids, which share lengths without any limit.
const SHORTEST_CUT: usize = 64;

/// What `span`, which tells `step`, and the log records tied to it lack.
pub fn examine(span: &Span, step: &Step, logs: &[LogRecord]) -> Examined {
    let mut gaps = Gaps::default();
    if step.is_agentic() && !step.plumbing {
        add_missing(&mut gaps, span, step, logs);
    }
    gaps.add(
        Gap::Attributes,
        span.dropped_attributes_count > 0 || span.attributes.0.len() == ATTRIBUTE_LIMIT,
    );
    gaps.add(Gap::Events, span.dropped_events_count > 0);
    gaps.add(Gap::Clock, span.start == 0 || span.end != 0 && span.end < span.start);
    let events = span.events.iter().flat_map(|event| event.attributes.iter());
    let longest = add_cuts(&mut gaps, span.attributes.iter().chain(events));
    Examined { gaps, longest, ..Examined::default() }
}

/// What events of clients that send nothing but log records must hold to tell what a span would: the event, the gap
/// without it, and the keys, one of which is enough (`cli_events.md`).
const LOG_EVENTS: [(&str, Gap, &[&str]); 9] = [
    ("tool_result", Gap::Arguments, &["tool_input", "tool_parameters"]),
    ("assistant_response", Gap::Answers, &["response"]),
    ("codex.tool_result", Gap::Arguments, &["arguments"]),
    ("codex.tool_result", Gap::Results, &["output"]),
    ("codex.sse_event", Gap::Model, &["model"]),
    ("gemini_cli.tool_call", Gap::Arguments, &["function_args"]),
    ("qwen-code.tool_call", Gap::Arguments, &["function_args"]),
    ("user_prompt", Gap::Prompts, &["prompt"]),
    ("codex.user_prompt", Gap::Prompts, &["prompt"]),
];

/// What `log` lacks.
pub fn examine_log(log: &LogRecord) -> Examined {
    let mut gaps = Gaps::default();
    let name = log.attributes.text("event.name").unwrap_or(&log.event_name);
    let mut told = Gaps::default();
    for (_, gap, keys) in LOG_EVENTS.iter().filter(|(event, ..)| *event == name) {
        let is_told = keys.iter().filter_map(|key| log.attributes.get(key)).any(reading::is_content);
        if is_told { &mut told } else { &mut gaps }.add(*gap, true);
    }
    gaps.add(Gap::Attributes, log.dropped_attributes_count > 0);
    let body = match &log.body {
        Value::Map(body) => body.0.as_slice(),
        _ => &[],
    };
    let body = body.iter().map(|(key, value)| (key.as_str(), value));
    let longest = add_cuts(&mut gaps, log.attributes.iter().chain(body));
    Examined { gaps, told, longest }
}

fn add_missing(gaps: &mut Gaps, span: &Span, step: &Step, logs: &[LogRecord]) {
    match step.kind {
        StepKind::Llm => {
            let answered = step.is_answered_call();
            gaps.add(Gap::Prompts, !tells(span, logs, Side::Input));
            gaps.add(Gap::Answers, answered && !tells(span, logs, Side::Output));
            gaps.add(Gap::Tokens, answered && !step.usage.is_known());
            gaps.add(Gap::Model, step.model.is_none());
            gaps.add(Gap::Price, step.usage.is_known() && step.model.is_some() && step.cost.is_none());
        }
        StepKind::Tool => {
            let (arguments, result) = payloads(span);
            gaps.add(Gap::Arguments, arguments.is_none() && !told_by_logs(logs, Side::Input));
            let is_done = step.status == StepStatus::Ok;
            gaps.add(Gap::Results, is_done && result.is_none() && !told_by_logs(logs, Side::Output));
        }
        _ => {}
    }
}

/// Content that says how a model was set up, not what it was asked.
const SETTINGS: [&str; 8] = [
    "gen_ai.tool.definitions",
    "gen_ai.system_instructions",
    "llm.tools.",
    "llm.request.functions.",
    "llm.prompt_template.",
    "ai.prompt.tools",
    "mlflow.chat.tools",
    "sk.available_functions",
];

/// Whether anything on this side of a conversation is told.
fn tells(span: &Span, logs: &[LogRecord], side: Side) -> bool {
    let speaks = |pair| speaks(pair, side);
    span.attributes.iter().any(speaks)
        || listed(&span.attributes, side)
        || span.events.iter().any(|event| {
            event.attributes.iter().any(speaks)
                || side_of(&event.name) == Some(side) && says(&event.attributes)
        })
        || told_by_logs(logs, side)
}

/// Whether an attribute holds content of this side, and not how a model was set up.
fn speaks((key, value): (&str, &Value), side: Side) -> bool {
    content_side(key) == Some(side)
        && !SETTINGS.iter().any(|setting| key.starts_with(setting))
        && is_told(value)
}

fn told_by_logs(logs: &[LogRecord], side: Side) -> bool {
    logs.iter().any(|log| {
        let name = log.attributes.text("event.name").unwrap_or(&log.event_name);
        let in_body = || matches!(&log.body, Value::Map(body) if says(body));
        let by_key = || log.attributes.iter().any(|pair| speaks(pair, side));
        by_key() && name == "gen_ai.client.inference.operation.details"
            || side_of(name) == Some(side) && (says(&log.attributes) || in_body())
    })
}

/// Logfire's list of events holds both sides.
fn listed(attributes: &Attributes, side: Side) -> bool {
    side == Side::Output
        && ["events", "all_messages_events"].iter().any(|key| attributes.get(key).is_some_and(is_told))
}

/// Which way a message that came as an event flows.
pub(super) fn side_of(event: &str) -> Option<Side> {
    match event.strip_prefix("gen_ai.")? {
        "choice" | "content.completion" => Some(Side::Output),
        name if name.ends_with(".message") || name == "content.prompt" => Some(Side::Input),
        _ => None,
    }
}

/// Members of a message that say something.
const SAYING: [&str; 9] = [
    "content",
    "message",
    "text",
    "arguments",
    "parts",
    "tool.result",
    "gen_ai.event.content",
    "gen_ai.prompt",
    "gen_ai.completion",
];

/// Whether a message says more than who speaks.
fn says(message: &Attributes) -> bool {
    message.iter().any(|(key, value)| match value {
        Value::Str(_) => SAYING.contains(&key) && is_told(value),
        Value::Map(inner) => says(inner),
        Value::Array(items) => items.iter().any(|item| {
            matches!(item, Value::Map(inner) if says(inner)) || item.as_str().is_some_and(|_| is_told(item))
        }),
        _ => false,
    })
}

/// Whether a value is content, and not the frame of messages whose texts were left out.
fn is_told(value: &Value) -> bool {
    let is_frame = |text: &str| {
        (text.contains("\"parts\"") || text.contains("\"event.name\""))
            && !["\"content\":", "\"text\":", "\"arguments\":", "\"args\":", "\"response\":", "\"result\":"]
                .iter()
                .any(|member| text.contains(member))
    };
    reading::is_content(value) && !value.as_str().is_some_and(is_frame)
}

/// Adds what was taken out of or cut from content; gives the longest text that a limit may have cut.
fn add_cuts<'a>(gaps: &mut Gaps, values: impl Iterator<Item = (&'a str, &'a Value)>) -> Option<(usize, u64)> {
    let mut longest: Option<(usize, &str)> = None;
    for (key, value) in values {
        let Some(text) = value.as_str() else { continue };
        gaps.add(Gap::Redacted, reading::is_redacted(text.trim()));
        if key != "content" && content_side(key).is_none() {
            continue;
        }
        gaps.add(Gap::Shortened, is_shortened(text));
        let breaks_off = breaks_off(text);
        gaps.add(Gap::Json, breaks_off);
        let chars = if text.len() < SHORTEST_CUT { 0 } else { text.chars().count() };
        if chars >= SHORTEST_CUT && longest.is_none_or(|(most, _)| chars > most) {
            longest = Some((chars, text));
        }
    }
    longest.map(|(chars, text)| (chars, digest(text)))
}

/// A whole JSON value was not cut: its digest is 0.
fn digest(text: &str) -> u64 {
    if text.starts_with(['{', '[', '"']) && !breaks_off(text) {
        return 0;
    }
    let mut hasher = FxHasher::default();
    text.hash(&mut hasher);
    hasher.finish().max(1)
}

/// Whether the end of a text says that more was there.
fn is_shortened(text: &str) -> bool {
    /// The mark and the number of characters left out.
    const TAIL: usize = 80;
    let tail = &text[text.floor_char_boundary(text.len().saturating_sub(TAIL))..];
    ["[TRUNCATED", "[truncated", "(truncated", "<truncated"].iter().any(|mark| tail.contains(mark))
}

/// Whether `text` begins as JSON and ends before the JSON does.
fn breaks_off(text: &str) -> bool {
    let text = text.trim();
    let begins = ["{\"", "[{", "[\"", "[["].iter().any(|start| text.starts_with(start));
    begins && !text.ends_with(['}', ']']) && lenient::parse(text).is_some()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::{span_of, step};
    use super::*;

    fn gaps(attributes: &serde_json::Value) -> Vec<Gap> {
        let span = span_of("chat", attributes);
        examine(&span, &step(&span), &[]).gaps.iter().collect()
    }

    #[test]
    fn what_a_model_call_does_not_tell_is_found() {
        let told = json!({
            "gen_ai.operation.name": "chat", "gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 1,
            "gen_ai.usage.output_tokens": 1, "gen_ai.usage.cost": 0.1,
            "gen_ai.input.messages": r#"[{"role":"user","parts":[{"type":"text","content":"hi"}]}]"#,
            "gen_ai.output.messages": r#"[{"role":"assistant","parts":[{"type":"text","content":"ho"}]}]"#,
        });
        let all = || told.as_object().unwrap().clone();
        // of a made-up model nobody knows the price; prices are not this room's
        let without = |keys: &[&str]| {
            let mut some = all();
            for key in keys {
                some.remove(*key);
            }
            gaps(&some.into()).into_iter().filter(|gap| *gap != Gap::Price).collect::<Vec<_>>()
        };
        assert_eq!(without(&[]), []);
        assert_eq!(without(&["gen_ai.input.messages"]), [Gap::Prompts]);
        assert_eq!(without(&["gen_ai.output.messages"]), [Gap::Answers]);
        assert_eq!(without(&["gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"]), [Gap::Tokens]);
        assert_eq!(without(&["gen_ai.request.model"]), [Gap::Model]);
    }

    #[test]
    fn tool_definitions_and_empty_frames_are_no_prompts() {
        for (key, value) in [
            ("gen_ai.tool.definitions", r#"[{"name":"f"}]"#),
            ("gen_ai.input.messages", r#"[{"role":"user","parts":[{"type":"text"}]}]"#),
            ("gen_ai.input.messages", "[]"),
            ("llm.tools.0.tool.json_schema", "{\"a\":1}"),
        ] {
            let found = gaps(&json!({"gen_ai.operation.name": "chat", key: value}));
            assert!(found.contains(&Gap::Prompts), "{key} {value}");
        }
    }

    #[test]
    fn messages_in_events_and_log_records_are_told() {
        let span = span_of("chat", &json!({"gen_ai.operation.name": "chat"}));
        let step = step(&span);
        let record = |name: &str, body: serde_json::Value| LogRecord {
            event_name: name.to_owned(),
            body: super::super::tests::value_of(&body),
            ..LogRecord::default()
        };
        let found = |logs: &[LogRecord]| examine(&span, &step, logs).gaps.iter().collect::<Vec<_>>();
        let full = [
            record("gen_ai.user.message", json!({"content": "hi"})),
            record("gen_ai.choice", json!({"index": 0, "message": {"role": "assistant", "content": "ho"}})),
        ];
        assert!(!found(&full).iter().any(|gap| [Gap::Prompts, Gap::Answers].contains(gap)));
        let bare = [
            record("gen_ai.user.message", json!({})),
            record("gen_ai.choice", json!({"message": {"tool_calls": [{"function": {"name": "f"}}]}})),
        ];
        assert!([Gap::Prompts, Gap::Answers].iter().all(|gap| found(&bare).contains(gap)));
    }

    #[test]
    fn a_tool_without_arguments_lacks_none() {
        let run = |arguments: &str, result: &str| {
            gaps(&json!({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "f",
                "gen_ai.tool.call.arguments": arguments, "gen_ai.tool.call.result": result}))
        };
        assert_eq!(run("{}", "ok"), []);
        assert_eq!(run("{}", "{}"), [Gap::Arguments, Gap::Results]);
    }

    #[test]
    fn cuts_placeholders_and_limits_are_seen() {
        for (attributes, gap) in [
            (json!({"input.value": "[{\"role\": \"user\", \"content\": \"cut in the mid"}), Gap::Json),
            (json!({"input.value": "a long text...[TRUNCATED: original length 12000]"}), Gap::Shortened),
            (json!({"user_prompt": "<REDACTED>"}), Gap::Redacted),
            (json!({"input.value": "__REDACTED__"}), Gap::Redacted),
        ] {
            assert!(gaps(&attributes).contains(&gap), "{attributes}");
        }
        for whole in [
            "[1] first, [2] second",
            "{\"a\": 1}",
            "[\"a\"]",
            "{not json",
            "the [truncated] cone of a volcano is a frustum, and its volume is easily computed from both of its radii",
        ] {
            let found = gaps(&json!({"input.value": whole}));
            assert!(!found.contains(&Gap::Json) && !found.contains(&Gap::Shortened), "{whole}: {found:?}");
        }
        let many: serde_json::Map<_, _> = (0..128).map(|n| (format!("k{n}"), json!(n))).collect();
        assert!(gaps(&many.into()).contains(&Gap::Attributes));
    }

    #[test]
    fn log_events_tell_what_spans_need_not() {
        let log = |attributes: &[(&str, &str)]| LogRecord {
            attributes: attributes.iter().copied().collect(),
            ..LogRecord::default()
        };
        let with = examine_log(&log(&[("event.name", "tool_result"), ("tool_input", "{\"a\":1}")]));
        assert_eq!(
            (with.gaps, with.told.iter().collect::<Vec<_>>()),
            (Gaps::default(), vec![Gap::Arguments])
        );
        let without = examine_log(&log(&[("event.name", "tool_result"), ("success", "true")]));
        assert_eq!(without.gaps.iter().collect::<Vec<_>>(), [Gap::Arguments]);
        let hidden = examine_log(&log(&[("event.name", "user_prompt"), ("prompt", "<REDACTED>")]));
        assert_eq!(hidden.gaps.iter().collect::<Vec<_>>(), [Gap::Prompts, Gap::Redacted]);
    }
}
