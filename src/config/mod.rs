//! Settings: defaults < file < environment < flags, all out of one table.
//!
//! Owns what can be set, how it is spelled and what a wrong value is told. Reads no file and no environment itself:
//! whoever starts the program hands both in. Must not know any other room.

mod file;
mod findings;
mod keys;
mod layers;
mod prices;
mod sample;
mod table;
pub mod theme;
mod value;

pub use file::FileField;
pub use findings::{Budget, FINDING_FIELDS, FindingRules};
pub use keys::{KeyDefault, KeyRule, Written};
pub use layers::{ConfigError, Layers, Origin, Settings};
pub use prices::{PRICE_FIELDS, Price, Prices};
pub use sample::sample;
pub use table::{SETTINGS, Setting};
pub use theme::{Role, Theme, ThemeWish, Themes};
pub use value::{ByteSize, ColorMode, ListenAddr, NotifyBy, TimeSpan};
