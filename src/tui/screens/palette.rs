//! Command palette: what can be done on the screen below, found by a few of its letters.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use tui_input::Input;

use crate::tui::keys::{Action, Chord};
use crate::tui::scroll::{moved, reveal};

/// Something that can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What is done.
    pub action: Action,
    /// What it does, a phrase in ASCII.
    pub help: &'static str,
    /// The key that does the same, if one reaches it.
    pub key: Option<Chord>,
    /// Whether it would change anything now.
    pub now: bool,
}

/// A command that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Match {
    /// Its number.
    pub command: usize,
    /// Letters of its name that were typed, ascending.
    pub in_name: Vec<usize>,
    /// Letters of its help that were typed, ascending.
    pub in_help: Vec<usize>,
}

/// State of the palette.
#[derive(Debug, Default)]
pub struct Palette {
    /// What is typed.
    pub line: Input,
    /// What the screen has, as it was when the palette was opened: the narrowest context first.
    pub commands: Vec<Command>,
    /// What was found, the best first, what is not possible now below all else; where nothing is typed, all that is
    /// possible now.
    pub found: Vec<Match>,
    /// Match under the cursor.
    pub at: usize,
    /// First match in the window.
    pub top: usize,
}

impl Palette {
    /// A palette of these commands, all of them in sight.
    pub fn new(commands: Vec<Command>) -> Self {
        let mut palette = Self { commands, ..Self::default() };
        palette.search();
        palette
    }

    /// Looks for what is typed, each word by itself, in names and help. Equal matches stay in the order of the table.
    pub fn search(&mut self) {
        let pattern =
            Pattern::new(self.line.value(), CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
        let mut config = Config::DEFAULT;
        config.prefer_prefix = true;
        let mut matcher = Matcher::new(config);
        let lists_all = self.line.value().trim().is_empty();
        let wanted = self.commands.iter().enumerate().filter(|(_, command)| command.now || !lists_all);
        let mut scored: Vec<(u32, Match)> =
            wanted.filter_map(|(number, command)| matched(&pattern, &mut matcher, number, command)).collect();
        scored.sort_by_key(|(score, found)| (!self.commands[found.command].now, std::cmp::Reverse(*score)));
        self.found = scored.into_iter().map(|(_, found)| found).collect();
        (self.at, self.top) = (0, 0);
    }

    /// Moves the cursor.
    pub fn step(&mut self, step: isize) {
        self.at = moved(self.at, step, self.found.len());
    }

    /// Brings the cursor into a window of so many rows.
    pub fn fit(&mut self, height: usize) {
        self.top = reveal(self.top, self.at, height, self.found.len());
    }

    /// The command under the cursor.
    pub fn chosen(&self) -> Option<&Command> {
        self.commands.get(self.found.get(self.at)?.command)
    }
}

/// How well a command fits, and where. The name goes first: who knows it types its beginning.
fn matched(
    pattern: &Pattern,
    matcher: &mut Matcher,
    number: usize,
    command: &Command,
) -> Option<(u32, Match)> {
    let name = command.action.name();
    let text = format!("{name} {}", command.help);
    let mut letters = Vec::new();
    let score = pattern.indices(Utf32Str::new(&text, &mut Vec::new()), matcher, &mut letters)?;
    letters.sort_unstable();
    letters.dedup();
    let letters = letters.into_iter().map(|at| at as usize);
    let (in_name, in_help): (Vec<_>, Vec<_>) = letters.partition(|&at| at < name.len());
    // the gap between the two may be a match, too: it is no letter of either
    let in_help = in_help.into_iter().filter_map(|at| at.checked_sub(name.len() + 1)).collect();
    Some((score, Match { command: number, in_name, in_help }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELP: [(Action, &str); 4] = [
        (Action::NextError, "next failed step"),
        (Action::NextTool, "next tool call"),
        (Action::Dearest, "the step that cost most by itself"),
        (Action::FoldAll, "fold all"),
    ];

    fn palette(typed: &str) -> Palette {
        let commands =
            HELP.map(|(action, help)| Command { action, help, key: None, now: action != Action::NextTool });
        let mut palette = Palette::new(commands.to_vec());
        palette.line = Input::new(typed.to_owned());
        palette.search();
        palette
    }

    #[test]
    fn words_are_found_by_a_few_letters_in_any_order_in_name_and_help() {
        for (typed, best) in [
            ("", Action::NextError),
            ("next-e", Action::NextError),
            ("next", Action::NextError),
            ("tool next", Action::NextTool),
            ("FOLD", Action::FoldAll),
            ("expensive", Action::Dearest),
            ("cost", Action::Dearest),
        ] {
            assert_eq!(palette(typed).chosen().map(|command| command.action), Some(best), "{typed}");
        }
        assert_eq!(palette("").found.len(), HELP.len() - 1, "nothing is typed: what is possible now");
        assert_eq!(palette("zzz").chosen(), None);
    }

    #[test]
    fn the_letters_that_were_typed_are_told_for_each_text() {
        let found = &palette("error failed").found[0];
        assert_eq!(found.in_name, [5, 6, 7, 8, 9]);
        assert_eq!(found.in_help, [5, 6, 7, 8, 9, 10]);
    }
}
