//! What runs share, a number each, given when they come: to group 20 000 runs by 20 000 texts takes 18 ms at a key press,
//! by numbers little more than one.

use rustc_hash::FxHashMap;

use crate::model::RunSummary;

/// A name among all that came; equal names have equal numbers, as long as the list is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NameId(u32);

/// The models of a run among those of all that came; runs of the same models have equal numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ModelsId(u32);

/// What a run may share with others.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// Its conversation.
    pub session: Option<NameId>,
    /// Its [`first_agent`].
    pub agent: NameId,
    /// Its models.
    pub models: ModelsId,
}

/// Names that came so far. Those of runs that were deleted stay: they are little beside any run.
#[derive(Debug, Default)]
pub(super) struct Names {
    names: FxHashMap<Box<str>, NameId>,
    models: FxHashMap<Vec<String>, ModelsId>,
}

impl Names {
    /// What a run is called by.
    pub(super) fn of(&mut self, run: &RunSummary) -> Named {
        Named {
            session: run.session_id.as_deref().map(|session| self.id(session)),
            agent: self.id(first_agent(run)),
            models: self.models(&run.models),
        }
    }

    fn id(&mut self, name: &str) -> NameId {
        if let Some(known) = self.names.get(name) {
            return *known;
        }
        let id = NameId(next(self.names.len()));
        self.names.insert(name.into(), id);
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
}

fn next(known: usize) -> u32 {
    u32::try_from(known).unwrap_or(u32::MAX)
}

/// The agent that a run began with; of one without agents, its own name.
pub fn first_agent(run: &RunSummary) -> &str {
    run.agents.first().unwrap_or(&run.name)
}
