//! Why two runs parted: was the model asked the same, did the world answer otherwise, did an error or a limit strike?

use super::beside::Message;
use super::configuration::{self, Setting};
use super::divergence::Fork;
use super::entries::{Entry, Op};
use super::facts::{Facts, Said};
use super::side::Side;
use super::{Cause, Read, Reason, Which};
use crate::model::{Role, StepKind, StepStatus};

/// What speaks for the cause.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The model calls that decided, one in each run, by index.
    pub calls: [Option<usize>; 2],
    /// Messages each of them was asked (users' and tools'), where captured.
    pub asked: Option<[usize; 2]>,
    /// Where no messages were captured: how many tokens both calls were asked.
    pub tokens: Option<u64>,
    /// What each said.
    pub said: [Option<String>; 2],
    /// The first message of the input that differs.
    pub message: Option<Message>,
    /// How the two calls were set up differently.
    pub settings: Vec<Setting>,
}

/// The cause of `fork`, and what speaks for it.
///
/// # Errors
/// Those of `read`.
pub(super) fn find<E>(
    sides: [&Side<'_>; 2],
    entries: &[Entry],
    fork: &Fork,
    read: &mut Read<'_, E>,
) -> Result<(Cause, Evidence), E> {
    let calls = deciding(sides, entries, fork);
    let mut evidence = Evidence { calls, ..Evidence::default() };
    let mut facts = [Facts::default(), Facts::default()];
    for side in [0, 1] {
        if let Some(at) = calls[side] {
            facts[side] = read(Which::ALL[side], &sides[side].shown[at].keys)?;
            evidence.said[side].clone_from(&facts[side].said);
        }
    }
    let told = by_outcome(fork.reason).or_else(|| environment(sides, calls, entries, fork));
    let cause = told.unwrap_or_else(|| asked(sides, calls, [&facts[0], &facts[1]], &mut evidence));
    Ok((cause, evidence))
}

/// What differs at `fork`. Where both runs part at their first model call, what that was asked, or how, differs before
/// what it answered.
pub(super) fn reason(sides: [&Side<'_>; 2], fork: &Fork, cause: Cause, evidence: &Evidence) -> Reason {
    let first = |side: &Side<'_>| side.shown.iter().position(|shown| shown.step.kind == StepKind::Llm);
    let at_once = fork.at == evidence.calls && fork.at == sides.map(first) && fork.at[0].is_some();
    match cause {
        Cause::Configuration if at_once => {
            let is_model = evidence.settings.iter().any(|setting| setting.field == "model");
            if is_model { Reason::Model } else { Reason::Prompt }
        }
        Cause::Input if at_once => Reason::Input,
        _ => fork.reason,
    }
}

/// What the world answered needs no look at the model.
const fn by_outcome(reason: Reason) -> Option<Cause> {
    match reason {
        Reason::Result => Some(Cause::ToolResult),
        Reason::Status => Some(Cause::Environment),
        _ => None,
    }
}

/// An error or a limit on one side: the step itself failed where the other has none, a run that lacks the step ended in
/// a failure, or one answer was cut off.
fn environment(
    sides: [&Side<'_>; 2],
    calls: [Option<usize>; 2],
    entries: &[Entry],
    fork: &Fork,
) -> Option<Cause> {
    let failed = |side: usize, at: usize| sides[side].shown[at].step.status == StepStatus::Error;
    let struck = match fork.at {
        [Some(at), None] => failed(0, at) || ended_badly(sides[1], entries, fork, |entry| entry.b),
        [None, Some(at)] => failed(1, at) || ended_badly(sides[0], entries, fork, |entry| entry.a),
        _ => false,
    };
    let limited = [0, 1].map(|side| calls[side].is_some_and(|at| is_cut(sides[side], at)));
    (struck || limited[0] != limited[1]).then_some(Cause::Environment)
}

fn ended_badly(
    side: &Side<'_>,
    entries: &[Entry],
    fork: &Fork,
    of: impl Fn(&Entry) -> Option<usize>,
) -> bool {
    let counts = |entry: &&Entry| !entry.frame;
    let goes_on = entries[fork.entry..].iter().filter(counts).any(|entry| of(entry).is_some());
    let last = entries[..fork.entry].iter().rev().filter(counts).find_map(of);
    !goes_on && last.is_some_and(|at| side.shown[at].step.status == StepStatus::Error)
}

/// The answer ended at a limit or was refused.
fn is_cut(side: &Side<'_>, at: usize) -> bool {
    const LIMITS: [&str; 6] =
        ["length", "max_tokens", "max_output_tokens", "content_filter", "error", "aborted"];
    let step = side.shown[at].step;
    let reason = step.finish_reason.as_deref().unwrap_or_default();
    step.status == StepStatus::Error || LIMITS.iter().any(|limit| reason.eq_ignore_ascii_case(limit))
}

/// Whether the model was asked the same, in the same way.
fn asked(
    sides: [&Side<'_>; 2],
    calls: [Option<usize>; 2],
    facts: [&Facts; 2],
    evidence: &mut Evidence,
) -> Cause {
    let [Some(a), Some(b)] = calls else {
        return if other_task(sides, evidence) { Cause::Input } else { Cause::Unknown };
    };
    evidence.settings = configuration::differences(sides, [a, b], facts);
    if !evidence.settings.is_empty() {
        return Cause::Configuration;
    }
    if !facts.iter().all(|facts| facts.has_input) {
        return uncaptured(sides, [a, b], evidence);
    }
    let messages = facts.map(|facts| facts.messages.as_slice());
    evidence.asked = Some(messages.map(|all| all.iter().filter(|said| said.is_asked()).count()));
    if let Some(message) = Message::first(messages, |said| said.role == Role::User) {
        evidence.message = Some(message);
        return Cause::Input;
    }
    // steps told of every tool result so far, and all were the same: what is left are times, ids and models' wording
    let has_tools = |side: &Side<'_>| side.shown.iter().any(|shown| shown.step.kind == StepKind::Tool);
    if !sides.iter().any(|side| has_tools(side))
        && let Some(message) = Message::first(messages, |said: &Said| said.role == Role::Tool)
    {
        evidence.message = Some(message);
        return Cause::ToolResult;
    }
    Cause::ModelChoice
}

/// Where the messages were not captured: a task of another wording is another input, and as many tokens of input after
/// the same steps are the same input, which the evidence tells apart from messages that were compared.
fn uncaptured(sides: [&Side<'_>; 2], at: [usize; 2], evidence: &mut Evidence) -> Cause {
    if other_task(sides, evidence) {
        return Cause::Input;
    }
    let input = |side: usize| sides[side].shown[at[side]].row.usage.input;
    evidence.tokens = input(0).filter(|&tokens| tokens > 0 && input(1) == Some(tokens));
    if evidence.tokens.is_some() { Cause::ModelChoice } else { Cause::Unknown }
}

/// Whether the runs were given tasks of another wording.
fn other_task(sides: [&Side<'_>; 2], evidence: &mut Evidence) -> bool {
    let [Some(a), Some(b)] = sides.map(|side| side.task) else { return false };
    let differ = !a.split_whitespace().eq(b.split_whitespace());
    if differ {
        let texts = [a, b].map(|task| Some(task.to_owned()));
        evidence.message = Some(Message { role: Role::User, places: [None; 2], texts });
    }
    differ
}

/// The model calls that decided at the fork: the step itself or the call that asked for it; on a side that lacks the
/// step the call beside it, else the next one of the same agent.
fn deciding(sides: [&Side<'_>; 2], entries: &[Entry], fork: &Fork) -> [Option<usize>; 2] {
    let own = [0, 1].map(|side| fork.at[side].and_then(|at| asker(sides[side], at)));
    match own {
        [Some(a), None] => [Some(a), counterpart(sides, entries, fork, 0, a)],
        [None, Some(b)] => [counterpart(sides, entries, fork, 1, b), Some(b)],
        both => both,
    }
}

/// The model call that is, or asked for, the step at `at`.
fn asker(side: &Side<'_>, at: usize) -> Option<usize> {
    let is_call = |at: &usize| side.shown[*at].step.kind == StepKind::Llm;
    let agent = side.shown[at].agent;
    let same_agent = |at: &usize| side.shown[*at].agent == agent;
    let before = || (0..=at).rev().filter(is_call);
    let own = is_call(&at).then_some(at);
    own.or(side.shown[at].asker).or_else(|| before().find(same_agent)).or_else(|| before().next())
}

/// What stands in the other run for the call at `at` of run `side`.
fn counterpart(
    sides: [&Side<'_>; 2],
    entries: &[Entry],
    fork: &Fork,
    side: usize,
    at: usize,
) -> Option<usize> {
    let other = 1 - side;
    let places = |entry: &Entry| [entry.a, entry.b];
    let beside = entries.iter().find(|entry| entry.op != Op::Changed && places(entry)[side] == Some(at));
    if let Some(found) = beside.and_then(|entry| places(entry)[other]) {
        return Some(found);
    }
    let agent = sides[side].shown[at].agent;
    let fits = |at: &usize| {
        let shown = &sides[other].shown[*at];
        shown.step.kind == StepKind::Llm && shown.agent == agent
    };
    let of =
        |entries: &'_ [Entry]| entries.iter().filter_map(|entry| places(entry)[other]).collect::<Vec<_>>();
    let (before, after) = entries.split_at(fork.entry);
    of(after).into_iter().find(fits).or_else(|| of(before).into_iter().rev().find(fits))
}
