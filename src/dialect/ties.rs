//! What ties a record to a run beyond its trace (`dialects.md` 0.5): one run may be scattered over many traces, and
//! log records may stand in none.

use super::evidence::Evidence;
use super::table::Field;
use super::{coding_agents, reading};
use crate::model::{Resource, SpanId, Step, TraceId};

/// What a record says about the run it belongs to. Two records with an equal key are of one run, or of one session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ties {
    /// One execution (a prompt id, an invocation id): whatever has the same key is one run.
    pub execution: Option<TieKey>,
    /// One conversation: runs of it that overlap in time are one run, others stay runs of one session.
    pub session: Option<TieKey>,
    /// The span in another trace that asked for this work.
    pub linked: Option<(TraceId, SpanId)>,
    /// How the record's trace stands in its session.
    pub part: Part,
}

/// How a trace, or a log record outside of any, stands in its session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// An execution of its own.
    #[default]
    Whole,
    /// A user's prompt: a run of the session begins here.
    Prompt,
    /// A piece that the client scattered: of the run whose prompt came last before it.
    Fragment,
}

/// A key that ties records together: a hash of what the telemetry says, so that rows stay small.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TieKey(pub i64);

impl TieKey {
    /// The key of `words`, in this order.
    pub fn of(words: &[&str]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for word in words {
            // the length keeps ["ab", "c"] and ["a", "bc"] apart
            hasher.update(&word.len().to_le_bytes()).update(word.as_bytes());
        }
        let bytes = hasher.finalize();
        Self(i64::from_le_bytes(bytes.as_bytes()[..8].try_into().unwrap_or_default()))
    }

    /// The key of a conversation. Short ids ("1", "test") are made by hand and mean something only within a service.
    pub fn of_session(id: &str, resource: &Resource) -> Self {
        const MADE_BY_HAND: usize = 16;
        let service = if id.len() < MADE_BY_HAND { resource.service() } else { "" };
        Self::of(&["session", service, id])
    }

    /// The key of one execution that a client calls `id` within `session`.
    ///
    /// Without a terminal Gemini CLI calls its only prompt as the session, and a resumed session keeps its id: there each
    /// process is an execution.
    pub fn of_execution(session: &str, id: &str, resource: &Resource) -> Self {
        let process =
            resource.attributes.get("process.pid").filter(|_| id == session).and_then(reading::text);
        Self::of(&["execution", session, id, process.as_deref().unwrap_or_default()])
    }
}

/// What `evidence`, of a span that means `step`, says about its run.
///
/// Only what an agent does ties traces together: the program around it shares ids with everything it serves.
pub(super) fn of_span(evidence: &Evidence<'_>, step: &Step, resource: &Resource) -> Ties {
    if !step.is_agentic() && !coding_agents::is_of_turn(evidence) {
        let linked = linked(evidence).filter(|_| is_between_agents(evidence));
        return Ties { linked, ..Ties::default() };
    }
    let session = step.session_id.as_deref();
    let id = evidence.text(Field::Execution).or_else(|| coding_agents::prompt_id(evidence));
    let execution = session.zip(id.filter(|id| is_main_prompt(id)));
    let is_piece = session.is_some() && coding_agents::is_scattered(evidence, step);
    Ties {
        execution: execution.map(|(session, id)| TieKey::of_execution(session, &id, resource)),
        session: session.map(|id| TieKey::of_session(id, resource)),
        linked: linked(evidence),
        part: if is_piece { Part::Fragment } else { Part::Whole },
    }
}

/// Messages that the runtimes of `AutoGen` and Semantic Kernel carry from agent to agent: each is a trace of its own, linked
/// to the one that sent it.
fn is_between_agents(evidence: &Evidence<'_>) -> bool {
    const RUNTIMES: [&str; 2] = ["agent_runtime ", "autogen "];
    RUNTIMES.iter().any(|runtime| evidence.scope.name.starts_with(runtime))
}

/// Sub-agents of Gemini CLI and its forks count prompts of their own (`<agent>#<n>`); only the main agent's
/// (`<session>########<n>`, or a bare id) name what a person started.
pub(super) fn is_main_prompt(id: &str) -> bool {
    !id.contains('#') || id.contains("########")
}

/// The step in another trace that asked for a root's work: the one named in its attributes, else the one it links to. A
/// span of many links gathers, it was not asked for.
fn linked(evidence: &Evidence<'_>) -> Option<(TraceId, SpanId)> {
    let span = evidence.span;
    let named = || Some((evidence.text(Field::ParentTrace)?, evidence.text(Field::ParentSpan)?));
    let linked = match (named(), span.links.as_slice()) {
        (Some((trace, span)), _) => (trace.parse().ok()?, span.parse().ok()?),
        (None, [link]) => (TraceId::from_bytes(&link.trace_id)?, SpanId::from_bytes(&link.span_id)?),
        _ => return None,
    };
    (span.parent_span_id.is_none() && linked.0 != span.trace_id).then_some(linked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Attributes, Value};

    fn service(name: &str) -> Resource {
        let attributes = Attributes(vec![("service.name".into(), Value::Str(name.into()))]);
        Resource { attributes, ..Resource::default() }
    }

    #[test]
    fn keys_keep_apart_what_differs() {
        assert_ne!(TieKey::of(&["ab", "c"]), TieKey::of(&["a", "bc"]));
        assert_ne!(TieKey::of_session("1", &service("a")), TieKey::of_session("1", &service("b")));
        let long = "6bac76bd-0cf0-4575-b70f-76e45f029f2d";
        assert_eq!(TieKey::of_session(long, &service("a")), TieKey::of_session(long, &service("b")));
    }

    #[test]
    fn an_execution_called_as_its_session_is_one_process() {
        let process = |pid: i64| {
            let attributes = Attributes(vec![("process.pid".into(), Value::Int(pid))]);
            Resource { attributes, ..Resource::default() }
        };
        assert_ne!(TieKey::of_execution("s", "s", &process(1)), TieKey::of_execution("s", "s", &process(2)));
        assert_eq!(TieKey::of_execution("s", "p", &process(1)), TieKey::of_execution("s", "p", &process(2)));
    }
}
