//! One span in, one step and one question for its price out.

use std::sync::Arc;

use super::evidence::Evidence;
use super::table::{Field, Meaning, OTHER, meaning_of_name, meaning_of_scope};
use super::ties::{self, Ties};
use super::{genai, handmade, handoff, oddities, outcome, tags, usage, usage_object};
use crate::model::{
    Effect, NanoUsd, Origin, PriceQuery, Resource, Scope, Span, Step, StepKey, StepKind, Usage,
};

/// What a span means.
#[derive(Clone, Debug, PartialEq)]
pub struct Interpretation {
    /// The step; its key, cost and digests are for others to fill in.
    pub step: Step,
    /// What to ask `price`.
    pub pricing: PriceQuery,
    /// What ties it to a run beyond its trace.
    pub ties: Ties,
}

/// What `span` means. Looks at this one span alone and reads no content but a handoff tool's arguments, usage that stands
/// in a raw answer alone, and of an answer the calls, if it names such a tool.
pub fn interpret(span: &Span, resource: &Resource, scope: &Scope) -> Interpretation {
    let evidence = Evidence::gather(span, scope);
    let meaning = kind(&evidence);
    read(&evidence, resource, meaning)
}

/// What `span` says, where it is known what kind of step it is.
pub(super) fn interpret_as(
    span: &Span,
    resource: &Resource,
    scope: &Scope,
    meaning: Meaning,
) -> Interpretation {
    read(&Evidence::gather(span, scope), resource, meaning)
}

fn read(evidence: &Evidence<'_>, resource: &Resource, meaning: Meaning) -> Interpretation {
    let mut step = facts(evidence, meaning);
    for dialect in evidence.dialects() {
        (dialect.refine)(evidence, &mut step);
    }
    if !matches!(step.kind, StepKind::Tool | StepKind::Handoff) {
        step.tool = None;
        step.tool_call_id = None;
    }
    handoff::mark(evidence, &mut step);
    if step.session_id.is_none() && step.is_agentic() {
        step.session_id = resource.attributes.text("session.id").map(Into::into);
    }
    let odd = oddities::of_facts(evidence, step.kind, step.error.as_deref());
    step.oddities = (!odd.is_empty()).then(|| Arc::new(odd));
    let pricing = price_query(evidence, &step);
    let ties = ties::of_span(evidence, &step, resource);
    step.parent_trace_id = ties.linked.map(|(trace, _)| Box::new(trace));
    step.parent_span_id = step.parent_span_id.or_else(|| ties.linked.map(|(_, span)| span));
    Interpretation { step, pricing, ties }
}

/// Kind by precedence: what attributes say, then the span's name, then what its facts add up to.
fn kind(evidence: &Evidence<'_>) -> Meaning {
    let said = evidence.kind();
    match said {
        Some(meaning) if !meaning.vague || meaning.kind != StepKind::Other => meaning,
        _ => {
            recognised(evidence).or(said).or_else(|| meaning_of_scope(&evidence.scope.name)).unwrap_or(OTHER)
        }
    }
}

/// Spans no word explains: known names, names in the words of the conventions, a model with tokens, or the facts that
/// hand-made spans carry.
fn recognised(evidence: &Evidence<'_>) -> Option<Meaning> {
    let span = evidence.span;
    meaning_of_name(&span.name, &evidence.scope.name)
        .or_else(|| genai::kind_of_name(&span.name).filter(|_| has_subject(evidence)))
        .or_else(|| handmade::kind_of_facts(evidence))
}

/// Whether a span says whom it is about: the words of the conventions are everyday words.
fn has_subject(evidence: &Evidence<'_>) -> bool {
    [Field::RequestModel, Field::ResponseModel, Field::Provider, Field::Agent, Field::Tool]
        .into_iter()
        .any(|field| evidence.has(field))
}

fn facts(evidence: &Evidence<'_>, meaning: Meaning) -> Step {
    let span = evidence.span;
    let finish_reason = outcome::finish_reason(evidence);
    let (status, error) = outcome::outcome(evidence, finish_reason.as_deref());
    Step {
        key: StepKey(0),
        origin: Origin::Span,
        trace_id: span.trace_id,
        span_id: span.span_id,
        parent_span_id: span.parent_span_id,
        parent_trace_id: None,
        loose: false,
        // bits 0x100 "is-remote is known" and 0x200 "parent is remote" (OTLP Span.flags)
        remote_parent: span.flags & 0x300 == 0x300,
        start: span.start,
        end: span.end,
        kind: meaning.kind,
        plumbing: meaning.plumbing,
        setup: meaning.setup,
        name: display_name(&span.name, meaning.kind).into(),
        agent: evidence.owned(Field::Agent),
        model: evidence.owned(Field::ResponseModel).or_else(|| evidence.owned(Field::RequestModel)),
        provider: evidence.owned(Field::Provider),
        tool: evidence.owned(Field::Tool),
        tool_call_id: evidence.owned(Field::ToolCallId),
        handoff: None,
        usage: usage::usage(evidence, meaning.kind).into(),
        cost: None,
        rates: None,
        status,
        error: error.map(Into::into),
        finish_reason: finish_reason.map(Into::into),
        time_to_first_token: outcome::time_to_first_token(evidence),
        response_id: evidence.owned(Field::ResponseId),
        scope: evidence.scope.name.clone().into(),
        session_id: evidence.owned(Field::Session),
        user_id: evidence.owned(Field::User),
        input_digest: 0,
        output_digest: 0,
        asked_by_user: false,
        wording: None,
        effect: Effect::None,
        context_window: None,
        oddities: None,
        tags: tags::tags(&span.attributes),
    }
}

/// Agents and tools of dialects that name them by the span alone.
pub(super) fn name_by_span(step: &mut Step) {
    let named = match step.kind {
        StepKind::Agent => &mut step.agent,
        StepKind::Tool => &mut step.tool,
        _ => return,
    };
    if named.is_none() {
        *named = Some(step.name.clone());
    }
}

/// What a span is called beside the sign of its kind: the conventions put the operation before the name, which says
/// the kind twice.
fn display_name(name: &str, kind: StepKind) -> &str {
    const OPERATIONS: [&str; 6] = [
        "invoke_agent ",
        "invoke_workflow ",
        "invoke_node ",
        "create_agent ",
        "execute_tool ",
        "agent_handoff ",
    ];
    if !matches!(kind, StepKind::Agent | StepKind::Workflow | StepKind::Tool | StepKind::Handoff) {
        return name;
    }
    let rest = OPERATIONS.iter().find_map(|operation| name.strip_prefix(operation)).map(str::trim_start);
    rest.filter(|rest| !rest.is_empty()).unwrap_or(name)
}

fn price_query(evidence: &Evidence<'_>, step: &Step) -> PriceQuery {
    let reported = reported_cost(evidence, &step.usage);
    if reported.is_none() && !step.usage.is_known() {
        return PriceQuery { at: step.start, ..PriceQuery::default() };
    }
    let (response_model, request_model) =
        (evidence.owned(Field::ResponseModel), evidence.owned(Field::RequestModel));
    // a dialect may have found the model elsewhere than in an attribute of its own
    let found = step.model.as_deref().filter(|_| response_model.is_none());
    PriceQuery {
        response_model,
        request_model: request_model.or_else(|| found.map(str::to_owned)),
        provider: step.provider.as_deref().map(str::to_owned),
        server: evidence.owned(Field::Server),
        service_tier: evidence.owned(Field::ServiceTier),
        usage: *step.usage,
        at: step.start,
        reported,
    }
}

/// The total the client reported, or the sum of the two parts it reported. Nothing is what clients report of a model
/// whose price they don't know (`OpenLIT`, `LiteLLM`).
fn reported_cost(evidence: &Evidence<'_>, usage: &Usage) -> Option<NanoUsd> {
    let said = said_cost(evidence)?;
    (said.0 != 0 || usage.total().unwrap_or(0) == 0).then_some(said)
}

fn said_cost(evidence: &Evidence<'_>) -> Option<NanoUsd> {
    let of_parts = || {
        let (input, output) = (evidence.money(Field::InputCost)?, evidence.money(Field::OutputCost)?);
        Some(NanoUsd(input.0.saturating_add(output.0)))
    };
    evidence
        .money(Field::Cost)
        .or_else(of_parts)
        .or_else(|| evidence.value(Field::CostObject).and_then(usage_object::cost))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operation_is_not_said_twice() {
        for (name, kind, expected) in [
            ("invoke_agent triage", StepKind::Agent, "triage"),
            ("invoke_workflow  support desk", StepKind::Workflow, "support desk"),
            ("execute_tool get_order", StepKind::Tool, "get_order"),
            ("execute_tool transfer_to_billing", StepKind::Handoff, "transfer_to_billing"),
            ("invoke_agent ", StepKind::Agent, "invoke_agent "),
            ("invoke_agent", StepKind::Agent, "invoke_agent"),
            ("chat gpt-5.1", StepKind::Llm, "chat gpt-5.1"),
            ("invoke_agent triage", StepKind::Other, "invoke_agent triage"),
        ] {
            assert_eq!(display_name(name, kind), expected);
        }
    }
}
