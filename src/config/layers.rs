//! Layers of values over each other; the topmost wins and is told where it came from when it is wrong.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use toml::de::{DeTable, DeValue};

use super::findings::{self, FindingRules};
use super::keys::{self, KeyRule};
use super::prices::{self, Prices};
use super::table::{self, SETTINGS, Setting};
use super::theme::{AUTO, ThemeWish};
use super::value::{ByteSize, ColorMode, ListenAddr, NotifyBy};

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nowhere: the default.
    Default,
    /// In the config file, at this line.
    File(PathBuf, usize),
    /// In the environment.
    Env(&'static str),
    /// On the command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Env(name) | Self::Flag(name) => f.write_str(name),
        }
    }
}

/// What is wrong with a setting, in one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is no TOML.
    #[error("{}:{line}: not readable as TOML: {why}", path.display())]
    Syntax {
        /// File.
        path: PathBuf,
        /// Line.
        line: usize,
        /// What the parser says, one line.
        why: String,
    },
    /// No setting has this name.
    #[error("{origin}: there is no setting \"{name}\"; known are {known}")]
    UnknownName {
        /// Where it stands.
        origin: Origin,
        /// The name.
        name: String,
        /// The names that there are in its place.
        known: String,
    },
    /// An entry of a list lacks what it cannot do without.
    #[error("{origin}: this {entry} has no {needs}: add it")]
    Incomplete {
        /// Where the entry begins.
        origin: Origin,
        /// What it is an entry of.
        entry: &'static str,
        /// What it lacks.
        needs: &'static str,
    },
    /// Something that is switched off is nothing that could be on.
    #[error("{origin}: there is no rule or kind of finding \"{word}\"; known are {known}")]
    UnknownRule {
        /// Where it stands.
        origin: Origin,
        /// The word.
        word: String,
        /// The rules and kinds that there are.
        known: String,
    },
    /// A word is none of those that can stand in its place.
    #[error("{origin}: there is no {what} \"{word}\"{near}nown are {known}")]
    UnknownWord {
        /// Where it stands.
        origin: Origin,
        /// What it should name.
        what: &'static str,
        /// The word.
        word: String,
        /// What was meant perhaps, up to the first letter of the list.
        near: String,
        /// The words that there are.
        known: String,
    },
    /// Themes that have no end.
    #[error("{origin}: these themes inherit each other: {round}")]
    Circle {
        /// Where the last names the first.
        origin: Origin,
        /// Their names.
        round: String,
    },
    /// A setting has a value it cannot have.
    #[error("{origin}: {name} cannot be \"{value}\": {help}")]
    BadValue {
        /// Where it stands.
        origin: Origin,
        /// The setting.
        name: String,
        /// What was written.
        value: String,
        /// What to write.
        help: &'static str,
    },
}

/// How alike two words must be to be taken for each other, from 0 to 1 (Jaro-Winkler): `eror` and `error` are at 0.95,
/// words that only begin alike below 0.8.
const ALIKE: f64 = 0.85;

impl ConfigError {
    /// `word` is none of `words`; `known` lists them, with what else can be written.
    pub(super) fn unknown_word(
        origin: &Origin,
        what: &'static str,
        word: &str,
        words: &[&str],
        known: String,
    ) -> Self {
        let nearness = |known: &&&str| strsim::jaro_winkler(word, known);
        let nearest = words.iter().max_by(|a, b| nearness(a).total_cmp(&nearness(b)));
        let near = match nearest.filter(|known| nearness(known) >= ALIKE) {
            Some(known) => format!(": did you mean \"{known}\"? K"),
            None => "; k".to_owned(),
        };
        Self::UnknownWord { origin: origin.clone(), what, word: word.to_owned(), near, known }
    }
}

/// A file that is no TOML.
pub(super) fn syntax(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    ConfigError::Syntax {
        path: path.to_owned(),
        line: line_of(text, error.span().map_or(0, |span| span.start)),
        why: error.message().replace('\n', " "),
    }
}

fn names() -> String {
    let plain = SETTINGS.iter().map(|setting| setting.name);
    plain.chain([PRICES]).chain(findings::TABLES).chain([keys::TABLE]).collect::<Vec<_>>().join(", ")
}

/// The table of the file that is no single value.
const PRICES: &str = "prices";

/// All that is set, as written.
#[derive(Debug, Default)]
pub struct Layers {
    values: BTreeMap<&'static str, (String, Origin)>,
    prices: Prices,
    findings: FindingRules,
    keys: Vec<KeyRule>,
}

impl Layers {
    /// Lays the config file at `path` with this `text` over what is there.
    ///
    /// # Errors
    /// The text is no TOML, names an unknown setting, sets one to a list or table, or a price to what is none.
    pub fn add_file(&mut self, path: &Path, text: &str) -> Result<(), ConfigError> {
        let table = DeTable::parse(text).map_err(|error| syntax(path, text, &error))?;
        for (key, value) in table.get_ref() {
            let origin = Origin::File(path.to_owned(), line_of(text, key.span().start));
            let name = key.get_ref().as_ref();
            if name == PRICES {
                self.prices = prices::read(path, text, value)?;
                continue;
            }
            if name == keys::TABLE {
                self.keys = keys::read(path, text, value)?;
                continue;
            }
            if self.findings.add(path, text, name, value)? {
                continue;
            }
            let Some(setting) = table::find(name) else {
                return Err(ConfigError::UnknownName { origin, name: name.to_owned(), known: names() });
            };
            let written = scalar(value.get_ref())
                .ok_or_else(|| bad(setting, &origin, "a list or table", "write one value"))?;
            self.values.insert(setting.name, (written, origin));
        }
        Ok(())
    }

    /// Lays the environment, asked through `get`, over what is there. Empty variables count as unset.
    pub fn add_env(&mut self, get: impl Fn(&str) -> Option<String>) {
        for setting in SETTINGS {
            if let Some(value) = get(setting.env).filter(|value| !value.is_empty()) {
                self.values.insert(setting.name, (value, Origin::Env(setting.env)));
            }
        }
    }

    /// Lays flags, as (name of the setting, value), over what is there.
    pub fn add_flags<'a>(&mut self, flags: impl IntoIterator<Item = (&'a str, String)>) {
        for (name, value) in flags {
            if let Some(setting) = table::find(name) {
                self.values.insert(setting.name, (value, Origin::Flag(setting.flag.unwrap_or(setting.name))));
            }
        }
    }

    /// What `setting` is set to and where; `None` where the default stands.
    pub(super) fn written(&self, setting: &Setting) -> Option<(&str, &Origin)> {
        self.values.get(setting.name).map(|(value, origin)| (value.as_str(), origin))
    }

    /// What is said about prices; the file alone says it.
    pub const fn prices(&self) -> &Prices {
        &self.prices
    }

    /// What is said about findings; the file alone says it.
    pub const fn finding_rules(&self) -> &FindingRules {
        &self.findings
    }

    /// What is said about keys; the file alone says it.
    pub fn key_rules(&self) -> &[KeyRule] {
        &self.keys
    }

    /// The settings, typed. `default_db` is the database where nobody names one, `themes` the folder of the user's own.
    ///
    /// # Errors
    /// The first value that a setting cannot have.
    pub fn settings(&self, default_db: &Path, themes: &Path) -> Result<Settings, ConfigError> {
        Ok(Settings {
            db: self.written_at("db").map_or_else(|| default_db.to_owned(), |(text, _)| PathBuf::from(text)),
            grpc: self.get("grpc")?,
            http: self.get("http")?,
            max_body: self.get::<ByteSize>("max_body")?.0,
            max_in_flight: self.get::<ByteSize>("max_in_flight")?.0,
            color: self.get("color")?,
            ascii: self.get::<Switch>("ascii")?.0,
            theme: self.theme(),
            themes: themes.to_owned(),
            notify: self.get("notify")?,
            notify_command: self
                .written_at("notify_command")
                .map_or_else(String::new, |(text, _)| text.to_owned()),
            state: self.written_at("state").map(|(text, _)| PathBuf::from(text)),
            prices: self.prices.clone(),
            findings: self.findings.clone(),
            keys: self.keys.clone(),
        })
    }

    fn written_at(&self, name: &str) -> Option<(&str, &Origin)> {
        self.written(table::find(name)?)
    }

    fn theme(&self) -> ThemeWish {
        let wish = |(text, origin): (&str, &Origin)| ThemeWish {
            name: Some(text.to_owned()).filter(|name| name != AUTO),
            origin: origin.clone(),
        };
        self.written_at("theme").map_or(ThemeWish { name: None, origin: Origin::Default }, wish)
    }

    fn get<T: FromStr<Err = &'static str>>(&self, name: &'static str) -> Result<T, ConfigError> {
        let default = table::find(name).map_or("", |setting| setting.default);
        let (text, origin) = self.written_at(name).unwrap_or((default, &Origin::Default));
        let refused = |help| ConfigError::BadValue {
            origin: origin.clone(),
            name: name.to_owned(),
            value: text.to_owned(),
            help,
        };
        text.parse().map_err(refused)
    }
}

/// Every setting, typed and checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Database file.
    pub db: PathBuf,
    /// Where gRPC is received.
    pub grpc: ListenAddr,
    /// Where HTTP is received.
    pub http: ListenAddr,
    /// Largest request, bytes.
    pub max_body: usize,
    /// Requests under way at once, bytes.
    pub max_in_flight: usize,
    /// When to print colours.
    pub color: ColorMode,
    /// Letters instead of signs; `None` where the terminal decides.
    pub ascii: Option<bool>,
    /// Colours of the interface.
    pub theme: ThemeWish,
    /// Folder of the user's own themes; there need be none.
    pub themes: PathBuf,
    /// Folder of logs and of what was dismissed; `None` where the user's folders decide.
    pub state: Option<PathBuf>,
    /// How new alarms are told beside the screen.
    pub notify: NotifyBy,
    /// Program and arguments to run on a new alarm; empty for none.
    pub notify_command: String,
    /// The user's own prices.
    pub prices: Prices,
    /// What the user says of findings.
    pub findings: FindingRules,
    /// What the user says of keys.
    pub keys: Vec<KeyRule>,
}

/// `auto`, `true` or `false`, also `1` and `0` as environments have them.
struct Switch(Option<bool>);

impl FromStr for Switch {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self(None)),
            "true" | "1" => Ok(Self(Some(true))),
            "false" | "0" => Ok(Self(Some(false))),
            _ => Err("write auto, true or false"),
        }
    }
}

fn bad(setting: &Setting, origin: &Origin, value: &str, help: &'static str) -> ConfigError {
    ConfigError::BadValue {
        origin: origin.clone(),
        name: setting.name.to_owned(),
        value: value.to_owned(),
        help,
    }
}

/// A value as one would write it in the environment; `None` for lists and tables.
fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.to_string()),
        DeValue::Boolean(flag) => Some(flag.to_string()),
        DeValue::Datetime(time) => Some(time.to_string()),
        DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

pub(super) fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|&b| b == b'\n').count()
}

#[cfg(test)]
mod tests;
