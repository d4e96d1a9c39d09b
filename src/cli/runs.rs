//! `spanglass runs`.

use super::exit::Exit;
use super::{args, out, source::Source};
use crate::config::Settings;
use crate::report::{self, runs::Pick};

pub(super) fn run(args: &args::Runs, settings: &Settings) -> anyhow::Result<Exit> {
    let runs = Source::open(settings)?.runs()?;
    let look = out::look(settings);
    let picked = Pick { words: &args.words, all: args.all, limit: args.limit }.of(&runs, look.now);
    if args.json {
        out::lines(picked.iter().map(|run| report::json::run_line(run, look.now)))?;
    } else {
        out::page(&report::runs::table(&picked, &look), settings)?;
    }
    Ok(Exit::Good)
}
