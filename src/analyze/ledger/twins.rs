//! Two reports of one call that are not parent and child.

use super::node::Sign;
use super::{Entry, Ledger, NONE};
use crate::model::StepKind;

/// Reports of one call are looked for among this many latest candidates: an emitter that gives every answer the same
/// id must not make a run cost the square of its length.
const CANDIDATES: usize = 16;
impl Ledger {
    /// Looks for another report of the call that `entry` reports, and keeps the better of the two.
    pub(super) fn find_twin(&mut self, entry: Entry) {
        let node = self.node(entry);
        if node.kind != StepKind::Llm {
            return;
        }
        let figures = (node.id.0, node.parent_id, node.usage.input, node.usage.output);
        let (response, known) = (node.response, node.usage.is_known());
        let same_answer =
            (response != 0).then(|| self.latest_twin(self.by_response.get(&response), entry)).flatten();
        let found = same_answer
            .or_else(|| known.then(|| self.latest_twin(self.by_figures.get(&figures), entry)).flatten());
        if response != 0 {
            self.by_response.entry(response).or_default().push(entry);
        }
        if known {
            self.by_figures.entry(figures).or_default().push(entry);
        }
        if let Some(other) = found {
            let entry_is_better = self.node(entry).rank() > self.node(other).rank();
            let (twin, of) = if entry_is_better { (other, entry) } else { (entry, other) };
            self.account(twin, Sign::Remove);
            self.account(of, Sign::Remove);
            self.node_mut(twin).twin_of = of;
            self.twins.entry(of).or_default().push(twin);
            self.account(of, Sign::Add);
            self.account(twin, Sign::Add);
        }
    }

    pub(super) fn latest_twin(&self, candidates: Option<&Vec<Entry>>, entry: Entry) -> Option<Entry> {
        let node = self.node(entry);
        candidates?.iter().rev().take(CANDIDATES).copied().find(|&c| {
            let other = self.node(c);
            let same_call = (node.response != 0 && other.response == node.response)
                || (other.parent_id, other.usage.input, other.usage.output)
                    == (node.parent_id, node.usage.input, node.usage.output);
            c != entry
                && same_call
                && other.twin_of == NONE
                && other.scope != node.scope
                && other.overlaps(node)
        })
    }
}
