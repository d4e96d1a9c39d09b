//! A screen as SVG: every character at its own place on the grid, whatever font the reader has.

use std::fmt::Write as _;

use super::screen::{Glyph, Palette, Rgb};
use super::strokes::{CELL, Strokes};

const FONTS: &str = "'DejaVu Sans Mono','JetBrains Mono',Menlo,Consolas,'NanumGothicCoding','Noto Sans Mono CJK KR',monospace";
const FONT_SIZE: u8 = 15;
/// Characters of two columns are squares, which a letter's size would leave swimming in their cells.
const WIDE_SIZE: u8 = 17;
/// From the top of a cell to the foot of its letters.
const BASELINE: f64 = 14.5;
/// Around the screen, and the bar above it.
const MARGIN: f64 = 12.0;
const BAR: f64 = 28.0;

/// The picture of a screen in a quiet window with a title.
pub(crate) fn picture(rows: &[Vec<Glyph>], columns: u16, palette: &Palette, title: &str) -> String {
    let width = f64::from(columns) * CELL.0 + 2.0 * MARGIN;
    let height = rows.len() as f64 * CELL.1 + 2.0 * MARGIN + BAR;
    let mut strokes = Strokes::default();
    let mut behind = Strokes::default();
    let mut letters = String::new();
    for (at, row) in rows.iter().enumerate() {
        let top = MARGIN + BAR + at as f64 * CELL.1;
        row_behind(row, top, &mut behind);
        row_of(row, top, &mut strokes, &mut letters);
    }
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="{FONTS}" font-size="{FONT_SIZE}">
<rect width="{width}" height="{height}" rx="8" fill="{frame}"/>
<path fill="{ground}" d="M0 {BAR}h{width}v{depth}a8 8 0 0 1-8 8h-{foot}a8 8 0 0 1-8-8z"/>
<rect x=".5" y=".5" width="{inner}" height="{tall}" rx="7.5" fill="none" stroke="{frame}"/>
<text x="{middle}" y="19" font-size="13" text-anchor="middle" fill="{ink}">{title}</text>
<g shape-rendering="crispEdges">
{behind}{lines}</g>
<g xml:space="preserve">
{letters}</g>
</svg>
"#,
        frame = hex(palette.frame),
        ground = hex(palette.ground),
        ink = hex(palette.title),
        inner = width - 1.0,
        tall = height - 1.0,
        depth = height - BAR - 8.0,
        foot = width - 16.0,
        middle = width / 2.0,
        title = escaped(title),
        behind = behind.written(),
        lines = strokes.written(),
    )
}

/// `#rrggbb`.
pub(crate) fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn left_of(glyph: &Glyph) -> f64 {
    MARGIN + glyph.column as f64 * CELL.0
}

fn row_behind(row: &[Glyph], top: f64, out: &mut Strokes) {
    for glyph in row {
        if let Some(colour) = glyph.behind {
            out.fill(colour, [left_of(glyph), top, glyph.columns as f64 * CELL.0, CELL.1]);
        }
    }
}

fn row_of(row: &[Glyph], top: f64, strokes: &mut Strokes, letters: &mut String) {
    let mut words: Vec<&Glyph> = Vec::new();
    for glyph in row {
        if glyph.underlined {
            strokes.fill(glyph.ink, [left_of(glyph), top + CELL.1 - 3.0, glyph.columns as f64 * CELL.0, 1.0]);
        }
        // blanks join words of one look, so that they are one element
        let joins = glyph.text.is_ascii() && words.last().is_none_or(|last| look(last) == look(glyph));
        if joins && (glyph.text != " " || !words.is_empty()) {
            words.push(glyph);
            continue;
        }
        word(&std::mem::take(&mut words), top, letters);
        if strokes.draw(glyph, left_of(glyph), top) || glyph.text == " " {
            continue;
        }
        if glyph.text.is_ascii() { words.push(glyph) } else { sign(glyph, top, letters) }
    }
    word(&words, top, letters);
}

fn look(glyph: &Glyph) -> (Rgb, bool, bool) {
    (glyph.ink, glyph.bold, glyph.italic)
}

/// Letters of ASCII side by side: stretched to the grid where the reader's font is of another width.
fn word(glyphs: &[&Glyph], top: f64, out: &mut String) {
    let text: String = glyphs.iter().map(|glyph| glyph.text.as_str()).collect();
    let text = text.trim_end();
    let Some(first) = glyphs.first().filter(|_| !text.is_empty()) else { return };
    let stretched = format!(r#" textLength="{}""#, text.len() as f64 * CELL.0);
    let at = format!(r#"x="{}""#, left_of(first));
    element(first, &(at + &stretched), top, text, out);
}

/// Any other character: in the middle of its own cells.
fn sign(glyph: &Glyph, top: f64, out: &mut String) {
    let middle = left_of(glyph) + glyph.columns as f64 * CELL.0 / 2.0;
    let size = if glyph.columns == 2 { format!(r#" font-size="{WIDE_SIZE}""#) } else { String::new() };
    element(glyph, &format!(r#"x="{middle}" text-anchor="middle"{size}"#), top, &glyph.text, out);
}

fn element(glyph: &Glyph, at: &str, top: f64, text: &str, out: &mut String) {
    let bold = if glyph.bold { r#" font-weight="bold""# } else { "" };
    let italic = if glyph.italic { r#" font-style="italic""# } else { "" };
    let (y, ink) = (top + BASELINE, hex(glyph.ink));
    writeln!(out, r#"<text {at} y="{y}" fill="{ink}"{bold}{italic}>{}</text>"#, escaped(text))
        .unwrap_or_default();
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
