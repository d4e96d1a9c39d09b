//! What the interface is started with.

use crate::report::format::Zone;
use crate::tui::glyphs::Glyphs;
use crate::tui::keys::Keymap;
use crate::tui::theme::Theme;
use crate::tui::themes::Themes;

/// Where the data comes from.
#[derive(Clone, Debug)]
pub enum Mode {
    /// Receiving: names and addresses of what listens, such as `grpc 4317`.
    Live(Vec<String>),
    /// A saved database, never written.
    Saved,
}

/// How things look on this terminal.
#[derive(Debug)]
pub struct Look {
    /// Colours, as shown.
    pub theme: Theme,
    /// Where they come from, and what else there is.
    pub themes: Themes,
    /// Signs.
    pub glyphs: &'static Glyphs,
    /// Whose clock.
    pub zone: Zone,
}

/// What the interface was started with; of all this only its colours change while it runs.
#[derive(Debug)]
pub struct Settings {
    /// Where the data comes from.
    pub mode: Mode,
    /// File name of the database.
    pub database: String,
    /// Its path, for commands that people may copy.
    pub file: String,
    /// Lines that point an agent here, ready to be pasted.
    pub setup: Vec<String>,
    /// Whether the demo can be started.
    pub demo: bool,
    /// How things look.
    pub look: Look,
    /// Keys.
    pub keys: Keymap,
    /// Whether new alarms are told beyond the screen.
    pub tells_alarms: bool,
}
