use proptest::prelude::*;

use super::*;
use crate::model::{CostTotal, NanoUsd, RunStatus, RunTimes};
use crate::report::filter::Query;
use crate::tui::columns::{COLUMNS, Sort};
use crate::tui::screens::Runs;
use crate::tui::testing::world::under_way;

fn run((key, start, received, cost, bits): (i64, u64, u64, i64, u8)) -> RunSummary {
    let mut run = under_way(key).summary;
    (run.times.start, run.times.received) = (start, received * RunTimes::QUIET / 2);
    (run.times.complete, run.agentic) = (bits & 1 != 0, bits & 2 != 0);
    run.times.open_end = bits & 32 != 0;
    run.session_id = (cost % 3 > 0).then(|| format!("session {}", cost % 3));
    run.merged_into = (bits & 16 != 0).then_some(RunKey(0));
    run.cost = CostTotal {
        amount: NanoUsd(cost),
        computed: u64::from(bits & 4 != 0),
        unknown: u64::from(bits & 8 != 0),
        ..CostTotal::default()
    };
    run
}

/// Some runs, told one after another or all at once.
fn told() -> impl Strategy<Value = Vec<Vec<RunSummary>>> {
    let one = (1..9_i64, 0..5_u64, 0..4_u64, 0..9_i64, 0..64_u8).prop_map(run);
    proptest::collection::vec(proptest::collection::vec(one, 0..4), 0..20)
}

proptest! {
    #[test]
    fn figures_and_order_are_those_of_a_list_made_at_once(batches in told(), now in 0..25_u64, by in 0..12_usize) {
        let mut list = RunList::new(Zone::Utc);
        let mut screen = Runs::new(false);
        screen.sort = Sort::by(COLUMNS[by].shows);
        let now = now * RunTimes::QUIET / 2;
        for batch in batches {
            let merged = list.merge(batch);
            prop_assert!(matches!(merged, Merged::Few(_)));
            screen.take_in(&merged, &list, now, 5);
        }
        let runs: Vec<&RunSummary> = list.entries.iter().flatten().map(|e| &e.run).collect();
        let mut order: Vec<Began> = runs.iter().map(|r| began(r)).collect();
        order.sort_unstable();
        prop_assert!(list.order.iter().map(|(began, _)| began).eq(&order));
        let sieve = Sieve { query: &Query::default(), found: &[], all_traces: false, now };
        prop_assert_eq!(&screen.shown, &list.shown(&sieve, screen.sort));
        let agentic = || runs.iter().filter(|r| r.agentic);
        let live = agentic().filter(|r| r.times.status(now) == RunStatus::Running).count();
        prop_assert_eq!((list.live(now), list.sums().runs), (live, agentic().count()));
        let mut cost = CostTotal::default();
        agentic().for_each(|r| cost.merge(&r.cost));
        let sum = list.sums().cost();
        prop_assert_eq!((sum.known(), sum.is_partial()), (cost.known(), cost.is_partial()));
        prop_assert_eq!(list.has_others(), agentic().count() < runs.len());
        let mut order = order.clone();
        order.reverse();
        for run in agentic() {
            let of_session = |key: &RunKey| {
                list.get(*key).is_some_and(|other| other.agentic && other.session_id == run.session_id)
            };
            let kin: Vec<RunKey> = order.iter().map(|&Reverse((_, key))| key).filter(of_session).collect();
            let siblings = list.siblings(run.key).map(|(at, keys)| (keys[at], keys));
            prop_assert_eq!(siblings, run.session_id.is_some().then_some((run.key, kin)));
        }
    }
}
