//! The keys as text, as lines of JSON, and as the config file would say them.

use serde::Serialize;

use crate::config::KeyDefault;
use crate::report::text::{pad, width};

use super::{Bound, Keymap};

/// What the table says, as lines of the config file.
pub fn defaults() -> Vec<KeyDefault> {
    let row = |row: &Bound| KeyDefault { name: row.binding.name(), keys: names(row), help: row.binding.help };
    Keymap::default().rows().iter().map(row).collect()
}

fn names(row: &Bound) -> Vec<String> {
    row.keys.iter().map(ToString::to_string).collect()
}

/// A line of `keys --json`.
#[derive(Serialize)]
struct Line<'a> {
    context: &'a str,
    action: &'a str,
    keys: Vec<String>,
    help: &'a str,
}

/// One JSON object per row: `{"context","action","keys":[…],"help"}`, keys as the config file has them.
pub fn json(keymap: &Keymap) -> impl Iterator<Item = serde_json::Result<String>> {
    keymap.rows().iter().map(|row| {
        let (context, action) = (row.binding.context.name(), row.binding.action.name());
        serde_json::to_string(&Line { context, action, keys: names(row), help: row.binding.help })
    })
}

/// The table as people read it, each context under its title.
pub fn text(keymap: &Keymap) -> String {
    let rows = keymap.rows();
    let rows =
        rows.iter().map(|row| (row.binding.context, names(row).join(" "), row.binding)).collect::<Vec<_>>();
    let widest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0) + 2;
    let of_keys = widest(&mut rows.iter().map(|(_, keys, _)| width(keys)));
    let of_names = widest(&mut rows.iter().map(|(.., binding)| binding.name().len()));
    let mut last = None;
    let line = |(context, keys, binding): &(super::Context, String, &super::Binding)| {
        let gap = if last.is_some() { "\n" } else { "" };
        let title = match last.replace(*context) {
            Some(before) if before == *context => String::new(),
            _ => format!("{gap}{}\n", context.title()),
        };
        format!("{title}  {}{}{}\n", pad(keys, of_keys), pad(&binding.name(), of_names), binding.help)
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{Layers, sample};

    #[test]
    fn the_sample_of_the_config_file_uncommented_changes_nothing() {
        let defaults = defaults();
        let text = sample(&Layers::default(), &defaults);
        let keys = text[text.find("[keys]").unwrap()..].replace("\n# ", "\n");
        let mut layers = Layers::default();
        layers.add_file(Path::new("config.toml"), &keys).unwrap();
        assert_eq!(layers.key_rules().len(), defaults.len());
        let keymap = Keymap::of(layers.key_rules()).unwrap();
        for (row, own) in keymap.rows().iter().zip(Keymap::default().rows()) {
            assert_eq!(row.keys, own.keys, "{}", row.binding.name());
        }
    }

    #[test]
    fn lists_show_the_keys_as_they_are() {
        let mut layers = Layers::default();
        layers.add_file(Path::new("c.toml"), "[keys]\nrun.next-error = ['F2', 'e']\nrun.zoom = []").unwrap();
        let keymap = Keymap::of(layers.key_rules()).unwrap();
        let lines: Vec<String> = json(&keymap).collect::<Result<_, _>>().unwrap();
        assert_eq!(lines.len(), keymap.rows().len());
        let error = r#"{"context":"run","action":"next-error","keys":["F2","e"],"help":"next failed step"}"#;
        assert!(lines.iter().any(|line| line == error));
        let text = text(&keymap);
        assert!(text.contains("\n\nRun\n  w "), "{text}");
        let row = text.lines().find(|line| line.contains(" run.next-error ")).unwrap();
        assert!(row.starts_with("  F2 e  ") && row.ends_with("  next failed step"), "{row}");
        assert!(text.lines().any(|line| line.trim_start().starts_with("run.zoom ")));
    }
}
