//! The user's own prices in the config file: `[prices.aliases]`, `[[prices.override]]`, `[prices.discount]`.

use std::path::Path;

use toml::de::DeValue;

mod print;

use super::file::{Entry, File, FileField, field, scaled};
use super::layers::ConfigError;
pub(super) use print::sample;

const ALIASES: &str = "prices.aliases";
const OVERRIDE: &str = "prices.override";
const DISCOUNT: &str = "prices.discount";

/// Everything that can be said about prices, in the order people read it. Sample, README and messages are made from it.
#[rustfmt::skip]
pub const PRICE_FIELDS: &[FileField] = &[
    field(ALIASES, "\"NAME\"", "\"openai/gpt-4o\"", "", "What stands behind the name of a deployment or router: provider/model, or a model."),
    field(OVERRIDE, "model", "\"my-gpt4o-*\"", "", "Model that the price is for, * and ? as in file names; the first price that fits a call wins."),
    field(OVERRIDE, "provider", "\"azure\"", "any", "Only for calls of this provider."),
    field(OVERRIDE, "from", "2026-01-01", "always", "Only for calls from this day on, UTC."),
    field(OVERRIDE, "input", "2.00", "", "US dollars for a million tokens of input."),
    field(OVERRIDE, "output", "8.00", "", "For a million tokens of output, reasoning among it."),
    field(OVERRIDE, "cache_read", "1.00", "input", "For a million tokens of input read from the cache."),
    field(OVERRIDE, "cache_write", "2.00", "input", "For a million tokens of input written to the cache."),
    field(OVERRIDE, "cache_write_1h", "2.00", "cache_write", "For those of them that are kept for an hour."),
    field(OVERRIDE, "per_request", "0.001", "0", "US dollars for every call."),
    field(DISCOUNT, "\"PROVIDER\"", "0.85", "1", "Factor on list prices of a provider; never on what a client reported."),
];

/// What the user says about prices.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prices {
    /// Name of a model in the telemetry, and what stands behind it.
    pub aliases: Vec<(String, String)>,
    /// Prices, the first that fits wins.
    pub overrides: Vec<Price>,
    /// Provider, and the factor on its list prices in parts of a million.
    pub discounts: Vec<(String, u32)>,
}

/// A price for models. Amounts are nano-dollars: for a million tokens, or for a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Price {
    /// Only for this provider.
    pub provider: Option<String>,
    /// Pattern of model names.
    pub model: String,
    /// Only from this day on: year, month, day.
    pub from: Option<(u16, u8, u8)>,
    /// Input.
    pub input: u64,
    /// Output.
    pub output: u64,
    /// Input read from the cache; `None` costs what input does.
    pub cache_read: Option<u64>,
    /// Input written to the cache; `None` costs what input does.
    pub cache_write: Option<u64>,
    /// Input written to the cache for an hour; `None` costs what all written input does.
    pub cache_write_1h: Option<u64>,
    /// Every request.
    pub per_request: u64,
    /// Where it stands.
    pub place: String,
}

/// Largest price taken, dollars: a million dollars for a million tokens is a slip of the pen.
const MOST: f64 = 1e6;

const NANO: f64 = 1e9;
const MILLION: f64 = 1e6;

const HELP_PRICE: &str = "write US dollars per million tokens, from 0 to 1000000";
const HELP_REQUEST: &str = "write US dollars per call, from 0 to 1000000";
const HELP_FACTOR: &str = "write a factor from 0 to 10; 0.85 is 15 % off, 1 the list price";
const HELP_DATE: &str = "write a date such as 2026-01-01";
const HELP_TABLE: &str = "write a table such as [prices.aliases] or [prices.discount]";
const HELP_LIST: &str = "write a list of tables, each under [[prices.override]]";

/// Reads the value of `prices`.
pub(super) fn read(path: &Path, text: &str, value: &Entry<'_>) -> Result<Prices, ConfigError> {
    let file = File { path, text };
    let mut prices = Prices::default();
    for (key, value) in file.table("prices", value, HELP_TABLE)? {
        match key.get_ref().as_ref() {
            "aliases" => prices.aliases = file.pairs(ALIASES, value, HELP_TABLE, File::text)?,
            "discount" => prices.discounts = file.pairs(DISCOUNT, value, HELP_TABLE, File::factor)?,
            "override" => prices.overrides = file.overrides(value)?,
            other => {
                let known = [ALIASES, OVERRIDE, DISCOUNT].join(", ");
                return Err(file.unknown(key, format!("prices.{other}"), known));
            }
        }
    }
    Ok(prices)
}

impl File<'_> {
    fn overrides(&self, value: &Entry<'_>) -> Result<Vec<Price>, ConfigError> {
        match value.get_ref() {
            DeValue::Array(list) => list.iter().map(|entry| self.price(entry)).collect(),
            _ => Err(self.bad(OVERRIDE, value, HELP_LIST)),
        }
    }

    fn price(&self, entry: &Entry<'_>) -> Result<Price, ConfigError> {
        let DeValue::Table(table) = entry.get_ref() else { return Err(self.bad(OVERRIDE, entry, HELP_LIST)) };
        let is_known = |name: &str| PRICE_FIELDS.iter().any(|f| f.section == OVERRIDE && f.name == name);
        if let Some((key, _)) = table.iter().find(|(key, _)| !is_known(key.get_ref())) {
            return Err(self.unknown(key, format!("{OVERRIDE}.{}", key.get_ref()), fields()));
        }
        let dollars = |name: &str, help| {
            let value = table.get(name);
            value.map(|value| self.dollars(&format!("{OVERRIDE}.{name}"), value, help)).transpose()
        };
        let text = |name: &str| {
            table.get(name).map(|value| self.text(&format!("{OVERRIDE}.{name}"), value)).transpose()
        };
        let needed =
            |name| ConfigError::Incomplete { origin: self.origin(entry), entry: OVERRIDE, needs: name };
        Ok(Price {
            provider: text("provider")?,
            model: text("model")?.ok_or_else(|| needed("model"))?,
            from: table.get("from").map(|value| self.date(value)).transpose()?,
            input: dollars("input", HELP_PRICE)?.ok_or_else(|| needed("input"))?,
            output: dollars("output", HELP_PRICE)?.ok_or_else(|| needed("output"))?,
            cache_read: dollars("cache_read", HELP_PRICE)?,
            cache_write: dollars("cache_write", HELP_PRICE)?,
            cache_write_1h: dollars("cache_write_1h", HELP_PRICE)?,
            per_request: dollars("per_request", HELP_REQUEST)?.unwrap_or(0),
            place: self.origin(entry).to_string(),
        })
    }

    /// Dollars as nano-dollars.
    fn dollars(&self, name: &str, value: &Entry<'_>, help: &'static str) -> Result<u64, ConfigError> {
        scaled(value, MOST, NANO).ok_or_else(|| self.bad(name, value, help))
    }

    /// A factor as parts of a million.
    fn factor(&self, name: &str, value: &Entry<'_>) -> Result<u32, ConfigError> {
        let parts = scaled(value, 10.0, MILLION).and_then(|parts| u32::try_from(parts).ok());
        parts.ok_or_else(|| self.bad(name, value, HELP_FACTOR))
    }

    fn date(&self, value: &Entry<'_>) -> Result<(u16, u8, u8), ConfigError> {
        let date = match value.get_ref() {
            DeValue::Datetime(moment) if moment.time.is_none() => moment.date,
            _ => None,
        };
        let date = date.map(|date| (date.year, date.month, date.day));
        date.ok_or_else(|| self.bad("prices.override.from", value, HELP_DATE))
    }
}

fn fields() -> String {
    let names = PRICE_FIELDS.iter().filter(|field| field.section == OVERRIDE).map(|field| field.name);
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::layers::Layers;
    use super::super::sample as whole_sample;
    use super::*;

    fn layers(text: &str) -> Result<Layers, String> {
        let mut layers = Layers::default();
        layers.add_file(Path::new("config.toml"), text).map_err(|error| error.to_string())?;
        Ok(layers)
    }

    const FULL: &str = r#"
[prices.aliases]
"my-gpt4o-deployment" = "openai/gpt-4o"
prod-claude = "anthropic/claude-sonnet-4-6"

[[prices.override]]
provider = "azure"
model = "my-gpt4o-*"
from = 2026-01-01
input = 2.00
output = 8
cache_read = 0.075
cache_write_1h = 2.5
per_request = 0.001

[[prices.override]]
model = "llama*"
input = 0
output = 0

[prices.discount]
anthropic = 0.85
"#;

    #[test]
    fn all_of_it_is_read() {
        let prices = layers(FULL).unwrap().prices().clone();
        assert_eq!(prices.aliases[0], ("my-gpt4o-deployment".to_owned(), "openai/gpt-4o".to_owned()));
        assert_eq!(prices.discounts, [("anthropic".to_owned(), 850_000)]);
        let first = Price {
            provider: Some("azure".to_owned()),
            model: "my-gpt4o-*".to_owned(),
            from: Some((2026, 1, 1)),
            input: 2_000_000_000,
            output: 8_000_000_000,
            cache_read: Some(75_000_000),
            cache_write: None,
            cache_write_1h: Some(2_500_000_000),
            per_request: 1_000_000,
            place: "config.toml:6".to_owned(),
        };
        assert_eq!(prices.overrides[0], first);
        assert_eq!((prices.overrides.len(), prices.overrides[1].input), (2, 0));
    }

    #[test]
    fn what_is_printed_reads_back_the_same() {
        let set = layers(FULL).unwrap();
        let again = layers(&whole_sample(&set, &[])).unwrap();
        let placeless = |layers: &Layers| {
            let mut prices = layers.prices().clone();
            prices.overrides.iter_mut().for_each(|price| price.place.clear());
            prices
        };
        assert_eq!(placeless(&again), placeless(&set));
        assert_eq!(layers(&whole_sample(&Layers::default(), &[])).unwrap().prices(), &Prices::default());
    }

    #[test]
    fn the_examples_are_sound() {
        let plain = sample(&Prices::default()).replace("\n# ", "\n");
        let prices = layers(&plain).unwrap().prices().clone();
        assert_eq!(
            (prices.aliases.len(), prices.overrides.len(), prices.discounts.len()),
            (1, 1, 1),
            "{plain}"
        );
    }

    #[test]
    fn a_mistake_is_one_line_that_says_where_and_what_to_do() {
        let entry = "[[prices.override]]\nmodel = 'a'\ninput = 1\noutput = 1\n";
        for (text, said) in [
            ("prices = 1", "config.toml:1: prices cannot be \"1\": write a table"),
            (
                "[prices]\nsauce = 1",
                "config.toml:2: there is no setting \"prices.sauce\"; known are prices.aliases,",
            ),
            (
                "[prices]\noverride = 1",
                "config.toml:2: prices.override cannot be \"1\": write a list of tables",
            ),
            (
                "[prices]\noverride = [1]",
                "config.toml:2: prices.override cannot be \"1\": write a list of tables",
            ),
            (
                &format!("{entry}inptu = 2"),
                "config.toml:5: there is no setting \"prices.override.inptu\"; known are model,",
            ),
            (
                "\n[[prices.override]]\nmodel = 'a'\noutput = 1",
                "config.toml:2: this prices.override has no input: add it",
            ),
            (
                &format!("{entry}cache_read = -1"),
                "config.toml:5: prices.override.cache_read cannot be \"-1\": write US dollars",
            ),
            (
                &format!("{entry}cache_read = nan"),
                "config.toml:5: prices.override.cache_read cannot be \"nan\": write US dollars",
            ),
            (
                &format!("{entry}cache_read = '1'"),
                "config.toml:5: prices.override.cache_read cannot be \"1\": write US dollars",
            ),
            (
                &format!("{entry}cache_read = 1e9"),
                "config.toml:5: prices.override.cache_read cannot be \"1e9\": write US dollars",
            ),
            (
                &format!("{entry}from = 'May'"),
                "config.toml:5: prices.override.from cannot be \"May\": write a date such",
            ),
            (
                &format!("{entry}from = 07:32:00"),
                "config.toml:5: prices.override.from cannot be \"07:32:00\": write a date such",
            ),
            (
                &format!("{entry}provider = ''"),
                "config.toml:5: prices.override.provider cannot be \"\": write a text",
            ),
            (
                "[prices.discount]\nopenai = 85",
                "config.toml:2: prices.discount.openai cannot be \"85\": write a factor",
            ),
            (
                "[prices.aliases]\na = ['b']",
                "config.toml:2: prices.aliases.a cannot be \"a list or table\": write a text",
            ),
        ] {
            let message = layers(text).unwrap_err();
            assert!(message.starts_with(said) && !message.contains('\n'), "{message}");
        }
    }
}
