//! How much is being received, smoothed over some seconds: a figure that can be read, and that falls to nothing by
//! itself when nothing comes.

use std::collections::VecDeque;

use crate::model::{IntakeCounts, UnixNanos};

/// What is received within this time makes the figure: 5 s, short enough to see a pause, long enough to read.
const WINDOW: UnixNanos = 5_000_000_000;
/// Looks closer together than this are one: 40 of them cover the window, however often the store commits.
const GRAIN: UnixNanos = 125_000_000;

/// Spans and log records received, as seen from time to time.
#[derive(Clone, Debug, Default)]
pub struct Rate {
    /// When it was looked, and how many had come by then; the oldest stands at the window's edge or before it.
    seen: VecDeque<(UnixNanos, u64)>,
}

impl Rate {
    /// Notes what the receiver had counted at `now`. The first look tells nothing yet: what came before it came at an
    /// unknown time.
    pub fn note(&mut self, counts: &IntakeCounts, now: UnixNanos) {
        let received = counts.spans + counts.logs;
        let looked_before = self.seen.len() > 1;
        match self.seen.back_mut() {
            Some((_, before)) if *before == received => return,
            Some((at, before)) if looked_before && now.saturating_sub(*at) < GRAIN => *before = received,
            _ => self.seen.push_back((now, received)),
        }
        let edge = now.saturating_sub(WINDOW);
        while self.seen.get(1).is_some_and(|(at, _)| *at <= edge) {
            self.seen.pop_front();
        }
    }

    /// Spans and log records a second, by what came within the window before `now`; 0 once nothing did.
    pub fn per_second(&self, now: UnixNanos) -> f64 {
        let edge = now.saturating_sub(WINDOW);
        let at_edge = self.seen.iter().take_while(|(at, _)| *at <= edge).last().or(self.seen.front());
        let (Some((_, from)), Some((_, to))) = (at_edge, self.seen.back()) else {
            return 0.0;
        };
        #[expect(clippy::cast_precision_loss, reason = "a figure with two digits")]
        let (came, seconds) = ((to - from) as f64, WINDOW as f64 / 1e9);
        came / seconds
    }

    /// Whether the figure will fall by itself.
    pub fn falls(&self, now: UnixNanos) -> bool {
        self.per_second(now) > 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: UnixNanos = 1_000_000_000;

    fn rate(seen: &[(UnixNanos, u64)]) -> Rate {
        let mut rate = Rate::default();
        for (at, spans) in seen {
            rate.note(&IntakeCounts { spans: *spans, ..IntakeCounts::default() }, *at);
        }
        rate
    }

    #[test]
    fn what_came_within_the_window_makes_the_figure() {
        for (seen, now, expected) in [
            (&[][..], 9, 0.0),
            (&[(1, 70)], 2, 0.0),
            (&[(1, 0), (2, 10)], 3, 2.0),
            (&[(1, 0), (2, 10), (6, 30)], 6, 6.0),
            (&[(1, 0), (2, 10), (6, 30)], 8, 4.0),
            (&[(1, 0), (2, 10), (6, 30)], 11, 0.0),
            (&[(1, 0), (2, 10), (60, 15)], 60, 1.0),
        ] {
            let seen: Vec<_> = seen.iter().map(|(at, spans)| (at * SECOND, *spans)).collect();
            let figure = rate(&seen).per_second(now * SECOND);
            assert!((figure - expected).abs() < 1e-9, "{seen:?} at {now}: {figure}");
        }
    }

    #[test]
    fn any_number_of_looks_is_a_handful_to_remember() {
        let looks: Vec<_> = (0..100_000).map(|n| (n * SECOND / 1000, n)).collect();
        let rate = rate(&looks);
        assert!(rate.seen.len() <= 45, "{}", rate.seen.len());
        assert!((rate.per_second(100 * SECOND) - 1000.0).abs() < 40.0);
        assert!(rate.falls(100 * SECOND) && !rate.falls(105 * SECOND));
    }
}
