//! The types that travel between the rooms: telemetry as it came in, and what it was found to mean.
//!
//! Owns ids, time, attribute values, spans, log records, metrics, steps, usage, money, messages, runs and findings.
//! Must not know anything else of ours: no SQL, no OTLP types, no clock, no terminal.

mod content;
mod explanation;
mod finding;
#[cfg(test)]
pub(crate) mod fixture;
mod gap;
mod id;
mod intake;
mod money;
mod oddities;
mod run;
mod step;
mod telemetry;
mod text;
mod usage;
mod value;
mod wording;

pub use content::{Content, Document, Gist, Message, Part, Role};
pub use explanation::{Basis, Explanation, PartCost, PerMillion, Rates, TokenKind};
pub use finding::{Finding, FindingCounts, FindingKind, Remark, Severity};
pub use gap::{Among, Examined, Gap, Gaps};
pub use id::{RunKey, SpanId, StepKey, TraceId};
pub use intake::IntakeCounts;
pub use money::{Cost, CostSource, CostTotal, NanoUsd, PriceQuery};
pub use oddities::Oddities;
pub use run::{PastRun, RunStatus, RunSummary, RunTimes};
pub use step::{Effect, Handoff, Origin, Step, StepKind, StepStatus};
pub use telemetry::{
    Event, Export, Link, LogRecord, Metric, Resource, Scope, Scoped, Span, SpanKind, StatusCode,
};
pub use text::SharedText;
pub use usage::{SharedUsage, TokenTotals, Usage};
pub use value::{Attributes, Value};
pub use wording::{FREE_TEXT, Leaf, Wording, Words, text_hash};

/// Nanoseconds since the Unix epoch, as OTLP has them; 0 means "not given".
pub type UnixNanos = u64;
