//! Which two runs stand beside each other: marked ones, the run before, the best one before.

use crate::model::{RunKey, RunStatus, RunSummary};
use crate::tui::app::{App, Effect, Screen};
use crate::tui::keys::Action;
use crate::tui::run_list::RunList;
use crate::tui::screens::Diff;

/// Marks the run under the cursor, or takes its mark away.
pub(super) fn mark(app: &mut App) {
    let Some(Screen::Runs(runs)) = app.screens.last_mut() else {
        return;
    };
    let Some(key) = runs.selected else {
        if runs.is_empty() {
            return;
        }
        app.say("a group is not marked: unfold it and mark its runs", false);
        return;
    };
    match runs.marked.iter().position(|&marked| marked == key) {
        Some(at) => drop(runs.marked.remove(at)),
        None => runs.marked.push(key),
    }
}

/// The two marked runs; else the marked one beside the one at hand; else the one before beside the one at hand.
pub(super) fn diff(app: &mut App) -> Vec<Effect> {
    let marked: Vec<RunKey> =
        marked(app).iter().copied().filter(|&key| app.runs.get(key).is_some()).collect();
    let at_hand = at_hand(app);
    let found = match (marked.as_slice(), at_hand) {
        ([x, y], _) => Ok(older_first(&app.runs, [*x, *y])),
        ([_, _, _, ..], _) => {
            let key = app.key_in(app.chain(), Action::Mark);
            Err(format!("{} runs are marked: two can be compared, {key} takes a mark away", marked.len()))
        }
        ([mark], Some(key)) if *mark != key => Ok([*mark, key]),
        (_, Some(key)) => previous(&app.runs, key).map(|before| [before, key]),
        (_, None) => Err("there is no run to compare".to_owned()),
    };
    open(app, found)
}

/// The best earlier run beside the one at hand.
pub(super) fn diff_best(app: &mut App) -> Vec<Effect> {
    let found = match at_hand(app) {
        Some(key) => best(&app.runs, key, app.now).map(|best| [best, key]),
        None => Err("there is no run to compare".to_owned()),
    };
    open(app, found)
}

fn open(app: &mut App, found: Result<[RunKey; 2], String>) -> Vec<Effect> {
    match found {
        Ok(runs) => app.screens.push(Screen::Diff(Box::new(Diff::new(runs, app.now)))),
        Err(why) => app.say(why, false),
    }
    Vec::new()
}

/// Runs marked in the list.
fn marked(app: &App) -> &[RunKey] {
    match app.screens.first() {
        Some(Screen::Runs(runs)) => &runs.marked,
        _ => &[],
    }
}

/// The run that is open, or under the cursor.
fn at_hand(app: &App) -> Option<RunKey> {
    match app.top()? {
        Screen::Runs(runs) => runs.selected,
        Screen::Run(run) => Some(run.key),
        Screen::Search(_)
        | Screen::Handoffs(_)
        | Screen::Replay(_)
        | Screen::Diff(_)
        | Screen::Help(_)
        | Screen::Confirm(_)
        | Screen::Palette(_) => None,
    }
}

fn older_first(runs: &RunList, [x, y]: [RunKey; 2]) -> [RunKey; 2] {
    // the newest come first
    if runs.began(x) > runs.began(y) { [x, y] } else { [y, x] }
}

/// The newest earlier run of the same agent and task, else of the same agent.
fn previous(runs: &RunList, key: RunKey) -> Result<RunKey, String> {
    let run = runs.get(key).ok_or("the run is no longer here")?;
    let of_agent = || runs.older(key).filter(|other| other.agentic && agent(other) == agent(run));
    let found = of_agent().find(|other| same_task(run, other)).or_else(|| of_agent().next());
    let why = || format!("no earlier run of {}: m marks a run, d compares it with another", agent(run));
    found.map(|found| found.key).ok_or_else(why)
}

/// The cheapest earlier run of the same agent and task that ended well.
fn best(runs: &RunList, key: RunKey, now: u64) -> Result<RunKey, String> {
    let run = runs.get(key).ok_or("the run is no longer here")?;
    let fits = |other: &&RunSummary| {
        agent(other) == agent(run) && same_task(run, other) && other.times.status(now) == RunStatus::Ok
    };
    // a cost that is known in part only is no proof of being cheap
    let cost = |other: &&RunSummary| {
        let whole = other.cost.known().filter(|_| !other.cost.is_partial());
        (whole.is_none(), whole.map_or(0, |amount| amount.0), other.tokens.total())
    };
    let why = || format!("no earlier run of {} with this task ended well", agent(run));
    runs.older(key).filter(fits).min_by_key(cost).map(|best| best.key).ok_or_else(why)
}

/// What a run goes by: its first agent, else its name.
fn agent(run: &RunSummary) -> &str {
    run.agents.first().map_or(&run.name, |agent| agent)
}

fn same_task(run: &RunSummary, other: &RunSummary) -> bool {
    let words = |run: &'_ RunSummary| {
        run.task.as_deref().map(|task| task.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    words(run).is_some_and(|task| words(other) == Some(task))
}
