//! Parents and children: found, waited for, cut where they would close a cycle.

use super::node::{Activity, Node, Sign};
use super::{Entry, Ledger, NONE};

impl Ledger {
    /// Steps that waited for `entry` become its children.
    pub(super) fn adopt(&mut self, entry: Entry) {
        let id = self.node(entry).id;
        let Some(waiting) = self.waiting.remove(&id) else { return };
        self.progress.missing_parents -= u64::from(waiting.missed);
        for child in waiting.children {
            self.link(child, entry);
        }
    }

    pub(super) fn find_parent(&mut self, entry: Entry) {
        let node = self.node(entry);
        let Some(key) = node.parent_id else { return };
        let missed = !node.remote_parent;
        match self.by_id.get(&key).copied() {
            Some(parent) if self.top_of(parent) == entry => self.close_cycle(entry, parent),
            Some(parent) => self.link(entry, parent),
            None => {
                let waiting = self.waiting.entry(key).or_default();
                // one missing parent, however many wait for it; a remote one belongs to another process
                self.progress.missing_parents += u64::from(missed && !waiting.missed);
                waiting.missed |= missed;
                waiting.children.push(entry);
            }
        }
    }

    /// Cuts the cycle that `entry -> parent` would close above its earliest member.
    pub(super) fn close_cycle(&mut self, entry: Entry, parent: Entry) {
        let mut first = entry;
        let mut at = parent;
        while at != entry {
            let order = |e: Entry| (self.node(e).start, self.node(e).id);
            if order(at) < order(first) {
                first = at;
            }
            at = self.node(at).parent;
        }
        self.cycles += 1;
        if first == entry {
            return;
        }
        self.unlink(first);
        self.top[entry as usize] = first;
        self.top[first as usize] = first;
        self.link(entry, parent);
        self.tell_again(first);
    }

    /// Root of the tree that holds `entry`, with path halving.
    pub(super) fn top_of(&mut self, entry: Entry) -> Entry {
        let mut at = entry as usize;
        while self.top[at] as usize != at {
            self.top[at] = self.top[self.top[at] as usize];
            at = self.top[at] as usize;
        }
        Entry::try_from(at).unwrap_or(NONE)
    }

    pub(super) fn link(&mut self, child: Entry, parent: Entry) {
        if self.top[child as usize] == child {
            self.top[child as usize] = parent;
        }
        self.relink(child, parent, |node, child| node.children.push(child), Some(parent));
        self.carry_up(child, parent);
    }

    pub(super) fn unlink(&mut self, child: Entry) {
        let parent = self.node(child).parent;
        self.relink(child, parent, |node, child| node.children.retain(|&c| c != child), None);
    }

    pub(super) fn relink(
        &mut self,
        child: Entry,
        parent: Entry,
        change: fn(&mut Node, Entry),
        to: Option<Entry>,
    ) {
        let active = self.activity(child);
        let was = self.activity(parent);
        self.account_with_twins(parent, Some(child), Sign::Remove);
        change(self.node_mut(parent), child);
        self.node_mut(child).parent = to.unwrap_or(NONE);
        let sign = if to.is_some() { Sign::Add } else { Sign::Remove };
        self.node_mut(parent).count_below(active, sign);
        self.account_with_twins(parent, Some(child), Sign::Add);
        self.pass_up(parent, was);
    }

    pub(super) fn activity(&self, entry: Entry) -> Activity {
        let node = self.node(entry);
        Activity {
            usage: node.below_usage > 0 || node.has_usage(),
            llm: node.below_llm > 0 || node.is_llm_with_tokens(),
        }
    }

    /// Tells the ancestors of `entry` that its activity is no longer `was`; stops where nothing flips.
    pub(super) fn pass_up(&mut self, entry: Entry, was: Activity) {
        let (mut at, mut was) = (entry, was);
        while let Some(parent) = self.parent(at) {
            let now = self.activity(at);
            if now == was {
                return;
            }
            let parent_was = self.activity(parent);
            self.account_with_twins(parent, None, Sign::Remove);
            self.node_mut(parent).count_below(was, Sign::Remove);
            self.node_mut(parent).count_below(now, Sign::Add);
            self.account_with_twins(parent, None, Sign::Add);
            (at, was) = (parent, parent_was);
        }
    }
}
