//! What of one track is drawn: bars as columns, and as one column those that are too close to be told apart. Looks at as
//! many bars as there are columns, however many there are.

use std::ops::Range;

use crate::model::UnixNanos;
use crate::tui::axis::Window;

use super::Bar;

/// One bar, or several that share a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Which, as the track counts.
    pub bars: Range<usize>,
    /// Its first column.
    pub first: u16,
    /// Its last column.
    pub last: u16,
}

impl Piece {
    /// Columns that it takes.
    pub const fn width(&self) -> u16 {
        self.last - self.first + 1
    }
}

/// The pieces of a track over `columns`, from left to right, none on another; each bar that is in the window is in one. What
/// has not ended goes on to `now`.
pub fn pieces(bars: &[Bar], now: Option<UnixNanos>, window: Window, columns: u16) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let is_over = |bar: &Bar| bar.from < window.from && bar.end(now) <= window.from;
    let mut at = bars.partition_point(is_over);
    while let Some(bar) = bars.get(at).filter(|bar| bar.from < window.to && columns > 0) {
        let first = window.column(bar.from, columns);
        let end = bar.end(now).min(window.to);
        let last = if end > bar.from { window.column(end - 1, columns) } else { first };
        let mut next = at + 1;
        if first == last {
            let until = window.time(first + 1, columns);
            next += bars[next..].partition_point(|bar| bar.from < until && bar.end(now) <= until);
        }
        push(&mut out, Piece { bars: at..next, first, last });
        at = next;
    }
    out
}

/// Adds a piece. Where it begins in the last column of the one before, that goes to whoever has no other.
fn push(out: &mut Vec<Piece>, mut piece: Piece) {
    if let Some(before) = out.last_mut().filter(|before| piece.first <= before.last) {
        if piece.last > before.last {
            piece.first = before.last + 1;
        } else if before.first < before.last {
            before.last = piece.first - 1;
        } else {
            before.bars.end = piece.bars.end;
            return;
        }
    }
    out.push(piece);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bars(times: &[(u64, u64)]) -> Vec<Bar> {
        (0..).zip(times).map(|(row, &(from, to))| Bar { row, from, to, open: false }).collect()
    }

    fn told(times: &[(u64, u64)], window: (u64, u64), columns: u16) -> Vec<(usize, u16, u16)> {
        let window = Window { from: window.0, to: window.1 };
        let pieces = pieces(&bars(times), None, window, columns);
        pieces.into_iter().map(|piece| (piece.bars.len(), piece.first, piece.last)).collect()
    }

    #[test]
    fn bars_are_columns_and_what_shares_one_is_merged() {
        for (what, times, window, expected) in [
            ("side by side", &[(0, 30), (30, 100)][..], (0, 100), vec![(1, 0, 2), (1, 3, 9)]),
            ("a moment", &[(50, 50)], (0, 100), vec![(1, 5, 5)]),
            ("two in a column", &[(50, 52), (53, 59)], (0, 100), vec![(2, 5, 5)]),
            (
                "the brief one keeps its column",
                &[(0, 55), (55, 58), (58, 90)],
                (0, 100),
                vec![(1, 0, 4), (1, 5, 5), (1, 6, 8)],
            ),
            ("cut at both edges", &[(0, 100)], (20, 70), vec![(1, 0, 9)]),
            ("outside", &[(0, 20), (70, 90)], (20, 70), vec![]),
        ] {
            assert_eq!(told(times, window, 10), expected, "{what}");
        }
    }

    /// Bars one after another, some without duration, some touching.
    fn track() -> impl Strategy<Value = Vec<Bar>> {
        proptest::collection::vec((0..30u64, 0..30u64), 0..80).prop_map(|told| {
            let mut clock = 0;
            let times: Vec<(u64, u64)> = told
                .into_iter()
                .map(|(gap, len)| {
                    let from = clock + gap / 3;
                    clock = from + len / 2;
                    (from, clock)
                })
                .collect();
            bars(&times)
        })
    }

    proptest! {
        #[test]
        fn each_bar_of_the_window_is_in_one_piece_and_no_piece_on_another(
            bars in track(), from in 0..500u64, len in 1..1500u64, columns in 1..120u16,
        ) {
            let window = Window { from, to: from + len };
            let pieces = pieces(&bars, None, window, columns);
            let inside = |bar: &&Bar| window.meets(bar.from, bar.to);
            let told: Vec<usize> = pieces.iter().flat_map(|piece| piece.bars.clone()).collect();
            let first = bars.iter().position(|bar| inside(&bar)).unwrap_or(0);
            let expected: Vec<usize> = (first..first + bars.iter().filter(inside).count()).collect();
            prop_assert_eq!(told, expected);
            prop_assert!(pieces.windows(2).all(|pair| pair[0].last < pair[1].first), "{pieces:?}");
            prop_assert!(pieces.iter().all(|piece| piece.first <= piece.last && piece.last < columns));
        }
    }
}
