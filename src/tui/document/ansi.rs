//! Colours in a tool's output, shown and never obeyed: of all escape sequences only `SGR` (`ESC [ … m`) becomes a role,
//! every other one stays in the text, where it is made visible like any control character.

use crate::tui::theme::Role;

/// Roles of the eight colours that terminals have had since ECMA-48, in its order. Black and white would vanish on one
/// background or the other: they are the quiet text and the plain one.
const COLOURS: [Role; 8] = [
    Role::Dim,
    Role::AnsiRed,
    Role::AnsiGreen,
    Role::AnsiYellow,
    Role::AnsiBlue,
    Role::AnsiMagenta,
    Role::AnsiCyan,
    Role::Text,
];

/// What the sequences so far ask for; goes on from line to line.
#[derive(Debug, Default)]
pub(super) struct Pen {
    colour: Option<Role>,
    bold: bool,
    faint: bool,
}

impl Pen {
    /// `line` without its `SGR` sequences, in pieces of one role each; `plain` where none says otherwise.
    pub(super) fn pieces<'a>(&mut self, line: &'a str, plain: Role) -> Vec<(&'a str, Role)> {
        let mut pieces = Vec::new();
        let mut rest = line;
        let mut from = 0;
        while let Some(at) = rest[from..].find('\u{1b}').map(|at| from + at) {
            let Some((codes, after)) = sequence(&rest[at..]) else {
                from = at + 1;
                continue;
            };
            pieces.push((&rest[..at], self.role(plain)));
            self.obey(codes);
            (rest, from) = (after, 0);
        }
        pieces.push((rest, self.role(plain)));
        pieces.retain(|(piece, _)| !piece.is_empty());
        pieces
    }

    fn role(&self, plain: Role) -> Role {
        match self.colour {
            Some(colour) => colour,
            None if self.bold => Role::Title,
            None if self.faint => Role::Dim,
            None => plain,
        }
    }

    fn obey(&mut self, codes: &str) {
        let mut codes = codes.split([';', ':']).map(|code| code.parse::<u16>().unwrap_or(0));
        while let Some(code) = codes.next() {
            match code {
                0 => *self = Self::default(),
                1 => self.bold = true,
                2 => self.faint = true,
                22 => (self.bold, self.faint) = (false, false),
                30..=37 => self.colour = Some(COLOURS[usize::from(code - 30)]),
                90..=97 => self.colour = Some(COLOURS[usize::from(code - 90)]),
                38 => self.colour = extended(&mut codes),
                // a background is not shown, but its numbers are no colours of the text
                48 => drop(extended(&mut codes)),
                39 => self.colour = None,
                _ => {}
            }
        }
    }
}

/// The numbers of the sequence that `text` begins with, and what follows it.
fn sequence(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix("\u{1b}[")?;
    let end = inner.find(|c: char| !matches!(c, '0'..='9' | ';' | ':'))?;
    inner[end..].strip_prefix('m').map(|after| (&inner[..end], after))
}

/// `5;n` of the palette or `2;r;g;b`, as the nearest of the eight.
fn extended(codes: &mut impl Iterator<Item = u16>) -> Option<Role> {
    const STEPS: [u16; 6] = [0, 95, 135, 175, 215, 255];
    match codes.next()? {
        5 => match codes.next()? {
            n @ 0..=15 => Some(COLOURS[usize::from(n % 8)]),
            n @ 16..=231 => {
                let step = |divisor: u16| STEPS[usize::from((n - 16) / divisor % 6)];
                Some(nearest([step(36), step(6), step(1)]))
            }
            _ => Some(Role::Dim),
        },
        2 => Some(nearest([codes.next()?, codes.next()?, codes.next()?])),
        _ => None,
    }
}

/// The hue that is strongest in a colour; greys are plain or quiet.
fn nearest(rgb: [u16; 3]) -> Role {
    let (most, least) = (rgb[0].max(rgb[1]).max(rgb[2]), rgb[0].min(rgb[1]).min(rgb[2]));
    if most.saturating_sub(least) < 40 {
        return if most > 160 { Role::Text } else { Role::Dim };
    }
    let middle = least + (most - least) / 2;
    let bits = rgb.iter().enumerate().filter(|(_, part)| **part > middle).map(|(at, _)| 1 << at);
    COLOURS[bits.sum::<usize>()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::text::{is_obeyed, shown};
    use proptest::prelude::*;

    fn coloured(line: &str) -> Vec<(&str, Role)> {
        Pen::default().pieces(line, Role::Text)
    }

    #[test]
    fn only_colours_are_taken_out_and_the_rest_stays_to_be_shown() {
        for (line, expected) in [
            ("plain", vec![("plain", Role::Text)]),
            ("\u{1b}[31mred\u{1b}[0m no", vec![("red", Role::AnsiRed), (" no", Role::Text)]),
            ("\u{1b}[1;32mok", vec![("ok", Role::AnsiGreen)]),
            ("\u{1b}[1mbold\u{1b}[22m", vec![("bold", Role::Title)]),
            ("\u{1b}[38;5;196ma\u{1b}[38;2;0;0;255mb", vec![("a", Role::AnsiRed), ("b", Role::AnsiBlue)]),
            ("\u{1b}[48;5;31mx", vec![("x", Role::Text)]),
            ("\u{1b}[m\u{1b}[mx", vec![("x", Role::Text)]),
            ("a\u{1b}[2Jb\u{1b}]0;t\u{7}", vec![("a\u{1b}[2Jb\u{1b}]0;t\u{7}", Role::Text)]),
            ("\u{1b}[31", vec![("\u{1b}[31", Role::Text)]),
            ("\u{1b}", vec![("\u{1b}", Role::Text)]),
        ] {
            assert_eq!(coloured(line), expected, "{line:?}");
        }
    }

    #[test]
    fn a_colour_goes_on_over_the_end_of_a_line() {
        let mut pen = Pen::default();
        pen.pieces("\u{1b}[33mwarning:", Role::Text);
        assert_eq!(pen.pieces("more", Role::Text), [("more", Role::AnsiYellow)]);
    }

    proptest! {
        #[test]
        fn what_is_no_colour_is_kept_and_made_visible(
            parts in proptest::collection::vec(prop_oneof![
                "\\PC{0,6}", Just("\u{1b}[".to_owned()), Just("\u{1b}".to_owned()), "[0-9;:]{0,5}m?",
            ], 0..12)
        ) {
            let line = parts.concat();
            let pieces = coloured(&line);
            let mut rest = line.as_str();
            for (piece, _) in &pieces {
                let at = rest.find(piece).unwrap();
                // between two pieces there is nothing but whole sequences
                let left_out = |c| matches!(c, '\u{1b}' | '[' | '0'..='9' | ';' | ':' | 'm');
                prop_assert!(rest[..at].chars().all(left_out), "{}", &rest[..at]);
                rest = &rest[at + piece.len()..];
                prop_assert!(!shown(piece).chars().any(is_obeyed));
            }
        }
    }
}
