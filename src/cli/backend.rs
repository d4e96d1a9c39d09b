//! The interface's questions, answered by the store's reader and the dialects.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use super::told::{self, Told};
use super::wishes::SharedWishes;
use super::{explain, facts};
use crate::analyze::diff::Facts;
use crate::analyze::findings;
use crate::analyze::tree::Tree;
use crate::dialect;
use crate::ingest::{Inlet, Refusal};
use crate::model::{
    Content, Finding, Gist, Message, Part, Remark, RunKey, RunSummary, Step, StepKey, StepKind,
};
use crate::price::Prices;
use crate::store::{HitPage, Mark, Reader, SoFar, StepsAsOf, StoreError};
use crate::tui::{Answer, Asked, Backend, Before, GistAsked, StepDetail};

/// Calls of the same agent that are looked at for what a call knew already.
const LOOKED_BACK: usize = 4;

/// Calls of one answer whose outcome is looked for; each may have to be read.
const LOOKED_AFTER: usize = 16;

/// A connection of one loader thread, the user's prices and wishes.
pub(super) struct StoreBackend {
    reader: Reader,
    prices: Arc<Prices>,
    wishes: SharedWishes,
    /// The way to the writer, where this process has one.
    inlet: Option<Inlet>,
}

impl StoreBackend {
    /// Opens the database at `path`, which must exist.
    pub(super) fn open(
        path: &Path,
        prices: Arc<Prices>,
        wishes: SharedWishes,
        inlet: Option<Inlet>,
    ) -> Result<Self, String> {
        Reader::open(path).map(|reader| Self { reader, prices, wishes, inlet }).map_err(in_words)
    }

    /// The reader as of now: a file that lay still when it was opened is opened anew once somebody writes it.
    fn fresh(&mut self) -> Result<&Reader, StoreError> {
        self.reader.revision()?;
        Ok(&self.reader)
    }

    /// Has the writer of this process index what came a moment ago, and waits a little for it: a search that finds all but
    /// the latest is better than none.
    fn index(&self) {
        const PATIENCE: Duration = Duration::from_millis(100);
        let Some(inlet) = &self.inlet else { return };
        let (answer, answered) = mpsc::channel();
        // whoever asked may have stopped waiting
        inlet.index(Box::new(move || _ = answer.send(())));
        if answered.recv_timeout(PATIENCE).is_err() {
            tracing::debug!("the writer is busy: the latest texts are not indexed yet");
        }
    }

    fn read(&self, asked: &Asked) -> Result<StepDetail, StoreError> {
        let key = asked.step.key;
        let Told { span, resource, scope, logs, pricing } = self.told(key)?;
        let cost = asked
            .has_figures
            .then(|| explain::query(pricing, &self.prices, &asked.step, &asked.usage, asked.cost));
        let content = dialect::content(&span, &logs);
        let (new_from, before) = self.before(asked, &content)?;
        let answers = self.answers(asked, &content)?;
        Ok(StepDetail { span, resource, scope, content, logs, new_from, before, answers, cost })
    }

    /// The call that knew most of this one's input, and how many messages of it. Not simply the last: some agents make
    /// calls on the side, for a title or a summary.
    fn before(&self, asked: &Asked, content: &Content) -> Result<(usize, Option<Before>), StoreError> {
        let mut best = (0, None);
        if asked.step.kind != StepKind::Llm {
            return Ok(best);
        }
        for call in asked.calls_before(LOOKED_BACK) {
            let earlier = self.content(call.key)?;
            let known = known(&content.input, &earlier);
            if best.1.is_none() || known > best.0 {
                best = (known, Some(Before { usage: *call.usage, messages: earlier.input.len() }));
            }
            if known >= earlier.input.len().max(1) {
                break;
            }
        }
        Ok(best)
    }

    /// What became of the calls that a model call asked for: told by the steps that carried them out, else by what the
    /// agent's next call was given.
    fn answers(&self, asked: &Asked, content: &Content) -> Result<Vec<Answer>, StoreError> {
        let ids: Vec<Option<&str>> = content.calls().take(LOOKED_AFTER).collect();
        let mut answers = Vec::new();
        for (call, step) in asked.carried_out(&ids).into_iter().enumerate() {
            let Some(step) = step else { continue };
            let result = self.content(step.key)?.result;
            let error = step.error.as_deref().map(str::to_owned);
            answers.push(Answer { call, status: Some(step.status), took: step.duration(), result, error });
        }
        if answers.iter().filter(|answer| answer.result.is_some()).count() < ids.len()
            && let Some(next) = asked.call_after()
        {
            let next = self.content(next.key)?;
            add_told_later(&mut answers, &ids, next.input.get(content.input.len()..).unwrap_or_default());
        }
        Ok(answers)
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
        goes_on: &mut dyn FnMut(SoFar<'_, RunKey>) -> bool,
    ) -> Result<Option<Vec<RunKey>>, String> {
        self.index();
        self.fresh().and_then(|reader| reader.search_runs(typed, goes_on)).map_err(in_words)
    }

    fn search_texts(
        &mut self,
        typed: &str,
        mark: Mark,
        limit: usize,
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<HitPage, String> {
        if mark == Mark::default() {
            self.index();
        }
        self.fresh().and_then(|reader| reader.search_texts(typed, mark, limit, goes_on)).map_err(in_words)
    }

    fn search_run(
        &mut self,
        run: RunKey,
        typed: &str,
        goes_on: &mut dyn FnMut(SoFar<'_, StepKey>) -> bool,
    ) -> Result<Option<BTreeSet<StepKey>>, String> {
        self.fresh().and_then(|reader| reader.search_run(run, typed, goes_on)).map_err(in_words)
    }

    fn steps(
        &mut self,
        run: RunKey,
        after_revision: i64,
        goes_on: &mut dyn FnMut(usize) -> bool,
    ) -> Result<Option<StepsAsOf>, String> {
        self.fresh().and_then(|reader| reader.steps_while(run, after_revision, goes_on)).map_err(in_words)
    }

    fn findings(&mut self, run: RunKey, steps: &[Arc<Step>], tree: &Tree) -> Result<Vec<Finding>, String> {
        let Some(run) = self.reader.run(run).map_err(in_words)? else {
            return Ok(Vec::new());
        };
        let circumstances = self.wishes.now().circumstances(&self.reader, &run).map_err(in_words)?;
        Ok(findings::find(steps, tree, &circumstances))
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

    fn deleted_runs(&mut self, after_revision: i64) -> Result<Vec<RunKey>, String> {
        self.fresh().and_then(|reader| reader.deleted_runs(after_revision)).map_err(in_words)
    }

    fn delete(&mut self, runs: Vec<RunKey>) -> Result<usize, String> {
        let inlet = self.inlet.as_ref().ok_or("this database is only read")?;
        let (answer, answered) = mpsc::channel();
        // the interface may have been left before the answer comes
        inlet.delete(runs, Box::new(move |gone| drop(answer.send(gone))));
        let gone = answered.recv().map_err(|_| Refusal::Stopping.to_string())?;
        gone.map_err(|refusal| refusal.to_string())
    }

    fn detail(&mut self, asked: &Asked) -> Result<StepDetail, String> {
        self.read(asked).map_err(in_words)
    }

    fn facts(&mut self, keys: &[StepKey]) -> Result<Facts, String> {
        self.fresh().and_then(|reader| facts::read(reader, keys)).map_err(in_words)
    }

    fn gist(&mut self, asked: &GistAsked) -> Result<Option<Gist>, String> {
        let mut told = asked.keys().map(|key| told::gist(&self.reader, key, asked.kind));
        told.find_map(Result::transpose).transpose().map_err(in_words)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err asks for")]
fn in_words(error: StoreError) -> String {
    error.to_string()
}

/// Adds results that the next call was given: by id, or in turn where there are no ids and as many results as calls.
fn add_told_later(answers: &mut Vec<Answer>, ids: &[Option<&str>], given: &[Message]) {
    let parts = given.iter().flat_map(|message| &message.parts);
    let results: Vec<_> = parts
        .filter_map(|part| match part {
            Part::ToolResult { id, result } => Some((id.as_deref(), result)),
            _ => None,
        })
        .collect();
    for (call, id) in ids.iter().enumerate() {
        let of_id = || results.iter().find(|(of, _)| of == id);
        let found =
            if id.is_some() { of_id() } else { results.get(call).filter(|_| results.len() == ids.len()) };
        let Some((_, result)) = found else { continue };
        match answers.iter_mut().find(|answer| answer.call == call) {
            Some(answer) => answer.result = answer.result.take().or_else(|| Some((*result).clone())),
            None => answers.push(Answer { call, result: Some((*result).clone()), ..Answer::default() }),
        }
    }
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
    fn results_that_the_next_call_was_given_belong_to_the_calls_before_it() {
        let given = |id: Option<&str>, result: &str| Message {
            role: Role::Tool,
            name: None,
            parts: vec![Part::ToolResult { id: id.map(str::to_owned), result: result.to_owned() }],
            finish_reason: None,
        };
        for (ids, results, expected) in [
            ([Some("a"), Some("b")], vec![given(Some("b"), "2")], vec![(1, "2")]),
            ([None, None], vec![given(None, "1"), given(None, "2")], vec![(0, "1"), (1, "2")]),
            ([None, None], vec![given(None, "1")], vec![]),
        ] {
            let mut answers = Vec::new();
            add_told_later(&mut answers, &ids, &results);
            let told: Vec<_> = answers.iter().map(|a| (a.call, a.result.as_deref().unwrap())).collect();
            assert_eq!(told, expected, "{ids:?}");
        }
        let mut known = vec![Answer { call: 0, result: Some("its own".into()), ..Answer::default() }];
        add_told_later(&mut known, &[Some("a")], &[given(Some("a"), "told")]);
        assert_eq!(known[0].result.as_deref(), Some("its own"));
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
