//! A step's raw telemetry, read again: the span that told it, or the one that its log record stands for.

use std::sync::Arc;

use crate::dialect;
use crate::model::{Gist, LogRecord, PriceQuery, Resource, Scope, Span, StepKey, StepKind};
use crate::store::{LogEntry, Raw, Reader, SpanRecord, StoreError};

/// What a step was told by.
pub(super) struct Told {
    pub(super) span: Span,
    pub(super) resource: Arc<Resource>,
    pub(super) scope: Arc<Scope>,
    /// Log records tied to the span, or the one that it stands for.
    pub(super) logs: Vec<LogRecord>,
    /// What to ask for its price.
    pub(super) pricing: PriceQuery,
}

/// What step `key` was told by.
pub(super) fn read(reader: &Reader, key: StepKey) -> Result<Told, StoreError> {
    match reader.raw(key)? {
        Raw::Span(record) => {
            let SpanRecord { span, resource, scope, logs } = *record;
            let pricing = dialect::interpret(&span, &resource, &scope).pricing;
            Ok(Told { span, resource, scope, logs, pricing })
        }
        Raw::Log(entry) => {
            let LogEntry { log, resource, scope } = *entry;
            let step = dialect::read_log(&log, &resource, &scope).step;
            let no_step = || StoreError::Damaged(format!("log record {} tells no step", -key.0));
            let (span, meaning) = step.ok_or_else(no_step)?;
            Ok(Told { span, resource, scope, logs: vec![log], pricing: meaning.pricing })
        }
    }
}

/// What step `key` of this kind was about. Cheaper than [`read`]: nothing is interpreted that it does not need.
pub(super) fn gist(reader: &Reader, key: StepKey, kind: StepKind) -> Result<Option<Gist>, StoreError> {
    match reader.raw(key)? {
        Raw::Span(record) => Ok(dialect::gist(&record.span, &record.logs, kind)),
        Raw::Log(_) => {
            let Told { span, logs, .. } = read(reader, key)?;
            Ok(dialect::gist(&span, &logs, kind))
        }
    }
}
