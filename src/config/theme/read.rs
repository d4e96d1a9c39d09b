//! How a theme file is read, and what a wrong one is told.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::paint::{MODIFIERS, Modifier, Paint, SIXTEEN, is_light};
use super::roles::{ROLES, Role};
use super::{BUILT_IN, DARK, LIGHT, Theme};
use crate::config::file::{Entry, File, Key};
use crate::config::layers::{ConfigError, Origin, syntax};

const HELP_ROLES: &str = "write a table [roles]";
const HELP_LOOK: &str =
    "write a colour such as \"#7dcfe8\", or a table such as { color = \"#7dcfe8\", modifiers = [\"bold\"] }";
const HELP_COLOR: &str = "write a colour such as \"#7dcfe8\", or \"default\" for the terminal's own";
const HELP_BACKGROUND: &str = "write a colour such as \"#1b1e26\"";
const HELP_MODIFIERS: &str = "write a list such as [\"bold\", \"underline\"], or [] for none";
const DEFAULT: &str = "default";
const FIELDS: [&str; 6] = ["color", "background", "modifiers", "sixteen", "sixteen-background", "few"];
const TOP: [&str; 3] = ["inherits", "background", "roles"];

/// One thing that a file says of a role; what it does not speak of stays as it is inherited.
#[derive(Debug)]
enum Change {
    Color(Option<u32>),
    Background(Option<u32>),
    Modifiers(Vec<Modifier>),
    Sixteen(Option<u8>),
    SixteenBackground(Option<u8>),
    Few(Vec<Modifier>),
}

impl Change {
    fn lay_over(self, paint: &mut Paint) {
        match self {
            Self::Color(rgb) => paint.color = rgb,
            Self::Background(rgb) => paint.background = rgb,
            Self::Modifiers(modifiers) => paint.modifiers = modifiers,
            Self::Sixteen(number) => paint.sixteen = number,
            Self::SixteenBackground(number) => paint.sixteen_background = number,
            Self::Few(modifiers) => paint.few = modifiers,
        }
    }
}

/// A file as it was read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// Name of the theme that it changes, and where that stands.
    pub(super) inherits: Option<(String, Origin)>,
    /// Background that it is for.
    pub(super) background: Option<u32>,
    changes: Vec<(Role, Vec<Change>)>,
}

impl Draft {
    /// The theme that this makes of `parent`.
    pub(super) fn over(self, name: &str, parent: Theme) -> Theme {
        let background = self.background.unwrap_or(parent.background);
        let mut theme = Theme { name: name.to_owned(), background, ..parent };
        for (role, changes) in self.changes {
            for change in changes {
                change.lay_over(&mut theme.paints[role as usize]);
            }
        }
        theme
    }

    /// Roles that it speaks of.
    #[cfg(test)]
    pub(super) fn roles(&self) -> Vec<Role> {
        self.changes.iter().map(|(role, _)| *role).collect()
    }
}

/// A built-in theme: a whole one, it inherits nothing.
pub(super) fn built_in(name: &str, text: &str) -> Result<Theme, ConfigError> {
    let blank = Theme { name: String::new(), background: 0, paints: vec![Paint::default(); ROLES.len()] };
    Ok(draft(Path::new(name), text)?.over(name, blank))
}

/// The theme that a file changes which names none: the built-in one for its background.
pub(super) fn fitting(background: Option<u32>) -> Result<Theme, ConfigError> {
    let name = if background.is_some_and(is_light) { LIGHT } else { DARK };
    let (name, text) = BUILT_IN.iter().find(|(known, _)| *known == name).unwrap_or(&BUILT_IN[0]);
    built_in(name, text)
}

/// Reads a file.
pub(super) fn draft(path: &Path, text: &str) -> Result<Draft, ConfigError> {
    let table = DeTable::parse(text).map_err(|error| syntax(path, text, &error))?;
    let file = File { path, text };
    let mut draft = Draft::default();
    for (key, value) in table.get_ref() {
        match key.get_ref().as_ref() {
            "inherits" => draft.inherits = Some((file.text("inherits", value)?, file.origin(value))),
            "background" => {
                let rgb = value.get_ref().as_str().and_then(rgb);
                draft.background = Some(rgb.ok_or_else(|| file.bad("background", value, HELP_BACKGROUND))?);
            }
            "roles" => draft.changes = file.roles(value)?,
            _ => return Err(file.no_such("key of a theme", key, &TOP)),
        }
    }
    Ok(draft)
}

impl File<'_> {
    fn roles(&self, value: &Entry<'_>) -> Result<Vec<(Role, Vec<Change>)>, ConfigError> {
        let mut changes = Vec::new();
        for (key, value) in self.table("roles", value, HELP_ROLES)? {
            let name = key.get_ref().as_ref();
            let Some((role, _)) = ROLES.iter().find(|(_, known)| *known == name) else {
                return Err(self.no_such("role", key, &ROLES.map(|(_, name)| name)));
            };
            changes.push((*role, self.look(name, value)?));
        }
        Ok(changes)
    }

    fn look(&self, name: &str, value: &Entry<'_>) -> Result<Vec<Change>, ConfigError> {
        let DeValue::Table(parts) = value.get_ref() else {
            return Ok(vec![Change::Color(self.color(name, value, HELP_LOOK)?)]);
        };
        parts.iter().map(|(key, value)| self.part(name, key, value)).collect()
    }

    fn part(&self, role: &str, key: &Key<'_>, value: &Entry<'_>) -> Result<Change, ConfigError> {
        let part = key.get_ref().as_ref();
        let name = format!("{role}.{part}");
        Ok(match part {
            "color" => Change::Color(self.color(&name, value, HELP_COLOR)?),
            "background" => Change::Background(self.color(&name, value, HELP_COLOR)?),
            "modifiers" => Change::Modifiers(self.modifiers(&name, value)?),
            "sixteen" => Change::Sixteen(self.sixteen(value)?),
            "sixteen-background" => Change::SixteenBackground(self.sixteen(value)?),
            "few" => Change::Few(self.modifiers(&name, value)?),
            _ => return Err(self.no_such("part of a look", key, &FIELDS)),
        })
    }

    fn color(&self, name: &str, value: &Entry<'_>, help: &'static str) -> Result<Option<u32>, ConfigError> {
        match value.get_ref().as_str() {
            Some(DEFAULT) => Ok(None),
            text => text.and_then(rgb).map(Some).ok_or_else(|| self.bad(name, value, help)),
        }
    }

    fn sixteen(&self, value: &Entry<'_>) -> Result<Option<u8>, ConfigError> {
        let word = value.get_ref().as_str().unwrap_or_default();
        if word == DEFAULT {
            return Ok(None);
        }
        let at = SIXTEEN.iter().position(|known| *known == word);
        match at.and_then(|at| u8::try_from(at).ok()) {
            Some(number) => Ok(Some(number)),
            None => Err(self.no_word("colour of the sixteen", value, &SIXTEEN)),
        }
    }

    fn modifiers(&self, name: &str, value: &Entry<'_>) -> Result<Vec<Modifier>, ConfigError> {
        let DeValue::Array(words) = value.get_ref() else {
            return Err(self.bad(name, value, HELP_MODIFIERS));
        };
        let one = |word: &Entry<'_>| {
            let known = MODIFIERS.iter().find(|(known, _)| word.get_ref().as_str() == Some(*known));
            known
                .map(|(_, modifier)| *modifier)
                .ok_or_else(|| self.no_word("modifier", word, &MODIFIERS.map(|(name, _)| name)))
        };
        words.iter().map(one).collect()
    }

    fn no_such(&self, what: &'static str, key: &Key<'_>, known: &[&str]) -> ConfigError {
        ConfigError::unknown_word(&self.origin(key), what, key.get_ref(), known, known.join(", "))
    }

    fn no_word(&self, what: &'static str, value: &Entry<'_>, known: &[&str]) -> ConfigError {
        let word = value.get_ref().as_str().unwrap_or("a list, table or number");
        ConfigError::unknown_word(&self.origin(value), what, word, known, known.join(", "))
    }
}

/// `#rrggbb`.
fn rgb(text: &str) -> Option<u32> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)
}
