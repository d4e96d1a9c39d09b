//! A terminal's screen as cells whose colours are settled: what is dim, reversed or the terminal's own becomes one colour.

use vt100::{Cell, Color, Screen};

/// Red, green, blue.
pub(crate) type Rgb = [u8; 3];

/// The colours of a terminal.
pub(crate) struct Palette {
    pub(crate) text: Rgb,
    pub(crate) ground: Rgb,
    /// Around the terminal.
    pub(crate) frame: Rgb,
    /// What is written on the frame.
    pub(crate) title: Rgb,
    sixteen: [u32; 16],
}

const DARK: Palette = Palette {
    text: [0xd0, 0xd4, 0xde],
    ground: [0x15, 0x17, 0x1d],
    frame: [0x23, 0x26, 0x2f],
    title: [0x8b, 0x93, 0xa7],
    sixteen: [
        0x15_17_1d, 0xe0_6c_75, 0x7f_b8_8a, 0xe5_c0_7b, 0x82_aa_ff, 0xc6_78_dd, 0x56_b6_c2, 0xd0_d4_de,
        0x5c_63_73, 0xf2_7a_7d, 0x98_d3_a3, 0xf0_d2_94, 0xa3_c0_ff, 0xd9_98_ec, 0x7d_cf_e8, 0xff_ff_ff,
    ],
};

const LIGHT: Palette = Palette {
    text: [0x28, 0x2a, 0x36],
    ground: [0xff, 0xff, 0xff],
    frame: [0xe6, 0xe9, 0xef],
    title: [0x6b, 0x72, 0x85],
    sixteen: [
        0x28_2a_36, 0xb8_2a_33, 0x2f_7d_42, 0x94_65_00, 0x2b_5c_c4, 0x8f_2f_a8, 0x0b_6e_79, 0xc2_c7_d2,
        0x6b_72_85, 0xd6_3c_46, 0x3d_95_52, 0xb0_7a_08, 0x3e_72_e0, 0xa8_45_c2, 0x0f_87_95, 0xff_ff_ff,
    ],
};

impl Palette {
    pub(crate) const fn of(light: bool) -> &'static Self {
        if light { &LIGHT } else { &DARK }
    }

    /// The colour of a number: sixteen of the terminal, a cube of 6 × 6 × 6, 24 greys.
    fn indexed(&self, number: u8) -> Rgb {
        const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
        let step = |place: u8| STEPS[usize::from(place % 6)];
        match number {
            0..16 => {
                let [_, red, green, blue] = self.sixteen[usize::from(number)].to_be_bytes();
                [red, green, blue]
            }
            16..232 => [step((number - 16) / 36), step((number - 16) / 6), step(number - 16)],
            232.. => [8 + 10 * (number - 232); 3],
        }
    }

    fn colour(&self, color: Color, own: Rgb) -> Rgb {
        match color {
            Color::Default => own,
            Color::Idx(number) => self.indexed(number),
            Color::Rgb(red, green, blue) => [red, green, blue],
        }
    }
}

/// One cell, or two columns of a wide character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Glyph {
    /// What stands in it; a blank where nothing does.
    pub(crate) text: String,
    pub(crate) column: usize,
    pub(crate) columns: usize,
    pub(crate) ink: Rgb,
    /// `None` is the terminal's own.
    pub(crate) behind: Option<Rgb>,
    pub(crate) bold: bool,
    pub(crate) italic: bool,
    pub(crate) underlined: bool,
}

/// A screen, row by row.
pub(crate) fn rows(screen: &Screen, palette: &Palette) -> Vec<Vec<Glyph>> {
    let (rows, columns) = screen.size();
    let row = |y| {
        let cells = (0..columns.get()).filter_map(|x| Some((x, screen.cell(y, x)?)));
        cells
            .filter(|(_, cell)| !cell.is_wide_continuation())
            .map(|(x, cell)| glyph(x, cell, palette))
            .collect()
    };
    (0..rows.get()).map(row).collect()
}

fn glyph(column: u16, cell: &Cell, palette: &Palette) -> Glyph {
    let mut ink = palette.colour(cell.fgcolor(), palette.text);
    let mut behind = palette.colour(cell.bgcolor(), palette.ground);
    if cell.inverse() {
        (ink, behind) = (behind, ink);
    }
    if cell.dim() {
        ink = mixed(ink, behind);
    }
    let text = if cell.has_contents() { cell.contents() } else { " " };
    Glyph {
        text: text.to_owned(),
        column: column.into(),
        columns: if cell.is_wide() { 2 } else { 1 },
        ink,
        behind: (behind != palette.ground).then_some(behind),
        bold: cell.bold(),
        italic: cell.italic(),
        underlined: cell.underline(),
    }
}

/// Two parts of the first, one of the second: how terminals draw dim text.
fn mixed(ink: Rgb, ground: Rgb) -> Rgb {
    std::array::from_fn(|at| {
        let sum = 2 * u16::from(ink[at]) + u16::from(ground[at]);
        u8::try_from(sum / 3).unwrap_or(u8::MAX)
    })
}
