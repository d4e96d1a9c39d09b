//! Colours by meaning. One table says what each role looks like; the terminal's depth picks the column.
//!
//! Text is the terminal's own foreground, never hard white. Colour never carries alone: every role that tells
//! something apart has a sign or a word beside it.

use ratatui::style::{Color, Modifier, Style};

/// What a piece of the screen means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Plain text.
    Text,
    /// Less important.
    Dim,
    /// Guides and rules.
    Faint,
    /// Headings and names of things.
    Title,
    /// The product's name, keys, what may be pressed.
    Accent,
    /// Ended well.
    Ok,
    /// Failed.
    Error,
    /// Worth a look.
    Warning,
    /// Going on now.
    Running,
    /// Agents and workflows.
    Agent,
    /// Model calls.
    Model,
    /// Tools, retrievals and other helpers.
    Tool,
    /// Handoffs.
    Handoff,
    /// The program around the agent.
    Other,
    /// Instructions.
    SystemSays,
    /// A person.
    UserSays,
    /// The model.
    AssistantSays,
    /// A tool.
    ToolSays,
    /// Keys of JSON and names of attributes.
    Key,
    /// Texts in JSON.
    JsonText,
    /// Numbers in JSON.
    JsonNumber,
    /// `true`, `false`, `null`.
    JsonWord,
    /// Code in Markdown.
    Code,
    /// Red of a tool's output; the five below likewise.
    AnsiRed,
    /// Green.
    AnsiGreen,
    /// Yellow.
    AnsiYellow,
    /// Blue.
    AnsiBlue,
    /// Magenta.
    AnsiMagenta,
    /// Cyan.
    AnsiCyan,
    /// The first of two runs.
    SideA,
    /// The second of two runs.
    SideB,
    /// What only the first has.
    OnlyA,
    /// What only the second has.
    OnlyB,
}

/// How many colours the terminal has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// 24 bits.
    #[default]
    True,
    /// The palette of 256.
    Indexed,
    /// The terminal's own sixteen.
    Sixteen,
    /// None (`NO_COLOR`): bold, dim and reverse alone.
    None,
}

/// The terminal's background.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Background {
    /// Dark.
    #[default]
    Dark,
    /// Light.
    Light,
}

/// One row of the table of roles.
struct Look {
    role: Role,
    /// `None` is the terminal's own foreground.
    dark: Option<u32>,
    light: Option<u32>,
    sixteen: Color,
    modifier: Modifier,
}

const fn look(role: Role, dark: u32, light: u32, sixteen: Color, modifier: Modifier) -> Look {
    Look { role, dark: Some(dark), light: Some(light), sixteen, modifier }
}

const PLAIN: Modifier = Modifier::empty();

#[rustfmt::skip]
const LOOKS: [Look; 33] = [
    Look { role: Role::Text, dark: None, light: None, sixteen: Color::Reset, modifier: PLAIN },
    look(Role::Dim,           0x8b_93_a7, 0x6b_72_85, Color::Reset,    Modifier::DIM),
    look(Role::Faint,         0x45_4b_5c, 0xc2_c7_d2, Color::DarkGray, Modifier::DIM),
    Look { role: Role::Title, dark: None, light: None, sixteen: Color::Reset, modifier: Modifier::BOLD },
    look(Role::Accent,        0x7d_cf_e8, 0x0b_6e_99, Color::Cyan,     PLAIN),
    look(Role::Ok,            0x7f_b8_8a, 0x2f_7d_42, Color::Green,    PLAIN),
    look(Role::Error,         0xf2_7a_7d, 0xb8_2a_33, Color::Red,      Modifier::BOLD),
    look(Role::Warning,       0xe5_c0_7b, 0x94_65_00, Color::Yellow,   PLAIN),
    look(Role::Running,       0x7d_cf_e8, 0x0b_6e_99, Color::Cyan,     PLAIN),
    look(Role::Agent,         0xc4_a7_e7, 0x7a_48_b0, Color::Magenta,  PLAIN),
    look(Role::Model,         0x82_aa_ff, 0x2b_5c_c4, Color::Blue,     PLAIN),
    look(Role::Tool,          0x8f_c7_b0, 0x1f_7a_63, Color::Green,    PLAIN),
    look(Role::Handoff,       0xe5_c0_7b, 0x94_65_00, Color::Yellow,   PLAIN),
    look(Role::Other,         0x8b_93_a7, 0x6b_72_85, Color::Reset,    Modifier::DIM),
    look(Role::SystemSays,    0x8b_93_a7, 0x6b_72_85, Color::Reset,    Modifier::DIM),
    look(Role::UserSays,      0xe5_c0_7b, 0x94_65_00, Color::Yellow,   Modifier::BOLD),
    look(Role::AssistantSays, 0x82_aa_ff, 0x2b_5c_c4, Color::Blue,     Modifier::BOLD),
    look(Role::ToolSays,      0x8f_c7_b0, 0x1f_7a_63, Color::Green,    Modifier::BOLD),
    look(Role::Key,           0x9a_b8_d8, 0x35_5d_8a, Color::Cyan,     PLAIN),
    look(Role::JsonText,      0xa9_c7_8f, 0x4a_75_22, Color::Green,    PLAIN),
    look(Role::JsonNumber,    0xe0_a9_7a, 0xa3_55_10, Color::Yellow,   PLAIN),
    look(Role::JsonWord,      0xc4_a7_e7, 0x7a_48_b0, Color::Magenta,  PLAIN),
    look(Role::Code,          0xd7_ba_7d, 0x7a_4f_01, Color::Yellow,   PLAIN),
    look(Role::AnsiRed,       0xe0_6c_75, 0xb8_2a_33, Color::Red,      PLAIN),
    look(Role::AnsiGreen,     0x7f_b8_8a, 0x2f_7d_42, Color::Green,    PLAIN),
    look(Role::AnsiYellow,    0xe5_c0_7b, 0x94_65_00, Color::Yellow,   PLAIN),
    look(Role::AnsiBlue,      0x82_aa_ff, 0x2b_5c_c4, Color::Blue,     PLAIN),
    look(Role::AnsiMagenta,   0xc6_78_dd, 0x8f_2f_a8, Color::Magenta,  PLAIN),
    look(Role::AnsiCyan,      0x56_b6_c2, 0x0b_6e_79, Color::Cyan,     PLAIN),
    look(Role::SideA,         0xe5_c0_7b, 0x94_65_00, Color::Yellow,   PLAIN),
    look(Role::SideB,         0x7d_cf_e8, 0x0b_6e_99, Color::Cyan,     PLAIN),
    look(Role::OnlyA,         0xe5_c0_7b, 0x94_65_00, Color::Yellow,   Modifier::UNDERLINED),
    look(Role::OnlyB,         0x7d_cf_e8, 0x0b_6e_99, Color::Cyan,     Modifier::UNDERLINED),
];

/// Behind the row of the cursor: in the pane that listens to keys, and in one that does not.
const CURSOR_ROW: [(u32, u32); 2] = [(0x2a_30_40, 0xe3_e8_f2), (0x20_24_2e, 0xee_f0_f5)];

/// Behind what was looked for: wherever it stands, and where the search is now.
const HITS: [(u32, u32); 2] = [(0x4d_43_23, 0xff_ee_b0), (0xe5_c0_7b, 0xff_c8_3d)];
/// Behind what differs, in either of two runs.
const TINTS: [(u32, u32); 2] = [(0x2b_26_1c, 0xfb_f3_e0), (0x18_29_30, 0xe2_f3_f9)];

/// Looks of all roles for one terminal.
#[derive(Clone, Debug)]
pub struct Theme {
    styles: [Style; LOOKS.len()],
    cursor: [Style; 2],
    hits: [Style; 2],
    tints: [Style; 2],
    bars: [[Style; 2]; LOOKS.len()],
    filled: bool,
}

impl Theme {
    /// The table for this terminal.
    pub fn new(depth: Depth, background: Background) -> Self {
        let mut styles = [Style::new(); LOOKS.len()];
        for look in &LOOKS {
            let hue = if background == Background::Light { look.light } else { look.dark };
            let base = Style::new().add_modifier(modifier_at(look, depth));
            let coloured = foreground(depth, hue, look.sixteen).map_or(base, |colour| base.fg(colour));
            styles[look.role as usize] = coloured;
        }
        let hit = |at: usize| hit(depth, background, HITS[at], at == 1);
        let cursor = CURSOR_ROW.map(|rgb| cursor_row(depth, background, rgb));
        let tints = TINTS.map(|rgb| behind(depth, background, rgb));
        let bars = styles.map(|style| bar(depth, background, style));
        Self { styles, cursor, hits: [hit(0), hit(1)], tints, bars, filled: depth != Depth::None }
    }

    /// The look of a role.
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// What lies over the row of the cursor; `listens` tells the pane with the keys from the other.
    pub fn cursor_row(&self, listens: bool) -> Style {
        self.cursor[usize::from(!listens)]
    }

    /// What lies over a place that was looked for; `here` where the search is now.
    pub fn hit(&self, here: bool) -> Style {
        self.hits[usize::from(here)]
    }

    /// What lies behind a step that differs, in the first or the second of two runs.
    pub fn tint(&self, side: usize) -> Style {
        self.tints[side]
    }

    /// A bar of the timeline; `here` under the cursor.
    pub fn bar(&self, role: Role, here: bool) -> Style {
        self.bars[role as usize][usize::from(here)]
    }

    /// Whether bars are told by what lies behind them; else signs have to fill them.
    pub const fn fills_bars(&self) -> bool {
        self.filled
    }

    /// A theme whose colours are the numbers of their roles, so that a picture can be read back as roles.
    #[cfg(test)]
    pub fn for_reading_back() -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "there are 33 roles")]
        let styles = std::array::from_fn(|at| Style::new().fg(Color::Indexed(at as u8)));
        let behind = |number| Style::new().bg(Color::Indexed(number));
        Self {
            styles,
            cursor: [behind(1), behind(2)],
            hits: [behind(11), behind(12)],
            tints: [behind(3), behind(4)],
            bars: styles.map(|style| [style.bg(Color::Indexed(5)), style.bg(Color::Indexed(1))]),
            filled: true,
        }
    }
}

/// Colours already tell what is dim where there are many; elsewhere the attribute has to.
fn modifier_at(look: &Look, depth: Depth) -> Modifier {
    match depth {
        Depth::True | Depth::Indexed => look.modifier.difference(Modifier::DIM),
        Depth::Sixteen | Depth::None => look.modifier,
    }
}

fn foreground(depth: Depth, hue: Option<u32>, sixteen: Color) -> Option<Color> {
    match depth {
        Depth::None => None,
        Depth::Sixteen => (sixteen != Color::Reset).then_some(sixteen),
        Depth::Indexed => hue.map(|rgb| Color::Indexed(nearest(rgb))),
        Depth::True => hue.map(Color::from_u32),
    }
}

/// A bar in a quiet tint of its colour, and in the colour itself under the cursor.
fn bar(depth: Depth, background: Background, style: Style) -> [Style; 2] {
    let hue = match (depth, style.fg) {
        (Depth::None, _) => return [style, style.add_modifier(Modifier::REVERSED | Modifier::BOLD)],
        (Depth::Sixteen, hue) => {
            let filled = Style::new().fg(Color::Black).bg(hue.unwrap_or(Color::Gray));
            return [filled, Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD)];
        }
        (_, Some(Color::Rgb(r, g, b))) => [r, g, b].map(u32::from),
        (_, Some(Color::Indexed(index))) => rgb_of(index),
        _ => [0x80; 3],
    };
    // a dark and a light paper: terminals do not tell theirs exactly
    let (paper, ink, share) = match background {
        Background::Dark => (0x16, Color::Black, 34),
        Background::Light => (0xff, Color::White, 22),
    };
    let mixed = hue.map(|part| (part * share + paper * (100 - share)) / 100);
    let tint = if depth == Depth::Indexed && background == Background::Dark { deep(hue) } else { mixed };
    let colour = |[r, g, b]: [u32; 3]| {
        let rgb = r << 16 | g << 8 | b;
        if depth == Depth::True { Color::from_u32(rgb) } else { Color::Indexed(nearest(rgb)) }
    };
    [style.bg(colour(tint)), style.fg(ink).bg(colour(hue))]
}

/// A dark colour that keeps its hue: a mix with black would end among the greys of the palette.
fn deep(hue: [u32; 3]) -> [u32; 3] {
    const BRIGHTEST: u32 = 135;
    let grey = hue.iter().min().map_or(0, |least| least * 3 / 4);
    let most = hue.iter().max().map_or(1, |most| (most - grey).max(1));
    hue.map(|part| (part - grey) * BRIGHTEST / most)
}

/// The parts of a colour of the 6×6×6 cube or the grey ramp; the first sixteen are the terminal's own.
fn rgb_of(index: u8) -> [u32; 3] {
    const STEPS: [u32; 6] = [0, 95, 135, 175, 215, 255];
    let n = usize::from(index.saturating_sub(16));
    match index {
        0..16 => [0x80; 3],
        16..232 => [STEPS[n / 36], STEPS[n / 6 % 6], STEPS[n % 6]],
        _ => [8 + 10 * (u32::from(index) - 232); 3],
    }
}

/// Sixteen colours have no quiet background: there the cursor's sign and bold text mark the row.
fn cursor_row(depth: Depth, background: Background, (dark, light): (u32, u32)) -> Style {
    match depth {
        Depth::True | Depth::Indexed => behind(depth, background, (dark, light)),
        Depth::Sixteen | Depth::None => Style::new().add_modifier(Modifier::BOLD),
    }
}

/// A quiet background, where the terminal has any.
fn behind(depth: Depth, background: Background, (dark, light): (u32, u32)) -> Style {
    let rgb = if background == Background::Light { light } else { dark };
    match depth {
        Depth::True => Style::new().bg(Color::from_u32(rgb)),
        Depth::Indexed => Style::new().bg(Color::Indexed(nearest(rgb))),
        Depth::Sixteen | Depth::None => Style::new(),
    }
}

/// Black on bright where the search is; without colours reversed, which every terminal has.
fn hit(depth: Depth, background: Background, (dark, light): (u32, u32), here: bool) -> Style {
    let rgb = if background == Background::Light { light } else { dark };
    let behind = match depth {
        Depth::True => Color::from_u32(rgb),
        Depth::Indexed => Color::Indexed(nearest(rgb)),
        Depth::Sixteen | Depth::None if here => {
            return Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD);
        }
        Depth::Sixteen | Depth::None => return Style::new().add_modifier(Modifier::UNDERLINED),
    };
    if here { Style::new().bg(behind).fg(Color::Black) } else { Style::new().bg(behind) }
}

/// The colour of the 6×6×6 cube or the grey ramp that lies nearest.
fn nearest(rgb: u32) -> u8 {
    const STEPS: [u32; 6] = [0, 95, 135, 175, 215, 255];
    let parts = [rgb >> 16 & 0xff, rgb >> 8 & 0xff, rgb & 0xff];
    let distance = |other: [u32; 3]| -> u32 { (0..3).map(|i| parts[i].abs_diff(other[i]).pow(2)).sum() };
    let cube = (0..216u8).map(|n| {
        let level = |divisor: u8| STEPS[usize::from(n / divisor % 6)];
        (16 + n, distance([level(36), level(6), level(1)]))
    });
    let greys = (0..24u8).map(|n| (232 + n, distance([8 + 10 * u32::from(n); 3])));
    cube.chain(greys).min_by_key(|&(_, far)| far).map_or(0, |(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_one_look() {
        let mut roles: Vec<usize> = LOOKS.iter().map(|look| look.role as usize).collect();
        roles.sort_unstable();
        assert_eq!(roles, (0..LOOKS.len()).collect::<Vec<_>>());
    }

    #[test]
    fn without_colour_there_is_none() {
        let theme = Theme::new(Depth::None, Background::Dark);
        for look in &LOOKS {
            let style = theme.style(look.role);
            assert_eq!((style.fg, style.bg), (None, None), "{:?}", look.role);
        }
        assert_eq!(theme.cursor_row(true).bg, None);
    }

    #[test]
    fn the_palette_of_256_comes_near() {
        for (rgb, index) in [(0x00_00_00, 16), (0xff_ff_ff, 231), (0xff_00_00, 196), (0x80_80_80, 244)] {
            assert_eq!(nearest(rgb), index, "{rgb:06x}");
        }
    }

    #[test]
    fn text_is_the_terminals_own_colour() {
        for depth in [Depth::True, Depth::Indexed, Depth::Sixteen] {
            assert_eq!(Theme::new(depth, Background::Light).style(Role::Text).fg, None);
        }
    }
}
