//! Signs of the interface: one column each, with a twin for terminals without UTF-8.

use crate::model::{FindingKind, RunStatus, StepKind};
use crate::report::glyph;

/// A set of signs.
#[derive(Debug)]
pub struct Glyphs {
    /// Whether nothing but ASCII may be sent.
    pub ascii: bool,
    /// Running.
    pub running: &'static str,
    /// Ended well.
    pub ok: &'static str,
    /// Failed.
    pub error: &'static str,
    /// Never ended.
    pub incomplete: &'static str,
    /// Something is received.
    pub live: &'static str,
    /// Nothing is received here.
    pub idle: &'static str,
    /// A marked run.
    pub mark: &'static str,
    /// Row that the cursor is on.
    pub cursor: &'static str,
    /// Unfolded.
    pub unfolded: &'static str,
    /// Folded.
    pub folded: &'static str,
    /// Line of a tick through what is on a time axis.
    pub tick: &'static str,
    /// End of a bar that is filled: a part of a column, so that bars side by side are two.
    pub edge: &'static str,
    /// What lies before or after the stretch of time that is shown.
    pub beyond: (&'static str, &'static str),
    /// Indentation guide.
    pub guide: &'static str,
    /// Horizontal rule.
    pub rule: &'static str,
    /// Vertical rule.
    pub bar: &'static str,
    /// Rule meets bar from below, from above.
    pub tees: (&'static str, &'static str),
    /// Between figures.
    pub dot: &'static str,
    /// From in to out.
    pub arrow: &'static str,
    /// Bars of one column, the lowest first.
    pub spark: [&'static str; 8],
    /// Sorted with the least first, with the most first.
    pub sorted: (&'static str, &'static str),
    /// Waterfall: whole, left half, right half of a column, and one that is still growing.
    pub fall: [&'static str; 4],
    /// Waterfall of a step that the run's end waited for: whole, left half, right half of a column.
    pub path: [&'static str; 3],
    /// Rail beside the rounds of a finding: first row of a round, between, last row, only row, rounds that are folded.
    pub rounds: [&'static str; 5],
    /// Corners of a box: top left, top right, bottom left, bottom right.
    pub corners: [&'static str; 4],
    kinds: [&'static str; StepKind::ALL.len()],
}

/// For terminals that speak UTF-8.
pub static UNICODE: Glyphs = Glyphs {
    ascii: false,
    running: "◐",
    ok: "✔",
    error: "✖",
    incomplete: "◌",
    live: "●",
    idle: "○",
    mark: "•",
    cursor: "▌",
    unfolded: "▾",
    folded: "▸",
    tick: "┊",
    edge: "▊",
    beyond: ("‹", "›"),
    guide: "│",
    rule: "─",
    bar: "│",
    tees: ("┬", "┴"),
    dot: "·",
    arrow: "→",
    spark: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    sorted: ("▲", "▼"),
    fall: ["━", "╸", "╺", "╌"],
    path: ["█", "▌", "▐"],
    rounds: ["┏", "┃", "┗", "┃", "┇"],
    corners: ["╭", "╮", "╰", "╯"],
    kinds: ["◆", "◈", "●", "⚙", "⇢", "⌕", "∷", "⇅", "⊘", "★", "▪", "·"],
};

/// For every other terminal.
pub static ASCII: Glyphs = Glyphs {
    ascii: true,
    running: "~",
    ok: "+",
    error: "x",
    incomplete: "?",
    live: "*",
    idle: "o",
    mark: "*",
    cursor: ">",
    unfolded: "-",
    folded: "+",
    tick: ":",
    edge: " ",
    beyond: ("<", ">"),
    guide: "|",
    rule: "-",
    bar: "|",
    tees: ("+", "+"),
    dot: "-",
    arrow: ">",
    spark: [".", ":", "-", "=", "+", "*", "%", "#"],
    sorted: ("^", "v"),
    fall: ["=", "=", "=", "."],
    path: ["#", "#", "#"],
    rounds: ["/", "|", "\\", "|", ":"],
    corners: ["+", "+", "+", "+"],
    kinds: ["A", "W", "M", "T", "H", "R", "E", "K", "G", "V", "t", "."],
};

impl Glyphs {
    /// The set for this kind of terminal.
    pub fn of(ascii: bool) -> &'static Self {
        if ascii { &ASCII } else { &UNICODE }
    }

    /// The sign of a kind of step.
    pub fn kind(&self, kind: StepKind) -> &'static str {
        self.kinds[kind as usize - 1]
    }

    /// The sign of a kind of finding: the one that is printed.
    pub const fn finding(&self, kind: FindingKind) -> &'static str {
        glyph::finding(kind).text(self.ascii)
    }

    /// The sign of a run's status.
    pub fn status(&self, status: RunStatus) -> &'static str {
        match status {
            RunStatus::Running => self.running,
            RunStatus::Ok => self.ok,
            RunStatus::Error => self.error,
            RunStatus::Incomplete => self.incomplete,
        }
    }
}

/// What an ASCII terminal gets for a character of ours or of a span: a likeness where there is one, else `?`.
pub fn ascii_twin(c: char) -> char {
    match c {
        ' '..='~' => c,
        '•' => '*',
        '│' | '┃' | '║' => '|',
        '…' | '≈' => '~',
        '·' | '–' | '—' | '−' | '─' | '━' | '═' | '┄' => '-',
        // the other lines of boxes are corners and crossings
        '┌'..='╬' => '+',
        '→' | '≥' | '⟩' => '>',
        '←' | '↵' | '⟨' => '<',
        '↑' => '^',
        '↓' => 'v',
        '▏' => '_',
        'µ' => 'u',
        '×' => 'x',
        '≠' => '!',
        '◇' => 'Y',
        'Δ' => 'd',
        '‘' | '’' => '\'',
        '“' | '”' => '"',
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::text::width;

    #[test]
    fn every_sign_takes_one_column() {
        for set in [&UNICODE, &ASCII] {
            let signs = StepKind::ALL
                .iter()
                .map(|&kind| set.kind(kind))
                .chain(set.fall)
                .chain(set.path)
                .chain(set.corners)
                .chain([set.tick, set.edge, set.beyond.0, set.beyond.1])
                .chain(set.rounds);
            let found = FindingKind::ALL.map(|kind| set.finding(kind));
            for sign in signs.chain([set.running, set.ok, set.error, set.incomplete]).chain(found) {
                assert_eq!(width(sign), 1, "{sign}");
                assert!(!set.ascii || sign.is_ascii(), "{sign}");
            }
        }
    }
}
