//! What the user dismissed: which finding of which run, as lines of text that are only ever added to.
//!
//! A line says that a finding was dismissed, or that it no longer is; of several the last counts. So several processes
//! add lines without reading each other's, and none is lost.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::findings::Mark;
use crate::model::SpanId;

/// Everything that is dismissed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dismissals(FxHashMap<String, Vec<Mark>>);

#[derive(Serialize, Deserialize)]
struct Line<'a> {
    run: &'a str,
    rule: &'a str,
    /// First member step.
    step: Option<SpanIdText>,
    dismissed: bool,
}

/// A span id as people read it.
#[derive(Serialize, Deserialize)]
struct SpanIdText(String);

impl Dismissals {
    /// Reads lines. What is no such line, a torn one or one of a later version, says nothing.
    pub fn read(text: &str) -> Self {
        let mut dismissals = Self::default();
        for line in text.lines().filter_map(|line| serde_json::from_str::<Line<'_>>(line).ok()) {
            let step = line.step.and_then(|id| id.0.parse().ok());
            dismissals.note(line.run, Mark { rule: line.rule.to_owned(), step }, line.dismissed);
        }
        dismissals
    }

    /// Notes that a finding of `run` is dismissed, or no longer.
    pub fn note(&mut self, run: &str, mark: Mark, dismissed: bool) {
        let marks = self.0.entry(run.to_owned()).or_default();
        marks.retain(|known| *known != mark);
        if dismissed {
            marks.push(mark);
        }
        if marks.is_empty() {
            self.0.remove(run);
        }
    }

    /// What is dismissed of `run`.
    pub fn of(&self, run: &str) -> &[Mark] {
        self.0.get(run).map_or(&[], Vec::as_slice)
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The line that notes a finding of `run`, without its line break.
///
/// # Errors
/// Never with the types at hand; `serde_json` cannot say so in its signature.
pub fn line(run: &str, mark: &Mark, dismissed: bool) -> serde_json::Result<String> {
    let step = mark.step.map(|id: SpanId| SpanIdText(id.to_string()));
    serde_json::to_string(&Line { run, rule: &mark.rule, step, dismissed })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(rule: &str, step: u64) -> Mark {
        Mark { rule: rule.to_owned(), step: SpanId::from_u64(step) }
    }

    #[test]
    fn the_last_line_counts_and_a_torn_one_says_nothing() {
        let lines = [
            line("r1", &mark("same-call", 7), true).unwrap(),
            line("r1", &mark("truncated", 0), true).unwrap(),
            line("r2", &mark("same-call", 7), true).unwrap(),
            line("r2", &mark("same-call", 7), false).unwrap(),
            r#"{"run":"r3","rule":"tr"#.to_owned(),
            line("r4", &mark("stall", 9), true).unwrap(),
        ];
        let dismissals = Dismissals::read(&lines.join("\n"));
        assert_eq!(dismissals.of("r1"), [mark("same-call", 7), mark("truncated", 0)]);
        assert_eq!((dismissals.of("r2"), dismissals.of("r3")), (&[][..], &[][..]));
        assert_eq!(dismissals.of("r4"), [mark("stall", 9)]);
        assert!(!dismissals.is_empty() && Dismissals::read("").is_empty());
    }
}
