//! Foreign text made fit for a terminal: whatever a span holds is shown, nothing of it is obeyed.
//!
//! Prompts and tool results are hostile. Every control, escape, bidi and invisible character becomes a visible
//! stand-in; what is left is measured, cut and padded by grapheme clusters, so that Hangul, emoji with joiners and
//! combining marks keep columns straight. Widths are those of `unicode-width`, summed by cluster, as the terminal
//! library does.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr};

/// Characters of one cluster that are kept: the longest emoji in use has 10; a pile of combining marks is cut here.
const MAX_CLUSTER: usize = 16;

/// Columns of a tab stop.
const TAB: usize = 4;

/// The sign of a cut.
pub const ELLIPSIS: &str = "…";

/// `text` with a visible stand-in for everything a terminal would obey or hide, line breaks and tabs included.
pub fn shown(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| matches!(b, 0x20..=0x7e)) {
        return Cow::Borrowed(text);
    }
    if text.graphemes(true).all(is_harmless) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    text.graphemes(true).for_each(|cluster| push_shown(&mut out, cluster));
    Cow::Owned(out)
}

/// `text` on one line: runs of white space become one space, the rest as in [`shown`].
pub fn one_line(text: &str) -> Cow<'_, str> {
    let spaced = |c: char| c.is_ascii_whitespace();
    let plain = !text.starts_with(' ')
        && !text.ends_with(' ')
        && !text.contains("  ")
        && !text.contains(|c| spaced(c) && c != ' ');
    if plain {
        return shown(text);
    }
    let joined = text.split(spaced).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    Cow::Owned(shown(&joined).into_owned())
}

/// [`one_line`] of the beginning of `text`, at most `columns` wide; reads no more of it than that takes.
pub fn preview(text: &str, columns: usize) -> String {
    // a column takes a few bytes; white space and marks take more: 16 per column is ample, then the sign tells
    let limit = columns.saturating_mul(16).saturating_add(64);
    if text.len() <= limit {
        return cut(&one_line(text), columns).into_owned();
    }
    let head = one_line(&text[..text.floor_char_boundary(limit)]).into_owned();
    cut(&(head + ELLIPSIS), columns).into_owned()
}

/// The lines of `text`, each as in [`shown`] with tabs expanded; `\n` and `\r\n` end a line.
pub fn lines(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    whole_lines(text).map(|line| match line {
        Cow::Borrowed(line) => shown(line),
        Cow::Owned(line) => Cow::Owned(shown(&line).into_owned()),
    })
}

/// The lines of `text` with tabs expanded and nothing else changed: not yet fit to be shown.
pub fn whole_lines(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    text.split('\n').map(|line| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.contains('\t') { Cow::Owned(expand_tabs(line)) } else { Cow::Borrowed(line) }
    })
}

/// Columns that `text` takes.
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { clusters(text).map(|(_, columns)| columns).sum() }
}

/// Grapheme clusters of `text` with their widths in columns.
pub fn clusters(text: &str) -> impl Iterator<Item = (&str, usize)> {
    text.graphemes(true).map(|cluster| (cluster, cluster.width()))
}

/// `text` in at most `columns`, cut between clusters with "…" at the end where something is missing.
pub fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    match columns {
        0 => Cow::Borrowed(""),
        _ => Cow::Owned(format!("{}{ELLIPSIS}", head(text, columns - 1))),
    }
}

/// The beginning of `text` that fits `columns`, cut between clusters, without a sign.
pub fn head(text: &str, columns: usize) -> &str {
    let mut used = 0;
    let mut end = 0;
    for (cluster, wide) in clusters(text) {
        used += wide;
        if used > columns {
            break;
        }
        end += cluster.len();
    }
    &text[..end]
}

/// `text` in exactly `columns`, at the left.
pub fn pad(text: &str, columns: usize) -> String {
    let text = cut(text, columns);
    let gap = columns.saturating_sub(width(&text));
    format!("{text}{}", " ".repeat(gap))
}

/// `text` in exactly `columns`, at the right.
pub fn pad_left(text: &str, columns: usize) -> String {
    let text = cut(text, columns);
    let gap = columns.saturating_sub(width(&text));
    format!("{}{text}", " ".repeat(gap))
}

fn expand_tabs(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + TAB);
    let mut column = 0;
    for (cluster, wide) in clusters(line) {
        if cluster == "\t" {
            let gap = TAB - column % TAB;
            (0..gap).for_each(|_| out.push(' '));
            column += gap;
        } else {
            out.push_str(cluster);
            column += wide;
        }
    }
    out
}

/// Whether a terminal shows this cluster in its columns and does nothing else.
fn is_harmless(cluster: &str) -> bool {
    cluster.width() > 0
        && cluster.chars().count() <= MAX_CLUSTER
        && !cluster.chars().any(|c| is_obeyed(c) || is_hidden(c, cluster))
        && !is_loose(cluster)
}

fn push_shown(out: &mut String, cluster: &str) {
    if is_harmless(cluster) {
        return out.push_str(cluster);
    }
    let lost = cluster.width() == 0;
    for c in cluster.chars().take(MAX_CLUSTER) {
        // a joiner has nothing to join once its cluster is taken apart
        if lost || c == '\u{200d}' || is_obeyed(c) || is_hidden(c, cluster) {
            push_stand_in(out, c);
        } else {
            out.push(c);
        }
    }
    let cut_off = cluster.chars().count().saturating_sub(MAX_CLUSTER);
    if cut_off > 0 {
        push_formatted(out, format_args!("⟨+{cut_off}⟩"));
    }
}

/// Characters that a terminal or its bidi engine obeys.
pub(crate) fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Characters that a terminal obeys or shows nothing of, whatever stands around them. Joiners are none: they make emoji
/// and letters.
pub(crate) fn is_unseen(c: char) -> bool {
    is_obeyed(c) || is_hidden(c, "") || matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

/// Characters that take no column and carry a hidden message, unless `cluster` is one that needs them.
fn is_hidden(c: char, cluster: &str) -> bool {
    match c {
        // tags spell a region after the black flag and smuggle ASCII anywhere else
        '\u{e0000}'..='\u{e007f}' => !cluster.starts_with('\u{1f3f4}'),
        _ => matches!(c,
            '\u{00ad}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0080}'..='\u{e0fff}'),
    }
}

/// Whether a joiner of `cluster` joins nothing: piled up, or at the end of an emoji, where it would join what happens to
/// stand in the next cell. Letters of Arabic and Indic scripts end with one for good reason.
fn is_loose(cluster: &str) -> bool {
    let may_end = cluster.starts_with(char::is_alphabetic);
    let mut letters = cluster.chars().peekable();
    while let Some(letter) = letters.next() {
        let joins = letters.peek().map_or(may_end, |next| next.width().is_some_and(|columns| columns > 0));
        if letter == '\u{200d}' && !joins {
            return true;
        }
    }
    false
}

fn push_stand_in(out: &mut String, c: char) {
    match u32::from(c) {
        code @ 0..=0x1f => out.push(char::from_u32(0x2400 + code).unwrap_or('␦')),
        0x7f => out.push('␡'),
        code => push_formatted(out, format_args!("⟨U+{code:04X}⟩")),
    }
}

fn push_formatted(out: &mut String, what: std::fmt::Arguments<'_>) {
    // writing to a String never fails
    let _ = out.write_fmt(what);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        for (hostile, visible) in [
            ("plain", "plain"),
            ("👍\u{200d}\u{200d}x", "👍⟨U+200D⟩⟨U+200D⟩x"),
            ("👍\u{200d} क्\u{200d}", "👍⟨U+200D⟩ क्\u{200d}"),
            ("\u{1b}[31mred\u{7}", "␛[31mred␇"),
            ("a\0b\u{7f}", "a␀b␡"),
            ("c1 \u{9b}31m", "c1 ⟨U+009B⟩31m"),
            ("a\nb\tc\r\n", "a␊b␉c␍␊"),
            ("x\u{202e}evil\u{2066}", "x⟨U+202E⟩evil⟨U+2066⟩"),
            ("a\u{200b}b\u{feff}", "a⟨U+200B⟩b⟨U+FEFF⟩"),
            ("hi\u{e0041}\u{e0042}", "hi⟨U+E0041⟩⟨U+E0042⟩"),
            ("\u{301}", "⟨U+0301⟩"),
            ("é e\u{301} 한국어 日本", "é e\u{301} 한국어 日本"),
            (
                "👩‍👩‍👧‍👦 🇰🇷 👍🏽 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
                "👩‍👩‍👧‍👦 🇰🇷 👍🏽 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            ),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
        ] {
            assert_eq!(shown(hostile), visible, "{hostile:?}");
        }
    }

    #[test]
    fn a_pile_of_marks_is_cut() {
        let pile = format!("a{}", "\u{301}".repeat(1000));
        let visible = shown(&pile);
        assert!(visible.ends_with("⟨+985⟩") && visible.len() < 60, "{visible}");
    }

    #[test]
    fn one_line_joins_what_lines_parts() {
        assert_eq!(one_line("  a\n\n  b\tc  "), "a b c");
        assert_eq!(one_line("a b"), "a b");
        assert_eq!(lines("a\r\n\tb\n가\tc").collect::<Vec<_>>(), ["a", "    b", "가  c"]);
        assert_eq!(preview(&"word ".repeat(100_000), 11), "word word …");
    }

    #[test]
    fn cuts_fall_between_clusters() {
        for (text, columns, expected) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("한국어", 6, "한국어"),
            ("한국어", 5, "한국…"),
            ("한국어", 4, "한…"),
            ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
            ("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 3, "👩‍👩‍👧‍👦…"),
            ("abc", 0, ""),
        ] {
            assert_eq!(cut(text, columns), expected, "{text} in {columns}");
        }
        assert_eq!(pad("한국어", 5), "한국…");
        assert_eq!(pad_left("한", 5), "   한");
    }

    /// Text with everything that has ever broken a terminal, dense enough to meet in one cluster.
    fn wild() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            any::<char>().prop_map(String::from),
            (0u32..0xa0).prop_map(|c| char::from_u32(c).into_iter().collect()),
            (0x2000u32..0x2070).prop_map(|c| char::from_u32(c).into_iter().collect()),
            (0xe0000u32..0xe0200).prop_map(|c| char::from_u32(c).into_iter().collect()),
            prop::sample::select(vec![
                "👩", "\u{200d}", "\u{301}", "한", "ᄒ", "ᅡ", "🇰", "\u{600}", "\u{fe0f}", "a"
            ])
            .prop_map(String::from),
        ];
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    /// Words of scripts that share a line, with what joins and turns them.
    fn mixed() -> impl Strategy<Value = String> {
        let words = [
            "환불",
            "返金",
            "払い戻し",
            "👩‍👩‍👧‍👦",
            "🇰🇷",
            "👍🏽",
            "❤\u{fe0f}",
            "e\u{301}",
            "a\u{310}\u{320}",
            "لا",
            "مرحبا",
            "می\u{200c}خواهم",
            "שלום",
            "שָׁלוֹם",
            "٤٢",
            "12",
            " ",
            "ab",
            "\u{202e}",
            "\u{2067}",
            "\u{200f}",
            "ก็",
            "क्षि",
        ];
        prop::collection::vec(prop::sample::select(words.to_vec()), 0..20).prop_map(|words| words.concat())
    }

    proptest! {
        #[test]
        fn what_is_padded_is_as_wide_as_asked_in_every_script(text in mixed(), columns in 0usize..40) {
            let visible = shown(&text);
            for padded in [pad(&visible, columns), pad_left(&visible, columns)] {
                prop_assert_eq!(width(&padded), columns);
            }
            let cut = cut(&visible, columns);
            prop_assert!(columns == 0 || width(&visible) <= columns || cut.ends_with(ELLIPSIS), "{cut:?}");
            let kept = cut.strip_suffix(ELLIPSIS).unwrap_or(&cut);
            prop_assert!(visible.starts_with(kept), "cut, never turned round");
        }

        #[test]
        fn nothing_that_is_obeyed_survives(text in wild()) {
            for visible in [shown(&text).into_owned(), one_line(&text).into_owned(), preview(&text, 30)]
                .into_iter().chain(lines(&text).map(Cow::into_owned))
            {
                prop_assert!(!visible.chars().any(is_obeyed), "{visible:?}");
                prop_assert!(clusters(&visible).all(|(_, columns)| columns > 0), "{visible:?}");
            }
        }

        #[test]
        fn what_is_shown_stays_as_it_is(text in wild()) {
            let once = shown(&text).into_owned();
            prop_assert_eq!(shown(&once).into_owned(), once.clone());
        }

        #[test]
        fn nothing_is_wider_than_asked(text in wild(), columns in 0usize..50) {
            let visible = shown(&text);
            prop_assert!(width(&cut(&visible, columns)) <= columns);
            prop_assert!(width(&preview(&text, columns)) <= columns);
            prop_assert!(visible.starts_with(head(&visible, columns)));
        }
    }
}
