//! A small world of runs for tests: support agents in English and Korean, a loop, a failure, a run under way, and one
//! whose every field is hostile. Here: what answers as a store would.

mod content;
mod runs;
mod script;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::analyze::diff::Facts;
use crate::analyze::findings::{self, Circumstances, Mark};
use crate::analyze::tree::Tree;
use crate::model::{Finding, FindingCounts, Gist, Part, Remark, RunKey, RunSummary, Step, StepKey, StepKind};
use crate::store::{self, HitPage, HitStep, SoFar, StepsAsOf, TextHit};
use crate::tui::{Asked, Backend, GistAsked, RunView, StepDetail};

pub(crate) use self::runs::{refund, review, under_way, world};
pub(crate) use self::script::{Script, Told};

use self::content::{detail_of, why};

/// 2025-11-21 14:02:11 UTC.
pub(crate) const NOON: u64 = 1_763_733_731_000_000_000;

const MS: u64 = 1_000_000;

/// Every control, escape and bidi trick in one text.
pub(crate) const HOSTILE: &str =
    "\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}2J \u{202e}live\u{200b}\u{0}\u{e0041}";

/// A backend over told runs.
#[derive(Clone, Default)]
pub(crate) struct World {
    /// Runs.
    pub(crate) runs: Vec<Told>,
    /// Findings that are dismissed.
    pub(crate) dismissed: Vec<Mark>,
    /// Runs that were deleted.
    pub(crate) deleted: Vec<RunKey>,
    /// Why nothing can be searched any more.
    pub(crate) fails: Option<&'static str>,
}

fn remark(finding: Finding) -> Remark {
    Remark {
        kind: finding.kind,
        severity: finding.severity,
        rule: finding.rule.to_owned(),
        message: finding.message,
        step: finding.steps.first().copied(),
        wasted_tokens: finding.wasted_tokens,
        wasted_cost: finding.wasted_cost,
    }
}

impl World {
    /// Steps of a run, and the commit they are as of.
    pub(crate) fn told(&self, run: RunKey) -> Result<StepsAsOf, String> {
        let told = self.runs.iter().find(|told| told.summary.key == run).ok_or("no such run")?;
        Ok((told.summary.revision, told.steps.iter().cloned().map(Arc::new).collect()))
    }

    fn found(&mut self, run: RunKey) -> Result<Vec<Finding>, String> {
        let (_, steps) = self.told(run)?;
        let view = RunView::new(run, 0, steps);
        self.findings(run, &view.steps, &view.tree)
    }

    /// Findings of a run, counted.
    pub(crate) fn counts(&mut self, run: RunKey) -> FindingCounts {
        FindingCounts::of(&self.found(run).unwrap())
    }
}

impl Backend for World {
    fn revision(&mut self) -> Result<i64, String> {
        Ok(self.runs.iter().map(|told| told.summary.revision).max().unwrap_or(0))
    }

    fn runs(&mut self, after: i64) -> Result<Vec<RunSummary>, String> {
        Ok(self.runs.iter().map(|told| told.summary.clone()).filter(|run| run.revision > after).collect())
    }

    fn newest_runs(&mut self, count: u32) -> Result<Vec<RunSummary>, String> {
        Ok(self.runs.iter().rev().take(count as usize).map(|told| told.summary.clone()).collect())
    }

    /// Looks at tasks alone.
    fn search_runs(
        &mut self,
        typed: &str,
        _goes_on: &mut dyn FnMut(SoFar<'_, RunKey>) -> bool,
    ) -> Result<Option<Vec<RunKey>>, String> {
        let holds = |told: &&Told| told.summary.task.as_ref().is_some_and(|task| task.contains(typed));
        Ok(Some(self.runs.iter().filter(holds).map(|told| told.summary.key).collect()))
    }

    /// Looks at tasks alone; the text is that of the second step.
    fn search_texts(
        &mut self,
        typed: &str,
        mark: store::Mark,
        limit: usize,
        _goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<HitPage, String> {
        if let Some(why) = self.fails {
            return Err(why.to_owned());
        }
        let below = mark.below;
        let of_run = |told: &Told| Some((told.summary.key, hit_in(told, typed)?));
        let mut hits: Vec<_> = self.runs.iter().filter_map(of_run).filter(|(run, _)| run.0 < below).collect();
        hits.sort_by_key(|(run, _)| std::cmp::Reverse(run.0));
        hits.truncate(limit.min(2));
        let next = hits.last().map(|(run, _)| store::Mark { below: run.0, ..mark });
        Ok(HitPage {
            hits: hits.into_iter().map(|(_, hit)| hit).collect(),
            next,
            percent: 40,
            lacks_texts: false,
        })
    }

    /// Looks at what tools got and gave.
    fn search_run(
        &mut self,
        run: RunKey,
        typed: &str,
        _goes_on: &mut dyn FnMut(SoFar<'_, StepKey>) -> bool,
    ) -> Result<Option<BTreeSet<StepKey>>, String> {
        let (_, steps) = self.told(run)?;
        let holds = |step: &&Arc<Step>| {
            step.kind == StepKind::Tool && format!("{:?}", detail_of(step).content).contains(typed)
        };
        Ok(Some(steps.iter().filter(holds).map(|step| step.key).collect()))
    }

    /// Asks after each step whether it goes on.
    fn steps(
        &mut self,
        run: RunKey,
        _after: i64,
        goes_on: &mut dyn FnMut(usize) -> bool,
    ) -> Result<Option<StepsAsOf>, String> {
        let told = self.told(run)?;
        Ok((1..=told.1.len()).all(goes_on).then_some(told))
    }

    fn findings(&mut self, _run: RunKey, steps: &[Arc<Step>], tree: &Tree) -> Result<Vec<Finding>, String> {
        let circumstances = Circumstances { dismissed: self.dismissed.clone(), ..Circumstances::default() };
        Ok(findings::find(steps, tree, &circumstances))
    }

    fn remarks(&mut self, run: RunKey) -> Result<Vec<Remark>, String> {
        let mut found = self.found(run)?;
        found.retain(|finding| !finding.dismissed);
        found.sort_by_key(|finding| std::cmp::Reverse((finding.severity, finding.wasted_tokens)));
        Ok(found.into_iter().map(remark).collect())
    }

    fn dismiss(
        &mut self,
        run: RunKey,
        finding: &Finding,
        dismissed: bool,
    ) -> Result<Vec<RunSummary>, String> {
        self.dismissed.retain(|mark| !mark.is_of(finding));
        self.dismissed.extend(dismissed.then(|| Mark::of(finding)));
        let counts = self.counts(run);
        let told = self.runs.iter_mut().find(|told| told.summary.key == run).ok_or("no such run")?;
        told.summary.findings = counts;
        Ok(vec![told.summary.clone()])
    }

    fn deleted_runs(&mut self, _after: i64) -> Result<Vec<RunKey>, String> {
        Ok(self.deleted.clone())
    }

    fn delete(&mut self, runs: Vec<RunKey>) -> Result<usize, String> {
        let before = self.runs.len();
        self.runs.retain(|told| !runs.contains(&told.summary.key));
        self.deleted.extend(runs);
        Ok(before - self.runs.len())
    }

    fn detail(&mut self, asked: &Asked) -> Result<StepDetail, String> {
        let mut steps = self.runs.iter().flat_map(|told| &told.steps);
        let step = steps.find(|step| step.key == asked.step.key).ok_or("no such step")?;
        Ok(StepDetail { cost: asked.has_figures.then(|| why(step)), ..detail_of(step) })
    }

    fn facts(&mut self, keys: &[StepKey]) -> Result<Facts, String> {
        let mut steps = self.runs.iter().flat_map(|told| &told.steps);
        let step = steps.find(|step| keys.contains(&step.key)).ok_or("no such step")?;
        Ok(super::pair::facts_of(step))
    }

    fn gist(&mut self, asked: &GistAsked) -> Result<Option<Gist>, String> {
        let mut steps = self.runs.iter().flat_map(|told| &told.steps);
        let step = steps.find(|step| asked.key == step.key).ok_or("no such step")?;
        let content = detail_of(step).content;
        let said = || content.output.iter().flat_map(|message| &message.parts).find_map(text_of).cloned();
        Ok(if asked.kind == StepKind::Tool { content.arguments } else { said() }.map(Gist::Text))
    }
}

fn text_of(part: &Part) -> Option<&String> {
    if let Part::Text(text) = part { Some(text) } else { None }
}

fn hit_in(told: &Told, typed: &str) -> Option<TextHit> {
    let line = told.summary.task.clone()?;
    let words: Vec<_> = line.match_indices(typed).map(|(at, word)| at..at + word.len()).collect();
    let step = told.steps.get(1).filter(|_| !words.is_empty())?;
    let step = HitStep {
        key: step.key,
        trace_id: step.trace_id,
        span_id: step.span_id,
        kind: Some(step.kind),
        name: step.name.to_string(),
        agent: None,
    };
    let (attribute, role) = ("gen_ai.input.messages".to_owned(), Some("user".to_owned()));
    Some(TextHit { run: told.summary.key, step: Some(step), runs: 3, attribute, role, line, words })
}
