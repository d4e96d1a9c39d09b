//! What a step of the world was sent as: its span, what it saw and said, why it costs what it does.

use std::sync::Arc;

use crate::model::{
    Attributes, Basis, Content, Event, Explanation, Link, Message, NanoUsd, Part, Rates, Resource, Role,
    Scope, Span, SpanKind, StatusCode, Step, StepKind, StepStatus, Value,
};
use crate::tui::StepDetail;

use super::{HOSTILE, MS};

fn says(role: Role, text: &str) -> Message {
    Message { role, name: None, parts: vec![Part::Text(text.into())], finish_reason: None }
}

pub(super) fn detail_of(step: &Step) -> StepDetail {
    let (content, new_from) = match step.kind {
        StepKind::Llm => (conversation(), 2),
        StepKind::Tool => (tool_content(step), 0),
        _ => (Content::default(), 0),
    };
    StepDetail {
        span: span_of(step),
        resource: Arc::new(Resource {
            attributes: [("service.name", "support"), ("telemetry.sdk.language", "python")]
                .into_iter()
                .collect(),
            ..Resource::default()
        }),
        scope: Arc::new(Scope {
            name: "opentelemetry.instrumentation.openai".into(),
            version: "2.1".into(),
            ..Scope::default()
        }),
        content,
        logs: Vec::new(),
        new_from,
        before: None,
        answers: Vec::new(),
        cost: None,
    }
}

/// Why a call of [`Script::call`] costs what it does.
pub(super) fn why(step: &Step) -> Explanation {
    let units = [1500, 1500, 1500, 1500, 1500, 9000, 9000, 9000].map(|price| Some(price * 1_000_000));
    let rates = Rates { units, request: NanoUsd(0) };
    let model = step.model.as_deref().unwrap_or_default().to_owned();
    let list = Basis::List {
        list: "genai-prices 0.0.0".into(),
        provider: "vendor".into(),
        model: model.clone(),
        discount: None,
    };
    Explanation {
        basis: list,
        provider: Some("a gateway".into()),
        models: vec![model],
        alias: None,
        service_tier: None,
        tier_above: None,
        at: step.start,
        usage: *step.usage,
        reported: None,
        computed: rates.cost(&step.usage),
        parts: rates.parts(&step.usage),
        request: NanoUsd(0),
        why_unknown: (!step.usage.is_known()).then_some("the call tells no tokens"),
        doubts: Vec::new(),
    }
}

fn conversation() -> Content {
    let call = Part::ToolCall {
        id: Some("call_9f2".into()),
        name: "search_web".into(),
        arguments: r#"{"q": "refund policy \ud658\ubd88", "limit": 5}"#.into(),
    };
    let result = Part::ToolResult {
        id: Some("call_81c".into()),
        result: r#"{"order": 8812, "status": "shipped", "note": "left with neighbour\n문 앞에 두었습니다", "items": [{"sku": "A-1", "price": 89.0}, {"sku": "B-7", "price": 12.5}], "paid": true}"#.into(),
    };
    Content {
        system: vec![Part::Text(
            "You are a support agent. Be kind, be brief.\nNever promise what you cannot do.".into(),
        )],
        input: vec![
            says(Role::User, "Where is order 8812?"),
            says(Role::Assistant, "Let me look."),
            Message {
                role: Role::Tool,
                name: Some("get_order".into()),
                parts: vec![result],
                finish_reason: None,
            },
            says(
                Role::User,
                "이중 결제가 되었어요. 그냥 환불해 주세요 👩‍👩‍👧‍👦\n\nI was charged twice, just refund it please, and tell me when the money will be back on my card.",
            ),
        ],
        output: vec![Message {
            role: Role::Assistant,
            name: None,
            parts: vec![Part::Text("I will look up our refund policy first.".into()), call],
            finish_reason: Some("tool_call".into()),
        }],
        ..Content::default()
    }
}

fn tool_content(step: &Step) -> Content {
    Content {
        arguments: Some(
            r#"{"q": "refund policy", "lang": "ko", "options": {"safe": true, "region": null}}"#.into(),
        ),
        result: Some(format!(
            "{{\"hits\": 3, \"text\": \"{}\\n\\tsecond line\"}}",
            if step.name.contains('\u{1b}') { "\\u001b[31mred\\u0007" } else { "Refunds within 14 days" }
        )),
        ..Content::default()
    }
}

fn span_of(step: &Step) -> Span {
    let failed = step.status == StepStatus::Error;
    Span {
        trace_id: step.trace_id,
        span_id: step.span_id,
        parent_span_id: step.parent_span_id,
        trace_state: String::new(),
        name: step.name.to_string(),
        kind: SpanKind(3),
        start: step.start,
        end: step.end,
        attributes: Attributes(vec![
            ("gen_ai.operation.name".into(), Value::from("chat")),
            ("gen_ai.request.temperature".into(), Value::from(0.2)),
            ("gen_ai.request.max_tokens".into(), Value::from(1024)),
            ("gen_ai.response.finish_reasons".into(), Value::Array(vec!["stop".into()])),
            ("stream".into(), Value::from(true)),
            ("hostile".into(), Value::from(HOSTILE)),
        ]),
        dropped_attributes_count: u32::from(failed),
        events: if failed {
            vec![Event {
                time: step.start + 3 * MS,
                name: "exception".into(),
                attributes: [
                    ("exception.type", "TimeoutError"),
                    ("exception.message", "payment gateway timed out after 30 s"),
                ]
                .into_iter()
                .collect(),
                dropped_attributes_count: 0,
            }]
        } else {
            Vec::new()
        },
        dropped_events_count: 0,
        links: if failed {
            vec![Link { trace_id: vec![0xab; 16], span_id: vec![0xcd; 8], ..Link::default() }]
        } else {
            Vec::new()
        },
        dropped_links_count: 0,
        status: if failed { StatusCode::ERROR } else { StatusCode::OK },
        status_message: step.error.as_deref().unwrap_or_default().to_owned(),
        flags: 0,
    }
}
