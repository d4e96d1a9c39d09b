//! Colours by meaning: what a theme says of each role, as this terminal can show it.
//!
//! Colour never carries alone: every role that tells something apart has a sign or a word beside it.

use ratatui::style::{Color, Modifier, Style};

pub use crate::config::Role;
use crate::config::theme::{self, Paint, ROLES};

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

/// Looks of all roles for one terminal.
#[derive(Clone, Debug)]
pub struct Theme {
    styles: [Style; ROLES.len()],
    bars: [[Style; 2]; ROLES.len()],
    filled: bool,
}

impl Theme {
    /// What `theme` looks like with so many colours.
    pub fn new(depth: Depth, theme: &theme::Theme) -> Self {
        let styles = ROLES.map(|(role, _)| style(depth, theme.paint(role)));
        let bars = ROLES.map(|(role, _)| bar(depth, theme, (theme.paint(role), styles[role as usize])));
        Self { styles, bars, filled: depth != Depth::None }
    }

    /// The look of a role.
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// What lies behind everything.
    pub fn screen(&self) -> Style {
        self.style(Role::Screen)
    }

    /// What lies over the row of the cursor; `listens` tells the pane with the keys from the other.
    pub fn cursor_row(&self, listens: bool) -> Style {
        self.style(if listens { Role::CursorRow } else { Role::CursorRowAway })
    }

    /// What lies over a place that was looked for; `here` where the search is now.
    pub fn hit(&self, here: bool) -> Style {
        self.style(if here { Role::HitHere } else { Role::Hit })
    }

    /// What lies behind a step that differs, in the first or the second of two runs.
    pub fn tint(&self, side: usize) -> Style {
        self.style(if side == 0 { Role::BehindA } else { Role::BehindB })
    }

    /// A bar of the timeline; `here` under the cursor.
    pub fn bar(&self, role: Role, here: bool) -> Style {
        self.bars[role as usize][usize::from(here)]
    }

    /// Whether bars are told by what lies behind them; else signs have to fill them.
    pub const fn fills_bars(&self) -> bool {
        self.filled
    }

    /// A built-in theme, as this depth shows it.
    #[cfg(test)]
    pub(crate) fn built_in(depth: Depth, name: &str) -> Self {
        Self::new(depth, &crate::config::Themes::default().theme(name).unwrap())
    }

    /// A theme whose colours are the numbers of their roles, so that a picture can be read back as roles.
    #[cfg(test)]
    pub fn for_reading_back() -> Self {
        let behind = |number| Style::new().bg(Color::Indexed(number));
        let styles = ROLES.map(|(role, _)| match role {
            Role::CursorRow => behind(1),
            Role::CursorRowAway => behind(2),
            Role::BehindA => behind(3),
            Role::BehindB => behind(4),
            Role::Hit => behind(11),
            Role::HitHere => behind(12),
            Role::Screen => Style::new(),
            role => Style::new().fg(Color::Indexed(role as u8)),
        });
        let bars = styles.map(|style| [style.bg(Color::Indexed(5)), style.bg(Color::Indexed(1))]);
        Self { styles, bars, filled: true }
    }
}

fn style(depth: Depth, paint: &Paint) -> Style {
    let many = |rgb: Option<u32>| match depth {
        Depth::True => rgb.map(Color::from_u32),
        Depth::Indexed => rgb.map(|rgb| Color::Indexed(nearest(rgb))),
        Depth::Sixteen | Depth::None => None,
    };
    let sixteen = |number: Option<u8>| number.filter(|_| depth == Depth::Sixteen).map(one_of_sixteen);
    // colours already tell what is dim where there are many; elsewhere an attribute has to
    let few = matches!(depth, Depth::Sixteen | Depth::None).then_some(&paint.few).into_iter().flatten();
    Style {
        fg: many(paint.color).or(sixteen(paint.sixteen)),
        bg: many(paint.background).or(sixteen(paint.sixteen_background)),
        add_modifier: paint.modifiers.iter().chain(few).map(|&modifier| attribute(modifier)).collect(),
        ..Style::new()
    }
}

fn attribute(modifier: theme::Modifier) -> Modifier {
    match modifier {
        theme::Modifier::Bold => Modifier::BOLD,
        theme::Modifier::Dim => Modifier::DIM,
        theme::Modifier::Underline => Modifier::UNDERLINED,
        theme::Modifier::Reverse => Modifier::REVERSED,
    }
}

/// The sixteen colours in the order of their numbers. The names of ratatui, not the numbers: these are sent as the codes
/// that every terminal has.
pub(super) const SIXTEEN: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

fn one_of_sixteen(number: u8) -> Color {
    SIXTEEN[usize::from(number % 16)]
}

/// A bar in a quiet tint of its colour, and in the colour itself under the cursor.
fn bar(depth: Depth, theme: &theme::Theme, (paint, style): (&Paint, Style)) -> [Style; 2] {
    match depth {
        Depth::None => return [style, style.add_modifier(Modifier::REVERSED | Modifier::BOLD)],
        Depth::Sixteen => {
            let filled = Style::new().fg(Color::Black).bg(style.fg.unwrap_or(Color::Gray));
            return [filled, Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD)];
        }
        Depth::True | Depth::Indexed => {}
    }
    let hue = paint.color.map_or([0x80; 3], parts);
    let is_light = theme::is_light(theme.background);
    let quiet = match depth {
        Depth::Indexed => on_indexed(style, if is_light { pastel(hue) } else { muted(hue) }),
        _ => style.bg(tint(theme, hue)),
    };
    [quiet, style.fg(if is_light { Color::White } else { Color::Black }).bg(shown(depth, hue))]
}

/// A quiet bar of the 256 colours: a tint that its own hue could be read on is a grey or the background itself there, since
/// the cube has four levels between 95 and 255 and none below. So a stronger one, and letters in white or black.
fn on_indexed(style: Style, behind: [u32; 3]) -> Style {
    let behind = shown(Depth::Indexed, behind);
    let white = theme::contrast(0xff_ff_ff, rgb_behind(behind)) >= 4.5;
    style.fg(if white { Color::White } else { Color::Black }).bg(behind)
}

/// As much of a colour behind its own letters as leaves them legible: WCAG 2.2 asks 4.5 of text, and 7 where a theme keeps
/// that for its quiet words too and the terminal has its very colours.
fn tint(theme: &theme::Theme, hue: [u32; 3]) -> Color {
    let paper = parts(theme.background);
    let quiet = theme.paint(Role::Dim).color.unwrap_or(packed(hue));
    let least = if theme::contrast(quiet, theme.background) >= 7.0 { 7.0 } else { 4.5 };
    let most = if theme::is_light(theme.background) { 22 } else { 34 };
    let mut mixes = (0..=most).rev().map(|share| mixed(hue, paper, share));
    let legible = |&tint: &[u32; 3]| theme::contrast(packed(hue), packed(tint)) >= least;
    shown(Depth::True, mixes.find(legible).unwrap_or(paper))
}

/// So many hundredths of the one and the rest of the other.
fn mixed(one: [u32; 3], other: [u32; 3], share: u32) -> [u32; 3] {
    [0, 1, 2].map(|part| (one[part] * share + other[part] * (100 - share)) / 100)
}

/// A colour as this depth has it.
fn shown(depth: Depth, rgb: [u32; 3]) -> Color {
    let rgb = packed(rgb);
    if depth == Depth::True { Color::from_u32(rgb) } else { Color::Indexed(nearest(rgb)) }
}

/// The colour that a terminal shows for one of ours.
fn rgb_behind(color: Color) -> u32 {
    match color {
        Color::Rgb(r, g, b) => packed([r, g, b].map(u32::from)),
        Color::Indexed(index) => packed(rgb_of(index)),
        _ => 0x80_80_80,
    }
}

const fn packed([r, g, b]: [u32; 3]) -> u32 {
    r << 16 | g << 8 | b
}

const fn parts(rgb: u32) -> [u32; 3] {
    [rgb >> 16 & 0xff, rgb >> 8 & 0xff, rgb & 0xff]
}

/// A colour at the brightness of the cube's second level, with half of its grey taken out: it keeps its hue there.
fn muted(hue: [u32; 3]) -> [u32; 3] {
    let grey = hue.iter().min().map_or(0, |least| least / 2);
    let most = hue.iter().max().map_or(1, |most| (most - grey).max(1));
    hue.map(|part| (part - grey) * 135 / most)
}

/// A colour made bright and mixed with white, as little of it as stands out: green needs more than blue. A dark grey has
/// nothing to make bright, and is mixed as it is.
fn pastel(hue: [u32; 3]) -> [u32; 3] {
    let lift = 255 - hue.iter().max().copied().unwrap_or(0);
    let bright = (5..10).map(|tenths| mixed(hue.map(|part| part + lift), [255; 3], tenths * 10));
    let plain = (2..10).map(|tenths| mixed(hue, [255; 3], tenths * 10));
    let stands_out =
        |&tint: &[u32; 3]| theme::contrast(0xff_ff_ff, rgb_behind(shown(Depth::Indexed, tint))) >= 1.15;
    bright.chain(plain).find(stands_out).unwrap_or(hue)
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

/// The colour of the 6×6×6 cube or the grey ramp that lies nearest.
fn nearest(rgb: u32) -> u8 {
    const STEPS: [u32; 6] = [0, 95, 135, 175, 215, 255];
    let parts = parts(rgb);
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
    fn without_colour_there_is_none() {
        for (role, name) in ROLES {
            for theme in ["dark", "high-contrast"] {
                let style = Theme::built_in(Depth::None, theme).style(role);
                assert_eq!((style.fg, style.bg), (None, None), "{name}");
            }
        }
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
            assert_eq!(Theme::built_in(depth, "light").style(Role::Text).fg, None);
        }
    }

    #[test]
    fn the_words_in_bars_can_be_read() {
        let kinds =
            [Role::Agent, Role::Model, Role::Tool, Role::Handoff, Role::Other, Role::Error, Role::Running];
        for (name, least) in
            [("dark", 4.5), ("light", 4.5), ("high-contrast", 7.0), ("high-contrast-light", 7.0)]
        {
            for (depth, role) in
                [Depth::True, Depth::Indexed].into_iter().flat_map(|d| kinds.map(|role| (d, role)))
            {
                let theme = Theme::built_in(depth, name);
                for here in [false, true] {
                    let bar = theme.bar(role, here);
                    let ink = match bar.fg.unwrap() {
                        Color::Black => 0,
                        Color::White => 0xff_ff_ff,
                        color => rgb_behind(color),
                    };
                    // the palette rounds colours
                    let least = if depth == Depth::True { least } else { 4.5 };
                    let ratio = theme::contrast(ink, rgb_behind(bar.bg.unwrap()));
                    assert!(ratio >= least, "{name} {depth:?} {role:?} {here}: {ratio:.2} of {least}");
                    let paper = crate::config::Themes::default().theme(name).unwrap().background;
                    let ratio = theme::contrast(paper, rgb_behind(bar.bg.unwrap()));
                    assert!(
                        ratio >= 1.15,
                        "{name} {depth:?} {role:?} {here}: a bar of {ratio:.2} to nothing"
                    );
                }
            }
        }
    }

    #[test]
    fn few_colours_are_helped_by_attributes() {
        for (depth, name, role, style) in [
            (Depth::Sixteen, "dark", Role::Dim, Style::new().add_modifier(Modifier::DIM)),
            (Depth::True, "dark", Role::Dim, Style::new().fg(Color::from_u32(0x92_9a_ae))),
            (Depth::None, "dark", Role::Error, Style::new().add_modifier(Modifier::BOLD)),
            (
                Depth::Sixteen,
                "dark",
                Role::Faint,
                Style::new().fg(Color::DarkGray).add_modifier(Modifier::DIM),
            ),
            (Depth::Sixteen, "high-contrast", Role::Screen, Style::new().fg(Color::White).bg(Color::Black)),
            (
                Depth::None,
                "high-contrast",
                Role::CursorRow,
                Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD),
            ),
        ] {
            assert_eq!(Theme::built_in(depth, name).style(role), style, "{name} {depth:?} {role:?}");
        }
    }
}
