//! What the rows of a tree are about, read for those in sight and remembered.

use rustc_hash::FxHashMap;

use crate::model::{Gist, Step, StepKey, StepKind};
use crate::tui::backend::{GistAsked, RunView};

/// Rows remembered; some hundred bytes each, and a screen of them is read anew in milliseconds.
const MOST: usize = 4096;

/// Gists of the rows that were in sight.
#[derive(Debug, Default)]
pub struct Gists {
    known: FxHashMap<StepKey, Option<Gist>>,
    /// Rows asked for, until the answer is here.
    asked: Vec<StepKey>,
}

impl Gists {
    /// What a step is about, where that was captured and read.
    pub fn of(&self, step: &Step) -> Option<&Gist> {
        self.known.get(&step.key)?.as_ref()
    }

    /// Of these rows those whose gist is neither here nor on its way; `None` while others are, or where there are none.
    pub fn wanted(&mut self, view: &RunView, rows: impl Iterator<Item = u32>) -> Option<Vec<GistAsked>> {
        if !self.asked.is_empty() {
            return None;
        }
        let wanted: Vec<_> = rows.filter_map(|row| self.question(view, row)).collect();
        if self.known.len() + wanted.len() > MOST {
            self.known.clear();
        }
        self.asked = wanted.iter().map(|asked| asked.key).collect();
        (!wanted.is_empty()).then_some(wanted)
    }

    fn question(&self, view: &RunView, row: u32) -> Option<GistAsked> {
        let step =
            view.step(row).filter(|step| has_gist(step.kind) && !self.known.contains_key(&step.key))?;
        let reports = view.tree.rows.get(row as usize)?.also();
        let also = reports.iter().filter_map(|&at| view.steps.get(at).map(|step| step.key)).collect();
        Some(GistAsked { kind: step.kind, key: step.key, also })
    }

    /// Takes in an answer, which may leave rows out: they are asked for again. What could not be read has no gist; why is
    /// told where it is opened.
    pub fn take(&mut self, answer: &Result<Vec<(StepKey, Option<Gist>)>, String>) {
        let asked = std::mem::take(&mut self.asked);
        match answer {
            Ok(found) => self.known.extend(found.iter().cloned()),
            Err(_) => self.known.extend(asked.into_iter().map(|key| (key, None))),
        }
    }

    /// Asks again where nothing was known: newer records may tell.
    pub fn refresh(&mut self) {
        self.known.retain(|_, gist| gist.is_some());
    }
}

/// Kinds that neighbours of one name differ in.
const fn has_gist(kind: StepKind) -> bool {
    matches!(
        kind,
        StepKind::Tool | StepKind::Llm | StepKind::Retrieval | StepKind::Embedding | StepKind::Rerank
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RunKey;
    use crate::tui::testing::world::Script;

    #[test]
    fn rows_are_asked_about_once_and_where_nothing_was_known_again_after_news() {
        let mut script = Script::new(1, 60);
        let root = script.add(None, StepKind::Agent, "root", 0);
        for name in ["a", "b", "c"] {
            script.add(Some(root), StepKind::Tool, name, 10);
        }
        let view = RunView::new(RunKey(1), 1, script.end(&[], "").steps);
        let keys = |asked: Option<Vec<GistAsked>>| -> Vec<StepKey> {
            asked.unwrap_or_default().iter().map(|asked| asked.key).collect()
        };
        let key = |row: u32| view.step(row).unwrap().key;
        let mut gists = Gists::default();
        assert_eq!(keys(gists.wanted(&view, 0..3)), [key(1), key(2)], "an agent is told by its name");
        assert_eq!(keys(gists.wanted(&view, 0..4)), [], "while others are on their way");
        gists.take(&Ok(vec![(key(1), Some(Gist::Text("x".into())))]));
        assert_eq!(gists.of(view.step(1).unwrap()), Some(&Gist::Text("x".into())));
        assert_eq!(keys(gists.wanted(&view, 0..4)), [key(2), key(3)], "what was left out is asked for again");
        gists.take(&Err("cannot read".into()));
        assert_eq!(
            keys(gists.wanted(&view, 0..4)),
            [],
            "what could not be read is not asked for over and over"
        );
        gists.refresh();
        assert_eq!(keys(gists.wanted(&view, 0..4)), [key(2), key(3)]);
    }
}
