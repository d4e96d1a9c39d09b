//! The keys as other rooms take them: what the config file would say.

use crate::config::KeyDefault;

use super::Keymap;

/// What the table says, as lines of the config file.
pub fn defaults() -> Vec<KeyDefault> {
    let row = |row: &super::Bound| KeyDefault {
        name: row.binding.name(),
        keys: row.keys.iter().map(ToString::to_string).collect(),
        help: row.binding.help,
    };
    Keymap::default().rows().iter().map(row).collect()
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
}
