//! stub
use crate::model::*;
pub struct Interpretation {
    pub step: Step,
    pub pricing: PriceQuery,
}
#[derive(PartialEq)]
pub enum Side {
    Input,
    Output,
}
pub fn content_side(key: &str) -> Option<Side> {
    match key {
        "gen_ai.input.messages" | "gen_ai.system_instructions" | "gen_ai.tool.call.arguments" => {
            Some(Side::Input)
        }
        "gen_ai.output.messages" | "gen_ai.tool.call.result" => Some(Side::Output),
        _ => None,
    }
}
pub fn task(_: &Span) -> Option<String> {
    None
}
pub fn interpret(span: &Span, _r: &Resource, scope: &Scope) -> Interpretation {
    let t = |k: &str| span.attributes.text(k).map(str::to_owned);
    let n = |k: &str| match span.attributes.get(k) {
        Some(Value::Int(n)) => u64::try_from(*n).ok(),
        _ => None,
    };
    let kind = match span.attributes.text("gen_ai.operation.name") {
        Some("chat") => StepKind::Llm,
        Some("execute_tool") => StepKind::Tool,
        Some("invoke_agent") => StepKind::Agent,
        _ => StepKind::Other,
    };
    Interpretation {
        step: Step {
            key: StepKey(0),
            trace_id: span.trace_id,
            span_id: span.span_id,
            parent_span_id: span.parent_span_id,
            remote_parent: span.flags & 0x300 == 0x300,
            start: span.start,
            end: span.end,
            kind,
            plumbing: false,
            setup: false,
            name: span.name.clone(),
            agent: t("gen_ai.agent.name"),
            model: t("gen_ai.response.model"),
            provider: t("gen_ai.provider.name"),
            tool: t("gen_ai.tool.name"),
            tool_call_id: t("gen_ai.tool.call.id"),
            handoff: None,
            usage: Usage {
                input: n("gen_ai.usage.input_tokens"),
                output: n("gen_ai.usage.output_tokens"),
                cache_read: n("gen_ai.usage.cache_read.input_tokens"),
                ..Usage::default()
            },
            cost: None,
            status: if span.status == StatusCode::ERROR {
                StepStatus::Error
            } else if span.end == 0 {
                StepStatus::Running
            } else {
                StepStatus::Ok
            },
            error: None,
            finish_reason: None,
            time_to_first_token: None,
            response_id: t("gen_ai.response.id"),
            scope: scope.name.clone(),
            session_id: t("session.id"),
            user_id: t("user.id"),
            input_digest: 0,
            output_digest: 0,
        },
        pricing: PriceQuery::default(),
    }
}
