//! JSON text that is safe to look at: what could steer a terminal or reorder a line is written as `\uXXXX`.
//!
//! The values stay the same for every JSON reader; only `cat` sees the difference.

use std::io::{self, Write};

use serde_json::ser::Formatter;

use crate::report::text::is_obeyed;

/// Compact JSON in which nothing that a terminal obeys is printed raw; `serde_json` itself escapes only what lies below
/// U+0020. All of it lies in the basic plane, so four digits are enough.
pub(super) struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        // names and keys, nearly all that is written
        if fragment.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return out.write_all(fragment.as_bytes());
        }
        let mut plain = 0;
        for (at, c) in fragment.char_indices().filter(|&(_, c)| is_obeyed(c)) {
            out.write_all(&fragment.as_bytes()[plain..at])?;
            write!(out, "\\u{:04x}", u32::from(c))?;
            plain = at + c.len_utf8();
        }
        out.write_all(&fragment.as_bytes()[plain..])
    }
}

#[cfg(test)]
mod tests {
    use super::super::to_line;

    #[test]
    fn nothing_that_steers_a_terminal_is_printed_and_every_value_reads_back() {
        for text in [
            "\u{1b}[2J",
            "a\u{9b}31m",
            "x\u{202e}y\u{2069}",
            "\u{7f}",
            "줄\u{2028}",
            "이중 결제 🧾",
            "\"\\\n",
        ] {
            let line = to_line(&text).unwrap();
            assert!(
                !line.chars().any(|c| c.is_control() || ('\u{2028}'..='\u{202e}').contains(&c)),
                "{line:?}"
            );
            assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
        }
    }
}
