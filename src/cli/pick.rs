//! Which other runs a comparison takes.

use anyhow::bail;

use super::source::{Loaded, Source};
use crate::analyze::kin;
use crate::model::{RunSummary, UnixNanos};
use crate::report::filter;
use crate::report::format::Zone;
use crate::report::runs::Pick;

/// The word for the last run before that did the same job and ended well.
pub(super) const PREVIOUS: &str = "previous";

/// Without `last-N` no more runs than this are compared: the newest.
const MOST: usize = 50;

/// Runs to compare with, and who they are in words.
pub(super) struct Picked {
    pub(super) runs: Vec<Loaded>,
    pub(super) whom: String,
}

/// The run that `wanted` names, as seen from `run`.
pub(super) fn other(
    source: &Source,
    wanted: &str,
    run: &RunSummary,
    now: UnixNanos,
) -> anyhow::Result<Loaded> {
    if wanted != PREVIOUS {
        return Ok(source.load(wanted)?);
    }
    let runs = source.runs()?;
    match kin::previous(&runs, run, now) {
        Some(found) => Ok(source.load(&found.run_id)?),
        None => bail!(
            "no run before {} has the same agent and task and ended well; name one by its id",
            run.run_id
        ),
    }
}

/// The runs that `wanted` names: `last-10` of the same agent and task, or those that its words and fields name.
pub(super) fn against(
    source: &Source,
    wanted: &str,
    run: &RunSummary,
    now: UnixNanos,
) -> anyhow::Result<Picked> {
    let wanted = Filter::read(wanted);
    let runs = source.runs()?;
    let mut picked: Vec<&RunSummary> = if wanted.words.is_empty() {
        kin::peers(&runs, run, now)
    } else {
        let query = filter::parse(&wanted.words.join(" "), Zone::Local)?;
        let found = query.texts().iter().map(|text| source.search(text)).collect::<Result<Vec<_>, _>>()?;
        let found = Pick { query: &query, found: &found, all: false, limit: None }.of(&runs, now);
        found.into_iter().filter(|other| other.key != run.key).collect()
    };
    picked.drain(..picked.len().saturating_sub(wanted.last.unwrap_or(MOST)));
    if picked.is_empty() {
        bail!("no other run of {}; see spanglass runs", wanted.whom());
    }
    let runs = picked.into_iter().map(|run| source.load(&run.run_id)).collect::<Result<_, _>>()?;
    Ok(Picked { runs, whom: wanted.whom() })
}

/// What was typed behind `--against`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Filter {
    words: Vec<String>,
    last: Option<usize>,
}

impl Filter {
    fn read(text: &str) -> Self {
        let mut filter = Self::default();
        for word in text.split_whitespace() {
            match word.strip_prefix("last-").and_then(|count| count.parse().ok()) {
                Some(count) => filter.last = Some(count),
                None => filter.words.push(word.to_owned()),
            }
        }
        filter
    }

    /// Behind "runs of".
    fn whom(&self) -> String {
        if self.words.is_empty() { "the same agent and task".to_owned() } else { self.words.join(" ") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_a_number_of_runs_and_words() {
        for (text, words, last) in [
            ("last-10", &[][..], Some(10)),
            ("agent:triage", &["agent:triage"], None),
            ("agent:triage last-20 status:ok", &["agent:triage", "status:ok"], Some(20)),
            ("last-ten", &["last-ten"], None),
        ] {
            let words = words.iter().map(|&word| word.to_owned()).collect();
            assert_eq!(Filter::read(text), Filter { words, last }, "{text}");
        }
    }
}
