//! An agent that called itself, through others or a tool, with nearly the request that it was given: work goes down a
//! ladder whose rungs repeat. An agent that splits its task calls itself with another request each time.

use super::contexts::{LIKE, is_same};
use super::facts::Facts;
use super::{Pattern, changed};
use crate::model::{FindingKind, Severity};

/// From this share of common words on, twice is enough; below it (but not below [`LIKE`]) it takes a third time.
/// Measured on nothing: a request with three of twenty words changed has 0.74, "move 3 disks from A to C" against "move 2
/// disks from A to B" 0.6.
const NEARLY: f64 = 0.7;
/// Agents above an agent that are looked at.
const DEPTH: usize = 64;

pub(super) fn check(facts: &Facts<'_>) -> Vec<Pattern> {
    (0..facts.rows.len()).filter_map(|at| pattern(facts, &ladder(facts, at)?)).collect()
}

/// Calls of one agent, each below the one before.
struct Ladder {
    /// Rows of all agents from the first call of the agent down to the last.
    rows: Vec<usize>,
    /// Where in `rows` it is called.
    rungs: Vec<usize>,
    /// The least that two requests in a row have in common; `None` where they are not told.
    likeness: Option<f64>,
}

/// The ladder that ends at an agent, if it stands below itself.
fn ladder(facts: &Facts<'_>, at: usize) -> Option<Ladder> {
    let name = |row: usize| facts.step(row).and_then(|step| step.agent.as_deref());
    let own = name(at).filter(|_| facts.caller(at).is_some())?;
    let mut way = vec![at];
    let mut rungs = vec![0];
    let mut likeness: Option<f64> = None;
    let mut here = at;
    while let Some(above) =
        facts.caller(here).filter(|&above| way.len() < DEPTH && !is_transfer(facts, above, here))
    {
        way.push(above);
        here = above;
        if !name(above).is_some_and(|name| is_same(name, own)) {
            continue;
        }
        let like = facts.request(above).likeness(&facts.request(way[rungs[rungs.len() - 1]]));
        if like.is_some_and(|like| like < LIKE) || rungs.len() > 1 && like.is_none() != likeness.is_none() {
            break;
        }
        likeness = like.map(|like| likeness.map_or(like, |least| least.min(like)));
        rungs.push(way.len() - 1);
    }
    let last = *rungs.last().filter(|_| rungs.len() > 1)?;
    way.truncate(last + 1);
    way.reverse();
    let rungs = rungs.iter().rev().map(|rung| last - rung).collect();
    Some(Ladder { rows: way, rungs, likeness })
}

/// Whether the work was handed over, and not sent to be done and returned.
fn is_transfer(facts: &Facts<'_>, above: usize, at: usize) -> bool {
    let parent = facts.rows[at].parent.map_or(at, |parent| parent as usize);
    facts.places.tool[parent].is_none() && facts.is_passed(above, at)
}

fn pattern(facts: &Facts<'_>, ladder: &Ladder) -> Option<Pattern> {
    let times = ladder.rungs.len();
    let (severity, like) = match (ladder.likeness, times) {
        (Some(like), 2) if like < NEARLY => (Severity::Hint, "a similar request"),
        (Some(_), _) => (Severity::Alarm, "nearly the same request"),
        (None, 2) => return None,
        (None, _) => (Severity::Hint, "requests that are not in the telemetry"),
    };
    let second = ladder.rungs[1];
    let names: Vec<String> = ladder.rows[..second]
        .iter()
        .filter_map(|&row| facts.step(row)?.agent.as_deref().map(str::to_owned))
        .collect();
    let told = if ladder.likeness.is_some() { "the wording of the request" } else { changed::UNTOLD };
    Some(Pattern {
        kind: FindingKind::HandoffCycle,
        severity,
        message: format!(
            "{} → {}: called itself, {times} deep, with {like}",
            names.join(" → "),
            names.first()?
        ),
        changed: Some(told.to_owned()),
        starts: ladder.rungs.iter().map(|&rung| ladder.rows[rung]).collect(),
        rows: ladder.rows.clone(),
        wasted: facts.calls_below(ladder.rows[second]).collect(),
        members: names,
        repeats: times,
        period: second,
    })
}
