//! `spanglass check [RUN…]`.

use anyhow::Context as _;

use super::exit::Exit;
use super::source::{Loaded, Source};
use super::{args, out, wishes};
use crate::analyze::verdict::{self, Fault, Limits};
use crate::config::Settings;
use crate::report::check::{self, Checked};

pub(super) fn run(args: &args::Check, settings: &Settings) -> anyhow::Result<Exit> {
    let source = Source::open(settings)?;
    let limits = limits(args);
    let (look, budgets) = (out::look(settings), wishes::standing(settings).budgets);
    let loaded = load(&source, &args.runs)?;
    let checked: Vec<Checked<'_>> = loaded
        .iter()
        .map(|Loaded { run, findings, .. }| Checked {
            run,
            breaches: verdict::breaches(run, findings, &limits, look.now),
            doubts: verdict::doubts(run, &limits, &budgets),
        })
        .collect();
    if let Some(file) = &args.junit {
        std::fs::write(file, check::junit(&checked))
            .with_context(|| format!("cannot write the report to {}", file.display()))?;
    }
    if args.json {
        out::lines(checked.iter().map(check::line))?;
    } else {
        out::page(&check::page(&checked, &look), settings)?;
    }
    let passed = checked.iter().all(|one| one.breaches.is_empty());
    Ok(if passed { Exit::Good } else { Exit::Failed })
}

/// The runs asked for, or all in which an agent did something.
fn load(source: &Source, wanted: &[String]) -> anyhow::Result<Vec<Loaded>> {
    if !wanted.is_empty() {
        return Ok(wanted.iter().map(|run| source.load(run)).collect::<Result<_, _>>()?);
    }
    let runs = source.runs()?.into_iter().filter(|run| run.agentic);
    Ok(runs.map(|run| source.load(&run.run_id)).collect::<Result<_, _>>()?)
}

/// Without any rule of the user's the usual ones. Budgets of the config file hold unless faults are named one by one.
fn limits(args: &args::Check) -> Limits {
    let limits = Limits {
        faults: args.fail_on.clone(),
        cost: args.max_cost,
        tokens: args.max_tokens,
        steps: args.max_steps,
        duration: args.max_duration,
    };
    let faults = match limits.faults.is_empty() {
        true if limits == Limits::default() => Fault::USUAL.to_vec(),
        true => vec![Fault::BUDGET],
        false => limits.faults,
    };
    Limits { faults, ..limits }
}
