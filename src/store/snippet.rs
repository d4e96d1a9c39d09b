//! The line of a text that shows why it was found.

use std::ops::Range;

use super::words;

/// Bytes of a text in which its words are looked for.
const SEEN: usize = 4 << 20;

/// Bytes of a line shown before the first word, and in all.
const BEFORE: usize = 48;
const LINE: usize = 400;

/// Words that are looked for in a text, in lower case.
pub(super) struct Wanted(Vec<String>);

impl Wanted {
    /// Those of `typed`.
    pub(super) fn new(typed: &str) -> Self {
        let words = typed.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        Self(words.map(str::to_lowercase).collect())
    }

    /// The line of `text` with the most of the words, cut around the first of them. Texts in JSON are looked at decoded.
    pub(super) fn line(&self, text: &str) -> (String, Vec<Range<usize>>) {
        let mut told = String::new();
        words::collect(&mut told, &text[..text.floor_char_boundary(SEEN)]);
        let lines = told.lines().filter(|line| !line.trim().is_empty());
        let best = lines.clone().map(|line| (line, self.found(line))).max_by_key(|(_, (known, _))| *known);
        let (line, at) = match best {
            Some((line, (known, places))) if known > 0 => {
                (line, places.first().map_or(0, |place| place.start))
            }
            _ => (lines.clone().next().unwrap_or_default(), 0),
        };
        let start = if at > BEFORE { line.ceil_char_boundary(at - BEFORE) } else { 0 };
        let end = line.floor_char_boundary((start + LINE).min(line.len()));
        let cut = format!("{}{}", if start > 0 { "…" } else { "" }, line[start..end].trim_end());
        let (_, places) = self.found(&cut);
        (cut, places)
    }

    /// How many of the words are in a line, and where all of them are.
    fn found(&self, line: &str) -> (usize, Vec<Range<usize>>) {
        let low = line.to_lowercase();
        // a letter whose small one takes other bytes: places would not fit
        let low = if low.len() == line.len() { low } else { line.to_ascii_lowercase() };
        let mut places = Vec::new();
        let mut known = 0;
        for word in &self.0 {
            let before = places.len();
            places.extend(
                low.match_indices(word.as_str())
                    .filter(|&(at, _)| begins_word(&low, at))
                    .map(|(at, word)| at..at + word.len()),
            );
            known += usize::from(places.len() > before);
        }
        places.retain(|place| line.is_char_boundary(place.start) && line.is_char_boundary(place.end));
        places.sort_by_key(|place| (place.start, std::cmp::Reverse(place.end)));
        places.dedup_by(|later, earlier| later.start < earlier.end);
        (known, places)
    }
}

/// Whether a word begins here: in scripts that part words with blanks not within one.
fn begins_word(line: &str, at: usize) -> bool {
    let before = line[..at].chars().next_back();
    let first = line[at..].chars().next();
    !(before.is_some_and(|c| c.is_ascii_alphanumeric()) && first.is_some_and(|c| c.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_with_the_most_words_is_shown_and_cut_around_the_first() {
        let long =
            format!("{} then a Refund came, and the refund was paid {}", "x".repeat(300), "y".repeat(600));
        for (typed, text, begins, found) in [
            ("refund", "first\nasked for a refund\n", "asked", vec!["refund"]),
            ("paid refund", "a refund\nthe refund was paid", "the refund", vec!["refund", "paid"]),
            ("refund", long.as_str(), "…x", vec!["Refund", "refund"]),
            ("환불", "주문\n{\"x\"}", "주문", vec![]),
            ("이중 결제", "고객이 이중결제를 했다", "고객이", vec!["이중", "결제"]),
            ("환불", r#"{"q":"\ud658\ubd88 정책"}"#, "환불", vec!["환불"]),
            ("fun", "no refund, only fun", "no", vec!["fun"]),
        ] {
            let (line, words) = Wanted::new(typed).line(text);
            assert!(line.starts_with(begins) && line.len() <= LINE + 3, "{typed}: {line}");
            assert_eq!(words.into_iter().map(|at| &line[at]).collect::<Vec<_>>(), found, "{typed}");
        }
    }
}
