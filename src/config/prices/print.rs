//! Prices as a part of a config file.

use super::super::file::{self, decimal, literal};
use super::{ALIASES, DISCOUNT, OVERRIDE, PRICE_FIELDS, Price, Prices};

/// `[prices]` as a part of a config file: what is set, or every field with an example as a comment.
pub(in super::super) fn sample(prices: &Prices) -> String {
    file::sample(PRICE_FIELDS, |section| set(prices, section), header)
}

fn header(section: &str) -> String {
    if section == OVERRIDE { format!("[[{section}]]") } else { format!("[{section}]") }
}

/// What is set in a section, as TOML that reads back the same.
fn set(prices: &Prices, section: &str) -> String {
    let pair = |name: &str, value: String| format!("{} = {value}\n", literal(name));
    let pairs: Vec<String> = match section {
        ALIASES => prices.aliases.iter().map(|(name, target)| pair(name, literal(target))).collect(),
        DISCOUNT => prices.discounts.iter().map(|(name, f)| pair(name, decimal(u64::from(*f), 6))).collect(),
        _ => return prices.overrides.iter().map(entry).collect(),
    };
    if pairs.is_empty() { String::new() } else { format!("{}\n{}\n", header(section), pairs.concat()) }
}

fn entry(price: &Price) -> String {
    let dollars = |name: &str, amount: u64| format!("{name} = {}\n", decimal(amount, 9));
    let mut out = format!("{}  # {}\nmodel = {}\n", header(OVERRIDE), price.place, literal(&price.model));
    out.extend(price.provider.iter().map(|provider| format!("provider = {}\n", literal(provider))));
    out.extend(price.from.map(|(year, month, day)| format!("from = {year:04}-{month:02}-{day:02}\n")));
    out += &(dollars("input", price.input) + &dollars("output", price.output));
    out.extend(price.cache_read.map(|amount| dollars("cache_read", amount)));
    out.extend(price.cache_write.map(|amount| dollars("cache_write", amount)));
    out.extend(price.cache_write_1h.map(|amount| dollars("cache_write_1h", amount)));
    out += &dollars("per_request", price.per_request);
    out + "\n"
}
