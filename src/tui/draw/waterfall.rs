//! Bars on one time axis, in halves of a column.

/// Halves of a column that a step takes of `columns`: from, to. At least one, so that the briefest is seen.
pub(super) fn halves(axis: (u64, u64), step: (u64, u64), columns: u16) -> (u16, u16) {
    let halves = columns * 2;
    let span = u128::from(axis.1.saturating_sub(axis.0).max(1));
    let place = |time: u64| -> u16 {
        let after = u128::from(time.saturating_sub(axis.0));
        u16::try_from(after * u128::from(halves) / span).unwrap_or(halves).min(halves)
    };
    let from = place(step.0).min(halves.saturating_sub(1));
    (from, place(step.1).max(from + 1).min(halves.max(1)))
}

/// Whether a step lies wholly outside of an axis, and then whether before it.
pub(super) fn is_beyond(axis: (u64, u64), step: (u64, u64)) -> Option<bool> {
    let before = step.0 < axis.0 && step.1 <= axis.0;
    (before || step.0 > axis.1).then_some(before)
}

/// Index into [`crate::tui::glyphs::Glyphs::fall`] for one column of the bar, `None` where it is empty.
pub(super) fn sign((from, to): (u16, u16), column: u16) -> Option<usize> {
    let left = from <= column * 2 && column * 2 < to;
    let right = from <= column * 2 + 1 && column * 2 + 1 < to;
    match (left, right) {
        (true, true) => Some(0),
        (true, false) => Some(1),
        (false, true) => Some(2),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bars_share_one_axis() {
        for (step, expected) in
            [((0, 100), (0, 20)), ((50, 100), (10, 20)), ((99, 99), (19, 20)), ((100, 100), (19, 20))]
        {
            assert_eq!(halves((0, 100), step, 10), expected, "{step:?}");
        }
    }

    proptest! {
        #[test]
        fn a_bar_is_seen_and_stays_inside(axis: (u64, u64), step: (u64, u64), columns in 1u16..200) {
            let (from, to) = halves(axis, step, columns);
            prop_assert!(from < to && to <= columns * 2);
            prop_assert!((0..columns).any(|column| sign((from, to), column).is_some()));
        }
    }
}
