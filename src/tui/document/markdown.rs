//! Markdown lightly rendered, line by line: headings, lists, quotes, bold, code, fences. What is not surely meant as
//! Markdown stays as it was written; the line as written is kept for copying.

use crate::tui::theme::Role;

/// Shown for the sign of a list, of a quote.
const BULLET: &str = "• ";
const QUOTE: &str = "│ ";

/// A line as it is shown.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Rendered<'a> {
    /// Its pieces.
    pub pieces: Vec<(&'a str, Role)>,
    /// A rule goes on after it.
    pub ruled: bool,
    /// Signs were left out or replaced.
    pub changed: bool,
}

/// What goes on from line to line: an open fence.
#[derive(Debug, Default)]
pub(super) struct Markdown {
    fence: Option<(char, usize)>,
}

impl Markdown {
    /// How the next line is shown, `plain` where nothing says otherwise.
    pub(super) fn line<'a>(&mut self, line: &'a str, plain: Role) -> Rendered<'a> {
        if let Some(role) = self.fenced(line) {
            return Rendered { pieces: vec![(line, role)], ..Rendered::default() };
        }
        let inner = line.trim_start_matches(' ');
        let margin = &line[..line.len() - inner.len()];
        if is_rule(inner) {
            return Rendered { pieces: vec![(margin, plain)], ruled: true, changed: true };
        }
        let (sign, rest, role) = beginning(inner, plain);
        let mut out = Rendered { changed: rest.len() < inner.len(), ..Rendered::default() };
        out.pieces.push((margin, plain));
        out.pieces.push((sign, Role::Faint));
        inline(rest, role, &mut out);
        out.pieces.retain(|(piece, _)| !piece.is_empty());
        out
    }

    /// Whether the next line is code in a fence.
    pub(super) fn is_fenced(&self) -> bool {
        self.fence.is_some()
    }

    /// The role of a line that opens, closes or is held by a fence.
    fn fenced(&mut self, line: &str) -> Option<Role> {
        let inner = line.trim();
        let sign = inner.chars().next().filter(|c| matches!(c, '`' | '~'));
        let long = sign.map_or(0, |sign| inner.chars().take_while(|c| *c == sign).count());
        match self.fence {
            Some((open, at_least)) if sign == Some(open) && long >= at_least && inner.len() == long => {
                self.fence = None;
                Some(Role::Faint)
            }
            Some(_) => Some(Role::Code),
            // a sign further on is code within a line
            None if long >= 3 && !inner[long..].contains('`') => {
                self.fence = sign.map(|sign| (sign, long));
                Some(Role::Faint)
            }
            None => None,
        }
    }
}

fn is_rule(line: &str) -> bool {
    let line = line.trim_end();
    line.len() >= 3 && ["-", "*", "_"].iter().any(|sign| line.replace(sign, "").is_empty())
}

/// The sign that a line begins with as it is shown, what follows it, and its role.
fn beginning(line: &str, plain: Role) -> (&'static str, &str, Role) {
    let level = line.bytes().take_while(|b| *b == b'#').count();
    if (1..=6).contains(&level)
        && let Some(title) = line[level..].strip_prefix(' ')
    {
        return ("", title.trim_start(), Role::Title);
    }
    if let Some(item) = ["- ", "* ", "+ "].iter().find_map(|sign| line.strip_prefix(sign)) {
        return (BULLET, item, plain);
    }
    match line.strip_prefix("> ") {
        Some(quoted) => (QUOTE, quoted, Role::Dim),
        None => ("", line, plain),
    }
}

/// Bold and code within `text`, and nothing else of Markdown.
pub(super) fn rendered(text: &str, plain: Role) -> Vec<(&str, Role)> {
    let mut out = Rendered::default();
    inline(text, plain, &mut out);
    out.pieces.retain(|(piece, _)| !piece.is_empty());
    out.pieces
}

/// Bold and code within a line.
fn inline<'a>(mut rest: &'a str, plain: Role, out: &mut Rendered<'a>) {
    let mut from = 0;
    while let Some(at) = rest[from..].find(['*', '`']).map(|at| from + at) {
        let sign = rest[at..].bytes().take_while(|b| *b == rest.as_bytes()[at]).count();
        match marked(&rest[at..], sign) {
            Some((inner, role)) => {
                out.pieces.extend([(&rest[..at], plain), (inner, role)]);
                out.changed = true;
                (rest, from) = (&rest[at + inner.len() + 2 * sign..], 0);
            }
            None => from = at + sign,
        }
    }
    out.pieces.push((rest, plain));
}

/// What the sign of this length, which `text` begins with, marks.
fn marked(text: &str, sign: usize) -> Option<(&str, Role)> {
    let (mark, inner) = text.split_at(sign);
    let end = inner.find(mark).filter(|end| *end > 0 && !inner[end + sign..].starts_with(&mark[..1]))?;
    let inner = &inner[..end];
    if mark.starts_with('`') {
        return Some((inner, Role::Code));
    }
    let whole = !inner.starts_with(' ') && !inner.ends_with(' ');
    (sign == 2 && whole).then_some((inner, Role::Title))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(line: &str) -> Vec<(&str, Role)> {
        Markdown::default().line(line, Role::Text).pieces
    }

    #[test]
    fn what_is_surely_meant_is_rendered_and_the_rest_stays() {
        use Role::{Code, Dim, Faint, Text, Title};
        for (line, expected) in [
            ("## What now?", vec![("What now?", Title)]),
            ("#hashtag", vec![("#hashtag", Text)]),
            ("  - one", vec![("  ", Text), ("• ", Faint), ("one", Text)]),
            ("> said", vec![("│ ", Faint), ("said", Dim)]),
            ("a **b** c", vec![("a ", Text), ("b", Title), (" c", Text)]),
            ("use `x * y` now", vec![("use ", Text), ("x * y", Code), (" now", Text)]),
            ("2 ** 3 ** 4", vec![("2 ** 3 ** 4", Text)]),
            ("__init__ *it* 3*4", vec![("__init__ *it* 3*4", Text)]),
            ("한국어 **굵게** 👩‍👩‍👧", vec![("한국어 ", Text), ("굵게", Title), (" 👩‍👩‍👧", Text)]),
            ("**open", vec![("**open", Text)]),
            ("``a`b``", vec![("a`b", Code)]),
            ("", vec![]),
        ] {
            assert_eq!(shown(line), expected, "{line}");
        }
        assert!(Markdown::default().line("---", Role::Text).ruled);
    }

    #[test]
    fn a_fence_holds_code_until_it_is_closed() {
        let mut markdown = Markdown::default();
        let roles: Vec<Role> = ["```rust", "# no heading", "~~~", "```", "# heading"]
            .iter()
            .map(|line| markdown.line(line, Role::Text).pieces[0].1)
            .collect();
        assert_eq!(roles, [Role::Faint, Role::Code, Role::Code, Role::Faint, Role::Title]);
    }

    proptest! {
        #[test]
        fn nothing_but_signs_is_left_out(line in "([#>*`~_ -]{0,3}[a-z한👩‍👧\u{301}]{0,3}){0,6}") {
            let rendered = Markdown::default().line(&line, Role::Text);
            let kept: String = rendered.pieces.iter().map(|(piece, _)| *piece).collect();
            let words = |text: &str| -> String {
                text.chars().filter(|c| !matches!(c, '#' | '>' | '*' | '`' | '_' | '-' | '+' | '•' | '│' | ' ')).collect()
            };
            prop_assert_eq!(words(&kept), words(&line));
            prop_assert!(rendered.changed || kept == line, "{:?}", kept);
        }
    }
}
