//! Tables of the config file: their fields in one shape, and how values are read and refused.

use std::borrow::Cow;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::layers::{ConfigError, Origin, line_of};

/// One field of a table in the file, as people write it.
#[derive(Debug)]
pub struct FileField {
    /// Section of the file.
    pub section: &'static str,
    /// Key; in quotes where the user chooses it.
    pub name: &'static str,
    /// Example value, as TOML.
    pub example: &'static str,
    /// Value where it is left out; empty where it is needed.
    pub default: &'static str,
    /// What it is, one sentence.
    pub help: &'static str,
}

pub(super) const fn field(
    section: &'static str,
    name: &'static str,
    example: &'static str,
    default: &'static str,
    help: &'static str,
) -> FileField {
    FileField { section, name, example, default, help }
}

pub(super) type Key<'a> = Spanned<Cow<'a, str>>;
pub(super) type Entry<'a> = Spanned<DeValue<'a>>;

const HELP_TEXT: &str = "write a text in quotes that is not empty";

/// The file, for lines in messages.
pub(super) struct File<'f> {
    pub(super) path: &'f Path,
    pub(super) text: &'f str,
}

impl File<'_> {
    pub(super) fn origin<T>(&self, at: &Spanned<T>) -> Origin {
        Origin::File(self.path.to_owned(), line_of(self.text, at.span().start))
    }

    pub(super) fn unknown(&self, at: &Key<'_>, name: String, known: String) -> ConfigError {
        ConfigError::UnknownName { origin: self.origin(at), name, known }
    }

    pub(super) fn bad(&self, name: &str, value: &Entry<'_>, help: &'static str) -> ConfigError {
        let written = match value.get_ref() {
            DeValue::Array(_) | DeValue::Table(_) => "a list or table",
            _ => self.text.get(value.span()).unwrap_or_default().trim_matches(['"', '\'']),
        };
        let value_written = written.to_owned();
        ConfigError::BadValue {
            origin: self.origin(value),
            name: name.to_owned(),
            value: value_written,
            help,
        }
    }

    pub(super) fn table<'t, 'v>(
        &self,
        name: &str,
        value: &'t Entry<'v>,
        help: &'static str,
    ) -> Result<&'t DeTable<'v>, ConfigError> {
        match value.get_ref() {
            DeValue::Table(table) => Ok(table),
            _ => Err(self.bad(name, value, help)),
        }
    }

    /// A table whose keys the user chooses.
    pub(super) fn pairs<T>(
        &self,
        section: &str,
        value: &Entry<'_>,
        help: &'static str,
        read: impl Fn(&Self, &str, &Entry<'_>) -> Result<T, ConfigError>,
    ) -> Result<Vec<(String, T)>, ConfigError> {
        let pair = |(key, value): (&Key<'_>, &Entry<'_>)| {
            let name = key.get_ref().to_string();
            let value = read(self, &format!("{section}.{name}"), value)?;
            Ok((name, value))
        };
        self.table(section, value, help)?.iter().map(pair).collect()
    }

    pub(super) fn text(&self, name: &str, value: &Entry<'_>) -> Result<String, ConfigError> {
        let text = value.get_ref().as_str().map(str::trim).filter(|text| !text.is_empty());
        text.map(str::to_owned).ok_or_else(|| self.bad(name, value, HELP_TEXT))
    }
}

/// A number from 0 to `most` in whole units of 1 / `scale`, rounded.
pub(super) fn scaled(value: &Entry<'_>, most: f64, scale: f64) -> Option<u64> {
    let number: f64 = match value.get_ref() {
        DeValue::Integer(number) => number.to_string().parse().ok()?,
        DeValue::Float(number) => number.to_string().parse().ok()?,
        _ => return None,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to at most 10^15")]
    (0.0..=most).contains(&number).then(|| (number * scale).round() as u64)
}

/// Fields as a part of a config file, every one with an example as a comment; before each section what `set` has of it.
/// A section in two pairs of brackets is a list's.
pub(super) fn sample(
    fields: &[FileField],
    set: impl Fn(&str) -> String,
    header: impl Fn(&str) -> String,
) -> String {
    let mut out = String::new();
    let mut section = "";
    for field in fields {
        if field.section != section {
            section = field.section;
            out += &["\n", &set(section), "# ", &header(section), "\n"].concat();
        }
        let left_out = match field.default {
            "" => String::new(),
            default => format!(" Left out: {default}."),
        };
        out += &["# ", field.name, " = ", field.example, "  # ", field.help, &left_out, "\n"].concat();
    }
    out
}

pub(super) fn literal(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// `units` / 10^`places`, without trailing zeros.
pub(super) fn decimal(units: u64, places: usize) -> String {
    let digits = format!("{units:0width$}", width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    let part = part.trim_end_matches('0');
    format!("{whole}.{}", if part.is_empty() { "0" } else { part })
}
