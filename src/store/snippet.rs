//! The line of a text that shows why it was found.

use std::ops::Range;

use super::words;

/// Bytes of a text in which its words are looked for at once.
const WINDOW: usize = 4 << 20;

/// Bytes of a line shown before the first word, and in all.
const BEFORE: usize = 48;
const LINE: usize = 400;

/// Bytes of a text up to which it is shown with what stands around it, and how much of that on either side.
pub(super) const LONE: usize = 32;
const BESIDE: usize = 80;

/// A line that shows why a text was found.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// How many of the words are in it.
    pub(super) known: usize,
    /// The line, cut around the first of them.
    pub(super) text: String,
    /// The words in it, as bytes.
    pub(super) words: Vec<Range<usize>>,
}

/// Words that are looked for in a text, in lower case.
pub(super) struct Wanted(Vec<String>);

impl Wanted {
    /// Those of `typed`.
    pub(super) fn new(typed: &str) -> Self {
        let words = typed.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        Self(words.map(str::to_lowercase).collect())
    }

    /// The line of `text` with the most of the words, cut around the first of them. Texts in JSON are looked at decoded;
    /// as they stand where their values hold none of the words, which then stand in a key. A text without them shows its
    /// first line.
    pub(super) fn line(&self, text: &str) -> Line {
        let mut first = None;
        let mut rest = text;
        while !rest.is_empty() {
            let (window, behind) = rest.split_at(rest.floor_char_boundary(WINDOW));
            let mut told = String::new();
            words::collect(&mut told, window);
            let found = [told.as_str(), window].map(|text| self.best(text));
            let [told, _] = &found;
            first.get_or_insert_with(|| told.clone());
            if let Some(best) = found.into_iter().find(|line| line.known > 0) {
                return self.with_its_object(best, window);
            }
            rest = behind;
        }
        first.unwrap_or_default()
    }

    /// A lone value with the object or list of `json` that it stands in: `Seoul` alone tells nothing, `{"city": "Seoul"}`
    /// does.
    fn with_its_object(&self, line: Line, json: &str) -> Line {
        let quote = json.find(&format!("\"{}", line.text)).filter(|_| line.text.len() <= LONE);
        let around = quote.and_then(|quote| {
            let (before, value) = json.split_at(quote + 1);
            enclosed(before, &line.text, &value[line.text.len()..])
        });
        around.map_or(line, |around| self.best(&around))
    }

    /// The same of a text that is not to be decoded.
    pub(super) fn line_as_it_is(&self, text: &str) -> Line {
        self.best(text)
    }

    /// The line with the most of the words.
    fn best(&self, text: &str) -> Line {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let best = lines.clone().map(|line| (line, self.found(line))).max_by_key(|(_, (known, _))| *known);
        match best {
            Some((line, (known, places))) if known > 0 => {
                self.cut(line, known, places.first().map_or(0, |place| place.start))
            }
            _ => self.cut(lines.clone().next().unwrap_or_default(), 0, 0),
        }
    }

    /// A line, cut around what is at `at`.
    fn cut(&self, line: &str, known: usize, at: usize) -> Line {
        let start = if at > BEFORE { line.ceil_char_boundary(at - BEFORE) } else { 0 };
        let end = line.floor_char_boundary((start + LINE).min(line.len()));
        let text = format!("{}{}", if start > 0 { "…" } else { "" }, line[start..end].trim_end());
        let (_, words) = self.found(&text);
        Line { known, text, words }
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

/// `text` between the bracket that opens before it and the one that closes after it; `None` where none opens: then it is no
/// value in JSON. JSON within a string loses the escapes of its quotes.
pub(super) fn enclosed(before: &str, text: &str, after: &str) -> Option<String> {
    let opens = before.rfind(['{', '['])?;
    let tail = &before[opens.max(before.ceil_char_boundary(before.len().saturating_sub(BESIDE)))..];
    let closes = after.find(['}', ']']).map_or(after.len(), |at| at + 1);
    let head = &after[..closes.min(after.floor_char_boundary(BESIDE))];
    let cut = |is_cut: bool| if is_cut { "…" } else { "" };
    let (cut_before, cut_after) = (cut(tail.len() < before.len() - opens), cut(head.len() < closes));
    Some(format!("{cut_before}{tail}{text}{head}{cut_after}").replace(r#"\""#, r#"""#).replace('\n', " "))
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
    fn a_lone_value_is_shown_with_what_holds_it() {
        let long = "x".repeat(100);
        for (before, after, shown) in [
            (
                r#"[{"a": 1}, {"city": ""#,
                r#"", "days": 2}, {"b": 3}]"#,
                r#"{"city": "Seoul", "days": 2}"#.to_owned(),
            ),
            (r#"{\"city\": \""#, r#"\"}"}"#, r#"{"city": "Seoul"}"#.to_owned()),
            (r#"["Busan", ""#, r#""]"#, r#"["Busan", "Seoul"]"#.to_owned()),
            (
                &format!("{{\"{long}\": \""),
                &format!("\", \"{long}\": 1}}"),
                format!("…{}\": \"Seoul\", \"{}…", &long[24..], &long[24..]),
            ),
        ] {
            assert_eq!(enclosed(before, "Seoul", after).as_deref(), Some(shown.as_str()));
        }
        assert_eq!(enclosed("", "Seoul", ""), None, "no value in JSON");
    }

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
            ("Seoul", r#"{"a":{"city":"Seoul"},"b":1}"#, r#"{"city":"Seoul"}"#, vec!["Seoul"]),
            (
                "is_error",
                r#"{"content":"all is well","is_error":true}"#,
                r#"{"content":"all is well""#,
                vec!["is", "is", "error"],
            ),
            ("isError", r#"{"content":"all well","isError":true}"#, "{\"content", vec!["isError"]),
        ] {
            let Line { text: line, words, .. } = Wanted::new(typed).line(text);
            assert!(line.starts_with(begins) && line.len() <= LINE + 3, "{typed}: {line}");
            assert_eq!(words.into_iter().map(|at| &line[at]).collect::<Vec<_>>(), found, "{typed}");
        }
    }
}
