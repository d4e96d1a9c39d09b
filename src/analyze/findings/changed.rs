//! What changed from round to round, in words: from digests and hashes alone, for texts are not at hand.

use rustc_hash::FxHashSet;

use crate::model::Leaf;

/// What changed between rounds that are equal as far as digests tell: those leave out what changes by itself.
pub(super) const NOTHING: &str = "nothing, times and ids aside";

/// What changed where telemetry does not tell all.
pub(super) const UNTOLD: &str = "nothing that telemetry tells";

/// Of calls by the digests of their arguments, 0 for one that is not told.
pub(super) fn arguments(digests: impl Iterator<Item = u64>) -> String {
    let different: FxHashSet<u64> = digests.collect();
    match different.len() {
        _ if different.contains(&0) => "arguments are not in the telemetry".to_owned(),
        1 => NOTHING.to_owned(),
        count => format!("arguments: {count} different"),
    }
}

/// Of calls by what they were asked with, all with leaves at the same places.
pub(super) fn wording(asked: &[&[Leaf]]) -> String {
    let places = asked.iter().map(|leaves| leaves.len()).min().unwrap_or(0);
    let wordings = |at: usize| asked.iter().map(|leaves| leaves[at].value).collect::<FxHashSet<_>>().len();
    let changed: Vec<String> =
        (0..places).map(wordings).filter(|&count| count > 1).map(|count| count.to_string()).collect();
    match changed.as_slice() {
        [] => NOTHING.to_owned(),
        [count] => format!("one argument: {count} wordings"),
        counts => format!("{} arguments: {} wordings", counts.len(), counts.join(", ")),
    }
}
