//! One key press, and how it is written.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key with its modifiers, however the terminal spelt it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chord {
    code: KeyCode,
    modifiers: KeyModifiers,
}

impl Chord {
    /// The chord of an event. Shift is part of a character already, and is told by `backtab`.
    pub fn of(event: &KeyEvent) -> Self {
        let shifted = matches!(event.code, KeyCode::Char(_) | KeyCode::BackTab);
        let modifiers = if shifted { event.modifiers - KeyModifiers::SHIFT } else { event.modifiers };
        Self { code: event.code, modifiers }
    }

    /// The chord people write as `text`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix("ctrl-") {
            return Self::parse(rest).map(|c| Self { modifiers: c.modifiers | KeyModifiers::CONTROL, ..c });
        }
        let code = match text {
            "up" => KeyCode::Up,
            "down" => KeyCode::Down,
            "left" => KeyCode::Left,
            "right" => KeyCode::Right,
            "pageup" => KeyCode::PageUp,
            "pagedown" => KeyCode::PageDown,
            "home" => KeyCode::Home,
            "end" => KeyCode::End,
            "enter" => KeyCode::Enter,
            "esc" => KeyCode::Esc,
            "tab" => KeyCode::Tab,
            "backtab" => KeyCode::BackTab,
            "space" => KeyCode::Char(' '),
            "delete" => KeyCode::Delete,
            _ => {
                let mut chars = text.chars();
                chars.next().filter(|_| chars.next().is_none()).map(KeyCode::Char)?
            }
        };
        Some(Self { code, modifiers: KeyModifiers::NONE })
    }
}

/// A key as the footer and the help write it: arrows as signs where the terminal has them.
pub fn written(key: &str, ascii: bool) -> String {
    let (sign, word) = match key {
        "up" => ("↑", "Up"),
        "down" => ("↓", "Down"),
        "left" => ("←", "Left"),
        "right" => ("→", "Right"),
        "enter" => ("↵", "Enter"),
        "esc" => ("Esc", "Esc"),
        "tab" => ("Tab", "Tab"),
        "backtab" => ("⇧Tab", "S-Tab"),
        "space" => ("Space", "Space"),
        "delete" => ("Del", "Del"),
        "pageup" => ("PgUp", "PgUp"),
        "pagedown" => ("PgDn", "PgDn"),
        "home" => ("Home", "Home"),
        "end" => ("End", "End"),
        _ => {
            let letter = key.strip_prefix("ctrl-");
            return letter.map_or_else(|| key.to_owned(), |letter| format!("^{}", letter.to_uppercase()));
        }
    };
    if ascii { word } else { sign }.to_owned()
}
