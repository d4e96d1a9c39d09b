//! A text of either run, one below the other, with the words that only one of them has marked.

use anstyle::Style;

use super::super::{Look, paint, text};
use super::{NAMES, STYLES};
use crate::analyze::diff::{In, Piece, words};

/// Lines of one text that are shown.
const LINES: usize = 6;

/// A common beginning is cut to this many characters.
const BEFORE: usize = 30;

/// Both texts below their name; nothing where neither run has one.
pub(super) fn both(name: &str, values: [Option<&str>; 2], look: &Look) -> String {
    if values == [None, None] {
        return String::new();
    }
    let pieces = match values {
        [Some(a), Some(b)] => words(a, b),
        _ => Vec::new(),
    };
    let side = |side: usize| {
        let own = [In::OnlyA, In::OnlyB][side];
        let lines = match values[side] {
            None => vec!["nothing".to_owned()],
            Some(value) if pieces.is_empty() => fitting(&[(paint::PLAIN, value.to_owned())], look),
            Some(_) => fitting(&marked(&pieces, own, STYLES[side].bold()), look),
        };
        format!("  {} {}\n", paint::paint(STYLES[side], NAMES[side]), lines.join("\n    "))
    };
    format!("{}\n{}{}", paint::paint(paint::QUIET, &text::one_line(name)), side(0), side(1))
}

/// One side's text in styles: its own words apart, a long common beginning cut.
fn marked(pieces: &[Piece], own: In, style: Style) -> Vec<(Style, String)> {
    let mine = pieces.iter().enumerate().filter(|(_, piece)| piece.of == In::Both || piece.of == own);
    let styled = mine.map(|(at, piece)| match piece.of {
        In::Both if at == 0 && pieces.len() > 1 => (paint::PLAIN, end_of(&piece.text)),
        In::Both => (paint::PLAIN, piece.text.clone()),
        _ => (style, piece.text.clone()),
    });
    styled.collect()
}

/// The end of a text that both begin with.
fn end_of(common: &str) -> String {
    let length = common.chars().count();
    if length <= 2 * BEFORE {
        return common.to_owned();
    }
    text::ELLIPSIS.to_owned() + &common.chars().skip(length - BEFORE).collect::<String>()
}

/// The first lines of a styled text, broken between words where there is no more room.
fn fitting(spans: &[(Style, String)], look: &Look) -> Vec<String> {
    let room = look.columns.saturating_sub(6);
    let mut lines = vec![Line::default()];
    for (style, span) in spans {
        for (nth, part) in text::lines(span).enumerate() {
            if nth > 0 {
                lines.push(Line::default());
            }
            for word in part.split_inclusive(' ') {
                if lines.len() > LINES {
                    break;
                }
                put(&mut lines, *style, word, room);
            }
        }
    }
    let more = lines.len() > LINES;
    lines.truncate(LINES);
    let cut = more.then(|| text::ELLIPSIS.to_owned());
    lines.into_iter().map(Line::painted).chain(cut).collect()
}

/// Puts a word at the end of the last line, or on a line of its own.
fn put(lines: &mut Vec<Line>, style: Style, word: &str, room: usize) {
    let width = text::width(word.trim_end());
    if lines.last().is_none_or(|line| line.used > 0 && line.used + width > room) {
        lines.push(Line::default());
    }
    if let Some(line) = lines.last_mut() {
        line.push(style, word, room);
    }
}

#[derive(Default)]
struct Line {
    spans: Vec<(Style, String)>,
    used: usize,
}

impl Line {
    fn push(&mut self, style: Style, word: &str, room: usize) {
        let fitting = text::cut(word, room.saturating_sub(self.used));
        self.used += text::width(word);
        match self.spans.last_mut() {
            Some((last, said)) if *last == style => said.push_str(&fitting),
            _ => self.spans.push((style, fitting.into_owned())),
        }
    }

    fn painted(mut self) -> String {
        if let Some((_, last)) = self.spans.last_mut() {
            last.truncate(last.trim_end().len());
        }
        self.spans.iter().map(|(style, said)| paint::paint(*style, said)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::format::Zone;
    use super::*;

    fn shown(a: &str, b: &str, columns: usize) -> String {
        let look = Look { columns, ascii: false, zone: Zone::Utc, now: 0 };
        anstream::adapter::strip_str(&both("said", [Some(a), Some(b)], &look)).to_string()
    }

    #[test]
    fn both_texts_stand_below_each_other_from_a_little_before_the_difference() {
        let long = "the same words again and again ".repeat(4);
        let text = shown(&format!("{long}then A"), &format!("{long}then B"), 80);
        assert_eq!(
            text,
            "said\n  A …me words again and again then A\n  B …me words again and again then B\n"
        );
    }

    #[test]
    fn no_line_is_wider_than_there_is_room_and_nothing_is_obeyed() {
        let text = shown(
            "가나다라마바사\u{1b}[2J 한국어 텍스트가 깁니다\nx",
            "가나다라 다른 텍스트가 아주 깁니다",
            24,
        );
        assert!(text.lines().all(|line| text::width(line) <= 24), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn a_long_line_goes_on_below() {
        assert_eq!(
            shown("one two three four five", "one", 20),
            "said\n  A one two three\n    four five\n  B one\n"
        );
    }

    #[test]
    fn of_many_lines_the_first_are_shown() {
        let text = shown(&"line\n".repeat(50), "line", 80);
        assert_eq!(text.lines().count(), 1 + LINES + 1 + 1, "{text}");
    }
}
