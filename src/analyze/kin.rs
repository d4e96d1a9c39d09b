//! Which runs are worth comparing: those of the same agent with the same task.

use crate::model::{RunStatus, RunSummary, UnixNanos};

/// Whether both runs are of one agent and were given one task; spaces make no difference.
pub fn same_job(a: &RunSummary, b: &RunSummary) -> bool {
    let words = |run: &RunSummary| {
        let task = run.task.as_deref().unwrap_or_default();
        task.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    a.name == b.name && words(a) == words(b)
}

/// Of `runs` those that are worth laying beside `run`: others than itself that have ended and did the same job.
pub fn peers<'r>(runs: &'r [RunSummary], run: &RunSummary, now: UnixNanos) -> Vec<&'r RunSummary> {
    let ended = |other: &&RunSummary| other.times.status(now) != RunStatus::Running;
    runs.iter().filter(|other| other.key != run.key && same_job(other, run)).filter(ended).collect()
}

/// The last run before `run` that did the same job and ended well.
pub fn previous<'r>(runs: &'r [RunSummary], run: &RunSummary, now: UnixNanos) -> Option<&'r RunSummary> {
    let earlier = |other: &&&RunSummary| {
        other.times.start < run.times.start && other.times.status(now) == RunStatus::Ok
    };
    peers(runs, run, now).iter().filter(earlier).max_by_key(|other| other.times.start).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture;

    fn run(key: i64, name: &str, task: &str, failed: bool) -> RunSummary {
        let start = u64::try_from(key).unwrap();
        let mut run = fixture::run(key);
        (run.name, run.task) = (name.to_owned(), Some(task.to_owned()));
        run.times.start = start;
        (run.times.complete, run.times.failed) = (true, failed);
        run
    }

    #[test]
    fn the_previous_run_is_the_last_good_one_of_the_same_job() {
        let runs = [
            run(1, "triage", "refund order 1", false),
            run(2, "triage", "refund  order 1", false),
            run(3, "triage", "refund order 1", true),
            run(4, "triage", "refund order 2", false),
            run(5, "billing", "refund order 1", false),
            run(6, "triage", "refund order 1", false),
            run(7, "triage", "refund order 1", false),
        ];
        let found = previous(&runs, &runs[5], u64::MAX).map(|run| run.key.0);
        assert_eq!(found, Some(2));
        let peers: Vec<_> = peers(&runs, &runs[5], u64::MAX).iter().map(|run| run.key.0).collect();
        assert_eq!(peers, [1, 2, 3, 7]);
    }
}
