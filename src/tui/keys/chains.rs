//! Which contexts listen together, the narrowest first. In each of these a key means one thing.

use super::Context::{self, self as C};

/// Contexts that listen together.
pub type Chain = &'static [Context];

/// List of runs.
pub const RUNS: Chain = &[C::Runs, C::Compare, C::Moving, C::Everywhere];
/// List of runs while there is none.
pub const EMPTY: Chain = &[C::Empty, C::Runs, C::Moving, C::Everywhere];
/// Filter line.
pub const FILTER: Chain = &[C::Filter];
/// Full-text search.
pub const FIND: Chain = &[C::Find];
/// Steps of a run.
pub const TREE: Chain = &[C::Tree, C::Run, C::Compare, C::Moving, C::Everywhere];
/// The same with hits marked.
pub const TREE_HITS: Chain = &[C::Hits, C::Tree, C::Run, C::Compare, C::Moving, C::Everywhere];
/// Steps of a run on its timeline.
pub const TIMELINE: Chain = &[C::Timeline, C::Run, C::Compare, C::Moving, C::Everywhere];
/// The same with hits marked.
pub const TIMELINE_HITS: Chain = &[C::Hits, C::Timeline, C::Run, C::Compare, C::Moving, C::Everywhere];
/// A step in detail.
pub const DETAIL: Chain = &[C::Detail, C::Run, C::Compare, C::Moving, C::Everywhere];
/// The same with hits marked.
pub const DETAIL_HITS: Chain = &[C::Hits, C::Detail, C::Run, C::Compare, C::Moving, C::Everywhere];
/// What was flagged in a run.
pub const FINDINGS: Chain = &[C::Findings, C::Run, C::Compare, C::Moving, C::Everywhere];
/// Search line.
pub const SEARCH: Chain = &[C::Search];
/// Who gave the work to whom.
pub const HANDOFFS: Chain = &[C::Handoffs, C::Moving, C::Everywhere];
/// Stops of a replay.
pub const STOPS: Chain = &[C::Stops, C::Replay, C::Moving, C::Everywhere];
/// What was said by a stop.
pub const SCENE: Chain = &[C::Scene, C::Replay, C::Moving, C::Everywhere];
/// Two runs beside each other.
pub const BESIDE: Chain = &[C::Beside, C::Diff, C::Moving, C::Everywhere];
/// What is said of a difference.
pub const EVIDENCE: Chain = &[C::Evidence, C::Diff, C::Moving, C::Everywhere];
/// Whether runs are to be deleted.
pub const CONFIRM: Chain = &[C::Confirm];
/// Commands over any screen.
pub const PALETTE: Chain = &[C::Palette];
/// Help over any screen.
pub const HELP: Chain = &[C::Help, C::Moving, C::Everywhere];

/// All of them.
pub const CHAINS: [Chain; 20] = [
    RUNS,
    EMPTY,
    FILTER,
    FIND,
    TREE,
    TREE_HITS,
    TIMELINE,
    TIMELINE_HITS,
    DETAIL,
    DETAIL_HITS,
    FINDINGS,
    SEARCH,
    HANDOFFS,
    STOPS,
    SCENE,
    BESIDE,
    EVIDENCE,
    CONFIRM,
    PALETTE,
    HELP,
];

#[cfg(test)]
mod tests {
    use strum::VariantArray as _;

    use super::*;

    #[test]
    fn every_context_listens_somewhere() {
        for context in Context::VARIANTS {
            assert!(CHAINS.iter().any(|chain| chain.contains(context)), "{context:?}");
        }
    }
}
