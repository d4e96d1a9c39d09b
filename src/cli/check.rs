//! `spanglass check [RUN…]`.

use anyhow::{Context as _, bail};

use super::exit::Exit;
use super::source::{Loaded, Source};
use super::{args, out, pick, wishes};
use crate::analyze::diff::{self, Departure, Match, Side, Which};
use crate::analyze::findings;
use crate::analyze::kin;
use crate::analyze::verdict::{self, Breach, Diverged, Fault, Limits};
use crate::config::Settings;
use crate::model::UnixNanos;
use crate::report;
use crate::report::check::{self, Checked};

pub(super) fn run(args: &args::Check, settings: &Settings) -> anyhow::Result<Exit> {
    let source = Source::open(settings)?;
    let (limits, look) = (limits(args), out::look(settings));
    let standing = wishes::standing(settings);
    refuse_what_is_off(&args.fail_on, &standing.off)?;
    let budgets = standing.budgets;
    let good = good(&source, args)?;
    let loaded = load(&source, &args.runs, good.as_ref())?;
    if loaded.is_empty() {
        bail!(none(settings, good.as_ref()));
    }
    let checked: Vec<Checked<'_>> = loaded
        .iter()
        .map(|one| {
            let mut breaches = verdict::breaches(&one.run, &one.findings, &limits, look.now);
            breaches.extend(against_baseline(&source, args, good.as_ref(), one, look.now)?);
            let doubts = verdict::doubts(&one.run, &limits, &budgets);
            Ok(Checked { run: &one.run, breaches, doubts })
        })
        .collect::<anyhow::Result<_>>()?;
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

/// A rule that is never looked for is never broken: a check by it would pass whatever the runs do.
fn refuse_what_is_off(asked: &[Fault], off: &[&str]) -> anyhow::Result<()> {
    let is_off = |fault: &&Fault| {
        let mut rules = findings::rules_called(fault.name()).into_iter().flatten().peekable();
        rules.peek().is_some() && rules.all(|rule| off.contains(&rule))
    };
    match asked.iter().find(is_off) {
        Some(fault) => bail!(
            "--fail-on {0} would never fail: [findings] off in the config file switches {0} off; take one of the two back",
            fault.name()
        ),
        None => Ok(()),
    }
}

/// Why there is nothing to check: no pass, for nothing was looked at.
fn none(settings: &Settings, good: Option<&Loaded>) -> String {
    match good {
        Some(good) => {
            format!("no other run does the job of the baseline {}; nothing was checked", good.run.run_id)
        }
        None => format!("no agent run is in {}; nothing was checked", settings.db.display()),
    }
}

/// The baseline that is the same for all runs.
fn good(source: &Source, args: &args::Check) -> anyhow::Result<Option<Loaded>> {
    match args.baseline.as_deref() {
        Some(pick::PREVIOUS) if args.runs.is_empty() => {
            bail!("name the runs to check against their previous ones, such as latest")
        }
        None | Some(pick::PREVIOUS) => Ok(None),
        Some(wanted) => Ok(Some(source.load(wanted)?)),
    }
}

/// The runs asked for; else those that did the baseline's job; else all in which an agent did something.
fn load(source: &Source, wanted: &[String], good: Option<&Loaded>) -> anyhow::Result<Vec<Loaded>> {
    if !wanted.is_empty() {
        return Ok(wanted.iter().map(|run| source.load(run)).collect::<Result<_, _>>()?);
    }
    let is_meant = |run: &crate::model::RunSummary| {
        good.is_none_or(|good| good.run.key != run.key && kin::same_job(&good.run, run))
    };
    let runs = source.runs()?.into_iter().filter(|run| run.agentic && is_meant(run));
    Ok(runs.map(|run| source.load(&run.run_id)).collect::<Result<_, _>>()?)
}

fn against_baseline(
    source: &Source,
    args: &args::Check,
    good: Option<&Loaded>,
    one: &Loaded,
    now: UnixNanos,
) -> anyhow::Result<Vec<Breach<'static>>> {
    match (good, &args.baseline) {
        (Some(good), _) => measured(source, good, one, args),
        (None, Some(wanted)) => measured(source, &pick::other(source, wanted, &one.run, now)?, one, args),
        (None, None) => Ok(Vec::new()),
    }
}

/// What a run breaks by being another than a good one.
fn measured(
    source: &Source,
    good: &Loaded,
    one: &Loaded,
    args: &args::Check,
) -> anyhow::Result<Vec<Breach<'static>>> {
    let by = match args.baseline_by {
        args::By::Calls => Match::Calls,
        args::By::Tools => Match::Tools,
    };
    let (mut a, mut b) = (good.side(), one.side());
    let found = diff::departure(&mut a, &mut b, by, &mut |_: Which, keys| source.facts(keys))?;
    let mut breaches: Vec<_> =
        found.map(|found| Breach::Diverged(diverged(good, &found, [&a, &b]))).into_iter().collect();
    if let Some(factor) = args.max_cost_factor {
        let Some(cost) = good.run.cost.known() else {
            bail!(
                "what the baseline {} cost is not known for all its calls; see spanglass show {0} --explain-cost",
                good.run.run_id
            );
        };
        breaches.extend(verdict::above_baseline(&one.run, cost, factor));
    }
    Ok(breaches)
}

fn diverged(good: &Loaded, found: &Departure, sides: [&Side<'_>; 2]) -> Diverged {
    let [then, now] = [0, 1]
        .map(|side| found.at[side].map(|at| format!("step {at}, {}", report::diff::doing(sides[side], at))));
    let message = match (then, now) {
        (Some(then), Some(now)) => format!("{now}, where it has {then}"),
        (None, Some(now)) => format!("{now}, which it has not"),
        (Some(then), None) => format!("nothing where it has {then}"),
        (None, None) => String::new(),
    };
    let step = found.at[1].map(|at| sides[1].shown[at].step.span_id);
    Diverged { baseline: good.run.run_id.clone(), step, message }
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
        true if limits == Limits::default() && args.baseline.is_none() => Fault::USUAL.to_vec(),
        true => vec![Fault::BUDGET],
        false => limits.faults,
    };
    Limits { faults, ..limits }
}
