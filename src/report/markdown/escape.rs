//! Foreign text in Markdown: shown as it is, on one line.

use super::super::text;

/// Foreign text cannot end a cell, begin a tag or format anything.
pub(in super::super) fn escaped(said: &str) -> String {
    let mut out = String::new();
    for c in text::one_line(said).chars() {
        if "\\`*_[]<>|#~&".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A row of a table.
pub(in super::super) fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// Several lines of foreign text as a quotation, at most `lines` of them.
pub(super) fn quoted(said: &str, lines: usize) -> String {
    let mut all = said.trim().lines();
    let shown: Vec<String> =
        all.by_ref().take(lines).map(|line| format!("> {}", escaped(line)).trim_end().to_owned()).collect();
    let more = if all.next().is_some() { "\n> …" } else { "" };
    // a line break of Markdown stands for every line break of the text
    shown.join("  \n") + more + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_formats_nothing() {
        assert_eq!(escaped("a|b <script> `x` [y](z)\n# h"), r"a\|b \<script\> \`x\` \[y\](z) \# h");
        assert_eq!(quoted("one\n# two\n\nthree", 3), "> one  \n> \\# two  \n>\n> …\n");
        assert!(!escaped("a\u{1b}[2J").contains('\u{1b}'));
    }
}
