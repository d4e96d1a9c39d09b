//! Which rows say the same of themselves, so that what is looked for is sought once for all of them: of 100 000 steps some
//! hundred are named differently, and to ask each takes some 20 ms a letter.

use rustc_hash::FxHashMap;

use super::Shape;
use crate::model::{SharedText, Step};

/// What is known a step by: name, agent, model, tool, error, both ends of a handoff, why a model stopped.
pub fn told(step: &Step) -> [Option<&SharedText>; 8] {
    let handoff = step.handoff.as_ref();
    [
        Some(&step.name),
        step.agent.as_ref(),
        step.model.as_ref(),
        step.tool.as_ref(),
        step.error.as_ref(),
        handoff.and_then(|handoff| handoff.from.as_ref()),
        handoff.and_then(|handoff| handoff.to.as_ref()),
        step.finish_reason.as_ref(),
    ]
}

/// Rows by what they say of themselves.
#[derive(Debug, Default)]
pub struct Likeness {
    /// Of each row the number of its kind; `None` for a parent that has not arrived.
    kinds: Vec<Option<u32>>,
    /// Of each kind a row.
    samples: Vec<u32>,
}

impl Likeness {
    /// Goes through all rows once.
    pub(super) fn of(view: &Shape) -> Self {
        let (mut numbers, mut samples) = (FxHashMap::default(), Vec::new());
        let mut number = |row: u32| {
            let step = view.step(row)?;
            let next = u32::try_from(samples.len()).unwrap_or(u32::MAX);
            Some(*numbers.entry((step.kind, told(step))).or_insert_with(|| {
                samples.push(row);
                next
            }))
        };
        let rows = 0..u32::try_from(view.tree.rows.len()).unwrap_or(u32::MAX);
        let kinds = rows.map(&mut number).collect();
        Self { kinds, samples }
    }

    /// By row whether its step is one of which `is_it` is true; asked once for all that are alike.
    pub fn each(&self, view: &Shape, is_it: impl Fn(&Step) -> bool) -> impl Fn(u32) -> bool {
        let found: Vec<bool> = self.samples.iter().map(|&row| view.step(row).is_some_and(&is_it)).collect();
        move |row| {
            let kind = self.kinds.get(row as usize).copied().flatten();
            kind.is_some_and(|kind| found[kind as usize])
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{RunKey, StepKind};
    use crate::tui::RunView;
    use crate::tui::testing::world::Script;

    #[test]
    fn what_is_alike_is_asked_once_and_told_of_every_row() {
        let mut script = Script::new(1, 60);
        let root = script.add(None, StepKind::Agent, "root", 0);
        for name in ["a", "b", "a", "b", "a"] {
            script.add(Some(root), StepKind::Tool, name, 10);
        }
        let failed = script.add(Some(root), StepKind::Tool, "a", 10);
        script.edit(failed, |step| step.error = Some("gone".into()));
        let view = RunView::new(RunKey(1), 1, script.end(&[], "").steps);
        let asked = std::cell::Cell::new(0);
        let likeness = view.likeness();
        let is_a = likeness.each(&view, |step| {
            asked.set(asked.get() + 1);
            &*step.name == "a"
        });
        let rows: Vec<u32> = (0..8).filter(|&row| is_a(row)).collect();
        assert_eq!((rows, asked.get()), (vec![1, 3, 5, 6], 4));
        assert!(!likeness.each(&view, |_| true)(7), "no such row");
    }
}
