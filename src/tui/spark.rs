//! Money over time, or tokens where nothing has a price: one bar a minute, an hour, a day, whichever fits.

use crate::model::{CostTotal, UnixNanos};
use crate::report::format::Zone;

use super::run_list::Figures;

/// Most bars: enough to see a shape, few enough for words beside them on eighty columns.
const BARS: usize = 40;

const MINUTE: u64 = 60_000_000_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Spans of time that a bar may stand for, in words.
const SPANS: [(u64, &str); 9] = [
    (MINUTE, "minute"),
    (5 * MINUTE, "5 minutes"),
    (15 * MINUTE, "15 minutes"),
    (HOUR, "hour"),
    (6 * HOUR, "6 hours"),
    (DAY, "day"),
    (7 * DAY, "week"),
    (28 * DAY, "4 weeks"),
    (364 * DAY, "52 weeks"),
];

/// Bars, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spark {
    /// What each bar came to: nano-dollars, or tokens.
    pub bars: Vec<u64>,
    /// Whether these are tokens.
    pub tokens: bool,
    /// What a bar stands for.
    pub span: &'static str,
    /// The highest bar: its cost, when it begins.
    pub most: Option<(CostTotal, UnixNanos)>,
}

impl Spark {
    /// What `runs` came to by the time at which they began; nothing where they share one bar.
    pub fn of<'r>(runs: impl Iterator<Item = &'r Figures> + Clone, zone: Zone) -> Self {
        let times = || runs.clone().map(|run| run.times.start).filter(|&time| time != 0);
        let (Some(first), Some(last)) = (times().min(), times().max()) else { return Self::default() };
        // hours and days begin when the reader's clock says so
        let ahead = zone.ahead(last);
        let number = |time: u64, span: u64| time.saturating_add_signed(ahead) / span;
        let bars = |span: u64| usize::try_from(number(last, span) - number(first, span)).unwrap_or(BARS) + 1;
        let fitting = SPANS.into_iter().find(|&(span, _)| bars(span) <= BARS);
        let (span, word) = fitting.unwrap_or(SPANS[SPANS.len() - 1]);
        let count = bars(span).min(BARS);
        if count < 2 {
            return Self::default();
        }
        let mut sums = vec![(CostTotal::default(), 0_u64); count];
        for run in runs.filter(|run| run.times.start != 0) {
            let at = number(run.times.start, span) - number(first, span);
            let at = usize::try_from(at).unwrap_or(0).min(count - 1);
            sums[at].0.merge(&run.cost);
            sums[at].1 += run.tokens.input + run.tokens.output;
        }
        let tokens = sums.iter().all(|(cost, _)| cost.known().is_none());
        let bar = |(cost, count): &(CostTotal, u64)| {
            if tokens { *count } else { cost.amount.0.max(0).unsigned_abs() }
        };
        let bars: Vec<u64> = sums.iter().map(bar).collect();
        let most = (0..count).rev().max_by_key(|&at| bars[at]).filter(|&at| bars[at] > 0);
        let most = most
            .map(|at| (sums[at].0, ((number(first, span) + at as u64) * span).saturating_add_signed(-ahead)));
        Self { bars, tokens, span: word, most }
    }

    /// How high each bar is, in eighths of the highest; 0 is nothing, 1 the least that can be seen.
    pub fn heights(&self) -> impl Iterator<Item = usize> + '_ {
        let most = self.bars.iter().copied().max().unwrap_or(0).max(1);
        let height = move |bar: u64| (u128::from(bar) * 8).div_ceil(u128::from(most));
        self.bars.iter().map(move |&bar| usize::try_from(height(bar)).unwrap_or(8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{NanoUsd, RunSummary};
    use crate::tui::testing::world::under_way;

    fn run(at: u64, nanos: i64) -> RunSummary {
        let mut run = under_way(1).summary;
        run.times.start = at;
        run.cost =
            CostTotal { amount: NanoUsd(nanos), computed: u64::from(nanos > 0), ..CostTotal::default() };
        run
    }

    fn spark(runs: &[RunSummary]) -> Spark {
        let figures: Vec<_> = runs.iter().map(Figures::of).collect();
        Spark::of(figures.iter(), Zone::Utc)
    }

    #[test]
    fn bars_pick_the_span_that_fits() {
        for (starts, span, bars) in [
            (vec![DAY, DAY + MINUTE], "minute", 2),
            (vec![DAY, DAY + 39 * MINUTE], "minute", 40),
            (vec![DAY, DAY + 40 * MINUTE], "5 minutes", 9),
            (vec![DAY, DAY + 30 * HOUR], "hour", 31),
            (vec![10 * DAY, 40 * DAY], "day", 31),
            (vec![DAY, DAY + 1], "", 0),
            (vec![0, DAY], "", 0),
        ] {
            let runs: Vec<_> = starts.iter().map(|&at| run(at, 5)).collect();
            let spark = spark(&runs);
            assert_eq!((spark.span, spark.bars.len()), (span, bars), "{starts:?}");
        }
    }

    #[test]
    fn the_highest_is_told_and_the_least_is_seen() {
        let runs = [run(DAY, 1), run(DAY + MINUTE, 50), run(DAY + MINUTE, 50), run(DAY + 3 * MINUTE, 50)];
        let spark = spark(&runs);
        assert_eq!(spark.bars, [1, 100, 0, 50]);
        assert_eq!(spark.heights().collect::<Vec<_>>(), [1, 8, 0, 4]);
        assert_eq!(spark.most.map(|(cost, at)| (cost.amount, at)), Some((NanoUsd(100), DAY + MINUTE)));
        let unpriced = [run(DAY, 0), run(DAY + MINUTE, 0)];
        assert!(self::spark(&unpriced).tokens);
    }
}
