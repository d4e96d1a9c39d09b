//! Foreign text in a Mermaid diagram: shown as it is, and nothing of it is read as Mermaid.

use super::super::text;

/// What stands in a diagram as it is besides letters, digits and blanks. `#` begins an entity, `;` and line breaks end a
/// message, `%%` hides the rest, braces configure, `<` and `>` are tags of pages that show the diagram.
const PLAIN: &str = ".,:_-/()[]\"'=+*!?";

/// Words before a `:` after which Mermaid, wherever they stand, takes the last `;` of a line away.
const STYLES: [&str; 2] = ["style", "classDef"];

/// Letters that Mermaid itself writes in the place of entities while it parses.
const ITS_OWN: &str = "ﬂ°¶ß";

/// `said` in one line of at most `columns`, everything that could mean something as `#NN;` (Mermaid's entity codes).
/// Empty text becomes `…`: a message needs some.
pub(super) fn escaped(said: &str, columns: usize) -> String {
    let shown = text::preview(said, columns);
    let styled = STYLES.iter().any(|word| shown.contains(word));
    let mut out = String::with_capacity(shown.len());
    for c in shown.chars() {
        let plain = c == ' ' || PLAIN.contains(c) || c.is_ascii_alphanumeric() || !c.is_ascii();
        if plain && !ITS_OWN.contains(c) && !(styled && c == ':') {
            out.push(c);
        } else {
            out += &["#", &u32::from(c).to_string(), ";"].concat();
        }
    }
    if out.trim().is_empty() { text::ELLIPSIS.to_owned() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_to_mermaid_is_written_out() {
        for (said, expected) in [
            ("plain (text), 1/2", "plain (text), 1/2"),
            ("a;b#c:d", "a#59;b#35;c:d"),
            ("a style a:#b;", "a style a#58;#35;b#59;"),
            ("%%{init}%%", "#37;#37;#123;init#125;#37;#37;"),
            ("two\nlines\r\n\"quoted\"", "two lines \"quoted\""),
            ("환불 😀 <b>", "환불 😀 #60;b#62;"),
            ("ﬂ°°35¶ß", "#64258;#176;#176;35#182;#223;"),
            ("  ", "…"),
            ("", "…"),
        ] {
            assert_eq!(escaped(said, 80), expected, "{said}");
        }
        assert_eq!(escaped("abcdef", 4), "abc…");
    }
}
