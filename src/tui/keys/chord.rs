//! One key press: what terminals can send, and how it is written in the config file and on the screen.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key with its modifiers, however the terminal spelt it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chord {
    code: KeyCode,
    modifiers: KeyModifiers,
}

/// Why a text is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadChord {
    /// No key is called so.
    #[error("there is no such key")]
    Unknown,
    /// Another key's bytes: nobody can tell the two apart.
    #[error("terminals send it as {0}: write that")]
    SentAs(&'static str),
    /// Shift makes another letter of it.
    #[error("shift and a letter are its capital: write {0}")]
    Capital(char),
    /// No byte sequence stands for it.
    #[error("terminals do not send it")]
    NotSent,
}

/// A key that is no letter.
struct Named {
    code: KeyCode,
    /// As it is written in the table and in the config file.
    name: &'static str,
    sign: &'static str,
    /// Where nothing but ASCII may be shown.
    word: &'static str,
}

const fn named(code: KeyCode, name: &'static str, sign: &'static str, word: &'static str) -> Named {
    Named { code, name, sign, word }
}

#[rustfmt::skip]
const NAMED: [Named; 16] = [
    named(KeyCode::Up,        "up",        "↑",     "Up"),
    named(KeyCode::Down,      "down",      "↓",     "Down"),
    named(KeyCode::Left,      "left",      "←",     "Left"),
    named(KeyCode::Right,     "right",     "→",     "Right"),
    named(KeyCode::PageUp,    "pageup",    "PgUp",  "PgUp"),
    named(KeyCode::PageDown,  "pagedown",  "PgDn",  "PgDn"),
    named(KeyCode::Home,      "home",      "Home",  "Home"),
    named(KeyCode::End,       "end",       "End",   "End"),
    named(KeyCode::Insert,    "insert",    "Ins",   "Ins"),
    named(KeyCode::Delete,    "delete",    "Del",   "Del"),
    named(KeyCode::Backspace, "backspace", "Bksp",  "Bksp"),
    named(KeyCode::Enter,     "enter",     "↵",     "Enter"),
    named(KeyCode::Esc,       "esc",       "Esc",   "Esc"),
    named(KeyCode::Tab,       "tab",       "Tab",   "Tab"),
    named(KeyCode::BackTab,   "backtab",   "⇧Tab",  "S-Tab"),
    named(KeyCode::Char(' '), "space",     "Space", "Space"),
];

/// A modifier: as it is written in the config file, as a sign, as a word.
const MODIFIERS: [(KeyModifiers, &str, &str, &str); 3] = [
    (KeyModifiers::CONTROL, "ctrl-", "^", "^"),
    (KeyModifiers::ALT, "alt-", "Alt-", "Alt-"),
    (KeyModifiers::SHIFT, "shift-", "⇧", "S-"),
];

impl Chord {
    /// The chord of an event. Shift is part of a character already, and is told by `backtab`; control knows no capitals.
    pub fn of(event: &KeyEvent) -> Self {
        let shifted = matches!(event.code, KeyCode::Char(_) | KeyCode::BackTab);
        let modifiers = if shifted { event.modifiers - KeyModifiers::SHIFT } else { event.modifiers };
        Self { code: event.code, modifiers }.lowered()
    }

    /// Whether it writes or edits where a line is typed.
    pub fn edits_a_line(self) -> bool {
        let edits = matches!(
            self.code,
            KeyCode::Char(_)
                | KeyCode::Backspace
                | KeyCode::Delete
                | KeyCode::Left
                | KeyCode::Right
                | KeyCode::Home
                | KeyCode::End
        );
        edits && !self.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT)
    }

    /// As the footer and the help write it: signs where the terminal has them.
    pub fn shown(self, ascii: bool) -> String {
        let pick = |sign, word| if ascii { word } else { sign };
        let held = MODIFIERS.iter().filter(|(modifier, ..)| self.modifiers.contains(*modifier));
        let held: String = held.map(|&(_, _, sign, word)| pick(sign, word)).collect();
        held + &match (self.named(), self.code) {
            (Some(named), _) => pick(named.sign, named.word).to_owned(),
            (None, KeyCode::Char(letter)) if self.modifiers == KeyModifiers::CONTROL => {
                letter.to_uppercase().to_string()
            }
            (None, KeyCode::Char(letter)) => letter.to_string(),
            (None, code) => code.to_string(),
        }
    }

    fn named(self) -> Option<&'static Named> {
        NAMED.iter().find(|named| named.code == self.code)
    }

    fn lowered(self) -> Self {
        match self.code {
            KeyCode::Char(letter) if self.modifiers.contains(KeyModifiers::CONTROL) => {
                Self { code: KeyCode::Char(letter.to_ascii_lowercase()), ..self }
            }
            _ => self,
        }
    }

    /// Whether a terminal sends bytes that stand for this and for nothing else: the C0 codes below 0x20, `ESC` before a
    /// key, and xterm's `CSI 1 ; modifier` sequences are all that there is everywhere.
    fn sent(self) -> Result<Self, BadChord> {
        let (ctrl, alt, shift) = (KeyModifiers::CONTROL, KeyModifiers::ALT, KeyModifiers::SHIFT);
        let held = self.modifiers;
        let may_hold = match self.code {
            KeyCode::Char(letter) if held.contains(shift) && letter.is_alphabetic() => {
                return Err(BadChord::Capital(letter.to_ascii_uppercase()));
            }
            KeyCode::Tab if held == shift => return Err(BadChord::SentAs("backtab")),
            KeyCode::Char('i') if held.contains(ctrl) => return Err(BadChord::SentAs("tab")),
            KeyCode::Char('m') if held.contains(ctrl) => return Err(BadChord::SentAs("enter")),
            KeyCode::Char('[') if held.contains(ctrl) => return Err(BadChord::SentAs("esc")),
            // ESC with these begins the sequences of the keys above
            KeyCode::Char('[' | 'O') if held.contains(alt) => return Err(BadChord::NotSent),
            KeyCode::Char('a'..='z' | ' ') => ctrl | alt,
            KeyCode::Char(_) | KeyCode::Enter | KeyCode::Backspace | KeyCode::Tab => alt,
            KeyCode::Esc | KeyCode::BackTab => KeyModifiers::NONE,
            _ => ctrl | alt | shift,
        };
        if may_hold.contains(held) { Ok(self) } else { Err(BadChord::NotSent) }
    }
}

/// Takes the modifiers off the front of a key's name; a key may be a hyphen itself.
fn held(mut text: &str) -> (KeyModifiers, &str) {
    let mut held = KeyModifiers::NONE;
    while let Some((modifier, rest)) = MODIFIERS.iter().find_map(|(modifier, name, ..)| {
        text.strip_prefix(name).filter(|rest| !rest.is_empty()).map(|rest| (*modifier, rest))
    }) {
        held |= modifier;
        text = rest;
    }
    (held, text)
}

fn code(name: &str) -> Option<KeyCode> {
    let mut letters = name.chars();
    match (letters.next(), letters.as_str()) {
        (Some(' '), "") => None,
        (Some(letter), "") if !letter.is_control() => Some(KeyCode::Char(letter)),
        (Some('f' | 'F'), number) if (1..=12).any(|f| f.to_string() == number) => {
            number.parse().ok().map(KeyCode::F)
        }
        _ => NAMED.iter().find(|named| named.name == name).map(|named| named.code),
    }
}

/// As people write it: `q`, `G`, `ctrl-c`, `alt-enter`, `shift-up`, `F5`.
impl FromStr for Chord {
    type Err = BadChord;

    fn from_str(text: &str) -> Result<Self, BadChord> {
        let (modifiers, name) = held(text);
        let code = code(name).ok_or(BadChord::Unknown)?;
        Self { code, modifiers }.lowered().sent()
    }
}

/// As it is read back.
impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (_, name, ..) in MODIFIERS.iter().filter(|(modifier, ..)| self.modifiers.contains(*modifier)) {
            f.write_str(name)?;
        }
        match (self.named(), self.code) {
            (Some(named), _) => f.write_str(named.name),
            (None, code) => write!(f, "{code}"),
        }
    }
}

/// Names of keys that are no letters, for "did you mean".
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    NAMED.iter().map(|named| named.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_as_it_is_written() {
        let plain = names().map(str::to_owned).chain((1..=12).map(|f| format!("F{f}")));
        let others = ["q", "G", "한", "-", "ctrl-c", "ctrl-space", "alt-x", "alt-X", "alt--", "alt-enter"];
        let more =
            ["shift-up", "ctrl-left", "ctrl-alt-a", "ctrl-shift-F5", "alt-delete", "ctrl-alt-shift-end"];
        for text in plain.chain(others.into_iter().chain(more).map(str::to_owned)) {
            assert_eq!(text.parse::<Chord>().map(|chord| chord.to_string()), Ok(text));
        }
        assert_eq!("ctrl-N".parse::<Chord>(), "ctrl-n".parse());
        assert_eq!("alt-ctrl-a".parse::<Chord>(), "ctrl-alt-a".parse());
        assert_eq!("f5".parse::<Chord>(), "F5".parse());
    }

    #[test]
    fn what_terminals_cannot_send_is_refused_with_what_to_write() {
        for (text, why) in [
            ("", BadChord::Unknown),
            (" ", BadChord::Unknown),
            ("\u{1b}", BadChord::Unknown),
            ("ctrl-", BadChord::Unknown),
            ("pgup", BadChord::Unknown),
            ("F13", BadChord::Unknown),
            ("ctrl-i", BadChord::SentAs("tab")),
            ("ctrl-M", BadChord::SentAs("enter")),
            ("ctrl-[", BadChord::SentAs("esc")),
            ("shift-tab", BadChord::SentAs("backtab")),
            ("shift-n", BadChord::Capital('N')),
            ("ctrl-shift-n", BadChord::Capital('N')),
            ("ctrl-1", BadChord::NotSent),
            ("ctrl-enter", BadChord::NotSent),
            ("shift-1", BadChord::NotSent),
            ("alt-[", BadChord::NotSent),
            ("alt-esc", BadChord::NotSent),
        ] {
            assert_eq!(text.parse::<Chord>(), Err(why), "{text}");
        }
    }

    #[test]
    fn keys_are_shown_short_and_in_ascii_where_nothing_else_may_be_shown() {
        for (text, sign, word) in [
            ("ctrl-c", "^C", "^C"),
            ("ctrl-left", "^←", "^Left"),
            ("shift-up", "⇧↑", "S-Up"),
            ("alt-x", "Alt-x", "Alt-x"),
            ("ctrl-alt-x", "^Alt-x", "^Alt-x"),
            ("backtab", "⇧Tab", "S-Tab"),
            ("f10", "F10", "F10"),
            ("delete", "Del", "Del"),
            ("G", "G", "G"),
        ] {
            let chord: Chord = text.parse().unwrap();
            assert_eq!((chord.shown(false).as_str(), chord.shown(true).as_str()), (sign, word));
            assert!(chord.shown(true).is_ascii());
        }
    }

    #[test]
    fn shift_does_not_hide_a_letter() {
        for (code, modifiers, text) in [
            (KeyCode::Char('N'), KeyModifiers::SHIFT, "N"),
            (KeyCode::Char('N'), KeyModifiers::NONE, "N"),
            (KeyCode::Char('N'), KeyModifiers::CONTROL | KeyModifiers::SHIFT, "ctrl-n"),
            (KeyCode::BackTab, KeyModifiers::SHIFT, "backtab"),
            (KeyCode::Up, KeyModifiers::SHIFT, "shift-up"),
        ] {
            assert_eq!(Ok(Chord::of(&KeyEvent::new(code, modifiers))), text.parse(), "{text}");
        }
    }
}
