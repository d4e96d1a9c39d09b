//! The list of runs as a table: what is happening, what was expensive, what went wrong.

use std::borrow::Cow;

use super::filter::{self, Query, Subject};
use super::table::{Cell, Column, Fit, render};
use super::{Look, format, glyph, paint, text};
use crate::model::{FindingKind, RunKey, RunSummary, UnixNanos};

/// Digits of a run id that are shown at least: as many as git shows of a commit, and one more.
const ID_DIGITS: usize = 8;

const COLUMNS: [Column; 12] = [
    Column { title: "", fit: Fit::Left },
    Column { title: "RUN", fit: Fit::Left },
    Column { title: "STARTED", fit: Fit::Left },
    Column { title: "AGENT", fit: Fit::Elastic },
    Column { title: "TASK", fit: Fit::Elastic },
    Column { title: "STEPS", fit: Fit::Right },
    Column { title: "IN", fit: Fit::Right },
    Column { title: "CACHED", fit: Fit::Right },
    Column { title: "OUT", fit: Fit::Right },
    Column { title: "COST", fit: Fit::Right },
    Column { title: "TIME", fit: Fit::Right },
    Column { title: "", fit: Fit::Left },
];

/// Which runs a list shows.
#[derive(Clone, Copy, Debug)]
pub struct Pick<'a> {
    /// What they must be.
    pub query: &'a Query,
    /// For each of the query's texts the runs that hold it, ascending.
    pub found: &'a [Vec<RunKey>],
    /// Also traces in which no agent did anything.
    pub all: bool,
    /// Only this many, the newest.
    pub limit: Option<usize>,
}

impl Pick<'_> {
    /// The runs picked of `runs`, in the same order: oldest first.
    pub fn of<'r>(&self, runs: &'r [RunSummary], now: UnixNanos) -> Vec<&'r RunSummary> {
        let takes = |run: &RunSummary| {
            let words = filter::words(run);
            self.query.takes(&Subject { run, words: &words, now, found: self.found })
        };
        let picked: Vec<_> = runs.iter().filter(|run| (self.all || run.agentic) && takes(run)).collect();
        let skipped = self.limit.map_or(0, |limit| picked.len().saturating_sub(limit));
        picked.into_iter().skip(skipped).collect()
    }
}

/// `runs` as a table, in the order given.
pub fn table(runs: &[&RunSummary], look: &Look) -> String {
    let digits = unique_digits(runs);
    let rows: Vec<_> = runs.iter().map(|run| row(run, digits, look)).collect();
    render(&COLUMNS, &rows, look.columns)
}

fn row(run: &RunSummary, digits: usize, look: &Look) -> Vec<Cell> {
    let status = run.times.status(look.now);
    let plain = |text: String| Cell::new(paint::PLAIN, text);
    vec![
        Cell::new(paint::status(status), glyph::status(status).text(look.ascii)),
        Cell::new(paint::QUIET, text::head(&text::one_line(&run.run_id), digits)),
        plain(format::started(run.times.start, look.now, look.zone)),
        Cell::new(paint::STRONG, text::one_line(&agent(run))),
        plain(text::preview(run.task.as_deref().unwrap_or_default(), look.columns)),
        plain(format::count(run.steps)),
        plain(format::tokens(&run.tokens, run.tokens.input)),
        Cell::new(paint::QUIET, format::percent(run.tokens.cache_read, run.tokens.input)),
        plain(format::tokens(&run.tokens, run.tokens.output)),
        plain(format::cost_total(&run.cost)),
        plain(duration(run)),
        flags(run, look.ascii),
    ]
}

/// The run's first agent and how many more there are, as in the interface; its name where none is told.
fn agent(run: &RunSummary) -> Cow<'_, str> {
    match run.agents.as_slice() {
        [] => Cow::Borrowed(&run.name),
        [one] => Cow::Borrowed(one),
        [first, more @ ..] => Cow::Owned(format!("{first} +{}", more.len())),
    }
}

/// From the first start to the last end; `?` while nothing ended.
fn duration(run: &RunSummary) -> String {
    match (run.times.start, run.times.end) {
        (0, _) | (_, 0) => format::UNKNOWN.to_owned(),
        (start, end) => format::duration(end.saturating_sub(start)),
    }
}

/// What asks for attention: `↻1 ⇄1 ✖2`.
pub(super) fn flags(run: &RunSummary, ascii: bool) -> Cell {
    let findings =
        FindingKind::ALL.iter().zip(run.findings.flagged).map(|(&k, n)| (glyph::finding(k), n.into()));
    let all = findings.chain([(glyph::FAILED, run.errors)]).filter(|&(_, count)| count > 0);
    let words: Vec<_> = all.map(|(sign, count): (_, u64)| format!("{}{count}", sign.text(ascii))).collect();
    Cell::new(paint::BAD, words.join(" "))
}

/// Digits that tell the ids of `runs` apart.
fn unique_digits(runs: &[&RunSummary]) -> usize {
    let mut ids: Vec<_> = runs.iter().map(|run| run.run_id.as_str()).collect();
    ids.sort_unstable();
    let shared = |pair: &[&str]| pair[0].chars().zip(pair[1].chars()).take_while(|(a, b)| a == b).count();
    ids.windows(2).map(|pair| shared(pair) + 1).max().unwrap_or(0).max(ID_DIGITS)
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use crate::model::{CostTotal, FindingCounts, RunTimes, TokenTotals};

    fn look(columns: usize, ascii: bool) -> Look {
        Look { columns, ascii, zone: format::Zone::Utc, now: fixture::START + 9_000_000_000 }
    }

    fn runs() -> [RunSummary; 3] {
        let first = fixture::run();
        let mut second = first.clone();
        second.run_id = "0707070707070707aa".into();
        (second.name, second.agents) = ("code-review\u{1b}[31m".into(), Vec::new());
        second.task = None;
        second.errors = 0;
        second.findings = FindingCounts::default();
        second.times = RunTimes { complete: true, ..first.times };
        let mut third = first.clone();
        third.run_id = "ffee".into();
        third.task =
            Some("Explain the difference between eventual and causal consistency to a junior".into());
        third.times = RunTimes::default();
        third.tokens = TokenTotals { unknown: 1, ..TokenTotals::default() };
        third.cost = CostTotal { unknown: 1, ..CostTotal::default() };
        [first, second, third]
    }

    fn shown(columns: usize, ascii: bool) -> String {
        let runs = runs();
        let text = table(&runs.iter().collect::<Vec<_>>(), &look(columns, ascii));
        anstream::adapter::strip_str(&text).to_string()
    }

    fn picked(line: &str, all: bool, limit: Option<usize>) -> Vec<String> {
        let query = filter::parse(line, format::Zone::Utc).unwrap();
        let mut runs = runs();
        runs[2].agentic = false;
        let picked = Pick { query: &query, found: &[], all, limit }.of(&runs, fixture::START);
        picked.iter().map(|run| run.run_id[..4].to_owned()).collect()
    }

    #[test]
    fn a_list_shows_what_every_term_holds_of() {
        assert_eq!(picked("", false, None), ["0707", "0707"]);
        assert_eq!(picked("", true, None), ["0707", "0707", "ffee"]);
        assert_eq!(picked("", true, Some(1)), ["ffee"]);
        assert_eq!(picked("CAUSAL", true, None), ["ffee"]);
        assert_eq!(picked("이중 is:running", true, None), ["0707"]);
        assert_eq!(picked("model:sonnet code-review", false, None), ["0707"]);
        assert_eq!(picked("no such thing", true, None), [""; 0]);
    }

    #[test]
    fn a_wide_table_shows_all() {
        insta::assert_snapshot!(shown(140, false));
    }

    #[test]
    fn a_narrow_table_cuts_texts_and_no_figure() {
        insta::assert_snapshot!(shown(100, true));
    }

    #[test]
    fn ids_are_as_long_as_needed_to_tell_them_apart() {
        let runs = runs();
        assert_eq!(unique_digits(&runs.iter().collect::<Vec<_>>()), 17);
        assert_eq!(unique_digits(&[&runs[0]]), ID_DIGITS);
    }
}
