//! Events of the `GenAI` conventions (`dialects.md` 1.5). Within a span they are that span's content; outside of any,
//! of an application that only logs, they are the step itself.

use super::client::{Client, Event, event};
use crate::dialect::reading;
use crate::model::{Attributes, Step, StepKind, Value};

pub(super) static CLIENT: Client = Client {
    agent: "",
    prefix: "gen_ai.",
    scope: "",
    session: &["gen_ai.conversation.id", "session.id"],
    prompt: None,
    is_sub_agents: |_| false,
    ties_traces: false,
    events: EVENTS,
};

const EVENTS: &[Event] = &[
    event("client.inference.operation.details", StepKind::Llm, "api request").outside_spans(),
    event("choice", StepKind::Llm, "answer").when(|_| false).prepare(choice).outside_spans(),
    event("client.operation.exception", StepKind::Llm, "api request")
        .outside_spans()
        .failed()
        .words(EXCEPTION),
    event("evaluation.result", StepKind::Evaluation, "evaluation").refine(evaluation),
];

const EXCEPTION: &[(&str, &str)] =
    &[("exception.message", "error.message"), ("exception.type", "error.type")];

/// The body is one message of the answer.
fn choice(attributes: &mut Attributes) {
    let Some(said) = attributes.get("message").cloned() else { return };
    let messages = Value::Array(vec![Value::Map([("message", said)].into_iter().collect())]);
    attributes.0.push(("gen_ai.output.messages".to_owned(), messages));
}

/// `relevance: pass (0.9)`.
fn evaluation(attributes: &Attributes, step: &mut Step) {
    let said = |key| attributes.get(key).and_then(reading::text);
    let Some(name) = said("gen_ai.evaluation.name") else { return };
    let label = said("gen_ai.evaluation.score.label").map(|label| format!(": {label}")).unwrap_or_default();
    let score = said("gen_ai.evaluation.score.value").map(|score| format!(" ({score})")).unwrap_or_default();
    step.name = format!("{name}{label}{score}").into();
}
