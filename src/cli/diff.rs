//! `spanglass diff A B`.

use super::exit::Exit;
use super::source::{Loaded, Source};
use super::{args, out};
use crate::analyze::diff::{self, Side, Which};
use crate::config::Settings;
use crate::report;

pub(super) fn run(args: &args::Diff, settings: &Settings) -> anyhow::Result<Exit> {
    let source = Source::open(settings)?;
    let (a, b) = (source.load(&args.a)?, source.load(&args.b)?);
    let (mut side_a, mut side_b) = (side(&a), side(&b));
    let diff = diff::compare(&mut side_a, &mut side_b, &mut |_: Which, keys| source.facts(keys))?;
    let pair = report::diff::Pair { runs: [&a.run, &b.run], sides: [&side_a, &side_b], diff: &diff };
    if args.json {
        out::lines(std::iter::once(report::json::diff_line(&pair)))?;
    } else {
        let look = out::look(settings);
        let page = match args.format {
            args::Format::Text => report::diff::page(&pair, &look),
            args::Format::Markdown => report::diff::markdown(&pair, &look),
        };
        out::page(&page, settings)?;
    }
    Ok(if diff.same() { Exit::Good } else { Exit::Failed })
}

fn side(loaded: &Loaded) -> Side<'_> {
    Side::new(&loaded.steps, &loaded.tree, loaded.run.task.as_deref())
}
