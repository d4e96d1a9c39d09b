//! The look of one role as plain data.

/// How text is set off besides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modifier {
    /// Bold.
    Bold,
    /// Dim.
    Dim,
    /// Underlined.
    Underline,
    /// Foreground and background swapped.
    Reverse,
}

/// Modifiers as files name them.
pub(super) const MODIFIERS: [(&str, Modifier); 4] = [
    ("bold", Modifier::Bold),
    ("dim", Modifier::Dim),
    ("underline", Modifier::Underline),
    ("reverse", Modifier::Reverse),
];

/// The sixteen colours as files name them, each at its number.
pub(super) const SIXTEEN: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright-black",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
];

/// The look of a role. `None` stands for what the terminal has by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paint {
    /// Foreground, `0xRRGGBB`.
    pub color: Option<u32>,
    /// Background, `0xRRGGBB`.
    pub background: Option<u32>,
    /// On every terminal.
    pub modifiers: Vec<Modifier>,
    /// Foreground where there are sixteen colours: 0 to 15.
    pub sixteen: Option<u8>,
    /// Background there.
    pub sixteen_background: Option<u8>,
    /// Modifiers besides, where there are sixteen colours or none.
    pub few: Vec<Modifier>,
}

/// Contrast of two colours, `0xRRGGBB`, from 1 to 21: WCAG 2.2, "contrast ratio".
pub fn contrast(a: u32, b: u32) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Relative luminance, from 0 to 1: WCAG 2.2.
fn luminance(rgb: u32) -> f64 {
    let [_, red, green, blue] = rgb.to_be_bytes().map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// Whether a background is light: black reads better on it than white.
pub fn is_light(rgb: u32) -> bool {
    contrast(rgb, 0) > contrast(rgb, 0xff_ff_ff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_wcag() {
        for (a, b, ratio) in
            [(0, 0xff_ff_ff, 21.0), (0x77_77_77, 0xff_ff_ff, 4.48), (0x12_34_56, 0x12_34_56, 1.0)]
        {
            assert!((contrast(a, b) - ratio).abs() < 0.01, "{a:06x} {b:06x}");
        }
        assert!(is_light(0xff_ff_ff) && is_light(0xfd_f6_e3) && !is_light(0x28_2c_34));
    }
}
