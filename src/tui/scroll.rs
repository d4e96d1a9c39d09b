//! Windows over long lists: which row comes first, and how it follows the cursor.

/// Where the window of `height` rows over `len` rows begins, so that row `at` is in it, moved as little as can be.
pub fn reveal(top: usize, at: usize, height: usize, len: usize) -> usize {
    let height = height.max(1);
    let lowest = (at + 1).saturating_sub(height);
    top.clamp(lowest, at.max(lowest)).min(len.saturating_sub(height))
}

/// Where the window begins after the row that was at `before` came to be at `after`: the eye's row stays put.
pub fn keep_in_place(top: usize, before: usize, after: usize) -> usize {
    (top + after).saturating_sub(before)
}

/// `at` moved by `step` rows within `len` rows.
pub fn moved(at: usize, step: isize, len: usize) -> usize {
    at.saturating_add_signed(step).min(len.saturating_sub(1))
}

/// Whether `step` takes a cursor at `at` to another of `len` rows.
pub fn moves(at: usize, step: isize, len: usize) -> bool {
    moved(at, step, len) != at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_moves_no_more_than_it_must() {
        for (top, at, height, len, expected) in [
            (0, 3, 5, 10, 0),
            (0, 5, 5, 10, 1),
            (4, 2, 5, 10, 2),
            (8, 9, 5, 10, 5),
            (3, 0, 5, 3, 0),
            (0, 0, 0, 0, 0),
        ] {
            assert_eq!(reveal(top, at, height, len), expected, "{top} {at} {height} {len}");
        }
    }

    #[test]
    fn rows_above_push_the_window_not_the_cursor() {
        assert_eq!(keep_in_place(5, 7, 9), 7);
        assert_eq!(keep_in_place(1, 7, 2), 0);
        assert_eq!(moved(0, -3, 5), 0);
        assert_eq!(moved(4, 1, 5), 4);
    }
}
