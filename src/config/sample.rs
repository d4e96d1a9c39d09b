//! The config file with every setting in it, as it stands or as a sample.

use super::file::literal;
use super::findings;
use super::keys::{self, KeyDefault};
use super::layers::Layers;
use super::prices;
use super::table::{SETTINGS, Setting};

/// A config file with every setting: what `layers` set stands with its origin, all else as a comment. `keys` are those
/// that the interface has where nothing is set.
pub fn sample(layers: &Layers, keys: &[KeyDefault]) -> String {
    let plain = SETTINGS.iter().map(|setting| entry(setting, layers)).collect::<Vec<_>>().join("\n");
    let tables = [
        prices::sample(layers.prices()),
        findings::sample(layers.finding_rules()),
        keys::sample(layers.key_rules(), keys),
    ];
    plain + &tables.concat()
}

fn entry(setting: &Setting, layers: &Layers) -> String {
    let Setting { name, env, help, .. } = setting;
    let set = match layers.written(setting) {
        Some((value, origin)) => format!("{name} = {}  # {origin}", literal(value)),
        None => format!("# {name} = {}", literal(setting.default)),
    };
    format!("# {help} ({env})\n{set}\n")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_sample_uncommented_sets_every_default() {
        let sample = sample(&Layers::default(), &[]);
        let set = sample
            .lines()
            .take_while(|line| !line.contains("prices."))
            .filter(|line| line.contains(" = "))
            .map(|line| line.trim_start_matches("# "));
        let plain = set.collect::<Vec<_>>().join("\n");
        let mut layers = Layers::default();
        layers.add_file(Path::new("sample.toml"), &plain).unwrap();
        assert!(SETTINGS.iter().all(|setting| layers.written(setting).is_some()), "{plain}");
        layers.settings(Path::new("x"), Path::new("y")).unwrap();
    }

    #[test]
    fn what_is_set_stands_and_says_where_from() {
        let mut layers = Layers::default();
        layers.add_flags([("db", "C:\\runs \"x\".db".to_owned())]);
        let text = sample(&layers, &[]);
        assert!(text.contains("\ndb = 'C:\\runs \"x\".db'  # --db\n"), "{text}");
        Layers::default().add_file(Path::new("own.toml"), &text).unwrap();
    }
}
