//! What runs share and are sorted by in words, a number each, given when they come: at a key press 20 000 texts are not
//! looked at any more. To group by them took 18 ms, to sort by them as long.

use std::cmp::Ordering;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::model::RunSummary;

/// A name among all that came; equal names have equal numbers, as long as the list is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NameId(u32);

/// What runs without a session are called by where the others are called by theirs.
pub const NO_SESSION: &str = "no session";

impl NameId {
    /// That of [`NO_SESSION`].
    pub const NO_SESSION: Self = Self(0);

    /// Its number: all numbers from 0 on are given.
    pub const fn at(self) -> usize {
        self.0 as usize
    }
}

/// The models of a run among those of all that came; runs of the same models have equal numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ModelsId(u32);

/// What a run is called by.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// Its conversation.
    pub session: Option<NameId>,
    /// Its [`first_agent`].
    pub agent: NameId,
    /// What was asked, or its own name.
    pub task: NameId,
    /// Its first model.
    pub model: Option<NameId>,
    /// Its models.
    pub models: ModelsId,
}

/// A name by the order of names.
#[derive(Debug)]
struct Ordered {
    id: NameId,
    /// It is in lower case what the one before it is.
    again: bool,
}

/// With more new names than this at once all are put in order anew, which then is cheaper.
const FEW: usize = 64;

/// Names that came so far. Those of runs that were deleted stay: they are little beside any run.
#[derive(Debug)]
pub struct Names {
    ids: FxHashMap<Arc<str>, NameId>,
    /// In lower case, by number.
    low: Vec<Arc<str>>,
    /// In the order of their letters in lower case.
    order: Vec<Ordered>,
    /// Where each stands in it, by number; equal ones have equal places.
    ranks: Vec<u32>,
    models: FxHashMap<Vec<String>, ModelsId>,
}

impl Default for Names {
    fn default() -> Self {
        let empty = (FxHashMap::default(), FxHashMap::default());
        let mut names =
            Self { ids: empty.0, low: Vec::new(), order: Vec::new(), ranks: Vec::new(), models: empty.1 };
        names.id(NO_SESSION);
        names.ranked();
        names
    }
}

impl Names {
    /// What a run is called by. New names have a rank once they are [`Self::ranked`].
    pub(super) fn of(&mut self, run: &RunSummary) -> Named {
        Named {
            session: run.session_id.as_deref().map(|session| self.id(session)),
            agent: self.id(first_agent(run)),
            task: self.id(run.task.as_deref().unwrap_or(&run.name)),
            model: run.models.first().map(|model| self.id(model)),
            models: self.models(&run.models),
        }
    }

    /// The number of a name.
    pub(super) fn id(&mut self, name: &str) -> NameId {
        if let Some(known) = self.ids.get(name) {
            return *known;
        }
        let id = NameId(next(self.low.len()));
        let name: Arc<str> = name.into();
        let is_low = name.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
        self.low.push(if is_low { Arc::clone(&name) } else { name.to_lowercase().into() });
        self.ids.insert(name, id);
        id
    }

    fn models(&mut self, models: &[String]) -> ModelsId {
        if let Some(known) = self.models.get(models) {
            return *known;
        }
        let id = ModelsId(next(self.models.len()));
        self.models.insert(models.to_vec(), id);
        id
    }

    /// Gives names that came since the last time their place among the others.
    pub(super) fn ranked(&mut self) {
        let known = self.order.len();
        if known == self.low.len() {
            return;
        }
        let new = (known..self.low.len()).map(|at| NameId(next(at)));
        if new.len() <= FEW {
            new.for_each(|id| self.put_in_order(id));
        } else {
            self.order.extend(new.map(|id| Ordered { id, again: false }));
            let low = &self.low;
            self.order.sort_by(|a, b| low[a.id.at()].cmp(&low[b.id.at()]));
            for at in 1..self.order.len() {
                self.order[at].again = low[self.order[at].id.at()] == low[self.order[at - 1].id.at()];
            }
        }
        self.ranks.resize(self.low.len(), 0);
        let mut rank = 0;
        for &Ordered { id, again } in &self.order {
            rank += u32::from(!again);
            self.ranks[id.at()] = rank;
        }
    }

    /// Behind all that are not after it.
    fn put_in_order(&mut self, id: NameId) {
        let Self { low, order, .. } = self;
        let beside = |other: &Ordered| low[other.id.at()].cmp(&low[id.at()]);
        let at = order.partition_point(|other| beside(other) != Ordering::Greater);
        let again = at > 0 && beside(&order[at - 1]) == Ordering::Equal;
        order.insert(at, Ordered { id, again });
    }

    /// Where a name stands among all by its letters, upper case or lower; `None` for the empty one.
    pub fn rank(&self, id: NameId) -> Option<u64> {
        (!self.low[id.at()].is_empty()).then(|| self.ranks[id.at()].into())
    }
}

fn next(known: usize) -> u32 {
    u32::try_from(known).unwrap_or(u32::MAX)
}

/// The agent that a run began with; of one without agents, its own name.
pub fn first_agent(run: &RunSummary) -> &str {
    run.agents.first().unwrap_or(&run.name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn names_stand_in_the_order_of_their_letters_however_they_came(
            batches in proptest::collection::vec(proptest::collection::vec("[a-cA\0é]{0,3}", 0..90), 1..5)
        ) {
            let mut names = Names::default();
            let mut all = Vec::new();
            for batch in batches {
                all.extend(batch.into_iter().map(|name| (names.id(&name), name)));
                names.ranked();
                for (a, one) in &all {
                    prop_assert_eq!(names.rank(*a).is_none(), one.is_empty());
                    let beside = all.iter().filter(|(_, other)| !one.is_empty() && !other.is_empty());
                    for (b, other) in beside {
                        let letters = one.to_lowercase().cmp(&other.to_lowercase());
                        prop_assert_eq!(names.rank(*a).cmp(&names.rank(*b)), letters, "{:?} {:?}", one, other);
                        prop_assert_eq!(a == b, one == other);
                    }
                }
            }
        }
    }
}
