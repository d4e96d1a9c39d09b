//! Themes: looks of roles as data, those that are built in and those that people write.
//!
//! Owns the form of a theme file and what a wrong one is told. Must not know how a terminal draws: colours are numbers
//! here, and the interface makes of them what its terminal can show.

mod paint;
mod read;
mod roles;

use std::path::{Path, PathBuf};

use super::layers::{ConfigError, Origin};
pub use paint::{Modifier, Paint, contrast, is_light};
pub use roles::{ROLES, Role};

/// Themes that are always there, the usual ones first, each as a file.
const BUILT_IN: [(&str, &str); 4] = [
    (DARK, include_str!("../../../assets/themes/dark.toml")),
    (LIGHT, include_str!("../../../assets/themes/light.toml")),
    ("high-contrast", include_str!("../../../assets/themes/high-contrast.toml")),
    ("high-contrast-light", include_str!("../../../assets/themes/high-contrast-light.toml")),
];

/// Name of the theme for dark terminals.
pub const DARK: &str = "dark";

/// Name of the theme for light terminals.
pub const LIGHT: &str = "light";

/// What the setting says where the terminal is to decide.
pub(super) const AUTO: &str = "auto";

/// The theme that was asked for, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThemeWish {
    /// Its name; `None` where the terminal decides.
    pub name: Option<String>,
    /// Where it was written.
    pub origin: Origin,
}

/// Looks of all roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// What it is called.
    pub name: String,
    /// Background that its colours were chosen for, `0xRRGGBB`. The terminal's own is not changed by it.
    pub background: u32,
    paints: Vec<Paint>,
}

impl Theme {
    /// The look of a role.
    pub fn paint(&self, role: Role) -> &Paint {
        &self.paints[role as usize]
    }
}

/// A theme file as its user wrote it.
#[derive(Clone, Debug)]
pub struct ThemeFile {
    /// Name of the theme: that of the file without `.toml`.
    pub name: String,
    /// Where it lies, for messages.
    pub path: PathBuf,
    /// What it holds.
    pub text: String,
}

/// All themes that can be asked for by name.
#[derive(Clone, Debug, Default)]
pub struct Themes {
    own: Vec<ThemeFile>,
}

impl Themes {
    /// The built-in ones and the user's `own`; of one name the user's.
    pub fn new(mut own: Vec<ThemeFile>) -> Self {
        own.sort_by(|a, b| a.name.cmp(&b.name));
        Self { own }
    }

    /// Their names: the built-in ones, then the user's.
    pub fn names(&self) -> Vec<&str> {
        let built_in = BUILT_IN.map(|(name, _)| name);
        let own = self.own.iter().map(|file| file.name.as_str()).filter(|name| !built_in.contains(name));
        built_in.into_iter().chain(own).collect()
    }

    /// The theme called `name`; what its file leaves out is of the theme that it inherits.
    ///
    /// # Errors
    /// There is none, its file is no theme, or it inherits itself.
    pub fn theme(&self, name: &str) -> Result<Theme, ConfigError> {
        self.resolve(name, &Origin::Default, &mut Vec::new())
    }

    /// The theme that is wished for; `None` where the terminal decides.
    ///
    /// # Errors
    /// As for [`Self::theme`], told with the place of the wish.
    pub fn wished(&self, wish: &ThemeWish) -> Result<Option<Theme>, ConfigError> {
        let name = wish.name.as_deref();
        name.map(|name| self.resolve(name, &wish.origin, &mut Vec::new())).transpose()
    }

    /// `above` are the names of the themes that led here, each the child of the next.
    fn resolve(&self, name: &str, asked: &Origin, above: &mut Vec<String>) -> Result<Theme, ConfigError> {
        let built_in = BUILT_IN.iter().find(|(known, _)| *known == name);
        let own = self.own.iter().find(|file| file.name == name);
        let is_own_parent = above.last().is_some_and(|child| child == name);
        match (own, built_in) {
            // a user's `dark` may inherit the built-in one
            (Some(file), Some((_, text))) if is_own_parent => read::built_in(&file.name, text),
            (Some(file), _) => self.of_file(file, asked, above),
            (None, Some((_, text))) => read::built_in(name, text),
            (None, None) => Err(self.unknown(name, asked)),
        }
    }

    fn of_file(
        &self,
        file: &ThemeFile,
        asked: &Origin,
        above: &mut Vec<String>,
    ) -> Result<Theme, ConfigError> {
        if above.contains(&file.name) {
            above.push(file.name.clone());
            let round = above.join(" → ");
            return Err(ConfigError::Circle { origin: asked.clone(), round });
        }
        above.push(file.name.clone());
        let draft = read::draft(&file.path, &file.text)?;
        let parent = match &draft.inherits {
            Some((parent, origin)) => self.resolve(parent, origin, above)?,
            None => read::fitting(draft.background)?,
        };
        Ok(draft.over(&file.name, parent))
    }

    fn unknown(&self, name: &str, asked: &Origin) -> ConfigError {
        let names = self.names();
        let known = format!(
            "{AUTO}, {}, or NAME for a file themes/NAME.toml beside the config file",
            names.join(", ")
        );
        ConfigError::unknown_word(asked, "theme", name, &names, known)
    }
}

/// Name of the theme in the file at `path`; `None` where it is no theme file.
pub fn name_of(path: &Path) -> Option<&str> {
    let is_toml = path.extension().is_some_and(|end| end == "toml");
    path.file_stem().filter(|_| is_toml)?.to_str()
}

#[cfg(test)]
mod tests;
