//! What a terminal was sent: the sequences that the interface uses, and text without a control character.

use super::tricks::{COPY_OF_CONTENT, named};

/// What ends a sequence of ours that holds text.
const END: &str = "\u{1b}\\";

/// Numbers of modes that the interface sets and resets: wrapping, the cursor, the mouse, the alternate screen, paste,
/// synchronized output.
const MODES: [&str; 10] = ["7", "25", "1000", "1002", "1003", "1006", "1015", "1049", "2004", "2026"];

/// The question for the terminal's background; it must not be answered with anything that a span holds.
const BACKGROUND: &str = "\u{1b}]11;?\u{7}";

/// How something is put into the clipboard.
pub(super) const CLIPBOARD: &str = "\u{1b}]52;c;";

/// The first thing in `raw` that no interface of ours sends, with what is around it.
pub(super) fn foreign(raw: &str) -> Option<String> {
    let mut rest = raw;
    while let Some(at) = rest.find(is_suspect) {
        let from = &rest[at..];
        let length = known(from).or_else(|| joins(&rest[..at], from));
        let Some(length) = length else {
            let around: String = from.chars().take(12).collect();
            return Some(format!("{} … {around:?}", named(&around)));
        };
        rest = &from[length..];
    }
    None
}

/// Whatever a terminal obeys, or does not show.
pub(super) fn is_suspect(letter: char) -> bool {
    is_obeyed(letter)
        || matches!(letter,
            '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}'
            | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// Whatever a terminal obeys: control characters, and those that turn the direction of what follows.
fn is_obeyed(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A joiner between two signs of an emoji.
fn joins(before: &str, from: &str) -> Option<usize> {
    let pictorial = |letter: char| u32::from(letter) >= 0x2190;
    let next = from.strip_prefix('\u{200d}')?.chars().next()?;
    (before.chars().next_back().is_some_and(pictorial) && pictorial(next)).then_some('\u{200d}'.len_utf8())
}

/// Length of the sequence at the beginning, if it is one of ours.
fn known(from: &str) -> Option<usize> {
    if from.starts_with(['\r', '\n']) {
        return Some(1);
    }
    if from.starts_with(BACKGROUND) {
        return Some(BACKGROUND.len());
    }
    if let Some(copied) = from.strip_prefix(CLIPBOARD) {
        return copy(copied).map(|length| CLIPBOARD.len() + length);
    }
    let body = from.strip_prefix("\u{1b}[")?;
    let end = body.find(|letter: char| matches!(letter, '@'..='~'))?;
    let (parameters, last) = (&body[..end], body[end..].chars().next()?);
    let numbers = || parameters.split(';').all(|part| part.chars().all(|digit| digit.is_ascii_digit()));
    let good = match last {
        'm' => is_style(parameters),
        'H' | 'J' | 'K' | 'A' | 'B' | 'C' | 'D' | 'G' => numbers(),
        'h' | 'l' => {
            // without the mark: the terminal's own turning of lines from right to left, which moves cells
            let modes = parameters.strip_prefix('?').unwrap_or(if parameters == "8" { "25" } else { "" });
            modes.split(';').all(|mode| MODES.contains(&mode))
        }
        _ => false,
    };
    good.then_some(2 + end + 1)
}

/// Length of what is copied and of the end of its sequence: base64 that was not written by content.
fn copy(from: &str) -> Option<usize> {
    let end = from.find(|letter: char| !(letter.is_ascii_alphanumeric() || "+/=".contains(letter)))?;
    let is_ours = &from[..end] != COPY_OF_CONTENT && from[end..].starts_with(END);
    is_ours.then_some(end + END.len())
}

/// Attributes, and colours by number; never one of the sixteen, which here only content asks for.
fn is_style(parameters: &str) -> bool {
    let mut parts = parameters.split(';');
    while let Some(part) = parts.next() {
        let good = match part {
            "38" | "48" => parts.next() == Some("5") && parts.next().is_some_and(|n| n.parse::<u8>().is_ok()),
            "" | "0" | "1" | "2" | "3" | "4" | "7" | "22" | "23" | "24" | "27" | "39" | "49" | "59" => true,
            _ => false,
        };
        if !good {
            return false;
        }
    }
    true
}

#[test]
fn what_the_interface_sends_is_known_and_nothing_else() {
    for good in [
        "a\r\n\u{1b}[1;2H\u{1b}[38;5;7;49mb",
        "\u{1b}[?25l\u{1b}[2J",
        "👩\u{200d}👧",
        "한 e\u{301}",
        "\u{1b}]52;c;YQ==\u{1b}\\",
    ] {
        assert_eq!(foreign(good), None, "{good:?}");
    }
    for bad in [
        "\u{1b}]0;x\u{7}",
        "\u{1b}[31m",
        "\u{9b}2J",
        "\u{1b}[6n",
        "\u{202e}",
        "a\u{200d}b",
        "\u{7}",
        "\t",
        "\u{1b}c",
        "\u{1b}]52;c;RVZJTA==\u{1b}\\",
        "\u{1b}]52;c;?\u{1b}\\",
        "\u{1b}]52;c;QQ==\u{1b}[2J",
    ] {
        assert!(foreign(bad).is_some(), "{bad:?}");
    }
}
