//! Log records that tell a step: for clients that send no spans, or none that say as much (`cli_events.md`).
//!
//! A record is read as the span it stands for, so that the tables of attributes, content and prices serve both. Owns
//! which records are steps; a record that only ties its trace to a run is told by [`LogReading::ties`] alone.

use super::{Interpretation, Ties};
use crate::model::{LogRecord, Resource, Scope, Span};

/// What a log record means.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogReading {
    /// What it ties its trace to; of a record without a trace, itself.
    pub ties: Ties,
    /// The span it stands for and what that means, if it tells a step.
    pub step: Option<(Span, Interpretation)>,
}

/// What `log` means; nothing for most records.
pub fn read_log(log: &LogRecord, resource: &Resource, scope: &Scope) -> LogReading {
    let _ = (log, resource, scope);
    LogReading::default()
}
