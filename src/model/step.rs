//! A step: what a span means. Small on purpose: lists and trees are made of these and never read content.

use std::sync::Arc;

use super::{
    Cost, Oddities, Rates, SharedText, SharedUsage, SpanId, StepKey, TraceId, UnixNanos, Usage, Wording,
};

/// What kind of doing a step is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum StepKind {
    /// An agent at work.
    Agent = 1,
    /// A workflow, chain or graph around other steps.
    Workflow = 2,
    /// One model call.
    Llm = 3,
    /// One tool call.
    Tool = 4,
    /// Control passes from one agent to another.
    Handoff = 5,
    /// Documents looked up.
    Retrieval = 6,
    /// Texts turned into vectors.
    Embedding = 7,
    /// Documents put in order.
    Rerank = 8,
    /// A guardrail's check.
    Guardrail = 9,
    /// A judgement of quality.
    Evaluation = 10,
    /// A unit of work inside a workflow.
    Task = 11,
    /// Anything else.
    #[default]
    Other = 12,
}

impl StepKind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 12] = [
        Self::Agent,
        Self::Workflow,
        Self::Llm,
        Self::Tool,
        Self::Handoff,
        Self::Retrieval,
        Self::Embedding,
        Self::Rerank,
        Self::Guardrail,
        Self::Evaluation,
        Self::Task,
        Self::Other,
    ];

    /// The word of the JSON contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Workflow => "workflow",
            Self::Llm => "llm",
            Self::Tool => "tool",
            Self::Handoff => "handoff",
            Self::Retrieval => "retrieval",
            Self::Embedding => "embedding",
            Self::Rerank => "rerank",
            Self::Guardrail => "guardrail",
            Self::Evaluation => "evaluation",
            Self::Task => "task",
            Self::Other => "other",
        }
    }

    /// The kind with this word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How a step stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum StepStatus {
    /// Ended without a sign of failure.
    #[default]
    Ok = 0,
    /// Failed.
    Error = 1,
    /// Not ended as far as telemetry tells.
    Running = 2,
}

impl StepStatus {
    /// The word of the JSON contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Running => "running",
        }
    }
}

/// What told of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A span.
    #[default]
    Span,
    /// A log record, of a client that sends no span for it, or none that says as much.
    LogRecord,
}

/// What a tool call does beside telling something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing, as far as its name and its command tell.
    #[default]
    None,
    /// It changes what later calls find: a file, a record.
    Changes,
    /// It waits for something that goes on by itself, or asks whether it is done.
    Waits,
}

/// Control passing between agents, by the names the telemetry uses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handoff {
    /// Who gave the work away; `None` until the tree tells.
    pub from: Option<SharedText>,
    /// Who got it; `None` until the tree tells.
    pub to: Option<SharedText>,
}

/// One step: a span, interpreted.
///
/// Everything here is derived and can be derived again; it holds no prompt, answer, argument or result.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
pub struct Step {
    /// Row in the store: of two spans the later arrival has the larger key; log records have negative ones. 0 before it
    /// is stored.
    pub key: StepKey,
    /// What told of it.
    pub origin: Origin,
    /// Trace; of a log record outside of any trace one made of its run's or its own hash.
    pub trace_id: TraceId,
    /// Span; of a log record made of its hash.
    pub span_id: SpanId,
    /// Parent span, `None` for a root.
    pub parent_span_id: Option<SpanId>,
    /// Trace of the parent where it is another one (a span link back to who asked for the work).
    pub parent_trace_id: Option<Box<TraceId>>,
    /// A fragment that names no parent although it is no root: it hangs below the root of its run.
    pub loose: bool,
    /// The parent belongs to another process (span flags 0x300) and may never be sent here.
    pub remote_parent: bool,
    /// Start, nanoseconds since the epoch; 0 if not given.
    pub start: UnixNanos,
    /// End; 0 while unfinished.
    pub end: UnixNanos,
    /// Kind.
    pub kind: StepKind,
    /// Plumbing (queues, hooks, graph nodes, HTTP): folded away unless asked for.
    pub plumbing: bool,
    /// Sets up agents but runs none (`create_agent`, `workflow.build`): a trace of such steps alone is no run.
    pub setup: bool,
    /// Display name: the span's, or a better one the dialect knows.
    pub name: SharedText,
    /// Agent this step belongs to, where the span itself says so.
    pub agent: Option<SharedText>,
    /// Model that answered, else the one asked for.
    pub model: Option<SharedText>,
    /// Provider as the telemetry spells it.
    pub provider: Option<SharedText>,
    /// Tool called.
    pub tool: Option<SharedText>,
    /// Id that ties a tool step to the model call that asked for it.
    pub tool_call_id: Option<Arc<str>>,
    /// Control passing, for handoff steps.
    pub handoff: Option<Box<Handoff>>,
    /// Tokens this span reports: of its own call, or sums its children report too. The ledger counts each once.
    pub usage: SharedUsage,
    /// Cost of this span's own figures.
    pub cost: Option<Cost>,
    /// What its tokens cost each, where the cost is computed and another report of the call may tell more of its tokens.
    pub rates: Option<Arc<Rates>>,
    /// Status.
    pub status: StepStatus,
    /// What went wrong, one line.
    pub error: Option<SharedText>,
    /// Why the model stopped: `stop`, `length`, `tool_call`, `content_filter`, `error`, … or the raw word.
    pub finish_reason: Option<SharedText>,
    /// Time to first token, nanoseconds.
    pub time_to_first_token: Option<u64>,
    /// Id of the model's answer: equal ids are reports of one call.
    pub response_id: Option<Arc<str>>,
    /// Scope name: two reports of one call come from different instrumentations.
    pub scope: SharedText,
    /// Conversation or session.
    pub session_id: Option<SharedText>,
    /// User.
    pub user_id: Option<SharedText>,
    /// Digest of what went in (arguments, messages): equal digests, equal input. 0 where nothing was captured.
    pub input_digest: u64,
    /// Digest of what came out.
    pub output_digest: u64,
    /// The last that a model call was told came from a person, as far as its input tells.
    pub asked_by_user: bool,
    /// What a tool call does beside telling something.
    pub effect: Effect,
    /// Wording of a tool's arguments and result or a model's answer; `None` where there is none to compare.
    pub wording: Option<Arc<Wording>>,
    /// Most tokens that the model takes in at once, where the price list tells.
    pub context_window: Option<u64>,
    /// Signs of trouble that the status does not tell; `None` for most steps.
    pub oddities: Option<Arc<Oddities>>,
    /// Words that people put on it to find it again, sorted, each once; `None` for most steps.
    pub tags: Option<Arc<[String]>>,
}

impl Step {
    /// Trace of the parent.
    pub fn parent_trace(&self) -> TraceId {
        self.parent_trace_id.as_deref().copied().unwrap_or(self.trace_id)
    }

    /// Duration in nanoseconds: 0 where the clock ran backwards, `None` while running.
    pub fn duration(&self) -> Option<u64> {
        (self.end != 0).then(|| self.end.saturating_sub(self.start))
    }

    /// How fast the answer came: output tokens of `usage` by seconds from the first token (from the start, where nothing
    /// tells of it) to the end. `None` for anything but a model call that has ended, and below a millisecond, where a
    /// quotient of clock ticks would be told.
    pub fn tokens_per_second(&self, usage: &Usage) -> Option<f64> {
        const TICK: u64 = 1_000_000;
        let waited = self.time_to_first_token.unwrap_or(0);
        let spoke = self.duration()?.checked_sub(waited).filter(|&nanos| nanos >= TICK)?;
        let output = usage.output.filter(|&tokens| tokens > 0 && self.kind == StepKind::Llm)?;
        Some(output as f64 / (spoke as f64 / 1e9))
    }

    /// Whether this is a model call that was answered (a failed one is an error, not a call served).
    pub fn is_answered_call(&self) -> bool {
        let aborted = self.finish_reason.as_deref() == Some(Self::ABORTED);
        self.kind == StepKind::Llm && self.status == StepStatus::Ok && !aborted
    }

    /// Finish reason of a call that the client itself broke off before the answer had come.
    pub const ABORTED: &'static str = "aborted";

    /// Beginning of the name of a step that tells of the client's own guard against loops.
    pub const LOOP_DETECTED: &'static str = "loop detected";

    /// Whether the step is an agent's doing at all, as opposed to the program around it.
    pub fn is_agentic(&self) -> bool {
        self.kind != StepKind::Other && !self.setup
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture;

    #[test]
    fn the_pace_of_an_answer_leaves_the_wait_out() {
        let second = 1_000_000_000;
        let call = |kind, end, first| Step {
            kind,
            start: 1,
            end: if end == 0 { 0 } else { end + 1 },
            time_to_first_token: first,
            ..fixture::step(1, 0)
        };
        let usage = Usage { output: Some(90), ..Usage::default() };
        for (what, step, expected) in [
            ("from the start", call(StepKind::Llm, 3 * second, None), Some(30.0)),
            ("from the first token", call(StepKind::Llm, 3 * second, Some(second)), Some(45.0)),
            ("still speaking", call(StepKind::Llm, 0, None), None),
            ("a wait longer than the call", call(StepKind::Llm, second, Some(2 * second)), None),
            ("no model call", call(StepKind::Agent, second, None), None),
        ] {
            assert_eq!(step.tokens_per_second(&usage), expected, "{what}");
        }
    }
}
