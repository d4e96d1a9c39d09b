use super::*;
use crate::model::RunTimes;
use crate::report::filter::Query;
use crate::report::format::Zone;
use crate::tui::columns::COLUMNS;
use crate::tui::run_list::Sieve;
use crate::tui::testing::world::under_way;

const DAY: u64 = 86_400_000_000_000;

/// Runs of all kinds: with and without session, models, start, end.
fn runs() -> RunList {
    let mut list = RunList::new(Zone::Utc);
    let run = |key: i64| {
        let mut run = under_way(key).summary;
        let bits = key.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        run.times =
            RunTimes { start: bits % 5 * DAY, end: bits % 5 * DAY + bits % 90, complete: true, ..run.times };
        run.session_id = (!bits.is_multiple_of(3)).then(|| format!("Session {}", bits % 7));
        run.agents = vec![format!("agent {}", bits % 4)];
        run.models = (0..bits % 3).map(|model| format!("model {}", (model + bits) % 4)).collect();
        (run.steps, run.errors, run.tokens.input, run.tokens.known) =
            (bits % 9, bits % 2, bits % 100, bits % 3);
        run
    };
    list.merge((1..90).map(run).collect());
    list
}

/// Where a group stands by what it shows in the column that it is sorted by.
fn place(group: Group<'_>, sort: Sort, now: u64) -> impl Ord {
    let text = match sort.by {
        Shows::Agent | Shows::Task => Some(group.name().to_lowercase()),
        Shows::Model => group.sum.models.first().map(|model| model.to_lowercase()),
        _ => None,
    };
    let figure = sort.key_of_figures(&Figures::of(group.sum), now).filter(|_| !sort.is_newest_first());
    let unknown = figure.is_none() && text.is_none();
    let (up, down) = if sort.up { (text, None) } else { (None, text) };
    (unknown, figure, up, Reverse(down), Reverse((group.sum.times.start, group.sum.key)))
}

#[test]
fn groups_stand_in_the_order_of_what_they_are_shown_to_come_to() {
    let list = runs();
    let (query, now) = (Query::default(), 9 * DAY);
    let sieve = Sieve { query: &query, found: &[], all_traces: true, now };
    for by in [By::Session, By::Agent, By::Day] {
        for sort in COLUMNS.iter().map(|column| Sort::by(column.shows)).flat_map(|sort| [sort, sort.turned()])
        {
            let shown = list.shown(&sieve, sort);
            let groups = Groups::new(by, &shown, &list, sort, now);
            let told: Vec<Group> = (0..groups.count()).filter_map(|at| groups.get(at, &list)).collect();
            let places = told.iter().map(|&group| place(group, sort, now));
            assert!(told.len() > 3 && places.is_sorted(), "by {}, {}", by.word(), sort.in_words());
            for group in &told {
                let of_group = shown.iter().filter(|slot| group.runs.contains(slot));
                assert!(of_group.eq(group.runs), "in the order of the list");
            }
            assert_eq!(told.iter().map(|group| group.runs.len()).sum::<usize>(), shown.len());
            for group in told.iter().filter(|_| sort.is_by_figure()) {
                let mut all = Part::default();
                group.runs.iter().for_each(|&slot| all.add(sort.part(list.figures(slot), now)));
                let whole = sort.key_of_figures(&Figures::of(group.sum), now);
                assert_eq!(sort.key_of_part(all), whole, "{}", sort.in_words());
            }
            assert_eq!(
                told.iter().map(|group| group.sum.steps).sum::<u64>(),
                list.iter().map(|run| run.steps).sum::<u64>()
            );
        }
    }
}
