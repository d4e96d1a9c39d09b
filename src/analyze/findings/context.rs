//! Input that grows without new results, and input that comes near the model's window or no longer fits.

use rustc_hash::FxHashSet;

use super::course::{Course, Doing};
use super::facts::Facts;
use super::{Pattern, words};
use crate::model::{FindingKind, Severity};

/// Calls without a new result that make a pattern: a model may think in a few steps.
pub(super) const CALLS: usize = 6;
/// Times that input grew, …
pub(super) const TIMES: u64 = 2;
/// … and by so many tokens: below, nobody pays much for it.
pub(super) const TOKENS: u64 = 4_000;

/// Share of the window that is near: coding agents begin to compact between 70 % (Gemini CLI) and 90 % (Codex CLI).
pub(super) const NEAR: f64 = 0.8;
/// Share of the window behind which an answer may find no room.
const FULL: f64 = 0.95;

pub(super) fn growth(facts: &Facts<'_>) -> Vec<Pattern> {
    let mut stretches: Vec<Stretch<'_>> = facts.courses.iter().map(|_| Stretch::default()).collect();
    let mut patterns = Vec::new();
    let mut at_work = usize::MAX;
    for (course, doing) in by_start(&facts.courses) {
        let stretch = &mut stretches[course];
        // what others did in between may be news
        if at_work != course || stretch.brings_news(doing) {
            patterns.extend(stretch.end(&facts.courses[course]));
        }
        at_work = course;
        stretch.add(facts, doing);
    }
    for (stretch, course) in stretches.iter_mut().zip(&facts.courses) {
        patterns.extend(stretch.end(course));
    }
    patterns
}

/// Everything that was done, with the number of its course.
fn by_start<'f, 'a>(courses: &'f [Course<'a>]) -> Vec<(usize, &'f Doing<'a>)> {
    let of_course =
        |(at, course): (usize, &'f Course<'a>)| course.doings.iter().map(move |doing| (at, doing));
    let mut all: Vec<_> = courses.iter().enumerate().flat_map(of_course).collect();
    all.sort_by_key(|(_, doing)| (doing.step.start, doing.row));
    all
}

/// Model calls of one agent with nothing new in between.
#[derive(Default)]
struct Stretch<'a> {
    calls: Vec<(usize, u64)>,
    /// Results of all that the agent did so far.
    seen: FxHashSet<u64>,
    last: Option<Doing<'a>>,
}

impl<'a> Stretch<'a> {
    fn brings_news(&self, doing: &Doing<'a>) -> bool {
        let digest = doing.step.output_digest;
        let after_tool = self.last.is_some_and(|last| !last.is_call());
        if doing.is_call() {
            doing.step.asked_by_user && !after_tool
        } else {
            !doing.failed && (digest == 0 || !self.seen.contains(&digest))
        }
    }

    fn add(&mut self, facts: &Facts<'_>, doing: &Doing<'a>) {
        if !doing.is_call() {
            self.seen.insert(doing.step.output_digest);
        } else if let Some(input) = facts.rows[doing.row].usage.input {
            self.calls.push((doing.row, input));
        }
        self.last = Some(*doing);
    }

    fn end(&mut self, course: &Course<'_>) -> Option<Pattern> {
        let calls = std::mem::take(&mut self.calls);
        let (first, last) = (calls.first()?.1, calls.last()?.1);
        let grew = last >= first.saturating_mul(TIMES) && last - first >= TOKENS;
        if calls.len() < CALLS || !grew {
            return None;
        }
        let message = format!(
            "input of {} grew {} → {} tokens over {} calls with no new result",
            words::agent(course.agent),
            words::count(first),
            words::count(last),
            calls.len()
        );
        let rows = calls.iter().map(|(row, _)| *row).collect();
        Some(Pattern::of(FindingKind::Context, Severity::Hint, message, rows).with_members(course.agent))
    }
}

pub(super) fn window(facts: &Facts<'_>) -> Vec<Pattern> {
    facts.courses.iter().filter_map(|course| near_window(facts, course)).collect()
}

/// Share of the window that the input takes; above 1 the price list's window is another variant's.
fn filled(facts: &Facts<'_>, doing: &Doing<'_>) -> Option<f64> {
    let (input, window) = (facts.rows[doing.row].usage.input?, doing.step.context_window.filter(|&w| w > 0)?);
    Some(input as f64 / window as f64).filter(|share| *share <= 1.0)
}

fn near_window(facts: &Facts<'_>, course: &Course<'_>) -> Option<Pattern> {
    let calls = || course.doings.iter().filter(|doing| doing.is_call());
    let refused = calls().filter(|doing| is_overflow(doing)).count();
    let fills = || calls().filter_map(|doing| filled(facts, doing));
    let most = fills().fold(0.0, f64::max);
    if most < NEAR && refused == 0 {
        return None;
    }
    let is_told =
        |doing: &&Doing<'_>| is_overflow(doing) || filled(facts, doing).is_some_and(|share| share >= NEAR);
    let told: Vec<&Doing<'_>> = calls().filter(is_told).collect();
    let step = told.last()?.step;
    let (agent, model) = (words::agent(course.agent), step.model.as_deref().unwrap_or("the model"));
    let message = match (refused, step.context_window) {
        (0, Some(window)) => {
            format!(
                "input of {agent} came to {} of the {} tokens that {model} takes in",
                words::share(most),
                words::count(window)
            )
        }
        _ => format!("input of {agent} no longer fits into the window of {model}"),
    };
    let severity = if refused > 0 || most >= FULL { Severity::Warning } else { Severity::Hint };
    let rows = told.iter().map(|doing| doing.row).collect();
    Some(Pattern::of(FindingKind::Context, severity, message, rows).with_members(course.agent))
}

/// What providers answer to input that is too long: `OpenAI` (code and words), Anthropic (twice), Gemini, Bedrock.
const OVERFLOWS: [&str; 6] = [
    "context_length_exceeded",
    "maximum context length",
    "prompt is too long",
    "exceed context limit",
    "input token count",
    "input is too long",
];

fn is_overflow(doing: &Doing<'_>) -> bool {
    let error = doing.step.error.as_deref().filter(|_| doing.failed).map(str::to_lowercase);
    error.is_some_and(|error| OVERFLOWS.iter().any(|words| error.contains(words)))
}
