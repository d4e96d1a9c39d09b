//! JSON text that is safe to look at: what could steer a terminal, reorder a line or hide in it is written as `\uXXXX`.
//!
//! The values stay the same for every JSON reader; only `cat` sees the difference. Always so, not only in a terminal: what
//! went into a file is looked at later, and the same question has the same bytes for an answer.

use std::io::{self, Write};

use serde_json::ser::Formatter;

use crate::report::text::is_unseen;

/// Compact JSON in which nothing is printed raw that a terminal obeys or does not show; `serde_json` itself escapes only
/// what lies below U+0020.
pub(super) struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        // names and keys, nearly all that is written
        if fragment.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return out.write_all(fragment.as_bytes());
        }
        let mut plain = 0;
        for (at, c) in fragment.char_indices().filter(|&(_, c)| is_unseen(c)) {
            out.write_all(&fragment.as_bytes()[plain..at])?;
            // beyond the basic plane JSON takes two
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            plain = at + c.len_utf8();
        }
        out.write_all(&fragment.as_bytes()[plain..])
    }
}

#[cfg(test)]
mod tests {
    use super::super::to_line;
    use super::is_unseen;

    #[test]
    fn nothing_that_steers_or_hides_is_printed_and_every_value_reads_back() {
        for text in [
            "\u{1b}[2J",
            "a\u{9b}31m",
            "x\u{202e}y\u{2069}",
            "\u{7f}",
            "줄\u{2028}",
            "zero\u{200b}width\u{feff}",
            "told by tags\u{e0041}\u{e007f}",
            "fillers\u{3164}\u{ffa0}",
            "\"\\\n",
        ] {
            let line = to_line(&text).unwrap();
            assert!(!line.chars().any(is_unseen), "{line:?}");
            assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
        }
    }

    #[test]
    fn what_people_read_is_written_as_it_is() {
        for text in ["이중 결제 🧾", "👩\u{200d}👧", "می\u{200c}خواهم", "e\u{301}"] {
            assert_eq!(to_line(&text).unwrap(), format!("\"{text}\""));
        }
    }
}
