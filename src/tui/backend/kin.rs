//! A step's kin in its run: the calls of the same agent before and after it, the steps that carried its calls out.
//! Goes through all rows: for loader threads.

use std::cmp::Reverse;
use std::sync::Arc;

use super::Asked;
use crate::analyze::tree::Row;
use crate::model::{Step, StepKind};

impl Asked {
    /// Model calls of the same agent that began earlier, at most `most`: those below the same parent first, of these
    /// the latest first.
    pub fn calls_before(&self, most: usize) -> Vec<Arc<Step>> {
        let mut calls: Vec<_> = self.calls().filter(|(_, call)| call.start < self.step.start).collect();
        calls.sort_by_key(|(sibling, call)| Reverse((*sibling, call.start)));
        calls.into_iter().take(most).map(|(_, call)| Arc::clone(call)).collect()
    }

    /// The next model call of the same agent.
    pub fn call_after(&self) -> Option<Arc<Step>> {
        let later = self.calls().filter(|(_, call)| call.start > self.step.start);
        later.min_by_key(|(sibling, call)| (!*sibling, call.start)).map(|(_, call)| Arc::clone(call))
    }

    /// For each of these ids the step that carried out the call that bears it: the first since this step began, for
    /// some clients count their ids anew with every turn.
    pub fn carried_out(&self, ids: &[Option<&str>]) -> Vec<Option<Arc<Step>>> {
        let mut found: Vec<Option<Arc<Step>>> = vec![None; ids.len()];
        for (_, step) in self.rows().filter(|(_, s)| s.kind != StepKind::Llm && s.start >= self.step.start) {
            let Some(id) = step.tool_call_id.as_deref() else {
                continue;
            };
            for place in (0..ids.len()).filter(|&at| ids[at] == Some(id)) {
                if found[place].as_ref().is_none_or(|known| step.start < known.start) {
                    found[place] = Some(Arc::clone(step));
                }
            }
        }
        found
    }

    /// Other model calls of the same agent; whether each stands below the same parent.
    fn calls(&self) -> impl Iterator<Item = (bool, &Arc<Step>)> {
        let own = self.of.0.tree.rows.get(self.of.1 as usize);
        let agent = own.and_then(|row| self.agent_of(row));
        self.rows().filter_map(move |(row, step)| {
            let sibling = own.is_some_and(|own| own.parent == row.parent);
            let is_kin = sibling || agent.is_some() && self.agent_of(row) == agent;
            (step.kind == StepKind::Llm && step.key != self.step.key && is_kin).then_some((sibling, step))
        })
    }

    fn agent_of(&self, row: &Row) -> Option<&str> {
        self.of.0.steps.get(row.agent?)?.agent.as_deref()
    }

    fn rows(&self) -> impl Iterator<Item = (&Row, &Arc<Step>)> {
        let view = &self.of.0;
        (0..).zip(&view.tree.rows).filter_map(|(at, row)| Some((row, view.shared_step(at)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RunKey;
    use crate::tui::RunView;
    use crate::tui::testing::world::Script;

    #[test]
    fn kin_are_of_the_same_parent_or_agent() {
        let mut script = Script::new(1, 60);
        let root = script.add(None, StepKind::Agent, "root", 0);
        script.edit(root, |step| step.agent = Some("root".into()));
        let first = script.call(root, "m", 10, (1, 0, 1));
        let tool = script.add(Some(root), StepKind::Tool, "search", 10);
        script.edit(tool, |step| step.tool_call_id = Some("call_1".into()));
        let inner = script.add(Some(root), StepKind::Agent, "other", 0);
        script.edit(inner, |step| step.agent = Some("other".into()));
        script.call(inner, "m", 10, (1, 0, 1));
        let second = script.call(root, "m", 10, (1, 0, 1));
        let again = script.add(Some(root), StepKind::Tool, "search", 10);
        script.edit(again, |step| step.tool_call_id = Some("call_1".into()));
        let steps = script.end(&[], "").steps;
        let view = Arc::new(RunView::new(RunKey(1), 1, steps.clone()));
        let asked = |at: usize| {
            let id = crate::tui::RowId(steps[at].trace_id, steps[at].span_id);
            view.asked(view.row(id).unwrap()).unwrap()
        };
        let keys = |calls: Vec<Arc<Step>>| calls.iter().map(|call| call.key).collect::<Vec<_>>();
        assert_eq!(keys(asked(second).calls_before(4)), [steps[first].key]);
        assert_eq!(asked(first).call_after().map(|call| call.key), Some(steps[second].key));
        let ran = asked(first).carried_out(&[Some("call_1"), None]);
        assert_eq!((ran[0].as_ref().map(|s| s.key), &ran[1]), (Some(steps[tool].key), &None));
        let ran = asked(second).carried_out(&[Some("call_1")]);
        assert_eq!(ran[0].as_ref().map(|s| s.key), Some(steps[again].key));
    }
}
