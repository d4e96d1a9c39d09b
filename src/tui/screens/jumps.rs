//! From step to step in the tree: by kind, by tool, by cost, in the order of time, and to what is looked for.

use crate::analyze::tree::Row;
use crate::model::{Step, StepKind, UnixNanos};
use crate::tui::app::FoundSteps;
use crate::tui::backend::{RunView, told};
use crate::tui::search::{Needle, Search};

use super::{Said, TreePane};

/// Where to; of those with a direction, whether forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jump {
    /// A model call.
    Call(bool),
    /// A tool call.
    Tool(bool),
    /// Another step of the same kind and name.
    Same(bool),
    /// The step before or after in the order of time.
    Time(bool),
    /// The step that cost most by itself.
    Dearest,
}

impl TreePane {
    /// Goes there, unfolding what hides it; false if there is none.
    pub fn jump(&mut self, view: &RunView, jump: Jump) -> bool {
        let here = self.here().map_or(0, |here| here.row);
        let found = match jump {
            Jump::Call(forward) => self.beside(view, here, forward, |step| step.kind == StepKind::Llm),
            Jump::Tool(forward) => self.beside(view, here, forward, |step| {
                matches!(step.kind, StepKind::Tool | StepKind::Retrieval)
            }),
            Jump::Same(forward) => {
                let name = |step: &Step| step.tool.as_ref().unwrap_or(&step.name).clone();
                let own = view.step(here).map(|step| (step.kind, name(step)));
                self.beside(view, here, forward, |step| {
                    let same = |(kind, own): &(StepKind, _)| {
                        step.kind == *kind && step.tool.as_ref().unwrap_or(&step.name) == own
                    };
                    own.as_ref().is_some_and(same)
                })
            }
            Jump::Time(forward) => self.in_time(view, here, forward),
            Jump::Dearest => dearest(view),
        };
        found.is_some_and(|row| self.reveal_row(view, row))
    }

    /// The nearest row before or after `here` whose step is such a one.
    fn beside(&self, view: &RunView, here: u32, forward: bool, is_it: impl Fn(&Step) -> bool) -> Option<u32> {
        let len = u32::try_from(view.tree.rows.len()).unwrap_or(u32::MAX);
        let found = |row: &u32| self.visible(view, *row).is_some_and(&is_it);
        if forward { (here + 1..len).find(found) } else { (0..here).rev().find(found) }
    }

    fn in_time(&self, view: &RunView, here: u32, forward: bool) -> Option<u32> {
        let time = |row: u32| view.starts.get(row as usize).map_or((0, row), |&start| (start, row));
        let own = time(here);
        let rows = 0..u32::try_from(view.tree.rows.len()).unwrap_or(u32::MAX);
        let mut found: Option<(UnixNanos, u32)> = None;
        // in the direction of time few are nearer than the one found: only those are looked at themselves
        let mut look = |row: u32| {
            let time = time(row);
            let is_nearer = if forward {
                time > own && found.is_none_or(|found| time < found)
            } else {
                time < own && found.is_none_or(|found| time > found)
            };
            if is_nearer && self.visible(view, row).is_some() {
                found = Some(time);
            }
        };
        if forward {
            rows.for_each(&mut look);
        } else {
            rows.rev().for_each(&mut look);
        }
        found.map(|(_, row)| row)
    }

    /// The step of a row that is not left out as plumbing.
    fn visible<'a>(&self, view: &'a RunView, row: u32) -> Option<&'a Step> {
        view.step(row).filter(|_| self.with_plumbing || !view.is_quiet(row))
    }

    /// Looks for the words typed: a step has them all, in its name, agent, model, tool, error or target, or says them.
    pub fn seek(&mut self, view: &RunView) {
        let Some(mut search) = self.search.take() else {
            return;
        };
        if search.input.value().trim() != self.said.typed {
            self.said.steps.clear();
        }
        let words: Vec<Needle> = search.input.value().split_whitespace().filter_map(Needle::new).collect();
        let rows = 0..u32::try_from(view.tree.rows.len()).unwrap_or(u32::MAX);
        let rows = rows.filter(|_| !words.is_empty());
        let is_it = |step: &Step| has_all(step, &words);
        if let Some(likeness) = view.known_likeness() {
            let is_like = likeness.each(view, is_it);
            let is_left_out = |row: u32| !self.with_plumbing && view.is_quiet(row);
            search.set(rows.filter(|&row| is_like(row) && !is_left_out(row) || self.says(view, row)));
        } else {
            search
                .set(rows.filter(|&row| self.visible(view, row).is_some_and(is_it) || self.says(view, row)));
        }
        self.search = Some(search);
    }

    /// Whether what is looked for is said in a step, or in another report of it.
    pub fn says(&self, view: &RunView, row: u32) -> bool {
        if self.said.steps.is_empty() {
            return false;
        }
        let also = view.tree.rows.get(row as usize).map_or(&[][..], |row| row.also());
        let mut reports = self.visible(view, row).into_iter().chain(also.iter().map(|&at| &*view.steps[at]));
        reports.any(|step| self.said.steps.contains(&step.key))
    }

    /// What is to be looked for in the texts of the run: what was typed, if that was not asked for yet. `number` is counted
    /// on for it.
    pub fn wanted_words(&mut self, number: &mut u64) -> Option<(u64, String)> {
        let typed = self.search.as_ref().map_or("", |search| search.input.value().trim());
        if typed == self.said.typed {
            return None;
        }
        *number += 1;
        let waits_for = Some(*number).filter(|_| !typed.is_empty());
        self.said = Said { typed: typed.to_owned(), waits_for, ..Said::default() };
        Some((*number, self.said.typed.clone()))
    }

    /// Takes in steps that say what is looked for; a cursor that has not found anything yet goes to the first.
    pub fn take_said(&mut self, view: &RunView, found: FoundSteps) {
        self.said.waits_for.take_if(|_| found.whole);
        (self.said.steps, self.said.percent) = (found.steps, found.percent);
        let still = self.search.as_ref().is_some_and(|search| search.typing && search.here().is_none());
        self.seek_anew(view);
        if still {
            let from = self.search_from.and_then(|id| view.row(id)).unwrap_or(0);
            self.go_to_first(view, from);
        }
    }

    /// Looks for the same words in newer steps; the cursor stays.
    pub fn seek_anew(&mut self, view: &RunView) {
        let gone_to = self.search.as_ref().and_then(Search::here);
        self.seek(view);
        if let (Some(search), Some(row)) = (&mut self.search, gone_to) {
            search.first_from(row);
        }
    }

    /// Goes to the first hit at row `from` or after it; back to `from` where there is none.
    pub fn go_to_first(&mut self, view: &RunView, from: u32) {
        let found = self.search.as_mut().and_then(|search| search.first_from(from));
        self.reveal_row(view, found.unwrap_or(from));
    }

    /// Goes to the next hit, or the previous one.
    pub fn go_on(&mut self, view: &RunView, forward: bool) {
        let here = self.here().map_or(0, |here| here.row);
        if let Some(row) = self.search.as_mut().and_then(|search| search.beside(here, forward)) {
            self.reveal_row(view, row);
        }
    }

    /// How many hits there are, or that texts are still looked through for the first.
    pub fn search_words(&self, search: &Search<u32>) -> String {
        let waits = self.said.waits_for.is_some() && search.hits.is_empty();
        match self.said.percent {
            _ if !waits => search.words(),
            0 => "searching".to_owned(),
            percent => format!("searching, {percent} %"),
        }
    }

    /// The words looked for, to be marked.
    pub fn needles(&self) -> Vec<Needle> {
        let typed = self.search.as_ref().map_or("", |search: &Search<u32>| search.input.value());
        typed.split_whitespace().filter_map(Needle::new).collect()
    }
}

fn has_all(step: &Step, words: &[Needle]) -> bool {
    let told = told(step);
    let holds = |text: &str, word: &Needle| word.find(text, 0).is_some();
    words
        .iter()
        .all(|word| told.iter().flatten().any(|text| holds(text, word)) || holds(step.kind.name(), word))
}

/// The row whose own call cost most, the first of equals.
fn dearest(view: &RunView) -> Option<u32> {
    let amount = |row: &Row| row.own_cost.map(|cost| cost.amount.0);
    let rows = (0..).zip(&view.tree.rows).filter_map(|(at, row)| Some((amount(row)?, at)));
    rows.max_by_key(|&(amount, at): &(i64, u32)| (amount, std::cmp::Reverse(at))).map(|(_, at)| at)
}
