//! Keys in the config file, `[keys]`: which keys an action of a context has. Names and texts alone; what they mean is
//! not this room's business.

use std::path::Path;

use toml::de::DeValue;

use super::file::{Entry, File, Key};
use super::layers::{ConfigError, Origin};

const KEYS: &str = "keys";
const HELP_TABLE: &str = "write a table [keys] with lines such as run.next-error = [\"n\", \"ctrl-n\"]";
const HELP_KEYS: &str = "write a key in quotes, or a list of them; [] for none";

/// A text of the file and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The text.
    pub text: String,
    /// Where it stands.
    pub origin: Origin,
}

/// `context.action = [keys]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRule {
    /// Where the keys mean something.
    pub context: Written,
    /// What they do.
    pub action: Written,
    /// The keys; none unbinds.
    pub keys: Vec<Written>,
}

/// An action's keys where no rule says otherwise, for the sample.
#[derive(Clone, Debug)]
pub struct KeyDefault {
    /// `context.action`.
    pub name: String,
    /// Its keys.
    pub keys: Vec<String>,
    /// What it does, a phrase.
    pub help: &'static str,
}

/// Name of the table, for messages.
pub(super) const TABLE: &str = KEYS;

/// Takes over the table `[keys]`.
pub(super) fn read(path: &Path, text: &str, value: &Entry<'_>) -> Result<Vec<KeyRule>, ConfigError> {
    let file = File { path, text };
    let mut rules = Vec::new();
    for (context, actions) in file.table(KEYS, value, HELP_TABLE)? {
        let name = format!("{KEYS}.{}", context.get_ref());
        // in quotes, as the lists of keys name it: "run.next-error" = …
        if let (Some((context_name, action)), false) =
            (context.get_ref().split_once('.'), matches!(actions.get_ref(), DeValue::Table(_)))
        {
            let part = |text: &str| Written { text: text.to_owned(), origin: file.origin(context) };
            let keys = file.keys(&name, actions)?;
            rules.push(KeyRule { context: part(context_name), action: part(action), keys });
            continue;
        }
        for (action, keys) in file.table(&name, actions, HELP_TABLE)? {
            let keys = file.keys(&format!("{name}.{}", action.get_ref()), keys)?;
            rules.push(KeyRule { context: file.named(context), action: file.named(action), keys });
        }
    }
    Ok(rules)
}

impl File<'_> {
    fn named(&self, key: &Key<'_>) -> Written {
        Written { text: key.get_ref().to_string(), origin: self.origin(key) }
    }

    fn keys(&self, name: &str, value: &Entry<'_>) -> Result<Vec<Written>, ConfigError> {
        let key = |value: &Entry<'_>| match value.get_ref().as_str() {
            Some(text) if !text.is_empty() => {
                Ok(Written { text: text.to_owned(), origin: self.origin(value) })
            }
            _ => Err(self.bad(name, value, HELP_KEYS)),
        };
        match value.get_ref() {
            DeValue::Array(keys) => keys.iter().map(key).collect(),
            _ => key(value).map(|key| vec![key]),
        }
    }
}

/// As a part of a config file: the rules with their origin, and what each action has without one as a comment.
pub(super) fn sample(rules: &[KeyRule], defaults: &[KeyDefault]) -> String {
    let header =
        format!("\n# Keys of the interface: context.action and a list of keys, [] for none.\n[{KEYS}]\n");
    let set = rules.iter().map(|KeyRule { context, action, keys }| {
        let keys: Vec<String> = keys.iter().map(|key| key.text.clone()).collect();
        let name = [&context.text, &action.text].map(|part| quoted(part)).join(".");
        format!("{name} = {}  # {}\n", list(&keys), action.origin)
    });
    let left = defaults
        .iter()
        .map(|KeyDefault { name, keys, help }| format!("# {name} = {}  # {help}\n", list(keys)));
    std::iter::once(header).chain(set).chain(left).collect()
}

fn list(keys: &[String]) -> String {
    toml::Value::from(keys.to_vec()).to_string()
}

/// A name as a key of TOML: what names no action may hold anything.
fn quoted(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if bare { name.to_owned() } else { super::findings::basic(name) }
}

#[cfg(test)]
mod tests {
    use super::super::layers::Layers;
    use super::super::sample as whole_sample;
    use super::*;

    const FULL: &str = "\n[keys]\nrun.next-error = ['n', '\"']\n\n[keys.moving]\nup = 'ctrl-p'\ndown = []\n";

    fn layers(text: &str) -> Result<Layers, String> {
        let mut layers = Layers::default();
        layers.add_file(Path::new("config.toml"), text).map_err(|error| error.to_string())?;
        Ok(layers)
    }

    fn plain(layers: &Layers) -> Vec<(String, String, Vec<String>)> {
        let texts = |keys: &[Written]| keys.iter().map(|key| key.text.clone()).collect();
        let rules = layers.key_rules().iter();
        rules.map(|r| (r.context.text.clone(), r.action.text.clone(), texts(&r.keys))).collect()
    }

    #[test]
    fn rules_are_read_with_their_lines() {
        let layers = layers(FULL).unwrap();
        let mut lines: Vec<String> = layers
            .key_rules()
            .iter()
            .map(|rule| format!("{} {}", rule.action.text, rule.action.origin))
            .collect();
        lines.sort();
        assert_eq!(lines, ["down config.toml:7", "next-error config.toml:3", "up config.toml:6"]);
        assert!(plain(&layers).contains(&("run".into(), "next-error".into(), vec!["n".into(), "\"".into()])));
        assert!(plain(&layers).contains(&("moving".into(), "down".into(), vec![])));
    }

    #[test]
    fn what_is_printed_reads_back_the_same() {
        let defaults = [KeyDefault {
            name: "run.plumbing".into(),
            keys: vec!["p".into(), "\\".into(), "'".into()],
            help: "show # or hide",
        }];
        let set = layers(&FULL.replace("[keys]\n", "[keys]\n\"a b\".c = ['x']\n")).unwrap();
        let again = layers(&whole_sample(&set, &defaults)).unwrap();
        assert_eq!(plain(&again), plain(&set));
        let uncommented = whole_sample(&Layers::default(), &defaults).replace("\n# run.", "\nrun.");
        let keys = vec!["p".into(), "\\".into(), "'".into()];
        assert_eq!(plain(&layers(&uncommented).unwrap()), [("run".into(), "plumbing".into(), keys)]);
    }

    #[test]
    fn a_row_named_in_quotes_is_the_row() {
        let quoted = plain(&layers("[keys]\n'run.next-error' = ['n', '\"']\n").unwrap());
        assert_eq!(quoted, plain(&layers("[keys]\nrun.next-error = ['n', '\"']\n").unwrap()));
        let message = layers("[keys]\n'run.fold' = 1").err().unwrap();
        assert!(
            message.starts_with("config.toml:2: keys.run.fold cannot be \"1\": write a key"),
            "{message}"
        );
    }

    #[test]
    fn a_mistake_is_one_line_that_says_where_and_what_to_do() {
        for (text, said) in [
            ("keys = 1", "config.toml:1: keys cannot be \"1\": write a table [keys]"),
            ("[keys]\nquit = 'q'", "config.toml:2: keys.quit cannot be \"q\": write a table [keys]"),
            ("[keys.run]\nfold = 1", "config.toml:2: keys.run.fold cannot be \"1\": write a key in quotes"),
            (
                "[keys.run]\nfold = ['a', '']",
                "config.toml:2: keys.run.fold cannot be \"\": write a key in quotes",
            ),
        ] {
            let message = layers(text).err().unwrap();
            assert!(message.starts_with(said) && !message.contains('\n'), "{message}");
        }
    }
}
