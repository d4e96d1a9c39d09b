//! Lines and blocks as shapes: in fonts they leave gaps between cells, or are not there at all.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::screen::{Glyph, Rgb};

/// Width and height of a cell, in pixels.
pub(crate) const CELL: (f64, f64) = (9.0, 19.0);

/// Line characters by their arms: up, right, down, left; 0 none, 1 light, 2 heavy, 3 double.
#[rustfmt::skip]
const LINES: [(char, [u8; 4]); 26] = [
    ('─', [0, 1, 0, 1]), ('│', [1, 0, 1, 0]), ('┌', [0, 1, 1, 0]), ('┐', [0, 0, 1, 1]), ('└', [1, 1, 0, 0]),
    ('┘', [1, 0, 0, 1]), ('├', [1, 1, 1, 0]), ('┤', [1, 0, 1, 1]), ('┬', [0, 1, 1, 1]), ('┴', [1, 1, 0, 1]),
    ('┼', [1, 1, 1, 1]), ('━', [0, 2, 0, 2]), ('┃', [2, 0, 2, 0]), ('┏', [0, 2, 2, 0]), ('┓', [0, 0, 2, 2]),
    ('┗', [2, 2, 0, 0]), ('┛', [2, 0, 0, 2]), ('┣', [2, 2, 2, 0]), ('┫', [2, 0, 2, 2]), ('┳', [0, 2, 2, 2]),
    ('┻', [2, 2, 0, 2]), ('╋', [2, 2, 2, 2]), ('╸', [0, 0, 0, 2]), ('╺', [0, 2, 0, 0]), ('═', [0, 3, 0, 3]),
    ('║', [3, 0, 3, 0]),
];

/// Rounded corners: the arms that meet, as signs of the ways right and down.
const CORNERS: [(char, f64, f64); 4] =
    [('╭', 1.0, 1.0), ('╮', -1.0, 1.0), ('╰', 1.0, -1.0), ('╯', -1.0, -1.0)];

/// A rectangle: left, top, width, height.
type Rect = [f64; 4];

/// Shapes by colour, so that each colour is one path.
#[derive(Default)]
pub(crate) struct Strokes {
    filled: BTreeMap<Rgb, Vec<Rect>>,
    curves: BTreeMap<Rgb, String>,
}

impl Strokes {
    /// Draws a cell at this place, if it is a line or a block.
    pub(crate) fn draw(&mut self, glyph: &Glyph, left: f64, top: f64) -> bool {
        let mut letters = glyph.text.chars();
        let (Some(letter), None) = (letters.next(), letters.next()) else { return false };
        if let Some(&(_, right, down)) = CORNERS.iter().find(|corner| corner.0 == letter) {
            self.corner(glyph.ink, [left, top], [right, down]);
            return true;
        }
        let rects = block(letter).or_else(|| lines(letter)).or_else(|| dashes(letter)).unwrap_or_default();
        for &[x, y, width, height] in &rects {
            self.fill(glyph.ink, [left + x, top + y, width, height]);
        }
        !rects.is_empty()
    }

    /// A rectangle; it grows the one before it where they touch, so that a rule is one shape.
    pub(crate) fn fill(&mut self, ink: Rgb, rect: Rect) {
        let filled = self.filled.entry(ink).or_default();
        match filled.last_mut() {
            Some(last) if touches(*last, rect) => last[2] += rect[2],
            _ => filled.push(rect),
        }
    }

    fn corner(&mut self, ink: Rgb, [left, top]: [f64; 2], [right, down]: [f64; 2]) {
        let (x, y) = (left + CELL.0 / 2.0, top + CELL.1 / 2.0);
        let (side, end) = (x + right * CELL.0 / 2.0, y + down * CELL.1 / 2.0);
        let bend = y + down * CELL.0 / 2.0;
        let path = self.curves.entry(ink).or_default();
        write!(path, "M{side} {y}Q{x} {y} {x} {bend}V{end}").unwrap_or_default();
    }

    /// As paths of SVG.
    pub(crate) fn written(&self) -> String {
        let mut out = String::new();
        for (ink, rects) in &self.filled {
            let path: Vec<_> = rects.iter().map(|[x, y, w, h]| format!("M{x} {y}h{w}v{h}h-{w}z")).collect();
            let (ink, path) = (super::svg::hex(*ink), path.concat());
            writeln!(out, r#"<path fill="{ink}" d="{path}"/>"#).unwrap_or_default();
        }
        for (ink, path) in &self.curves {
            let ink = super::svg::hex(*ink);
            writeln!(out, r#"<path fill="none" stroke="{ink}" d="{path}"/>"#).unwrap_or_default();
        }
        out
    }
}

#[expect(clippy::float_cmp, reason = "sums of halves and eighths are exact")]
fn touches(last: Rect, next: Rect) -> bool {
    last[1] == next[1] && last[3] == next[3] && last[0] + last[2] == next[0]
}

fn lines(letter: char) -> Option<Vec<Rect>> {
    let (_, arms) = LINES.iter().find(|line| line.0 == letter)?;
    let (x, y) = ((CELL.0 - 1.0) / 2.0, (CELL.1 - 1.0) / 2.0);
    let mut rects = Vec::new();
    for (arm, &weight) in arms.iter().enumerate() {
        for [from, thick] in strands(weight) {
            rects.push(match arm {
                0 => [x + from, 0.0, thick, y + 1.0],
                1 => [x, y + from, CELL.0 - x, thick],
                2 => [x + from, y, thick, CELL.1 - y],
                _ => [0.0, y + from, x + 1.0, thick],
            });
        }
    }
    Some(rects)
}

/// Where the strands of a line lie, from the place of a light one, and how thick they are.
fn strands(weight: u8) -> Vec<[f64; 2]> {
    match weight {
        0 => Vec::new(),
        1 => vec![[0.0, 1.0]],
        2 => vec![[-0.5, 2.0]],
        _ => vec![[-1.5, 1.0], [1.5, 1.0]],
    }
}

fn dashes(letter: char) -> Option<Vec<Rect>> {
    let (x, y) = ((CELL.0 - 1.0) / 2.0, (CELL.1 - 1.0) / 2.0);
    let across = |count: u8| {
        (0..count).map(move |at| {
            [f64::from(at) * 9.0 / f64::from(count) + 0.5, y, 9.0 / f64::from(count) - 1.0, 1.0]
        })
    };
    match letter {
        '┄' => Some(across(3).collect()),
        '╌' => Some(across(2).collect()),
        '┇' => Some((0..3).map(|at| [x - 0.5, f64::from(at) * 6.5 + 1.0, 2.0, 4.0]).collect()),
        _ => None,
    }
}

/// Blocks that fill eighths of a cell from below or from the left, and the right half.
fn block(letter: char) -> Option<Vec<Rect>> {
    let eighths = |from: char| f64::from(u32::from(letter) - u32::from(from)) / 8.0;
    let (wide, high) = CELL;
    let rect = match letter {
        '▁'..='█' => {
            let part = high * (eighths('▁') + 0.125);
            [0.0, high - part, wide, part]
        }
        '▉'..='▏' => [0.0, 0.0, wide * (0.875 - eighths('▉')), high],
        '▐' => [wide / 2.0, 0.0, wide / 2.0, high],
        '▀' => [0.0, 0.0, wide, high / 2.0],
        _ => return None,
    };
    Some(vec![rect])
}
