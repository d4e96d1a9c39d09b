//! Looking for what was typed: in a document and in a tree, letter by letter, without regard to case unless a capital
//! was typed. Pure; both ends of the work are bounded, so it runs where keys are handled.

use std::ops::Range;

use memchr::memmem::Finder;
use tui_input::Input;

/// Hits that are counted; more are told as more. A letter that stands everywhere ends here, words that stand nowhere
/// are passed at the speed of memory: ten megabytes take milliseconds either way.
pub const MOST: usize = 50_000;

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Needle {
    text: String,
    how: How,
}

#[derive(Clone, Debug)]
enum How {
    /// As it was typed.
    Exactly(Box<Finder<'static>>),
    /// ASCII in any case; its first letter in both.
    AnyCase(u8, u8),
    /// Any script in any case.
    Folded(Vec<char>),
}

impl Needle {
    /// What was typed, `None` for nothing.
    pub fn new(typed: &str) -> Option<Self> {
        let first = *typed.as_bytes().first()?;
        let capital = typed.chars().any(char::is_uppercase);
        let caseless = || typed.chars().all(|c| c.to_lowercase().eq(c.to_uppercase()));
        let how = if capital || caseless() {
            How::Exactly(Box::new(Finder::new(typed).into_owned()))
        } else if typed.is_ascii() {
            How::AnyCase(first, first.to_ascii_uppercase())
        } else {
            How::Folded(typed.chars().flat_map(char::to_lowercase).collect())
        };
        Some(Self { text: typed.to_owned(), how })
    }

    /// Where it stands first in `text` from byte `from` on, which must be a boundary.
    pub fn find(&self, text: &str, from: usize) -> Option<Range<usize>> {
        let rest = text.get(from..)?;
        let found = match &self.how {
            How::Exactly(finder) => finder.find(rest.as_bytes()).map(|at| at..at + self.text.len()),
            How::AnyCase(small, capital) => self.in_any_case(rest.as_bytes(), *small, *capital),
            How::Folded(letters) => {
                let mut places = rest.char_indices();
                places.find_map(|(at, _)| folded_length(&rest[at..], letters).map(|len| at..at + len))
            }
        };
        found.map(|found| from + found.start..from + found.end)
    }

    /// All places in `text`, none over another.
    pub fn all<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        let mut from = 0;
        std::iter::from_fn(move || {
            let found = self.find(text, from)?;
            from = found.end;
            Some(found)
        })
    }

    fn in_any_case(&self, rest: &[u8], small: u8, capital: u8) -> Option<Range<usize>> {
        let len = self.text.len();
        let places = memchr::memchr2_iter(small, capital, rest);
        let is_it = |at: &usize| {
            rest.get(*at..at + len).is_some_and(|found| found.eq_ignore_ascii_case(self.text.as_bytes()))
        };
        places.into_iter().find(is_it).map(|at| at..at + len)
    }
}

/// Bytes of `text` that spell `letters` at its beginning, in any case.
fn folded_length(text: &str, letters: &[char]) -> Option<usize> {
    let mut left = letters;
    for (at, c) in text.char_indices() {
        if left.is_empty() {
            return Some(at);
        }
        for small in c.to_lowercase() {
            left = left.strip_prefix(&[small])?;
        }
    }
    left.is_empty().then_some(text.len())
}

/// A search in a pane: what was typed, and where it stands.
#[derive(Debug)]
pub struct Search<H> {
    /// The line that is typed.
    pub input: Input,
    /// Whether it has the keys.
    pub typing: bool,
    /// Where it stands, ascending.
    pub hits: Vec<H>,
    /// There are more hits than are counted.
    pub more: bool,
    /// The hit that was gone to.
    pub at: Option<usize>,
}

impl<H> Default for Search<H> {
    fn default() -> Self {
        Self { input: Input::default(), typing: true, hits: Vec::new(), more: false, at: None }
    }
}

impl<H: Copy + Ord> Search<H> {
    /// Takes in new hits; none is gone to yet.
    pub fn set(&mut self, hits: impl Iterator<Item = H>) {
        self.hits.clear();
        self.hits.extend(hits.take(MOST + 1));
        self.more = self.hits.len() > MOST;
        self.hits.truncate(MOST);
        self.at = None;
    }

    /// The hit that was gone to.
    pub fn here(&self) -> Option<H> {
        self.hits.get(self.at?).copied()
    }

    /// The first hit at `from` or after it, else the first of all.
    pub fn first_from(&mut self, from: H) -> Option<H> {
        let at = self.hits.partition_point(|hit| *hit < from);
        self.go_to(if at < self.hits.len() { at } else { 0 })
    }

    /// The hit after `from` (or before it); past the last the first again.
    pub fn beside(&mut self, from: H, forward: bool) -> Option<H> {
        let len = self.hits.len();
        let at = if forward {
            self.hits.partition_point(|hit| *hit <= from)
        } else {
            self.hits.partition_point(|hit| *hit < from).checked_sub(1).unwrap_or(len.saturating_sub(1))
        };
        self.go_to(if at < len { at } else { 0 })
    }

    /// `3 of 17`, `no hits`; nothing before anything was typed.
    pub fn words(&self) -> String {
        let more = if self.more { "+" } else { "" };
        match (self.input.value().is_empty(), self.hits.len(), self.at) {
            (true, ..) => String::new(),
            (_, 0, _) => "no hits".to_owned(),
            (_, 1, None) => "1 hit".to_owned(),
            (_, len, None) => format!("{len}{more} hits"),
            (_, len, Some(at)) => format!("{} of {len}{more}", at + 1),
        }
    }

    fn go_to(&mut self, at: usize) -> Option<H> {
        self.at = (at < self.hits.len()).then_some(at);
        self.here()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn places(typed: &str, text: &str) -> Vec<Range<usize>> {
        Needle::new(typed).map(|needle| needle.all(text).collect()).unwrap_or_default()
    }

    #[test]
    fn case_counts_only_where_a_capital_was_typed() {
        for (typed, text, expected) in [
            ("refund", "Refund the REFUND", vec![0..6, 11..17]),
            ("Refund", "Refund the REFUND", vec![0..6]),
            ("환불", "주문 환불 환불", vec![7..13, 14..20]),
            ("straße", "STRAßE straße", vec![0..7, 8..15]),
            ("é", "É é e", vec![0..2, 3..5]),
            ("aa", "aaaaa", vec![0..2, 2..4]),
            ("", "anything", vec![]),
            ("none", "", vec![]),
        ] {
            assert_eq!(places(typed, text), expected, "{typed} in {text}");
        }
    }

    #[test]
    fn going_on_after_the_last_hit_begins_again() {
        let mut search: Search<u32> = Search { input: "x".into(), ..Search::default() };
        assert_eq!(search.words(), "no hits");
        search.set([3, 7, 9].into_iter());
        assert_eq!(search.words(), "3 hits");
        assert_eq!((search.first_from(4), search.words().as_str()), (Some(7), "2 of 3"));
        assert_eq!(search.beside(7, true), Some(9));
        assert_eq!(search.beside(9, true), Some(3));
        assert_eq!(search.beside(3, false), Some(9));
        assert_eq!(search.first_from(10), Some(3));
    }

    #[test]
    fn more_hits_than_are_counted_are_told_as_more() {
        let mut search: Search<usize> = Search { input: "e".into(), ..Search::default() };
        search.set(0..MOST + 10);
        assert_eq!(search.words(), format!("{MOST}+ hits"));
    }

    proptest! {
        #[test]
        fn a_hit_spells_what_was_typed_and_none_is_missed(
            text in "[a-cA-C한É👩\u{200d}\u{301}]{0,40}", typed in "[a-cA-C한éÉ]{1,3}"
        ) {
            let found = places(&typed, &text);
            let exact = typed.chars().any(char::is_uppercase);
            let folded = |text: &str| if exact { text.to_owned() } else { text.to_lowercase() };
            for place in &found {
                prop_assert_eq!(folded(&text[place.clone()]), folded(&typed));
            }
            prop_assert_eq!(found.len(), folded(&text).matches(&folded(&typed)).count());
        }
    }
}
