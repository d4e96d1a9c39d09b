//! `spanglass diff A B` and `spanglass diff A --against RUNS`.

use super::exit::Exit;
use super::pick;
use super::source::{Loaded, Source};
use super::{args, out};
use crate::analyze::diff::{self, Crowd, Side, Which};
use crate::config::Settings;
use crate::report::diff::{Against, Pair};
use crate::report::{self, Look};

pub(super) fn run(args: &args::Diff, settings: &Settings) -> anyhow::Result<Exit> {
    let source = Source::open(settings)?;
    let a = source.load(&args.a)?;
    match (&args.b, &args.against) {
        (Some(b), _) => pair(&source, &a, b, args, settings),
        (None, filter) => against(&source, &a, filter.as_deref().unwrap_or_default(), args, settings),
    }
}

/// One run beside another.
fn pair(
    source: &Source,
    a: &Loaded,
    b: &str,
    args: &args::Diff,
    settings: &Settings,
) -> anyhow::Result<Exit> {
    let look = out::look(settings);
    let b = pick::other(source, b, &a.run, look.now)?;
    let (mut side_a, mut side_b) = (a.side(), b.side());
    let diff = diff::compare(&mut side_a, &mut side_b, &mut |_: Which, keys| source.facts(keys))?;
    let pair = Pair { runs: [&a.run, &b.run], sides: [&side_a, &side_b], diff: &diff };
    let page = match args.format {
        args::Format::Text => report::diff::page,
        args::Format::Markdown => report::diff::markdown,
    };
    print(args, settings, || report::json::diff_line(&pair), |look| page(&pair, look))?;
    Ok(if diff.same() { Exit::Good } else { Exit::Failed })
}

/// One run beside many.
fn against(
    source: &Source,
    a: &Loaded,
    filter: &str,
    args: &args::Diff,
    settings: &Settings,
) -> anyhow::Result<Exit> {
    let picked = pick::against(source, filter, &a.run, out::now())?;
    let mut own = a.side();
    let mut sides: Vec<Side<'_>> = picked.runs.iter().map(Loaded::side).collect();
    let crowd: Crowd = diff::against(&mut own, &mut sides, &mut |_: Which, keys| source.facts(keys))?;
    let others = picked.runs.iter().map(|loaded| &loaded.run).zip(&sides).collect();
    let against = Against { run: (&a.run, &own), others, whom: &picked.whom, crowd: &crowd };
    let page = match args.format {
        args::Format::Text => report::diff::page_against,
        args::Format::Markdown => report::diff::markdown_against,
    };
    print(args, settings, || report::json::crowd_line(&against), |look| page(&against, look))?;
    Ok(if crowd.outside.is_none() { Exit::Good } else { Exit::Failed })
}

fn print(
    args: &args::Diff,
    settings: &Settings,
    line: impl FnOnce() -> serde_json::Result<String>,
    page: impl FnOnce(&Look) -> String,
) -> anyhow::Result<()> {
    if args.json {
        return out::lines(std::iter::once_with(line));
    }
    Ok(out::page(&page(&out::look(settings)), settings)?)
}
