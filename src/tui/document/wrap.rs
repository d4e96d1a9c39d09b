//! Rows of one logical line. `textwrap` breaks inside grapheme clusters, so this is our own: after a space where one is
//! near, between clusters otherwise.

use crate::report::text::clusters;

/// Byte ranges of the rows that `text` takes in `columns`; at least one.
pub fn rows(text: &str, columns: usize) -> Vec<(usize, usize)> {
    let columns = columns.max(2);
    if text.is_ascii() {
        return ascii_rows(text, columns);
    }
    let mut rows = Vec::new();
    let mut row = Row::default();
    let mut at = 0;
    for (cluster, wide) in clusters(text) {
        // a space that ends a full row hangs over its edge, unseen: no row begins with it
        let hangs = cluster == " " && row.used == columns;
        // twice where what is carried over leaves no room for a wide letter
        while row.used + wide > columns && at > row.start && !hangs {
            rows.push(row.finish(at));
        }
        at += cluster.len();
        row.used += wide;
        row.since_space += wide;
        // wide letters (Hangul, Kana, Han) may part anywhere, as they do on paper
        if cluster == " " || wide > 1 {
            (row.space, row.since_space) = (at, 0);
        }
    }
    rows.push((row.start, text.len()));
    rows
}

/// The same where every byte is a cluster of one column: no row is gone through letter by letter.
fn ascii_rows(text: &str, columns: usize) -> Vec<(usize, usize)> {
    let mut rows = Vec::with_capacity(text.len() / columns + 1);
    let mut start = 0;
    while text.len() - start > columns {
        let space = text[start..=start + columns].rfind(' ');
        let end = space.map_or(start + columns, |space| start + space + 1);
        rows.push((start, end));
        start = end;
    }
    // nothing is left where a space hangs over the edge of the last row
    if start < text.len() || rows.is_empty() {
        rows.push((start, text.len()));
    }
    rows
}

/// The row being filled.
#[derive(Default)]
struct Row {
    start: usize,
    used: usize,
    /// Where it could end, and what came since.
    space: usize,
    since_space: usize,
}

impl Row {
    /// Ends the row, at the last good place or else at `at`, and begins the next.
    fn finish(&mut self, at: usize) -> (usize, usize) {
        let end = if self.space > self.start { self.space } else { at };
        let carried = if end == at { 0 } else { self.since_space };
        let row = (self.start, end);
        *self = Self { start: end, used: carried, space: end, since_space: carried };
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::text::{shown, width};
    use proptest::prelude::*;

    fn wrapped(text: &str, columns: usize) -> Vec<&str> {
        rows(text, columns).into_iter().map(|(from, to)| &text[from..to]).collect()
    }

    #[test]
    fn rows_break_after_spaces_and_between_wide_letters() {
        assert_eq!(wrapped("", 10), [""]);
        assert_eq!(wrapped("the quick brown fox", 10), ["the quick ", "brown fox"]);
        assert_eq!(wrapped("abcdefghijkl", 5), ["abcde", "fghij", "kl"]);
        assert_eq!(wrapped("한국어 번역", 5), ["한국", "어 번", "역"]);
        assert_eq!(wrapped("1 2한", 2), ["1 ", "2", "한"]);
        assert_eq!(wrapped("a abcdefgh", 4), ["a ", "abcd", "efgh"]);
        assert_eq!(wrapped("abcde fgh", 5), ["abcde ", "fgh"]);
        assert_eq!(wrapped("카드 앱에", 4), ["카드 ", "앱에"]);
    }

    proptest! {
        #[test]
        fn ascii_is_wrapped_like_any_other_text(text in "[a-c ]{0,80}", columns in 2usize..30) {
            // a letter that is no ASCII, on a row of its own, sends the text the long way
            let long_way = rows(&format!("{}한{text}", "x".repeat(columns)), columns);
            let shift = columns + '한'.len_utf8();
            let after: Vec<_> = long_way.into_iter().skip_while(|row| row.0 < shift).map(|(a, b)| (a - shift, b - shift)).collect();
            if after.first().is_some_and(|row| row.0 == 0) {
                prop_assert_eq!(after, rows(&text, columns));
            }
        }

        #[test]
        fn rows_hold_all_and_fit(text in "\\PC{0,80}", columns in 2usize..30) {
            let text = shown(&text).into_owned();
            let rows = wrapped(&text, columns);
            prop_assert_eq!(rows.concat(), text.clone());
            for row in &rows {
                prop_assert!(width(row.strip_suffix(' ').unwrap_or(row)) <= columns || clusters(row).count() == 1, "{:?}", row);
            }
        }
    }
}
