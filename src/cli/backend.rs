//! The interface's questions, answered by the store's reader and the dialects.

use std::path::Path;
use std::sync::Arc;

use crate::dialect;
use crate::model::{Content, Message, Resource, RunKey, RunSummary, Scope, Span, Step, StepKey};
use crate::store::{LogEntry, Raw, Reader, SpanRecord, StoreError};
use crate::tui::{Backend, StepDetail};

/// A connection of one loader thread.
pub(super) struct StoreBackend(Reader);

impl StoreBackend {
    /// Opens the database at `path`, which must exist.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        Reader::open(path).map(Self).map_err(told)
    }

    /// The reader as of now: a file that lay still when it was opened is opened anew once somebody writes it.
    fn fresh(&mut self) -> Result<&Reader, StoreError> {
        self.0.revision()?;
        Ok(&self.0)
    }

    fn read(&self, key: StepKey) -> Result<StepDetail, StoreError> {
        let Told { span, resource, scope, content } = self.told(key)?;
        let before = match self.0.previous_call(key)? {
            Some(call) => self.content(call)?,
            None => Content::default(),
        };
        let new_from = known(&content.input, &before);
        Ok(StepDetail { span, resource, scope, content, new_from })
    }

    fn content(&self, key: StepKey) -> Result<Content, StoreError> {
        Ok(self.told(key)?.content)
    }

    /// The span that a step was told by, or the one that its log record stands for.
    fn told(&self, key: StepKey) -> Result<Told, StoreError> {
        Ok(match self.0.raw(key)? {
            Raw::Span(record) => {
                let SpanRecord { span, resource, scope, logs } = *record;
                Told { content: dialect::content(&span, &logs), span, resource, scope }
            }
            Raw::Log(entry) => {
                let LogEntry { log, resource, scope } = *entry;
                let span = dialect::read_log(&log, &resource, &scope).step.map(|(span, _)| span);
                let span =
                    span.ok_or_else(|| StoreError::Damaged(format!("log record {} is no step", -key.0)))?;
                Told { content: dialect::content(&span, &[log]), span, resource, scope }
            }
        })
    }
}

struct Told {
    span: Span,
    resource: Arc<Resource>,
    scope: Arc<Scope>,
    content: Content,
}

impl Backend for StoreBackend {
    fn revision(&mut self) -> Result<i64, String> {
        self.0.revision().map_err(told)
    }

    fn runs(&mut self, after_revision: i64) -> Result<Vec<RunSummary>, String> {
        self.fresh().and_then(|reader| reader.runs(after_revision)).map_err(told)
    }

    fn steps(&mut self, run: RunKey, after_revision: i64) -> Result<(i64, Vec<Step>), String> {
        self.fresh().and_then(|reader| reader.steps(run, after_revision)).map_err(told)
    }

    fn detail(&mut self, key: StepKey) -> Result<StepDetail, String> {
        self.read(key).map_err(told)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err asks for")]
fn told(error: StoreError) -> String {
    error.to_string()
}

/// How many messages of `input` the call `before` had been asked or had answered.
fn known(input: &[Message], before: &Content) -> usize {
    let earlier = before.input.iter().chain(&before.output);
    input.iter().zip(earlier).take_while(|(now, then)| same(now, then)).count()
}

/// Why the model stopped is told of answers alone, not when they are repeated.
fn same(now: &Message, then: &Message) -> bool {
    (&now.role, &now.name, &now.parts) == (&then.role, &then.name, &then.parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Part, Role};

    fn message(role: Role, text: &str, finish_reason: Option<&str>) -> Message {
        let parts = vec![Part::Text(text.to_owned())];
        Message { role, name: None, parts, finish_reason: finish_reason.map(str::to_owned) }
    }

    #[test]
    fn what_was_asked_and_answered_before_is_not_new() {
        let ask = message(Role::User, "hi", None);
        let answer = message(Role::Assistant, "hello", None);
        let next = message(Role::User, "and now?", None);
        let before = Content {
            input: vec![ask.clone()],
            output: vec![message(Role::Assistant, "hello", Some("stop"))],
            ..Content::default()
        };
        assert_eq!(known(&[ask.clone(), answer, next.clone()], &before), 2);
        assert_eq!(known(&[next, ask], &before), 0);
    }
}
