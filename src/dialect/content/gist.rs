//! What tells a step from its neighbours, in one line: read for the rows in sight, so no more of it than that needs.

use super::{answer, asked, content, payloads, spoken};
use crate::model::{Content, Gist, LogRecord, Part, Span, StepKind};

/// What `span`, a step of this kind, was about. `logs` are records tied to it.
pub fn gist(span: &Span, logs: &[LogRecord], kind: StepKind) -> Option<Gist> {
    match kind {
        StepKind::Tool => {
            let arguments = payloads(span).0.or_else(|| with_logs(span, logs)?.arguments);
            arguments.filter(|text| !matches!(text.trim(), "" | "{}")).map(Gist::Text)
        }
        StepKind::Llm => {
            let told = answer(span);
            let told = if told.is_empty() { with_logs(span, logs)?.output } else { told };
            let said = told.iter().find_map(spoken).map(Gist::Text);
            said.or_else(|| {
                let parts = told.iter().flat_map(|message| &message.parts);
                let calls = parts.filter_map(|part| match part {
                    Part::ToolCall { name, .. } if !name.is_empty() => Some(name.clone()),
                    _ => None,
                });
                Some(Gist::Calls(calls.collect())).filter(|gist| *gist != Gist::Calls(Vec::new()))
            })
        }
        StepKind::Retrieval | StepKind::Embedding | StepKind::Rerank => asked(span).map(Gist::Text),
        _ => None,
    }
}

/// What the log records add, where there are any: reading all of a step is worth it only then.
fn with_logs(span: &Span, logs: &[LogRecord]) -> Option<Content> {
    (!logs.is_empty()).then(|| content(span, logs))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::dialect::tests::span_of;

    #[test]
    fn a_gist_is_what_tells_a_step_from_its_neighbours() {
        let text = |text: &str| Some(Gist::Text(text.to_owned()));
        let calls = |names: &[&str]| Some(Gist::Calls(names.iter().map(|&name| name.to_owned()).collect()));
        let answered = |parts: serde_json::Value| json!({"gen_ai.output.messages": json!([{"role": "assistant", "parts": parts}]).to_string()});
        let call = |name: &str| json!({"type": "tool_call", "name": name, "arguments": {"q": 1}});
        for (kind, attributes, want) in [
            (StepKind::Tool, json!({"gen_ai.tool.call.arguments": r#"{"q":1}"#}), text(r#"{"q":1}"#)),
            (
                StepKind::Tool,
                json!({"gen_ai.tool.call.arguments": "{}", "gen_ai.tool.call.result": "x"}),
                None,
            ),
            (StepKind::Llm, answered(json!([call("a"), call("b")])), calls(&["a", "b"])),
            (
                StepKind::Llm,
                answered(json!([{"type": "text", "content": "I look."}, call("a")])),
                text("I look."),
            ),
            (StepKind::Llm, json!({"gen_ai.request.model": "m"}), None),
            (StepKind::Retrieval, json!({"input.value": "refunds?"}), text("refunds?")),
            (StepKind::Agent, json!({"input.value": "refunds?"}), None),
        ] {
            assert_eq!(gist(&span_of("x", &attributes), &[], kind), want, "{kind:?} {attributes}");
        }
    }
}
