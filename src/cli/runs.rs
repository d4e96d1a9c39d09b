//! `spanglass runs`.

use super::exit::Exit;
use super::{args, fault, out, source::Source};
use crate::config::Settings;
use crate::model::RunSummary;
use crate::report::{self, filter, runs::Pick};

pub(super) fn run(args: &args::Runs, settings: &Settings) -> anyhow::Result<Exit> {
    let look = out::look(settings);
    let query = filter::parse(&args.filter.join(" "), look.zone)?;
    let source = Source::open(settings)?;
    let runs = source.runs()?;
    if !query.texts().is_empty() && !source.finds_all_texts()? {
        fault::tell(
            "an earlier version wrote this file and kept fewer texts to be found; spanglass reindex adds the rest",
        );
    }
    let found = query.texts().iter().map(|text| source.search(text)).collect::<Result<Vec<_>, _>>()?;
    let picked = Pick { query: &query, found: &found, all: args.all, limit: args.limit }.of(&runs, look.now);
    if args.json {
        out::lines(picked.iter().map(|run| report::json::run_line(run, look.now)))?;
    } else if picked.is_empty() {
        out::page(none(&runs), settings)?;
    } else {
        out::page(&report::runs::table(&picked, &look), settings)?;
    }
    Ok(Exit::Good)
}

/// Why the list is empty, of all `runs` there are.
const fn none(runs: &[RunSummary]) -> &'static str {
    if runs.is_empty() {
        "No agent has sent anything yet.\n"
    } else {
        "No run matches; --all also lists traces in which no agent did anything.\n"
    }
}
