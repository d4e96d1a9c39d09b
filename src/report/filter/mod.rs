//! The filter language: which runs a list shows, in the interface and on the command line alike.
//!
//! ```text
//! refund agent:triage cost>0.10 is:error -model:opus since:2h text:"double charge"
//! ```
//!
//! Terms stand side by side and must all hold; `-` before one turns it round; `,` between values means either; quotes
//! keep blanks and signs together. Owns the table of fields, reading, matching and completion. Pure: the clock and the
//! answers of the full-text search come in as values.
//!
//! A figure that is known in part is a lower bound: it may be more than something, and is never less than anything.

mod amount;
mod complete;
mod fields;
mod parse;

use std::cmp::Ordering;
use std::ops::Range;

pub use self::complete::{Completion, complete};
pub use self::fields::{FIELDS, Field, known_values};
pub use self::parse::{parse, places, read};

use self::amount::When;
use self::fields::{Is, Known, Of};
use crate::model::{RunKey, RunSummary, UnixNanos};

/// What was typed, understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    terms: Vec<Term>,
    texts: Vec<String>,
}

/// Why what was typed is not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The bytes of the typed line that it is about.
    pub at: Range<usize>,
    /// What is wrong and what would be right, on one line.
    pub why: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for Fault {}

#[derive(Clone, Debug, PartialEq)]
struct Term {
    not: bool,
    test: Test,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    /// A word in anything that people know a run by, in lower case.
    Word(String),
    /// One of these, in lower case, in a field's texts.
    Text(Of, How, Vec<String>),
    /// A figure beside another.
    Figure(Of, Sign, u64),
    Began(Sign, When),
    Is(Vec<Is>),
    /// The place among [`Query::texts`].
    FullText(usize),
}

/// How a text is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Holds,
    Equals,
}

/// How two figures stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Equal,
    More,
    AtLeast,
    Less,
    AtMost,
}

impl Sign {
    const fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::More => order.is_gt(),
            Self::AtLeast => order.is_ge(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
        }
    }

    /// Whether it holds for a figure that may be more than is known.
    const fn holds_of_part(self, order: Ordering) -> bool {
        matches!(self, Self::More | Self::AtLeast) && self.holds(order)
    }
}

/// A run as a query looks at it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The run.
    pub run: &'a RunSummary,
    /// [`words`] of it.
    pub words: &'a str,
    /// The present moment.
    pub now: UnixNanos,
    /// For each of [`Query::texts`] the runs that hold it, ascending; one that is not answered yet lets all through.
    pub found: &'a [Vec<RunKey>],
}

impl Query {
    /// Whether it lets everything through.
    pub const fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// What the full-text search is to be asked, in order.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// Whether its answers change with time alone.
    pub fn hangs_on_time(&self) -> bool {
        self.terms.iter().any(|term| match &term.test {
            Test::Is(_) => true,
            Test::Began(_, when) => when.is_relative(),
            Test::Figure(of, ..) => of.grows(),
            Test::Word(word) => fields::is_status(word),
            Test::Text(..) | Test::FullText(_) => false,
        })
    }

    /// Whether a run is what was asked for.
    pub fn takes(&self, subject: &Subject) -> bool {
        let unanswered = |term: &Term| matches!(term.test, Test::FullText(at) if at >= subject.found.len());
        self.terms.iter().all(|term| unanswered(term) || term.test.holds(subject) != term.not)
    }
}

impl Test {
    fn holds(&self, subject: &Subject) -> bool {
        let Subject { run, words, now, found } = *subject;
        match self {
            Self::Word(word) => words.contains(word) || run.times.status(now).name() == word,
            Self::Text(of, how, any) => {
                of.texts(run).any(|text| any.iter().any(|part| how.holds(text, part)))
            }
            Self::Figure(of, sign, limit) => match of.figure(run, now) {
                Known::All(figure) => sign.holds(figure.cmp(limit)),
                Known::Part(figure) => sign.holds_of_part(figure.cmp(limit)),
                Known::Nothing => false,
            },
            Self::Began(sign, when) => sign.holds(run.times.start.cmp(&when.at(now))),
            Self::Is(any) => any.iter().any(|is| is.holds(run, now)),
            Self::FullText(at) => found.get(*at).is_some_and(|runs| runs.binary_search(&run.key).is_ok()),
        }
    }
}

impl How {
    /// Looks at `text` for `part`, which is in lower case.
    fn holds(self, text: &str, part: &str) -> bool {
        let whole = |text: &str| if self == Self::Equals { text == part } else { text.contains(part) };
        if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
            return whole(text);
        }
        whole(&text.to_lowercase())
    }
}

/// All that a bare word is looked for in, in lower case.
pub fn words(run: &RunSummary) -> String {
    let facts = [&run.name, &run.service, &run.run_id].into_iter();
    let known = [&run.task, &run.session_id, &run.user_id].into_iter().flatten();
    let all = facts.chain(known).chain(&run.agents).chain(&run.models).chain(&run.tags).map(String::as_str);
    all.collect::<Vec<_>>().join("\n").to_lowercase()
}

#[cfg(test)]
mod tests;
