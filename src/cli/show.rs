//! `spanglass show RUN`.

use super::exit::Exit;
use super::source::{Loaded, Source};
use super::{args, out};
use crate::config::Settings;
use crate::report;

pub(super) fn run(args: &args::Show, settings: &Settings) -> anyhow::Result<Exit> {
    let Loaded { run, steps, tree, findings } = Source::open(&settings.db)?.load(&args.run)?;
    let look = out::look(settings);
    if args.json {
        out::lines(report::json::show_lines(&run, look.now, &steps, &tree, &findings))?;
    } else {
        out::page(&report::show::page(&run, &steps, &tree, &findings, &look), settings)?;
    }
    Ok(Exit::Good)
}
