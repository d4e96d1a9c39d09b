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

/// The first lines of a styled text, each as wide as there is room.
fn fitting(spans: &[(Style, String)], look: &Look) -> Vec<String> {
    let room = look.columns.saturating_sub(6);
    let mut lines = vec![Line::default()];
    for (style, span) in spans {
        for (nth, part) in text::lines(span).enumerate() {
            if nth > 0 {
                lines.push(Line::default());
            }
            if lines.len() > LINES {
                break;
            }
            if let Some(line) = lines.last_mut() {
                line.push(*style, &part, room);
            }
        }
    }
    let more = lines.len() > LINES;
    lines.truncate(LINES);
    let cut = more.then(|| text::ELLIPSIS.to_owned());
    lines.into_iter().map(|line| line.text).chain(cut).collect()
}

#[derive(Default)]
struct Line {
    text: String,
    used: usize,
}

impl Line {
    fn push(&mut self, style: Style, part: &str, room: usize) {
        let left = room.saturating_sub(self.used);
        self.used += text::width(part);
        self.text += &paint::paint(style, &text::cut(part, left));
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
    fn of_many_lines_the_first_are_shown() {
        let text = shown(&"line\n".repeat(50), "line", 80);
        assert_eq!(text.lines().count(), 1 + LINES + 1 + 1, "{text}");
    }
}
