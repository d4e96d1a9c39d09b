//! `spanglass show RUN`.

use super::exit::Exit;
use super::source::{Loaded, Source};
use super::{args, out, prices};
use crate::config::Settings;
use crate::report;

pub(super) fn run(args: &args::Show, settings: &Settings) -> anyhow::Result<Exit> {
    let source = Source::open(settings)?;
    let Loaded { run, steps, tree, findings } = source.load(&args.run)?;
    let look = out::look(settings);
    if args.explain_cost {
        let calls = source.explain(&prices::of(settings), &steps, &tree)?;
        if args.json {
            out::lines(report::json::cost_lines(&run, &calls))?;
        } else {
            out::page(&report::cost::page(&run, &calls, &look), settings)?;
        }
    } else if args.json {
        out::lines(report::json::show_lines(&run, look.now, &steps, &tree, &findings))?;
    } else {
        out::page(&report::show::page(&run, &steps, &tree, &findings, args.all, &look), settings)?;
    }
    Ok(Exit::Good)
}
