//! The interface's questions, answered by the store's reader and the dialects.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::told::{self, Told};
use super::wishes::SharedWishes;
use super::{explain, facts};
use crate::analyze::diff::Facts;
use crate::analyze::findings;
use crate::analyze::tree::Tree;
use crate::dialect;
use crate::model::{Content, Finding, Message, Remark, RunKey, RunSummary, Step, StepKey};
use crate::price::Prices;
use crate::store::{HitPage, Mark, Reader, StoreError};
use crate::tui::{Asked, Backend, StepDetail};

/// A connection of one loader thread, and the user's prices and wishes.
pub(super) struct StoreBackend {
    reader: Reader,
    prices: Arc<Prices>,
    wishes: SharedWishes,
}

impl StoreBackend {
    /// Opens the database at `path`, which must exist.
    pub(super) fn open(path: &Path, prices: Arc<Prices>, wishes: SharedWishes) -> Result<Self, String> {
        Reader::open(path).map(|reader| Self { reader, prices, wishes }).map_err(in_words)
    }

    /// The reader as of now: a file that lay still when it was opened is opened anew once somebody writes it.
    fn fresh(&mut self) -> Result<&Reader, StoreError> {
        self.reader.revision()?;
        Ok(&self.reader)
    }

    fn read(&self, asked: &Asked) -> Result<StepDetail, StoreError> {
        let key = asked.step.key;
        let Told { span, resource, scope, logs, pricing } = self.told(key)?;
        let cost = asked
            .has_figures
            .then(|| explain::query(pricing, &self.prices, &asked.step, &asked.usage, asked.cost));
        let content = dialect::content(&span, &logs);
        let before = match self.reader.previous_call(key)? {
            Some(call) => self.content(call)?,
            None => Content::default(),
        };
        let new_from = known(&content.input, &before);
        Ok(StepDetail { span, resource, scope, content, new_from, cost })
    }

    fn content(&self, key: StepKey) -> Result<Content, StoreError> {
        let Told { span, logs, .. } = self.told(key)?;
        Ok(dialect::content(&span, &logs))
    }

    fn told(&self, key: StepKey) -> Result<Told, StoreError> {
        told::read(&self.reader, key)
    }
}

impl Backend for StoreBackend {
    fn revision(&mut self) -> Result<i64, String> {
        self.reader.revision().map_err(in_words)
    }

    fn runs(&mut self, after_revision: i64) -> Result<Vec<RunSummary>, String> {
        let mut runs = self.fresh().and_then(|reader| reader.runs(after_revision)).map_err(in_words)?;
        self.wishes.now().recount(&self.reader, &mut runs).map_err(in_words)?;
        Ok(runs)
    }

    fn newest_runs(&mut self, count: u32) -> Result<Vec<RunSummary>, String> {
        let mut runs = self.fresh().and_then(|reader| reader.newest_runs(count)).map_err(in_words)?;
        self.wishes.now().recount(&self.reader, &mut runs).map_err(in_words)?;
        Ok(runs)
    }

    fn search_runs(
        &mut self,
        typed: &str,
        goes_on: &mut dyn FnMut(&BTreeSet<RunKey>) -> bool,
    ) -> Result<Option<Vec<RunKey>>, String> {
        self.fresh().and_then(|reader| reader.search_runs(typed, goes_on)).map_err(in_words)
    }

    fn search_texts(
        &mut self,
        typed: &str,
        mark: Mark,
        limit: usize,
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<HitPage, String> {
        self.fresh().and_then(|reader| reader.search_texts(typed, mark, limit, goes_on)).map_err(in_words)
    }

    fn steps(&mut self, run: RunKey, after_revision: i64) -> Result<(i64, Vec<Arc<Step>>), String> {
        self.fresh().and_then(|reader| reader.steps(run, after_revision)).map_err(in_words)
    }

    fn findings(&mut self, run: RunKey, steps: &[Arc<Step>], tree: &Tree) -> Result<Vec<Finding>, String> {
        let Some(run) = self.reader.run(run).map_err(in_words)? else {
            return Ok(Vec::new());
        };
        let circumstances = self.wishes.now().circumstances(&self.reader, &run).map_err(in_words)?;
        let steps: Vec<Step> = steps.iter().map(|step| Step::clone(step)).collect();
        Ok(findings::find(&steps, tree, &circumstances))
    }

    fn remarks(&mut self, run: RunKey) -> Result<Vec<Remark>, String> {
        let Some(summary) = self.fresh().and_then(|reader| reader.run(run)).map_err(in_words)? else {
            return Ok(Vec::new());
        };
        let mut remarks = self.reader.remarks(run).map_err(in_words)?;
        let wishes = self.wishes.now();
        remarks.retain(|remark| wishes.wants(&summary.run_id, remark.kind, &remark.rule, remark.step));
        Ok(remarks)
    }

    fn dismiss(
        &mut self,
        run: RunKey,
        finding: &Finding,
        dismissed: bool,
    ) -> Result<Vec<RunSummary>, String> {
        let Some(mut run) = self.reader.run(run).map_err(in_words)? else {
            return Ok(Vec::new());
        };
        let mark = findings::Mark::of(finding);
        self.wishes.dismiss(&run.run_id, &mark, dismissed).map_err(|error| format!("{error:#}"))?;
        self.wishes.now().recount(&self.reader, std::slice::from_mut(&mut run)).map_err(in_words)?;
        Ok(vec![run])
    }

    fn detail(&mut self, asked: &Asked) -> Result<StepDetail, String> {
        self.read(asked).map_err(in_words)
    }

    fn facts(&mut self, keys: &[StepKey]) -> Result<Facts, String> {
        self.fresh().and_then(|reader| facts::read(reader, keys)).map_err(in_words)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err asks for")]
fn in_words(error: StoreError) -> String {
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
