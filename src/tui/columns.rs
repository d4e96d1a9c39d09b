//! The one table of the list's columns: titles, widths, from which width of the terminal on, and what they sort by.

use crate::model::{RunStatus, UnixNanos};

use super::run_list::{Figures, Gist, NameId, Names};

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// How the run stands.
    Status,
    /// When it began.
    Started,
    /// Its first agent.
    Agent,
    /// What was asked.
    Task,
    /// Its first model.
    Model,
    /// Number of steps.
    Steps,
    /// Input tokens.
    Input,
    /// Share of the input that came from the cache.
    Cached,
    /// Output tokens.
    Output,
    /// Money.
    Cost,
    /// How long it took.
    Time,
    /// Findings and failed steps.
    Flags,
}

/// One row of the table of columns.
#[derive(Debug)]
pub struct Column {
    /// What it shows.
    pub shows: Shows,
    /// Over it.
    pub title: &'static str,
    /// In a sentence.
    pub word: &'static str,
    /// Columns it takes; 0 for the one that takes what is left.
    width: u16,
    /// Least width of the terminal from which on it is shown.
    from: u16,
    /// Figures stand at the right; their highest come first when they are sorted by.
    pub right: bool,
}

const fn column(
    shows: Shows,
    title: &'static str,
    word: &'static str,
    width: u16,
    from: u16,
    right: bool,
) -> Column {
    Column { shows, title, word, width, from, right }
}

/// Every column, from left to right.
#[rustfmt::skip]
pub static COLUMNS: [Column; 12] = [
    column(Shows::Status,  "",        "status",           1,   0, false),
    column(Shows::Started, "STARTED", "start",            8,  78, false),
    column(Shows::Agent,   "AGENT",   "agent",            14,  0, false),
    column(Shows::Task,    "TASK",    "task",             0,   0, false),
    column(Shows::Model,   "MODEL",   "model",            18, 150, false),
    column(Shows::Steps,   "STEPS",   "steps",            5,  90, true),
    column(Shows::Input,   "IN",      "input tokens",     6,  70, true),
    column(Shows::Cached,  "CACHED",  "cached share",     6, 100, true),
    column(Shows::Output,  "OUT",     "output tokens",    6,  90, true),
    column(Shows::Cost,    "COST",    "cost",             8,   0, true),
    column(Shows::Time,    "TIME",    "duration",         6,  70, true),
    column(Shows::Flags,   "",        "flags",            8,   0, false),
];

/// From this width on the list has room to breathe: a start that is not today shows its time, agents their long names.
const ROOMY: u16 = 140;

/// From this width on the dates that models carry in their names fit, and a task still has the widest column.
const VAST: u16 = 170;

/// Below this width flags stand close: three kinds in as many columns as they need.
const NARROW: u16 = 90;

/// A column with its place.
#[derive(Debug)]
pub struct Placed {
    /// Which.
    pub column: &'static Column,
    /// First column on the screen.
    pub x: u16,
    /// Columns it takes.
    pub width: u16,
}

/// The columns that fit this width, with their places; `flags` tells whether any run has one.
pub fn placed(width: u16, flags: bool) -> Vec<Placed> {
    let is_shown = |c: &&Column| width >= c.from && (flags || c.shows != Shows::Flags);
    let shown: Vec<&Column> = COLUMNS.iter().filter(is_shown).collect();
    let width_of = |c: &Column| match c.shows {
        Shows::Started if width >= ROOMY => 12,
        Shows::Agent if width >= ROOMY => 22,
        Shows::Model if width >= VAST => 26,
        Shows::Flags if width < NARROW => 6,
        _ => c.width,
    };
    // figures stand at the right of their column and bring their own distance
    let gap_of = |c: &Column| if c.right && width < ROOMY { 1 } else { 2 };
    let fixed: u16 = shown.iter().map(|c| width_of(c) + gap_of(c)).sum();
    let left = width.saturating_sub(fixed + 1);
    let mut x = 0;
    let mut out = Vec::with_capacity(shown.len());
    for column in shown {
        let width = match width_of(column) {
            0 => left,
            fixed => fixed,
        };
        x += gap_of(column);
        out.push(Placed { column, x, width });
        x += width;
    }
    out
}

/// By which column a list is sorted, and which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column.
    pub by: Shows,
    /// The least first.
    pub up: bool,
}

impl Default for Sort {
    fn default() -> Self {
        Self { by: Shows::Started, up: false }
    }
}

impl Sort {
    /// By this column, the way people look at it first: figures with the highest, words from A on.
    pub fn by(shows: Shows) -> Self {
        let figure = COLUMNS.iter().any(|column| column.shows == shows && column.right);
        Self { by: shows, up: !figure && !matches!(shows, Shows::Started | Shows::Flags) }
    }

    /// By the next column of those that are shown.
    #[must_use]
    pub fn next(self, shown: &[Placed]) -> Self {
        let at = shown.iter().position(|placed| placed.column.shows == self.by).map_or(0, |at| at + 1);
        Self::by(shown.get(at).or(shown.first()).map_or(Shows::Started, |placed| placed.column.shows))
    }

    /// The other way round.
    #[must_use]
    pub const fn turned(self) -> Self {
        Self { up: !self.up, ..self }
    }

    /// Whether this is the order in which runs are kept.
    pub fn is_newest_first(self) -> bool {
        self == Self::default()
    }

    /// In words: `cost, highest first`.
    pub fn in_words(self) -> String {
        let column = COLUMNS.iter().find(|column| column.shows == self.by);
        let way = match (column.is_some_and(|column| column.right), self.by, self.up) {
            (true, _, true) => "lowest first",
            (true, _, false) => "highest first",
            (false, Shows::Started, true) => "oldest first",
            (false, Shows::Started, false) => "newest first",
            (false, Shows::Status, true) => "those going on first",
            (false, Shows::Status, false) => "those that ended well first",
            (false, Shows::Flags, true) => "fewest first",
            (false, Shows::Flags, false) => "most first",
            (false, _, true) => "from A on",
            (false, _, false) => "from Z on",
        };
        format!("{}, {way}", column.map_or("", |column| column.word))
    }

    /// Whether it looks at texts of runs.
    pub const fn is_by_text(self) -> bool {
        matches!(self.by, Shows::Agent | Shows::Task | Shows::Model)
    }

    /// Whether it looks at figures that several runs have together.
    pub const fn is_by_figure(self) -> bool {
        !self.is_by_text() && !matches!(self.by, Shows::Started)
    }

    /// Whether time alone changes it, while a run goes on.
    pub const fn hangs_on_time(self) -> bool {
        matches!(self.by, Shows::Status | Shows::Time)
    }

    /// What a run is sorted by: the least comes first. `None` where it is unknown, which comes last whichever way.
    pub fn key(self, run: &Gist, figures: &Figures, names: &Names, now: UnixNanos) -> Option<u64> {
        let rank = |name: NameId| self.turn(names.rank(name));
        match self.by {
            Shows::Started => self.turn(Some(run.start)),
            Shows::Agent => rank(run.named.agent),
            Shows::Task => rank(run.named.task),
            Shows::Model => run.named.model.and_then(rank),
            _ => self.key_of_figures(figures, now),
        }
    }

    /// The same of figures alone, where it is not by a text.
    pub fn key_of_figures(self, figures: &Figures, now: UnixNanos) -> Option<u64> {
        self.turn(figure(self.by, figures, now))
    }

    /// What a run adds to the figure of several.
    pub fn part(self, run: &Figures, now: UnixNanos) -> Part {
        let (sum, of) = match self.by {
            Shows::Status => match run.times.status(now) {
                RunStatus::Running => (1, 0),
                RunStatus::Error => (0, 1),
                RunStatus::Incomplete | RunStatus::Ok => (0, 0),
            },
            Shows::Input => (run.tokens.input, run.tokens.known),
            Shows::Output => (run.tokens.output, run.tokens.known),
            Shows::Cached => (run.tokens.cache_read, run.tokens.input),
            Shows::Cost => (run.cost.amount.0.max(0).unsigned_abs(), run.cost.reported + run.cost.computed),
            _ => (figure(self.by, run, now).unwrap_or(0), 1),
        };
        Part { sum, of }
    }

    /// What several runs are sorted by, as [`Self::key_of_figures`] of all their figures.
    pub fn key_of_part(self, Part { sum, of }: Part) -> Option<u64> {
        self.turn(match self.by {
            Shows::Status => Some(if sum > 0 {
                0
            } else if of > 0 {
                1
            } else {
                3
            }),
            Shows::Cached => sum.saturating_mul(1000).checked_div(of),
            _ => (of > 0).then_some(sum),
        })
    }

    /// The highest first, unless the least are to be.
    pub fn turn(self, key: Option<u64>) -> Option<u64> {
        key.map(|key| if self.up { key } else { !key })
    }
}

/// What of a column's figure adds up: of many groups that alone is told, for it is a tenth of all figures.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part {
    sum: u64,
    /// Of how much it is known, or is a share.
    of: u64,
}

impl Part {
    /// Adds that of another run.
    pub const fn add(&mut self, other: Self) {
        self.sum = self.sum.saturating_add(other.sum);
        self.of = self.of.saturating_add(other.of);
    }
}

fn figure(by: Shows, run: &Figures, now: UnixNanos) -> Option<u64> {
    let tokens = |figure| (run.tokens.known > 0).then_some(figure);
    Some(match by {
        Shows::Status => match run.times.status(now) {
            RunStatus::Running => 0,
            RunStatus::Error => 1,
            RunStatus::Incomplete => 2,
            RunStatus::Ok => 3,
        },
        Shows::Started => run.times.start,
        Shows::Agent | Shows::Task | Shows::Model => return None,
        Shows::Steps => run.steps,
        Shows::Input => return tokens(run.tokens.input),
        Shows::Output => return tokens(run.tokens.output),
        Shows::Cached => run.tokens.cache_read.saturating_mul(1000).checked_div(run.tokens.input)?,
        Shows::Cost => run.cost.known()?.0.max(0).unsigned_abs(),
        Shows::Time => run.elapsed(now),
        Shows::Flags => run.findings.flagged.iter().map(|&count| u64::from(count)).sum::<u64>() + run.errors,
    })
}
