//! Where two runs part, and why (`detection.md`, "Divergence of two runs").
//!
//! Every step has a key of its decision and its outcome; runs are put in causal order, parallel branches as groups;
//! keys are laid beside each other; the first difference is the divergence. Content is asked for around the fork
//! alone, from whoever calls: this room knows no store.

mod align;
mod arguments;
mod beside;
mod cause;
mod configuration;
mod departure;
mod divergence;
mod entries;
mod facts;
mod gaps;
mod hunks;
mod keys;
mod many;
mod order;
mod side;
mod words;

pub use arguments::Field;
pub use beside::{Beside, Input, Message, beside};
pub use cause::Evidence;
pub use configuration::Setting;
pub use departure::{Departure, Match, departure};
pub use entries::{Entry, Op};
pub use facts::{Facts, Request, Said, Text};
pub use hunks::{Hunk, Notable, Sums};
pub use many::{Crowd, Group, Lack, Outside, Place, against};
pub use side::{Asked, Shown, Side};
pub use words::{In, Piece, words};

use divergence::Fork;

use crate::model::StepKey;

/// Which of the two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The first.
    A = 0,
    /// The second.
    B = 1,
}

impl Which {
    /// Both, in order.
    pub const ALL: [Self; 2] = [Self::A, Self::B];
}

/// Reads what was captured of a step: its own record first, then other reports of the same call.
pub type Read<'r, E> = dyn FnMut(Which, &[StepKey]) -> Result<Facts, E> + 'r;

/// What differs at the divergence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Another tool.
    Tool,
    /// Other arguments.
    Arguments,
    /// Another agent.
    Agent,
    /// Another model, at the first model call.
    Model,
    /// Another system prompt, other tools or settings, at the first model call.
    Prompt,
    /// The first model call was asked something else.
    Input,
    /// The model speaks in one run and asks for tools in the other.
    Output,
    /// The same call returned something else.
    Result,
    /// It failed in one run.
    Status,
    /// One run has no such step.
    Missing,
}

impl Reason {
    /// The word of the JSON contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Arguments => "arguments",
            Self::Agent => "agent",
            Self::Model => "model",
            Self::Prompt => "prompt",
            Self::Input => "input",
            Self::Output => "output",
            Self::Result => "result",
            Self::Status => "status",
            Self::Missing => "missing",
        }
    }
}

/// Where the difference came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The model was asked the same and answered otherwise.
    ModelChoice,
    /// It was asked something else.
    Input,
    /// The same call returned something else.
    ToolResult,
    /// Model, prompt, tools or settings differ.
    Configuration,
    /// An error or a limit on one side.
    Environment,
    /// What would tell was not captured.
    Unknown,
}

impl Cause {
    /// The word of the JSON contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ModelChoice => "model_choice",
            Self::Input => "input",
            Self::ToolResult => "tool_result",
            Self::Configuration => "configuration",
            Self::Environment => "environment",
            Self::Unknown => "unknown",
        }
    }
}

/// The first place where two runs stop doing the same thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// Place in the alignment.
    pub entry: usize,
    /// Place in the alignment from which two steps in a row match again; `None` where the runs never meet.
    pub meet: Option<usize>,
    /// Steps of each run from here to where they meet again, or to its end.
    pub detour: [usize; 2],
    /// The step in each run by `show`'s index, `None` where a run lacks it.
    pub at: [Option<usize>; 2],
    /// What differs.
    pub reason: Reason,
    /// Where that came from.
    pub cause: Cause,
    /// What speaks for the cause.
    pub evidence: Evidence,
    /// The calls whose arguments or results differ, by index.
    pub calls: [Option<usize>; 2],
    /// Arguments that differ, by path.
    pub arguments: Vec<Field>,
    /// What the two calls returned, where that differs.
    pub results: [Option<String>; 2],
}

/// Two runs, compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// Every step of both, once, in causal order; parallel branches may cross.
    pub entries: Vec<Entry>,
    /// The first difference; `None` where both runs behave the same.
    pub divergence: Option<Divergence>,
    /// Stretches that differ, in order; the divergence begins the first.
    pub hunks: Vec<Hunk>,
    /// How the two runs were set up differently.
    pub configuration: Vec<Setting>,
    /// Nearly nothing is alike: the runs have other tasks.
    pub unrelated: bool,
    /// The bound on work was hit: stretches that belong together may stand apart.
    pub limit_hit: bool,
}

impl Diff {
    /// Whether both runs behave the same.
    pub const fn same(&self) -> bool {
        self.divergence.is_none()
    }

    /// The last step of each run that counts.
    pub fn ends(&self) -> [Option<usize>; 2] {
        let counted = || self.entries.iter().rev().filter(|entry| !entry.frame);
        [counted().find_map(|entry| entry.a), counted().find_map(|entry| entry.b)]
    }

    /// Steps, tokens, cost and time of each run in these lines of the alignment.
    pub fn sums(sides: [&Side<'_>; 2], lines: &[Entry]) -> [Sums; 2] {
        hunks::sums(sides, lines)
    }
}

/// More untold requests than this are left unread: each costs the reading of a whole conversation.
const MOST_READ: usize = 500;

/// Agents whose setup is compared.
const MOST_AGENTS: usize = 16;

/// Lays run `b` beside run `a`.
///
/// # Errors
/// Those of `read`.
pub fn compare<E>(a: &mut Side<'_>, b: &mut Side<'_>, read: &mut Read<'_, E>) -> Result<Diff, E> {
    compare_until(a, b, read, &|| false)
}

/// The same for somebody who may stop waiting: soon after `stop` says yes it comes back with an answer that says nothing.
///
/// # Errors
/// Those of `read`.
pub fn compare_until<E>(
    a: &mut Side<'_>,
    b: &mut Side<'_>,
    read: &mut Read<'_, E>,
    stop: &dyn Fn() -> bool,
) -> Result<Diff, E> {
    read_untold(a, Which::A, read)?;
    read_untold(b, Which::B, read)?;
    let sides = [&*a, &*b];
    let mut budget = align::Budget::until(stop);
    let entries = lay(sides, keys::Captured::by_all(&sides), &mut budget);
    if stop() {
        return Ok(Diff::default());
    }
    let divergence = match divergence::fork(sides, &entries) {
        Some(fork) => Some(explain(sides, &entries, &fork, read)?),
        None => None,
    };
    Ok(Diff {
        hunks: hunks::hunks(sides, &entries),
        configuration: configuration(sides, read)?,
        unrelated: hunks::unrelated(&entries),
        limit_hit: budget.hit,
        divergence,
        entries,
    })
}

/// The alignment, by what is `captured`.
fn lay(sides: [&Side<'_>; 2], captured: keys::Captured, budget: &mut align::Budget<'_>) -> Vec<Entry> {
    let [a, b] = sides.map(|side| order::sequence(side, captured));
    entries::entries(&a, &b, sides, budget)
}

fn read_untold<E>(side: &mut Side<'_>, which: Which, read: &mut Read<'_, E>) -> Result<(), E> {
    for at in side.untold_requests().into_iter().take(MOST_READ) {
        let told = read(which, &side.shown[at].keys)?.requests;
        let asked =
            told.into_iter().map(|told| Asked { name: told.name.into(), arguments: told.arguments.digest });
        let shown = &mut side.shown[at];
        shown.asked.extend(asked);
        shown.asked.sort_unstable();
        side.has_arguments |= side.shown[at].asked.iter().any(|asked| asked.arguments != 0);
    }
    Ok(())
}

fn explain<E>(
    sides: [&Side<'_>; 2],
    entries: &[Entry],
    fork: &Fork,
    read: &mut Read<'_, E>,
) -> Result<Divergence, E> {
    let (cause, evidence) = cause::find(sides, entries, fork, read)?;
    let calls = arguments::calls(sides, fork);
    let mut facts = [Facts::default(), Facts::default()];
    for side in [0, 1] {
        if let Some(at) = calls[side] {
            facts[side] = read(Which::ALL[side], &sides[side].shown[at].keys)?;
        }
    }
    let [a, b] = &mut facts;
    let arguments = arguments::fields(a.arguments.as_deref(), b.arguments.as_deref());
    let differ = matches!(fork.reason, Reason::Result | Reason::Status);
    let results = if differ { [a.result.take(), b.result.take()] } else { [None, None] };
    let Fork { entry, at, .. } = *fork;
    let reason = cause::reason(sides, fork, cause, &evidence);
    let meet = hunks::meeting(entries, entry);
    let detour = hunks::steps(&entries[entry..meet.unwrap_or(entries.len())]);
    Ok(Divergence { entry, meet, detour, at, reason, cause, evidence, calls, arguments, results })
}

fn configuration<E>(sides: [&Side<'_>; 2], read: &mut Read<'_, E>) -> Result<Vec<Setting>, E> {
    let mut out: Vec<Setting> = Vec::new();
    for (a, b) in configuration::first_calls(sides[0], sides[1]).into_iter().take(MOST_AGENTS) {
        let facts = [read(Which::A, &sides[0].shown[a].keys)?, read(Which::B, &sides[1].shown[b].keys)?];
        out.extend(configuration::differences(sides, [a, b], [&facts[0], &facts[1]]));
    }
    Ok(out)
}

#[cfg(test)]
mod tests;
